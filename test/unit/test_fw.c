/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What nft, iptables and ipset are told: the difference of two sets of rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "keepalived/kern/fw_ipt.h"
#include "keepalived/kern/fw_nft.h"

/* addresses: separated by spaces, a link-local one with %INTERFACE. */
static struct fw_rules rules(const char *table, const char *addresses)
{
	char copy[256], *word, *save = NULL;
	struct fw_rules r;

	fw_rules_init(&r, table);
	str_copy(copy, sizeof(copy), addresses);
	for (word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		char *dev = strchr(word, '%');
		struct addr a;

		if (dev)
			*dev++ = '\0';
		assert_int_equal(addr_parse(&a, word), 0);
		fw_rules_deny(&r, &a, dev ? dev : "", 0);
	}
	fw_rules_sort(&r);
	return r;
}

static void expect_script(
	const struct fw_rules *have, const struct fw_rules *want, const char *text)
{
	struct strbuf out = {0};

	assert_int_equal(fw_nft_script(&out, have, want), 0);
	assert_string_equal(strbuf_str(&out), text);
	strbuf_free(&out);
}

static void expect(const char *have, const char *want, const char *text)
{
	struct fw_rules h = have ? rules("t", have) : (struct fw_rules){0};
	struct fw_rules w = rules("t", want);

	expect_script(have ? &h : NULL, &w, text);
	fw_rules_free(&h);
	fw_rules_free(&w);
}

#define REMOVE(family, table) "add table " family " " table "\ndelete table " family " " table "\n"

#define TABLE4(name, elements, priority, counter)                                            \
	"table ip " name " {\n\tset vips {\n\t\ttype ipv4_addr\n\t\telements = { " elements  \
	" }\n\t}\n"                                                                          \
	"\tchain out {\n\t\ttype filter hook output priority " priority "; policy accept;\n" \
	"\t\tip saddr @vips" counter " drop\n\t}\n"                                          \
	"\tchain in {\n\t\ttype filter hook input priority " priority "; policy accept;\n"   \
	"\t\tip daddr @vips" counter " drop\n\t}\n}\n"

static void test_first(void **state)
{
	(void)state;
	/* A table of another time is replaced within the transaction. */
	expect(NULL, "10.0.0.1",
		REMOVE("ip", "t") TABLE4("t", "10.0.0.1", "-1", "") REMOVE("ip6", "t"));
	expect("", "10.0.0.1 10.0.0.2", TABLE4("t", "10.0.0.1, 10.0.0.2", "-1", ""));
}

static void test_nothing(void **state)
{
	(void)state;
	expect("", "", "");
	expect("10.0.0.1 fe80::1%eth0", "10.0.0.1 fe80::1%eth0", "");
}

static void test_difference(void **state)
{
	(void)state;
	expect("10.0.0.1 10.0.0.2 10.0.0.3", "10.0.0.0 10.0.0.2 10.0.0.4",
		"delete element ip t vips { 10.0.0.1, 10.0.0.3 }\n"
		"add element ip t vips { 10.0.0.0, 10.0.0.4 }\n");
	expect("2001:db8::1 fe80::1%eth0", "2001:db8::1 fe80::1%eth1 fe80::2%eth0",
		"delete element ip6 t vips_link_local { fe80::1 . \"eth0\" }\n"
		"add element ip6 t vips_link_local { fe80::1 . \"eth1\", fe80::2 . \"eth0\" }\n");
}

static void test_last(void **state)
{
	(void)state;
	expect("10.0.0.1 2001:db8::1", "10.0.0.1", REMOVE("ip6", "t"));
	expect("10.0.0.1 2001:db8::1", "", REMOVE("ip", "t") REMOVE("ip6", "t"));
}

static void test_frame(void **state)
{
	struct fw_rules have = rules("t", "10.0.0.1"), want = rules("t", "10.0.0.1");

	(void)state;
	want.priority = 5;
	want.counters = true;
	expect_script(&have, &want, REMOVE("ip", "t") TABLE4("t", "10.0.0.1", "5", " counter"));
	fw_rules_free(&want);
	want = rules("other", "10.0.0.1");
	expect_script(&have, &want,
		REMOVE("ip", "t") REMOVE("ip", "other") TABLE4("other", "10.0.0.1", "-1", ""));
	fw_rules_free(&have);
	fw_rules_free(&want);
}

