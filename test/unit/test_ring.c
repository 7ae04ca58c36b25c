/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/ring.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static void test_bounds(void **state)
{
	struct ring *r = ring_new(32);
	char out[32];

	(void)state;
	assert_int_equal(ring_pop(r, out, sizeof(out)), 0);
	assert_false(ring_push(r, "0123456789012345678901234567x", 29));
	assert_true(ring_push(r, "0123456789012345678901234567", 28));
	assert_int_equal(ring_used(r), 32);
	assert_false(ring_push(r, "", 0));
	assert_int_equal(ring_pop(r, out, 4), 4); /* cut */
	assert_memory_equal(out, "0123", 4);
	assert_int_equal(ring_used(r), 0);
	assert_true(ring_push(r, "abc", 3));
	ring_clear(r);
	assert_int_equal(ring_pop(r, out, sizeof(out)), 0);
	ring_free(r);
	ring_free(NULL);
}

/* Lengths that share no factor with the size, so that every part of a record is once cut in two. */
static void test_order(void **state)
{
	struct ring *r = ring_new(61);
	char in[20], out[20];
	int pushed = 0, popped = 0, i;

	(void)state;
	while (popped < 1000) {
		for (;; pushed++) {
			memset(in, 'a' + pushed % 26, sizeof(in));
			if (!ring_push(r, in, (uint32_t)(1 + pushed % 19)))
				break;
		}
		for (i = 0; i < 1 + popped % 3; i++, popped++) {
			if (!ring_used(r))
				break;
			memset(in, 'a' + popped % 26, sizeof(in));
			assert_int_equal(ring_pop(r, out, sizeof(out)), 1 + popped % 19);
			assert_memory_equal(out, in, (size_t)(1 + popped % 19));
		}
	}
	ring_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
