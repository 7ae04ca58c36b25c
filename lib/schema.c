/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables and the objects made from them: rows, defaults, places, lists. */
#include "lib/schema.h"

#include <string.h>

#include "lib/types.h"

/* ---- rows -------------------------------------------------------------------------------- */

static bool is_same(const struct kw *kw)
{
	return kw->block && kw->block->flags & BLOCK_SAME;
}

const struct kw *kw_next(struct kw_iter *it)
{
	const struct kw *kw;

	if (it->same && it->j < it->same->n_kw)
		return &it->same->kw[it->j++];
	it->same = NULL;
	if (it->i == it->block->n_kw)
		return NULL;
	kw = &it->block->kw[it->i++];
	if (is_same(kw)) {
		it->same = kw->block;
		it->j = 0;
	}
	return kw;
}

const struct kw *schema_kw(const struct block *b, const char *name)
{
	for (unsigned i = 0; i < b->n_kw; i++)
		if (b->kw[i].name[0] == name[0] && !strcmp(b->kw[i].name, name) &&
			!(b->kw[i].flags & KW_HIDDEN))
			return &b->kw[i];
	return NULL;
}

/* The list is as short as what was written, so a search costs less than an index per row. */
struct span schema_where_row(const struct node *n, const struct kw *kw)
{
	const struct written *w;

	for (w = n->written; w; w = w->next)
		if (w->kw == kw)
			return w->span;
	return (struct span){0};
}

struct span schema_where(const struct node *n, const char *keyword)
{
	const struct written *w;

	for (w = n->written; w; w = w->next)
		if (!strcmp(w->kw->name, keyword))
			return w->span;
	return (struct span){0};
}

void schema_mark(struct arena *a, struct node *n, const struct kw *kw, struct span span)
{
	struct written *w;

	if (n->block->flags & BLOCK_ENTRIES)
		return;
	for (w = n->written; w; w = w->next)
		if (w->kw == kw)
			break;
	if (!w) {
		w = arena_new_of(a, struct written);
		w->next = n->written;
		w->kw = kw;
		n->written = w;
	}
	w->span = span;
}

void schema_imply(struct arena *a, struct node *n, const char *keyword, struct span by)
{
	struct kw_iter it = {.block = n->block};
	const struct kw *kw;

	if (schema_where(n, keyword).line)
		return;
	while ((kw = kw_next(&it)))
		if (!strcmp(kw->name, keyword)) {
			schema_mark(a, n, kw, by);
			return;
		}
}

struct span schema_place(const struct node *n, const char *keyword)
{
	struct span s = schema_where(n, keyword);

	return s.line ? s : n->span;
}

/* ---- objects ----------------------------------------------------------------------------- */

static void set_default(const struct kw *kw, void *field)
{
	if (!kw->codec || kw->flags & (KW_NO_DEFAULT | KW_ALIAS | KW_HIDDEN) || !kw->def)
		return;
	switch (kw->size) {
	case 1:
		*(uint8_t *)field = (uint8_t)kw->def;
		break;
	case 2:
		*(uint16_t *)field = (uint16_t)kw->def;
		break;
	case 4:
		*(uint32_t *)field = (uint32_t)kw->def;
		break;
	default:
		*(int64_t *)field = kw->def;
	}
}

static void init(struct arena *a, const struct block *b, struct node *n, struct node *parent)
{
	struct kw_iter it = {.block = b};
	const struct kw *kw;

	n->block = b;
	n->parent = parent;
	while ((kw = kw_next(&it))) {
		if (kw->block && kw->block->flags & BLOCK_MERGE)
			init(a, kw->block, kw_field(kw, n), n);
		else
			set_default(kw, kw_field(kw, n));
	}
}

struct node *schema_new(struct arena *a, const struct block *b, struct node *parent)
{
	struct node *n = arena_alloc(a, b->size);

	init(a, b, n, parent);
	return n;
}

/* ---- lists ------------------------------------------------------------------------------- */

void nodes_add(struct nodes *list, struct node *n)
{
	n->next = NULL;
	if (list->last)
		list->last->next = n;
	else
		list->first = n;
	list->last = n;
	list->n++;
}

void nodes_filter(struct nodes *list, bool (*keep)(struct node *, void *ctx), void *ctx)
{
	struct node *n = list->first, *next;

	*list = (struct nodes){.refused = list->refused};
	for (; n; n = next) {
		next = n->next;
		if (keep(n, ctx))
			nodes_add(list, n);
		else
			list->refused++;
	}
}
