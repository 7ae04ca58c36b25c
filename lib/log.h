/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The operator's log: syslog (RFC 3164 datagrams to /dev/log, with pid), console (-l, lines
 * `Fri Nov 20 23:15:21 2026: TEXT`), file (-g).
 *
 * Lines go into a bounded ring that a writer thread drains, so log_msg never blocks. In a process
 * without threads (the parent forks, so it has none) each line is written at once, and a sink that
 * stops taking lines is waited for once, for 20 ms. When the sink stalls, lines are dropped and
 * counted, and the first line that gets through again is preceded by "log: N lines were lost".
 * Who logs to the console ignores SIGPIPE.
 *
 * This is the one module with file-level state.
 */
#ifndef LIB_LOG_H
#define LIB_LOG_H

#include <syslog.h>

#include "lib/base.h"

struct log_conf {
	const char *ident;   /* syslog tag, e.g. Keepalived_vrrp; copied */
	int facility;        /* LOG_DAEMON, LOG_LOCAL0.. */
	bool syslog;
	bool console;        /* stderr */
	const char *file;    /* NULL: none; appended, mode 0600 less umask */
	bool flush_file;     /* fdatasync after each line */
	int verbosity;       /* 0, 1 (-D), 2 (-D -D) */
};

int log_open(const struct log_conf *); /* 0 or -errno of the file; may be called again */
void log_close(void);                  /* waits up to a second for the ring to drain */
int log_start_writer(void);            /* starts the thread; 0 or -errno */
void log_after_fork(void);             /* in a child: empties the ring, no writer any more */
void log_set_ident(const char *ident);

/* One line: control characters other than a tab, and bytes that are not UTF-8, come out as \xNN; more
 * than 1024 bytes are cut and end in "...". errno is kept. */
void log_msg(int priority, const char *fmt, ...) PRINTF_LIKE(2, 3);
bool log_verbose(int level);           /* is -D given at least that often? */
uint64_t log_lost(void);               /* lines dropped so far */

#define log_error(...)   log_msg(LOG_ERR, __VA_ARGS__)
#define log_warning(...) log_msg(LOG_WARNING, __VA_ARGS__)
#define log_notice(...)  log_msg(LOG_NOTICE, __VA_ARGS__)
#define log_info(...)    log_msg(LOG_INFO, __VA_ARGS__)
/* Only with -D; arguments are not evaluated otherwise. */
#define log_detail(...)                                  \
	do {                                             \
		if (log_verbose(1))                      \
			log_msg(LOG_INFO, __VA_ARGS__);  \
	} while (0)

/* For tests: every line goes to this function instead. NULL restores the sinks. */
void log_set_hook(void (*hook)(int priority, const char *line));

#endif
