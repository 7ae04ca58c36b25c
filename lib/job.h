/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One piece of work that may block, in a thread of its own: the loop hears of its end through a
 * descriptor and never waits.
 */
#ifndef LIB_JOB_H
#define LIB_JOB_H

#include "lib/loop.h"

struct job;

/*
 * run is called in the new thread, which has ordinary priority whatever the process has; done from
 * the loop, when run has returned and the job is gone. NULL, and nothing called, when no thread can
 * be started.
 */
struct job *job_start(struct loop *, void (*run)(void *ctx), void (*done)(void *ctx), void *ctx);
/* Waits for run to return; done is not called. Needs no turn of the loop. NULL is fine. */
void job_end(struct job *);

#endif
