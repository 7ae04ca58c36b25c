/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a loop keeps for the watching of children: between loop.c and loop_child.c only. */
#ifndef LIB_LOOP_CHILD_H
#define LIB_LOOP_CHILD_H

#include "lib/loop.h"

struct loop_children {
	struct list all;          /* loop_child.link: those that are watched */
	bool no_pidfd;            /* the kernel has none, or a filter does not know the call */
	bool signalled;           /* ended is registered */
	struct loop_signal ended; /* SIGCHLD, without pidfds */
	struct loop_work look;
	struct loop *loop;
};

void loop_children_init(struct loop_children *, struct loop *);
struct loop_children *loop_children(struct loop *); /* of this loop */

#endif
