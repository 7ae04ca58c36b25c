/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ~SEQ(var, [start, [step,]] end), ~SEQx and ~LST(var, value...), ~LST({var...}, {value...}...):
 * the rest of the line is read once for each value. It may begin with a loop itself.
 */
#include "lib/source.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBERS_MAX 3

/* The arguments of one loop, cut at commas outside braces. */
struct args {
	struct slice *items;
	size_t n, max;
};

static struct slice trim(struct slice s)
{
	while (s.n && src_blank(*s.p))
		s.p++, s.n--;
	while (s.n && src_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

static void push_item(struct args *a, struct slice s)
{
	if (a->n == a->max) {
		a->max = a->max ? a->max * 2 : 8;
		a->items = xrealloc(a->items, a->max * sizeof(*a->items));
	}
	a->items[a->n++] = trim(s);
}

static void cut(struct args *a, struct slice s)
{
	size_t i, start = 0;
	int depth = 0;

	for (i = 0; i < s.n; i++) {
		depth += (s.p[i] == '{') - (s.p[i] == '}');
		if (s.p[i] != ',' || depth > 0)
			continue;
		push_item(a, slice(s.p + start, i - start));
		start = i + 1;
	}
	push_item(a, slice(s.p + start, s.n - start));
}

/* The words of `{a, b}`, or the item itself. */
static void cut_set(struct args *a, struct slice item)
{
	if (item.n >= 2 && *item.p == '{' && item.p[item.n - 1] == '}')
		cut(a, slice(item.p + 1, item.n - 2));
	else
		push_item(a, item);
}

static bool parse_number(struct slice s, int64_t *out)
{
	char digits[64], *end;

	if (!s.n || s.n >= sizeof(digits) || src_blank(*s.p))
		return false;
	memcpy(digits, s.p, s.n);
	digits[s.n] = '\0';
	errno = 0;
	*out = strtoll(digits, &end, 0);
	return !errno && !*end;
}

/* NULL or what is wrong. */
static const char *parse_numbers(const struct args *a, struct src_loop *loop)
{
	int64_t v[NUMBERS_MAX];
	size_t i, n = a->n - 1;

	if (n < 1 || n > NUMBERS_MAX)
		return "one, two or three numbers are expected";
	for (i = 0; i < n; i++)
		if (!parse_number(a->items[i + 1], &v[i]))
			return "not a number";
	loop->end = v[n - 1];
	loop->at = n > 1 ? v[0] : loop->end < 0 ? -1 : 1;
	loop->step = n > 2 ? v[1] : loop->end < loop->at ? -1 : 1;
	if (!loop->step || (loop->step > 0 ? loop->at > loop->end : loop->at < loop->end))
		return "the step does not lead to the end";
	if (loop->hex && (loop->at < 0 || loop->end < 0))
		return "negative numbers have no hexadecimal form";
	return NULL;
}

static const char *parse_rows(struct source *src, const struct args *a, struct src_loop *loop)
{
	size_t n = a->n - 1, i, j;
	struct args set = {0};
	const char *wrong = n ? NULL : "there are no values";

	loop->rows = arena_alloc(src->text->arena, (n * loop->n_vars + 1) * sizeof(*loop->rows));
	for (i = 0; i < n && !wrong; i++) {
		set.n = 0;
		cut_set(&set, a->items[i + 1]);
		if (set.n > loop->n_vars)
			wrong = "more values than variables";
		for (j = 0; j < set.n && !wrong; j++)
			loop->rows[i * loop->n_vars + j] = slice(
				arena_strndup(src->text->arena, set.items[j].p, set.items[j].n),
				set.items[j].n);
	}
	free(set.items);
	loop->end = (int64_t)n - 1;
	loop->step = 1;
	return wrong;
}

static const char *parse_vars(struct source *src, struct slice item, struct src_loop *loop)
{
	struct args set = {0};
	const char *wrong = NULL;
	size_t i;

	cut_set(&set, item);
	loop->vars = arena_alloc(src->text->arena, set.n * sizeof(*loop->vars));
	for (i = 0; i < set.n && !wrong; i++) {
		if (src_name(set.items[i].p, set.items[i].n) != set.items[i].n || !set.items[i].n)
			wrong = "not a name for a variable";
		else
			loop->vars[i] = src_variable(src, set.items[i].p, set.items[i].n);
	}
	loop->n_vars = (uint32_t)set.n;
	free(set.items);
	return wrong;
}

static const char *parse_args(struct source *src, struct slice s, bool list, struct src_loop *loop)
{
	struct args a = {0};
	const char *wrong;

	cut(&a, s);
	wrong = parse_vars(src, a.items[0], loop);
	if (!wrong && list)
		wrong = parse_rows(src, &a, loop);
	else if (!wrong)
		wrong = loop->n_vars == 1 ? parse_numbers(&a, loop) : "one variable is expected";
	free(a.items);
	return wrong;
}

static const struct {
	const char *word;
	bool list, hex;
} kinds[] = {
	{"~SEQ(", false, false},
	{"~SEQx(", false, true},
	{"~LST(", true, false},
};

static size_t kind_at(const struct src_line *l)
{
	size_t i, n;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		n = strlen(kinds[i].word);
		if (l->n >= n && !memcmp(l->s, kinds[i].word, n))
			break;
	}
	return i;
}

/* How often the loop will be run; at most UINT64_MAX. */
static uint64_t times(const struct src_loop *loop)
{
	uint64_t way = loop->step > 0 ? (uint64_t)loop->end - (uint64_t)loop->at
				      : (uint64_t)loop->at - (uint64_t)loop->end;
	uint64_t step = loop->step > 0 ? (uint64_t)loop->step : -(uint64_t)loop->step;

	return way / step == UINT64_MAX ? UINT64_MAX : way / step + 1;
}

/* Loops in loops multiply. What can never be read is refused before a line of it is made. */
static bool too_often(struct source *src, const struct src_line *l, const struct src_loop *loop)
{
	uint64_t product = loop->left;
	uint32_t i;

	for (i = 0; i < src->n_frames; i++)
		if (src->frames[i].kind == FRAME_LOOP &&
			__builtin_mul_overflow(product, src->frames[i].loop.left + 1, &product))
			product = UINT64_MAX;
	if (product <= src->max_lines)
		return false;
	diag_error(src->diags, src_span(src, l, 0, l->n),
		"this loop would make %s%" PRIu64
		" lines, more than the %u that a configuration may have; it is ignored",
		product == UINT64_MAX ? "more than " : "", product, src->max_lines);
	src_unwind(src);
	return true;
}

static void start(
	struct source *src, const struct src_line *l, size_t head, const struct src_loop *loop)
{
	struct src_line rest = *l;
	struct frame *f;

