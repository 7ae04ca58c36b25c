/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chains in a power-of-two table; a member knows its hash, so growing compares no keys. */
#include "lib/hmap.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 16

static struct hmap_item **bucket_of(const struct hmap *m, uint32_t hash)
{
	return &m->bucket[hash & (m->n_buckets - 1)];
}

static void grow(struct hmap *m)
{
	struct hmap bigger = {.n_buckets = m->n_buckets ? 2 * m->n_buckets : FIRST_SIZE};
	struct hmap_item *it, *next;
	uint32_t i;

	bigger.bucket = xcalloc(bigger.n_buckets, sizeof(*bigger.bucket));
	for (i = 0; i < m->n_buckets; i++) {
		for (it = m->bucket[i]; it; it = next) {
			next = it->next;
			it->next = *bucket_of(&bigger, it->hash);
			*bucket_of(&bigger, it->hash) = it;
		}
	}
	bigger.n = m->n;
	free(m->bucket);
	*m = bigger;
}

void hmap_add(struct hmap *m, struct hmap_item *it, uint32_t hash)
{
	if (m->n >= m->n_buckets)
		grow(m);
	it->hash = hash;
	it->linked = true;
	it->next = *bucket_of(m, hash);
	*bucket_of(m, hash) = it;
	m->n++;
}

void hmap_del(struct hmap *m, struct hmap_item *it)
{
	struct hmap_item **at;

	if (!it->linked)
		return;
	for (at = bucket_of(m, it->hash); *at != it; at = &(*at)->next)
		;
	*at = it->next;
	it->next = NULL;
	it->linked = false;
	m->n--;
}

static struct hmap_item *of_hash(struct hmap_item *it, uint32_t hash)
{
	while (it && it->hash != hash)
		it = it->next;
	return it;
}

struct hmap_item *hmap_first(const struct hmap *m, uint32_t hash)
{
	return m->n_buckets ? of_hash(*bucket_of(m, hash), hash) : NULL;
}

struct hmap_item *hmap_next(const struct hmap_item *it)
{
	return of_hash(it->next, it->hash);
}

void hmap_free(struct hmap *m)
{
	free(m->bucket);
	*m = (struct hmap){0};
}

uint32_t hmap_hash(const void *bytes, size_t n, uint32_t seed)
{
	const uint8_t *p = bytes;
	uint32_t h = 2166136261u ^ seed;

	while (n--)
		h = (h ^ *p++) * 16777619u;
	h ^= h >> 15;
	h *= 0x2c1b3c6du;
	return h ^ h >> 13;
}

uint32_t hmap_hash_str(const char *s)
{
	return hmap_hash(s, strlen(s), 0);
}
