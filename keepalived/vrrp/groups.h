/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sync groups at run time. */
#ifndef KEEPALIVED_VRRP_GROUPS_H
#define KEEPALIVED_VRRP_GROUPS_H

#include "keepalived/vrrp/run.h"

/* Brings the groups of the run in line with its configuration. State is kept by name. All instances
 * of the configuration exist. */
void groups_rebuild(struct vrrp_run *);
void groups_free(struct vrrp_run *);
/* Every instance is on its own, until groups_rebuild: no step of one moves another. */
void groups_detach(struct vrrp_run *);
/* A member that was in state `before` has made a step. */
void group_follow(struct instance *, enum vrrp_state before);

#endif
