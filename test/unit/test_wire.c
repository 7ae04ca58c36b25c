/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VRRP packets. The good ones were captured from keepalived 2.4.3; what we build must be the same
 * octets. Each reason for a refusal has a test that makes the smallest change that brings it about.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "keepalived/vrrp/octets.h"
#include "keepalived/vrrp/wire.h"

/* From the IP header on, in hexadecimal. IPv6 without its header: source and destination beside. */
static const struct vector {
	const char *name, *hex;
	uint8_t version, vrid, priority, count;
	ktime interval;
	enum vrrp_checksum checksum;
	enum vrrp_auth auth;
	const char *password;
	bool unicast, as_v2;
	const char *src, *dst; /* IPv6 */
} vectors[] = {
	{"v2 without authentication, two addresses",
		"45c0002c00010000ff70d08c0a010001e0000012"
		"21016e0200015ce20a01000b0a01000c0000000000000000",
		2, 1, 110, 2, SEC(1), VRRP_SUM_V2, VRRP_AUTH_NONE, "", false, false, NULL, NULL},
	{"v2 with password abc",
		"45c0002800010000ff70d0900a010001e0000012"
		"21026f010101a08a0a01000d6162630000000000",
		2, 2, 111, 1, SEC(1), VRRP_SUM_V2, VRRP_AUTH_PASS, "abc", false, false, NULL, NULL},
	{"v2 with AH and key hello",
		"45c0004000010000ff33d0b50a010001e0000012"
		"700400000a010001000000016dd32676f9c6c1ba5adf553f"
		"21037001020162eb0a01000e0000000000000000",
		2, 3, 112, 1, SEC(1), VRRP_SUM_V2, VRRP_AUTH_AH, "hello", false, false, NULL, NULL},
	{"v3 multicast, 50 centiseconds",
		"45c0002000010000ff70d0980a010001e0000012"
		"31047101003269270a01000f",
		3, 4, 113, 1, CENTI(50), VRRP_SUM_PSEUDO, VRRP_AUTH_NONE, "", false, false, NULL,
		NULL},
	{"v3 with v3_checksum_as_v2",
		"45c0002000010000ff70d0980a010001e0000012"
		"31057201006452840a010010",
		3, 5, 114, 1, SEC(1), VRRP_SUM_PLAIN, VRRP_AUTH_NONE, "", false, true, NULL, NULL},
	{"v3 over IPv6, two addresses",
		"31067302006485affe80000000000000000000000000000620010db8000100000000000000000006",
		3, 6, 115, 2, SEC(1), VRRP_SUM_PSEUDO, VRRP_AUTH_NONE, "", false, false,
		"fe80::80ae:c3ff:fe45:687a", "ff02::12"},
	{"v2 over IPv6", "210774010001c2e1fe800000000000000000000000000007", 2, 7, 116, 1, SEC(1),
		VRRP_SUM_PSEUDO, VRRP_AUTH_NONE, "", false, false, "fe80::80ae:c3ff:fe45:687a",
		"ff02::12"},
	{"v2 over IPv6 with a password that has no room",
		"21107d010101b8c9fe800000000000000000000000000016", 2, 16, 125, 1, SEC(1),
		VRRP_SUM_PSEUDO, VRRP_AUTH_PASS, "abc", false, false, "fe80::80ae:c3ff:fe45:687a",
		"ff02::12"},
	{"v3 unicast",
		"45c0002000010000ff70a6a60a0200010a020002"
		"3108750100643afb0a020012",
		3, 8, 117, 1, SEC(1), VRRP_SUM_PSEUDO, VRRP_AUTH_NONE, "", true, false, NULL, NULL},
	{"v3 over IPv6 unicast", "310976010064cebb20010db8000200000000000000000019", 3, 9, 118, 1,
		SEC(1), VRRP_SUM_PSEUDO, VRRP_AUTH_NONE, "", true, false, "2001:db8:2::1",
		"2001:db8:2::2"},
	{"v2 unicast with AH and key longpass",
		"45c0004000010000ff33a6c30a0200010a020002"
		"700400000a02000100000001e8baf904330e3ccdac1d4867"
		"210f7c01020156d30a0200190000000000000000",
		2, 15, 124, 1, SEC(1), VRRP_SUM_V2, VRRP_AUTH_AH, "longpass", true, false, NULL,
		NULL},
	{"priority 0, v2",
		"45c0002c00060000ff70d0870a010001e0000012"
		"210100020001cae20a01000b0a01000c0000000000000000",
		2, 1, 0, 2, SEC(1), VRRP_SUM_V2, VRRP_AUTH_NONE, "", false, false, NULL, NULL},
	{"priority 0, v3",
		"45c00020000e0000ff70d08b0a010001e0000012"
		"310400010032da270a01000f",
		3, 4, 0, 1, CENTI(50), VRRP_SUM_PSEUDO, VRRP_AUTH_NONE, "", false, false, NULL,
		NULL},
};

