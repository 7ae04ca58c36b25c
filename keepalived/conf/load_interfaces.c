/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interfaces that are configured and not there. They may appear later, so this is no more than a
 * warning of the kind that depends on the machine, one for each name, for people who check a
 * configuration on the machine where it will run.
 */
#include <net/if.h>
#include <string.h>

#include "keepalived/conf/load.h"
#include "keepalived/conf/tables.h"
#include "lib/hmap.h"

struct name {
	struct hmap_item item;
	const char *word;
};

struct looking {
	struct arena *arena;
	struct hmap names; /* that were looked up */
	struct diags *diags;
};

/* True the first time. */
static bool is_new(struct looking *l, const char *word)
{
	uint32_t hash = hmap_hash_str(word);
	struct hmap_item *it = hmap_first(&l->names, hash);
	struct name *n;

	for (; it; it = hmap_next(it))
		if (!strcmp(container_of(it, struct name, item)->word, word))
			return false;
	n = arena_new_of(l->arena, struct name);
	n->word = word;
	hmap_add(&l->names, &n->item, hash);
	return true;
}

static void look_up(struct looking *l, const char *word, struct span span)
{
	if (is_new(l, word) && !if_nametoindex(word))
		diag_add(l->diags, DIAG_WARNING, DIAG_MACHINE, span,
			"interface %s does not exist on this machine now", word);
}

/* A row whose value is an interface says so in its notation. */
static void look_at_value(struct looking *l, const struct node *n, const struct kw *kw)
{
	const char *word;
	struct span span = schema_where_row(n, kw);

	if (!kw->codec || !kw->args || strcmp(kw->args, "<ifname>") != 0 ||
		kw->size != sizeof(word) || kw->flags & (KW_HIDDEN | KW_ALIAS))
		return;
	word = *(const char *const *)kw_field(kw, n);
	if (word)
		look_up(l, word, span.line ? span : n->span);
}

static void look_in(struct looking *l, const struct node *n)
{
	struct kw_iter it = {.block = n->block};
	const struct kw *kw;

	if (!strcmp(n->block->name, "@track_interface"))
		look_up(l, n->name, n->span);
	while ((kw = kw_next(&it))) {
		if (!kw->block) {
			look_at_value(l, n, kw);
		} else if (kw->block->flags & BLOCK_MERGE) {
			look_in(l, kw_field(kw, n));
		} else if (!(kw->block->flags & BLOCK_SAME)) {
			const struct nodes *list = kw_field(kw, n);

			for (const struct node *m = list->first; m; m = m->next)
				if (m->block == kw->block)
					look_in(l, m);
		}
	}
}

void load_interfaces(const struct conf *c, struct diags *diags)
{
	struct looking l = {.arena = arena_new(), .diags = diags};

	if (!c->global.dynamic_interfaces)
		look_in(&l, &c->node);
	hmap_free(&l.names);
	arena_free(l.arena);
}
