/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules for iptables, as values, and the sets that they look into, in the language of ipset(8).
 *
 * Nothing here is atomic beyond one family's table, so the order matters: sets are filled before a
 * rule looks into them, and emptied after.
 */
#ifndef KERN_FW_IPT_H
#define KERN_FW_IPT_H

#include "keepalived/kern/fw_rules.h"
#include "lib/str.h"

struct fw_ipt_rule {
	bool output;     /* in chain_out, about sources; else in chain_in, about destinations */
	bool accept;     /* else drop */
	uint8_t icmp6;   /* type; 0: every packet */
	const char *set; /* borrowed; NULL: the one address */
	bool set_link;   /* the set has addresses with interfaces */
	struct fw_addr addr;
};

/* Rules of a family in their order; to be freed. every: those of sets without elements too. */
size_t fw_ipt_rules(const struct fw_rules *, int family, bool every, struct fw_ipt_rule **out);
bool fw_ipt_rules_eq(const struct fw_ipt_rule *, const struct fw_ipt_rule *, size_t n);

/*
 * Lines for ipset before and after the rules change. NULL have: sets of these names may exist and
 * hold anything; their contents are exchanged at once. A line that begins with '-' may fail.
 */
void fw_ipt_sets_before(
	struct strbuf *out, const struct fw_rules *have, const struct fw_rules *want);
void fw_ipt_sets_after(
	struct strbuf *out, const struct fw_rules *have, const struct fw_rules *want);

/* iptables is there and works on the tables that this file's functions change (not on nftables). */
bool fw_ipt_usable(void);
/* All rules are there; blocks. */
bool fw_ipt_present(const struct fw_rules *have);
/* As fw_nft_run, for the whole difference; both are of kind FW_IPTABLES, have may be NULL. */
int fw_ipt_change(const struct fw_rules *have, const struct fw_rules *want, struct strbuf *why);

#endif
