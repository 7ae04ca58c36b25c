/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kern/ipvs against a real kernel: prints PASS, FAIL or NOTE lines and timings. Empties the IPVS
 * table of its network namespace, so it belongs into a user-mode Linux (ipvs_test.sh).
 */
#include "keepalived/kern/ipvs.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keepalived/check/table.h"

enum { MANY = 10000 };

static struct ipvs *ipvs;
static unsigned n_failed;

static void report(bool ok, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void report(bool ok, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	printf("%s ", ok ? "PASS" : "FAIL");
	vprintf(fmt, ap);
	printf("\n");
	fflush(stdout);
	va_end(ap);
	n_failed += !ok;
}

/* The condition is settled before the values for the text are looked at. */
#define check(condition, ...)             \
	({                                \
		bool ok_ = (condition);   \
		report(ok_, __VA_ARGS__); \
		ok_;                      \
	})

static double ms_since(ktime start)
{
	return (double)(clock_now(&clock_monotonic) - start) / 1e6;
}

static struct addr address(const char *text)
{
	struct addr a = {0};

	addr_parse(&a, text);
	return a;
}

static struct ipvs_service service(
	uint8_t proto, const char *addr, uint16_t port, const char *sched)
{
	struct ipvs_service s = {.proto = proto, .port = port, .addr = address(addr)};

	s.family = s.addr.family;
	snprintf(s.sched, sizeof(s.sched), "%s", sched);
	return s;
}

static struct ipvs_dest dest(const char *addr, uint16_t port, uint32_t fwd, uint32_t weight)
{
	return (struct ipvs_dest){
		.addr = address(addr), .port = port, .fwd = fwd, .weight = weight};
}

/* One change, whose error comes back. */
static int one(enum ipvs_op op, const struct ipvs_service *s, const struct ipvs_dest *d)
{
	struct ipvs_change c = {.op = op, .service = s, .dest = d};
	int err = ipvs_apply(ipvs, &c, 1);

	return err < 0 ? err : c.error;
}

/* What the kernel holds, as the only content of a table. */
static void load_service(void *arg, const struct ipvs_service *s)
{
	table_have_service(arg, s, false);
}

static void load_dest(void *arg, const struct ipvs_service *s, const struct ipvs_dest *d)
{
	table_have_dest(arg, s, d);
}

static struct table *load(void)
{
	struct table *t = table_new();
	struct ipvs_visitor v = {load_service, load_dest, t};
	int err = ipvs_dump(ipvs, &v);

	if (err)
		check(false, "dump: %s", strerror(-err));
	return t;
}

static bool holds_service(const struct ipvs_service *s)
{
	struct table *t = load();
	const struct ipvs_service *have = table_find_service(t, s);
	bool same = have && ipvs_service_eq(have, s);

	table_free(t);
	return same;
}

static bool holds_dest(const struct ipvs_service *s, const struct ipvs_dest *d)
{
	struct table *t = load();
	const struct ipvs_dest *have = table_find_dest(t, s, d);
	bool same = have && ipvs_dest_eq(have, d);

	table_free(t);
	return same;
}

static void flush(void)
{
	one(IPVS_FLUSH, NULL, NULL);
}

static void test_schedulers(void)
{
	static const char *const names[] = {"rr", "wrr", "lc", "wlc", "lblc", "lblcr", "sh", "mh",
		"dh", "fo", "ovf", "sed", "nq", "twos"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct ipvs_service s = service(IPPROTO_TCP, "192.0.2.1", 80, names[i]);
		int err = one(IPVS_SERVICE_ADD, &s, NULL);

		if (err == -ENOENT)
			printf("NOTE scheduler %s: not in this kernel\n", names[i]);
		else
			check(!err && holds_service(&s), "scheduler %s", names[i]);
		flush();
	}
}

static void test_services(void)
{
	struct ipvs_service kinds[] = {
		service(IPPROTO_TCP, "192.0.2.1", 80, "wlc"),
		service(IPPROTO_UDP, "192.0.2.1", 53, "rr"),
		service(IPPROTO_SCTP, "192.0.2.1", 5060, "rr"),
		service(IPPROTO_TCP, "2001:db8::1", 443, "sh"),
		service(IPPROTO_UDP, "192.0.2.2", 0, "rr"),
		{.family = AF_INET, .fwmark = 7, .sched = "wrr"},
		{.family = AF_INET6, .fwmark = 7, .sched = "lc"},
		service(IPPROTO_TCP, "192.0.2.3", 80, "rr"),
		service(IPPROTO_TCP, "2001:db8::3", 80, "rr"),
	};

	kinds[1].flags = IP_VS_SVC_F_ONEPACKET;
	kinds[3].flags = IP_VS_SVC_F_SCHED1 | IP_VS_SVC_F_SCHED2;
	for (size_t i = 4; i < ARRAY_SIZE(kinds); i++) {
		kinds[i].flags |= IP_VS_SVC_F_PERSISTENT;
		kinds[i].timeout = 300 + (uint32_t)i;
	}
	kinds[7].netmask = htonl(0xffffff00);
	kinds[8].netmask = 64;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		char name[IPVS_NAME_STRLEN];
		int err = one(IPVS_SERVICE_ADD, &kinds[i], NULL);

		check(!err && holds_service(&kinds[i]), "service %s",
			ipvs_service_str(&kinds[i], name));
	}
	struct ipvs_service sip = service(IPPROTO_UDP, "192.0.2.9", 5060, "rr");
	sip.flags = IP_VS_SVC_F_PERSISTENT | IP_VS_SVC_F_ONEPACKET;
	sip.timeout = 60;
	strcpy(sip.pe, "sip");
	check(!one(IPVS_SERVICE_ADD, &sip, NULL) && holds_service(&sip), "persistence engine sip");
	strcpy(kinds[0].sched, "rr");
	kinds[0].flags = IP_VS_SVC_F_PERSISTENT;
	kinds[0].timeout = 50;
	check(!one(IPVS_SERVICE_EDIT, &kinds[0], NULL) && holds_service(&kinds[0]),
		"scheduler and persistence edited");
	kinds[0].flags = 0;
	check(!one(IPVS_SERVICE_EDIT, &kinds[0], NULL) && holds_service(&kinds[0]),
		"persistence taken away");
	check(!one(IPVS_SERVICE_DEL, &kinds[6], NULL) && !holds_service(&kinds[6]) &&
			holds_service(&kinds[5]),
		"IPv6 mark removed, IPv4 mark with the same number stays");
	flush();
	check(!holds_service(&kinds[0]), "flush");
}

