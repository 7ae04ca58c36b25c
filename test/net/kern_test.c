/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The real ports of kern/rtnl.h and kern/pkt.h against the running kernel: two network namespaces
 * of our own, `here` and `peer`, joined by a veth pair (k0 and p0). Needs root, `ip` and
 * `sysctl`.
 *
 * Exit status: 0 all well, 1 something failed (said on stderr), 77 skipped.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <poll.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keepalived/kern/pkt.h"
#include "keepalived/kern/rtnl.h"
#include "lib/priv.h"
#include "lib/str.h"

#define MANY  500
#define PAIRS 30 /* veth pairs, for 60 more interfaces */

struct test {
	int here, peer; /* namespaces */
	struct loop *loop;
	struct rtnl *r;
	struct pkt *out, *in; /* here, peer */
	int k0, p0;           /* ifindex of each */
	unsigned n_links, n_addrs, n_resyncs;
	struct rtnl_addr last_addr;
	bool last_gone;
	unsigned n_out, n_in;
	struct pkt_in last;
	uint8_t payload[64];
};

static unsigned failures;

#define CHECK(cond)                                                                \
	do {                                                                       \
		if (!(cond)) {                                                     \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #cond); \
			failures++;                                                \
		}                                                                  \
	} while (0)

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "kern_test: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void sh(const char *fmt, ...) PRINTF_LIKE(1, 2);

