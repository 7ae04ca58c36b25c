/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * use_vmac and use_ipvlan: words in any order, told apart by how they look. A word with a colon is
 * a MAC address, one that begins like an address is one, the rest are options or the name.
 */
#include <ctype.h>
#include <string.h>

#include "keepalived/conf/iproute.h"
#include "keepalived/conf/vrrp_tables.h"

#define IFNAME_MAX 15
#define MAC_LEN    6

/* ---- names and groups -------------------------------------------------------------------- */

/* One word of the line and what follows it. */
struct rest {
	struct parse *p;
	struct node *n;
	const struct kw *kw;
	const struct stmt *s;
	unsigned i;
};

static const struct lex_token *word_at(const struct rest *r, unsigned i)
{
	return &r->s->word[i];
}

static void missing(const struct rest *r)
{
	diag_add(r->p->diags, DIAG_ERROR, DIAG_REQUIRED, word_at(r, r->i)->span,
		"%s: '%s' is missing its value", r->kw->name, word_at(r, r->i)->s.p);
}

static void again(const struct rest *r, const char *what)
{
	diag_error(r->p->diags, word_at(r, r->i)->span, "%s: a second %s, '%s' - ignored",
		r->kw->name, what, word_at(r, r->i)->s.p);
}

static void take_name(const struct rest *r, unsigned i, const char **name)
{
	const struct lex_token *w = word_at(r, i);

	if (!w->s.n || w->s.n > IFNAME_MAX || strpbrk(w->s.p, "/:"))
		diag_error(r->p->diags, w->span,
			"%s: '%s' is no name of an interface (1 to %d characters, no / or :) - "
			"ignored",
			r->kw->name, w->s.p, IFNAME_MAX);
	else if (*name)
		diag_error(r->p->diags, w->span, "%s: a second name, '%s' - ignored", r->kw->name,
			w->s.p);
	else
		*name = w->s.p;
}

static const struct kw group_kw = {.name = "group"};

/* name NAME and group GROUP; returns the words used, 0: it is something else. */
static unsigned take_pair(const struct rest *r, const char **name, uint32_t *group)
{
	const char *word = word_at(r, r->i)->s.p;
	bool is_name = !strcmp(word, "name");
	uint32_t v;

	if (!is_name && strcmp(word, "group") != 0)
		return 0;
	if (r->i + 1 == r->s->n)
		missing(r);
	else if (is_name)
		take_name(r, r->i + 1, name);
	else if (iproute_number(r->p, r->n, &group_kw, &iproute_groups, word_at(r, r->i + 1),
			 word_at(r, r->i + 1)->s.p, &v))
		*group = v + 1;
	return 2;
}

static void print_link(struct strbuf *out, const char *name, uint32_t group)
{
	if (name) {
		strbuf_printf(out, "%sname ", out->len ? " " : "");
		print_word(out, name);
	}
	if (group == LINK_GROUP_PARENT)
		return;
	strbuf_printf(out, "%sgroup ", out->len ? " " : "");
	iproute_print(out, &iproute_groups, group - 1);
}

/* ---- use_vmac ---------------------------------------------------------------------------- */

static int hex_digit(char c)
{
	return isdigit((unsigned char)c)    ? c - '0'
	       : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10
					    : -1;
}

/* h:h:h:h:h[:h], one or two digits each. Returns the number of bytes, 0: malformed. */
static uint8_t read_mac(const char *text, uint8_t mac[static MAC_LEN])
{
	uint8_t n = 0;

	for (;; text++) {
		int high = hex_digit(*text), low;

		if (high < 0 || n == MAC_LEN)
			return 0;
		low = hex_digit(*++text);
		mac[n++] = (uint8_t)(low < 0 ? high : high << 4 | low);
		text += low >= 0;
		if (*text != ':')
			return *text || n < MAC_LEN - 1 ? 0 : n;
	}
}

/* 00:00:5e:00:01|02:XX, which use_vmac has anyway (RFC 9568 7.3). */
static bool is_rfc_mac(const uint8_t *mac)
{
	static const uint8_t prefix[] = {0x00, 0x00, 0x5e, 0x00};

	return !memcmp(mac, prefix, sizeof(prefix)) && (mac[4] == 1 || mac[4] == 2);
}

