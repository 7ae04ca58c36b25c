/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Word to the service manager (sd_notify(3)); silent when there is none. */
#ifndef KEEPALIVED_CORE_SDNOTIFY_H
#define KEEPALIVED_CORE_SDNOTIFY_H

void sdnotify_ready(const char *status); /* after start and after each reload */
void sdnotify_reloading(void);
void sdnotify_stopping(void);
void sdnotify_failed(int error); /* a permanent error ends the daemon */

#endif
