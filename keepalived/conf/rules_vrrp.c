/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules over the finished VRRP part: what depends on more than one keyword. Each rule is a small
 * function; the order of the calls matters where a rule reads what another one settled. Nothing
 * here asks the machine: whether an interface exists or can do multicast is seen at run time.
 */
#include <string.h>

#include "keepalived/conf/rules_vrrp.h"
#include "lib/owners.h"

#define CENTI_MAX CENTI(4095) /* 12 bits of hundredths, RFC 9568 5.2.7 */

const struct node *vrrp_taken(struct vrrp_rules *r, const char *key, const struct node *owner)
{
	return owners_claim(r->keys, key, owner);
}

/* ---- who and where ----------------------------------------------------------------------- */

/* The first keyword of unicast that was written. */
static const char *unicast_keyword(const struct vrrp_conf *v)
{
	static const char *const words[] = {"unicast_peer", "unicast_src_ip", "check_unicast_src",
		"unicast_ttl", "old_unicast_checksum"};
	unsigned i = 0;

	while (i < ARRAY_SIZE(words) && !given(v, words[i]))
		i++;
	return i < ARRAY_SIZE(words) ? words[i] : NULL;
}

bool vrrp_means_unicast(const struct vrrp_conf *v)
{
	return unicast_keyword(v) || v->unicast_fault_no_peer;
}

static void identity(struct vrrp_rules *r, struct vrrp_conf *v)
{
	if (!schema_meant(&v->node, "virtual_router_id"))
		fatal(r->diags, v->node.span, "(%s) the virtual router id must be set",
			v->node.name);
	if (!v->interface && !vrrp_means_unicast(v))
		fatal(r->diags, v->node.span,
			"(%s) Unknown interface! (neither 'interface' nor a unicast keyword is given)",
			v->node.name);
	if (!v->family)
		v->family = AF_INET;
}

/* Limits on hops say that it matters who sends. */
static bool limits_hops(const struct vrrp_conf *v)
{
	const struct peer_conf *p;

	nodes_for_each(p, &v->peers)
		if (p->min_ttl || p->max_ttl != UINT8_MAX)
			return true;
	return false;
}

static void no_peers(struct vrrp_rules *r, struct vrrp_conf *v)
{
	const char *keyword = unicast_keyword(v);

	if (v->unicast_fault_no_peer)
		diag_warning(r->diags, at(v, "unicast_fault_no_peer"),
			"(%s) no unicast_peer is given - the instance stays in FAULT",
			v->node.name);
	else if (keyword && v->interface)
		diag_error(r->diags, at(v, keyword),
			"(%s) %s without a peer in unicast_peer - multicast is used", v->node.name,
			keyword);
}

#define V6_SCOPE(a)   ((a)->v6.s6_addr[1] & 0xf) /* RFC 4291 2.7 */
#define V6_LINK_LOCAL 2

static const char *bad_group(const struct vrrp_conf *v)
{
	if (v->unicast)
		return "has no meaning with unicast_peer";
	if (!addr_is_multicast(&v->mcast_dst))
		return "is no multicast address";
	if (v->family == AF_INET6 && V6_SCOPE(&v->mcast_dst) != V6_LINK_LOCAL)
		return "is no link-local multicast address";
	return NULL;
}

static void multicast_group(struct vrrp_rules *r, struct vrrp_conf *v)
{
	const char *why = v->mcast_dst.family ? bad_group(v) : NULL;

	if (why) {
		diag_error(r->diags, at(v, "mcast_dst_ip"), "(%s) mcast_dst_ip %s - ignored",
			v->node.name, why);
		v->mcast_dst = (struct addr){0};
	}
	if (!v->mcast_dst.family && !v->unicast)
		v->mcast_dst = v->family == AF_INET ? r->conf->global.mcast_group4
						    : r->conf->global.mcast_group6;
}

/* Without an interface only a source address says where adverts leave. */
static void source(struct vrrp_rules *r, struct vrrp_conf *v)
{
	if (v->track_src_ip && !v->src_ip.family) {
		diag_error(r->diags, at(v, "track_src_ip"),
			"(%s) track_src_ip needs mcast_src_ip or unicast_src_ip - ignored",
			v->node.name);
		v->track_src_ip = false;
	}
	if (v->interface || !vrrp_means_unicast(v))
		return;
	if (!v->src_ip.family)
		fatal(r->diags, v->node.span, "(%s) without interface, unicast_src_ip must be set",
			v->node.name);
	else if (v->src_ip.family == AF_INET6 && addr_is_link_local(&v->src_ip))
		fatal(r->diags, at(v, "unicast_src_ip"),
			"(%s) a link-local source address needs an interface", v->node.name);
}

