/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cross-field checks, inheritance and defaults that depend on other values, over the finished
 * tree. After these the tree is frozen.
 */
#ifndef KEEPALIVED_CONF_RULES_H
#define KEEPALIVED_CONF_RULES_H

#include "keepalived/conf/conf.h"
#include "lib/types.h"

void rules_vrrp(struct conf *, struct diags *);
void rules_static(struct conf *, struct diags *); /* behind rules_vrrp */
void rules_lvs(struct conf *, struct diags *);

#endif
