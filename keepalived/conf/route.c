/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entries of virtual_routes and static_routes. The destination is every word that is no option;
 * next hops, when there are any, end the line.
 */
#include "keepalived/conf/route.h"

#include <inttypes.h>
#include <string.h>

#include "keepalived/conf/iproute.h"
#include "keepalived/conf/route_tables.h"
#include "keepalived/conf/tables.h"

#define R              struct route_conf
#define NO_DESTINATION UINT8_MAX

/* ---- destination ------------------------------------------------------------------------- */

static const struct enum_word types[] = {
	{"unicast", RTN_UNICAST, false},
	{"local", RTN_LOCAL, false},
	{"broadcast", RTN_BROADCAST, false},
	{"brd", RTN_BROADCAST, false},
	{"anycast", RTN_ANYCAST, false},
	{"multicast", RTN_MULTICAST, false},
	{"blackhole", RTN_BLACKHOLE, false},
	{"unreachable", RTN_UNREACHABLE, false},
	{"prohibit", RTN_PROHIBIT, false},
	{"throw", RTN_THROW, false},
	{"nat", RTN_NAT, false},
	{"xresolve", RTN_XRESOLVE, false},
	{0},
};

static bool is_everything(const char *word)
{
	return !strcmp(word, "default") || !strcmp(word, "any") || !strcmp(word, "all");
}

static bool everything(struct parse *p, R *r, const struct lex_token *w)
{
	if (r->entry.family) {
		diag_error(p->diags, w->span,
			"'%s' must stand before the words that make the route IPv%d, or be written as "
			"%s - the route is dropped",
			w->s.p, r->entry.family == AF_INET ? 4 : 6,
			r->entry.family == AF_INET ? "0.0.0.0/0" : "::/0");
		return false;
	}
	r->dst = (struct prefix){0};
	return true;
}

static bool destination(struct parse *p, R *r, const struct kw *kw, const struct lex_token *w)
{
	const char *near;
	struct addr a;
	int plen;

	if (is_everything(w->s.p))
		return everything(p, r, w);
	if (!strcmp(w->s.p, "default6")) {
		diag_note(p->diags, w->span, "default6 is deprecated - please use '::/0'");
		r->dst = (struct prefix){0};
		return entry_family(p, &r->entry.node, AF_INET6, w, kw->name);
	}
	near = schema_nearest(&route_block, w->s.p);
	if (addr_parse_prefix(&a, &plen, w->s.p) && plen >= 0 && near) {
		diag_error(p->diags, w->span,
			"'%s' is neither an option of a route nor its destination - did you mean '%s'? "
			"- the route is dropped",
			w->s.p, near);
		return false;
	}
	return entry_prefix(p, &r->entry.node, kw, w, &r->dst);
}

static int to_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	(void)field;
	return destination(p, (R *)n, kw, &s->word[1]) ? 0 : -1;
}

/* A type, which a destination follows, or the destination. */
static int type_or_destination(struct parse *p, struct node *n, const struct stmt *rest)
{
	static const struct kw row = {.name = "destination", .flags = KW_DROP};
	R *r = (R *)n;
	uint64_t number;

	for (const struct enum_word *e = types; e->word; e++)
		if (!strcmp(e->word, stmt_word(rest, 0))) {
			r->type = (uint8_t)e->value;
			return 1;
		}
	if (rest->n > 1 && iproute_prefixed(stmt_word(rest, 0), UINT8_MAX, &number)) {
		r->type = (uint8_t)number;
		return 1;
	}
	return destination(p, r, &row, &rest->word[0]) ? 1 : -1;
}

static const struct codec codec_to = {"prefix", 1, 1, to_parse, entry_unsaid, entry_prefix_equal};

static void print_destination(struct strbuf *out, const struct node *n)
{
	const R *r = (const R *)n;

	if (r->type != RTN_UNICAST) {
		const struct enum_word *e = types;

		while (e->word && e->value != r->type)
			e++;
		if (e->word)
			strbuf_printf(out, "%s ", e->word);
		else
			strbuf_printf(out, "%u ", r->type);
	}
	entry_prefix_print(out, NULL, &r->dst);
}

