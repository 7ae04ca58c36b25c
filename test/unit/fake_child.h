/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A child without a parent: core/child.h for tests. What is asked of the parent is written down in
 * `told`, a line each; scripts end after a millisecond with the result that was set.
 */
#ifndef TEST_FAKE_CHILD_H
#define TEST_FAKE_CHILD_H

#include "keepalived/core/child.h"
#include "lib/str.h"

struct child {
	struct loop *loop;
	struct status *status;
	struct child_options options;
	const struct conf *conf;
	bool replacement, done;
	/* `notify QUEUE: COMMAND EXTRA...`, `mail SUBJECT: BODY`, `run COMMAND` */
	struct strbuf told, text;
	struct script_result result; /* of every script that ends */
	bool scripts_hang;
	struct list runs;
};

void fake_child_init(struct child *, struct loop *);
void fake_child_end(struct child *);
const char *fake_child_take_told(struct child *); /* valid until the next call */

#endif
