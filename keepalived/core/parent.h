/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The watchdog: what remains of the daemon when everything that can fail has its own process. */
#ifndef KEEPALIVED_CORE_PARENT_H
#define KEEPALIVED_CORE_PARENT_H

#include "keepalived/conf/load.h"
#include "keepalived/core/child.h"
#include "keepalived/core/options.h"

struct parent_child { /* a row of the table in main.c */
	const struct child_ops *ops;
	enum load_child which;
	enum run_what run;    /* the option that allows it */
	const char *pid_name; /* "vrrp": vrrp.pid */
	size_t pid_option;    /* offset of the path in struct options */
};

/* Runs until stopped; the exit status. argv is for the log. */
int parent_run(const struct options *, char **argv, const struct parent_child *children, size_t n);

#endif
