/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An instance depends on its interface, on those of its addresses, on tracked interfaces and on
 * scripts, its own and those of its group. Each dependency is a tracker in the sense of prio.h;
 * whenever one of them changes everything is computed again, and the machine hears the difference.
 */
#include "keepalived/vrrp/track.h"

#include <stdlib.h>
#include <string.h>

#include "keepalived/vrrp/iface.h"
#include "keepalived/vrrp/instance.h"
#include "keepalived/vrrp/prio.h"
#include "keepalived/vrrp/receive.h"
#include "keepalived/vrrp/scripts.h"
#include "keepalived/vrrp/send.h"
#include "lib/log.h"

/* ---- what is tracked --------------------------------------------------------------------- */

static struct tracker *add(struct instance *in, int weight, bool reverse)
{
	struct tracker *t;

	in->tracker = xrealloc(in->tracker, (in->n_trackers + 1) * sizeof(*in->tracker));
	t = &in->tracker[in->n_trackers++];
	*t = (struct tracker){.in = in, .weight = weight, .reverse = reverse};
	return t;
}

static bool tracks_iface(const struct instance *in, const char *name)
{
	uint32_t i;

	for (i = 0; i < in->n_trackers; i++)
		if (in->tracker[i].iface && !strcmp(in->tracker[i].iface->name, name))
			return true;
	return false;
}

static void add_iface(struct instance *in, const char *name, int weight, bool reverse)
{
	struct vrrp_iface *i = iface_get(in->run, name);

	add(in, weight, reverse)->iface = i;
}

static void add_interfaces(struct instance *in, const struct nodes *list)
{
	const struct track_if_conf *c;

	nodes_for_each(c, list)
		add_iface(in, c->node.name, c->weight, c->reverse);
}

/* The interface of an address matters unless no_track. */
static void add_addresses(struct instance *in, const struct nodes *list)
{
	const struct vip_conf *c;

	nodes_for_each(c, list) {
		if (!c->dev || (c->flags & VIP_NO_TRACK) || tracks_iface(in, c->dev))
			continue;
		if (!in->conf->interface || strcmp(c->dev, in->conf->interface))
			add_iface(in, c->dev, 0, false);
	}
}

static struct tracker *tracking_script(struct instance *in, const struct script *s)
{
	uint32_t i;

	for (i = 0; i < in->n_trackers; i++)
		if (in->tracker[i].script == s)
			return &in->tracker[i];
	return NULL;
}

/* What instance and group both track: the group's weight counts if the instance has one. */
static void add_scripts(struct instance *in, const struct nodes *list)
{
	const struct track_conf *c;

	nodes_for_each(c, list) {
		struct script *s = scripts_find(in->run, c->node.name);
		struct tracker *t = s ? tracking_script(in, s) : NULL;

		if (!s)
			continue;
		if (!t)
			add(in, c->weight, c->reverse)->script = s;
		else if (t->weight)
			t->weight = c->weight;
	}
}

static void link_trackers(struct instance *in)
{
	uint32_t i;

	for (i = 0; i < in->n_trackers; i++) {
		struct tracker *t = &in->tracker[i];

		list_add_tail(t->iface ? &t->iface->trackers : &t->script->trackers, &t->link);
	}
}

static void drop_trackers(struct tracker *list, uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++) {
		list_del(&list[i].link);
		iface_put(list[i].iface);
	}
	free(list);
}

static void attach_trackers(struct instance *in)
{
	const struct vrrp_conf *c = in->conf;
	struct tracker *old = in->tracker;
	uint32_t n_old = in->n_trackers;

	in->tracker = NULL;
	in->n_trackers = 0;
	if (c->interface && !c->dont_track_primary)
		add_iface(in, c->interface, 0, false);
	add_interfaces(in, &c->track.interfaces);
	add_addresses(in, &c->vips);
	add_addresses(in, &c->evips);
	add_scripts(in, &c->track.scripts);
	if (c->group) {
		add_interfaces(in, &c->group->track.interfaces);
		add_scripts(in, &c->group->track.scripts);
	}
	in->value = xrealloc(in->value, (in->n_trackers + 1) * sizeof(*in->value));
	link_trackers(in);
	drop_trackers(old, n_old);
}

