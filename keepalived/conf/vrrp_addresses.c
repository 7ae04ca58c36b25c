/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries of virtual_ipaddress and static_ipaddress. */
#include <string.h>

#include "keepalived/conf/entry.h"
#include "keepalived/conf/iproute.h"
#include "keepalived/conf/tables.h"

#define LABEL_MAX 15 /* IFNAMSIZ - 1 */

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

static void forget_broadcast(struct vip_conf *v)
{
	v->brd = (struct addr){0};
	v->flags &= ~(uint32_t)(VIP_BRD_AUTO | VIP_BRD_CLEAR);
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
		forget_broadcast(v);
		v->flags |= *word == '+' ? VIP_BRD_AUTO : VIP_BRD_CLEAR;
		return 0;
	}
	if (addr_parse(&a, word) || a.family != AF_INET) {
		diag_error(p->diags, s->word[1].span,
			"%s: invalid broadcast address '%s' - address dropped", kw->name, word);
		return -1;
	}
	forget_broadcast(v);
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
	if (v->peer.family) {
		diag_error(p->diags, s->word[0].span, "the address has a peer already - ignored");
		return -1;
	}
	if (addr_parse(&a, stmt_word(s, 1)) || a.family != v->addr.family) {
		diag_error(p->diags, s->word[1].span, "invalid peer address '%s' - ignored",
			stmt_word(s, 1));
		return -1;
	}
	*(struct addr *)field = a;
	v->prefixlen = v->addr.family == AF_INET ? 32 : 128;
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

static int dev_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	if (*(const char **)field) {
		entry_refuse(p, n, kw, &s->word[0], "the address has an interface already");
		return -1;
	}
	return codec_entry_ifname.parse(p, n, kw, field, s);
}

static const struct codec codec_dev = {
	"ifname", 1, 1, dev_parse, type_string_print, type_string_equal};

static int use_vmac_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	if (n->block != &static_address_block)
		return codec_bit.parse(p, n, kw, field, s);
	entry_refuse(p, n, kw, &s->word[0], "static addresses have no VMAC");
	return -1;
}

static bool use_vmac_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	return codec_bit.print(out, kw, field);
}

static bool use_vmac_equal(const struct kw *kw, const void *a, const void *b)
{
	return codec_bit.equal(kw, a, b);
}

static const struct codec codec_use_vmac = {
	"flag", 0, 0, use_vmac_parse, use_vmac_print, use_vmac_equal};

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
	if (v->peer.family && (v->brd.family || v->flags & (VIP_BRD_AUTO | VIP_BRD_CLEAR))) {
		diag_error(
			p->diags, n->span, "a peer address excludes broadcast - broadcast ignored");
		forget_broadcast(v);
	}
	if (v->addr.family == AF_INET && v->preferred_lft != UINT32_MAX) {
		diag_note(p->diags, n->span,
			"preferred_lft is for IPv6 addresses only - it is ignored");
		v->preferred_lft = UINT32_MAX;
	}
	return true;
}

static bool vip_close_advertised(struct parse *p, struct node *n)
{
	struct vip_conf *v = (struct vip_conf *)n;

	return vrrp_family_fits(p, vrrp_of(n), &v->addr, n->span, "VIP") && vip_close(p, n);
}

#define A struct vip_conf

static const struct kw vip_kw[] = {
	KW_WORD("<ip[/len]>", KW_REQUIRED, "<ip>[/<len>]", "/32, /128",
		"The address, first word of the entry."),
	{.name = "dev",
		.codec = &codec_dev,
		KW_AT(A, dev, KW_IS(A, dev, const char *)),
		.max = LABEL_MAX,
		.flags = KW_DROP | KW_NO_DEFAULT,
		.args = "<ifname>",
		.deflt = "VIP: interface of the instance; static: default_interface",
		.doc = "Interface that gets the address; the instance follows its state unless "
		       "no_track."},
	ENTRY_NAME("scope", A, scope, iproute_scopes, RT_SCOPE_UNIVERSE, 0, "<name or 0..255>",
		"global", "Scope of the address (IPv4); names from rt_scopes."),
	KW_OF("brd", A, brd, struct addr, codec_brd, KW_DROP, "<ipv4>|+|-", "(none)",
		"Broadcast address; + sets and - clears the host bits."),
	KW_OTHER("broadcast", "brd", 0),
	{.name = "label",
		.codec = &codec_entry_label,
		KW_AT(A, label, KW_IS(A, label, const char *)),
		.max = LABEL_MAX,
		.flags = KW_DROP | KW_NO_DEFAULT,
		.args = "<text>",
		.deflt = "(none)",
		.doc = "Label (IPv4)."},
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
	{.name = "use_vmac",
		.codec = &codec_use_vmac,
		KW_AT(A, flags, KW_IS(A, flags, uint32_t)),
		.max = VIP_USE_VMAC,
		.flags = KW_FLAG | KW_NO_DEFAULT | KW_IDLE,
		.deflt = "off",
		.doc = "Puts the address on a macvlan of its interface."},
	KW_OF("track_group", A, track_group, const struct track_group_conf *, codec_track_group, 0,
		"<name>", "(none)",
		"Static addresses: instances that go to FAULT when the address cannot be kept."),
};

#define ADDRESS_BLOCK(close_)                                                                    \
	{                                                                                        \
		.name = "@address", .kw = vip_kw, .n_kw = ARRAY_SIZE(vip_kw), .size = sizeof(A), \
		.flags = BLOCK_ENTRIES, .open = vip_open, .close = (close_), .print = vip_print, \
	}

const struct block vip_block = ADDRESS_BLOCK(vip_close_advertised);
const struct block evip_block = ADDRESS_BLOCK(vip_close);
const struct block static_address_block = ADDRESS_BLOCK(vip_close);
