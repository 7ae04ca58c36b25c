/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers of a route that may be left to the kernel, or be locked against it: metrics. */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "keepalived/conf/route_tables.h"

#define LOCKABLE(kw) ((kw)->arg && *(const bool *)(kw)->arg)

/* Where the number stands, behind `lock`; 0: it is missing. */
static unsigned number_at(struct parse *p, const struct node *n, const struct kw *kw,
	const struct stmt *s, bool *lock)
{
	unsigned at = 1;

	*lock = LOCKABLE(kw) && !strcmp(stmt_word(s, 1), "lock");
	at += *lock;
	if (at < s->n)
		return at;
	entry_missing(p, n, kw, s);
	return 0;
}

static int optional_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	bool lock;
	unsigned at = number_at(p, n, kw, s, &lock);
	uint64_t v;

	if (!at || !entry_number(p, n, kw, &s->word[at], &v))
		return -1;
	*(struct optional *)field = (struct optional){(uint32_t)v, true, lock};
	return (int)at;
}

bool optional_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const struct optional *o = field;

	(void)kw;
	if (o->given)
		strbuf_printf(out, "%s%" PRIu32, o->lock ? "lock " : "", o->value);
	return o->given;
}

bool optional_equal(const struct kw *kw, const void *a, const void *b)
{
	const struct optional *x = a, *y = b;

	(void)kw;
	return x->value == y->value && x->given == y->given && x->lock == y->lock;
}

const struct codec codec_optional = {
	"uint", 1, ENTRY_REST, optional_parse, optional_print, optional_equal};

/* ---- times ------------------------------------------------------------------------------- */

#define LEAST_MS 200 /* what is shorter, TCP cannot work with */
#define MOST_MS  120000

static const struct {
	const char *suffix;
	unsigned ms; /* 0: the unit of the kernel */
} units[] = {
	{"", 0}, {"s", 1000}, {"sec", 1000}, {"secs", 1000}, {"ms", 1}, {"msec", 1}, {"msecs", 1}};

/* digits[.digits]unit, in units of the kernel, of which there are mult in a millisecond. Fractions
 * are for seconds alone, of three digits at most. False: not of that form, or beyond the range. */
static bool read_time(const char *s, uint64_t mult, uint64_t *out)
{
	uint64_t whole = 0, milli = 0, place = 1000;
	bool fraction;

	if (!isdigit((unsigned char)*s))
		return false;
	for (; isdigit((unsigned char)*s); s++)
		if ((whole = whole * 10 + (uint64_t)(*s - '0')) > MOST_MS * mult)
			return false;
	fraction = *s == '.';
	for (s += fraction; fraction && isdigit((unsigned char)*s); s++)
		milli += (uint64_t)(*s - '0') * (place /= 10);
	for (unsigned i = 0; i < ARRAY_SIZE(units); i++) {
		if (strcmp(s, units[i].suffix) != 0)
			continue;
		*out = units[i].ms ? whole * units[i].ms * mult + milli * mult : whole;
		return !fraction || units[i].ms == 1000;
	}
	return false;
}

static int rtt_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	uint64_t mult = (uint64_t)kw->res, v, used;
	bool lock;
	unsigned at = number_at(p, n, kw, s, &lock);

	if (!at)
		return -1;
	if (!read_time(s->word[at].s.p, mult, &v)) {
		entry_refuse(p, n, kw, &s->word[at],
			"invalid time '%s' (as in 1.5s, 300ms, or a number of %s without a unit, up to "
			"120 s)",
			s->word[at].s.p, kw->unit);
		return -1;
	}
	used = CLAMP(v, LEAST_MS * mult, MOST_MS * mult);
	if (used != v)
		diag_error(p->diags, s->word[at].span,
			"%s: '%s' outside range [0.2s, 120s] - using %s", kw->name, s->word[at].s.p,
			used < v ? "120s" : "0.2s");
	*(struct optional *)field = (struct optional){(uint32_t)used, true, lock};
	return (int)at;
}

const struct codec codec_rtt = {"time", 1, ENTRY_REST, rtt_parse, optional_print, optional_equal};
