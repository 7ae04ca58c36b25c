/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules over the finished VRRP part: what depends on more than one keyword. Each rule is a small
 * function; the order of the calls matters where a rule reads what another one settled. Nothing
 * here asks the machine: whether an interface exists or can do multicast is seen at run time.
 */
#include <inttypes.h>
#include <string.h>

#include "keepalived/conf/rules.h"
#include "lib/schema_names.h"

#define CENTI_MAX      CENTI(4095) /* 12 bits of hundredths, RFC 9568 5.2.7 */
#define VIPS_MAX       255         /* the count is one byte, RFC 9568 5.2.4 */
#define OWNER          255
#define STRICT_ADVERTS 3

struct vrrp_rules {
	struct conf *conf;
	struct diags *diags;
	struct names *vrids; /* keys of instances that must not meet */
};

static struct span at(const struct vrrp_conf *v, const char *keyword)
{
	return schema_place(&v->node, keyword);
}

static bool given(const struct vrrp_conf *v, const char *keyword)
{
	return schema_given(&v->node, keyword);
}

static bool is_owner(const struct vrrp_conf *v)
{
	return v->priority == OWNER;
}

#define fatal(d, span, ...) diag_add((d), DIAG_ERROR, DIAG_REQUIRED, (span), __VA_ARGS__)

/* ---- who and where ----------------------------------------------------------------------- */

static bool means_unicast(const struct vrrp_conf *v)
{
	return v->peers.n || given(v, "unicast_peer") || given(v, "unicast_src_ip") ||
	       given(v, "unicast_ttl") || v->check_unicast_src || v->unicast_fault_no_peer;
}

static void identity(struct vrrp_rules *r, struct vrrp_conf *v)
{
	if (!given(v, "virtual_router_id"))
		fatal(r->diags, v->node.span, "(%s) the virtual router id must be set",
			v->node.name);
	if (!v->interface && !means_unicast(v))
		fatal(r->diags, v->node.span,
			"(%s) Unknown interface! (neither 'interface' nor a unicast keyword is given)",
			v->node.name);
	if (!v->family)
		v->family = AF_INET;
}

static void unicast(struct vrrp_rules *r, struct vrrp_conf *v)
{
	v->unicast = v->peers.n;
	v->check_unicast_src |= r->conf->global.check_unicast_src;
	if (!v->unicast && means_unicast(v) && !v->unicast_fault_no_peer && v->interface)
		diag_error(r->diags, at(v, "unicast_src_ip"),
			"(%s) unicast keyword but no unicast_peer - multicast is used",
			v->node.name);
	if (v->unicast && v->mcast_dst.family) {
		diag_error(r->diags, at(v, "mcast_dst_ip"),
			"(%s) mcast_dst_ip has no meaning with unicast_peer - ignored",
			v->node.name);
		v->mcast_dst = (struct addr){0};
	}
	if (v->mcast_dst.family && !addr_is_multicast(&v->mcast_dst)) {
		diag_error(r->diags, at(v, "mcast_dst_ip"),
			"(%s) mcast_dst_ip is no multicast address - ignored", v->node.name);
		v->mcast_dst = (struct addr){0};
	}
	if (!v->mcast_dst.family && !v->unicast)
		v->mcast_dst = v->family == AF_INET ? r->conf->global.mcast_group4
						    : r->conf->global.mcast_group6;
	if (v->interface || !means_unicast(v))
		return;
	if (!v->src_ip.family)
		fatal(r->diags, v->node.span, "(%s) without interface, unicast_src_ip must be set",
			v->node.name);
	else if (v->src_ip.family == AF_INET6 && addr_is_link_local(&v->src_ip))
		fatal(r->diags, at(v, "unicast_src_ip"),
			"(%s) a link-local source address needs an interface", v->node.name);
}

