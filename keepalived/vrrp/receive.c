/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A packet that is refused is counted, perhaps logged, and changes nothing else: no timer, no
 * state (RFC 9568 7.1). An advert that is accepted becomes one event.
 *
 * Several instances may share interface, VRID and family: one that uses multicast and unicast ones
 * with different peers. The packet goes to the one that fits best, so that the reason for a refusal
 * is told by an instance that could have been meant.
 */
#include "keepalived/vrrp/receive.h"

#include <netinet/in.h>
#include <string.h>

#include "keepalived/vrrp/iface.h"
#include "keepalived/vrrp/instance.h"
#include "keepalived/vrrp/tell.h"
#include "keepalived/vrrp/wire.h"
#include "lib/log.h"

#define PROTOCOL_VRRP   112
#define PROTOCOL_OFFSET 9 /* in the IPv4 header */
#define LINE_MAX_LEN    512
#define NOTE_SHIFT      32

struct key {
	int ifindex;
	uint8_t family, vrid;
};

static uint32_t key_hash(const struct key *k)
{
	uint32_t words[2] = {(uint32_t)k->ifindex, (uint32_t)k->family << 8 | k->vrid};

	return hmap_hash(words, sizeof(words), 0);
}

static int key_ifindex(const struct instance *in)
{
	return in->iface ? in->iface->ifindex : 0;
}

void receive_unregister(struct instance *in)
{
	hmap_del(&in->run->keys, &in->by_key);
}

void receive_register(struct instance *in)
{
	struct key k = {key_ifindex(in), in->conf->family, in->conf->vrid};

	receive_unregister(in);
	if (in->iface && !in->iface->ifindex)
		return;
	hmap_add(&in->run->keys, &in->by_key, key_hash(&k));
}

void receive_protocols(struct vrrp_run *run)
{
	const struct vrrp_conf *c;
	bool ah = false;

	nodes_for_each(c, &run->conf->instances)
		ah |= c->auth_type == VRRP_AUTH_AH;
	run->ah_error = pkt_listen_ah(run->port.pkt, ah);
	if (run->ah_error)
		log_error("Cannot receive adverts with AH: %s", strerror(-run->ah_error));
}

static bool is_peer(const struct vrrp_conf *c, const struct addr *src)
{
	const struct peer_conf *p;

	nodes_for_each(p, &c->peers)
		if (addr_eq(&p->addr, src))
			return true;
	return false;
}

/* How well the packet fits; 0: not at all. */
static int fit(const struct instance *in, const struct key *k, const struct pkt_in *pkt)
{
	const struct vrrp_conf *c = in->conf;

	if (key_ifindex(in) != k->ifindex || c->vrid != k->vrid || c->family != k->family)
		return 0;
	if (c->unicast == pkt->multicast)
		return 1;
	if (!c->unicast)
		return addr_eq(&c->mcast_dst, &pkt->dst) ? 4
							 : 0; /* another group, another router */
	if (!is_peer(c, &pkt->src))
		return 2;
	return addr_eq(&in->src, &pkt->dst) ? 4 : 3;
}

static struct instance *best(
	const struct vrrp_run *run, const struct key *k, const struct pkt_in *pkt)
{
	struct hmap_item *it = hmap_first(&run->keys, key_hash(k));
	struct instance *found = NULL;
	int best_fit = 0;

	for (; it; it = hmap_next(it)) {
		struct instance *in = container_of(it, struct instance, by_key);
		int f = fit(in, k, pkt);

		if (f > best_fit) {
			best_fit = f;
			found = in;
		}
	}
	return found;
}

static struct instance *find(const struct vrrp_run *run, const struct pkt_in *pkt, uint8_t vrid)
{
	struct key k = {pkt->ifindex, pkt->src.family, vrid};
	struct instance *in = best(run, &k, pkt);

	if (in)
		return in;
	k.ifindex = 0; /* unicast without interface */
	return best(run, &k, pkt);
}

/* ---- what is said about a packet --------------------------------------------------------- */

