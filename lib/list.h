/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Doubly linked lists whose links live inside the members. A list head is a member of itself. */
#ifndef LIB_LIST_H
#define LIB_LIST_H

#include "lib/base.h"

struct list {
	struct list *next, *prev;
};

#define LIST_INIT(head) { &(head), &(head) }

static inline void list_init(struct list *l)
{
	l->next = l->prev = l;
}

static inline bool list_empty(const struct list *l)
{
	return l->next == l;
}

static inline void list_add_tail(struct list *head, struct list *item)
{
	item->prev = head->prev;
	item->next = head;
	head->prev->next = item;
	head->prev = item;
}

static inline void list_add_head(struct list *head, struct list *item)
{
	list_add_tail(head->next, item);
}

/* Leaves the item as an empty list of its own, so removing twice is harmless. */
static inline void list_del(struct list *item)
{
	item->prev->next = item->next;
	item->next->prev = item->prev;
	list_init(item);
}

#define list_entry(ptr, type, member) container_of(ptr, type, member)
#define list_first(head, type, member) list_entry((head)->next, type, member)

#define list_for_each(it, head, member)                                \
	for ((it) = list_entry((head)->next, __typeof__(*(it)), member); \
	     &(it)->member != (head);                                    \
	     (it) = list_entry((it)->member.next, __typeof__(*(it)), member))

/* The current item may be removed or freed inside the loop. */
#define list_for_each_safe(it, tmp, head, member)                           \
	for ((it) = list_entry((head)->next, __typeof__(*(it)), member),      \
	    (tmp) = list_entry((it)->member.next, __typeof__(*(it)), member); \
	     &(it)->member != (head);                                         \
	     (it) = (tmp), (tmp) = list_entry((it)->member.next, __typeof__(*(it)), member))

#endif
