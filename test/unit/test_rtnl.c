/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of kern/rtnl through the fake: look-ups, what a listener is told, resynchronisation,
 * source addresses; and netlink attributes, good and damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keepalived/kern/netlink.h"
#include "keepalived/kern/rtnl_table.h"
#include "lib/str.h"
#include "test/unit/fake_rtnl.h"

struct world {
	struct fake_rtnl *f;
	struct rtnl *r;
	struct strbuf told;
	struct rtnl_change again; /* applied by the next address callback when set */
	bool apply_again;
};

static void told_link(void *ctx, const struct rtnl_link *now, const struct rtnl_link *old)
{
	struct world *w = ctx;

	strbuf_printf(&w->told, "%s%s>%s%s;", old ? old->name : "", old && old->up ? "+" : "",
		now ? now->name : "", now && now->up ? "+" : "");
}

static void told_addr(void *ctx, const struct rtnl_addr *now, const struct rtnl_addr *old)
{
	char buf[ADDR_STRLEN];
	struct world *w = ctx;

	strbuf_printf(&w->told, "%c%s%s;",
		!old  ? '+'
		: now ? '~'
		      : '-',
		addr_str(now ? &now->local : &old->local, buf),
		now && now->flags & IFA_F_TENTATIVE ? "?" : "");
	if (w->apply_again) {
		w->apply_again = false;
		rtnl_apply(w->r, &w->again, 1);
	}
}

static void told_resynced(void *ctx)
{
	strbuf_puts(&((struct world *)ctx)->told, "resynced;");
}

static const struct rtnl_events events = {told_link, told_addr, told_resynced};

static int setup(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));

	w->f = fake_rtnl_new(NULL);
	w->r = fake_rtnl_port(w->f);
	fake_rtnl_link(w->f, 1, "lo", true);
	fake_rtnl_link(w->f, 2, "eth0", true);
	fake_rtnl_addr_text(w->f, 2, "10.0.0.1/24");
	fake_rtnl_settle(w->f);
	rtnl_listen(w->r, &events, w);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	rtnl_close(w->r);
	strbuf_free(&w->told);
	free(w);
	return 0;
}

static void expect_told(struct world *w, const char *text)
{
	fake_rtnl_settle(w->f);
	assert_string_equal(strbuf_str(&w->told), text);
	strbuf_reset(&w->told);
}

static struct rtnl_change change(bool add, int ifindex, const char *text)
{
	struct rtnl_change c = {.kind = RTNL_ADDRESS, .add = add};
	struct addr a;
	int plen;

	assert_int_equal(addr_parse_prefix(&a, &plen, text), 0);
	rtnl_addr_init(&c.addr, ifindex, &a, (uint8_t)plen);
	return c;
}

static void lookups(void **state)
{
	struct world *w = *state;
	const struct rtnl_link *l;
	unsigned n = 0;

	assert_int_equal(rtnl_link_by_name(w->r, "eth0")->ifindex, 2);
	assert_string_equal(rtnl_link_by_index(w->r, 1)->name, "lo");
	assert_null(rtnl_link_by_name(w->r, "eth1"));
	assert_null(rtnl_link_by_index(w->r, 7));
	assert_null(rtnl_addr_next(w->r, 7, NULL));
	for (l = NULL; (l = rtnl_link_next(w->r, l));)
		n++;
	assert_int_equal(n, 2);
	assert_int_equal(rtnl_count_links(w->r), 2);
}

static void link_events(void **state)
{
	struct world *w = *state;

	fake_rtnl_link(w->f, 2, "eth0", false);
	expect_told(w, "eth0+>eth0;");
	fake_rtnl_link(w->f, 2, "wan", true);
	assert_null(rtnl_link_by_name(w->r, "eth0"));
	assert_int_equal(rtnl_link_by_name(w->r, "wan")->ifindex, 2);
	expect_told(w, "eth0>wan+;");
	fake_rtnl_link(w->f, 2, "wan", true);
	expect_told(w, "");
	fake_rtnl_link(w->f, 3, "eth0", true);
	expect_told(w, ">eth0+;");
	fake_rtnl_link_gone(w->f, 2);
	assert_null(rtnl_link_by_index(w->r, 2));
	assert_null(rtnl_link_by_name(w->r, "wan"));
	assert_int_equal(rtnl_count_links(w->r), 2);
	expect_told(w, "-10.0.0.1;wan+>;");
	fake_rtnl_link_gone(w->f, 2);
	expect_told(w, "");
}

/* A flap within a turn is told once, and shows in `downs`. */
static void flap(void **state)
{
	struct world *w = *state;

	fake_rtnl_link(w->f, 2, "eth0", false);
	fake_rtnl_link(w->f, 2, "eth0", true);
	assert_int_equal(rtnl_link_by_index(w->r, 2)->downs, 1);
	expect_told(w, "eth0+>eth0+;");
}

