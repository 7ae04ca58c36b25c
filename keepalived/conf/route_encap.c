/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * encap: packets of a route go into a tunnel of their own (linux/lwtunnel.h). The type comes first;
 * its options follow until a word is none of them, so `src` or `tos` behind `encap ip` is the
 * tunnel's.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/lwtunnel.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keepalived/conf/iproute.h"
#include "keepalived/conf/route_tables.h"

#define MPLS_LABEL_MAX 0xfffff /* 20 bits, RFC 3032 2.1 */
#define E              struct encap_conf

/* kw.arg of a row: the types that have it. */
static const unsigned in_ip = 1 << LWTUNNEL_ENCAP_IP, in_ip6 = 1 << LWTUNNEL_ENCAP_IP6,
		      in_both = 1 << LWTUNNEL_ENCAP_IP | 1 << LWTUNNEL_ENCAP_IP6;

/* ---- values ------------------------------------------------------------------------------ */

static int no_encap(struct parse *p, const struct node *n, const struct kw *kw,
	const struct stmt *s, const char *wanted)
{
	diag_error(p->diags, s->word[1].span, "encap %s: '%s' is not %s - %s", kw->name,
		stmt_word(s, 1), wanted,
		n->block == &nexthop_block ? "the next hop is dropped"
					   : "the route has no encapsulation");
	return -1;
}

static int type_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	(void)p;
	(void)n;
	(void)s;
	*(uint16_t *)field = (uint16_t)kw->max;
	return 0;
}

static bool type_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	(void)out;
	return *(const uint16_t *)field == (uint16_t)kw->max;
}

static const struct codec codec_type = {"flag", 0, 0, type_parse, type_print, type_same_bytes};

static int mpls_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	E *e = container_of(field, E, label);
	const char *at = stmt_word(s, 1);
	uint32_t label[2] = {0};
	uint8_t labels = 0;
	char *end;

	for (;; at = end + 1) {
		unsigned long v = *at >= '0' && *at <= '9' ? strtoul(at, &end, 10) : ULONG_MAX;

		if (v > MPLS_LABEL_MAX || labels == ARRAY_SIZE(label) || (*end && *end != '/'))
			return no_encap(p, n, kw, s, "one or two labels of 20 bits, as in 100/200");
		label[labels++] = (uint32_t)v;
		if (!*end)
			break;
	}
	e->type = (uint16_t)kw->max;
	memcpy(e->label, label, sizeof(label));
	e->n_labels = labels;
	return 0;
}

static bool mpls_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const E *e = container_of(field, E, label);

	(void)kw;
	for (unsigned i = 0; i < e->n_labels; i++)
		strbuf_printf(out, "%s%" PRIu32, i ? "/" : "", e->label[i]);
	return e->n_labels;
}

static const struct codec codec_mpls = {"labels", 1, 1, mpls_parse, mpls_print, type_same_bytes};

static int ila_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	unsigned long long group[4];
	const char *at = stmt_word(s, 1);
	char *end = NULL;
	unsigned i;

	for (i = 0; i < ARRAY_SIZE(group); i++, at = end + 1) {
		group[i] =
			strspn(at, "0123456789abcdefABCDEF") ? strtoull(at, &end, 16) : ULLONG_MAX;
		if (group[i] > UINT16_MAX || *end != (i == ARRAY_SIZE(group) - 1 ? '\0' : ':'))
			break;
	}
	if (i < ARRAY_SIZE(group))
		return no_encap(p, n, kw, s, "four groups of hexadecimal digits, as in 1:2:3:4");
	container_of(field, E, locator)->type = (uint16_t)kw->max;
	*(uint64_t *)field = group[0] << 48 | group[1] << 32 | group[2] << 16 | group[3];
	return 0;
}

static bool ila_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	uint64_t v = *(const uint64_t *)field;

	(void)kw;
	strbuf_printf(out, "%x:%x:%x:%x", (unsigned)(v >> 48), (unsigned)(v >> 32 & UINT16_MAX),
		(unsigned)(v >> 16 & UINT16_MAX), (unsigned)(v & UINT16_MAX));
	return container_of(field, E, locator)->type == (uint16_t)kw->max;
}

static const struct codec codec_ila = {"locator", 1, 1, ila_parse, ila_print, type_same_bytes};

/* An end of the tunnel. The field decides which; the type of tunnel decides the family. */
static int end_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	const E *e = kw->min ? container_of(field, E, src) : container_of(field, E, dst);
	uint8_t family = e->type == LWTUNNEL_ENCAP_IP6 ? AF_INET6 : AF_INET;
	struct addr a = {0};

	if (addr_parse(&a, stmt_word(s, 1)) || a.family != family)
		return no_encap(
			p, n, kw, s, family == AF_INET ? "an IPv4 address" : "an IPv6 address");
	*(struct addr *)field = a;
	return 0;
}

