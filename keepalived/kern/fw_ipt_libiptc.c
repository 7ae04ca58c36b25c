/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules as the kernel's tables have them. A table is read as a whole, changed, and written back as
 * a whole. When somebody else has written it meanwhile the kernel says EAGAIN and all is done
 * again.
 *
 * A rule of ours is found by being equal: what was added with some values is deleted with them.
 *
 * Source: linux/netfilter_ipv4/ip_tables.h, ip6_tables.h, linux/netfilter/x_tables.h, xt_set.h.
 */
#include <errno.h>
#include <libiptc/libip6tc.h>
#include <libiptc/libiptc.h>
#include <limits.h>
#include <linux/netfilter/xt_set.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "keepalived/kern/fw_ipset.h"
#include "keepalived/kern/fw_ipt.h"
#include "lib/library.h"

#define TABLE      "filter"
#define TRIES      20
#define SET_MATCH  4 /* revision: since Linux 3.18 */
#define ENTRY_SIZE 512

/* ---- which iptables ---------------------------------------------------------------------- */

/* Its two kinds have names of their own, to which `iptables` leads. */
bool fw_ipt_usable(void)
{
	static const char *const places[] = {
		"/usr/sbin/iptables", "/sbin/iptables", "/usr/local/sbin/iptables"};
	char path[PATH_MAX];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(places); i++)
		if (realpath(places[i], path))
			return !strstr(strrchr(path, '/'), "nft");
	return false;
}

/* ---- rules as bytes ---------------------------------------------------------------------- */

/* ipt_entry or ip6t_entry, its matches, its target. */
struct entry {
	uint8_t bytes[ENTRY_SIZE] __attribute__((aligned(16)));
	size_t n;
};

static void *put(struct entry *e, size_t size)
{
	void *at = e->bytes + e->n;

	e->n += XT_ALIGN(size);
	return at;
}

static void *put_match(struct entry *e, const char *name, uint8_t revision, size_t size)
{
	struct xt_entry_match *m = put(e, sizeof(*m) + XT_ALIGN(size));

	m->u.match_size = (uint16_t)(sizeof(*m) + XT_ALIGN(size));
	m->u.user.revision = revision;
	str_copy(m->u.user.name, sizeof(m->u.user.name), name);
	return m->data;
}

/* The address, then the interface that the packet came by or leaves by. */
static void put_set_match(struct entry *e, const struct fw_ipt_rule *r, uint16_t index)
{
	struct xt_set_info_match_v4 *set = put_match(e, "set", SET_MATCH, sizeof(*set));
	unsigned source = 1u << IPSET_DIM_ONE, in = 1u << IPSET_DIM_TWO;

	set->match_set.index = index;
	set->match_set.dim = r->set_link ? IPSET_DIM_TWO : IPSET_DIM_ONE;
	set->match_set.flags = (uint8_t)(r->output ? source : r->set_link ? in : 0);
}

static void put_icmp6_match(struct entry *e, const struct fw_ipt_rule *r)
{
	struct ip6t_icmp *icmp = put_match(e, "icmp6", 0, sizeof(*icmp));

	icmp->type = r->icmp6;
	icmp->code[1] = UINT8_MAX;
}

static void put_target(struct entry *e, const struct fw_ipt_rule *r)
{
	struct xt_standard_target *t = put(e, sizeof(*t));

	t->target.u.target_size = XT_ALIGN(sizeof(*t));
	str_copy(t->target.u.user.name, sizeof(t->target.u.user.name),
		r->accept ? IPTC_LABEL_ACCEPT : IPTC_LABEL_DROP);
}

/* The order of the matches is that of iptables when it reads what iptables-save wrote. */
static void put_rest(struct entry *e, const struct fw_ipt_rule *r, uint16_t set, uint16_t *target,
	uint16_t *next)
{
	if (r->set)
		put_set_match(e, r, set);
	if (r->icmp6)
		put_icmp6_match(e, r);
	*target = (uint16_t)e->n;
	put_target(e, r);
	*next = (uint16_t)e->n;
}

static void put_ifname(char *name, unsigned char *mask, const char *ifname)
{
	if (!ifname[0])
		return;
	str_copy(name, IFNAMSIZ, ifname);
	memset(mask, 0xff, strlen(ifname) + 1);
}