static void version(struct vrrp_rules *r, struct vrrp_conf *v)
{
	if (!v->version)
		v->version = v->family == AF_INET6 ? 3 : r->conf->global.vrrp_version;
	if (v->family != AF_INET6 || v->version != 2)
		return;
	diag_error(r->diags, at(v, "version"), "(%s) version 2 has no IPv6 - using version 3",
		v->node.name);
	v->version = 3;
}

/* ---- state and preemption ---------------------------------------------------------------- */

static void priority(struct vrrp_rules *r, struct vrrp_conf *v)
{
	bool master = v->initial_state == VRRP_INITIAL_MASTER;

	if (!given(v, "priority") && master) {
		v->priority = OWNER;
		schema_imply(r->conf->arena, &v->node, "priority", at(v, "state"));
	}
	if (v->strict && given(v, "state") && master != is_owner(v)) {
		diag_error(r->diags, at(v, "state"),
			"(%s) State MASTER must match being address owner (priority 255) in strict mode "
			"- starting as %s",
			v->node.name, is_owner(v) ? "MASTER" : "BACKUP");
		v->initial_state = VRRP_INITIAL_UNSET;
	}
	if (v->initial_state == VRRP_INITIAL_UNSET)
		v->initial_state = is_owner(v) ? VRRP_INITIAL_MASTER : VRRP_INITIAL_BACKUP;
}

static void preemption(struct vrrp_rules *r, struct vrrp_conf *v)
{
	bool master = v->initial_state == VRRP_INITIAL_MASTER;

	if (v->nopreempt && (master || is_owner(v))) {
		diag_warning(r->diags, at(v, "nopreempt"),
			"(%s) Warning - nopreempt will not work with %s - clearing", v->node.name,
			is_owner(v) ? "priority 255" : "initial state MASTER");
		v->nopreempt = false;
	}
	if (v->preempt_delay && (master || v->strict || v->nopreempt)) {
		diag_warning(r->diags, at(v, "preempt_delay"),
			"(%s) Warning - preempt delay will not work with %s - clearing",
			v->node.name,
			v->strict      ? "strict mode"
			: v->nopreempt ? "nopreempt"
				       : "initial state MASTER");
		v->preempt_delay = 0;
	}
	if (v->timer_expired_backup && !v->nopreempt) {
		diag_warning(r->diags, at(v, "timer_expired_backup"),
			"(%s) timer_expired_backup works only with nopreempt - clearing",
			v->node.name);
		v->timer_expired_backup = 0;
	}
}

/* ---- packets ----------------------------------------------------------------------------- */

static const char *why_no_auth(const struct vrrp_conf *v)
{
	if (v->version == 3)
		return "VRRP version 3 does not support authentication. Ignoring.";
	if (v->strict)
		return "Strict mode does not support authentication. Ignoring.";
	if (v->auth_type == VRRP_AUTH_AH && v->family == AF_INET6)
		return "AH is not supported with IPv6. Ignoring authentication.";
	if (!v->auth_pass[0])
		return "Authentication specified but no password given. Ignoring";
	return NULL;
}

static void authentication(struct vrrp_rules *r, struct vrrp_conf *v)
{
	const char *why;

	if (v->auth_type == VRRP_AUTH_NONE && v->auth_pass[0] && !given(v, "auth_type"))
		diag_warning(r->diags, at(v, "auth_pass"),
			"(%s) auth_pass without auth_type: adverts are not authenticated",
			v->node.name);
	why = v->auth_type == VRRP_AUTH_NONE ? NULL : why_no_auth(v);
	if (why && (v->auth_pass[0] || !given(v, "auth_pass")))
		diag_warning(r->diags, at(v, "auth_type"), "(%s) %s", v->node.name, why);
	if (why || v->auth_type == VRRP_AUTH_NONE) {
		v->auth_type = VRRP_AUTH_NONE;
		memset(v->auth_pass, 0, sizeof(v->auth_pass));
	}
	if (v->auth_type == VRRP_AUTH_AH)
		diag_error(r->diags, at(v, "auth_type"),
			"(%s) auth_type AH is not supported yet - the instance stays in FAULT",
			v->node.name);
}

