/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames byte by byte, IPv4 headers good and bad, membership counting, the fake wire. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <net/if_arp.h>
#include <string.h>

#include "test/unit/fake_pkt.h"

static const uint8_t mac[6] = {0x02, 0xaa, 0xbb, 0xcc, 0xdd, 0xee};

static struct addr addr_of(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(&a, text), 0);
	return a;
}

static struct rtnl_link ethernet(void)
{
	struct rtnl_link l = {.ifindex = 3, .arptype = ARPHRD_ETHER, .maclen = 6};

	memcpy(l.mac, mac, 6);
	return l;
}

/* Conformance 59: broadcast request, sender address = target address. */
static void arp_frame(void **state)
{
	static const uint8_t want[PKT_ARP_LEN] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0xaa,
		0xbb, 0xcc, 0xdd, 0xee, 0x08, 0x06, 0x00, 0x01, 0x08, 0x00, 6, 4, 0x00, 0x01, 0x02,
		0xaa, 0xbb, 0xcc, 0xdd, 0xee, 192, 168, 3, 100, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		192, 168, 3, 100};
	static const uint8_t all[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	uint8_t frame[PKT_ARP_LEN];

	(void)state;
	memset(frame, 0x5a, sizeof(frame));
	pkt_arp_build(frame, mac, addr_of("192.168.3.100").v4, all);
	assert_memory_equal(frame, want, sizeof(want));
	pkt_arp_build(frame, mac, addr_of("192.168.3.100").v4, mac);
	assert_memory_equal(frame + 32, mac, 6);
}

