/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The script broker, in the parent: runs commands as the configured user and tells who asked how
 * they ended. It knows commands only from the tables that the loader made.
 *
 * A command runs in a process group of its own, in /, with /dev/null as descriptors 0 to 2, without
 * IFS, LD_PRELOAD and LD_LIBRARY_PATH, at normal priority. After its time-out the group gets
 * SIGTERM, and what is left of it one second later SIGKILL.
 */
#ifndef KEEPALIVED_CORE_SCRIPT_H
#define KEEPALIVED_CORE_SCRIPT_H

#include "keepalived/core/child.h"
#include "keepalived/conf/load.h"

struct broker;

struct broker *broker_new(struct loop *);
void broker_free(struct broker *); /* scripts go on without us, but for those being killed */

/* The commands of a generation. The table now belongs to the broker, which frees it when it was
 * told to forget it and no notification waits for it. */
void broker_learn(struct broker *, uint64_t generation, struct load_result *);
void broker_forget(struct broker *, uint64_t generation);

typedef void (*broker_done)(void *ctx, uint32_t run, const struct script_result *);

/* Runs script `id` of a generation; done(ctx, run, result) is always called once, later or at once,
 * unless the run is cancelled. owner names whose runs broker_cancel_owner ends. */
void broker_run(struct broker *, const void *owner, uint32_t run, uint64_t generation, uint32_t id,
	const struct slice *extra, uint32_t n_extra, ktime timeout, broker_done done, void *ctx);
void broker_cancel(struct broker *, const void *owner, uint32_t run);
void broker_cancel_owner(struct broker *, const void *owner); /* it died */

/* In order per queue; a waiting entry of the same script gives way to the newer one. */
void broker_notify(struct broker *, const char *queue, uint64_t generation, uint32_t id,
	const struct slice *extra, uint32_t n_extra);
void broker_start_waiting(struct broker *); /* all at once, at the end: none is lost */
bool broker_idle(const struct broker *); /* no notification runs or waits, nor a command as below */

/* A command that belongs to no generation (start-up and shutdown scripts), its owner is the broker.
 */
void broker_run_command(
	struct broker *, const struct load_script *, ktime timeout, broker_done done, void *ctx);

#endif
