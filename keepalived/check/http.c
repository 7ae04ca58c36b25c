/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HTTP_GET and SSL_GET: ask for one url after the other, each over a connection of its own; the
 * status code and, where one is configured, the digest of the page must be right.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keepalived/check/checker.h"
#include "keepalived/check/report.h"
#include "lib/fetch.h"
#include "lib/log.h"

struct http_run {
	struct checker *checker;
	const struct url_conf *url;
	struct fetch_what what;
	struct fetch fetch;
	char host[ENDPOINT_STRLEN]; /* address:port, when nothing else is given */
};

static const struct http_check *http_conf(const struct checker *c)
{
	return container_of(c->conf, struct http_check, check);
}

static const struct url_conf *url_at(const struct http_check *conf, uint32_t i)
{
	static const struct url_conf whole_site = {.path = "/"};
	const struct url_conf *url;

	nodes_for_each(url, &conf->urls) {
		if (i-- == 0)
			return url;
	}
	return &whole_site;
}

static const char *host_of(struct http_run *run)
{
	const struct checker *c = run->checker;
	const struct endpoint *dst = &c->conf->dst;
	char text[ADDR_STRLEN];

	if (run->url->virtualhost)
		return run->url->virtualhost;
	snprintf(run->host, sizeof(run->host), dst->addr.family == AF_INET6 ? "[%s]:%u" : "%s:%u",
		addr_str(&dst->addr, text), dst->port);
	return run->host;
}

/* Everything here is borrowed from the tree, so it is done anew when the tree changes. */
static void fill_in(struct http_run *run)
{
	static const enum http_protocol protocols[] = {
		[HTTP_10] = HTTP_PROTOCOL_10,
		[HTTP_10C] = HTTP_PROTOCOL_10C,
		[HTTP_11] = HTTP_PROTOCOL_11,
	};
	struct checker *c = run->checker;
	const struct http_check *http = http_conf(c);
	const struct checker_conf *conf = c->conf;
	const struct url_conf *url = url_at(http, c->url);

	run->url = url;
	run->what = (struct fetch_what){
		.to =
			{
				.dst = conf->dst,
				.bind_ip = conf->bind_ip,
				.bind_port = conf->bind_port,
				.bind_if = conf->bind_if,
				.fwmark = conf->fwmark,
			},
		.tls = conf->kind == CHECK_SSL ? c->all->tls : NULL,
		.sni = url->sni,
		.close_notify = url->tls_compliant,
		.protocol = protocols[http->http_version],
		.path = url->path,
		.host = host_of(run),
		.digest = url->has_digest,
		.timeout = conf->connect_timeout,
	};
}

static bool status_is_good(const struct url_conf *url, unsigned status)
{
	static const struct status_range usual = {200, 299};
	const struct status_range *range = url->n_status ? url->status : &usual;
	uint32_t n = url->n_status ? url->n_status : 1;

	for (uint32_t i = 0; i < n; i++)
		if (status >= range[i].lo && status <= range[i].hi)
			return true;
	return false;
}

static void tell_lengths(struct http_run *run)
{
	struct checker *c = run->checker;
	const struct http_reader *r = &run->fetch.reader;
	uint64_t bytes = r->body_bytes + r->extra_bytes, difference;
	char name[80];

	if (!http_length_differs(r))
		return;
	difference = r->length * 31 + bytes;
	if (c->differing == difference)
		return;
	c->differing = difference;
	log_info("http_check for RS %s VS %s url %s%s: content_length (%llu) does not match "
		 "received bytes (%llu)",
		rs_name(c->rs, name), vs_name(c->rs->vs), run->what.host, run->what.path,
		(unsigned long long)r->length, (unsigned long long)bytes);
}

static struct check_outcome judge(struct http_run *run)
{
	struct checker *c = run->checker;
	unsigned status = run->fetch.reader.status;

	tell_lengths(run);
	if (!status_is_good(run->url, status))
		return (struct check_outcome){.reason = REASON_STATUS, .value = (int)status};
	if (run->url->has_digest && memcmp(run->fetch.digest, run->url->digest, 16) != 0)
		return (struct check_outcome){.reason = REASON_DIGEST};
	if (!c->state.up)
		report_url(c, run->url);
	if (++c->url < http_conf(c)->urls.n)
		return (struct check_outcome){.reason = REASON_OK_SO_FAR};
	c->url = 0;
	return (struct check_outcome){.reason = REASON_OK};
}

static const enum check_reason reasons[FETCH_ENDS] = {
	[FETCH_LOCAL] = REASON_LOCAL,
	[FETCH_CONNECT_FAILED] = REASON_CONNECT_FAILED,
	[FETCH_CONNECT_TIMEOUT] = REASON_CONNECT_TIMEOUT,
	[FETCH_TLS_FAILED] = REASON_TLS_FAILED,
	[FETCH_TLS_TIMEOUT] = REASON_TLS_TIMEOUT,
	[FETCH_SEND_FAILED] = REASON_SEND_FAILED,
	[FETCH_SEND_TIMEOUT] = REASON_SEND_TIMEOUT,
	[FETCH_READ_FAILED] = REASON_READ_FAILED,
	[FETCH_HEAD_TIMEOUT] = REASON_HEAD_TIMEOUT,
	[FETCH_BODY_TIMEOUT] = REASON_BODY_TIMEOUT,
	[FETCH_NO_REPLY] = REASON_NO_REPLY,
	[FETCH_HEAD_TOO_LONG] = REASON_HEAD_TOO_LONG,
	[FETCH_BODY_TOO_LONG] = REASON_BODY_TOO_LONG,
};

static void done(struct fetch *f, enum fetch_end why)
{
	struct http_run *run = container_of(f, struct http_run, fetch);
	struct checker *c = run->checker;
	struct check_outcome outcome;

	if (*f->tls_text && c->state.up)
		log_info("SSL error '%s' at %s:%d (%s) data '' flags 0x1", f->tls_text, f->tls_file,
			f->tls_line, f->tls_func);
	if (why == FETCH_DONE)
		outcome = judge(run);
	else
		outcome = (struct check_outcome){.reason = reasons[why], .err = f->err};
	c->run = NULL;
	free(run);
	checker_end(c, &outcome);
}

static void start(struct checker *c)
{
	struct http_run *run = xcalloc(1, sizeof(*run));

	run->checker = c;
	c->run = run;
	fill_in(run);
	fetch_start(c->all->loop, &run->fetch, &run->what, done);
}

static void cancel(struct checker *c)
{
	struct http_run *run = c->run;

	fetch_cancel(&run->fetch);
	c->run = NULL;
	free(run);
}

static void moved(struct checker *c)
{
	fill_in(c->run);
}

const struct checker_kind_ops check_http_ops = {
	.title = "HTTP_CHECK",
	.needs_descriptor = true,
	.start = start,
	.cancel = cancel,
	.moved = moved,
};

const struct checker_kind_ops check_ssl_ops = {
	.title = "SSL_CHECK",
	.needs_descriptor = true,
	.start = start,
	.cancel = cancel,
	.moved = moved,
};
