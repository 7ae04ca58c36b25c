/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two hash tables, of services and of destinations, and one list of entries whose two versions may
 * differ. `wanted` and `present` say which of the versions exist. `want` always holds at least the
 * key, so that a change can point to it whatever it does.
 *
 * An entry that is neither wanted nor present is buried: out of every table, but freed only when
 * the next difference is taken, since changes handed out may still point to it.
 */
#include "keepalived/check/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/list.h"

struct entry {
	struct entry *next; /* in its bucket */
	struct list dirty;  /* in table.dirty, or in table.dead; else alone */
	uint32_t hash;
	uint32_t generation; /* of the last wish */
	bool is_service;
	bool wanted;
	bool present;
	bool failed; /* left the dirty list although it differs */
};

struct service {
	struct entry e;
	struct list all;
	struct list dests;
	struct ipvs_service want, have;
	bool ours;
	uint32_t round; /* the difference in which its change was emitted */
};

struct dest {
	struct entry e;
	struct service *service;
	struct list sibling;
	struct ipvs_dest want, have;
};

struct hash {
	struct entry **bucket;
	size_t size, n; /* size: a power of two, or 0 */
};

struct table {
	struct hash services, dests;
	struct list all, dirty, dead;
	struct ipvs_change *changes;
	size_t n_changes, cap_changes;
	uint32_t generation, round;
};

/* ---- hashing ---- */

static uint32_t mix(uint32_t h, uint32_t v)
{
	h ^= v + 0x9e3779b9u + (h << 6) + (h >> 2);
	h ^= h >> 15;
	return h * 0x85ebca6bu;
}

static uint32_t service_hash(const struct ipvs_service *s)
{
	uint32_t h = mix(s->family, s->proto);

	return s->proto ? mix(mix(h, addr_hash(&s->addr)), s->port) : mix(h, s->fwmark);
}

static uint32_t dest_hash(const struct service *s, const struct ipvs_dest *d)
{
	return mix(mix(s->e.hash, addr_hash(&d->addr)), d->port);
}

static void hash_grow(struct hash *h)
{
	size_t size = h->size ? h->size * 2 : 64;
	struct entry **bucket = xcalloc(size, sizeof(*bucket));

	for (size_t i = 0; i < h->size; i++) {
		for (struct entry *e = h->bucket[i], *next; e; e = next) {
			next = e->next;
			e->next = bucket[e->hash & (size - 1)];
			bucket[e->hash & (size - 1)] = e;
		}
	}
	free(h->bucket);
	h->bucket = bucket;
	h->size = size;
}

static void hash_add(struct hash *h, struct entry *e)
{
	if (h->n == h->size)
		hash_grow(h);
	e->next = h->bucket[e->hash & (h->size - 1)];
	h->bucket[e->hash & (h->size - 1)] = e;
	h->n++;
}

static void hash_del(struct hash *h, struct entry *e)
{
	struct entry **p = &h->bucket[e->hash & (h->size - 1)];

	while (*p != e)
		p = &(*p)->next;
	*p = e->next;
	h->n--;
}

static struct entry *hash_first(const struct hash *h, uint32_t hash)
{
	return h->size ? h->bucket[hash & (h->size - 1)] : NULL;
}

static struct service *as_service(struct entry *e)
{
	return container_of(e, struct service, e);
}

static struct dest *as_dest(struct entry *e)
{
	return container_of(e, struct dest, e);
}

static struct service *find_service(const struct table *t, const struct ipvs_service *key)
{
	uint32_t hash = service_hash(key);

	for (struct entry *e = hash_first(&t->services, hash); e; e = e->next)
		if (e->hash == hash && ipvs_service_same_key(&as_service(e)->want, key))
			return as_service(e);
	return NULL;
}

static struct dest *find_dest(
	const struct table *t, const struct service *s, const struct ipvs_dest *key)
{
	uint32_t hash = dest_hash(s, key);

	for (struct entry *e = hash_first(&t->dests, hash); e; e = e->next)
		if (e->hash == hash && as_dest(e)->service == s &&
			ipvs_dest_same_key(&as_dest(e)->want, key))
			return as_dest(e);
	return NULL;
}

/* ---- entries ---- */

static struct service *service_new(struct table *t, const struct ipvs_service *value)
{
	struct service *s = xcalloc(1, sizeof(*s));

	s->e.is_service = true;
	s->e.hash = service_hash(value);
	s->want = *value;
	list_init(&s->e.dirty);
	list_init(&s->dests);
	list_add_tail(&t->all, &s->all);
	hash_add(&t->services, &s->e);
	return s;
}

