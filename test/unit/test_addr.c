/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static struct addr parse(const char *text)
{
	struct addr a = {0};

	assert_int_equal(addr_parse(&a, text), 0);
	return a;
}

static void test_text(void **state)
{
	static const char *const same[] = {
		"10.0.0.1", "255.255.255.255", "fe80::1", "::", "2001:db8::ff00:42:8329"};
	static const char *const bad[] = {"", "10.0.0", "10.0.0.256", "10.0.0.1/8", "fe80::1%eth0",
		":::", "x", "1:2:3:4:5:6:7:8:9"};
	char buf[ADDR_STRLEN];
	struct addr a = {0};
	size_t i;

	(void)state;
	assert_string_equal(addr_str(&a, buf), "(none)");
	for (i = 0; i < ARRAY_SIZE(same); i++) {
		a = parse(same[i]);
		assert_string_equal(addr_str(&a, buf), same[i]);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(addr_parse(&a, bad[i]), -EINVAL);
}

static void test_prefix(void **state)
{
	static const struct {
		const char *text;
		int result, plen;
	} rows[] = {
		{"10.0.0.1", 0, 32},
		{"10.0.0.1/0", 0, 0},
		{"10.0.0.1/24", 0, 24},
		{"10.0.0.1/33", -EINVAL, -1},
		{"10.0.0.1/", -EINVAL, -1},
		{"10.0.0.1/2/4", -EINVAL, -1},
		{"10.0.0/24", -EINVAL, 0},
		{"fe80::1", 0, 128},
		{"fe80::1/64", 0, 64},
		{"fe80::1/129", -EINVAL, -1},
	};
	struct addr a;
	size_t i;
	int plen;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(addr_parse_prefix(&a, &plen, rows[i].text), rows[i].result);
		assert_int_equal(plen, rows[i].plen);
	}
}

static void test_order(void **state)
{
	struct addr low = parse("10.0.0.2"), high = parse("200.0.0.1"), six = parse("::1");
	struct endpoint x = {low, 80}, y = {low, 81};

	(void)state;
	assert_true(addr_cmp(&low, &high) < 0);
	assert_true(addr_cmp(&high, &low) > 0);
	assert_true(addr_cmp(&high, &six) < 0);
	assert_true(addr_eq(&low, &low));
	assert_int_equal(addr_hash(&low), addr_hash(&x.addr));
	assert_int_not_equal(addr_hash(&low), addr_hash(&high));
	assert_true(endpoint_eq(&x, &x));
	assert_false(endpoint_eq(&x, &y));
}

static void test_kinds(void **state)
{
	struct addr mc4 = parse("224.0.0.18"), mc6 = parse("ff02::12"), ll6 = parse("febf::1");
	struct addr ll4 = parse("169.254.1.1"), four = parse("10.0.0.1"), six = parse("fec0::1");

	(void)state;
	assert_true(addr_is_multicast(&mc4) && addr_is_multicast(&mc6));
	assert_false(addr_is_multicast(&four) || addr_is_multicast(&six));
	assert_true(addr_is_link_local(&ll4) && addr_is_link_local(&ll6));
	assert_false(addr_is_link_local(&four) || addr_is_link_local(&six));
}

static void test_sockaddr(void **state)
{
	struct addr four = parse("10.0.0.1"), six = parse("fe80::1"), none = {0}, back;
	struct sockaddr_storage ss;
	struct endpoint e;
	char buf[ENDPOINT_STRLEN];

	(void)state;
	assert_int_equal(addr_to_sockaddr(&none, 1, 0, &ss), 0);
	assert_int_equal(addr_to_sockaddr(&four, 80, 3, &ss), sizeof(struct sockaddr_in));
	addr_from_sockaddr(&e.addr, &e.port, (struct sockaddr *)&ss);
	assert_string_equal(endpoint_str(&e, buf), "[10.0.0.1]:80");
	assert_int_equal(addr_to_sockaddr(&six, 80, 3, &ss), sizeof(struct sockaddr_in6));
	assert_int_equal(((struct sockaddr_in6 *)&ss)->sin6_scope_id, 3);
	addr_from_sockaddr(&back, NULL, (struct sockaddr *)&ss);
	assert_true(addr_eq(&six, &back));
	addr_from_bytes(&back, AF_INET, "\x0a\x00\x00\x01");
	assert_memory_equal(&back, &four, sizeof(back));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_prefix),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_sockaddr),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
