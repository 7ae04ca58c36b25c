/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers that a configuration calls by names which only this machine knows (a routing table, a
 * protocol). The loader asks the machine while it parses; the answers are kept with the text and
 * travel with it, so that every process that parses it later gets the same ones and asks nobody.
 */
#ifndef LIB_FACTS_H
#define LIB_FACTS_H

#include "lib/pack.h"

struct facts;

/*
 * Looks a name up: list says in which list, dirs where lists are kept, best first, ending with
 * NULL. False: there is no such name.
 */
typedef bool facts_ask(
	const char *list, const char *const *dirs, const char *name, uint32_t *value);

struct facts *facts_new(void);
void facts_free(struct facts *); /* NULL is allowed */
/* From now on what is not known yet is asked. The one place where facts are added. */
void facts_use(struct facts *, facts_ask *);
/* A known answer, or a new one. False: no such name, as far as this machine knows. */
bool facts_find(struct facts *, const char *list, const char *const *dirs, const char *name,
	uint32_t *value);

void facts_pack(struct strbuf *, const struct facts *);
struct facts *facts_unpack(struct unpack *); /* NULL when damaged */

#endif
