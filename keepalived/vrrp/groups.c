/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sync groups at run time; the rules are in group.h. */
#include "keepalived/vrrp/groups.h"

#include <stdlib.h>
#include <string.h>

#include "keepalived/vrrp/group.h"
#include "keepalived/vrrp/instance.h"
#include "keepalived/vrrp/tell.h"
#include "lib/log.h"

static struct group *find(const struct vrrp_run *run, const char *name)
{
	struct group *g;

	list_for_each(g, &run->groups, link)
		if (!strcmp(g->conf->node.name, name))
			return g;
	return NULL;
}

static void group_free(struct group *g)
{
	status_row_free(g->run->port.status, STATUS_GROUP, g->row);
	list_del(&g->link);
	free(g->member);
	free(g->fsm);
	free(g);
}

static struct group *group_new(struct vrrp_run *run)
{
	struct group *g = xcalloc(1, sizeof(*g));

	g->run = run;
	g->row = status_row_new(run->port.status, STATUS_GROUP);
	list_add_tail(&run->groups, &g->link);
	return g;
}

static void adopt_members(struct group *g, const struct vrrp_group_conf *conf)
{
	uint32_t i;

	g->conf = conf;
	g->kept = true;
	g->n = 0;
	g->member = xrealloc(g->member, (conf->n_members + 1) * sizeof(*g->member));
	g->fsm = xrealloc(g->fsm, (conf->n_members + 1) * sizeof(*g->fsm));
	for (i = 0; i < conf->n_members; i++) {
		struct instance *in = instance_find(g->run, conf->member[i]->node.name);

		if (!in || in->deleted)
			continue;
		in->group = g;
		in->member = g->n;
		g->member[g->n] = in;
		g->fsm[g->n++] = &in->fsm;
	}
	tell_group_row(g);
}

void groups_detach(struct vrrp_run *run)
{
	struct instance *in;

	list_for_each(in, &run->instances, link)
		in->group = NULL;
}

void groups_rebuild(struct vrrp_run *run)
{
	const struct vrrp_group_conf *conf;
	struct group *g, *next;

	groups_detach(run);
	list_for_each(g, &run->groups, link)
		g->kept = false;
	nodes_for_each(conf, &run->conf->sync_groups) {
		g = find(run, conf->node.name);
		adopt_members(g ? g : group_new(run), conf);
	}
	list_for_each_safe(g, next, &run->groups, link)
		if (!g->kept)
			group_free(g);
}

void groups_free(struct vrrp_run *run)
{
	struct group *g, *next;

	groups_detach(run);
	list_for_each_safe(g, next, &run->groups, link)
		group_free(g);
}

static enum vrrp_notice notice_of(enum vrrp_state state)
{
	return state == VRRP_ACTIVE  ? VRRP_NOTICE_MASTER
	       : state == VRRP_FAULT ? VRRP_NOTICE_FAULT
				     : VRRP_NOTICE_BACKUP;
}

static void log_sync(const struct instance *in, enum vrrp_state to)
{
	const struct group *g = in->group;

	if (g->state == VRRP_INIT && to == VRRP_FAULT)
		log_info("VRRP_Group(%s): Syncing %s to FAULT state", g->conf->node.name,
			in->conf->node.name);
	else if (g->state != VRRP_INIT)
		log_info("VRRP_Group(%s) Syncing instances to %s state", g->conf->node.name,
			vrrp_state_name(to));
}

void group_follow(struct instance *in, enum vrrp_state before)
{
	struct group *g = in->group;
	enum vrrp_state to = vrrp_group_next(g->fsm, g->n, in->member, before);
	struct vrrp_event e = {.kind = VRRP_EV_GROUP, .to = to};
	uint32_t i;

	if (to == VRRP_INIT)
		return;
	instance_step(in, &e);
	if (to != g->state)
		log_sync(in, to);
	for (i = 0; i < g->n; i++)
		if (g->member[i] != in)
			instance_step(g->member[i], &e);
	if (to == g->state)
		return;
	g->state = to;
	tell_group(g, notice_of(to));
	tell_group_row(g);
}
