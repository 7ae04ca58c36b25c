/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private to loading: from commands as written to commands that may be run. */
#ifndef KEEPALIVED_CONF_LOAD_SCRIPTS_H
#define KEEPALIVED_CONF_LOAD_SCRIPTS_H

#include "keepalived/conf/load.h"

/* Fills result->scripts from conf->scripts: users, paths, security. Asks the machine. */
void load_scripts(struct load_result *, const struct conf *, struct diags *);

#endif
