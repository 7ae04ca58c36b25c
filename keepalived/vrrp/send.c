/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Adverts out. The packets of an instance, one per destination, are kept until its configuration,
 * source address or priority changes; then they are built again when next needed.
 */
#include "keepalived/vrrp/send.h"

#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "keepalived/vrrp/iface.h"
#include "keepalived/vrrp/tell.h"
#include "keepalived/vrrp/wire.h"
#include "lib/log.h"

void send_forget(struct instance *in)
{
	uint32_t i;

	for (i = 0; i < in->n_packets; i++)
		free(in->packet[i].bytes);
	free(in->packet);
	in->packet = NULL;
	in->n_packets = 0;
	in->packets_built = false;
}

static void list_destinations(struct instance *in)
{
	const struct vrrp_conf *c = in->conf;
	const struct peer_conf *peer;
	uint32_t n = 0;

	if (in->packet)
		return;
	in->n_packets = c->unicast ? c->peers.n : 1;
	in->packet = xcalloc(in->n_packets, sizeof(*in->packet));
	if (!c->unicast)
		in->packet[0].dst = c->mcast_dst;
	else
		nodes_for_each(peer, &c->peers)
			in->packet[n++].dst = peer->addr;
}

static void build(struct instance *in, uint8_t priority)
{
	uint8_t bytes[VRRP_WIRE_MAX];
	uint32_t i;

	if (in->packets_built && in->packets_priority == priority)
		return;
	list_destinations(in);
	for (i = 0; i < in->n_packets; i++) {
		struct packet *p = &in->packet[i];

		p->len = (uint32_t)vrrp_wire_build(
			in->conf, priority, &in->src, &p->dst, bytes, sizeof(bytes));
		p->bytes = xrealloc(p->bytes, p->len);
		memcpy(p->bytes, bytes, p->len);
	}
	in->packets_built = true;
	in->packets_priority = priority;
}

static uint8_t ttl_of(const struct vrrp_conf *c)
{
	if (!c->unicast)
		return PKT_TTL;
	if (c->unicast_ttl >= 0)
		return (uint8_t)c->unicast_ttl;
	return c->family == AF_INET ? PKT_TTL : 0;
}

/* The same error again and again is one line, not one per advert. */
static void note_error(const struct instance *in, struct packet *p, int error)
{
	char dst[ADDR_STRLEN];
	bool is_new = error && error != p->error;

	p->error = error;
	if (!is_new)
		return;
	if (in->conf->unicast)
		log_error("(%s) Cant send advert to %s (%s)", in->conf->node.name,
			addr_str(&p->dst, dst), strerror(-error));
	else
		log_error("(%s): send advert error %d (%s)", in->conf->node.name, -error,
			strerror(-error));
}

/* The sequence number is another one for each advert, so all of this is made anew. */
static int send_authenticated(const struct instance *in, const struct pkt_out *out)
{
	uint8_t datagram[VRRP_IP4_HEADER + VRRP_AH_LEN + VRRP_WIRE_MAX];
	uint8_t *body = datagram + VRRP_IP4_HEADER;
	struct pkt_out with = *out;

	with.ah = true;
	with.payload = body;
	with.len = VRRP_AH_LEN + out->len;
	vrrp_wire_ip4(datagram, &out->src, &out->dst, out->ttl, out->id, IPPROTO_AH, with.len);
	memcpy(body + VRRP_AH_LEN, out->payload, out->len);
	vrrp_ah_build(in->conf->auth_pass, datagram, VRRP_IP4_HEADER + with.len, in->ah.sequence,
		in->conf->unicast);
	return pkt_send(in->run->port.pkt, &with);
}

/* A receiver drops what it has seen before, so a counter at its end must not start again by itself.
 */
static bool next_sequence(struct instance *in)
{
	bool known = in->ah.exhausted, goes_on = vrrp_ah_next(&in->ah, (uint32_t)time(NULL));

	if (!goes_on && !known)
		log_error("(%s) IPSEC-AH : the sequence numbers are used up - silent until it "
			  "next becomes master",
			in->conf->node.name);
	return goes_on;
}

/* An interface that is absent or switched off sends nothing; that is a fault, not an error. */
static bool can_send(const struct instance *in)
{
	const struct rtnl_link *link;

	if (in->src.family == AF_UNSPEC)
		return false;
	if (!in->iface)
		return true;
	link = iface_link(in->iface);
	return link && (link->flags & IFF_UP);
}

void send_advert(struct instance *in, uint8_t priority)
{
	struct pkt_out out = {
		.src = in->src,
		.ifindex = in->iface ? in->iface->ifindex : 0,
		.ttl = ttl_of(in->conf),
		.tos = PKT_TOS,
	};
	bool ah = in->conf->auth_type == VRRP_AUTH_AH, sent = false;
	uint32_t i;

	if (!can_send(in) || (ah && !next_sequence(in)))
		return;
	build(in, priority);
	if (++in->ip_id == 0) /* 0 would leave the choice to the kernel */
		in->ip_id = 1;
	out.id = in->ip_id;
	for (i = 0; i < in->n_packets; i++) {
		struct packet *p = &in->packet[i];
		int error;

		out.dst = p->dst;
		out.payload = p->bytes;
		out.len = p->len;
		error = ah ? send_authenticated(in, &out) : pkt_send(in->run->port.pkt, &out);
		note_error(in, p, error);
		sent |= error == 0;
	}
	if (sent)
		tell_sent(in, priority);
}
