/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keywords of vrrp_instance, vrrp_sync_group, vrrp_script, and the entries of their lists. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "keepalived/conf/tables.h"

#define SECONDS_MAX   SEC(4294)
#define WEIGHT_UNSET  INT_MIN
#define AUTH_PASS_LEN 8
#define LABEL_MAX     15 /* IFNAMSIZ - 1 */

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

static void fix_family(struct parse *p, struct node *n, const struct kw *kw, const struct stmt *s)
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

static const struct block vip_block = {
	.name = "@address",
	.kw = vip_kw,
	.n_kw = ARRAY_SIZE(vip_kw),
	.size = sizeof(A),
	.flags = BLOCK_ENTRIES,
	.open = vip_open,
	.close = vip_close_advertised,
	.print = vip_print,
};

static const struct block evip_block = {
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

static const struct block peer_block = {
	.name = "vrrp_instance/unicast_peer",
	.kw = peer_kw,
	.n_kw = ARRAY_SIZE(peer_kw),
	.size = sizeof(struct peer_conf),
	.flags = BLOCK_ENTRIES,
	.open = peer_open,
	.close = peer_close,
};

/* ---- trackers ---------------------------------------------------------------------------- */

static int word_open(struct parse *p, struct node *n, const struct stmt *s)
{
	(void)p;
	n->name = stmt_word(s, 0);
	return 1;
}

static bool track_if_close(struct parse *p, struct node *n)
{
	const struct nodes *list = n->parent->block == &vrrp_block
					   ? &((struct vrrp_conf *)n->parent)->track_if
					   : &((struct vrrp_group_conf *)n->parent)->track_if;

	if (schema_named(p, list, n->name)) {
		diag_error(p->diags, n->span, "(%s) interface %s is tracked twice - ignored",
			n->parent->name, n->name);
		return false;
	}
	return true;
}

#define TRACK_WEIGHT(st, df)                                                                      \
	{                                                                                         \
		.name = "weight", .codec = &codec_int, KW_AT(st, weight, KW_IS(st, weight, int)), \
		.min = -253, .max = 253, .flags = KW_LENIENT | KW_DROP, .args = "<int>",          \
		.deflt = df, .unit = "priority",                                                  \
		.doc = "Added to the priority while good (above 0) or bad (below 0)."             \
	}

static const struct kw track_if_kw[] = {
	TRACK_WEIGHT(struct track_if_conf, "0: down means FAULT"),
	KW_SET("reverse", struct track_if_conf, reverse, 0, "Up and down change places."),
};

static const struct block track_if_block = {
	.name = "@track_interface",
	.kw = track_if_kw,
	.n_kw = ARRAY_SIZE(track_if_kw),
	.size = sizeof(struct track_if_conf),
	.flags = BLOCK_ENTRIES,
	.open = word_open,
	.close = track_if_close,
};

#define T struct track_script_conf

static int given_weight_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	if (codec_int.parse(p, n, kw, field, s))
		return -1;
	container_of(field, T, weight)->weight_given = true;
	return 0;
}

static bool given_weight_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	return container_of(field, T, weight)->weight_given && codec_int.print(out, kw, field);
}

static const struct codec codec_given_weight = {
	"weight", 1, 1, given_weight_parse, given_weight_print, type_same_bytes};

static int reverse_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	(void)p;
	(void)n;
	(void)s;
	*(bool *)field = kw->max;
	container_of(field, T, reverse)->reverse_given = true;
	return 0;
}

static bool reverse_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	(void)out;
	return container_of(field, T, reverse)->reverse_given && *(const bool *)field == kw->max;
}

static const struct codec codec_reverse = {
	"flag", 0, 0, reverse_parse, reverse_print, type_same_bytes};

static bool track_script_close(struct parse *p, struct node *n)
{
	T *t = (T *)n;
	const struct nodes *list = n->parent->block == &vrrp_block
					   ? &((struct vrrp_conf *)n->parent)->track_scripts
					   : &((struct vrrp_group_conf *)n->parent)->track_scripts;

	t->script = (struct vrrp_script_conf *)schema_named(p, &building(p)->vrrp_scripts, n->name);
	if (!t->script) {
		diag_error(p->diags, n->span, "(%s) track script %s not found, ignoring...",
			n->parent->name, n->name);
		return false;
	}
	if (schema_named(p, list, n->name)) {
		diag_error(p->diags, n->span, "(%s) track script %s is listed twice - ignored",
			n->parent->name, n->name);
		return false;
	}
	if (!t->weight_given)
		t->weight = t->script->weight;
	if (!t->reverse_given)
		t->reverse = t->script->reverse;
	return true;
}

