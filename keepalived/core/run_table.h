/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The script runs that a child waits for, found by the number that the parent answers with. */
#ifndef KEEPALIVED_CORE_RUN_TABLE_H
#define KEEPALIVED_CORE_RUN_TABLE_H

#include "keepalived/core/child.h"

struct run_table;

struct run_table *run_table_new(void);
void run_table_free(struct run_table *);
void run_table_begin(struct run_table *, struct script_run *); /* sets run->id */
void run_table_drop(struct run_table *, struct script_run *);  /* done will not be called */
/* Calls done; an unknown number (cancelled meanwhile) is ignored. */
void run_table_end(struct run_table *, uint32_t id, const struct script_result *);
/* Ends the run as SCRIPT_FAILED from the loop, at the end of this turn. */
void run_table_fail(struct run_table *, struct loop *, struct script_run *, int error);

#endif
