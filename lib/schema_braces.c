/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Braces that are not where they should be. A missing one is noticed when a word turns up that
 * belongs to an enclosing block and is not indented deeper than the block that would have to be
 * closed first; where nothing is indented, when the whole text has too few. What lacks its brace is
 * judged by indentation: a brace that stood further left than the block which it closed was meant
 * for an outer one.
 */
#include <string.h>

#include "lib/schema_walk.h"

/* ---- missing } --------------------------------------------------------------------------- */

/* Once one is missing, the next ones often are, all over the file. */
static void not_closed(struct parse *p, struct span open, struct span seen, const char *name)
{
	static const char says[] = "missing '}': the block '%s' is never closed";
	const struct text_line *l = text_line_at(p->text, open.line);
	struct diag *d = l->expansion ? diag_error(p->diags, open, says, name)
				      : diag_spread(p->diags, DIAG_ERROR, open, says, name);

	if (seen.line)
		diag_also(p->diags, d, seen, "noticed here");
}

/* The level lacks its brace, or a block inside it that looks even more so. */
static void blame(struct parse *p, const struct level *l, struct span seen)
{
	if (p->suspect.line >= l->span.line)
		not_closed(p, p->suspect, seen, p->suspect_name);
	else
		not_closed(p, l->span, seen, l->name);
	p->suspect = (struct span){0};
	p->lacking--;
}

/* How many more opening braces than closing ones the text has, those left out that were reported.
 */
static int balance(struct parse *p)
{
	if (!p->counted)
		p->lacking += lex_balance(p->lex);
	p->counted = true;
	return p->lacking;
}

/* Is the block `in`, inside `out`, to be closed before a word that `out` knows? */
static bool looks_closed(
	struct parse *p, const struct level *in, const struct level *out, const struct lex_token *w)
{
	const struct kw *kw = schema_kw(out->block, w->s.p);

	if (!kw || w->indent > in->indent)
		return false;
	if (out->up ? in->indent > out->indent : kw->block != NULL)
		return true;
	return balance(p) > 0;
}

bool braces_unclosed(struct parse *p, const struct lex_token *w)
{
	struct level *in = p->level, *out;
	int blocks = 0;

	if (!w->first || w->quoted)
		return false;
	for (out = in->up; out && !looks_closed(p, in, out, w); in = out, out = out->up)
		;
	if (!out)
		return false;
	for (in = p->level; in != out; in = in->up) {
		if (!in->span.line)
			continue;
		blame(p, in, w->span);
		blocks++;
	}
	diags_braces(p->diags, w->span, blocks);
	p->unwind = out;
	return true;
}

void braces_end_of_text(struct parse *p)
{
	struct level *l = p->level;

	if (!l->up)
		return;
	blame(p, l, (struct span){0});
	while (l->up)
		l = l->up;
	p->unwind = l;
}

/* ---- closing braces ---------------------------------------------------------------------- */

/* A brace that stands further left than the block it closes was meant for an outer one. */
static void look_at_close(struct parse *p, const struct lex_token *t)
{
	if (!t->first || t->indent >= p->level->indent || p->suspect.line)
		return;
	p->suspect = p->level->span;
	p->suspect_name = p->level->name;
}

static void extra_close(struct parse *p, const struct lex_token *t)
{
	struct diag *d = diag_error(p->diags, t->span, "Extra '}' found");

	p->lacking++;
	if (p->suspect.line)
		diag_also(p->diags, d, p->suspect, "indentation first goes wrong in this block");
}

/* One too many of them: is it this one, indented deeper than the block that it would close? */
static bool is_surplus(struct parse *p, const struct lex_token *t)
{
	if (!t->first || t->indent <= p->level->indent || !p->level->up || balance(p) >= 0)
		return false;
	diag_error(p->diags, t->span, "Extra '}' found");
	diags_braces(p->diags, t->span, 0);
	p->lacking++;
	return true;
}

bool braces_close(struct parse *p, const struct lex_token *t)
{
	struct level *l = p->level;

	if (l->stray) {
		l->stray--;
	} else if (is_surplus(p, t)) {
		return false;
	} else if (l->up) {
		look_at_close(p, t);
		return true;
	} else {
		extra_close(p, t);
	}
	return false;
}

/* ---- opening braces ---------------------------------------------------------------------- */

bool braces_template(struct parse *p)
{
	struct lex_token t = lex_peek(p->lex);
	const struct text_line *l = text_line_at(p->text, t.span.line);
	char next = t.kind == LEX_OPEN ? l->s[t.span.col + 1] : '\0';

	if (next != '{' && next != '%')
		return false;
	t.span.len = 2;
	diag_error(p->diags, t.span, "'{%c' begins a place of a template that was not filled in",
		next);
	walk_skip_block(p);
	if (walk_next_is(p, LEX_WORD) && lex_peek(p->lex).span.line == t.span.line)
		lex_skip_line(p->lex);
	return true;
}

void braces_unexpected(struct parse *p, const struct lex_token *t)
{
	diag_error(p->diags, t->span, "Unexpected '{' - ignoring");
	p->level->stray++;
}

/* Does what stands next look like the inside of a block whose brace is missing? */
static bool looks_inside(struct parse *p, uint32_t indent, const struct block *inner)
{
	const struct level *l = p->level;
	struct lex_token t = lex_peek(p->lex);

	if (t.kind == LEX_CLOSE)
		return t.first && t.indent == indent;
	if (t.kind != LEX_WORD)
		return false;
	if (t.indent != indent || (l->up && l->indent != indent))
		return t.indent > indent;
	/* nothing is indented, so the word has to tell */
	if (inner->flags & BLOCK_ENTRIES)
		return !schema_kw(l->block, t.s.p);
	return schema_kw(inner, t.s.p) && !schema_kw(l->block, t.s.p);
}

static void brace_missing(struct parse *p, const struct stmt *s, const struct block *inner)
{
	if (inner->flags & BLOCK_ENTRIES && s->n > 1)
		diag_error(p->diags, s->word[0].span,
			"missing '{' after '%s': write %s { %s }, on one line or several",
			stmt_word(s, 0), stmt_word(s, 0), stmt_word(s, 1));
	else
		diag_error(p->diags, s->word[0].span, "missing '{' after '%s'", stmt_word(s, 0));
}

bool braces_open(struct parse *p, const struct stmt *s, uint32_t indent, const struct block *inner)
{
	struct lex_token t;

	if (walk_next_is(p, LEX_OPEN)) {
		lex_next(p->lex);
		return true;
	}
	brace_missing(p, s, inner);
	if (!looks_inside(p, indent, inner))
		return false;
	t = lex_peek(p->lex);
	diags_braces(p->diags, t.span, -1);
	p->lacking++;
	return true;
}
