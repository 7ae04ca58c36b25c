/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Effective priority and faults from what an instance tracks.
 *
 * A tracker with a weight moves the priority: a positive one is added while the object is good, a
 * negative one while it is bad, and `reverse` negates what is added. A tracker without weight is a
 * fault while the object is bad (reversed: while it is good). What is not known yet does neither.
 */
#ifndef KEEPALIVED_VRRP_PRIO_H
#define KEEPALIVED_VRRP_PRIO_H

#include "lib/base.h"

enum vrrp_track { VRRP_TRACK_UNKNOWN, VRRP_TRACK_UP, VRRP_TRACK_DOWN };

struct vrrp_tracker {
	int weight; /* -253..253; 0: fault */
	bool reverse;
	enum vrrp_track state;
};

bool vrrp_tracker_faulty(const struct vrrp_tracker *);
int vrrp_tracker_delta(const struct vrrp_tracker *); /* what it adds to the priority now */

/* base 255 stays; anything else plus all deltas, kept within 1..254. */
uint8_t vrrp_priority(uint8_t base, const struct vrrp_tracker *, size_t n);

#endif
