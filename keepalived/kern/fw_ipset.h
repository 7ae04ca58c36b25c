/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets of addresses that rules of iptables look into. */
#ifndef KERN_FW_IPSET_H
#define KERN_FW_IPSET_H

#include "lib/str.h"

/* Lines in the language of ipset(8), one after the other; those that begin with '-' may fail. The
 * lines are cut to pieces; NULL: none. 0, or -errno and the reason in words in why. */
int fw_ipset_run(char *lines, struct strbuf *why);
/* What a rule calls the set. 0; -ENOENT; -errno. */
int fw_ipset_index(const char *name, uint16_t *index);

#endif