/* ---- where it speaks --------------------------------------------------------------------- */

static void leave(struct instance *in)
{
	if (in->joined)
		pkt_leave(in->run->port.pkt, &in->mcast, in->joined);
	in->joined = 0;
}

static void join(struct instance *in)
{
	in->setup_error = 0;
	if (in->conf->unicast || !in->iface || !in->iface->ifindex)
		return;
	in->mcast = in->conf->mcast_dst;
	in->setup_error = pkt_join(in->run->port.pkt, &in->mcast, in->iface->ifindex);
	if (!in->setup_error)
		in->joined = in->iface->ifindex;
}

void track_rebind(struct instance *in)
{
	leave(in);
	join(in);
	receive_register(in);
}

static bool same_place(const struct instance *in)
{
	const struct vrrp_conf *c = in->conf;
	int wanted = !c->unicast && in->iface ? in->iface->ifindex : 0;

	return in->joined == wanted && (!wanted || addr_eq(&in->mcast, &c->mcast_dst));
}

static void attach_iface(struct instance *in)
{
	const char *name = in->conf->interface;
	struct vrrp_iface *old = in->iface;

	in->iface = name ? iface_get(in->run, name) : NULL;
	list_del(&in->on_iface);
	if (in->iface)
		list_add_tail(&in->iface->members, &in->on_iface);
	if (!same_place(in))
		track_rebind(in);
	else
		receive_register(in);
	iface_put(old);
}

void track_attach(struct instance *in)
{
	attach_iface(in);
	attach_trackers(in);
	track_source(in);
}

void track_detach(struct instance *in)
{
	leave(in);
	receive_unregister(in);
	drop_trackers(in->tracker, in->n_trackers);
	free(in->value);
	in->value = NULL;
	in->tracker = NULL;
	in->n_trackers = 0;
	list_del(&in->on_iface);
	iface_put(in->iface);
	in->iface = NULL;
}

bool track_source(struct instance *in)
{
	const struct rtnl_addr *found = NULL;
	struct addr src = in->conf->src_ip;

	if (src.family == AF_UNSPEC && in->iface && in->iface->ifindex)
		found = rtnl_first_addr(in->run->port.rtnl, in->iface->ifindex, in->conf->family,
			RTNL_PROTO_KEEPALIVED);
	if (found)
		src = found->local;
	if (addr_eq(&src, &in->src))
		return in->conf->track_src_ip;
	in->src = src;
	in->packets_built = false;
	return true;
}

/* ---- faults and priority ----------------------------------------------------------------- */

static struct vrrp_tracker pure(const struct tracker *t)
{
	struct vrrp_tracker v = {.weight = t->weight, .reverse = t->reverse};

	if (t->iface)
		v.state = t->iface->up ? VRRP_TRACK_UP : VRRP_TRACK_DOWN;
	else
		v.state = script_state(t->script);
	return v;
}

static bool has_source_address(const struct instance *in)
{
	const struct rtnl_addr *a = NULL;

	if (!in->conf->track_src_ip || !in->iface || in->conf->src_ip.family == AF_UNSPEC)
		return true;
	while ((a = rtnl_addr_next(in->run->port.rtnl, in->iface->ifindex, a)))
		if (addr_eq(&a->local, &in->conf->src_ip))
			return true;
	return false;
}

struct fault { /* one that is in force, and how the log has it */
	uint32_t bit;
	const char *what, *name;
};

static void faulty_tracker(const struct tracker *t, struct fault *f)
{
	struct vrrp_tracker v = pure(t);

	if (!vrrp_tracker_faulty(&v))
		return;
	*f = t->iface ? (struct fault){VRRP_FAULT_INTERFACE, "interface", t->iface->name}
		      : (struct fault){VRRP_FAULT_SCRIPT, "script", t->script->conf->node.name};
}

