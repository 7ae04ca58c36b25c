/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The use of definitions and of predefined names.
 *
 * A use is replaced when its line is looked at, and what came in is looked at again together with
 * what follows it, until nothing is left to replace. So `rest` holds the part of the line that is
 * still to be looked at, with room before it for the next replacement.
 */
#include "lib/source.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define GROWTH_MAX  (1024u * 1024) /* bytes that replacements may put into one line */
#define REPLACE_MAX 65536u         /* replacements in one line */
#define HALVED_MAX  6              /* both are halved at most so often, see endless() */
#define PARTS_MAX   16             /* replacements that messages can name */

/* What a replacement works on, besides src->out and src->rest. */
struct use {
	struct source *src;
	struct src_line *line;
	size_t left; /* bytes not yet looked at, at the end of src->rest */
	size_t same; /* length of what stayed as it was, SIZE_MAX: so far all */
	size_t grown, count;
	bool quoted, failed;
	bool told; /* of one use that is none; once in a line is enough */
};

static char *left(const struct use *u)
{
	return u->src->rest.text + u->src->rest.cap - u->left;
}

/* Replaces the first `used` bytes of what is left. */
static void put_back(struct use *u, size_t used, const char *s, size_t n)
{
	struct strbuf *rest = &u->src->rest;
	size_t keep = u->left - used, cap = rest->cap ? rest->cap : 256;
	char *mem;

	if (keep + n > rest->cap) {
		while (cap < keep + n)
			cap *= 2;
		mem = xmalloc(cap);
		if (keep)
			memcpy(mem + cap - keep, rest->text + rest->cap - keep, keep);
		free(rest->text);
		rest->text = mem;
		rest->cap = cap;
	}
	u->left = keep + n;
	if (n)
		memcpy(left(u), s, n);
	u->grown += n;
	u->count++;
}

/* One reference at the start of what is left. */
struct reference {
	const char *name, *args;
	size_t n_name, n_args, len;
	bool braced;
};

static bool parse_reference(const char *s, size_t n, struct reference *r)
{
	const char *end;

	*r = (struct reference){.braced = n > 1 && s[1] == '{'};
	r->name = s + 1 + r->braced;
	r->n_name = src_name(r->name, n - (size_t)(r->name - s));
	if (!r->n_name)
		return false;
	r->args = r->name + r->n_name;
	if (!r->braced) {
		r->len = r->n_name + 1;
		return r->len == n || src_blank(s[r->len]) || s[r->len] == ',' || s[r->len] == ')';
	}
	for (end = r->args; end < s + n && (src_name_char(*end) || src_blank(*end)); end++)
		;
	if (end == s + n || *end != '}')
		return false;
	for (; r->args < end && src_blank(*r->args); r->args++)
		;
	r->n_args = (size_t)(end - r->args);
	r->len = (size_t)(end + 1 - s);
	return true;
}

/* The predefined names: false, with a message, when the arguments make no sense. */

static bool value_pwd(struct use *u, const struct reference *r, struct strbuf *out)
{
	strbuf_puts(out, src_file(u->src)->pwd);
	return !r->n_args;
}

static bool value_instance(struct use *u, const struct reference *r, struct strbuf *out)
{
	strbuf_puts(out, u->src->config_id);
	return !r->n_args;
}

