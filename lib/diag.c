/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Collecting messages about configuration text.
 *
 * Entries are kept as they come, each with those that it is like: a hash table finds these. An
 * index in order of position is made when somebody reads. lib/diag_show.c and lib/diag_json.c show
 * them.
 */
#include "lib/diag.h"

#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/hmap.h"
#include "lib/text.h"

#define TEXT_MAX    400   /* bytes of a message that are kept, and a quarter of it at the end */
#define KEPT_MAX    20000 /* nobody reads more, and a generated file can hold millions */
#define ALIKE_MAX   50 /* kept of those that are alike: more than shown, as reloads compare them */
#define ALIKE_SHOWN 3
#define SPREAD_MAX  5 /* kept and shown */

/* What makes messages alike. */
struct likeness {
	enum diag_level level;
	enum diag_kind kind;
	const char *format; /* NULL: the text has to be the same */
	const char *text;   /* NULL: the format decides */
	const char *file;
	uint32_t line, col; /* in the file; 0: anywhere in it */
	uint32_t defined;   /* line of the definition or loop that yielded it; 0: none */
};

struct likes {
	struct hmap_item link;
	struct likeness of;
	uint64_t n;       /* all of them */
	uint32_t kept;    /* how many entries */
	uint32_t last;    /* index + 1 of the newest one */
	struct span seen; /* where the newest of those stands that were not kept */
	uint32_t until;
	uint32_t shown; /* while an order is made */
};

struct entry {
	struct diag diag;
	struct span seen; /* where it came up again */
	uint32_t before;  /* index + 1 of the one before it in its likes */
};

struct order {
	uint32_t *at; /* indices into entries, by position */
	uint32_t *shown;
	uint32_t n, n_shown;
	uint64_t added; /* other than in diags: out of date */
};

struct diags {
	struct entry *entries;
	uint32_t n, max;
	struct hmap likes;
	struct order *order;
	const struct text *text;
	struct arena *arena;
	uint64_t added;
	uint64_t count[DIAG_ERROR + 1][DIAG_MACHINE + 1];
	uint64_t left_out; /* beyond KEPT_MAX */
	struct diag_brace *braces;
	uint32_t n_braces;
};

struct diags *diags_new(void)
{
	struct diags *d = xcalloc(1, sizeof(*d));

	d->arena = arena_new();
	d->order = xcalloc(1, sizeof(*d->order));
	return d;
}

void diags_free(struct diags *d)
{
	if (!d)
		return;
	free(d->entries);
	hmap_free(&d->likes);
	free(d->order->at);
	free(d->order->shown);
	free(d->order);
	free(d->braces);
	arena_free(d->arena);
	free(d);
}

void diags_of_text(struct diags *d, const struct text *t)
{
	if (d)
		d->text = t;
}

/* ---- what is alike ----------------------------------------------------------------------- */

