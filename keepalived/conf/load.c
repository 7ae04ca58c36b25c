/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keepalived/conf/load.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keepalived/conf/load_scripts.h"

static char *copy(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

static char *host_name(void)
{
	char name[256] = "";

	gethostname(name, sizeof(name) - 1);
	return xstrdup(*name ? name : "[unknown]");
}

/* ---- what the parent needs --------------------------------------------------------------- */

static void fill_mail(struct load_mail *m, const struct global_conf *g)
{
	const struct passwd *self = getpwuid(geteuid());
	const struct name_conf *to;
	char *host = host_name();

	m->router_id = xstrdup(g->router_id ? g->router_id : host);
	m->server = copy(g->smtp_server);
	m->port = g->smtp_port;
	m->timeout = g->smtp_connect_timeout;
	m->helo = xstrdup(g->smtp_helo_name ? g->smtp_helo_name : host);
	m->from = g->email_from ? xstrdup(g->email_from) :
				  xasprintf("%s@%s", self ? self->pw_name : "root", host);
	m->to = xcalloc(g->email_to.n, sizeof(*m->to));
	nodes_for_each (to, &g->email_to)
		m->to[m->n_to++] = xstrdup(to->node.name);
	free(host);
}

static char *title(const char *given, bool process_names, const char *standard)
{
	return given ? xstrdup(given) : process_names ? xstrdup(standard) : NULL;
}

static void fill_processes(struct load_result *r, const struct conf *c)
{
	const struct global_conf *g = &c->global;

	r->process[LOAD_VRRP] = (struct load_process){
		.wanted = conf_wants_vrrp(c),
		.title = title(g->vrrp_process_name, g->process_names, "keepalived_vrrp"),
		.nice = g->vrrp_nice,
		.rt_priority = g->vrrp_rt_priority,
		.no_swap = g->vrrp_no_swap,
		.rlimit_rttime = g->vrrp_rlimit_rttime,
	};
	r->process[LOAD_CHECK] = (struct load_process){
		.wanted = conf_wants_checker(c),
		.title = title(g->checker_process_name, g->process_names, "keepalived_lvs"),
		.nice = g->checker_nice,
		.rt_priority = g->checker_rt_priority,
		.no_swap = g->checker_no_swap,
		.rlimit_rttime = g->checker_rlimit_rttime,
	};
	r->process[LOAD_BFD] = (struct load_process){
		.wanted = c->has_bfd,
		.title = title(g->bfd_process_name, g->process_names, "keepalived_bfd"),
	};
	r->parent_title = copy(g->process_name);
}

static uint64_t hash_words(const char *s)
{
	uint64_t h = 0xcbf29ce484222325; /* FNV-1a */

	while (*s)
		h = (h ^ (unsigned char)*s++) * 0x100000001b3;
	return h;
}

/* What depends on the machine is no reason to refuse a reload: the next one may find it mended. */
static void collect_errors(struct load_result *r, const struct diags *diags)
{
	size_t i;

	r->errors = xcalloc(diags_count(diags), sizeof(*r->errors));
	for (i = 0; i < diags_count(diags); i++) {
		const struct diag *d = diags_at(diags, i);

		if (d->level == DIAG_ERROR && d->kind != DIAG_MACHINE)
			r->errors[r->n_errors++] = hash_words(d->text);
	}
}

static uint32_t script_id(const struct script_conf *s)
{
	return s ? s->id : UINT32_MAX;
}

static void fill_result(struct load_result *r, const struct conf *c, struct diags *diags)
{
	const struct global_conf *g = &c->global;

	load_scripts(r, c, diags);
	fill_mail(&r->mail, g);
	fill_processes(r, c);
	r->instance_name = copy(c->instance_name);
	r->net_namespace = copy(c->net_namespace);
	r->use_pid_dir = c->use_pid_dir;
	r->child_wait_time = c->child_wait_time;
	r->startup_script = script_id(g->startup_script);
	r->shutdown_script = script_id(g->shutdown_script);
	r->startup_timeout = g->startup_script_timeout;
	r->shutdown_timeout = g->shutdown_script_timeout;
	r->umask = g->umask;
}

/* ---- the whole --------------------------------------------------------------------------- */

static char *short_host_name(void)
{
	char *name = host_name();

	name[strcspn(name, ".")] = '\0';
	return name;
}

struct load_result *load(const struct load_options *o, struct strbuf *text, struct diags *diags,
	struct text **parsed)
{
	char *host = short_host_name();
	struct source_options source = {
		.config_id = o->config_id ? o->config_id : host,
		.check_all_includes = o->check_all_includes,
	};
	struct load_result *r = xcalloc(1, sizeof(*r));
	struct conf *conf;
	int unreadable;

	*parsed = source_read(o->path, &source, diags, &unreadable);
	conf = conf_parse(*parsed, diags);
	fill_result(r, conf, diags);
	collect_errors(r, diags);
	r->status = diags_status(diags);
	text_pack(text, *parsed);
	conf_free(conf);
	free(host);
	return r;
}

int load_test(const struct load_options *o, FILE *out)
{
	struct diags *diags = diags_new();
	struct strbuf text = { 0 };
	struct text *parsed = NULL;
	struct load_result *r = load(o, &text, diags, &parsed);
	int status = r->status;

	diags_print(diags, parsed, out);
	load_free(r);
	text_free(parsed);
	strbuf_free(&text);
	diags_free(diags);
	return status;
}
