/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The socket keeps the frames apart, so a frame is read whole or not at all, and there is nothing
 * to resynchronise: a frame that is not as we would have sent it ends the connection.
 *
 * Sending never calls back. A peer that is gone is reported by the loop, after everything it had
 * sent before has been delivered.
 */
#include "lib/msg.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define SOCKET_BUFFER   (2 * 1024 * 1024)
#define FRAMES_PER_TURN 64 /* then others get their chance */

struct header {
	uint32_t type;
	uint32_t len; /* of the body that follows */
};

struct frame {
	struct list link;
	struct header header;
	int fd;
	_Alignas(max_align_t) char body[];
};

struct msg_port {
	struct loop_fd fd;
	const struct msg_port_ops *ops;
	void *ctx;
	struct list queue;
	size_t queued; /* bytes */
	bool *freed;   /* set while a callback runs, for it to tell us */
	char *in;      /* MSG_BODY_MAX bytes */
};

int msg_pair(int fd[2])
{
	static const int size = SOCKET_BUFFER;
	int i;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fd))
		return -errno;
	for (i = 0; i < 2; i++)
		if (setsockopt(fd[i], SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)))
			setsockopt(fd[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	return 0;
}

/* Sending */

static size_t frame_size(const struct frame *f)
{
	return sizeof(*f) + f->header.len;
}

static void drop_frame(struct msg_port *p, struct frame *f)
{
	list_del(&f->link);
	p->queued -= frame_size(f);
	if (f->fd >= 0)
		close(f->fd);
	free(f);
}

static void drop_queue(struct msg_port *p)
{
	while (!list_empty(&p->queue))
		drop_frame(p, list_first(&p->queue, struct frame, link));
}

static int send_now(int sock, const struct header *h, const void *body, int fd)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct iovec iov[2] = {
		{(void *)h, sizeof(*h)},
		{(void *)body, h->len},
	};
	struct msghdr m = {.msg_iov = iov, .msg_iovlen = 2};
	struct cmsghdr *c = &control.align;

	if (fd >= 0) {
		m.msg_control = control.bytes;
		m.msg_controllen = sizeof(control.bytes);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	}
	return sendmsg(sock, &m, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -errno : 0;
}

static bool gone(int err)
{
	return err == -EPIPE || err == -ECONNRESET || err == -ENOTCONN;
}

/* A lack of kernel memory is not announced by epoll: it is met again at every attempt, and the
 * frame waits as if the socket were full. */
static bool must_wait(int err)
{
	return err == -EAGAIN || err == -ENOBUFS || err == -ENOMEM || err == -EINTR;
}

static int enqueue(struct msg_port *p, const struct header *h, const void *body, int fd)
{
	struct frame *f;

	if (p->queued + sizeof(*f) + h->len > MSG_QUEUE_MAX)
		return -ENOBUFS;
	if (fd >= 0) {
		fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		if (fd < 0)
			return -ENOBUFS;
	}
	f = xmalloc(sizeof(*f) + h->len);
	f->header = *h;
	f->fd = fd;
	if (h->len)
		memcpy(f->body, body, h->len);
	list_add_tail(&p->queue, &f->link);
	p->queued += frame_size(f);
	loop_fd_events(&p->fd, EPOLLIN | EPOLLOUT);
	return 0;
}

int msg_send(struct msg_port *p, uint32_t type, const void *body, size_t len, int fd)
{
	struct header h = {.type = type, .len = (uint32_t)len};
	int err;

	if (p->fd.fd < 0)
		return -EPIPE;
	if (len > MSG_BODY_MAX)
		return -EMSGSIZE;
	if (!list_empty(&p->queue))
		return enqueue(p, &h, body, fd);
	err = send_now(p->fd.fd, &h, body, fd);
	if (must_wait(err))
		return enqueue(p, &h, body, fd);
	return gone(err) ? -EPIPE : err;
}

/* Sends what the socket takes. 0 when the queue is empty, -EAGAIN, or the error that broke it. */
static int send_queue(struct msg_port *p)
{
	struct frame *f;
	int err;

	while (!list_empty(&p->queue)) {
		f = list_first(&p->queue, struct frame, link);
		err = send_now(p->fd.fd, &f->header, f->body, f->fd);
		if (must_wait(err))
			return -EAGAIN;
		if (err)
			return err;
		drop_frame(p, f);
	}
	loop_fd_events(&p->fd, EPOLLIN);
	return 0;
}

void msg_flush(struct msg_port *p, ktime max_wait)
{
	ktime end = clock_now(&clock_monotonic) + max_wait, left;
	struct pollfd pfd = {.fd = p->fd.fd, .events = POLLOUT};

	while (p->fd.fd >= 0 && send_queue(p) == -EAGAIN) {
		left = end - clock_now(&clock_monotonic);
		if (left <= 0)
			return;
		poll(&pfd, 1, (int)MIN(left / MSEC(1) + 1, (ktime)INT32_MAX));
	}
}

/* Receiving */

/* The descriptor of a frame, -1 when there is none; -EBADMSG (all closed) when there are more. */
static int take_fd(struct msghdr *m)
{
	struct cmsghdr *c;
	int fds[2], n = 0, fd;
	size_t i, count;

	for (c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (i = 0; i < count; i++) {
			memcpy(&fd, CMSG_DATA(c) + i * sizeof(fd), sizeof(fd));
			if (n < (int)ARRAY_SIZE(fds))
				fds[n++] = fd;
			else
				close(fd);
		}
	}
	if (n <= 1 && !(m->msg_flags & MSG_CTRUNC))
		return n ? fds[0] : -1;
	while (n > 0)
		close(fds[--n]);
	return -EBADMSG;
}

/* 0 with a frame; -EAGAIN; -EPIPE at the end; -EBADMSG. */
static int receive(struct msg_port *p, struct msg *msg)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct header h;
	struct iovec iov[2] = {{&h, sizeof(h)}, {p->in, MSG_BODY_MAX}};
	struct msghdr m = {.msg_iov = iov,
		.msg_iovlen = 2,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes)};
	ssize_t n;

	do /* A peer that left without reading all shows as one reset, before what it had sent. */
		n = recvmsg(p->fd.fd, &m, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	while (n < 0 && (errno == EINTR || errno == ECONNRESET));
	if (n < 0)
		return -errno;
	msg->fd = take_fd(&m);
	if (msg->fd < -1)
		return -EBADMSG;
	if (n == 0)
		return -EPIPE;
	if ((size_t)n < sizeof(h) || (m.msg_flags & MSG_TRUNC) || (size_t)n - sizeof(h) != h.len) {
		if (msg->fd >= 0)
			close(msg->fd);
		return -EBADMSG;
	}
	msg->type = h.type;
	msg->body = p->in;
	msg->len = h.len;
	return 0;
}