/* Captured with old_unicast_checksum: 224.0.0.18 in the pseudo-header of a unicast packet. */
static const char old_unicast[] = "45c0002000010000ff70a6a60a0200010a020002"
				  "310e7b0100645ee00a020018";

static struct vrrp_conf conf;
static struct vip_conf vips[4];
static struct peer_conf peer;
static struct vrrp_packet packet;
static struct vrrp_advert advert;
static struct vrrp_ah ah;
static uint8_t raw[VRRP_WIRE_MAX + 64];
static size_t raw_len;
static char text[256];

static size_t from_hex(const char *hex, uint8_t *out)
{
	size_t n = 0;
	unsigned octet;

	for (; sscanf(hex, "%2x", &octet) == 1; hex += 2)
		out[n++] = (uint8_t)octet;
	return n;
}

static void set_vips(const uint8_t *addrs, uint32_t count)
{
	size_t len = conf.family == AF_INET6 ? 16 : 4;

	conf.vips = (struct nodes){0};
	for (uint32_t i = 0; i < count; i++) {
		vips[i] = (struct vip_conf){0};
		addr_from_bytes(&vips[i].addr, conf.family, addrs + i * len);
		if (i > 0)
			vips[i - 1].node.next = &vips[i].node;
	}
	conf.vips.first = count ? &vips[0].node : NULL;
	conf.vips.n = count;
}

static void find_packet(const struct vector *v)
{
	if (!v->src) {
		assert_int_equal(vrrp_packet_ip4(&packet, raw, raw_len), VRRP_WIRE_OK);
		return;
	}
	packet = (struct vrrp_packet){.ttl = 255, .protocol = 112, .body = raw, .len = raw_len};
	addr_parse(&packet.src, v->src);
	addr_parse(&packet.dst, v->dst);
}

static size_t vrrp_offset(void)
{
	size_t ip = packet.ip ? VRRP_IP4_HEADER : 0;

	return ip + (conf.auth_type == VRRP_AUTH_AH ? VRRP_AH_LEN : 0);
}

static void load(const struct vector *v)
{
	raw_len = from_hex(v->hex, raw);
	ah = (struct vrrp_ah){0};
	conf = (struct vrrp_conf){
		.node.name = "VI",
		.family = v->src ? AF_INET6 : AF_INET,
		.version = v->version,
		.vrid = v->vrid,
		.advert_int = v->interval,
		.auth_type = v->auth,
		.unicast = v->unicast,
		.v3_checksum_as_v2 = v->as_v2 ? TRI_ON : TRI_OFF,
	};
	memcpy(conf.auth_pass, v->password, strlen(v->password));
	find_packet(v);
	set_vips(raw + vrrp_offset() + VRRP_HEADER, v->count);
}

static enum vrrp_wire_reason parse(void)
{
	enum vrrp_wire_reason r = vrrp_wire_parse(&conf, &packet, &ah, false, &advert);

	vrrp_wire_text(&conf, &packet, r, &advert, text, sizeof(text));
	return r;
}

/* The VRRP part of what is loaded, to be changed; then the checksum is put right again. */
static uint8_t *vrrp(void)
{
	return raw + vrrp_offset();
}

static void sum_again(void)
{
	uint8_t *p = vrrp(), *end = (uint8_t *)packet.body + packet.len;
	uint32_t sum = 0;

	put16(p + 6, 0);
	for (uint8_t *q = p; q < end; q += 2)
		sum += get16(q);
	if (conf.version == 3 || conf.family == AF_INET6) {
		for (size_t i = 0; i < addr_len(&packet.src); i += 2)
			sum += (uint32_t)get16(packet.src.bytes + i) + get16(packet.dst.bytes + i);
		sum += 112 + (uint32_t)(end - p);
	}
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	put16(p + 6, (uint16_t)~sum);
}

