/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which addresses of a configuration are denied, and with what options. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "keepalived/vrrp/deny.h"
#include "lib/str.h"
#include "test/unit/conf_fixture.h"

static int index_of(void *ctx, const char *name)
{
	(void)ctx;
	return strcmp(name, "eth0") == 0 ? 2 : 0;
}

static void describe(struct strbuf *out, const struct fw_rules *r)
{
	char text[ADDR_STRLEN];
	size_t i;

	if (r->kind == FW_IPTABLES)
		strbuf_printf(out, "%s/%s %s %s %s", r->chain_in, r->chain_out,
			r->sets ? r->set[FW_SET4] : "-", r->sets ? r->set[FW_SET6] : "-",
			r->sets ? r->set[FW_SET_LINK] : "-");
	else
		strbuf_printf(out, "%s %d%s%s", r->table, r->priority,
			r->counters ? " counters" : "", r->by_index ? " index" : "");
	for (i = 0; i < r->n; i++) {
		strbuf_printf(out, ", %s", addr_str(&r->deny[i].addr, text));
		if (r->deny[i].ifname[0])
			strbuf_printf(out, "%%%s", r->deny[i].ifname);
		if (r->deny[i].ifindex)
			strbuf_printf(out, "%%%d", r->deny[i].ifindex);
	}
}

static void expect(const char *conf, const char *expected)
{
	struct fixture f = read_good_conf(conf);
	struct strbuf got = {0};
	struct fw_rules rules;

	deny_rules(f.conf, &rules, index_of, NULL);
	describe(&got, &rules);
	assert_string_equal(strbuf_str(&got), expected);
	fw_rules_free(&rules);
	strbuf_free(&got);
	end(&f);
}

#define INSTANCE(name, vrid, words, vips)                                      \
	"vrrp_instance " name " {\n interface eth0\n virtual_router_id " #vrid \
	"\n version 3\n" words "\n virtual_ipaddress {\n" vips "\n }\n}\n"

static void test_accepted(void **state)
{
	(void)state;
	expect(INSTANCE("A", 1, "", "10.0.0.1/24"), "keepalived -1");
	expect(INSTANCE("A", 1, "accept", "10.0.0.1/24"), "keepalived -1");
	expect(INSTANCE("A", 1, "strict_mode\naccept", "10.0.0.1/24"), "keepalived -1");
	/* An owner's addresses are its own. */
	expect(INSTANCE("A", 1, "priority 255\nno_accept", "10.0.0.1/24"), "keepalived -1");
	expect(INSTANCE("A", 1, "priority 255\nstrict_mode", "10.0.0.1/24"), "keepalived -1");
}

static void test_denied(void **state)
{
	(void)state;
	expect(INSTANCE("A", 1, "no_accept", "10.0.0.2/24\n10.0.0.1/24"),
		"keepalived -1, 10.0.0.1, 10.0.0.2");
	expect(INSTANCE("A", 1, "strict_mode", "10.0.0.1/24"), "keepalived -1, 10.0.0.1");
	expect("global_defs {\n vrrp_strict\n}\n" INSTANCE("A", 1, "", "10.0.0.1/24"),
		"keepalived -1, 10.0.0.1");
}

static void test_excluded_addresses(void **state)
{
	(void)state;
	expect(INSTANCE("A", 1,
		       "no_accept\nvirtual_ipaddress_excluded {\n10.0.0.9/24\n2001:db8::9/64\n}",
		       "10.0.0.1/24"),
		"keepalived -1, 10.0.0.1, 10.0.0.9, 2001:db8::9");
}

static void test_only_those_instances(void **state)
{
	(void)state;
	expect(INSTANCE("A", 1, "no_accept", "10.0.0.1/24") INSTANCE("B", 2, "", "10.0.0.2/24")
			INSTANCE("C", 3, "no_accept", "10.0.0.3/24"),
		"keepalived -1, 10.0.0.1, 10.0.0.3");
}

static void test_link_local(void **state)
{
	(void)state;
	expect(INSTANCE("A", 1, "no_accept", "fe80::5/64\n2001:db8::5/64"),
		"keepalived -1, 2001:db8::5, fe80::5%eth0");
	expect("global_defs {\n nftables_ifindex\n}\n" INSTANCE(
		       "A", 1, "no_accept", "fe80::5/64\n2001:db8::5/64"),
		"keepalived -1 index, 2001:db8::5, fe80::5%2");
}

static void test_options(void **state)
{
	(void)state;
	expect("global_defs {\n nftables mine\n nftables_priority 7\n nftables_counters\n}\n" INSTANCE(
		       "A", 1, "no_accept", "10.0.0.1/24"),
		"mine 7 counters, 10.0.0.1");
}

static void test_iptables(void **state)
{
	static const char *const one = INSTANCE("A", 1, "no_accept", "10.0.0.1/24");
	static const struct {
		const char *words, *expected;
	} cases[] = {
		{"vrrp_iptables", "INPUT/OUTPUT keepalived keepalived6 keepalived_if6, 10.0.0.1"},
		{"vrrp_iptables in out\nvrrp_ipsets", "in/out - - -, 10.0.0.1"},
		{"vrrp_iptables in\nvrrp_ipsets set", "in/ set set6 set_if6, 10.0.0.1"},
		{"vrrp_iptables\nnftables", "keepalived -1, 10.0.0.1"},
		{"vrrp_ipsets set", "keepalived -1, 10.0.0.1"},
	};
	char conf[512];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		snprintf(conf, sizeof(conf), "global_defs {\n%s\n}\n%s", cases[i].words, one);
		expect(conf, cases[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_denied),
		cmocka_unit_test(test_excluded_addresses),
		cmocka_unit_test(test_only_those_instances),
		cmocka_unit_test(test_link_local),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_iptables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