/* ---- rows -------------------------------------------------------------------------------- */

static const bool lockable = true;

static const struct enum_word propagate[] = {
	{"enabled", PROPAGATE_ON, false}, {"disabled", PROPAGATE_OFF, false}, {0}};

#define METRIC(kwname, which, lock, hi, ar, dc)                                           \
	{                                                                                 \
		.name = kwname, .codec = &codec_optional, KW_AT(R, metrics[which], true), \
		.max = hi, .arg = lock, .flags = KW_DROP | KW_NO_DEFAULT, .args = ar,     \
		.deflt = "kernel", .doc = dc                                              \
	}
#define METRIC_TIME(kwname, which, per_ms, un, dc)                                             \
	{                                                                                      \
		.name = kwname, .codec = &codec_rtt, KW_AT(R, metrics[which], true),           \
		.res = per_ms, .arg = &lockable, .flags = KW_DROP | KW_NO_DEFAULT,             \
		.args = "[lock] <n>[s|sec|secs|ms|msec|msecs]", .deflt = "kernel", .unit = un, \
		.doc = dc                                                                      \
	}
#define FAMILY(kwname, af, dc)                                                                   \
	{                                                                                        \
		.name = kwname, .codec = &codec_entry_family, .max = af,                         \
		.flags = KW_DROP | KW_FLAG | KW_NO_DEFAULT, .deflt = "from addresses", .doc = dc \
	}
#define ORDER(kwname, which, dc)                                                \
	{                                                                       \
		.name = kwname, .codec = &codec_route_order,                    \
		KW_AT(R, order, KW_IS(R, order, uint8_t)), .max = which,        \
		.flags = KW_FLAG | KW_NO_DEFAULT, .deflt = "prepend", .doc = dc \
	}
#define IFNAME(kwname, fld, dc)                                                                    \
	{                                                                                          \
		.name = kwname, .codec = &codec_entry_ifname,                                      \
		KW_AT(R, fld, KW_IS(R, fld, const char *)), .max = 15,                             \
		.flags = KW_DROP | KW_NO_DEFAULT, .args = "<ifname>", .deflt = "(none)", .doc = dc \
	}

