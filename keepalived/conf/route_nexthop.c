/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nexthop: the paths of a multipath route, each with options of its own, up to the line's end. */
#include <string.h>

#include "keepalived/conf/iproute.h"
#include "keepalived/conf/route_tables.h"

#define NH struct nexthop_conf

static int as_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	(void)field;
	entry_refuse(p, n, kw, &s->word[0], "not supported");
	return -1;
}

static const struct codec codec_as = {
	"address", 1, ENTRY_REST, as_parse, entry_unsaid, type_same_bytes};

static const struct kw nexthop_kw[] = {
	KW_OF("via", NH, via, struct addr, codec_entry_via, KW_DROP, "[inet|inet6] <ip>", "(none)",
		"Gateway of this path."),
	{.name = "dev",
		.codec = &codec_entry_ifname,
		KW_AT(NH, dev, KW_IS(NH, dev, const char *)),
		.max = 15,
		.flags = KW_DROP | KW_NO_DEFAULT,
		.args = "<ifname>",
		.deflt = "(none)",
		.doc = "Interface of this path."},
	{.name = "weight",
		.codec = &codec_entry_number,
		KW_AT(NH, weight, KW_IS(NH, weight, uint16_t)),
		.min = 1,
		.max = 256,
		.def = 1,
		.flags = KW_DROP,
		.args = "<uint>",
		.doc = "Share of the traffic, relative to the other paths."},
	{.name = "onlink",
		.codec = &codec_set,
		KW_AT(NH, onlink, KW_IS(NH, onlink, bool)),
		.flags = KW_FLAG | KW_NO_DEFAULT,
		.deflt = "off",
		.doc = "The gateway is on the link although no route says so."},
	{.name = "encap",
		.codec = &codec_encap,
		.options = &encap_block,
		KW_AT(NH, encap, KW_IS(NH, encap, struct encap_conf)),
		.flags = KW_DROP | KW_NO_DEFAULT,
		.args = "as of a route",
		.deflt = "(none)",
		.doc = "Tunnel of this path."},
	KW_OF("realms", NH, realms, uint32_t, codec_realms, KW_DROP, "[<from>/]<to>", "(none)",
		"Realms of this path (IPv4)."),
	{.name = "as",
		.codec = &codec_as,
		.flags = KW_DROP | KW_NO_DEFAULT,
		.args = "[to] <x>",
		.doc = "Not supported; the path is dropped."},
};

const struct block nexthop_block = {
	.name = "@route/nexthop",
	.kw = nexthop_kw,
	.n_kw = ARRAY_SIZE(nexthop_kw),
	.size = sizeof(NH),
	.flags = BLOCK_ENTRIES,
};

static int next_or_rubbish(struct parse *p, struct node *n, const struct stmt *rest)
{
	const char *near;

	(void)n;
	if (!strcmp(stmt_word(rest, 0), "nexthop"))
		return 0;
	near = schema_nearest(&nexthop_block, stmt_word(rest, 0));
	diag_error(p->diags, rest->word[0].span,
		"Route has trailing nonsense after nexthops - '%s'%s%s%s - this next hop and what "
		"follows is dropped",
		stmt_word(rest, 0), near ? ", did you mean '" : "", near ? near : "",
		near ? "'?" : "");
	return -1;
}

/* One path. Returns the index behind it, -1: it is dropped, and so are those after it. */
static int read_path(
	struct parse *p, struct entry *route, struct nodes *paths, const struct stmt *s, unsigned i)
{
	NH *nh = (NH *)schema_new(p->arena, &nexthop_block, &route->node);
	int end;

	nh->entry.node.span = s->word[i].span;
	nh->entry.family = route->family;
	end = entry_options(p, &nh->entry.node, &nexthop_block, nh, s, i + 1, next_or_rubbish);
	if (end < 0)
		return -1;
	if (!nh->via.family && !nh->dev) {
		diag_error(p->diags, s->word[i].span,
			"nexthop needs via or dev - it and what follows is dropped");
		return -1;
	}
	route->family = nh->entry.family;
	route->nameless |= nh->entry.nameless;
	nodes_add(paths, &nh->entry.node);
	return end;
}

static int nexthops_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	struct nodes *paths = field;
	int i = 0;

	(void)kw;
	if (paths->n)
		diag_error(p->diags, s->word[0].span,
			"nexthop after 'or' - this next hop and what follows is dropped");
	else
		while (i >= 0 && (unsigned)i < s->n)
			i = read_path(p, (struct entry *)n, paths, s, (unsigned)i);
	paths->refused += i < 0;
	return (int)s->n - 1;
}

static bool nexthops_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const NH *nh;

	nodes_for_each(nh, (const struct nodes *)field) {
		struct strbuf path = {0};

		schema_print_options(&path, &nexthop_block, nh);
		strbuf_printf(out, "%s%s%s%s", out->len ? " " : "", out->len ? kw->name : "",
			out->len ? " " : "", strbuf_str(&path));
		strbuf_free(&path);
	}
	return out->len;
}

static bool nexthops_equal(const struct kw *kw, const void *a, const void *b)
{
	const struct node *x = ((const struct nodes *)a)->first;
	const struct node *y = ((const struct nodes *)b)->first;

	(void)kw;
	for (; x && y; x = x->next, y = y->next)
		if (schema_compare(x, y) != CHANGE_NONE)
			return false;
	return !x && !y;
}

const struct codec codec_nexthops = {
	"nexthops", 1, ENTRY_REST, nexthops_parse, nexthops_print, nexthops_equal};
