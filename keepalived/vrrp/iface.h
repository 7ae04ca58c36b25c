/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interfaces by name. Everything that the configuration places on an interface hangs on a struct
 * vrrp_iface, which is there before the interface appears and after it has gone.
 */
#ifndef KEEPALIVED_VRRP_IFACE_H
#define KEEPALIVED_VRRP_IFACE_H

#include "keepalived/vrrp/run.h"

struct vrrp_iface *iface_get(struct vrrp_run *, const char *name);       /* counted */
void iface_put(struct vrrp_iface *);                                     /* NULL is fine */
struct vrrp_iface *iface_by_index(const struct vrrp_run *, int ifindex); /* NULL: not ours */
const struct rtnl_link *iface_link(const struct vrrp_iface *);           /* NULL: absent */
/* The distances between announcements of the present configuration. */
void iface_set_pace(struct vrrp_run *);
/* Looks again at the addresses of interfaces where they changed. */
void iface_settle(struct vrrp_run *);

extern const struct rtnl_events iface_events; /* ctx is the struct vrrp_run */

#endif
