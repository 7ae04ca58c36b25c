/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/str.h"

#include <errno.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void test_buffer(void **state)
{
	struct strbuf b = {0};
	int i;

	(void)state;
	assert_string_equal(strbuf_str(&b), "");
	for (i = 0; i < 100; i++)
		strbuf_printf(&b, "%d,", i);
	assert_int_equal(b.len, 290);
	assert_memory_equal(b.text + 285, "8,99,", 6);
	strbuf_reset(&b);
	assert_string_equal(strbuf_str(&b), "");
	strbuf_puts(&b, "ab");
	strbuf_putc(&b, 'c');
	strbuf_add(&b, "defg", 1);
	assert_string_equal(strbuf_str(&b), "abcd");
	strbuf_free(&b);
	assert_null(b.text);
}

static void test_copy(void **state)
{
	char buf[4];

	(void)state;
	assert_true(str_copy(buf, sizeof(buf), "abc"));
	assert_string_equal(buf, "abc");
	assert_false(str_copy(buf, sizeof(buf), "abcd"));
	assert_string_equal(buf, "abc");
}

static void test_unsigned_numbers(void **state)
{
	static const struct {
		const char *text;
		uint64_t min, max;
		int result;
		uint64_t value;
	} rows[] = {
		{"0", 0, 255, 0, 0},
		{"+255", 1, 255, 0, 255},
		{"007", 0, 255, 0, 7},
		{"256", 1, 255, -ERANGE, 0},
		{"0", 1, 255, -ERANGE, 0},
		{"18446744073709551615", 0, UINT64_MAX, 0, UINT64_MAX},
		{"18446744073709551616", 0, UINT64_MAX, -ERANGE, 0},
		{"99999999999999999999999x", 0, UINT64_MAX, -EINVAL, 0},
		{"", 0, 255, -EINVAL, 0},
		{"+", 0, 255, -EINVAL, 0},
		{"-1", 0, 255, -EINVAL, 0},
		{" 1", 0, 255, -EINVAL, 0},
		{"1 ", 0, 255, -EINVAL, 0},
		{"0x10", 0, 255, -EINVAL, 0},
	};
	uint64_t v;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		v = 0;
		assert_int_equal(
			str_uint(rows[i].text, rows[i].min, rows[i].max, &v), rows[i].result);
		assert_true(v == rows[i].value);
	}
}

static void test_distance(void **state)
{
	(void)state;
	assert_int_equal(str_distance("interface", "interface", 3), 0);
	assert_int_equal(str_distance("interfcae", "interface", 3), 1);
	assert_int_equal(str_distance("priorty", "priority", 3), 1);
	assert_int_equal(str_distance("", "abc", 3), 3);
	assert_int_equal(str_distance("kitten", "sitting", 5), 3);
	assert_int_equal(str_distance("kitten", "sitting", 2), 3);
	assert_int_equal(str_distance("a", "abcdefgh", 2), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buffer),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_unsigned_numbers),
		cmocka_unit_test(test_distance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
