/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each address on each interface is one struct vip, however many instances name it. Instances
 * raise and lower its counts; nothing is sent to the kernel before the end of the turn, when the
 * counts say what everybody wants together. So the order in which instances change their minds
 * does not matter, and an address that only changes its owner is not touched at all.
 *
 * Only addresses that carry our tag, or that this process has put there, are ever removed.
 */
#include "keepalived/vrrp/vips.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "keepalived/vrrp/iface.h"
#include "lib/log.h"
#include "lib/str.h"

#define RETRY_AFTER SEC(1)

static uint32_t vip_hash(const struct vrrp_iface *i, const struct addr *a)
{
	return addr_hash(a) ^ hmap_hash(&i, sizeof(i), 0);
}

/* What the kernel tells two addresses of one interface apart by. */
static bool same_identity(const struct vip_conf *a, const struct addr *local, uint8_t prefixlen,
	const struct addr *peer)
{
	if (!addr_eq(&a->addr, local))
		return false;
	return local->family == AF_INET6 ||
		(a->prefixlen == prefixlen && addr_eq(&a->peer, peer));
}

static const struct vip_conf *vip_conf(const struct vip *v)
{
	return list_first(&v->refs, struct vip_ref, link)->conf;
}

static struct vip *vip_find(const struct vrrp_iface *i, const struct addr *local,
	uint8_t prefixlen, const struct addr *peer)
{
	struct hmap_item *it = hmap_first(&i->run->vips, vip_hash(i, local));

	for (; it; it = hmap_next(it)) {
		struct vip *v = container_of(it, struct vip, item);

		if (v->iface == i && same_identity(vip_conf(v), local, prefixlen, peer))
			return v;
	}
	return NULL;
}

static void enqueue(struct vip *v)
{
	struct vrrp_run *run = v->iface->run;

	if (list_empty(&v->dirty))
		list_add_tail(&run->dirty_vips, &v->dirty);
	vrrp_run_settle(run);
}

static struct vip *vip_new(struct vrrp_iface *i, const struct addr *local)
{
	struct vip *v = xcalloc(1, sizeof(*v));

	v->iface = i;
	list_init(&v->refs);
	list_init(&v->dirty);
	list_add_tail(&i->vips, &v->on_iface);
	hmap_add(&i->run->vips, &v->item, vip_hash(i, local));
	return v;
}

static void vip_free(struct vip *v)
{
	hmap_del(&v->iface->run->vips, &v->item);
	list_del(&v->on_iface);
	list_del(&v->dirty);
	iface_put(v->iface);
	free(v);
}

/* ---- what the kernel is asked for -------------------------------------------------------- */

static uint32_t asked_flags(const struct vip_conf *c)
{
	static const struct {
		uint32_t conf, kernel;
	} map[] = {
		{ VIP_HOME, IFA_F_HOMEADDRESS },
		{ VIP_MNGTMPADDR, IFA_F_MANAGETEMPADDR },
		{ VIP_NOPREFIXROUTE, IFA_F_NOPREFIXROUTE },
		{ VIP_AUTOJOIN, IFA_F_MCAUTOJOIN },
	};
	uint32_t i, flags = 0;

	for (i = 0; i < ARRAY_SIZE(map); i++)
		if (c->flags & map[i].conf)
			flags |= map[i].kernel;
	if (c->addr.family == AF_INET6 && !(c->flags & VIP_DAD))
		flags |= IFA_F_NODAD;
	return flags;
}

static struct addr broadcast(const struct vip_conf *c)
{
	struct addr brd = c->brd;
	uint32_t host_bits;

	if (!(c->flags & VIP_BRD_AUTO) || c->addr.family != AF_INET || c->prefixlen >= 31)
		return (c->flags & VIP_BRD_CLEAR) ? (struct addr){ 0 } : brd;
	host_bits = c->prefixlen ? 0xffffffffu >> c->prefixlen : 0xffffffffu;
	brd = c->addr;
	brd.v4.s_addr |= htonl(host_bits);
	return brd;
}

static struct rtnl_addr wanted(const struct vip *v)
{
	const struct vip_conf *c = vip_conf(v);
	struct rtnl_addr a;