static void log_fault(const struct instance *in, const struct fault *f)
{
	const char *name = in->conf->node.name;

	switch (f->bit) {
	case VRRP_FAULT_INTERFACE:
		log_info("(%s): entering FAULT state (interface %s down)", name, f->name);
		break;
	case VRRP_FAULT_SCRIPT:
		log_info("(%s): entering FAULT state due to script %s", name, f->name);
		break;
	case VRRP_FAULT_NO_ADDRESS:
		log_info("(%s) entering FAULT state (no IPv%d address for interface)", name,
			in->conf->family == AF_INET6 ? 6 : 4);
		break;
	case VRRP_FAULT_SRC_ADDRESS:
		log_info("(%s): entering FAULT state (src address not configured)", name);
		break;
	case VRRP_FAULT_NO_PEER:
		log_info("(%s) Cannot use unicast without any peers - going to fault state", name);
		break;
	default:
		log_info("(%s): entering FAULT state (%s)", name, f->what);
		break;
	}
}

static uint32_t note_fault(const struct instance *in, uint32_t seen, const struct fault *f)
{
	if (!(seen & f->bit) && !(in->fsm.faults & f->bit))
		log_fault(in, f);
	return seen | f->bit;
}

/* Faults of the place it speaks from; those that follow from an absent interface are not told. */
static uint32_t place_faults(const struct instance *in, uint32_t faults)
{
	const struct vrrp_conf *c = in->conf;
	int setup_error = in->setup_error;

	/* Who cannot hear another master must not become one. */
	if (c->auth_type == VRRP_AUTH_AH && !setup_error)
		setup_error = in->run->ah_error;
	if (in->iface && !in->iface->ifindex)
		return note_fault(in, faults,
			&(struct fault){VRRP_FAULT_INTERFACE, "interface", in->iface->name});
	if (in->src.family == AF_UNSPEC)
		faults = note_fault(in, faults, &(struct fault){.bit = VRRP_FAULT_NO_ADDRESS});
	if (!has_source_address(in))
		faults = note_fault(in, faults, &(struct fault){.bit = VRRP_FAULT_SRC_ADDRESS});
	if (c->unicast && !c->peers.n)
		faults = note_fault(in, faults, &(struct fault){.bit = VRRP_FAULT_NO_PEER});
	if (setup_error)
		faults = note_fault(in, faults,
			&(struct fault){VRRP_FAULT_SETUP, strerror(-setup_error), NULL});
	if (c->fault)
		faults = note_fault(in, faults, &(struct fault){VRRP_FAULT_SETUP, c->fault, NULL});
	return faults;
}

uint32_t track_faults(struct instance *in)
{
	uint32_t i, faults = place_faults(in, 0);

	for (i = 0; i < in->n_trackers; i++) {
		struct fault f = {0};

		faulty_tracker(&in->tracker[i], &f);
		if (f.bit)
			faults = note_fault(in, faults, &f);
	}
	return faults;
}

uint8_t track_priority(const struct instance *in)
{
	uint32_t i;

	for (i = 0; i < in->n_trackers; i++)
		in->value[i] = pure(&in->tracker[i]);
	return vrrp_priority(in->conf->priority, in->value, in->n_trackers);
}

void track_evaluate(struct instance *in)
{
	struct vrrp_event e = {0};
	uint32_t faults;

	if (!instance_running(in) || in->deleted)
		return;
	e.priority = track_priority(in);
	if (e.priority != in->priority) {
		e.kind = VRRP_EV_PRIORITY;
		in->priority = e.priority;
		instance_event(in, &e);
	}
	faults = track_faults(in);
	if (faults == in->fsm.faults)
		return;
	e = (struct vrrp_event){.kind = VRRP_EV_FAULTS, .faults = faults};
	instance_event(in, &e);
}
