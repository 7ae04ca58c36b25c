/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keepalived/kern/rtnl_table.h"

#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

/* Common to links and addresses: how it is found, whether it exists, what the listener knows. */
struct entry {
	struct hmap_item key;
	struct list dirty;
	uint32_t sweep;
	bool is_link, present;
	bool told; /* the listener knows it, with the values in `old` while dirty */
};

struct link_entry {
	struct entry e;
	struct hmap_item name;
	struct list all, addrs;
	struct rtnl_link now, old;
};

/* There may be thousands of addresses, so `old` is only there when it is needed. */
struct addr_entry {
	struct entry e;
	struct list of_link;
	struct rtnl_addr now, *old; /* NULL: not dirty, or not told yet */
};

static uint32_t hash_index(int ifindex)
{
	return hmap_hash(&ifindex, sizeof(ifindex), 0);
}

static uint32_t hash_addr(const struct rtnl_addr *a)
{
	return addr_hash(&a->local) ^ hash_index(a->ifindex);
}

static struct link_entry *find_link(const struct rtnl *r, int ifindex)
{
	struct hmap_item *it;

	for (it = hmap_first(&r->by_index, hash_index(ifindex)); it; it = hmap_next(it)) {
		struct link_entry *l = container_of(it, struct link_entry, e.key);

		if (l->now.ifindex == ifindex)
			return l;
	}
	return NULL;
}

/* inet_rtm_newaddr compares local address, mask and peer; ipv6_get_ifaddr the address alone. */
static bool same_addr(const struct rtnl_addr *a, const struct rtnl_addr *b)
{
	if (a->ifindex != b->ifindex || !addr_eq(&a->local, &b->local))
		return false;
	return a->local.family == AF_INET6 ||
	       (a->prefixlen == b->prefixlen && addr_eq(&a->peer, &b->peer));
}

static struct addr_entry *find_addr(const struct rtnl *r, const struct rtnl_addr *want)
{
	struct hmap_item *it;

	for (it = hmap_first(&r->addrs, hash_addr(want)); it; it = hmap_next(it)) {
		struct addr_entry *a = container_of(it, struct addr_entry, e.key);

		if (same_addr(&a->now, want))
			return a;
	}
	return NULL;
}

static void free_link(struct rtnl *r, struct link_entry *l)
{
	hmap_del(&r->by_index, &l->e.key);
	hmap_del(&r->by_name, &l->name);
	list_del(&l->all);
	list_del(&l->e.dirty);
	free(l);
}

static void free_addr(struct rtnl *r, struct addr_entry *a)
{
	hmap_del(&r->addrs, &a->e.key);
	list_del(&a->of_link);
	list_del(&a->e.dirty);
	free(a->old);
	free(a);
}

static struct link_entry *as_link(struct entry *e)
{
	return container_of(e, struct link_entry, e);
}

static struct addr_entry *as_addr(struct entry *e)
{
	return container_of(e, struct addr_entry, e);
}

static void reclaim(struct rtnl *r, struct entry *e)
{
	if (e->is_link)
		free_link(r, as_link(e));
	else
		free_addr(r, as_addr(e));
}

static struct rtnl_addr *copy_addr(const struct rtnl_addr *a)
{
	struct rtnl_addr *copy = xmalloc(sizeof(*copy));

	*copy = *a;
	return copy;
}

/* To be called before the first change of an entry after it was told. */
static void remember(struct rtnl *r, struct entry *e)
{
	if (r->silent || !list_empty(&e->dirty))
		return;
	if (e->is_link)
		as_link(e)->old = as_link(e)->now;
	else if (e->told)
		as_addr(e)->old = copy_addr(&as_addr(e)->now);
	list_add_tail(&r->dirty, &e->dirty);
}

static void note_present(struct rtnl *r, struct entry *e)
{
	e->present = true;
	e->sweep = r->sweep;
	if (r->silent)
		e->told = true;
}

static struct link_entry *new_link(struct rtnl *r, const struct rtnl_link *want)
{
	struct link_entry *l = xcalloc(1, sizeof(*l));

	l->e.is_link = true;
	l->now = *want;
	list_init(&l->e.dirty);
	list_init(&l->addrs);
	list_add_tail(&r->links, &l->all);
	hmap_add(&r->by_index, &l->e.key, hash_index(want->ifindex));
	hmap_add(&r->by_name, &l->name, hmap_hash_str(want->name));
	return l;
}

static void rename_link(struct rtnl *r, struct link_entry *l, const char *name)
{
	if (strcmp(l->now.name, name) == 0)
		return;
	hmap_del(&r->by_name, &l->name);
	hmap_add(&r->by_name, &l->name, hmap_hash_str(name));
}

