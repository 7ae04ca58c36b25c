/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who may speak: authentication of VRRPv2, and auth_hmac, which takes its place. */
#include <string.h>

#include "keepalived/conf/rules_vrrp.h"

/* ---- authentication ---------------------------------------------------------------------- */

static const char *why_no_auth(const struct vrrp_conf *v)
{
	if (v->hmac.keys)
		return "auth_hmac takes the place of authentication. Ignoring.";
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

void vrrp_authentication(struct vrrp_rules *r, struct vrrp_conf *v)
{
	const char *why;

	if (v->auth_type == VRRP_AUTH_NONE && v->auth_pass[0] && !schema_meant(&v->node, "auth_type"))
		diag_warning(r->diags, at(v, "auth_pass"),
			"(%s) auth_pass without auth_type: adverts are not authenticated",
			v->node.name);
	why = v->auth_type == VRRP_AUTH_NONE ? NULL : why_no_auth(v);
	if (why && (v->auth_pass[0] || !schema_meant(&v->node, "auth_pass")))
		diag_warning(r->diags, at(v, "auth_type"), "(%s) %s", v->node.name, why);
	if (why || v->auth_type == VRRP_AUTH_NONE) {
		v->auth_type = VRRP_AUTH_NONE;
		memset(v->auth_pass, 0, sizeof(v->auth_pass));
	}
	if (v->auth_type == VRRP_AUTH_AH && !is_owner(v))
		v->initial_state = VRRP_INITIAL_BACKUP;
}

/* ---- auth_hmac --------------------------------------------------------------------------- */

static bool has_key(const struct hmac_conf *h)
{
	const struct hmac_key *k = h->keys;

	while (k && k->id != h->active_key)
		k = k->next;
	return k;
}

void vrrp_hmac(struct vrrp_rules *r, struct vrrp_conf *v)
{
	if (!given(v, "auth_hmac"))
		return;
	if (!has_key(&v->hmac)) {
		diag_error(r->diags, at(v, "auth_hmac"),
			"(%s) auth_hmac without a key of the number in active_key - ignored",
			v->node.name);
		v->hmac = (struct hmac_conf){0};
	}
	if (!v->strict || v->hmac.mode == HMAC_ENFORCE)
		return;
	vrrp_not_strict(r, v, "mode", "using enforce");
	v->hmac.mode = HMAC_ENFORCE;
}

#define WINDOW_MIN     5 /* seconds */
#define WINDOW_MAX     300
#define WINDOW_ADVERTS 3

/* Once the interval is what it will be. */
void vrrp_hmac_window(struct vrrp_conf *v)
{
	ktime seconds = given(v, "advert_int") ? v->advert_int / SEC(1) * WINDOW_ADVERTS : 0;

	if (v->hmac.keys && !v->hmac.time_window)
		v->hmac.time_window = SEC(CLAMP(seconds, WINDOW_MIN, WINDOW_MAX));
}
