/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A table per family, with sets of the addresses and chains that drop what has one of them as its
 * destination (input) or source (output). ARP is not touched, and neighbour solicitations and
 * advertisements are let through first: a router that does not accept packets for its virtual
 * addresses answers for them all the same (RFC 9568 6.4.3).
 *
 * A change of addresses is elements added and deleted; other tables, and the counters of these,
 * stay as they are.
 */
#include "keepalived/kern/fw_nft.h"

#include <errno.h>
#include <string.h>

enum set { SET_VIPS, SET_LINK_LOCAL, N_SETS };

static const char *const set_names[] = {[SET_VIPS] = "vips", [SET_LINK_LOCAL] = "vips_link_local"};

static const struct family {
	int family;
	const char *name;
} families[] = {
	{AF_INET, "ip"},
	{AF_INET6, "ip6"},
};

static enum set set_of(const struct fw_addr *f)
{
	return fw_addr_on_link(f) ? SET_LINK_LOCAL : SET_VIPS;
}

/* nft has no way of quoting a name. */
static bool is_name(const char *s)
{
	return *s &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/") ==
		       strlen(s);
}

/* ---- elements ---------------------------------------------------------------------------- */

static void put_element(struct strbuf *out, const struct fw_addr *f)
{
	char text[ADDR_STRLEN];

	strbuf_puts(out, addr_str(&f->addr, text));
	if (f->ifname[0])
		strbuf_printf(out, " . \"%s\"", f->ifname);
	else if (f->ifindex)
		strbuf_printf(out, " . %d", f->ifindex);
}

/* What is in r and not in without (NULL: nothing is), between the words before and after. */
static void put_elements(struct strbuf *out, const char *before, const char *after, int family,
	enum set set, const struct fw_rules *r, const struct fw_rules *without)
{
	size_t i, k = 0;
	bool any = false;

	for (i = 0; i < r->n; i++) {
		const struct fw_addr *f = &r->deny[i];

		while (without && k < without->n && fw_addr_cmp(&without->deny[k], f) < 0)
			k++;
		if (f->addr.family != family || set_of(f) != set ||
			(without && k < without->n && !fw_addr_cmp(&without->deny[k], f)))
			continue;
		strbuf_puts(out, any ? ", " : before);
		put_element(out, f);
		any = true;
	}
	if (any)
		strbuf_puts(out, after);
}

/* ---- tables ------------------------------------------------------------------------------ */

static void put_set(
	struct strbuf *out, int family, enum set set, const char *type, const struct fw_rules *want)
{
	strbuf_printf(out, "\tset %s {\n\t\ttype %s\n", set_names[set], type);
	put_elements(out, "\t\telements = { ", " }\n", family, set, want, NULL);
	strbuf_puts(out, "\t}\n");
}

/* In the chain "in" packets have the address as destination, in "out" as source. */
struct side {
	const char *chain, *hook, *address, *name, *index;
};

static const struct side sides[] = {
	{"out", "output", "saddr", "oifname", "oif"},
	{"in", "input", "daddr", "iifname", "iif"},
};

static void put_base_chain(struct strbuf *out, const struct fw_rules *want, const struct side *s)
{
	strbuf_printf(out, "\tchain %s {\n\t\ttype filter hook %s priority %d; policy accept;\n",
		s->chain, s->hook, want->priority);
}

static void put_chains4(struct strbuf *out, const struct fw_rules *want, const struct side *s)
{
	const char *counter = want->counters ? " counter" : "";

	put_base_chain(out, want, s);
	strbuf_printf(out, "\t\tip %s @vips%s drop\n\t}\n", s->address, counter);
}

static void put_chains6(struct strbuf *out, const struct fw_rules *want, const struct side *s)
{
	const char *counter = want->counters ? " counter" : "";

	strbuf_printf(out,
		"\tchain %s_link_local {\n\t\tip6 %s . %s @vips_link_local%s drop\n\t}\n", s->chain,
		s->address, want->by_index ? s->index : s->name, counter);
	put_base_chain(out, want, s);
	strbuf_printf(out,
		"\t\ticmpv6 type @neighbor-discovery%s accept\n"
		"\t\tip6 %s fe80::/10%s goto %s_link_local\n"
		"\t\tip6 %s @vips%s drop\n\t}\n",
		counter, s->address, counter, s->chain, s->address, counter);
}

static void put_table(struct strbuf *out, const struct family *f, const struct fw_rules *want)
{
	size_t i;

	strbuf_printf(out, "table %s %s {\n", f->name, want->table);
	if (f->family == AF_INET6) {
		strbuf_puts(out,
			"\tset neighbor-discovery {\n\t\ttype icmpv6_type\n\t\tflags constant\n"
			"\t\telements = { nd-neighbor-solicit, nd-neighbor-advert }\n\t}\n");
		put_set(out, f->family, SET_LINK_LOCAL,
			want->by_index ? "ipv6_addr . iface_index" : "ipv6_addr . ifname", want);
	}
	put_set(out, f->family, SET_VIPS, f->family == AF_INET ? "ipv4_addr" : "ipv6_addr", want);
	for (i = 0; i < ARRAY_SIZE(sides); i++)
		(f->family == AF_INET ? put_chains4 : put_chains6)(out, want, &sides[i]);
	strbuf_puts(out, "}\n");
}

/* Adding it first makes it certain that there is one to be deleted. */
static void put_removal(struct strbuf *out, const struct family *f, const char *table)
{
	strbuf_printf(out, "add table %s %s\ndelete table %s %s\n", f->name, table, f->name, table);
}

/* ---- the difference ---------------------------------------------------------------------- */

static void put_difference(struct strbuf *out, const struct family *f, const struct fw_rules *have,
	const struct fw_rules *want)
{
	const struct {
		const char *verb;
		const struct fw_rules *with, *without;
	} steps[] = {{"delete", have, want}, {"add", want, have}};
	size_t i, set;

	for (i = 0; i < ARRAY_SIZE(steps); i++)
		for (set = 0; set < N_SETS; set++) {
			struct strbuf words = {0};

			strbuf_printf(&words, "%s element %s %s %s { ", steps[i].verb, f->name,
				want->table, set_names[set]);
			put_elements(out, strbuf_str(&words), " }\n", f->family, (enum set)set,
				steps[i].with, steps[i].without);
			strbuf_free(&words);
		}
}

static void put_family(struct strbuf *out, const struct family *f, const struct fw_rules *have,
	const struct fw_rules *want)
{
	bool had = !have || fw_rules_count(have, f->family);
	bool wanted = fw_rules_count(want, f->family);

	if (have && had && wanted && fw_rules_same_frame(have, want)) {
		put_difference(out, f, have, want);
		return;
	}
	if (had)
		put_removal(out, f, have ? have->table : want->table);
	if (wanted && have && had && strcmp(have->table, want->table) != 0)
		put_removal(out, f, want->table);
	if (wanted)
		put_table(out, f, want);
}

int fw_nft_script(struct strbuf *out, const struct fw_rules *have, const struct fw_rules *want)
{
	size_t i;

	if (!is_name(want->table))
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(families); i++)
		put_family(out, &families[i], have, want);
	return 0;
}

void fw_nft_question(struct strbuf *out, const struct fw_rules *have)
{
	size_t i, k;

	for (i = 0; i < ARRAY_SIZE(families); i++)
		for (k = 0; fw_rules_count(have, families[i].family) && k < ARRAY_SIZE(sides); k++)
			strbuf_printf(out, "list chain %s %s %s\n", families[i].name, have->table,
				sides[k].chain);
}
