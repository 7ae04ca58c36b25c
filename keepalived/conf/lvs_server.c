/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keywords of real_server. */
#include "keepalived/conf/lvs_rows.h"

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
	take_method(&rs->forward, rs->vs);
	return used;
}

static bool rs_close(struct parse *p, struct node *n)
{
	char name[ENDPOINT_STRLEN];

	n->name = arena_strdup(p->arena, endpoint_str(&((struct rs_conf *)n)->dst, name));
	return true;
}

static void rs_print(struct strbuf *out, const struct node *n)
{
	codec_endpoint.print(out, NULL, &((const struct rs_conf *)n)->dst);
}

#define R struct rs_conf
#define CHECK_KIND(kwname, blk, fl, dc) \
	KW_LIST(kwname, R, checkers, blk, KW_OBJECTS | (fl), "{ ... }", dc)

static const struct kw rs_kw[] = {
	{.name = "weight",
		.codec = &codec_uint,
		KW_AT(R, weight, KW_IS(R, weight, uint32_t)),
		.max = INT32_MAX,
		.def = UINT32_MAX,
		.flags = KW_LIVE | KW_LENIENT,
		.args = "<uint>",
		.deflt = "weight of the service",
		.doc = "Share of the traffic; 0: no new connections."},
	FORWARD("lvs_method", R, forward, NULL,
		"lvs_method of the service when the block starts or at the end of parsing",
		"How packets reach the server."),
	KW_UINT("uthreshold", R, uthreshold, 0, UINT32_MAX, 0, KW_LIVE | KW_LENIENT, "connections",
		"<uint>", "No new connections above this number; 0: no limit."),
	KW_UINT("lthreshold", R, lthreshold, 0, UINT32_MAX, 0, KW_LIVE | KW_LENIENT, "connections",
		"<uint>", "New ones again below this number; 0: three quarters of uthreshold."),
	INHERITED_BOOL("inhibit_on_failure", R, inhibit_on_failure, KW_LIVE, "of the service",
		"A failed server stays in the pool with weight 0."),
	KW_SCRIPT_ROW("notify_up", R, notify_up, 0, "Run when the server comes up."),
	KW_SCRIPT_ROW("notify_down", R, notify_down, 0, "Run when the server goes down."),
	INHERITED_BOOL("alpha", R, alpha, KW_LIVE, "of the service", "Checkers start as failed."),
	CHECK_DEFAULTS(R, "of the service", "of the service", "of the service", "of the service",
		"of the service"),
	KW_TRI("smtp_alert", R, smtp_alert, KW_LIVE, "smtp_alert_checker, else smtp_alert, else on",
		"Mail when the server goes up or down."),
	KW_STRING("virtualhost", R, virtualhost, 0, KW_M0 | KW_LIVE | KW_TWICE, "<name>",
		"of the service", "Host header of HTTP checks."),
	SNMP_NAME(R),
	CHECK_KIND("TCP_CHECK", tcp_block, 0, "Connects."),
	CHECK_KIND("HTTP_GET", http_block, 0, "Fetches pages."),
	CHECK_KIND("SSL_GET", ssl_get_block, 0, "Fetches pages over TLS."),
	CHECK_KIND("MISC_CHECK", misc_block, 0, "Runs a command."),
	CHECK_KIND("SMTP_CHECK", smtp_block, KW_IDLE, "Waits for the greeting and says HELO."),
	CHECK_KIND("DNS_CHECK", dns_block, KW_IDLE, "Asks a name server over UDP."),
	CHECK_KIND("UDP_CHECK", udp_block, KW_IDLE, "Sends a datagram and may want a reply."),
	CHECK_KIND("PING_CHECK", ping_block, KW_IDLE, "Sends an ICMP echo request."),
	CHECK_KIND("FILE_CHECK", file_block, KW_IDLE, "Weight or state from a track_file."),
	CHECK_KIND("BFD_CHECK", bfd_check_block, KW_IDLE, "State of a BFD session."),
};

static unsigned rs_compare(const struct node *a, const struct node *b)
{
	const R *x = (const R *)a, *y = (const R *)b;

	return endpoint_eq(&x->dst, &y->dst) ? 0 : KW_RESTART;
}

const struct block rs_block = {
	.name = "virtual_server/real_server",
	.kw = rs_kw,
	.n_kw = ARRAY_SIZE(rs_kw),
	.size = sizeof(R),
	.open = rs_open,
	.close = rs_close,
	.print = rs_print,
	.compare = rs_compare,
};
