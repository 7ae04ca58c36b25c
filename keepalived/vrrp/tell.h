/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Telling others: notify scripts, mails, status rows. */
#ifndef KEEPALIVED_VRRP_TELL_H
#define KEEPALIVED_VRRP_TELL_H

#include "keepalived/vrrp/run.h"

void tell_notice(struct instance *, enum vrrp_notice);
void tell_group(struct group *, enum vrrp_notice);

/* Status rows. */
void tell_row_new(struct instance *);
void tell_row_free(struct instance *);
void tell_row_conf(struct instance *); /* what comes from the configuration */
void tell_row_state(struct instance *, bool transition);
void tell_count(struct instance *, enum vrrp_count);
void tell_sent(struct instance *, uint8_t priority);
void tell_discarded(struct instance *, unsigned reason);
void tell_announced(struct instance *, uint32_t garps, uint32_t nas);
void tell_group_row(struct group *);

#endif
