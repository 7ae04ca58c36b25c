/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries of virtual_rules and static_rules: what they match, and the one thing they do. */
#include <inttypes.h>
#include <linux/fib_rules.h>
#include <string.h>

#include "keepalived/conf/iproute.h"
#include "keepalived/conf/route_tables.h"
#include "keepalived/conf/tables.h"

#define U struct rule_conf

/* ---- rows -------------------------------------------------------------------------------- */

#define FAMILY(kwname, af, dc)                                                                   \
	{                                                                                        \
		.name = kwname, .codec = &codec_entry_family, .max = af,                         \
		.flags = KW_DROP | KW_FLAG | KW_NO_DEFAULT, .deflt = "from addresses", .doc = dc \
	}
#define IFNAME(kwname, fld, dc)                                                                   \
	{                                                                                         \
		.name = kwname, .codec = &codec_entry_ifname,                                     \
		KW_AT(U, fld, KW_IS(U, fld, const char *)), .max = 15,                            \
		.flags = KW_DROP | KW_NO_DEFAULT, .args = "<ifname>", .deflt = "(any)", .doc = dc \
	}
#define ACTION(kwname, which, dc)                                                  \
	{                                                                          \
		.name = kwname, .codec = &codec_rule_action,                       \
		KW_AT(U, action, KW_IS(U, action, uint8_t)), .max = which,         \
		.flags = KW_DROP | KW_FLAG | KW_NO_DEFAULT, .deflt = "", .doc = dc \
	}

