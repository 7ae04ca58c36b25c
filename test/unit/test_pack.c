/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/pack.h"

#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void fill(struct strbuf *b)
{
	pack_u32(b, 0xdeadbeef);
	pack_u64(b, UINT64_MAX - 1);
	pack_i64(b, -5);
	pack_str(b, "word");
	pack_str(b, NULL);
	pack_str(b, "");
	pack_bytes(b, "a\0b", 3);
}

static void test_round_trip(void **state)
{
	struct strbuf b = {0};
	struct unpack u;
	struct slice s;

	(void)state;
	fill(&b);
	u = unpack_start(b.text, b.len);
	assert_int_equal(unpack_u32(&u), 0xdeadbeef);
	assert_true(unpack_u64(&u) == UINT64_MAX - 1);
	assert_int_equal(unpack_i64(&u), -5);
	assert_string_equal(unpack_str(&u), "word");
	assert_null(unpack_str(&u));
	assert_string_equal(unpack_str(&u), "");
	s = unpack_bytes(&u);
	assert_int_equal(s.n, 3);
	assert_memory_equal(s.p, "a\0b", 3);
	assert_false(u.bad);
	assert_int_equal(u.left, 0);
	strbuf_free(&b);
}

static void test_cut_short(void **state)
{
	struct strbuf b = {0};
	struct unpack u;
	size_t n;

	(void)state;
	fill(&b);
	for (n = 0; n < b.len; n++) {
		char *exact = xmalloc(n);

		memcpy(exact, b.text, n);
		u = unpack_start(exact, n);
		unpack_u32(&u);
		unpack_u64(&u);
		unpack_i64(&u);
		unpack_str(&u);
		unpack_str(&u);
		unpack_str(&u);
		unpack_bytes(&u);
		assert_true(u.bad);
		assert_int_equal(unpack_u32(&u), 0);
		assert_string_equal(unpack_str(&u), "");
		assert_int_equal(unpack_bytes(&u).n, 0);
		free(exact);
	}
	strbuf_free(&b);
}

static void test_damaged_strings(void **state)
{
	struct strbuf b = {0};
	struct unpack u;

	(void)state;
	pack_bytes(&b, "ab", 2); /* no end */
	u = unpack_start(b.text, b.len);
	assert_string_equal(unpack_str(&u), "");
	assert_true(u.bad);
	strbuf_reset(&b);
	pack_bytes(&b, "a\0b", 4); /* an end within */
	u = unpack_start(b.text, b.len);
	assert_string_equal(unpack_str(&u), "");
	assert_true(u.bad);
	strbuf_reset(&b);
	pack_u64(&b, UINT64_MAX); /* a length beyond everything */
	u = unpack_start(b.text, b.len);
	assert_int_equal(unpack_bytes(&u).n, 0);
	assert_true(u.bad);
	strbuf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_cut_short),
		cmocka_unit_test(test_damaged_strings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
