/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keywords of virtual_server, real_server, virtual_server_group and SSL. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keepalived/conf/tables.h"

#define DAYS_31   2678400 /* longest persistence of the kernel, seconds */
#define TIME_MAX  (SEC(4294) + USEC(967295))
#define LOOP_MAX  SEC(4294967295)
#define PE_NAME   16 /* IP_VS_PENAME_MAXLEN */
#define NAME_ROOM 80

/* ---- names ------------------------------------------------------------------------------- */

static const char *protocol_name(uint8_t protocol)
{
	switch (protocol) {
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	case IPPROTO_SCTP:
		return "sctp";
	default:
		return "none";
	}
}

const char *rs_name(const struct rs_conf *rs, char buf[static NAME_ROOM])
{
	char a[ADDR_STRLEN];

	snprintf(buf, NAME_ROOM, "[%s]:%s:%u", addr_str(&rs->dst.addr, a),
		protocol_name(rs->vs->protocol), rs->dst.port);
	return buf;
}

const char *vs_name(const struct vs_conf *vs)
{
	return vs->node.name;
}

/* ---- addresses of blocks ----------------------------------------------------------------- */

static void bad_server(struct parse *p, const struct lex_token *w, const char *what)
{
	const char *colon = strchr(w->s.p, ':');
	struct addr a;

	if (colon && !strchr(colon + 1, ':')) {
		char *head = arena_strndup(p->arena, w->s.p, (size_t)(colon - w->s.p));

		if (!addr_parse(&a, head)) {
			diag_error(p->diags, w->span,
				"Invalid %s IP address %s - skipping (address and port are two "
				"words: '%s %s')",
				what, w->s.p, head, colon + 1);
			return;
		}
	}
	diag_error(p->diags, w->span, "Invalid %s IP address %s - skipping", what, w->s.p);
}

/* <ip> [port] from word i on; returns the words used in all, or -1. */
static int read_server(
	struct parse *p, struct endpoint *e, const struct stmt *s, unsigned i, const char *what)
{
	static const struct kw port = {.name = "port", .min = 0, .max = 65535, .flags = KW_LENIENT};
	int64_t v = 0;

	if (type_addr(&e->addr, stmt_word(s, i))) {
		bad_server(p, &s->word[i], what);
		return -1;
	}
	if (s->n <= i + 1)
		return (int)i + 1;
	if (!type_number(p, &port, &s->word[i + 1], &v))
		return -1;
	e->port = (uint16_t)v;
	return (int)i + 2;
}

/* ---- virtual_server_group ---------------------------------------------------------------- */

