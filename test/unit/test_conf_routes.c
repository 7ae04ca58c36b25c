/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses, routes and rules: values, names of this machine, and the way back to text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <linux/fib_rules.h>
#include <linux/lwtunnel.h>

#include "keepalived/conf/conf.h"
#include "keepalived/conf/load_iproute.h"
#include "keepalived/conf/route.h"
#include "lib/text.h"
#include "test/unit/conf_fixture.h"
#include "test/unit/put_file.h"

static unsigned complaints(const struct fixture *f)
{
	unsigned n = 0;

	for (size_t i = 0; i < diags_count(f->diags); i++)
		n += !strstr(diags_at(f->diags, i)->text, "not supported yet");
	return n;
}

#define IN(list, line) list " {\n " line "\n}\n"

static struct fixture one(const char *list, const char *line)
{
	char conf[1024];

	snprintf(conf, sizeof(conf), IN("%s", "%s"), list, line);
	return read_conf(conf);
}

static const struct route_conf *route_of(const struct fixture *f)
{
	assert_int_equal(complaints(f), 0);
	assert_int_equal(f->conf->static_routes.n, 1);
	return (const struct route_conf *)f->conf->static_routes.first;
}

static const struct rule_conf *rule_of(const struct fixture *f)
{
	assert_int_equal(complaints(f), 0);
	assert_int_equal(f->conf->static_rules.n, 1);
	return (const struct rule_conf *)f->conf->static_rules.first;
}

/* ---- values ------------------------------------------------------------------------------ */

static void test_route_defaults(void **state)
{
	struct fixture f = one("static_routes", "default via 10.0.0.1");
	const struct route_conf *r = route_of(&f);

	(void)state;
	assert_int_equal(r->entry.family, AF_INET);
	assert_int_equal(r->dst.addr.family, AF_INET);
	assert_int_equal(r->dst.len, 0);
	assert_int_equal(r->table, RT_TABLE_MAIN);
	assert_int_equal(r->type, RTN_UNICAST);
	assert_int_equal(r->protocol, RTPROT_KEEPALIVED);
	assert_int_equal(r->scope, RT_SCOPE_UNIVERSE);
	assert_int_equal(r->order, ROUTE_PREPEND);
	assert_false(r->metrics[RTAX_MTU].given);
	assert_string_equal(r->entry.node.name, "0.0.0.0/0 via 10.0.0.1");
	end(&f);
}

static void test_route_values(void **state)
{
	struct fixture f = one("static_routes",
		"throw 2001:db8::/32 table 0x100 metric 7 mtu lock 1400 rtt 1.25s rttvar 300ms "
		"rto_min 400 pref low expires 0 encap ip6 dst fe80::1 tc AF11 hoplimit 3");
	const struct route_conf *r = route_of(&f);

	(void)state;
	assert_int_equal(r->entry.family, AF_INET6);
	assert_int_equal(r->type, RTN_THROW);
	assert_int_equal(r->table, 256);
	assert_int_equal(r->metric, 7);
	assert_true(r->metrics[RTAX_MTU].lock);
	assert_int_equal(r->metrics[RTAX_MTU].value, 1400);
	assert_int_equal(r->metrics[RTAX_RTT].value, 1250 * 8);
	assert_int_equal(r->metrics[RTAX_RTTVAR].value, 300 * 4);
	assert_int_equal(r->metrics[RTAX_RTO_MIN].value, 400);
	assert_int_equal(r->pref, 3);
	assert_true(r->expires.given);
	assert_int_equal(r->encap.type, LWTUNNEL_ENCAP_IP6);
	assert_int_equal(r->encap.tos, 0x28);
	assert_int_equal(r->encap.ttl, 3);
	/* The tunnel's, not the route's. */
	assert_int_equal(r->tos, 0);
	assert_false(r->metrics[RTAX_HOPLIMIT].given);
	end(&f);
}

