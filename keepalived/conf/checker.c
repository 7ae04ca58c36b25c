/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keywords of the checkers inside a real_server. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "keepalived/conf/tables.h"

#define TIME_MAX (SEC(4294) + USEC(967295))
#define LOOP_MAX SEC(4294967295)
#define MD5_LEN  16

#define K struct checker_conf

static const char *const kind_names[CHECK_KINDS] = {
	[CHECK_TCP] = "TCP_CHECK",
	[CHECK_HTTP] = "HTTP_GET",
	[CHECK_SSL] = "SSL_GET",
	[CHECK_MISC] = "MISC_CHECK",
};

static int checker_open(struct parse *p, struct node *n, const struct stmt *s)
{
	K *k = (K *)n;

	(void)p;
	(void)s;
	k->kind = (enum checker_kind)(n->block - checker_blocks);
	return 1;
}

/* KIND, KIND#2, ...: checkers of one server meet again by kind and order. */
static bool name_checker(struct parse *p, K *k)
{
	const struct rs_conf *rs = (const struct rs_conf *)k->node.parent;
	const K *other;
	unsigned same = 1;

	nodes_for_each(other, &rs->checkers)
		same += other->kind == k->kind;
	k->node.name = kind_names[k->kind];
	if (same > 1)
		k->node.name = arena_printf(p->arena, "%s#%u", kind_names[k->kind], same);
	return true;
}

/* A link-local target needs to know the link. */
static bool tcp_close(struct parse *p, struct node *n)
{
	K *k = (K *)n;
	const struct rs_conf *rs = (const struct rs_conf *)n->parent;
	const struct addr *a = k->dst.addr.family ? &k->dst.addr : &rs->dst.addr;

	if (a->family == AF_INET6 && addr_is_link_local(a) && !k->bind_if) {
		diag_error(p->diags, n->span, "%s: a link-local address needs bind_if - dropped",
			kind_names[k->kind]);
		return false;
	}
	return name_checker(p, k);
}

static bool http_close(struct parse *p, struct node *n)
{
	K *k = (K *)n;

	if (!k->urls.n && !k->urls.refused)
		diag_error(p->diags, n->span, "%s: no usable url - dropped", kind_names[k->kind]);
	if (!k->urls.n)
		return false;
	return tcp_close(p, n);
}

static bool misc_close(struct parse *p, struct node *n)
{
	K *k = (K *)n;

	if (!k->script) {
		if (!schema_given(n, "misc_path"))
			diag_error(p->diags, n->span, "MISC_CHECK: no misc_path - dropped");
		return false;
	}
	if (k->user)
		script_set_user((struct script_conf *)(uintptr_t)k->script, k->user, k->group);
	return name_checker(p, k);
}

/* ---- url --------------------------------------------------------------------------------- */

#define U struct url_conf

static int hex(char c)
{
	return isdigit((unsigned char)c)    ? c - '0'
	       : isxdigit((unsigned char)c) ? (c | 32) - 'a' + 10
					    : -1;
}

static int digest_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	const char *word = stmt_word(s, 1);
	uint8_t *digest = field;

	if (s->word[1].s.n != 2 * MD5_LEN ||
		strspn(word, "0123456789abcdefABCDEF") != 2 * MD5_LEN) {
		diag_error(p->diags, s->word[1].span,
			"%s: '%s' is not 32 hexadecimal digits - ignored", kw->name, word);
		return -1;
	}
	for (unsigned i = 0; i < MD5_LEN; i++)
		digest[i] = (uint8_t)(hex(word[2 * i]) << 4 | hex(word[2 * i + 1]));
	((U *)n)->has_digest = true;
	return 0;
}

static bool digest_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const U *u = container_of(field, U, digest);

	(void)kw;
	for (unsigned i = 0; i < MD5_LEN && u->has_digest; i++)
		strbuf_printf(out, "%02x", u->digest[i]);
	return u->has_digest;
}

static bool digest_equal(const struct kw *kw, const void *a, const void *b)
{
	(void)kw;
	return memcmp(a, b, MD5_LEN) == 0 &&
	       container_of(a, U, digest)->has_digest == container_of(b, U, digest)->has_digest;
}

