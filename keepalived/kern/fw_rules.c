/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keepalived/kern/fw_rules.h"

#include <stdlib.h>
#include <string.h>

#include "lib/str.h"

void fw_rules_init(struct fw_rules *r, const char *table)
{
	*r = (struct fw_rules){.table = xstrdup(table), .priority = -1};
}

void fw_rules_free(struct fw_rules *r)
{
	free(r->table);
	free(r->deny);
	*r = (struct fw_rules){0};
}

void fw_rules_copy(struct fw_rules *out, const struct fw_rules *r)
{
	*out = *r;
	out->table = xstrdup(r->table);
	out->cap = r->n;
	out->deny = r->n ? xmalloc(r->n * sizeof(*r->deny)) : NULL;
	if (r->n)
		memcpy(out->deny, r->deny, r->n * sizeof(*r->deny));
}

static struct fw_addr as_denied(
	const struct fw_rules *r, const struct addr *a, const char *ifname, int ifindex)
{
	bool on_link = a->family == AF_INET6 && addr_is_link_local(a);
	struct fw_addr f = {.addr = *a};

	if (on_link && r->by_index)
		f.ifindex = ifindex;
	else if (on_link)
		str_copy(f.ifname, sizeof(f.ifname), ifname);
	return f;
}

void fw_rules_deny(struct fw_rules *r, const struct addr *a, const char *ifname, int ifindex)
{
	if (r->n == r->cap) {
		r->cap = r->cap ? 2 * r->cap : 16;
		r->deny = xrealloc(r->deny, r->cap * sizeof(*r->deny));
	}
	r->deny[r->n++] = as_denied(r, a, ifname, ifindex);
}

int fw_addr_cmp(const struct fw_addr *a, const struct fw_addr *b)
{
	int diff = addr_cmp(&a->addr, &b->addr);

	if (!diff)
		diff = strcmp(a->ifname, b->ifname);
	if (!diff)
		diff = (a->ifindex > b->ifindex) - (a->ifindex < b->ifindex);
	return diff;
}

bool fw_addr_on_link(const struct fw_addr *f)
{
	return f->ifname[0] || f->ifindex;
}

static int by_order(const void *a, const void *b)
{
	return fw_addr_cmp(a, b);
}

void fw_rules_sort(struct fw_rules *r)
{
	size_t i, n = 0;

	if (!r->n)
		return;
	qsort(r->deny, r->n, sizeof(*r->deny), by_order);
	for (i = 0; i < r->n; i++)
		if (!n || fw_addr_cmp(&r->deny[n - 1], &r->deny[i]))
			r->deny[n++] = r->deny[i];
	r->n = n;
}

bool fw_rules_denies(
	const struct fw_rules *r, const struct addr *a, const char *ifname, int ifindex)
{
	struct fw_addr f = as_denied(r, a, ifname, ifindex);

	return r->n && bsearch(&f, r->deny, r->n, sizeof(f), by_order);
}

bool fw_rules_same_frame(const struct fw_rules *a, const struct fw_rules *b)
{
	bool same = a->kind == b->kind && a->priority == b->priority &&
		    a->counters == b->counters && a->by_index == b->by_index &&
		    a->sets == b->sets && strcmp(a->table, b->table) == 0 &&
		    strcmp(a->chain_in, b->chain_in) == 0 &&
		    strcmp(a->chain_out, b->chain_out) == 0;
	size_t i;

	for (i = 0; i < FW_SETS; i++)
		same = same && strcmp(a->set[i], b->set[i]) == 0;
	return same;
}

void fw_rules_keep(struct fw_rules *r, const struct fw_rules *other)
{
	bool same = r->n && other->n && fw_rules_same_frame(r, other);
	size_t i, n = 0;

	for (i = 0; same && i < r->n; i++)
		if (bsearch(&r->deny[i], other->deny, other->n, sizeof(*r->deny), by_order))
			r->deny[n++] = r->deny[i];
	r->n = n;
}

bool fw_rules_eq(const struct fw_rules *a, const struct fw_rules *b)
{
	size_t i;

	if (!fw_rules_same_frame(a, b) || a->n != b->n)
		return false;
	for (i = 0; i < a->n; i++)
		if (fw_addr_cmp(&a->deny[i], &b->deny[i]))
			return false;
	return true;
}

size_t fw_rules_count(const struct fw_rules *r, int family)
{
	size_t i, n = 0;

	for (i = 0; i < r->n; i++)
		n += r->deny[i].addr.family == family;
	return n;
}