static void test_nexthops(void **state)
{
	struct fixture f = one("static_routes",
		"10.0.0.0/8 nexthop via 10.1.0.1 weight 256 realms 1/2 nexthop dev eth1 onlink");
	const struct route_conf *r = route_of(&f);
	const struct nexthop_conf *nh = (const struct nexthop_conf *)r->nexthops.first;

	(void)state;
	assert_int_equal(r->nexthops.n, 2);
	assert_int_equal(nh->weight, 256);
	assert_int_equal(nh->realms, 1 << 16 | 2);
	nh = (const struct nexthop_conf *)nh->entry.node.next;
	assert_int_equal(nh->weight, 1);
	assert_string_equal(nh->dev, "eth1");
	assert_true(nh->onlink);
	end(&f);
}

static void test_or_is_two_nexthops(void **state)
{
	struct fixture f = one("static_routes", "10.0.0.0/8 via 10.1.0.1 or 10.1.0.2 dev eth1");
	const struct route_conf *r = (const struct route_conf *)f.conf->static_routes.first;
	const struct nexthop_conf *nh = (const struct nexthop_conf *)r->nexthops.first;
	char buf[ADDR_STRLEN];

	(void)state;
	assert_int_equal(diags_status(f.diags), 5); /* static_routes has no effect yet */
	assert_int_equal(r->via.family, AF_UNSPEC);
	assert_string_equal(addr_str(&nh->via, buf), "10.1.0.1");
	nh = (const struct nexthop_conf *)nh->entry.node.next;
	assert_string_equal(addr_str(&nh->via, buf), "10.1.0.2");
	assert_string_equal(nh->dev, "eth1");
	end(&f);
}

static void test_rule_values(void **state)
{
	struct fixture f = one("static_rules",
		"not from 10.0.0.0/8 fwmark 0x10/0xf0 iif eth0 preference 010 uidrange 5-7 "
		"sport 80 dport 1-2 ipproto sctp table default sup_pl 0");
	const struct rule_conf *u = rule_of(&f);

	(void)state;
	assert_int_equal(u->entry.family, AF_INET);
	assert_int_equal(u->flags, RULE_NOT | RULE_FWMARK | RULE_UIDRANGE | RULE_PREFERENCE);
	assert_int_equal(u->fwmark, 0x10);
	assert_int_equal(u->fwmask, 0xf0);
	assert_int_equal(u->preference, 8);
	assert_int_equal(u->first_uid, 5);
	assert_int_equal(u->last_uid, 7);
	assert_int_equal(u->sport.first, 80);
	assert_int_equal(u->sport.last, 80);
	assert_int_equal(u->dport.last, 2);
	assert_int_equal(u->ip_protocol, IPPROTO_SCTP);
	assert_int_equal(u->action, FR_ACT_TO_TBL);
	assert_int_equal(u->table, RT_TABLE_DEFAULT);
	assert_true(u->suppress_prefixlen.given);
	assert_int_equal(u->protocol, RTPROT_KEEPALIVED);
	end(&f);
}

static void test_preferences_count_down(void **state)
{
	struct fixture f =
		read_conf("static_rules {\n from 10.0.0.0/8 table 5\n from fe80::/16 table 5\n"
			  " from 10.0.0.0/9 table 5\n from 10.0.0.0/9 table 6 preference 7\n}\n");
	static const uint32_t want[] = {16384, 16384, 16383, 7};
	const struct rule_conf *u;
	unsigned i = 0;

	(void)state;
	nodes_for_each(u, &f.conf->static_rules)
		assert_int_equal(u->preference, want[i++]);
	assert_int_equal(i, 4);
	assert_int_equal(complaints(&f), 3);
	end(&f);
}

