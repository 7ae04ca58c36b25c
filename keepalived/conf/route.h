/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Routes and rules, virtual (of an instance) and static, as the kernel will be asked for them:
 * numbers are those of linux/rtnetlink.h, linux/fib_rules.h and linux/lwtunnel.h.
 */
#ifndef KEEPALIVED_CONF_ROUTE_H
#define KEEPALIVED_CONF_ROUTE_H

#include <linux/rtnetlink.h>

#include "keepalived/conf/values.h"
#include "lib/addr.h"

/* Names the instances that go to FAULT when what refers to it cannot be kept. */
struct track_group_conf {
	struct node node;
	struct nodes members; /* struct name_conf, as written */
	struct vrrp_conf **member;
	uint32_t n_members; /* those that exist; never 0 in a frozen tree */
};

struct prefix {
	struct addr addr; /* AF_UNSPEC: everything */
	uint8_t len;
};

/* How every entry that has a family begins. */
struct entry {
	struct node node;
	uint8_t family; /* AF_INET or AF_INET6 when frozen */
	bool nameless;  /* while it is read: has a name that this machine does not know */
};

struct optional { /* a number that may be left to the kernel */
	uint32_t value;
	bool given;
	bool lock; /* the kernel is not to change it */
};

struct encap_conf {
	uint16_t type;  /* LWTUNNEL_ENCAP_*; 0: none */
	uint16_t flags; /* the rest: ip and ip6 */
	uint8_t tos;    /* ip6: traffic class */
	uint8_t ttl;    /* ip6: hop limit; 0: the kernel's */
	struct addr dst, src;
	uint64_t id;
	uint32_t label[2]; /* mpls */
	uint8_t n_labels;
	uint64_t locator; /* ila, host order */
};

struct nexthop_conf {
	struct entry entry; /* of the route's family; without a name */
	struct addr via;
	const char *dev;
	uint16_t weight; /* 1..256 */
	bool onlink;
	uint32_t realms;
	struct encap_conf encap;
};

enum route_flags {
	ROUTE_NO_TRACK = 1 << 0,
	ROUTE_ONLINK = 1 << 1,
};

enum route_order { ROUTE_PREPEND, ROUTE_APPEND, ROUTE_ADD };
enum route_propagate { PROPAGATE_KERNEL, PROPAGATE_ON, PROPAGATE_OFF };

struct route_conf {
	struct entry entry; /* the name says what tells it from others of its table */
	struct prefix dst, from;
	struct addr src, via;
	const char *dev;
	uint32_t table;
	const char *vrf; /* its table is used instead; NULL: none */
	uint32_t metric; /* 0: the kernel's */
	uint32_t realms; /* from << 16 | to; 0: none */
	uint8_t type;    /* RTN_* */
	uint8_t tos, protocol, scope;
	uint8_t pref;            /* ICMPV6_ROUTER_PREF_* */
	uint8_t order;           /* enum route_order */
	uint8_t propagate;       /* enum route_propagate, of the TTL into MPLS */
	uint32_t flags;          /* enum route_flags */
	struct optional expires; /* seconds */
	/* By RTAX_*; times as the kernel has them: rtt in 1/8 ms, rttvar in 1/4 ms, rto_min in ms.
	 */
	struct optional metrics[RTAX_FASTOPEN_NO_COOKIE + 1];
	const char *congctl; /* NULL: the kernel's; locked: metrics[RTAX_CC_ALGO].lock */
	struct encap_conf encap;
	struct nodes nexthops; /* struct nexthop_conf; none: via and dev say it all */
	const struct track_group_conf *track_group; /* static routes; NULL: none */
};

enum rule_flags {
	RULE_NO_TRACK = 1 << 0,
	RULE_NOT = 1 << 1,
	RULE_PREFERENCE = 1 << 2, /* was written, or counted; always set in a frozen tree */
	RULE_FWMARK = 1 << 3,
	RULE_UIDRANGE = 1 << 4,
	RULE_L3MDEV = 1 << 5, /* the action is that */
};

struct port_range {
	uint16_t first, last; /* 0, 0: any */
};

struct rule_conf {
	struct entry entry; /* the name is the whole rule */
	struct prefix from, to;
	uint8_t action; /* FR_ACT_*; FR_ACT_TO_TBL has table, or RULE_L3MDEV; 0: none yet */
	uint8_t tos, protocol;
	uint8_t ip_protocol; /* 0: any */
	uint32_t flags;      /* enum rule_flags */
	uint32_t table, target /* of goto */, preference;
	uint32_t fwmark, fwmask;
	uint32_t realms;
	struct optional suppress_prefixlen, suppress_ifgroup;
	const char *iif, *oif;
	uint64_t tunnel_id; /* 0: any */
	uint32_t first_uid, last_uid;
	struct port_range sport, dport;
	const struct track_group_conf *track_group; /* static rules; NULL: none */
};

#endif
