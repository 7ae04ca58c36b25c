/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * promote_secondaries: when the primary address of a network goes, the kernel makes the next one
 * primary instead of removing them all. Set on the interfaces of the instances that ask for it, and
 * set back when none does, if it was us.
 */
#ifndef KEEPALIVED_VRRP_PROMOTE_H
#define KEEPALIVED_VRRP_PROMOTE_H

#include "keepalived/vrrp/run.h"

void promote_update(struct vrrp_run *);  /* after a change of the configuration */
void promote_iface(struct vrrp_iface *); /* it exists anew */
void promote_leave(struct vrrp_iface *); /* as it was */
void promote_stop(struct vrrp_run *);

#endif
