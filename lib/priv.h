/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Giving up rights, for good. Capabilities belong to a thread: call before any thread is started.
 */
#ifndef LIB_PRIV_H
#define LIB_PRIV_H

#include <sys/types.h>

#include "lib/base.h"

enum priv_cap { /* bits of priv_want.caps */
	PRIV_NET_ADMIN = 1 << 0,
	PRIV_NET_RAW = 1 << 1,
	PRIV_SYS_NICE = 1 << 2,
	PRIV_NET_BIND = 1 << 3, /* CAP_NET_BIND_SERVICE: bind_port below 1024 of a checker */
	PRIV_IPC_LOCK = 1 << 4,
};

struct priv_want {
	uid_t uid;
	gid_t gid;
	unsigned caps;
	bool no_exec; /* seccomp: execve and execveat fail with EPERM */
};

/* The user `keepalived`, else `nobody`, of /etc/passwd; only when it has neither is the name service
 * asked. 0 or -ENOENT. */
int priv_find_user(uid_t *, gid_t *);

/*
 * Supplementary groups, gid, uid, capabilities (permitted and effective = caps, no bounding set
 * beyond them, no ambient), no_new_privs, seccomp. When the process is not root it keeps what it
 * has of caps and drops the rest. Root that may not change its ids (a user namespace without them,
 * a container without CAP_SETUID) stays uid 0 and loses all else. 0 or -errno; *what then names the
 * step that failed.
 *
 * The kernel clears PR_SET_PDEATHSIG and the dumpable flag when the user changes: set them after.
 */
int priv_drop(const struct priv_want *, const char **what);

#endif
