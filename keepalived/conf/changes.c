/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Collects the differences of two trees as texts, then prints them. */
#include "keepalived/conf/changes.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lib/types.h"

#define PATH_MAX_DEPTH 8 /* virtual_server, real_server, checker is the deepest */

struct collecting {
	struct changes *all;
	const struct node *whole;     /* the last object added or removed */
	const struct node *old, *new; /* the objects whose rows are compared */
	const char *prefix;           /* of keywords inside an embedded block, or "" */
};

/* ---- texts ------------------------------------------------------------------------------- */

static const char *keep(struct changes *c, struct strbuf *text)
{
	const char *copy = arena_strdup(c->arena, strbuf_str(text));

	strbuf_free(text);
	return copy;
}

static const char *keyword_of(const struct block *b)
{
	const char *slash = strrchr(b->name, '/');

	return slash ? slash + 1 : b->name;
}

/* "vrrp_instance VI_1"; checkers are named like their keyword. */
static const char *label(struct changes *c, const struct node *n)
{
	const char *keyword = keyword_of(n->block);

	if (!n->name)
		return keyword;
	if (!strncmp(n->name, keyword, strlen(keyword)))
		return arena_strdup(c->arena, n->name);
	return arena_printf(c->arena, "%s %s", keyword, n->name);
}

static const char *const *path_of(struct changes *c, const struct node *n)
{
	const char **path = arena_alloc(c->arena, (PATH_MAX_DEPTH + 1) * sizeof(*path));
	const struct node *up;
	unsigned depth = 0;

	for (up = n; up->parent && depth < PATH_MAX_DEPTH; up = up->parent)
		depth++;
	for (path[depth] = NULL; depth; n = n->parent)
		path[--depth] = label(c, n);
	return path;
}

/* Several lines become one. */
static void squeeze(struct strbuf *text)
{
	char *to = text->text;

	for (const char *from = text->text; from && *from; from++)
		if (!isspace((unsigned char)*from))
			*to++ = *from;
		else if (to > text->text && to[-1] != ' ')
			*to++ = ' ';
	if (!to)
		return;
	while (to > text->text && to[-1] == ' ')
		to--;
	*to = '\0';
	text->len = (size_t)(to - text->text);
}

static bool is_switch(const struct kw *kw)
{
	return !strcmp(kw->codec->name, "bool") || !strcmp(kw->codec->name, "flag");
}

static const char *value_text(struct changes *c, const struct node *n, const struct kw *kw)
{
	struct strbuf text = {0};
	bool any = schema_print_value(&text, n, kw, 0);

	if (text.len && kw->flags & KW_SECRET) {
		strbuf_free(&text);
		return "***";
	}

	if (!text.len)
		strbuf_puts(&text, is_switch(kw) ? any ? "on" : "off" : "(none)");
	if (any && !schema_written(n, kw))
		strbuf_puts(&text, " (default)");
	return keep(c, &text);
}

/* ---- details ----------------------------------------------------------------------------- */

