/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPVS values, and the port talking to a kernel made of a few functions: its source and that of its
 * transport are included with the system calls replaced, so that answers can be lost, mixed up and
 * damaged.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <netlink/netlink.h>

static ssize_t kernel_takes(
	int fd, const void *p, size_t n, int flags, const struct sockaddr *to, socklen_t len);
static int kernel_gives(int fd, struct mmsghdr *vec, unsigned n, int flags, struct timespec *t);
static int kernel_is_silent(struct pollfd *fds, nfds_t n, int timeout);

#define sendto   kernel_takes
#define recvmmsg kernel_gives
#define poll     kernel_is_silent
#include "keepalived/kern/netlink.c"
#include "keepalived/kern/ipvs.c"
#undef sendto
#undef recvmmsg
#undef poll

enum { ROOM = 4096, FENCE = UINT16_MAX };

static struct {
	unsigned char bytes[ROOM][512];
	size_t len[ROOM], n, next;
	unsigned losses; /* reads that fail with ENOBUFS before anything is given */
	unsigned sends, requests;
	int send_error;
	int (*answer)(unsigned request); /* -errno, or DROP, SHORT; FENCE for the fence */
	void (*reply)(const struct nlmsghdr *);
} kernel;

enum { DROP = 1, SHORT = 2 };

static void queue(const void *p, size_t n)
{
	assert_true(kernel.n < ROOM && n <= sizeof(kernel.bytes[0]));
	memcpy(kernel.bytes[kernel.n], p, n);
	kernel.len[kernel.n++] = n;
}

static void queue_answer(uint32_t seq, int error)
{
	struct {
		struct nlmsghdr h;
		struct nlmsgerr e;
	} a = {.h = {.nlmsg_len = sizeof(a), .nlmsg_type = NLMSG_ERROR, .nlmsg_seq = seq},
		.e = {.error = error}};

	if (error == DROP)
		return;
	if (error == SHORT)
		a.h.nlmsg_len = NLMSG_HDRLEN + 2;
	queue(&a, error == SHORT ? NLMSG_ALIGN(a.h.nlmsg_len) : sizeof(a));
}

static ssize_t kernel_takes(int fd UNUSED, const void *p, size_t n, int flags UNUSED,
	const struct sockaddr *to UNUSED, socklen_t len UNUSED)
{
	struct nlmsghdr *h = (struct nlmsghdr *)p;
	int left = (int)n;

	kernel.sends++;
	if (kernel.send_error) {
		errno = kernel.send_error;
		return -1;
	}
	for (; nlmsg_ok(h, left); h = nlmsg_next(h, &left)) {
		bool fence = h->nlmsg_type == NLMSG_NOOP;

		if (kernel.reply)
			kernel.reply(h);
		else
			queue_answer(h->nlmsg_seq,
				kernel.answer ? kernel.answer(fence ? FENCE : kernel.requests) : 0);
		kernel.requests += !fence;
	}
	assert_int_equal(left, 0);
	return (ssize_t)n;
}

static int kernel_gives(
	int fd UNUSED, struct mmsghdr *vec, unsigned n, int flags UNUSED, struct timespec *t UNUSED)
{
	unsigned i;

	for (i = 0; i < n && !kernel.losses && kernel.next < kernel.n; i++) {
		struct iovec *iov = vec[i].msg_hdr.msg_iov;
		size_t len = kernel.len[kernel.next];

		memcpy(iov->iov_base, kernel.bytes[kernel.next++], MIN(len, iov->iov_len));
		vec[i].msg_len = (unsigned)len;
	}
	if (i)
		return (int)i;
	errno = kernel.losses ? ENOBUFS : EAGAIN;
	kernel.losses -= kernel.losses > 0;
	return -1;
}

static int kernel_is_silent(struct pollfd *fds UNUSED, nfds_t n UNUSED, int timeout UNUSED)
{
	return 0;
}

static struct kernel_ipvs *port(void)
{
	struct kernel_ipvs *k = xcalloc(1, sizeof(*k));

	memset(&kernel, 0, sizeof(kernel));
	k->ipvs.ops = &kernel_ops;
	k->family = 26;
	k->nl = wrap(nl_socket_alloc());
	k->nl->seq = UINT32_MAX - 3; /* wraps soon */
	k->nl->batch = 8;
	return k;
}

static const struct ipvs_service web = {.family = AF_INET6,
	.proto = IPPROTO_TCP,
	.port = 80,
	.addr = {.family = AF_INET6, .bytes = {0x20, 1, 0xd, 0xb8}},
	.sched = "mh",
	.pe = "sip",
	.flags = IP_VS_SVC_F_PERSISTENT | IP_VS_SVC_F_SCHED2,
	.timeout = 50,
	.netmask = 64};