static void take_mac(const struct rest *r, struct vmac_conf *v)
{
	uint8_t mac[MAC_LEN] = {0}, len = read_mac(word_at(r, r->i)->s.p, mac);
	const char *why = !len              ? "is malformed (5 or 6 bytes, h:h:h:h:h[:h])"
			  : mac[0] & 1      ? "is a multicast address"
			  : is_rfc_mac(mac) ? "is of the range that use_vmac has by itself"
					    : NULL;

	if (v->mac_len) {
		again(r, "MAC address");
		return;
	}
	if (why) {
		diag_error(r->p->diags, word_at(r, r->i)->span, "%s: MAC address '%s' %s - ignored",
			r->kw->name, word_at(r, r->i)->s.p, why);
		return;
	}
	v->mac_len = len;
	memcpy(v->mac, mac, sizeof(mac));
}

static unsigned vmac_word(const struct rest *r, struct vmac_conf *v)
{
	const char *word = word_at(r, r->i)->s.p;
	unsigned used = take_pair(r, &v->name, &v->group);

	if (used)
		return used;
	if (!strcmp(word, "netlink_notify_msg"))
		v->netlink_notify = true;
	else if (strchr(word, ':'))
		take_mac(r, v);
	else
		take_name(r, r->i, &v->name);
	return 1;
}

static int vmac_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	struct vmac_conf **vmac = field, *v = *vmac;
	struct rest r = {p, n, kw, s, 1};

	if (!v)
		v = *vmac = arena_new_of(p->arena, struct vmac_conf);
	while (r.i < s->n)
		r.i += vmac_word(&r, v);
	return 0;
}

static bool vmac_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const struct vmac_conf *v = *(struct vmac_conf *const *)field;
	struct strbuf text = {0};

	(void)kw;
	if (!v)
		return false;
	print_link(&text, v->name, v->group);
	for (uint8_t i = 0; i < v->mac_len; i++)
		strbuf_printf(&text, "%s%02x", i ? ":" : text.len ? " " : "", v->mac[i]);
	if (v->netlink_notify)
		strbuf_printf(&text, "%snetlink_notify_msg", text.len ? " " : "");
	strbuf_puts(out, strbuf_str(&text));
	strbuf_free(&text);
	return true;
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool vmac_equal(const struct kw *kw, const void *a, const void *b)
{
	const struct vmac_conf *x = *(struct vmac_conf *const *)a;
	const struct vmac_conf *y = *(struct vmac_conf *const *)b;

	(void)kw;
	if (!x || !y)
		return x == y;
	return same(x->name, y->name) && same(x->ifname, y->ifname) && x->group == y->group &&
	       x->netlink_notify == y->netlink_notify && x->mac_len == y->mac_len &&
	       !memcmp(x->mac, y->mac, x->mac_len);
}

const struct codec codec_vmac = {"vmac", 0, 99, vmac_parse, vmac_print, vmac_equal};

static const struct kw vmac_kw[] = {
	KW_WORD("<ifname>", 0, "[name] <ifname>", "made of vmac_prefix and VRID",
		"Name of the macvlan."),
	KW_WORD("<mac>", 0, "h:h:h:h:h[:h]", "that of the RFC",
		"MAC address; the VRID is appended to five bytes."),
	KW_WORD("netlink_notify_msg", 0, "", "off",
		"Announces the base interface after the macvlan."),
	KW_WORD("group", 0, "<name or 0..2147483647>", "group of the parent",
		"Link group of the macvlan."),
};

const struct block vmac_block = {
	.name = "vrrp_instance/use_vmac",
	.kw = vmac_kw,
	.n_kw = ARRAY_SIZE(vmac_kw),
};

/* ---- use_ipvlan -------------------------------------------------------------------------- */

static const struct enum_word modes[] = {
	{"bridge", VRRP_IPVLAN_BRIDGE, false},
	{"private", VRRP_IPVLAN_PRIVATE, false},
	{"vepa", VRRP_IPVLAN_VEPA, false},
	{0},
};

