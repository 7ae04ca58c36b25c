/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Port to the packet filter: says what it is to be, and hears when it is so.
 *
 * The kernel handles one change of its rules at a time, for all processes, and preparing one takes
 * longer the more rules others have. So a change is made in a thread, and whoever needs it in place
 * before going on waits to be told; the loop does not.
 *
 * `struct fw` is a handle. The kernel's comes from fw_open; tests hand in another one
 * (test/unit/fake_fw.h).
 */
#ifndef KERN_FW_H
#define KERN_FW_H

#include "keepalived/kern/fw_rules.h"
#include "lib/loop.h"

struct fw_result {
	/* 0: the kernel has what was asked for last. Else -errno; then the kernel may have what it
	 * had before, and the next fw_apply starts from nothing. */
	int error;
	const char *why; /* the reason in words */
	bool fell_back;  /* iptables was asked for and nftables does it */
	bool restored;   /* fw_check found that the rules were gone */
};

typedef void (*fw_done)(void *ctx, const struct fw_result *);

struct fw;

struct fw_ops {
	void (*apply)(struct fw *, const struct fw_rules *want);
	void (*check)(struct fw *);
	void (*close)(struct fw *);
};

struct fw {
	const struct fw_ops *ops;
	fw_done done;
	void *ctx;
};

/* Asks the kernel nothing yet. The loop must outlive it. */
struct fw *fw_open(struct loop *);

/* Waits until the kernel has, or has refused, what was asked for; the rules stay. NULL is fine. */
static inline void fw_close(struct fw *fw)
{
	if (fw)
		fw->ops->close(fw);
}

static inline void fw_listen(struct fw *fw, fw_done done, void *ctx)
{
	fw->done = done;
	fw->ctx = ctx;
}

/* Copies want. The listener is told later, from the loop, once for all that was asked meanwhile; or
 * at once, when no thread can be started. */
static inline void fw_apply(struct fw *fw, const struct fw_rules *want)
{
	fw->ops->apply(fw, want);
}

/* Looks whether the rules are still there. When somebody has flushed them they are made again, and
 * only then the listener is told. Does nothing while a change is being made. */
static inline void fw_check(struct fw *fw)
{
	fw->ops->check(fw);
}

#endif
