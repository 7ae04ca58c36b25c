/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Services, real servers and their checkers. */
#ifndef KEEPALIVED_CONF_LVS_H
#define KEEPALIVED_CONF_LVS_H

#include "keepalived/conf/values.h"
#include "lib/addr.h"

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

#endif