/* splitmix64 (Steele, Lea, Flood 2014): the same seed gives the same numbers on any machine. */
static uint64_t next_random(struct source *src)
{
	uint64_t v;

	if (!src->seeded && getrandom(&v, sizeof(v), GRND_NONBLOCK) == sizeof(v))
		return v;
	v = src->random += UINT64_C(0x9e3779b97f4a7c15);
	v = (v ^ v >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	v = (v ^ v >> 27) * UINT64_C(0x94d049bb133111eb);
	return v ^ v >> 31;
}

void src_random_seed(struct source *src, const struct src_line *l)
{
	static const char word[] = "random_seed";
	size_t at = sizeof(word) - 1;

	if (l->n <= at || *l->s != *word || memcmp(l->s, word, at) != 0 || !src_blank(l->s[at]))
		return;
	while (at < l->n && src_blank(l->s[at]))
		at++;
	if (l->s[at] < '0' || l->s[at] > '9')
		return;
	src->random = strtoull(l->s + at, NULL, 10);
	src->seeded = true;
}

static bool value_random(struct use *u, const struct reference *r, struct strbuf *out)
{
	uint64_t min = 0, max = 32767;
	char args[64], c;
	int n;

	snprintf(args, sizeof(args), "%.*s", (int)MIN(r->n_args, sizeof(args)), r->args);
	n = sscanf(args, "%19" SCNu64 "%19" SCNu64 " %c", &min, &max, &c);
	if (r->n_args && (strspn(args, "0123456789 \t") != r->n_args || n < 1 || n > 2))
		return false;
	if (min > max) {
		if (!u->told)
			diag_error(u->src->diags, src_span(u->src, u->line, 0, u->line->n),
				"${_RANDOM %s}: the first number is larger than the second; it is "
				"used",
				args);
		u->told = true;
		max = min;
	}
	strbuf_printf(out, "%" PRIu64, min + next_random(u->src) % (max - min + 1));
	return true;
}

static bool value_env(struct use *u UNUSED, const struct reference *r, struct strbuf *out)
{
	size_t n = src_name(r->args, r->n_args), end = n;
	const char *value;
	char *name;

	while (end < r->n_args && src_blank(r->args[end]))
		end++;
	if (!n || end != r->n_args)
		return false;
	name = xstrndup(r->args, n);
	for (value = getenv(name); value && *value; value++)
		strbuf_putc(out, *value == '\n' ? ' ' : *value);
	free(name);
	return true;
}

/* A # or ! that is no comment: outside quotes it needs its backslash until the end. */
static bool put_comment_char(struct use *u, const struct reference *r, struct strbuf *out, char c)
{
	const struct strbuf *before = &u->src->out;

	if (!u->quoted && !(before->len && before->text[before->len - 1] == '\\'))
		strbuf_putc(out, '\\');
	strbuf_putc(out, c);
	return !r->n_args;
}

static bool value_hash(struct use *u, const struct reference *r, struct strbuf *out)
{
	return put_comment_char(u, r, out, '#');
}

static bool value_bang(struct use *u, const struct reference *r, struct strbuf *out)
{
	return put_comment_char(u, r, out, '!');
}

static const struct predefined {
	const char *name;
	bool (*value)(struct use *, const struct reference *, struct strbuf *);
} predefined[] = {
	{"_PWD", value_pwd},
	{"_INSTANCE", value_instance},
	{"_RANDOM", value_random},
	{"_ENV", value_env},
	{"_HASH", value_hash},
	{"_BANG", value_bang},
};

/* What is being looked at as part of the line, for messages. */
static struct span here(struct use *u, size_t n)
{
	size_t done = u->same == SIZE_MAX ? u->src->out.len : u->same;

	return src_span(u->src, u->line, MIN(done, u->line->n), u->same == SIZE_MAX ? n : 1);
}

/* Copies the '$' that stays, with a word about why if that is not what was meant. */
static void leave(struct use *u, const struct reference *r, const struct def *d)
{
	int n = (int)r->n_name;

	if (u->told || (!d && (!r->braced || !r->len || u->quoted)))
		return;
	u->told = true;
	if (d && d->multi)
		diag_warning(u->src->diags, here(u, r->len),
			"$%.*s has several lines and is replaced only as the last word of a line",
			n, r->name);
	else if (d)
		diag_warning(u->src->diags, here(u, r->len),
			"$%.*s is not replaced here; write ${%.*s}", n, r->name, n, r->name);
	else
		diag_error(u->src->diags, here(u, r->len), "${%.*s} is not defined", n, r->name);
}

static void take(struct use *u, size_t n)
{
	const char *s = left(u);
	size_t i;

	for (i = 0; i < n; i++) {
		if (s[i] == '"' && !(i && s[i - 1] == '\\'))
			u->quoted = !u->quoted;
	}
	strbuf_add(&u->src->out, s, n);
	u->left -= n;
}

static const struct predefined *find_predefined(const struct reference *r)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(predefined); i++)
		if (strlen(predefined[i].name) == r->n_name &&
			!memcmp(predefined[i].name, r->name, r->n_name))
			return &predefined[i];
	return NULL;
}

