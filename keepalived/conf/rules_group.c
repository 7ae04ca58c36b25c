/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sync groups and trackers. */
#include <string.h>

#include "keepalived/conf/rules_vrrp.h"
#include "lib/schema_names.h"

/* ---- trackers of an instance ------------------------------------------------------------- */

struct tracker_rules {
	struct vrrp_rules *rules;
	const struct vrrp_conf *instance;
};

static bool not_own_interface(struct node *n, void *ctx)
{
	struct tracker_rules *r = ctx;

	if (!r->instance->interface || strcmp(n->name, r->instance->interface) != 0)
		return true;
	diag_warning(r->rules->diags, n->span,
		"(%s) Ignoring track_interface %s since own interface", r->instance->node.name,
		n->name);
	return false;
}

static void no_weight(const struct tracker_rules *r, const struct node *n, const char *now)
{
	diag_warning(r->rules->diags, n->span, "(%s) weighted tracker %s %s: %s",
		r->instance->node.name, n->name, now,
		is_owner(r->instance) ? "the priority of an address owner is fixed"
				      : "in a sync group it needs sync_group_tracking_weight");
}

static bool unweighted_interface(struct node *n, void *ctx)
{
	const struct tracker_rules *r = ctx;
	struct track_if_conf *t = (struct track_if_conf *)n;

	if (!t->weight)
		return true;
	no_weight(r, n, is_owner(r->instance) ? "ignored" : "has weight 0");
	t->weight = 0;
	return !is_owner(r->instance);
}

static bool unweighted(struct node *n, void *ctx)
{
	if (!((struct track_conf *)n)->weight)
		return true;
	no_weight(ctx, n, "ignored");
	return false;
}

/* 1 is what a file has when nothing is said. */
static bool unweighted_file(struct node *n, void *ctx)
{
	struct track_conf *t = (struct track_conf *)n;

	if (t->weight != 1)
		return unweighted(n, ctx);
	no_weight(ctx, n, "has weight 0");
	t->weight = 0;
	return true;
}

/* Weights make no sense for an owner, and in a group only if it says so. */
void vrrp_trackers(struct vrrp_rules *r, struct vrrp_conf *v)
{
	struct tracker_rules ctx = {r, v};

	nodes_filter(&v->track.interfaces, not_own_interface, &ctx);
	if (!is_owner(v) && (!v->group || v->group->tracking_weight))
		return;
	nodes_filter(&v->track.interfaces, unweighted_interface, &ctx);
	nodes_filter(&v->track.scripts, unweighted, &ctx);
	nodes_filter(&v->track.files, unweighted_file, &ctx);
	nodes_filter(&v->track.bfds, unweighted, &ctx);
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

void vrrp_groups_join(struct vrrp_rules *r, const struct node_map *instances)
{
	struct vrrp_group_conf *g;

	nodes_for_each(g, &r->conf->sync_groups)
		members(r, g, instances);
	nodes_filter(&r->conf->sync_groups, group_used, NULL);
}

/* An owner among the members: nothing may move the priority of any. */
static void fixed(
	struct vrrp_rules *r, const struct vrrp_group_conf *g, struct node *n, int *weight)
{
	if (*weight)
		diag_warning(r->diags, n->span,
			"(%s) weighted tracker %s has weight 0: a member has priority 255",
			g->node.name, n->name);
	*weight = 0;
}

static void fixed_weights(struct vrrp_rules *r, struct vrrp_group_conf *g)
{
	const struct nodes *lists[] = {
		&g->track.scripts, &g->track.files, &g->track.processes, &g->track.bfds};
	struct track_if_conf *i;
	struct track_conf *t;

	nodes_for_each(i, &g->track.interfaces)
		fixed(r, g, &i->node, &i->weight);
	for (unsigned k = 0; k < ARRAY_SIZE(lists); k++)
		nodes_for_each(t, lists[k])
			fixed(r, g, &t->node, &t->weight);
}

/* A group starts as backup unless every member owns its addresses. */
void vrrp_group_start(struct vrrp_rules *r, struct vrrp_group_conf *g)
{
	const struct global_conf *global = &r->conf->global;
	bool all = true, any = false;

	for (uint32_t k = 0; k < g->n_members; k++) {
		const struct vrrp_conf *v = g->member[k];

		any |= is_owner(v);
		all &= is_owner(v) && v->initial_state == VRRP_INITIAL_MASTER;
	}
	for (uint32_t k = 0; k < g->n_members && !all; k++)
		g->member[k]->initial_state = VRRP_INITIAL_BACKUP;
	if (any)
		fixed_weights(r, g);
	g->smtp_alert = tri(g->smtp_alert, tri(global->smtp_alert_vrrp, global->smtp_alert));
	g->notify_priority_changes = tri(g->notify_priority_changes, TRI_OFF);
}

/* ---- scripts ----------------------------------------------------------------------------- */

static void use_scripts(struct names *used, const struct nodes *list)
{
	const struct track_conf *t;

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

void vrrp_unused_scripts(struct vrrp_rules *r)
{
	struct script_rules sr = {r->diags, names_new()};
	const struct vrrp_conf *v;
	const struct vrrp_group_conf *g;

	nodes_for_each(v, &r->conf->instances)
		use_scripts(sr.used, &v->track.scripts);
	nodes_for_each(g, &r->conf->sync_groups)
		use_scripts(sr.used, &g->track.scripts);
	nodes_filter(&r->conf->vrrp_scripts, script_used, &sr);
	names_free(sr.used);
}
