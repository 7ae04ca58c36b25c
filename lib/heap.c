/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/heap.h"

#include <stdlib.h>

#define FIRST_CAPACITY 16

static bool before(const struct heap_item *a, const struct heap_item *b)
{
	return a->key != b->key ? a->key < b->key : a->seq < b->seq;
}

static void put(struct heap *h, uint32_t i, struct heap_item *item)
{
	h->items[i] = item;
	item->slot = i + 1;
}

static void sift_up(struct heap *h, uint32_t i, struct heap_item *item)
{
	uint32_t parent;

	for (; i > 0; i = parent) {
		parent = (i - 1) / 2;
		if (!before(item, h->items[parent]))
			break;
		put(h, i, h->items[parent]);
	}
	put(h, i, item);
}

static void sift_down(struct heap *h, uint32_t i, struct heap_item *item)
{
	uint32_t child;

	for (; (child = 2 * i + 1) < h->n; i = child) {
		if (child + 1 < h->n && before(h->items[child + 1], h->items[child]))
			child++;
		if (!before(h->items[child], item))
			break;
		put(h, i, h->items[child]);
	}
	put(h, i, item);
}

static void settle(struct heap *h, uint32_t i, struct heap_item *item)
{
	if (i > 0 && before(item, h->items[(i - 1) / 2]))
		sift_up(h, i, item);
	else
		sift_down(h, i, item);
}

void heap_set(struct heap *h, struct heap_item *item, int64_t key)
{
	if (!item->slot) {
		if (h->n == h->cap) {
			h->cap = h->cap ? h->cap * 2 : FIRST_CAPACITY;
			h->items = xrealloc(h->items, h->cap * sizeof(struct heap_item *));
		}
		put(h, h->n++, item);
	}
	item->key = key;
	item->seq = h->seq++;
	settle(h, item->slot - 1, item);
}

void heap_del(struct heap *h, struct heap_item *item)
{
	struct heap_item *last;
	uint32_t i;

	if (!item->slot)
		return;
	i = item->slot - 1;
	item->slot = 0;
	last = h->items[--h->n];
	if (last != item)
		settle(h, i, last);
}

struct heap_item *heap_min(const struct heap *h)
{
	return h->n ? h->items[0] : NULL;
}

void heap_free(struct heap *h)
{
	free(h->items);
	*h = (struct heap){0};
}
