/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A log in memory behind lib/log.h: what is logged, a line each, without priorities. */
#ifndef TEST_FAKE_LOG_H
#define TEST_FAKE_LOG_H

void fake_log_begin(void); /* from now on, from nothing */
void fake_log_end(void);
void fake_log_reset(void);
void fake_log_line(int priority, const char *line); /* what fake_log_begin has set with
							log_set_hook */

unsigned logged(const char *part); /* how often since the last reset */
void assert_logged(const char *part);
void assert_log(const char *lines); /* all of it since the last reset, which it does as well */

#endif