static const struct codec codec_digest = {"digest", 1, 1, digest_parse, digest_print, digest_equal};

static bool read_range(const char *word, struct status_range *r)
{
	unsigned lo, hi;
	int used = 0;

	if (sscanf(word, "%3u%n", &lo, &used) != 1 || !isdigit((unsigned char)*word))
		return false;
	hi = lo;
	if (word[used] == '-') {
		word += used + 1;
		if (!isdigit((unsigned char)*word) || sscanf(word, "%3u%n", &hi, &used) != 1)
			return false;
	}
	*r = (struct status_range){(uint16_t)lo, (uint16_t)hi};
	return !word[used] && lo >= 100 && hi <= 599 && lo <= hi;
}

static int status_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	U *u = (U *)n;
	struct status_range *all = arena_alloc(p->arena, (u->n_status + s->n) * sizeof(*all));

	(void)field;
	if (u->n_status)
		memcpy(all, u->status, u->n_status * sizeof(*all));
	for (unsigned i = 1; i < s->n; i++) {
		if (read_range(stmt_word(s, i), &all[u->n_status]))
			u->n_status++;
		else
			diag_error(p->diags, s->word[i].span,
				"%s: '%s' is no status or range within 100-599 - ignored", kw->name,
				stmt_word(s, i));
	}
	u->status = all;
	return 0;
}

static bool status_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const U *u = container_of(field, U, status);

	(void)kw;
	for (uint32_t i = 0; i < u->n_status; i++) {
		strbuf_printf(out, "%s%u", i ? " " : "", u->status[i].lo);
		if (u->status[i].hi != u->status[i].lo)
			strbuf_printf(out, "-%u", u->status[i].hi);
	}
	return u->n_status;
}

static bool status_equal(const struct kw *kw, const void *a, const void *b)
{
	const U *x = container_of(a, U, status), *y = container_of(b, U, status);

	(void)kw;
	return x->n_status == y->n_status &&
	       (!x->n_status ||
		       memcmp(x->status, y->status, x->n_status * sizeof(*x->status)) == 0);
}

static const struct codec codec_status = {
	"status", 1, 99, status_parse, status_print, status_equal};

static bool url_close(struct parse *p, struct node *n)
{
	const U *u = (const U *)n;

	if (u->path)
		return true;
	if (!schema_given(n, "path"))
		diag_error(p->diags, n->span, "url without path - dropped");
	return false;
}

#define URL_ROWS                                                                                  \
	KW_STRING("path", U, path, 0, KW_RESTART, "<path>", "", "Path and query to ask for."),    \
		KW_OF("digest", U, digest, uint8_t[MD5_LEN], codec_digest, KW_RESTART | KW_FIRST, \
			"<32 hex digits>", "(none)", "MD5 of the page, as genhash prints it."),   \
		KW_OF("status_code", U, status, const struct status_range *, codec_status,        \
			KW_RESTART | KW_ADD | KW_EXCESS, "<n>[-<n>] ...", "200-299",              \
			"Accepted status codes."),                                                \
		KW_STRING("virtualhost", U, virtualhost, 0, KW_M0 | KW_RESTART, "<name>",         \
			"of the checker", "Host header.")

static const struct kw http_url_kw[] = {
	URL_ROWS,
	KW_NOTYET("regex"),
	KW_NOTYET("regex_no_match"),
	KW_NOTYET("regex_options"),
	KW_NOTYET("regex_min_offset"),
	KW_NOTYET("regex_max_offset"),
	KW_NOTYET("regex_stack"),
};

static const struct kw ssl_url_kw[] = {
	URL_ROWS,
	KW_BOOL("tls_compliant", U, tls_compliant, KW_RESTART,
		"The server must close the TLS session properly."),
	KW_NOTYET("regex"),
	KW_NOTYET("regex_no_match"),
	KW_NOTYET("regex_options"),
	KW_NOTYET("regex_min_offset"),
	KW_NOTYET("regex_max_offset"),
	KW_NOTYET("regex_stack"),
};

