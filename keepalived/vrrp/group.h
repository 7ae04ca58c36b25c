/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sync groups: instances that change state together.
 *
 * A member that would become Active on its own only says so (`wanted`), and stays Backup until all
 * members want it. A member that enters FAULT, or yields to a better router, takes the others with
 * it. A member that joins an Active group (a reload) listens first. The caller, after each
 * vrrp_step of a member i whose state was `before`:
 *
 *	to = vrrp_group_next(states of all members, number, i, before);
 *	if (to == VRRP_INIT)
 *		return;
 *	step VRRP_EV_GROUP(to) on member i
 *	if (to != group's state)
 *		log "VRRP_Group(G) Syncing instances to TO state" (unless the group was VRRP_INIT)
 *	step VRRP_EV_GROUP(to) on the other members
 *	if (to != group's state)
 *		group's state = to, notify for the group
 *
 * VRRP_EV_GROUP does nothing to a member that is there already, and needs no second round.
 */
#ifndef KEEPALIVED_VRRP_GROUP_H
#define KEEPALIVED_VRRP_GROUP_H

#include "keepalived/vrrp/fsm.h"

/* Where the group goes now that member `changed`, until then in state `before`, has made a step.
 * VRRP_INIT: nothing to do (also while a member has not been started). */
enum vrrp_state vrrp_group_next(const struct vrrp_fsm *const members[], uint32_t n,
	uint32_t changed, enum vrrp_state before);

#endif
