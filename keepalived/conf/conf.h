/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration as a frozen tree: what every process reads and none may change.
 *
 * A tree lives in one arena. Each object begins with struct node, which knows its table, its name,
 * where it was written and which of its keywords were written where. Defaults and inheritance have
 * been applied by the time a tree is frozen: readers take a field as it is and never ask "was it
 * given?". Lengths of time are ktime (nanoseconds) whatever the unit in the file.
 *
 * A reload compares two trees object by object (lib/schema.h, schema_diff); objects meet by name.
 */
#ifndef KEEPALIVED_CONF_CONF_H
#define KEEPALIVED_CONF_CONF_H

#include <net/if.h>

#include "lib/addr.h"
#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/diag.h"
#include "lib/schema.h"

struct text;

/* Off, on, or "not said": the default then comes from elsewhere (rules.c settles it). */
enum tristate { TRI_UNSET = -1, TRI_OFF = 0, TRI_ON = 1 };

/*
 * A command line. Children never see the command as something to run: they send `id` to the
 * parent, which looks it up in the table that the loader made from the same text.
 */
struct script_conf {
	uint32_t id;         /* index into conf.scripts */
	const char *command; /* as written, for messages and logs */
	int argc;
	const char *const *argv;
	const char *user;    /* NULL: script_user */
	const char *group;   /* NULL: the user's; "" after a bare ':' */
	bool groups;         /* supplementary groups too (":group") */
	bool test_open;      /* "</path": success when the file opens */
	bool idle;           /* belongs to a vrrp_script that nobody tracks */
	struct span span;
};

struct name_conf { /* a member of a plain list of words */
	struct node node; /* node.name is the word */
};

struct global_conf {
	struct node node;
	/* identity and mail */
	const char *router_id;
	const char *email_from;
	struct nodes email_to; /* struct name_conf */
	const char *smtp_server; /* host name or address as written; resolved by whoever sends */
	uint16_t smtp_port;
	const char *smtp_helo_name;
	ktime smtp_connect_timeout;
	int smtp_alert, smtp_alert_vrrp, smtp_alert_checker; /* enum tristate */
	bool no_email_faults;
	bool no_checker_emails;
	/* scripts */
	const char *script_user, *script_group; /* group as written: ":g", ":" */
	bool enable_script_security;
	bool use_symlink_paths;
	const struct script_conf *startup_script, *shutdown_script;
	ktime startup_script_timeout, shutdown_script_timeout;
	/* VRRP defaults */
	uint8_t vrrp_version; /* 2 or 3, IPv4 instances */
	struct addr mcast_group4, mcast_group6;
	bool strict;
	bool skip_check_adv_addr;
	bool check_unicast_src;
	bool v3_checksum_as_v2;
	bool min_garp;
	uint32_t garp_master_repeat, garp_master_refresh_repeat, garp_lower_prio_repeat;
	ktime garp_master_delay, garp_master_refresh, garp_lower_prio_delay;
	ktime garp_interval, gna_interval; /* 0: no spacing */
	uint32_t down_timer_adverts;
	int lower_prio_no_advert, higher_prio_send_advert; /* enum tristate */
	int owner_ignore_adverts;
	bool notify_priority_changes;
	bool dynamic_interfaces, dynamic_interfaces_if_changes;
	const char *default_interface;
	ktime startup_delay;
	ktime delay_after_boot;
	bool log_unknown_vrids;
	/* checker defaults */
	bool checker_log_all_failures;
	bool rs_init_notifies;
	bool lvs_flush;
	enum lvs_flush_stop { LVS_FLUSH_NONE, LVS_FLUSH_VS, LVS_FLUSH_ALL } lvs_flush_on_stop;
	ktime lvs_timeout_tcp, lvs_timeout_tcpfin, lvs_timeout_udp; /* 0: kernel's */
	/* processes */
	int vrrp_nice, checker_nice;
	int vrrp_rt_priority, checker_rt_priority; /* 0: normal scheduling, else 1..99 SCHED_RR */
	bool vrrp_no_swap, checker_no_swap;
	uint64_t vrrp_rlimit_rttime, checker_rlimit_rttime; /* microseconds, 0: none */
	bool process_names;
	const char *process_name, *vrrp_process_name, *checker_process_name, *bfd_process_name;
	uint32_t umask; /* UINT32_MAX: not given */
	uint32_t vrrp_cmd_rcvbuf, vrrp_monitor_rcvbuf, lvs_cmd_rcvbuf, lvs_monitor_rcvbuf; /* bytes, 0: system's */
	bool vrrp_cmd_rcvbuf_force, vrrp_monitor_rcvbuf_force;
	bool lvs_cmd_rcvbuf_force, lvs_monitor_rcvbuf_force;
};