static void test_dests(void)
{
	struct ipvs_service v4 = service(IPPROTO_TCP, "192.0.2.1", 80, "wlc");
	struct ipvs_service v6 = service(IPPROTO_TCP, "2001:db8::1", 80, "wlc");
	struct ipvs_service mark = {.family = AF_INET, .fwmark = 3, .sched = "sh"};
	struct ipvs_dest gue = dest("10.0.0.4", 80, IP_VS_CONN_F_TUNNEL, 1);
	struct ipvs_dest gre = dest("10.0.0.5", 0, IP_VS_CONN_F_TUNNEL, 1);
	struct ipvs_dest limited = dest("10.0.0.6", 80, IP_VS_CONN_F_DROUTE, 0);

	gue.tun_type = IP_VS_CONN_F_TUNNEL_TYPE_GUE;
	gue.tun_port = 5555;
	gue.tun_flags = IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM;
	gre.tun_type = IP_VS_CONN_F_TUNNEL_TYPE_GRE;
	gre.tun_flags = IP_VS_TUNNEL_ENCAP_FLAG_CSUM;
	limited.u_threshold = 1000;
	limited.l_threshold = 800;
	const struct {
		const char *what;
		const struct ipvs_service *service;
		struct ipvs_dest dest;
	} cases[] = {
		{"NAT, other port", &v4, dest("10.0.0.1", 8080, IP_VS_CONN_F_MASQ, 1)},
		{"direct routing", &v4, dest("10.0.0.2", 80, IP_VS_CONN_F_DROUTE, 65535)},
		{"tunnel", &v4, dest("10.0.0.3", 80, IP_VS_CONN_F_TUNNEL, 5)},
		{"tunnel GUE", &v4, gue},
		{"weight 0, thresholds", &v4, limited},
		{"IPv6 NAT", &v6, dest("2001:db8:1::1", 80, IP_VS_CONN_F_MASQ, 2)},
		{"IPv6 tunnel over IPv4", &v6, dest("10.0.0.1", 80, IP_VS_CONN_F_TUNNEL, 2)},
		{"mark, tunnel GRE", &mark, gre},
		{"mark, IPv4 over IPv6", &mark, dest("2001:db8:1::2", 0, IP_VS_CONN_F_TUNNEL, 9)},
	};

	one(IPVS_SERVICE_ADD, &v4, NULL);
	one(IPVS_SERVICE_ADD, &v6, NULL);
	one(IPVS_SERVICE_ADD, &mark, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int err = one(IPVS_DEST_ADD, cases[i].service, &cases[i].dest);

		check(!err && holds_dest(cases[i].service, &cases[i].dest), "destination: %s (%d)",
			cases[i].what, err);
	}
	limited.weight = 7;
	limited.fwd = IP_VS_CONN_F_MASQ;
	check(!one(IPVS_DEST_EDIT, &v4, &limited) && holds_dest(&v4, &limited),
		"destination edited: weight, method");
	check(!one(IPVS_DEST_DEL, &v4, &limited) && !holds_dest(&v4, &limited), "removed");
	flush();
}