static void unicast(struct vrrp_rules *r, struct vrrp_conf *v)
{
	v->unicast = v->peers.n || v->unicast_fault_no_peer;
	if (!v->peers.n)
		no_peers(r, v);
	v->check_unicast_src |= r->conf->global.check_unicast_src || limits_hops(v);
	multicast_group(r, v);
	source(r, v);
	if (!v->vrf || (!v->interface && v->peers.n))
		return;
	diag_error(r->diags, at(v, "vrf"), "(%s) vrf %s - ignored", v->node.name,
		v->interface ? "excludes interface" : "needs unicast_peer");
	v->vrf = NULL;
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

/* ---- settings from elsewhere ------------------------------------------------------------- */

static void global_defaults(struct global_conf *g)
{
	if (g->garp_lower_prio_delay < 0)
		g->garp_lower_prio_delay = g->garp_master_delay;
	if (g->garp_lower_prio_repeat == UINT32_MAX)
		g->garp_lower_prio_repeat = g->garp_master_repeat;
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
	int asked = v->owner_ignore_adverts;

	if (asked == TRI_ON && !is_owner(v))
		diag_warning(r->diags, at(v, "owner_ignore_adverts"),
			"(%s) owner_ignore_adverts needs priority 255 - off", v->node.name);
	else if (asked == TRI_OFF && is_owner(v))
		diag_warning(r->diags, at(v, "owner_ignore_adverts"),
			"(%s) owner_ignore_adverts cannot be off with priority 255 - on",
			v->node.name);
	if (!is_owner(v))
		v->owner_ignore_adverts = TRI_OFF;
	else if (v->strict || given(v, "owner_ignore_adverts"))
		v->owner_ignore_adverts = TRI_ON;
	else
		v->owner_ignore_adverts = tri(asked, r->conf->global.owner_ignore_adverts);
}

static void inherited(struct vrrp_rules *r, struct vrrp_conf *v)
{
	const struct global_conf *g = &r->conf->global;

	announcing(g, v);
	owner_adverts(r, v);
	if (!v->down_timer_adverts)
		v->down_timer_adverts = v->strict ? VRRP_STRICT_ADVERTS : g->down_timer_adverts;
	v->lower_prio_no_advert =
		tri(v->lower_prio_no_advert, v->strict ? TRI_ON : g->lower_prio_no_advert);
	v->higher_prio_send_advert =
		tri(v->higher_prio_send_advert, v->strict ? TRI_OFF : g->higher_prio_send_advert);
	v->v3_checksum_as_v2 = tri(v->v3_checksum_as_v2, g->v3_checksum_as_v2);
	v->skip_check_adv_addr = tri(v->skip_check_adv_addr, g->skip_check_adv_addr);
	v->accept = tri(v->accept, v->strict && !is_owner(v) ? TRI_OFF : TRI_ON);
	if (v->garp_extra.interval < 0)
		v->garp_extra = g->garp_extra_if;
	v->smtp_alert = tri(v->smtp_alert, tri(g->smtp_alert_vrrp, g->smtp_alert));
	v->notify_priority_changes = tri(v->notify_priority_changes,
		v->group && v->group->notify_priority_changes != TRI_UNSET
			? v->group->notify_priority_changes
			: g->notify_priority_changes);
}

/* ---- delays of interfaces ---------------------------------------------------------------- */

/*
 * The others take over when down_timer_adverts intervals pass without an advert. A router that
 * notices a dead interface no sooner would come back into a network that has another master.
 */
static void delay_fits(struct vrrp_rules *r, const struct vrrp_conf *v, struct if_delay_conf *d)
{
	ktime limit = (v->down_timer_adverts - 1) * v->advert_int;

	if (!limit && (d->down || d->up)) {
		diag_warning(r->diags, d->node.span,
			"delays of %s cleared: (%s) has down_timer_adverts 1", d->node.name,
			v->node.name);
		d->down = d->up = 0;
	}
	if (!limit || d->down < limit)
		return;
	d->down = limit - USEC(1);
	diag_warning(r->diags, d->node.span,
		"the down delay of %s reduced to just under (down_timer_adverts - 1) * advert_int "
		"of (%s)",
		d->node.name, v->node.name);
}

static void interface_delays(struct vrrp_rules *r)
{
	struct node_map *map;
	const struct vrrp_conf *v;
	struct node *d;

	if (!r->conf->if_delays.n)
		return;
	map = node_map_new(&r->conf->if_delays);
	nodes_for_each(v, &r->conf->instances) {
		d = v->interface ? node_map_find(map, v->interface) : NULL;
		if (d)
			delay_fits(r, v, (struct if_delay_conf *)d);
	}
	node_map_free(map);
}

/* ---- the sync daemon of IPVS ------------------------------------------------------------- */

/* lvs_sync_daemon_interface of an instance is the old form of the global keyword, and becomes it. */
static void old_sync_daemon(struct vrrp_rules *r, struct vrrp_conf *v)
{
	struct global_conf *global = &r->conf->global;
	struct lvs_sync_conf *sync = &global->lvs_sync;
	struct span place = at(v, "lvs_sync_daemon_interface");

	if (!v->lvs_sync_interface)
		return;
	if (sync->interface) {
		diag_error(r->diags, place,
			"(%s) the sync daemon of IPVS is set already, to interface %s - ignored",
			v->node.name, sync->interface);
	} else {
		sync->interface = v->lvs_sync_interface;
		sync->instance = v->node.name;
		schema_imply(r->conf->arena, &global->node, "lvs_sync_daemon", place);
		if (!global->node.span.line)
			global->node.span = place; /* as if there were such a block */
	}
	v->lvs_sync_interface = NULL;
}

static void sync_daemon(struct vrrp_rules *r, const struct node_map *instances)
{
	struct lvs_sync_conf *sync = &r->conf->global.lvs_sync;

	if (!sync->interface || !sync->instance || node_map_find(instances, sync->instance))
		return;
	diag_error(r->diags, schema_place(&r->conf->global.node, "lvs_sync_daemon"),
		"lvs_sync_daemon: there is no vrrp_instance %s - it does not run", sync->instance);
	sync->interface = NULL;
}

/* ---- all --------------------------------------------------------------------------------- */

/* What fixed the family may have been dropped since; the family stays. */
static void keep_family(struct vrrp_rules *r, struct vrrp_conf *v)
{
	if (v->family == AF_INET6 && !v->vips.n && !v->peers.n && !v->src_ip.family &&
		!(v->mcast_dst.family && given(v, "mcast_dst_ip")))
		schema_imply(r->conf->arena, &v->node, "native_ipv6", v->node.span);
}

static void instance(struct vrrp_rules *r, struct vrrp_conf *v)
{
	identity(r, v);
	vrrp_strict_mode(r, v);
	vrrp_vmac(r, v);
	version(r, v);
	priority(r, v);
	vrrp_hmac(r, v);
	vrrp_authentication(r, v);
	unicast(r, v);
	vrrp_addresses(r, v);
	preemption(r, v);
	advert_interval(r, v);
	vrrp_hmac_window(v);
	keep_family(r, v);
	vrrp_duplicate_vrid(r, v);
	vrrp_trackers(r, v);
	vrrp_strict_accept(r, v);
	inherited(r, v);
	old_sync_daemon(r, v);
}

void rules_vrrp(struct conf *c, struct diags *diags)
{
	struct vrrp_rules r = {c, diags, owners_new(), arena_new()};
	struct node_map *instances = node_map_new(&c->instances);
	struct vrrp_group_conf *g;
	struct vrrp_conf *v;

	global_defaults(&c->global);
	vrrp_groups_join(&r, instances);
	sync_daemon(&r, instances);
	nodes_for_each(v, &c->instances) {
		instance(&r, v);
		arena_clear(r.scratch);
	}
	vrrp_vmac_names(&r);
	vrrp_vmac_macs(&r);
	interface_delays(&r);
	nodes_for_each(g, &c->sync_groups)
		vrrp_group_start(&r, g);
	vrrp_unused_scripts(&r);
	node_map_free(instances);
	owners_free(r.keys);
	arena_free(r.scratch);
}
