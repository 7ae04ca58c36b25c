/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When gratuitous ARP and neighbour advertisements are due: driven by virtual time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "keepalived/vrrp/announce.h"

#define T0 SEC(50)

static struct vrrp_conf conf;
static struct vrrp_announce a;
static struct vrrp_pace pace;
static struct vip_conf vips[3];
static struct vrrp_announce_target targets[3];
static char trace[1024];

static int setup(void **state)
{
	(void)state;
	conf = (struct vrrp_conf){
		.garp_master_repeat = 2,
		.garp_master_refresh_repeat = 1,
		.garp_master_delay = SEC(5),
		.garp_lower_prio_repeat = 1,
		.garp_lower_prio_delay = SEC(5),
	};
	pace = (struct vrrp_pace){0};
	for (int i = 0; i < 3; i++) {
		vips[i].addr.family = i < 2 ? AF_INET : AF_INET6;
		targets[i] = (struct vrrp_announce_target){&vips[i], &pace};
	}
	vrrp_announce_init(&a);
	return 0;
}

/* What is sent until `end`, as "MS:INDEX INDEX ... MS:...", counted from T0. */
static const char *run(uint32_t n, ktime end, size_t max)
{
	size_t used = 0;

	trace[0] = '\0';
	while (vrrp_announce_deadline(&a) <= end) {
		ktime now = MAX(vrrp_announce_deadline(&a), T0);
		uint32_t out[16];
		size_t k = vrrp_announce_due(&a, &conf, targets, n, now, out, max);

		assert_true(k <= max);
		for (size_t i = 0; i < k; i++)
			used += (size_t)snprintf(trace + used, sizeof(trace) - used, "%s%s%s%u",
				i || !used ? "" : " ", i ? "," : "", "", out[i]);
		if (k)
			used += (size_t)snprintf(trace + used, sizeof(trace) - used, "@%d",
				(int)((now - T0) / MSEC(1)));
		assert_true(used < sizeof(trace) - 32);
	}
	return trace;
}

static void test_idle(void **state)
{
	(void)state;
	assert_int_equal(vrrp_announce_deadline(&a), KTIME_FOREVER);
	vrrp_announce_lower(&a, &conf, T0); /* not Active */
	assert_int_equal(vrrp_announce_deadline(&a), KTIME_FOREVER);
}

static void test_item_40_two_blocks(void **state)
{
	(void)state;
	vrrp_announce_active(&a, &conf, T0);
	assert_string_equal(run(3, T0 + SEC(600), 16), "0,1,2,0,1,2@0 0,1,2,0,1,2@5000");
	assert_int_equal(vrrp_announce_deadline(&a), KTIME_FOREVER);
}

static void test_no_second_block(void **state)
{
	(void)state;
	conf.garp_master_delay = 0;
	vrrp_announce_active(&a, &conf, T0);
	assert_string_equal(run(1, T0 + SEC(600), 16), "0,0@0");
}

static void test_bounded_per_turn(void **state)
{
	(void)state;
	conf.garp_master_delay = 0;
	vrrp_announce_active(&a, &conf, T0);
	assert_string_equal(run(3, T0, 4), "0,1,2,0@0 1,2@0");
}

static void test_refresh(void **state)
{
	(void)state;
	conf.garp_master_delay = 0;
	conf.garp_master_refresh = SEC(60);
	vrrp_announce_active(&a, &conf, T0);
	assert_string_equal(run(2, T0 + SEC(121), 16), "0,1,0,1@0 0,1@60000 0,1@120000");
}

static void test_item_61_distance(void **state)
{
	(void)state;
	conf.garp_master_delay = 0;
	conf.garp_master_repeat = 1;
	pace.garp_interval = MSEC(10);
	pace.gna_interval = MSEC(100);
	pace.gna_next = T0 + MSEC(70); /* another instance sent one just now */
	vrrp_announce_active(&a, &conf, T0);
	assert_string_equal(run(3, T0 + SEC(1), 16), "0@0 1@10 2@70");
	assert_int_equal(pace.garp_next, T0 + MSEC(20));
	assert_int_equal(pace.gna_next, T0 + MSEC(170));
}

