/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strict mode: what the RFC does not allow is set back. */
#include "keepalived/conf/rules_vrrp.h"

void vrrp_not_strict(
	struct vrrp_rules *r, struct vrrp_conf *v, const char *keyword, const char *now)
{
	diag_warning(r->diags, at(v, keyword), "(%s) strict mode does not allow %s - %s",
		v->node.name, keyword, now);
}

static void timing(struct vrrp_rules *r, struct vrrp_conf *v)
{
	if (v->down_timer_adverts && v->down_timer_adverts != VRRP_STRICT_ADVERTS) {
		vrrp_not_strict(r, v, "down_timer_adverts", "using 3");
		v->down_timer_adverts = VRRP_STRICT_ADVERTS;
	}
	if (v->garp_lower_prio_repeat && v->garp_lower_prio_repeat != UINT32_MAX) {
		vrrp_not_strict(r, v, "garp_lower_prio_repeat", "using 0");
		v->garp_lower_prio_repeat = 0;
	}
	if (v->garp_lower_prio_delay > 0) {
		vrrp_not_strict(r, v, "garp_lower_prio_delay", "using 0");
		v->garp_lower_prio_delay = 0;
	}
}

static void switches(struct vrrp_rules *r, struct vrrp_conf *v)
{
	if (v->lower_prio_no_advert == TRI_OFF) {
		vrrp_not_strict(r, v, "lower_prio_no_advert", "on");
		v->lower_prio_no_advert = TRI_ON;
	}
	if (v->higher_prio_send_advert == TRI_ON) {
		vrrp_not_strict(r, v, "higher_prio_send_advert", "off");
		v->higher_prio_send_advert = TRI_OFF;
	}
	if (v->no_virtual_ipaddress) {
		vrrp_not_strict(r, v, "no_virtual_ipaddress", "ignored");
		v->no_virtual_ipaddress = false;
	}
}

static void own_interface(struct vrrp_rules *r, struct vrrp_conf *v)
{
	if (v->vmac_xmit_base) {
		vrrp_not_strict(r, v, "vmac_xmit_base", "ignored");
		v->vmac_xmit_base = false;
	}
	if (v->vmac && v->vmac->mac_len) {
		vrrp_not_strict(r, v, "use_vmac", "without its MAC address");
		v->vmac->mac_len = 0;
	}
}

void vrrp_strict_mode(struct vrrp_rules *r, struct vrrp_conf *v)
{
	if (v->strict == TRI_UNSET)
		v->strict = r->conf->global.strict;
	if (!v->strict)
		return;
	timing(r, v);
	switches(r, v);
	own_interface(r, v);
	if (v->peers.n)
		diag_warning(r->diags, at(v, "unicast_peer"),
			"(%s) Unicast peers are not supported in strict mode - they are used all the "
			"same",
			v->node.name);
}

/* Once version and ownership are known. */
void vrrp_strict_accept(struct vrrp_rules *r, struct vrrp_conf *v)
{
	if (!v->strict || v->version != 2 || v->accept != TRI_ON || is_owner(v))
		return;
	vrrp_not_strict(r, v, "accept", "off");
	v->accept = TRI_OFF;
}
