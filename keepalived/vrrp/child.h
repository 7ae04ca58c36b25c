/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The VRRP child: keeps virtual routers alive. */
#ifndef KEEPALIVED_VRRP_CHILD_H
#define KEEPALIVED_VRRP_CHILD_H

#include "keepalived/core/child.h"

extern const struct child_ops vrrp_child_ops;

#endif
