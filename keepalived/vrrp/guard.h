/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual addresses that must not be spoken to (deny.h) are in the firewall before the kernel has
 * them, and leave it after they are gone.
 */
#ifndef KEEPALIVED_VRRP_GUARD_H
#define KEEPALIVED_VRRP_GUARD_H

#include "keepalived/vrrp/run.h"

void guard_init(struct vrrp_run *);
void guard_free(struct vrrp_run *);   /* the rules stay */
void guard_update(struct vrrp_run *); /* there is a new configuration */
void guard_iface(struct vrrp_run *);  /* an interface has come or gone */
/* The address may not be added yet; vips_recheck follows when it may. */
bool guard_waits(const struct vip *);
/* What is no longer wanted has been removed: tells the firewall what has changed. */
void guard_settle(struct vrrp_run *);
/* The addresses are gone: so are the rules, at the latest when the port is closed. */
void guard_stop(struct vrrp_run *);

#endif