/* ---- VRRP ------------------------------------------------------------------------------- */

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

/* ---- LVS -------------------------------------------------------------------------------- */

enum lvs_method { LVS_NAT, LVS_DR, LVS_TUN };

struct lvs_forward {
	enum lvs_method method;
	bool given;
	uint8_t tun_type;  /* IP_VS_CONN_F_TUNNEL_TYPE_IPIP, _GUE, _GRE of linux/ip_vs.h */
	uint16_t tun_port;
	uint16_t tun_flags;
};

enum checker_kind {
	CHECK_TCP,
	CHECK_HTTP,
	CHECK_SSL,
	CHECK_MISC,
	CHECK_KINDS
};

struct status_range {
	uint16_t lo, hi;
};

struct url_conf {
	struct node node;
	const char *path;
	const char *virtualhost;
	bool has_digest;
	uint8_t digest[16]; /* MD5 */
	const struct status_range *status; /* accepted; n 0: 200..299 */
	uint32_t n_status;
	bool tls_compliant;
};

enum http_version { HTTP_10, HTTP_10C, HTTP_11 };

struct checker_conf {
	struct node node; /* node.name tells checkers of one real server apart: KIND or KIND#2 ... */
	enum checker_kind kind;
	/* when */
	uint32_t retry;
	ktime delay_before_retry, delay_loop, warmup;
	bool alpha;
	bool log_all_failures;
	/* where to (not MISC) */
	struct endpoint dst;
	struct addr bind_ip;
	uint16_t bind_port;
	const char *bind_if;
	ktime connect_timeout;
	uint32_t fwmark;
	/* HTTP_GET, SSL_GET */
	struct nodes urls; /* struct url_conf */
	enum http_version http_version;
	const char *virtualhost;
	bool enable_sni;
	const char *sni_name;
	bool fast_recovery;
	bool tls_compliant;
	/* MISC_CHECK */
	const struct script_conf *script;
	ktime misc_timeout;
	bool misc_dynamic;
	const char *user, *group;
};

struct rs_conf {
	struct node node; /* node.name is [ADDR]:PORT */
	struct vs_conf *vs;
	struct endpoint dst;
	uint32_t weight;
	struct lvs_forward forward;
	uint32_t uthreshold, lthreshold;
	bool inhibit_on_failure;
	const struct script_conf *notify_up, *notify_down;
	bool alpha;
	int smtp_alert;
	const char *snmp_name, *virtualhost;
	struct nodes checkers; /* struct checker_conf */
	/* defaults for the checkers; 0 or unset until inherited */
	uint32_t retry;
	ktime delay_before_retry, delay_loop, warmup, connect_timeout;
};

enum vs_kind { VS_ADDRESS, VS_FWMARK, VS_GROUP };

enum vs_flags { /* of the scheduler, and one packet scheduling */
	VS_OPS = 1 << 0,
	VS_SCHED1 = 1 << 1, /* flag-1, sh-fallback, mh-fallback */
	VS_SCHED2 = 1 << 2, /* flag-2, sh-port, mh-port */
	VS_SCHED3 = 1 << 3,
};

