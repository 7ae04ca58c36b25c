/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Codecs of the plain value types. Each complains in one sentence that says what was written, what
 * is allowed and what happens now.
 */
#include "lib/types.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- words ------------------------------------------------------------------------------- */

static bool plain_word(const char *s)
{
	if (!*s || strchr("@$~", *s))
		return false;
	for (; *s; s++)
		if (isspace((unsigned char)*s) || strchr("#!{}\"\\", *s))
			return false;
	return true;
}

void print_word(struct strbuf *out, const char *word)
{
	strbuf_printf(out, plain_word(word) ? "%s" : "\"%s\"", word);
}

/* ---- numbers ----------------------------------------------------------------------------- */

static int64_t load(const struct kw *kw, const void *field)
{
	switch (kw->size) {
	case 1:
		return *(const uint8_t *)field;
	case 2:
		return *(const uint16_t *)field;
	case 4:
		return *(const uint32_t *)field;
	default:
		return (int64_t) * (const uint64_t *)field;
	}
}

static void using(
	struct parse *p, const struct kw *kw, const struct lex_token *w, const char *why, int64_t v)
{
	struct strbuf text = {0};

	if (kw->res)
		print_time(&text, v);
	else
		strbuf_printf(&text, "%" PRId64, v);
	diag_error(p->diags, w->span, "%s: %s - using %s", kw->name, why, text.text);
	strbuf_free(&text);
}

/* What out-of-range and unreadable values become, said in the same message. */
static bool fallback(struct parse *p, const struct kw *kw, const struct lex_token *w,
	const char *why, int64_t *out)
{
	if (kw->flags & KW_USE) {
		*out = kw->def;
		using(p, kw, w, why, kw->def);
		return true;
	}
	diag_add(p->diags, DIAG_ERROR, kw->flags & KW_REQUIRED ? DIAG_REQUIRED : DIAG_CONFIG,
		w->span, "%s: %s - ignored%s", kw->name, why,
		kw->flags & KW_REQUIRED ? ", but it is required" : "");
	return false;
}

static bool outside(struct parse *p, const struct kw *kw, const struct lex_token *w, int64_t *out)
{
	struct strbuf why = {0};
	bool ok;

	strbuf_printf(&why, "number '%s' outside range [", w->s.p);
	if (kw->res) {
		print_time(&why, kw->min);
		strbuf_puts(&why, ", ");
		print_time(&why, kw->max);
	} else {
		strbuf_printf(&why, "%" PRId64 ", %" PRId64, kw->min, kw->max);
	}
	strbuf_putc(&why, ']');
	if (kw->flags & KW_ZERO && !*out) {
		*out = kw->res ? SEC(1) : 1;
		using(p, kw, w, why.text, *out);
		ok = true;
	} else if (kw->flags & KW_CLAMP) {
		*out = *out < kw->min ? kw->min : kw->max;
		using(p, kw, w, why.text, *out);
		ok = true;
	} else {
		ok = fallback(p, kw, w, why.text, out);
	}
	strbuf_free(&why);
	return ok;
}

/* Leading digits; returns how many bytes belong to the number, 0: none. Saturates. */
static size_t leading_number(const char *s, int64_t *out)
{
	const char *p = s + strspn(s, " \t");
	bool negative = *p == '-';
	int64_t v = 0;

	if (*p == '+' || *p == '-')
		p++;
	if (!isdigit((unsigned char)*p))
		return 0;
	for (; isdigit((unsigned char)*p); p++) {
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, *p - '0', &v))
			v = INT64_MAX;
	}
	*out = negative ? -v : v;
	return (size_t)(p - s);
}

/* No number at all, or one with something behind it, which some rows tolerate. */
static bool unreadable(struct parse *p, const struct kw *kw, const struct lex_token *w,
	bool tolerated, int64_t *out)
{
	struct strbuf why = {0};
	bool ok = tolerated;

	strbuf_printf(&why, "invalid number '%s'", w->s.p);
	if (tolerated)
		using(p, kw, w, why.text, *out);
	else
		ok = fallback(p, kw, w, why.text, out);
	strbuf_free(&why);
	return ok;
}

/* An integer; stored as a multiple of unit. */
static bool integer(
	struct parse *p, const struct kw *kw, const struct lex_token *w, int64_t unit, int64_t *out)
{
	const char *s = w->s.p;
	int64_t v = 0;
	size_t used = leading_number(s, &v);

	if (__builtin_mul_overflow(v, unit, out))
		*out = v < 0 ? INT64_MIN : INT64_MAX;
	if (!used || (s[used] && !(kw->flags & KW_LENIENT)))
		return unreadable(p, kw, w, false, out);
	if (*out < kw->min || *out > kw->max)
		return outside(p, kw, w, out);
	return !s[used] || unreadable(p, kw, w, true, out);
}

