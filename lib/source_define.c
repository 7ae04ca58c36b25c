/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Definitions: $NAME=text, of one line or of many, and the variables of loops. */
#include "lib/source.h"

#include <string.h>

bool src_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

size_t src_name(const char *s, size_t n)
{
	size_t i = 0;

	if (n && *s >= '0' && *s <= '9')
		return 0;
	while (i < n && src_name_char(s[i]))
		i++;
	return i;
}

static struct def **bucket(struct source *src, const char *name, size_t n)
{
	uint32_t h = 2166136261u;

	for (; n; n--)
		h = (h ^ (unsigned char)*name++) * 16777619u;
	return &src->defs[h % DEF_BUCKETS];
}

struct def *src_find(struct source *src, const char *name, size_t n)
{
	struct def *d;

	for (d = *bucket(src, name, n); d; d = d->next)
		if (!strncmp(d->name, name, n) && !d->name[n])
			return d;
	return NULL;
}

static struct def *find_or_make(struct source *src, const char *name, size_t n)
{
	struct def *d = src_find(src, name, n), **b = bucket(src, name, n);

	if (d)
		return d;
	d = arena_new_of(src->text->arena, struct def);
	d->what = arena_printf(src->text->arena, "$%.*s", (int)n, name);
	d->name = d->what + 1;
	d->next = *b;
	*b = d;
	return d;
}

static void add_line(struct source *src, struct def *d, struct src_line l)
{
	struct src_line *lines;

	if (d->n == d->max) {
		d->max = MAX(d->max * 2, 1u);
		lines = arena_alloc(src->text->arena, d->max * sizeof(*lines));
		if (d->n)
			memcpy(lines, d->lines, d->n * sizeof(*lines));
		d->lines = lines;
	}
	l.s = arena_strndup(src->text->arena, l.s, l.n);
	l.exact = l.whole = l.inner = false;
	l.expansion = 0;
	d->lines[d->n++] = l;
}

/* Takes the final backslash away; false when there is none. */
static bool continues(struct src_line *l)
{
	if (!l->n || l->s[l->n - 1] != '\\')
		return false;
	for (l->n--; l->n && src_blank(l->s[l->n - 1]); l->n--)
		;
	return true;
}

/* What a line adds to the braces that are open, those of ${NAME} left out. */
static int braces(const struct src_line *l)
{
	bool quoted = false;
	int depth = 0, reference = 0;
	size_t i;

	for (i = 0; i < l->n; i++) {
		if (l->s[i] == '"')
			quoted = !quoted;
		else if (quoted)
			continue;
		else if (l->s[i] == '{' && i && l->s[i - 1] == '$')
			reference = 1;
		else if (l->s[i] == '}' && reference)
			reference = 0;
		else
			depth += (l->s[i] == '{') - (l->s[i] == '}');
	}
	return depth;
}

/* The further lines of a definition. `keep` is false when a condition rules it out. */
static void read_lines(struct source *src, struct def *d, const struct src_line *from, bool keep)
{
	struct src_line l;
	bool more = true;
	int depth = 0;

	while (more && src_read_line(src, src_file(src), &l)) {
		if (!l.n && keep && depth > 0)
			diag_warning(src->diags, src_span(src, from, 0, from->n),
				"this definition ends at line %u, which is empty, before its "
				"braces are closed",
				l.lineno);
		if (!l.n)
			return;
		more = continues(&l);
		depth += braces(&l);
		if (keep && l.n)
			add_line(src, d, l);
	}
}

bool src_define(struct source *src, struct src_line *l, bool keep)
{
	size_t n = l->n && *l->s == '$' ? src_name(l->s + 1, l->n - 1) : 0, at = n + 1;
	bool from_file = src->frames[src->n_frames - 1].kind == FRAME_FILE;
	struct src_line value = *l, written = *l;
	struct def made = {0}, *d;

	if (!n)
		return false;
	while (at < l->n && src_blank(l->s[at]))
		at++;
	if (at >= l->n || l->s[at] != '=')
		return false;
	if (at > n + 1 && src_find(src, l->s + 1, n))
		return false;
	if (at > n + 1) {
		diag_error(src->diags, src_span(src, l, 0, at + 1),
			"no definition: there must be no blank before =");
		return true;
	}
	src_skip(&value, at + 1);
	made.multi = l->whole && from_file && continues(&value);
	if (value.n || !made.multi)
		add_line(src, &made, value);
	if (made.multi)
		read_lines(src, &made, &written, keep);
	if (!keep)
		return true;
	d = find_or_make(src, l->s + 1, n);
	d->multi = made.multi;
	d->lines = made.lines;
	d->n = made.n;
	d->max = made.max;
	return true;
}

struct def *src_variable(struct source *src, const char *name, size_t n)
{
	return find_or_make(src, name, n);
}

void src_set_variable(struct source *src, struct def *d, const char *s, size_t n)
{
	if (d->n != 1 || d->multi || !d->value || d->lines[0].s != d->value || n >= d->room) {
		d->room = MAX(n + 1, (size_t)32);
		d->value = arena_alloc(src->text->arena, d->room);
		d->lines = arena_new_of(src->text->arena, struct src_line);
		d->multi = false;
		d->n = d->max = 1;
		d->lines[0].file = UINT32_MAX;
	}
	memcpy(d->value, s, n);
	d->value[n] = '\0';
	d->lines[0].s = d->value;
	d->lines[0].n = n;
}
