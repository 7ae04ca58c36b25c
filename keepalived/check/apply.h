/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Brings the kernel to what the table wants: all wishes of a turn of the loop in one go, errors
 * logged, what the kernel refused tried again with growing delays.
 */
#ifndef KEEPALIVED_CHECK_APPLY_H
#define KEEPALIVED_CHECK_APPLY_H

#include "keepalived/check/table.h"
#include "keepalived/kern/ipvs.h"
#include "lib/loop.h"

struct apply {
	struct table *table;
	struct ipvs *ipvs;
	struct loop *loop;
	struct loop_work work;
	struct loop_timer retry;
	ktime delay; /* before the next retry */
};

void apply_init(struct apply *, struct loop *, struct ipvs *); /* borrows ipvs */
void apply_end(struct apply *);                                /* frees the table */
/* Fills the table with what the kernel holds. 0 or -errno; then the table stays empty. */
int apply_read_kernel(struct apply *);
void apply_soon(struct apply *); /* at the end of this turn */
void apply_now(struct apply *);

/* A change that belongs to no object of the table (flush, timeouts). Logs a failure. */
int apply_other(struct apply *, struct ipvs_change *);

#endif
