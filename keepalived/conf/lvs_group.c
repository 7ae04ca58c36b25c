/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtual_server_group. A group without entries stays until the rules have looked at the services
 * that use it: they go with it, and nothing is said about them.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "keepalived/conf/lvs_rows.h"

#define RANGE_MAX 65536 /* addresses of one entry */

static int range_fwmark(struct parse *p, struct vsg_range *r, const struct stmt *s)
{
	int64_t v;

	if (s->n < 2) {
		diag_add(p->diags, DIAG_ERROR, DIAG_REQUIRED, s->word[0].span,
			"'fwmark' is missing its value: <uint> [inet|inet6]");
		return -1;
	}
	if (!type_number(p, &server_mark_row, &s->word[1], &v))
		return -1;
	r->is_fwmark = true;
	r->fwmark = (uint32_t)v;
	if (s->n == 2)
		return 2;
	if (strcmp(stmt_word(s, 2), "inet") != 0 && strcmp(stmt_word(s, 2), "inet6") != 0) {
		diag_error(p->diags, s->word[2].span, "fwmark: unknown family '%s' - entry ignored",
			stmt_word(s, 2));
		return -1;
	}
	r->family = stmt_word(s, 2)[4] ? AF_INET6 : AF_INET;
	return 3;
}

/*
 * The end of a range: a full address, not below the first, or its last octet (decimal) or group
 * (hexadecimal), above that of the first.
 */
static bool range_end(struct vsg_range *r, const char *text)
{
	bool v4 = r->first.family == AF_INET;
	char *end;
	unsigned long v;

	if (!addr_parse(&r->last, text))
		return r->last.family == r->first.family && addr_cmp(&r->first, &r->last) <= 0;
	r->last = r->first;
	v = strtoul(text, &end, v4 ? 10 : 16);
	if (!*text || *end || *text == '-' || v > (v4 ? 255u : 0xffffu))
		return false;
	if (v4) {
		r->last.bytes[3] = (uint8_t)v;
	} else {
		r->last.bytes[14] = (uint8_t)(v >> 8);
		r->last.bytes[15] = (uint8_t)v;
	}
	return addr_cmp(&r->first, &r->last) < 0;
}

/* ADDR/LEN with all host bits zero: first and last of the network. */
static bool range_prefix(struct vsg_range *r, const char *text)
{
	int plen;

	if (addr_parse_prefix(&r->first, &plen, text) || !plen)
		return false;
	r->last = r->first;
	for (unsigned bit = (unsigned)plen; bit < addr_len(&r->first) * 8; bit++) {
		uint8_t mask = (uint8_t)(0x80 >> bit % 8);

		if (r->first.bytes[bit / 8] & mask)
			return false;
		r->last.bytes[bit / 8] |= mask;
	}
	return true;
}

static bool range_addresses(struct parse *p, struct vsg_range *r, const char *text)
{
	const char *dash = strchr(text, '-');

	if (strchr(text, '/'))
		return range_prefix(r, text);
	if (addr_parse(&r->first, arena_strndup(p->arena, text, strcspn(text, "-"))))
		return false;
	r->last = r->first;
	return !dash || range_end(r, dash + 1);
}

/* Each address is a service in the kernel. */
static bool range_small(const struct vsg_range *r)
{
	size_t high = addr_len(&r->first) - sizeof(uint32_t);
	uint32_t first, last;

	memcpy(&first, r->first.bytes + high, sizeof(first));
	memcpy(&last, r->last.bytes + high, sizeof(last));
	return !memcmp(r->first.bytes, r->last.bytes, high) &&
	       ntohl(last) - ntohl(first) < RANGE_MAX;
}

