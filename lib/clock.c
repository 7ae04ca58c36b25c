/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/clock.h"

#include <time.h>

#include "lib/base.h"

static ktime monotonic_now(const struct clock *c)
{
	struct timespec ts;

	(void)c;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return SEC(ts.tv_sec) + ts.tv_nsec;
}

const struct clock clock_monotonic = { monotonic_now };

static ktime fake_now(const struct clock *c)
{
	return container_of(c, const struct clock_fake, clock)->at;
}

void clock_fake_init(struct clock_fake *f, ktime start)
{
	f->clock.now = fake_now;
	f->at = start;
}
