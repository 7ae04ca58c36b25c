/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sync groups; see group.h. */
#include "keepalived/vrrp/group.h"

enum vrrp_state vrrp_group_next(const struct vrrp_fsm *const members[], uint32_t n,
	uint32_t changed, enum vrrp_state before)
{
	uint32_t in[4] = {0}, willing = 0;
	bool faulty = false;

	for (uint32_t i = 0; i < n; i++) {
		in[members[i]->state]++;
		faulty |= members[i]->faults != 0;
		willing += members[i]->wanted == VRRP_ACTIVE;
	}
	if (n == 0 || in[VRRP_INIT])
		return VRRP_INIT;
	if (faulty)
		return VRRP_FAULT;
	if (in[VRRP_FAULT])
		return VRRP_BACKUP;
	if (before == VRRP_ACTIVE && members[changed]->state == VRRP_BACKUP)
		return VRRP_BACKUP;
	if (willing == n)
		return VRRP_ACTIVE;
	return in[VRRP_BACKUP] == n ? VRRP_BACKUP : VRRP_INIT;
}