static int range_open(struct parse *p, struct node *n, const struct stmt *s)
{
	struct vsg_range *r = (struct vsg_range *)n;
	int64_t v;

	if (!strcmp(stmt_word(s, 0), "fwmark"))
		return range_fwmark(p, r, s);
	if (!range_addresses(p, r, stmt_word(s, 0))) {
		diag_error(p->diags, s->word[0].span,
			"Invalid virtual server group entry %s - ignored", stmt_word(s, 0));
		return -1;
	}
	if (!range_small(r)) {
		diag_error(p->diags, s->word[0].span,
			"virtual server group entry %s has more than %d addresses - ignored",
			stmt_word(s, 0), RANGE_MAX);
		return -1;
	}
	r->family = r->first.family;
	if (s->n > 1 && !type_number(p, &server_port_row, &s->word[1], &v))
		return -1;
	if (s->n > 1)
		r->port = (uint16_t)v;
	return (int)MIN(s->n, 2u);
}

static void range_print(struct strbuf *out, const struct node *n)
{
	const struct vsg_range *r = (const struct vsg_range *)n;
	char a[ADDR_STRLEN];

	if (r->is_fwmark) {
		strbuf_printf(out, "fwmark %" PRIu32, r->fwmark);
		if (r->family)
			strbuf_puts(out, r->family == AF_INET ? " inet" : " inet6");
		return;
	}
	strbuf_puts(out, addr_str(&r->first, a));
	if (!addr_eq(&r->first, &r->last))
		strbuf_printf(out, "-%s", addr_str(&r->last, a));
	if (r->port)
		strbuf_printf(out, " %u", r->port);
}

static bool range_close(struct parse *p, struct node *n)
{
	struct strbuf name = {0};

	range_print(&name, n);
	n->name = arena_strdup(p->arena, strbuf_str(&name));
	strbuf_free(&name);
	return true;
}

#define ENTRY "Entry of a group, one per line: "

static const struct kw range_kw[] = {
	KW_WORD("<ip>", KW_ADD, "<ip> [port]", "port 0", ENTRY "an address."),
	KW_WORD("<ip>-<n>", KW_ADD, "<ip>-<last octet or hextet> [port]", NULL,
		ENTRY "addresses up to another end of the last octet or hextet."),
	KW_WORD("<ip>-<ip>", KW_ADD, "<ip>-<ip> [port]", NULL, ENTRY "addresses from, to."),
	KW_WORD("<ip>/<len>", KW_ADD, "<ip>/<len> [port]", NULL,
		ENTRY "all addresses of a network."),
	KW_WORD("fwmark", KW_ADD, "<uint> [inet|inet6]", "family unset", ENTRY "a firewall mark."),
};

static const struct block range_block = {
	.name = "virtual_server_group",
	.kw = range_kw,
	.n_kw = ARRAY_SIZE(range_kw),
	.size = sizeof(struct vsg_range),
	.flags = BLOCK_ENTRIES,
	.open = range_open,
	.close = range_close,
	.print = range_print,
};

/* A group has no keywords: each of its lines is an entry. */
static bool group_close(struct parse *p, struct node *n)
{
	const struct vsg_conf *g = (const struct vsg_conf *)n;
	const struct node *first;

	if (!g->entries.n)
		diag_error(p->diags, n->span, "virtual server group %s has no %sentries - removing",
			n->name, g->entries.refused ? "usable " : "");
	first = schema_named(p, &building(p)->vs_groups, n->name);
	if (!first)
		return true;
	diag_also(p->diags,
		diag_warning(p->diags, n->span,
			"virtual_server_group %s already defined - this one is not used", n->name),
		first->span, "defined here");
	return false;
}

static const struct kw vsg_kw[] = {
	KW_LIST("", struct vsg_conf, entries, range_block, KW_RESTART, "<entry>...",
		"Addresses, ranges, networks and fwmarks."),
};

const struct block vsg_block = {
	.name = "virtual_server_group",
	.kw = vsg_kw,
	.n_kw = ARRAY_SIZE(vsg_kw),
	.size = sizeof(struct vsg_conf),
	.flags = BLOCK_LINES,
	.open = open_named,
	.close = group_close,
};
