/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A scan that only knows double quotes, ${NAME} and braces, as lib/lex.c does, and the corrections
 * that the reader of the text made.
 */
#include "lib/diag_blocks.h"

#include <stdlib.h>
#include <string.h>

#define LABEL_MAX 60 /* bytes */

struct blocks {
	const struct diags *diags;
	const struct text *text;
	size_t correction;  /* the next one */
	uint32_t line, pos; /* how far the text was read */
	uint32_t words;     /* where what stands before pos began, in that line */
	struct slice said;  /* the words that a brace may follow */
	bool quoted;
	struct slice *open;
	unsigned n, max;
};

struct blocks *blocks_new(const struct diags *diags, const struct text *text)
{
	struct blocks *b = xcalloc(1, sizeof(*b));

	b->diags = diags;
	b->text = text;
	b->line = 1;
	return b;
}

void blocks_free(struct blocks *b)
{
	free(b->open);
	free(b);
}

struct slice blocks_label(const struct blocks *b, unsigned i)
{
	return b->open[b->n - 1 - i];
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Without blanks around it, and not too long; no character is divided. */
static struct slice trim(struct slice s)
{
	while (s.n && is_blank(*s.p))
		s.p++, s.n--;
	if (s.n > LABEL_MAX)
		for (s.n = LABEL_MAX; s.n && (unsigned char)s.p[s.n - 1] >= 0x80;)
			s.n--;
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

static void push(struct blocks *b)
{
	if (b->n == b->max) {
		b->max = b->max ? b->max * 2 : 8;
		b->open = xrealloc(b->open, b->max * sizeof(*b->open));
	}
	b->open[b->n++] = b->said;
}

static void correct(struct blocks *b, int levels)
{
	for (; levels > 0 && b->n; levels--)
		b->n--;
	for (; levels < 0; levels++)
		push(b);
}

/* The words between two bytes of a line, if there are any. */
static void say(struct blocks *b, const struct text_line *l, uint32_t from, uint32_t to)
{
	struct slice s = trim(slice(l->s + from, to - from));

	if (s.n)
		b->said = s;
}

/* Reads a line from pos on, up to a byte. */
static void scan(struct blocks *b, const struct text_line *l, uint32_t to)
{
	bool reference = false;

	for (; b->pos < to; b->pos++) {
		char c = l->s[b->pos];

		if (c == '"') {
			b->quoted = !b->quoted;
		} else if (!b->quoted && c == '{' && b->pos && l->s[b->pos - 1] == '$') {
			reference = true;
		} else if (!b->quoted && c == '}' && reference) {
			reference = false;
		} else if (!b->quoted && (c == '{' || c == '}')) {
			say(b, l, b->words, b->pos);
			b->words = b->pos + 1;
			if (c == '{')
				push(b);
			else
				correct(b, 1);
		}
	}
	say(b, l, b->words, MAX(b->words, to));
}

static void go_to(struct blocks *b, uint32_t line, uint32_t col)
{
	const struct text_line *l;

	while ((l = text_line_at(b->text, b->line)) && b->line <= line) {
		if (!l->shadow)
			scan(b, l, b->line < line ? l->len : MIN(col, l->len));
		if (b->line == line)
			return;
		b->line++;
		b->pos = b->words = 0;
		b->quoted = false;
	}
}

unsigned blocks_seek(struct blocks *b, struct span to)
{
	const struct diag_brace *c;

	if (!b->text || !to.line)
		return b->n = 0;
	for (; (c = diags_brace_at(b->diags, b->correction)); b->correction++) {
		if (c->at.line > to.line || (c->at.line == to.line && c->at.col > to.col))
			break;
		go_to(b, c->at.line, c->at.col);
		correct(b, c->blocks);
		if (!c->blocks && b->line == c->at.line)
			b->pos = MAX(b->pos, (uint32_t)c->at.col + 1);
	}
	go_to(b, to.line, to.col);
	return b->n;
}