static void test_static_addresses(void **state)
{
	struct fixture f = read_conf(
		"static_ipaddress {\n 10.0.0.1/24\n 10.0.0.2 peer 10.0.0.3 dev eth1\n fe80::1/64\n}\n");
	const struct vip_conf *v = (const struct vip_conf *)f.conf->static_addresses.first;

	(void)state;
	assert_int_equal(complaints(&f), 0);
	assert_string_equal(v->node.name, "10.0.0.1/24 dev eth0");
	v = (const struct vip_conf *)v->node.next;
	assert_int_equal(v->prefixlen, 32);
	v = (const struct vip_conf *)v->node.next;
	assert_int_equal(v->preferred_lft, UINT32_MAX);
	end(&f);
}

/* ---- and back ---------------------------------------------------------------------------- */

static void differs(
	void *ctx, const struct node *old, const struct node *new, enum schema_change how)
{
	(void)old;
	(void)new;
	*(bool *)ctx |= how != CHANGE_NONE;
}

static const char *const lines[][2] = {
	{"static_routes", "default via fe80::1 dev eth0"},
	{"static_routes", "any dev eth0"},
	{"static_routes", "to ::/0 from 2001:db8::/32 dev eth0 pref 2 expires 0"},
	{"static_routes", "9 10.0.0.0/8 metric 4 add"},
	{"static_routes", "200 10.0.0.0/8"},
	{"static_routes", "10.0.0.0/8 dev eth0 tos 3 src 10.0.0.1 hoplimit 0 congctl lock \"a b\""},
	{"static_routes",
		"10.0.0.0/8 dev eth0 encap ip id 0 tos CS7 tos CS6 dev eth1 src 10.0.0.1"},
	{"static_routes",
		"10.0.0.0/8 dev eth0 encap ip dst 10.0.0.1 src 10.0.0.2 ttl 255 flags 65535"},
	{"static_routes", "10.0.0.0/8 dev eth0 encap mpls 0"},
	{"static_routes", "10.0.0.0/8 dev eth0 encap ila ffff:0:0:1"},
	{"static_routes", "10.0.0.0/8 realms cosmos/5 via 10.1.1.1 or 10.1.1.2 dev eth0 onlink"},
	{"static_routes", "10.0.0.0/8 nexthop dev eth0 encap ip dst 1.2.3.4 ttl 4 onlink nexthop "
			  "via inet 10.0.0.1 encap mpls 1/2 weight 2"},
	{"static_routes", "10.0.0.0/8 dev eth0 vrf red table 9 append no_track protocol zebra"},
	{"static_routes", "10.0.0.0/8 dev eth0 features ecn quickack 0 ttl-propagate enabled"},
	{"static_routes",
		"10.0.0.0/8 dev eth0\n 10.0.0.0/8 dev eth0 mtu 3\n 10.0.0.0/8 dev eth0 mtu 4"},
	{"static_rules", "inet6 table 5 preference 0"},
	{"static_rules", "from ::/0 to ::/0 table 5"},
	{"static_rules", "inet table 5"},
	{"static_rules", "to fe80::/10 fwmark 0 nop preference 1"},
	{"static_rules", "not fwmark 0/0 type blackhole\n fwmark 0/1 uidrange 0-0 blackhole"},
	{"static_rules", "l3mdev preference 4294967295 tunnel-id 18446744073709551615"},
	{"static_rules", "goto 4294967295 preference 3 ipproto 127 protocol 4 no_track"},
	{"static_rules", "lookup local sup_group 0 realms 255/255 dsfield 255"},
	{"static_ipaddress", "10.0.0.1/24 brd - scope site label a:b\n 10.0.0.2/24 brd 10.0.0.9"},
	{"static_ipaddress", "fe80::1/64 peer fe80::2 -nodad home preferred_lft 0"},
	{"static_ipaddress", "fe80::1/64 peer fe80::2\n fe80::5 preferred_lft 4294967295"},
};

