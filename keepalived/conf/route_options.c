/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values that only routes have. */
#include <linux/icmpv6.h>
#include <string.h>

#include "keepalived/conf/route_tables.h"

#define R struct route_conf

/* ---- options of one family --------------------------------------------------------------- */

static int from_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	return entry_only(p, n, AF_INET6, s) && entry_prefix(p, n, kw, &s->word[1], field) ? 0 : -1;
}

static int expires_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	if (!entry_only(p, n, AF_INET6, s))
		return -1;
	return codec_optional.parse(p, n, kw, field, s);
}

static const struct enum_word prefs[] = {
	{"low", ICMPV6_ROUTER_PREF_LOW, false},
	{"medium", ICMPV6_ROUTER_PREF_MEDIUM, false},
	{"high", ICMPV6_ROUTER_PREF_HIGH, false},
	{0},
};

static int pref_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	uint64_t v;

	if (!entry_only(p, n, AF_INET6, s))
		return -1;
	for (const struct enum_word *e = prefs; e->word; e++)
		if (!strcmp(e->word, stmt_word(s, 1))) {
			*(uint8_t *)field = (uint8_t)e->value;
			return 0;
		}
	if (str_uint(stmt_word(s, 1), 0, UINT8_MAX, &v)) {
		entry_refuse(p, n, kw, &s->word[1],
			"'%s' is none of low, medium, high and 0 to 255", stmt_word(s, 1));
		return -1;
	}
	*(uint8_t *)field = (uint8_t)v;
	return 0;
}

static bool pref_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	uint8_t v = *(const uint8_t *)field;

	(void)kw;
	for (const struct enum_word *e = prefs; e->word; e++)
		if (e->value == v) {
			strbuf_puts(out, e->word);
			return v;
		}
	strbuf_printf(out, "%u", v);
	return true;
}

const struct codec codec_route_from = {
	"prefix", 1, 1, from_parse, entry_prefix_print, entry_prefix_equal};
const struct codec codec_route_expires = {
	"uint", 1, 1, expires_parse, optional_print, optional_equal};
const struct codec codec_route_pref = {"word", 1, 1, pref_parse, pref_print, type_same_bytes};

/* ---- other options ----------------------------------------------------------------------- */

static int ecn_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	if (strcmp(stmt_word(s, 1), "ecn") != 0) {
		entry_refuse(p, n, kw, &s->word[1], "unknown feature '%s' (ecn)", stmt_word(s, 1));
		return -1;
	}
	*(struct optional *)field = (struct optional){RTAX_FEATURE_ECN, true, false};
	return 0;
}

static bool ecn_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	(void)kw;
	strbuf_puts(out, "ecn");
	return ((const struct optional *)field)->given;
}

static int congctl_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	R *r = (R *)n;
	bool lock = !strcmp(stmt_word(s, 1), "lock");

	if (lock && s->n == 2) {
		entry_missing(p, n, kw, s);
		return -1;
	}
	*(const char **)field = stmt_word(s, 1u + lock);
	r->metrics[RTAX_CC_ALGO].lock = lock;
	return 1 + lock;
}

static bool congctl_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const R *r = container_of(field, R, congctl);

	(void)kw;
	if (!r->congctl)
		return false;
	strbuf_puts(out, r->metrics[RTAX_CC_ALGO].lock ? "lock " : "");
	print_word(out, r->congctl);
	return true;
}

static bool congctl_equal(const struct kw *kw, const void *a, const void *b)
{
	const R *x = container_of(a, R, congctl), *y = container_of(b, R, congctl);

	return type_string_equal(kw, a, b) &&
	       x->metrics[RTAX_CC_ALGO].lock == y->metrics[RTAX_CC_ALGO].lock;
}

static int order_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	(void)p;
	(void)n;
	(void)s;
	*(uint8_t *)field = (uint8_t)kw->max;
	return 0;
}

static bool order_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	(void)out;
	return kw->max && *(const uint8_t *)field == kw->max;
}

/* The old way to write a second next hop. */
static int or_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	R *r = (R *)n;
	struct nexthop_conf *nh;
	struct addr a = {0};

	(void)field;
	diag_note(p->diags, s->word[0].span,
		"\"or\" for routes is deprecated. Please use \"nexthop\"");
	if (codec_entry_addr.parse(p, n, kw, &a, s))
		return -1;
	if (r->nexthops.n) {
		diag_error(p->diags, s->word[0].span, "a second 'or' - ignored");
		return 0;
	}
	nh = (struct nexthop_conf *)schema_new(p->arena, &nexthop_block, n);
	nh->entry.family = a.family;
	nh->via = a;
	nodes_add(&r->nexthops, &nh->entry.node);
	r->flags |= ROUTE_OR;
	return 0;
}

static int as_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	bool to = !strcmp(stmt_word(s, 1), "to");

	(void)field;
	if (to && s->n == 2) {
		entry_missing(p, n, kw, s);
		return -1;
	}
	entry_refuse(p, n, kw, &s->word[0], "not supported");
	return 1 + to;
}

const struct codec codec_route_ecn = {"word", 1, 1, ecn_parse, ecn_print, optional_equal};
const struct codec codec_route_congctl = {
	"name", 1, ENTRY_REST, congctl_parse, congctl_print, congctl_equal};
const struct codec codec_route_order = {"flag", 0, 0, order_parse, order_print, type_same_bytes};
const struct codec codec_route_or = {"address", 1, 1, or_parse, entry_unsaid, type_same_bytes};
const struct codec codec_route_as = {
	"address", 1, ENTRY_REST, as_parse, entry_unsaid, type_same_bytes};