static struct dest *dest_new(struct table *t, struct service *s, const struct ipvs_dest *value)
{
	struct dest *d = xcalloc(1, sizeof(*d));

	d->e.hash = dest_hash(s, value);
	d->service = s;
	d->want = *value;
	list_init(&d->e.dirty);
	list_add_tail(&s->dests, &d->sibling);
	hash_add(&t->dests, &d->e);
	return d;
}

static void touch(struct table *t, struct entry *e)
{
	e->failed = false;
	if (list_empty(&e->dirty))
		list_add_tail(&t->dirty, &e->dirty);
}

/* A destination's newest wish decides its place. A service stays ahead of its destinations. */
static void touch_last(struct table *t, struct entry *e)
{
	list_del(&e->dirty);
	touch(t, e);
}

static void bury_dest(struct table *t, struct dest *d)
{
	hash_del(&t->dests, &d->e);
	list_del(&d->sibling);
	list_del(&d->e.dirty);
	list_add_tail(&t->dead, &d->e.dirty);
}

static void bury_service(struct table *t, struct service *s)
{
	struct dest *d, *tmp;

	list_for_each_safe(d, tmp, &s->dests, sibling)
		bury_dest(t, d);
	hash_del(&t->services, &s->e);
	list_del(&s->all);
	list_del(&s->e.dirty);
	list_add_tail(&t->dead, &s->e.dirty);
}

static void reap(struct table *t)
{
	struct entry *e, *tmp;

	list_for_each_safe(e, tmp, &t->dead, dirty)
		free(e->is_service ? (void *)as_service(e) : (void *)as_dest(e));
	list_init(&t->dead);
}

struct table *table_new(void)
{
	struct table *t = xcalloc(1, sizeof(*t));

	list_init(&t->all);
	list_init(&t->dirty);
	list_init(&t->dead);
	return t;
}

void table_free(struct table *t)
{
	struct service *s, *tmp;

	if (!t)
		return;
	list_for_each_safe(s, tmp, &t->all, all)
		bury_service(t, s);
	reap(t);
	free(t->services.bucket);
	free(t->dests.bucket);
	free(t->changes);
	free(t);
}

/* ---- the kernel's side ---- */

void table_have_service(struct table *t, const struct ipvs_service *value, bool ours)
{
	struct service *s = find_service(t, value);

	if (!s)
		s = service_new(t, value);
	s->have = *value;
	s->e.present = true;
	s->ours |= ours;
	if (s->ours)
		touch(t, &s->e);
}

void table_have_dest(struct table *t, const struct ipvs_service *key, const struct ipvs_dest *value)
{
	struct service *s = find_service(t, key);
	struct dest *d;

	if (!s)
		return;
	d = find_dest(t, s, value);
	if (!d)
		d = dest_new(t, s, value);
	d->have = *value;
	d->e.present = true;
	if (s->ours)
		touch(t, &d->e);
}

static void dest_gone(struct table *t, struct dest *d)
{
	d->e.present = false;
	if (d->e.wanted)
		touch(t, &d->e);
	else
		bury_dest(t, d);
}

static void service_gone(struct table *t, struct service *s)
{
	struct dest *d, *tmp;

	s->e.present = false;
	if (!s->e.wanted) {
		bury_service(t, s);
		return;
	}
	touch(t, &s->e);
	list_for_each_safe(d, tmp, &s->dests, sibling)
		dest_gone(t, d);
}

void table_have_nothing(struct table *t)
{
	struct service *s, *tmp;

	list_for_each_safe(s, tmp, &t->all, all)
		service_gone(t, s);
}

/* ---- wishes ---- */

void table_want_service(struct table *t, const struct ipvs_service *value)
{
	struct service *s = find_service(t, value);
	struct dest *d;

	if (!s)
		s = service_new(t, value);
	s->want = *value;
	s->e.generation = t->generation;
	if (!s->e.wanted) {
		s->e.wanted = s->ours = true;
		list_for_each(d, &s->dests, sibling)
			touch(t, &d->e);
	}
	touch(t, &s->e);
}

static void drop_dest(struct table *t, struct dest *d)
{
	d->e.wanted = false;
	if (d->e.present)
		touch_last(t, &d->e);
	else
		bury_dest(t, d);
}

static void drop_service(struct table *t, struct service *s)
{
	struct dest *d, *tmp;

	list_for_each_safe(d, tmp, &s->dests, sibling)
		drop_dest(t, d);
	s->e.wanted = false;
	if (s->e.present)
		touch(t, &s->e);
	else
		bury_service(t, s);
}