	rtnl_addr_init(&a, v->iface->ifindex, &c->addr, c->prefixlen);
	a.peer = c->peer;
	a.brd = broadcast(c);
	a.scope = c->scope;
	a.flags = asked_flags(c);
	a.preferred_lft = c->preferred_lft;
	if (c->label)
		str_copy(a.label, sizeof(a.label), c->label);
	return a;
}

static bool is_ours(const struct vip *v, const struct rtnl_addr *have)
{
	return v->ours || have->proto == RTNL_PROTO_KEEPALIVED ||
		v->iface->run->port.options->release_vips;
}

static bool differs(const struct rtnl_addr *want, const struct rtnl_addr *have)
{
	const uint32_t settable = RTNL_ADDR_ASK & ~(uint32_t)IFA_F_NODAD;

	return (want->flags & settable) != (have->flags & settable) ||
		(want->preferred_lft == 0) != (have->preferred_lft == 0);
}

/* True: change is what the kernel has to do. */
static bool reconcile(const struct vip *v, struct rtnl_change *change)
{
	const struct rtnl_addr *have;

	if (!v->iface->ifindex)
		return false;
	*change = (struct rtnl_change){ .kind = RTNL_ADDRESS, .addr = wanted(v) };
	have = rtnl_addr_find(v->iface->run->port.rtnl, &change->addr);
	if (v->want) {
		change->add = true;
		change->replace = have != NULL;
		return !have || (is_ours(v, have) && differs(&change->addr, have));
	}
	return !v->hold && have && is_ours(v, have);
}

/* ---- the batch --------------------------------------------------------------------------- */

static void schedule_retry(struct vrrp_run *run)
{
	if (!loop_timer_pending(&run->retry_timer))
		loop_timer_set(&run->retry_timer, loop_now(run->port.loop) + RETRY_AFTER);
}

static void report(struct vip *v, const struct rtnl_change *c)
{
	char text[ADDR_STRLEN];

	if (!v->failed)
		log_error("Cannot %s address %s %s %s: %s - trying again", c->add ? "add" : "remove",
			addr_str(&c->addr.local, text), c->add ? "to" : "from", v->iface->name,
			strerror(-c->error));
	v->failed = true;
}

static void changed(struct vip *v, const struct rtnl_change *c)
{
	bool done = c->error == 0 || (c->add ? c->error == -EEXIST : c->error == -EADDRNOTAVAIL);

	if (done) {
		v->ours = c->add && (c->error == 0 || v->ours);
		v->failed = false;
		return;
	}
	if (c->error == -ENODEV) /* its own event follows */
		return;
	report(v, c);
	enqueue(v);
	schedule_retry(v->iface->run);
}

struct batch {
	struct rtnl_change *change;
	struct vip **vip;
	size_t n, cap;
};

static void batch_add(struct batch *b, struct vip *v, const struct rtnl_change *c)
{
	if (b->n == b->cap) {
		b->cap = b->cap ? 2 * b->cap : 64;
		b->change = xrealloc(b->change, b->cap * sizeof(*b->change));
		b->vip = xrealloc(b->vip, b->cap * sizeof(*b->vip));
	}
	b->change[b->n] = *c;
	b->vip[b->n++] = v;
}

/* Removals first: taking a primary IPv4 address away may take secondary ones along. */
static void collect(struct vrrp_run *run, struct batch *b, bool add)
{
	struct rtnl_change c;
	struct vip *v;

	list_for_each(v, &run->dirty_vips, dirty)
		if (reconcile(v, &c) && c.add == add)
			batch_add(b, v, &c);
}

static void forget_unused(struct vip *v)
{
	if (list_empty(&v->refs) && list_empty(&v->dirty))
		vip_free(v);
}

void vips_settle(struct vrrp_run *run)
{
	struct list handled = LIST_INIT(handled);
	struct batch b = { 0 };
	struct vip *v;
	size_t i;

	if (list_empty(&run->dirty_vips) || run->retrying)
		return;
	collect(run, &b, false);
	collect(run, &b, true);
	rtnl_apply(run->port.rtnl, b.change, b.n);
}

