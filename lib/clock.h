/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Time is a signed count of nanoseconds. Moments come from a clock that never steps
 * (CLOCK_MONOTONIC); a test may hand in a clock of its own and move it.
 */
#ifndef LIB_CLOCK_H
#define LIB_CLOCK_H

#include <stdint.h>

typedef int64_t ktime; /* nanoseconds: a moment, or a length of time */

#define NSEC(n)       ((ktime)(n))
#define USEC(n)       ((ktime)(n) * 1000)
#define MSEC(n)       ((ktime)(n) * 1000000)
#define CENTI(n)      ((ktime)(n) * 10000000) /* hundredths of a second, the unit of VRRPv3 */
#define SEC(n)        ((ktime)(n) * 1000000000)
#define KTIME_FOREVER INT64_MAX

struct clock {
	ktime (*now)(const struct clock *);
};

extern const struct clock clock_monotonic;

static inline ktime clock_now(const struct clock *c)
{
	return c->now(c);
}

/* A clock that stands still until it is moved, for tests. */
struct clock_fake {
	struct clock clock;
	ktime at;
};

void clock_fake_init(struct clock_fake *, ktime start);

#endif