void table_drop_service(struct table *t, const struct ipvs_service *key)
{
	struct service *s = find_service(t, key);

	if (s && s->e.wanted)
		drop_service(t, s);
}

bool table_want_dest(struct table *t, const struct ipvs_service *key, const struct ipvs_dest *value)
{
	struct service *s = find_service(t, key);
	struct dest *d;

	if (!s || !s->e.wanted)
		return false;
	d = find_dest(t, s, value);
	if (!d)
		d = dest_new(t, s, value);
	if (!d->e.wanted || !ipvs_dest_eq(&d->want, value))
		touch_last(t, &d->e);
	else if (!d->e.present || !ipvs_dest_eq(&d->have, value))
		touch(t, &d->e);
	d->want = *value;
	d->e.wanted = true;
	d->e.generation = t->generation;
	return true;
}

void table_drop_dest(struct table *t, const struct ipvs_service *key, const struct ipvs_dest *dest)
{
	struct service *s = find_service(t, key);
	struct dest *d = s && s->e.wanted ? find_dest(t, s, dest) : NULL;

	if (d && (d->e.wanted || d->e.present))
		drop_dest(t, d);
}

void table_drop_all(struct table *t)
{
	struct service *s, *tmp;

	list_for_each_safe(s, tmp, &t->all, all)
		if (s->e.wanted)
			drop_service(t, s);
}

void table_mark(struct table *t)
{
	t->generation++;
}

/* Also moves removals that were due already behind the wishes uttered since the mark. */
static void sweep_dests(struct table *t, struct service *s)
{
	struct dest *d, *tmp;

	list_for_each_safe(d, tmp, &s->dests, sibling)
		if (!d->e.wanted || d->e.generation != t->generation)
			drop_dest(t, d);
}

void table_sweep(struct table *t)
{
	struct service *s, *tmp;

	list_for_each_safe(s, tmp, &t->all, all) {
		if (!s->e.wanted)
			continue;
		if (s->e.generation == t->generation)
			sweep_dests(t, s);
		else
			drop_service(t, s);
	}
}

/* ---- questions ---- */

const struct ipvs_service *table_find_service(const struct table *t, const struct ipvs_service *key)
{
	struct service *s = find_service(t, key);

	return s && s->e.present ? &s->have : NULL;
}

const struct ipvs_dest *table_find_dest(
	const struct table *t, const struct ipvs_service *key, const struct ipvs_dest *dest)
{
	struct service *s = find_service(t, key);
	struct dest *d = s ? find_dest(t, s, dest) : NULL;

	return d && d->e.present ? &d->have : NULL;
}

const struct ipvs_dest *table_wanted_dest(
	const struct table *t, const struct ipvs_service *key, const struct ipvs_dest *dest)
{
	struct service *s = find_service(t, key);
	struct dest *d = s ? find_dest(t, s, dest) : NULL;

	return d && d->e.wanted ? &d->want : NULL;
}

/* ---- the difference ---- */

enum difference { NONE, ADD, EDIT, DEL };

static enum difference difference(const struct entry *e, bool eq)
{
	if (e->wanted)
		return !e->present ? ADD : eq ? NONE : EDIT;
	return e->present ? DEL : NONE;
}

static enum difference service_difference(const struct service *s)
{
	return s->ours ? difference(&s->e, ipvs_service_eq(&s->want, &s->have)) : NONE;
}

/* What happens to a whole service happens to its destinations. */
static enum difference dest_difference(const struct dest *d)
{
	if (!d->service->e.wanted)
		return NONE;
	return difference(&d->e, ipvs_dest_eq(&d->want, &d->have));
}

static void emit(
	struct table *t, enum ipvs_op op, const struct ipvs_service *s, const struct ipvs_dest *d)
{
	if (t->n_changes == t->cap_changes) {
		t->cap_changes = t->cap_changes ? t->cap_changes * 2 : 64;
		t->changes = xrealloc(t->changes, t->cap_changes * sizeof(*t->changes));
	}
	t->changes[t->n_changes++] = (struct ipvs_change){.op = op, .service = s, .dest = d};
}

static void emit_service(struct table *t, struct service *s)
{
	static const enum ipvs_op op[] = {
		[ADD] = IPVS_SERVICE_ADD,
		[EDIT] = IPVS_SERVICE_EDIT,
		[DEL] = IPVS_SERVICE_DEL,
	};
	enum difference diff = service_difference(s);

	if (diff == NONE || s->round == t->round)
		return;
	s->round = t->round;
	emit(t, op[diff], &s->want, NULL);
}

