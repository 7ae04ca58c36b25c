/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries of virtual_ipaddress and unicast_peer, and the address family that they fix. */
#include <string.h>

#include "keepalived/conf/tables.h"

#define LABEL_MAX 15 /* IFNAMSIZ - 1 */

/* ---- families ---------------------------------------------------------------------------- */

static struct vrrp_conf *instance_of(struct node *n)
{
	while (n->parent && n->block != &vrrp_block)
		n = n->parent;
	return (struct vrrp_conf *)n;
}

/* The first address that fixes a family wins; later ones must agree. */
static bool family_fits(struct parse *p, struct vrrp_conf *v, const struct addr *a,
	struct span span, const char *what)
{
	char buf[ADDR_STRLEN];

	if (!v->family)
		v->family = a->family;
	if (v->family == a->family)
		return true;
	diag_error(p->diags, span,
		"(%s) %s: address family must match VRRP instance [%s], which is IPv%d - ignoring",
		v->node.name, what, addr_str(a, buf), v->family == AF_INET ? 4 : 6);
	return false;
}

void fix_family(struct parse *p, struct node *n, const struct kw *kw, const struct stmt *s)
{
	struct vrrp_conf *v = instance_of(n);
	struct addr *a = kw_field(kw, n);

	if (!family_fits(p, v, a, s->word[1].span, kw->name))
		*a = (struct addr){0};
}

/* ---- virtual addresses ------------------------------------------------------------------- */

/* A host address of IPv6 is not to become the source of connections. */
static uint32_t default_lifetime(const struct vip_conf *v)
{
	return v->addr.family == AF_INET6 && v->prefixlen == 128 ? 0 : UINT32_MAX;
}

static int vip_open(struct parse *p, struct node *n, const struct stmt *s)
{
	struct vip_conf *v = (struct vip_conf *)n;
	int plen;

	if (addr_parse_prefix(&v->addr, &plen, stmt_word(s, 0)) && plen >= 0) {
		diag_error(p->diags, s->word[0].span, "VRRP parsed invalid IP %s. skipping IP...",
			stmt_word(s, 0));
		return -1;
	}
	if (plen < 0) {
		plen = v->addr.family == AF_INET ? 32 : 128;
		diag_error(p->diags, s->word[0].span, "Invalid address prefix len in %s - using %d",
			stmt_word(s, 0), plen);
	}
	v->prefixlen = (uint8_t)plen;
	v->preferred_lft = default_lifetime(v);
	return 1;
}

static int brd_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	struct vip_conf *v = (struct vip_conf *)n;
	const char *word = stmt_word(s, 1);
	struct addr a = {0};

	(void)field;
	if (v->addr.family != AF_INET) {
		diag_error(p->diags, s->word[0].span,
			"IPv6 has no broadcast address - address dropped");
		return -1;
	}
	if (!strcmp(word, "+") || !strcmp(word, "-")) {
		if (v->prefixlen > 30) {
			diag_error(p->diags, s->word[1].span,
				"%s %s makes no sense with a prefix length of %d - ignored",
				kw->name, word, v->prefixlen);
			return 0;
		}
		v->flags |= *word == '+' ? VIP_BRD_AUTO : VIP_BRD_CLEAR;
		return 0;
	}
	if (addr_parse(&a, word) || a.family != AF_INET) {
		diag_error(p->diags, s->word[1].span,
			"%s: invalid broadcast address '%s' - address dropped", kw->name, word);
		return -1;
	}
	v->brd = a;
	return 0;
}

static bool brd_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const struct vip_conf *v = container_of(field, struct vip_conf, brd);

	if (v->flags & (VIP_BRD_AUTO | VIP_BRD_CLEAR)) {
		strbuf_putc(out, v->flags & VIP_BRD_AUTO ? '+' : '-');
		return true;
	}
	return codec_addr.print(out, kw, field);
}

static bool brd_equal(const struct kw *kw, const void *a, const void *b)
{
	const struct vip_conf *x = container_of(a, struct vip_conf, brd);
	const struct vip_conf *y = container_of(b, struct vip_conf, brd);

	(void)kw;
	return addr_eq(a, b) && !((x->flags ^ y->flags) & (uint32_t)(VIP_BRD_AUTO | VIP_BRD_CLEAR));
}

static const struct codec codec_brd = {"broadcast", 1, 1, brd_parse, brd_print, brd_equal};

static int peer_addr_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	struct vip_conf *v = (struct vip_conf *)n;
	struct addr a = {0};

	(void)kw;
	if (addr_parse(&a, stmt_word(s, 1)) || a.family != v->addr.family) {
		diag_error(p->diags, s->word[1].span, "invalid peer address '%s' - ignored",
			stmt_word(s, 1));
		return -1;
	}
	*(struct addr *)field = a;
	return 0;
}

static const struct codec codec_peer_addr = {
	"address", 1, 1, peer_addr_parse, type_addr_print, type_addr_equal};

static int lifetime_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	if (!strcmp(stmt_word(s, 1), "forever")) {
		*(uint32_t *)field = UINT32_MAX;
		return 0;
	}
	return codec_uint.parse(p, n, kw, field, s);
}

static bool lifetime_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	uint32_t v = *(const uint32_t *)field;

	if (v == default_lifetime(container_of(field, struct vip_conf, preferred_lft)))
		return false;
	if (v != UINT32_MAX)
		return codec_uint.print(out, kw, field);
	strbuf_puts(out, "forever");
	return true;
}

static const struct codec codec_lifetime = {
	"lifetime", 1, 1, lifetime_parse, lifetime_print, type_same_bytes};

