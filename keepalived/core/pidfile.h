/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pid files: `PID\n`, mode 0644. The parent holds a write lock (F_OFD_SETLK) on each of them from
 * start to end; the lock, not the number inside, says whether a daemon runs.
 */
#ifndef KEEPALIVED_CORE_PIDFILE_H
#define KEEPALIVED_CORE_PIDFILE_H

#include <sys/types.h>

struct pidfile {
	char *path; /* NULL: none */
	int fd;
};

/* Opens and locks. 0; -EAGAIN: another process holds it; other -errno. path is copied. */
int pidfile_open(struct pidfile *, const char *path);
void pidfile_write(struct pidfile *, pid_t pid); /* 0: empties it */
void pidfile_remove(struct pidfile *);           /* unlinks, unlocks, frees; unopened is fine */

/* A directory for them, 0755 whatever the umask is. 1: made it; 0: it was there; -errno. */
int make_run_dir(const char *path);

#endif