struct vsg_range { /* one entry of a virtual_server_group */
	struct node node;
	bool is_fwmark;
	uint32_t fwmark;
	uint8_t family; /* fwmark: AF_UNSPEC unless given */
	struct addr first, last;
	uint16_t port;
};

struct vsg_conf {
	struct node node;
	struct nodes entries; /* struct vsg_range */
};

struct vs_conf {
	struct node node; /* node.name is unique and stable: [ADDR]:PROTO:PORT, FWM N, [GROUP]:PORT */
	enum vs_kind kind;
	struct endpoint dst; /* VS_ADDRESS */
	uint32_t fwmark;     /* VS_FWMARK */
	const char *group_name; /* VS_GROUP */
	const struct vsg_conf *group;
	uint8_t family;      /* settled by rules.c */
	uint8_t protocol;    /* IPPROTO_TCP, _UDP, _SCTP; 0: fwmark */
	const char *sched;
	uint32_t flags;      /* enum vs_flags */
	struct lvs_forward forward;
	const char *pe_name;
	ktime persistence_timeout; /* whole seconds; 0: off */
	uint32_t granularity;  /* IPv4: netmask in network order; IPv6: prefix length */
	bool granularity_given;
	bool ha_suspend;
	bool alpha, omega;
	bool inhibit_on_failure;
	int smtp_alert;
	const char *snmp_name, *virtualhost;
	const struct script_conf *quorum_up, *quorum_down;
	uint32_t quorum, hysteresis;
	uint32_t weight;     /* default of its real servers */
	bool has_sorry;
	struct endpoint sorry;
	struct lvs_forward sorry_forward;
	bool sorry_inhibit;
	struct nodes real_servers; /* struct rs_conf */
	/* defaults for real servers and checkers */
	uint32_t retry;
	ktime delay_before_retry, delay_loop, warmup, connect_timeout;
};

struct ssl_conf {
	struct node node;
	const char *password, *ca, *certificate, *key;
};

/* ---- the whole --------------------------------------------------------------------------- */

struct conf {
	struct node node;
	struct arena *arena;
	const struct text *text; /* what the spans point into; owned by whoever called conf_parse */
	/* top level words that are not in global_defs */
	const char *net_namespace, *net_namespace_ipvs, *instance_name;
	bool net_namespace_ipvs_given;
	bool use_pid_dir;
	ktime child_wait_time;
	struct global_conf global;
	struct ssl_conf ssl;
	struct nodes sync_groups;  /* struct vrrp_group_conf */
	struct nodes vrrp_scripts; /* struct vrrp_script_conf */
	struct nodes instances;    /* struct vrrp_conf */
	struct nodes vs_groups;    /* struct vsg_conf */
	struct nodes virtual_servers; /* struct vs_conf */
	bool has_bfd; /* a bfd_instance was written (its child comes later) */
	const struct script_conf **scripts; /* every command, by id */
	uint32_t n_scripts;
};

/*
 * Parses text into a frozen tree: syntax, ranges, defaults, inheritance, cross-field rules. A pure
 * function: it asks neither the kernel nor the file system, and may run in any thread. Never NULL;
 * what was wrong is in the diagnostics.
 */
struct conf *conf_parse(const struct text *, struct diags *);
void conf_free(struct conf *); /* the tree, not the text; NULL is fine */

static inline bool conf_wants_vrrp(const struct conf *c)
{
	return c->instances.first != NULL;
}

static inline bool conf_wants_checker(const struct conf *c)
{
	return c->virtual_servers.first != NULL;
}

/* Name of a service or server as logs have it: [ADDR]:PROTO:PORT (PROTO tcp, udp, sctp, none). */
const char *rs_name(const struct rs_conf *, char buf[static 80]);
const char *vs_name(const struct vs_conf *); /* node.name */

struct vrrp_conf *conf_instance(const struct conf *, const char *name);

#endif
