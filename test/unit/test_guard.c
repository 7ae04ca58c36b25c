/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What goes with addresses: the firewall's rules about them, in the right order, and the setting of
 * the interface that keeps the others when one goes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "test/unit/vrrp_fixture.h"

static bool has(const struct world *w, const char *addr)
{
	return fake_rtnl_has(w->rtnl, ETH0, addr);
}

#define INSTANCE(name, vrid, words, vips)                                                  \
	"vrrp_instance " name " {\n interface eth0\n version 3\n virtual_router_id " #vrid \
	"\n priority 100\n" words "\n virtual_ipaddress {\n" vips "\n }\n}\n"

#define DENIED INSTANCE("D", 1, "no_accept", "10.0.0.100")

static void test_denied_before_it_is_there(void **state)
{
	struct world *w = *state;

	load(w, DENIED);
	pass(w, MSEC(10));
	assert_true(fake_fw_denies(w->fw, "10.0.0.100"));
	assert_false(has(w, "10.0.0.100"));
	pass(w, SEC(4));
	assert_true(has(w, "10.0.0.100"));
	/* The takeover asked nothing. */
	assert_int_equal(fake_fw_calls(w->fw), 1);
}

static void test_unused(void **state)
{
	struct world *w = *state;

	load(w, INSTANCE("A", 1, "", "10.0.0.100"));
	pass(w, SEC(4));
	assert_true(has(w, "10.0.0.100"));
	vrrp_run_stop(w->run);
	assert_int_equal(fake_fw_calls(w->fw), 0);
}

static void test_address_waits_for_its_rule(void **state)
{
	struct world *w = *state;

	load(w, DENIED);
	pass(w, SEC(4));
	fake_fw_hold(w->fw);
	load(w, INSTANCE("D", 1, "no_accept", "10.0.0.100\n10.0.0.101")
			INSTANCE("A", 2, "", "10.0.0.102"));
	pass(w, MSEC(10));
	assert_true(has(w, "10.0.0.100"));
	assert_false(has(w, "10.0.0.101"));
	fake_pkt_reset(w->pkt);
	fake_fw_answer(w->fw);
	pass(w, MSEC(10));
	assert_true(has(w, "10.0.0.101"));
	assert_true(fake_fw_denies(w->fw, "10.0.0.101"));
	/* And it is announced. */
	assert_true(fake_pkt_n_sent(w->pkt) > 0);
	assert_int_equal(logged("The firewall is not ready"), 0);
}

#define BOTH INSTANCE("D", 1, "no_accept", "10.0.0.100\n10.0.0.101")

/* An address that goes and comes waits for the rule that is being taken away and made again. */
static void test_quick_reloads(void **state)
{
	struct world *w = *state;

	load(w, BOTH);
	pass(w, SEC(4));
	fake_fw_hold(w->fw);
	load(w, DENIED);
	pass(w, MSEC(10));
	load(w, BOTH);
	pass(w, MSEC(10));
	assert_false(has(w, "10.0.0.101"));
	fake_fw_answer(w->fw);
	pass(w, MSEC(10));
	assert_true(has(w, "10.0.0.101"));
}

/* The answer to the last question is not that to the next one. */
static void test_answer_about_an_older_wish(void **state)
{
	struct world *w = *state;

	load(w, BOTH);
	pass(w, SEC(4));
	fake_fw_hold(w->fw);
	load(w, DENIED);
	pass(w, MSEC(10));
	load(w, BOTH);
	fake_fw_answer(w->fw);
	fake_fw_hold(w->fw);
	pass(w, MSEC(10));
	assert_false(fake_fw_denies(w->fw, "10.0.0.101"));
	assert_false(has(w, "10.0.0.101"));
	fake_fw_answer(w->fw);
	pass(w, MSEC(10));
	assert_true(has(w, "10.0.0.101"));
}

