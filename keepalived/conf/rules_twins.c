/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two instances that would take each other's adverts for their own. */
#include "keepalived/conf/rules_vrrp.h"

static void claim(
	struct vrrp_rules *r, const struct vrrp_conf *v, const char *key, const struct node **rival)
{
	const struct node *first = vrrp_taken(r, key, &v->node);

	if (first && first != &v->node && !*rival)
		*rival = first;
}

/* An instance without an interface meets those of every interface. */
static const struct node *unicast_rival(struct vrrp_rules *r, const struct vrrp_conf *v)
{
	const struct node *rival = NULL;
	const struct peer_conf *p;
	const char *dev = v->interface ? v->interface : "";
	char src[ADDR_STRLEN];

	addr_str(&v->src_ip, src);
	nodes_for_each(p, &v->peers) {
		const char *path = arena_printf(r->scratch, "%d/%s>%s", v->vrid, src, p->node.name);
		const struct node *any = NULL;

		/* Where the key of some interface is held, that of any is. */
		claim(r, v, arena_printf(r->scratch, "unicast/*/%s", path), &any);
		claim(r, v, arena_printf(r->scratch, "unicast/%s/%s", dev, path), &rival);
		if (any && (!v->interface || !((const struct vrrp_conf *)any)->interface))
			rival = rival ? rival : any;
	}
	return rival;
}

static const struct node *multicast_rival(struct vrrp_rules *r, const struct vrrp_conf *v)
{
	const struct node *rival = NULL;
	char group[ADDR_STRLEN];

	claim(r, v,
		arena_printf(r->scratch, "multicast/%d/%d/%s/%s", v->vrid, v->family,
			v->interface ? v->interface : "", addr_str(&v->mcast_dst, group)),
		&rival);
	return rival;
}

/* An interface may change while we run: then the two may yet part. */
void vrrp_duplicate_vrid(struct vrrp_rules *r, struct vrrp_conf *v)
{
	bool may_change = r->conf->global.dynamic_interfaces_if_changes;
	const struct node *other = NULL;

	if (v->vrid)
		other = v->unicast ? unicast_rival(r, v) : multicast_rival(r, v);
	if (!other)
		return;
	diag_also(r->diags,
		diag_add(r->diags, DIAG_ERROR, may_change ? DIAG_CONFIG : DIAG_REQUIRED,
			at(v, "virtual_router_id"),
			"%s and %s both use VRID %d with IPv%d on interface %s%s", other->name,
			v->node.name, v->vrid, v->family == AF_INET ? 4 : 6,
			v->interface ? v->interface : "(none)",
			may_change ? " - the latter stays in FAULT" : ""),
		schema_place(other, "virtual_router_id"), "used here before");
	if (may_change)
		v->fault = "another instance has the same VRID on the same interface";
}
