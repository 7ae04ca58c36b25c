/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes of ARP, neighbour advertisements and IPv4 headers; no sockets. */
#include "keepalived/kern/pkt.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/ethernet.h>
#include <net/if_arp.h>
#include <netinet/icmp6.h>
#include <netinet/if_ether.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <string.h>

_Static_assert(sizeof(struct ether_header) + sizeof(struct ether_arp) <= PKT_ARP_LEN, "ARP");

static uint8_t *put_ether(uint8_t *frame, const uint8_t dst[6], const uint8_t src[6], uint16_t type)
{
	struct ether_header h = {.ether_type = htons(type)};

	memcpy(h.ether_dhost, dst, 6);
	memcpy(h.ether_shost, src, 6);
	memcpy(frame, &h, sizeof(h));
	return frame + sizeof(h);
}

void pkt_arp_build(uint8_t frame[PKT_ARP_LEN], const uint8_t mac[6], struct in_addr vip,
	const uint8_t target[6])
{
	static const uint8_t everybody[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	struct ether_arp arp = {
		.ea_hdr =
			{
				.ar_hrd = htons(ARPHRD_ETHER),
				.ar_pro = htons(ETHERTYPE_IP),
				.ar_hln = 6,
				.ar_pln = 4,
				.ar_op = htons(ARPOP_REQUEST),
			},
	};

	memcpy(arp.arp_sha, mac, 6);
	memcpy(arp.arp_spa, &vip, 4);
	memcpy(arp.arp_tha, target, 6);
	memcpy(arp.arp_tpa, &vip, 4);
	memset(frame, 0, PKT_ARP_LEN);
	memcpy(put_ether(frame, everybody, mac, ETHERTYPE_ARP), &arp, sizeof(arp));
}

static uint32_t sum16(const void *bytes, size_t n, uint32_t sum)
{
	const uint8_t *p = bytes;

	for (size_t i = 0; i + 1 < n; i += 2)
		sum += (uint32_t)p[i] << 8 | p[i + 1];
	return sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

struct na {
	struct nd_neighbor_advert na;
	struct nd_opt_hdr opt;
	uint8_t mac[6];
};

_Static_assert(
	sizeof(struct ether_header) + sizeof(struct ip6_hdr) + sizeof(struct na) == PKT_NA_LEN,
	"neighbour advertisement");

void pkt_na_build(
	uint8_t frame[PKT_NA_LEN], const uint8_t mac[6], const struct in6_addr *vip, bool router)
{
	static const uint8_t all_nodes_mac[6] = {0x33, 0x33, 0, 0, 0, 1}; /* RFC 2464 section 7 */
	static const struct in6_addr all_nodes = {.s6_addr = {0xff, 2, [15] = 1}};
	struct ip6_hdr ip = {.ip6_src = *vip, .ip6_dst = all_nodes};
	struct na na = {
		.na = {.nd_na_target = *vip},
		.opt = {ND_OPT_TARGET_LINKADDR, 1},
	};
	uint8_t *p = put_ether(frame, all_nodes_mac, mac, ETHERTYPE_IPV6);

	ip.ip6_flow = htonl(6u << 28 | (uint32_t)PKT_TOS << 20);
	ip.ip6_plen = htons(sizeof(na));
	ip.ip6_nxt = IPPROTO_ICMPV6;
	ip.ip6_hlim = 255;
	na.na.nd_na_type = ND_NEIGHBOR_ADVERT;
	na.na.nd_na_flags_reserved = ND_NA_FLAG_OVERRIDE | (router ? ND_NA_FLAG_ROUTER : 0);
	memcpy(na.mac, mac, 6);
	na.na.nd_na_cksum = fold(sum16(
		&na, sizeof(na), sum16(&ip.ip6_src, 32, IPPROTO_ICMPV6 + (uint32_t)sizeof(na))));
	memcpy(p, &ip, sizeof(ip));
	memcpy(p + sizeof(ip), &na, sizeof(na));
}

int pkt_parse_ipv4(struct pkt_in *in, const uint8_t *packet, size_t n)
{
	struct iphdr h;
	size_t header_len, total;

	if (n < sizeof(h))
		return -EBADMSG;
	memcpy(&h, packet, sizeof(h));
	header_len = (size_t)h.ihl * 4;
	total = ntohs(h.tot_len);
	if (h.version != 4 || header_len < sizeof(h) || total < header_len || total > n)
		return -EBADMSG;
	addr_from_bytes(&in->src, AF_INET, &h.saddr);
	addr_from_bytes(&in->dst, AF_INET, &h.daddr);
	in->has_ttl = true;
	in->ttl = h.ttl;
	in->total_len = (uint16_t)total;
	in->header = packet;
	in->header_len = header_len;
	in->payload = packet + header_len;
	in->len = total - header_len;
	return 0;
}
