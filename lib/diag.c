/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Collecting and showing messages about configuration text.
 *
 * Entries are kept as they come; a hash table finds repetitions, and an index in order of position
 * is made when somebody reads. The texts may quote anything that a file contains, so everything is
 * made visible on its way out.
 */
#include "lib/diag.h"

#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/log.h"
#include "lib/text.h"

#define FIRST_SLOTS  64 /* a power of two */
#define SHOWN_BEFORE 60 /* bytes of a long line shown on either side of the place */
#define SHOWN_AFTER  80
#define KEPT_MAX     20000 /* nobody reads more, and a generated file can hold millions */
#define LOGGED_MAX   200   /* a file that is none of ours must not fill the log */

struct order {
	uint32_t *at; /* indices into items, by position */
	uint32_t n;   /* how many were sorted in; behind items: out of date */
};

struct diags {
	struct diag *items;
	uint32_t n, max;
	uint32_t *slots; /* index + 1, open addressing; at most half full */
	uint32_t n_slots;
	struct order *order;
	struct arena *arena;
	uint64_t left_out; /* beyond KEPT_MAX */
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
	free(d->items);
	free(d->slots);
	free(d->order->at);
	free(d->order);
	arena_free(d->arena);
	free(d);
}

static uint32_t hash(struct span s, const char *text) /* FNV-1a */
{
	uint32_t h = 2166136261u;

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * 16777619u;
	return ((h ^ s.line) * 16777619u ^ s.col) * 16777619u;
}

/* The slot of such an entry, or the empty one where it belongs. */
static uint32_t *find(struct diags *d, struct span s, const char *text)
{
	uint32_t i = hash(s, text) & (d->n_slots - 1);
	const struct diag *e;

	for (; d->slots[i]; i = (i + 1) & (d->n_slots - 1)) {
		e = &d->items[d->slots[i] - 1];
		if (e->span.line == s.line && e->span.col == s.col && e->span.len == s.len &&
			!strcmp(e->text, text))
			break;
	}
	return &d->slots[i];
}

static void make_room(struct diags *d)
{
	uint32_t i;

	if (d->n == d->max) {
		d->max = d->max ? d->max * 2 : FIRST_SLOTS / 2;
		d->items = xrealloc(d->items, d->max * sizeof(*d->items));
	}
	if (d->n * 2 < d->n_slots)
		return;
	d->n_slots = d->n_slots ? d->n_slots * 2 : FIRST_SLOTS;
	free(d->slots);
	d->slots = xcalloc(d->n_slots, sizeof(*d->slots));
	for (i = 0; i < d->n; i++)
		*find(d, d->items[i].span, d->items[i].text) = i + 1;
}

struct diag *diag_add(struct diags *d, enum diag_level level, enum diag_kind kind, struct span span,
	const char *fmt, ...)
{
	struct strbuf text = {0};
	uint32_t *slot;
	va_list ap;

	if (!d)
		return NULL;
	if (d->n >= KEPT_MAX &&
		kind == DIAG_CONFIG) { /* the other kinds decide about exit statuses */
		d->left_out++;
		return NULL;
	}
	va_start(ap, fmt);
	strbuf_vprintf(&text, fmt, ap);
	va_end(ap);
	make_room(d);
	slot = find(d, span, strbuf_str(&text));
	if (!*slot) {
		d->items[d->n] = (struct diag){
			.level = level,
			.kind = kind,
			.span = span,
			.text = arena_strndup(d->arena, strbuf_str(&text), text.len),
		};
		*slot = ++d->n;
	}
	strbuf_free(&text);
	return &d->items[*slot - 1];
}

void diag_also(struct diags *d, struct diag *e, struct span other, const char *text)
{
	if (!d || !e)
		return;
	e->other = other;
	e->other_text = arena_strdup(d->arena, text);
}

size_t diags_count(const struct diags *d)
{
	return d->n;
}

static int by_position(const void *pa, const void *pb, void *ctx)
{
	uint32_t ia = *(const uint32_t *)pa, ib = *(const uint32_t *)pb;
	const struct diags *d = ctx;
	const struct span *a = &d->items[ia].span, *b = &d->items[ib].span;

	if (a->line != b->line) /* without a position: last */
		return a->line - 1 < b->line - 1 ? -1 : 1;
	if (a->col != b->col)
		return a->col < b->col ? -1 : 1;
	return ia < ib ? -1 : 1;
}

