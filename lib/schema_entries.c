/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of lists: entries with their options, or plain names. */
#include <string.h>

#include "lib/schema_names.h"
#include "lib/schema_walk.h"

static const char *entry_label(const struct block *b)
{
	return b->name[0] == '@' ? b->name + 1 : walk_label(b);
}

/* Returns the row that was likely meant, NULL: no idea. */
static const struct kw *unknown_option(
	struct parse *p, const struct block *b, const struct lex_token *w)
{
	const char *core = arena_strndup(p->arena, w->s.p, word_core(w->s.p));
	const char *near = schema_kw(b, core) ? core : schema_nearest(b, core), *hint;
	uint64_t from = diags_added(p->diags);
	struct strbuf out = {0};

	diag_error(p->diags, w->span, "Unknown configuration entry '%s' for %s - ignoring%s%s%s",
		w->s.p, entry_label(b), near ? " - did you mean '" : "", near ? near : "",
		near ? "'?" : "");
	hint = word_hint(&out, w);
	if (hint)
		diags_hint(p->diags, from, w->span, hint);
	strbuf_free(&out);
	return near ? schema_kw(b, near) : NULL;
}

/* The words that a row takes after its own, as far as they are no keywords themselves. */
static unsigned values_after(
	const struct stmt *s, unsigned i, const struct block *b, const struct kw *kw)
{
	unsigned n = 0, words = kw && kw->codec ? kw->codec->words : 0;

	while (n < words && i + n < s->n && !schema_kw(b, stmt_word(s, i + n)))
		n++;
	return n;
}

/* Refused: an option whose first value counts, written again on the line. */
static bool option_again(struct parse *p, const struct block *b, const struct kw *kw,
	const struct lex_token *w, uint64_t *seen)
{
	uint64_t bit = (uint64_t)1 << (kw - b->kw) % 64;
	bool again = kw->flags & KW_FIRST && *seen & bit;

	*seen |= bit;
	if (again)
		diag_error(
			p->diags, w->span, "'%s' is given again - the first one is kept", kw->name);
	return again;
}

bool schema_options(struct parse *p, struct node *n, const struct block *b, void *base,
	const struct stmt *s, unsigned i)
{
	uint64_t seen = 0;

	while (i < s->n) {
		const struct kw *kw = schema_kw(b, stmt_word(s, i));
		struct stmt opt = {s->word + i, 1};

		if (!kw) {
			kw = unknown_option(p, b, &s->word[i++]);
			i += values_after(s, i, b, kw);
			continue;
		}
		if (kw->flags & KW_ALIAS)
			kw = schema_kw(b, kw->alias);
		opt.n += kw->codec ? kw->codec->words : 0;
		if (i + opt.n > s->n) {
			bool alone = kw->flags & KW_M0;

			diag_add(p->diags, DIAG_ERROR,
				kw->flags & KW_REQUIRED ? DIAG_REQUIRED : DIAG_CONFIG,
				s->word[i].span, "'%s' is missing its value - %s ignored", kw->name,
				alone ? "it is" : entry_label(b));
			return alone;
		}
		if (option_again(p, b, kw, &s->word[i], &seen)) {
			i += opt.n;
			continue;
		}
		if (kw->flags & KW_OBSOLETE)
			walk_obsolete(p, kw, s->word[i].span);
		if (kw->flags & (KW_LATER | KW_IDLE))
			walk_no_effect(p, kw, s->word[i].span);
		if (kw->codec && walk_value(p, n, kw, (char *)base + kw->offset, &opt) &&
			kw->flags & KW_DROP)
			return false;
		i += opt.n;
	}
	return true;
}

static void keep_entry(struct parse *p, struct nodes *list, struct node *n)
{
	if (n->block->close && !n->block->close(p, n)) {
		list->refused++;
		return;
	}
	names_add(p->names, list, n);
	nodes_add(list, n);
}

static void take_words(struct parse *p, const struct block *b, struct nodes *list,
	const struct stmt *s, unsigned from)
{
	for (unsigned i = from; i < s->n; i++) {
		struct node *n = schema_new(p->arena, b, p->level->node);

		n->name = stmt_word(s, i);
		n->span = s->word[i].span;
		keep_entry(p, list, n);
	}
}

void walk_entry(struct parse *p)
{
	struct level *l = p->level;
	const struct block *b = l->block;
	struct lex_token first = lex_peek(p->lex);
	struct stmt s;
	struct node *n;
	int used;

	if (braces_unclosed(p, &first))
		return;
	s.n = (unsigned)lex_words(p->lex, &s.word);
	if (b->flags & BLOCK_WORDS) {
		take_words(p, b, l->list, &s, 0);
		return;
	}
	n = schema_new(p->arena, b, l->node);
	n->span = s.word[0].span;
	used = walk_open(p, b, n, &s, 0);
	if (used >= 0 && schema_options(p, n, b, n, &s, (unsigned)used))
		keep_entry(p, l->list, n);
	else
		l->list->refused++;
}

/* keep false: only to see what else is wrong in it. */
/* What entries that are only checked may write into. */
static struct node *copy(struct parse *p, const struct node *n)
{
	struct node *c = arena_alloc(p->arena, n->block->size);

	memcpy(c, n, n->block->size);
	return c;
}

void walk_list(
	struct parse *p, const struct kw *kw, const struct stmt *s, uint32_t indent, bool keep)
{
	struct nodes *list = kw_field(kw, p->level->node), dropped = {0};
	struct level l = {.block = kw->block,
		.name = kw->name,
		.node = p->level->node,
		.span = s->word[0].span,
		.indent = indent,
		.list = list};
	struct lex_token keyword = s->word[0];
	uint32_t mark = names_mark(p->names);
	bool dry = !keep || !walk_once(p, kw, s);

	if (dry) {
		l.list = &dropped;
		l.node = copy(p, l.node);
	}
	p->scratch += dry;
	schema_mark(p->arena, p->level->node, kw, keyword.span);
	if (kw->flags & KW_IDLE)
		walk_no_effect(p, kw, keyword.span);
	if (s->n > 1 && walk_next_is(p, LEX_OPEN))
		diag_error(p->diags, s->word[1].span,
			"'%s' is not expected between '%s' and '{' - ignored", stmt_word(s, 1),
			kw->name);
	if (braces_open(p, s, indent, kw->block))
		walk_body(p, &l, walk_entry);
	else
		list->refused += s->n - 1;
	p->scratch -= dry;
	if (dry)
		names_forget(p->names, mark);
	list->refused += dropped.n + dropped.refused;
	if (kw->hook && keep)
		kw->hook(p, p->level->node, kw, s);
}
