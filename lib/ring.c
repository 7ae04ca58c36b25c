/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/ring.h"

#include <stdlib.h>
#include <string.h>

struct ring {
	size_t size, first, used;
	char *bytes;
};

struct ring *ring_new(size_t size)
{
	struct ring *r = xcalloc(1, sizeof(*r));

	r->size = size;
	r->bytes = xcalloc(1, size);
	return r;
}

void ring_free(struct ring *r)
{
	if (r)
		free(r->bytes);
	free(r);
}

void ring_clear(struct ring *r)
{
	r->first = r->used = 0;
}

size_t ring_used(const struct ring *r)
{
	return r->used;
}

static void put(struct ring *r, const void *from, size_t n)
{
	size_t at = (r->first + r->used) % r->size, fit = MIN(n, r->size - at);

	memcpy(r->bytes + at, from, fit);
	memcpy(r->bytes, (const char *)from + fit, n - fit);
	r->used += n;
}

static void get(struct ring *r, void *to, size_t n)
{
	size_t fit = MIN(n, r->size - r->first);

	memcpy(to, r->bytes + r->first, fit);
	memcpy((char *)to + fit, r->bytes, n - fit);
}

static void skip(struct ring *r, size_t n)
{
	r->used -= n;
	r->first = r->used ? (r->first + n) % r->size : 0;
}

bool ring_push(struct ring *r, const void *record, uint32_t len)
{
	if (r->size - r->used < sizeof(len) || r->size - r->used - sizeof(len) < len)
		return false;
	put(r, &len, sizeof(len));
	put(r, record, len);
	return true;
}

size_t ring_pop(struct ring *r, void *record, size_t size)
{
	uint32_t len;

	if (!r->used)
		return 0;
	get(r, &len, sizeof(len));
	r->first = (r->first + sizeof(len)) % r->size;
	r->used -= sizeof(len);
	get(r, record, MIN(len, size));
	skip(r, len);
	return MIN(len, size);
}
