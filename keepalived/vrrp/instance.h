/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One virtual router: the machine's step and what follows from it. */
#ifndef KEEPALIVED_VRRP_INSTANCE_H
#define KEEPALIVED_VRRP_INSTANCE_H

#include "keepalived/vrrp/run.h"

/* Not started yet. */
struct instance *instance_new(struct vrrp_run *, const struct vrrp_conf *);
void instance_free(struct instance *);
struct instance *instance_find(const struct vrrp_run *, const char *name);

/* The first event; from here on it runs. */
void instance_start(struct instance *, bool adopt);
/* One event, and what it means for the sync group. `now` is filled in. */
void instance_event(struct instance *, struct vrrp_event *);
/* The event alone, for groups.c. */
void instance_step(struct instance *, struct vrrp_event *);
/* Runs what instances have put off until the adverts were sent; all of it, or until the loop is
 * pressed. Returns whether nothing is left. */
bool instance_catch_up(struct vrrp_run *, bool all);

static inline bool instance_running(const struct instance *in)
{
	return in->fsm.state != VRRP_INIT;
}

#endif
