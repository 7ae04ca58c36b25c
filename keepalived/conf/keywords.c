/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The walk over the keyword tables, what can be told about a row, and the list as text. */
#include "keepalived/conf/keywords.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- the walk ---------------------------------------------------------------------------- */

struct table {
	const char *name;
	const struct block *block, *owner;
};

struct tables {
	struct table *at;
	size_t n;
};

/* Two blocks with the same rows are one. */
static bool seen(const struct tables *t, const char *name, const struct block *b)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->at[i].block->kw == b->kw && !strcmp(t->at[i].name, name))
			return true;
	return false;
}

static void remember(
	struct tables *t, const char *name, const struct block *b, const struct block *owner)
{
	if (seen(t, name, b))
		return;
	t->at = xrealloc(t->at, (t->n + 1) * sizeof(*t->at));
	t->at[t->n++] = (struct table){name, b, owner};
}

static bool is_keyword(const struct kw *kw)
{
	return kw->name && *kw->name && (!(kw->flags & KW_HIDDEN) || kw->flags & KW_POSITION);
}

/* What stands inside, if anything there has a name. */
static const struct block *listed(const struct block *b)
{
	for (unsigned i = 0; b && i < b->n_kw; i++)
		if (is_keyword(&b->kw[i]))
			return b;
	return NULL;
}

const struct block *keyword_inside(const struct kw *kw)
{
	if (!kw->block)
		return listed(kw->options);
	return listed(kw->block->flags & BLOCK_LINES ? kw->block->kw->block : kw->block);
}

/* A block that has two names at the top level is two blocks to those who write it. */
static void follow(
	struct tables *t, const struct block *b, const struct kw *kw, const struct block *owner)
{
	bool alias = kw->flags & KW_ALIAS;
	const struct kw *meant = alias ? schema_kw(b, kw->alias) : kw;
	const struct block *inside = keyword_inside(meant);

	if (!inside || (alias && b != &conf_block))
		return;
	if (!meant->block)
		owner = NULL;
	else if (!(inside->flags & BLOCK_SAME))
		owner = inside;
	remember(t, alias ? kw->name : inside->name, inside, owner);
}

/* The tables grow while they are read: what a row opens comes behind. */
static struct tables all_tables(void)
{
	struct tables t = {0};

	remember(&t, conf_block.name, &conf_block, &conf_block);
	for (size_t i = 0; i < t.n; i++) {
		const struct block *b = t.at[i].block, *owner = t.at[i].owner;

		for (unsigned j = 0; j < b->n_kw; j++)
			follow(&t, b, &b->kw[j], owner);
	}
	return t;
}

static void add_rows(struct keywords *k, const struct table *t, size_t first)
{
	for (unsigned i = 0; i < t->block->n_kw; i++) {
		const struct kw *kw = &t->block->kw[i];
		size_t j = first;

		while (j < k->n && strcmp(k->at[j].kw->name, kw->name))
			j++;
		if (j < k->n || !is_keyword(kw))
			continue;
		k->at = xrealloc(k->at, (k->n + 1) * sizeof(*k->at));
		k->at[k->n++] = (struct keyword){t->name, kw, t->block, t->owner};
	}
}

static bool named_before(const struct tables *t, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (!strcmp(t->at[j].name, t->at[i].name))
			return true;
	return false;
}

struct keywords keywords_list(void)
{
	struct tables t = all_tables();
	struct keywords k = {0};

	for (size_t i = 0; i < t.n; i++) {
		size_t first = k.n;

		if (named_before(&t, i))
			continue;
		for (size_t j = i; j < t.n; j++)
			if (!strcmp(t.at[j].name, t.at[i].name))
				add_rows(&k, &t.at[j], first);
	}
	free(t.at);
	return k;
}

void keywords_free(struct keywords *k)
{
	free(k->at);
}

/* ---- what can be told about one ---------------------------------------------------------- */

const struct kw *keyword_meant(const struct keyword *k)
{
	return k->kw->flags & KW_ALIAS ? schema_kw(k->table, k->kw->alias) : k->kw;
}

const char *keyword_type(const struct kw *kw)
{
	if (kw->block)
		return kw->block->flags & BLOCK_WORDS                     ? "words"
		       : kw->block->flags & (BLOCK_ENTRIES | BLOCK_LINES) ? "entries"
									  : "block";
	if (kw->flags & KW_FLAG)
		return "flag";
	return kw->codec ? kw->codec->name : kw->flags & KW_POSITION ? "word" : "none";
}