bool type_number(struct parse *p, const struct kw *kw, const struct lex_token *w, int64_t *out)
{
	return integer(p, kw, w, 1, out);
}

int type_uint_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	int64_t v;

	(void)n;
	if (!type_number(p, kw, &s->word[1], &v))
		return -1;
	kw_store(kw, field, v);
	return 0;
}

/* What is out of range stands for "not given". */
static bool in_range(const struct kw *kw, int64_t v)
{
	return v >= kw->min && v <= kw->max;
}

static bool uint_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	int64_t v = load(kw, field);

	if (!in_range(kw, v))
		return false;
	strbuf_printf(out, "%" PRId64, v);
	return true;
}

static bool int_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	if (!in_range(kw, *(const int *)field))
		return false;
	strbuf_printf(out, "%d", *(const int *)field);
	return true;
}

bool type_same_bytes(const struct kw *kw, const void *a, const void *b)
{
	return memcmp(a, b, kw->size) == 0;
}

const struct codec codec_uint = {"uint", 1, 1, type_uint_parse, uint_print, type_same_bytes};
const struct codec codec_int = {"int", 1, 1, type_uint_parse, int_print, type_same_bytes};
const struct codec codec_hidden = {"derived", 0, 0, NULL, NULL, type_same_bytes};

/* ---- times ------------------------------------------------------------------------------- */

#define NANO_DIGITS 9

void print_time(struct strbuf *out, ktime t)
{
	char frac[NANO_DIGITS + 1];
	size_t n = NANO_DIGITS;

	strbuf_printf(out, "%" PRId64, t / SEC(1));
	snprintf(frac, sizeof(frac), "%09u", (unsigned)(t % SEC(1)) % 1000000000u);
	while (n && frac[n - 1] == '0')
		n--;
	if (n)
		strbuf_printf(out, ".%.*s", (int)n, frac);
}

#define TOO_LONG ((int64_t)1 << 33) /* seconds: beyond every range, but not beyond ktime */

/* digits[.digits] to nanoseconds. False: not of that form. */
static bool decimal(const char *s, ktime *out)
{
	int64_t whole = 0, frac = 0, place = SEC(1);
	const char *p = s;

	for (; isdigit((unsigned char)*p); p++)
		if (whole < TOO_LONG)
			whole = whole * 10 + (*p - '0');
	if (p == s)
		return false;
	if (*p == '.')
		for (p++; isdigit((unsigned char)*p); p++) {
			place /= 10;
			frac += (*p - '0') * place;
		}
	*out = SEC(MIN(whole, TOO_LONG)) + frac;
	return !*p;
}

bool type_time(struct parse *p, const struct kw *kw, const struct lex_token *w, int64_t *out)
{
	struct strbuf why = {0};
	ktime v, rounded;
	bool ok;

	if (kw->res == SEC(1))
		return integer(p, kw, w, SEC(1), out);
	ok = decimal(w->s.p, &v);
	if (!ok) {
		strbuf_printf(&why, "invalid number '%s'", w->s.p);
		ok = fallback(p, kw, w, why.text, out);
		strbuf_free(&why);
		return ok;
	}
	*out = rounded = (v + kw->res / 2) / kw->res * kw->res;
	if (rounded < kw->min || rounded > kw->max)
		return outside(p, kw, w, out);
	if (rounded != v) {
		print_time(&why, rounded);
		diag_error(p->diags, w->span,
			"%s: number '%s' has too many decimal places - using %s", kw->name, w->s.p,
			why.text);
		strbuf_free(&why);
	}
	return true;
}

static int time_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	int64_t v;

	(void)n;
	if (!type_time(p, kw, &s->word[1], &v))
		return -1;
	*(ktime *)field = v;
	return 0;
}

static bool time_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	if (!in_range(kw, *(const ktime *)field))
		return false;
	print_time(out, *(const ktime *)field);
	return true;
}

const struct codec codec_time = {"decimal", 1, 1, time_parse, time_print, type_same_bytes};

/* ---- booleans ---------------------------------------------------------------------------- */

int type_bool(const char *word)
{
	static const char *const words[2][3] = {{"false", "off", "no"}, {"true", "on", "yes"}};

	for (int v = 0; v < 2; v++)
		for (unsigned i = 0; i < 3; i++)
			if (!strcmp(word, words[v][i]))
				return v;
	return -1;
}

/* Into a bool, or into an int that tells "not given" from both. */
static int bool_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	int v = s->n > 1 ? type_bool(stmt_word(s, 1)) : 1;

	(void)n;
	if (v < 0) {
		diag_error(p->diags, s->word[1].span,
			"%s: invalid boolean '%s' (true, on, yes, false, off, no) - ignored",
			stmt_word(s, 0), stmt_word(s, 1));
		return -1;
	}
	kw_store(kw, field, v);
	return 0;
}