static void advert_interval(struct vrrp_rules *r, struct vrrp_conf *v)
{
	ktime unit = v->version == 2 ? SEC(1) : CENTI(1);
	ktime rounded = (v->advert_int + unit / 2) / unit * unit;
	struct strbuf text = {0};

	rounded = MAX(rounded, unit);
	if (v->version == 3)
		rounded = MIN(rounded, CENTI_MAX);
	if (rounded == v->advert_int)
		return;
	print_time(&text, rounded);
	diag_warning(r->diags, at(v, "advert_int"),
		"(%s) VRRP version %d cannot carry this interval - using %s seconds", v->node.name,
		v->version, text.text);
	strbuf_free(&text);
	v->advert_int = rounded;
}

/* ---- addresses --------------------------------------------------------------------------- */

struct vip_rules {
	struct vrrp_rules *rules;
	struct vrrp_conf *instance;
	struct names *seen;
};

static bool vip_usable(struct node *n, void *ctx)
{
	struct vip_rules *r = ctx;
	struct vip_conf *vip = (struct vip_conf *)n;
	struct arena *arena = r->rules->conf->arena;
	char buf[ADDR_STRLEN];
	struct node *first;

	if (!vip->dev)
		vip->dev = r->instance->interface;
	addr_str(&vip->addr, buf);
	if (!vip->dev && !means_unicast(r->instance))
		return false; /* already said of the instance */
	if (!vip->dev) {
		diag_error(r->rules->diags, n->span, "(%s) VIP %s has no interface (dev) - removed",
			r->instance->node.name, buf);
		return false;
	}
	n->name = arena_printf(arena, "%s/%d dev %s", buf, vip->prefixlen, vip->dev);
	first = names_find(r->seen, NULL, n->name);
	if (first) {
		diag_also(r->rules->diags,
			diag_error(r->rules->diags, n->span,
				"(%s): VIP duplicates a VIP %s/%d - ignoring",
				r->instance->node.name, buf, vip->prefixlen),
			first->span, "given here before");
		return false;
	}
	names_add(r->seen, NULL, n);
	return true;
}

static void too_many_vips(struct vrrp_rules *r, struct vrrp_conf *v)
{
	struct nodes all = v->vips;
	struct node *n = all.first, *next;

	if (all.n <= VIPS_MAX)
		return;
	diag_warning(r->diags, at(v, "virtual_ipaddress"),
		"(%s) an advert carries %d addresses - the other %" PRIu32
		" are treated as virtual_ipaddress_excluded",
		v->node.name, VIPS_MAX, all.n - VIPS_MAX);
	v->vips = (struct nodes){0};
	for (; n; n = next) {
		next = n->next;
		nodes_add(v->vips.n < VIPS_MAX ? &v->vips : &v->evips, n);
	}
}

static void no_vip(struct vrrp_rules *r, struct vrrp_conf *v)
{
	if (v->vips.n || (v->no_virtual_ipaddress && !v->strict))
		return;
	if (v->version == 3 || v->strict)
		fatal(r->diags, v->node.span, "(%s) No VIP specified; %s requires at least one",
			v->node.name, v->strict ? "strict mode" : "VRRP version 3");
	else if (!v->vips.refused)
		diag_warning(r->diags, at(v, "virtual_ipaddress"),
			"(%s) No VIP specified; at least one is sensible", v->node.name);
}

static void addresses(struct vrrp_rules *r, struct vrrp_conf *v)
{
	struct vip_rules vr = {r, v, names_new()};
	const struct vip_conf *first;

	nodes_filter(&v->vips, vip_usable, &vr);
	nodes_filter(&v->evips, vip_usable, &vr);
	names_free(vr.seen);
	too_many_vips(r, v);
	no_vip(r, v);
	first = (const struct vip_conf *)v->vips.first;
	if (v->family != AF_INET6 || v->unicast || !first || addr_is_link_local(&first->addr))
		return;
	diag_add(r->diags, v->strict ? DIAG_ERROR : DIAG_NOTE, DIAG_CONFIG, first->node.span,
		"(%s) the first IPv6 VIP should be link-local (RFC 9568 5.2.9)", v->node.name);
}

