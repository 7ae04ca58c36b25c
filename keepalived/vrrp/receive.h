/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Adverts in: finds the instance, lets wire.h judge, feeds the machine. */
#ifndef KEEPALIVED_VRRP_RECEIVE_H
#define KEEPALIVED_VRRP_RECEIVE_H

#include "keepalived/vrrp/run.h"

/* Listener of kern/pkt.h; ctx is the struct vrrp_run. */
void receive_packet(void *ctx, const struct pkt_in *);
/* Adverts with AH are listened to where one instance wants them; run.ah_error says what came of it. */
void receive_protocols(struct vrrp_run *);
/* The instance is found under its interface, VRID and family as they are now. */
void receive_register(struct instance *);
void receive_unregister(struct instance *);

#endif
