/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual addresses: what all instances want together, compared with what the kernel has, and the
 * difference sent in one batch at the end of the turn.
 */
#ifndef KEEPALIVED_VRRP_VIPS_H
#define KEEPALIVED_VRRP_VIPS_H

#include "keepalived/vrrp/run.h"

/* The addresses of in->conf, in the instance's mode. A second call takes over a new configuration;
 * returns whether an address is there that was not before. */
bool vips_attach(struct instance *);
void vips_detach(struct instance *);
void vips_set_mode(struct instance *, enum vips_mode);
/* Compares again what the instance wants with what is there. */
void vips_recheck(struct instance *);
void vips_recheck_iface(struct vrrp_iface *);
/* The interface is about to lose its name: takes our addresses off it at once. */
void vips_abandon(struct vrrp_iface *);
/* All advertised addresses carry our tag already. */
bool vips_present(const struct instance *);
/* The kernel has the address, and may answer for it. */
bool vips_usable(const struct vip *);
/* An address is gone from an interface. True: it was one of ours, whoever removed it. */
bool vips_gone(struct vrrp_iface *, const struct rtnl_addr *);
/* Changes the addresses, or as many as there is time for until the loop is pressed. Returns whether
 * nothing is left. */
bool vips_settle(struct vrrp_run *);
void vips_retry(struct vrrp_run *);
void vips_drop(struct vrrp_run *); /* after the instances: frees what is still queued */

#endif