/* ---- settings from elsewhere ------------------------------------------------------------- */

static void global_defaults(struct global_conf *g)
{
	if (g->garp_lower_prio_delay < 0)
		g->garp_lower_prio_delay = g->garp_master_delay;
	if (g->garp_lower_prio_repeat == UINT32_MAX)
		g->garp_lower_prio_repeat = g->garp_master_repeat;
}

static int tri(int own, int otherwise)
{
	return own != TRI_UNSET ? own : otherwise == TRI_UNSET ? TRI_OFF : otherwise;
}

/* One announcement and no more, where the instance does not say otherwise. */
static void minimal_garp(struct vrrp_conf *v)
{
	if (!v->garp_master_repeat)
		v->garp_master_repeat = 1;
	if (v->garp_master_delay < 0)
		v->garp_master_delay = 0;
	if (v->garp_master_refresh < 0)
		v->garp_master_refresh = 0;
}

static void announcing(const struct global_conf *g, struct vrrp_conf *v)
{
	if (g->min_garp)
		minimal_garp(v);
	if (!v->garp_master_repeat)
		v->garp_master_repeat = g->garp_master_repeat;
	if (!v->garp_master_refresh_repeat)
		v->garp_master_refresh_repeat = g->garp_master_refresh_repeat;
	if (v->garp_lower_prio_repeat == UINT32_MAX)
		v->garp_lower_prio_repeat = v->strict ? 0 : g->garp_lower_prio_repeat;
	if (v->garp_master_delay < 0)
		v->garp_master_delay = g->garp_master_delay;
	if (v->garp_master_refresh < 0)
		v->garp_master_refresh = g->garp_master_refresh;
	if (v->garp_lower_prio_delay < 0)
		v->garp_lower_prio_delay = v->strict ? 0 : g->garp_lower_prio_delay;
}

static void owner_adverts(struct vrrp_rules *r, struct vrrp_conf *v)
{
	if (v->owner_ignore_adverts == TRI_ON && !is_owner(v))
		diag_warning(r->diags, at(v, "owner_ignore_adverts"),
			"(%s) owner_ignore_adverts needs priority 255 - off", v->node.name);
	if (!is_owner(v))
		v->owner_ignore_adverts = TRI_OFF;
	else if (v->strict)
		v->owner_ignore_adverts = TRI_ON;
	else
		v->owner_ignore_adverts =
			tri(v->owner_ignore_adverts, r->conf->global.owner_ignore_adverts);
}

static void inherited(struct vrrp_rules *r, struct vrrp_conf *v)
{
	const struct global_conf *g = &r->conf->global;

	announcing(g, v);
	owner_adverts(r, v);
	if (!v->down_timer_adverts)
		v->down_timer_adverts = v->strict ? STRICT_ADVERTS : g->down_timer_adverts;
	v->lower_prio_no_advert =
		tri(v->lower_prio_no_advert, v->strict ? TRI_ON : g->lower_prio_no_advert);
	v->higher_prio_send_advert =
		tri(v->higher_prio_send_advert, v->strict ? TRI_OFF : g->higher_prio_send_advert);
	v->v3_checksum_as_v2 = tri(v->v3_checksum_as_v2, g->v3_checksum_as_v2);
	v->skip_check_adv_addr = tri(v->skip_check_adv_addr, g->skip_check_adv_addr);
	v->accept = tri(v->accept, v->strict && !is_owner(v) ? TRI_OFF : TRI_ON);
	v->smtp_alert = tri(v->smtp_alert, tri(g->smtp_alert_vrrp, g->smtp_alert));
	v->notify_priority_changes = tri(v->notify_priority_changes,
		v->group && v->group->notify_priority_changes != TRI_UNSET
			? v->group->notify_priority_changes
			: g->notify_priority_changes);
}

