/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Binary min-heap of members that remember their place, so that a change costs O(log n) and needs
 * no search. Equal keys leave in the order in which they entered.
 */
#ifndef LIB_HEAP_H
#define LIB_HEAP_H

#include "lib/base.h"

struct heap_item {
	int64_t key;
	uint64_t seq;  /* set by heap_set */
	uint32_t slot; /* index + 1; 0: not in a heap */
};

struct heap {
	struct heap_item **items;
	uint32_t n, cap;
	uint64_t seq;
};

void heap_set(struct heap *, struct heap_item *, int64_t key); /* insert or move */
void heap_del(struct heap *, struct heap_item *);              /* absent is fine */
struct heap_item *heap_min(const struct heap *);               /* NULL when empty */
void heap_free(struct heap *);                                 /* the array, not the members */

#endif
