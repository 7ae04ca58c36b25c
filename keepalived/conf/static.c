/* SPDX-License-Identifier: GPL-2.0-or-later */
/* track_group, and the rules over addresses and static entries that need the finished tree. */
#include <string.h>

#include "keepalived/conf/route.h"
#include "keepalived/conf/rules.h"
#include "keepalived/conf/tables.h"

#define DEFAULT_INTERFACE "eth0"
#define G                 struct track_group_conf

/* ---- track_group ------------------------------------------------------------------------- */

static int group_open(struct parse *p, struct node *n, const struct stmt *s)
{
	return open_unique(p, n, s, &building(p)->track_groups, "track_group");
}

static bool group_close(struct parse *p, struct node *n)
{
	if (((const G *)n)->members.n)
		return true;
	diag_error(
		p->diags, n->span, "track_group %s has no members - the block is ignored", n->name);
	return false;
}

static const struct kw group_kw[] = {
	{.name = "group",
		.block = &name_block,
		KW_AT(G, members, KW_IS(G, members, struct nodes)),
		.flags = KW_FIRST | KW_LIVE,
		.args = "{ <instance>... }",
		.doc = "Member instances, any number per line."},
};

const struct block track_group_block = {
	.name = "track_group",
	.kw = group_kw,
	.n_kw = ARRAY_SIZE(group_kw),
	.size = sizeof(G),
	.open = group_open,
	.close = group_close,
};

/* ---- members ----------------------------------------------------------------------------- */

struct statics {
	struct conf *conf;
	struct diags *diags;
	const struct nodes *kept; /* while a list is filtered */
};

static void members(struct statics *st, G *g, const struct node_map *map)
{
	const struct node *n;

	g->member = arena_alloc(st->conf->arena, (g->members.n + 1) * sizeof(*g->member));
	for (n = g->members.first; n; n = n->next) {
		struct vrrp_conf *v = (struct vrrp_conf *)node_map_find(map, n->name);

		if (v)
			g->member[g->n_members++] = v;
		else
			diag_error(st->diags, n->span,
				"vrrp instance %s specified in track_group %s doesn't exist - ignoring",
				n->name, g->node.name);
	}
	if (!g->n_members)
		diag_error(st->diags, g->node.span,
			"track_group %s has no usable members - removing", g->node.name);
}

static bool has_members(struct node *n, void *ctx)
{
	(void)ctx;
	return ((const G *)n)->n_members != 0;
}

static void forget(const struct track_group_conf **group)
{
	if (*group && !(*group)->n_members)
		*group = NULL;
}

/* ---- addresses --------------------------------------------------------------------------- */

static bool settle_address(struct node *n, void *ctx)
{
	struct statics *st = ctx;
	struct vip_conf *v = (struct vip_conf *)n;
	char buf[ADDR_STRLEN];

	forget(&v->track_group);
	if (!v->dev)
		v->dev = st->conf->global.default_interface ? st->conf->global.default_interface
							    : DEFAULT_INTERFACE;
	n->name = arena_printf(
		st->conf->arena, "%s/%d dev %s", addr_str(&v->addr, buf), v->prefixlen, v->dev);
	return true;
}

/* The first of a name stays. */
static void no_duplicates(struct statics *st, struct nodes *list)
{
	struct node_map *map = node_map_new(list);
	struct node *n = list->first, *next;

	*list = (struct nodes){.refused = list->refused};
	for (; n; n = next) {
		struct node *first = node_map_find(map, n->name);

		next = n->next;
		if (first == n) {
			nodes_add(list, n);
			continue;
		}
		list->refused++;
		diag_also(st->diags,
			diag_warning(
				st->diags, n->span, "address %s is given twice - ignored", n->name),
			first->span, "given here before");
	}
	node_map_free(map);
}

/* An instance with a VMAC puts its addresses there anyway. */
static void no_second_vmac(struct statics *st, const struct vrrp_conf *v, struct nodes *vips)
{
	struct vip_conf *vip;

	nodes_for_each(vip, vips) {
		if (!(vip->flags & VIP_USE_VMAC) ||
			!(v->use_vmac_addr || (v->interface && !strcmp(vip->dev, v->interface))))
			continue;
		diag_error(st->diags, vip->node.span,
			"use_vmac is superfluous: the instance has a VMAC on %s - ignored",
			vip->dev);
		vip->flags &= ~(uint32_t)VIP_USE_VMAC;
	}
}

/* Entries of one name have a number behind it: " #2". */
static size_t bare_length(const char *name)
{
	size_t n = strcspn(name, "#");

	return name[n] ? n - 1 : n;
}

static bool same_name(const struct node *a, const struct node *b)
{
	size_t n = bare_length(a->name);

	return n == bare_length(b->name) && !memcmp(a->name, b->name, n);
}

/* Two that differed in their track_group alone are the same when there is no such group. */
static bool not_again(struct node *n, void *ctx)
{
	struct statics *st = ctx;
	const struct node *first = strchr(n->name, '#') ? st->kept->first : NULL;

	while (first && (!same_name(first, n) || schema_compare(first, n) != CHANGE_NONE))
		first = first->next;
	if (!first)
		return true;
	diag_also(st->diags,
		diag_warning(
			st->diags, n->span, "this %s is given twice - ignored", n->block->name + 1),
		first->span, "given here before");
	return false;
}

static void forget_groups(struct statics *st)
{
	struct conf *c = st->conf;
	struct route_conf *route;
	struct rule_conf *rule;

	nodes_for_each(route, &c->static_routes)
		forget(&route->track_group);
	nodes_for_each(rule, &c->static_rules)
		forget(&rule->track_group);
	st->kept = &c->static_routes;
	nodes_filter(&c->static_routes, not_again, st);
	st->kept = &c->static_rules;
	nodes_filter(&c->static_rules, not_again, st);
}

void rules_static(struct conf *c, struct diags *diags)
{
	struct statics st = {.conf = c, .diags = diags};
	struct node_map *map = node_map_new(&c->instances);
	struct track_group_conf *g;
	struct vrrp_conf *v;

	nodes_for_each(v, &c->instances)
		if (v->vmac || v->use_vmac_addr) {
			no_second_vmac(&st, v, &v->vips);
			no_second_vmac(&st, v, &v->evips);
		}
	nodes_for_each(g, &c->track_groups)
		members(&st, g, map);
	node_map_free(map);
	nodes_filter(&c->static_addresses, settle_address, &st);
	no_duplicates(&st, &c->static_addresses);
	forget_groups(&st);
	nodes_filter(&c->track_groups, has_members, NULL);
}