static const struct codec codec_end = {
	"address", 1, 1, end_parse, type_addr_print, type_addr_equal};

static int encap_number_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	uint64_t max = kw->max < 0 ? UINT64_MAX : (uint64_t)kw->max, v;
	char wanted[64];

	if (!str_uint(stmt_word(s, 1), 0, max, &v))
		return codec_entry_number.parse(p, n, kw, field, s);
	snprintf(wanted, sizeof(wanted), "a number from 0 to %" PRIu64, max);
	return no_encap(p, n, kw, s, wanted);
}

static int tos_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	uint32_t v;

	if (!iproute_number(p, n, kw, &iproute_dsfields, &s->word[1], stmt_word(s, 1), &v))
		return -1;
	*(uint8_t *)field = (uint8_t)v;
	return 0;
}

static bool tos_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	uint8_t v = *(const uint8_t *)field;

	(void)kw;
	if (v)
		iproute_print(out, &iproute_dsfields, v);
	return v;
}

/* ---- rows -------------------------------------------------------------------------------- */

static const struct codec codec_encap_number = {
	"uint", 1, 1, encap_number_parse, entry_number_print, type_same_bytes};
static const struct codec codec_encap_tos = {"name", 1, 1, tos_parse, tos_print, type_same_bytes};

#define IN(types) .arg = &(types), .flags = KW_NO_DEFAULT

static const struct kw encap_kw[] = {
	{.name = "ip",
		.codec = &codec_type,
		KW_AT(E, type, KW_IS(E, type, uint16_t)),
		.max = LWTUNNEL_ENCAP_IP,
		.flags = KW_NO_DEFAULT,
		.args = "[id n] [dst ip] [src ip] [tos t] [ttl n] [flags n]",
		.doc = "A tunnel over IPv4; it needs dst or id."},
	{.name = "ip6",
		.codec = &codec_type,
		KW_AT(E, type, KW_IS(E, type, uint16_t)),
		.max = LWTUNNEL_ENCAP_IP6,
		.flags = KW_NO_DEFAULT,
		.args = "[id n] [dst ip] [src ip] [tc t] [hoplimit n] [flags n]",
		.doc = "A tunnel over IPv6; it needs dst or id."},
	{.name = "mpls",
		.codec = &codec_mpls,
		KW_AT(E, label, true),
		.max = LWTUNNEL_ENCAP_MPLS,
		.flags = KW_NO_DEFAULT,
		.args = "<label>[/<label>]",
		.doc = "Labels of MPLS to push."},
	{.name = "ila",
		.codec = &codec_ila,
		KW_AT(E, locator, KW_IS(E, locator, uint64_t)),
		.max = LWTUNNEL_ENCAP_ILA,
		.flags = KW_NO_DEFAULT,
		.args = "<h:h:h:h>",
		.doc = "Locator of an identifier-locator address."},
	{.name = "id",
		.codec = &codec_encap_number,
		KW_AT(E, id, KW_IS(E, id, uint64_t)),
		.max = -1,
		IN(in_both),
		.args = "<uint64>",
		.doc = "Tunnel id."},
	{.name = "dst",
		.codec = &codec_end,
		KW_AT(E, dst, KW_IS(E, dst, struct addr)),
		IN(in_both),
		.args = "<ip>",
		.doc = "Far end of the tunnel, of the family of its type."},
	{.name = "src",
		.codec = &codec_end,
		KW_AT(E, src, KW_IS(E, src, struct addr)),
		.min = true,
		IN(in_both),
		.args = "<ip>",
		.doc = "Near end of the tunnel, of the family of its type."},
	{.name = "tos",
		.codec = &codec_encap_tos,
		KW_AT(E, tos, KW_IS(E, tos, uint8_t)),
		IN(in_ip),
		.args = "<name or 0..255>",
		.doc = "Type of service of the tunnel."},
	{.name = "tc",
		.codec = &codec_encap_tos,
		KW_AT(E, tos, KW_IS(E, tos, uint8_t)),
		IN(in_ip6),
		.args = "<name or 0..255>",
		.doc = "Traffic class of the tunnel."},
	{.name = "ttl",
		.codec = &codec_encap_number,
		KW_AT(E, ttl, KW_IS(E, ttl, uint8_t)),
		.max = UINT8_MAX,
		IN(in_ip),
		.args = "<0..255>",
		.doc = "Time to live in the tunnel."},
	{.name = "hoplimit",
		.codec = &codec_encap_number,
		KW_AT(E, ttl, KW_IS(E, ttl, uint8_t)),
		.max = UINT8_MAX,
		IN(in_ip6),
		.args = "<0..255>",
		.doc = "Hop limit in the tunnel."},
	{.name = "flags",
		.codec = &codec_encap_number,
		KW_AT(E, flags, KW_IS(E, flags, uint16_t)),
		.max = UINT16_MAX,
		IN(in_both),
		.args = "<0..65535>",
		.doc = "Flags of the tunnel."},
};

