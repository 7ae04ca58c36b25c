/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parent and its children say to each other. Bodies are packed with lib/pack.h; the
 * comment of each type lists the fields in order.
 *
 * A configuration has a number, its generation; numbers only grow. A request that names a script
 * names the generation too, because the same id means another command after a reload.
 */
#ifndef KEEPALIVED_CORE_MSGS_H
#define KEEPALIVED_CORE_MSGS_H

enum msg_type {
	/* parent to child */
	MSG_PREPARE = 1, /* u64 generation, u32 replacement; descriptor: the sealed text */
	MSG_COMMIT,      /* u64 generation */
	MSG_ABORT,       /* u64 generation */
	MSG_STOP,        /* nothing: release everything, then exit */
	MSG_RAN,         /* u32 run, u32 enum script_outcome, i64 value */

	/* child to parent */
	MSG_PREPARED,  /* u64 generation, u32 accepted, str why not */
	MSG_COMMITTED, /* u64 generation */
	MSG_RUN,       /* u32 run, u64 generation, u32 script, i64 timeout, u32 n, n * str */
	MSG_CANCEL,    /* u32 run */
	MSG_NOTIFY,    /* u64 generation, str queue, u32 script, u32 n, n * str */
	MSG_MAIL,      /* str subject, str body */
	MSG_STATUS,    /* descriptor: the segment of status rows */
};

/* Words that a script may get beyond those configured. */
#define SCRIPT_EXTRA_MAX 8

#endif