static const struct kw track_script_kw[] = {
	{.name = "weight",
		.codec = &codec_given_weight,
		KW_AT(T, weight, KW_IS(T, weight, int)),
		.min = -253,
		.max = 253,
		.flags = KW_LENIENT | KW_NO_DEFAULT,
		.args = "<int>",
		.deflt = "weight of the script",
		.unit = "priority",
		.doc = "Added to the priority while good (above 0) or bad (below 0)."},
	{.name = "reverse",
		.codec = &codec_reverse,
		KW_AT(T, reverse, KW_IS(T, reverse, bool)),
		.max = true,
		.flags = KW_FLAG | KW_NO_DEFAULT,
		.deflt = "as the script",
		.doc = "Good and bad change places."},
	{.name = "noreverse",
		.codec = &codec_reverse,
		KW_AT(T, reverse, KW_IS(T, reverse, bool)),
		.max = false,
		.flags = KW_FLAG | KW_NO_DEFAULT,
		.doc = "They do not, even if the script says so."},
};

static const struct block track_script_block = {
	.name = "@track_script",
	.kw = track_script_kw,
	.n_kw = ARRAY_SIZE(track_script_kw),
	.size = sizeof(T),
	.flags = BLOCK_ENTRIES,
	.open = word_open,
	.close = track_script_close,
};

/* ---- vrrp_script ------------------------------------------------------------------------- */

static bool script_close(struct parse *p, struct node *n)
{
	struct vrrp_script_conf *s = (struct vrrp_script_conf *)n;
	struct node *first;

	if (!s->script) {
		if (!schema_given(n, "script"))
			diag_error(p->diags, n->span, "No script set for vrrp_script %s - removing",
				n->name);
		return false;
	}
	if (s->user)
		script_set_user((struct script_conf *)(uintptr_t)s->script, s->user, s->group);
	if (s->timeout < 0)
		s->timeout = s->interval;
	first = schema_named(p, &building(p)->vrrp_scripts, n->name);
	if (!first)
		return true;
	((struct script_conf *)(uintptr_t)s->script)->idle = true;
	diag_also(p->diags,
		diag_warning(p->diags, n->span,
			"vrrp_script %s already defined - this one is not used", n->name),
		first->span, "defined here");
	return false;
}

#define S struct vrrp_script_conf

static const struct kw vrrp_script_kw[] = {
	{.name = "script",
		.codec = &codec_script_only,
		KW_AT(S, script, KW_IS(S, script, const struct script_conf *)),
		.flags = KW_LIVE | KW_SCRIPT | KW_NO_DEFAULT,
		.args = "<script>",
		.doc = "Command; a command that starts with </ tests whether the file opens."},
	KW_TIME("interval", S, interval, MSEC(1), MSEC(1), SECONDS_MAX, SEC(1), KW_LIVE | KW_USE,
		"<decimal>", NULL, "Time between runs."),
	KW_TIME("timeout", S, timeout, MSEC(1), MSEC(1), SECONDS_MAX, -1, KW_LIVE, "<decimal>",
		"interval", "Run time after which it counts as failed and is killed."),
	{.name = "weight",
		.codec = &codec_weight,
		KW_AT(S, weight,
			KW_IS(S, weight, int) &&
				offsetof(S, reverse) == offsetof(S, weight) + sizeof(int)),
		.min = -253,
		.max = 253,
		.flags = KW_EVENT | KW_LENIENT | KW_CLAMP | KW_NO_DEFAULT,
		.args = "<int> [reverse]",
		.deflt = "0",
		.unit = "priority",
		.doc = "0: failure means FAULT; above 0: added while good; below 0: while bad."},
	KW_UINT("rise", S, rise, 1, INT32_MAX, 1, KW_LIVE | KW_LENIENT | KW_USE, "runs", "<uint>",
		"Successes needed to become good."),
	KW_UINT("fall", S, fall, 1, INT32_MAX, 1, KW_LIVE | KW_LENIENT | KW_USE, "runs", "<uint>",
		"Failures needed to become bad."),
	KW_USER(S, user, group, KW_LIVE, "User to run as."),
	KW_SET("init_fail", S, init_fail, KW_LIVE, "Starts in the failed state."),
};