#define V2_NONE  (&vectors[0])
#define V2_PASS  (&vectors[1])
#define V2_AH    (&vectors[2])
#define V3       (&vectors[3])
#define V3_PLAIN (&vectors[4])
#define V3_IP6   (&vectors[5])
#define V3_UNI   (&vectors[8])

/* ---- The captured packets ------------------------------------------------------------------- */

static void test_captured_packets_are_accepted(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
		const struct vector *v = &vectors[i];
		uint8_t vrid;

		load(v);
		assert_int_equal(vrrp_wire_peek(&packet, &vrid), VRRP_WIRE_OK);
		assert_int_equal(vrid, v->vrid);
		assert_int_equal(parse(), VRRP_WIRE_OK);
		assert_int_equal(advert.version, v->version);
		assert_int_equal(advert.vrid, v->vrid);
		assert_int_equal(advert.priority, v->priority);
		assert_int_equal(advert.count, v->count);
		assert_int_equal(advert.interval, v->interval);
		assert_int_equal(advert.checksum, v->checksum);
		assert_int_equal(advert.notes, 0);
	}
}

static void test_captured_packets_are_what_we_build(void **state)
{
	uint8_t built[VRRP_WIRE_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
		const struct vector *v = &vectors[i];
		size_t off, n;

		load(v);
		off = vrrp_offset();
		n = vrrp_wire_build(
			&conf, v->priority, &packet.src, &packet.dst, built, sizeof(built));
		assert_int_equal(n, raw_len - off);
		assert_memory_equal(built, raw + off, n);
		assert_int_equal(
			vrrp_wire_build(&conf, 1, &packet.src, &packet.dst, built, n - 1), 0);
		if (v->src)
			continue;
		vrrp_wire_ip4(built, &packet.src, &packet.dst, 255, get16(raw + 4), raw[9],
			raw_len - VRRP_IP4_HEADER);
		assert_memory_equal(built, raw, VRRP_IP4_HEADER);
	}
}

static void test_item_6_reserved_bits_are_ignored(void **state)
{
	(void)state;
	load(V3);
	vrrp()[4] |= 0xf0;
	sum_again();
	assert_int_equal(parse(), VRRP_WIRE_OK);
	assert_int_equal(advert.interval, CENTI(50));
}

static void test_items_9_17_both_v3_checksums_are_accepted(void **state)
{
	(void)state;
	load(V3_PLAIN);
	conf.v3_checksum_as_v2 = TRI_OFF;
	assert_int_equal(parse(), VRRP_WIRE_OK);
	assert_int_equal(advert.checksum, VRRP_SUM_PLAIN);
	load(V3);
	conf.v3_checksum_as_v2 = TRI_ON;
	assert_int_equal(parse(), VRRP_WIRE_OK);
	assert_int_equal(advert.checksum, VRRP_SUM_PSEUDO);
	load(V3_UNI);
	raw_len = from_hex(old_unicast, raw);
	conf.vrid = 14;
	assert_int_equal(parse(), VRRP_WIRE_OK);
	assert_int_equal(advert.checksum, VRRP_SUM_OLD_UNICAST);
}

static void test_link_padding_is_tolerated(void **state)
{
	(void)state;
	load(V3);
	memset(raw + raw_len, 0xaa, 14);
	assert_int_equal(vrrp_packet_ip4(&packet, raw, raw_len + 14), VRRP_WIRE_OK);
	assert_int_equal(parse(), VRRP_WIRE_OK);
}

/* ---- Refusals, in the order of the checks ---------------------------------------------------- */

static void test_truncated(void **state)
{
	uint8_t vrid;

	(void)state;
	load(V3);
	packet.len = 7;
	assert_int_equal(vrrp_wire_peek(&packet, &vrid), VRRP_WIRE_TRUNCATED);
	assert_int_equal(parse(), VRRP_WIRE_TRUNCATED);
	for (size_t n = 0; n < VRRP_IP4_HEADER; n++)
		assert_int_equal(vrrp_packet_ip4(&packet, raw, n), VRRP_WIRE_TRUNCATED);
	raw[0] = 0x4f; /* options that are not there */
	assert_int_equal(vrrp_packet_ip4(&packet, raw, raw_len), VRRP_WIRE_TRUNCATED);
	raw[0] = 0x44;
	assert_int_equal(vrrp_packet_ip4(&packet, raw, raw_len), VRRP_WIRE_TRUNCATED);
	raw[0] = 0x65;
	assert_int_equal(vrrp_packet_ip4(&packet, raw, raw_len), VRRP_WIRE_TRUNCATED);
	raw[0] = 0x45;
	put16(raw + 2, 19);
	assert_int_equal(vrrp_packet_ip4(&packet, raw, raw_len), VRRP_WIRE_TRUNCATED);
}

