/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each address on each interface is one struct vip, however many instances name it. Instances
 * raise and lower its counts; nothing is sent to the kernel before the end of the turn, when the
 * counts say what everybody wants together. So the order in which instances change their minds
 * does not matter, and an address that only changes its owner is not touched at all.
 *
 * An address that the configuration calls virtual is ours to remove, whoever put it there: what an
 * older or crashed daemon left behind must not stay on two routers. Only an address that a router
 * owns (priority 255) may be its own, and then our tag, or having put it there, decides.
 */
#include "keepalived/vrrp/vips.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "keepalived/vrrp/announcer.h"
#include "keepalived/vrrp/guard.h"
#include "keepalived/vrrp/iface.h"
#include "lib/log.h"
#include "lib/str.h"

#define RETRY_AFTER  SEC(1)
#define CASCADE_TIME MSEC(200) /* the kernel's notification is late by no more */
#define PIECE        32        /* changes between two looks at the clock */

static uint32_t vip_hash(const struct vrrp_iface *i, const struct addr *a)
{
	return addr_hash(a) ^ hmap_hash(&i, sizeof(i), 0);
}

/* What the kernel tells two addresses of one interface apart by. */
static bool same_identity(const struct rtnl_addr *a, const struct rtnl_addr *b)
{
	if (!addr_eq(&a->local, &b->local))
		return false;
	return a->local.family == AF_INET6 ||
	       (a->prefixlen == b->prefixlen && addr_eq(&a->peer, &b->peer));
}

static struct vip *vip_find(const struct vrrp_iface *i, const struct rtnl_addr *a)
{
	struct hmap_item *it = hmap_first(&i->run->vips, vip_hash(i, &a->local));

	for (; it; it = hmap_next(it)) {
		struct vip *v = container_of(it, struct vip, item);

		if (v->iface == i && same_identity(&v->addr, a))
			return v;
	}
	return NULL;
}

static const struct rtnl_addr *in_kernel(const struct vip *v)
{
	struct rtnl_addr a = v->addr;

	a.ifindex = v->iface->ifindex;
	return a.ifindex ? rtnl_addr_find(v->iface->run->port.rtnl, &a) : NULL;
}

static void enqueue(struct vip *v)
{
	struct vrrp_run *run = v->iface->run;

	list_del(&v->dirty);
	list_add_tail(&run->dirty_vips, &v->dirty);
	vrrp_run_settle(run);
}

/* Takes over the caller's count of the interface. */
static struct vip *vip_new(struct vrrp_iface *i, const struct rtnl_addr *a)
{
	struct vip *v = xcalloc(1, sizeof(*v));

	v->iface = i;
	v->addr = *a;
	list_init(&v->refs);
	list_init(&v->dirty);
	list_add_tail(&i->vips, &v->on_iface);
	hmap_add(&i->run->vips, &v->item, vip_hash(i, &a->local));
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
		{VIP_HOME, IFA_F_HOMEADDRESS},
		{VIP_MNGTMPADDR, IFA_F_MANAGETEMPADDR},
		{VIP_NOPREFIXROUTE, IFA_F_NOPREFIXROUTE},
		{VIP_AUTOJOIN, IFA_F_MCAUTOJOIN},
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
		return (c->flags & VIP_BRD_CLEAR) ? (struct addr){0} : brd;
	host_bits = c->prefixlen ? 0xffffffffu >> c->prefixlen : 0xffffffffu;
	brd = c->addr;
	brd.v4.s_addr |= htonl(host_bits);
	return brd;
}

static struct rtnl_addr as_asked(const struct vip_conf *c)
{
	struct rtnl_addr a;

	rtnl_addr_init(&a, 0, &c->addr, c->prefixlen);
	a.peer = c->peer;
	a.brd = broadcast(c);
	a.scope = c->scope;
	a.flags = asked_flags(c);
	a.preferred_lft = c->preferred_lft;
	if (c->label)
		str_copy(a.label, sizeof(a.label), c->label);
	return a;
}

static bool is_owned(const struct vip *v)
{
	const struct vip_ref *r;

	list_for_each(r, &v->refs, link)
		if (r->in->conf->priority == VRRP_PRIO_OWNER)
			return true;
	return false;
}

static bool is_ours(const struct vip *v, const struct rtnl_addr *have)
{
	return v->ours || have->proto == RTNL_PROTO_KEEPALIVED ||
	       v->iface->run->port.options->release_vips || !is_owned(v);
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
	*change = (struct rtnl_change){.kind = RTNL_ADDRESS, .addr = v->addr};
	change->addr.ifindex = v->iface->ifindex;
	have = rtnl_addr_find(v->iface->run->port.rtnl, &change->addr);
	if (v->want) {
		change->add = true;
		change->replace = have != NULL;
		return !have || (is_ours(v, have) && differs(&change->addr, have));
	}
	return !v->hold && have && is_ours(v, have);
}