const struct block vrrp_script_block = {
	.name = "vrrp_script",
	.kw = vrrp_script_kw,
	.n_kw = ARRAY_SIZE(vrrp_script_kw),
	.size = sizeof(S),
	.open = open_named,
	.close = script_close,
};

/* ---- notify_deleted ---------------------------------------------------------------------- */

static int deleted_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	container_of(field, struct notify_conf, deleted)->deleted_given = true;
	return s->n > 1 ? codec_script.parse(p, n, kw, field, s) : 0;
}

static bool deleted_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	codec_script.print(out, kw, field);
	return container_of(field, struct notify_conf, deleted)->deleted_given;
}

static bool deleted_equal(const struct kw *kw, const void *a, const void *b)
{
	return codec_script.equal(kw, a, b) &&
	       container_of(a, struct notify_conf, deleted)->deleted_given ==
		       container_of(b, struct notify_conf, deleted)->deleted_given;
}

static const struct codec codec_deleted = {
	"script", 0, 3, deleted_parse, deleted_print, deleted_equal};

#define NOTIFY_ROWS(st)                                                                           \
	KW_SCRIPT_ROW("notify_backup", st, notify.backup, 0, "Run on change to BACKUP."),         \
		KW_SCRIPT_ROW("notify_master", st, notify.master, 0, "Run on change to MASTER."), \
		KW_SCRIPT_ROW("notify_fault", st, notify.fault, 0, "Run on change to FAULT."),    \
		KW_SCRIPT_ROW("notify_stop", st, notify.stop, 0, "Run when VRRP stops."),         \
		KW_SCRIPT_ROW("notify", st, notify.any, 0,                                        \
			"Run on every change, after the specific one, with four more arguments.")

/* ---- vrrp_sync_group --------------------------------------------------------------------- */

static int group_open(struct parse *p, struct node *n, const struct stmt *s)
{
	return open_unique(p, n, s, &building(p)->sync_groups, "vrrp sync group");
}

#define GR struct vrrp_group_conf

static const struct kw group_kw[] = {
	KW_SET("sync_group_tracking_weight", GR, tracking_weight, KW_EVENT,
		"Members keep their weighted trackers."),
	KW_OTHER("global_tracking", "sync_group_tracking_weight", KW_DEPRECATED),
	{.name = "group",
		.block = &name_block,
		KW_AT(GR, members, KW_IS(GR, members, struct nodes)),
		.flags = KW_FIRST | KW_EVENT,
		.args = "{ <instance>... }",
		.doc = "Members, any number per line."},
	KW_LIST("track_interface", GR, track_if, track_if_block, KW_EVENT,
		"{ <ifname> [weight <int> [reverse]] ... }", "Interfaces tracked for all members."),
	KW_LIST("track_script", GR, track_scripts, track_script_block, KW_EVENT,
		"{ <script> [weight <int> [reverse|noreverse]] ... }",
		"Scripts tracked for all members."),
	NOTIFY_ROWS(GR),
	KW_TRI("smtp_alert", GR, smtp_alert, KW_LIVE, "smtp_alert_vrrp, else smtp_alert, else off",
		"Mail on group changes."),
	KW_TRI("notify_priority_changes", GR, notify_priority_changes, KW_LIVE | KW_IDLE, "unset",
		"Value for members that do not set it."),
	KW_NOTYET("track_file"),
	KW_NOTYET("track_process"),
	KW_NOTYET("track_bfd"),
};

const struct block sync_group_block = {
	.name = "vrrp_sync_group",
	.kw = group_kw,
	.n_kw = ARRAY_SIZE(group_kw),
	.size = sizeof(GR),
	.open = group_open,
};

/* ---- vrrp_instance ----------------------------------------------------------------------- */

