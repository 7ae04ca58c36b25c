/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define FIRST_CHUNK   (16 * 1024)
#define LARGEST_CHUNK (128 * 1024)
#define MAPPED_FROM   (64 * 1024)
#define ALIGNMENT     sizeof(uint64_t)

struct chunk {
	struct chunk *next;
	size_t size, used;
	_Alignas(uint64_t) char bytes[];
};

struct arena {
	struct chunk *chunks; /* newest first */
};

/*
 * A large chunk is a mapping of its own, so it goes back to the system at once, whatever lies
 * around it; its pages are there from the beginning, which is cheaper than a fault for each.
 */
static struct chunk *chunk_new(size_t size)
{
	struct chunk *c;

	if (size < MAPPED_FROM) {
		c = xcalloc(1, size);
	} else {
		c = mmap(NULL, size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
		if (c == MAP_FAILED)
			no_memory();
	}
	c->size = size - sizeof(*c);
	return c;
}

static void chunk_free(struct chunk *c)
{
	size_t size = c->size + sizeof(*c);

	if (size < MAPPED_FROM)
		free(c);
	else
		munmap(c, size);
}

void arena_clear(struct arena *a)
{
	struct chunk *c = a->chunks;

	while (c && c->next) {
		a->chunks = c->next;
		chunk_free(c);
		c = a->chunks;
	}
	if (!c)
		return;
	memset(c->bytes, 0, c->used);
	c->used = 0;
}

static size_t round_up(size_t n)
{
	return (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

struct arena *arena_new(void)
{
	return xcalloc(1, sizeof(struct arena));
}

void arena_free(struct arena *a)
{
	struct chunk *c, *next;

	if (!a)
		return;
	for (c = a->chunks; c; c = next) {
		next = c->next;
		chunk_free(c);
	}
	free(a);
}

static struct chunk *grow(struct arena *a, size_t need)
{
	size_t before = a->chunks ? a->chunks->size + sizeof(struct chunk) : FIRST_CHUNK / 2;
	size_t size = MAX(MIN(before * 2, (size_t)LARGEST_CHUNK), need + sizeof(struct chunk));
	struct chunk *c;

	c = chunk_new(size);
	c->next = a->chunks;
	a->chunks = c;
	return c;
}

/* size bytes, the first at a multiple of align in its chunk. */
static void *take(struct arena *a, size_t size, size_t align)
{
	struct chunk *c = a->chunks;
	size_t at = c ? (c->used + align - 1) / align * align : 0;

	if (!c || at > c->size || c->size - at < size) {
		c = grow(a, round_up(size));
		at = 0;
	}
	c->used = at + size;
	return c->bytes + at;
}

void *arena_alloc(struct arena *a, size_t size)
{
	return take(a, size, ALIGNMENT);
}

bool arena_extend(struct arena *a, void *last, size_t size, size_t more)
{
	struct chunk *c = a->chunks;

	if (!c || (char *)last + size != c->bytes + c->used || c->size - c->used < more)
		return false;
	c->used += more;
	return true;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	size_t len = strnlen(s, n);
	char *p = take(a, len + 1, 1);

	memcpy(p, s, len);
	return p;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

/* Most results are short, and printed only once then. */
char *arena_printf(struct arena *a, const char *fmt, ...)
{
	char text[256], *p;
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	if (n >= 0 && (size_t)n < sizeof(text)) {
		p = arena_strndup(a, text, (size_t)n);
	} else {
		p = take(a, (size_t)n + 1, 1);
		vsnprintf(p, (size_t)n + 1, fmt, again);
	}
	va_end(again);
	va_end(ap);
	return p;
}