static const struct kw route_kw[] = {
	KW_WORD("<dest>", KW_REQUIRED, "[<type>] <ip[/len]>|default|any|all|default6", "required",
		"Destination: any word that is no option. default, any and all stand before what fixes "
		"the family."),
	KW_OF("to", R, dst, struct prefix, codec_to, KW_DROP, "to <dest>", "(none)",
		"Introduces the destination."),
	KW_WORD("<type>", 0,
		"unicast|local|broadcast|brd|anycast|multicast|blackhole|unreachable|prohibit|throw|nat|"
		"xresolve|0..255",
		"unicast", "Type of the route, directly before the destination."),
	{.name = "",
		.codec = &codec_hidden,
		KW_AT(R, type, KW_IS(R, type, uint8_t)),
		.flags = KW_HIDDEN | KW_LIVE},
	FAMILY("inet", AF_INET, "The route is IPv4."),
	FAMILY("inet6", AF_INET6, "The route is IPv6."),
	KW_OF("src", R, src, struct addr, codec_entry_addr, KW_DROP, "<ip>", "(none)",
		"Source address that the kernel prefers for packets of its own."),
	KW_OF("via", R, via, struct addr, codec_entry_via, KW_DROP, "[inet|inet6] <ip>", "(none)",
		"Gateway."),
	KW_OTHER("gw", "via", KW_DEPRECATED),
	KW_OF("from", R, from, struct prefix, codec_route_from, KW_DROP, "<ip[/len]>", "(none)",
		"Source prefix that the route is for (IPv6)."),
	ENTRY_NAME("tos", R, tos, iproute_dsfields, 0, KW_DROP, "<name or 0..255>", "0",
		"Type of service that the route is for; names from rt_dsfield."),
	KW_OTHER("dsfield", "tos", 0),
	ENTRY_NAME("table", R, table, iproute_tables, RT_TABLE_MAIN, KW_DROP, "<name or uint>",
		"main", "Routing table; names from rt_tables."),
	ENTRY_NAME("protocol", R, protocol, iproute_protocols, RTPROT_KEEPALIVED, KW_DROP,
		"<name or 0..255>", "keepalived (18)",
		"Origin of the route, only with no_track; names from rt_protos."),
	ENTRY_NAME("scope", R, scope, iproute_scopes, RT_SCOPE_UNIVERSE, KW_DROP,
		"<name or 0..255>", "global", "Scope; names from rt_scopes."),
	ENTRY_NUMBER("metric", R, metric, 0, UINT32_MAX, KW_DROP, NULL, "<uint>", "kernel",
		"Preference among routes to the same destination, the lowest first."),
	KW_OTHER("priority", "metric", 0),
	KW_OTHER("preference", "metric", 0),
	IFNAME("dev", dev, "Outgoing interface; the instance follows its state unless no_track."),
	KW_OTHER("oif", "dev", 0),
	KW_BIT("onlink", R, flags, ROUTE_ONLINK, 0,
		"The gateway is on the link although no route says so."),
	{.name = "expires",
		.codec = &codec_route_expires,
		KW_AT(R, expires, KW_IS(R, expires, struct optional)),
		.max = UINT32_MAX,
		.flags = KW_DROP | KW_NO_DEFAULT,
		.args = "<uint>",
		.deflt = "(none)",
		.unit = "seconds",
		.doc = "Lifetime (IPv6)."},
	METRIC("mtu", RTAX_MTU, &lockable, UINT32_MAX, "[lock] <uint>",
		"Largest packet, in bytes."),
	METRIC("advmss", RTAX_ADVMSS, &lockable, UINT32_MAX, "[lock] <uint>",
		"Segment size announced to TCP peers, in bytes."),
	METRIC("reordering", RTAX_REORDERING, &lockable, UINT32_MAX, "[lock] <uint>",
		"Initial reordering that TCP expects."),
	METRIC("cwnd", RTAX_CWND, &lockable, UINT32_MAX, "[lock] <uint>",
		"Largest congestion window."),
	METRIC("ssthresh", RTAX_SSTHRESH, &lockable, UINT32_MAX, "[lock] <uint>",
		"Initial slow start threshold."),
	METRIC("hoplimit", RTAX_HOPLIMIT, NULL, UINT8_MAX, "<uint>", "Hop limit of packets."),
	METRIC_TIME("rtt", RTAX_RTT, 8, "1/8 ms", "Initial round trip time."),
	METRIC_TIME("rttvar", RTAX_RTTVAR, 4, "1/4 ms", "Initial variance of the round trip time."),
	METRIC_TIME("rto_min", RTAX_RTO_MIN, 1, "ms", "Shortest time to a retransmission."),
	METRIC("window", RTAX_WINDOW, NULL, UINT32_MAX, "<uint>", "Largest window announced."),
	METRIC("initcwnd", RTAX_INITCWND, NULL, UINT32_MAX, "<uint>",
		"Initial congestion window, in segments."),
	METRIC("initrwnd", RTAX_INITRWND, NULL, UINT32_MAX, "<uint>",
		"Initial receive window, in segments."),
	KW_OF("realms", R, realms, uint32_t, codec_realms, KW_DROP, "[<from>/]<to>", "(none)",
		"Realms (IPv4); names from rt_realms."),
	{.name = "features",
		.codec = &codec_route_ecn,
		KW_AT(R, metrics[RTAX_FEATURES], true),
		.flags = KW_NO_DEFAULT,
		.args = "ecn",
		.deflt = "(none)",
		.doc = "Explicit congestion notification for this route."},
	METRIC("quickack", RTAX_QUICKACK, NULL, 1, "0|1", "Immediate acknowledgements."),
	KW_OF("congctl", R, congctl, const char *, codec_route_congctl, KW_DROP, "[lock] <name>",
		"kernel", "Algorithm of congestion control."),
	{.name = "pref",
		.codec = &codec_route_pref,
		KW_AT(R, pref, KW_IS(R, pref, uint8_t)),
		.flags = KW_DROP | KW_NO_DEFAULT,
		.args = "low|medium|high|<0..255>",
		.deflt = "medium",
		.doc = "Router preference (IPv6)."},
	KW_ENUM("ttl-propagate", R, propagate, propagate, PROPAGATE_KERNEL, 0, "enabled|disabled",
		"Whether the TTL is carried into MPLS."),
	METRIC("fastopen_no_cookie", RTAX_FASTOPEN_NO_COOKIE, NULL, 1, "0|1",
		"TCP fast open works without a cookie."),
	ORDER("add", ROUTE_ADD, "Refused when a matching route exists."),
	ORDER("append", ROUTE_APPEND, "Comes after matching routes."),
	ORDER("prepend", ROUTE_PREPEND, "Comes before matching routes."),
	{.name = "or",
		.codec = &codec_route_or,
		.flags = KW_DROP | KW_NO_DEFAULT,
		.args = "<ip>",
		.deflt = "(none)",
		.doc = "Old form: via and this address are two next hops."},
	KW_BIT("no_track", R, flags, ROUTE_NO_TRACK, 0,
		"The instance does not care when the route is deleted."),
	KW_OF("track_group", R, track_group, const struct track_group_conf *, codec_track_group,
		KW_DROP, "<name>", "(none)",
		"Static routes: instances that go to FAULT when the route cannot be kept."),
	IFNAME("vrf", vrf, "The table of that VRF is used."),
	{.name = "as",
		.codec = &codec_route_as,
		.flags = KW_NO_DEFAULT,
		.args = "[to] <x>",
		.deflt = "error, ignored",
		.doc = "Not supported; its word is skipped."},
	/* Behind all that encap has as well (src, tos, hoplimit): it takes them when it comes
	   first. */
	{.name = "encap",
		.codec = &codec_encap,
		.options = &encap_block,
		KW_AT(R, encap, KW_IS(R, encap, struct encap_conf)),
		.flags = KW_DROP | KW_NO_DEFAULT,
		.args = "ip ... | ip6 ... | mpls <label[/label]> | ila <h:h:h:h>",
		.deflt = "(none)",
		.doc = "Packets of this route go into a tunnel of their own."},
	{.name = "nexthop",
		.codec = &codec_nexthops,
		.options = &nexthop_block,
		KW_AT(R, nexthops, KW_IS(R, nexthops, struct nodes)),
		.flags = KW_DROP | KW_NO_DEFAULT,
		.args = "<nexthop> [nexthop <nexthop>...]",
		.deflt = "(none)",
		.doc = "Several paths; they are the last part of the line."},
};