static int range_fwmark(struct parse *p, struct vsg_range *r, const struct stmt *s)
{
	static const struct kw mark = {
		.name = "fwmark", .min = 0, .max = UINT32_MAX, .flags = KW_LENIENT};
	int64_t v;

	if (s->n < 2) {
		diag_add(p->diags, DIAG_ERROR, DIAG_REQUIRED, s->word[0].span,
			"'fwmark' is missing its value: <uint> [inet|inet6]");
		return -1;
	}
	if (!type_number(p, &mark, &s->word[1], &v))
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

/* The end of a range: a full address, or its last octet (decimal) or group (hexadecimal). */
static bool range_end(struct vsg_range *r, const char *text)
{
	bool v4 = r->first.family == AF_INET;
	char *end;
	unsigned long v;

	if (!addr_parse(&r->last, text))
		return r->last.family == r->first.family;
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
	return true;
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
	return !dash || (range_end(r, dash + 1) && addr_cmp(&r->first, &r->last) <= 0);
}

static int range_open(struct parse *p, struct node *n, const struct stmt *s)
{
	static const struct kw port = {.name = "port", .min = 0, .max = 65535, .flags = KW_LENIENT};
	struct vsg_range *r = (struct vsg_range *)n;
	int64_t v;

	if (!strcmp(stmt_word(s, 0), "fwmark"))
		return range_fwmark(p, r, s);
	if (!range_addresses(p, r, stmt_word(s, 0))) {
		diag_error(p->diags, s->word[0].span,
			"Invalid virtual server group entry %s - ignored", stmt_word(s, 0));
		return -1;
	}
	r->family = r->first.family;
	if (s->n > 1 && !type_number(p, &port, &s->word[1], &v))
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

static const struct block range_block = {
	.name = "virtual_server_group",
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

	if (!g->entries.n) {
		diag_error(p->diags, n->span,
			"virtual_server_group %s has no valid entry - ignored", n->name);
		return false;
	}
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

/* ---- SSL --------------------------------------------------------------------------------- */

static const struct kw ssl_kw[] = {
	KW_STRING("password", struct ssl_conf, password, 0, KW_M0 | KW_RESTART | KW_SECRET,
		"<string>", "(none)", "Password of the key."),
	KW_STRING("ca", struct ssl_conf, ca, 0, KW_M0 | KW_RESTART, "<string>", "(none)",
		"File of trusted certificates."),
	KW_STRING("certificate", struct ssl_conf, certificate, 0, KW_M0 | KW_RESTART, "<string>",
		"(none)", "File of the client certificate."),
	KW_STRING("key", struct ssl_conf, key, 0, KW_M0 | KW_RESTART, "<string>", "(none)",
		"File of its key."),
};

const struct block ssl_block = {
	.name = "SSL",
	.kw = ssl_kw,
	.n_kw = ARRAY_SIZE(ssl_kw),
	.size = sizeof(struct ssl_conf),
	.flags = BLOCK_MERGE | BLOCK_REPLACE,
};

/* ---- real_server ------------------------------------------------------------------------- */

static int rs_open(struct parse *p, struct node *n, const struct stmt *s)
{
	struct rs_conf *rs = (struct rs_conf *)n;
	int used;

	rs->vs = (struct vs_conf *)n->parent;
	if (s->n < 2) {
		diag_add(p->diags, DIAG_ERROR, DIAG_REQUIRED, s->word[0].span,
			"'real_server' is missing its value: <ip> [port]");
		return -1;
	}
	used = read_server(p, &rs->dst, s, 1, "real server");
	if (used > 0 && !rs->dst.port)
		rs->dst.port = rs->vs->dst.port;
	return used;
}

/* Everybody but tunnelled servers must be of the family of the service. */
static bool family_fits(struct parse *p, struct vs_conf *vs, const struct rs_conf *rs)
{
	const struct lvs_forward *f = rs->forward.given ? &rs->forward : &vs->forward;
	char a[ADDR_STRLEN];

	if (f->method == LVS_TUN && f->given)
		return true;
	if (!vs->family && vs->kind != VS_GROUP)
		vs->family = rs->dst.addr.family;
	if (!vs->family || vs->family == rs->dst.addr.family)
		return true;
	diag_error(p->diags, rs->node.span,
		"Address family of virtual server and real server %s don't match - skipping",
		addr_str(&rs->dst.addr, a));
	return false;
}

static bool rs_close(struct parse *p, struct node *n)
{
	struct rs_conf *rs = (struct rs_conf *)n;
	char a[ADDR_STRLEN];

	if (!family_fits(p, rs->vs, rs))
		return false;
	n->name = arena_printf(p->arena, "[%s]:%u", addr_str(&rs->dst.addr, a), rs->dst.port);
	return true;
}

static void rs_print(struct strbuf *out, const struct node *n)
{
	codec_endpoint.print(out, NULL, &((const struct rs_conf *)n)->dst);
}

#define R struct rs_conf
#define FORWARD(kwname, st, fld, df, dc)                                   \
	KW_OF(kwname, st, fld, struct lvs_forward, codec_forward, KW_LIVE, \
		"NAT | DR | TUN [type ipip|gue port <n>|gre] [nocsum|csum|remcsum]", df, dc)
/* What a checker may take from its real server, and that from its service. */
#define CHECK_DEFAULTS(st, from)                                                                 \
	KW_UINT("retry", st, retry, 1, UINT32_MAX, UINT32_MAX, KW_LIVE, "attempts", "<uint>",    \
		"Failed checks in a row before the server is down, less one."),                  \
		KW_OTHER("nb_get_retry", "retry", KW_DEPRECATED),                                \
		KW_TIME("delay_before_retry", st, delay_before_retry, USEC(1), 0, LOOP_MAX, -1,  \
			KW_LIVE, "<decimal>", from, "Time between a failure and the next try."), \
		KW_TIME("warmup", st, warmup, USEC(1), 0, LOOP_MAX, -1, KW_LIVE, "<decimal>",    \
			from, "Longest random delay of the first check."),                       \
		KW_TIME("connect_timeout", st, connect_timeout, USEC(1), USEC(1), TIME_MAX, -1,  \
			KW_LIVE, "<decimal>", from, "Time for a connection."),                   \
		KW_TIME("delay_loop", st, delay_loop, USEC(1), USEC(1), LOOP_MAX, -1, KW_LIVE,   \
			"<decimal>", from, "Time between checks.")

static const struct kw rs_kw[] = {
	KW_UINT("weight", R, weight, 0, INT32_MAX, UINT32_MAX, KW_LIVE | KW_LENIENT, NULL, "<uint>",
		"Share of the traffic."),
	FORWARD("lvs_method", R, forward, "of the service", "How packets reach the server."),
	KW_UINT("uthreshold", R, uthreshold, 0, UINT32_MAX, 0, KW_LIVE | KW_LENIENT, "connections",
		"<uint>", "No new connections above this number."),
	KW_UINT("lthreshold", R, lthreshold, 0, UINT32_MAX, 0, KW_LIVE | KW_LENIENT, "connections",
		"<uint>", "New ones again below this number."),
	KW_BOOL("inhibit_on_failure", R, inhibit_on_failure, KW_LIVE,
		"A failed server stays in the pool with weight 0."),
	KW_SCRIPT_ROW("notify_up", R, notify_up, 0, "Run when the server comes up."),
	KW_SCRIPT_ROW("notify_down", R, notify_down, 0, "Run when the server goes down."),
	KW_BOOL("alpha", R, alpha, KW_LIVE, "Checkers start as failed."),
	CHECK_DEFAULTS(R, "of the service"),
	KW_TRI("smtp_alert", R, smtp_alert, KW_LIVE, "smtp_alert_checker, else smtp_alert, else on",
		"Mail when the server goes up or down."),
	KW_STRING("virtualhost", R, virtualhost, 0, KW_M0 | KW_LIVE, "<name>", "of the service",
		"Host header of HTTP checks."),
	KW_STRING("snmp_name", R, snmp_name, 0, KW_M0 | KW_LIVE | KW_IDLE, "<text>", "(none)",
		"Name in SNMP."),
	KW_LIST("TCP_CHECK", R, checkers, checker_blocks[CHECK_TCP], KW_OBJECTS, "{ ... }",
		"Connects."),
	KW_LIST("HTTP_GET", R, checkers, checker_blocks[CHECK_HTTP], KW_OBJECTS, "{ ... }",
		"Fetches pages."),
	KW_LIST("SSL_GET", R, checkers, checker_blocks[CHECK_SSL], KW_OBJECTS, "{ ... }",
		"Fetches pages over TLS."),
	KW_LIST("MISC_CHECK", R, checkers, checker_blocks[CHECK_MISC], KW_OBJECTS, "{ ... }",
		"Runs a command."),
	KW_NOTYET("UDP_CHECK"),
	KW_NOTYET("PING_CHECK"),
	KW_NOTYET("SMTP_CHECK"),
	KW_NOTYET("DNS_CHECK"),
	KW_NOTYET("FILE_CHECK"),
	KW_NOTYET("BFD_CHECK"),
};

static unsigned rs_compare(const struct node *a, const struct node *b)
{
	const R *x = (const R *)a, *y = (const R *)b;

	return endpoint_eq(&x->dst, &y->dst) ? 0 : KW_RESTART;
}

static const struct block rs_block = {
	.name = "virtual_server/real_server",
	.kw = rs_kw,
	.n_kw = ARRAY_SIZE(rs_kw),
	.size = sizeof(R),
	.open = rs_open,
	.close = rs_close,
	.print = rs_print,
	.compare = rs_compare,
};

/* ---- virtual_server ---------------------------------------------------------------------- */

#define V struct vs_conf

static int vs_open(struct parse *p, struct node *n, const struct stmt *s)
{
	static const struct kw mark = {
		.name = "fwmark", .min = 0, .max = UINT32_MAX, .flags = KW_LENIENT};
	V *vs = (V *)n;
	int64_t v;
	int used;

	if (s->n < 2) {
		diag_add(p->diags, DIAG_ERROR, DIAG_REQUIRED, s->word[0].span,
			"'virtual_server' is missing its value: <ip> [port] | fwmark <uint> | group "
			"<name>");
		return -1;
	}
	if (!strcmp(stmt_word(s, 1), "fwmark") || !strcmp(stmt_word(s, 1), "group")) {
		if (s->n < 3) {
			diag_error(p->diags, s->word[1].span,
				"'%s' is missing its value - skipping", stmt_word(s, 1));
			return -1;
		}
		if (*stmt_word(s, 1) == 'g') {
			vs->kind = VS_GROUP;
			vs->group_name = stmt_word(s, 2);
			return 3;
		}
		vs->kind = VS_FWMARK;
		if (!type_number(p, &mark, &s->word[2], &v))
			return -1;
		vs->fwmark = (uint32_t)v;
		return 3;
	}
	used = read_server(p, &vs->dst, s, 1, "virtual server");
	vs->family = vs->dst.addr.family;
	return used;
}

/* The name needs the protocol, which defaults here. */
static bool vs_close(struct parse *p, struct node *n)
{
	V *vs = (V *)n;
	char a[ADDR_STRLEN];

	if (vs->kind == VS_ADDRESS && !vs->protocol) {
		if (!schema_given(n, "protocol"))
			diag_warning(p->diags, n->span,
				"Virtual server [%s]:none:%u: no protocol set - defaulting to UDP",
				addr_str(&vs->dst.addr, a), vs->dst.port);
		vs->protocol = IPPROTO_UDP;
	}
	if (vs->kind == VS_ADDRESS)
		n->name = arena_printf(p->arena, "[%s]:%s:%u", addr_str(&vs->dst.addr, a),
			protocol_name(vs->protocol), vs->dst.port);
	else if (vs->kind == VS_FWMARK)
		n->name = arena_printf(p->arena, "FWM %" PRIu32, vs->fwmark);
	else
		n->name = arena_printf(p->arena, "[%s]:%u", vs->group_name, vs->dst.port);
	return true;
}

static void print_group(struct strbuf *out, const char *name)
{
	strbuf_puts(out, "group ");
	print_word(out, name);
}

static void vs_print(struct strbuf *out, const struct node *n)
{
	const V *vs = (const V *)n;

	if (vs->kind == VS_FWMARK)
		strbuf_printf(out, "fwmark %" PRIu32, vs->fwmark);
	else if (vs->kind == VS_ADDRESS)
		codec_endpoint.print(out, NULL, &vs->dst);
	else
		print_group(out, vs->group_name);
}

static const char *const schedulers[] = {"rr", "wrr", "lc", "wlc", "lblc", "sh", "mh", "dh", "fo",
	"ovf", "lblcr", "sed", "nq", "twos"};

static int sched_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	(void)n;
	(void)kw;
	for (unsigned i = 0; i < ARRAY_SIZE(schedulers); i++)
		if (!strcmp(schedulers[i], stmt_word(s, 1))) {
			*(const char **)field = schedulers[i];
			return 0;
		}
	diag_error(p->diags, s->word[1].span,
		"Invalid lvs_scheduler '%s' - ignoring (rr wrr lc wlc lblc sh mh dh fo ovf lblcr sed nq "
		"twos)",
		stmt_word(s, 1));
	return -1;
}

static const struct codec codec_sched = {
	"scheduler", 1, 1, sched_parse, type_string_print, type_string_equal};

/* sh-port and its like belong to one scheduler, which must have been named before. */
static void sched_flag(struct parse *p, struct node *n, const struct kw *kw, const struct stmt *s)
{
	V *vs = (V *)n;
	bool hash = vs->sched && (!strcmp(vs->sched, "sh") || !strcmp(vs->sched, "mh"));

	if (!hash) {
		vs->flags &= ~(uint32_t)kw->max;
		diag_error(p->diags, s->word[0].span,
			"'%s' needs 'lvs_sched %.2s' before it - ignored", kw->name, kw->name);
	} else if (strncmp(vs->sched, kw->name, 2) != 0) {
		vs->flags &= ~(uint32_t)kw->max;
		diag_note(p->diags, s->word[0].span, "'%s' has no effect with scheduler %s",
			kw->name, vs->sched);
	}
}

static int persistence_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	if (s->n > 1)
		return codec_time.parse(p, n, kw, field, s);
	*(ktime *)field = SEC(360);
	return 0;
}

static bool persistence_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	return *(const ktime *)field && codec_time.print(out, kw, field);
}

