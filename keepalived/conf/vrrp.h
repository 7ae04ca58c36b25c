/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instances, sync groups, and what they own and track. */
#ifndef KEEPALIVED_CONF_VRRP_H
#define KEEPALIVED_CONF_VRRP_H

#include "keepalived/conf/values.h"
#include "lib/addr.h"

enum vip_flags {
	VIP_HOME = 1 << 0,
	VIP_DAD = 1 << 1, /* -nodad was written: duplicate address detection runs */
	VIP_MNGTMPADDR = 1 << 2,
	VIP_NOPREFIXROUTE = 1 << 3,
	VIP_AUTOJOIN = 1 << 4,
	VIP_NO_TRACK = 1 << 5,
	VIP_BRD_AUTO = 1 << 6,  /* brd + */
	VIP_BRD_CLEAR = 1 << 7, /* brd - */
};

struct vip_conf {
	struct node node; /* node.name is ADDR/LEN dev IF, unique within the instance */
	struct addr addr;
	uint8_t prefixlen;
	struct addr peer; /* AF_UNSPEC: none */
	struct addr brd;
	uint8_t scope;
	const char *label; /* NULL: none */
	const char *dev;   /* interface name; NULL only when the instance has none */
	uint32_t flags;    /* enum vip_flags */
	uint32_t preferred_lft; /* seconds, UINT32_MAX: forever */
};

struct peer_conf {
	struct node node;
	struct addr addr;
	uint8_t min_ttl, max_ttl; /* 0, 255: any */
};

struct track_if_conf {
	struct node node; /* node.name is the interface */
	int weight;       /* 0: down means FAULT */
	bool reverse;
};

struct vrrp_script_conf {
	struct node node;
	const struct script_conf *script;
	ktime interval, timeout; /* millisecond resolution */
	int weight;              /* -253..253 */
	bool reverse;
	uint32_t rise, fall;
	bool init_fail;
	const char *user, *group;
};

struct track_script_conf {
	struct node node; /* node.name is the script's */
	const struct vrrp_script_conf *script;
	int weight;
	bool reverse;
	bool weight_given, reverse_given;
};

enum vrrp_auth { VRRP_AUTH_NONE = 0, VRRP_AUTH_PASS = 1, VRRP_AUTH_AH = 2 };

struct notify_conf { /* scripts of an instance or a group; NULL: none */
	const struct script_conf *master, *backup, *fault, *stop, *any;
	const struct script_conf *deleted, *master_rx_lower_pri;
	bool deleted_given;
};

struct vrrp_conf {
	struct node node;
	uint8_t family; /* AF_INET or AF_INET6, settled by rules.c */
	uint8_t vrid;
	uint8_t priority; /* base; 255: address owner */
	uint8_t version;  /* 2 or 3 */
	int initial_state; /* enum vrrp_initial */
	const char *interface; /* NULL: unicast without interface */
	ktime advert_int;
	uint32_t down_timer_adverts;
	bool nopreempt;
	ktime preempt_delay;
	int strict; /* enum tristate in the file; TRI_OFF or TRI_ON when frozen */
	int accept;
	bool dont_track_primary;
	bool track_src_ip;
	int lower_prio_no_advert, higher_prio_send_advert, owner_ignore_adverts;
	uint8_t timer_expired_backup; /* 0: off */
	bool no_virtual_ipaddress;
	bool promote_secondaries;
	/* packets */
	struct addr src_ip;   /* AF_UNSPEC: the interface's */
	struct addr mcast_dst;
	bool unicast;         /* peers given */
	bool unicast_fault_no_peer;
	bool check_unicast_src;
	int unicast_ttl;      /* -1: default */
	struct nodes peers;   /* struct peer_conf */
	int v3_checksum_as_v2;
	int skip_check_adv_addr;
	enum vrrp_auth auth_type;
	uint8_t auth_pass[8]; /* zero padded */
	/* addresses */
	struct nodes vips;    /* struct vip_conf, advertised */
	struct nodes evips;   /* struct vip_conf, not advertised */
	/* announcing */
	uint32_t garp_master_repeat, garp_master_refresh_repeat, garp_lower_prio_repeat;
	ktime garp_master_delay, garp_master_refresh, garp_lower_prio_delay;
	/* tracking */
	struct nodes track_if;      /* struct track_if_conf */
	struct nodes track_scripts; /* struct track_script_conf */
	struct vrrp_group_conf *group; /* NULL: none */
	/* telling */
	struct notify_conf notify;
	int smtp_alert;
	int notify_priority_changes;
};

enum vrrp_initial { VRRP_INITIAL_UNSET, VRRP_INITIAL_BACKUP, VRRP_INITIAL_MASTER };

struct vrrp_group_conf {
	struct node node;
	struct nodes members; /* struct name_conf, as written */
	struct vrrp_conf **member;
	uint32_t n_members;   /* those that exist */
	struct nodes track_if, track_scripts;
	bool tracking_weight; /* sync_group_tracking_weight */
	struct notify_conf notify;
	int smtp_alert;
	int notify_priority_changes;
};

#endif