/* ---- the whole --------------------------------------------------------------------------- */

static int route_open(struct parse *p, struct node *n, const struct stmt *s)
{
	R *r = (R *)n;

	r->type = RTN_UNICAST;
	r->dst.len = NO_DESTINATION;
	return entry_options(p, n, &route_block, r, s, 0, type_or_destination);
}

/* `via A or B` is `nexthop via A nexthop via B`, all through dev. */
static void settle_or(struct parse *p, R *r)
{
	struct nexthop_conf *second = (struct nexthop_conf *)r->nexthops.first, *nh;

	if (!(r->flags & ROUTE_OR))
		return;
	r->flags &= ~ROUTE_OR;
	r->nexthops = (struct nodes){0};
	if (r->via.family) {
		nh = (struct nexthop_conf *)schema_new(p->arena, &nexthop_block, &r->entry.node);
		nh->entry.family = r->entry.family;
		nh->via = r->via;
		nh->onlink = r->flags & ROUTE_ONLINK;
		nh->dev = r->dev;
		nodes_add(&r->nexthops, &nh->entry.node);
	}
	second->onlink = r->flags & ROUTE_ONLINK;
	second->dev = r->dev;
	nodes_add(&r->nexthops, &second->entry.node);
	r->via = (struct addr){0};
}