/* ---- the batch --------------------------------------------------------------------------- */

static void postpone(struct vip *v)
{
	struct vrrp_run *run = v->iface->run;

	v->failed = true;
	list_del(&v->dirty);
	list_add_tail(&run->refused_vips, &v->dirty);
	if (!loop_timer_pending(&run->retry_timer))
		loop_timer_set(&run->retry_timer, loop_now(run->port.loop) + RETRY_AFTER);
}

static void report(struct vip *v, const struct rtnl_change *c)
{
	char text[ADDR_STRLEN];

	if (!v->failed)
		log_error("Cannot %s address %s %s %s: %s - trying again",
			c->add ? "add" : "remove", addr_str(&c->addr.local, text),
			c->add ? "to" : "from", v->iface->name, strerror(-c->error));
	v->failed = true;
}

/* What was to be said when the address was asked for could not be said then. */
static void announce_users(struct vip *v)
{
	struct vip_ref *r;

	list_for_each(r, &v->refs, link)
		if (r->in->mode == VIPS_UP)
			announcer_begin(r->in, VRRP_ANNOUNCE_ACTIVE);
}

/* At once the first time; against somebody who keeps removing it, once a second. */
static void put_back(struct vip *v, struct instance *in)
{
	struct vrrp_run *run = in->run;

	if (in->lost_at && loop_now(run->port.loop) - in->lost_at < RETRY_AFTER) {
		postpone(v);
		return;
	}
	if (list_empty(&in->lost))
		list_add_tail(&run->lost, &in->lost);
	vrrp_run_settle(run);
}

static void put_back_for_users(struct vip *v)
{
	struct vip_ref *r;

	list_for_each(r, &v->refs, link)
		if (r->in->mode == VIPS_UP && !(r->conf->flags & VIP_NO_TRACK))
			put_back(v, r->in);
}

static void changed(struct vip *v, const struct rtnl_change *c)
{
	bool done = c->error == 0 || (c->add ? c->error == -EEXIST : c->error == -EADDRNOTAVAIL);

	if (done && !c->add && c->addr.local.family == AF_INET)
		v->iface->removed_at = loop_now(v->iface->run->port.loop);
	if (done) {
		v->ours = c->add && (c->error == 0 || v->ours);
		if (v->failed && c->add)
			announce_users(v);
		v->failed = false;
		if (c->add && !c->error && !in_kernel(v)) /* gone again before we could see it */
			put_back_for_users(v);
		return;
	}
	if (c->error == -ENODEV) /* its own event follows */
		return;
	report(v, c);
	postpone(v);
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

	list_for_each(v, &run->dirty_vips, dirty) {
		if (!reconcile(v, &c) || c.add != add)
			continue;
		if (add && !c.replace && guard_waits(v))
			v->failed = true;
		else
			batch_add(b, v, &c);
	}
}

static void empty_queue(struct vrrp_run *run)
{
	struct vip *v, *next;

	list_for_each_safe(v, next, &run->dirty_vips, dirty) {
		list_del(&v->dirty);
		if (list_empty(&v->refs))
			vip_free(v);
	}
}

static void apply(struct vrrp_run *run, struct batch *b, size_t from, size_t n)
{
	size_t i;

	rtnl_apply(run->port.rtnl, b->change + from, n);
	for (i = from; i < from + n; i++)
		changed(b->vip[i], &b->change[i]);
}

/* Those that were changed stay in the queue until all are: the next look finds nothing to do. */
bool vips_settle(struct vrrp_run *run)
{
	struct batch b = {0};
	size_t done, n;

	if (list_empty(&run->dirty_vips))
		return true;
	collect(run, &b, false);
	collect(run, &b, true);
	for (done = 0; done < b.n; done += n) {
		if (done && loop_pressed(run->port.loop))
			break;
		n = MIN(b.n - done, (size_t)PIECE);
		apply(run, &b, done, n);
	}
	if (done == b.n)
		empty_queue(run);
	free(b.change);
	free(b.vip);
	return done == b.n;
}

void vips_drop(struct vrrp_run *run)
{
	vips_retry(run);
	empty_queue(run);
}

void vips_retry(struct vrrp_run *run)
{
	while (!list_empty(&run->refused_vips))
		enqueue(list_first(&run->refused_vips, struct vip, dirty));
}

/* ---- what instances want ----------------------------------------------------------------- */

static void count(struct vip *v, enum vips_mode mode, uint32_t by)
{
	if (mode == VIPS_UP)
		v->want += by;
	else if (mode == VIPS_HOLD)
		v->hold += by;
	enqueue(v);
}

void vips_set_mode(struct instance *in, enum vips_mode mode)
{
	uint32_t i;

	if (mode == in->mode)
		return;
	for (i = 0; i < in->n_refs; i++) {
		count(in->ref[i].vip, in->mode, (uint32_t)-1);
		count(in->ref[i].vip, mode, 1);
	}
	in->mode = mode;
}

