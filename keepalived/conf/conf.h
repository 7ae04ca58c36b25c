/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration as a frozen tree: what every process reads and none may change.
 *
 * A tree lives in one arena. Each object begins with struct node, which knows its table, its name,
 * where it was written and which of its keywords were written where. Defaults and inheritance have
 * been applied by the time a tree is frozen: readers take a field as it is and never ask "was it
 * given?". Lengths of time are ktime (nanoseconds) whatever the unit in the file.
 *
 * A reload compares two trees object by object (lib/schema.h, schema_diff); objects meet by name.
 */
#ifndef KEEPALIVED_CONF_CONF_H
#define KEEPALIVED_CONF_CONF_H

#include "keepalived/conf/bfd.h"
#include "keepalived/conf/global.h"
#include "keepalived/conf/interfaces.h"
#include "keepalived/conf/lvs.h"
#include "keepalived/conf/vrrp.h"
#include "lib/arena.h"
#include "lib/diag.h"
#include "lib/schema.h"

struct text;

struct conf {
	struct node node;
	struct arena *arena;
	const struct text *text; /* what the spans point into; owned by whoever called conf_parse */
	/* top level words that are not in global_defs */
	const char *net_namespace, *net_namespace_ipvs, *instance_name;
	bool net_namespace_ipvs_given;
	bool use_pid_dir;
	bool linkbeat_use_polling, namespace_with_ipsets;
	ktime child_wait_time;
	struct global_conf global;
	struct ssl_conf ssl;
	struct nodes sync_groups;  /* struct vrrp_group_conf */
	struct nodes vrrp_scripts; /* struct vrrp_script_conf */
	struct nodes instances;    /* struct vrrp_conf */
	struct nodes track_groups;     /* struct track_group_conf (conf/route.h) */
	struct nodes static_addresses; /* struct vip_conf */
	struct nodes static_routes;    /* struct route_conf (conf/route.h) */
	struct nodes static_rules;     /* struct rule_conf */
	struct nodes vs_groups;    /* struct vsg_conf */
	struct nodes virtual_servers; /* struct vs_conf */
	struct nodes track_processes; /* struct track_process_conf */
	struct nodes track_files;     /* struct track_file_conf */
	struct nodes bfd_instances;   /* struct bfd_conf */
	struct nodes garp_groups;     /* struct garp_group_conf */
	struct nodes linkbeat_interfaces; /* struct linkbeat_conf */
	struct nodes if_delays;       /* struct if_delay_conf */
	const struct script_conf **scripts; /* every command, by id */
	uint32_t n_scripts;
};

/*
 * Parses text into a frozen tree: syntax, ranges, defaults, inheritance, cross-field rules. A pure
 * function: it asks neither the kernel nor the file system, and may run in any thread. Never NULL;
 * what was wrong is in the diagnostics.
 */
struct conf *conf_parse(const struct text *, struct diags *);
void conf_free(struct conf *); /* the tree, not the text; NULL is fine */

static inline bool conf_wants_vrrp(const struct conf *c)
{
	return c->instances.first != NULL;
}

static inline bool conf_wants_checker(const struct conf *c)
{
	return c->virtual_servers.first != NULL;
}

static inline bool conf_wants_bfd(const struct conf *c)
{
	return c->bfd_instances.first != NULL;
}

/* Name of a service or server as logs have it: [ADDR]:PROTO:PORT (PROTO tcp, udp, sctp, none). */
const char *rs_name(const struct rs_conf *, char buf[static 80]);
const char *vs_name(const struct vs_conf *); /* node.name */

#endif