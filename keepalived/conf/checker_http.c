/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keywords of HTTP_GET and SSL_GET. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "keepalived/conf/checker_http.h"
#include "keepalived/conf/checker_rows.h"

#define MD5_LEN 16

#define U struct url_conf
#define H struct http_check

/* ---- url --------------------------------------------------------------------------------- */

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

static const struct codec codec_digest = {
	.name = "digest",
	.words = 1,
	.most = 1,
	.parse = digest_parse,
	.print = digest_print,
	.equal = digest_equal,
};

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
	.name = "status",
	.words = 1,
	.most = 99,
	.parse = status_parse,
	.print = status_print,
	.equal = status_equal,
};

static bool url_close(struct parse *p, struct node *n)
{
	U *u = (U *)n;

	regex_settle(p, n, &u->regex);
	if (u->path)
		return true;
	if (!schema_meant(n, "path"))
		diag_error(p->diags, n->span, "url without path - dropped");
	return false;
}

#define TLS_COMPLIANT(st)                                       \
	KW_BOOL("tls_compliant", st, tls_compliant, KW_RESTART, \
		"Ends TLS sessions with close_notify.")

#define URL_ROWS                                                                                   \
	KW_STRING("path", U, path, 0, KW_RESTART | KW_TWICE, "<path>", NULL,                       \
		"Path and query to ask for."),                                                     \
		KW_OF("digest", U, digest, uint8_t[MD5_LEN], codec_digest, KW_RESTART | KW_FIRST,  \
			"<32 hex digits>", "(none)", "MD5 of the page, as genhash prints it."),    \
		KW_OF("status_code", U, status, const struct status_range *, codec_status,         \
			KW_RESTART | KW_ADD | KW_EXCESS | KW_M0, "<n>[-<n>] ...", "200-299",       \
			"Accepted status codes."),                                                 \
		KW_STRING("virtualhost", U, virtualhost, 0, KW_M0 | KW_RESTART | KW_TWICE,         \
			"<name>", "of the checker", "Host header."),                               \
		REGEX_ROWS,                                                                        \
	{                                                                                          \
		.name = "sni", .codec = &codec_string, KW_AT(U, sni, KW_IS(U, sni, const char *)), \
		.flags = KW_HIDDEN | KW_RESTART                                                    \
	}

static const struct kw http_url_kw[] = {
	URL_ROWS,
};

static const struct kw ssl_url_kw[] = {
	URL_ROWS,
	TLS_COMPLIANT(U),
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

/* ---- the check --------------------------------------------------------------------------- */

static const struct enum_word http_versions[] = {
	{"1.0", HTTP_10, false},
	{"1.0C", HTTP_10C, false},
	{"1.0c", HTTP_10C, false},
	{"1.1", HTTP_11, false},
	{0},
};

static bool http_close(struct parse *p, struct node *n)
{
	H *h = (H *)n;

	if (!h->urls.n && !h->urls.refused)
		diag_error(
			p->diags, n->span, "%s: no usable url - dropped", checker_title(&h->check));
	return h->urls.n && checker_close(p, n);
}

/* Without a name it only turns SNI on; a name that was given stays. */
static int sni_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	const char *before = *(const char **)field;

	((H *)n)->enable_sni = true;
	if (before && s->n == 1)
		diag_error(p->diags, s->word[0].span, "%s: the name '%s' given before is kept",
			kw->name, before);
	else if (before)
		diag_warning(p->diags, s->word[0].span,
			"'%s' is given again and replaces the name '%s'", kw->name, before);
	return s->n > 1 ? codec_string.parse(p, n, kw, field, s) : 0;
}

static bool sni_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const H *h = container_of(field, H, sni_name);

	(void)kw;
	if (h->sni_name)
		print_word(out, h->sni_name);
	return h->sni_name || h->enable_sni;
}

static const struct codec codec_sni = {
	.name = "string",
	.words = 0,
	.most = 1,
	.parse = sni_parse,
	.print = sni_print,
	.equal = type_string_equal,
};

/* sni_name before enable_sni, so that "off" is read last when it is printed. */
#define HTTP_ROWS(url_blk)                                                                       \
	KW_ENUM("http_protocol", H, http_version, http_versions, HTTP_10, KW_RESTART | KW_M0,    \
		"1.0|1.0C|1.0c|1.1", "Version in the request; C asks to close the connection."), \
		KW_STRING("virtualhost", H, virtualhost, 0, KW_M0 | KW_RESTART | KW_TWICE,       \
			"<name>",                                                                \
			"of the real server, then virtual server, else target address:port",     \
			"Host header."),                                                         \
		KW_OF("sni_name", H, sni_name, const char *, codec_sni, KW_RESTART | KW_ADD,     \
			"[<name>]", "virtualhost", "The name given there."),                     \
		KW_BOOL("enable_sni", H, enable_sni, KW_RESTART,                                 \
			"Names the host in the TLS handshake."),                                 \
		KW_BOOL("fast_recovery", H, fast_recovery, KW_RESTART,                           \
			"No delay_loop between the urls of a server that is coming up."),        \
		KW_LIST("url", H, urls, url_blk, KW_RESTART, "{ ... }", "A page to fetch.")

static const struct kw http_kw[] = {
	WHERE_ROWS,
	WHEN_ROWS("1", "3 s"),
	HTTP_ROWS(http_url_block),
};

static const struct kw ssl_get_kw[] = {
	WHERE_ROWS,
	WHEN_ROWS("1", "3 s"),
	HTTP_ROWS(ssl_url_block),
	TLS_COMPLIANT(H),
};

const struct block http_block = CHECKER("HTTP_GET", http_kw, H, http_close);
const struct block ssl_get_block = CHECKER("SSL_GET", ssl_get_kw, H, http_close);
