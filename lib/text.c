/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line map of an expanded configuration, and its form between processes. */
#include "lib/text.h"

#include <stdlib.h>
#include <string.h>

#include "lib/facts.h"

#define PACK_MAGIC 0x6b61557a /* changes with the layout below */
#define FIRST_ROOM 64

/*
 * A configuration has many lines, and what is to be said about one mostly follows from the one
 * before. So a line is kept as
 *     flags [file] [expansion] lineno-step col [indent] [same] len, its bytes, NUL
 * with numbers of seven bits a byte. Every SPAN-th begins anew, so that it can be found.
 */
#define SPAN 32

#define NUMBER_MAX 5 /* bytes of one */
#define HEAD_MAX   (1 + 7 * NUMBER_MAX)

enum line_flags {
	LINE_INNER = 1 << 0,
	LINE_SHADOW = 1 << 1,
	LINE_FILE = 1 << 2,     /* another one than of the line before */
	LINE_EXPANDED = 1 << 3, /* by another expansion than the line before */
	LINE_INDENT = 1 << 4,   /* not as many columns as bytes before it */
	LINE_SAME = 1 << 5,     /* some of its bytes stand in the file: neither all, */
	LINE_MADE = 1 << 6,     /* nor none, which is this */
};

struct text_lines {
	struct strbuf own;       /* what was added */
	const unsigned char *at; /* the same, or somebody else's bytes */
	size_t n;
	size_t *index; /* where every SPAN-th line begins */
	uint32_t max_index;
	struct text_line last; /* that was added */
	struct text_line seen[TEXT_AT_ONCE];
};

uint32_t text_column(const struct text_line *l, uint32_t col)
{
	return l->col + MIN(col, l->same) + 1;
}

struct text *text_new(void)
{
	struct text *t = xcalloc(1, sizeof(*t));

	t->arena = arena_new();
	t->facts = facts_new();
	t->lines = xcalloc(1, sizeof(*t->lines));
	return t;
}

void text_free(struct text *t)
{
	if (!t)
		return;
	free(t->files);
	strbuf_free(&t->lines->own);
	free(t->lines->index);
	free(t->lines);
	free(t->expansions);
	facts_free(t->facts);
	arena_free(t->arena);
	free(t);
}

/* Room for one more element; the counters never reach 2^32, see SOURCE_MAX_LINES. */
static void *room(void *array, size_t size, uint32_t n, uint32_t *max)
{
	if (n < *max)
		return array;
	*max = *max ? *max * 2 : FIRST_ROOM;
	return xrealloc(array, *max * size);
}

uint32_t text_add_file(struct text *t, struct text_file f)
{
	t->files = room(t->files, sizeof(f), t->n_files, &t->max_files);
	t->files[t->n_files] = f;
	return t->n_files++;
}

/* ---- lines ------------------------------------------------------------------------------- */

static char *put_number(char *to, uint32_t v)
{
	for (; v >= 0x80; v >>= 7)
		*to++ = (char)(v | 0x80);
	*to++ = (char)v;
	return to;
}

/* NULL when it does not end. */
static const unsigned char *get_number(
	const unsigned char *p, const unsigned char *end, uint32_t *v)
{
	unsigned shift = 0;

	*v = 0;
	for (; p && p < end && shift < 32; shift += 7) {
		*v |= (uint32_t)(*p & 0x7f) << shift;
		if (*p++ < 0x80)
			return p;
	}
	return NULL;
}

/* What the line after `l` goes on from. */
static struct text_line next_to(const struct text_line *l)
{
	if (l->number % SPAN == 0)
		return (struct text_line){.number = l->number + 1};
	return (struct text_line){.number = l->number + 1,
		.file = l->file,
		.expansion = l->expansion,
		.lineno = l->lineno};
}

