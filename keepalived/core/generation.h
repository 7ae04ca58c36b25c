/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One configuration as a child holds it: the sealed text of the parent mapped read-only, and the
 * tree parsed from it. Parsing takes time, so it runs in a helper thread; the loop hears of its end
 * through a descriptor and never waits.
 */
#ifndef KEEPALIVED_CORE_GENERATION_H
#define KEEPALIVED_CORE_GENERATION_H

#include "keepalived/conf/conf.h"
#include "lib/loop.h"

struct generation {
	uint64_t number;
	bool replacement; /* for a process that takes over from one that died */
	struct conf *conf;
	/* private */
	struct text *text;
	void *map;
	size_t map_len;
};

void generation_free(struct generation *); /* NULL is fine */
/* Places in the text cannot be shown any more, which is all that it is kept for: it takes as much
 * memory as the tree. */
void generation_forget_text(struct generation *);

/* Takes fd. done gets the parsed generation, or NULL when the text is damaged; it is called from
 * the loop. When no thread can be started it is called at once, and NULL returned. */
struct parse_job;
struct parse_job *parse_job_start(struct loop *, uint64_t number, bool replacement, int fd,
	void (*done)(struct generation *, void *ctx), void *ctx);
/* done will not be called; the loop takes the job away when it has ended. NULL is fine. */
void parse_job_cancel(struct parse_job *);
void parse_job_end(struct parse_job *); /* as before, but waits for it, and needs no loop */

#endif
