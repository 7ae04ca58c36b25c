/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers by name. */
#include "keepalived/conf/iproute.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "keepalived/conf/entry.h"
#include "keepalived/conf/tables.h"
#include "lib/facts.h"

/* ---- what every machine knows ------------------------------------------------------------ */

static const struct enum_word tables[] = {
	{"main", RT_TABLE_MAIN, false},
	{"local", RT_TABLE_LOCAL, false},
	{"default", RT_TABLE_DEFAULT, false},
	{0},
};

static const struct enum_word protocols[] = {
	{"unspec", 0, false},
	{"redirect", 1, false},
	{"kernel", 2, false},
	{"boot", 3, false},
	{"static", 4, false},
	{"gated", 8, false},
	{"ra", 9, false},
	{"mrt", 10, false},
	{"zebra", 11, false},
	{"bird", 12, false},
	{"dnrouted", 13, false},
	{"xorp", 14, false},
	{"ntk", 15, false},
	{"dhcp", 16, false},
	{"mrouted", 17, false},
	{"keepalived", 18, false},
	{"babel", 42, false},
	{"openr", 99, false},
	{"bgp", 186, false},
	{"isis", 187, false},
	{"ospf", 188, false},
	{"rip", 189, false},
	{"eigrp", 192, false},
	{0},
};

static const struct enum_word scopes[] = {
	{"global", RT_SCOPE_UNIVERSE, false},
	{"universe", RT_SCOPE_UNIVERSE, false},
	{"site", RT_SCOPE_SITE, false},
	{"link", RT_SCOPE_LINK, false},
	{"host", RT_SCOPE_HOST, false},
	{"nowhere", RT_SCOPE_NOWHERE, false},
	{0},
};

/* Code points of RFC 2474, 2597 and 3246, as they stand in the byte of the packet. */
static const struct enum_word dsfields[] = {
	{"default", 0x00, false},
	{"CS1", 0x20, false},
	{"AF11", 0x28, false},
	{"AF12", 0x30, false},
	{"AF13", 0x38, false},
	{"CS2", 0x40, false},
	{"AF21", 0x48, false},
	{"AF22", 0x50, false},
	{"AF23", 0x58, false},
	{"CS3", 0x60, false},
	{"AF31", 0x68, false},
	{"AF32", 0x70, false},
	{"AF33", 0x78, false},
	{"CS4", 0x80, false},
	{"AF41", 0x88, false},
	{"AF42", 0x90, false},
	{"AF43", 0x98, false},
	{"CS5", 0xa0, false},
	{"EF", 0xb8, false},
	{"CS6", 0xc0, false},
	{"CS7", 0xe0, false},
	{0},
};

static const struct enum_word realms[] = {{"cosmos", 0, false}, {0}};
static const struct enum_word groups[] = {{"default", 0, false}, {0}};

/* Names as in the IANA registry, with what /etc/protocols calls them elsewhere. */
static const struct enum_word ip_protocols[] = {
	{"icmp", IPPROTO_ICMP, false},
	{"igmp", IPPROTO_IGMP, false},
	{"ipencap", IPPROTO_IPIP, false},
	{"ipip", IPPROTO_IPIP, false},
	{"tcp", IPPROTO_TCP, false},
	{"egp", IPPROTO_EGP, false},
	{"pup", IPPROTO_PUP, false},
	{"udp", IPPROTO_UDP, false},
	{"idp", IPPROTO_IDP, false},
	{"dccp", IPPROTO_DCCP, false},
	{"ipv6", IPPROTO_IPV6, false},
	{"rsvp", IPPROTO_RSVP, false},
	{"gre", IPPROTO_GRE, false},
	{"esp", IPPROTO_ESP, false},
	{"ah", IPPROTO_AH, false},
	{"ipv6-icmp", IPPROTO_ICMPV6, false},
	{"icmpv6", IPPROTO_ICMPV6, false},
	{"ospf", 89, false},
	{"pim", IPPROTO_PIM, false},
	{"ipcomp", IPPROTO_COMP, false},
	{"vrrp", 112, false},
	{"l2tp", 115, false},
	{"sctp", IPPROTO_SCTP, false},
	{"udplite", IPPROTO_UDPLITE, false},
	{"mpls-in-ip", IPPROTO_MPLS, false},
	{0},
};

