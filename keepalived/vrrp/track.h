/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults and priority of an instance, from all that it depends on. */
#ifndef KEEPALIVED_VRRP_TRACK_H
#define KEEPALIVED_VRRP_TRACK_H

#include "keepalived/vrrp/run.h"

/* Where it speaks and what it tracks, as in->conf says; may be called again after a reload. Groups
 * and scripts are in place. */
void track_attach(struct instance *);
void track_detach(struct instance *);
/* The faults in force. Logs those that the machine does not know of yet. */
uint32_t track_faults(struct instance *);
uint8_t track_priority(const struct instance *);
/* Chooses the source address. True: it is another one. */
bool track_source(struct instance *);
/* Feeds the machine with what has changed; nothing before the start. */
void track_evaluate(struct instance *);
/* The interface went or came back under another index. */
void track_rebind(struct instance *);

#endif