static const struct ipvs_service mark = {.family = AF_INET, .fwmark = 3, .sched = "rr"};

static const struct ipvs_dest gue = {.addr = {.family = AF_INET, .bytes = {10, 0, 0, 1}},
	.port = 8080,
	.fwd = IP_VS_CONN_F_TUNNEL,
	.weight = 65535,
	.u_threshold = 9,
	.l_threshold = 8,
	.tun_type = IP_VS_CONN_F_TUNNEL_TYPE_GUE,
	.tun_port = 5555,
	.tun_flags = IP_VS_TUNNEL_ENCAP_FLAG_CSUM};

static void fill(struct ipvs_change *changes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		changes[i] = (struct ipvs_change){
			.op = IPVS_DEST_ADD, .service = &web, .dest = &gue, .error = 77};
}

static int fails_fifth(unsigned request)
{
	return request == 4 ? -EEXIST : 0;
}

static void test_batches(void **state)
{
	struct kernel_ipvs *k = port();
	struct ipvs_change changes[20];

	(void)state;
	fill(changes, 20);
	kernel.answer = fails_fifth;
	assert_int_equal(ipvs_apply(&k->ipvs, changes, 20), 1);
	for (size_t i = 0; i < 20; i++)
		assert_int_equal(changes[i].error, i == 4 ? -EEXIST : 0);
	assert_int_equal(kernel.sends, 3);
	assert_int_equal(kernel.requests, 20);
	assert_int_equal(ipvs_apply(&k->ipvs, changes, 0), 0);
	ipvs_close(&k->ipvs);
}

static int drops_some(unsigned request)
{
	return request == 1 || request == 2 ? DROP : request == 3 ? SHORT : 0;
}

static void test_lost_answers(void **state)
{
	struct kernel_ipvs *k = port();
	struct ipvs_daemon daemon = {.state = IP_VS_STATE_MASTER};
	struct ipvs_change changes[5];

	(void)state;
	fill(changes, 5);
	changes[2] = (struct ipvs_change){.op = IPVS_DAEMON_STOP, .daemon = &daemon};
	kernel.answer = drops_some;
	queue_answer(k->nl->seq - 1, -EPERM); /* strays of an earlier exchange */
	queue_answer(k->nl->seq + 100, -EPERM);
	assert_int_equal(ipvs_apply(&k->ipvs, changes, 5), 2);
	assert_int_equal(changes[0].error, 0);
	assert_int_equal(changes[1].error, -EINTR);
	assert_int_equal(changes[2].error, 0);
	assert_int_equal(changes[3].error, -EBADMSG);
	assert_int_equal(changes[4].error, 0);
	ipvs_close(&k->ipvs);
}

/* The kernel says that answers did not fit: those of the second batch, and even its fence's. */
static int loses_second_batch(unsigned request)
{
	if (request == FENCE ? kernel.requests == 16 : request == 15)
		kernel.losses = 1;
	return request == FENCE ? (kernel.requests == 16 ? DROP : 0) : (request == 15 ? DROP : 0);
}

static void test_overrun(void **state)
{
	struct kernel_ipvs *k = port();
	struct ipvs_change changes[20];

	(void)state;
	fill(changes, 20);
	kernel.answer = loses_second_batch;
	assert_int_equal(ipvs_apply(&k->ipvs, changes, 20), 1);
	for (size_t i = 0; i < 20; i++)
		assert_int_equal(changes[i].error, i == 15 ? -ENOBUFS : 0);
	assert_int_equal(kernel.sends, 3);
	ipvs_close(&k->ipvs);
}

static int stops_after_nine(unsigned request)
{
	return request == FENCE ? (kernel.requests > 9 ? DROP : 0) : request >= 9 ? DROP : 0;
}

static void test_silence(void **state)
{
	struct kernel_ipvs *k = port();
	struct ipvs_change changes[30];

	(void)state;
	fill(changes, 30);
	kernel.answer = stops_after_nine;
	assert_int_equal(ipvs_apply(&k->ipvs, changes, 30), -ETIMEDOUT);
	for (size_t i = 0; i < 30; i++)
		assert_int_equal(changes[i].error, i < 9 ? 0 : -ETIMEDOUT);
	assert_int_equal(kernel.sends, 2); /* the rest was not tried */
	kernel.answer = NULL;
	kernel.send_error = EPERM;
	assert_int_equal(ipvs_apply(&k->ipvs, changes, 30), -EPERM);
	assert_int_equal(changes[0].error, -EPERM);
	assert_int_equal(changes[29].error, -EPERM);
	ipvs_close(&k->ipvs);
}

