/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private to loading: names of tables, protocols and the like from the files of this machine. */
#ifndef KEEPALIVED_CONF_LOAD_IPROUTE_H
#define KEEPALIVED_CONF_LOAD_IPROUTE_H

#include "lib/facts.h"

/*
 * A facts_ask: list is the name of a file of iproute2 (rt_tables), looked for in the directories in
 * turn, then in their folders rt_tables.d; "protocols" is the system's list of IP protocols.
 */
bool load_iproute(const char *list, const char *const *dirs, const char *name, uint32_t *value);

#endif
