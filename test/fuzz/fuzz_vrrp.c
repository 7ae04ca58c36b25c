/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VRRP packets: any octets, against a configuration chosen by the first three. What is accepted
 * must lie inside the packet and makes a step of the machine; every text fits its buffer. With a
 * bit set the checksum is put right first, so that the checks behind it are reached.
 */
#include <stdlib.h>
#include <string.h>

#include "keepalived/vrrp/fsm.h"
#include "keepalived/vrrp/octets.h"
#include "keepalived/vrrp/wire.h"

#define CHOICES 3

enum choice {
	IP6 = 1,
	V2 = 2,
	AUTH_PASS = 4,
	AUTH_AH = 8,
	UNICAST = 16,
	FIX_SUM = 32,
	STRICT = 64
};

static struct vip_conf vip;
static struct peer_conf peer = {.min_ttl = 10, .max_ttl = 200};

static struct vrrp_conf configure(uint8_t choice, uint8_t vrid, uint8_t more)
{
	struct vrrp_conf c = {
		.node.name = "VI",
		.family = choice & IP6 ? AF_INET6 : AF_INET,
		.version = choice & V2 ? 2 : 3,
		.vrid = vrid,
		.priority = 100,
		.advert_int = SEC(1),
		.down_timer_adverts = 3,
		.unicast = choice & UNICAST,
		.strict = choice & STRICT ? TRI_ON : TRI_OFF,
		.check_unicast_src = more & 1,
		.owner_ignore_adverts = more & 2 ? TRI_ON : TRI_OFF,
		.nopreempt = more & 4,
		.peers = {.first = &peer.node, .last = &peer.node, .n = 1},
	};

	if (choice & V2)
		c.auth_type = choice & AUTH_AH     ? VRRP_AUTH_AH
			      : choice & AUTH_PASS ? VRRP_AUTH_PASS
						   : VRRP_AUTH_NONE;
	memcpy(c.auth_pass, choice & AUTH_AH ? "hello" : "abc\0", 5); /* those of the seeds */
	addr_parse(&vip.addr, choice & IP6 ? "fe80::1" : "10.0.0.1");
	if (more & 8)
		c.vips = (struct nodes){.first = &vip.node, .last = &vip.node, .n = 1};
	return c;
}

static bool find_packet(struct vrrp_packet *p, uint8_t choice, const uint8_t *bytes, size_t n)
{
	if (!(choice & IP6)) {
		if (vrrp_packet_ip4(p, bytes, n) != VRRP_WIRE_OK)
			return false;
		peer.addr = p->src;
		return true;
	}
	*p = (struct vrrp_packet){.ttl = 255, .protocol = 112, .body = bytes, .len = n};
	addr_parse(&p->src, "fe80::9");
	addr_parse(&p->dst, choice & UNICAST ? "fe80::8" : "ff02::12");
	peer.addr = p->src;
	return true;
}

/* Right for version 2, and for version 3 without pseudo-header. */
static void fix_sum(const struct vrrp_packet *p, uint8_t *copy, const uint8_t *bytes)
{
	uint8_t *v = copy + (p->body - bytes);
	uint32_t sum = 0;

	if (p->len < VRRP_HEADER || p->protocol == IPPROTO_AH)
		return;
	put16(v + 6, 0);
	for (size_t i = 0; i < p->len; i++)
		sum += (uint32_t)v[i] << (i % 2 ? 0 : 8);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	put16(v + 6, (uint16_t)~sum);
}

static void use(const struct vrrp_conf *c, const struct vrrp_packet *p, const struct vrrp_advert *a)
{
	struct vrrp_fsm fsm = {
		.state = VRRP_ACTIVE, .priority = 100, .interval = SEC(1), .deadline = SEC(10)};
	struct vrrp_event e = {.kind = VRRP_EV_ADVERT, .now = SEC(9)};
	struct vrrp_actions acts;
	size_t len = p->src.family == AF_INET6 ? 16 : 4;

	if (a->addrs < p->body || a->addrs + a->count * len > p->body + p->len)
		abort();
	if (a->interval <= 0 || a->vrid != c->vrid || a->checksum == VRRP_SUM_NONE)
		abort();
	e.advert.priority = a->priority;
	e.advert.interval = a->interval;
	e.advert.src = p->src;
	fsm = vrrp_step(c, fsm, &e, &acts);
	fsm = vrrp_step(c, fsm, &e, &acts);
	if (fsm.deadline < e.now)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct vrrp_advert advert;
	struct vrrp_packet p;
	struct vrrp_ah ah = {0};
	struct vrrp_conf c;
	enum vrrp_wire_reason r;
	char text[64];
	uint8_t *copy, vrid;

	if (n < CHOICES)
		return 0;
	c = configure(bytes[0], bytes[1], bytes[2]);
	n -= CHOICES;
	copy = malloc(n + !n);
	if (!copy)
		abort();
	memcpy(copy, bytes + CHOICES, n);
	if (find_packet(&p, bytes[0], copy, n)) {
		if (bytes[0] & FIX_SUM)
			fix_sum(&p, copy, copy);
		if (vrrp_wire_peek(&p, &vrid) == VRRP_WIRE_OK)
			c.vrid = bytes[1] % 16 ? vrid : bytes[1];
		r = vrrp_wire_parse(&c, &p, &ah, false, &advert);
		vrrp_wire_text(&c, &p, r, &advert, text, sizeof(text));
		for (uint32_t note = 1; note <= VRRP_NOTE_ADDRESS; note <<= 1)
			if (advert.notes & note)
				vrrp_note_text(&c, &p, (enum vrrp_wire_note)note, &advert, text,
					sizeof(text));
		if (r == VRRP_WIRE_OK)
			use(&c, &p, &advert);
	}
	free(copy);
	return 0;
}
