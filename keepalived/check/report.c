/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts that operators match on. A failed attempt is told when all failures are to be logged, or
 * with -D when it is the one that takes the server down: then the reason is worth a line.
 */
#include "keepalived/check/report.h"

#include <string.h>

#include "lib/log.h"

static const char *name_of(const struct checker *c, char buf[static 80])
{
	return rs_name(c->rs, buf);
}

static bool tells_failures(const struct checker *c)
{
	return c->conf->log_all_failures || c->all->log_all_failures;
}

/* Is a failed attempt worth a line? Only while the server is up. */
static bool worth_telling(const struct checker *c, const struct check_result *r)
{
	return (r->verdict == CHECK_RETRY && tells_failures(c)) ||
	       (r->verdict == CHECK_WENT_DOWN && (tells_failures(c) || log_verbose(1)));
}

static bool seen_good(const struct check_result *r)
{
	return r->verdict == CHECK_CAME_UP || r->verdict == CHECK_FIRST_UP;
}

static void report_down(const struct checker *c, const struct check_result *r)
{
	char name[80];

	if (r->verdict != CHECK_WENT_DOWN)
		return;
	if (r->retries)
		log_info("%s on service %s failed after %u retries.", c->ops->title,
			name_of(c, name), r->retries);
	else
		log_info("%s on service %s failed.", c->ops->title, name_of(c, name));
}

static void report_tcp(
	const struct checker *c, const struct check_result *r, const struct check_outcome *outcome)
{
	char name[80];

	if (seen_good(r))
		log_info("TCP connection to %s success.", name_of(c, name));
	if (worth_telling(c, r))
		log_info("TCP connection to %s %s.", name_of(c, name),
			outcome->reason == REASON_CONNECT_TIMEOUT ? "timeout" : "failed");
	report_down(c, r);
}

static const char *const http_failures[CHECK_REASONS] = {
	[REASON_CONNECT_FAILED] = "Connection failed",
	[REASON_CONNECT_TIMEOUT] = "Timeout connecting",
	[REASON_TLS_FAILED] = "SSL handshake/communication error connecting to",
	[REASON_TLS_TIMEOUT] = "Timeout SSL read",
	[REASON_SEND_FAILED] = "Cannot send get request to",
	[REASON_SEND_TIMEOUT] = "Timeout sending get request to",
	[REASON_READ_FAILED] = "Read error with",
	[REASON_HEAD_TIMEOUT] = "Timeout HTTP read",
	[REASON_BODY_TIMEOUT] = "Timeout WEB read",
	[REASON_NO_REPLY] = "Read, no data received from",
	[REASON_HEAD_TOO_LONG] = "Header too long from",
	[REASON_BODY_TOO_LONG] = "Reply too long from",
	[REASON_STATUS] = "HTTP status code error to",
	[REASON_DIGEST] = "MD5 digest error to",
};

static const char *http_failure(const struct checker *c, enum check_reason reason)
{
	if (c->conf->kind == CHECK_SSL && reason == REASON_READ_FAILED)
		return "SSL read error from";
	return http_failures[reason];
}

static void report_http(
	const struct checker *c, const struct check_result *r, const struct check_outcome *outcome)
{
	char name[80];

	if (seen_good(r))
		log_info("Remote Web server %s succeed on service.", name_of(c, name));
	if (worth_telling(c, r))
		log_info("%s server %s.", http_failure(c, outcome->reason), name_of(c, name));
	report_down(c, r);
}

void report_url(const struct checker *c, const struct url_conf *url)
{
	char name[80];

	log_info("%s success to %s url(%s)", url->has_digest ? "MD5 digest" : "HTTP status code",
		name_of(c, name), url->path);
}

static void misc_suffix(const struct checker *c, const struct check_result *r, struct strbuf *b)
{
	if (r->verdict == CHECK_RETRY && r->retries == 1)
		strbuf_printf(b, ", will do %u retries", c->conf->retry);
	else if (r->verdict == CHECK_RETRY)
		strbuf_printf(b, " on retry %u/%u", r->retries - 1, c->conf->retry);
	else if (r->retries)
		strbuf_printf(b, " after %u retries", r->retries);
	else if (!c->conf->retry)
		strbuf_puts(b, " with retry disabled");
}

static void misc_cause(const struct check_outcome *outcome, struct strbuf *b)
{
	if (outcome->reason == REASON_SCRIPT_STATUS)
		strbuf_printf(b, " (exited with status %d)", outcome->value);
	else if (outcome->reason == REASON_SCRIPT_SIGNAL)
		strbuf_printf(b, " (due to signal %d)", outcome->value);
	else if (outcome->reason == REASON_SCRIPT_FAILED)
		strbuf_printf(b, " (cannot be run: %s)", strerror(-outcome->err));
}

static void report_misc(
	const struct checker *c, const struct check_result *r, const struct check_outcome *outcome)
{
	const struct misc_check *misc = container_of(c->conf, struct misc_check, check);
	const char *script = misc->script->argc ? misc->script->argv[0] : "";
	struct strbuf text = {0};
	char name[80];

	if (r->verdict == CHECK_SAME)
		return;
	strbuf_printf(&text, "Misc check for [%s VS %s] by [%s] ", name_of(c, name),
		vs_name(c->rs->vs), script);
	if (seen_good(r)) {
		strbuf_puts(&text, "succeeded");
	} else {
		strbuf_puts(
			&text, outcome->reason == REASON_SCRIPT_TIMEOUT ? "timed out" : "failed");
		misc_suffix(c, r, &text);
		misc_cause(outcome, &text);
	}
	log_info("%s.", strbuf_str(&text));
	strbuf_free(&text);
}

void report_check(
	const struct checker *c, const struct check_result *r, const struct check_outcome *outcome)
{
	static void (*const report[CHECK_KINDS])(const struct checker *,
		const struct check_result *, const struct check_outcome *) = {
		[CHECK_TCP] = report_tcp,
		[CHECK_HTTP] = report_http,
		[CHECK_SSL] = report_http,
		[CHECK_MISC] = report_misc,
	};

	report[c->conf->kind](c, r, outcome);
}

const char *report_mail_body(const struct checker *c, const struct check_outcome *outcome)
{
	static const char *const texts[CHECK_KINDS][2] = {
		[CHECK_TCP] = {"=> TCP CHECK failed on service <=",
			"=> TCP CHECK succeed on service <="},
		[CHECK_HTTP] = {"=> CHECK failed on service : HTTP/SSL request failed <=",
			"=> CHECK succeed on service <="},
		[CHECK_SSL] = {"=> CHECK failed on service : HTTP/SSL request failed <=",
			"=> CHECK succeed on service <="},
		[CHECK_MISC] = {"=> MISC CHECK failed on service <=",
			"=> MISC CHECK succeeded on service <="},
	};

	if (outcome->reason == REASON_SCRIPT_TIMEOUT)
		return "=> MISC CHECK timed out on service <=";
	return texts[c->conf->kind][outcome->reason <= REASON_OK_SO_FAR];
}
