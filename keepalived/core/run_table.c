/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers are a slot and a count of its uses, so a late answer to a run that was cancelled does not
 * end the one that took its slot.
 */
#include "keepalived/core/run_table.h"

#include <stdlib.h>

#define SLOT_BITS 20
#define SLOT_MASK ((1u << SLOT_BITS) - 1)

struct slot {
	struct script_run *run; /* NULL: free */
	uint32_t uses;
	uint32_t next_free; /* index + 1 */
	int failed;         /* errno of a run that ends at the end of the turn */
};

struct run_table {
	struct slot *slots;
	uint32_t n, cap;
	uint32_t free; /* index + 1 */
	struct loop_work failing;
};

static void fail_all(struct loop_work *work)
{
	struct run_table *t = container_of(work, struct run_table, failing);
	uint32_t i;

	for (i = 0; i < t->n; i++) {
		struct script_result result = {SCRIPT_FAILED, t->slots[i].failed};

		if (t->slots[i].run && t->slots[i].failed)
			run_table_end(t, t->slots[i].run->id, &result);
	}
}

struct run_table *run_table_new(void)
{
	struct run_table *t = xcalloc(1, sizeof(*t));

	loop_work_init(&t->failing, fail_all);
	return t;
}

void run_table_free(struct run_table *t)
{
	loop_work_cancel(&t->failing);
	free(t->slots);
	free(t);
}

void run_table_begin(struct run_table *t, struct script_run *run)
{
	struct slot *s;
	uint32_t i;

	if (t->free) {
		i = t->free - 1;
		t->free = t->slots[i].next_free;
	} else {
		if (t->n == t->cap) {
			t->cap = t->cap ? t->cap * 2 : 64;
			t->slots = xrealloc(t->slots, t->cap * sizeof(*t->slots));
		}
		i = t->n++;
		t->slots[i] = (struct slot){0};
	}
	s = &t->slots[i];
	s->run = run;
	s->failed = 0;
	s->uses++;
	run->id = (s->uses << SLOT_BITS) | (i + 1);
}

static struct slot *find(struct run_table *t, uint32_t id)
{
	uint32_t i = (id & SLOT_MASK) - 1;

	if (i >= t->n || !t->slots[i].run || t->slots[i].run->id != id)
		return NULL;
	return &t->slots[i];
}

static void release(struct run_table *t, struct slot *s)
{
	s->run->id = 0;
	s->run = NULL;
	s->next_free = t->free;
	t->free = (uint32_t)(s - t->slots) + 1;
}

void run_table_drop(struct run_table *t, struct script_run *run)
{
	struct slot *s = find(t, run->id);

	if (s)
		release(t, s);
}

void run_table_end(struct run_table *t, uint32_t id, const struct script_result *result)
{
	struct slot *s = find(t, id);
	struct script_run *run;

	if (!s)
		return;
	run = s->run;
	release(t, s);
	run->done(run, result);
}

void run_table_fail(struct run_table *t, struct loop *loop, struct script_run *run, int error)
{
	struct slot *s = find(t, run->id);

	if (!s)
		return;
	s->failed = error;
	loop_work_queue(loop, &t->failing);
}
