/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The language as data: every keyword of every table in one list, and that list as text for people
 * and scripts (`keepalived --keywords`), as JSON for editors (`--keywords=json`) and, in
 * doc/keywords.c, as the keyword part of keepalived.conf(5).
 */
#ifndef KEEPALIVED_CONF_KEYWORDS_H
#define KEEPALIVED_CONF_KEYWORDS_H

#include <stdio.h>

#include "keepalived/conf/tables.h"

struct keyword {
	const char *block;   /* where it may stand: "/", "virtual_server/real_server", "@address" */
	const struct kw *kw; /* an alias has a keyword of its own */
	const struct block *table; /* that has the row */
	const struct block *owner; /* whose object the row writes; NULL: part of another value */
};

/*
 * All of them, block by block in the order in which the blocks are met, the top level first. Tables
 * of one name (entries that differ in a word) are one block. Derived state is left out; what stands
 * without a keyword (KW_POSITION) is in.
 */
struct keywords {
	struct keyword *at;
	size_t n;
};

struct keywords keywords_list(void);
void keywords_free(struct keywords *);

/* What an alias stands for; itself when it is none. */
const struct kw *keyword_meant(const struct keyword *);
/* The block that its braces, or the rest of its line, are read with; NULL: no keywords there. */
const struct block *keyword_inside(const struct kw *);
/* Type of the value: "uint", "bool", "block", "entries" (one per line), "words", ... */
const char *keyword_type(const struct kw *);
/* A number with a range: false when it has none. Times are in seconds, *is_time says so. */
bool keyword_range(const struct kw *, double *min, double *max, bool *is_time);
/* The default as documentation has it; false: none is worth telling. plain: a fresh owner. */
bool keyword_default(struct strbuf *, const struct keyword *, const struct node *plain);
/* The words that the value may be, of an enumeration; NULL: it is none. */
const struct enum_word *keyword_words(const struct kw *);
/* "last", "first", "add", "flag" */
const char *keyword_repeat(const struct kw *);
/*
 * "live", "event", "restart"; "object": its members are compared one by one; "inner": as the
 * keywords inside say; "outer": as what it is part of; "none"
 */
const char *keyword_reload(const struct kw *);

/* A header line, then a line per keyword, fields separated by tabs. */
void keywords_print(FILE *);
/* The same as one JSON object; keepalived(8) describes its fields. */
void keywords_print_json(FILE *);

#endif