static bool take_mode(const struct rest *r, struct ipvlan_conf *v)
{
	for (const struct enum_word *e = modes; e->word; e++) {
		if (strcmp(e->word, word_at(r, r->i)->s.p) != 0)
			continue;
		if (v->mode)
			again(r, "mode");
		else
			v->mode = (enum vrrp_ipvlan_mode)e->value;
		return true;
	}
	return false;
}

/* The address fixes the family of the instance like any other. */
static bool take_address(const struct rest *r, struct ipvlan_conf *v)
{
	const struct lex_token *w = word_at(r, r->i);
	struct addr a = {0};
	int plen;

	if (addr_parse_prefix(&a, &plen, w->s.p)) {
		if (!strchr(w->s.p, '/') && !strchr(w->s.p, ':'))
			return false;
		diag_error(r->p->diags, w->span, "%s: invalid IP address '%s' - ignored",
			r->kw->name, w->s.p);
		return true;
	}
	if (v->addr.family) {
		again(r, "address");
		return true;
	}
	if (!vrrp_family_fits(r->p, (struct vrrp_conf *)r->n, &a, w->span, r->kw->name))
		return true;
	v->addr = a;
	v->prefixlen = (uint8_t)plen;
	return true;
}

static unsigned ipvlan_word(const struct rest *r, struct ipvlan_conf *v)
{
	unsigned used = take_pair(r, &v->name, &v->group);

	if (!used && !take_mode(r, v) && !take_address(r, v))
		take_name(r, r->i, &v->name);
	return used ? used : 1;
}

static int ipvlan_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	struct ipvlan_conf *v = arena_new_of(p->arena, struct ipvlan_conf);
	struct rest r = {p, n, kw, s, 1};

	while (r.i < s->n)
		r.i += ipvlan_word(&r, v);
	*(struct ipvlan_conf **)field = v;
	return 0;
}

static bool ipvlan_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const struct ipvlan_conf *v = *(struct ipvlan_conf *const *)field;
	struct strbuf text = {0};
	char buf[ADDR_STRLEN];

	(void)kw;
	if (!v)
		return false;
	print_link(&text, v->name, v->group);
	if (v->addr.family)
		strbuf_printf(&text, "%s%s/%u", text.len ? " " : "", addr_str(&v->addr, buf),
			v->prefixlen);
	for (const struct enum_word *e = modes; e->word; e++)
		if (e->value == (int)v->mode)
			strbuf_printf(&text, "%s%s", text.len ? " " : "", e->word);
	strbuf_puts(out, strbuf_str(&text));
	strbuf_free(&text);
	return true;
}

static bool ipvlan_equal(const struct kw *kw, const void *a, const void *b)
{
	const struct ipvlan_conf *x = *(struct ipvlan_conf *const *)a;
	const struct ipvlan_conf *y = *(struct ipvlan_conf *const *)b;

	(void)kw;
	if (!x || !y)
		return x == y;
	return same(x->name, y->name) && same(x->ifname, y->ifname) && x->group == y->group &&
	       addr_eq(&x->addr, &y->addr) && x->prefixlen == y->prefixlen && x->mode == y->mode;
}

const struct codec codec_ipvlan = {"ipvlan", 0, 99, ipvlan_parse, ipvlan_print, ipvlan_equal};

static const struct kw ipvlan_kw[] = {
	KW_WORD("<ifname>", 0, "[name] <ifname>", "made as for use_vmac",
		"Name of the ipvlan."),
	KW_WORD("<ip>", 0, "<ip[/len]>", "(none)",
		"Address of the ipvlan, and source unless one is given."),
	KW_WORD("bridge", 0, "", "bridge", "Ipvlans of one parent reach each other."),
	KW_WORD("private", 0, "", NULL, "They do not."),
	KW_WORD("vepa", 0, "", NULL, "They do through a switch that sends packets back."),
	KW_WORD("group", 0, "<name or number>", "group of the parent",
		"Link group of the ipvlan."),
};

const struct block ipvlan_block = {
	.name = "vrrp_instance/use_ipvlan",
	.kw = ipvlan_kw,
	.n_kw = ARRAY_SIZE(ipvlan_kw),
};
