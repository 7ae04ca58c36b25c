/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interfaces that instances make for themselves: what they exclude, their names, their addresses.
 */
#include <string.h>

#include "keepalived/conf/rules_vrrp.h"

#define IFNAME_SIZE 16
#define MAC_LEN     6

static bool has_own_interface(const struct vrrp_conf *v)
{
	return v->vmac || v->ipvlan;
}

static const char *keyword(const struct vrrp_conf *v)
{
	return v->vmac ? "use_vmac" : "use_ipvlan";
}

/* ---- with other keywords ----------------------------------------------------------------- */

static void with_unicast(struct vrrp_rules *r, struct vrrp_conf *v)
{
	const char *word = keyword(v);

	if (!v->interface) {
		diag_error(r->diags, at(v, word),
			"(%s): Cannot use VMAC/ipvlan with unicast and no interface - clearing %s",
			v->node.name, word);
		v->vmac = NULL;
		v->ipvlan = NULL;
		return;
	}
	if (!v->vmac_xmit_base)
		diag_note(r->diags, at(v, word),
			"(%s) unicast with %s requires vmac_xmit_base - setting", v->node.name,
			word);
	v->vmac_xmit_base = true;
	schema_imply(r->conf->arena, &v->node, "vmac_xmit_base", at(v, word));
}

static void ipvlan_address(struct vrrp_rules *r, struct vrrp_conf *v)
{
	if (v->ipvlan->addr.family && !v->src_ip.family)
		v->src_ip = v->ipvlan->addr;
	if (v->ipvlan->addr.family || v->family == AF_INET6)
		return;
	diag_error(r->diags, at(v, "use_ipvlan"),
		"(%s) use_ipvlan needs an address with IPv4 - the instance stays in FAULT",
		v->node.name);
	v->fault = "use_ipvlan needs an address with IPv4";
}

void vrrp_vmac(struct vrrp_rules *r, struct vrrp_conf *v)
{
	if (v->vmac && v->ipvlan) {
		diag_error(r->diags, at(v, "use_ipvlan"),
			"(%s) use_ipvlan excludes use_vmac - ignored", v->node.name);
		v->ipvlan = NULL;
	}
	if (has_own_interface(v) && (v->peers.n || v->unicast_fault_no_peer))
		with_unicast(r, v);
	if (v->vmac_xmit_base && !has_own_interface(v)) {
		diag_error(r->diags, at(v, "vmac_xmit_base"),
			"(%s) vmac_xmit_base needs use_vmac or use_ipvlan - ignored", v->node.name);
		v->vmac_xmit_base = false;
	}
	if (v->promote_secondaries && has_own_interface(v)) {
		diag_error(r->diags, at(v, "promote_secondaries"),
			"(%s) promote_secondaries is always so with %s - ignored", v->node.name,
			keyword(v));
		v->promote_secondaries = false;
	}
	if (v->ipvlan)
		ipvlan_address(r, v);
}

/* ---- names ------------------------------------------------------------------------------- */

static const struct node *named_before(
	struct vrrp_rules *r, const struct vrrp_conf *v, const char *name)
{
	const struct node *first =
		vrrp_taken(r, arena_printf(r->scratch, "link/%s", name), &v->node);

	return first == &v->node ? NULL : first;
}

/* What somebody chose; of two the first keeps it. */
static void chosen_name(struct vrrp_rules *r, const struct vrrp_conf *v, const char **name)
{
	const struct node *first = *name ? named_before(r, v, *name) : NULL;

	if (!first)
		return;
	diag_also(r->diags,
		diag_error(r->diags, at(v, keyword(v)),
			"(%s) %s: the interface name %s is used by %s already - another is made up",
			v->node.name, keyword(v), *name, first->name),
		schema_place(first, keyword((const struct vrrp_conf *)first)), "used here before");
	*name = NULL;
}

/* What is made up: all numbers below next are taken for that VRID. */
struct naming {
	struct vrrp_rules *rules;
	unsigned next[UINT8_MAX + 1];
};