void vips_recheck(struct instance *in)
{
	uint32_t i;

	for (i = 0; i < in->n_refs; i++)
		enqueue(in->ref[i].vip);
}

void vips_recheck_iface(struct vrrp_iface *i)
{
	struct vip *v;

	list_for_each(v, &i->vips, on_iface) {
		if (!i->ifindex)
			v->ours = false;
		enqueue(v);
	}
}

static struct vip *vip_get(struct vrrp_run *run, const struct vip_conf *c, bool *is_new)
{
	struct vrrp_iface *i = iface_get(run, c->dev);
	struct rtnl_addr a = as_asked(c);
	struct vip *v = vip_find(i, &a);

	*is_new |= !v || !v->want;
	if (!v)
		return vip_new(i, &a);
	iface_put(i);
	v->addr = a;
	return v;
}

static bool attach_list(struct instance *in, const struct nodes *list)
{
	const struct vip_conf *c;
	bool is_new = false;

	nodes_for_each(c, list) {
		struct vip_ref *r = &in->ref[in->n_refs++];

		*r = (struct vip_ref){.in = in, .conf = c, .vip = vip_get(in->run, c, &is_new)};
		list_add_tail(&r->vip->refs, &r->link);
		count(r->vip, in->mode, 1);
	}
	return is_new;
}

static void detach_refs(struct vip_ref *ref, uint32_t n, enum vips_mode mode)
{
	uint32_t i;

	for (i = 0; i < n; i++) {
		list_del(&ref[i].link);
		count(ref[i].vip, mode, (uint32_t)-1);
	}
	free(ref);
}

static void list_targets(struct instance *in)
{
	uint32_t i;

	in->target = xrealloc(in->target, in->n_refs * sizeof(*in->target));
	for (i = 0; i < in->n_refs; i++) {
		in->target[i].vip = in->ref[i].conf;
		in->target[i].pace = &in->ref[i].vip->iface->pace;
	}
}

bool vips_attach(struct instance *in)
{
	const struct vrrp_conf *c = in->conf;
	struct vip_ref *old = in->ref;
	uint32_t n_old = in->n_refs;
	bool is_new;

	in->ref = xcalloc(c->vips.n + c->evips.n, sizeof(*in->ref));
	in->n_refs = 0;
	is_new = attach_list(in, &c->vips);
	is_new |= attach_list(in, &c->evips);
	list_targets(in);
	detach_refs(old, n_old, in->mode);
	return is_new;
}

void vips_detach(struct instance *in)
{
	detach_refs(in->ref, in->n_refs, in->mode);
	free(in->target);
	in->ref = NULL;
	in->target = NULL;
	in->n_refs = 0;
}

bool vips_present(const struct instance *in)
{
	uint32_t i;

	for (i = 0; i < in->conf->vips.n; i++) {
		const struct rtnl_addr *have = in_kernel(in->ref[i].vip);

		if (!have || have->proto != RTNL_PROTO_KEEPALIVED)
			return false;
	}
	return in->conf->vips.n > 0;
}

bool vips_usable(const struct vip *v)
{
	const struct rtnl_addr *have = in_kernel(v);

	return have && !(have->flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED));
}

void vips_abandon(struct vrrp_iface *i)
{
	struct batch b = {0};
	struct vip *v;
	size_t n;

	list_for_each(v, &i->vips, on_iface) {
		const struct rtnl_addr *have = in_kernel(v);

		if (have && is_ours(v, have))
			batch_add(
				&b, v, &(struct rtnl_change){.kind = RTNL_ADDRESS, .addr = *have});
	}
	if (b.n)
		rtnl_apply(i->run->port.rtnl, b.change, b.n);
	for (n = 0; n < b.n; n++)
		if (b.change[n].error && b.change[n].error != -EADDRNOTAVAIL)
			report(b.vip[n], &b.change[n]);
	free(b.change);
	free(b.vip);
}

/* ---- somebody else's doing --------------------------------------------------------------- */

/* The kernel takes secondary IPv4 addresses away together with their primary one, which may have
 * been ours. */
static bool cascaded(const struct vip *v)
{
	const struct vrrp_iface *i = v->iface;

	return v->addr.local.family == AF_INET && i->removed_at &&
	       loop_now(i->run->port.loop) - i->removed_at < CASCADE_TIME;
}

bool vips_gone(struct vrrp_iface *i, const struct rtnl_addr *a)
{
	struct vip *v = vip_find(i, a);

	if (!v)
		return false;
	v->ours = false;
	if (!v->want || !i->up) /* our own removal, or the interface took it along */
		return true;
	if (cascaded(v)) {
		v->failed = true;
		enqueue(v);
		return true;
	}
	put_back_for_users(v);
	return true;
}
