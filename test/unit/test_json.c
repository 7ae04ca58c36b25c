/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The JSON writer: what stands between values, escapes, bytes that are no UTF-8. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/json.h"

static void expect(struct strbuf *out, const char *want)
{
	assert_string_equal(strbuf_str(out), want);
	strbuf_free(out);
}

static void write_all(struct json *j)
{
	json_open(j, '{');
	json_key(j, "a"), json_number(j, "-1");
	json_key(j, "b"), json_open(j, '[');
	json_uint(j, UINT64_MAX), json_bool(j, true), json_bool(j, false), json_null(j);
	json_close(j);
	json_key(j, "c"), json_open(j, '{'), json_close(j);
	json_key(j, "d"), json_open(j, '['), json_close(j);
	json_key(j, "e"), json_number(j, "1.5");
	json_close(j);
}

static void test_one_line(void **state)
{
	struct strbuf out = {0};
	struct json j = {.out = &out};

	(void)state;
	write_all(&j);
	expect(&out, "{\"a\":-1,\"b\":[18446744073709551615,true,false,null],\"c\":{},\"d\":[],"
		     "\"e\":1.5}");
}

static void test_indented(void **state)
{
	struct strbuf out = {0};
	struct json j = {.out = &out, .indent = 2};

	(void)state;
	write_all(&j);
	expect(&out, "{\n  \"a\": -1,\n  \"b\": [\n    18446744073709551615,\n    true,\n"
		     "    false,\n    null\n  ],\n  \"c\": {},\n  \"d\": [],\n  \"e\": 1.5\n}");
}

static void test_strings(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{NULL, "null"}, {"", "\"\""}, {"a\"b\\c", "\"a\\\"b\\\\c\""},
		{"\t\n\r\b\f\x01\x7f", "\"\\t\\n\\r\\b\\f\\u0001\\u007f\""},
		{"M\xc3\xbcller \xe6\xbc\xa2 \xf0\x9f\x98\x80",
			"\"M\xc3\xbcller \xe6\xbc\xa2 \xf0\x9f\x98\x80\""},
		{"\xff\xc3", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
		{"\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""}, /* a surrogate */
		{"\xc0\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\""},                 /* overlong */
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct strbuf out = {0};
		struct json j = {.out = &out};

		json_str(&j, rows[i].in);
		expect(&out, rows[i].out);
	}
}

static void test_nul(void **state)
{
	struct strbuf out = {0};
	struct json j = {.out = &out};

	(void)state;
	json_strn(&j, "a\0b", 3);
	expect(&out, "\"a\\u0000b\"");
}

static void test_deep(void **state)
{
	struct strbuf out = {0};
	struct json j = {.out = &out};
	unsigned i;

	(void)state;
	for (i = 0; i < JSON_DEPTH_MAX; i++) {
		json_open(&j, i % 2 ? '{' : '[');
		if (i % 2)
			json_key(&j, "");
	}
	json_null(&j);
	for (i = 0; i < JSON_DEPTH_MAX; i++)
		json_close(&j);
	assert_int_equal(out.len, JSON_DEPTH_MAX * 2 + JSON_DEPTH_MAX / 2 * 3 + 4);
	assert_int_equal(out.text[out.len - 1], ']');
	strbuf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_line),
		cmocka_unit_test(test_indented),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
