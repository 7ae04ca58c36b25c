/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is asked of the firewall, as a value: addresses of this host that nobody may speak to or
 * from. Two such values are compared, and the difference is what the kernel is told.
 */
#ifndef KERN_FW_RULES_H
#define KERN_FW_RULES_H

#include <net/if.h>

#include "lib/addr.h"

/* The same link-local IPv6 address may be on several interfaces, and be meant on one of them. */
struct fw_addr {
	struct addr addr;
	char ifname[IFNAMSIZ]; /* link-local IPv6 address, rules by name; else "" */
	int ifindex;           /* link-local IPv6 address, rules by index; else 0 */
};

enum fw_kind { FW_NFTABLES, FW_IPTABLES };

/* Sets of addresses for iptables: IPv4, IPv6, link-local IPv6 with interface. */
enum fw_set { FW_SET4, FW_SET6, FW_SET_LINK, FW_SETS };

#define FW_NAME_MAX 32 /* bytes; chains have up to 28, ipsets up to 31 characters */

struct fw_rules {
	enum fw_kind kind;
	/* nftables */
	char *table;  /* owned; one per family */
	int priority; /* of the base chains */
	bool counters;
	bool by_index; /* interfaces by index, not by name */
	/* iptables; "": nothing there */
	char chain_in[FW_NAME_MAX], chain_out[FW_NAME_MAX];
	bool sets; /* else a rule per address */
	char set[FW_SETS][FW_NAME_MAX];
	struct fw_addr *deny; /* owned; sorted by family, address, interface; no two are equal */
	size_t n, cap;
};

void fw_rules_init(struct fw_rules *, const char *table);
void fw_rules_free(struct fw_rules *); /* leaves it empty, to be freed or initialized again */
void fw_rules_copy(struct fw_rules *out, const struct fw_rules *); /* out: uninitialized */

/* Link-local IPv6 addresses need the interface that by_index calls for, others ignore it. */
void fw_rules_deny(struct fw_rules *, const struct addr *, const char *ifname, int ifindex);
void fw_rules_sort(struct fw_rules *); /* after the last fw_rules_deny */

/* Of sorted rules. */
bool fw_rules_denies(const struct fw_rules *, const struct addr *, const char *ifname, int ifindex);

int fw_addr_cmp(const struct fw_addr *, const struct fw_addr *);
bool fw_addr_on_link(const struct fw_addr *); /* it has an interface */
bool fw_rules_eq(const struct fw_rules *, const struct fw_rules *);
/* The same tables and chains, whatever the addresses in them. */
bool fw_rules_same_frame(const struct fw_rules *, const struct fw_rules *);
/* Leaves what the other denies as well, in the same tables and chains. Both are sorted. */
void fw_rules_keep(struct fw_rules *, const struct fw_rules *other);
size_t fw_rules_count(const struct fw_rules *, int family);

#endif
