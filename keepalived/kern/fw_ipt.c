/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keepalived/kern/fw_ipt.h"

#include <netinet/icmp6.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	int family;
	const char *type;
} kinds[FW_SETS] = {
	[FW_SET4] = {AF_INET, "hash:ip family inet"},
	[FW_SET6] = {AF_INET6, "hash:ip family inet6"},
	[FW_SET_LINK] = {AF_INET6, "hash:net,iface family inet6"},
};

static enum fw_set set_of(const struct fw_addr *f)
{
	if (f->addr.family == AF_INET)
		return FW_SET4;
	return fw_addr_on_link(f) ? FW_SET_LINK : FW_SET6;
}

static bool has_elements(const struct fw_rules *r, size_t set)
{
	size_t i;

	for (i = 0; r && i < r->n; i++)
		if (set_of(&r->deny[i]) == set)
			return true;
	return false;
}

/* ---- rules ------------------------------------------------------------------------------- */

struct list_of_rules {
	struct fw_ipt_rule *rule;
	size_t n;
};

static void add(struct list_of_rules *l, const struct fw_ipt_rule *r)
{
	l->rule = xrealloc(l->rule, (l->n + 1) * sizeof(*l->rule));
	l->rule[l->n++] = *r;
}

/* Neighbour discovery goes on for addresses that are not accepted (RFC 9568 6.4.3). */
static void add_with_discovery(struct list_of_rules *l, int family, struct fw_ipt_rule r)
{
	static const uint8_t discovery[] = {ND_NEIGHBOR_SOLICIT, ND_NEIGHBOR_ADVERT};
	size_t i;

	r.accept = true;
	for (i = 0; family == AF_INET6 && i < ARRAY_SIZE(discovery); i++) {
		r.icmp6 = discovery[i];
		add(l, &r);
	}
	r.accept = false;
	r.icmp6 = 0;
	add(l, &r);
}

static void add_sets(
	struct list_of_rules *l, const struct fw_rules *r, int family, bool every, bool output)
{
	static const enum fw_set order[] = {FW_SET4, FW_SET_LINK, FW_SET6};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(order); i++)
		if (kinds[order[i]].family == family && (every || has_elements(r, order[i])))
			add_with_discovery(l, family,
				(struct fw_ipt_rule){.output = output,
					.set = r->set[order[i]],
					.set_link = order[i] == FW_SET_LINK});
}

static void add_addresses(
	struct list_of_rules *l, const struct fw_rules *r, int family, bool output)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (r->deny[i].addr.family == family)
			add_with_discovery(l, family,
				(struct fw_ipt_rule){.output = output, .addr = r->deny[i]});
}

size_t fw_ipt_rules(const struct fw_rules *r, int family, bool every, struct fw_ipt_rule **out)
{
	struct list_of_rules l = {0};
	int output;

	for (output = 0; output <= 1; output++) {
		if (!(output ? r->chain_out : r->chain_in)[0])
			continue;
		if (r->sets)
			add_sets(&l, r, family, every, output);
		else
			add_addresses(&l, r, family, output);
	}
	*out = l.rule;
	return l.n;
}

bool fw_ipt_rules_eq(const struct fw_ipt_rule *a, const struct fw_ipt_rule *b, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		const char *set_a = a[i].set ? a[i].set : "", *set_b = b[i].set ? b[i].set : "";

		if (a[i].output != b[i].output || a[i].accept != b[i].accept ||
			a[i].icmp6 != b[i].icmp6 || strcmp(set_a, set_b) != 0 ||
			fw_addr_cmp(&a[i].addr, &b[i].addr))
			return false;
	}
	return true;
}

/* ---- sets -------------------------------------------------------------------------------- */

#define FRESH "%.26s.new" /* a name that fits into 31 characters */

static void put_element(
	struct strbuf *out, const char *verb, const char *name, const struct fw_addr *f)
{
	char text[ADDR_STRLEN];

	strbuf_printf(out, "%s %s %s%s%s\n", verb, name, addr_str(&f->addr, text),
		f->ifname[0] ? "," : "", f->ifname);
}

/* What is in r and not in without (NULL: nothing is). */
static void put_elements(struct strbuf *out, const char *verb, const char *name, size_t set,
	const struct fw_rules *r, const struct fw_rules *without)
{
	size_t i, k = 0;

	for (i = 0; i < r->n; i++) {
		const struct fw_addr *f = &r->deny[i];

		while (without && k < without->n && fw_addr_cmp(&without->deny[k], f) < 0)
			k++;
		if (set_of(f) == set &&
			!(without && k < without->n && !fw_addr_cmp(&without->deny[k], f)))
			put_element(out, verb, name, f);
	}
}

static void put_exchange(struct strbuf *out, size_t set, const struct fw_rules *want)
{
	char fresh[FW_NAME_MAX];

	snprintf(fresh, sizeof(fresh), FRESH, want->set[set]);
	strbuf_printf(out, "-destroy %s\ncreate %s %s\n", fresh, fresh, kinds[set].type);
	put_elements(out, "add", fresh, set, want, NULL);
	strbuf_printf(out, "create %s %s -exist\nswap %s %s\ndestroy %s\n", want->set[set],
		kinds[set].type, fresh, want->set[set], fresh);
}

void fw_ipt_sets_before(
	struct strbuf *out, const struct fw_rules *have, const struct fw_rules *want)
{
	size_t set;

	for (set = 0; want->sets && set < FW_SETS; set++) {
		if (!has_elements(want, set))
			continue;
		if (!have || !has_elements(have, set))
			put_exchange(out, set, want);
		else
			put_elements(out, "add", want->set[set], set, want, have);
	}
}

void fw_ipt_sets_after(struct strbuf *out, const struct fw_rules *have, const struct fw_rules *want)
{
	size_t set;

	for (set = 0; want->sets && set < FW_SETS; set++) {
		if (!has_elements(want, set) && (!have || has_elements(have, set)))
			strbuf_printf(out, "-destroy %s\n", want->set[set]);
		else if (have && has_elements(have, set))
			put_elements(out, "-del", want->set[set], set, have, want);
	}
}