static void sh(const char *fmt, ...)
{
	char cmd[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(cmd, sizeof(cmd), fmt, ap);
	va_end(ap);
	if (system(cmd) != 0) {
		fprintf(stderr, "kern_test: failed: %s\n", cmd);
		failures++;
	}
}

static struct addr A(const char *text) {
	struct addr a;

	must(addr_parse(&a, text) == 0, text);
	return a;
}

static void
enter(int ns)
{
	must(setns(ns, CLONE_NEWNET) == 0, "setns");
}

static int new_namespace(void)
{
	int fd;

	must(unshare(CLONE_NEWNET) == 0, "unshare");
	fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	must(fd >= 0, "namespace");
	sh("ip link set lo up");
	sh("sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 "
	   "net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0 "
	   "net.ipv6.conf.default.accept_dad=0");
	return fd;
}

static void wire_up(struct test *t)
{
	t->peer = new_namespace();
	t->here = new_namespace();
	sh("ip link add k0 address 02:00:00:00:00:01 type veth peer name p0 "
	   "address 02:00:00:00:00:02 netns /proc/%d/fd/%d",
		getpid(), t->peer);
	sh("ip addr add 10.1.0.1/24 brd + dev k0; ip link set k0 up");
	t->k0 = (int)if_nametoindex("k0");
	enter(t->peer);
	sh("ip addr add 10.1.0.2/24 dev p0; ip link set p0 up");
	t->p0 = (int)if_nametoindex("p0");
	enter(t->here);
}

/* Turns until *count has reached want, at most two seconds. */
static bool turn_until(struct test *t, const unsigned *count, unsigned want)
{
	ktime end = clock_now(&clock_monotonic) + SEC(10);

	while (*count < want && clock_now(&clock_monotonic) < end)
		loop_turn(t->loop, MSEC(20));
	return *count >= want;
}

/* The kernel may take a second to report a carrier. */
static bool turn_until_up(struct test *t, const char *name)
{
	ktime end = clock_now(&clock_monotonic) + SEC(10);
	const struct rtnl_link *l;

	do {
		loop_turn(t->loop, MSEC(20));
		l = rtnl_link_by_name(t->r, name);
	} while (!(l && l->up) && clock_now(&clock_monotonic) < end);
	return l && l->up;
}

static void turn_a_while(struct test *t)
{
	ktime end = clock_now(&clock_monotonic) + MSEC(150);

	while (clock_now(&clock_monotonic) < end)
		loop_turn(t->loop, MSEC(20));
}

/* rtnl */

static void told_link(void *ctx, const struct rtnl_link *now, const struct rtnl_link *old)
{
	(void)now;
	(void)old;
	((struct test *)ctx)->n_links++;
}

static void told_addr(void *ctx, const struct rtnl_addr *now, const struct rtnl_addr *old)
{
	struct test *t = ctx;

	t->n_addrs++;
	t->last_gone = !now;
	t->last_addr = now ? *now : *old;
}

static void told_resync(void *ctx)
{
	((struct test *)ctx)->n_resyncs++;
}

static const struct rtnl_events events = {told_link, told_addr, told_resync};

static unsigned count_addrs(const struct rtnl *r, int ifindex, int family, uint8_t proto)
{
	const struct rtnl_addr *a = NULL;
	unsigned n = 0;

	while ((a = rtnl_addr_next(r, ifindex, a)))
		n += a->local.family == family && (!proto || a->proto == proto);
	return n;
}

/* What the kernel really has, by a port of its own. */
static unsigned kernel_addrs(struct test *t, int family, uint8_t proto)
{
	struct rtnl_conf conf = {0};
	struct rtnl *r;
	unsigned n;

	must(rtnl_open(t->loop, &conf, &r) == 0, "rtnl_open");
	n = count_addrs(r, t->k0, family, proto);
	rtnl_close(r);
	return n;
}

static struct rtnl_change *many_changes(struct test *t, bool add, int family)
{
	struct rtnl_change *c = xcalloc(MANY, sizeof(*c));
	unsigned last = family == AF_INET ? 3 : 15;

	for (unsigned i = 0; i < MANY; i++) {
		struct addr a = A(family == AF_INET ? "10.7.0.0" : "2001:db8:7::");

		a.bytes[last] = (uint8_t)i;
		a.bytes[last - 1] = (uint8_t)(i >> 8);
		rtnl_addr_init(&c[i].addr, t->k0, &a, family == AF_INET ? 32 : 128);
		c[i].addr.flags = family == AF_INET6 ? IFA_F_NODAD : 0;
		c[i].add = add;
	}
	return c;
}

/* Adds or deletes the many; all of them must end with this error. */
static void change_many(struct test *t, bool add, int family, int error)
{
	struct rtnl_change *c = many_changes(t, add, family);
	ktime start = clock_now(&clock_monotonic);
	size_t failed = rtnl_apply(t->r, c, MANY), wrong = 0;

	printf("%s %d IPv%d addresses: %.2f ms\n", add ? "add" : "delete", MANY,
		family == AF_INET ? 4 : 6, (double)(clock_now(&clock_monotonic) - start) / 1e6);
	for (unsigned i = 0; i < MANY; i++)
		wrong += c[i].error != error;
	CHECK(failed == (error ? MANY : 0));
	CHECK(wrong == 0);
	free(c);
}

/* At once, unless so much is reported at a time that some of it is lost: then after a dump. */
static bool turn_until_only(struct test *t, int family, unsigned n)
{
	ktime end = clock_now(&clock_monotonic) + SEC(10);

	while (count_addrs(t->r, t->k0, family, 0) != n && clock_now(&clock_monotonic) < end)
		loop_turn(t->loop, MSEC(20));
	return count_addrs(t->r, t->k0, family, 0) == n;
}

static void test_many(struct test *t, int family)
{
	unsigned before = kernel_addrs(t, family, 0);

	change_many(t, true, family, 0);
	CHECK(count_addrs(t->r, t->k0, family, RTNL_PROTO_KEEPALIVED) == MANY);
	CHECK(kernel_addrs(t, family, RTNL_PROTO_KEEPALIVED) == MANY);
	change_many(t, true, family, -EEXIST);
	t->n_addrs = 0;
	CHECK(turn_until(t, &t->n_addrs, MANY));
	change_many(t, false, family, 0);
	CHECK(turn_until_only(t, family, before));
	CHECK(kernel_addrs(t, family, 0) == before);
	change_many(t, false, family, -EADDRNOTAVAIL);
	turn_a_while(t);
	CHECK(count_addrs(t->r, t->k0, family, 0) == before);
}

static void test_options(struct test *t)
{
	struct rtnl_change c = {.add = true}, d = {.add = true};
	const struct rtnl_addr *a;
	struct addr vip4 = A("10.2.0.50"), vip6 = A("fe80::50");

	rtnl_addr_init(&c.addr, t->k0, &vip4, 24);
	c.addr.brd = A("10.2.0.255");
	c.addr.scope = 253; /* link */
	c.addr.preferred_lft = 0;
	c.addr.flags = IFA_F_NOPREFIXROUTE;
	str_copy(c.addr.label, sizeof(c.addr.label), "k0:vip");
	rtnl_addr_init(&d.addr, t->k0, &vip6, 64);
	d.addr.peer = A("fe80::51");
	d.addr.flags = IFA_F_NODAD | IFA_F_HOMEADDRESS;
	CHECK(rtnl_apply(t->r, (struct rtnl_change[]){c, d}, 2) == 0);
	turn_a_while(t);

	a = rtnl_addr_find(t->r, &c.addr);
	CHECK(a && addr_eq(&a->brd, &c.addr.brd) && a->scope == 253);
	CHECK(a && strcmp(a->label, "k0:vip") == 0 && a->proto == RTNL_PROTO_KEEPALIVED);
	CHECK(a && a->preferred_lft == 0);
	CHECK(a && a->flags & IFA_F_NOPREFIXROUTE && a->flags & IFA_F_DEPRECATED);
	a = rtnl_addr_find(t->r, &d.addr);
	CHECK(a && addr_eq(&a->peer, &d.addr.peer));
	CHECK(a && a->flags & IFA_F_NODAD && a->flags & IFA_F_HOMEADDRESS);
	a = rtnl_first_addr(t->r, t->k0, AF_INET6, RTNL_PROTO_KEEPALIVED);
	CHECK(a && !addr_eq(&a->local, &vip6));
	a = rtnl_first_addr(t->r, t->k0, AF_INET, RTNL_PROTO_KEEPALIVED);
	CHECK(a && strcmp(a->label, "k0") == 0);

	c.replace = true;
	c.addr.preferred_lft = RTNL_FOREVER;
	CHECK(rtnl_apply(t->r, &c, 1) == 0);
	CHECK(rtnl_addr_find(t->r, &c.addr)->preferred_lft == RTNL_FOREVER);
	c.add = d.add = false;
	CHECK(rtnl_apply(t->r, (struct rtnl_change[]){c, d}, 2) == 0);
	CHECK(!rtnl_addr_find(t->r, &c.addr) && !rtnl_addr_find(t->r, &d.addr));
	turn_a_while(t);
}

/* Deleted and added again in one call: nothing to tell, and the table has it. */
static void test_replaced_at_once(struct test *t, const char *vip)
{
	struct rtnl_change c[2] = {{.add = false}, {.add = true}};
	struct addr a = A(vip);

	rtnl_addr_init(&c[1].addr, t->k0, &a, a.family == AF_INET ? 32 : 128);
	c[1].addr.flags = a.family == AF_INET6 ? IFA_F_NODAD : 0;
	CHECK(rtnl_apply(t->r, &c[1], 1) == 0);
	turn_a_while(t);
	t->last_gone = false;
	c[0].addr = c[1].addr;
	CHECK(rtnl_apply(t->r, c, 2) == 0);
	CHECK(rtnl_addr_find(t->r, &c[1].addr));
	turn_a_while(t);
	CHECK(rtnl_addr_find(t->r, &c[1].addr));
	CHECK(!t->last_gone);
	CHECK(rtnl_apply(t->r, c, 1) == 0);
	turn_a_while(t);
	CHECK(t->last_gone);
}

static void test_events(struct test *t)
{
	turn_a_while(t);
	t->n_addrs = t->n_links = 0;
	sh("ip addr add 10.9.9.9/32 dev k0");
	CHECK(turn_until(t, &t->n_addrs, 1));
	CHECK(!t->last_gone && t->last_addr.ifindex == t->k0 && t->last_addr.proto == 0);
	sh("ip addr del 10.9.9.9/32 dev k0");
	CHECK(turn_until(t, &t->n_addrs, 2));
	CHECK(t->last_gone);

	sh("ip link set k0 down");
	CHECK(turn_until(t, &t->n_links, 1));
	CHECK(!rtnl_link_by_name(t->r, "k0")->up);
	sh("ip link set k0 name k9; ip link set k9 mtu 1400; ip link set k9 up");
	turn_a_while(t);
	CHECK(!rtnl_link_by_name(t->r, "k0"));
	CHECK(rtnl_link_by_name(t->r, "k9") && rtnl_link_by_name(t->r, "k9")->mtu == 1400);
	sh("ip link set k9 down; ip link set k9 name k0; ip link set k0 mtu 1500; "
	   "ip link set k0 up");
	CHECK(turn_until_up(t, "k0"));
	CHECK(rtnl_link_by_name(t->r, "k0")->ifindex == t->k0);

	sh("ip link add kbr type bridge; ip link set k0 master kbr");
	turn_a_while(t);
	CHECK(strcmp(rtnl_link_by_name(t->r, "kbr")->kind, "bridge") == 0);
	CHECK(rtnl_link_by_name(t->r, "k0")->master == rtnl_link_by_name(t->r, "kbr")->ifindex);
	sh("ip link set k0 nomaster; ip link del kbr");
	turn_a_while(t);
	CHECK(!rtnl_link_by_name(t->r, "kbr"));
	CHECK(rtnl_link_by_name(t->r, "k0") && rtnl_link_by_name(t->r, "k0")->master == 0);
}

/* A monitor with the smallest buffer misses most of 1,000 changes and must find out; with a larger
 * one it misses nothing. */
static void test_resync(struct test *t)
{
	struct rtnl_conf conf = {.monitor_rcvbuf = 1};
	struct rtnl_conf large = {.monitor_rcvbuf = 8 << 20, .monitor_force = true};
	struct test small = {.k0 = t->k0};
	struct rtnl *r;

	must(rtnl_open(t->loop, &conf, &r) == 0, "rtnl_open");
	rtnl_listen(r, &events, &small);
	change_many(t, true, AF_INET, 0);
	CHECK(turn_until(t, &small.n_resyncs, 1));
	CHECK(count_addrs(r, t->k0, AF_INET, RTNL_PROTO_KEEPALIVED) == MANY);
	CHECK(small.n_addrs == MANY);
	change_many(t, false, AF_INET, 0);
	CHECK(turn_until(t, &small.n_resyncs, 2));
	CHECK(count_addrs(r, t->k0, AF_INET, RTNL_PROTO_KEEPALIVED) == 0);
	CHECK(small.n_addrs == 2 * MANY);
	rtnl_set_buffers(r, &large);
	change_many(t, true, AF_INET, 0);
	change_many(t, false, AF_INET, 0);
	turn_a_while(t);
	CHECK(small.n_resyncs == 2);
	rtnl_set_buffers(r, &conf);
	change_many(t, true, AF_INET, 0);
	change_many(t, false, AF_INET, 0);
	CHECK(turn_until(t, &small.n_resyncs, 3));
	rtnl_close(r);
}

/* A command socket with the smallest buffer still gets every answer. */
static void test_small_command_buffer(struct test *t)
{
	struct rtnl_conf conf = {.cmd_rcvbuf = 1};
	struct rtnl *normal = t->r;

	must(rtnl_open(t->loop, &conf, &t->r) == 0, "rtnl_open");
	change_many(t, true, AF_INET, 0);
	change_many(t, false, AF_INET, 0);
	rtnl_close(t->r);
	t->r = normal;
	turn_a_while(t);
}

/* pkt */

static void got_in(void *ctx, const struct pkt_in *in)
{
	struct test *t = ctx;

	t->n_in++;
	t->last = *in;
	memcpy(t->payload, in->payload, MIN(in->len, sizeof(t->payload)));
}

static void got_out(void *ctx, const struct pkt_in *in)
{
	(void)in;
	((struct test *)ctx)->n_out++;
}

static void open_ports(struct test *t)
{
	struct pkt_conf conf = {.ipv4 = true, .ipv6 = true, .rcvbuf = 1 << 20};
	struct addr g4 = A("224.0.0.18"), g6 = A("ff02::12");

	must(pkt_open(t->loop, &conf, &t->out) == 0, "pkt_open");
	CHECK(pkt_join(t->out, &g4, t->k0) == 0 && pkt_join(t->out, &g6, t->k0) == 0);
	pkt_listen(t->out, got_out, t);
	enter(t->peer);
	must(pkt_open(t->loop, &conf, &t->in) == 0, "pkt_open");
	CHECK(pkt_join(t->in, &g4, t->p0) == 0 && pkt_join(t->in, &g6, t->p0) == 0);
	pkt_listen(t->in, got_in, t);
	enter(t->here);
	turn_a_while(t);
}

static void send_and_see(struct test *t, const char *src, const char *dst, bool multicast)
{
	struct pkt_out out = {
		.src = A(src),
		.dst = A(dst),
		.ifindex = t->k0,
		.ttl = 255,
		.tos = PKT_TOS,
		.id = 7,
		.payload = "\x31\x01 not an advert",
		.len = 16,
	};

	t->n_in = t->n_out = 0;
	CHECK(pkt_send(t->out, &out) == 0);
	CHECK(turn_until(t, &t->n_in, 1));
	turn_a_while(t);
	CHECK(t->n_in == 1);
	CHECK(t->n_out == 0); /* not looped back */
	CHECK(addr_eq(&t->last.src, &out.src) && addr_eq(&t->last.dst, &out.dst));
	CHECK(t->last.ifindex == t->p0 && t->last.multicast == multicast);
	CHECK(t->last.has_ttl && t->last.ttl == 255);
	CHECK(t->last.len == 16 && memcmp(t->payload, out.payload, 16) == 0);
	CHECK(t->last.total_len == (out.src.family == AF_INET ? 36 : 0));
}

static void test_adverts(struct test *t)
{
	send_and_see(t, "10.1.0.1", "224.0.0.18", true);
	send_and_see(t, "10.99.99.99", "224.0.0.18", true); /* not our address */
	send_and_see(t, "fe80::ff:fe00:1", "ff02::12", true);
	send_and_see(t, "fe80::77", "ff02::12", true);
	send_and_see(t, "10.1.0.1", "10.1.0.2", false);
	send_and_see(t, "fe80::ff:fe00:1", "fe80::ff:fe00:2", false);
}

static int capture(struct test *t, uint16_t type)
{
	struct sockaddr_ll ll = {.sll_family = AF_PACKET, .sll_ifindex = t->p0};
	int fd;

	enter(t->peer);
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	ll.sll_protocol = htons(type);
	must(fd >= 0 && bind(fd, (struct sockaddr *)&ll, sizeof(ll)) == 0, "packet socket");
	enter(t->here);
	return fd;
}

/* The next frame whose byte at `at` is `value`; its length, or 0 after a second. */
static size_t next_frame(int fd, uint8_t frame[2048], size_t at, uint8_t value)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	while (poll(&p, 1, 1000) == 1) {
		ssize_t n = recv(fd, frame, 2048, 0);

		if (n > (ssize_t)at && frame[at] == value)
			return (size_t)n;
	}
	return 0;
}

