/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The checker child's side of core/child.h; what it does all day is in service.c and checker.c. */
#include "keepalived/check/child.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "keepalived/check/service.h"
#include "keepalived/kern/ipvs.h"
#include "lib/log.h"
#include "lib/priv.h"

struct check_child {
	struct ipvs *ipvs;
	struct services services;
	struct tls_context *tls, *next_tls; /* NULL: nobody needs it */
	struct ipvs_timeouts saved; /* the kernel's before ours; all zero: nothing to restore */
};

/* The library of TLS takes more memory than a thousand servers, so it is only woken for a reason.
 */
static bool wants_tls(const struct conf *conf)
{
	const struct checker_conf *cc;
	const struct vs_conf *vs;
	const struct rs_conf *rs;

	if (conf->ssl.ca || conf->ssl.certificate || conf->ssl.key)
		return true;
	nodes_for_each(vs, &conf->virtual_servers)
		nodes_for_each(rs, &vs->real_servers)
			nodes_for_each(cc, &rs->checkers)
				if (cc->kind == CHECK_SSL)
					return true;
	return false;
}

static struct tls_context *plain_tls(void)
{
	const struct tls_files none = {0};
	const char *why;
	struct tls_context *tls = tls_context_new(&none, &why);

	if (!tls)
		log_error("%s", why);
	return tls;
}

static void *open_child(struct child *child)
{
	struct check_child *self;
	struct ipvs *ipvs;
	int err;

	log_detail("Initializing ipvs");
	err = ipvs_open(&ipvs);
	if (err) {
		log_error("IPVS cannot be used: %s",
			err == -ENOENT ? "the kernel has no module ip_vs" : strerror(-err));
		return NULL;
	}
	self = xcalloc(1, sizeof(*self));
	self->ipvs = ipvs;
	services_init(&self->services, child, ipvs, 0, NULL);
	return self;
}

/* A client certificate that cannot be used is no reason to keep the whole file out. */
static int prepare(
	struct child *child UNUSED, void *arg, const struct conf *next, struct diags *diags)
{
	struct check_child *self = arg;
	const struct tls_files files = {
		.ca = next->ssl.ca,
		.certificate = next->ssl.certificate,
		.key = next->ssl.key,
		.password = next->ssl.password,
	};
	const char *why;

	tls_context_free(self->next_tls);
	self->next_tls = NULL;
	if (!wants_tls(next))
		return 0;
	self->next_tls = tls_context_new(&files, &why);
	if (self->next_tls)
		return 0;
	diag_add(diags, DIAG_WARNING, DIAG_MACHINE, next->ssl.node.span,
		"SSL: %s; checks go on without it", why);
	self->next_tls = plain_tls();
	return self->next_tls ? 0 : -ENOMEM;
}

static bool any_timeout(const struct ipvs_timeouts *t)
{
	return t->tcp || t->tcp_fin || t->udp;
}

static void set_timeouts(struct check_child *self, struct ipvs_timeouts timeouts)
{
	struct ipvs_change change = {.op = IPVS_TIMEOUTS, .timeouts = &timeouts};

	if (any_timeout(&timeouts))
		apply_other(&self->services.apply, &change);
}

static void commit_timeouts(struct child *child, struct check_child *self, const struct conf *conf)
{
	const struct ipvs_timeouts wanted = {
		.tcp = (uint32_t)(conf->global.lvs_timeouts.tcp / SEC(1)),
		.tcp_fin = (uint32_t)(conf->global.lvs_timeouts.tcpfin / SEC(1)),
		.udp = (uint32_t)(conf->global.lvs_timeouts.udp / SEC(1)),
	};
	struct ipvs_info info;

	/* A predecessor has replaced them already; what they were before it is not known. */
	if (any_timeout(&wanted) && !any_timeout(&self->saved) && !child_is_replacement(child) &&
		ipvs_info(self->ipvs, &info) == 0)
		self->saved = info.timeouts;
	set_timeouts(self, any_timeout(&wanted) ? wanted : self->saved);
}

static void commit(
	struct child *child, void *arg, const struct conf *old UNUSED, const struct conf *new)
{
	struct check_child *self = arg;
	struct tls_context *old_tls = self->tls;

	self->tls = self->services.checkers.tls = self->next_tls;
	self->next_tls = NULL;
	commit_timeouts(child, self, new);
	services_commit(&self->services, new);
	tls_context_free(old_tls);
}

static void stop(struct child *child, void *arg)
{
	struct check_child *self = arg;
	bool keep = child_options(child)->keep_ipvs;

	services_stop(&self->services, keep);
	if (!keep)
		set_timeouts(self, self->saved);
	child_done(child);
}

static void close_child(struct child *child UNUSED, void *arg)
{
	struct check_child *self = arg;

	services_end(&self->services);
	ipvs_close(self->ipvs);
	tls_context_free(self->tls);
	tls_context_free(self->next_tls);
	free(self);
}

const struct child_ops check_child_ops = {
	.name = "Healthcheck",
	.ident = "Keepalived_healthcheckers",
	.caps = PRIV_NET_ADMIN | PRIV_NET_RAW | PRIV_NET_BIND,
	.open = open_child,
	.prepare = prepare,
	.commit = commit,
	.stop = stop,
	.close = close_child,
};
