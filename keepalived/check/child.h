/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The checker child: keeps the IPVS table as the configuration and the checks want it. */
#ifndef KEEPALIVED_CHECK_CHILD_H
#define KEEPALIVED_CHECK_CHILD_H

#include "keepalived/core/child.h"

extern const struct child_ops check_child_ops;

#endif
