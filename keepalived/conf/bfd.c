/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keywords of bfd_instance. */
#include "keepalived/conf/bfd.h"

#include <string.h>

#include "keepalived/conf/tables.h"

#define B struct bfd_conf

/* ---- milliseconds ------------------------------------------------------------------------ */

/* The row's limits and resolution are in the unit of the text, so 1 ms is SEC(1) there. */
#define MS(n)      SEC(n)
#define MS_FACTOR  1000
#define SLOW       MSEC(10000) /* longer makes little sense */
#define MS_LONGEST 4294967     /* microseconds in 32 bits */

static int msec_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	int64_t v;

	(void)n;
	if (!type_time(p, kw, &s->word[1], &v))
		return -1;
	*(ktime *)field = v / MS_FACTOR;
	if (*(ktime *)field > SLOW)
		diag_note(p->diags, s->word[1].span, "%s: %s milliseconds is more than ten seconds",
			kw->name, stmt_word(s, 1));
	return 0;
}

static bool msec_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	(void)kw;
	print_time(out, *(const ktime *)field * MS_FACTOR);
	return true;
}

static const struct codec codec_msec = {"decimal", 1, 1, msec_parse, msec_print, type_same_bytes};

/* ---- hops -------------------------------------------------------------------------------- */

static int hops_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	if (type_uint_parse(p, n, kw, field, s))
		return -1;
	if (*(int *)field < 0)
		*(int *)field = BFD_ANY_HOPS;
	return 0;
}

static bool hops_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	return codec_int.print(out, kw, field);
}

static const struct codec codec_hops = {"int", 1, 1, hops_parse, hops_print, type_same_bytes};

/* ---- the block --------------------------------------------------------------------------- */

static int bfd_open(struct parse *p, struct node *n, const struct stmt *s)
{
	if (s->n > 1 && s->word[1].s.n > BFD_NAME_MAX) {
		diag_error(p->diags, s->word[1].span,
			"the name of a bfd_instance has at most %d characters - the block is ignored",
			BFD_NAME_MAX);
		return -1;
	}
	return open_unique(p, n, s, &building(p)->bfd_instances, "BFD instance");
}

static bool same_session(const B *a, const B *b)
{
	return a->multihop == b->multihop && addr_eq(&a->neighbor, &b->neighbor) &&
	       addr_eq(&a->source, &b->source);
}

static const B *session_of(struct parse *p, const B *like)
{
	const B *b;

	nodes_for_each(b, &building(p)->bfd_instances)
		if (!b->unusable && same_session(b, like))
			return b;
	return NULL;
}

/* Why the session cannot run; NULL: it can. */
static const char *why_not(const B *b)
{
	if (!b->neighbor.family)
		return "has no neighbor_ip";
	if (b->source.family && b->source.family != b->neighbor.family)
		return "has a source_ip of another family than its neighbor_ip";
	return NULL;
}

/* What is written about a session that cannot run stays: others refer to it. */
static void usable(struct parse *p, B *b)
{
	const char *why = why_not(b);
	const B *twin = why ? NULL : session_of(p, b);

	b->unusable = why || twin;
	if (why && (b->neighbor.family || !schema_meant(&b->node, "neighbor_ip")))
		diag_error(p->diags, b->node.span, "BFD instance %s %s - the session does not run",
			b->node.name, why);
	if (twin)
		diag_also(p->diags,
			diag_error(p->diags, schema_place(&b->node, "neighbor_ip"),
				"BFD instance %s has the same neighbor_ip and source_ip as %s - the "
				"session does not run",
				b->node.name, twin->node.name),
			schema_place(&twin->node, "neighbor_ip"), "given here before");
}

#define TTL_HOST   255 /* RFC 5881 5 */
#define TTL_ROUTED 64

static bool bfd_close(struct parse *p, struct node *n)
{
	B *b = (B *)n;

	usable(p, b);
	if (!b->ttl)
		b->ttl = b->neighbor.family == AF_INET6 ? TTL_ROUTED : TTL_HOST;
	if (b->max_hops > b->ttl) {
		diag_error(p->diags, schema_place(n, "max_hops"),
			"BFD instance %s: max_hops %d is above ttl %u - using %u", n->name,
			b->max_hops, b->ttl, b->ttl);
		b->max_hops = b->ttl;
	}
	if (!b->to_vrrp && !b->to_checker)
		b->to_vrrp = b->to_checker = true;
	return true;
}

