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
	KW_LIST("vrrp_track_process", C, track_processes, track_process_object_block,
		KW_OBJECTS | KW_IDLE, "<name> { ... }", "Processes watched, for track_process."),
	KW_LIST("track_file", C, track_files, track_file_object_block, KW_OBJECTS | KW_IDLE,
		"<name> { ... }", "A file with a number, for track_file and FILE_CHECK."),
	KW_LIST("vrrp_track_file", C, track_files, vrrp_track_file_object_block,
		KW_OBJECTS | KW_IDLE, "<name> { ... }", "Old name of track_file."),
	KW_LIST("bfd_instance", C, bfd_instances, bfd_block, KW_OBJECTS | KW_IDLE, "<name> { ... }",
		"A BFD session, for track_bfd and BFD_CHECK."),
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
	KW_SET("linkbeat_use_polling", C, linkbeat_use_polling, KW_RESTART | KW_IDLE,
		"Asks the interfaces of instances for their link state instead of being told."),
	KW_SET("namespace_with_ipsets", C, namespace_with_ipsets, KW_LIVE,
		"Uses ipsets in a namespace though the kernel is older than 3.13."),
	KW_LIST("garp_group", C, garp_groups, garp_block, KW_LIVE | KW_IDLE, "{ ... }",
		"Spacing of announcements on some interfaces."),
	KW_LIST("linkbeat_interfaces", C, linkbeat_interfaces, linkbeat_block, KW_LIVE | KW_IDLE,
		"{ <ifname> [MII|ETHTOOL|IOCTL] ... }",
		"Interfaces that are asked for their link state."),
	KW_LIST("interface_up_down_delays", C, if_delays, if_delay_block, KW_LIVE | KW_IDLE,
		"{ <ifname> <down sec> [<up sec>] ... }",
		"How long a change of an interface must last to count."),
	KW_LIST("track_group", C, track_groups, track_group_block, KW_OBJECTS | KW_IDLE,
		"<name> { group { <instance>... } }",
		"Instances that static addresses, routes and rules are tied to."),
	KW_LIST("static_ipaddress", C, static_addresses, static_address_block,
		KW_OBJECTS | KW_IDLE, "{ <address entry>... }",
		"Addresses that are there whatever the state of the instances."),
	KW_LIST("static_routes", C, static_routes, route_block, KW_OBJECTS | KW_IDLE,
		"{ <route entry>... }", "Routes that are always there."),
	KW_LIST("static_rules", C, static_rules, rule_block, KW_OBJECTS | KW_IDLE,
		"{ <rule entry>... }", "Policy rules that are always there."),
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

struct conf *conf_parse(const struct text *text, struct diags *diags)
{
	struct arena *arena = arena_new();
	struct conf *c = (struct conf *)schema_new(arena, &conf_block, NULL);
	struct build build = {.conf = c};
	struct parse parse = {
		.arena = arena, .diags = diags, .text = text, .user = &build, .guess = conf_guess};

	c->arena = arena;
	c->text = text;
	c->global.umask = UINT32_MAX;
	c->global.smtp_port = 25;
	addr_parse(&c->global.mcast_group4, "224.0.0.18");
	addr_parse(&c->global.mcast_group6, "ff02::12");
	schema_parse(&parse, &c->node);
	rules_vrrp(c, diags);
	rules_static(c, diags);
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