static void test_errors(void)
{
	struct ipvs_service s = service(IPPROTO_TCP, "192.0.2.1", 80, "rr");
	struct ipvs_service bad = service(IPPROTO_TCP, "192.0.2.2", 80, "nosuch");
	struct ipvs_dest d = dest("10.0.0.1", 80, IP_VS_CONN_F_MASQ, 1);
	struct ipvs_dest e = dest("10.0.0.2", 80, IP_VS_CONN_F_MASQ, 1);
	char line[IPVS_CHANGE_STRLEN];
	struct ipvs_change changes[] = {
		{.op = IPVS_SERVICE_ADD, .service = &s},
		{.op = IPVS_DEST_ADD, .service = &s, .dest = &d},
		{.op = IPVS_DEST_ADD, .service = &s, .dest = &d},
		{.op = IPVS_SERVICE_ADD, .service = &bad},
		{.op = IPVS_DEST_ADD, .service = &bad, .dest = &d},
		{.op = IPVS_DEST_EDIT, .service = &s, .dest = &e},
		{.op = IPVS_SERVICE_DEL, .service = &bad},
		{.op = IPVS_DEST_ADD, .service = &s, .dest = &e},
		{.op = IPVS_SERVICE_ADD, .service = &s},
	};
	static const int expected[] = {0, 0, -EEXIST, -ENOENT, -ESRCH, -ENOENT, -ESRCH, 0, -EEXIST};
	int failed = ipvs_apply(ipvs, changes, ARRAY_SIZE(changes));

	check(failed == 6, "6 of 9 changes fail, the rest goes on (%d)", failed);
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++)
		check(changes[i].error == expected[i], "error %zu: %s", i,
			ipvs_change_str(&changes[i], line));
	check(holds_dest(&s, &d) && holds_dest(&s, &e), "what could be done was done");
	flush();
}

static void test_config(void)
{
	struct ipvs_timeouts old, new = {.tcp = 1000, .tcp_fin = 130, .udp = 310};
	struct ipvs_change c = {.op = IPVS_TIMEOUTS, .timeouts = &new};
	struct ipvs_info info;

	check(!ipvs_info(ipvs, &info) && info.conn_table, "version %u.%u.%u, table of %u",
		info.version >> 16, info.version >> 8 & 255, info.version & 255, info.conn_table);
	old = info.timeouts;
	check(!ipvs_apply(ipvs, &c, 1) && !ipvs_info(ipvs, &info) &&
			!memcmp(&info.timeouts, &new, sizeof(new)),
		"timeouts set");
	c.timeouts = &old;
	check(!ipvs_apply(ipvs, &c, 1) && !ipvs_info(ipvs, &info) &&
			!memcmp(&info.timeouts, &old, sizeof(old)),
		"timeouts restored (%u %u %u)", old.tcp, old.tcp_fin, old.udp);
}

