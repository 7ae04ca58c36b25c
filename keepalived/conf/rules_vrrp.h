/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the rules of VRRP share. Each file has one topic; rules_vrrp.c calls them in order. */
#ifndef KEEPALIVED_CONF_RULES_VRRP_H
#define KEEPALIVED_CONF_RULES_VRRP_H

#include "keepalived/conf/rules.h"

#define OWNER               255 /* priority of who owns the addresses */
#define VRRP_STRICT_ADVERTS 3   /* missed until the master is down, RFC 9568 6.1 */

struct owners;

struct vrrp_rules {
	struct conf *conf;
	struct diags *diags;
	struct owners *keys;   /* what must not be taken twice; see vrrp_taken */
	struct arena *scratch; /* for what is needed no longer than the rules of an instance take */
};

#define fatal(d, span, ...) diag_add((d), DIAG_ERROR, DIAG_REQUIRED, (span), __VA_ARGS__)

static inline struct span at(const struct vrrp_conf *v, const char *keyword)
{
	return schema_place(&v->node, keyword);
}

static inline bool given(const struct vrrp_conf *v, const char *keyword)
{
	return schema_given(&v->node, keyword);
}

static inline bool is_owner(const struct vrrp_conf *v)
{
	return v->priority == OWNER;
}

/* What was said, else what is said elsewhere; off when nobody says. */
static inline int tri(int own, int otherwise)
{
	return own != TRI_UNSET ? own : otherwise == TRI_UNSET ? TRI_OFF : otherwise;
}

/* Who had that key before (copied); NULL: nobody, it is now owner's. */
const struct node *vrrp_taken(struct vrrp_rules *, const char *key, const struct node *owner);
/* A keyword of unicast was written. */
bool vrrp_means_unicast(const struct vrrp_conf *);

/* rules_strict.c */
void vrrp_strict_mode(struct vrrp_rules *, struct vrrp_conf *);   /* first of the instance */
void vrrp_strict_accept(struct vrrp_rules *, struct vrrp_conf *); /* once the owner is known */
void vrrp_not_strict(struct vrrp_rules *, struct vrrp_conf *, const char *keyword, const char *now);

/* rules_auth.c */
void vrrp_hmac(struct vrrp_rules *, struct vrrp_conf *); /* before authentication */
void vrrp_authentication(struct vrrp_rules *, struct vrrp_conf *);
void vrrp_hmac_window(struct vrrp_conf *); /* once advert_int is settled */

/* rules_group.c */
/* Members find their groups; before all else. */
void vrrp_groups_join(struct vrrp_rules *, const struct node_map *instances);
void vrrp_group_start(struct vrrp_rules *, struct vrrp_group_conf *);
void vrrp_trackers(struct vrrp_rules *, struct vrrp_conf *);
void vrrp_unused_scripts(struct vrrp_rules *);

/* rules_vips.c */
void vrrp_addresses(struct vrrp_rules *, struct vrrp_conf *);

/* rules_twins.c */
void vrrp_duplicate_vrid(struct vrrp_rules *, struct vrrp_conf *);

/* rules_vmac.c */
void vrrp_vmac(struct vrrp_rules *, struct vrrp_conf *); /* before version and priority */
void vrrp_vmac_names(struct vrrp_rules *); /* of all instances, when they are settled */
void vrrp_vmac_macs(struct vrrp_rules *);

#endif
