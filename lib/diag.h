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
 *       in BLOCK of BLOCK
 *       expanded from $NAME at FILE:LINE
 *       included from FILE:LINE
 * in the daemon's log as `(FILE: Line N) TEXT`, or as JSON. What cannot be shown (control
 * characters, bytes that are no UTF-8, characters without width) is shown escaped (lib/visible.h).
 *
 * One line of a file may be expanded a thousand times, and each time be wrong. Messages are alike
 * when they say the same sentence (level, kind, format) about the same place of a file (name, line,
 * column); a few of them are shown, then how many more there are. All of them count.
 */
#ifndef LIB_DIAG_H
#define LIB_DIAG_H

#include <stdio.h>

#include "lib/str.h"

struct text;

struct span {
	uint32_t line;     /* 1-based line of the expanded text; 0: no position */
	uint32_t col : 20; /* 0-based byte in that line */
	uint32_t len : 12;
};

#define SPAN_COL_MAX 0xfffff /* what lies further right counts as being there */
#define SPAN_LEN_MAX 0xfff

static inline struct span span_at(uint32_t line, size_t col, size_t len)
{
	return (struct span){line, (uint32_t)MIN(col, (size_t)SPAN_COL_MAX) & SPAN_COL_MAX,
		(uint32_t)MIN(len, (size_t)SPAN_LEN_MAX) & SPAN_LEN_MAX};
}

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
	const char *hint; /* shown behind the text, in brackets; NULL: none */
	/* of diags_shown_at only: how many more are like it and not shown, said with the last one
	 */
	uint64_t more;
	uint32_t more_until; /* line of the file where the last of them stands; 0: all at its place
			      */
	/* private */
	struct likes *likes;
	uint64_t nth;
};

struct diags;

struct diags *diags_new(void);
void diags_free(struct diags *);
/*
 * Until a text is known, places are compared by the lines of the expanded text. The text is asked
 * whenever a message is added, and must live as long.
 */
void diags_of_text(struct diags *, const struct text *);
/*
 * Returns the entry so that a second place can be added; valid until the next call. The same text
 * at the same place is kept once. d may be NULL: nothing is kept, the result is NULL. So it is when
 * there are enough like it already, or too many in all; diag_also takes that.
 */
struct diag *diag_add(struct diags *, enum diag_level, enum diag_kind, struct span, const char *fmt,
	...) PRINTF_LIKE(5, 6);
/*
 * For what has one cause and yet turns up all over a file, such as a character that an editor put
 * there: those with the same text in the same file are alike, wherever they stand.
 */
struct diag *diag_spread(struct diags *, enum diag_level, struct span, const char *fmt, ...)
	PRINTF_LIKE(4, 5);
#define diag_error(d, span, ...)   diag_add((d), DIAG_ERROR, DIAG_CONFIG, (span), __VA_ARGS__)
#define diag_warning(d, span, ...) diag_add((d), DIAG_WARNING, DIAG_CONFIG, (span), __VA_ARGS__)
#define diag_note(d, span, ...)    diag_add((d), DIAG_NOTE, DIAG_CONFIG, (span), __VA_ARGS__)
/* Nothing happens when either is NULL, or there is a second place already. The text is copied. */
void diag_also(struct diags *, struct diag *, struct span other, const char *text);
/* How many were added so far, those included that were not kept. */
uint64_t diags_added(const struct diags *);
/*
 * Tells those that were added since diags_added was `from`, and point at or into that span, what is
 * likely wrong. False: there is none, or none was kept. The text is copied.
 */
bool diags_hint(struct diags *, uint64_t from, struct span, const char *hint);
/* Forgets those for which keep says false. */
void diags_keep(
	struct diags *, bool (*keep)(const struct diag *, const void *ctx), const void *ctx);
/*
 * A reader decided that the braces of the text are not what was meant: at that place, so many
 * blocks end without one (a negative number: the text goes on as if blocks were opened). For naming
 * the blocks around what comes later.
 */
void diags_braces(struct diags *, struct span before, int blocks);

size_t diags_count(const struct diags *);                    /* that were kept */
const struct diag *diags_at(const struct diags *, size_t i); /* by position; those without last */
/* The same without those that are enough of their like; NULL: no more. */
const struct diag *diags_shown_at(const struct diags *, size_t i);
uint64_t diags_of_level(const struct diags *, enum diag_level); /* kept or not */
uint64_t diags_left_out(const struct diags *); /* more than anybody reads: not kept at all */
/* The exit status for -t: 0 (nothing, notes, machine), 5, 6, 2; the worst of 2, 6, 5, 0 wins. */
int diags_status(const struct diags *);

struct diag_brace {
	struct span at;
	int blocks;
};

const struct diag_brace *diags_brace_at(const struct diags *, size_t i); /* in order; NULL */

void diags_print(const struct diags *, const struct text *, FILE *); /* terminal form */
void diags_log(const struct diags *, const struct text *);           /* through lib/log.h */
/*
 * One array with an object for each message, in the order of the text:
 *   file, line, column  as in the terminal; line 0: of the file as a whole; file null: of none
 *   level               "error", "warning", "note"
 *   kind                "config", "security", "include", "required", "machine"
 *   text                with the hint
 *   block               array of the blocks around the place, innermost first
 *   source, start, end  the line as it was read, and the place in it, in characters from 0
 *   expanded_from       array of {what, file, line}, innermost first
 *   included_from       array of {file, line}, innermost first
 *   also                null or another place {file, line, column, text, source, start, end}
 *   more                how many more like this one and those before it there are
 */
void diags_print_json(const struct diags *, const struct text *, FILE *);

#endif
