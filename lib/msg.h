/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages between our own processes over a SOCK_SEQPACKET pair: a type, a body, at most one
 * descriptor. Order is kept. A full socket is queued in memory up to a limit.
 */
#ifndef LIB_MSG_H
#define LIB_MSG_H

#include "lib/loop.h"

#define MSG_BODY_MAX  (128 * 1024)
#define MSG_QUEUE_MAX (16 * 1024 * 1024) /* bytes waiting for a peer that does not read */

struct msg {
	uint32_t type;
	const void *body; /* valid during the callback */
	size_t len;
	int fd; /* -1: none. The callback takes it by setting it to -1; otherwise it is closed. */
};

struct msg_port;

struct msg_port_ops {
	void (*got)(struct msg_port *, struct msg *, void *ctx);
	void (*closed)(struct msg_port *, void *ctx); /* peer gone or broken; may free the port */
};

int msg_pair(int fd[2]); /* close-on-exec, non-blocking, large buffers; 0 or -errno */
struct msg_port *msg_port_new(struct loop *, int fd, const struct msg_port_ops *, void *ctx);
void msg_port_free(struct msg_port *); /* closes; also inside its own callbacks; NULL is fine */

/* The body is copied, the descriptor is duplicated when it has to wait. 0, -EMSGSIZE, -ENOBUFS
 * (queue full), -EPIPE. */
int msg_send(struct msg_port *, uint32_t type, const void *body, size_t len, int fd);
/* Blocks until everything queued has been sent or max_wait is over; for the last words of a
 * process. */
void msg_flush(struct msg_port *, ktime max_wait);
/* Delivers all that has arrived, now: the last words of a peer that has ended. */
void msg_drain(struct msg_port *);

#endif