static void log_unknown(struct vrrp_run *run, const struct pkt_in *pkt, uint8_t vrid)
{
	const struct rtnl_link *link = rtnl_link_by_index(run->port.rtnl, pkt->ifindex);
	ktime now = loop_now(run->port.loop);
	char src[ADDR_STRLEN];

	if (!run->conf->global.log_unknown_vrids)
		return;
	if (run->unknown_logged && now - run->unknown_logged < SEC(1))
		return;
	run->unknown_logged = now;
	log_info("Unknown VRID(%u) received on interface(%s) from %s. ignoring...", vrid,
		link ? link->name : "?", addr_str(&pkt->src, src));
}

static void log_refusal(struct instance *in, const struct vrrp_packet *pkt,
	enum vrrp_wire_reason why, const struct vrrp_advert *advert)
{
	uint64_t bit = 1ULL << why;
	char line[LINE_MAX_LEN];

	if (vrrp_wire_policy(why) == VRRP_WIRE_QUIET || (in->logged & bit))
		return;
	in->logged |= bit;
	vrrp_wire_text(in->conf, pkt, why, advert, line, sizeof(line));
	log_info("%s", line);
}

static void log_notes(
	struct instance *in, const struct vrrp_packet *pkt, const struct vrrp_advert *advert)
{
	uint64_t fresh = ((uint64_t)advert->notes << NOTE_SHIFT) & ~in->logged;
	char line[LINE_MAX_LEN];
	unsigned i;

	if (!fresh)
		return;
	in->logged |= fresh;
	for (i = 0; i < NOTE_SHIFT; i++) {
		if (!(fresh >> NOTE_SHIFT & 1ULL << i))
			continue;
		vrrp_note_text(
			in->conf, pkt, (enum vrrp_wire_note)(1u << i), advert, line, sizeof(line));
		log_info("%s", line);
	}
}

/* ---- a packet ---------------------------------------------------------------------------- */

/* One counter for both directions: what we send next must be new to the sender of this. */
static void follow_sequence(struct instance *in, const struct vrrp_advert *advert)
{
	in->ah.sequence = advert->sequence;
	if (in->fsm.state == VRRP_ACTIVE && advert->priority < in->fsm.priority)
		log_info("(%s) IPSEC-AH : Syncing seq_num - Increment seq", in->conf->node.name);
}

static void accept_advert(
	struct instance *in, const struct vrrp_packet *pkt, const struct vrrp_advert *advert)
{
	struct vrrp_event e = {.kind = VRRP_EV_ADVERT};

	if (in->conf->auth_type == VRRP_AUTH_AH)
		follow_sequence(in, advert);
	log_notes(in, pkt, advert);
	e.advert.priority = advert->priority;
	e.advert.interval = advert->interval;
	e.advert.src = pkt->src;
	e.advert.self = in->src;
	instance_event(in, &e);
}

void receive_packet(void *ctx, const struct pkt_in *got)
{
	struct vrrp_run *run = ctx;
	struct vrrp_packet pkt = {
		.src = got->src,
		.dst = got->dst,
		.ttl = got->has_ttl ? got->ttl : -1,
		.protocol = got->header ? got->header[PROTOCOL_OFFSET] : PROTOCOL_VRRP,
		.ip = got->header,
		.body = got->payload,
		.len = got->len,
		.received = got->header_len + got->len,
	};
	struct vrrp_advert advert = {0};
	enum vrrp_wire_reason why;
	struct instance *in;
	uint8_t vrid;

	if (!run->conf || vrrp_wire_peek(&pkt, &vrid) != VRRP_WIRE_OK)
		return;
	in = find(run, got, vrid);
	if (!in) {
		log_unknown(run, got, vrid);
		return;
	}
	if (!instance_running(in))
		return;
	why = vrrp_wire_parse(in->conf, &pkt, &in->ah, addr_eq(&in->fsm.active, &pkt.src), &advert);
	if (why == VRRP_WIRE_OK) {
		accept_advert(in, &pkt, &advert);
		return;
	}
	tell_discarded(in, why);
	log_refusal(in, &pkt, why, &advert);
}
