/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words that are no keyword where they stand. A block whose name is nearly right is read as the one
 * that must have been meant, so that its name is the only complaint about it.
 */
#include <string.h>

#include "lib/schema_walk.h"

#define GLUED_MIN   5 /* bytes of a keyword that may be found at the start of a word */
#define END_OF_WORD "_abcdefghijklmnopqrstuvwxyz" /* it goes on: another word */

/* A row of this block that people are known to mean by the word. */
static const struct kw *guessed_row(struct parse *p, const char *word)
{
	const char *near = p->guess ? p->guess(word, 0) : NULL;
	unsigned i;

	for (i = 1; near && !schema_kw(p->level->block, near); i++)
		near = p->guess(word, i);
	return near ? schema_kw(p->level->block, near) : NULL;
}

static const struct kw *row_like(struct parse *p, const char *word)
{
	const struct kw *guessed = guessed_row(p, word);
	const char *near = guessed ? NULL : schema_nearest(p->level->block, word);

	return near ? schema_kw(p->level->block, near) : guessed;
}

/* The row that was meant; a ';', '=' or ':' at the word does not matter. */
static const struct kw *nearest_row(struct parse *p, const char *word)
{
	const struct kw *kw = schema_kw(p->level->block, word);
	size_t n = word_core(word);

	if (!kw)
		kw = row_like(p, word);
	if (kw || !word[n])
		return kw;
	return nearest_row(p, arena_strndup(p->arena, word, n));
}

#define DEEPEST 16 /* blocks inside each other; the tables have fewer */

/* Blocks from the top level down to one that has a row. */
struct way {
	const struct kw *step[DEEPEST];
	unsigned n;
};

/* The first block that has a row of that name which is a block itself. */
static const struct kw *find_block(const struct block *b, const char *word, struct way *way)
{
	const struct kw *kw = schema_kw(b, word), *found = NULL;

	if (kw && kw->block && !(kw->flags & (KW_ALIAS | KW_LATER | KW_OBSOLETE)))
		return kw;
	for (unsigned i = 0; i < b->n_kw && !found && way->n < DEEPEST; i++) {
		kw = &b->kw[i];
		if (!kw->block || kw->flags & KW_ALIAS)
			continue;
		way->step[way->n++] = kw;
		found = find_block(kw->block, word, way);
		way->n -= !found;
	}
	return found;
}

/* Reads a block where it does not belong as if it stood where it does; it is not kept. */
static void read_elsewhere(struct parse *p, const struct lex_token *w, const struct stmt *s)
{
	struct way way = {.n = 0};
	const struct level *top = walk_top(p);
	const struct kw *kw = find_block(top->block, w->s.p, &way);
	struct level home = {.block = top->block, .node = top->node};

	if (!kw || !walk_next_is(p, LEX_OPEN)) {
		walk_skip_block(p);
		return;
	}
	for (unsigned i = 0; i < way.n; i++) {
		home.block = way.step[i]->block;
		if (home.block->flags & BLOCK_SAME)
			continue;
		home.node = schema_new(p->arena, home.block, home.node);
		home.node->name = walk_label(home.block); /* for messages */
	}
	walk_within(p, &home, kw, s, w->indent);
}

/* A keyword of other blocks. False: of none. */
static bool misplaced(struct parse *p, const struct lex_token *w, const struct stmt *s)
{
	const struct block *here = p->level->block, *top = walk_top(p)->block;
	struct strbuf homes = {0};

	if (!schema_homes(top, w->s.p, &homes))
		return false;
	diag_error(p->diags, w->span, "Unknown keyword '%s' %s%s - it belongs %s", w->s.p,
		here == top ? "at the top level" : "in ", here == top ? "" : here->name,
		strbuf_str(&homes));
	strbuf_free(&homes);
	read_elsewhere(p, w, s);
	return true;
}