static void emit_dest(struct table *t, struct dest *d)
{
	static const enum ipvs_op op[] = {
		[ADD] = IPVS_DEST_ADD,
		[EDIT] = IPVS_DEST_EDIT,
		[DEL] = IPVS_DEST_DEL,
	};
	enum difference diff = dest_difference(d);

	if (diff == NONE)
		return;
	emit_service(t, d->service);
	emit(t, op[diff], &d->service->want, &d->want);
}

size_t table_changes(struct table *t, struct ipvs_change **changes)
{
	struct entry *e, *tmp;

	reap(t);
	t->n_changes = 0;
	t->round++;
	list_for_each_safe(e, tmp, &t->dirty, dirty) {
		size_t before = t->n_changes;

		if (e->is_service)
			emit_service(t, as_service(e));
		else
			emit_dest(t, as_dest(e));
		if (t->n_changes == before && !(e->is_service && as_service(e)->round == t->round))
			list_del(&e->dirty);
	}
	*changes = t->changes;
	return t->n_changes;
}

void table_trim(struct table *t)
{
	reap(t);
	free(t->changes);
	t->changes = NULL;
	t->n_changes = t->cap_changes = 0;
}

/* ---- the outcome ---- */

/* No wish is equal to these: the kernel holds the object, but we do not know its content. */
static void unknown_service(struct service *s)
{
	s->e.present = true;
	s->have = s->want;
	memset(s->have.sched, 0, sizeof(s->have.sched));
}

static void unknown_dest(struct dest *d)
{
	d->e.present = true;
	d->have = d->want;
	d->have.fwd = UINT32_MAX;
}

static void settled(struct entry *e)
{
	list_del(&e->dirty);
}

static void failed(struct entry *e)
{
	list_del(&e->dirty);
	e->failed = true;
}

/* Destinations that could not be added while the service was missing. */
static void service_arrived(struct table *t, struct service *s)
{
	struct dest *d;

	list_for_each(d, &s->dests, sibling)
		if (d->e.failed)
			touch(t, &d->e);
}

static void service_applied(struct table *t, struct service *s, const struct ipvs_change *c)
{
	if ((c->error == -ESRCH && s->e.present) || (c->op == IPVS_SERVICE_DEL && !c->error)) {
		service_gone(t, s);
	} else if (c->error == -EEXIST && c->op == IPVS_SERVICE_ADD) {
		unknown_service(s);
	} else if (c->error) {
		failed(&s->e);
	} else {
		s->have = *c->service;
		s->e.present = true;
		settled(&s->e);
		if (c->op == IPVS_SERVICE_ADD)
			service_arrived(t, s);
	}
}

static void dest_applied(struct table *t, struct dest *d, const struct ipvs_change *c)
{
	struct service *s = d->service;

	if (c->error == -ESRCH && s->e.present) {
		service_gone(t, s);
	} else if (c->error == -ESRCH && !s->e.failed) {
		return; /* waits for the service that was just found missing */
	} else if ((c->error == -ENOENT && d->e.present) || (c->op == IPVS_DEST_DEL && !c->error)) {
		dest_gone(t, d);
	} else if (c->error == -EEXIST && c->op == IPVS_DEST_ADD) {
		unknown_dest(d);
	} else if (c->error) {
		failed(&d->e);
	} else {
		d->have = *c->dest;
		d->e.present = true;
		settled(&d->e);
	}
}

static size_t count_differences(const struct table *t)
{
	size_t n = 0;
	struct entry *e;

	list_for_each(e, &t->dirty, dirty) {
		if (e->is_service)
			n += service_difference(as_service(e)) != NONE;
		else
			n += dest_difference(as_dest(e)) != NONE;
	}
	return n;
}

size_t table_applied(struct table *t, const struct ipvs_change *changes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct ipvs_change *c = &changes[i];
		struct service *s = c->op <= IPVS_DEST_DEL ? find_service(t, c->service) : NULL;
		struct dest *d = NULL;

		if (s && c->op >= IPVS_DEST_ADD)
			d = find_dest(t, s, c->dest);
		if (d)
			dest_applied(t, d, c);
		else if (s && c->op <= IPVS_SERVICE_DEL)
			service_applied(t, s, c);
	}
	return count_differences(t);
}

static void retry(struct table *t, struct entry *e)
{
	if (e->failed)
		touch(t, e);
}

void table_retry(struct table *t)
{
	struct service *s;
	struct dest *d;

	list_for_each(s, &t->all, all) {
		retry(t, &s->e);
		list_for_each(d, &s->dests, sibling)
			retry(t, &d->e);
	}
}