static const struct codec codec_persistence = {
	"uint", 0, 1, persistence_parse, persistence_print, type_same_bytes};

/* A mask for IPv4, a prefix length for IPv6; the dot tells. */
static int granularity_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	V *vs = (V *)n;
	const char *word = stmt_word(s, 1);
	uint8_t family = strchr(word, '.') ? AF_INET : AF_INET6;
	struct in_addr mask;
	uint64_t v;

	if ((vs->family && vs->family != family) ||
		(family == AF_INET ? inet_pton(AF_INET, word, &mask) != 1
				   : str_uint(word, 1, 128, &v) != 0)) {
		diag_error(p->diags, s->word[1].span,
			"%s: '%s' is no IPv4 mask and no IPv6 prefix length 1..128 - ignored",
			kw->name, word);
		return -1;
	}
	*(uint32_t *)field = family == AF_INET ? mask.s_addr : (uint32_t)v;
	vs->family = family;
	vs->granularity_given = true;
	return 0;
}

static bool granularity_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const V *vs = container_of(field, V, granularity);
	char buf[INET_ADDRSTRLEN];

	(void)kw;
	if (!vs->granularity_given)
		return false;
	if (vs->family == AF_INET6)
		strbuf_printf(out, "%" PRIu32, vs->granularity);
	else
		strbuf_puts(out, inet_ntop(AF_INET, field, buf, sizeof(buf)));
	return true;
}

