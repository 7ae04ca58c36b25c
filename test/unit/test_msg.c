/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/msg.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static struct loop *loop;
static struct msg_port *ports[2];
static int raw[2];

/* What the second port saw. */
static struct {
	unsigned got, closed;
	uint32_t next_type;
	size_t bytes;
	int fd;
	bool free_in_got, free_in_closed;
} seen;

static void got(struct msg_port *p, struct msg *m, void *ctx)
{
	size_t i;

	assert_ptr_equal(ctx, &seen);
	assert_int_equal(m->type, seen.next_type++);
	for (i = 0; i < m->len; i++)
		assert_int_equal(((const unsigned char *)m->body)[i], (unsigned char)m->type);
	seen.got++;
	seen.bytes += m->len;
	if (m->fd >= 0) {
		seen.fd = m->fd;
		m->fd = -1;
	}
	if (seen.free_in_got) {
		msg_port_free(p);
		ports[1] = NULL;
	}
}

static void closed(struct msg_port *p, void *ctx)
{
	(void)ctx;
	seen.closed++;
	assert_int_equal(msg_send(p, 1, NULL, 0, -1), -EPIPE);
	if (seen.free_in_closed)
		msg_port_free(p);
}

static const struct msg_port_ops ops = {got, closed};

static int set_up(void **state)
{
	int i;

	(void)state;
	memset(&seen, 0, sizeof(seen));
	seen.fd = -1;
	loop = loop_new(NULL);
	assert_int_equal(msg_pair(raw), 0);
	for (i = 0; i < 2; i++)
		assert_non_null(ports[i] = msg_port_new(loop, raw[i], &ops, &seen));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	msg_port_free(ports[0]);
	msg_port_free(ports[1]);
	loop_free(loop);
	return 0;
}

static void turns(void)
{
	while (loop_turn(loop, 0))
		;
}

static void test_messages(void **state)
{
	char body[MSG_BODY_MAX + 1] = {0};
	struct stat a, b;
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(msg_send(ports[0], 0, body, MSG_BODY_MAX, -1), 0);
	assert_int_equal(msg_send(ports[0], 1, NULL, 0, fd), 0);
	assert_int_equal(msg_send(ports[0], 2, body, sizeof(body), -1), -EMSGSIZE);
	turns();
	assert_int_equal(seen.got, 2);
	assert_int_equal(seen.bytes, MSG_BODY_MAX);
	assert_true(seen.fd >= 0 && seen.fd != fd);
	assert_int_equal(fcntl(seen.fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fstat(fd, &a) | fstat(seen.fd, &b), 0);
	assert_true(a.st_ino == b.st_ino && a.st_rdev == b.st_rdev);
	close(fd);
	close(seen.fd);
}

/* More than the socket holds: queued, in order, up to the limit. */
static void test_queue(void **state)
{
	static char body[MSG_BODY_MAX];
	uint32_t sent = 0;
	int err, fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)state;
	do {
		memset(body, (int)sent, sizeof(body));
		err = msg_send(ports[0], sent, body, sizeof(body), sent == 100 ? fd : -1);
		sent += err == 0;
	} while (!err);
	close(fd);
	assert_int_equal(err, -ENOBUFS);
	assert_true(sent >= MSG_QUEUE_MAX / MSG_BODY_MAX - 1);
	msg_flush(ports[0], MSEC(1));
	turns();
	assert_int_equal(seen.got, sent);
	assert_true(seen.fd >= 0);
	close(seen.fd);
	assert_int_equal(msg_send(ports[0], sent, "", 0, -1), 0);
	turns();
	assert_int_equal(seen.got, sent + 1);
}

static void test_last_words(void **state)
{
	(void)state;
	assert_int_equal(msg_send(ports[1], 0, NULL, 0, -1), 0); /* unread: resets the peer */
	assert_int_equal(msg_send(ports[0], 0, NULL, 0, -1), 0);
	assert_int_equal(msg_send(ports[0], 1, NULL, 0, -1), 0);
	msg_port_free(ports[0]);
	ports[0] = NULL;
	assert_int_equal(msg_send(ports[1], 0, NULL, 0, -1), -EPIPE);
	turns();
	assert_int_equal(seen.got, 2);
	assert_int_equal(seen.closed, 1);
}

static void test_free_in_callbacks(void **state)
{
	(void)state;
	seen.free_in_got = seen.free_in_closed = true;
	assert_int_equal(msg_send(ports[0], 0, NULL, 0, -1), 0);
	assert_int_equal(msg_send(ports[0], 1, NULL, 0, -1), 0);
	turns();
	assert_int_equal(seen.got, 1);
	assert_null(ports[1]);
	assert_int_equal(seen.closed, 1); /* the other port, which has lost its peer */
	ports[0] = NULL;
}

static void send_raw(const void *p, size_t n, int n_fds)
{
	union {
		struct cmsghdr c;
		char bytes[CMSG_SPACE(4 * sizeof(int))];
	} control = {0};
	struct iovec iov = {(void *)p, n};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
	int i;

	if (n_fds) {
		m.msg_control = control.bytes;
		m.msg_controllen = CMSG_SPACE((size_t)n_fds * sizeof(int));
		control.c.cmsg_level = SOL_SOCKET;
		control.c.cmsg_type = SCM_RIGHTS;
		control.c.cmsg_len = CMSG_LEN((size_t)n_fds * sizeof(int));
		for (i = 0; i < n_fds; i++)
			memcpy(CMSG_DATA(&control.c) + (size_t)i * sizeof(int), &raw[0],
				sizeof(int));
	}
	assert_int_equal(sendmsg(raw[0], &m, 0), (ssize_t)n);
}

static void test_broken_frames(void **state)
{
	static char large[MSG_BODY_MAX + 9];
	static const struct {
		const void *p;
		size_t n;
		int n_fds;
	} rows[] = {
		{"abc", 3, 0},                  /* no header */
		{"\0\0\0\0\5\0\0\5xyz", 11, 1}, /* a length that is not */
		{large, sizeof(large), 0},      /* too long */
		{"\0\0\0\0\0\0\0\0", 8, 2},     /* two descriptors */
		{"\0\0\0\0\0\0\0\0", 8, 4},
	};
	size_t i;
	int probe, again;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (i)
			set_up(NULL);
		probe = dup(0);
		close(probe);
		send_raw(rows[i].p, rows[i].n, rows[i].n_fds);
		turns();
		assert_int_equal(seen.got, 0);
		assert_true(seen.closed >= 1);
		again = dup(0);
		close(again);
		assert_true(again <= probe); /* nothing that came along stays open */
		if (i + 1 < ARRAY_SIZE(rows))
			tear_down(NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_messages, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_queue, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_last_words, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_free_in_callbacks, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_broken_frames, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