static int state_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	const char *word = stmt_word(s, 1);
	int *state = field;

	(void)kw;
	if (!strcmp(word, "MASTER")) {
		*state = VRRP_INITIAL_MASTER;
	} else if (strcmp(word, "BACKUP") != 0) {
		diag_error(p->diags, s->word[1].span,
			"(%s) unknown state '%s', defaulting to BACKUP%s", n->name, word,
			!strcasecmp(word, "MASTER") || !strcasecmp(word, "BACKUP")
				? " (it is written in capitals)"
				: "");
		*state = VRRP_INITIAL_BACKUP;
	} else if (*state == VRRP_INITIAL_MASTER) {
		diag_error(p->diags, s->word[1].span, "(%s) state was MASTER already, it stays so",
			n->name);
	} else {
		*state = VRRP_INITIAL_BACKUP;
	}
	return 0;
}

static bool state_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	int state = *(const int *)field;

	(void)kw;
	if (state == VRRP_INITIAL_UNSET)
		return false;
	strbuf_puts(out, state == VRRP_INITIAL_MASTER ? "MASTER" : "BACKUP");
	return true;
}

static const struct codec codec_state = {"state", 1, 1, state_parse, state_print, type_same_bytes};

/* accept and no_accept, preempt and nopreempt: two words for one value. */
static int onoff_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	(void)p;
	(void)n;
	(void)s;
	*(int *)field = (int)kw->max;
	return 0;
}

static bool onoff_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	(void)out;
	return *(const int *)field == (int)kw->max;
}

static const struct codec codec_onoff = {"flag", 0, 0, onoff_parse, onoff_print, type_same_bytes};

static int preempt_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	(void)p;
	(void)n;
	(void)s;
	*(bool *)field = kw->max;
	return 0;
}

static bool preempt_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	(void)out;
	return kw->max && *(const bool *)field;
}

static const struct codec codec_preempt = {
	"flag", 0, 1, preempt_parse, preempt_print, type_same_bytes};

static int expired_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	if (s->n > 1)
		return codec_uint.parse(p, n, kw, field, s);
	*(uint8_t *)field = 254;
	return 0;
}

static bool expired_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	return *(const uint8_t *)field && codec_uint.print(out, kw, field);
}

static const struct codec codec_expired = {
	"uint", 0, 1, expired_parse, expired_print, type_same_bytes};

static int native_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	uint8_t *family = field;

	(void)n;
	if (*family == AF_INET) {
		diag_error(p->diags, s->word[0].span, "%s: the instance is IPv4 already - ignored",
			kw->name);
		return -1;
	}
	*family = AF_INET6;
	return 0;
}

static bool native_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	(void)out;
	(void)kw;
	return *(const uint8_t *)field == AF_INET6;
}

static const struct codec codec_native_ipv6 = {
	"flag", 0, 1, native_parse, native_print, type_same_bytes};

static bool ttl_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	return *(const int *)field >= 0 && codec_int.print(out, kw, field);
}

static const struct codec codec_ttl = {"uint", 1, 1, type_uint_parse, ttl_print, type_same_bytes};

static int auth_pass_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	size_t len = s->word[1].s.n;

	(void)n;
	(void)kw;
	if (len > AUTH_PASS_LEN)
		diag_note(p->diags, s->word[1].span,
			"Truncating auth_pass to 8 characters: the protocol carries no more");
	memset(field, 0, AUTH_PASS_LEN);
	memcpy(field, stmt_word(s, 1), MIN(len, (size_t)AUTH_PASS_LEN));
	return 0;
}

static bool auth_pass_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	char pass[AUTH_PASS_LEN + 1] = {0};

	(void)kw;
	memcpy(pass, field, AUTH_PASS_LEN);
	if (!*pass)
		return false;
	print_word(out, pass);
	return true;
}

static const struct codec codec_auth_pass = {
	"string", 1, 1, auth_pass_parse, auth_pass_print, type_same_bytes};

static const struct enum_word auth_types[] = {
	{"PASS", VRRP_AUTH_PASS, false},
	{"AH", VRRP_AUTH_AH, false},
	{0},
};

#define V struct vrrp_conf

static const struct kw auth_kw[] = {
	KW_ENUM("auth_type", V, auth_type, auth_types, VRRP_AUTH_NONE, KW_EVENT, "PASS|AH",
		"How adverts prove where they come from (VRRPv2)."),
	KW_OF("auth_pass", V, auth_pass, uint8_t[AUTH_PASS_LEN], codec_auth_pass,
		KW_EVENT | KW_SECRET, "<string>", "", "Password of at most 8 characters."),
};