static void vip_print(struct strbuf *out, const struct node *n)
{
	const struct vip_conf *v = (const struct vip_conf *)n;
	char buf[ADDR_STRLEN];

	strbuf_printf(out, "%s/%d", addr_str(&v->addr, buf), v->prefixlen);
}

static bool vip_close(struct parse *p, struct node *n)
{
	struct vip_conf *v = (struct vip_conf *)n;

	if (v->addr.family == AF_INET6 && v->label) {
		diag_error(p->diags, n->span, "IPv6 addresses have no label - label ignored");
		v->label = NULL;
	}
	if (v->addr.family == AF_INET6 && v->scope) {
		diag_error(
			p->diags, n->span, "IPv6 addresses have no scope of their own - ignored");
		v->scope = 0;
	}
	if (v->peer.family != AF_UNSPEC && v->brd.family != AF_UNSPEC) {
		diag_error(
			p->diags, n->span, "a peer address excludes broadcast - broadcast ignored");
		v->brd = (struct addr){0};
	}
	return true;
}

static bool vip_close_advertised(struct parse *p, struct node *n)
{
	struct vip_conf *v = (struct vip_conf *)n;

	return family_fits(p, instance_of(n), &v->addr, n->span, "VIP") && vip_close(p, n);
}

#define A struct vip_conf

static const struct kw vip_kw[] = {
	KW_STRING("dev", A, dev, LABEL_MAX, KW_DROP, "<ifname>", "interface of the instance",
		"Interface that gets the address."),
	KW_OF("scope", A, scope, uint8_t, codec_scope, 0, "<name or 0..255>", "global",
		"Scope of the address (IPv4)."),
	KW_OF("brd", A, brd, struct addr, codec_brd, KW_DROP, "<ipv4>|+|-", "(none)",
		"Broadcast address; + sets and - clears the host bits."),
	KW_OTHER("broadcast", "brd", 0),
	KW_STRING("label", A, label, LABEL_MAX, KW_DROP, "<text>", "(none)", "Label (IPv4)."),
	KW_OF("peer", A, peer, struct addr, codec_peer_addr, 0, "<ip>", "(none)",
		"Address at the other end of a point-to-point link."),
	KW_BIT("home", A, flags, VIP_HOME, 0, "Marks a home address (RFC 6275)."),
	KW_BIT("-nodad", A, flags, VIP_DAD, 0, "Runs duplicate address detection."),
	KW_BIT("mngtmpaddr", A, flags, VIP_MNGTMPADDR, 0,
		"The kernel makes temporary addresses from it."),
	KW_BIT("noprefixroute", A, flags, VIP_NOPREFIXROUTE, 0, "No route for the prefix."),
	KW_BIT("autojoin", A, flags, VIP_AUTOJOIN, 0, "The kernel joins the multicast group."),
	KW_BIT("no_track", A, flags, VIP_NO_TRACK, 0, "Its removal by others is not acted on."),
	{.name = "preferred_lft",
		.codec = &codec_lifetime,
		KW_AT(A, preferred_lft, KW_IS(A, preferred_lft, uint32_t)),
		.max = UINT32_MAX,
		.flags = KW_LENIENT | KW_NO_DEFAULT,
		.unit = "seconds",
		.args = "<uint>|forever",
		.deflt = "forever; IPv6 /128: 0",
		.doc = "Preferred lifetime."},
	KW_NOTYET("use_vmac"),
	KW_NOTYET("track_group"),
};

const struct block vip_block = {
	.name = "@address",
	.kw = vip_kw,
	.n_kw = ARRAY_SIZE(vip_kw),
	.size = sizeof(A),
	.flags = BLOCK_ENTRIES,
	.open = vip_open,
	.close = vip_close_advertised,
	.print = vip_print,
};

const struct block evip_block = {
	.name = "@address",
	.kw = vip_kw,
	.n_kw = ARRAY_SIZE(vip_kw),
	.size = sizeof(A),
	.flags = BLOCK_ENTRIES,
	.open = vip_open,
	.close = vip_close,
	.print = vip_print,
};

/* ---- peers ------------------------------------------------------------------------------- */

static int peer_open(struct parse *p, struct node *n, const struct stmt *s)
{
	struct peer_conf *peer = (struct peer_conf *)n;
	char buf[ADDR_STRLEN];

	if (type_addr(&peer->addr, stmt_word(s, 0))) {
		diag_error(p->diags, s->word[0].span, "invalid unicast peer address '%s' - ignored",
			stmt_word(s, 0));
		return -1;
	}
	n->name = arena_strdup(p->arena, addr_str(&peer->addr, buf));
	return 1;
}

static bool peer_close(struct parse *p, struct node *n)
{
	struct peer_conf *peer = (struct peer_conf *)n;
	struct vrrp_conf *v = instance_of(n);
	struct node *first = schema_named(p, &v->peers, n->name);

	if (first) {
		diag_also(p->diags,
			diag_error(p->diags, n->span, "unicast peer %s is given twice - ignored",
				n->name),
			first->span, "given here before");
		return false;
	}
	return family_fits(p, v, &peer->addr, n->span, "unicast peer");
}

static const struct kw peer_kw[] = {
	KW_UINT("min_ttl", struct peer_conf, min_ttl, 0, 255, 0, 0, NULL, "<uint>",
		"Least TTL or hop limit accepted from the peer."),
	KW_UINT("max_ttl", struct peer_conf, max_ttl, 0, 255, 255, 0, NULL, "<uint>",
		"Greatest TTL or hop limit accepted from the peer."),
};

const struct block peer_block = {
	.name = "vrrp_instance/unicast_peer",
	.kw = peer_kw,
	.n_kw = ARRAY_SIZE(peer_kw),
	.size = sizeof(struct peer_conf),
	.flags = BLOCK_ENTRIES,
	.open = peer_open,
	.close = peer_close,
};