/* Where the next line begins; NULL: these bytes are damaged. l comes from next_to. */
static const unsigned char *get_line(
	const unsigned char *p, const unsigned char *end, struct text_line *l)
{
	unsigned flags = p < end ? *p++ : LINE_FILE;
	uint32_t step;

	if (flags & LINE_FILE)
		p = get_number(p, end, &l->file);
	if (flags & LINE_EXPANDED)
		p = get_number(p, end, &l->expansion);
	p = get_number(p, end, &step);
	p = get_number(p, end, &l->col);
	l->indent = l->col;
	if (flags & LINE_INDENT)
		p = get_number(p, end, &l->indent);
	if (flags & LINE_SAME)
		p = get_number(p, end, &l->same);
	p = get_number(p, end, &l->len);
	if (!p || l->len >= (size_t)(end - p) || p[l->len])
		return NULL;
	l->lineno += step;
	if (!(flags & LINE_SAME))
		l->same = flags & LINE_MADE ? 0 : l->len;
	l->inner = flags & LINE_INNER;
	l->shadow = flags & LINE_SHADOW;
	l->s = (const char *)p;
	return p + l->len + 1;
}

static struct text_line *slot_of(const struct text *t, uint32_t line)
{
	return &t->lines->seen[line % TEXT_AT_ONCE];
}

const struct text_line *text_line_at(const struct text *t, uint32_t line)
{
	const struct text_lines *ls = t->lines;
	struct text_line *l, *before, now;
	const unsigned char *at;

	if (!line || line > t->n_lines)
		return NULL;
	l = slot_of(t, line);
	if (l->number == line)
		return l;
	before = slot_of(t, line - 1);
	if (before->number == line - 1 && line > 1) {
		now = next_to(before);
		at = (const unsigned char *)before->s + before->len + 1;
	} else {
		now = (struct text_line){.number = (line - 1) / SPAN * SPAN + 1};
		at = ls->at + ls->index[(line - 1) / SPAN];
	}
	while ((at = get_line(at, ls->at + ls->n, &now)) && now.number < line)
		now = next_to(&now);
	*l = now;
	return l;
}

static void note_start(struct text *t, size_t at)
{
	struct text_lines *ls = t->lines;

	if (t->n_lines % SPAN == 0) {
		ls->index = room(ls->index, sizeof(*ls->index), t->n_lines / SPAN, &ls->max_index);
		ls->index[t->n_lines / SPAN] = at;
	}
	t->n_lines++;
}

/* The buffer may be another one now. */
static void moved(struct text_lines *ls)
{
	if (ls->at == (unsigned char *)ls->own.text)
		return;
	memset(ls->seen, 0, sizeof(ls->seen));
	ls->at = (unsigned char *)ls->own.text;
}

/* Most lines lose some blanks and gain as many bytes of place. */
void text_expect(struct text *t, size_t bytes)
{
	strbuf_reserve(&t->lines->own, bytes + bytes / 8);
	moved(t->lines);
}

static unsigned flags_of(const struct text_line *l, const struct text_line *from)
{
	return (l->inner ? LINE_INNER : 0) | (l->shadow ? LINE_SHADOW : 0) |
	       (l->file != from->file ? LINE_FILE : 0) |
	       (l->expansion != from->expansion ? LINE_EXPANDED : 0) |
	       (l->indent != l->col ? LINE_INDENT : 0) |
	       (l->same == l->len ? 0
		       : l->same  ? LINE_SAME
				  : LINE_MADE);
}

uint32_t text_add_line(struct text *t, struct text_line l)
{
	struct text_lines *ls = t->lines;
	struct strbuf *b = &ls->own;
	struct text_line from = next_to(&ls->last);
	unsigned flags = flags_of(&l, &from);
	char head[HEAD_MAX], *to = head;

	note_start(t, b->len);
	*to++ = (char)flags;
	if (flags & LINE_FILE)
		to = put_number(to, l.file);
	if (flags & LINE_EXPANDED)
		to = put_number(to, l.expansion);
	to = put_number(to, l.lineno - from.lineno); /* may step back: it wraps */
	to = put_number(to, l.col);
	if (flags & LINE_INDENT)
		to = put_number(to, l.indent);
	if (flags & LINE_SAME)
		to = put_number(to, l.same);
	to = put_number(to, l.len);
	strbuf_add(b, head, (size_t)(to - head));
	strbuf_add(b, l.s, l.len);
	strbuf_putc(b, '\0');
	ls->last = l;
	ls->last.number = t->n_lines;
	moved(ls);
	ls->n = b->len;
	return t->n_lines;
}