static void test_print_and_parse(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ARRAY_SIZE(lines); i++) {
		struct fixture f = one(lines[i][0], lines[i][1]), g;
		struct strbuf first = {0}, second = {0};
		bool differ = false;

		schema_print(&first, &f.conf->node, PRINT_SECRETS);
		g = read_conf(strbuf_str(&first));
		schema_print(&second, &g.conf->node, PRINT_SECRETS);
		schema_diff_tree(&f.conf->node, &g.conf->node, differs, &differ);
		if (differ || complaints(&g) ||
			strcmp(strbuf_str(&first), strbuf_str(&second)) != 0 ||
			!strstr(strbuf_str(&first), lines[i][0]))
			fail_msg("%s\nis printed as\n%s\nand then as\n%s", lines[i][1],
				strbuf_str(&first), strbuf_str(&second));
		strbuf_free(&first);
		strbuf_free(&second);
		end(&f);
		end(&g);
	}
}

/* Whatever is left out of a line, it is read without harm and printed as something readable. */
static void test_shortened_lines(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ARRAY_SIZE(lines); i++) {
		char line[512];

		snprintf(line, sizeof(line), "%s", lines[i][1]);
		for (size_t n = strlen(line); n--;) {
			struct fixture f;
			struct strbuf out = {0};

			line[n] = '\0';
			f = one(lines[i][0], line);
			schema_print(&out, &f.conf->node, PRINT_SECRETS);
			strbuf_free(&out);
			end(&f);
		}
	}
}

/* ---- reload ------------------------------------------------------------------------------ */

struct met {
	unsigned added, removed, same, other;
};

static void count(void *ctx, const struct node *old, const struct node *new, enum schema_change how)
{
	struct met *m = ctx;

	(void)old;
	(void)new;
	if (how == CHANGE_ADDED)
		m->added++;
	else if (how == CHANGE_REMOVED)
		m->removed++;
	else if (how == CHANGE_NONE)
		m->same++;
	else
		m->other++;
}

static void test_objects_meet_by_name(void **state)
{
	struct fixture f =
		read_conf("static_routes {\n 10.1.0.0/16 dev eth0\n 10.2.0.0/16 dev eth0\n"
			  " 10.3.0.0/16 dev eth0\n}\n");
	struct fixture g =
		read_conf("static_routes {\n 10.4.0.0/16 dev eth0\n 10.3.0.0/16 dev eth0 mtu 1400\n"
			  " 10.1.0.0/16 dev eth0\n}\n");
	struct met met = {0};

	(void)state;
	schema_diff(&f.conf->static_routes, &g.conf->static_routes, count, &met);
	assert_int_equal(met.added, 1);
	assert_int_equal(met.removed, 1);
	assert_int_equal(met.same, 1);
	assert_int_equal(met.other, 1);
	end(&f);
	end(&g);
}

/* ---- names of this machine --------------------------------------------------------------- */

static unsigned asked;

static bool ask(const char *list, const char *const *dirs, const char *name, uint32_t *value)
{
	assert_string_equal(list, "rt_tables");
	assert_string_equal(dirs[0], "/a");
	assert_string_equal(dirs[1], "/usr/share/iproute2");
	assert_null(dirs[2]);
	asked++;
	*value = 77;
	return !strcmp(name, "mine");
}

static void test_names_travel_with_the_text(void **state)
{
	struct fixture f = read_conf_asking(ask,
		"global_defs {\n iproute_etc_dir /a\n}\nstatic_routes {\n 10.1.0.0/16 dev eth0 table mine\n"
		" 10.2.0.0/16 dev eth0 table other\n 10.3.0.0/16 dev eth0 table mine\n}\n");
	struct strbuf packed = {0};
	struct slice lines;
	struct unpack u;
	struct text *text;
	struct conf *again;

	(void)state;
	assert_int_equal(asked, 2);
	assert_int_equal(f.conf->static_routes.n, 2);
	assert_int_equal(((struct route_conf *)f.conf->static_routes.first)->table, 77);
	lines = text_pack(&packed, f.text);
	strbuf_add(&packed, lines.p, lines.n);
	u = unpack_start(packed.text, packed.len);
	text = text_unpack(&u);
	assert_non_null(text);
	again = conf_parse(text, NULL);
	assert_int_equal(again->static_routes.n, 2);
	assert_int_equal(((struct route_conf *)again->static_routes.last)->table, 77);
	assert_int_equal(asked, 2);
	conf_free(again);
	text_free(text);
	strbuf_free(&packed);
	end(&f);
}