static const struct kw rule_kw[] = {
	FAMILY("inet", AF_INET, "The rule is IPv4."),
	FAMILY("inet6", AF_INET6, "The rule is IPv6."),
	KW_OF("from", U, from, struct prefix, codec_rule_selector, KW_DROP,
		"<ip[/len]>|all|any|default", "all",
		"Source; all stands before what fixes the family."),
	KW_OF("to", U, to, struct prefix, codec_rule_selector, KW_DROP,
		"<ip[/len]>|all|any|default", "all",
		"Destination; all stands before what fixes the family."),
	KW_BIT("not", U, flags, RULE_NOT, 0, "Matches what the rest does not match."),
	KW_OF("preference", U, preference, uint32_t, codec_rule_preference, KW_DROP, "<uint>",
		"16384 counting down per family, with error",
		"Rules are tried from the lowest on."),
	KW_OTHER("order", "preference", 0),
	KW_OTHER("priority", "preference", 0),
	ENTRY_NAME("tos", U, tos, iproute_dsfields, 0, KW_DROP, "<name or 0..255>", "0",
		"Type of service; names from rt_dsfield."),
	KW_OTHER("dsfield", "tos", 0),
	KW_OF("fwmark", U, fwmark, uint32_t, codec_rule_fwmark, KW_DROP, "<uint>[/<mask>]", "(any)",
		"Mark that the firewall set."),
	IFNAME("iif", iif, "Incoming interface; the instance follows its state unless no_track."),
	KW_OTHER("dev", "iif", 0),
	IFNAME("oif", oif, "Outgoing interface; the instance follows its state unless no_track."),
	{.name = "tunnel-id",
		.codec = &codec_entry_number,
		KW_AT(U, tunnel_id, KW_IS(U, tunnel_id, uint64_t)),
		.max = -1,
		.flags = KW_DROP | KW_NO_DEFAULT,
		.args = "<uint64>",
		.deflt = "0",
		.doc = "Tunnel that the packet came through."},
	KW_OF("uidrange", U, first_uid, uint32_t, codec_rule_uidrange, KW_DROP, "<n>-<n>", "(any)",
		"Users whose sockets send the packet."),
	ENTRY_NAME("ipproto", U, ip_protocol, iproute_ip_protocols, 0, KW_NO_DEFAULT,
		"<name or 0..127>", "(any)", "IP protocol."),
	KW_OF("sport", U, sport, struct port_range, codec_rule_ports, 0, "<n>[-<n>]", "(any)",
		"Source ports."),
	KW_OF("dport", U, dport, struct port_range, codec_rule_ports, 0, "<n>[-<n>]", "(any)",
		"Destination ports."),
	KW_OF("table", U, table, uint32_t, codec_rule_table, KW_DROP, "<name or uint>", "",
		"Action: looks up that table; names from rt_tables."),
	KW_OTHER("lookup", "table", 0),
	{.name = "l3mdev",
		.codec = &codec_rule_l3mdev,
		KW_AT(U, flags, KW_IS(U, flags, uint32_t)),
		.max = RULE_L3MDEV,
		.flags = KW_DROP | KW_FLAG | KW_NO_DEFAULT,
		.deflt = "",
		.doc = "Action: looks up the table of the VRF."},
	{.name = "type",
		.codec = &codec_rule_type,
		.flags = KW_DROP | KW_NO_DEFAULT,
		.args = "type <action>",
		.deflt = "",
		.doc = "May stand before goto, nop, blackhole, prohibit, unreachable."},
	{.name = "goto",
		.codec = &codec_rule_goto,
		KW_AT(U, target, KW_IS(U, target, uint32_t)),
		.max = UINT32_MAX,
		.flags = KW_DROP | KW_NO_DEFAULT,
		.args = "<uint>",
		.deflt = "",
		.doc = "Action: goes on at that preference, which is higher than the rule's own."},
	ACTION("nop", FR_ACT_NOP, "Action: none."),
	ACTION("blackhole", FR_ACT_BLACKHOLE, "Action: packets are dropped in silence."),
	ACTION("prohibit", FR_ACT_PROHIBIT, "Action: packets are refused as prohibited."),
	ACTION("unreachable", FR_ACT_UNREACHABLE, "Action: packets are refused as unreachable."),
	KW_OF("realms", U, realms, uint32_t, codec_realms, KW_DROP, "[<from>/]<to>", "(none)",
		"Realms (IPv4), with a table; names from rt_realms."),
	{.name = "suppress_prefixlength",
		.codec = &codec_optional,
		KW_AT(U, suppress_prefixlen, KW_IS(U, suppress_prefixlen, struct optional)),
		.max = INT32_MAX,
		.flags = KW_DROP | KW_NO_DEFAULT,
		.args = "<uint>",
		.deflt = "off",
		.doc = "With a table: routes with at most that prefix length do not count."},
	KW_OTHER("sup_pl", "suppress_prefixlength", 0),
	KW_OF("suppress_ifgroup", U, suppress_ifgroup, struct optional, codec_rule_ifgroup, KW_DROP,
		"<name or uint>", "off",
		"With a table: routes through interfaces of that group do not count; names from group."),
	KW_OTHER("sup_group", "suppress_ifgroup", 0),
	{.name = "protocol",
		.codec = &codec_entry_number,
		KW_AT(U, protocol, KW_IS(U, protocol, uint8_t)),
		.max = UINT8_MAX,
		.def = RTPROT_KEEPALIVED,
		.args = "<uint>",
		.deflt = "keepalived (18)",
		.doc = "Origin of the rule, only with no_track."},
	KW_BIT("no_track", U, flags, RULE_NO_TRACK, 0,
		"The instance does not care when the rule is deleted."),
	KW_OF("track_group", U, track_group, const struct track_group_conf *, codec_track_group,
		KW_DROP, "<name>", "(none)",
		"Static rules: instances that go to FAULT when the rule cannot be kept."),
	{.name = "",
		.codec = &codec_hidden,
		KW_AT(U, entry.family, KW_IS(U, entry.family, uint8_t)),
		.flags = KW_HIDDEN | KW_LIVE},
};

/* ---- the whole --------------------------------------------------------------------------- */

