/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keywords of virtual_server and SSL, and the names of services and servers. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "keepalived/conf/lvs_rows.h"

#define DAYS_31   2678400 /* longest persistence of the kernel, seconds */
#define PE_NAME   16      /* IP_VS_PENAME_MAXLEN */
#define NAME_ROOM 80

/* ---- names ------------------------------------------------------------------------------- */

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

const struct kw server_port_row = {.name = "port", .max = 65535, .flags = KW_LENIENT};
const struct kw server_mark_row = {.name = "fwmark", .max = UINT32_MAX, .flags = KW_LENIENT};

int read_server(
	struct parse *p, struct endpoint *e, const struct stmt *s, unsigned i, const char *what)
{
	int64_t v = 0;

	if (type_addr(&e->addr, stmt_word(s, i))) {
		bad_server(p, &s->word[i], what);
		return -1;
	}
	if (s->n <= i + 1)
		return (int)i + 1;
	if (!type_number(p, &server_port_row, &s->word[i + 1], &v))
		return -1;
	e->port = (uint16_t)v;
	return (int)i + 2;
}

/* ---- SSL --------------------------------------------------------------------------------- */

static const struct kw ssl_kw[] = {
	KW_STRING("password", struct ssl_conf, password, 0,
		KW_M0 | KW_RESTART | KW_SECRET | KW_TWICE, "<string>", "(none)",
		"Password of the key."),
	KW_STRING("ca", struct ssl_conf, ca, 0, KW_M0 | KW_RESTART | KW_TWICE, "<string>", "(none)",
		"File of trusted certificates."),
	KW_STRING("certificate", struct ssl_conf, certificate, 0, KW_M0 | KW_RESTART | KW_TWICE,
		"<string>", "(none)", "File of the client certificate."),
	KW_STRING("key", struct ssl_conf, key, 0, KW_M0 | KW_RESTART | KW_TWICE, "<string>",
		"(none)", "File of its key."),
};

const struct block ssl_block = {
	.name = "SSL",
	.kw = ssl_kw,
	.n_kw = ARRAY_SIZE(ssl_kw),
	.size = sizeof(struct ssl_conf),
	.flags = BLOCK_MERGE | BLOCK_REPLACE,
};

/* ---- virtual_server ---------------------------------------------------------------------- */

#define V struct vs_conf

static int vs_open(struct parse *p, struct node *n, const struct stmt *s)
{
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
		if (!type_number(p, &server_mark_row, &s->word[2], &v))
			return -1;
		vs->fwmark = (uint32_t)v;
		return 3;
	}
	used = read_server(p, &vs->dst, s, 1, "virtual server");
	vs->family = vs->dst.addr.family;
	return used;
}

/* The name as messages have it; the rules know the protocol when it is not given. */
static bool vs_close(struct parse *p, struct node *n)
{
	V *vs = (V *)n;
	char a[ADDR_STRLEN];

	if (vs->kind == VS_ADDRESS)
		n->name = arena_printf(p->arena, "[%s]:%s:%u", addr_str(&vs->dst.addr, a),
			protocol_name(vs->protocol ? vs->protocol : IPPROTO_UDP), vs->dst.port);
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

static const struct enum_word protocols[] = {
	{"TCP", IPPROTO_TCP, true},
	{"UDP", IPPROTO_UDP, true},
	{"SCTP", IPPROTO_SCTP, true},
	{0},
};

/* sh-port and its like belong to one scheduler, which must have been named before. */
static int sched_flag_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	const V *vs = (const V *)n;
	bool hash = vs->sched && (!strcmp(vs->sched, "sh") || !strcmp(vs->sched, "mh"));

	if (hash && !strncmp(vs->sched, kw->name, 2))
		return codec_bit.parse(p, n, kw, field, s);
	if (hash)
		diag_note(p->diags, s->word[0].span, "'%s' has no effect with scheduler %s",
			kw->name, vs->sched);
	else
		diag_error(p->diags, s->word[0].span,
			"'%s' needs 'lvs_sched %.2s' before it - ignored", kw->name, kw->name);
	return -1;
}

/* What was set for a scheduler that another one replaced is printed as flag-N. */
static bool sched_flag_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const char *sched = container_of(field, V, flags)->sched;

	return sched && !strncmp(sched, kw->name, 2) && codec_bit.print(out, kw, field);
}

static bool sched_flag_equal(const struct kw *kw, const void *a, const void *b)
{
	return codec_bit.equal(kw, a, b);
}

