/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside conf/: the parts of rules_lvs, each over one service. */
#ifndef KEEPALIVED_CONF_RULES_LVS_H
#define KEEPALIVED_CONF_RULES_LVS_H

#include "keepalived/conf/rules.h"

struct names;

struct lvs_rules {
	struct conf *conf;
	struct diags *diags;
	struct vs_conf *vs;
	struct names *seen; /* real servers of vs */
};

/*
 * The address family of a service and of all its servers; forwarding methods are settled. False:
 * the service contradicts its group and is dropped.
 */
bool rules_family(struct lvs_rules *, struct vs_conf *);
/* What a checker takes from its server, and its urls from it. */
void rules_checker(const struct global_conf *, struct checker_conf *, const struct rs_conf *);
/* Whether a checker of that kind asks an address. */
bool rules_asks_address(enum checker_kind);

#endif
