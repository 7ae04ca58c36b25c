/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Effective priority and faults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "keepalived/vrrp/prio.h"

static const struct {
	struct vrrp_tracker t;
	int delta;
	bool faulty;
} table[] = {
	{{10, false, VRRP_TRACK_UP}, 10, false},
	{{10, false, VRRP_TRACK_DOWN}, 0, false},
	{{10, false, VRRP_TRACK_UNKNOWN}, 0, false},
	{{-10, false, VRRP_TRACK_UP}, 0, false},
	{{-10, false, VRRP_TRACK_DOWN}, -10, false},
	{{-10, false, VRRP_TRACK_UNKNOWN}, 0, false},
	{{10, true, VRRP_TRACK_UP}, -10, false},
	{{10, true, VRRP_TRACK_DOWN}, 0, false},
	{{-10, true, VRRP_TRACK_DOWN}, 10, false},
	{{0, false, VRRP_TRACK_UP}, 0, false},
	{{0, false, VRRP_TRACK_DOWN}, 0, true},
	{{0, false, VRRP_TRACK_UNKNOWN}, 0, false},
	{{0, true, VRRP_TRACK_UP}, 0, true},
	{{0, true, VRRP_TRACK_DOWN}, 0, false},
};

static void test_one_tracker(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		assert_int_equal(vrrp_tracker_delta(&table[i].t), table[i].delta);
		assert_int_equal(vrrp_tracker_faulty(&table[i].t), table[i].faulty);
	}
}

static void test_item_5_priority_stays_in_range(void **state)
{
	const struct vrrp_tracker up = {253, false, VRRP_TRACK_UP};
	const struct vrrp_tracker down = {-253, false, VRRP_TRACK_DOWN};
	const struct vrrp_tracker mixed[] = {
		{20, false, VRRP_TRACK_UP},
		{-5, false, VRRP_TRACK_DOWN},
		{0, false, VRRP_TRACK_DOWN},
	};

	(void)state;
	assert_int_equal(vrrp_priority(100, NULL, 0), 100);
	assert_int_equal(vrrp_priority(100, &up, 1), 254);
	assert_int_equal(vrrp_priority(100, &down, 1), 1);
	assert_int_equal(vrrp_priority(255, &down, 1), 255);
	assert_int_equal(vrrp_priority(100, mixed, 3), 115);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_tracker),
		cmocka_unit_test(test_item_5_priority_stays_in_range),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