static const struct block auth_block = {
	.name = "vrrp_instance/authentication",
	.kw = auth_kw,
	.n_kw = ARRAY_SIZE(auth_kw),
	.flags = BLOCK_SAME,
};

static int instance_open(struct parse *p, struct node *n, const struct stmt *s)
{
	return open_unique(p, n, s, &building(p)->instances, "vrrp instance");
}

#define GARP_TIME(kwname, fld, df, dc) \
	KW_TIME(kwname, V, fld, SEC(1), 0, SECONDS_MAX, -1, KW_LIVE | KW_LENIENT, "<uint>", df, dc)

static const struct kw vrrp_kw[] = {
	KW_OF("state", V, initial_state, int, codec_state, KW_LIVE, "MASTER|BACKUP",
		"from priority (255 = MASTER, else BACKUP)", "State at start."),
	KW_IFNAME("interface", V, interface, KW_RESTART, "(none)",
		"Interface of adverts and addresses."),
	KW_UINT("virtual_router_id", V, vrid, 1, 255, 0, KW_RESTART | KW_REQUIRED, NULL, "<uint>",
		"Identifies the virtual router on its network."),
	KW_UINT("priority", V, priority, 1, 255, 100, KW_EVENT | KW_USE, NULL, "<uint>",
		"The highest becomes master; 255 owns the addresses."),
	KW_TIME("advert_int", V, advert_int, USEC(1), MSEC(10), SEC(255), SEC(1), KW_EVENT,
		"<decimal>", NULL, "Interval between adverts."),
	KW_UINT("version", V, version, 2, 3, 0, KW_RESTART | KW_LENIENT | KW_FIRST, NULL, "2|3",
		"Protocol version."),
	KW_SAME("authentication", auth_block, 0, "{ auth_type ... auth_pass ... }",
		"Password of VRRPv2."),
	{.name = "nopreempt",
		.codec = &codec_preempt,
		KW_AT(V, nopreempt, KW_IS(V, nopreempt, bool)),
		.max = true,
		.flags = KW_EVENT | KW_FLAG | KW_NO_DEFAULT,
		.args = "(arguments ignored)",
		.deflt = "off",
		.doc = "A master of lower priority is left alone."},
	{.name = "preempt",
		.codec = &codec_preempt,
		KW_AT(V, nopreempt, KW_IS(V, nopreempt, bool)),
		.max = false,
		.flags = KW_EVENT | KW_FLAG | KW_NO_DEFAULT,
		.args = "(arguments ignored)",
		.deflt = "on",
		.doc = "Takes over from a master of lower priority."},
	KW_TIME("preempt_delay", V, preempt_delay, USEC(1), 0, SEC(1000), 0, KW_LIVE | KW_USE,
		"<decimal>", NULL, "Time after start before taking over."),
	{.name = "accept",
		.codec = &codec_onoff,
		KW_AT(V, accept, KW_IS(V, accept, int)),
		.max = TRI_ON,
		.def = TRI_UNSET,
		.flags = KW_RESTART | KW_FLAG,
		.args = "(arguments ignored)",
		.deflt = "on; strict and not owner: off",
		.doc = "Traffic to the addresses is accepted."},
	{.name = "no_accept",
		.codec = &codec_onoff,
		KW_AT(V, accept, KW_IS(V, accept, int)),
		.max = TRI_OFF,
		.def = TRI_UNSET,
		.flags = KW_RESTART | KW_FLAG | KW_IDLE,
		.args = "(arguments ignored)",
		.doc = "It is not, unless this router owns them."},
	KW_TRI("strict_mode", V, strict, KW_RESTART, "vrrp_strict", "Only what the RFC allows."),
	KW_UINT("down_timer_adverts", V, down_timer_adverts, 1, 100, 0, KW_EVENT | KW_LENIENT,
		"adverts", "<uint>", "Advert intervals missed before the master is down."),
	{.name = "timer_expired_backup",
		.codec = &codec_expired,
		KW_AT(V, timer_expired_backup, KW_IS(V, timer_expired_backup, uint8_t)),
		.min = 1,
		.max = 254,
		.flags = KW_EVENT | KW_NO_DEFAULT,
		.args = "[<uint>]",
		.deflt = "off; bare: 254",
		.unit = "priority",
		.doc = "With nopreempt: priority used after the master's timer expired."},
	KW_OTHER("thread_timer_expired", "timer_expired_backup", KW_DEPRECATED),
	KW_SET("dont_track_primary", V, dont_track_primary, KW_EVENT,
		"The state of the own interface does not matter."),
	KW_SET("track_src_ip", V, track_src_ip, KW_EVENT,
		"FAULT while the source address is missing."),
	KW_TRI("lower_prio_no_advert", V, lower_prio_no_advert, KW_LIVE,
		"vrrp_lower_prio_no_advert; strict: on",
		"No answer to an advert of lower priority."),
	KW_TRI("higher_prio_send_advert", V, higher_prio_send_advert, KW_LIVE,
		"vrrp_higher_prio_send_advert; strict: off",
		"One more advert after one of higher priority."),
	KW_TRI("owner_ignore_adverts", V, owner_ignore_adverts, KW_LIVE,
		"priority 255: strict on, else vrrp_owner_ignore_adverts; otherwise off",
		"The address owner does not react to adverts."),
	KW_SET("no_virtual_ipaddress", V, no_virtual_ipaddress, KW_LIVE,
		"An instance without addresses is meant."),
	KW_SET("promote_secondaries", V, promote_secondaries, KW_LIVE | KW_IDLE,
		"Removing the first address of a subnet keeps the others."),
	{.name = "native_ipv6",
		.codec = &codec_native_ipv6,
		KW_AT(V, family, KW_IS(V, family, uint8_t)),
		.flags = KW_RESTART | KW_FLAG | KW_NO_DEFAULT,
		.args = "(arguments ignored)",
		.deflt = "off",
		.doc = "The instance is IPv6, whatever comes first."},
	{.name = "mcast_src_ip",
		.codec = &codec_addr,
		KW_AT(V, src_ip, KW_IS(V, src_ip, struct addr)),
		.flags = KW_EVENT,
		.hook = fix_family,
		.args = "<ip>",
		.deflt = "first address of the interface",
		.doc = "Source address of adverts."},
	KW_OTHER("unicast_src_ip", "mcast_src_ip", 0),
	{.name = "mcast_dst_ip",
		.codec = &codec_addr,
		KW_AT(V, mcast_dst, KW_IS(V, mcast_dst, struct addr)),
		.flags = KW_RESTART,
		.hook = fix_family,
		.args = "<multicast ip>",
		.deflt = "vrrp_mcast_group4, vrrp_mcast_group6",
		.doc = "Multicast group of adverts."},
	KW_LIST("unicast_peer", V, peers, peer_block, KW_EVENT,
		"{ <ip> [min_ttl <n>] [max_ttl <n>] ... }",
		"Adverts go to these instead of a group."),
	KW_SET("unicast_fault_no_peer", V, unicast_fault_no_peer, KW_EVENT,
		"FAULT when unicast is meant and no peer is left."),
	KW_SET("check_unicast_src", V, check_unicast_src, KW_LIVE,
		"Unicast adverts must come from a configured peer."),
	{.name = "unicast_ttl",
		.codec = &codec_ttl,
		KW_AT(V, unicast_ttl, KW_IS(V, unicast_ttl, int)),
		.min = 0,
		.max = 255,
		.def = -1,
		.flags = KW_EVENT,
		.args = "<uint>",
		.deflt = "255 for IPv4, kernel default for IPv6",
		.doc = "TTL or hop limit of unicast adverts."},
	KW_TRI("v3_checksum_as_v2", V, v3_checksum_as_v2, KW_LIVE,
		"v3_checksum_as_v2 of global_defs",
		"VRRPv3 checksum over IPv4 without the pseudo header."),
	KW_TRI("skip_check_adv_addr", V, skip_check_adv_addr, KW_LIVE, "vrrp_skip_check_adv_addr",
		"Addresses in adverts of a known master are not compared again."),
	KW_LIST("virtual_ipaddress", V, vips, vip_block, KW_LIVE, "{ <address entry>... }",
		"Addresses that follow the master."),
	KW_LIST("virtual_ipaddress_excluded", V, evips, evip_block, KW_LIVE,
		"{ <address entry>... }", "The same, not carried in adverts."),
	GARP_TIME("garp_master_delay", garp_master_delay, "vrrp_garp_master_delay",
		"Time before the second set of gratuitous ARPs; 0: none."),
	KW_TIME("garp_master_refresh", V, garp_master_refresh, SEC(1), 0, SEC(4294967295), -1,
		KW_LIVE | KW_LENIENT, "<uint>", "vrrp_garp_master_refresh",
		"Time between refreshing sets while master."),
	KW_UINT("garp_master_repeat", V, garp_master_repeat, 1, UINT32_MAX, 0,
		KW_LIVE | KW_LENIENT | KW_CLAMP, "messages", "<uint>",
		"Gratuitous ARPs per address after becoming master."),
	KW_UINT("garp_master_refresh_repeat", V, garp_master_refresh_repeat, 1, UINT32_MAX, 0,
		KW_LIVE | KW_LENIENT | KW_CLAMP, "messages", "<uint>",
		"Gratuitous ARPs per address in a refreshing set."),
	GARP_TIME("garp_lower_prio_delay", garp_lower_prio_delay, "vrrp_garp_lower_prio_delay",
		"As garp_master_delay, after an advert of lower priority."),
	KW_UINT("garp_lower_prio_repeat", V, garp_lower_prio_repeat, 0, INT32_MAX, UINT32_MAX,
		KW_LIVE | KW_LENIENT, "messages", "<uint>",
		"As garp_master_repeat, after an advert of lower priority."),
	KW_LIST("track_interface", V, track_if, track_if_block, KW_EVENT,
		"{ <ifname> [weight <int> [reverse]] ... }", "Interfaces whose state counts."),
	KW_LIST("track_script", V, track_scripts, track_script_block, KW_EVENT,
		"{ <script> [weight <int> [reverse|noreverse]] ... }",
		"Scripts whose result counts."),
	NOTIFY_ROWS(V),
	KW_SCRIPT_ROW("notify_master_rx_lower_pri", V, notify.master_rx_lower_pri, 0,
		"Run when a master hears an advert of lower priority."),
	{.name = "notify_deleted",
		.codec = &codec_deleted,
		KW_AT(V, notify.deleted, KW_IS(V, notify.deleted, const struct script_conf *)),
		.flags = KW_FIRST | KW_SCRIPT | KW_NO_DEFAULT | KW_LIVE,
		.args = "[<script> [user [:][group]]]",
		.deflt = "off: FAULT is reported",
		.doc = "Run when a reload removes the instance; bare: DELETED is reported."},
	KW_TRI("smtp_alert", V, smtp_alert, KW_LIVE, "smtp_alert_vrrp, else smtp_alert, else off",
		"Mail on changes of state."),
	KW_TRI("notify_priority_changes", V, notify_priority_changes, KW_LIVE | KW_IDLE,
		"of the sync group, else vrrp_notify_priority_changes",
		"Notifications also for changes of priority."),
	KW_NOTYET("use_vmac"),
	KW_NOTYET("use_vmac_addr"),
	KW_NOTYET("vmac_xmit_base"),
	KW_NOTYET("use_ipvlan"),
	KW_NOTYET("old_unicast_checksum"),
	KW_NOTYET("vrf"),
	KW_NOTYET("track_file"),
	KW_NOTYET("track_process"),
	KW_NOTYET("track_bfd"),
	KW_NOTYET("linkbeat_use_polling"),
	KW_NOTYET("virtual_routes"),
	KW_NOTYET("virtual_rules"),
	KW_NOTYET("debug"),
	KW_NOTYET("lvs_sync_daemon_interface"),
	KW_NOTYET("garp_extra_if"),
	KW_NOTYET("vmac_garp_intvl"),
	KW_NOTYET("kernel_rx_buf_size"),
	KW_NOTYET("auth_hmac"),
};

static unsigned instance_compare(const struct node *a, const struct node *b)
{
	const V *x = (const V *)a, *y = (const V *)b;

	return x->family != y->family || x->unicast != y->unicast ? KW_RESTART : 0;
}

const struct block vrrp_block = {
	.name = "vrrp_instance",
	.kw = vrrp_kw,
	.n_kw = ARRAY_SIZE(vrrp_kw),
	.size = sizeof(V),
	.open = instance_open,
	.compare = instance_compare,
};