static void make4(struct entry *e, const struct fw_ipt_rule *r, uint16_t set)
{
	struct ipt_entry *h = put(e, sizeof(*h));

	if (!r->set) {
		*(r->output ? &h->ip.src : &h->ip.dst) = r->addr.addr.v4;
		(r->output ? &h->ip.smsk : &h->ip.dmsk)->s_addr = INADDR_BROADCAST;
	}
	put_rest(e, r, set, &h->target_offset, &h->next_offset);
}

static void make6(struct entry *e, const struct fw_ipt_rule *r, uint16_t set)
{
	struct ip6t_entry *h = put(e, sizeof(*h));

	if (!r->set) {
		*(r->output ? &h->ipv6.src : &h->ipv6.dst) = r->addr.addr.v6;
		memset(r->output ? &h->ipv6.smsk : &h->ipv6.dmsk, 0xff, sizeof(h->ipv6.smsk));
		put_ifname(r->output ? h->ipv6.outiface : h->ipv6.iniface,
			r->output ? h->ipv6.outiface_mask : h->ipv6.iniface_mask, r->addr.ifname);
	}
	if (r->icmp6) {
		h->ipv6.proto = IPPROTO_ICMPV6;
		h->ipv6.flags |= IP6T_F_PROTO;
	}
	put_rest(e, r, set, &h->target_offset, &h->next_offset);
}

/* ---- tables ------------------------------------------------------------------------------ */

/* libip4tc and libip6tc have the same functions about entries of their own. */
struct libiptc {
	struct xtc_handle *(*init)(const char *table);
	void (*free)(struct xtc_handle *);
	int (*append)(const char *chain, const void *, struct xtc_handle *);
	int (*remove)(const char *chain, const void *, unsigned char *mask, struct xtc_handle *);
	int (*check)(const char *chain, const void *, unsigned char *mask, struct xtc_handle *);
	int (*commit)(struct xtc_handle *);
	const char *(*error)(int);
};

#define SYMBOLS(prefix)                                                                 \
	{                                                                               \
		LIBRARY_SYMBOL(struct libiptc, init, prefix "_init"),                   \
			LIBRARY_SYMBOL(struct libiptc, free, prefix "_free"),           \
			LIBRARY_SYMBOL(struct libiptc, append, prefix "_append_entry"), \
			LIBRARY_SYMBOL(struct libiptc, remove, prefix "_delete_entry"), \
			LIBRARY_SYMBOL(struct libiptc, check, prefix "_check_entry"),   \
			LIBRARY_SYMBOL(struct libiptc, commit, prefix "_commit"),       \
			LIBRARY_SYMBOL(struct libiptc, error, prefix "_strerror"),      \
	}

static const struct family {
	int family;
	const char *program;
	void (*make)(struct entry *, const struct fw_ipt_rule *, uint16_t set);
	const char *soname;
	struct library_symbol symbols[7];
} families[] = {
	{AF_INET, "iptables", make4, "libip4tc.so.2", SYMBOLS("iptc")},
	{AF_INET6, "ip6tables", make6, "libip6tc.so.2", SYMBOLS("ip6tc")},
};

static int load(const struct family *f, struct libiptc *lib, struct strbuf *why)
{
	return library_load(f->soname, f->symbols, ARRAY_SIZE(f->symbols), lib, why);
}

struct list_of_rules {
	struct fw_ipt_rule *rule;
	size_t n;
	const struct fw_rules *of; /* has the names of the chains */
};

static const char *chain_of(const struct list_of_rules *l, size_t i)
{
	return l->rule[i].output ? l->of->chain_out : l->of->chain_in;
}

/* False: its set does not exist, so it does not either. */
static bool make(const struct family *f, const struct fw_ipt_rule *r, struct entry *e)
{
	uint16_t set = 0;

	if (r->set && fw_ipset_index(r->set, &set))
		return false;
	memset(e, 0, sizeof(*e));
	f->make(e, r, set);
	return true;
}

static bool may_exist(const struct family *f, const struct list_of_rules *l)
{
	struct entry e;
	size_t i;

	for (i = 0; i < l->n; i++)
		if (make(f, &l->rule[i], &e))
			return true;
	return false;
}

/* More than one, if there are; none is no error. */
static void delete_rules(const struct family *f, const struct libiptc *lib,
	const struct list_of_rules *l, struct xtc_handle *h)
{
	unsigned char mask[ENTRY_SIZE];
	struct entry e;
	size_t i;

	memset(mask, 0xff, sizeof(mask));
	for (i = 0; i < l->n; i++)
		while (make(f, &l->rule[i], &e) && lib->remove(chain_of(l, i), e.bytes, mask, h))
			;
}

