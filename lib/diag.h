/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages about configuration text: where, how bad, of what kind, in words.
 *
 * A span names bytes of the expanded text (lib/text.h), which knows from which file and line every
 * one of its lines came. Diagnostics are collected, sorted out and printed once, by whoever ran the
 * parse: in the terminal as
 *     FILE:LINE:COLUMN: error: TEXT
 *         the line
 *         ^~~~
 *       expanded from $NAME at FILE:LINE
 *       included from FILE:LINE
 * and in the daemon's log as `(FILE: Line N) TEXT`. What cannot be shown (control characters, bytes
 * that are no UTF-8, characters without width) is shown escaped, in the line as in the text.
 */
#ifndef LIB_DIAG_H
#define LIB_DIAG_H

#include <stdio.h>

#include "lib/str.h"

struct text;

struct span {
	uint32_t line; /* 1-based line of the expanded text; 0: no position */
	uint32_t col;  /* 0-based byte in that line */
	uint32_t len;
};

enum diag_level {
	DIAG_NOTE,    /* harmless: a deprecated alias, a removed word */
	DIAG_WARNING, /* runs, but likely not as meant */
	DIAG_ERROR,   /* something was dropped, or nothing will run */
};

/* What sort of trouble; decides the exit status of -t together with the level. */
enum diag_kind {
	DIAG_CONFIG,   /* 5 */
	DIAG_SECURITY, /* 6 */
	DIAG_INCLUDE,  /* 6: a file that is missing or unusable under include checks */
	DIAG_REQUIRED, /* 2: without it the process cannot run (missing word, VRID, ...) */
	DIAG_MACHINE,  /* 0: depends on this machine (interface, user, script, host name) */
};

struct diag {
	enum diag_level level;
	enum diag_kind kind;
	struct span span;
	struct span other;      /* a second place ("first defined here"); line 0: none */
	const char *other_text; /* what the second place is */
	const char *text;
};

struct diags;

struct diags *diags_new(void);
void diags_free(struct diags *);
/*
 * Returns the new entry so that a second place can be added; valid until the next call. The same
 * text at the same span is kept once. d may be NULL: nothing is kept, the result is NULL. So it is
 * when there are too many already; diag_also takes that.
 */
struct diag *diag_add(struct diags *, enum diag_level, enum diag_kind, struct span, const char *fmt,
	...) PRINTF_LIKE(5, 6);
#define diag_error(d, span, ...)   diag_add((d), DIAG_ERROR, DIAG_CONFIG, (span), __VA_ARGS__)
#define diag_warning(d, span, ...) diag_add((d), DIAG_WARNING, DIAG_CONFIG, (span), __VA_ARGS__)
#define diag_note(d, span, ...)    diag_add((d), DIAG_NOTE, DIAG_CONFIG, (span), __VA_ARGS__)
/* Nothing happens when either is NULL. The text is copied. */
void diag_also(struct diags *, struct diag *, struct span other, const char *text);

size_t diags_count(const struct diags *);
const struct diag *diags_at(const struct diags *, size_t i); /* by position; those without last */
unsigned diags_of_level(const struct diags *, enum diag_level);
/* The exit status for -t: 0 (nothing, notes, machine), 5, 6, 2; the worst of 2, 6, 5, 0 wins. */
int diags_status(const struct diags *);

void diags_print(const struct diags *, const struct text *, FILE *); /* terminal form */
void diags_log(const struct diags *, const struct text *);           /* through lib/log.h */

#endif