static void test_daemon(void)
{
	struct ipvs_daemon d = {.state = IP_VS_STATE_MASTER,
		.sync_id = 7,
		.ifname = "lo",
		.maxlen = 1400,
		.port = 8849,
		.ttl = 4,
		.group = address("224.0.0.90")};
	struct ipvs_change start = {.op = IPVS_DAEMON_START, .daemon = &d};
	struct ipvs_change stop = {.op = IPVS_DAEMON_STOP, .daemon = &d};
	char line[IPVS_CHANGE_STRLEN];

	check(!ipvs_apply(ipvs, &start, 1), "sync daemon started (%d)", start.error);
	check(ipvs_apply(ipvs, &start, 1) == 1 && start.error == -EEXIST, "%s",
		ipvs_change_str(&start, line));
	check(!ipvs_apply(ipvs, &stop, 1), "sync daemon stopped (%d)", stop.error);
}

static struct ipvs_dest numbered(size_t i, uint32_t weight)
{
	char text[ADDR_STRLEN];

	snprintf(text, sizeof(text), "10.%zu.%zu.%zu", 1 + (i >> 16), i >> 8 & 255, i & 255);
	return dest(text, 80, IP_VS_CONN_F_DROUTE, weight);
}

static size_t settle(struct table *t, int *err)
{
	struct ipvs_change *changes;
	size_t n = table_changes(t, &changes);

	*err = ipvs_apply(ipvs, changes, n);
	table_applied(t, changes, n);
	return n;
}

static void count_dest(
	void *arg, const struct ipvs_service *s UNUSED, const struct ipvs_dest *d UNUSED)
{
	++*(size_t *)arg;
}

static void ignore_service(void *arg UNUSED, const struct ipvs_service *s UNUSED)
{
}

static void test_many(void)
{
	struct ipvs_service s = service(IPPROTO_TCP, "192.0.2.1", 80, "rr");
	struct table *t = table_new();
	size_t n, seen = 0;
	struct ipvs_visitor v = {ignore_service, count_dest, &seen};
	ktime start = clock_now(&clock_monotonic);
	int err;

	table_want_service(t, &s);
	for (size_t i = 0; i < MANY; i++) {
		struct ipvs_dest d = numbered(i, 1);

		table_want_dest(t, &s, &d);
	}
	printf("TIME wishes: %.1f ms\n", ms_since(start));
	start = clock_now(&clock_monotonic);
	n = settle(t, &err);
	check(n == MANY + 1 && !err, "%zu changes applied in %.1f ms", n, ms_since(start));
	start = clock_now(&clock_monotonic);
	check(!ipvs_dump(ipvs, &v) && seen == MANY, "%zu destinations dumped in %.1f ms", seen,
		ms_since(start));
	struct ipvs_dest d = numbered(MANY / 2, 9);
	table_want_dest(t, &s, &d);
	start = clock_now(&clock_monotonic);
	n = settle(t, &err);
	check(n == 1 && !err && holds_dest(&s, &d), "one weight is one change, %.2f ms",
		ms_since(start));

	/* Crash: a new table learns from the kernel and wants the same but for one server. */
	table_free(t);
	start = clock_now(&clock_monotonic);
	t = load();
	table_mark(t);
	table_want_service(t, &s);
	for (size_t i = 1; i < MANY; i++) {
		struct ipvs_dest same = numbered(i, i == MANY / 2 ? 9 : 1);

		table_want_dest(t, &s, &same);
	}
	table_sweep(t);
	n = settle(t, &err);
	check(n == 1 && !err, "adopted, %zu change, %.1f ms", n, ms_since(start));
	table_drop_all(t);
	start = clock_now(&clock_monotonic);
	n = settle(t, &err);
	check(n == 1 && !err && !holds_service(&s), "all gone with %zu change, %.1f ms", n,
		ms_since(start));
	table_free(t);
}

int main(void)
{
	int err = ipvs_open(&ipvs);

	if (!check(!err, "open (%d)", err))
		return 1;
	test_config();
	test_schedulers();
	test_services();
	test_dests();
	test_errors();
	test_daemon();
	test_many();
	ipvs_close(ipvs);
	printf("%u failed\n", n_failed);
	return n_failed != 0;
}
