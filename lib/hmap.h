/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hash table of members that hold their own link: the table knows hashes, the owner compares
 * keys. It grows with its content and allocates nothing per member.
 */
#ifndef LIB_HMAP_H
#define LIB_HMAP_H

#include "lib/base.h"

struct hmap_item {
	struct hmap_item *next;
	uint32_t hash;
	bool linked;
};

struct hmap { /* all zeros: empty */
	struct hmap_item **bucket;
	uint32_t n_buckets, n; /* a power of two, or 0; members */
};

void hmap_add(struct hmap *, struct hmap_item *, uint32_t hash);
void hmap_del(struct hmap *, struct hmap_item *); /* absent is fine */
/* Members of that hash, one after the other, newest first; NULL at the end. No change in between.
 */
struct hmap_item *hmap_first(const struct hmap *, uint32_t hash);
struct hmap_item *hmap_next(const struct hmap_item *);
void hmap_free(struct hmap *); /* the table, not the members */

uint32_t hmap_hash(const void *bytes, size_t n, uint32_t seed); /* FNV-1a, mixed */
uint32_t hmap_hash_str(const char *);

#endif
