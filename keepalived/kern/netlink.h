/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Netlink transport for the ports: building requests, sending many of them per system call,
 * matching the acknowledgements by sequence number, dumps.
 *
 * The kernel works through a request while it is being sent, so its answers are there when sendmsg
 * returns; waiting is the exception, and bounded.
 *
 * Source: linux/netlink.h, RFC 3549.
 */
#ifndef KERN_NETLINK_H
#define KERN_NETLINK_H

#include <linux/netlink.h>

#include "lib/addr.h"
#include "lib/clock.h"

#define NETLINK_PATIENCE SEC(1) /* for all answers of one dump, or of an apply */

/* Requests, one after the other. Start with all zeros, end with netlink_buf_free. */
struct netlink_buf {
	uint8_t *bytes;
	size_t len, cap;
	size_t msg; /* where the message being built starts */
	size_t n;   /* messages */
};

/* Starts a message; NLM_F_REQUEST and NLM_F_ACK are added. fixed: the header of the family. */
void netlink_begin(
	struct netlink_buf *, uint16_t type, uint16_t flags, const void *fixed, size_t n);
void netlink_put(struct netlink_buf *, uint16_t type, const void *p, size_t n);
void netlink_put_u32(struct netlink_buf *, uint16_t type, uint32_t);
void netlink_put_addr(
	struct netlink_buf *, uint16_t type, const struct addr *); /* unset: nothing */
void netlink_buf_reset(struct netlink_buf *);
void netlink_buf_free(struct netlink_buf *);

/* Attributes of a received message: tb[0..max], NULL where absent. Of duplicates the last counts.
 */
void netlink_parse(const struct nlattr **tb, unsigned max, const void *attrs, size_t len);
const void *netlink_attr_bytes(const struct nlattr *);
size_t netlink_attr_len(const struct nlattr *);
/* Copies exactly n bytes; false, and nothing copied, when absent or shorter. */
bool netlink_get(const struct nlattr *, void *out, size_t n);
/* Terminated; cut when longer; false when absent. */
bool netlink_get_str(const struct nlattr *, char *out, size_t size);
/* An address of the family's length; left alone when absent or short. */
void netlink_get_addr(const struct nlattr *, int family, struct addr *);

struct netlink_sock;

/* groups: RTMGRP_* bits. rcvbuf in bytes, 0: the system's default; force: beyond rmem_max. */
struct netlink_conf {
	int protocol;
	uint32_t groups;
	unsigned rcvbuf;
	bool force;
};

int netlink_open(const struct netlink_conf *, struct netlink_sock **); /* 0 or -errno */
void netlink_close(struct netlink_sock *);                             /* NULL is fine */
int netlink_fd(const struct netlink_sock *);

/* Sends all messages of the buffer and waits for their acknowledgements, until that moment of
 * clock_monotonic at the latest. errors[i] becomes 0 or -errno for message i; -ETIMEDOUT or
 * -ENOBUFS when its answer was lost. */
void netlink_transact(struct netlink_sock *, struct netlink_buf *, int *errors, ktime until);

typedef void (*netlink_each)(void *ctx, const struct nlmsghdr *);

/* Calls each for every object. The buffer holds one request, begun with NLM_F_DUMP. 0 or -errno;
 * -EAGAIN: the tables changed meanwhile and what was told may be incomplete. */
int netlink_dump(struct netlink_sock *, struct netlink_buf *, netlink_each, void *ctx);

/*
 * One read of what the kernel sent by itself. Messages of other processes are skipped.
 * > 0: something was read, call again; 0: nothing there; -ENOBUFS: messages were lost; -errno.
 */
int netlink_read(struct netlink_sock *, netlink_each, void *ctx);

#endif
