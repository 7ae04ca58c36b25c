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
	uint8_t tun_type; /* IP_VS_CONN_F_TUNNEL_TYPE_IPIP, _GUE, _GRE of linux/ip_vs.h */
	uint16_t tun_port;
	uint16_t tun_flags;
};

enum checker_kind {
	CHECK_TCP,
	CHECK_HTTP,
	CHECK_SSL,
	CHECK_MISC,
	CHECK_SMTP,
	CHECK_DNS,
	CHECK_UDP,
	CHECK_PING,
	CHECK_FILE,
	CHECK_BFD,
	CHECK_KINDS
};

/* What checkers of all kinds have; first member of each kind's struct. */
struct checker_conf {
	struct node
		node; /* node.name tells checkers of one real server apart: KIND or KIND#2 ... */
	enum checker_kind kind;
	/* when (not FILE, BFD) */
	uint32_t retry;
	ktime delay_before_retry, delay_loop, warmup;
	bool alpha;
	bool log_all_failures;
	/* where to (not MISC, FILE, BFD) */
	uint16_t bind_port;
	uint32_t fwmark;
	struct endpoint dst;
	struct addr bind_ip;
	const char *bind_if;
	ktime connect_timeout;
};

struct status_range {
	uint16_t lo, hi;
};

enum regex_option { /* PCRE2_* of pcre2.h, by name */
	REGEX_ALLOW_EMPTY_CLASS = 1 << 0,
	REGEX_ALT_BSUX = 1 << 1,
	REGEX_AUTO_CALLOUT = 1 << 2,
	REGEX_CASELESS = 1 << 3,
	REGEX_DOLLAR_ENDONLY = 1 << 4,
	REGEX_DOTALL = 1 << 5,
	REGEX_DUPNAMES = 1 << 6,
	REGEX_EXTENDED = 1 << 7,
	REGEX_FIRSTLINE = 1 << 8,
	REGEX_MATCH_UNSET_BACKREF = 1 << 9,
	REGEX_MULTILINE = 1 << 10,
	REGEX_NEVER_UCP = 1 << 11,
	REGEX_NEVER_UTF = 1 << 12,
	REGEX_NO_AUTO_CAPTURE = 1 << 13,
	REGEX_NO_AUTO_POSSESS = 1 << 14,
	REGEX_NO_DOTSTAR_ANCHOR = 1 << 15,
	REGEX_NO_START_OPTIMIZE = 1 << 16,
	REGEX_UCP = 1 << 17,
	REGEX_UNGREEDY = 1 << 18,
	REGEX_UTF = 1 << 19,
	REGEX_NEVER_BACKSLASH_C = 1 << 20,
	REGEX_ALT_CIRCUMFLEX = 1 << 21,
	REGEX_ALT_VERBNAMES = 1 << 22,
	REGEX_USE_OFFSET_LIMIT = 1 << 23,
};

struct regex_conf {
	const char *pattern;             /* PCRE2; NULL: none. Not compiled yet. */
	uint32_t options;                /* enum regex_option */
	bool no_match;                   /* a match is a failure */
	uint32_t min_offset;             /* bytes of the body; a match starts here ... */
	uint32_t max_offset;             /* ... or further on, up to here; UINT32_MAX: anywhere */
	uint32_t stack_start, stack_max; /* bytes of the JIT stack; 0: the library's */
};

struct url_conf {
	struct node node;
	const char *path;
	const char *virtualhost; /* Host header; NULL: address:port */
	const char *sni;         /* server name of the TLS handshake; NULL: none */
	bool has_digest;
	uint8_t digest[16];                /* MD5 */
	const struct status_range *status; /* accepted; n 0: 200..299 */
	uint32_t n_status;
	struct regex_conf regex;
	bool tls_compliant; /* close_notify is sent */
};

enum http_version { HTTP_10, HTTP_10C, HTTP_11 };