static const struct block http_url_block = {
	.name = "virtual_server/real_server/HTTP_GET/url",
	.kw = http_url_kw,
	.n_kw = ARRAY_SIZE(http_url_kw),
	.size = sizeof(U),
	.close = url_close,
};

static const struct block ssl_url_block = {
	.name = "virtual_server/real_server/SSL_GET/url",
	.kw = ssl_url_kw,
	.n_kw = ARRAY_SIZE(ssl_url_kw),
	.size = sizeof(U),
	.close = url_close,
};

/* ---- checkers ---------------------------------------------------------------------------- */

static const struct enum_word http_versions[] = {
	{"1.0", HTTP_10, false},
	{"1.0C", HTTP_10C, false},
	{"1.0c", HTTP_10C, false},
	{"1.1", HTTP_11, false},
	{0},
};

static bool port_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	return *(const uint16_t *)field && codec_uint.print(out, kw, field);
}

static const struct codec codec_port = {"port", 1, 1, type_uint_parse, port_print, type_same_bytes};

/* bindto and the target must be of one family. */
static void same_family(struct parse *p, struct node *n, const struct kw *kw, const struct stmt *s)
{
	K *k = (K *)n;
	const struct rs_conf *rs = (const struct rs_conf *)n->parent;
	uint8_t target = k->dst.addr.family ? k->dst.addr.family : rs->dst.addr.family;

	if (!k->bind_ip.family || k->bind_ip.family == target)
		return;
	diag_error(p->diags, s->word[1].span,
		"%s: bindto and the checked address are of different families - ignored", kw->name);
	*(struct addr *)kw_field(kw, n) = (struct addr){0};
}

#define PORT(kwname, fld, df, dc)                                                             \
	{                                                                                     \
		.name = kwname, .codec = &codec_port, KW_AT(K, fld, KW_IS(K, fld, uint16_t)), \
		.min = 1, .max = 65535, .flags = KW_RESTART | KW_LENIENT | KW_NO_DEFAULT,     \
		.args = "<uint>", .deflt = df, .doc = dc                                      \
	}

#define TARGET(kwname, fld, df, dc)                                                              \
	{                                                                                        \
		.name = kwname, .codec = &codec_addr, KW_AT(K, fld, KW_IS(K, fld, struct addr)), \
		.flags = KW_RESTART, .hook = same_family, .args = "<ip>", .deflt = df, .doc = dc \
	}

#define WHEN_ROWS                                                                                  \
	KW_UINT("retry", K, retry, 0, UINT32_MAX, UINT32_MAX, KW_RESTART | KW_LENIENT, "attempts", \
		"<uint>", "Failed checks in a row before the server is down, less one."),          \
		KW_OTHER("nb_get_retry", "retry", KW_DEPRECATED),                                  \
		KW_TIME("delay_before_retry", K, delay_before_retry, USEC(1), 0, LOOP_MAX, -1,     \
			KW_RESTART, "<decimal>", "of the real server",                             \
			"Time between a failure and the next try."),                               \
		KW_TIME("warmup", K, warmup, USEC(1), 0, LOOP_MAX, -1, KW_RESTART, "<decimal>",    \
			"of the real server, else delay_loop",                                     \
			"Longest random delay of the first check."),                               \
		KW_TIME("delay_loop", K, delay_loop, USEC(1), USEC(1), LOOP_MAX, -1, KW_RESTART,   \
			"<decimal>", "of the real server", "Time between checks."),                \
		KW_BOOL("alpha", K, alpha, KW_RESTART, "Starts as failed."),                       \
		KW_BOOL("log_all_failures", K, log_all_failures, KW_LIVE,                          \
			"Logs every failure, not only changes.")

