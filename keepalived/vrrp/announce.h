/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When to send which gratuitous ARP or unsolicited neighbour advertisement.
 *
 * A block is `repeat` rounds over all addresses. Becoming Active starts a block at once and a
 * second one after garp_master_delay; an advert of lower priority does the same with the garp_lower
 * settings; garp_master_refresh starts small blocks for as long as we are Active. Packets leaving
 * one interface keep a distance (RFC 4861 7.2.6), which all instances on it share: struct
 * vrrp_pace.
 *
 * Pure: the caller has one timer, set to vrrp_announce_deadline, and sends what
 * vrrp_announce_due yields.
 */
#ifndef KEEPALIVED_VRRP_ANNOUNCE_H
#define KEEPALIVED_VRRP_ANNOUNCE_H

#include "keepalived/conf/conf.h"
#include "lib/addr.h"
#include "lib/clock.h"

/* Distance between packets of one interface. One per interface, owned by the caller; all zeros:
 * no distance. */
struct vrrp_pace {
	ktime garp_interval, gna_interval;
	ktime garp_next, gna_next; /* not before */
};

/* One address to announce; the caller keeps them in an array: the VIPs, then the excluded ones. */
struct vrrp_announce_target {
	const struct vip_conf *vip;
	struct vrrp_pace *pace;
};

struct vrrp_announce {
	bool active;
	bool running;    /* a block is being sent */
	uint32_t rounds; /* of it still to finish, the present one included */
	uint32_t next;   /* index of the address whose turn it is */
	ktime at;        /* not before */
	ktime second_at; /* KTIME_FOREVER: no second block to come */
	uint32_t second_rounds;
	ktime refresh_at; /* KTIME_FOREVER: never */
};

void vrrp_announce_init(struct vrrp_announce *); /* nothing to do */
void vrrp_announce_active(struct vrrp_announce *, const struct vrrp_conf *, ktime now);
/* Does nothing while a block is being sent: a stream of such adverts must not pile up. */
void vrrp_announce_lower(struct vrrp_announce *, const struct vrrp_conf *, ktime now);
void vrrp_announce_stop(struct vrrp_announce *);
/* After a reload: other addresses, other settings. A running block starts its round again. */
void vrrp_announce_changed(struct vrrp_announce *, const struct vrrp_conf *, ktime now);

/* When vrrp_announce_due has something to do; KTIME_FOREVER: not until told. */
ktime vrrp_announce_deadline(const struct vrrp_announce *);

/*
 * Writes the indices of the targets to announce now, in order, at most max; returns how many. When
 * it was cut short by max, the deadline is `now`: the caller comes back in the next turn.
 */
size_t vrrp_announce_due(struct vrrp_announce *, const struct vrrp_conf *,
	const struct vrrp_announce_target targets[], uint32_t n, ktime now, uint32_t out[],
	size_t max);

#endif