static void came_and_went(void **state)
{
	struct world *w = *state;

	fake_rtnl_link(w->f, 9, "veth9", true);
	fake_rtnl_addr_text(w->f, 9, "10.9.0.1/24");
	fake_rtnl_link_gone(w->f, 9);
	expect_told(w, "");
	assert_null(rtnl_link_by_index(w->r, 9));
	/* Deleted and created anew under the same index. */
	fake_rtnl_link_gone(w->f, 2);
	fake_rtnl_link(w->f, 2, "eth0", true);
	expect_told(w, "-10.0.0.1;eth0+>eth0+;");
}

static void addr_events(void **state)
{
	struct world *w = *state;
	struct rtnl_change c = change(true, 2, "fe80::5/64");

	c.addr.flags = IFA_F_TENTATIVE;
	fake_rtnl_addr(w->f, &c.addr);
	expect_told(w, "+fe80::5?;");
	c.addr.flags = 0;
	fake_rtnl_addr(w->f, &c.addr);
	expect_told(w, "~fe80::5;");
	c.addr.prefixlen = 128; /* no part of an IPv6 address's identity */
	fake_rtnl_addr_gone(w->f, &c.addr);
	expect_told(w, "-fe80::5;");
	fake_rtnl_addr_text(w->f, 2, "10.0.0.1/32"); /* part of an IPv4 address's */
	expect_told(w, "+10.0.0.1;");
	fake_rtnl_addr_text(w->f, 77, "10.0.0.3/32");
	expect_told(w, "");
}

static void applying(void **state)
{
	struct world *w = *state;
	struct rtnl_change c[] = {
		change(true, 2, "10.0.0.100/32"),
		change(true, 2, "10.0.0.1/24"),
		change(false, 2, "10.0.0.7/24"),
		change(true, 5, "10.0.0.8/24"),
		change(true, 2, "10.0.0.101/32"),
	};

	fake_rtnl_fail(w->f, 5, -EPERM);
	assert_int_equal(rtnl_apply(w->r, c, ARRAY_SIZE(c)), 4);
	assert_int_equal(c[0].error, 0);
	assert_int_equal(c[1].error, -EEXIST);
	assert_int_equal(c[2].error, -EADDRNOTAVAIL);
	assert_int_equal(c[3].error, -ENODEV);
	assert_int_equal(c[4].error, -EPERM);
	assert_true(fake_rtnl_has(w->f, 2, "10.0.0.100"));
	assert_false(fake_rtnl_has(w->f, 2, "10.0.0.101"));
	assert_int_equal(rtnl_addr_find(w->r, &c[0].addr)->proto, RTNL_PROTO_KEEPALIVED);
	expect_told(w, "+10.0.0.100;");
	assert_int_equal(rtnl_apply(w->r, c, 0), 0);
	assert_int_equal(fake_rtnl_calls(w->f), 1);
	assert_int_equal(fake_rtnl_changes(w->f), 5);
}

/* Taken away and put back by the listener: it hears of both. */
static void applied_while_told(void **state)
{
	struct world *w = *state;
	struct rtnl_change c = change(true, 2, "10.0.0.100/32");

	rtnl_apply(w->r, &c, 1);
	expect_told(w, "+10.0.0.100;");
	w->again = c;
	w->apply_again = true;
	fake_rtnl_addr_gone(w->f, &c.addr);
	expect_told(w, "-10.0.0.100;+10.0.0.100;");
	assert_true(fake_rtnl_has(w->f, 2, "10.0.0.100"));
}

static void resync(void **state)
{
	struct world *w = *state;
	struct rtnl_link lo = *rtnl_link_by_name(w->r, "lo");
	struct rtnl_link eth1 = {.ifindex = 4, .name = "eth1", .up = true};
	struct rtnl_change kept = change(true, 1, "127.0.0.1/8");
	struct rtnl_change lost = change(true, 1, "127.0.0.2/8");

	rtnl_apply(w->r, (struct rtnl_change[]){kept, lost}, 2);
	expect_told(w, "+127.0.0.1;+127.0.0.2;");
	rtnl_table_sweep_begin(w->r);
	rtnl_table_link(w->r, &lo);
	rtnl_table_link(w->r, &eth1);
	rtnl_table_addr(w->r, &kept.addr);
	rtnl_table_sweep_end(w->r);
	expect_told(w, ">eth1+;-127.0.0.2;-10.0.0.1;eth0+>;resynced;");
	assert_int_equal(rtnl_count_links(w->r), 2);
	expect_told(w, "");
}

