/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Password and AH; the datagrams were captured from keepalived 2.4.3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "keepalived/vrrp/auth.h"

#define IP 20

static const uint8_t multicast[] = {0x45, 0xc0, 0x00, 0x40, 0x00, 0x01, 0x00, 0x00, 0xff, 0x33,
	0xd0, 0xb5, 0x0a, 0x01, 0x00, 0x01, 0xe0, 0x00, 0x00, 0x12, 0x70, 0x04, 0x00, 0x00, 0x0a,
	0x01, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x6d, 0xd3, 0x26, 0x76, 0xf9, 0xc6, 0xc1, 0xba,
	0x5a, 0xdf, 0x55, 0x3f, 0x21, 0x03, 0x70, 0x01, 0x02, 0x01, 0x62, 0xeb, 0x0a, 0x01, 0x00,
	0x0e, 0, 0, 0, 0, 0, 0, 0, 0};
static const uint8_t unicast[] = {0x45, 0xc0, 0x00, 0x40, 0x00, 0x01, 0x00, 0x00, 0xff, 0x33, 0xa6,
	0xc3, 0x0a, 0x02, 0x00, 0x01, 0x0a, 0x02, 0x00, 0x02, 0x70, 0x04, 0x00, 0x00, 0x0a, 0x02,
	0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0xe8, 0xba, 0xf9, 0x04, 0x33, 0x0e, 0x3c, 0xcd, 0xac,
	0x1d, 0x48, 0x67, 0x21, 0x0f, 0x7c, 0x01, 0x02, 0x01, 0x56, 0xd3, 0x0a, 0x02, 0x00, 0x19, 0,
	0, 0, 0, 0, 0, 0, 0};
static const uint8_t hello[VRRP_PASS_LEN] = "hello";
static const uint8_t longpass[VRRP_PASS_LEN] = {'l', 'o', 'n', 'g', 'p', 'a', 's', 's'};

static enum vrrp_ah_result verify(
	const uint8_t *pass, const uint8_t *datagram, bool uni, uint32_t last)
{
	struct vrrp_ah ah = {.sequence = last};
	uint32_t sequence;

	return vrrp_ah_verify(
		pass, &ah, datagram, datagram + IP, sizeof(multicast) - IP, uni, &sequence);
}

static void test_item_27_password(void **state)
{
	const uint8_t other[VRRP_PASS_LEN] = {'h', 'e', 'l', 'l', 'o', 0, 0, 1};

	(void)state;
	assert_true(vrrp_pass_eq(hello, hello));
	assert_false(vrrp_pass_eq(hello, other)); /* the padding counts */
}

static void test_item_28_captured_digests(void **state)
{
	uint8_t built[sizeof(multicast)];

	(void)state;
	assert_int_equal(verify(hello, multicast, false, 0), VRRP_AH_OK);
	assert_int_equal(verify(longpass, unicast, true, 0), VRRP_AH_OK);
	memcpy(built, multicast, sizeof(built));
	memset(built + IP, 0x77, VRRP_AH_LEN);
	vrrp_ah_build(hello, built, sizeof(built), 1, false);
	assert_memory_equal(built, multicast, sizeof(built));
	memcpy(built, unicast, sizeof(built));
	memset(built + IP, 0x77, VRRP_AH_LEN);
	vrrp_ah_build(longpass, built, sizeof(built), 1, true);
	assert_memory_equal(built, unicast, sizeof(built));
}

/* Every octet that may not change on the way is covered. */
static void test_item_28_changed_octets(void **state)
{
	static const uint8_t may_change[] = {1, 6, 7, 10, 11};
	uint8_t copy[sizeof(multicast)];

	(void)state;
	for (size_t i = 0; i < sizeof(copy); i++) {
		enum vrrp_ah_result want = VRRP_AH_ICV, got;

		memcpy(copy, multicast, sizeof(copy));
		copy[i] ^= 0x40;
		got = verify(hello, copy, false, 0);
		if (memchr(may_change, (int)i, sizeof(may_change)))
			want = VRRP_AH_OK;
		else if (i == 0 || i == 20 || i == 21)
			want = VRRP_AH_MALFORMED;
		else if ((i >= 12 && i < 16) || (i >= 24 && i < 28))
			want = VRRP_AH_SPI;
		assert_int_equal(got, want);
	}
	memcpy(copy, unicast, sizeof(copy));
	copy[8] = 17;
	assert_int_equal(verify(longpass, copy, true, 0), VRRP_AH_OK);
	assert_int_equal(verify(longpass, copy, false, 0), VRRP_AH_ICV);
}

static void test_item_28_replay(void **state)
{
	(void)state;
	assert_int_equal(verify(hello, multicast, false, 1), VRRP_AH_REPLAY);
	assert_int_equal(verify(hello, multicast, false, 77), VRRP_AH_REPLAY);
	assert_int_equal(verify(longpass, multicast, false, 77), VRRP_AH_ICV);
}

static void test_item_28_too_short(void **state)
{
	struct vrrp_ah ah = {0};
	uint32_t sequence;

	(void)state;
	for (size_t n = 0; n < VRRP_AH_LEN; n++)
		assert_int_equal(
			vrrp_ah_verify(hello, &ah, multicast, multicast + IP, n, false, &sequence),
			VRRP_AH_MALFORMED);
}

static void test_counter(void **state)
{
	struct vrrp_ah ah = {.sequence = 0xFFFFFFFC};

	(void)state;
	vrrp_ah_restart(&ah); /* nothing to restart yet */
	assert_true(vrrp_ah_next(&ah, 0));
	assert_true(vrrp_ah_next(&ah, 0));
	assert_int_equal(ah.sequence, 0xFFFFFFFE);
	assert_false(vrrp_ah_next(&ah, 0));
	assert_false(vrrp_ah_next(&ah, 0));
	vrrp_ah_restart(&ah);
	assert_true(vrrp_ah_next(&ah, 0));
	assert_int_equal(ah.sequence, 1);
	assert_true(vrrp_ah_next(&ah, 1000)); /* never below the time, never back */
	assert_int_equal(ah.sequence, 1000);
	assert_true(vrrp_ah_next(&ah, 900));
	assert_int_equal(ah.sequence, 1001);
	ah.sequence = 0xFFFFFFFE; /* received */
	vrrp_ah_restart(&ah);
	assert_true(vrrp_ah_next(&ah, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_item_27_password),
		cmocka_unit_test(test_item_28_captured_digests),
		cmocka_unit_test(test_item_28_changed_octets),
		cmocka_unit_test(test_item_28_replay),
		cmocka_unit_test(test_item_28_too_short),
		cmocka_unit_test(test_counter),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
