/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Private to lib/source*.c, which turn files into a struct text:
 *   source.c         the stack of things being read, and what happens to one line
 *   source_line.c    from bytes to lines: comments, line ends, look-alike characters
 *   source_define.c  definitions
 *   source_use.c     their use, and the predefined names
 *   source_loop.c    the loops ~SEQ ~SEQx ~LST
 *   source_include.c patterns, files and the include checks
 */
#ifndef LIB_SOURCE_H
#define LIB_SOURCE_H

#include "lib/text.h"

/* Text of one line and where it stands. */
struct src_line {
	char *s; /* without blanks around it; its escapes \# and \! are kept until the very end */
	size_t n;
	uint32_t file, lineno; /* what the operator wrote: the use, not the definition */
	uint32_t col, indent;
	uint32_t expansion; /* as in struct text_line */
	bool exact; /* s stands at col of that line; otherwise col is where it is used */
	bool inner; /* as in struct text_line */
	bool whole; /* reaches to the end of its line: s[n] may be overwritten */
};

/* A definition as it was last written. A use of many lines goes on with the ones it began with. */
struct def {
	struct def *next; /* in its hash bucket */
	const char *name;
	const char *what; /* "$NAME" */
	bool multi;
	struct src_line *lines; /* a single-line one has one */
	uint32_t n, max;
	char *value; /* memory of a loop variable, behind lines[0].s */
	size_t room;
};

#define DEF_BUCKETS 256

/* The values of ~SEQ and ~LST. */
struct src_loop {
	struct def **vars;
	uint32_t n_vars;
	bool hex;
	int64_t at, end, step; /* ~LST counts rows */
	uint64_t left;         /* times it will still be run */
	struct slice *rows;    /* ~LST: n_vars values for each; NULL: ~SEQ */
};

enum frame_kind { FRAME_FILE, FRAME_FILES, FRAME_LINES, FRAME_LOOP };

/* Something that yields lines, on a stack: the topmost is read. */
struct frame {
	enum frame_kind kind;
	/* FRAME_FILE */
	char *bytes;
	size_t n, pos;
	uint32_t file, lineno;
	const char *dir, *pwd; /* prefix of relative includes, with /, or ""; ${_PWD} */
	uint64_t dev, ino;     /* 0, 0: from memory */
	unsigned saved_checks;
	bool has_nul, crlf;
	/* FRAME_FILES: what an include matched; FRAME_LINES: index into the definition */
	char **paths;
	uint32_t at, n_at;
	unsigned checks;
	const struct src_line *lines;
	const char *what; /* "$NAME" */
	struct src_line use; /* where it is included, used or repeated; of a loop also the text */
	/* FRAME_LOOP */
	struct src_loop loop;
};

#define FRAMES_MAX 100 /* includes, definitions and loops inside each other */

struct source {
	struct text *text;
	struct arena *raw; /* the files as read, until all is read */
	struct diags *diags;
	const char *config_id;
	struct frame *frames;
	uint32_t n_frames, max_frames;
	struct def *defs[DEF_BUCKETS];
	unsigned checks; /* enum include_check */
	bool check_all;
	bool stopped;
	bool seeded; /* random_seed was read */
	uint64_t random;
	uint64_t bytes, max_bytes, turns, max_turns;
	uint32_t max_lines;
	unsigned endless; /* lines that were given up in substitution */
	struct src_line physical; /* the line being read, before anything is done to it */
	struct strbuf plain; /* a line without its escapes */
	struct strbuf out, rest;  /* of a substitution; rest is filled from its end */
	struct {
		const char *s;
		uint32_t index;
	} *expanded; /* the expansions by line and parent: open addressing, index 0: free */
	uint32_t n_slots;
};

/* A span for a message about part of a line that may never become part of the text. */
struct span src_span(struct source *, const struct src_line *, size_t at, size_t n);
void src_skip(struct src_line *, size_t n); /* n bytes and the blanks behind them */
bool src_blank(char c);
bool src_name_char(char c);
size_t src_name(const char *s, size_t n); /* length of the name at s, 0: none */
/* Leaves the definitions and loops that are being read. */
void src_unwind(struct source *);
/* NULL, with a message, when too many things stand inside each other. */
struct frame *src_push(struct source *, enum frame_kind, const struct src_line *use);
struct frame *src_file(struct source *); /* the innermost file */
/*
 * The expansion of a line of a definition or loop, used where `parent` is the expansion; the same
 * line (by the place of its text in memory) and parent give the same one.
 */
uint32_t src_expansion(struct source *, const struct src_line *defined, uint32_t parent,
	struct slice what, bool part);
/* Counts bytes made or read. False, with a message, when the limit is reached. */
bool src_spend(struct source *, const struct src_line *, uint64_t bytes);

/* source_line.c: the next line of a file. False at the end. */
bool src_read_line(struct source *, struct frame *, struct src_line *);
void src_open_bytes(struct source *, struct frame *); /* byte order marks; bytes and n are set */
size_t src_strip(char *s, size_t n);     /* length without comment and trailing blanks */
size_t src_unescape(char *s, size_t *n); /* \# and \!; returns the leading bytes unchanged */

/* source_define.c */
bool src_define(struct source *, struct src_line *, bool keep); /* true: it was a definition */
/* The variable of a loop; one that changes often keeps its memory. */
struct def *src_variable(struct source *, const char *name, size_t n);
void src_set_variable(struct source *, struct def *, const char *s, size_t n);
struct def *src_find(struct source *, const char *name, size_t n); /* NULL: not defined */

/* source_use.c */
void src_random_seed(struct source *, const struct src_line *); /* the keyword, if it is that */
/*
 * Replaces what is defined. False when the line has to be dropped (reported). *same: leading bytes
 * that did not change; equal to the old length when nothing was replaced, and then the line is as
 * before; otherwise s is valid until the next call. Pushes frames for definitions of many lines.
 */
bool src_substitute(struct source *, struct src_line *, size_t *same);

/* source_loop.c */
bool src_sequence(struct source *, const struct src_line *); /* true: it was one */
bool src_loop_next(struct source *, struct src_loop *); /* sets the variables; false: at the end */

/* source_include.c */
bool src_include(struct source *, const struct src_line *); /* true: it was one */
bool src_is_include(const struct src_line *);
void src_include_check(struct source *, const struct src_line *); /* the keyword, if it is that */
/* Opens the next file of a FRAME_FILES, unless there is none (false). */
bool src_next_file(struct source *, struct frame *);
/* Opens a file and pushes it: 0 or -errno, with a text for the message. */
int src_open(struct source *, const char *path, const struct src_line *use, const char **why);
void src_set_directory(struct source *, struct frame *, const char *path);

#endif
