/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instances, sync groups, and what they own and track. */
#ifndef KEEPALIVED_CONF_VRRP_H
#define KEEPALIVED_CONF_VRRP_H

#include "keepalived/conf/track.h"
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
	VIP_USE_VMAC = 1 << 8,  /* on a macvlan of its interface */
};

struct track_group_conf; /* conf/route.h */

struct vip_conf {
	struct node node; /* node.name is ADDR/LEN dev IF, unique within the instance */
	struct addr addr;
	struct addr peer; /* AF_UNSPEC: none */
	struct addr brd;
	uint8_t prefixlen;
	uint8_t scope;
	uint32_t flags;         /* enum vip_flags */
	uint32_t preferred_lft; /* seconds, UINT32_MAX: forever */
	const char *label;      /* NULL: none */
	const char *dev;        /* interface name; NULL only when the instance has none */
	const struct track_group_conf *track_group; /* static addresses; NULL: none */
};

struct peer_conf {
	struct node node;
	struct addr addr;
	uint8_t min_ttl, max_ttl; /* 0, 255: any */
};

enum vrrp_auth { VRRP_AUTH_NONE = 0, VRRP_AUTH_PASS = 1, VRRP_AUTH_AH = 2 };

/* auth_hmac */
enum hmac_mode { HMAC_ENFORCE, HMAC_PERMISSIVE, HMAC_RECEIVE_ONLY };
enum hmac_replay { HMAC_TIME, HMAC_MONOTONIC };

#define HMAC_KEY_MIN 32 /* bytes */
#define HMAC_KEY_MAX 64

struct hmac_key {
	const struct hmac_key *next;
	uint8_t id;            /* 1..255 */
	uint8_t len;           /* of key; 0: it is in a file */
	uint8_t key[HMAC_KEY_MAX];
	const char *file;      /* holds the key in the same forms; NULL: none */
	const char *written;   /* as in the configuration */
	struct span span;
};

struct hmac_conf {
	const struct hmac_key *keys; /* ids differ; NULL: adverts carry no trailer */
	uint8_t active_key;          /* an id of keys */
	ktime time_window;           /* whole seconds */
	enum hmac_replay anti_replay;
	enum hmac_mode mode;
};

/*
 * An interface of the instance's own: a macvlan with the virtual MAC address, or an ipvlan. The
 * name is settled as far as the configuration goes; a foreign interface of that name is seen at run
 * time.
 */
#define LINK_GROUP_PARENT 0 /* of .group: that of the parent; else the number + 1 */

struct vmac_conf {
	bool netlink_notify; /* a message for the base interface once the macvlan is made */
	uint8_t mac_len; /* 0: that of the RFC; 6, after the VRID was appended to five */
	uint8_t mac[6];
	const char *name;   /* as given; NULL: generated */
	const char *ifname; /* settled */
	uint32_t group;     /* LINK_GROUP_PARENT, or number + 1 */
};

enum vrrp_ipvlan_mode { VRRP_IPVLAN_UNSET, VRRP_IPVLAN_BRIDGE, VRRP_IPVLAN_PRIVATE, VRRP_IPVLAN_VEPA };

struct ipvlan_conf {
	uint8_t prefixlen;
	struct addr addr; /* AF_UNSPEC: none */
	enum vrrp_ipvlan_mode mode; /* unset means bridge */
	const char *name, *ifname; /* as for struct vmac_conf */
	uint32_t group;
};

enum old_checksum { CHECKSUM_DETECT, CHECKSUM_OLD, CHECKSUM_NEVER };

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
	const char *vrf;       /* of an instance without interface; NULL: none */
	struct vmac_conf *vmac; /* NULL: none; never both */
	struct ipvlan_conf *ipvlan;
	bool use_vmac_addr;    /* and one for every other interface that gets an address */
	bool vmac_xmit_base;
	bool nopreempt;
	uint32_t down_timer_adverts;
	ktime advert_int, preempt_delay;
	int strict; /* enum tristate in the file; TRI_OFF or TRI_ON when frozen */
	int accept;
	int lower_prio_no_advert, higher_prio_send_advert, owner_ignore_adverts;
	uint8_t timer_expired_backup; /* 0: off */
	bool no_virtual_ipaddress;
	bool promote_secondaries;
	bool linkbeat_use_polling;
	uint8_t debug; /* 0..4, unused */
	bool dont_track_primary;
	bool track_src_ip;
	const char *fault; /* what can never work: FAULT for good; NULL: nothing */
	/* packets */
	struct addr src_ip;   /* AF_UNSPEC: the interface's */
	struct addr mcast_dst;
	bool unicast;         /* peers given */
	bool unicast_fault_no_peer;
	bool check_unicast_src;
	int unicast_ttl;      /* -1: default */
	struct nodes peers;   /* struct peer_conf */
	uint64_t rx_buf_size; /* bytes of this instance; UINT64_MAX: vrrp_rx_bufs_policy */
	enum old_checksum old_unicast_checksum;
	int v3_checksum_as_v2;
	int skip_check_adv_addr;
	enum vrrp_auth auth_type;
	uint8_t auth_pass[8]; /* zero padded */
	struct hmac_conf hmac;
	/* addresses */
	struct nodes vips;    /* struct vip_conf, advertised */
	struct nodes evips;   /* struct vip_conf, not advertised */
	struct nodes routes;  /* struct route_conf (conf/route.h), there while master */
	struct nodes rules;   /* struct rule_conf */
	/* announcing */
	uint32_t garp_master_repeat, garp_master_refresh_repeat, garp_lower_prio_repeat;
	ktime garp_master_delay, garp_master_refresh, garp_lower_prio_delay;
	struct garp_extra garp_extra; /* from VMACs of other interfaces */
	/* tracking */
	struct tracked track;
	const char *lvs_sync_interface; /* old form of lvs_sync_daemon; NULL: not said */
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
	struct tracked track;
	bool tracking_weight; /* sync_group_tracking_weight */
	struct notify_conf notify;
	int smtp_alert;
	int notify_priority_changes;
};

#endif