static const struct codec codec_sched_flag = {
	.name = "flag",
	.parse = sched_flag_parse,
	.print = sched_flag_print,
	.equal = sched_flag_equal,
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

void take_method(struct lvs_forward *f, const V *vs)
{
	if (vs->forward.given)
		*f = vs->forward;
}

static void sorry_given(struct parse *p, struct node *n, const struct kw *kw, const struct stmt *s)
{
	V *vs = (V *)n;

	(void)p;
	(void)kw;
	(void)s;
	if (!vs->has_sorry)
		take_method(&vs->sorry_forward, vs);
	vs->has_sorry = true;
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

static const struct enum_word families[] = {
	{"inet", AF_INET, false},
	{"inet6", AF_INET6, false},
	{0},
};

#define VS_FLAG(kwname, bit, cdc, dc)                                                      \
	{                                                                                  \
		.name = kwname, .codec = &cdc, KW_AT(V, flags, KW_IS(V, flags, uint32_t)), \
		.max = bit, .flags = KW_LIVE | KW_FLAG | KW_NO_DEFAULT,                    \
		.args = "(arguments ignored)", .deflt = "off", .doc = dc                   \
	}

/* The order matters where one keyword needs another before it: it is also that of printing. */
static const struct kw vs_kw[] = {
	{.name = "ip_family",
		.codec = &codec_vs_family,
		KW_AT(V, family, KW_IS(V, family, uint8_t)),
		.arg = families,
		.flags = KW_RESTART | KW_NO_DEFAULT,
		.args = "inet|inet6",
		.deflt = "from address, or servers",
		.doc = "Family of a service by fwmark or group."},
	KW_OF("lvs_sched", V, sched, const char *, codec_sched, KW_LIVE, "<name>",
		"wlc (with error)",
		"Scheduler: rr, wrr, lc, wlc, lblc, sh, mh, dh, fo, ovf, lblcr, sed, nq or twos."),
	KW_OTHER("lb_algo", "lvs_sched", 0),
	VS_FLAG("ops", VS_OPS, codec_bit, "Schedules each UDP packet anew."),
	VS_FLAG("flag-1", VS_SCHED1, codec_bit, "First flag of the scheduler."),
	VS_FLAG("flag-2", VS_SCHED2, codec_bit, "Second flag of the scheduler."),
	VS_FLAG("flag-3", VS_SCHED3, codec_bit, "Third flag of the scheduler."),
	VS_FLAG("sh-fallback", VS_SCHED1, codec_sched_flag,
		"sh: another server when the hashed one is down."),
	VS_FLAG("sh-port", VS_SCHED2, codec_sched_flag, "sh: the source port counts, too."),
	VS_FLAG("mh-fallback", VS_SCHED1, codec_sched_flag,
		"mh: another server when the hashed one is down."),
	VS_FLAG("mh-port", VS_SCHED2, codec_sched_flag, "mh: the source port counts, too."),
	FORWARD("lvs_method", V, forward, NULL, "NAT (with error if nothing sets it)",
		"How packets reach the servers that follow and name no method."),
	KW_OTHER("lb_kind", "lvs_method", 0),
	{.name = "persistence_engine",
		.codec = &codec_string,
		KW_AT(V, pe_name, KW_IS(V, pe_name, const char *)),
		.flags = KW_LIVE,
		.hook = persistence_engine,
		.args = "<name>",
		.deflt = "(none)",
		.doc = "Persistence engine, in practice sip."},
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
	{.name = "protocol",
		.codec = &codec_enum,
		KW_AT(V, protocol, KW_IS(V, protocol, uint8_t)),
		.arg = protocols,
		.flags = KW_RESTART,
		.args = "TCP|UDP|SCTP",
		.deflt = "UDP with error for address services",
		.doc = "Protocol of a service by address."},
	KW_SET("ha_suspend", V, ha_suspend, KW_LIVE | KW_IDLE,
		"No checks while the address is not on this host."),
	KW_TRI("smtp_alert", V, smtp_alert, KW_LIVE,
		"smtp_alert_checker, else smtp_alert, else off",
		"Mail when the quorum is gained or lost."),
	KW_STRING("virtualhost", V, virtualhost, 0, KW_M0 | KW_LIVE | KW_TWICE, "<name>", "(none)",
		"Host header of HTTP checks."),
	SNMP_NAME(V),
	KW_SET("alpha", V, alpha, KW_LIVE, "Checkers start as failed."),
	KW_SET("omega", V, omega, KW_LIVE, "Runs quorum_down and notify_down when stopping."),
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
	CHECK_DEFAULTS(
		V, "per checker type", "per checker type", "delay_loop of the checker", "5", "60"),
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
		.doc = "The sorry server stays in the pool with weight 0."},
	FORWARD("sorry_server_lvs_method", V, sorry_forward, sorry_option, "lvs_method",
		"How packets reach the sorry server."),
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