uint32_t text_add_expansion(struct text *t, struct text_expansion e)
{
	t->expansions = room(t->expansions, sizeof(e), t->n_expansions, &t->max_expansions);
	t->expansions[t->n_expansions] = e;
	return ++t->n_expansions;
}

struct slice text_pack(struct strbuf *b, const struct text *t)
{
	uint32_t i;

	pack_u32(b, PACK_MAGIC);
	pack_u32(b, t->n_files);
	for (i = 0; i < t->n_files; i++) {
		pack_str(b, t->files[i].name);
		pack_u32(b, t->files[i].from_file);
		pack_u32(b, t->files[i].from_line);
	}
	pack_u32(b, t->n_expansions);
	for (i = 0; i < t->n_expansions; i++) {
		pack_str(b, t->expansions[i].what);
		pack_str(b, t->expansions[i].written);
		pack_u32(b, t->expansions[i].file);
		pack_u32(b, t->expansions[i].lineno);
		pack_u32(b, t->expansions[i].parent);
		pack_u32(b, t->expansions[i].part);
	}
	facts_pack(b, t->facts);
	pack_u32(b, t->n_lines);
	pack_u64(b, t->lines->n);
	return slice((const char *)t->lines->at, t->lines->n);
}

static bool unpack_files(struct unpack *u, struct text *t)
{
	uint32_t n = unpack_u32(u), i;

	for (i = 0; i < n && !u->bad; i++) {
		struct text_file f;

		f.name = unpack_str(u);
		f.from_file = unpack_u32(u);
		f.from_line = unpack_u32(u);
		/* an including file always comes before the included one */
		if (!f.name || (f.from_file != UINT32_MAX && f.from_file >= i))
			return false;
		text_add_file(t, f);
	}
	return !u->bad;
}

static bool unpack_expansions(struct unpack *u, struct text *t)
{
	uint32_t n = unpack_u32(u), i;

	for (i = 0; i < n && !u->bad; i++) {
		struct text_expansion e;

		e.what = unpack_str(u);
		e.written = unpack_str(u);
		e.file = unpack_u32(u);
		e.lineno = unpack_u32(u);
		e.parent = unpack_u32(u);
		e.part = unpack_u32(u);
		if (!e.what || !e.written || e.file >= t->n_files || e.parent > i)
			return false;
		text_add_expansion(t, e);
	}
	return !u->bad;
}

static bool unpack_lines(struct unpack *u, struct text *t)
{
	uint32_t n = unpack_u32(u);
	struct slice bytes = unpack_bytes(u);
	const unsigned char *at = (const unsigned char *)bytes.p, *end = at + bytes.n;
	struct text_line l = {0};

	t->lines->at = at;
	t->lines->n = bytes.n;
	while (!u->bad && t->n_lines < n) {
		note_start(t, (size_t)(at - t->lines->at));
		l = next_to(&l);
		at = get_line(at, end, &l);
		if (!at || l.file >= t->n_files || l.expansion > t->n_expansions)
			return false;
	}
	return !u->bad && at == end;
}

static bool unpack_facts(struct unpack *u, struct text *t)
{
	facts_free(t->facts);
	t->facts = facts_unpack(u);
	return t->facts;
}

struct text *text_unpack(struct unpack *u)
{
	struct text *t = text_new();

	if (unpack_u32(u) == PACK_MAGIC && unpack_files(u, t) && unpack_expansions(u, t) &&
		unpack_facts(u, t) && unpack_lines(u, t))
		return t;
	text_free(t);
	return NULL;
}
