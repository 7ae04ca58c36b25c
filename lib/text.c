/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line map of an expanded configuration, and its form between processes. */
#include "lib/text.h"

#include <stdlib.h>
#include <string.h>

#define PACK_MAGIC 0x6b615478 /* changes with the layout below */
#define FIRST_ROOM 64

const struct text_line *text_line_at(const struct text *t, uint32_t line)
{
	return line && line <= t->n_lines ? &t->lines[line - 1] : NULL;
}

uint32_t text_column(const struct text_line *l, uint32_t col)
{
	return l->col + MIN(col, l->same) + 1;
}

struct text *text_new(void)
{
	struct text *t = xcalloc(1, sizeof(*t));

	t->arena = arena_new();
	return t;
}

void text_free(struct text *t)
{
	if (!t)
		return;
	free(t->files);
	free(t->lines);
	free(t->expansions);
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

uint32_t text_add_line(struct text *t, struct text_line l)
{
	t->lines = room(t->lines, sizeof(l), t->n_lines, &t->max_lines);
	t->lines[t->n_lines] = l;
	return ++t->n_lines;
}

uint32_t text_add_expansion(struct text *t, struct text_expansion e)
{
	t->expansions = room(t->expansions, sizeof(e), t->n_expansions, &t->max_expansions);
	t->expansions[t->n_expansions] = e;
	return ++t->n_expansions;
}

void text_pack(struct strbuf *b, const struct text *t)
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
	}
	pack_u32(b, t->n_lines);
	for (i = 0; i < t->n_lines; i++) {
		pack_bytes(b, t->lines[i].s, t->lines[i].len + 1);
		pack_u32(b, t->lines[i].file);
		pack_u32(b, t->lines[i].lineno);
		pack_u32(b, t->lines[i].col);
		pack_u32(b, t->lines[i].indent);
		pack_u32(b, t->lines[i].same);
		pack_u32(b, t->lines[i].expansion);
		pack_u32(b, (uint32_t)t->lines[i].inner | (uint32_t)t->lines[i].shadow << 1);
	}
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
		if (!e.what || !e.written || e.file >= t->n_files)
			return false;
		text_add_expansion(t, e);
	}
	return !u->bad;
}

static bool unpack_lines(struct unpack *u, struct text *t)
{
	uint32_t n = unpack_u32(u), flags, i;

	for (i = 0; i < n && !u->bad; i++) {
		struct slice s = unpack_bytes(u);
		struct text_line l = {.s = s.p, .len = (uint32_t)s.n - 1};

		l.file = unpack_u32(u);
		l.lineno = unpack_u32(u);
		l.col = unpack_u32(u);
		l.indent = unpack_u32(u);
		l.same = unpack_u32(u);
		l.expansion = unpack_u32(u);
		flags = unpack_u32(u);
		l.inner = flags & 1;
		l.shadow = flags & 2;
		if (!s.n || s.n > UINT32_MAX || s.p[s.n - 1] || l.file >= t->n_files ||
			l.expansion > t->n_expansions)
			return false;
		text_add_line(t, l);
	}
	return !u->bad;
}

struct text *text_unpack(struct unpack *u)
{
	struct text *t = text_new();

	if (unpack_u32(u) == PACK_MAGIC && unpack_files(u, t) && unpack_expansions(u, t) &&
		unpack_lines(u, t))
		return t;
	text_free(t);
	return NULL;
}