static void test_ipv6(void **state)
{
	(void)state;
	expect("", "2001:db8::1 fe80::1%eth0",
		"table ip6 t {\n"
		"\tset neighbor-discovery {\n\t\ttype icmpv6_type\n\t\tflags constant\n"
		"\t\telements = { nd-neighbor-solicit, nd-neighbor-advert }\n\t}\n"
		"\tset vips_link_local {\n\t\ttype ipv6_addr . ifname\n"
		"\t\telements = { fe80::1 . \"eth0\" }\n\t}\n"
		"\tset vips {\n\t\ttype ipv6_addr\n\t\telements = { 2001:db8::1 }\n\t}\n"
		"\tchain out_link_local {\n\t\tip6 saddr . oifname @vips_link_local drop\n\t}\n"
		"\tchain out {\n\t\ttype filter hook output priority -1; policy accept;\n"
		"\t\ticmpv6 type @neighbor-discovery accept\n"
		"\t\tip6 saddr fe80::/10 goto out_link_local\n\t\tip6 saddr @vips drop\n\t}\n"
		"\tchain in_link_local {\n\t\tip6 daddr . iifname @vips_link_local drop\n\t}\n"
		"\tchain in {\n\t\ttype filter hook input priority -1; policy accept;\n"
		"\t\ticmpv6 type @neighbor-discovery accept\n"
		"\t\tip6 daddr fe80::/10 goto in_link_local\n\t\tip6 daddr @vips drop\n\t}\n"
		"}\n");
}

static void test_question(void **state)
{
	struct fw_rules r = rules("t", "10.0.0.1"), none = rules("t", "");
	struct strbuf out = {0};

	(void)state;
	fw_nft_question(&out, &none);
	assert_int_equal(out.len, 0);
	fw_nft_question(&out, &r);
	assert_string_equal(strbuf_str(&out), "list chain ip t out\nlist chain ip t in\n");
	strbuf_free(&out);
	fw_rules_free(&r);
	fw_rules_free(&none);
}

static void test_names(void **state)
{
	static const char *const bad[] = {"a b", "t;flush ruleset", "{", ""};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		struct fw_rules want = rules(bad[i], "10.0.0.1");
		struct strbuf out = {0};

		assert_int_equal(fw_nft_script(&out, NULL, &want), -EINVAL);
		assert_int_equal(out.len, 0);
		fw_rules_free(&want);
		strbuf_free(&out);
	}
}

static void test_sorted_once(void **state)
{
	struct fw_rules a = rules("t", "10.0.0.2 10.0.0.1 10.0.0.2"), b;
	struct addr addr;

	(void)state;
	assert_int_equal(a.n, 2);
	assert_int_equal(fw_rules_count(&a, AF_INET), 2);
	assert_int_equal(fw_rules_count(&a, AF_INET6), 0);
	fw_rules_copy(&b, &a);
	assert_true(fw_rules_eq(&a, &b));
	addr_parse(&addr, "10.0.0.2");
	assert_true(fw_rules_denies(&a, &addr, "eth7", 7));
	addr_parse(&addr, "10.0.0.3");
	assert_false(fw_rules_denies(&a, &addr, "eth7", 7));
	fw_rules_free(&a);
	assert_false(fw_rules_denies(&a, &addr, "eth7", 7));
	fw_rules_free(&b);
}

/* ---- iptables ---------------------------------------------------------------------------- */

static struct fw_rules ipt_rules(const char *addresses, bool sets)
{
	static const char *const names[FW_SETS] = {"s", "s6", "s_if6"};
	struct fw_rules r = rules("t", addresses);
	size_t i;

	r.kind = FW_IPTABLES;
	r.sets = sets;
	str_copy(r.chain_in, sizeof(r.chain_in), "I");
	str_copy(r.chain_out, sizeof(r.chain_out), "O");
	for (i = 0; i < FW_SETS; i++)
		str_copy(r.set[i], sizeof(r.set[i]), names[i]);
	return r;
}

/* "I s", "O 10.0.0.1", "I fe80::1%eth0 135" for a rule that accepts this type. */
static void describe(struct strbuf *out, const struct fw_rules *r, int family, bool every)
{
	struct fw_ipt_rule *rule;
	size_t i, n = fw_ipt_rules(r, family, every, &rule);
	char text[ADDR_STRLEN];

	for (i = 0; i < n; i++) {
		const char *what = rule[i].set ? rule[i].set : addr_str(&rule[i].addr.addr, text);

		strbuf_printf(out, "%s%s %s", i ? ", " : "", rule[i].output ? "O" : "I", what);
		if (rule[i].addr.ifname[0])
			strbuf_printf(out, "%%%s", rule[i].addr.ifname);
		if (rule[i].icmp6)
			strbuf_printf(out, " %u", rule[i].icmp6);
		assert_int_equal(rule[i].accept, rule[i].icmp6 != 0);
	}
	assert_true(fw_ipt_rules_eq(rule, rule, n));
	free(rule);
}

