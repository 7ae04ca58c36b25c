/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/owners.h"

#include <stdlib.h>

#include "lib/base.h"

#define FIRST_SIZE 64

struct slot {
	uint64_t key;
	const void *owner; /* NULL: free */
};

struct owners {
	struct slot *slots;
	uint32_t size, used; /* a power of two; at most three quarters of it */
};

struct owners *owners_new(void)
{
	struct owners *o = xcalloc(1, sizeof(*o));

	o->size = FIRST_SIZE;
	o->slots = xcalloc(o->size, sizeof(*o->slots));
	return o;
}

void owners_free(struct owners *o)
{
	if (!o)
		return;
	free(o->slots);
	free(o);
}

static uint64_t hash_of(const char *key) /* FNV-1a, then mixed */
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; *key; key++)
		h = (h ^ (unsigned char)*key) * 0x100000001b3u;
	h ^= h >> 32;
	h *= 0x9e3779b97f4a7c15u;
	return h ^ h >> 29;
}

static struct slot *find(const struct owners *o, uint64_t key)
{
	uint32_t i = (uint32_t)key & (o->size - 1);

	while (o->slots[i].owner && o->slots[i].key != key)
		i = (i + 1) & (o->size - 1);
	return &o->slots[i];
}

static void grow(struct owners *o)
{
	struct slot *old = o->slots;
	uint32_t n = o->size;

	o->size *= 2;
	o->slots = xcalloc(o->size, sizeof(*o->slots));
	for (uint32_t i = 0; i < n; i++)
		if (old[i].owner)
			*find(o, old[i].key) = old[i];
	free(old);
}

const void *owners_claim(struct owners *o, const char *key, const void *owner)
{
	uint64_t hash = hash_of(key);
	struct slot *s = find(o, hash);

	if (s->owner)
		return s->owner;
	*s = (struct slot){hash, owner};
	if (++o->used > o->size / 4 * 3)
		grow(o);
	return NULL;
}
