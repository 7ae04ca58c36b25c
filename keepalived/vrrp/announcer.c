/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Announcements: one timer per instance, and all sending at the end of a turn. See announcer.h. */
#include "keepalived/vrrp/announcer.h"

#include <errno.h>
#include <string.h>

#include "keepalived/vrrp/iface.h"
#include "keepalived/vrrp/instance.h"
#include "keepalived/vrrp/tell.h"
#include "keepalived/vrrp/vips.h"
#include "lib/log.h"

#define PER_TURN 64 /* packets of one instance; the rest in the next turn */

static void announce_one(const struct instance *in, uint32_t i, uint32_t sent[2])
{
	const struct vip_ref *r = &in->ref[i];
	const struct rtnl_link *link = iface_link(r->vip->iface);
	bool v6 = r->conf->addr.family == AF_INET6;
	char text[ADDR_STRLEN];
	int err;

	if (!link || !(link->flags & IFF_UP) || !vips_usable(r->vip))
		return;
	log_detail("Sending %s on %s for %s",
		v6 ? "unsolicited Neighbour Advert" : "gratuitous ARP", link->name,
		addr_str(&r->conf->addr, text));
	if (v6)
		err = pkt_send_na(in->run->port.pkt, link, &r->conf->addr, true);
	else
		err = pkt_send_garp(in->run->port.pkt, link, &r->conf->addr, NULL);
	if (err == 0)
		sent[v6]++;
	else if (err != -EOPNOTSUPP)
		log_detail("(%s) cannot announce %s on %s: %s", in->conf->node.name,
			addr_str(&r->conf->addr, text), link->name, strerror(-err));
}

static void announce_due(struct instance *in)
{
	ktime now = loop_now(in->run->port.loop);
	uint32_t due[PER_TURN], sent[2] = {0};
	size_t i, n;

	n = vrrp_announce_due(
		&in->announce, in->conf, in->target, in->n_refs, now, due, ARRAY_SIZE(due));
	for (i = 0; i < n; i++)
		announce_one(in, due[i], sent);
	if (sent[0] || sent[1])
		tell_announced(in, sent[0], sent[1]);
	if (vrrp_announce_deadline(&in->announce) == KTIME_FOREVER)
		loop_timer_cancel(&in->announce_timer);
	else
		loop_timer_set(&in->announce_timer, vrrp_announce_deadline(&in->announce));
}

/* The end of the turn is soon enough, and by then the addresses are there. */
static void queue(struct instance *in)
{
	if (list_empty(&in->announcing))
		list_add_tail(&in->run->announcing, &in->announcing);
	vrrp_run_settle(in->run);
}

static void timer_fired(struct loop_timer *t)
{
	queue(container_of(t, struct instance, announce_timer));
}

bool announcer_settle(struct vrrp_run *run)
{
	while (!list_empty(&run->announcing)) {
		struct instance *in = list_first(&run->announcing, struct instance, announcing);

		list_del(&in->announcing);
		announce_due(in);
		if (loop_pressed(run->port.loop))
			break;
	}
	return list_empty(&run->announcing);
}

void announcer_init(struct instance *in)
{
	list_init(&in->announcing);
	vrrp_announce_init(&in->announce);
	loop_timer_init(in->run->port.loop, &in->announce_timer, timer_fired);
}

void announcer_end(struct instance *in)
{
	vrrp_announce_stop(&in->announce);
	list_del(&in->announcing);
	loop_timer_cancel(&in->announce_timer);
}

static void log_block(const struct instance *in)
{
	char text[ADDR_STRLEN];
	uint32_t i;

	if (!log_verbose(1))
		return;
	for (i = 0; i < in->n_refs; i++)
		log_info("(%s) Sending/queueing %s on %s for %s", in->conf->node.name,
			in->ref[i].conf->addr.family == AF_INET6 ? "Unsolicited Neighbour Adverts"
								 : "gratuitous ARPs",
			in->ref[i].vip->iface->name, addr_str(&in->ref[i].conf->addr, text));
}

void announcer_begin(struct instance *in, enum vrrp_announcement what)
{
	ktime now = loop_now(in->run->port.loop);

	if (what == VRRP_ANNOUNCE_NONE) {
		announcer_end(in);
		return;
	}
	if (what == VRRP_ANNOUNCE_ACTIVE)
		vrrp_announce_active(&in->announce, in->conf, now);
	else
		vrrp_announce_lower(&in->announce, in->conf, now);
	log_block(in);
	queue(in);
}

void announcer_changed(struct instance *in)
{
	vrrp_announce_changed(&in->announce, in->conf, loop_now(in->run->port.loop));
	queue(in);
}
