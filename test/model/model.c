/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Explores the product's vrrp_step over several routers with loss, delay, crash, restart, stall and
 * fault, and says whether a rule of VRRP was broken in any run:
 *
 * - never two Active routers for longer than one interval and a round trip after the last mishap;
 * - never none for longer than the Down time of the best router that is left;
 * - a router that leaves cleanly is replaced within the skew of its successor;
 * - once nothing goes wrong any more, nobody changes places, and the best router that may preempt
 *   is Active; one that may not leaves a living Active router alone;
 * - a discarded advert, or a stale timer, changes nothing, however many there are, and a burst of
 *   adverts is not answered by a burst;
 * - a router that slept past the patience of the others listens before it speaks;
 * - it holds the addresses exactly while it is Active, and a run repeated is the same run.
 *
 * First all runs of some small worlds, then many random ones of larger worlds. Status 1 and the
 * trace of the run when a rule was broken. An argument is the number of random runs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "test/model/world.h"

#define RANDOM_RUNS 4000

static uint64_t runs, steps;

static bool kept(const struct setup *s, struct chooser *ch)
{
	struct chooser again = *ch;
	struct verdict v = world_run(s, ch, false);

	runs++;
	steps += v.steps;
	if (!v.broken && (!ch->random || runs % 64))
		return true;
	if (!v.broken && world_run(s, &again, false).trace == v.trace)
		return true;
	again.used = 0;
	world_run(s, &again, true);
	printf("BROKEN after %.3f s: %s\n", (double)v.at / 1e9,
		v.broken ? v.broken : "the same run went differently");
	return false;
}

/* Two routers, one mishap at each of four moments, the fate of the first adverts enumerated. */
static bool every_run(void)
{
	static const uint8_t priorities[][2] = {{150, 100}, {100, 100}, {255, 100}};
	struct setup s = {
		.n = 2,
		.version = 3,
		.interval = {SEC(1), SEC(1)},
		.delay = USEC(50),
		.trouble = SEC(12),
		.mishaps = 1,
		.fates = 3,
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(priorities) * 2; i++) {
		struct chooser ch = {0};

		s.priority[0] = priorities[i / 2][0];
		s.priority[1] = priorities[i / 2][1];
		s.nopreempt[0] = i % 2 && s.priority[0] != VRRP_PRIO_OWNER;
		do {
			ch.used = 0;
			if (!kept(&s, &ch))
				return false;
		} while (chooser_next(&ch));
	}
	return true;
}

static struct setup random_setup(struct chooser *ch)
{
	static const uint8_t priorities[] = {1, 100, 100, 150, 254, 255};
	static const ktime intervals[] = {MSEC(100), SEC(1), SEC(5)};
	struct setup s = {
		.n = 2 + choose(ch, 2),
		.version = (uint8_t)(2 + choose(ch, 2)),
		.silent_winner = choose(ch, 4) == 0,
		.last_word = choose(ch, 4) == 0,
		.loss = choose(ch, 3) * 60,
		.delay = MSEC(1) * (ktime)(choose(ch, 20)),
		.trouble = SEC(20) + SEC(1) * (ktime)choose(ch, 30),
		.mishaps = choose(ch, 5),
	};
	/* Routers of different intervals need the quick answer, or they learn the wrong one. */
	bool alike = s.version == 2 || s.silent_winner || s.last_word || choose(ch, 2);
	bool owner = false;

	for (uint32_t i = 0; i < s.n; i++) {
		s.priority[i] = priorities[choose(ch, ARRAY_SIZE(priorities))];
		if (s.priority[i] == VRRP_PRIO_OWNER && owner)
			s.priority[i]--; /* two owners have tests of their own */
		owner |= s.priority[i] == VRRP_PRIO_OWNER;
		s.interval[i] = s.version == 2 ? SEC(1) : intervals[choose(ch, 3)];
		if (alike && i > 0)
			s.interval[i] = s.interval[0];
		s.nopreempt[i] = s.priority[i] != VRRP_PRIO_OWNER && choose(ch, 5) == 0;
		if (!s.nopreempt[i] && s.priority[i] != VRRP_PRIO_OWNER && choose(ch, 5) == 0)
			s.preempt_delay[i] = SEC(3);
	}
	return s;
}

/* Strangers only where everybody would preempt them at once: else they are Active routers. */
static void add_noise(struct setup *s, struct chooser *ch)
{
	s->noise = (uint8_t)choose(ch, 3);
	for (uint32_t i = 0; i < s->n; i++) {
		if (s->priority[i] == 1 || s->nopreempt[i] || s->preempt_delay[i])
			s->noise = 0;
	}
}

static bool random_runs(uint32_t n)
{
	for (uint32_t i = 1; i <= n; i++) {
		struct chooser ch = {.random = true, .seed = i * 0x9e3779b97f4a7c15u};
		struct setup s = random_setup(&ch);

		add_noise(&s, &ch);
		if (!kept(&s, &ch)) {
			printf("seed %u: %u routers, version %u, priorities %u %u %u\n", i, s.n,
				s.version, s.priority[0], s.priority[1], s.priority[2]);
			return false;
		}
	}
	return true;
}

int main(int argc, char **argv)
{
	uint32_t n = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : RANDOM_RUNS;
	bool good = every_run() && random_runs(n);

	printf("%s: %llu runs, %llu steps, %.1f s\n", good ? "every rule was kept" : "failed",
		(unsigned long long)runs, (unsigned long long)steps,
		(double)clock() / CLOCKS_PER_SEC);
	return good ? 0 : 1;
}