static void test_not_for_ever(void **state)
{
	struct world *w = *state;

	fake_fw_hold(w->fw);
	load(w, INSTANCE("D", 1, "no_accept\nstate MASTER\npriority 254", "10.0.0.100"));
	pass(w, SEC(5));
	assert_true(has(w, "10.0.0.100"));
	assert_int_equal(logged("The firewall is not ready"), 1);
	fake_fw_answer(w->fw);
	assert_true(fake_fw_denies(w->fw, "10.0.0.100"));
}

static void test_removed_after_the_address(void **state)
{
	struct world *w = *state;

	load(w, INSTANCE("D", 1, "no_accept", "10.0.0.100\n10.0.0.101"));
	pass(w, SEC(4));
	fake_fw_hold(w->fw);
	load(w, DENIED);
	pass(w, MSEC(10));
	assert_false(has(w, "10.0.0.101"));
	assert_true(fake_fw_denies(w->fw, "10.0.0.101"));
	fake_fw_answer(w->fw);
	assert_false(fake_fw_denies(w->fw, "10.0.0.101"));
}

static void test_reload_changes_accept(void **state)
{
	struct world *w = *state;

	load(w, DENIED INSTANCE("A", 2, "", "10.0.0.102"));
	pass(w, SEC(4));
	load(w, INSTANCE("D", 1, "accept", "10.0.0.100")
			INSTANCE("A", 2, "no_accept", "10.0.0.102"));
	pass(w, MSEC(10));
	assert_false(fake_fw_denies(w->fw, "10.0.0.100"));
	assert_true(fake_fw_denies(w->fw, "10.0.0.102"));
	assert_true(has(w, "10.0.0.100") && has(w, "10.0.0.102"));
	assert_int_equal(fake_fw_calls(w->fw), 2);
}

static void test_unchanged_reload_asks_nothing(void **state)
{
	struct world *w = *state;

	load(w, DENIED);
	pass(w, SEC(4));
	load(w, DENIED);
	pass(w, MSEC(10));
	assert_int_equal(fake_fw_calls(w->fw), 1);
}

static void test_refused(void **state)
{
	struct world *w = *state;

	fake_fw_fail(w->fw, -EOPNOTSUPP);
	load(w, DENIED);
	pass(w, SEC(4));
	assert_true(has(w, "10.0.0.100"));
	load(w, DENIED);
	pass(w, SEC(1));
	assert_int_equal(logged("Cannot use the firewall: Operation not supported"), 1);
	fake_fw_fail(w->fw, 0);
	load(w, DENIED);
	pass(w, SEC(1));
	assert_true(fake_fw_denies(w->fw, "10.0.0.100"));
	assert_int_equal(logged("The firewall works again"), 1);
}

static void test_flushed(void **state)
{
	struct world *w = *state;

	load(w, DENIED);
	pass(w, SEC(4));
	fake_fw_lose(w->fw);
	pass(w, SEC(11));
	assert_true(fake_fw_denies(w->fw, "10.0.0.100"));
	pass(w, SEC(30));
	assert_int_equal(logged("were gone - made again"), 1);
	assert_int_equal(fake_fw_calls(w->fw), 1);
}

static void test_stop(void **state)
{
	struct world *w = *state;

	load(w, DENIED);
	pass(w, SEC(4));
	vrrp_run_stop(w->run);
	assert_false(has(w, "10.0.0.100"));
	assert_int_equal(fake_fw_rules(w->fw)->n, 0);
}

static void test_stop_keeps(void **state)
{
	struct world *w = *state;

	w->child.options.keep_vips = true;
	load(w, DENIED);
	pass(w, SEC(4));
	vrrp_run_stop(w->run);
	assert_true(has(w, "10.0.0.100"));
	assert_true(fake_fw_denies(w->fw, "10.0.0.100"));
}