static const struct codec codec_granularity = {
	"mask", 1, 1, granularity_parse, granularity_print, type_same_bytes};

static const struct enum_word families[] = {
	{"inet", AF_INET, false},
	{"inet6", AF_INET6, false},
	{0},
};

static int family_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	V *vs = (V *)n;
	uint8_t before = vs->family;

	if (codec_enum.parse(p, n, kw, field, s))
		return -1;
	if (!before || before == vs->family)
		return 0;
	diag_error(p->diags, s->word[1].span, "%s: the address says otherwise - ignored", kw->name);
	vs->family = before;
	return -1;
}

static const struct codec codec_family = {
	"word", 1, 1, family_parse, type_enum_print, type_same_bytes};

static const struct enum_word protocols[] = {
	{"TCP", IPPROTO_TCP, true},
	{"UDP", IPPROTO_UDP, true},
	{"SCTP", IPPROTO_SCTP, true},
	{0},
};

static void persistence_engine(
	struct parse *p, struct node *n, const struct kw *kw, const struct stmt *s)
{
	const char **name = kw_field(kw, n);

	if (strlen(*name) <= PE_NAME)
		return;
	*name = arena_strndup(p->arena, *name, PE_NAME);
	diag_error(p->diags, s->word[1].span, "%s: '%s' is longer than %d characters - using '%s'",
		kw->name, stmt_word(s, 1), PE_NAME, *name);
}

