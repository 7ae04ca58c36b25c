/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first steps of a process that the parent forks and that goes on with our own code: a child,
 * the loader, the mail helper. Whatever of the parent's stays open in it would outlive the parent
 * with it: a lock that says that a daemon runs, a line whose break tells the children to stop.
 */
#ifndef KEEPALIVED_CORE_FORKED_H
#define KEEPALIVED_CORE_FORKED_H

#include "lib/log.h"
#include "lib/loop.h"

/*
 * Forgets the parent's loop, closes every descriptor but 0 to 2 and the n in keep, opens a log of
 * its own. Signals that must not be acted on are to be ignored before: this unblocks them all.
 */
void forked_begin(struct loop *parents, const struct log_conf *, const int *keep, size_t n);

#endif
