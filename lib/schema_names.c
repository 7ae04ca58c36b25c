/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An open-addressing hash table over (list, name). Nothing is ever removed from it. */
#include "lib/schema_names.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 64

struct slot {
	const struct nodes *list;
	struct node *node; /* NULL: free */
	uint32_t hash;
};

struct names {
	struct slot *slots;
	uint32_t size, used; /* size is a power of two */
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
	struct names *t = xcalloc(1, sizeof(*t));

	t->size = FIRST_SIZE;
	t->slots = xcalloc(t->size, sizeof(*t->slots));
	return t;
}

void names_free(struct names *t)
{
	if (!t)
		return;
	free(t->slots);
	free(t);
}

static struct slot *find(
	const struct names *t, const struct nodes *list, const char *name, uint32_t hash)
{
	for (uint32_t i = hash & (t->size - 1);; i = (i + 1) & (t->size - 1)) {
		struct slot *s = &t->slots[i];

		if (!s->node ||
			(s->hash == hash && s->list == list && !strcmp(s->node->name, name)))
			return s;
	}
}

static void grow(struct names *t)
{
	struct slot *old = t->slots;
	uint32_t n = t->size;

	t->size *= 2;
	t->slots = xcalloc(t->size, sizeof(*t->slots));
	for (uint32_t i = 0; i < n; i++)
		if (old[i].node)
			*find(t, old[i].list, old[i].node->name, old[i].hash) = old[i];
	free(old);
}

void names_add(struct names *t, const struct nodes *list, struct node *n)
{
	uint32_t hash;
	struct slot *s;

	if (!n->name)
		return;
	hash = hash_of(list, n->name);
	s = find(t, list, n->name, hash);
	if (s->node)
		return;
	*s = (struct slot){list, n, hash};
	if (++t->used > t->size / 2)
		grow(t);
}

struct node *names_find(const struct names *t, const struct nodes *list, const char *name)
{
	return find(t, list, name, hash_of(list, name))->node;
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