static void test_interface_numbers(void **state)
{
	struct world *w = *state;

	load(w, "global_defs {\n nftables_ifindex\n}\n" INSTANCE("D", 1, "no_accept", "fe80::100"));
	pass(w, MSEC(10));
	assert_int_equal(fake_fw_rules(w->fw)->deny[0].ifindex, ETH0);
	fake_rtnl_link_gone(w->rtnl, ETH0);
	fake_rtnl_link(w->rtnl, 9, "eth0", true);
	pass(w, MSEC(10));
	assert_int_equal(fake_fw_rules(w->fw)->deny[0].ifindex, 9);
}

static void test_says_what_it_uses(void **state)
{
	struct world *w = *state;

	load(w, DENIED);
	pass(w, MSEC(10));
	assert_int_equal(logged("no firewall configured - using nftables"), 1);
	load(w, INSTANCE("D", 1, "no_accept", "10.0.0.101"));
	pass(w, MSEC(10));
	assert_int_equal(logged("no firewall configured - using nftables"), 1);
}

/* ---- promote_secondaries ----------------------------------------------------------------- */

#define PROMOTES INSTANCE("P", 1, "promote_secondaries", "10.0.0.100")

static int promotes(const struct world *w)
{
	return fake_sysctl_value(w->sysctl, "eth0", "promote_secondaries");
}

static void test_promotes(void **state)
{
	struct world *w = *state;

	load(w, INSTANCE("A", 2, "", "10.0.0.101"));
	assert_int_equal(promotes(w), 0);
	load(w, PROMOTES INSTANCE("A", 2, "", "10.0.0.101"));
	assert_int_equal(promotes(w), 1);
	load(w, INSTANCE("A", 2, "", "10.0.0.101"));
	assert_int_equal(promotes(w), 0);
	load(w, PROMOTES);
	assert_int_equal(promotes(w), 1);
	load(w, "vrrp_instance X {\n virtual_router_id 7\n interface eth7\n"
		" virtual_ipaddress {\n 10.1.0.1\n }\n}\n");
	pass(w, MSEC(10)); /* its addresses have gone first */
	assert_int_equal(promotes(w), 0);
	load(w, PROMOTES);
	vrrp_run_stop(w->run);
	assert_int_equal(promotes(w), 0);
}

static void test_promotes_already(void **state)
{
	struct world *w = *state;

	fake_sysctl_put(w->sysctl, "eth0", "promote_secondaries", 1);
	load(w, PROMOTES);
	vrrp_run_stop(w->run);
	assert_int_equal(promotes(w), 1);
}

static void test_promotes_a_new_interface(void **state)
{
	struct world *w = *state;

	load(w, PROMOTES);
	fake_rtnl_link_gone(w->rtnl, ETH0);
	pass(w, MSEC(10));
	fake_sysctl_put(w->sysctl, "eth0", "promote_secondaries", 0);
	fake_rtnl_link(w->rtnl, 9, "eth0", true);
	pass(w, MSEC(10));
	assert_int_equal(promotes(w), 1);
}

static void test_promotes_not(void **state)
{
	struct world *w = *state;

	fake_sysctl_fail(w->sysctl, -EROFS);
	load(w, PROMOTES);
	load(w, PROMOTES);
	assert_int_equal(logged("Cannot set promote_secondaries on eth0: Read-only"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_denied_before_it_is_there),
		TEST(test_unused),
		TEST(test_address_waits_for_its_rule),
		TEST(test_quick_reloads),
		TEST(test_answer_about_an_older_wish),
		TEST(test_not_for_ever),
		TEST(test_removed_after_the_address),
		TEST(test_reload_changes_accept),
		TEST(test_unchanged_reload_asks_nothing),
		TEST(test_refused),
		TEST(test_flushed),
		TEST(test_stop),
		TEST(test_stop_keeps),
		TEST(test_interface_numbers),
		TEST(test_says_what_it_uses),
		TEST(test_promotes),
		TEST(test_promotes_already),
		TEST(test_promotes_a_new_interface),
		TEST(test_promotes_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