static void add_detail(struct collecting *g, const char *keyword, const char *was, const char *is)
{
	struct change *c = &g->all->at[g->all->n - 1];

	c->details = xrealloc(c->details, (c->n_details + 1) * sizeof(*c->details));
	if (!*keyword) /* lines without a keyword, of a group */
		keyword = "entries";
	c->details[c->n_details++] = (struct change_detail){
		arena_printf(g->all->arena, "%s%s", g->prefix, keyword), was, is};
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The members as sorted texts; free it. */
static const char **texts_of(struct changes *c, const struct nodes *list, size_t *n)
{
	const char **all = xcalloc((size_t)list->n + 1, sizeof(*all));

	*n = 0;
	for (const struct node *m = list->first; m; m = m->next) {
		struct strbuf text = {0};

		schema_print_member(&text, m, 0);
		squeeze(&text);
		all[(*n)++] = keep(c, &text);
	}
	qsort(all, *n, sizeof(*all), by_text);
	return all;
}

/* Adds those of a that b has not; both are sorted. Returns how many. */
static unsigned list_side(struct collecting *g, const struct kw *kw, const char **a, size_t n_a,
	const char **b, size_t n_b, bool removed)
{
	unsigned n = 0;

	for (size_t i = 0, j = 0; i < n_a; i++) {
		while (j < n_b && strcmp(b[j], a[i]) < 0)
			j++;
		if (j < n_b && !strcmp(b[j], a[i])) {
			j++;
			continue;
		}
		add_detail(g, kw->name, removed ? a[i] : NULL, removed ? NULL : a[i]);
		n++;
	}
	return n;
}

static void list_details(struct collecting *g, const struct kw *kw)
{
	size_t n_old, n_new;
	const char **old = texts_of(g->all, kw_field(kw, g->old), &n_old);
	const char **new = texts_of(g->all, kw_field(kw, g->new), &n_new);
	unsigned n = list_side(g, kw, old, n_old, new, n_new, true);

	n += list_side(g, kw, new, n_new, old, n_old, false);
	if (!n)
		add_detail(g, kw->name, "(the same)", "(in another order)");
	free(old);
	free(new);
}

static void value_detail(struct collecting *g, const struct kw *kw)
{
	const char *was = value_text(g->all, g->old, kw), *is = value_text(g->all, g->new, kw);

	add_detail(g, kw->name, was, strcmp(was, is) != 0 ? is : "(another one)");
}

static void row_changed(void *ctx, const struct kw *kw)
{
	struct collecting *g = ctx;

	if (kw->flags & KW_HIDDEN)
		return;
	if (!kw->block) {
		value_detail(g, kw);
	} else if (kw->block->flags & BLOCK_MERGE) {
		struct collecting inner = *g;

		inner.old = kw_field(kw, g->old);
		inner.new = kw_field(kw, g->new);
		inner.prefix = arena_printf(g->all->arena, "%s%s ", g->prefix, kw->name);
		schema_changes(inner.old, inner.new, row_changed, &inner);
	} else {
		list_details(g, kw);
	}
}

/* ---- objects ----------------------------------------------------------------------------- */

static struct change *add_change(
	struct collecting *g, const char *const *path, enum schema_change how)
{
	struct changes *c = g->all;

	c->at = xrealloc(c->at, (c->n + 1) * sizeof(*c->at));
	c->at[c->n] = (struct change){.path = path, .how = how};
	return &c->at[c->n++];
}

static bool inside(const struct node *n, const struct node *whole)
{
	for (; n; n = n->parent)
		if (n == whole)
			return whole != NULL;
	return false;
}

static void object_met(
	void *ctx, const struct node *old, const struct node *new, enum schema_change how)
{
	struct collecting *g = ctx;
	const struct node *n = new ? new : old;

	if (how == CHANGE_NONE || inside(n->parent, g->whole))
		return;
	add_change(g, path_of(g->all, n), how);
	if (!old || !new) {
		g->whole = n;
		return;
	}
	g->old = old;
	g->new = new;
	g->prefix = "";
	schema_changes(old, new, row_changed, g);
}

/* Blocks that exist once (global_defs) are objects of their own. */
static void top_changed(void *ctx, const struct kw *kw)
{
	struct collecting *g = ctx, inner = *g;
	const char **path = arena_alloc(g->all->arena, 2 * sizeof(*path));
	bool block = kw->block && kw->block->flags & BLOCK_MERGE;
	enum schema_change how = kw->flags & KW_RESTART ? CHANGE_RESTART : CHANGE_LIVE;

	if (kw->flags & KW_HIDDEN)
		return;
	path[0] = kw->name;
	if (block) {
		inner.old = kw_field(kw, g->old);
		inner.new = kw_field(kw, g->new);
		how = schema_compare(inner.old, inner.new);
	}
	add_change(g, path, how);
	if (block)
		schema_changes(inner.old, inner.new, row_changed, &inner);
	else
		row_changed(g, kw);
}

struct changes *changes_between(const struct conf *old, const struct conf *new)
{
	struct changes *c = xcalloc(1, sizeof(*c));
	struct collecting g = {.all = c, .old = &old->node, .new = &new->node, .prefix = ""};

	c->arena = arena_new();
	schema_changes(&old->node, &new->node, top_changed, &g);
	schema_diff_tree(&old->node, &new->node, object_met, &g);
	return c;
}

void changes_free(struct changes *c)
{
	if (!c)
		return;
	for (unsigned i = 0; i < c->n; i++)
		free(c->at[i].details);
	free(c->at);
	arena_free(c->arena);
	free(c);
}

/* ---- printing ---------------------------------------------------------------------------- */

static const struct {
	const char *word, *text;
} hows[] = {
	[CHANGE_NONE] = {"none", "unchanged"},
	[CHANGE_LIVE] = {"live", "changed in place"},
	[CHANGE_EVENT] = {"event", "changed in place, and its state machine is told"},
	[CHANGE_RESTART] = {"restart", "restarted"},
	[CHANGE_ADDED] = {"added", "added"},
	[CHANGE_REMOVED] = {"removed", "removed"},
};

/* Entries of one list stand under their keyword. */
static void print_detail(
	const struct change_detail *d, const struct change_detail *before, FILE *out)
{
	if (d->was && d->is) {
		fprintf(out, "    %s: %s -> %s\n", d->keyword, d->was, d->is);
		return;
	}
	if (!before || strcmp(before->keyword, d->keyword))
		fprintf(out, "    %s:\n", d->keyword);
	fprintf(out, "        %c %s\n", d->is ? '+' : '-', d->is ? d->is : d->was);
}

void changes_print(const struct changes *c, FILE *out)
{
	for (unsigned i = 0; i < c->n; i++) {
		const struct change *e = &c->at[i];

		for (unsigned k = 0; e->path[k]; k++)
			fprintf(out, "%s%s", k ? ", " : "", e->path[k]);
		fprintf(out, ": %s\n", hows[e->how].text);
		for (unsigned k = 0; k < e->n_details; k++)
			print_detail(&e->details[k], k ? &e->details[k - 1] : NULL, out);
	}
}

static void put_details(const struct change *e, struct json *j)
{
	json_open(j, '[');
	for (unsigned k = 0; k < e->n_details; k++) {
		json_open(j, '{');
		json_key(j, "keyword"), json_str(j, e->details[k].keyword);
		json_key(j, "old"), json_str(j, e->details[k].was);
		json_key(j, "new"), json_str(j, e->details[k].is);
		json_close(j);
	}
	json_close(j);
}

void changes_print_json(const struct changes *c, struct json *j)
{
	json_open(j, '[');
	for (unsigned i = 0; i < c->n; i++) {
		const struct change *e = &c->at[i];

		json_open(j, '{');
		json_key(j, "object"), json_open(j, '[');
		for (unsigned k = 0; e->path[k]; k++)
			json_str(j, e->path[k]);
		json_close(j);
		json_key(j, "change"), json_str(j, hows[e->how].word);
		json_key(j, "keywords"), put_details(e, j);
		json_close(j);
	}
	json_close(j);
}