static bool same_string(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool equal(const struct likeness *a, const struct likeness *b)
{
	return a->level == b->level && a->kind == b->kind && a->format == b->format &&
	       a->line == b->line && a->col == b->col && a->defined == b->defined &&
	       same_string(a->file, b->file) && same_string(a->text, b->text);
}

static uint32_t hash(const struct likeness *l)
{
	uintptr_t numbers[] = {
		l->level, l->kind, (uintptr_t)l->format, l->line, l->col, l->defined};

	return hmap_hash(numbers, sizeof(numbers),
		hmap_hash_str(l->file ? l->file : "") ^ hmap_hash_str(l->text ? l->text : ""));
}

/* Without a text the lines that the span counts are those of a file. */
static void locate(const struct diags *d, struct span span, struct likeness *l)
{
	const struct text_line *line = d->text ? text_line_at(d->text, span.line) : NULL;

	l->line = line ? line->lineno : span.line;
	l->col = line ? text_column(line, span.col) : span.col;
	if (line)
		l->file = d->text->files[line->file].name;
	if (line && line->expansion)
		l->defined = d->text->expansions[line->expansion - 1].lineno;
}

static struct likes *find(const struct diags *d, const struct likeness *l)
{
	struct hmap_item *i = hmap_first(&d->likes, hash(l));

	for (; i; i = hmap_next(i))
		if (equal(&container_of(i, struct likes, link)->of, l))
			return container_of(i, struct likes, link);
	return NULL;
}

/* What is no mere mistake in the text is rare, and others look for it. */
static bool is_full(const struct diags *d, enum diag_kind kind)
{
	return d->n >= (kind == DIAG_CONFIG ? KEPT_MAX : 2 * KEPT_MAX);
}

static struct likes *find_or_add(struct diags *d, const struct likeness *l)
{
	struct likes *found = find(d, l);

	if (found || is_full(d, l->kind))
		return found;
	found = arena_alloc(d->arena, sizeof(*found));
	*found = (struct likes){.of = *l};
	found->of.file = l->file ? arena_strdup(d->arena, l->file) : NULL;
	found->of.text = l->text ? arena_strdup(d->arena, l->text) : NULL;
	hmap_add(&d->likes, &found->link, hash(l));
	return found;
}

/* ---- adding ------------------------------------------------------------------------------ */

/* A text that quotes a word of any length is cut in the middle. */
static void shorten(struct strbuf *text)
{
	static const char gap[] = " ... ";
	size_t head = TEXT_MAX, tail = text->len - TEXT_MAX / 4;
	char *s = text->text;

	if (text->len <= TEXT_MAX + TEXT_MAX / 4 + strlen(gap))
		return;
	while (head && ((unsigned char)s[head] & 0xc0) == 0x80) /* divides no character */
		head--;
	while (tail < text->len && ((unsigned char)s[tail] & 0xc0) == 0x80)
		tail++;
	memcpy(s + head, gap, strlen(gap));
	head += strlen(gap);
	memmove(s + head, s + tail, text->len - tail + 1);
	text->len = head + text->len - tail;
}

static bool same_span(struct span a, struct span b)
{
	return a.line == b.line && a.col == b.col;
}

/* One that says the same: of those at one place the text decides, else the place. */
static struct entry *same_as(
	struct diags *d, const struct likes *likes, struct span span, const char *text)
{
	for (uint32_t i = likes->last; i; i = d->entries[i - 1].before) {
		struct entry *e = &d->entries[i - 1];

		if (likes->of.text ? same_span(e->diag.span, span) : !strcmp(e->diag.text, text))
			return e;
	}
	return NULL;
}

static struct entry *keep(struct diags *d, struct likes *likes, struct span span, const char *text)
{
	struct entry *e;

	if (d->n == d->max) {
		d->max = d->max ? d->max * 2 : 32;
		d->entries = xrealloc(d->entries, d->max * sizeof(*d->entries));
	}
	e = &d->entries[d->n++];
	*e = (struct entry){.before = likes->last};
	e->diag = (struct diag){
		.level = likes->of.level,
		.kind = likes->of.kind,
		.span = span,
		.text = arena_strdup(d->arena, text),
		.likes = likes,
		.nth = d->added - 1,
	};
	likes->last = d->n;
	likes->kept++;
	return e;
}

static struct diag *add(
	struct diags *d, struct likeness *l, struct span span, const char *text, uint32_t line)
{
	struct likes *likes = find_or_add(d, l);
	uint32_t most = l->text ? SPREAD_MAX : ALIKE_MAX;
	struct entry *e = likes ? same_as(d, likes, span, text) : NULL;
	struct span *seen = e ? &e->seen : likes && likes->kept >= most ? &likes->seen : NULL;

	d->added++;
	if (seen && same_span(*seen, span))
		return e ? &e->diag : NULL;
	d->count[l->level][l->kind]++;
	if (!likes) {
		d->left_out++;
		return NULL;
	}
	likes->n++;
	likes->until = l->line ? 0 : line;
	if (!seen && !is_full(d, l->kind))
		e = keep(d, likes, span, text);
	*(e ? &e->seen : &likes->seen) = span;
	return e ? &e->diag : NULL;
}

static struct diag *vadd(struct diags *d, struct likeness *l, struct span span, bool spread,
	const char *fmt, va_list ap)
{
	struct strbuf text = {0};
	struct diag *e;
	uint32_t line;

	locate(d, span, l);
	line = l->line;
	strbuf_vprintf(&text, fmt, ap);
	shorten(&text);
	if (spread)
		l->line = l->col = l->defined = 0;
	if (l->line)
		l->format = fmt;
	else
		l->text = strbuf_str(&text);
	e = add(d, l, span, strbuf_str(&text), line);
	strbuf_free(&text);
	return e;
}

struct diag *diag_add(struct diags *d, enum diag_level level, enum diag_kind kind, struct span span,
	const char *fmt, ...)
{
	struct likeness l = {.level = level, .kind = kind};
	struct diag *e;
	va_list ap;

	if (!d)
		return NULL;
	va_start(ap, fmt);
	e = vadd(d, &l, span, false, fmt, ap);
	va_end(ap);
	return e;
}

struct diag *diag_spread(
	struct diags *d, enum diag_level level, struct span span, const char *fmt, ...)
{
	struct likeness l = {.level = level, .kind = DIAG_CONFIG};
	struct diag *e;
	va_list ap;

	if (!d)
		return NULL;
	va_start(ap, fmt);
	e = vadd(d, &l, span, true, fmt, ap);
	va_end(ap);
	return e;
}

void diag_also(struct diags *d, struct diag *e, struct span other, const char *text)
{
	if (!d || !e || e->other_text)
		return;
	e->other = other;
	e->other_text = arena_strdup(d->arena, text);
}

static bool inside(struct span in, struct span s)
{
	return in.line == s.line && in.col >= s.col && in.col + in.len <= s.col + s.len;
}

bool diags_hint(struct diags *d, uint64_t from, struct span span, const char *hint)
{
	bool found = false;

	for (uint32_t i = d ? d->n : 0; i && d->entries[i - 1].diag.nth >= from; i--) {
		struct diag *e = &d->entries[i - 1].diag;

		if (!inside(e->span, span))
			continue;
		if (!e->hint && !strstr(e->text, hint))
			e->hint = arena_strdup(d->arena, hint);
		found = true;
	}
	return found;
}

/* One entry less of its likes; with the last one go those that were not kept. */
static void forget(struct diags *d, const struct diag *e)
{
	struct likes *likes = e->likes;
	uint64_t n = --likes->kept ? 1 : likes->n;

	likes->n -= n;
	d->count[e->level][e->kind] -= n;
	if (!likes->n)
		hmap_del(&d->likes, &likes->link);
}

void diags_keep(
	struct diags *d, bool (*keep)(const struct diag *, const void *ctx), const void *ctx)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < d->n; i++)
		if (keep(&d->entries[i].diag, ctx))
			d->entries[kept++] = d->entries[i];
		else
			forget(d, &d->entries[i].diag);
	d->n = kept;
	d->added++;
	for (uint32_t i = 0; i < d->n; i++)
		d->entries[i].diag.likes->last = 0;
	for (uint32_t i = 0; i < d->n; i++) {
		d->entries[i].before = d->entries[i].diag.likes->last;
		d->entries[i].diag.likes->last = i + 1;
	}
}