/* ---- strict mode ------------------------------------------------------------------------- */

static void not_strict(
	struct vrrp_rules *r, struct vrrp_conf *v, const char *keyword, const char *now)
{
	diag_warning(r->diags, at(v, keyword), "(%s) strict mode does not allow %s - %s",
		v->node.name, keyword, now);
}

static void strict_mode(struct vrrp_rules *r, struct vrrp_conf *v)
{
	if (v->strict == TRI_UNSET)
		v->strict = r->conf->global.strict;
	if (!v->strict)
		return;
	if (v->down_timer_adverts && v->down_timer_adverts != STRICT_ADVERTS) {
		not_strict(r, v, "down_timer_adverts", "using 3");
		v->down_timer_adverts = STRICT_ADVERTS;
	}
	if (v->garp_lower_prio_repeat && v->garp_lower_prio_repeat != UINT32_MAX) {
		not_strict(r, v, "garp_lower_prio_repeat", "using 0");
		v->garp_lower_prio_repeat = 0;
	}
	if (v->garp_lower_prio_delay > 0) {
		not_strict(r, v, "garp_lower_prio_delay", "using 0");
		v->garp_lower_prio_delay = 0;
	}
	if (v->lower_prio_no_advert == TRI_OFF) {
		not_strict(r, v, "lower_prio_no_advert", "on");
		v->lower_prio_no_advert = TRI_ON;
	}
	if (v->higher_prio_send_advert == TRI_ON) {
		not_strict(r, v, "higher_prio_send_advert", "off");
		v->higher_prio_send_advert = TRI_OFF;
	}
	if (v->no_virtual_ipaddress) {
		not_strict(r, v, "no_virtual_ipaddress", "ignored");
		v->no_virtual_ipaddress = false;
	}
	if (v->peers.n)
		diag_warning(r->diags, at(v, "unicast_peer"),
			"(%s) Unicast peers are not supported in strict mode - they are used all the "
			"same",
			v->node.name);
}

/* Once version and ownership are known. */
static void strict_accept(struct vrrp_rules *r, struct vrrp_conf *v)
{
	if (!v->strict || v->version != 2 || v->accept != TRI_ON || is_owner(v))
		return;
	not_strict(r, v, "accept", "off");
	v->accept = TRI_OFF;
}

/* What strict mode implies and this version cannot do; once, since it is so for all of them. */
static void no_filter(struct vrrp_rules *r)
{
	const struct vrrp_conf *v;

	nodes_for_each(v, &r->conf->instances)
		if (v->accept == TRI_OFF && !given(v, "no_accept")) {
			diag_warning(r->diags, v->node.span,
				"(%s) strict mode forbids packets to the virtual addresses, but this "
				"version has no filter yet: they are accepted",
				v->node.name);
			return;
		}
}

/* ---- trackers ---------------------------------------------------------------------------- */

static bool not_own_interface(struct node *n, void *ctx)
{
	struct vip_rules *r = ctx;

	if (!r->instance->interface || strcmp(n->name, r->instance->interface) != 0)
		return true;
	diag_warning(r->rules->diags, n->span,
		"(%s) Ignoring track_interface %s since own interface", r->instance->node.name,
		n->name);
	return false;
}

/* Weights make no sense for an owner, and in a group only if it says so. */
static bool unweighted(struct node *n, void *ctx)
{
	struct vip_rules *r = ctx;
	int weight = n->block->open && !strcmp(n->block->name, "@track_interface")
			     ? ((struct track_if_conf *)n)->weight
			     : ((struct track_script_conf *)n)->weight;

	if (!weight)
		return true;
	diag_warning(r->rules->diags, n->span, "(%s) weighted tracker %s ignored: %s",
		r->instance->node.name, n->name,
		is_owner(r->instance) ? "the priority of an address owner is fixed"
				      : "in a sync group it needs sync_group_tracking_weight");
	return false;
}