/* 0 or -errno; *chain: which of them it was. */
static int append_rules(const struct family *f, const struct libiptc *lib,
	const struct list_of_rules *l, struct xtc_handle *h, const char **chain)
{
	struct entry e;
	size_t i;

	for (i = 0; i < l->n; i++) {
		*chain = chain_of(l, i);
		if (!make(f, &l->rule[i], &e))
			return -ENOENT;
		if (!lib->append(*chain, e.bytes, h))
			return errno ? -errno : -EINVAL;
	}
	*chain = "table " TABLE;
	return 0;
}

static int rewrite(const struct family *f, const struct libiptc *lib,
	const struct list_of_rules *old, const struct list_of_rules *now, struct strbuf *why)
{
	const char *chain = "table " TABLE;
	struct xtc_handle *h;
	int err;

	errno = 0;
	h = lib->init(TABLE);
	if (!h) {
		err = errno ? -errno : -EINVAL;
	} else {
		delete_rules(f, lib, old, h);
		err = append_rules(f, lib, now, h, &chain);
		if (!err && !lib->commit(h))
			err = errno ? -errno : -EINVAL;
		lib->free(h);
	}
	if (err && err != -EAGAIN)
		strbuf_printf(why, "%s, %s: %s", f->program, chain, lib->error(-err));
	return err;
}

static int exchange(const struct family *f, const struct list_of_rules *old,
	const struct list_of_rules *now, struct strbuf *why)
{
	struct libiptc lib;
	int tries, err = load(f, &lib, why);

	if (err)
		return err;
	err = -EAGAIN;
	for (tries = 0; tries < TRIES && err == -EAGAIN; tries++)
		err = rewrite(f, &lib, old, now, why);
	if (err == -EAGAIN)
		strbuf_puts(why, "others keep changing the rules");
	return err;
}

static int change_family(const struct family *f, const struct fw_rules *have,
	const struct fw_rules *want, struct strbuf *why)
{
	struct list_of_rules old = {.of = have ? have : want}, now = {.of = want};
	bool same;
	int err = 0;

	old.n = fw_ipt_rules(old.of, f->family, !have, &old.rule);
	now.n = fw_ipt_rules(want, f->family, false, &now.rule);
	same = have && old.n == now.n && fw_ipt_rules_eq(old.rule, now.rule, now.n);
	if (!same && (now.n || may_exist(f, &old)))
		err = exchange(f, &old, &now, why);
	free(old.rule);
	free(now.rule);
	return err;
}

static int change_rules(
	const struct fw_rules *have, const struct fw_rules *want, struct strbuf *why)
{
	size_t i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(families) && !err; i++)
		err = change_family(&families[i], have, want, why);
	return err;
}

int fw_ipt_change(const struct fw_rules *have, const struct fw_rules *want, struct strbuf *why)
{
	struct strbuf before = {0}, after = {0};
	int err;

	fw_ipt_sets_before(&before, have, want);
	fw_ipt_sets_after(&after, have, want);
	err = fw_ipset_run(before.text, why);
	if (!err)
		err = change_rules(have, want, why);
	if (!err)
		err = fw_ipset_run(after.text, why);
	strbuf_free(&before);
	strbuf_free(&after);
	return err;
}

static bool has_rules(
	const struct family *f, const struct libiptc *lib, const struct list_of_rules *l)
{
	struct xtc_handle *h = lib->init(TABLE);
	unsigned char mask[ENTRY_SIZE];
	bool all = h != NULL;
	struct entry e;
	size_t i;

	memset(mask, 0xff, sizeof(mask));
	for (i = 0; all && i < l->n; i++)
		all = make(f, &l->rule[i], &e) && lib->check(chain_of(l, i), e.bytes, mask, h);
	if (h)
		lib->free(h);
	return all;
}

static bool family_present(const struct family *f, const struct fw_rules *have)
{
	struct list_of_rules l = {.of = have};
	struct strbuf why = {0};
	struct libiptc lib;
	bool present;

	l.n = fw_ipt_rules(have, f->family, false, &l.rule);
	present = !l.n || (load(f, &lib, &why) == 0 && has_rules(f, &lib, &l));
	free(l.rule);
	strbuf_free(&why);
	return present;
}

bool fw_ipt_present(const struct fw_rules *have)
{
	return family_present(&families[0], have) && family_present(&families[1], have);
}