static int unknown_word(struct parse *p, struct node *n, const struct stmt *rest)
{
	const char *near = schema_nearest(&rule_block, stmt_word(rest, 0));

	(void)n;
	diag_error(p->diags, rest->word[0].span,
		"Unknown rule option '%s'%s%s%s - the rule is dropped", stmt_word(rest, 0),
		near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
	return -1;
}

static int rule_open(struct parse *p, struct node *n, const struct stmt *s)
{
	return entry_options(p, n, &rule_block, n, s, 0, unknown_word);
}

/* The selectors come first and fix the family, which "all" would not do. */
static void print_selectors(struct strbuf *out, const struct node *n)
{
	const U *u = (const U *)n;
	bool addresses = u->from.addr.family || u->to.addr.family;

	strbuf_puts(out, "from ");
	if (!entry_prefix_print(out, NULL, &u->from))
		strbuf_puts(out, u->entry.family == AF_INET6 && !addresses ? "::/0" : "all");
	if (!u->to.addr.family)
		return;
	strbuf_puts(out, " to ");
	entry_prefix_print(out, NULL, &u->to);
}

/* What needs a look-up in a table, or a preference that was thought about. */
static bool consistent(struct parse *p, const U *u)
{
	const struct node *n = &u->entry.node;
	bool look_up = u->action == FR_ACT_TO_TBL && !(u->flags & RULE_L3MDEV);
	const char *what = u->realms                     ? "realms"
			   : u->suppress_prefixlen.given ? "suppress_prefixlength"
			   : u->suppress_ifgroup.given   ? "suppress_ifgroup"
							 : NULL;

	if (!u->action)
		diag_error(p->diags, n->span,
			"No action specified for rule (table, goto, nop, blackhole, prohibit, "
			"unreachable, l3mdev) - ignoring");
	else if (what && !look_up)
		diag_error(p->diags, n->span, "%s needs a table - the rule is dropped", what);
	else if (u->action == FR_ACT_GOTO && !(u->flags & RULE_PREFERENCE))
		diag_error(p->diags, n->span, "goto needs a preference - the rule is dropped");
	else if (u->action == FR_ACT_GOTO && u->preference >= u->target)
		diag_error(p->diags, n->span,
			"Invalid rule - preference %" PRIu32 " >= goto target %" PRIu32
			" - the rule is dropped",
			u->preference, u->target);
	else
		return true;
	return false;
}

#define FIRST_PREFERENCE 16384

static void settle(struct parse *p, U *u)
{
	struct build *b = p->user;
	const struct node *n = &u->entry.node;

	if (!u->entry.family)
		u->entry.family = AF_INET;
	if (!(u->flags & RULE_PREFERENCE)) {
		u->preference = FIRST_PREFERENCE - b->rules_counted[u->entry.family == AF_INET6]++;
		u->flags |= RULE_PREFERENCE;
		diag_error(p->diags, n->span,
			"Rule has no preference specified - setting to %" PRIu32
			". This is probably not what you want.",
			u->preference);
	}
	if (!(u->flags & RULE_NO_TRACK) && u->protocol != RTPROT_KEEPALIVED) {
		diag_error(p->diags, n->span,
			"protocol needs no_track, since a tracked rule is told by its protocol - using "
			"keepalived");
		u->protocol = RTPROT_KEEPALIVED;
	}
	if (u->track_group && !u->iif) {
		diag_error(p->diags, n->span, "track_group needs iif - ignored");
		u->track_group = NULL;
	}
}

/* Rules are told from each other by all they say. */
static bool name_rule(struct parse *p, U *u)
{
	struct node *n = &u->entry.node;
	bool is_static = n->parent == &building(p)->node, fresh;
	struct strbuf name = {0};
	U told = *u;

	if (told.protocol == RTPROT_KEEPALIVED)
		told.protocol = 0;
	told.track_group = NULL; /* it may be gone in the end */
	print_selectors(&name, n);
	schema_print_options(&name, &rule_block, &told);
	fresh = entry_name(p, n,
		is_static ? &building(p)->static_rules
			  : &((const struct vrrp_conf *)n->parent)->rules,
		&name);
	strbuf_free(&name);
	return fresh;
}

static bool rule_close(struct parse *p, struct node *n)
{
	U *u = (U *)n;

	if (!consistent(p, u))
		return false;
	settle(p, u);
	return !u->entry.nameless && name_rule(p, u);
}

const struct block rule_block = {
	.name = "@rule",
	.kw = rule_kw,
	.n_kw = ARRAY_SIZE(rule_kw),
	.size = sizeof(U),
	.flags = BLOCK_ENTRIES,
	.open = rule_open,
	.close = rule_close,
	.print = print_selectors,
};
