/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VRRP packets; see wire.h. Reading is a table of checks, each looking at one thing, run in the
 * order in which operators of keepalived know the complaints. Lengths are checked before anything
 * behind the first eight octets is looked at.
 */
#include "keepalived/vrrp/wire.h"

#include <netinet/in.h>
#include <string.h>

#include "keepalived/vrrp/octets.h"
#include "keepalived/vrrp/say.h"

#define PROTO_VRRP   112  /* RFC 9568 7.2 */
#define TYPE_ADVERT  1    /* RFC 9568 5.2.2 */
#define TTL_ADVERT   255  /* RFC 9568 5.1.1.3 */
#define TOS_ADVERT   0xc0 /* internetwork control, as keepalived sends */
#define CENTI_MAX    4095 /* 12 bits, RFC 9568 5.2.7 */
#define COUNT_MAX    255
#define CARP_LEN     36 /* FreeBSD's struct carp_header: 0x21, authlen 7 */
#define CARP_AUTHLEN 7
#define OLD_GROUP    0xe0000012 /* 224.0.0.18 */

/* What the checks look at, and what they write. */
struct view {
	const struct vrrp_conf *conf;
	const struct vrrp_packet *packet;
	const struct vrrp_ah *ah;
	const uint8_t *vrrp; /* the VRRP part */
	size_t len;
	struct vrrp_advert *advert;
};

/* ---- Checksums ----------------------------------------------------------------------------- */

