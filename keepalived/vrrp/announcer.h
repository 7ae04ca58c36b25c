/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sends what announce.h says is due. Never before the addresses are there (RFC 9568 8.1.2, 8.2.2):
 * a block begins at the end of the turn, after vips_settle.
 */
#ifndef KEEPALIVED_VRRP_ANNOUNCER_H
#define KEEPALIVED_VRRP_ANNOUNCER_H

#include "keepalived/vrrp/run.h"

void announcer_init(struct instance *);
void announcer_begin(struct instance *, enum vrrp_announcement);
void announcer_changed(struct instance *); /* after vips_attach */
void announcer_end(struct instance *);
/* Sends what is due, or until the loop is pressed. Returns whether nothing is left. */
bool announcer_settle(struct vrrp_run *);

#endif
