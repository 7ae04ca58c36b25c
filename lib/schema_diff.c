/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a reload changes: two objects row by row, two lists member by member, by name. */
#include <string.h>

#include "lib/schema.h"

#define IDLE_ROW (KW_ALIAS | KW_LATER | KW_OBSOLETE | KW_POSITION)

struct comparing {
	schema_changed *changed;
	void *ctx;
	enum schema_change worst;
};

static enum schema_change change_of(unsigned flags)
{
	if (flags & KW_RESTART)
		return CHANGE_RESTART;
	return flags & KW_EVENT ? CHANGE_EVENT : CHANGE_LIVE;
}

static void differs(struct comparing *c, const struct kw *kw, enum schema_change how)
{
	c->worst = MAX(c->worst, how);
	if (c->changed)
		c->changed(c->ctx, kw);
}

static bool same_name(const struct node *a, const struct node *b)
{
	return a->name == b->name || (a->name && b->name && !strcmp(a->name, b->name));
}

/* Lists without a life of their own: order counts (the first address, the first url). */
static bool same_list(const struct nodes *x, const struct nodes *y)
{
	const struct node *a = x->first, *b = y->first;

	for (; a && b; a = a->next, b = b->next)
		if (a->block != b->block || !same_name(a, b) || schema_compare(a, b) != CHANGE_NONE)
			return false;
	return !a && !b;
}

static void compare_rows(
	struct comparing *c, const struct block *b, const struct node *x, const struct node *y)
{
	for (unsigned i = 0; i < b->n_kw; i++) {
		const struct kw *kw = &b->kw[i];
		const void *fx = kw_field(kw, x), *fy = kw_field(kw, y);
		enum schema_change how;

		if (kw->flags & (IDLE_ROW | KW_OBJECTS))
			continue;
		if (!kw->block) {
			if (!kw->codec->equal(kw, fx, fy))
				differs(c, kw, change_of(kw->flags));
		} else if (kw->block->flags & BLOCK_SAME) {
			compare_rows(c, kw->block, x, y);
		} else if (kw->block->flags & BLOCK_MERGE) {
			how = schema_compare(fx, fy);
			if (how != CHANGE_NONE)
				differs(c, kw, how);
		} else if (!same_list(fx, fy)) {
			differs(c, kw, change_of(kw->flags));
		}
	}
}

enum schema_change schema_changes(
	const struct node *old, const struct node *new, schema_changed *changed, void *ctx)
{
	struct comparing c = {changed, ctx, CHANGE_NONE};
	unsigned derived;

	compare_rows(&c, old->block, old, new);
	derived = old->block->compare ? old->block->compare(old, new) : 0;
	return derived ? MAX(c.worst, change_of(derived)) : c.worst;
}

enum schema_change schema_compare(const struct node *old, const struct node *new)
{
	return schema_changes(old, new, NULL, NULL);
}

/* ---- lists ------------------------------------------------------------------------------- */

/* The member that n meets in the other list; seen: how many nameless ones came before. */
static const struct node *partner(
	const struct node_map *map, const struct nodes *list, const struct node *n, unsigned seen)
{
	const struct node *other;

	if (n->name) {
		other = node_map_find(map, n->name);
		return other && other->block == n->block ? other : NULL;
	}
	for (other = list->first; other; other = other->next)
		if (!other->name && !seen--)
			return other;
	return NULL;
}

void schema_diff(const struct nodes *old, const struct nodes *new, schema_met *met, void *ctx)
{
	struct node_map *olds = node_map_new(old), *news = node_map_new(new);
	const struct node *n, *o;
	unsigned seen = 0;

	for (o = old->first; o; o = o->next) {
		if (!partner(news, new, o, seen))
			met(ctx, o, NULL, CHANGE_REMOVED);
		seen += !o->name;
	}
	seen = 0;
	for (n = new->first; n; n = n->next) {
		o = partner(olds, old, n, seen);
		met(ctx, o, n, o ? schema_compare(o, n) : CHANGE_ADDED);
		seen += !n->name;
	}
	node_map_free(olds);
	node_map_free(news);
}

/* ---- trees ------------------------------------------------------------------------------- */

struct tree_diff {
	schema_met *met;
	void *ctx;
};

static void tree_met(
	void *ctx, const struct node *old, const struct node *new, enum schema_change how)
{
	const struct tree_diff *t = ctx;

	t->met(t->ctx, old, new, how);
	schema_diff_tree(old, new, t->met, t->ctx);
}

static bool list_before(const struct block *b, const struct kw *kw)
{
	for (const struct kw *row = b->kw; row < kw; row++)
		if (row->flags & KW_OBJECTS && row->offset == kw->offset)
			return true;
	return false;
}

void schema_diff_tree(const struct node *old, const struct node *new, schema_met *met, void *ctx)
{
	static const struct nodes none;
	const struct block *b = (old ? old : new)->block;
	struct tree_diff t = {met, ctx};

	for (unsigned i = 0; i < b->n_kw; i++) {
		const struct kw *kw = &b->kw[i];

		if (kw->flags & KW_OBJECTS && !list_before(b, kw))
			schema_diff(old ? kw_field(kw, old) : &none,
				new ? kw_field(kw, new) : &none, tree_met, &t);
	}
}