/* PREFIX[MARK].VRID, the prefix cut so that it fits. */
static const char *compose(struct naming *n, const char *mark, unsigned vrid)
{
	const char *prefix = n->rules->conf->global.vmac_prefix;
	struct arena *a = n->rules->scratch;
	const char *tail = arena_printf(a, "%s.%u", mark, vrid);

	return arena_printf(
		a, "%.*s%s", (int)(IFNAME_SIZE - 1 - strlen(tail)), prefix ? prefix : "vrrp", tail);
}

static const char *made_up_name(struct naming *n, const struct vrrp_conf *v)
{
	struct vrrp_rules *r = n->rules;
	const char *name = compose(n, "", v->vrid);

	if (named_before(r, v, name) && v->family == AF_INET6)
		name = compose(n, "6", v->vrid);
	while (named_before(r, v, name))
		name = compose(n, arena_printf(r->scratch, "%u", ++n->next[v->vrid]), v->vrid);
	name = arena_strdup(r->conf->arena, name);
	arena_clear(r->scratch);
	return name;
}

/* Names that were chosen come first, wherever they stand. */
void vrrp_vmac_names(struct vrrp_rules *r)
{
	struct naming n = {.rules = r};
	struct vrrp_conf *v;

	nodes_for_each(v, &r->conf->instances) {
		if (v->vmac)
			chosen_name(r, v, &v->vmac->name);
		else if (v->ipvlan)
			chosen_name(r, v, &v->ipvlan->name);
	}
	nodes_for_each(v, &r->conf->instances) {
		if (v->vmac)
			v->vmac->ifname = v->vmac->name ? v->vmac->name : made_up_name(&n, v);
		else if (v->ipvlan)
			v->ipvlan->ifname = v->ipvlan->name ? v->ipvlan->name : made_up_name(&n, v);
	}
}

/* ---- MAC addresses ----------------------------------------------------------------------- */

/* The VRID completes an address of five bytes; of none, the RFC tells five (RFC 9568 7.3). */
static void settle_mac(struct vrrp_conf *v, uint8_t mac[static MAC_LEN])
{
	static const uint8_t rfc[] = {0x00, 0x00, 0x5e, 0x00, 0x01};

	if (v->vmac->mac_len == MAC_LEN) {
		memcpy(mac, v->vmac->mac, MAC_LEN);
		return;
	}
	memcpy(mac, v->vmac->mac_len ? v->vmac->mac : rfc, MAC_LEN - 1);
	if (!v->vmac->mac_len && v->family == AF_INET6)
		mac[MAC_LEN - 2] = 2;
	mac[MAC_LEN - 1] = v->vrid;
}

static void same_mac(struct vrrp_rules *r, struct vrrp_conf *v)
{
	uint8_t m[MAC_LEN];
	const struct vrrp_conf *first;

	settle_mac(v, m);
	first = (const struct vrrp_conf *)vrrp_taken(r,
		arena_printf(r->scratch, "mac/%s/%02x:%02x:%02x:%02x:%02x:%02x",
			v->interface ? v->interface : "", m[0], m[1], m[2], m[3], m[4], m[5]),
		&v->node);
	if (!first || (v->group && v->group == first->group))
		return;
	diag_also(r->diags,
		diag_error(r->diags, at(v, "use_vmac"),
			"(%s) has the MAC address of (%s), which is in no sync group with it - the "
			"instance stays in FAULT",
			v->node.name, first->node.name),
		at(first, "use_vmac"), "used here before");
	v->fault = "its virtual MAC address is that of an instance in no sync group with it";
}

/* Multicast instances with the address of the RFC share a VRID, which was said already. */
void vrrp_vmac_macs(struct vrrp_rules *r)
{
	struct vrrp_conf *v;

	nodes_for_each(v, &r->conf->instances)
		if (v->vmac && (v->vmac->mac_len || v->unicast))
			same_mac(r, v);
}
