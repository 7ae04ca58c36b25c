/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records of any length in a bounded piece of memory, first in, first out. An empty ring begins
 * anew, so only as much memory is touched as was once in use together.
 */
#ifndef LIB_RING_H
#define LIB_RING_H

#include "lib/base.h"

struct ring;

struct ring *ring_new(size_t size); /* bytes for records and 4 more for each */
void ring_free(struct ring *);      /* NULL is allowed */
void ring_clear(struct ring *);
size_t ring_used(const struct ring *);                           /* 0: empty */
bool ring_push(struct ring *, const void *record, uint32_t len); /* false: no room */
/* Takes the oldest record out; its length, 0: empty. What is longer than size is cut. */
size_t ring_pop(struct ring *, void *record, size_t size);

#endif
