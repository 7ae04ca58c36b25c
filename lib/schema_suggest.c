/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guessing what an unknown word was meant to be, from the tables alone. */
#include <ctype.h>
#include <string.h>

#include "lib/schema.h"

#define LONGEST_WORD 64
#define HOMES_SHOWN  3

/* Case and the choice between '-' and '_' are no difference. */
static void plain(char out[static LONGEST_WORD], const char *s)
{
	size_t i;

	for (i = 0; s[i] && i < LONGEST_WORD - 1; i++)
		out[i] = s[i] == '-' ? '_' : (char)tolower((unsigned char)s[i]);
	out[i] = '\0';
}

const char *schema_nearest(const struct block *b, const char *word)
{
	char mine[LONGEST_WORD], theirs[LONGEST_WORD];
	unsigned limit, best;
	const char *near = NULL;

	plain(mine, word);
	limit = (unsigned)CLAMP((strlen(mine) + 1) / 4, 1u, 3u);
	best = limit + 1;
	if (strlen(mine) < 3)
		return NULL;
	for (unsigned i = 0; i < b->n_kw; i++) {
		unsigned d;

		if (b->kw[i].flags & KW_HIDDEN)
			continue;
		plain(theirs, b->kw[i].name);
		d = str_distance(mine, theirs, limit);
		if (d < best) {
			best = d;
			near = b->kw[i].name;
		}
	}
	return near;
}

static void homes(const struct block *b, const char *word, struct strbuf *out, unsigned *n)
{
	const struct kw *kw = schema_kw(b, word);

	if (kw && b->name[0] != '/' && b->name[0] != '@' && (*n)++ < HOMES_SHOWN)
		strbuf_printf(out, "%s%s", *n > 1 ? ", " : "in ", b->name);
	for (unsigned i = 0; i < b->n_kw; i++)
		if (b->kw[i].block && !(b->kw[i].flags & KW_ALIAS))
			homes(b->kw[i].block, word, out, n);
}

unsigned schema_homes(const struct block *root, const char *word, struct strbuf *out)
{
	unsigned n = 0;

	if (schema_kw(root, word)) {
		strbuf_puts(out, "at the top level");
		n++;
	}
	homes(root, word, out, &n);
	if (n > HOMES_SHOWN)
		strbuf_puts(out, " and others");
	return n;
}
