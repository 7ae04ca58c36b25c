/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words and braces of a configuration text.
 *
 * The stream is WORD+ EOL for every line of words, and OPEN or CLOSE alone for every brace outside
 * double quotes, wherever it stands on its line; there are no empty lines. So `k{a` is WORD EOL
 * OPEN WORD EOL, and whether a block follows a keyword is seen by peeking after the EOL. A
 * `${NAME}` that was never defined stays one word (lib/source.c has reported it).
 *
 * Comments, byte order marks, line ends and look-alike characters are settled by lib/source.c: what
 * arrives here is plain. Oddities seen here are a missing closing quote (error; the rest of the
 * line is dropped) and a brace that touches the word before it (note).
 *
 * A word that begins with '@' or '~' and is unknown was most likely meant as a condition or a
 * sequence, which are looked at only where they are written, never in what a definition yields.
 */
#ifndef LIB_LEX_H
#define LIB_LEX_H

#include "lib/arena.h"
#include "lib/text.h"

struct lex;

enum lex_kind {
	LEX_WORD,
	LEX_OPEN,  /* { */
	LEX_CLOSE, /* } */
	LEX_EOL,   /* only after words */
	LEX_EOF,   /* for ever after; its span is the last line */
};

struct lex_token {
	enum lex_kind kind;
	bool quoted;      /* stood in double quotes; may then be empty */
	bool first;       /* first token on its line of the file */
	bool glued;       /* OPEN without a blank before it: `TCP_CHECK{` */
	bool unclosed;    /* EOL: a quote was not closed, words are missing here; it was reported */
	uint32_t indent;  /* columns before the line's first token, tabs count to the next eighth */
	struct slice s;   /* WORD: without quotes, NUL terminated, in the arena; else "{", "}", "" */
	struct span span; /* with quotes */
};

/* Text, arena and diags are borrowed; words live in the arena. diags may be NULL: no messages. */
struct lex *lex_new(const struct text *, struct arena *, struct diags *);
void lex_free(struct lex *);
struct lex_token lex_next(struct lex *);
struct lex_token lex_peek(struct lex *); /* gives no message */

/*
 * The words up to the EOL, which is consumed; a brace is not. The array lives in the lexer until
 * the next call of this or lex_split. Behind the last word, not counted, stands the token that
 * ended them (for its span and `unclosed`).
 */
size_t lex_words(struct lex *, const struct lex_token **words);
void lex_skip_line(struct lex *); /* the same without looking at them; no message */
/* After OPEN: to behind the matching CLOSE, no message. False when the text ends before. */
bool lex_skip_block(struct lex *);

/* Opening less closing braces of the whole text. */
int lex_balance(struct lex *);

/* To look ahead further than one token, and come back. */
struct lex_mark {
	uint32_t line, pos;
	bool words; /* of this line were taken, so an EOL is due */
};
struct lex_mark lex_mark(const struct lex *);
void lex_rewind(struct lex *, struct lex_mark);

/*
 * What is left of the line, up to a brace outside double quotes, as written and without blanks
 * around it; it points into the text. The EOL is consumed. Inside double quotes \" does not end
 * the quote. For values that are split by the rules of scripts. False when nothing is left; the
 * span is then where it would stand.
 */
bool lex_raw(struct lex *, struct slice *raw, struct span *);

/*
 * Words by the rules of scripts: ' and " both quote and join with what touches them, a backslash
 * protects the next character (and goes before a quote, a backslash or a blank). 0, or
 * -EINVAL with a message when a quote is not closed; the words are given even then. words is
 * allocated in the arena, may be NULL when there are none.
 */
int lex_split(struct lex *, struct slice raw, struct span, struct lex_token **words, size_t *n);

/*
 * One such word split once more by the same rules, with \a \b \E \f \n \r \t \v, \ooo, \xHH, \cC
 * decoded and \C standing for C: program and arguments, NULL terminated, in the arena.
 * An escape that yields a NUL byte is dropped. 0 or -EINVAL with a message (quote not closed).
 */
int lex_split_command(struct lex *, const struct lex_token *word, const char ***argv, size_t *argc);

#endif
