/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interfaces by name: bound to an index while one of that name exists, and told to whoever uses
 * them when that changes. See iface.h. */
#include "keepalived/vrrp/iface.h"

#include <stdlib.h>
#include <string.h>

#include "keepalived/vrrp/guard.h"
#include "keepalived/vrrp/promote.h"
#include "keepalived/vrrp/track.h"
#include "keepalived/vrrp/vips.h"
#include "lib/log.h"
#include "lib/str.h"

static uint32_t index_hash(int ifindex)
{
	return hmap_hash(&ifindex, sizeof(ifindex), 0);
}

static struct vrrp_iface *find(const struct vrrp_run *run, const char *name)
{
	struct hmap_item *it = hmap_first(&run->ifaces, hmap_hash_str(name));

	for (; it; it = hmap_next(it)) {
		struct vrrp_iface *i = container_of(it, struct vrrp_iface, by_name);

		if (!strcmp(i->name, name))
			return i;
	}
	return NULL;
}

struct vrrp_iface *iface_by_index(const struct vrrp_run *run, int ifindex)
{
	struct hmap_item *it = hmap_first(&run->indices, index_hash(ifindex));

	for (; it; it = hmap_next(it)) {
		struct vrrp_iface *i = container_of(it, struct vrrp_iface, by_index);

		if (i->ifindex == ifindex)
			return i;
	}
	return NULL;
}

const struct rtnl_link *iface_link(const struct vrrp_iface *i)
{
	return i->ifindex ? rtnl_link_by_index(i->run->port.rtnl, i->ifindex) : NULL;
}

static void bind_link(struct vrrp_iface *i, const struct rtnl_link *link)
{
	hmap_del(&i->run->indices, &i->by_index);
	i->ifindex = link ? link->ifindex : 0;
	i->up = link && link->up;
	if (link)
		hmap_add(&i->run->indices, &i->by_index, index_hash(i->ifindex));
}

static void pace(struct vrrp_iface *i)
{
	i->pace.garp_interval = i->run->conf->global.garp_interval;
	i->pace.gna_interval = i->run->conf->global.gna_interval;
}

struct vrrp_iface *iface_get(struct vrrp_run *run, const char *name)
{
	struct vrrp_iface *i = find(run, name);

	if (i) {
		i->refs++;
		return i;
	}
	i = xcalloc(1, sizeof(*i));
	i->run = run;
	i->refs = 1;
	str_copy(i->name, sizeof(i->name), name);
	list_init(&i->members);
	list_init(&i->trackers);
	list_init(&i->vips);
	list_init(&i->dirty);
	hmap_add(&run->ifaces, &i->by_name, hmap_hash_str(i->name));
	bind_link(i, rtnl_link_by_name(run->port.rtnl, i->name));
	pace(i);
	return i;
}

void iface_put(struct vrrp_iface *i)
{
	if (!i || --i->refs)
		return;
	promote_leave(i);
	hmap_del(&i->run->ifaces, &i->by_name);
	hmap_del(&i->run->indices, &i->by_index);
	list_del(&i->dirty);
	free(i);
}

void iface_set_pace(struct vrrp_run *run)
{
	struct vrrp_iface *i;
	struct instance *in;
	uint32_t r;

	list_for_each(in, &run->instances, link)
		for (r = 0; r < in->n_refs; r++) {
			i = in->ref[r].vip->iface;
			pace(i);
		}
}

/* ---- changes ----------------------------------------------------------------------------- */

static void evaluate_users(struct vrrp_iface *i)
{
	struct instance *in;
	struct tracker *t;

	list_for_each(in, &i->members, on_iface)
		track_evaluate(in);
	list_for_each(t, &i->trackers, link)
		if (t->in->iface != i)
			track_evaluate(t->in);
}

static void set_link(struct vrrp_iface *i, const struct rtnl_link *link)
{
	int old_index = i->ifindex;
	bool was_up = i->up;
	struct instance *in;

	bind_link(i, link);
	if (i->ifindex != old_index)
		list_for_each(in, &i->members, on_iface)
			track_rebind(in);
	if (i->ifindex != old_index)
		promote_iface(i);
	if (i->up != was_up && !list_empty(&i->trackers))
		log_info("Netlink reports %s %s", i->name, i->up ? "up" : "down");
	if (i->ifindex == old_index && i->up == was_up)
		return;
	guard_iface(i->run);
	vips_recheck_iface(i);
	list_for_each(in, &i->members, on_iface)
		track_source(in);
	evaluate_users(i);
}

static void link_changed(void *ctx, const struct rtnl_link *now, const struct rtnl_link *old)
{
	bool renamed = old && now && strcmp(old->name, now->name);
	struct vrrp_run *run = ctx;
	struct vrrp_iface *i;

	if (renamed)
		log_info("Interface name has changed from %s to %s", old->name, now->name);
	else if (!old || !now)
		log_detail(
			"Interface %s %s", now ? now->name : old->name, now ? "added" : "deleted");
	i = old && (renamed || !now) ? find(run, old->name) : NULL;
	if (i && i->ifindex == old->ifindex) {
		if (renamed)
			vips_abandon(i);
		set_link(i, NULL);
	}
	i = now ? find(run, now->name) : NULL;
	if (i)
		set_link(i, now);
}

static void addr_changed(void *ctx, const struct rtnl_addr *now, const struct rtnl_addr *old)
{
	const struct rtnl_addr *a = now ? now : old;
	struct vrrp_run *run = ctx;
	struct vrrp_iface *i = iface_by_index(run, a->ifindex);
	char text[ADDR_STRLEN];

	if ((!now || !old) && (run->port.options->log_addresses || (i && log_verbose(1)))) {
		const struct rtnl_link *link = rtnl_link_by_index(run->port.rtnl, a->ifindex);

		log_info("%s address %s %s interface %s", now ? "Assigned" : "Deassigned",
			addr_str(&a->local, text), now ? "for" : "from", link ? link->name : "?");
	}
	if (!i || (!now && vips_gone(i, old)) || a->proto == RTNL_PROTO_KEEPALIVED)
		return;
	if (list_empty(&i->dirty))
		list_add_tail(&run->dirty_ifaces, &i->dirty);
	vrrp_run_settle(run);
}

void iface_settle(struct vrrp_run *run)
{
	struct instance *in;

	while (!list_empty(&run->dirty_ifaces)) {
		struct vrrp_iface *i = list_first(&run->dirty_ifaces, struct vrrp_iface, dirty);

		list_del(&i->dirty);
		list_for_each(in, &i->members, on_iface)
			if (track_source(in))
				track_evaluate(in);
	}
}

const struct rtnl_events iface_events = {.link = link_changed, .addr = addr_changed};