const struct diag *diags_at(const struct diags *d, size_t i)
{
	struct order *o = d->order;

	if (i >= d->n)
		return NULL;
	if (o->n != d->n) {
		o->at = xrealloc(o->at, d->n * sizeof(*o->at));
		for (o->n = 0; o->n < d->n; o->n++)
			o->at[o->n] = o->n;
		qsort_r(o->at, o->n, sizeof(*o->at), by_position, (void *)d);
	}
	return &d->items[o->at[i]];
}

unsigned diags_of_level(const struct diags *d, enum diag_level level)
{
	unsigned n = 0;
	uint32_t i;

	for (i = 0; i < d->n; i++)
		n += d->items[i].level == level;
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
	uint32_t i;

	for (i = 0; i < d->n; i++) {
		if (d->items[i].level == DIAG_NOTE || of_kind[d->items[i].kind].rank <= rank)
			continue;
		rank = of_kind[d->items[i].kind].rank;
		status = of_kind[d->items[i].kind].status;
	}
	return status;
}

/* The character at p and its length; 0 when these bytes are no UTF-8. */
static uint32_t decode(const char *p, size_t n, size_t *len)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned char c = (unsigned char)*p;
	uint32_t u;
	size_t i;

	*len = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
	if (*len == 1)
		return c;
	if (!*len || *len > n)
		return *len = 1, 0;
	u = c & (0x7f >> *len);
	for (i = 1; i < *len; i++) {
		if (((unsigned char)p[i] & 0xc0) != 0x80)
			return *len = 1, 0;
		u = u << 6 | ((unsigned char)p[i] & 0x3f);
	}
	if (u < least[*len] || u > 0x10ffff || (u >= 0xd800 && u < 0xe000))
		return *len = 1, 0;
	return u;
}

struct range {
	uint32_t first, last;
};

static bool in_ranges(uint32_t u, const struct range *r, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (u >= r[i].first && u <= r[i].last)
			return true;
	return false;
}

/* Characters that take no room, look like a blank, or turn the direction of the line. */
static const struct range unseen[] = {
	{0x00, 0x08},
	{0x0a, 0x1f},
	{0x7f, 0xa0},
	{0xad, 0xad},
	{0x61c, 0x61c},
	{0x1680, 0x1680},
	{0x180e, 0x180e},
	{0x2000, 0x200f},
	{0x2028, 0x202f},
	{0x205f, 0x206f},
	{0x3000, 0x3000},
	{0xfe00, 0xfe0f},
	{0xfeff, 0xfeff},
	{0xfff9, 0xfffb},
	{0xe0000, 0xe0fff},
};

/* Characters two columns wide in a terminal (Unicode TR 11, roughly). */
static const struct range wide[] = {
	{0x1100, 0x115f},
	{0x2e80, 0xa4cf},
	{0xac00, 0xd7a3},
	{0xf900, 0xfaff},
	{0xfe30, 0xfe6f},
	{0xff01, 0xff60},
	{0xffe0, 0xffe6},
	{0x1f300, 0x1faff},
	{0x20000, 0x3fffd},
};

/* Adds one character so that it can be seen; returns the columns it takes (a tab: 0). */
static unsigned put_char(struct strbuf *out, const char *p, size_t n, size_t *len)
{
	uint32_t u = decode(p, n, len);
	size_t before = out->len;

	if (!u || (u < 0x80 && in_ranges(u, unseen, ARRAY_SIZE(unseen))))
		strbuf_printf(out, "\\x%02x", (unsigned char)*p);
	else if (in_ranges(u, unseen, ARRAY_SIZE(unseen)))
		strbuf_printf(out, "<U+%04X>", u);
	else
		strbuf_add(out, p, *len);
	if (out->len - before > *len)
		return (unsigned)(out->len - before);
	if (u == '\t' || (u >= 0x300 && u <= 0x36f)) /* combining marks */
		return 0;
	return in_ranges(u, wide, ARRAY_SIZE(wide)) ? 2 : 1;
}

static void put_visible(struct strbuf *out, const char *s)
{
	size_t n = strlen(s), len;

	for (; n; s += len, n -= len)
		put_char(out, s, n, &len);
}

/* Moves a cut so that it does not divide a character. */
static size_t char_start(const struct text_line *l, size_t at)
{
	while (at && at < l->len && ((unsigned char)l->s[at] & 0xc0) == 0x80)
		at--;
	return at;
}

/* The blanks or the mark under one character; *first is cleared once the place has its caret. */
static void put_mark(struct strbuf *mark, char c, unsigned width, bool inside, bool *first)
{
	if (c == '\t')
		strbuf_putc(mark, '\t');
	for (; width; width--) {
		strbuf_putc(mark, !inside ? ' ' : *first ? '^' : '~');
		*first &= !inside;
	}
}