	src_skip(&rest, head);
	rest.expansion = src_expansion(src, l, l->expansion, slice(l->s, head), false);
	rest.whole = false;
	f = src_push(src, FRAME_LOOP, &rest);
	if (f)
		f->loop = *loop;
}

bool src_sequence(struct source *src, const struct src_line *l)
{
	size_t kind = kind_at(l), open, same;
	struct src_line args = *l;
	struct src_loop loop = {0};
	const char *close, *wrong;
	uint32_t depth = src->n_frames;

	if (kind == ARRAY_SIZE(kinds))
		return false;
	open = strlen(kinds[kind].word);
	close = memchr(l->s, ')', l->n);
	if (!close) {
		diag_error(src->diags, src_span(src, l, 0, l->n), "missing ) of %.*s",
			(int)open - 1, l->s);
		return true;
	}
	args.s += open;
	args.n = (size_t)(close - args.s);
	args.col += args.exact ? (uint32_t)open : 0;
	if (!src_substitute(src, &args, &same))
		return true;
	loop.hex = kinds[kind].hex;
	wrong = parse_args(src, slice(args.s, args.n), kinds[kind].list, &loop);
	if (!wrong && src->n_frames != depth)
		wrong = "a definition of several lines cannot be used here";
	src->n_frames = MIN(src->n_frames, depth);
	loop.left = wrong ? 0 : times(&loop);
	if (wrong)
		diag_error(src->diags, src_span(src, l, 0, (size_t)(close - l->s) + 1),
			"%s; the line is ignored", wrong);
	else if (!too_often(src, l, &loop))
		start(src, l, (size_t)(close - l->s) + 1, &loop);
	return true;
}

bool src_loop_next(struct source *src, struct src_loop *loop)
{
	char number[32];
	uint32_t i;
	int n;

	if (!loop->left)
		return false;
	loop->left--;
	if (loop->rows) {
		for (i = 0; i < loop->n_vars; i++) {
			struct slice v = loop->rows[(size_t)loop->at * loop->n_vars + i];

			src_set_variable(src, loop->vars[i], v.p ? v.p : "", v.n);
		}
	} else {
		n = snprintf(number, sizeof(number), loop->hex ? "%" PRIx64 : "%" PRId64, loop->at);
		src_set_variable(src, loop->vars[0], number, (size_t)n);
	}
	if (loop->left)
		loop->at += loop->step;
	return true;
}
