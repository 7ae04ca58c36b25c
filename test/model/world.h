/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A segment with a few routers running the product's vrrp_step in virtual time, a network that
 * loses and delays, and things that go wrong. Every decision that is not the machine's is taken by
 * a chooser, so that a run can be repeated, or all runs enumerated.
 */
#ifndef TEST_MODEL_WORLD_H
#define TEST_MODEL_WORLD_H

#include "keepalived/vrrp/fsm.h"

#define ROUTERS   3
#define PATH_MAX_ 40 /* decisions that are enumerated; later ones take the first choice */

struct chooser {
	bool random;
	uint64_t seed;
	uint32_t depth, used; /* enumeration: decisions fixed so far, taken so far */
	uint8_t path[PATH_MAX_], arity[PATH_MAX_];
};

uint32_t choose(struct chooser *, uint32_t n); /* 0..n-1 */
bool chooser_next(struct chooser *);           /* the next path; false: all were walked */

enum mishap { NOTHING, CRASH, STOP, STALL, PAUSE, FAULT, MISHAPS };

struct setup {
	uint32_t n;
	uint8_t version;
	uint8_t priority[ROUTERS];
	ktime interval[ROUTERS];
	bool nopreempt[ROUTERS];
	ktime preempt_delay[ROUTERS];
	bool silent_winner; /* lower_prio_no_advert */
	bool last_word;     /* higher_prio_send_advert */
	uint8_t noise;      /* adverts of a stranger: 0 none, 1 priority 1, 2 priority 0 */
	uint32_t loss;      /* per mille while things go wrong */
	ktime delay;        /* longest way */
	ktime trouble;      /* until when things go wrong */
	uint32_t mishaps;   /* how many */
	uint32_t fates;     /* enumeration: packets whose fate is a decision */
};

struct verdict {
	const char *broken; /* NULL: every rule was kept */
	ktime at;
	uint64_t steps;
	uint64_t trace; /* hash of everything that happened */
};

/* One run. With `tell`, the events go to stdout. */
struct verdict world_run(const struct setup *, struct chooser *, bool tell);

#endif
