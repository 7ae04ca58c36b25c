/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Private to the walker:
 *   schema_parse.c    lines, values and blocks
 *   schema_entries.c  lists
 *   schema_braces.c   braces that are missing, or too many
 *   schema_unknown.c  words that are no keyword here
 *   schema_words.c    what is likely wrong with a word
 */
#ifndef LIB_SCHEMA_WALK_H
#define LIB_SCHEMA_WALK_H

#include "lib/schema.h"

struct level {
	struct level *up;
	const struct block *block; /* whose rows are valid here */
	struct node *node;         /* the object they write */
	const char *name;          /* the keyword that opened it */
	struct span span;          /* of the keyword that opened it; line 0: nothing did */
	uint32_t indent;           /* of that keyword's line */
	struct nodes *list;        /* of entries */
	unsigned stray;            /* '{' that no keyword asked for */
};

/* ---- schema_parse.c ---------------------------------------------------------------------- */

bool walk_next_is(struct parse *, enum lex_kind);
void walk_skip_block(struct parse *); /* if one follows */
/* A block or list whose keyword and words were read. keep false: only checked, not kept. */
void walk_block(struct parse *, const struct kw *, const struct stmt *, uint32_t indent, bool keep);
/* The same among the rows of another block. The level has no place of its own. */
void walk_within(
	struct parse *, struct level *, const struct kw *, const struct stmt *, uint32_t indent);
const struct level *walk_top(const struct parse *); /* the whole text */

/* Everything up to the brace that closes the level; each line goes to take. */
void walk_body(struct parse *, struct level *, void (*take)(struct parse *));
/* Opens a block or entry, with hints about words from the given one on. */
int walk_open(
	struct parse *, const struct block *, struct node *, const struct stmt *, unsigned first);
/* The row's rule about being written twice. False: this one does not count. */
bool walk_once(struct parse *, const struct kw *, const struct stmt *);
/* Reads a value with the row's codec, with hints. Nonzero: refused. */
int walk_value(struct parse *, struct node *, const struct kw *, void *field, const struct stmt *);
const char *walk_label(const struct block *); /* the last part of its name */
void walk_no_effect(struct parse *, const struct kw *, struct span);
void walk_obsolete(struct parse *, const struct kw *, struct span);

/* ---- schema_entries.c -------------------------------------------------------------------- */

void walk_entry(struct parse *); /* a line of a list */
/* keep false: only to see what else is wrong in it. */
void walk_list(struct parse *, const struct kw *, const struct stmt *, uint32_t indent, bool keep);

/* ---- schema_braces.c --------------------------------------------------------------------- */

/*
 * A word that is unknown here: does an enclosing block know it, so that the blocks in between lack
 * their braces? Then that is reported, and parse.unwind set.
 */
bool braces_unclosed(struct parse *, const struct lex_token *);
/* What stands where a line could begin. True: it was the brace that closes the level. */
bool braces_close(struct parse *, const struct lex_token *);
void braces_unexpected(struct parse *, const struct lex_token *); /* an opening one */
void braces_end_of_text(struct parse *);
/*
 * The brace after the words of a block; inner: its rows. False, with a message: there is none, and
 * what follows does not look like the inside of a block.
 */
bool braces_open(struct parse *, const struct stmt *, uint32_t indent, const struct block *inner);
/* Skips {{...}} or {%...%} of a template, with a message. False: there is none. */
bool braces_template(struct parse *);

/* ---- schema_unknown.c -------------------------------------------------------------------- */

void walk_unknown(struct parse *, const struct lex_token *);

/* ---- schema_words.c ---------------------------------------------------------------------- */

/*
 * What is likely wrong with a word that was refused, or NULL: a placeholder, a ';', bytes that
 * cannot be seen ... The buffer holds the text.
 */
const char *word_hint(struct strbuf *, const struct lex_token *);
/* The same for a word that was taken, when it is hardly meant like that. */
const char *word_doubt(struct strbuf *, const struct lex_token *);
/* The same for the first word of a line that is no keyword; next: the second word or NULL. */
const char *word_line_hint(struct strbuf *, const struct lex_token *, const char *next);
/* Bytes of a word without what does not belong to a keyword: "weight:", "lb_algo=rr", "weight;". */
size_t word_core(const char *);
/*
 * Adds hints to the messages that came since diags_added was `from`, about the words from the
 * given one on.
 */
void word_hints(struct diags *, uint64_t from, const struct stmt *, unsigned first);

#endif
