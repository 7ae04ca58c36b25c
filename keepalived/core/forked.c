/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keepalived/core/forked.h"

#include <unistd.h>

#include "lib/fds.h"

/* The lowest of keep that is not below `from`; ~0U: none. */
static unsigned next_kept(const int *keep, size_t n, unsigned from)
{
	unsigned lowest = ~0U;
	size_t i;

	for (i = 0; i < n; i++)
		if ((unsigned)keep[i] >= from)
			lowest = MIN(lowest, (unsigned)keep[i]);
	return lowest;
}

static void close_others(const int *keep, size_t n)
{
	unsigned from = STDERR_FILENO + 1, kept;

	while ((kept = next_kept(keep, n, from)) != ~0U) {
		if (kept > from)
			fds_close(from, kept - 1);
		from = kept + 1;
	}
	fds_close(from, ~0U);
}

void forked_begin(struct loop *parents, const struct log_conf *log, const int *keep, size_t n)
{
	loop_forget(parents);
	log_after_fork();
	log_close(); /* its descriptors go with the others */
	close_others(keep, n);
	log_open(log);
}