static void test_without_pace(void **state)
{
	(void)state;
	targets[0].pace = NULL;
	conf.garp_master_delay = 0;
	vrrp_announce_active(&a, &conf, T0);
	assert_string_equal(run(1, T0, 16), "0,0@0");
}

static void test_lower_priority_block(void **state)
{
	(void)state;
	conf.garp_master_delay = 0;
	vrrp_announce_active(&a, &conf, T0);
	run(2, T0, 16);
	vrrp_announce_lower(&a, &conf, T0 + SEC(1));
	assert_string_equal(run(2, T0 + SEC(2), 16), "0,1@1000");
	/* more of them send at once, but do not put off the second block */
	vrrp_announce_lower(&a, &conf, T0 + SEC(2));
	assert_string_equal(run(2, T0 + SEC(20), 16), "0,1@2000 0,1@6000");
}

static void test_lower_priority_while_a_block_runs(void **state)
{
	struct vrrp_announce before;

	(void)state;
	vrrp_announce_active(&a, &conf, T0);
	before = a;
	vrrp_announce_lower(&a, &conf, T0);
	assert_memory_equal(&a, &before, sizeof(a));
	conf.garp_lower_prio_repeat = 0;
	run(1, T0, 16);
	before = a;
	vrrp_announce_lower(&a, &conf, T0);
	assert_memory_equal(&a, &before, sizeof(a));
}

static void test_stop(void **state)
{
	(void)state;
	conf.garp_master_refresh = SEC(60);
	vrrp_announce_active(&a, &conf, T0);
	vrrp_announce_stop(&a);
	assert_int_equal(vrrp_announce_deadline(&a), KTIME_FOREVER);
	vrrp_announce_changed(&a, &conf, T0);
	assert_int_equal(vrrp_announce_deadline(&a), KTIME_FOREVER);
}

static void test_configuration_changes(void **state)
{
	(void)state;
	conf.garp_master_delay = 0;
	vrrp_announce_active(&a, &conf, T0);
	assert_string_equal(run(3, T0 - 1, 2), "");
	vrrp_announce_due(&a, &conf, targets, 3, T0, (uint32_t[2]){0}, 2);
	conf.garp_master_refresh = SEC(7);
	vrrp_announce_changed(&a, &conf, T0); /* one address is left of three */
	assert_string_equal(run(1, T0 + SEC(8), 16), "0,0@0 0@7000");
	conf.garp_master_refresh = 0;
	vrrp_announce_changed(&a, &conf, T0 + SEC(8));
	assert_int_equal(vrrp_announce_deadline(&a), KTIME_FOREVER);
}

static void test_no_addresses(void **state)
{
	(void)state;
	conf.garp_master_refresh = SEC(60);
	vrrp_announce_active(&a, &conf, T0);
	assert_string_equal(run(0, T0 + SEC(200), 16), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_idle, setup),
		cmocka_unit_test_setup(test_item_40_two_blocks, setup),
		cmocka_unit_test_setup(test_no_second_block, setup),
		cmocka_unit_test_setup(test_bounded_per_turn, setup),
		cmocka_unit_test_setup(test_refresh, setup),
		cmocka_unit_test_setup(test_item_61_distance, setup),
		cmocka_unit_test_setup(test_without_pace, setup),
		cmocka_unit_test_setup(test_lower_priority_block, setup),
		cmocka_unit_test_setup(test_lower_priority_while_a_block_runs, setup),
		cmocka_unit_test_setup(test_stop, setup),
		cmocka_unit_test_setup(test_configuration_changes, setup),
		cmocka_unit_test_setup(test_no_addresses, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