static void test_item_30_carp_is_dropped_quietly(void **state)
{
	uint8_t vrid;

	(void)state;
	load(V2_NONE);
	memset(vrrp(), 0x5a, 36);
	vrrp()[0] = 0x21;
	vrrp()[3] = 7;
	packet.len = 36;
	assert_int_equal(vrrp_wire_peek(&packet, &vrid), VRRP_WIRE_CARP);
	assert_int_equal(parse(), VRRP_WIRE_CARP);
	assert_int_equal(vrrp_wire_policy(VRRP_WIRE_CARP), VRRP_WIRE_QUIET);
	assert_string_equal(text, "");
}

static void test_item_18_other_vrid(void **state)
{
	(void)state;
	load(V3);
	conf.vrid++;
	assert_int_equal(parse(), VRRP_WIRE_VRID_UNKNOWN);
}

static void test_item_28_ah_presence(void **state)
{
	(void)state;
	load(V2_AH);
	conf.auth_type = VRRP_AUTH_NONE;
	assert_int_equal(parse(), VRRP_WIRE_AH_UNEXPECTED);
	assert_string_equal(text, "(VI) Received AH header but auth type not AH from 10.1.0.1");
	load(V2_NONE);
	conf.auth_type = VRRP_AUTH_AH;
	assert_int_equal(parse(), VRRP_WIRE_AH_MISSING);
	assert_string_equal(text, "(VI) No AH header but auth type is AH from 10.1.0.1");
}

static void test_item_16_length(void **state)
{
	(void)state;
	load(V3);
	packet.len -= 1;
	assert_int_equal(parse(), VRRP_WIRE_TOO_SHORT);
	assert_string_equal(
		text, "(VI) vrrp packet from 10.1.0.1 too short, length 31 and expect 32");
	load(V3);
	packet.len += 28;
	assert_int_equal(parse(), VRRP_WIRE_TOO_LONG);
	assert_string_equal(
		text, "(VI) vrrp packet from 10.1.0.1 too long, length 60 and expect 32");
	load(V2_NONE);
	packet.len -= VRRP_AUTH_LEN;
	assert_int_equal(parse(), VRRP_WIRE_TOO_SHORT);
}

static void test_item_13_ttl(void **state)
{
	(void)state;
	load(V3);
	packet.ttl = 254;
	assert_int_equal(parse(), VRRP_WIRE_TTL);
	assert_string_equal(text, "(VI) invalid TTL/HL from 10.1.0.1. Received 254 and expect 255");
	packet.ttl = -1;
	assert_int_equal(parse(), VRRP_WIRE_OK);
	load(V3_UNI);
	packet.ttl = 64;
	assert_int_equal(parse(), VRRP_WIRE_OK);
}

static void test_item_14_version(void **state)
{
	(void)state;
	load(V2_NONE);
	conf.version = 3;
	assert_int_equal(parse(), VRRP_WIRE_VERSION);
	assert_string_equal(text, "(VI) wrong VRRP version from 10.1.0.1. Received 2 and expect 3");
	load(V3);
	conf.version = 2;
	assert_int_equal(parse(), VRRP_WIRE_VERSION);
}

static void test_item_26_auth_type(void **state)
{
	(void)state;
	load(V2_PASS);
	vrrp()[4] = 3;
	assert_int_equal(parse(), VRRP_WIRE_AUTH_UNKNOWN);
	assert_string_equal(text, "(VI) Invalid auth type from 10.1.0.1: 3");
	vrrp()[4] = 0;
	assert_int_equal(parse(), VRRP_WIRE_AUTH_MISMATCH);
	assert_string_equal(text, "(VI) received a 0 auth from 10.1.0.1, expecting 1!");
}