/* Nothing is like it: perhaps its looks say what it is, or the word behind it. */
static void strange(struct parse *p, const struct lex_token *w, const struct stmt *s)
{
	const char *next = s->n > 1 ? stmt_word(s, 1) : NULL, *hint;
	struct strbuf out = {0};

	hint = word_line_hint(&out, w, next);
	if (!hint && next && schema_kw(p->level->block, next)) {
		strbuf_reset(&out);
		strbuf_printf(&out, "the keyword '%s' must come first on its line", next);
		hint = strbuf_str(&out);
	}
	diag_error(p->diags, w->span, "Unknown keyword '%s'%s%s", w->s.p, hint ? " - " : "",
		hint ? hint : "");
	strbuf_free(&out);
	walk_skip_block(p);
}

static void similar(
	struct parse *p, const struct lex_token *w, const struct stmt *s, const struct kw *near)
{
	struct strbuf out = {0};
	const char *hint = word_hint(&out, w);

	diag_error(p->diags, w->span, "Unknown keyword '%s' - did you mean '%s'?%s%s%s", w->s.p,
		near->name, hint ? " (" : "", hint ? hint : "", hint ? ")" : "");
	strbuf_free(&out);
	if (near->block && walk_next_is(p, LEX_OPEN))
		walk_block(p, near, s, w->indent, false);
	else
		walk_skip_block(p);
	if (near->flags & KW_ALIAS)
		near = schema_kw(p->level->block, near->alias);
	if (!schema_written(p->level->node, near))
		schema_mark(p->arena, p->level->node, near,
			(struct span){w->span.line, w->span.col, 0});
}

/* The longest keyword that the word begins with, followed by what looks like a value. */
static const struct kw *glued_row(struct parse *p, const char *word)
{
	struct kw_iter it = {.block = p->level->block};
	const struct kw *kw, *longest = NULL;
	size_t n, best = GLUED_MIN - 1;

	while ((kw = kw_next(&it))) {
		n = kw->flags & KW_HIDDEN ? 0 : strlen(kw->name);
		if (n <= best || strncmp(word, kw->name, n) != 0 || strchr(END_OF_WORD, word[n]))
			continue;
		best = n;
		longest = kw;
	}
	return longest;
}

/* `vrrp_instanceVI_1 {`: read as if the blank were there, but not kept. */
static bool glued(struct parse *p, const struct lex_token *w, const struct stmt *s)
{
	const struct kw *kw = w->quoted ? NULL : glued_row(p, w->s.p);
	size_t n = kw ? strlen(kw->name) : 0;
	struct lex_token *words;

	if (!kw)
		return false;
	diag_error(p->diags, w->span, "Unknown keyword '%s' - a blank is missing after '%s'",
		w->s.p, kw->name);
	if (!kw->block || !walk_next_is(p, LEX_OPEN)) {
		walk_skip_block(p);
		return true;
	}
	words = arena_alloc(p->arena, (s->n + 2) * sizeof(*words));
	words[0] = words[1] = *w;
	words[0].s.p = kw->name;
	words[0].s.n = n;
	words[0].span = span_at(w->span.line, w->span.col, n);
	words[1].s = slice(w->s.p + n, w->s.n - n);
	words[1].span = span_at(w->span.line, w->span.col + n, w->s.n - n);
	memcpy(words + 2, s->word + 1, s->n * sizeof(*words)); /* with what ended them */
	walk_block(p, kw, &(struct stmt){words, s->n + 1}, w->indent, false);
	return true;
}

void walk_unknown(struct parse *p, const struct lex_token *w)
{
	const struct kw *near;
	struct stmt s;

	if (braces_unclosed(p, w))
		return;
	s.n = (unsigned)lex_words(p->lex, &s.word);
	if (!strcmp(w->s.p, "\\")) /* the reader has said what is wrong with it */
		return;
	near = guessed_row(p, w->s.p);
	if (!near && misplaced(p, w, &s))
		return;
	if (!near)
		near = nearest_row(p, w->s.p);
	if (near)
		similar(p, w, &s, near);
	else if (!glued(p, w, &s))
		strange(p, w, &s);
}
