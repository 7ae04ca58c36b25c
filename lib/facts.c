/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A short list of answers: a configuration uses a handful of names. */
#include "lib/facts.h"

#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"

struct fact {
	const char *list, *name;
	uint32_t value;
	bool exists; /* that there is no such name is an answer as well */
};

struct facts {
	struct fact *at;
	uint32_t n;
	facts_ask *ask;
	struct arena *arena;
};

struct facts *facts_new(void)
{
	struct facts *f = xcalloc(1, sizeof(*f));

	f->arena = arena_new();
	return f;
}

void facts_free(struct facts *f)
{
	if (!f)
		return;
	free(f->at);
	arena_free(f->arena);
	free(f);
}

void facts_use(struct facts *f, facts_ask *ask)
{
	f->ask = ask;
}

static struct fact *add(struct facts *f, const char *list, const char *name)
{
	struct fact *fact;

	f->at = xrealloc(f->at, (f->n + 1) * sizeof(*f->at));
	fact = &f->at[f->n++];
	*fact = (struct fact){
		.list = arena_strdup(f->arena, list),
		.name = arena_strdup(f->arena, name),
	};
	return fact;
}

bool facts_find(struct facts *f, const char *list, const char *const *dirs, const char *name,
	uint32_t *value)
{
	struct fact *fact = NULL;

	for (uint32_t i = 0; i < f->n && !fact; i++)
		if (!strcmp(f->at[i].name, name) && !strcmp(f->at[i].list, list))
			fact = &f->at[i];
	if (!fact && f->ask) {
		fact = add(f, list, name);
		fact->exists = f->ask(list, dirs, name, &fact->value);
	}
	if (!fact || !fact->exists)
		return false;
	*value = fact->value;
	return true;
}

void facts_pack(struct strbuf *b, const struct facts *f)
{
	pack_u32(b, f->n);
	for (uint32_t i = 0; i < f->n; i++) {
		pack_str(b, f->at[i].list);
		pack_str(b, f->at[i].name);
		pack_u32(b, f->at[i].value);
		pack_u32(b, f->at[i].exists);
	}
}

struct facts *facts_unpack(struct unpack *u)
{
	struct facts *f = facts_new();

	for (uint32_t n = unpack_u32(u); n && !u->bad; n--) {
		const char *list = unpack_str(u), *name = unpack_str(u);
		struct fact *fact;

		if (!list || !name) {
			u->bad = true;
			break;
		}
		fact = add(f, list, name);
		fact->value = unpack_u32(u);
		fact->exists = unpack_u32(u);
	}
	if (!u->bad)
		return f;
	facts_free(f);
	return NULL;
}
