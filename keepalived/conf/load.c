/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From files to what the parent needs. */
#include "keepalived/conf/load.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "keepalived/conf/load_iproute.h"
#include "keepalived/conf/load_scripts.h"
#include "lib/facts.h"
#include "lib/log.h"

static char *copy(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

static char *host_name(void)
{
	struct utsname u;

	return xstrdup(uname(&u) == 0 && u.nodename[0] ? u.nodename : "[unknown]");
}

/* ---- settings ---------------------------------------------------------------------------- */

static char *login_at(const char *host)
{
	struct passwd *pw = getpwuid(getuid());

	return xasprintf("%s@%s", pw ? pw->pw_name : "keepalived", host);
}

static void mail_settings(struct load_mail *m, const struct global_conf *g)
{
	const struct name_conf *to;
	char *host = host_name();

	m->router_id = xstrdup(g->router_id ? g->router_id : host);
	m->server = copy(g->smtp_server);
	m->port = g->smtp_port;
	m->timeout = g->smtp_connect_timeout;
	m->from = g->email_from ? xstrdup(g->email_from) : login_at(host);
	m->helo = xstrdup(g->smtp_helo_name ? g->smtp_helo_name : host);
	m->to = xcalloc((size_t)g->email_to.n + 1, sizeof(char *));
	nodes_for_each(to, &g->email_to)
		m->to[m->n_to++] = xstrdup(to->node.name);
	free(host);
}

static char *title(const struct global_conf *g, const char *own, const char *usual)
{
	return own ? xstrdup(own) : g->process_names ? xstrdup(usual) : NULL;
}

static void process_settings(struct load_process p[static LOAD_CHILDREN], const struct conf *c)
{
	const struct global_conf *g = &c->global;

	p[LOAD_VRRP] = (struct load_process){
		.wanted = conf_wants_vrrp(c),
		.title = title(g, g->vrrp_process_name, "keepalived_vrrp"),
		.nice = g->vrrp_nice,
		.rt_priority = g->vrrp_rt_priority,
		.no_swap = g->vrrp_no_swap,
		.cpus = g->vrrp_cpus,
		.rlimit_rttime = g->vrrp_rlimit_rttime,
	};
	p[LOAD_CHECK] = (struct load_process){
		.wanted = conf_wants_checker(c),
		.title = title(g, g->checker_process_name, "keepalived_lvs"),
		.nice = g->checker_nice,
		.rt_priority = g->checker_rt_priority,
		.no_swap = g->checker_no_swap,
		.cpus = g->checker_cpus,
		.rlimit_rttime = g->checker_rlimit_rttime,
	};
	p[LOAD_BFD] = (struct load_process){
		.wanted = conf_wants_bfd(c),
		.title = title(g, g->bfd_process_name, "keepalived_bfd"),
	};
}

static void fixed_settings(char *fixed[LOAD_FIXED], const struct conf *c)
{
	const struct global_conf *g = &c->global;

	if (c->net_namespace_ipvs_given)
		fixed[FIXED_IPVS_NAMESPACE] =
			xstrdup(c->net_namespace_ipvs ? c->net_namespace_ipvs : "");
	fixed[FIXED_NFTABLES] = xstrdup(g->nftables ? g->nftables : "keepalived");
	fixed[FIXED_NFTABLES_IPVS] = copy(g->nftables_ipvs);
	fixed[FIXED_TMP_DIRECTORY] = copy(g->tmp_config_directory);
	fixed[FIXED_LOCAL_IGMP] = copy(g->disable_local_igmp ? "disabled" : NULL);
}

static uint32_t script_id(const struct script_conf *s)
{
	return s ? s->id : UINT32_MAX;
}

static void settings(struct load_result *r, const struct conf *c)
{
	mail_settings(&r->mail, &c->global);
	process_settings(r->process, c);
	r->parent_title = copy(c->global.process_name);
	r->instance_name = copy(c->instance_name);
	r->net_namespace = copy(c->net_namespace);
	fixed_settings(r->fixed, c);
	r->use_pid_dir = c->use_pid_dir;
	r->child_wait_time = c->child_wait_time;
	r->startup_script = script_id(c->global.startup_script);
	r->shutdown_script = script_id(c->global.shutdown_script);
	r->startup_timeout = c->global.startup_script_timeout;
	r->shutdown_timeout = c->global.shutdown_script_timeout;
	r->umask = c->global.umask;
}

/* ---- kernel modules ---------------------------------------------------------------------- */

static void add_module(struct load_result *r, uint32_t *n, const char *name)
{
	for (uint32_t i = 0; i < *n; i++)
		if (!strcmp(r->modules[i], name))
			return;
	r->modules = xrealloc(r->modules, (*n + 2) * sizeof(char *));
	r->modules[(*n)++] = xstrdup(name);
	r->modules[*n] = NULL;
}

/* IPVS asks for schedulers and persistence engines by itself, but while it holds its own lock. */
static void list_modules(struct load_result *r, const struct conf *c)
{
	const struct vs_conf *vs;
	char name[64];
	uint32_t n = 0;

	r->modules = xcalloc(1, sizeof(char *));
	nodes_for_each(vs, &c->virtual_servers) {
		add_module(r, &n, "ip_vs");
		snprintf(name, sizeof(name), "ip_vs_%s", vs->sched);
		add_module(r, &n, name);
		if (!vs->pe_name)
			continue;
		snprintf(name, sizeof(name), "ip_vs_pe_%s", vs->pe_name);
		add_module(r, &n, name);
	}
}

/* ---- loading ----------------------------------------------------------------------------- */

static void dump(const struct conf *c)
{
	struct strbuf out = {0};
	char *line, *rest;

	schema_print(&out, &c->node, PRINT_DEFAULTS);
	for (rest = out.text; rest && (line = strsep(&rest, "\n"));)
		log_info("%s", line);
	strbuf_free(&out);
}

struct load_result *load_tree(const struct load_options *o, struct diags *diags,
	struct text **parsed, struct conf **tree)
{
	struct load_result *r = xcalloc(1, sizeof(*r));
	char *host = host_name();
	struct source_options source = {
		.config_id = o->config_id, .check_all_includes = o->check_all_includes};
	int err;

	host[strcspn(host, ".")] = '\0';
	if (!source.config_id)
		source.config_id = host;
	*parsed = source_read(o->path, &source, diags, &err);
	facts_use((*parsed)->facts, load_iproute);
	*tree = conf_parse(*parsed, diags);
	load_scripts(r, *tree, diags, o->offline);
	settings(r, *tree);
	list_modules(r, *tree);
	load_note_errors(r, diags);
	free(host);
	return r;
}

struct load_result *load(const struct load_options *o, struct diags *diags, struct text **parsed)
{
	struct conf *c;
	struct load_result *r = load_tree(o, diags, parsed, &c);

	if (o->dump)
		dump(c);
	conf_free(c);
	return r;
}

static void free_words(char **words)
{
	for (char **w = words; w && *w; w++)
		free(*w);
	free(words);
}

void load_free(struct load_result *r)
{
	if (!r)
		return;
	for (uint32_t i = 0; i < r->n_scripts; i++) {
		free_words(r->scripts[i].argv);
		free(r->scripts[i].user);
		free(r->scripts[i].why_not);
	}
	free(r->scripts);
	free(r->mail.router_id);
	free(r->mail.from);
	free(r->mail.server);
	free(r->mail.helo);
	free_words(r->mail.to);
	for (int i = 0; i < LOAD_CHILDREN; i++)
		free(r->process[i].title);
	free(r->parent_title);
	free(r->instance_name);
	free(r->net_namespace);
	for (int i = 0; i < LOAD_FIXED; i++)
		free(r->fixed[i]);
	free_words(r->modules);
	free(r->errors);
	free(r);
}
