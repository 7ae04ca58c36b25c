/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Descriptors by the range. */
#ifndef LIB_FDS_H
#define LIB_FDS_H

/*
 * Closes those that are open from first to last, both included; ~0U: all that follow. For a process
 * of one thread, after fork. Before Linux 5.9, which has close_range, it takes a /proc; without
 * that nothing is closed.
 */
void fds_close(unsigned first, unsigned last);
/* The way without close_range, for tests: 0 or -errno. */
int fds_close_listed(unsigned first, unsigned last);

#endif