static void disconnect(struct msg_port *p)
{
	int fd = p->fd.fd;

	if (fd < 0)
		return;
	loop_fd_del(&p->fd);
	close(fd);
	drop_queue(p);
}

static void lost_peer(struct msg_port *p)
{
	disconnect(p);
	if (p->ops->closed)
		p->ops->closed(p, p->ctx);
}

/* False when the port was freed. */
static bool hand_over(struct msg_port *p, struct msg *msg)
{
	bool freed = false;

	p->freed = &freed;
	p->ops->got(p, msg, p->ctx);
	if (msg->fd >= 0)
		close(msg->fd);
	if (freed)
		return false;
	p->freed = NULL;
	return true;
}

static void port_ready(struct loop_fd *f, uint32_t events)
{
	struct msg_port *p = container_of(f, struct msg_port, fd);
	struct msg msg;
	int i, err = 0;

	if (events & EPOLLOUT) {
		err = send_queue(p);
		if (gone(err)) {
			drop_queue(p); /* what the peer had to say is still to be read */
			loop_fd_events(&p->fd, EPOLLIN);
		} else if (err && err != -EAGAIN) {
			lost_peer(p);
			return;
		}
	}
	for (i = 0; i < FRAMES_PER_TURN; i++) {
		err = receive(p, &msg);
		if (err == -EAGAIN)
			return;
		if (err) {
			lost_peer(p);
			return;
		}
		if (!hand_over(p, &msg))
			return;
	}
}

void msg_drain(struct msg_port *p)
{
	struct msg msg;

	while (p->fd.fd >= 0 && receive(p, &msg) == 0)
		if (!hand_over(p, &msg))
			return;
}

struct msg_port *msg_port_new(struct loop *l, int fd, const struct msg_port_ops *ops, void *ctx)
{
	struct msg_port *p = xcalloc(1, sizeof(*p));

	p->ops = ops;
	p->ctx = ctx;
	list_init(&p->queue);
	if (loop_fd_add(l, &p->fd, fd, EPOLLIN, port_ready)) {
		close(fd);
		free(p);
		return NULL;
	}
	p->in = xmalloc(MSG_BODY_MAX);
	return p;
}

void msg_port_free(struct msg_port *p)
{
	if (!p)
		return;
	if (p->freed)
		*p->freed = true;
	disconnect(p);
	free(p->in);
	free(p);
}
