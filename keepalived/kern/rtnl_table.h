/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a struct rtnl is made of: the tables, and who is told about changes. Shared by the kernel's
 * port and by the fake; nobody else includes it.
 *
 * An entry that changes is put on the dirty list together with its values as the listener knows
 * them, and told later. A removed entry stays as an absent one until then, so an object that goes
 * and comes back within a turn is one comparison, not two calls.
 */
#ifndef KERN_RTNL_TABLE_H
#define KERN_RTNL_TABLE_H

#include "keepalived/kern/rtnl.h"
#include "lib/hmap.h"

struct rtnl_ops {
	size_t (*apply)(struct rtnl *, struct rtnl_change *, size_t n);
	void (*set_buffers)(struct rtnl *, const struct rtnl_conf *); /* NULL: there are none */
	void (*close)(struct rtnl *); /* releases the whole object */
};

struct rtnl {
	const struct rtnl_ops *ops;
	const struct rtnl_events *events;
	void *ctx;
	struct hmap by_index, by_name, addrs;
	struct list links; /* every link entry */
	struct list dirty;
	size_t n_links; /* present ones */
	bool silent;    /* while filling at the start: nothing becomes dirty */
	bool resynced;  /* to be told */
	uint32_t sweep; /* number of the current resynchronisation */
};

void rtnl_table_init(struct rtnl *, const struct rtnl_ops *);
void rtnl_table_free(struct rtnl *);

/* The object now has these values. Addresses of an unknown interface are ignored. */
void rtnl_table_link(struct rtnl *, const struct rtnl_link *);
void rtnl_table_addr(struct rtnl *, const struct rtnl_addr *);
/* The object is gone, an interface together with its addresses. Unknown ones are fine. */
void rtnl_table_link_gone(struct rtnl *, int ifindex);
void rtnl_table_addr_gone(struct rtnl *, const struct rtnl_addr *);
/* A complete new picture: begin, everything that exists, end; what was not named is gone. */
void rtnl_table_sweep_begin(struct rtnl *);
void rtnl_table_sweep_end(struct rtnl *);
/* Tells the listener what has changed since the last time. Not to be nested. */
void rtnl_table_deliver(struct rtnl *);
bool rtnl_table_is_dirty(const struct rtnl *);

#endif