static void trackers(struct vrrp_rules *r, struct vrrp_conf *v)
{
	struct vip_rules ctx = {r, v, NULL};
	struct track_if_conf *t;
	bool sync = v->group && !v->group->tracking_weight;

	nodes_filter(&v->track_if, not_own_interface, &ctx);
	if (!sync && !is_owner(v))
		return;
	if (is_owner(v))
		nodes_filter(&v->track_if, unweighted, &ctx);
	nodes_filter(&v->track_scripts, unweighted, &ctx);
	nodes_for_each(t, &v->track_if) {
		if (t->weight)
			diag_warning(r->diags, t->node.span,
				"(%s) weight of interface %s ignored: in a sync group it needs "
				"sync_group_tracking_weight",
				v->node.name, t->node.name);
		t->weight = 0;
	}
}

/* ---- sync groups ------------------------------------------------------------------------- */

static void join(struct vrrp_rules *r, struct vrrp_group_conf *g, const struct node *member,
	struct vrrp_conf *v)
{
	if (!v) {
		diag_error(r->diags, member->span,
			"Virtual router %s specified in sync group %s doesn't exist - ignoring",
			member->name, g->node.name);
		return;
	}
	if (v->group) {
		diag_error(r->diags, member->span,
			"Virtual router %s cannot exist in more than one sync group; ignoring %s",
			member->name, g->node.name);
		return;
	}
	v->group = g;
	g->member[g->n_members++] = v;
}

static void members(struct vrrp_rules *r, struct vrrp_group_conf *g, const struct node_map *map)
{
	struct node *n;

	g->member = arena_alloc(r->conf->arena, (g->members.n + 1) * sizeof(struct vrrp_conf *));
	for (n = g->members.first; n; n = n->next)
		join(r, g, n, (struct vrrp_conf *)node_map_find(map, n->name));
	if (!g->n_members)
		diag_error(r->diags, g->node.span, "Sync group %s has no virtual router - removing",
			g->node.name);
	else if (g->n_members == 1)
		diag_warning(r->diags, g->node.span,
			"Sync group %s has only 1 virtual router(s) - this probably isn't what you want",
			g->node.name);
}

static bool group_used(struct node *n, void *ctx)
{
	(void)ctx;
	return ((struct vrrp_group_conf *)n)->n_members != 0;
}

/* A group starts as backup unless every member owns its addresses. */
static void group_start(struct vrrp_rules *r, struct vrrp_group_conf *g)
{
	const struct global_conf *global = &r->conf->global;
	struct track_if_conf *i;
	struct track_script_conf *s;
	bool all = true, any = false;

	for (uint32_t k = 0; k < g->n_members; k++) {
		const struct vrrp_conf *v = g->member[k];

		any |= is_owner(v);
		all &= is_owner(v) && v->initial_state == VRRP_INITIAL_MASTER;
	}
	for (uint32_t k = 0; k < g->n_members && !all; k++)
		g->member[k]->initial_state = VRRP_INITIAL_BACKUP;
	nodes_for_each(i, &g->track_if)
		i->weight = any ? 0 : i->weight;
	nodes_for_each(s, &g->track_scripts)
		s->weight = any ? 0 : s->weight;
	g->smtp_alert = tri(g->smtp_alert, tri(global->smtp_alert_vrrp, global->smtp_alert));
	g->notify_priority_changes = tri(g->notify_priority_changes, TRI_OFF);
}

/* ---- duplicates -------------------------------------------------------------------------- */

/* Registers a key; the instance that had it before, or NULL. */
static struct node *taken(struct vrrp_rules *r, struct vrrp_conf *v, const char *key)
{
	struct node *first = names_find(r->vrids, NULL, key), *n;

