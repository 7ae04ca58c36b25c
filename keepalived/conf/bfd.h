/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BFD sessions (RFC 5880, 5881, 5883). */
#ifndef KEEPALIVED_CONF_BFD_H
#define KEEPALIVED_CONF_BFD_H

#include "keepalived/conf/values.h"
#include "lib/addr.h"

#define BFD_NAME_MAX 31
#define BFD_ANY_HOPS 255 /* received packets may have lost any number of hops */

struct bfd_conf {
	struct node node;
	struct addr neighbor, source;  /* source AF_UNSPEC: the kernel's choice */
	ktime min_rx, min_tx, idle_tx; /* microsecond resolution */
	uint8_t multiplier;
	bool passive;
	uint8_t ttl;  /* or hop limit, of packets sent */
	int max_hops; /* received ones may have lost; BFD_ANY_HOPS: not checked */
	bool multihop;
	int weight; /* -253..253, for track_bfd */
	bool reverse;
	bool to_vrrp, to_checker; /* who hears of it; at least one when frozen */
	/* The session does not run (no neighbour, other family, given twice): it stays down, and so
	 * do trackers and checkers that name it. */
	bool unusable;
};

#endif