static void test_item_27_password(void **state)
{
	(void)state;
	load(V2_PASS);
	raw[raw_len - 1] = 1; /* after the padding */
	sum_again();
	assert_int_equal(parse(), VRRP_WIRE_AUTH_PASS);
	assert_string_equal(text, "(VI) received an invalid passwd from 10.1.0.1!");
}

static void test_item_29_auth_data_of_type_0_is_ignored(void **state)
{
	(void)state;
	load(V2_NONE);
	raw[raw_len - 1] = 1;
	sum_again();
	assert_int_equal(parse(), VRRP_WIRE_OK);
}

static void test_item_28_ah_digest(void **state)
{
	(void)state;
	load(V2_AH);
	assert_int_equal(parse(), VRRP_WIRE_OK);
	assert_int_equal(advert.sequence, 1);
	ah.sequence = 1;
	assert_int_equal(parse(), VRRP_WIRE_AH_REPLAY);
	assert_string_equal(text, "(VI) IPSEC-AH : sequence number 1 already processed. Packet "
				  "dropped. Local(1)");
	ah.sequence = 0;
	vrrp()[2]++;
	assert_int_equal(parse(), VRRP_WIRE_AH_ICV);
	assert_string_equal(text, "(VI) IPSEC-AH : invalid IPSEC HMAC-MD5 value. Due to fields "
				  "mutation or bad password !");
	raw[VRRP_IP4_HEADER + 7]++;
	assert_int_equal(parse(), VRRP_WIRE_AH_SPI);
	assert_string_equal(
		text, "IPSEC AH : invalid IPSEC SPI value. 167837698 and expect 167837697");
	raw[VRRP_IP4_HEADER]++;
	assert_int_equal(parse(), VRRP_WIRE_AH_MALFORMED);
}

static void test_item_24_v2_interval(void **state)
{
	(void)state;
	load(V2_NONE);
	conf.advert_int = SEC(2);
	assert_int_equal(parse(), VRRP_WIRE_INTERVAL);
	assert_string_equal(text, "(VI) advertisement interval mismatch with 10.1.0.1 mine=2 sec "
				  "rcv'd=1 sec");
}

static void test_item_21_interval_zero(void **state)
{
	(void)state;
	load(V3);
	vrrp()[4] = vrrp()[5] = 0;
	sum_again();
	assert_int_equal(parse(), VRRP_WIRE_INTERVAL_ZERO);
	load(V2_NONE);
	vrrp()[5] = 0;
	sum_again();
	assert_int_equal(parse(), VRRP_WIRE_INTERVAL_ZERO);
}

static void test_item_15_type(void **state)
{
	(void)state;
	load(V3);
	vrrp()[0] = 0x32;
	sum_again();
	assert_int_equal(parse(), VRRP_WIRE_TYPE);
	assert_string_equal(text, "(VI) Invalid packet type from 10.1.0.1. 2 and expect 1");
}

static void test_ip_length(void **state)
{
	(void)state;
	load(V3);
	put16(raw + 2, 40);
	assert_int_equal(vrrp_packet_ip4(&packet, raw, raw_len), VRRP_WIRE_OK);
	assert_int_equal(parse(), VRRP_WIRE_IP_LENGTH);
	assert_string_equal(text,
		"(VI) ip_tot_len mismatch against received length from 10.1.0.1. 40 "
		"and received 32");
}

static void test_item_23_v3_interval_is_a_remark(void **state)
{
	(void)state;
	load(V3);
	conf.advert_int = SEC(1);
	assert_int_equal(parse(), VRRP_WIRE_OK);
	assert_int_equal(advert.notes, VRRP_NOTE_INTERVAL);
	vrrp_note_text(&conf, &packet, VRRP_NOTE_INTERVAL, &advert, text, sizeof(text));
	assert_string_equal(text,
		"(VI) advertisement interval mismatch ours = 100 centi-sec rcv'd=50 centi-sec");
}

static void test_item_17_checksum(void **state)
{
	(void)state;
	load(V3);
	vrrp()[6] ^= 1;
	assert_int_equal(parse(), VRRP_WIRE_CHECKSUM_V3);
	assert_string_equal(text, "(VI) Invalid VRRPv3 checksum from 10.1.0.1");
	load(V2_NONE);
	vrrp()[2]++;
	assert_int_equal(parse(), VRRP_WIRE_CHECKSUM_V2);
	assert_string_equal(text, "(VI) Invalid VRRPv2 checksum from 10.1.0.1");
	load(V3_IP6);
	vrrp()[2]++;
	assert_int_equal(parse(), VRRP_WIRE_CHECKSUM_V3);
}

