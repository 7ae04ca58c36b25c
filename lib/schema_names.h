/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names of all lists of one parse, so that looking for duplicates costs nothing. */
#ifndef LIB_SCHEMA_NAMES_H
#define LIB_SCHEMA_NAMES_H

#include "lib/schema.h"

struct names;

struct names *names_new(void);
void names_free(struct names *);
/* The first member of a name stays the one that is found. Members without a name are left out. */
void names_add(struct names *, const struct nodes *list, struct node *);
/* What was added since a mark is forgotten: the lists of a block that is closed get no more members. */
uint32_t names_mark(const struct names *);
void names_forget(struct names *, uint32_t mark);
struct node *names_find(const struct names *, const struct nodes *list, const char *name);

#endif