static void first_addr(void **state)
{
	struct world *w = *state;
	struct rtnl_change c = change(true, 2, "fe80::100/64"), d = change(true, 2, "fe80::2/64");
	struct addr want;

	assert_int_equal(rtnl_apply(w->r, &c, 1), 0);
	assert_null(rtnl_first_addr(w->r, 2, AF_INET6, RTNL_PROTO_KEEPALIVED));
	assert_non_null(rtnl_first_addr(w->r, 2, AF_INET6, 0));
	fake_rtnl_addr_text(w->f, 2, "2001:db8::1/64");
	d.addr.proto = 0;
	d.addr.flags = IFA_F_TENTATIVE;
	fake_rtnl_addr(w->f, &d.addr);
	assert_null(rtnl_first_addr(w->r, 2, AF_INET6, RTNL_PROTO_KEEPALIVED));
	d.addr.flags = 0;
	fake_rtnl_addr(w->f, &d.addr);
	addr_parse(&want, "fe80::2");
	assert_true(
		addr_eq(&rtnl_first_addr(w->r, 2, AF_INET6, RTNL_PROTO_KEEPALIVED)->local, &want));

	d = change(true, 1, "127.0.0.1/8");
	d.addr.scope = RT_SCOPE_HOST;
	rtnl_apply(w->r, &d, 1);
	d = change(true, 1, "10.0.0.5/8");
	d.addr.flags = IFA_F_SECONDARY;
	fake_rtnl_addr(w->f, &d.addr);
	assert_null(rtnl_first_addr(w->r, 1, AF_INET, 0));
	assert_non_null(rtnl_first_addr(w->r, 2, AF_INET, RTNL_PROTO_KEEPALIVED));
}

/* 5,000 interfaces come and go: found while there, and nothing is left afterwards. */
static void many(void **state)
{
	struct world *w = *state;
	char name[IFNAMSIZ];

	for (int i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "veth%d", i);
		fake_rtnl_link(w->f, 100 + i, name, true);
		fake_rtnl_addr_text(w->f, 100 + i, "10.7.7.7/32");
	}
	fake_rtnl_settle(w->f);
	assert_int_equal(rtnl_link_by_name(w->r, "veth4321")->ifindex, 4421);
	assert_non_null(rtnl_addr_next(w->r, 4421, NULL));
	for (int i = 0; i < 5000; i++)
		fake_rtnl_link_gone(w->f, 100 + i);
	fake_rtnl_settle(w->f);
	assert_int_equal(rtnl_count_links(w->r), 2);
	assert_int_equal(w->r->by_index.n, 2);
	assert_int_equal(w->r->addrs.n, 1);
}

static void attributes(void **state)
{
	struct nl_msg *m = netlink_request(99, NLM_F_DUMP, "abcd", 4);
	struct nlmsghdr *h = nlmsg_hdr(m);
	struct nlattr *tb[4];
	uint32_t u = 7;
	char text[4];
	struct addr a = {0};

	(void)state;
	assert_int_equal(nla_put_u32(m, 1, 0x01020304), 0);
	assert_int_equal(nla_put(m, 2, 6, "hello"), 0);
	assert_int_equal(nla_put(m, 9, 1, "x"), 0); /* beyond the table */
	assert_int_equal(h->nlmsg_len, 16 + 4 + 8 + 12 + 8);
	assert_int_equal(h->nlmsg_flags, NLM_F_DUMP | NLM_F_REQUEST | NLM_F_ACK);
	assert_int_equal(nlmsg_parse(h, 4, tb, 3, NULL), 0);
	assert_null(tb[0]);
	assert_null(tb[3]);
	assert_true(netlink_get(tb[1], &u, 4));
	assert_int_equal(u, 0x01020304);
	assert_false(netlink_get(tb[1], &u, 5));
	assert_false(netlink_get(tb[3], &u, 4));
	assert_true(netlink_get_str(tb[2], text, sizeof(text)));
	assert_string_equal(text, "hel");
	netlink_get_addr(tb[1], AF_INET6, &a); /* too short */
	assert_int_equal(a.family, AF_UNSPEC);
	netlink_get_addr(tb[1], AF_INET, &a);
	assert_int_equal(a.family, AF_INET);
	nlmsg_free(m);
}

/* Lengths that lie end the walk. */
static void damaged_attributes(void **state)
{
	static const struct {
		uint16_t first_len, second_len;
		bool first, second;
	} rows[] = {
		{8, 8, true, true},
		{8, 9, true, false},
		{3, 8, false, false},
		{0, 8, false, false},
		{17, 8, false, false},
		{13, 8, true, false}, /* its padding reaches the end */
		{8, 0, true, false},
	};
	struct nlattr *tb[3];
	uint16_t raw[8];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		memcpy(raw, (uint16_t[]){rows[i].first_len, 1, 0, 0, rows[i].second_len, 2, 0, 0},
			sizeof(raw));
		nla_parse(tb, 2, (struct nlattr *)raw, sizeof(raw), NULL);
		assert_int_equal(tb[1] != NULL, rows[i].first);
		assert_int_equal(tb[2] != NULL, rows[i].second);
	}
	nla_parse(tb, 2, (struct nlattr *)raw, 3, NULL);
	assert_null(tb[1]);
}

#define WORLD(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD(lookups),
		WORLD(link_events),
		WORLD(flap),
		WORLD(came_and_went),
		WORLD(addr_events),
		WORLD(applying),
		WORLD(applied_while_told),
		WORLD(resync),
		WORLD(first_addr),
		WORLD(many),
		cmocka_unit_test(attributes),
		cmocka_unit_test(damaged_attributes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