/* Ones' complement sum over pseudo header and message, as a receiver does it. */
static uint16_t receiver_sum(const uint8_t *ip6)
{
	uint32_t sum = 58 + 32;

	for (int i = 8; i < 72; i += 2)
		sum += (uint32_t)ip6[i] << 8 | ip6[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

/* Conformance 61: S=0, O=1, hop limit 255, R as asked for. */
static void na_frame(void **state)
{
	static const uint8_t start[] = {0x33, 0x33, 0, 0, 0, 1, 0x02, 0xaa, 0xbb, 0xcc, 0xdd, 0xee,
		0x86, 0xdd, 0x6c, 0, 0, 0, 0, 32, 58, 255};
	struct addr vip = addr_of("2001:db8::100"), all = addr_of("ff02::1");
	uint8_t f[PKT_NA_LEN];

	(void)state;
	memset(f, 0x5a, sizeof(f));
	pkt_na_build(f, mac, &vip.v6, true);
	assert_memory_equal(f, start, sizeof(start));
	assert_memory_equal(f + 22, vip.bytes, 16);
	assert_memory_equal(f + 38, all.bytes, 16);
	assert_int_equal(f[54], 136);
	assert_int_equal(f[55], 0);
	assert_int_equal(f[58], 0xa0);
	assert_memory_equal(f + 62, vip.bytes, 16);
	assert_int_equal(f[78], 2);
	assert_int_equal(f[79], 1);
	assert_memory_equal(f + 80, mac, 6);
	assert_int_equal(receiver_sum(f + 14), 0xffff);
	pkt_na_build(f, mac, &vip.v6, false);
	assert_int_equal(f[58], 0x20);
	assert_int_equal(receiver_sum(f + 14), 0xffff);
}

static const uint8_t advert[] = {0x45, 0xc0, 0, 32, 0, 1, 0, 0, 255, 112, 0, 0, 10, 1, 0, 1, 224, 0,
	0, 18, 0x31, 4, 113, 1, 0, 50, 0, 0, 10, 1, 0, 15, 0xee, 0xee};

static void ipv4_good(void **state)
{
	struct addr src = addr_of("10.1.0.1"), dst = addr_of("224.0.0.18");
	uint8_t options[40] = {0};
	struct pkt_in in = {0};

	(void)state;
	assert_int_equal(pkt_parse_ipv4(&in, advert, sizeof(advert)), 0);
	assert_true(addr_eq(&in.src, &src));
	assert_true(addr_eq(&in.dst, &dst));
	assert_true(in.has_ttl);
	assert_int_equal(in.ttl, 255);
	assert_int_equal(in.total_len, 32);
	assert_ptr_equal(in.header, advert);
	assert_ptr_equal(in.payload, advert + 20);
	assert_int_equal(in.len, 12); /* the two bytes after it are padding */
	memcpy(options, advert, 32);
	options[0] = 0x47;
	assert_int_equal(pkt_parse_ipv4(&in, options, sizeof(options)), 0);
	assert_int_equal(in.header_len, 28);
	assert_int_equal(in.len, 4);
}

static void ipv4_bad(void **state)
{
	static const struct {
		int at;
		uint8_t value;
	} bad[] = {
		{0, 0x65}, /* version 6 */
		{0, 0x44}, /* header of 16 bytes */
		{0, 0x4f}, /* header longer than the packet */
		{3, 19},   /* total length within the header */
		{3, 35},   /* more than there is */
		{2, 1},
	};
	struct pkt_in in;
	uint8_t p[sizeof(advert)];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		memcpy(p, advert, sizeof(p));
		p[bad[i].at] = bad[i].value;
		assert_int_equal(pkt_parse_ipv4(&in, p, sizeof(p)), -EBADMSG);
	}
	for (size_t n = 0; n < 32; n++)
		assert_int_equal(pkt_parse_ipv4(&in, advert, n), -EBADMSG);
}

static void count_got(void *ctx, const struct pkt_in *in)
{
	(void)in;
	++*(unsigned *)ctx;
}

static void membership(void **state)
{
	struct fake_pkt *f = fake_pkt_new();
	struct pkt *p = fake_pkt_port(f);
	struct addr g4 = addr_of("224.0.0.18"), g6 = addr_of("ff02::12");
	struct pkt_in in = {.dst = g4, .ifindex = 3};
	unsigned got = 0;

	(void)state;
	pkt_listen(p, count_got, &got);
	fake_pkt_fail(f, 1, -ENODEV);
	assert_int_equal(pkt_join(p, &g4, 3), -ENODEV);
	assert_int_equal(pkt_join(p, &g4, 3), 0);
	assert_int_equal(pkt_join(p, &g4, 3), 0);
	assert_int_equal(pkt_join(p, &g6, 3), 0);
	assert_int_equal(fake_pkt_n_members(f), 2);
	fake_pkt_receive(f, &in);
	in.ifindex = 4;
	fake_pkt_receive(f, &in); /* joined on another interface only */
	in.dst = addr_of("10.0.0.1");
	fake_pkt_receive(f, &in); /* unicast needs no membership */
	assert_int_equal(got, 2);
	assert_int_equal(pkt_stats(p)->received, 2);
	assert_int_equal(pkt_stats(p)->unjoined, 1);
	pkt_leave(p, &g4, 4);
	pkt_leave(p, &g4, 3);
	assert_int_equal(fake_pkt_n_members(f), 2);
	pkt_leave(p, &g4, 3);
	pkt_leave(p, &g4, 3);
	assert_int_equal(fake_pkt_n_members(f), 1);
	pkt_close(p);
}

static void sending(void **state)
{
	struct fake_pkt *f = fake_pkt_new();
	struct pkt *p = fake_pkt_port(f);
	struct rtnl_link l = ethernet();
	struct addr v4 = addr_of("10.0.0.9"), v6 = addr_of("fe80::9");
	struct pkt_out out = {.src = v4, .dst = addr_of("224.0.0.18"), .payload = "abcd", .len = 4};

	(void)state;
	assert_int_equal(pkt_send(p, &out), 0);
	assert_int_equal(pkt_send_garp(p, &l, &v4, NULL), 0);
	assert_int_equal(pkt_send_na(p, &l, &v6, true), 0);
	assert_int_equal(fake_pkt_n_sent(f), 3);
	assert_memory_equal(fake_pkt_sent(f, 0)->out.payload, "abcd", 4);
	assert_int_equal(fake_pkt_sent(f, 1)->kind, FAKE_SENT_GARP);
	assert_true(addr_eq(&fake_pkt_sent(f, 1)->vip, &v4));
	assert_int_equal(fake_pkt_sent(f, 2)->kind, FAKE_SENT_NA);
	assert_true(addr_eq(&fake_pkt_sent(f, 2)->vip, &v6));
	fake_pkt_fail(f, 2, -ENOBUFS);
	assert_int_equal(pkt_send(p, &out), 0);
	assert_int_equal(pkt_send(p, &out), -ENOBUFS);
	assert_int_equal(pkt_send(p, &out), 0);
	assert_int_equal(fake_pkt_count(f, FAKE_SENT_VRRP), 3);
	pkt_close(p);
}

static void refusals(void **state)
{
	struct pkt *p = fake_pkt_port(fake_pkt_new());
	struct rtnl_link l = ethernet();
	struct addr v4 = addr_of("10.0.0.9"), v6 = addr_of("fe80::9");
	struct pkt_out out = {.src = v4, .dst = v6, .payload = "", .len = 0};

	(void)state;
	assert_int_equal(pkt_send(p, &out), -EINVAL);
	out.src = v6;
	out.ah = true;
	assert_int_equal(pkt_send(p, &out), -EINVAL);
	out.src = out.dst = v4;
	out.len = PKT_PAYLOAD_MAX + 1;
	assert_int_equal(pkt_send(p, &out), -EMSGSIZE);
	assert_int_equal(pkt_send_garp(p, &l, &v6, NULL), -EINVAL);
	assert_int_equal(pkt_send_na(p, &l, &v4, true), -EINVAL);
	l.arptype = ARPHRD_INFINIBAND;
	l.maclen = 20;
	assert_int_equal(pkt_send_garp(p, &l, &v4, NULL), -EOPNOTSUPP);
	assert_int_equal(pkt_send_na(p, &l, &v6, true), -EOPNOTSUPP);
	pkt_close(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arp_frame),
		cmocka_unit_test(na_frame),
		cmocka_unit_test(ipv4_good),
		cmocka_unit_test(ipv4_bad),
		cmocka_unit_test(membership),
		cmocka_unit_test(sending),
		cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