#define BFD_TIME(kwname, fld, lo, dflt, dc)                                                      \
	{                                                                                        \
		.name = kwname, .codec = &codec_msec, KW_AT(B, fld, KW_IS(B, fld, ktime)),       \
		.res = USEC(MS_FACTOR), .min = MS(lo), .max = MS(MS_LONGEST), .def = MSEC(dflt), \
		.flags = KW_RESTART, .args = "<decimal>", .unit = "milliseconds", .doc = dc      \
	}

#define HEARS(kwname, fld, dc)                                                          \
	{                                                                               \
		.name = kwname, .codec = &codec_set, KW_AT(B, fld, KW_IS(B, fld, bool)), \
		.flags = KW_RESTART | KW_FLAG, .args = "(arguments ignored)",           \
		.deflt = "both", .doc = dc                                              \
	}

static const struct kw bfd_kw[] = {
	KW_ADDR("neighbor_ip", B, neighbor, KW_RESTART | KW_M0, "<ip>", "(required)",
		"Address of the peer."),
	KW_OTHER("neighbour_ip", "neighbor_ip", 0),
	KW_ADDR("source_ip", B, source, KW_RESTART, "<ip>", "chosen by the kernel",
		"Address of this side."),
	BFD_TIME("min_rx", min_rx, 1, 10, "Shortest interval at which packets are taken."),
	BFD_TIME("min_tx", min_tx, 1, 10, "Shortest interval at which packets are sent."),
	BFD_TIME(
		"idle_tx", idle_tx, 1000, 1000, "Interval of packets while the session is not up."),
	KW_UINT("multiplier", B, multiplier, 1, 255, 5, KW_RESTART, "packets", "<uint>",
		"Packets missed until the session is down."),
	KW_SET("passive", B, passive, KW_RESTART, "Waits for the peer to begin."),
	{.name = "ttl",
		.codec = &codec_uint,
		KW_AT(B, ttl, KW_IS(B, ttl, uint8_t)),
		.min = 1,
		.max = 255,
		.flags = KW_RESTART | KW_NO_DEFAULT,
		.args = "<uint>",
		.deflt = "255 for IPv4, 64 for IPv6",
		.doc = "TTL or hop limit of packets sent."},
	KW_OTHER("hoplimit", "ttl", 0),
	{.name = "max_hops",
		.codec = &codec_hops,
		KW_AT(B, max_hops, KW_IS(B, max_hops, int)),
		.min = -1,
		.max = 255,
		.flags = KW_RESTART,
		.args = "<int>",
		.deflt = "0",
		.doc = "Hops that a received packet may have lost; -1 or 255: not checked."},
	KW_BOOL("multihop", B, multihop, KW_RESTART,
		"The peer is not on the same link; uses port 4784 instead of 3784 (RFC 5883)."),
	{.name = "weight",
		.codec = &codec_weight,
		KW_AT(B, weight,
			KW_IS(B, weight, int) &&
				offsetof(B, reverse) == offsetof(B, weight) + sizeof(int)),
		.min = -253,
		.max = 253,
		.flags = KW_EVENT | KW_LENIENT | KW_NO_DEFAULT,
		.args = "<int> [reverse]",
		.deflt = "0",
		.unit = "priority",
		.doc = "What track_bfd adds unless it says otherwise; 0: down means FAULT."},
	HEARS("vrrp", to_vrrp, "VRRP hears of it, and nobody else unless named."),
	HEARS("checker", to_checker, "The checkers hear of it, and nobody else unless named."),
};

const struct block bfd_block = {
	.name = "bfd_instance",
	.kw = bfd_kw,
	.n_kw = ARRAY_SIZE(bfd_kw),
	.size = sizeof(B),
	.open = bfd_open,
	.close = bfd_close,
};
