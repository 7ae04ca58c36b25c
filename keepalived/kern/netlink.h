/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Netlink transport for the ports, on libnl's sockets, messages and attributes: many requests per
 * system call, answers matched by sequence number, questions and dumps, notifications.
 *
 * The kernel works through a request while it is being sent, so its answers are there when the
 * send returns; waiting is the exception, and bounded by a moment of clock_monotonic.
 *
 * Source: linux/netlink.h, RFC 3549, libnl's documentation.
 */
#ifndef KERN_NETLINK_H
#define KERN_NETLINK_H

#include <linux/netlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "lib/addr.h"
#include "lib/clock.h"

struct netlink;

struct netlink_conf {
	int protocol;
	const int *groups; /* RTNLGRP_*, ended by 0; NULL: none */
	unsigned rcvbuf;   /* bytes; 0: the system's default */
	bool force;        /* beyond rmem_max, where the rights allow it */
};

int netlink_open(const struct netlink_conf *, struct netlink **);      /* 0 or -errno */
void netlink_close(struct netlink *);                                  /* NULL is fine */
void netlink_set_rcvbuf(struct netlink *, unsigned bytes, bool force); /* as in netlink_conf */
int netlink_fd(const struct netlink *);
struct nl_sock *netlink_libnl(const struct netlink *); /* for what libnl can ask; borrowed */

/*
 * A request that begins with the fixed header of its family; nla_put and the like add up to
 * NETLINK_REQUEST_MAX bytes in all. The flags NLM_F_REQUEST and NLM_F_ACK come by themselves.
 * NULL when out of memory, which the functions below understand.
 */
#define NETLINK_REQUEST_MAX 512
struct nl_msg *netlink_request(int type, int flags, const void *fixed, size_t n);

/* A list of requests: the i-th, NULL when it cannot be written, and what became of it. */
struct netlink_list {
	struct nl_msg *(*request)(void *ctx, size_t i);
	void (*result)(void *ctx, size_t i, int error);
	void *ctx;
};

/*
 * Sends n requests and waits for their acknowledgements. Every request gets a result, in order: 0
 * or the kernel's -errno; -EMSGSIZE: not written; -ENOBUFS: its answer was lost; -EINTR: the kernel
 * gave none; -EBADMSG: one without a result. A request that fails does not stop those after it.
 * 0, or -errno (-ETIMEDOUT..) when sending or waiting failed; then the rest is not sent, and
 * whatever had no answer has this result. The callbacks may not use the socket.
 */
int netlink_transact(struct netlink *, const struct netlink_list *, size_t n, ktime until);

typedef void (*netlink_each)(void *ctx, struct nlmsghdr *);

/*
 * Asks a question, with NLM_F_DUMP or without, and calls each for every reply. Frees the message.
 * 0 or -errno; -EAGAIN: the tables changed meanwhile and what was told may be incomplete.
 */
int netlink_ask(struct netlink *, struct nl_msg *, netlink_each, void *ctx, ktime until);

/*
 * One read of what the kernel sent by itself. Messages of other processes are skipped.
 * > 0: something was read, call again; 0: nothing there; -ENOBUFS: messages were lost; -errno.
 */
int netlink_read(struct netlink *, netlink_each, void *ctx);

/* Copies exactly n bytes; false, and nothing copied, when the attribute is absent or shorter. */
bool netlink_get(const struct nlattr *, void *out, size_t n);
/* Terminated, zeros to the end; cut when longer; false when absent. */
bool netlink_get_str(const struct nlattr *, char *out, size_t size);
/* An address of the family's length; left alone when absent or short. */
void netlink_get_addr(const struct nlattr *, int family, struct addr *);

#endif
