/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What checkers inherit: from their real server, and that from its service. */
#include <string.h>

#include "keepalived/conf/checker_rows.h"
#include "keepalived/conf/rules_lvs.h"

/* Of each kind, when nobody says anything. */
static const struct {
	bool asks_address;
	uint32_t retry;
	ktime delay_before_retry; /* 0: delay_loop */
} kinds[CHECK_KINDS] = {
	[CHECK_TCP] = {true, 1, SEC(1)},
	[CHECK_HTTP] = {true, 1, SEC(3)},
	[CHECK_SSL] = {true, 1, SEC(3)},
	[CHECK_MISC] = {false, 0, SEC(1)},
	[CHECK_SMTP] = {true, 1, SEC(1)},
	[CHECK_DNS] = {true, 3, 0},
	[CHECK_UDP] = {true, 1, SEC(1)},
	[CHECK_PING] = {true, 1, SEC(1)},
	[CHECK_FILE] = {false, 0, SEC(1)},
	[CHECK_BFD] = {false, 0, SEC(1)},
};

bool rules_asks_address(enum checker_kind kind)
{
	return kinds[kind].asks_address;
}

static void when(K *k, const struct rs_conf *rs)
{
	if (k->retry == RETRY_UNSET)
		k->retry = rs->retry != RETRY_UNSET ? rs->retry : kinds[k->kind].retry;
	if (k->delay_loop < 0)
		k->delay_loop = rs->delay_loop;
	if (k->delay_before_retry < 0)
		k->delay_before_retry = rs->delay_before_retry;
	if (k->delay_before_retry < 0)
		k->delay_before_retry = kinds[k->kind].delay_before_retry
						? kinds[k->kind].delay_before_retry
						: k->delay_loop;
	if (k->warmup < 0)
		k->warmup = rs->warmup >= 0 ? rs->warmup : k->delay_loop;
	if (kinds[k->kind].asks_address && k->connect_timeout < 0)
		k->connect_timeout = rs->connect_timeout;
}

/*
 * The server name of a handshake comes from the keyword, the url, the check or the service, but
 * never from the real server; the Host header from all of these.
 */
static void http(struct http_check *h, const struct rs_conf *rs)
{
	const char *sni = h->sni_name;
	struct url_conf *u;

	nodes_for_each(u, &h->urls) {
		u->sni = sni ? sni : u->virtualhost;
		if (!u->sni)
			u->sni = h->virtualhost ? h->virtualhost : rs->vs->virtualhost;
		if (!h->enable_sni)
			u->sni = NULL;
		if (!u->virtualhost)
			u->virtualhost = h->virtualhost ? h->virtualhost : rs->virtualhost;
		u->tls_compliant |= h->tls_compliant;
	}
	if (!h->virtualhost)
		h->virtualhost = rs->virtualhost;
}

static void misc(struct misc_check *m, const struct rs_conf *rs)
{
	if (!m->timeout)
		m->timeout = rs->vs->delay_loop;
}

void rules_checker(const struct global_conf *g, K *k, const struct rs_conf *rs)
{
	struct smtp_check *smtp = container_of(k, struct smtp_check, check);
	struct dns_check *dns = container_of(k, struct dns_check, check);

	k->log_all_failures |= g->checker_log_all_failures;
	if (!schema_given(&k->node, "alpha"))
		k->alpha = rs->alpha;
	when(k, rs);
	if (k->kind == CHECK_HTTP || k->kind == CHECK_SSL)
		http(container_of(k, struct http_check, check), rs);
	else if (k->kind == CHECK_MISC)
		misc(container_of(k, struct misc_check, check), rs);
	else if (k->kind == CHECK_SMTP && !smtp->helo_name)
		smtp->helo_name = "smtpchecker.keepalived.org";
	else if (k->kind == CHECK_DNS && !dns->name)
		dns->name = ".";
}