/* The line and, under it, the place; of a long line only what is around the place. */
static void put_source(struct strbuf *out, const struct text_line *l, struct span span)
{
	size_t col = MIN(span.col, l->len), end = MIN((size_t)span.col + MAX(span.len, 1u), l->len);
	size_t from = char_start(l, col > 2 * SHOWN_BEFORE ? col - SHOWN_BEFORE : 0);
	size_t to = char_start(l, MIN((size_t)l->len, col + 2 * SHOWN_AFTER)), at, len;
	struct strbuf mark = {0};
	bool first = true;
	unsigned width;

	strbuf_puts(out, from ? "    ..." : "    ");
	strbuf_puts(&mark, from ? "       " : "    ");
	for (at = from; at < to; at += len) {
		width = put_char(out, l->s + at, l->len - at, &len);
		if (at < end)
			put_mark(&mark, l->s[at], width, at >= col, &first);
	}
	if (first)
		strbuf_putc(&mark, '^');
	strbuf_puts(out, to < l->len ? "...\n" : "\n");
	strbuf_puts(out, strbuf_str(&mark));
	strbuf_putc(out, '\n');
	strbuf_free(&mark);
}

static void put_origin(struct strbuf *out, const struct text *t, const struct text_line *l)
{
	const struct text_expansion *e;
	uint32_t f = l->file;

	if (l->expansion) {
		e = &t->expansions[l->expansion - 1];
		strbuf_puts(out, "  expanded from ");
		put_visible(out, e->what);
		strbuf_puts(out, " at ");
		put_visible(out, t->files[e->file].name);
		strbuf_printf(out, ":%u\n", e->lineno);
	}
	for (; t->files[f].from_file != UINT32_MAX; f = t->files[f].from_file) {
		strbuf_puts(out, "  included from ");
		put_visible(out, t->files[t->files[f].from_file].name);
		strbuf_printf(out, ":%u\n", t->files[f].from_line);
	}
}

static void put_message(struct strbuf *out, const struct text *t, struct span span,
	const char *level, const char *text)
{
	const struct text_line *l = t ? text_line_at(t, span.line) : NULL;

	if (l) {
		put_visible(out, t->files[l->file].name);
		strbuf_puts(out, ":");
		if (l->lineno)
			strbuf_printf(out, "%u:%u:", l->lineno, text_column(l, span.col));
		strbuf_puts(out, " ");
	}
	strbuf_printf(out, "%s: ", level);
	put_visible(out, text);
	strbuf_putc(out, '\n');
	if (!l || !l->lineno)
		return;
	put_source(out, l, span);
	put_origin(out, t, l);
}

static const char *const level_names[] = {
	[DIAG_NOTE] = "note",
	[DIAG_WARNING] = "warning",
	[DIAG_ERROR] = "error",
};

void diags_print(const struct diags *d, const struct text *t, FILE *f)
{
	struct strbuf out = {0};
	const struct diag *e;
	uint32_t i;

	for (i = 0; i < d->n; i++) {
		e = diags_at(d, i);
		strbuf_reset(&out);
		put_message(&out, t, e->span, level_names[e->level], e->text);
		if (e->other_text)
			put_message(&out, t, e->other, "note", e->other_text);
		fwrite(strbuf_str(&out), 1, out.len, f);
	}
	if (d->left_out)
		fprintf(f, "%llu more messages are left out\n", (unsigned long long)d->left_out);
	strbuf_free(&out);
}

static void log_one(const struct text *t, struct span span, int priority, const char *text)
{
	const struct text_line *l = t ? text_line_at(t, span.line) : NULL;
	struct strbuf out = {0};

	if (l) {
		strbuf_putc(&out, '(');
		put_visible(&out, t->files[l->file].name);
		if (l->lineno)
			strbuf_printf(&out, ": Line %u", l->lineno);
		strbuf_puts(&out, ") ");
	}
	put_visible(&out, text);
	log_msg(priority, "%s", strbuf_str(&out));
	strbuf_free(&out);
}

void diags_log(const struct diags *d, const struct text *t)
{
	static const int priority[] = {
		[DIAG_NOTE] = LOG_INFO,
		[DIAG_WARNING] = LOG_WARNING,
		[DIAG_ERROR] = LOG_ERR,
	};
	const struct diag *e;
	uint32_t i;

	for (i = 0; i < d->n && i < LOGGED_MAX; i++) {
		e = diags_at(d, i);
		log_one(t, e->span, priority[e->level], e->text);
		if (e->other_text)
			log_one(t, e->other, LOG_INFO, e->other_text);
	}
	if (i < d->n)
		log_info("... and %llu more messages: keepalived -t shows them",
			(unsigned long long)(d->n - i + d->left_out));
}
