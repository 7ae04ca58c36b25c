/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random configurations, driven by the keyword tables: every row of every block occurs sooner or
 * later, with a value that its codec and range allow. A row whose values cannot be guessed from
 * its type has samples in generate.c; one that has neither is an error, so that a new keyword
 * cannot be forgotten.
 */
#ifndef TEST_RANDOM_GENERATE_H
#define TEST_RANDOM_GENERATE_H

#include <stdint.h>

#include "keepalived/conf/conf.h"
#include "lib/str.h"

/* The same seed gives the same text: one statement per line, a brace always at the end of one. */
void generate(struct strbuf *, uint64_t seed);
/*
 * Takes away what rules across keywords refuse, statement by statement, until nothing is refused:
 * what is left is valid. Returns the number of statements taken.
 */
unsigned generate_valid(struct strbuf *, uint64_t seed);
/* A row had neither a type that suggests values nor samples; its name is on stderr. */
extern bool samples_missing;
/* Parses a text; the caller frees the conf, then the text. */
struct conf *generate_parse(const struct strbuf *, struct diags *, struct text **);

#endif
