/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Adverts out. A packet is built once and sent again for as long as nothing in it changes. */
#ifndef KEEPALIVED_VRRP_SEND_H
#define KEEPALIVED_VRRP_SEND_H

#include "keepalived/vrrp/run.h"

void send_advert(struct instance *, uint8_t priority);
/* Something that an advert contains has changed, or the instance goes. */
void send_forget(struct instance *);

#endif
