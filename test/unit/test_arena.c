/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/arena.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void test_memory(void **state)
{
	struct arena *a = arena_new();
	unsigned char *p;
	size_t i, j;

	(void)state;
	for (i = 1; i < 300; i++) {
		p = arena_alloc(a, i * 17);
		assert_int_equal((uintptr_t)p % sizeof(uint64_t), 0);
		for (j = 0; j < i * 17; j++)
			assert_int_equal(p[j], 0);
		memset(p, 0xff, i * 17);
	}
	assert_non_null(arena_alloc(a, 5 * 1024 * 1024));
	arena_free(a);
	arena_free(NULL);
}

static void test_strings(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	assert_string_equal(arena_strdup(a, "abc"), "abc");
	assert_string_equal(arena_strndup(a, "abcdef", 2), "ab");
	assert_string_equal(arena_strndup(a, "ab", 10), "ab");
	assert_string_equal(arena_printf(a, "%s-%d", "x", 7), "x-7");
	assert_int_equal(strlen(arena_printf(a, "%0300d", 7)), 300);
	arena_free(a);
}

static void test_extend(void **state)
{
	struct arena *a = arena_new();
	char *p = arena_alloc(a, 12), *q;

	(void)state;
	assert_true(arena_extend(a, p, 12, 12));
	q = arena_strdup(a, "x");
	assert_ptr_equal(q, p + 24);
	assert_false(arena_extend(a, p, 24, 8));
	assert_true(arena_extend(a, q, 2, 8));
	assert_int_equal(q[9], 0);
	assert_false(arena_extend(a, q, 10, 1024 * 1024));
	memset(arena_alloc(a, 300000), 1, 300000);
	arena_clear(a);
	p = arena_alloc(a, 64);
	for (size_t i = 0; i < 64; i++)
		assert_int_equal(p[i], 0);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_extend),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