static bool bool_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	(void)kw;
	strbuf_puts(out, *(const bool *)field ? "on" : "off");
	return true;
}

static bool tristate_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	int v = *(const int *)field;

	(void)kw;
	if (v < 0)
		return false;
	strbuf_puts(out, v ? "on" : "off");
	return true;
}

static int set_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	(void)n;
	if (s->n > 1 && type_bool(stmt_word(s, 1)) == 0)
		diag_warning(p->diags, s->word[1].span,
			"%s takes no argument: it is on although '%s' follows", kw->name,
			stmt_word(s, 1));
	*(bool *)field = true;
	return 0;
}

static bool set_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	(void)out;
	(void)kw;
	return *(const bool *)field;
}

static int bit_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	(void)p;
	(void)n;
	(void)s;
	*(uint32_t *)field |= (uint32_t)kw->max;
	return 0;
}

static bool bit_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	(void)out;
	return *(const uint32_t *)field & (uint32_t)kw->max;
}

static bool bit_equal(const struct kw *kw, const void *a, const void *b)
{
	return !((*(const uint32_t *)a ^ *(const uint32_t *)b) & (uint32_t)kw->max);
}

const struct codec codec_bool = {"bool", 0, 1, bool_parse, bool_print, type_same_bytes};
const struct codec codec_tristate = {"bool", 0, 1, bool_parse, tristate_print, type_same_bytes};
const struct codec codec_set = {"flag", 0, 1, set_parse, set_print, type_same_bytes};
const struct codec codec_bit = {"flag", 0, 0, bit_parse, bit_print, bit_equal};

/* ---- text -------------------------------------------------------------------------------- */

static int string_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	(void)n;
	if (kw->max && s->word[1].s.n > (size_t)kw->max) {
		diag_error(p->diags, s->word[1].span,
			"%s: '%s' is longer than %" PRId64 " characters - ignored", stmt_word(s, 0),
			stmt_word(s, 1), kw->max);
		return -1;
	}
	*(const char **)field = stmt_word(s, 1);
	return 0;
}

bool type_string_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const char *v = *(const char *const *)field;

	(void)kw;
	if (!v)
		return false;
	print_word(out, v);
	return true;
}

bool type_string_equal(const struct kw *kw, const void *a, const void *b)
{
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;

	(void)kw;
	return x == y || (x && y && !strcmp(x, y));
}

const struct codec codec_string = {
	"string", 1, 1, string_parse, type_string_print, type_string_equal};
const struct codec codec_ifname = {
	"ifname", 1, 1, string_parse, type_string_print, type_string_equal};

static int enum_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	const struct enum_word *e;
	struct strbuf all = {0};

	(void)n;
	for (e = kw->arg; e->word; e++)
		if (!(e->fold ? strcasecmp : strcmp)(e->word, stmt_word(s, 1))) {
			kw_store(kw, field, e->value);
			return 0;
		}
	for (e = kw->arg; e->word; e++)
		strbuf_printf(&all, "%s%s", all.len ? ", " : "", e->word);
	diag_error(p->diags, s->word[1].span, "%s: unknown value '%s' (one of %s) - ignored",
		stmt_word(s, 0), stmt_word(s, 1), strbuf_str(&all));
	strbuf_free(&all);
	return -1;
}

bool type_enum_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const struct enum_word *e;

	for (e = kw->arg; e->word; e++)
		if (e->value == load(kw, field)) {
			strbuf_puts(out, e->word);
			return true;
		}
	return false;
}

const struct codec codec_enum = {"word", 1, 1, enum_parse, type_enum_print, type_same_bytes};

/* ---- addresses --------------------------------------------------------------------------- */

int type_addr(struct addr *a, const char *word)
{
	size_t n = strcspn(word, strchr(word, '-') ? "-" : "/");
	char bare[ADDR_STRLEN];

	if (n >= sizeof(bare))
		return -EINVAL;
	memcpy(bare, word, n);
	bare[n] = '\0';
	return addr_parse(a, bare);
}

static int addr_codec_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	(void)n;
	(void)kw;
	if (type_addr(field, stmt_word(s, 1))) {
		diag_error(p->diags, s->word[1].span, "%s: invalid IP address '%s' - ignored",
			stmt_word(s, 0), stmt_word(s, 1));
		return -1;
	}
	return 0;
}

bool type_addr_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	char buf[ADDR_STRLEN];

	(void)kw;
	if (((const struct addr *)field)->family == AF_UNSPEC)
		return false;
	strbuf_puts(out, addr_str(field, buf));
	return true;
}

bool type_addr_equal(const struct kw *kw, const void *a, const void *b)
{
	(void)kw;
	return addr_eq(a, b);
}

const struct codec codec_addr = {
	"address", 1, 1, addr_codec_parse, type_addr_print, type_addr_equal};