void diags_braces(struct diags *d, struct span before, int blocks)
{
	if (!d || d->n_braces == KEPT_MAX)
		return;
	d->braces = xrealloc(d->braces, (d->n_braces + 1) * sizeof(*d->braces));
	d->braces[d->n_braces++] = (struct diag_brace){before, blocks};
}

const struct diag_brace *diags_brace_at(const struct diags *d, size_t i)
{
	return i < d->n_braces ? &d->braces[i] : NULL;
}

size_t diags_count(const struct diags *d)
{
	return d ? d->n : 0;
}

uint64_t diags_added(const struct diags *d)
{
	return d ? d->added : 0;
}

uint64_t diags_left_out(const struct diags *d)
{
	return d->left_out;
}

/* ---- reading ----------------------------------------------------------------------------- */

static int by_position(const void *pa, const void *pb, void *ctx)
{
	uint32_t ia = *(const uint32_t *)pa, ib = *(const uint32_t *)pb;
	const struct diags *d = ctx;
	const struct span *a = &d->entries[ia].diag.span, *b = &d->entries[ib].diag.span;

	if (a->line != b->line) /* without a position: last */
		return a->line - 1 < b->line - 1 ? -1 : 1;
	if (a->col != b->col)
		return a->col < b->col ? -1 : 1;
	return ia < ib ? -1 : 1;
}

/* Which are shown: the first few of those that are alike. The last of them tells of the others. */
static void choose(const struct diags *d, struct order *o)
{
	uint32_t i;

	for (i = 0; i < d->n; i++)
		d->entries[i].diag.likes->shown = 0;
	for (i = 0, o->n_shown = 0; i < o->n; i++) {
		struct diag *e = &d->entries[o->at[i]].diag;
		struct likes *l = e->likes;
		uint32_t most = l->of.text ? SPREAD_MAX : ALIKE_SHOWN;

		e->more = 0;
		if (l->shown == most)
			continue;
		o->shown[o->n_shown++] = o->at[i];
		if (++l->shown == MIN(most, l->kept)) {
			e->more = l->n - l->shown;
			e->more_until = l->until;
		}
	}
}

static const struct order *in_order(const struct diags *d)
{
	struct order *o = d->order;

	if (o->added == d->added)
		return o;
	o->added = d->added;
	o->at = xrealloc(o->at, MAX(d->n, 1u) * sizeof(*o->at));
	o->shown = xrealloc(o->shown, MAX(d->n, 1u) * sizeof(*o->shown));
	for (o->n = 0; o->n < d->n; o->n++)
		o->at[o->n] = o->n;
	qsort_r(o->at, o->n, sizeof(*o->at), by_position, (void *)d);
	choose(d, o);
	return o;
}

const struct diag *diags_at(const struct diags *d, size_t i)
{
	return i < d->n ? &d->entries[in_order(d)->at[i]].diag : NULL;
}

const struct diag *diags_shown_at(const struct diags *d, size_t i)
{
	const struct order *o = in_order(d);

	return i < o->n_shown ? &d->entries[o->shown[i]].diag : NULL;
}

uint64_t diags_of_level(const struct diags *d, enum diag_level level)
{
	uint64_t n = 0;

	for (unsigned kind = 0; kind < ARRAY_SIZE(d->count[level]); kind++)
		n += d->count[level][kind];
	return n;
}

int diags_status(const struct diags *d)
{
	static const struct {
		int status, rank;
	} of_kind[] = {
		[DIAG_CONFIG] = {5, 1},
		[DIAG_SECURITY] = {6, 2},
		[DIAG_INCLUDE] = {6, 2},
		[DIAG_REQUIRED] = {2, 3},
		[DIAG_MACHINE] = {0, 0},
	};
	int status = 0, rank = 0;

	for (unsigned kind = 0; kind < ARRAY_SIZE(of_kind); kind++) {
		if (!(d->count[DIAG_WARNING][kind] + d->count[DIAG_ERROR][kind]) ||
			of_kind[kind].rank <= rank)
			continue;
		rank = of_kind[kind].rank;
		status = of_kind[kind].status;
	}
	return status;
}
