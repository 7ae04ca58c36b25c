/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Digests against the examples of RFC 1321 (A.5) and FIPS 180. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "lib/hash.h"

static void check(enum hash_kind kind, const char *text, const char *want)
{
	size_t n = strlen(text);

	for (size_t cut = 0; cut <= n; cut++) {
		struct hash h = {0};
		uint8_t out[HASH_MAX];
		char hex[2 * HASH_MAX + 1];

		assert_int_equal(hash_start(&h, kind), 0);
		hash_add(&h, text, cut);
		hash_add(&h, text + cut, n - cut);
		assert_string_equal(hash_hex(out, hash_end(&h, out), hex), want);
		assert_null(h.ctx);
	}
}

static void test_known(void **state UNUSED)
{
	check(HASH_MD5, "", "d41d8cd98f00b204e9800998ecf8427e");
	check(HASH_MD5, "message digest", "f96b697d7cb7938d525a2f31aaf161d0");
	check(HASH_SHA1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d");
	check(HASH_SHA256, "abc",
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void test_drop(void **state UNUSED)
{
	struct hash h = {0};

	hash_drop(&h);
	assert_int_equal(hash_start(&h, HASH_MD5), 0);
	hash_drop(&h);
	assert_null(h.ctx);
}

static void test_hex(void **state UNUSED)
{
	static const uint8_t bytes[] = {0x00, 0x9f, 0xff};
	char text[7];

	assert_string_equal(hash_hex(bytes, 3, text), "009fff");
	assert_string_equal(hash_hex(bytes, 0, text), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_drop),
		cmocka_unit_test(test_hex),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
