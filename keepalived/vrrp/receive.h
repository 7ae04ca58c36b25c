/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Adverts in: finds the instance, lets wire.h judge, feeds the machine. */
#ifndef KEEPALIVED_VRRP_RECEIVE_H
#define KEEPALIVED_VRRP_RECEIVE_H

#include "keepalived/vrrp/run.h"

/* Listener of kern/pkt.h; ctx is the struct vrrp_run. */
void receive_packet(void *ctx, const struct pkt_in *);
/* What the configuration wants is listened to: protocol 112, and 51 where AH is used. */
void receive_protocols(const struct vrrp_run *);
/* The instance is found under its interface, VRID and family as they are now. */
void receive_register(struct instance *);
void receive_unregister(struct instance *);

#endif
