/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Virtual addresses: where they live, how many fit, what is there twice. */
#include <inttypes.h>

#include "keepalived/conf/rules_vrrp.h"
#include "keepalived/conf/tables.h"
#include "lib/schema_names.h"

#define VIPS_MAX 255 /* the count is one byte, RFC 9568 5.2.4 */

/* An advert is never fragmented. The configuration knows no interface, so Ethernet it is. */
#define MTU          1500
#define IPV4_HEADER  20
#define IPV6_HEADER  40
#define AH_HEADER    24
#define VRRP_HEADER  8
#define V2_PASSWORD  8
#define HMAC_TRAILER 28

struct vip_rules {
	struct vrrp_rules *rules;
	struct vrrp_conf *instance;
	struct names *seen;
};

/* Two instances would take it away from each other. */
static void used_elsewhere(const struct vip_rules *r, const struct vip_conf *vip, const char *addr)
{
	const char *key = arena_printf(r->rules->scratch, "vip/%s/%s", vip->dev, addr);
	const struct node *first = vrrp_taken(r->rules, key, &vip->node);

	if (first)
		diag_also(r->rules->diags,
			diag_warning(r->rules->diags, vip->node.span,
				"(%s) VIP %s on interface %s is also an address of (%s)",
				r->instance->node.name, addr, vip->dev, first->parent->name),
			first->span, "given here before");
}

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
	if (!vip->dev && !vrrp_means_unicast(r->instance))
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
	used_elsewhere(r, vip, buf);
	return true;
}

static uint32_t vips_that_fit(const struct vrrp_conf *v)
{
	uint32_t room = MTU - VRRP_HEADER, size = v->family == AF_INET6 ? 16 : 4;

	room -= v->family == AF_INET6 ? IPV6_HEADER : IPV4_HEADER;
	room -= v->version == 2 ? V2_PASSWORD : 0;
	room -= v->auth_type == VRRP_AUTH_AH ? AH_HEADER : 0;
	room -= v->hmac.keys ? HMAC_TRAILER : 0;
	return MIN(room / size, VIPS_MAX);
}

static void too_many_vips(struct vrrp_rules *r, struct vrrp_conf *v)
{
	struct nodes all = v->vips;
	struct node *n = all.first, *next;
	uint32_t most = vips_that_fit(v);

	if (all.n <= most)
		return;
	diag_warning(r->diags, at(v, "virtual_ipaddress"),
		"(%s) an advert carries %" PRIu32 " addresses - the other %" PRIu32
		" are treated as virtual_ipaddress_excluded",
		v->node.name, most, all.n - most);
	v->vips = (struct nodes){.refused = all.refused};
	for (; n; n = next) {
		next = n->next;
		if (v->vips.n == most)
			n->block = &evip_block;
		nodes_add(v->vips.n < most ? &v->vips : &v->evips, n);
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

void vrrp_addresses(struct vrrp_rules *r, struct vrrp_conf *v)
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
