/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hash table over (list, name). Its members are a stack, and the newest of a bucket comes first
 * in it, so what was added last is taken away by cutting both.
 */
#include "lib/schema_names.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 64

struct member {
	const struct nodes *list;
	struct node *node;
	uint32_t hash;
	uint32_t next; /* in its bucket: index + 1 */
};

struct names {
	struct member *members;
	uint32_t n, room; /* a power of two, and the number of buckets */
	uint32_t *bucket; /* index + 1 */
};

static uint32_t hash_of(const struct nodes *list, const char *name)
{
	uint64_t h = 0xcbf29ce484222325u ^ (uintptr_t)list; /* FNV-1a */

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 0x100000001b3u;
	return (uint32_t)(h ^ h >> 32);
}

struct names *names_new(void)
{
	return xcalloc(1, sizeof(struct names));
}

void names_free(struct names *t)
{
	if (!t)
		return;
	free(t->members);
	free(t->bucket);
	free(t);
}

static uint32_t *bucket_of(const struct names *t, uint32_t hash)
{
	return &t->bucket[hash & (t->room - 1)];
}

static void link_member(struct names *t, uint32_t i)
{
	uint32_t *b = bucket_of(t, t->members[i].hash);

	t->members[i].next = *b;
	*b = i + 1;
}

static void grow(struct names *t)
{
	t->room = t->room ? t->room * 2 : FIRST_SIZE;
	t->members = xrealloc(t->members, t->room * sizeof(*t->members));
	free(t->bucket);
	t->bucket = xcalloc(t->room, sizeof(*t->bucket));
	for (uint32_t i = 0; i < t->n; i++)
		link_member(t, i);
}

static struct node *find(
	const struct names *t, const struct nodes *list, const char *name, uint32_t hash)
{
	const struct member *m;

	for (uint32_t i = t->n ? *bucket_of(t, hash) : 0; i; i = m->next) {
		m = &t->members[i - 1];
		if (m->hash == hash && m->list == list && !strcmp(m->node->name, name))
			return m->node;
	}
	return NULL;
}

void names_add(struct names *t, const struct nodes *list, struct node *n)
{
	uint32_t hash;

	if (!n->name)
		return;
	hash = hash_of(list, n->name);
	if (find(t, list, n->name, hash))
		return;
	if (t->n == t->room)
		grow(t);
	t->members[t->n] = (struct member){list, n, hash, 0};
	link_member(t, t->n++);
}

uint32_t names_mark(const struct names *t)
{
	return t->n;
}

void names_forget(struct names *t, uint32_t mark)
{
	while (t->n > mark) {
		const struct member *m = &t->members[--t->n];

		*bucket_of(t, m->hash) = m->next;
	}
}

struct node *names_find(const struct names *t, const struct nodes *list, const char *name)
{
	return find(t, list, name, hash_of(list, name));
}

/* ---- one list ---------------------------------------------------------------------------- */

struct node_map {
	struct names *names;
	const struct nodes *list;
};

struct node_map *node_map_new(const struct nodes *list)
{
	struct node_map *m = xcalloc(1, sizeof(*m));

	m->names = names_new();
	m->list = list;
	for (struct node *n = list->first; n; n = n->next)
		names_add(m->names, list, n);
	return m;
}

struct node *node_map_find(const struct node_map *m, const char *name)
{
	return names_find(m->names, m->list, name);
}

void node_map_free(struct node_map *m)
{
	if (!m)
		return;
	names_free(m->names);
	free(m);
}