struct http_check { /* HTTP_GET, SSL_GET */
	struct checker_conf check;
	struct nodes urls; /* struct url_conf, at least one */
	enum http_version http_version;
	const char *virtualhost;
	bool enable_sni;
	const char *sni_name;
	bool fast_recovery;
	bool tls_compliant;
};

struct misc_check {
	struct checker_conf check;
	const struct script_conf *script;
	ktime timeout; /* whole seconds */
	bool dynamic;
	const char *user, *group;
};

struct smtp_check {
	struct checker_conf check;
	const char *helo_name;
	struct nodes hosts; /* empty: each has become a checker of its own */
};

enum dns_type { /* RFC 1035 3.2.2, RFC 3596, RFC 4034 */
	DNS_TYPE_A = 1,
	DNS_TYPE_NS = 2,
	DNS_TYPE_CNAME = 5,
	DNS_TYPE_SOA = 6,
	DNS_TYPE_MX = 15,
	DNS_TYPE_TXT = 16,
	DNS_TYPE_AAAA = 28,
	DNS_TYPE_RRSIG = 46,
	DNS_TYPE_DNSKEY = 48,
};

struct dns_check {
	struct checker_conf check;
	uint16_t type;    /* enum dns_type */
	const char *name; /* labels of 1..63 bytes between dots; "." is the root */
};

/* Bytes of a datagram; where a bit of mask is 0 any value will do. */
struct hex_bytes {
	const uint8_t *byte;
	const uint8_t *mask; /* NULL: all bits count */
	uint16_t n;
};

struct udp_check {
	struct checker_conf check;
	struct hex_bytes payload; /* n 0: random bytes */
	bool require_reply;
	struct hex_bytes reply;        /* compared up to the shorter length; n 0: any */
	uint16_t min_reply, max_reply; /* accepted lengths, bytes */
};

/* What the number in a track_file means to a server. */
struct file_weight {
	int factor; /* the number times factor is added to the weight; 0: a number but 0 is a
		       failure */
	enum tristate reverse; /* negates; with factor 0: 0 is the failure */
	bool given;
};

struct file_check { /* of the common part only the name counts */
	struct checker_conf check;
	const char *file_name;
	const struct track_file_conf *file;
	struct file_weight weight; /* the file's own where nothing was given */
};

struct bfd_check { /* of the common part only alpha counts */
	struct checker_conf check;
	const char *session_name;
	const struct bfd_conf *session;
};

struct rs_conf {
	struct node node; /* node.name is [ADDR]:PORT */
	struct vs_conf *vs;
	struct endpoint dst;
	uint32_t weight;
	struct lvs_forward forward;
	uint32_t uthreshold, lthreshold;
	int smtp_alert;
	bool inhibit_on_failure;
	bool alpha;
	const struct script_conf *notify_up, *notify_down;
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
	struct node
		node; /* node.name is unique and stable: [ADDR]:PROTO:PORT, FWM N, [GROUP]:PORT */
	enum vs_kind kind;
	struct endpoint dst;    /* VS_ADDRESS */
	uint32_t fwmark;        /* VS_FWMARK */
	const char *group_name; /* VS_GROUP */
	const struct vsg_conf *group;
	uint8_t family;   /* settled by rules.c */
	uint8_t protocol; /* IPPROTO_TCP, _UDP, _SCTP; 0: fwmark */
	const char *sched;
	uint32_t flags; /* enum vs_flags */
	struct lvs_forward forward;
	const char *pe_name;
	ktime persistence_timeout; /* whole seconds; 0: off */
	uint32_t granularity;      /* IPv4: netmask in network order; IPv6: prefix length */
	bool granularity_given;
	bool ha_suspend;
	bool alpha, omega;
	bool inhibit_on_failure;
	int smtp_alert;
	const char *snmp_name, *virtualhost;
	const struct script_conf *quorum_up, *quorum_down;
	uint32_t quorum, hysteresis;
	uint32_t weight; /* default of its real servers */
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
