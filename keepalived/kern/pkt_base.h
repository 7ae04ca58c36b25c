/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a struct pkt is made of: group membership and dispatch. Shared by the kernel's port and by
 * the fake; nobody else includes it.
 */
#ifndef KERN_PKT_BASE_H
#define KERN_PKT_BASE_H

#include "keepalived/kern/pkt.h"
#include "lib/hmap.h"

struct pkt_member {
	struct hmap_item key;
	struct addr group;
	int ifindex;
	unsigned refs;
	void *holder; /* the port's own */
};

struct pkt_ops {
	int (*send)(struct pkt *, const struct pkt_out *);
	int (*frame)(struct pkt *, int ifindex, const uint8_t *frame, size_t n); /* Ethernet */
	int (*join)(struct pkt *, struct pkt_member *); /* first join; may set holder */
	void (*leave)(struct pkt *, struct pkt_member *);
	int (*listen_ah)(struct pkt *, bool wanted);
	void (*close)(struct pkt *); /* releases the whole object */
};

struct pkt {
	const struct pkt_ops *ops;
	void (*got)(void *ctx, const struct pkt_in *);
	void *ctx;
	struct pkt_stats stats;
	struct hmap members;
};

void pkt_base_init(struct pkt *, const struct pkt_ops *);
void pkt_base_free(struct pkt *); /* leaves what is still joined */
/* Decides whether it is ours, sets `multicast`, counts, calls the listener. */
void pkt_base_dispatch(struct pkt *, struct pkt_in *);

#endif
