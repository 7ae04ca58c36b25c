/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside conf/: the tables, the codecs of this language, and the rules over a finished tree. */
#ifndef KEEPALIVED_CONF_TABLES_H
#define KEEPALIVED_CONF_TABLES_H

#include "keepalived/conf/conf.h"
#include "lib/types.h"

/* A tree while it is being read; parse.user. */
struct build {
	struct conf *conf;
	struct script_conf **scripts; /* grows; becomes conf.scripts */
	uint32_t n_scripts, cap_scripts;
	uint32_t rules_counted[2]; /* rules of IPv4 and IPv6 that got a preference */
};

static inline struct conf *building(struct parse *p)
{
	return ((struct build *)p->user)->conf;
}

/* The nth keyword that an unknown word may stand for, whatever the block; NULL: no more. */
const char *conf_guess(const char *word, unsigned nth);

extern const struct block conf_block;       /* the top level */
extern const struct block global_block;     /* global_defs */
extern const struct block sync_group_block; /* vrrp_sync_group */
extern const struct block vrrp_block;       /* vrrp_instance */
extern const struct block vrrp_script_block;
extern const struct block vip_block, evip_block; /* entries: advertised, and not */
extern const struct block static_address_block;  /* entries of static_ipaddress */
extern const struct block route_block, rule_block; /* entries of virtual_ and static_ lists */
extern const struct block track_group_block;
extern const struct block peer_block;            /* entries of unicast_peer */
extern const struct block track_if_block; /* entries of trackers */
extern const struct block track_script_block, track_file_block, track_process_block,
	track_bfd_block;
extern const struct block track_process_object_block; /* vrrp_track_process */
extern const struct block track_file_object_block, vrrp_track_file_object_block;
extern const struct block bfd_block;        /* bfd_instance */
extern const struct block garp_block;       /* garp_group */
extern const struct block garp_member_block;
extern const struct block linkbeat_block, if_delay_block;
extern const struct block ssl_block;
extern const struct block vsg_block;  /* virtual_server_group */
extern const struct block vs_block;   /* virtual_server */
extern const struct block name_block; /* a list of words */

/* ---- codecs ------------------------------------------------------------------------------ */

extern const struct codec codec_script;      /* const struct script_conf *: command, user, group */
extern const struct codec codec_script_only; /* the same without a user */
extern const struct codec codec_forward;     /* struct lvs_forward */
extern const struct codec codec_weight;      /* int, followed by bool reverse */
extern const struct codec codec_user;        /* const char *user, followed by the group */
extern const struct codec codec_one_uint;    /* as codec_uint; more words are refused */
extern const struct codec codec_endpoint;    /* struct endpoint: address and port */
extern const struct codec codec_garp_extra;  /* struct garp_extra */

/* A script of the configuration, with its user and group, gets its number here. */
void script_register(struct parse *, struct script_conf *);
/* Splits ":g" and ":" as they follow a user. */
void script_set_user(struct script_conf *, const char *user, const char *group);
bool script_equal(const struct script_conf *, const struct script_conf *);

/* The instance that an object belongs to. */
struct vrrp_conf *vrrp_of(struct node *);
/* The first address that fixes a family wins; false: this one differs, a diagnostic was added. */
bool vrrp_family_fits(struct parse *, struct vrrp_conf *, const struct addr *, struct span,
	const char *what);
/* A hook: an address of the other family is forgotten, after a complaint. */
void fix_family(struct parse *, struct node *, const struct kw *, const struct stmt *);

/* Takes the one word after the keyword as the name of a block; complains otherwise. */
int open_named(struct parse *, struct node *, const struct stmt *);
/* The same, and the name must be new in the list. */
int open_unique(struct parse *, struct node *, const struct stmt *, const struct nodes *list,
	const char *what);

#define KW_SCRIPT_ROW(kwname, st, fld, fl, dc)                                     \
	{                                                                          \
		.name = kwname, .codec = &codec_script,                            \
		KW_AT(st, fld, KW_IS(st, fld, const struct script_conf *)),        \
		.flags = (fl) | KW_FIRST | KW_SCRIPT | KW_NO_DEFAULT | KW_LIVE,    \
		.args = "<script> [user [:][group]]", .deflt = "(none)", .doc = dc \
	}
#define KW_USER(st, u, g, fl, dc)                                                           \
	{                                                                                   \
		.name = "user", .codec = &codec_user,                                       \
		KW_AT(st, u,                                                                \
			KW_IS(st, u, const char *) && KW_IS(st, g, const char *) &&         \
				offsetof(st, g) == offsetof(st, u) + sizeof(const char *)), \
		.flags = (fl) | KW_NO_DEFAULT, .args = "<user> [:][group]",                 \
		.deflt = "script_user", .doc = dc                                           \
	}

#endif