static void settle_family(R *r)
{
	if (!r->entry.family)
		r->entry.family = AF_INET;
	if (r->dst.addr.family == AF_UNSPEC)
		r->dst.addr.family = r->entry.family;
}

/* A tracked route is told from others by its protocol. */
static void tracking(struct parse *p, R *r)
{
	const struct node *n = &r->entry.node;

	if (!(r->flags & ROUTE_NO_TRACK) && r->protocol != RTPROT_KEEPALIVED) {
		diag_error(p->diags, n->span,
			"protocol needs no_track, since a tracked route is told by its protocol - "
			"using keepalived");
		r->protocol = RTPROT_KEEPALIVED;
	}
	if (r->track_group && !r->dev) {
		diag_error(p->diags, n->span, "track_group needs dev - ignored");
		r->track_group = NULL;
	}
}

static bool host_bits(const struct prefix *x)
{
	unsigned bits = 8 * (unsigned)addr_len(&x->addr);

	for (unsigned i = x->len; i < bits; i++)
		if (x->addr.bytes[i / 8] & 0x80u >> i % 8)
			return true;
	return false;
}

/* What the kernel is going to refuse, whatever the machine. */
static void plausible(struct parse *p, const R *r)
{
	if (r->type == RTN_UNICAST && !r->via.family && !r->dev && !r->nexthops.n &&
		!r->nexthops.refused)
		diag_warning(p->diags, r->entry.node.span,
			"the route has neither via nor dev nor nexthop - the kernel will refuse it");
	if (r->entry.family == AF_INET && host_bits(&r->dst))
		diag_warning(p->diags, r->entry.node.span,
			"the destination has bits behind its prefix length - the kernel will refuse it");
}

/* Two routes of one table differ in these. */
static bool name_route(struct parse *p, R *r)
{
	struct node *n = &r->entry.node;
	bool is_static = n->parent == &building(p)->node;
	struct strbuf name = {0};
	char buf[ADDR_STRLEN];
	bool fresh;

	print_destination(&name, n);
	if (r->from.addr.family) {
		strbuf_puts(&name, " from ");
		entry_prefix_print(&name, NULL, &r->from);
	}
	if (r->tos)
		strbuf_printf(&name, " tos 0x%02x", r->tos);
	if (r->vrf) {
		strbuf_printf(&name, " vrf %s", r->vrf);
	} else if (r->table != RT_TABLE_MAIN) {
		strbuf_puts(&name, " table ");
		iproute_print(&name, &iproute_tables, r->table);
	}
	if (r->metric)
		strbuf_printf(&name, " metric %" PRIu32, r->metric);
	if (r->via.family)
		strbuf_printf(&name, " via %s", addr_str(&r->via, buf));
	if (r->dev)
		strbuf_printf(&name, " dev %s", r->dev);
	fresh = entry_name(p, n,
		is_static ? &building(p)->static_routes
			  : &((const struct vrrp_conf *)n->parent)->routes,
		&name);
	strbuf_free(&name);
	return fresh;
}

static bool route_close(struct parse *p, struct node *n)
{
	R *r = (R *)n;

	if (r->dst.len == NO_DESTINATION) {
		diag_error(
			p->diags, n->span, "Route must have a destination - the route is dropped");
		return false;
	}
	settle_family(r);
	settle_or(p, r);
	tracking(p, r);
	plausible(p, r);
	return !r->entry.nameless && name_route(p, r);
}

const struct block route_block = {
	.name = "@route",
	.kw = route_kw,
	.n_kw = ARRAY_SIZE(route_kw),
	.size = sizeof(R),
	.flags = BLOCK_ENTRIES,
	.open = route_open,
	.close = route_close,
	.print = print_destination,
};
