/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loader process: reads and checks the configuration files in a process of its own, so that a
 * crash, a leak or a slow disk there cannot hurt the parent. What comes back is a sealed memory
 * file with the expanded text and the unpacked result for the parent.
 */
#ifndef KEEPALIVED_CORE_LOADER_H
#define KEEPALIVED_CORE_LOADER_H

#include "keepalived/conf/load.h"
#include "lib/log.h"
#include "lib/loop.h"

struct loader;

struct loaded {
	struct load_result *result; /* NULL: the loader itself failed; why says how */
	int text_fd;                /* sealed; -1 with result NULL */
	const char *why;
};

/* done gets the outcome once, from the loop, and takes what is in it. */
struct loader *loader_start(struct loop *, const struct log_conf *, const struct load_options *,
	void (*done)(void *ctx, struct loaded *), void *ctx);
void loader_cancel(struct loader *); /* NULL is fine */

#endif