static void test_multicast_and_unicast(void **state)
{
	(void)state;
	load(V3);
	conf.unicast = true;
	assert_int_equal(parse(), VRRP_WIRE_GOT_MULTICAST);
	assert_string_equal(
		text, "(VI) Expected unicast packet but received multicast packet from 10.1.0.1");
	load(V3_UNI);
	conf.unicast = false;
	assert_int_equal(parse(), VRRP_WIRE_GOT_UNICAST);
	assert_string_equal(
		text, "(VI) Expected multicast packet but received unicast packet from 10.2.0.1");
}

static void test_item_19_owner_may_ignore(void **state)
{
	(void)state;
	load(V3);
	conf.priority = 255;
	assert_int_equal(parse(), VRRP_WIRE_OK);
	conf.owner_ignore_adverts = TRI_ON;
	assert_int_equal(parse(), VRRP_WIRE_OWNER);
	assert_string_equal(
		text, "(VI) Dropping packet(s) from 10.1.0.1 since we are address owner");
}

static void test_item_20_no_address(void **state)
{
	(void)state;
	load(V3);
	vrrp()[3] = 0;
	packet.len = VRRP_HEADER;
	sum_again();
	assert_int_equal(parse(), VRRP_WIRE_NO_ADDRESS);
	set_vips(NULL, 0); /* no_virtual_ipaddress */
	assert_int_equal(parse(), VRRP_WIRE_OK);
}

static void test_item_22_first_address_link_local(void **state)
{
	(void)state;
	load(V3_IP6);
	vrrp()[8] = 0x20;
	sum_again();
	assert_int_equal(parse(), VRRP_WIRE_LINK_LOCAL);
	assert_string_equal(text,
		"(VI) first address in advert from fe80::80ae:c3ff:fe45:687a is not "
		"link-local");
	set_vips(vrrp() + VRRP_HEADER, 2); /* our own users do it too */
	assert_int_equal(parse(), VRRP_WIRE_OK);
	conf.strict = TRI_ON;
	assert_int_equal(parse(), VRRP_WIRE_LINK_LOCAL);
}

static void test_item_25_addresses_are_remarks(void **state)
{
	const uint8_t other[] = {10, 1, 0, 11, 10, 1, 0, 99, 10, 1, 0, 12};

	(void)state;
	load(V2_NONE);
	set_vips(other, 3);
	assert_int_equal(parse(), VRRP_WIRE_OK);
	assert_int_equal(advert.notes, VRRP_NOTE_ADDRESS_COUNT | VRRP_NOTE_ADDRESS);
	vrrp_note_text(&conf, &packet, VRRP_NOTE_ADDRESS_COUNT, &advert, text, sizeof(text));
	assert_string_equal(text, "(VI) expected 3 VIPs but received 2");
	vrrp_note_text(&conf, &packet, VRRP_NOTE_ADDRESS, &advert, text, sizeof(text));
	assert_string_equal(text,
		"(VI) ip address associated with VRID 1 not present in advert from "
		"10.1.0.1: 10.1.0.99");
	conf.skip_check_adv_addr = TRI_ON;
	assert_int_equal(vrrp_wire_parse(&conf, &packet, &ah, true, &advert), VRRP_WIRE_OK);
	assert_int_equal(advert.notes, 0);
}

static void test_addresses_in_another_order_are_the_same(void **state)
{
	const uint8_t swapped[] = {10, 1, 0, 12, 10, 1, 0, 11};

	(void)state;
	load(V2_NONE);
	set_vips(swapped, 2);
	assert_int_equal(parse(), VRRP_WIRE_OK);
	assert_int_equal(advert.notes, 0);
}

static void test_unicast_peers(void **state)
{
	(void)state;
	load(V3_UNI);
	conf.check_unicast_src = true;
	assert_int_equal(parse(), VRRP_WIRE_UNICAST_SRC);
	assert_string_equal(text, "(VI) unicast source address 10.2.0.1 not a unicast peer");
	peer = (struct peer_conf){.addr = packet.src, .min_ttl = 0, .max_ttl = 255};
	conf.peers.first = &peer.node;
	assert_int_equal(parse(), VRRP_WIRE_OK);
	peer.min_ttl = 250;
	peer.max_ttl = 254;
	assert_int_equal(parse(), VRRP_WIRE_PEER_TTL);
	assert_string_equal(text, "(VI) TTL/HL 255 from 10.2.0.1 not in range [250, 254]");
	packet.ttl = 250;
	assert_int_equal(parse(), VRRP_WIRE_OK);
}