const struct iproute_list iproute_tables = {"rt_tables", "table", UINT32_MAX, tables};
const struct iproute_list iproute_protocols = {"rt_protos", "protocol", UINT8_MAX, protocols};
const struct iproute_list iproute_scopes = {"rt_scopes", "scope", UINT8_MAX, scopes};
const struct iproute_list iproute_dsfields = {"rt_dsfield", "dsfield", UINT8_MAX, dsfields};
const struct iproute_list iproute_realms = {"rt_realms", "realm", UINT8_MAX, realms};
const struct iproute_list iproute_groups = {"group", "interface group", UINT32_MAX, groups};
const struct iproute_list iproute_ip_protocols = {
	"protocols", "IP protocol", INT8_MAX, ip_protocols};

/* ---- from words -------------------------------------------------------------------------- */

bool iproute_prefixed(const char *word, uint64_t max, uint64_t *out)
{
	char *end;

	word += *word == '+';
	if (*word < '0' || *word > '9')
		return false;
	errno = 0;
	*out = strtoull(word, &end, 0);
	return !errno && !*end && *out <= max;
}

static bool on_this_machine(
	struct parse *p, const struct iproute_list *l, const char *word, uint32_t *out)
{
	const struct global_conf *g = &building(p)->global;
	const char *const dirs[] = {
		g->iproute_etc_dir ? g->iproute_etc_dir : IPROUTE_ETC_DIR,
		g->iproute_usr_dir ? g->iproute_usr_dir : IPROUTE_USR_DIR,
		NULL,
	};

	return facts_find(p->text->facts, l->file, dirs, word, out) && *out <= l->max;
}

bool iproute_number(struct parse *p, struct node *n, const struct kw *kw,
	const struct iproute_list *l, const struct lex_token *w, const char *word, uint32_t *out)
{
	uint64_t number;

	for (const struct enum_word *e = l->standard; e->word; e++)
		if (!strcmp(e->word, word)) {
			*out = (uint32_t)e->value;
			return true;
		}
	if (iproute_prefixed(word, l->max, &number)) {
		*out = (uint32_t)number;
		return true;
	}
	if (on_this_machine(p, l, word, out))
		return true;
	if (*word >= '0' && *word <= '9') {
		entry_refuse(p, n, kw, w, "'%s' is no number from 0 to %" PRIu32, word, l->max);
		return false;
	}
	entry_unknown(
		p, n, kw, w, "%s '%s' is not known on this machine (%s)", l->what, word, l->file);
	if (!(kw->flags & KW_DROP))
		return false;
	((struct entry *)n)->nameless = true;
	*out = 1;
	return true;
}

static int name_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	uint32_t v;

	if (!iproute_number(p, n, kw, kw->arg, &s->word[1], stmt_word(s, 1), &v))
		return -1;
	if (kw->size == 1)
		*(uint8_t *)field = (uint8_t)v;
	else
		*(uint32_t *)field = v;
	return 0;
}

void iproute_print(struct strbuf *out, const struct iproute_list *l, uint32_t value)
{
	for (const struct enum_word *e = l->standard; e->word; e++)
		if ((uint32_t)e->value == value) {
			strbuf_puts(out, e->word);
			return;
		}
	strbuf_printf(out, "%" PRIu32, value);
}

static bool name_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	uint32_t v = kw->size == 1 ? *(const uint8_t *)field : *(const uint32_t *)field;

	iproute_print(out, kw->arg, v);
	return v || !(kw->flags & KW_NO_DEFAULT);
}

const struct codec codec_iproute = {"name", 1, 1, name_parse, name_print, type_same_bytes};

/* ---- realms ------------------------------------------------------------------------------ */

static int realms_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	const struct lex_token *w = &s->word[1];
	const char *slash = strchr(w->s.p, '/');
	const char *to = slash ? slash + 1 : w->s.p;
	uint32_t from_realm = 0, to_realm;

	if (!entry_only(p, n, AF_INET, s))
		return -1;
	if (slash) {
		const char *from = arena_strndup(p->arena, w->s.p, (size_t)(slash - w->s.p));

		if (!iproute_number(p, n, kw, &iproute_realms, w, from, &from_realm))
			return -1;
	}
	if (!iproute_number(p, n, kw, &iproute_realms, w, to, &to_realm))
		return -1;
	*(uint32_t *)field = from_realm << 16 | to_realm;
	return 0;
}

static bool realms_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	uint32_t v = *(const uint32_t *)field;

	(void)kw;
	if (!v)
		return false;
	if (v >> 16) {
		iproute_print(out, &iproute_realms, v >> 16);
		strbuf_putc(out, '/');
	}
	iproute_print(out, &iproute_realms, v & UINT16_MAX);
	return true;
}

const struct codec codec_realms = {"realms", 1, 1, realms_parse, realms_print, type_same_bytes};
