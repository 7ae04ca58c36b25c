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

/*
 * All tables are constants of one program, so the distance between two of them fits in four bytes.
 * The list of an object is as short as what was written, so a search costs less than an index.
 */
static int32_t row_number(const struct node *n, const struct kw *kw)
{
	return (int32_t)((intptr_t)kw - (intptr_t)n->block);
}

static const struct kw *row_of(const struct node *n, int32_t number)
{
	return (const struct kw *)((intptr_t)n->block + number);
}

static struct span *place_of(const struct node *n, int32_t row)
{
	struct written *w = n->written;

	for (unsigned i = 0; w && i < w->n; i++)
		if (w->at[i].row == row)
			return &w->at[i].span;
	return NULL;
}

struct span schema_where_row(const struct node *n, const struct kw *kw)
{
	const struct span *s = place_of(n, row_number(n, kw));

	return s ? *s : (struct span){0};
}

struct span schema_where(const struct node *n, const char *keyword)
{
	const struct written *w = n->written;

	for (unsigned i = 0; w && i < w->n; i++)
		if (!strcmp(row_of(n, w->at[i].row)->name, keyword))
			return w->at[i].span;
	return (struct span){0};
}

#define MANY_ROWS 40

static size_t written_size(unsigned room)
{
	return sizeof(struct written) + room * sizeof(((struct written *)NULL)->at[0]);
}

/* Room for one more place. Most objects are written without anything else between two of theirs. */
static struct written *more_room(struct arena *a, const struct node *n)
{
	struct written *old = n->written;
	unsigned first = n->block->n_kw > MANY_ROWS ? 4 : 1;
	unsigned room = old ? old->room : 0, wanted = room ? room * 2 : first;
	struct written *w;

	if (old && arena_extend(a, old, written_size(room), written_size(1) - written_size(0))) {
		old->room++;
		return old;
	}
	w = arena_alloc(a, written_size(wanted));
	if (old)
		memcpy(w, old, written_size(room));
	w->room = (uint16_t)wanted;
	return w;
}

void schema_mark(struct arena *a, struct node *n, const struct kw *kw, struct span span)
{
	struct span *before = place_of(n, row_number(n, kw));
	struct written *w = n->written;

	if (n->block->flags & BLOCK_ENTRIES)
		return;
	if (before) {
		*before = span;
		return;
	}
	if (!w || w->n == w->room)
		n->written = w = more_room(a, n);
	w->at[w->n].row = row_number(n, kw);
	w->at[w->n++].span = span;
}

void schema_imply(struct arena *a, struct node *n, const char *keyword, struct span by)
{
	struct kw_iter it = {.block = n->block};
	const struct kw *kw;

	if (schema_given(n, keyword))
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

void kw_store(const struct kw *kw, void *field, int64_t v)
{
	switch (kw->size) {
	case 1:
		*(uint8_t *)field = (uint8_t)v;
		break;
	case 2:
		*(uint16_t *)field = (uint16_t)v;
		break;
	case 4:
		*(uint32_t *)field = (uint32_t)v;
		break;
	default:
		*(uint64_t *)field = (uint64_t)v;
	}
}

static void set_default(const struct kw *kw, void *field)
{
	if (!kw->codec || kw->flags & (KW_NO_DEFAULT | KW_ALIAS | KW_HIDDEN) || !kw->def)
		return;
	kw_store(kw, field, kw->def);
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
