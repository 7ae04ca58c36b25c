/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exit statuses, as service managers and scripts know them. */
#ifndef KEEPALIVED_CORE_EXIT_H
#define KEEPALIVED_CORE_EXIT_H

#define EXIT_STOPPED    0 /* told to, or already running */
#define EXIT_FATAL      1 /* option error, no IPVS in the kernel; permanent */
#define EXIT_CONFIG     2 /* the configuration cannot be run; permanent */
#define EXIT_PERMISSION 4 /* not root; permanent */
#define EXIT_TEST_FATAL 4 /* -t: it could not do its work */
#define EXIT_NO_FILE    6 /* main file missing or unreadable */

#endif
