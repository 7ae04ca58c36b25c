/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line. */
#ifndef KEEPALIVED_CORE_OPTIONS_H
#define KEEPALIVED_CORE_OPTIONS_H

#include <sys/stat.h>

#include "lib/base.h"

enum run_what { RUN_VRRP = 1 << 0, RUN_CHECK = 1 << 1, RUN_BFD = 1 << 2 };

enum options_outcome { /* of several questions the last one here is answered */
	OPTIONS_RUN,
	OPTIONS_TEST,     /* -t, --config-test-offline */
	OPTIONS_DUMP,     /* --dump-conf=text, --dump-conf=json */
	OPTIONS_DIFF,     /* --diff=FILE */
	OPTIONS_KEYWORDS, /* --keywords */
	OPTIONS_GENHASH,  /* -T: the rest of the line is genhash's */
	OPTIONS_EXIT,     /* answered (-v, -h, --signum) or wrong; exit_status says which */
};

struct options {
	const char *conf_file;
	unsigned run; /* enum run_what: children that may run */
	bool all;     /* --all: also without configuration for it */
	bool log_console, no_syslog, flush_log_file;
	const char *log_file; /* NULL: none */
	int log_detail;
	int log_facility;
	mode_t umask;
	bool umask_given;
	bool release_vips, keep_vips, keep_ipvs;
	bool dont_respawn, dont_fork, dump_conf, address_monitoring, ignore_sigint;
	bool core_dump;
	const char *pid_file, *vrrp_pid_file, *checkers_pid_file, *bfd_pid_file; /* NULL: default */
	const char *net_namespace, *config_id;
	bool all_config; /* -e */
	bool snmp;
	const char *snmp_socket;
	bool json;    /* -t, --diff, --keywords, --dump-conf answer in JSON */
	bool offline; /* --config-test-offline: nothing about this machine */
	const char *diff_file; /* OPTIONS_DIFF: the configuration that a reload would read */
	const char *test_file; /* -t=FILE: messages are appended there; NULL: stderr */
	int exit_status;       /* of OPTIONS_EXIT */
	int rest;              /* OPTIONS_GENHASH: index of its first word */
};

enum options_outcome options_read(struct options *, int argc, char **argv);

/* Sends --signum names to numbers: 0 when the word is unknown. */
int options_signal(const char *word);

#endif
