/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Effective priority; see prio.h. */
#include "keepalived/vrrp/prio.h"

#define PRIO_OWNER 255

bool vrrp_tracker_faulty(const struct vrrp_tracker *t)
{
	enum vrrp_track bad = t->reverse ? VRRP_TRACK_UP : VRRP_TRACK_DOWN;

	return t->weight == 0 && t->state == bad;
}

int vrrp_tracker_delta(const struct vrrp_tracker *t)
{
	enum vrrp_track counts = t->weight > 0 ? VRRP_TRACK_UP : VRRP_TRACK_DOWN;

	if (t->state != counts)
		return 0;
	return t->reverse ? -t->weight : t->weight;
}

uint8_t vrrp_priority(uint8_t base, const struct vrrp_tracker *t, size_t n)
{
	int64_t sum = base;

	if (base == PRIO_OWNER)
		return base;
	for (size_t i = 0; i < n; i++)
		sum += vrrp_tracker_delta(&t[i]);
	return (uint8_t)CLAMP(sum, 1, PRIO_OWNER - 1);
}