static void test_unknown_names_depend_on_the_machine(void **state)
{
	struct fixture f = one("static_routes",
		"10.1.0.0/16 dev eth0 table mine features x nexthop dev eth1 realms theirs");
	size_t n = diags_count(f.diags);

	(void)state;
	assert_int_equal(f.conf->static_routes.n, 0);
	assert_int_equal(complaints(&f), 3);
	assert_int_equal(diags_at(f.diags, n - 3)->kind, DIAG_MACHINE);
	assert_int_equal(diags_at(f.diags, n - 3)->level, DIAG_WARNING);
	/* What follows is read all the same. */
	assert_int_equal(diags_at(f.diags, n - 2)->kind, DIAG_CONFIG);
	assert_int_equal(diags_at(f.diags, n - 1)->kind, DIAG_MACHINE);
	end(&f);
}

static void test_files(void **state)
{
	char etc[] = "/tmp/test_conf_routes.XXXXXX", usr[] = "/tmp/test_conf_routes.XXXXXX";
	char folder[64], command[256];
	const char *dirs[] = {etc, usr, NULL};
	uint32_t v = 0;

	(void)state;
	assert_non_null(mkdtemp(etc));
	assert_non_null(mkdtemp(usr));
	put_file(etc, "rt_tables",
		"# a comment\n7 seven # behind\n\n0x8\teight\nnine 9\n10 ten eleven\n11");
	put_file(usr, "rt_tables", "12 twelve\n");
	put_file(usr, "rt_protos", "13 thirteen\n");
	snprintf(folder, sizeof(folder), "%s/rt_tables.d", usr);
	assert_int_equal(mkdir(folder, 0700), 0);
	put_file(folder, "a.conf", "14 fourteen\n");
	put_file(folder, "b.txt", "15 fifteen\n");

	assert_true(load_iproute("rt_tables", dirs, "seven", &v) && v == 7);
	assert_true(load_iproute("rt_tables", dirs, "eight", &v) && v == 8);
	assert_true(load_iproute("rt_tables", dirs, "ten", &v) && v == 10);
	assert_false(load_iproute("rt_tables", dirs, "nine", &v));
	assert_false(load_iproute("rt_tables", dirs, "9", &v));
	/* The first of the two files hides the second, but not the folder. */
	assert_false(load_iproute("rt_tables", dirs, "twelve", &v));
	assert_true(load_iproute("rt_protos", dirs, "thirteen", &v) && v == 13);
	assert_true(load_iproute("rt_tables", dirs, "fourteen", &v) && v == 14);
	assert_false(load_iproute("rt_tables", dirs, "fifteen", &v));
	assert_false(load_iproute("group", dirs, "seven", &v));
	snprintf(command, sizeof(command), "rm -r %s %s", etc, usr);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_route_defaults),
		cmocka_unit_test(test_route_values),
		cmocka_unit_test(test_nexthops),
		cmocka_unit_test(test_or_is_two_nexthops),
		cmocka_unit_test(test_rule_values),
		cmocka_unit_test(test_preferences_count_down),
		cmocka_unit_test(test_static_addresses),
		cmocka_unit_test(test_print_and_parse),
		cmocka_unit_test(test_shortened_lines),
		cmocka_unit_test(test_objects_meet_by_name),
		cmocka_unit_test(test_names_travel_with_the_text),
		cmocka_unit_test(test_unknown_names_depend_on_the_machine),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