	if (first)
		return first->parent;
	n = arena_new_of(r->conf->arena, struct node);
	n->name = key;
	n->parent = &v->node;
	names_add(r->vrids, NULL, n);
	return NULL;
}

static struct node *rival(struct vrrp_rules *r, struct vrrp_conf *v)
{
	struct arena *a = r->conf->arena;
	const char *dev = v->interface ? v->interface : "";
	char dst[ADDR_STRLEN], src[ADDR_STRLEN];
	struct node *other = NULL;
	struct peer_conf *p;

	if (!v->unicast)
		return taken(r, v,
			arena_printf(a, "%d/%d/%s/%s", v->vrid, v->family, dev,
				addr_str(&v->mcast_dst, dst)));
	addr_str(&v->src_ip, src);
	nodes_for_each(p, &v->peers) {
		struct node *n = taken(
			r, v, arena_printf(a, "%d/%s/%s>%s", v->vrid, dev, src, p->node.name));

		other = other ? other : n;
	}
	return other;
}

static void duplicate_vrid(struct vrrp_rules *r, struct vrrp_conf *v)
{
	struct node *other = v->vrid ? rival(r, v) : NULL;

	if (!other || other == &v->node)
		return;
	diag_also(r->diags,
		fatal(r->diags, at(v, "virtual_router_id"),
			"%s and %s both use VRID %d with IPv%d on interface %s", other->name,
			v->node.name, v->vrid, v->family == AF_INET ? 4 : 6,
			v->interface ? v->interface : "(none)"),
		schema_place(other, "virtual_router_id"), "used here before");
}

/* ---- scripts ----------------------------------------------------------------------------- */

static void use_scripts(struct names *used, const struct nodes *list)
{
	const struct track_script_conf *t;

	nodes_for_each(t, list)
		names_add(used, NULL, (struct node *)(uintptr_t)&t->node);
}

struct script_rules {
	struct diags *diags;
	struct names *used;
};

static bool script_used(struct node *n, void *ctx)
{
	struct script_rules *r = ctx;

	if (names_find(r->used, NULL, n->name))
		return true;
	diag_note(r->diags, n->span,
		"vrrp_script %s is not used by any track_script - it is not run", n->name);
	((struct script_conf *)(uintptr_t)((struct vrrp_script_conf *)n)->script)->idle = true;
	return false;
}

static void unused_scripts(struct vrrp_rules *r)
{
	struct script_rules sr = {r->diags, names_new()};
	const struct vrrp_conf *v;
	const struct vrrp_group_conf *g;

	nodes_for_each(v, &r->conf->instances)
		use_scripts(sr.used, &v->track_scripts);
	nodes_for_each(g, &r->conf->sync_groups)
		use_scripts(sr.used, &g->track_scripts);
	nodes_filter(&r->conf->vrrp_scripts, script_used, &sr);
	names_free(sr.used);
}

/* ---- all --------------------------------------------------------------------------------- */

void rules_vrrp(struct conf *c, struct diags *diags)
{
	struct vrrp_rules r = {c, diags, names_new()};
	struct node_map *map = node_map_new(&c->instances);
	struct vrrp_group_conf *g;
	struct vrrp_conf *v;

	global_defaults(&c->global);
	nodes_for_each(g, &c->sync_groups)
		members(&r, g, map);
	nodes_filter(&c->sync_groups, group_used, NULL);
	node_map_free(map);
	nodes_for_each(v, &c->instances) {
		identity(&r, v);
		strict_mode(&r, v);
		version(&r, v);
		priority(&r, v);
		authentication(&r, v);
		unicast(&r, v);
		addresses(&r, v);
		preemption(&r, v);
		advert_interval(&r, v);
		duplicate_vrid(&r, v);
		trackers(&r, v);
		strict_accept(&r, v);
		inherited(&r, v);
	}
	no_filter(&r);
	nodes_for_each(g, &c->sync_groups)
		group_start(&r, g);
	unused_scripts(&r);
	names_free(r.vrids);
}