/* Other types use min and max for purposes of their own. */
static bool is_number(const struct kw *kw)
{
	static const char *const types[] = {"uint", "int", "decimal", "port", "weight"};

	for (unsigned i = 0; kw->codec && i < ARRAY_SIZE(types); i++)
		if (!strcmp(kw->codec->name, types[i]))
			return true;
	return false;
}

bool keyword_range(const struct kw *kw, double *min, double *max, bool *is_time)
{
	double unit = kw->res ? (double)SEC(1) : 1;

	*is_time = kw->res != 0;
	*min = (double)kw->min / unit;
	*max = (double)kw->max / unit;
	return is_number(kw) && kw->min < kw->max;
}

bool keyword_default(struct strbuf *out, const struct keyword *k, const struct node *plain)
{
	const struct kw *kw = keyword_meant(k);
	size_t before = out->len;

	if (kw->deflt)
		strbuf_puts(out, kw->deflt);
	else if (plain && kw->codec && kw->codec->print && !(kw->flags & KW_NO_DEFAULT) &&
		 !(is_number(kw) && kw->def == UINT32_MAX))
		return kw->codec->print(out, kw, kw_field(kw, plain)) && out->len > before;
	return out->len > before;
}

const struct enum_word *keyword_words(const struct kw *kw)
{
	return kw->codec && kw->codec->print == type_enum_print ? kw->arg : NULL;
}

const char *keyword_repeat(const struct kw *kw)
{
	bool merged = kw->block && kw->block->flags & (BLOCK_SAME | BLOCK_MERGE) &&
		      !(kw->block->flags & BLOCK_REPLACE);

	return kw->flags & KW_FLAG    ? "flag"
	       : merged               ? "add"
	       : kw->flags & KW_ADD   ? "add"
	       : kw->flags & KW_FIRST ? "first"
				      : "last";
}

const char *keyword_reload(const struct kw *kw)
{
	static const struct {
		unsigned flag;
		const char *word;
	} how[] = {
		{KW_OBSOLETE | KW_LATER, "none"},
		{KW_OBJECTS, "object"},
		{KW_RESTART, "restart"},
		{KW_EVENT, "event"},
		{KW_LIVE, "live"},
	};

	if (kw->block && kw->block->flags & (BLOCK_SAME | BLOCK_MERGE))
		return "inner";
	for (unsigned i = 0; i < ARRAY_SIZE(how); i++)
		if (kw->flags & how[i].flag)
			return how[i].word;
	return "outer";
}

/* ---- as text ----------------------------------------------------------------------------- */

static void print_range(FILE *out, const struct kw *kw)
{
	bool is_time;
	double min, max;

	if (!keyword_range(kw, &min, &max, &is_time))
		return;
	fprintf(out, "%.15g..%.15g", min, max);
	if (kw->flags & KW_ZERO)
		fputs("; 0 becomes 1", out);
	if (kw->flags & KW_CLAMP)
		fputs("; else the nearest", out);
	else if (kw->flags & KW_USE)
		fputs("; else the default", out);
}

static const char *remark(const struct kw *kw)
{
	if (kw->flags & KW_LATER)
		return "Not supported yet: accepted without effect.";
	if (kw->flags & KW_OBSOLETE)
		return "No longer used: ";
	return kw->flags & KW_IDLE ? "(Without effect yet.) " : "";
}

static void print_row(FILE *out, const struct keyword *k, const struct node *plain)
{
	const struct kw *kw = keyword_meant(k);
	bool alias = kw != k->kw;
	struct strbuf value = {0};

	keyword_default(&value, k, plain);
	fprintf(out, "%s\t%s\t%s\t%s\t", k->block, k->kw->name, kw->args ? kw->args : "",
		strbuf_str(&value));
	print_range(out, kw);
	fprintf(out, "\t%s\t%s\t%s\t%s\t%s%s%s\n", kw->unit ? kw->unit : "", keyword_repeat(kw),
		keyword_reload(kw), alias ? kw->name : "",
		k->kw->flags & KW_DEPRECATED ? "Deprecated. " : "", remark(kw),
		kw->doc ? kw->doc : "");
	strbuf_free(&value);
}

void keywords_print(FILE *out)
{
	struct keywords all = keywords_list();
	struct arena *arena = arena_new();
	const struct node *plain = NULL;

	fputs("block\tkeyword\targuments\tdefault\trange\tunit\trepeat\treload\talias_of\tmeaning\n",
		out);
	for (size_t i = 0; i < all.n; i++) {
		const struct keyword *k = &all.at[i];

		if (!i || k->owner != all.at[i - 1].owner)
			plain = k->owner ? schema_new(arena, k->owner, NULL) : NULL;
		print_row(out, k, plain);
	}
	arena_free(arena);
	keywords_free(&all);
}