#define WHERE_ROWS                                                                             \
	TARGET("connect_ip", dst.addr, "address of the real server", "Address to check."),     \
		PORT("connect_port", dst.port, "port of the real server", "Port to check."),   \
		TARGET("bindto", bind_ip, "(none)", "Source address."),                        \
		PORT("bind_port", bind_port, "(none)", "Source port."),                        \
		KW_IFNAME("bind_if", K, bind_if, KW_RESTART, "(none)", "Interface."),          \
		KW_TIME("connect_timeout", K, connect_timeout, USEC(1), USEC(1), TIME_MAX, -1, \
			KW_RESTART, "<decimal>", "of the real server",                         \
			"Time for the connection, and for each answer."),                      \
		KW_UINT("fwmark", K, fwmark, 0, UINT32_MAX, 0, KW_RESTART | KW_LENIENT, NULL,  \
			"<uint>", "Mark of the packets.")

#define HTTP_ROWS(url_blk)                                                                      \
	KW_LIST("url", K, urls, url_blk, KW_RESTART, "{ ... }", "A page to fetch."),            \
		KW_ENUM("http_protocol", K, http_version, http_versions, HTTP_10,               \
			KW_RESTART | KW_M0, "1.0|1.0C|1.0c|1.1", "Version in the request."),    \
		KW_STRING("virtualhost", K, virtualhost, 0, KW_M0 | KW_RESTART, "<name>",       \
			"of the real server", "Host header."),                                  \
		KW_BOOL("enable_sni", K, enable_sni, KW_RESTART,                                \
			"Names the host in the TLS handshake."),                                \
		KW_OF("sni_name", K, sni_name, const char *, codec_sni, KW_RESTART, "[<name>]", \
			"virtualhost", "The name given there."),                                \
		KW_BOOL("fast_recovery", K, fast_recovery, KW_RESTART,                          \
			"One success is enough after a failure.")

static int sni_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	((K *)n)->enable_sni = true;
	return s->n > 1 ? codec_string.parse(p, n, kw, field, s) : 0;
}

static const struct codec codec_sni = {
	"string", 0, 1, sni_parse, type_string_print, type_string_equal};

static const struct kw tcp_kw[] = {
	WHERE_ROWS,
	WHEN_ROWS,
};

static const struct kw http_kw[] = {
	WHERE_ROWS,
	WHEN_ROWS,
	HTTP_ROWS(http_url_block),
};

static const struct kw ssl_get_kw[] = {
	WHERE_ROWS,
	WHEN_ROWS,
	HTTP_ROWS(ssl_url_block),
	KW_BOOL("tls_compliant", K, tls_compliant, KW_RESTART,
		"The server must close the TLS session properly."),
};

static const struct kw misc_kw[] = {
	WHEN_ROWS,
	{.name = "misc_path",
		.codec = &codec_script_only,
		KW_AT(K, script, KW_IS(K, script, const struct script_conf *)),
		.flags = KW_RESTART | KW_SCRIPT | KW_NO_DEFAULT | KW_M0,
		.args = "<script>",
		.doc = "Command; status 0 is good."},
	KW_TIME("misc_timeout", K, misc_timeout, SEC(1), 0, SEC(4294), 0, KW_RESTART | KW_LENIENT,
		"<uint>", "delay_loop of the service", "Run time after which it is killed."),
	KW_SET("misc_dynamic", K, misc_dynamic, KW_RESTART,
		"Status 2 to 255 is good and sets the weight to status - 2."),
	KW_USER(K, user, group, KW_RESTART | KW_M0, "User to run as."),
};

/* No words follow the keyword; the name is ours. */
static void checker_print(struct strbuf *out, const struct node *n)
{
	(void)out;
	(void)n;
}

#define CHECKER(kindname, rows, end)                                                             \
	{                                                                                        \
		.name = "virtual_server/real_server/" kindname, .kw = rows,                      \
		.n_kw = ARRAY_SIZE(rows), .size = sizeof(K), .open = checker_open, .close = end, \
		.print = checker_print                                                           \
	}

const struct block checker_blocks[CHECK_KINDS] = {
	[CHECK_TCP] = CHECKER("TCP_CHECK", tcp_kw, tcp_close),
	[CHECK_HTTP] = CHECKER("HTTP_GET", http_kw, http_close),
	[CHECK_SSL] = CHECKER("SSL_GET", ssl_get_kw, http_close),
	[CHECK_MISC] = CHECKER("MISC_CHECK", misc_kw, misc_close),
};
