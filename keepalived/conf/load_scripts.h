/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private to loading: from commands as written to commands that may be run, and its errors. */
#ifndef KEEPALIVED_CONF_LOAD_SCRIPTS_H
#define KEEPALIVED_CONF_LOAD_SCRIPTS_H

#include "keepalived/conf/load.h"

/*
 * Fills result->scripts from conf->scripts: users, paths, security. Asks the machine; offline says
 * what the configuration alone tells, and leaves the scripts empty.
 */
void load_scripts(struct load_result *, const struct conf *, struct diags *, bool offline);
/* Keeps the errors and the status of -t, for load_obstacle. */
void load_note_errors(struct load_result *, const struct diags *);

#endif