/* A dump: each question about services or destinations gets one of each, then the end. */
static void end_dump(uint32_t seq, int error)
{
	struct {
		struct nlmsghdr h;
		int error;
	} done = {.h = {.nlmsg_len = sizeof(done), .nlmsg_type = NLMSG_DONE, .nlmsg_seq = seq},
		.error = error};

	queue(&done, sizeof(done));
}

static struct nl_msg *reply_to(uint32_t seq, bool service)
{
	struct nl_msg *m = nlmsg_alloc();

	genlmsg_put(m, 0, seq, 26, 0, NLM_F_MULTI,
		service ? IPVS_CMD_NEW_SERVICE : IPVS_CMD_NEW_DEST, 1);
	assert_int_equal(service ? put_service(m, &web, true) : put_dest(m, &gue, true), 0);
	return m;
}

static void reply_well(const struct nlmsghdr *h)
{
	const struct genlmsghdr *g = nlmsg_data(h);
	struct nl_msg *m = reply_to(h->nlmsg_seq, g->cmd == IPVS_CMD_GET_SERVICE);

	queue(nlmsg_hdr(m), nlmsg_hdr(m)->nlmsg_len);
	nlmsg_free(m);
	end_dump(h->nlmsg_seq, 0);
}

struct seen {
	unsigned services, dests;
};

static void see_service(void *arg, const struct ipvs_service *s)
{
	struct seen *seen = arg;

	seen->services++;
	assert_true(ipvs_service_eq(s, &web));
	assert_string_equal(s->pe, "sip");
}

static void see_dest(void *arg, const struct ipvs_service *s, const struct ipvs_dest *d)
{
	struct seen *seen = arg;

	seen->dests++;
	assert_true(ipvs_service_same_key(s, &web));
	assert_true(ipvs_dest_eq(d, &gue));
}

static void test_dump(void **state)
{
	struct kernel_ipvs *k = port();
	struct seen seen = {0};
	struct ipvs_visitor v = {see_service, see_dest, &seen};

	(void)state;
	kernel.reply = reply_well;
	assert_int_equal(ipvs_dump(&k->ipvs, &v), 0);
	assert_int_equal(seen.services, 1);
	assert_int_equal(seen.dests, 1);
	ipvs_close(&k->ipvs);
}

static void reply_refusing(const struct nlmsghdr *h)
{
	end_dump(h->nlmsg_seq, -ENOMEM);
}

static void reply_interrupted(const struct nlmsghdr *h)
{
	reply_well(h);
	((struct nlmsghdr *)kernel.bytes[kernel.n - 1])->nlmsg_flags |= NLM_F_DUMP_INTR;
}

static void reply_nothing(const struct nlmsghdr *h UNUSED)
{
}

static void test_dump_fails(void **state)
{
	struct kernel_ipvs *k = port();
	struct seen seen = {0};
	struct ipvs_visitor v = {see_service, see_dest, &seen};
	struct ipvs_info info;

	(void)state;
	kernel.reply = reply_refusing;
	assert_int_equal(ipvs_dump(&k->ipvs, &v), -ENOMEM);
	kernel.reply = reply_interrupted;
	assert_int_equal(ipvs_dump(&k->ipvs, &v), -EAGAIN);
	kernel.reply = reply_nothing;
	assert_int_equal(ipvs_dump(&k->ipvs, &v), -ETIMEDOUT);
	assert_int_equal(ipvs_info(&k->ipvs, &info), -ETIMEDOUT);
	kernel.send_error = EPERM;
	assert_int_equal(ipvs_info(&k->ipvs, &info), -EPERM);
	assert_int_equal(seen.services, 0);
	ipvs_close(&k->ipvs);
}

/* Replies of the right shape with a few bytes changed, or cut short. */
static unsigned damage_seed;

static uint32_t damage(void)
{
	damage_seed = damage_seed * 1103515245u + 12345u;
	return damage_seed >> 8;
}