void rtnl_table_link(struct rtnl *r, const struct rtnl_link *want)
{
	struct link_entry *l = find_link(r, want->ifindex);
	unsigned downs = l ? l->now.downs : 0;
	bool was_up = l && l->e.present && l->now.up;

	if (!l)
		l = new_link(r, want);
	remember(r, &l->e);
	rename_link(r, l, want->name);
	l->now = *want;
	l->now.downs = downs + (was_up && !want->up);
	if (!l->e.present)
		r->n_links++;
	note_present(r, &l->e);
}

void rtnl_table_addr(struct rtnl *r, const struct rtnl_addr *want)
{
	struct link_entry *l = find_link(r, want->ifindex);
	struct addr_entry *a = find_addr(r, want);

	if (!l || !l->e.present)
		return;
	if (!a) {
		a = xcalloc(1, sizeof(*a));
		a->now = *want;
		list_init(&a->e.dirty);
		list_init(&a->of_link);
		hmap_add(&r->addrs, &a->e.key, hash_addr(want));
	}
	remember(r, &a->e);
	if (!a->e.present)
		list_add_tail(&l->addrs, &a->of_link);
	a->now = *want;
	note_present(r, &a->e);
}

static void addr_gone(struct rtnl *r, struct addr_entry *a)
{
	remember(r, &a->e);
	a->e.present = false;
	list_del(&a->of_link);
	if (r->silent)
		free_addr(r, a);
}

static void link_gone(struct rtnl *r, struct link_entry *l)
{
	struct addr_entry *a, *next;

	list_for_each_safe(a, next, &l->addrs, of_link)
		addr_gone(r, a);
	remember(r, &l->e);
	if (l->now.up)
		l->now.downs++;
	l->e.present = false;
	r->n_links--;
	if (r->silent)
		free_link(r, l);
}

void rtnl_table_link_gone(struct rtnl *r, int ifindex)
{
	struct link_entry *l = find_link(r, ifindex);

	if (l && l->e.present)
		link_gone(r, l);
}

void rtnl_table_addr_gone(struct rtnl *r, const struct rtnl_addr *gone)
{
	struct addr_entry *a = find_addr(r, gone);

	if (a && a->e.present)
		addr_gone(r, a);
}

void rtnl_table_sweep_begin(struct rtnl *r)
{
	r->sweep++;
}

void rtnl_table_sweep_end(struct rtnl *r)
{
	struct link_entry *l, *next;
	struct addr_entry *a, *next_addr;

	list_for_each_safe(l, next, &r->links, all) {
		if (!l->e.present)
			continue;
		if (l->e.sweep != r->sweep) {
			link_gone(r, l);
			continue;
		}
		list_for_each_safe(a, next_addr, &l->addrs, of_link)
			if (a->e.sweep != r->sweep)
				addr_gone(r, a);
	}
	r->resynced = true;
}

static bool same_link(const struct rtnl_link *a, const struct rtnl_link *b)
{
	return strcmp(a->name, b->name) == 0 && a->flags == b->flags && a->up == b->up &&
	       a->downs == b->downs && a->mtu == b->mtu && a->arptype == b->arptype &&
	       a->maclen == b->maclen && memcmp(a->mac, b->mac, a->maclen) == 0 &&
	       a->master == b->master && a->lower == b->lower && strcmp(a->kind, b->kind) == 0;
}

static bool same_options(const struct rtnl_addr *a, const struct rtnl_addr *b)
{
	return addr_eq(&a->peer, &b->peer) && addr_eq(&a->brd, &b->brd) &&
	       a->prefixlen == b->prefixlen && a->scope == b->scope && a->proto == b->proto &&
	       a->flags == b->flags && a->preferred_lft == b->preferred_lft &&
	       strcmp(a->label, b->label) == 0;
}

static bool differs(struct entry *e)
{
	if (e->told != e->present)
		return true;
	if (!e->told)
		return false;
	return e->is_link ? !same_link(&as_link(e)->now, &as_link(e)->old)
			  : !same_options(&as_addr(e)->now, as_addr(e)->old);
}

/* The callback may make the entry dirty again, so what it is told are copies. old: of an address.
 */
static void tell(struct rtnl *r, struct entry *e, bool told, const struct rtnl_addr *old)
{
	if (!r->events)
		return;
	if (e->is_link) {
		struct rtnl_link now = as_link(e)->now, before = as_link(e)->old;

		r->events->link(r->ctx, e->present ? &now : NULL, told ? &before : NULL);
	} else {
		struct rtnl_addr now = as_addr(e)->now;

		r->events->addr(r->ctx, e->present ? &now : NULL, told ? old : NULL);
	}
}

static struct rtnl_addr *take_old(struct entry *e)
{
	struct rtnl_addr *old = e->is_link ? NULL : as_addr(e)->old;

	if (old)
		as_addr(e)->old = NULL;
	return old;
}