static bool replace_predefined(struct use *u, const struct reference *r, const struct predefined *p)
{
	struct strbuf value = {0};
	bool good = p->value(u, r, &value);

	if (good) {
		u->same = MIN(u->same, u->src->out.len);
		put_back(u, r->len, strbuf_str(&value), value.len);
	} else if (!u->told) {
		diag_error(u->src->diags, here(u, r->len), "${%s}: bad arguments", p->name);
		u->told = true;
	}
	strbuf_free(&value);
	return good;
}

/* The lines behind the first come from a frame of their own. */
static bool push_lines(struct use *u, const struct def *d)
{
	struct src_line use = *u->line;
	struct frame *f;

	if (use.exact && u->same == SIZE_MAX)
		use.col += (uint32_t)u->src->out.len;
	f = src_push(u->src, FRAME_LINES, &use);
	if (!f) {
		u->failed = true;
		return false;
	}
	f->lines = d->lines;
	f->what = d->what;
	f->n_at = d->n;
	f->at = 1;
	return true;
}

static bool replace_definition(struct use *u, const struct reference *r, struct def *d)
{
	const struct src_line *first = d->n ? &d->lines[0] : NULL;

	if (d->multi && !push_lines(u, d))
		return false;
	/* the variable of a loop says nothing that its line does not */
	if (first && first->file != UINT32_MAX && u->count < PARTS_MAX)
		u->line->expansion = src_expansion(u->src, first, u->line->expansion,
			slice_str(d->what), !d->multi || u->src->out.len);
	u->same = MIN(u->same, u->src->out.len);
	put_back(u, d->multi ? u->left : r->len, first ? first->s : "", first ? first->n : 0);
	return true;
}

/* What is left begins with '$'. */
static void look(struct use *u)
{
	struct reference r;
	bool whole = parse_reference(left(u), u->left, &r);
	struct def *d = r.n_name ? src_find(u->src, r.name, r.n_name) : NULL;
	const struct predefined *p = whole && !d ? find_predefined(&r) : NULL;
	size_t end;

	if (d && r.n_args)
		d = NULL, whole = false;
	for (end = r.len; end < u->left && src_blank(left(u)[end]); end++)
		;
	if (d && whole && (!d->multi || end == u->left)) {
		if (replace_definition(u, &r, d) || u->failed)
			return;
	} else if (p) {
		if (replace_predefined(u, &r, p))
			return;
	} else if (r.n_name) {
		leave(u, &r, d);
	}
	take(u, 1);
}

/*
 * Has this line got more than any line that ends? Each line that did leaves half of that to the
 * next, so that a loop around such a line ends as well.
 */
static bool endless(const struct use *u)
{
	unsigned halved = MIN(u->src->endless, HALVED_MAX);

	return u->grown > GROWTH_MAX >> halved || u->count > REPLACE_MAX >> halved;
}

bool src_substitute(struct source *src, struct src_line *l, size_t *same)
{
	struct use u = {.src = src, .line = l, .same = SIZE_MAX};
	const char *dollar;

	*same = l->n;
	if (!memchr(l->s, '$', l->n))
		return true;
	strbuf_reset(&src->out);
	put_back(&u, 0, l->s, l->n);
	u.grown = 0;
	while (!u.failed && (dollar = memchr(left(&u), '$', u.left))) {
		if (endless(&u)) {
			src->endless++;
			diag_error(src->diags, src_span(src, l, 0, l->n),
				"the definitions in this line do not come to an end; the line is "
				"ignored");
			return false;
		}
		take(&u, (size_t)(dollar - left(&u)));
		look(&u);
	}
	take(&u, u.left);
	if (u.same != SIZE_MAX) {
		*same = u.same;
		l->s = src->out.text;
		l->n = src->out.len;
		l->whole = false;
	}
	return !u.failed && src_spend(src, l, u.grown + u.count);
}
