/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where files are. SYSCONFDIR and RUNSTATEDIR come from configure. */
#ifndef KEEPALIVED_CORE_PATHS_H
#define KEEPALIVED_CORE_PATHS_H

#define CONF_FILE     SYSCONFDIR "/keepalived/keepalived.conf"
#define CONF_FALLBACK "/etc/keepalived/keepalived.conf"
#define RUN_SUBDIR    RUNSTATEDIR "/keepalived" /* with use_pid_dir, instance or a namespace */

#endif
