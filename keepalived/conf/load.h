/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loading: what the short-lived loader process does with the files, and what it hands to the
 * parent. The parent itself parses nothing: it gets the sealed text to pass on, the commands it may
 * run, and the few settings it needs.
 *
 * This is where the machine is asked: do users exist, are scripts there, executable and safe?
 */
#ifndef KEEPALIVED_CONF_LOAD_H
#define KEEPALIVED_CONF_LOAD_H

#include <stdio.h>
#include <sys/types.h>

#include "keepalived/conf/conf.h"
#include "lib/pack.h"
#include "lib/text.h"

struct load_script {
	uint32_t id;
	char **argv;          /* NULL terminated; argv[0] is an absolute path, or "</path" */
	bool test_open;       /* succeed when the file after '<' can be opened by the user */
	uid_t uid;
	gid_t gid;
	char *user;           /* for initgroups; NULL: numeric, no supplementary groups */
	bool groups;          /* set the supplementary groups of user */
	bool usable;
	char *why_not;        /* when not usable: which path component, what is wrong */
};

struct load_mail {
	char *router_id, *from, *server, *helo;
	uint16_t port;
	ktime timeout;
	char **to;
	uint32_t n_to;
};

struct load_process { /* of one child */
	bool wanted;          /* the configuration has something for it */
	char *title;          /* NULL: leave the name */
	int nice, rt_priority;
	bool no_swap;
	struct cpu_list cpus;
	uint64_t rlimit_rttime; /* microseconds; 0: none */
};

#define LOAD_CANNOT_RUN 2 /* a status of -t, and of the daemon when it ends for it */

enum load_child { LOAD_VRRP, LOAD_CHECK, LOAD_BFD, LOAD_CHILDREN };

/* What a reload may not change, besides the names of instance and network namespace. */
enum load_fixed {
	FIXED_IPVS_NAMESPACE,
	FIXED_NFTABLES,
	FIXED_NFTABLES_IPVS,
	FIXED_TMP_DIRECTORY,
	FIXED_LOCAL_IGMP,
	LOAD_FIXED
};

struct load_result {
	struct load_script *scripts; /* by id */
	uint32_t n_scripts;
	struct load_mail mail;
	struct load_process process[LOAD_CHILDREN];
	char *parent_title;
	char *instance_name, *net_namespace; /* NULL: none */
	char *fixed[LOAD_FIXED];             /* the value of each; NULL: not given */
	bool use_pid_dir;
	ktime child_wait_time;
	uint32_t startup_script, shutdown_script; /* ids; UINT32_MAX: none */
	ktime startup_timeout, shutdown_timeout;
	uint32_t umask; /* UINT32_MAX: not given */
	char **modules; /* kernel modules that are needed, NULL terminated; not handed on */
	uint64_t *errors; /* a hash of the words of each error, without its place; sorted */
	uint32_t n_errors;
	bool unreadable; /* the main file, or one that an include check requires: cannot be run */
	int status;      /* as -t would exit; 2: cannot be run */
};

struct load_options {
	const char *path;
	const char *config_id;   /* NULL: the host name up to its first dot */
	bool check_all_includes; /* -e */
	bool modules;            /* load the kernel modules that IPVS will need (the loader does) */
	bool dump;               /* -d: the effective configuration goes to the log */
	bool offline;            /* neither scripts nor users are looked up */
};

/*
 * Reads, parses, checks. Blocks; asks the user database. The result is never NULL; free it with
 * load_free. Diagnostics carry spans of *parsed text, which the caller frees with text_free after
 * printing them.
 */
struct load_result *load(const struct load_options *, struct diags *, struct text **parsed);
/* The same with the tree, which the caller frees with conf_free. */
struct load_result *load_tree(
	const struct load_options *, struct diags *, struct text **parsed, struct conf **tree);
void load_free(struct load_result *);

/* Says which configured interfaces are not there, unless dynamic_interfaces expects that. */
void load_interfaces(const struct conf *, struct diags *);
/* Says which tracked files are in directories that are not there. */
void load_files(const struct conf *, struct diags *);

/* Why a reload from one to the other is refused; NULL: it is not. */
const char *load_obstacle(const struct load_result *running, const struct load_result *next);
/* An error that the running configuration did not have, so that it refuses the reload. */
bool load_is_new_error(const struct load_result *running, const struct diag *);

void load_pack(struct strbuf *, const struct load_result *);
struct load_result *load_unpack(struct unpack *); /* NULL when damaged */

#endif
