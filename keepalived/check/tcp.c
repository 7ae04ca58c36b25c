/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TCP_CHECK: does somebody accept a connection? It is closed at once. */
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "keepalived/check/checker.h"
#include "lib/dial.h"

struct tcp_run {
	struct checker *checker;
	struct loop_fd fd;
	struct loop_timer timer; /* the time-out; due at once when the check could not begin */
	int err;                 /* why it could not begin */
};

static void release(struct tcp_run *run)
{
	int fd = run->fd.fd;

	loop_timer_cancel(&run->timer);
	if (fd >= 0) {
		loop_fd_del(&run->fd);
		close(fd);
	}
	run->checker->run = NULL;
	free(run);
}

static void end(struct tcp_run *run, enum check_reason reason, int err)
{
	const struct check_outcome outcome = {.reason = reason, .err = err};
	struct checker *c = run->checker;

	release(run);
	checker_end(c, &outcome);
}

static void answered(struct tcp_run *run, int err)
{
	if (!err)
		return end(run, REASON_OK, 0);
	end(run, dial_is_local(err) ? REASON_LOCAL : REASON_CONNECT_FAILED, err);
}

static void ready(struct loop_fd *fd, uint32_t events UNUSED)
{
	answered(container_of(fd, struct tcp_run, fd), dial_result(fd->fd));
}

static void expired(struct loop_timer *timer)
{
	struct tcp_run *run = container_of(timer, struct tcp_run, timer);

	if (run->err)
		return answered(run, run->err);
	end(run, REASON_CONNECT_TIMEOUT, 0);
}

static void start(struct checker *c)
{
	const struct checker_conf *conf = c->conf;
	const struct dial to = {
		.dst = conf->dst,
		.bind_ip = conf->bind_ip,
		.bind_port = conf->bind_port,
		.bind_if = conf->bind_if,
		.fwmark = conf->fwmark,
	};
	struct loop *loop = c->all->loop;
	struct tcp_run *run = xcalloc(1, sizeof(*run));
	int fd = dial(&to);

	run->checker = c;
	run->fd = (struct loop_fd)LOOP_FD_NONE;
	c->run = run;
	loop_timer_init(loop, &run->timer, expired);
	if (fd >= 0) {
		run->err = loop_fd_add(loop, &run->fd, fd, EPOLLOUT, ready);
		if (run->err)
			close(fd);
	} else {
		run->err = fd;
	}
	loop_timer_set(&run->timer, loop_now(loop) + (run->err ? 0 : conf->connect_timeout));
}

static void cancel(struct checker *c)
{
	release(c->run);
}

const struct checker_kind_ops check_tcp_ops = {
	.title = "TCP_CHECK",
	.needs_descriptor = true,
	.start = start,
	.cancel = cancel,
};