static uint32_t sum16(const uint8_t *p, size_t n, uint32_t sum)
{
	for (; n > 1; p += 2, n -= 2)
		sum += get16(p);
	return n ? sum + (uint32_t)(p[0] << 8) : sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

/* IPv4 as RFC 5798 5.2.8 was read; IPv6 as in RFC 8200 8.1. The same sum for both. */
static uint32_t pseudo(const struct addr *src, const struct addr *dst, size_t len)
{
	uint32_t sum = PROTO_VRRP + (uint32_t)len;

	sum = sum16(src->bytes, addr_len(src), sum);
	return sum16(dst->bytes, addr_len(dst), sum);
}

/* A part that contains its right checksum sums up to all ones. */
static bool sums_up(const struct view *v, uint32_t start)
{
	return fold(sum16(v->vrrp, v->len, start)) == 0xffff;
}

/* ---- Reading ------------------------------------------------------------------------------- */

enum vrrp_wire_reason vrrp_packet_ip4(struct vrrp_packet *p, const uint8_t *datagram, size_t n)
{
	size_t header, total;

	*p = (struct vrrp_packet){.ttl = -1};
	if (n < VRRP_IP4_HEADER || datagram[0] >> 4 != 4)
		return VRRP_WIRE_TRUNCATED;
	header = (size_t)(datagram[0] & 15) * 4;
	total = get16(datagram + 2);
	if (header < VRRP_IP4_HEADER || header > MIN(n, total))
		return VRRP_WIRE_TRUNCATED;
	addr_from_bytes(&p->src, AF_INET, datagram + 12);
	addr_from_bytes(&p->dst, AF_INET, datagram + 16);
	p->ttl = datagram[8];
	p->protocol = datagram[9];
	p->ip = datagram;
	p->body = datagram + header;
	p->len = MIN(n, total) - header; /* short frames are padded */
	p->total = total;
	p->received = n;
	return VRRP_WIRE_OK;
}

/* Octets in front of the VRRP part. */
static size_t ah_len(const struct vrrp_packet *p)
{
	return p->protocol == IPPROTO_AH ? VRRP_AH_LEN : 0;
}

static bool is_carp(const struct vrrp_packet *p)
{
	return p->len == CARP_LEN && p->body[0] == (2 << 4 | TYPE_ADVERT) &&
	       p->body[3] == CARP_AUTHLEN && p->src.family == AF_INET && !ah_len(p);
}

enum vrrp_wire_reason vrrp_wire_peek(const struct vrrp_packet *p, uint8_t *vrid)
{
	size_t skip = ah_len(p);

	*vrid = 0;
	if (p->len < skip + VRRP_HEADER)
		return VRRP_WIRE_TRUNCATED;
	if (skip && (!p->ip || p->body[0] != PROTO_VRRP))
		return VRRP_WIRE_AH_MALFORMED;
	if (is_carp(p))
		return VRRP_WIRE_CARP;
	*vrid = p->body[skip + 1];
	return VRRP_WIRE_OK;
}

static enum vrrp_wire_reason differ(
	struct view *v, enum vrrp_wire_reason r, int64_t got, int64_t want)
{
	v->advert->got = got;
	v->advert->want = want;
	return r;
}

static enum vrrp_wire_reason check_ah_presence(struct view *v)
{
	bool has = ah_len(v->packet), expected = v->conf->auth_type == VRRP_AUTH_AH;

	if (has != expected)
		return has ? VRRP_WIRE_AH_UNEXPECTED : VRRP_WIRE_AH_MISSING;
	return VRRP_WIRE_OK;
}

/* Item 16. The packet's own version says how long it should be, so that a router of the other
 * version is reported as that. */
static enum vrrp_wire_reason check_length(struct view *v)
{
	size_t before = v->packet->len - v->len +
			(size_t)(v->packet->ip ? v->packet->body - v->packet->ip : 0);
	uint8_t version = v->vrrp[0] >> 4;
	size_t want = VRRP_HEADER + v->vrrp[3] * addr_len(&v->packet->src);

	if (version != 3 && v->packet->src.family == AF_INET)
		want += VRRP_AUTH_LEN;
	differ(v, VRRP_WIRE_OK, (int64_t)(before + v->len), (int64_t)(before + want));
	if (v->len < want)
		return VRRP_WIRE_TOO_SHORT;
	return v->len > want ? VRRP_WIRE_TOO_LONG : VRRP_WIRE_OK;
}

/* Item 13; unicast may cross routers. */
static enum vrrp_wire_reason check_ttl(struct view *v)
{
	if (v->conf->unicast || v->packet->ttl < 0 || v->packet->ttl == TTL_ADVERT)
		return VRRP_WIRE_OK;
	return differ(v, VRRP_WIRE_TTL, v->packet->ttl, TTL_ADVERT);
}

/* Item 14. */
static enum vrrp_wire_reason check_version(struct view *v)
{
	if (v->advert->version == v->conf->version)
		return VRRP_WIRE_OK;
	return differ(v, VRRP_WIRE_VERSION, v->advert->version, v->conf->version);
}

static enum vrrp_wire_reason check_ah(struct view *v)
{
	static const enum vrrp_wire_reason reasons[] = {
		[VRRP_AH_OK] = VRRP_WIRE_OK,
		[VRRP_AH_MALFORMED] = VRRP_WIRE_AH_MALFORMED,
		[VRRP_AH_SPI] = VRRP_WIRE_AH_SPI,
		[VRRP_AH_ICV] = VRRP_WIRE_AH_ICV,
		[VRRP_AH_REPLAY] = VRRP_WIRE_AH_REPLAY,
	};
	const struct vrrp_packet *p = v->packet;
	enum vrrp_ah_result r;

	if (!p->ip)
		return VRRP_WIRE_AH_MALFORMED;
	r = vrrp_ah_verify(v->conf->auth_pass, v->ah, p->ip, p->body, p->len, v->conf->unicast,
		&v->advert->sequence);
	if (r == VRRP_AH_SPI)
		differ(v, VRRP_WIRE_OK, get32(p->body + 4), get32(p->src.bytes));
	else
		differ(v, VRRP_WIRE_OK, v->advert->sequence, v->ah->sequence);
	return reasons[r];
}

/* Items 26 to 29. Over IPv6 version 2 has no room for a password. */
static enum vrrp_wire_reason check_auth(struct view *v)
{
	const struct vrrp_conf *c = v->conf;
	uint8_t type = v->vrrp[4];

	if (c->version != 2)
		return VRRP_WIRE_OK;
	v->advert->auth_type = type;
	if (type > VRRP_AUTH_AH)
		return differ(v, VRRP_WIRE_AUTH_UNKNOWN, type, c->auth_type);
	if (type != c->auth_type)
		return differ(v, VRRP_WIRE_AUTH_MISMATCH, type, c->auth_type);
	if (type == VRRP_AUTH_AH)
		return check_ah(v);
	if (type == VRRP_AUTH_PASS && v->packet->src.family == AF_INET &&
		!vrrp_pass_eq(v->vrrp + v->len - VRRP_AUTH_LEN, c->auth_pass))
		return VRRP_WIRE_AUTH_PASS;
	return VRRP_WIRE_OK;
}

/* Item 24. */
static enum vrrp_wire_reason check_interval_v2(struct view *v)
{
	if (v->conf->version != 2)
		return VRRP_WIRE_OK;
	v->advert->interval = SEC(v->vrrp[5]);
	if (v->advert->interval == 0)
		return VRRP_WIRE_INTERVAL_ZERO;
	if (v->advert->interval != v->conf->advert_int)
		return differ(v, VRRP_WIRE_INTERVAL, v->vrrp[5], v->conf->advert_int / SEC(1));
	return VRRP_WIRE_OK;
}

/* Item 15. */
static enum vrrp_wire_reason check_type(struct view *v)
{
	uint8_t type = v->vrrp[0] & 15;

	return type == TYPE_ADVERT ? VRRP_WIRE_OK : differ(v, VRRP_WIRE_TYPE, type, TYPE_ADVERT);
}

static enum vrrp_wire_reason check_ip_length(struct view *v)
{
	const struct vrrp_packet *p = v->packet;

	if (p->total <= p->received)
		return VRRP_WIRE_OK;
	return differ(v, VRRP_WIRE_IP_LENGTH, (int64_t)p->total, (int64_t)p->received);
}

/* Items 21 and 23. The four bits above the interval are ignored (item 6). */
static enum vrrp_wire_reason check_interval_v3(struct view *v)
{
	if (v->conf->version != 3)
		return VRRP_WIRE_OK;
	v->advert->interval = CENTI(get16(v->vrrp + 4) & CENTI_MAX);
	if (v->advert->interval == 0)
		return VRRP_WIRE_INTERVAL_ZERO;
	if (v->advert->interval != v->conf->advert_int)
		v->advert->notes |= VRRP_NOTE_INTERVAL;
	return VRRP_WIRE_OK;
}

static enum vrrp_checksum checksum_v3_ip4(const struct view *v)
{
	const struct vrrp_packet *p = v->packet;
	uint8_t old[4];
	struct addr group;

	if (sums_up(v, pseudo(&p->src, &p->dst, v->len)))
		return VRRP_SUM_PSEUDO;
	if (sums_up(v, 0))
		return VRRP_SUM_PLAIN;
	put32(old, OLD_GROUP);
	addr_from_bytes(&group, AF_INET, old);
	if (v->conf->unicast && sums_up(v, pseudo(&p->src, &group, v->len)))
		return VRRP_SUM_OLD_UNICAST;
	return VRRP_SUM_NONE;
}

/* Items 9 to 11 and 17. */
static enum vrrp_wire_reason check_checksum(struct view *v)
{
	const struct vrrp_packet *p = v->packet;
	enum vrrp_checksum sum = VRRP_SUM_NONE;

	if (p->src.family == AF_INET6)
		sum = sums_up(v, pseudo(&p->src, &p->dst, v->len)) ? VRRP_SUM_PSEUDO : sum;
	else if (v->conf->version == 2)
		sum = sums_up(v, 0) ? VRRP_SUM_V2 : sum;
	else
		sum = checksum_v3_ip4(v);
	v->advert->checksum = sum;
	if (sum != VRRP_SUM_NONE)
		return VRRP_WIRE_OK;
	return v->conf->version == 2 ? VRRP_WIRE_CHECKSUM_V2 : VRRP_WIRE_CHECKSUM_V3;
}

static enum vrrp_wire_reason check_cast(struct view *v)
{
	bool multicast = addr_is_multicast(&v->packet->dst);

	if (multicast == !v->conf->unicast)
		return VRRP_WIRE_OK;
	return multicast ? VRRP_WIRE_GOT_MULTICAST : VRRP_WIRE_GOT_UNICAST;
}

/* Item 19: only when the operator wants it. */
static enum vrrp_wire_reason check_owner(struct view *v)
{
	return v->conf->owner_ignore_adverts == TRI_ON ? VRRP_WIRE_OWNER : VRRP_WIRE_OK;
}

/* Item 20; a router without virtual addresses of its own has peers without them. */
static enum vrrp_wire_reason check_count(struct view *v)
{
	return v->advert->count == 0 && v->conf->vips.n > 0 ? VRRP_WIRE_NO_ADDRESS : VRRP_WIRE_OK;
}

static bool is_ours(const struct vrrp_conf *c, const struct addr *a)
{
	const struct vip_conf *vip;

	nodes_for_each(vip, &c->vips)
		if (addr_eq(&vip->addr, a))
			return true;
	return false;
}

/*
 * Item 22, as far as keepalived's own users allow: they may list a global address first (then ours
 * is no link-local one either), or the same addresses in another order.
 */
static enum vrrp_wire_reason check_link_local(struct view *v)
{
	const struct vip_conf *own = (const struct vip_conf *)v->conf->vips.first;
	struct addr first;

	if (v->packet->src.family != AF_INET6 || v->conf->unicast || v->advert->count == 0)
		return VRRP_WIRE_OK;
	addr_from_bytes(&first, AF_INET6, v->advert->addrs);
	if (addr_is_link_local(&first))
		return VRRP_WIRE_OK;
	if (v->conf->strict != TRI_ON &&
		(!own || !addr_is_link_local(&own->addr) || is_ours(v->conf, &first)))
		return VRRP_WIRE_OK;
	return VRRP_WIRE_LINK_LOCAL;
}

static const struct peer_conf *find_peer(const struct vrrp_conf *c, const struct addr *a)
{
	const struct peer_conf *peer;

	nodes_for_each(peer, &c->peers)
		if (addr_eq(&peer->addr, a))
			return peer;
	return NULL;
}

static enum vrrp_wire_reason check_source(struct view *v)
{
	const struct vrrp_packet *p = v->packet;
	const struct peer_conf *peer;

	if (!v->conf->unicast)
		return VRRP_WIRE_OK;
	peer = find_peer(v->conf, &p->src);
	if (!peer)
		return v->conf->check_unicast_src ? VRRP_WIRE_UNICAST_SRC : VRRP_WIRE_OK;
	if (p->ttl < 0 || (p->ttl >= peer->min_ttl && p->ttl <= peer->max_ttl))
		return VRRP_WIRE_OK;
	v->advert->limit = peer->max_ttl;
	return differ(v, VRRP_WIRE_PEER_TTL, p->ttl, peer->min_ttl);
}

static enum vrrp_wire_reason (*const checks[])(struct view *) = {
	check_ah_presence,
	check_length,
	check_ttl,
	check_version,
	check_auth,
	check_interval_v2,
	check_type,
	check_ip_length,
	check_interval_v3,
	check_checksum,
	check_cast,
	check_owner,
	check_count,
	check_link_local,
	check_source,
};

/* Peers list their addresses in the same order nearly always; else every place is looked at. */
static bool advert_has(const struct vrrp_advert *a, const struct addr *want, uint32_t guess)
{
	size_t len = addr_len(want);

	if (guess < a->count && memcmp(a->addrs + guess * len, want->bytes, len) == 0)
		return true;
	for (uint32_t i = 0; i < a->count; i++)
		if (memcmp(a->addrs + i * len, want->bytes, len) == 0)
			return true;
	return false;
}

/* Item 25: remarked on, never refused. */
static void compare_addresses(const struct view *v)
{
	struct vrrp_advert *a = v->advert;
	const struct vip_conf *vip;
	uint32_t i = 0;

	if (a->count != v->conf->vips.n)
		a->notes |= VRRP_NOTE_ADDRESS_COUNT;
	nodes_for_each(vip, &v->conf->vips) {
		if (!advert_has(a, &vip->addr, i++)) {
			a->missing = vip->addr;
			a->notes |= VRRP_NOTE_ADDRESS;
			return;
		}
	}
}

enum vrrp_wire_reason vrrp_wire_parse(const struct vrrp_conf *c, const struct vrrp_packet *p,
	const struct vrrp_ah *ah, bool known, struct vrrp_advert *a)
{
	struct view v = {c, p, ah, p->body + ah_len(p), p->len - ah_len(p), a};
	enum vrrp_wire_reason r;
	uint8_t vrid;

	*a = (struct vrrp_advert){.got = (int64_t)p->len, .want = (int64_t)ah_len(p) + VRRP_HEADER};
	r = vrrp_wire_peek(p, &vrid);
	if (r != VRRP_WIRE_OK)
		return r;
	if (vrid != c->vrid || p->src.family != c->family)
		return VRRP_WIRE_VRID_UNKNOWN;
	a->version = v.vrrp[0] >> 4;
	a->vrid = vrid;
	a->priority = v.vrrp[2];
	a->count = v.vrrp[3];
	a->addrs = v.vrrp + VRRP_HEADER;
	for (size_t i = 0; i < ARRAY_SIZE(checks); i++) {
		r = checks[i](&v);
		if (r != VRRP_WIRE_OK)
			return r;
	}
	if (c->skip_check_adv_addr != TRI_ON || !known)
		compare_addresses(&v);
	return VRRP_WIRE_OK;
}

/* ---- Texts --------------------------------------------------------------------------------- */

static const struct {
	const char *name, *text;
	enum vrrp_wire_policy policy;
} reasons[VRRP_WIRE_REASONS] = {
	[VRRP_WIRE_OK] = {"ok", "", VRRP_WIRE_QUIET},
	[VRRP_WIRE_TRUNCATED] = {"truncated", "vrrp packet from @ too short, length # and expect #",
		VRRP_WIRE_ONCE},
	[VRRP_WIRE_CARP] = {"carp", "", VRRP_WIRE_QUIET},
	[VRRP_WIRE_VRID_UNKNOWN] = {"vrid_unknown", "", VRRP_WIRE_QUIET},
	[VRRP_WIRE_AH_UNEXPECTED] = {"ah_unexpected",
		"Received AH header but auth type not AH from @", VRRP_WIRE_ONCE},
	[VRRP_WIRE_AH_MISSING] = {"ah_missing", "No AH header but auth type is AH from @",
		VRRP_WIRE_ONCE},
	[VRRP_WIRE_AH_MALFORMED] = {"ah_malformed", "malformed AH header from @", VRRP_WIRE_ONCE},
	[VRRP_WIRE_TOO_SHORT] = {"too_short", "vrrp packet from @ too short, length # and expect #",
		VRRP_WIRE_ONCE},
	[VRRP_WIRE_TOO_LONG] = {"too_long", "vrrp packet from @ too long, length # and expect #",
		VRRP_WIRE_ONCE},
	[VRRP_WIRE_TTL] = {"ttl", "invalid TTL/HL from @. Received # and expect #", VRRP_WIRE_ONCE},
	[VRRP_WIRE_VERSION] = {"version", "wrong VRRP version from @. Received # and expect #",
		VRRP_WIRE_ONCE},
	[VRRP_WIRE_AUTH_UNKNOWN] = {"auth_unknown", "Invalid auth type from @: #", VRRP_WIRE_ONCE},
	[VRRP_WIRE_AUTH_MISMATCH] = {"auth_mismatch", "received a # auth from @, expecting #!",
		VRRP_WIRE_ONCE},
	[VRRP_WIRE_AUTH_PASS] = {"auth_pass", "received an invalid passwd from @!", VRRP_WIRE_ONCE},
	[VRRP_WIRE_AH_SPI] = {"ah_spi", "IPSEC AH : invalid IPSEC SPI value. # and expect #",
		VRRP_WIRE_ALWAYS},
	[VRRP_WIRE_AH_ICV] = {"ah_icv",
		"IPSEC-AH : invalid IPSEC HMAC-MD5 value. Due to fields "
		"mutation or bad password !",
		VRRP_WIRE_ALWAYS},
	[VRRP_WIRE_AH_REPLAY] = {"ah_replay",
		"IPSEC-AH : sequence number # already processed. "
		"Packet dropped. Local(#)",
		VRRP_WIRE_ALWAYS},
	[VRRP_WIRE_INTERVAL_ZERO] = {"interval_zero", "advertisement interval 0 from @",
		VRRP_WIRE_ONCE},
	[VRRP_WIRE_INTERVAL] = {"interval",
		"advertisement interval mismatch with @ mine=# sec rcv'd=# sec", VRRP_WIRE_ONCE},
	[VRRP_WIRE_TYPE] = {"type", "Invalid packet type from @. # and expect #", VRRP_WIRE_ONCE},
	[VRRP_WIRE_IP_LENGTH] = {"ip_length",
		"ip_tot_len mismatch against received length from @. # and received #",
		VRRP_WIRE_ONCE},
	[VRRP_WIRE_NO_ADDRESS] = {"no_address", "advert from @ without any address",
		VRRP_WIRE_ONCE},
	[VRRP_WIRE_CHECKSUM_V2] = {"checksum_v2", "Invalid VRRPv2 checksum from @", VRRP_WIRE_ONCE},
	[VRRP_WIRE_CHECKSUM_V3] = {"checksum_v3", "Invalid VRRPv3 checksum from @", VRRP_WIRE_ONCE},
	[VRRP_WIRE_GOT_UNICAST] = {"got_unicast",
		"Expected multicast packet but received unicast packet from @", VRRP_WIRE_ONCE},
	[VRRP_WIRE_GOT_MULTICAST] = {"got_multicast",
		"Expected unicast packet but received multicast packet from @", VRRP_WIRE_ONCE},
	[VRRP_WIRE_OWNER] = {"owner", "Dropping packet(s) from @ since we are address owner",
		VRRP_WIRE_ONCE},
	[VRRP_WIRE_LINK_LOCAL] = {"link_local", "first address in advert from @ is not link-local",
		VRRP_WIRE_ONCE},
	[VRRP_WIRE_UNICAST_SRC] = {"unicast_src", "unicast source address @ not a unicast peer",
		VRRP_WIRE_ONCE},
	[VRRP_WIRE_PEER_TTL] = {"peer_ttl", "TTL/HL # from @ not in range [#, #]", VRRP_WIRE_ONCE},
};

enum vrrp_wire_policy vrrp_wire_policy(enum vrrp_wire_reason r)
{
	return reasons[r].policy;
}

const char *vrrp_wire_name(enum vrrp_wire_reason r)
{
	return reasons[r].name;
}

void vrrp_wire_text(const struct vrrp_conf *c, const struct vrrp_packet *p, enum vrrp_wire_reason r,
	const struct vrrp_advert *a, char *buf, size_t size)
{
	struct say values = {{&p->src}, {a->got, a->want, a->limit}};

	if (r == VRRP_WIRE_INTERVAL) /* ours comes first here */
		values = (struct say){{&p->src}, {a->want, a->got}};
	if (size)
		buf[0] = '\0';
	if (reasons[r].policy != VRRP_WIRE_QUIET)
		vrrp_say(buf, size, r == VRRP_WIRE_AH_SPI ? NULL : c->node.name, reasons[r].text,
			&values);
}

void vrrp_note_text(const struct vrrp_conf *c, const struct vrrp_packet *p,
	enum vrrp_wire_note note, const struct vrrp_advert *a, char *buf, size_t size)
{
	const char *text = "advertisement interval mismatch ours = # centi-sec rcv'd=# centi-sec";
	struct say values = {{0}, {c->advert_int / CENTI(1), a->interval / CENTI(1)}};

	if (note == VRRP_NOTE_ADDRESS_COUNT) {
		text = "expected # VIPs but received #";
		values = (struct say){{0}, {c->vips.n, a->count}};
	} else if (note == VRRP_NOTE_ADDRESS) {
		text = "ip address associated with VRID # not present in advert from @: @";
		values = (struct say){{&p->src, &a->missing}, {c->vrid}};
	}
	vrrp_say(buf, size, c->node.name, text, &values);
}

/* ---- Writing ------------------------------------------------------------------------------- */

static void put_interval(const struct vrrp_conf *c, uint8_t *vrrp)
{
	if (c->version == 2) {
		vrrp[4] = (uint8_t)c->auth_type;
		vrrp[5] = (uint8_t)CLAMP(c->advert_int / SEC(1), 1, 255);
	} else {
		put16(vrrp + 4, (uint16_t)CLAMP(c->advert_int / CENTI(1), 1, CENTI_MAX));
	}
}

size_t vrrp_wire_build(const struct vrrp_conf *c, uint8_t priority, const struct addr *src,
	const struct addr *dst, uint8_t *buf, size_t cap)
{
	bool auth = c->version == 2 && src->family == AF_INET;
	bool plain = auth || (src->family == AF_INET && c->v3_checksum_as_v2 == TRI_ON);
	size_t len = addr_len(src), count = MIN(c->vips.n, COUNT_MAX);
	size_t n = VRRP_HEADER + count * len + (auth ? VRRP_AUTH_LEN : 0);
	const struct vip_conf *vip;
	uint8_t *p = buf + VRRP_HEADER;

	if (n > cap)
		return 0;
	memset(buf, 0, n);
	buf[0] = (uint8_t)(c->version << 4 | TYPE_ADVERT);
	buf[1] = c->vrid;
	buf[2] = priority;
	buf[3] = (uint8_t)count;
	put_interval(c, buf);
	nodes_for_each(vip, &c->vips) {
		if (p == buf + VRRP_HEADER + count * len)
			break;
		memcpy(p, vip->addr.bytes, len);
		p += len;
	}
	if (auth && c->auth_type == VRRP_AUTH_PASS)
		memcpy(p, c->auth_pass, VRRP_AUTH_LEN);
	put16(buf + 6, (uint16_t)~fold(sum16(buf, n, plain ? 0 : pseudo(src, dst, n))));
	return n;
}

void vrrp_wire_ip4(uint8_t header[static VRRP_IP4_HEADER], const struct addr *src,
	const struct addr *dst, uint8_t ttl, uint16_t id, uint8_t protocol, size_t payload)
{
	memset(header, 0, VRRP_IP4_HEADER);
	header[0] = 0x45;
	header[1] = TOS_ADVERT;
	put16(header + 2, (uint16_t)(VRRP_IP4_HEADER + payload));
	put16(header + 4, id);
	header[8] = ttl;
	header[9] = protocol;
	memcpy(header + 12, src->bytes, 4);
	memcpy(header + 16, dst->bytes, 4);
	put16(header + 10, (uint16_t)~fold(sum16(header, VRRP_IP4_HEADER, 0)));
}