static void sorry_given(struct parse *p, struct node *n, const struct kw *kw, const struct stmt *s)
{
	(void)p;
	(void)kw;
	(void)s;
	((V *)n)->has_sorry = true;
}

static void sorry_option(struct parse *p, struct node *n, const struct kw *kw, const struct stmt *s)
{
	V *vs = (V *)n;

	if (vs->has_sorry)
		return;
	diag_error(
		p->diags, s->word[0].span, "'%s' needs sorry_server before it - ignored", kw->name);
	vs->sorry_inhibit = false;
	vs->sorry_forward = (struct lvs_forward){0};
}

#define SCHED_FLAG(kwname, bit, dc)                                                              \
	{                                                                                        \
		.name = kwname, .codec = &codec_bit, KW_AT(V, flags, KW_IS(V, flags, uint32_t)), \
		.max = bit, .flags = KW_LIVE | KW_FLAG | KW_NO_DEFAULT, .hook = sched_flag,      \
		.args = "(arguments ignored)", .deflt = "off", .doc = dc                         \
	}

static const struct kw vs_kw[] = {
	{.name = "ip_family",
		.codec = &codec_family,
		KW_AT(V, family, KW_IS(V, family, uint8_t)),
		.arg = families,
		.flags = KW_RESTART | KW_NO_DEFAULT,
		.args = "inet|inet6",
		.deflt = "from address, or servers",
		.doc = "Family of a service by fwmark or group."},
	KW_OF("lvs_sched", V, sched, const char *, codec_sched, KW_LIVE, "<name>", "wlc",
		"Scheduler."),
	KW_OTHER("lb_algo", "lvs_sched", 0),
	KW_BIT("ops", V, flags, VS_OPS, KW_LIVE, "Schedules each UDP packet anew."),
	KW_BIT("flag-1", V, flags, VS_SCHED1, KW_LIVE, "First flag of the scheduler."),
	KW_BIT("flag-2", V, flags, VS_SCHED2, KW_LIVE, "Second flag of the scheduler."),
	KW_BIT("flag-3", V, flags, VS_SCHED3, KW_LIVE, "Third flag of the scheduler."),
	SCHED_FLAG("sh-fallback", VS_SCHED1, "sh: another server when the hashed one is down."),
	SCHED_FLAG("sh-port", VS_SCHED2, "sh: the source port counts, too."),
	SCHED_FLAG("mh-fallback", VS_SCHED1, "mh: another server when the hashed one is down."),
	SCHED_FLAG("mh-port", VS_SCHED2, "mh: the source port counts, too."),
	FORWARD("lvs_method", V, forward, "NAT", "How packets reach the servers."),
	KW_OTHER("lb_kind", "lvs_method", 0),
	{.name = "persistence_engine",
		.codec = &codec_string,
		KW_AT(V, pe_name, KW_IS(V, pe_name, const char *)),
		.flags = KW_LIVE,
		.hook = persistence_engine,
		.args = "<name>",
		.deflt = "(none)",
		.doc = "Persistence engine."},
	{.name = "persistence_timeout",
		.codec = &codec_persistence,
		KW_AT(V, persistence_timeout, KW_IS(V, persistence_timeout, ktime)),
		.res = SEC(1),
		.min = SEC(1),
		.max = SEC(DAYS_31),
		.flags = KW_LIVE | KW_NO_DEFAULT,
		.unit = "seconds",
		.args = "[<uint>]",
		.deflt = "off; bare: 360",
		.doc = "How long a client stays with its server."},
	KW_OF("persistence_granularity", V, granularity, uint32_t, codec_granularity, KW_LIVE,
		"<ipv4 mask> | <1..128>", "255.255.255.255 / none",
		"Clients of one network stay together."),
	KW_ENUM("protocol", V, protocol, protocols, 0, KW_RESTART, "TCP|UDP|SCTP",
		"Protocol of an address service."),
	KW_SET("ha_suspend", V, ha_suspend, KW_LIVE | KW_IDLE,
		"No checks while the address is not on this host."),
	KW_TRI("smtp_alert", V, smtp_alert, KW_LIVE,
		"smtp_alert_checker, else smtp_alert, else off",
		"Mail when the quorum is gained or lost."),
	KW_STRING("virtualhost", V, virtualhost, 0, KW_M0 | KW_LIVE, "<name>", "(none)",
		"Host header of HTTP checks."),
	KW_STRING("snmp_name", V, snmp_name, 0, KW_M0 | KW_LIVE | KW_IDLE, "<text>", "(none)",
		"Name in SNMP."),
	KW_SET("alpha", V, alpha, KW_LIVE, "Checkers start as failed."),
	KW_SET("omega", V, omega, KW_LIVE, "Notifications also when stopping."),
	KW_SET("inhibit_on_failure", V, inhibit_on_failure, KW_LIVE,
		"Failed servers stay in the pool with weight 0."),
	KW_SCRIPT_ROW("quorum_up", V, quorum_up, 0, "Run when the quorum is gained."),
	KW_SCRIPT_ROW("quorum_down", V, quorum_down, 0, "Run when the quorum is lost."),
	KW_UINT("quorum", V, quorum, 1, UINT32_MAX, 1, KW_LIVE | KW_LENIENT | KW_USE, "weight",
		"<uint>", "Total weight the service needs."),
	KW_UINT("hysteresis", V, hysteresis, 0, UINT32_MAX, 0, KW_LIVE | KW_LENIENT, "weight",
		"<uint>", "Weight above (to gain) or below (to lose) the quorum."),
	KW_UINT("weight", V, weight, 1, INT32_MAX, 1, KW_LIVE | KW_LENIENT, NULL, "<uint>",
		"Weight of servers that name none."),
	CHECK_DEFAULTS(V, "per checker type"),
	{.name = "sorry_server",
		.codec = &codec_endpoint,
		KW_AT(V, sorry, KW_IS(V, sorry, struct endpoint)),
		.flags = KW_LIVE | KW_NO_DEFAULT,
		.hook = sorry_given,
		.args = "<ip> [port]",
		.deflt = "(none)",
		.doc = "Used while the quorum is lost."},
	{.name = "sorry_server_inhibit",
		.codec = &codec_set,
		KW_AT(V, sorry_inhibit, KW_IS(V, sorry_inhibit, bool)),
		.flags = KW_LIVE | KW_FLAG,
		.hook = sorry_option,
		.args = "(arguments ignored)",
		.deflt = "off",
		.doc = "inhibit_on_failure of the sorry server."},
	{.name = "sorry_server_lvs_method",
		.codec = &codec_forward,
		KW_AT(V, sorry_forward, KW_IS(V, sorry_forward, struct lvs_forward)),
		.flags = KW_LIVE | KW_NO_DEFAULT,
		.hook = sorry_option,
		.args = "NAT | DR | TUN [type ipip|gue port <n>|gre] [nocsum|csum|remcsum]",
		.deflt = "lvs_method",
		.doc = "How packets reach the sorry server."},
	KW_LIST("real_server", V, real_servers, rs_block, KW_OBJECTS, "<ip> [port] { ... }",
		"A server of the pool."),
	KW_GONE("nat_mask", "the kernel has no such setting since version 2.4"),
	KW_GONE("hashed", "schedulers sh and mh always hash"),
};

static unsigned vs_compare(const struct node *a, const struct node *b)
{
	const V *x = (const V *)a, *y = (const V *)b;

	return x->family != y->family || x->protocol != y->protocol ? KW_RESTART : 0;
}

const struct block vs_block = {
	.name = "virtual_server",
	.kw = vs_kw,
	.n_kw = ARRAY_SIZE(vs_kw),
	.size = sizeof(V),
	.open = vs_open,
	.close = vs_close,
	.print = vs_print,
	.compare = vs_compare,
};