static void reply_badly(const struct nlmsghdr *h)
{
	const struct genlmsghdr *g = nlmsg_data(h);
	struct nl_msg *m = reply_to(h->nlmsg_seq, g->cmd == IPVS_CMD_GET_SERVICE);
	unsigned char bytes[512];
	size_t len = nlmsg_hdr(m)->nlmsg_len;

	memcpy(bytes, nlmsg_hdr(m), len);
	nlmsg_free(m);
	for (uint32_t n = damage() % 4; n > 0; n--)
		bytes[16 + damage() % (len - 16)] = (unsigned char)damage();
	if (damage() % 3 == 0) {
		len = 16 + damage() % (len - 16);
		memcpy(bytes, &(uint32_t){(uint32_t)len}, 4);
	}
	queue(bytes, len);
	end_dump(h->nlmsg_seq, 0);
}

static void ignore_service(void *arg, const struct ipvs_service *s)
{
	char name[IPVS_NAME_STRLEN];

	(void)arg;
	assert_true(memchr(s->sched, 0, sizeof(s->sched)) && memchr(s->pe, 0, sizeof(s->pe)));
	ipvs_service_str(s, name);
}

static void ignore_dest(void *arg, const struct ipvs_service *s, const struct ipvs_dest *d)
{
	char name[IPVS_NAME_STRLEN];

	(void)arg;
	ipvs_dest_str(s, d, name);
}

static void test_dump_damaged(void **state)
{
	struct kernel_ipvs *k = port();
	struct ipvs_visitor v = {ignore_service, ignore_dest, NULL};

	(void)state;
	kernel.reply = reply_badly;
	for (damage_seed = 0; damage_seed < 20000; damage_seed++) {
		unsigned seed = damage_seed;

		kernel.n = kernel.next = 0;
		ipvs_dump(&k->ipvs, &v);
		damage_seed = seed;
	}
	ipvs_close(&k->ipvs);
}

static void test_equal(void **state)
{
	struct ipvs_service s = web;
	struct ipvs_dest d = gue;

	(void)state;
	assert_true(ipvs_service_eq(&s, &web));
	s.netmask = 128;
	assert_false(ipvs_service_eq(&s, &web));
	struct ipvs_service all = s;
	all.netmask = 0;
	assert_true(ipvs_service_eq(&s, &all));
	s = web;
	s.flags |= IP_VS_SVC_F_HASHED;
	assert_true(ipvs_service_eq(&s, &web));
	s.flags = IP_VS_SVC_F_SCHED2;
	assert_false(ipvs_service_eq(&s, &web));
	s.port = 81;
	assert_false(ipvs_service_same_key(&s, &web));
	assert_false(ipvs_service_same_key(&mark, &web));
	struct ipvs_service mark6 = mark;
	mark6.family = AF_INET6;
	assert_false(ipvs_service_same_key(&mark, &mark6));

	d.tun_port = 1;
	assert_false(ipvs_dest_eq(&d, &gue));
	struct ipvs_dest nat = gue;
	nat.fwd = d.fwd = IP_VS_CONN_F_MASQ;
	assert_true(ipvs_dest_eq(&d, &nat));
	d.weight = 0;
	assert_false(ipvs_dest_eq(&d, &nat));
}

static void test_texts(void **state)
{
	char buf[IPVS_CHANGE_STRLEN];
	struct ipvs_change c = {
		.op = IPVS_DEST_ADD, .service = &mark, .dest = &gue, .error = -EEXIST};

	(void)state;
	assert_string_equal(ipvs_change_str(&c, buf),
		"IPVS cmd IP_VS_SO_SET_ADDDEST(1159) error: Destination already exists(17) "
		"([10.0.0.1]:none:8080)");
	c = (struct ipvs_change){.op = IPVS_SERVICE_EDIT, .service = &web, .error = -ENOMEM};
	assert_string_equal(ipvs_change_str(&c, buf),
		"IPVS cmd IP_VS_SO_SET_EDIT(1155) error: Cannot allocate memory(12) "
		"([2001:db8::]:tcp:80)");
	c = (struct ipvs_change){.op = IPVS_SERVICE_DEL, .service = &mark, .error = -ESRCH};
	assert_string_equal(ipvs_change_str(&c, buf),
		"IPVS cmd IP_VS_SO_SET_DEL(1156) error: No such service(3) (FWM 3)");
	c = (struct ipvs_change){.op = IPVS_DAEMON_START, .error = -EEXIST};
	assert_string_equal(ipvs_change_str(&c, buf),
		"IPVS cmd IP_VS_SO_SET_STARTDAEMON(1163) error: Daemon has already run(17)");
	assert_string_equal(ipvs_strerror(IPVS_FLUSH, -99999), "Unknown error");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_batches),
		cmocka_unit_test(test_lost_answers),
		cmocka_unit_test(test_overrun),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_dump),
		cmocka_unit_test(test_dump_fails),
		cmocka_unit_test(test_dump_damaged),
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