const struct block encap_block = {
	.name = "@route/encap",
	.kw = encap_kw,
	.n_kw = ARRAY_SIZE(encap_kw),
	.size = sizeof(E),
	.flags = BLOCK_ENTRIES,
};

/* ---- the whole --------------------------------------------------------------------------- */

static bool in_tunnel(const E *e)
{
	return e->type == LWTUNNEL_ENCAP_IP || e->type == LWTUNNEL_ENCAP_IP6;
}

static bool is_type(const struct kw *kw)
{
	return kw && !kw->arg;
}

/* The options that this type has. Returns the index behind them, 0: a value is missing. */
static unsigned read_options(
	struct parse *p, struct node *n, E *e, const struct stmt *s, unsigned i, bool *bad)
{
	while (i < s->n) {
		const struct kw *kw = schema_kw(&encap_block, stmt_word(s, i));
		struct stmt opt = {s->word + i, 2};

		if (!kw || is_type(kw) || !(*(const unsigned *)kw->arg & 1u << e->type))
			break;
		if (i + 1 == s->n) {
			entry_missing(p, n, kw, &opt);
			return 0;
		}
		*bad |= kw->codec->parse(p, n, kw, (char *)e + kw->offset, &opt) < 0;
		i += 2;
	}
	return i;
}

static bool complete(
	struct parse *p, const E *e, const struct kw *kw, const struct stmt *s, unsigned end)
{
	for (unsigned i = 2; i < end; i += 2)
		if (!strcmp(stmt_word(s, i), "id") || !strcmp(stmt_word(s, i), "dst"))
			return true;
	if (in_tunnel(e))
		diag_error(p->diags, s->word[1].span, "%s %s needs dst or id - ignored", kw->name,
			stmt_word(s, 1));
	return !in_tunnel(e);
}

static int encap_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	const struct kw *type = schema_kw(&encap_block, stmt_word(s, 1));
	struct stmt head = {s->word + 1, s->n - 1};
	bool bad = false;
	unsigned end;
	E e = {0};

	if (!is_type(type)) {
		entry_refuse(p, n, kw, &s->word[1], "unknown type '%s' (one of ip, ip6, mpls, ila)",
			stmt_word(s, 1));
		return -1;
	}
	if (head.n - 1 < type->codec->words) {
		entry_missing(p, n, type, &head);
		return -1;
	}
	bad = type->codec->parse(p, n, type, (char *)&e + type->offset, &head) < 0;
	end = read_options(p, n, &e, s, 2 + type->codec->words, &bad);
	if (!end)
		return -1;
	bad = bad || !complete(p, &e, kw, s, end);
	if (bad && n->block == &nexthop_block)
		return -1;
	*(E *)field = bad ? (E){0} : e;
	return (int)end - 1;
}

static bool encap_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const E *e = field;

	(void)kw;
	for (unsigned i = 0; e->type && i < ARRAY_SIZE(encap_kw); i++) {
		const struct kw *row = &encap_kw[i];
		bool fits = is_type(row) ? row->max == e->type
					 : *(const unsigned *)row->arg & 1u << e->type;
		struct strbuf value = {0};

		if (fits && row->codec->print(&value, row, (const char *)e + row->offset))
			strbuf_printf(out, "%s%s%s%s", out->len ? " " : "", row->name,
				value.len ? " " : "", strbuf_str(&value));
		strbuf_free(&value);
	}
	if (in_tunnel(e) && !e->id && e->dst.family == AF_UNSPEC)
		strbuf_puts(out, " id 0");
	return e->type;
}

static bool encap_equal(const struct kw *kw, const void *a, const void *b)
{
	(void)kw;
	for (unsigned i = 0; i < ARRAY_SIZE(encap_kw); i++) {
		const struct kw *row = &encap_kw[i];

		if (!row->codec->equal(
			    row, (const char *)a + row->offset, (const char *)b + row->offset))
			return false;
	}
	return true;
}

const struct codec codec_encap = {"encap", 1, ENTRY_REST, encap_parse, encap_print, encap_equal};