static void test_every_reason_has_name_and_policy(void **state)
{
	(void)state;
	load(V3);
	for (int r = 1; r < VRRP_WIRE_REASONS; r++) {
		assert_non_null(vrrp_wire_name((enum vrrp_wire_reason)r));
		vrrp_wire_text(
			&conf, &packet, (enum vrrp_wire_reason)r, &advert, text, sizeof(text));
		assert_int_equal(text[0] == '\0',
			vrrp_wire_policy((enum vrrp_wire_reason)r) == VRRP_WIRE_QUIET);
	}
}

/* No octet of a good packet may be cut off without a complaint. */
static void test_every_shorter_packet_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
		load(&vectors[i]);
		for (size_t n = packet.len; n-- > 0;) {
			packet.len = n;
			assert_int_not_equal(parse(), VRRP_WIRE_OK);
		}
	}
}

static void test_255_addresses(void **state)
{
	static struct vip_conf many[256];
	static uint8_t built[VRRP_WIRE_MAX];
	struct addr src, dst;
	size_t n;

	(void)state;
	load(V3_IP6);
	for (int i = 0; i < 256; i++) {
		many[i] = (struct vip_conf){.addr.family = AF_INET6};
		many[i].addr.bytes[0] = 0xfe;
		many[i].addr.bytes[1] = 0x80;
		many[i].addr.bytes[15] = (uint8_t)i;
		many[i].node.next = i < 255 ? &many[i + 1].node : NULL;
	}
	conf.vips = (struct nodes){.first = &many[0].node, .last = &many[255].node, .n = 256};
	src = packet.src;
	dst = packet.dst;
	n = vrrp_wire_build(&conf, 1, &src, &dst, built, sizeof(built));
	assert_int_equal(n, 8 + 255 * 16);
	packet.body = built;
	packet.len = n;
	assert_int_equal(vrrp_wire_parse(&conf, &packet, &ah, false, &advert), VRRP_WIRE_OK);
	assert_int_equal(advert.count, 255);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_captured_packets_are_accepted),
		cmocka_unit_test(test_captured_packets_are_what_we_build),
		cmocka_unit_test(test_item_6_reserved_bits_are_ignored),
		cmocka_unit_test(test_items_9_17_both_v3_checksums_are_accepted),
		cmocka_unit_test(test_link_padding_is_tolerated),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_item_30_carp_is_dropped_quietly),
		cmocka_unit_test(test_item_18_other_vrid),
		cmocka_unit_test(test_item_28_ah_presence),
		cmocka_unit_test(test_item_16_length),
		cmocka_unit_test(test_item_13_ttl),
		cmocka_unit_test(test_item_14_version),
		cmocka_unit_test(test_item_26_auth_type),
		cmocka_unit_test(test_item_27_password),
		cmocka_unit_test(test_item_29_auth_data_of_type_0_is_ignored),
		cmocka_unit_test(test_item_28_ah_digest),
		cmocka_unit_test(test_item_24_v2_interval),
		cmocka_unit_test(test_item_21_interval_zero),
		cmocka_unit_test(test_item_15_type),
		cmocka_unit_test(test_ip_length),
		cmocka_unit_test(test_item_23_v3_interval_is_a_remark),
		cmocka_unit_test(test_item_17_checksum),
		cmocka_unit_test(test_multicast_and_unicast),
		cmocka_unit_test(test_item_19_owner_may_ignore),
		cmocka_unit_test(test_item_20_no_address),
		cmocka_unit_test(test_item_22_first_address_link_local),
		cmocka_unit_test(test_item_25_addresses_are_remarks),
		cmocka_unit_test(test_addresses_in_another_order_are_the_same),
		cmocka_unit_test(test_unicast_peers),
		cmocka_unit_test(test_every_reason_has_name_and_policy),
		cmocka_unit_test(test_every_shorter_packet_is_refused),
		cmocka_unit_test(test_255_addresses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