static void expect_rules(
	const char *addresses, bool sets, bool every, int family, const char *expected)
{
	struct fw_rules r = ipt_rules(addresses, sets);
	struct strbuf got = {0};

	describe(&got, &r, family, every);
	assert_string_equal(strbuf_str(&got), expected);
	strbuf_free(&got);
	fw_rules_free(&r);
}

static void test_ipt_rules(void **state)
{
	const char *some = "10.0.0.1 10.0.0.2 2001:db8::1";

	(void)state;
	expect_rules(some, true, false, AF_INET, "I s, O s");
	expect_rules(
		some, true, false, AF_INET6, "I s6 135, I s6 136, I s6, O s6 135, O s6 136, O s6");
	expect_rules("10.0.0.1", true, false, AF_INET6, "");
	expect_rules("fe80::1%eth0", true, false, AF_INET6,
		"I s_if6 135, I s_if6 136, I s_if6, O s_if6 135, O s_if6 136, O s_if6");
	expect_rules("", true, true, AF_INET, "I s, O s");
	expect_rules(some, false, false, AF_INET, "I 10.0.0.1, I 10.0.0.2, O 10.0.0.1, O 10.0.0.2");
	expect_rules("fe80::1%eth0", false, false, AF_INET6,
		"I fe80::1%eth0 135, I fe80::1%eth0 136, I fe80::1%eth0, "
		"O fe80::1%eth0 135, O fe80::1%eth0 136, O fe80::1%eth0");
}

static void expect_sets(const char *have, const char *want, const char *before, const char *after)
{
	struct fw_rules h = have ? ipt_rules(have, true) : (struct fw_rules){0};
	struct fw_rules w = ipt_rules(want, true);
	struct strbuf out = {0};

	fw_ipt_sets_before(&out, have ? &h : NULL, &w);
	assert_string_equal(strbuf_str(&out), before);
	strbuf_reset(&out);
	fw_ipt_sets_after(&out, have ? &h : NULL, &w);
	assert_string_equal(strbuf_str(&out), after);
	strbuf_free(&out);
	fw_rules_free(&h);
	fw_rules_free(&w);
}

#define EXCHANGE(set, type, elements)                                                         \
	"-destroy " set ".new\ncreate " set ".new " type "\n" elements "create " set " " type \
	" -exist\nswap " set ".new " set "\ndestroy " set ".new\n"

static void test_ipt_sets(void **state)
{
	(void)state;
	expect_sets(NULL, "10.0.0.1", EXCHANGE("s", "hash:ip family inet", "add s.new 10.0.0.1\n"),
		"-destroy s6\n-destroy s_if6\n");
	expect_sets(
		"10.0.0.1 10.0.0.2", "10.0.0.2 10.0.0.3", "add s 10.0.0.3\n", "-del s 10.0.0.1\n");
	expect_sets("10.0.0.1", "fe80::1%eth0",
		EXCHANGE("s_if6", "hash:net,iface family inet6", "add s_if6.new fe80::1,eth0\n"),
		"-destroy s\n");
	expect_sets("10.0.0.1", "", "", "-destroy s\n");
	expect_sets("10.0.0.1", "10.0.0.1", "", "");
}

static void test_other_frames(void **state)
{
	struct fw_rules a = ipt_rules("10.0.0.1", true), b = ipt_rules("10.0.0.1", true);

	(void)state;
	assert_true(fw_rules_same_frame(&a, &b));
	str_copy(b.set[FW_SET6], sizeof(b.set[FW_SET6]), "other");
	assert_false(fw_rules_same_frame(&a, &b));
	fw_rules_free(&b);
	b = ipt_rules("10.0.0.1", false);
	assert_false(fw_rules_eq(&a, &b));
	fw_rules_free(&a);
	fw_rules_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ipt_rules),
		cmocka_unit_test(test_ipt_sets),
		cmocka_unit_test(test_other_frames),
		cmocka_unit_test(test_first),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_difference),
		cmocka_unit_test(test_last),
		cmocka_unit_test(test_frame),
		cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_question),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_sorted_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