static uint16_t ones_sum(const uint8_t *p, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < n; i += 2)
		sum += (uint32_t)p[i] << 8 | p[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

/* Conformance 1-3 in the frames as they arrive. */
static void test_headers(struct test *t)
{
	static const uint8_t ip4[] = {0x45, 0xc0, 0, 22, 1, 2, 0, 0, 255, 112};
	static const uint8_t ip6[] = {0x6c, 0x00, 0, 0, 0, 2, 112, 255};
	struct pkt_out out = {.ifindex = t->k0, .tos = PKT_TOS, .ttl = PKT_TTL, .id = 0x102};
	uint8_t f[2048];
	int fd = capture(t, ETHERTYPE_IP);

	out.payload = "ab";
	out.len = 2;
	out.src = A("10.1.0.1");
	out.dst = A("224.0.0.18");
	CHECK(pkt_send(t->out, &out) == 0);
	CHECK(next_frame(fd, f, 23, 112) >= 36);
	CHECK(memcmp(f, "\x01\x00\x5e\x00\x00\x12\x02\x00\x00\x00\x00\x01", 12) == 0);
	CHECK(memcmp(f + 14, ip4, sizeof(ip4)) == 0);
	CHECK(ones_sum(f + 14, 20) == 0xffff);
	close(fd);
	fd = capture(t, ETHERTYPE_IPV6);
	out.src = A("fe80::ff:fe00:1");
	out.dst = A("ff02::12");
	CHECK(pkt_send(t->out, &out) == 0);
	CHECK(next_frame(fd, f, 20, 112) >= 56);
	CHECK(memcmp(f, "\x33\x33\x00\x00\x00\x12\x02\x00\x00\x00\x00\x01", 12) == 0);
	CHECK((f[14] << 8 | (f[15] & 0xf0)) == 0x6c00);
	CHECK(memcmp(f + 18, ip6 + 4, 4) == 0);
	CHECK(memcmp(f + 54, "ab", 2) == 0);
	close(fd);
}

static void test_announcements(struct test *t)
{
	const struct rtnl_link *l = rtnl_link_by_index(t->r, t->k0);
	struct addr vip4 = A("10.1.0.100"), vip6 = A("2001:db8::100");
	uint8_t f[2048], want[PKT_NA_LEN];
	int fd = capture(t, ETHERTYPE_ARP);

	enter(t->peer);
	sh("ip neigh replace 10.1.0.100 lladdr 02:00:00:00:00:99 dev p0 nud stale; "
	   "ip neigh replace 2001:db8::100 lladdr 02:00:00:00:00:99 dev p0 nud stale");
	enter(t->here);
	CHECK(pkt_send_garp(t->out, l, &vip4, NULL) == 0);
	pkt_arp_build(want, l->mac, vip4.v4, (const uint8_t *)"\xff\xff\xff\xff\xff\xff");
	CHECK(next_frame(fd, f, 41, 100) == PKT_ARP_LEN && memcmp(f, want, PKT_ARP_LEN) == 0);
	close(fd);
	fd = capture(t, ETHERTYPE_IPV6);
	CHECK(pkt_send_na(t->out, l, &vip6, true) == 0);
	pkt_na_build(want, l->mac, &vip6.v6, true);
	CHECK(next_frame(fd, f, 54, 136) == PKT_NA_LEN && memcmp(f, want, PKT_NA_LEN) == 0);
	close(fd);
	enter(t->peer); /* the peer's kernel took both at their word */
	sh("ip neigh show 10.1.0.100 dev p0 | grep -q 02:00:00:00:00:01");
	sh("ip neigh show 2001:db8::100 dev p0 | grep -q 'lladdr 02:00:00:00:00:01 .*router'");
	enter(t->here);
	CHECK(pkt_send_garp(t->out, rtnl_link_by_name(t->r, "lo"), &vip4, NULL) == -EOPNOTSUPP);
}

static void fired(struct loop_timer *timer)
{
	(void)timer;
}

/* A flood waits in the socket: one turn takes a bounded part of it, and the timer has its turn. */
static void test_flood(struct test *t)
{
	struct pkt_out out = {.src = A("10.1.0.1"), .dst = A("224.0.0.18"), .ifindex = t->k0};
	struct loop_timer timer = {0};

	out.payload = "bad";
	out.len = 3;
	t->n_in = 0;
	for (int i = 0; i < 600; i++)
		CHECK(pkt_send(t->out, &out) == 0);
	usleep(50000);
	loop_timer_init(t->loop, &timer, fired);
	loop_timer_set(&timer, clock_now(&clock_monotonic) - 1);
	loop_turn(t->loop, 0);
	CHECK(t->n_in > 0 && t->n_in < 300);
	CHECK(!loop_timer_pending(&timer));
	CHECK(turn_until(t, &t->n_in, 600));
	CHECK(pkt_stats(t->in)->overflow == 0);
}

/* A full socket drops, which is counted, and works afterwards. */
static void test_overflow(struct test *t)
{
	struct pkt_out out = {.src = A("10.1.0.1"), .dst = A("224.0.0.18"), .ifindex = t->k0};

	out.payload = "bad";
	out.len = 3;
	for (int i = 0; i < 20000; i++)
		pkt_send(t->out, &out);
	turn_a_while(t);
	send_and_see(t, "10.1.0.1", "224.0.0.18", true);
	CHECK(pkt_stats(t->in)->overflow > 0);
}

/* More interfaces than a socket may have memberships (net.ipv4.igmp_max_memberships). */
static void test_many_groups(struct test *t)
{
	struct addr g4 = A("224.0.0.18"), g6 = A("ff02::12");
	char name[IFNAMSIZ];

	for (int i = 0; i < PAIRS; i++)
		sh("ip link add km%d type veth peer name kn%d", i, i);
	turn_a_while(t);
	for (int i = 0; i < 2 * PAIRS; i++) {
		const struct rtnl_link *l;

		snprintf(name, sizeof(name), "k%c%d", i % 2 ? 'm' : 'n', i / 2);
		l = rtnl_link_by_name(t->r, name);
		CHECK(l && pkt_join(t->out, &g4, l->ifindex) == 0);
		CHECK(l && pkt_join(t->out, &g6, l->ifindex) == 0);
	}
	sh("test $(ip maddr show | grep -c 'inet  *224.0.0.18') -ge %d", 2 * PAIRS + 1);
	for (const struct rtnl_link *l = NULL; (l = rtnl_link_next(t->r, l));) {
		if (l->ifindex == t->k0)
			continue;
		pkt_leave(t->out, &g4, l->ifindex);
		pkt_leave(t->out, &g6, l->ifindex);
	}
	sh("test $(ip maddr show | grep -c 'inet  *224.0.0.18') -eq 1");
	CHECK(pkt_join(t->out, &g4, rtnl_link_by_name(t->r, "km0")->ifindex) == 0);
	sh("ip link del km0");
	turn_a_while(t);
	CHECK(rtnl_count_links(t->r) == 2 * PAIRS); /* lo and k0 with what is left */
	for (int i = 1; i < PAIRS; i++)
		sh("ip link del km%d", i);
	turn_a_while(t);
	CHECK(rtnl_count_links(t->r) == 2);
	CHECK(pkt_join(t->out, &g4, 9999) < 0);
}

/* Everything again as the daemon runs: unprivileged but for two capabilities. In a child, since
 * there is no way back. */
static void unprivileged(struct test *t)
{
	struct priv_want want = {.caps = PRIV_NET_ADMIN | PRIV_NET_RAW};
	struct pkt_conf conf = {.ipv4 = true, .ipv6 = true};
	struct rtnl_conf rconf = {.monitor_rcvbuf = 8 << 20, .monitor_force = true};
	const char *what = "";

	must(priv_find_user(&want.uid, &want.gid) == 0, "user");
	must(priv_drop(&want, &what) == 0, what);
	rtnl_close(t->r);
	pkt_close(t->out);
	must(rtnl_open(t->loop, &rconf, &t->r) == 0, "rtnl_open");
	must(pkt_open(t->loop, &conf, &t->out) == 0, "pkt_open");
	pkt_listen(t->out, got_out, t);
	change_many(t, true, AF_INET6, 0);
	change_many(t, false, AF_INET6, 0);
	send_and_see(t, "10.1.0.1", "224.0.0.18", true);
	send_and_see(t, "fe80::ff:fe00:1", "ff02::12", true);
}

static void test_unprivileged(struct test *t)
{
	int status = -1;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	must(pid >= 0, "fork");
	if (pid == 0) {
		failures = 0;
		unprivileged(t);
		exit(failures ? 1 : 0);
	}
	must(waitpid(pid, &status, 0) == pid, "waitpid");
	CHECK(status == 0);
}

int main(void)
{
	struct rtnl_conf conf = {0};
	struct test t = {0};

	if (geteuid() != 0 || system("ip -V >/dev/null 2>&1 && sysctl -V >/dev/null 2>&1") != 0) {
		fprintf(stderr, "kern_test: needs root, ip (iproute2) and sysctl (procps)\n");
		return 77;
	}
	wire_up(&t);
	t.loop = loop_new(NULL);
	must(rtnl_open(t.loop, &conf, &t.r) == 0, "rtnl_open");
	rtnl_listen(t.r, &events, &t);
	CHECK(turn_until_up(&t, "k0"));
	test_many(&t, AF_INET);
	test_many(&t, AF_INET6);
	test_options(&t);
	test_replaced_at_once(&t, "10.1.0.60");
	test_replaced_at_once(&t, "2001:db8::60");
	test_events(&t);
	test_resync(&t);
	test_small_command_buffer(&t);
	open_ports(&t);
	test_adverts(&t);
	test_headers(&t);
	test_announcements(&t);
	test_flood(&t);
	test_overflow(&t);
	test_many_groups(&t);
	test_unprivileged(&t);
	pkt_close(t.in);
	pkt_close(t.out);
	rtnl_close(t.r);
	loop_free(t.loop);
	if (!failures)
		printf("kern_test: ok\n");
	return failures ? 1 : 0;
}
