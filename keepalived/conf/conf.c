/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The top level of the language, and the way from a text to a frozen tree. */
#include "keepalived/conf/conf.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keepalived/conf/rules.h"
#include "keepalived/conf/tables.h"

#define C struct conf

static int ipvs_namespace_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	((C *)n)->net_namespace_ipvs_given = true;
	return s->n > 1 ? codec_string.parse(p, n, kw, field, s) : 0;
}

static bool ipvs_namespace_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	codec_string.print(out, kw, field);
	return container_of(field, C, net_namespace_ipvs)->net_namespace_ipvs_given;
}

static bool ipvs_namespace_equal(const struct kw *kw, const void *a, const void *b)
{
	return codec_string.equal(kw, a, b) &&
	       container_of(a, C, net_namespace_ipvs)->net_namespace_ipvs_given ==
		       container_of(b, C, net_namespace_ipvs)->net_namespace_ipvs_given;
}

static const struct codec codec_ipvs_namespace = {
	"string", 0, 1, ipvs_namespace_parse, ipvs_namespace_print, ipvs_namespace_equal};

static void bfd_seen(struct parse *p, struct node *n, const struct kw *kw, const struct stmt *s)
{
	(void)p;
	(void)kw;
	(void)s;
	((C *)n)->has_bfd = true;
}

static const struct kw conf_kw[] = {
	KW_STRING("net_namespace", C, net_namespace, 0, KW_FIRST | KW_M0 | KW_RESTART, "<name>",
		"(none)", "Runs everything in that network namespace."),
	KW_OF("net_namespace_ipvs", C, net_namespace_ipvs, const char *, codec_ipvs_namespace,
		KW_FIRST | KW_RESTART | KW_IDLE, "[name]", "IPVS in the same namespace",
		"Network namespace of IPVS; without a name the one of init."),
	KW_STRING("instance", C, instance_name, 0, KW_FIRST | KW_M0 | KW_RESTART, "<name>",
		"(none)", "Name added to pid files and the syslog ident."),
	KW_SET("use_pid_dir", C, use_pid_dir, KW_LIVE, "Pid files in a directory of their own."),
	KW_TIME("child_wait_time", C, child_wait_time, SEC(1), 0, SEC(4294967295), SEC(5), KW_LIVE,
		"<uint>", NULL, "How long the parent waits for children before it kills them."),
	KW_ONE("global_defs", C, global, global_block, KW_LIVE, "{ ... }",
		"Settings of the whole; may appear several times."),
	KW_ONE("SSL", C, ssl, ssl_block, KW_LIVE, "{ ... }",
		"Client key and certificates of SSL_GET."),
	KW_LIST("vrrp_script", C, vrrp_scripts, vrrp_script_block, KW_OBJECTS, "<name> { ... }",
		"A command run periodically, for track_script."),
	KW_LIST("vrrp_sync_group", C, sync_groups, sync_group_block, KW_OBJECTS, "<name> { ... }",
		"Instances that change state together."),
	KW_LIST("vrrp_instance", C, instances, vrrp_block, KW_OBJECTS, "<name> { ... }",
		"One virtual router."),
	KW_LIST("virtual_server_group", C, vs_groups, vsg_block, KW_OBJECTS,
		"<name> { <entry>... }",
		"Addresses, ranges and fwmarks shared by virtual servers."),
	KW_LIST("virtual_server", C, virtual_servers, vs_block, KW_OBJECTS,
		"<ip> [port] { ... } | fwmark <n> { ... } | group <name> { ... }",
		"One IPVS service."),
	KW_NOTYET("linkbeat_use_polling"),
	KW_NOTYET("namespace_with_ipsets"),
	KW_NOTYET("track_group"),
	KW_NOTYET("static_ipaddress"),
	KW_NOTYET("static_routes"),
	KW_NOTYET("static_rules"),
	KW_NOTYET("garp_group"),
	KW_NOTYET("linkbeat_interfaces"),
	KW_NOTYET("vrrp_track_process"),
	KW_NOTYET("interface_up_down_delays"),
	{.name = "bfd_instance", .flags = KW_LATER | KW_ADD, .hook = bfd_seen},
	KW_NOTYET("track_file"),
	KW_NOTYET("vrrp_track_file"),
};

const struct block conf_block = {
	.name = "/",
	.kw = conf_kw,
	.n_kw = ARRAY_SIZE(conf_kw),
	.size = sizeof(C),
};

const struct block name_block = {
	.name = "@name",
	.size = sizeof(struct name_conf),
	.flags = BLOCK_ENTRIES | BLOCK_WORDS,
};

/* What people write when they mean something else, too far apart for the edit distance. */
static const char *const guesses[][2] = {
	{"notify_slave", "notify_backup"},
	{"hello_name", "helo_name"},
	{"priorty_level", "priority"},
	{"router_id", "virtual_router_id"},
	{"vrid", "virtual_router_id"},
	{"virtual_ip", "virtual_ipaddress"},
	{"virtual_ips", "virtual_ipaddress"},
	{"vip", "virtual_ipaddress"},
	{"iface", "interface"},
	{"auth_password", "auth_pass"},
	{"password", "auth_pass"},
	{"advert_interval", "advert_int"},
	{"script_path", "script"},
	{"check_interval", "interval"},
	{"no_preempt", "nopreempt"},
	{"scheduler", "lb_algo"},
	{"unicast_peers", "unicast_peer"},
	{"connection_timeout", "connect_timeout"},
	{"port", "connect_port"},
	{"global_def", "global_defs"},
};

static const char *guess(const char *word)
{
	for (unsigned i = 0; i < ARRAY_SIZE(guesses); i++)
		if (!strcasecmp(guesses[i][0], word))
			return guesses[i][1];
	return NULL;
}

struct conf *conf_parse(const struct text *text, struct diags *diags)
{
	struct arena *arena = arena_new();
	struct conf *c = (struct conf *)schema_new(arena, &conf_block, NULL);
	struct build build = {.conf = c};
	struct parse parse = {
		.arena = arena, .diags = diags, .text = text, .user = &build, .guess = guess};

	c->arena = arena;
	c->text = text;
	c->global.umask = UINT32_MAX;
	c->global.smtp_port = 25;
	addr_parse(&c->global.mcast_group4, "224.0.0.18");
	addr_parse(&c->global.mcast_group6, "ff02::12");
	schema_parse(&parse, &c->node);
	rules_vrrp(c, diags);
	rules_lvs(c, diags);
	c->n_scripts = build.n_scripts;
	c->scripts = arena_alloc(arena, (build.n_scripts + 1) * sizeof(*c->scripts));
	for (uint32_t i = 0; i < build.n_scripts; i++)
		c->scripts[i] = build.scripts[i];
	free(build.scripts);
	return c;
}

void conf_free(struct conf *c)
{
	if (c)
		arena_free(c->arena);
}

static struct node *named(const struct nodes *list, const char *name)
{
	struct node *n;

	for (n = list->first; n; n = n->next)
		if (!strcmp(n->name, name))
			return n;
	return NULL;
}

struct vrrp_conf *conf_instance(const struct conf *c, const char *name)
{
	return (struct vrrp_conf *)named(&c->instances, name);
}