void rtnl_table_deliver(struct rtnl *r)
{
	while (!list_empty(&r->dirty)) {
		struct entry *e = list_first(&r->dirty, struct entry, dirty);
		bool told = e->told, changed = differs(e);
		struct rtnl_addr *old = take_old(e);

		list_del(&e->dirty);
		e->told = e->present;
		if (changed)
			tell(r, e, told, old);
		free(old);
		if (!e->present && !e->told && list_empty(&e->dirty))
			reclaim(r, e);
	}
	if (r->resynced) {
		r->resynced = false;
		if (r->events && r->events->resynced)
			r->events->resynced(r->ctx);
	}
}

bool rtnl_table_is_dirty(const struct rtnl *r)
{
	return !list_empty(&r->dirty) || r->resynced;
}

void rtnl_table_init(struct rtnl *r, const struct rtnl_ops *ops)
{
	*r = (struct rtnl){.ops = ops};
	list_init(&r->links);
	list_init(&r->dirty);
}

void rtnl_table_free(struct rtnl *r)
{
	struct link_entry *l, *next;

	r->events = NULL;
	r->silent = false;
	list_for_each(l, &r->links, all)
		rtnl_table_link_gone(r, l->now.ifindex);
	rtnl_table_deliver(r); /* reclaims what is absent */
	list_for_each_safe(l, next, &r->links, all)
		free_link(r, l);
	hmap_free(&r->addrs);
	hmap_free(&r->by_index);
	hmap_free(&r->by_name);
}

void rtnl_close(struct rtnl *r)
{
	if (r)
		r->ops->close(r);
}

void rtnl_set_buffers(struct rtnl *r, const struct rtnl_conf *conf)
{
	if (r->ops->set_buffers)
		r->ops->set_buffers(r, conf);
}

void rtnl_listen(struct rtnl *r, const struct rtnl_events *events, void *ctx)
{
	r->events = events;
	r->ctx = ctx;
}

size_t rtnl_apply(struct rtnl *r, struct rtnl_change *changes, size_t n)
{
	return n ? r->ops->apply(r, changes, n) : 0;
}

const struct rtnl_link *rtnl_link_by_index(const struct rtnl *r, int ifindex)
{
	struct link_entry *l = find_link(r, ifindex);

	return l && l->e.present ? &l->now : NULL;
}

const struct rtnl_link *rtnl_link_by_name(const struct rtnl *r, const char *name)
{
	struct hmap_item *it;

	for (it = hmap_first(&r->by_name, hmap_hash_str(name)); it; it = hmap_next(it)) {
		const struct link_entry *l = container_of(it, struct link_entry, name);

		if (l->e.present && strcmp(l->now.name, name) == 0)
			return &l->now;
	}
	return NULL;
}

const struct rtnl_link *rtnl_link_next(const struct rtnl *r, const struct rtnl_link *prev)
{
	const struct list *at =
		prev ? container_of(prev, const struct link_entry, now)->all.next : r->links.next;

	for (; at != &r->links; at = at->next) {
		const struct link_entry *l = list_entry(at, const struct link_entry, all);

		if (l->e.present)
			return &l->now;
	}
	return NULL;
}

const struct rtnl_addr *rtnl_addr_next(
	const struct rtnl *r, int ifindex, const struct rtnl_addr *prev)
{
	const struct link_entry *l = find_link(r, ifindex);
	const struct list *at;

	if (!l || !l->e.present)
		return NULL;
	at = prev ? container_of(prev, const struct addr_entry, now)->of_link.next : l->addrs.next;
	return at == &l->addrs ? NULL : &list_entry(at, const struct addr_entry, of_link)->now;
}

const struct rtnl_addr *rtnl_addr_find(const struct rtnl *r, const struct rtnl_addr *want)
{
	struct addr_entry *a = find_addr(r, want);

	return a && a->e.present ? &a->now : NULL;
}

size_t rtnl_count_links(const struct rtnl *r)
{
	return r->n_links;
}

static bool fit_for_source(const struct rtnl_addr *a)
{
	if (a->local.family == AF_INET)
		return !(a->flags & IFA_F_SECONDARY) && a->scope < RT_SCOPE_HOST;
	return addr_is_link_local(&a->local) && !(a->flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED));
}

const struct rtnl_addr *rtnl_first_addr(
	const struct rtnl *r, int ifindex, int family, uint8_t skip_proto)
{
	const struct rtnl_addr *a = NULL;

	while ((a = rtnl_addr_next(r, ifindex, a)))
		if (a->local.family == family && (!skip_proto || a->proto != skip_proto) &&
			fit_for_source(a))
			return a;
	return NULL;
}

void rtnl_addr_init(struct rtnl_addr *a, int ifindex, const struct addr *local, uint8_t prefixlen)
{
	memset(a, 0, sizeof(*a));
	a->ifindex = ifindex;
	a->local = *local;
	a->prefixlen = prefixlen;
	a->proto = RTNL_PROTO_KEEPALIVED;
	a->preferred_lft = RTNL_FOREVER;
}
