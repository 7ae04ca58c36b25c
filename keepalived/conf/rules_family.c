/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Address families of services. An address or ip_family or persistence_granularity decides; else
 * the first server that is not tunnelled, else the sorry server, else the group. A tunnelled server
 * may be of any family, everybody else must be of that of the service.
 */
#include <string.h>

#include "keepalived/conf/rules_lvs.h"

static bool tunnelled(const struct lvs_forward *f)
{
	return f->method == LVS_TUN;
}

static uint8_t family_of_servers(const struct vs_conf *vs)
{
	const struct rs_conf *rs;

	nodes_for_each(rs, &vs->real_servers)
		if (!tunnelled(&rs->forward))
			return rs->dst.addr.family;
	if (vs->has_sorry && !tunnelled(&vs->sorry_forward))
		return vs->sorry.addr.family;
	return AF_UNSPEC;
}

/* Of servers that are all tunnelled: what they have in common, else IPv4. */
static uint8_t family_of_tunnels(const struct vs_conf *vs)
{
	const struct rs_conf *rs;
	uint8_t family = AF_UNSPEC;

	nodes_for_each(rs, &vs->real_servers) {
		if (family && family != rs->dst.addr.family)
			return AF_INET;
		family = rs->dst.addr.family;
	}
	return family ? family : AF_INET;
}

/* A group of both families leaves the service without one: each entry has its own. */
static bool family_of_group(struct lvs_rules *r, struct vs_conf *vs)
{
	const struct vsg_range *e;
	const struct vsg_range *other = NULL;
	bool v4 = false, v6 = false;

	nodes_for_each(e, &vs->group->entries) {
		v4 |= e->family == AF_INET;
		v6 |= e->family == AF_INET6;
		if (vs->family && e->family && e->family != vs->family && !other)
			other = e;
	}
	if (other) {
		diag_also(r->diags,
			diag_error(r->diags, vs->node.span,
				"Virtual server %s: addresses of group %s are of another family - "
				"ignoring",
				vs->node.name, vs->group_name),
			other->node.span, "this entry");
		return false;
	}
	if (!vs->family && !(v4 && v6))
		vs->family = v6 ? AF_INET6 : AF_INET;
	return true;
}

static bool server_fits(struct node *n, void *ctx)
{
	struct lvs_rules *r = ctx;
	const struct rs_conf *rs = (const struct rs_conf *)n;
	char a[ADDR_STRLEN];

	if (!rs->vs->family || rs->vs->family == rs->dst.addr.family || tunnelled(&rs->forward))
		return true;
	diag_error(r->diags, n->span,
		"Address family of virtual server and real server %s don't match - skipping",
		addr_str(&rs->dst.addr, a));
	return false;
}

static void sorry_fits(struct lvs_rules *r, struct vs_conf *vs)
{
	if (!vs->has_sorry || !vs->family || vs->family == vs->sorry.addr.family ||
		tunnelled(&vs->sorry_forward))
		return;
	diag_error(r->diags, schema_place(&vs->node, "sorry_server"),
		"Virtual server %s: the sorry server is of another address family - ignored",
		vs->node.name);
	vs->has_sorry = false;
	vs->sorry = (struct endpoint){0};
	vs->sorry_inhibit = false;
	vs->sorry_forward = (struct lvs_forward){0};
}

bool rules_family(struct lvs_rules *r, struct vs_conf *vs)
{
	if (!vs->family)
		vs->family = family_of_servers(vs);
	if (vs->kind == VS_GROUP && !family_of_group(r, vs))
		return false;
	if (!vs->family && vs->kind != VS_GROUP)
		vs->family = family_of_tunnels(vs);
	nodes_filter(&vs->real_servers, server_fits, r);
	sorry_fits(r, vs);
	return true;
}
