/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the parent starts a child: the far side of keepalived/core/child.h. */
#ifndef KEEPALIVED_CORE_CHILD_MAIN_H
#define KEEPALIVED_CORE_CHILD_MAIN_H

#include "keepalived/conf/global.h"
#include "keepalived/core/child.h"
#include "lib/log.h"

struct child_start {
	const struct child_ops *ops;
	struct child_options options;
	struct log_conf log;
	int port;                 /* the child's end of the line to the parent */
	struct loop *parent_loop; /* to be forgotten */
	const char *title;        /* process name (comm); NULL: leave it */
	int nice, rt_priority;    /* 0: leave it */
	bool no_swap;
	struct cpu_list cpus;   /* it may run on; n 0: all */
	bool core_dump;         /* -m: stay dumpable although the user changes */
	uint64_t rlimit_rttime; /* microseconds; 0: none */
};

/* Runs in the forked process and does not return. */
NORETURN void child_main(const struct child_start *);

#endif
