/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Configuration text after includes, conditions, definitions and sequences: logical lines, each
 * with the place it came from. It is made once, by the loader, travels in a sealed memory file,
 * and is parsed by every process that needs it; none of them reads a file again.
 */
#ifndef LIB_TEXT_H
#define LIB_TEXT_H

#include "lib/arena.h"
#include "lib/diag.h"
#include "lib/pack.h"

struct text_file {
	const char *name;
	uint32_t from_file; /* index of the including file; UINT32_MAX: the main file */
	uint32_t from_line; /* 1-based line of the include there */
};

struct text_line {
	const char *s; /* not terminated by a line end, but by NUL */
	uint32_t len;
	uint32_t file;      /* index into files */
	uint32_t lineno;    /* 1-based line in that file */
	uint32_t col;       /* bytes before s on the line as it stands in the file */
	uint32_t indent;    /* columns before the line as written, tabs count to the next eighth */
	uint32_t same;      /* leading bytes of s that stand at col in the file */
	uint32_t expansion; /* index + 1 into expansions; 0: no definition had a part in it */
	uint32_t number;    /* its own, 1-based */
	bool inner;         /* not the beginning of its line: a piece behind a brace */
	bool shadow;        /* not configuration: only there for a message to point at */
};

struct text_expansion {
	const char *what;      /* "$NAME" or "~SEQ(...)" */
	const char *written;   /* that line of the definition or loop, as written */
	uint32_t file, lineno; /* where it stands */
	uint32_t parent;       /* index + 1 of what the use stands in; smaller than its own; 0: none */
	bool part;             /* replaced some words of a line; otherwise all of it came from here */
};

struct facts;

struct text {
	struct text_file *files;
	struct text_expansion *expansions;
	uint32_t n_files, n_lines, n_expansions;
	struct facts *facts; /* what the machine said about names in it (lib/facts.h) */
	/* private */
	uint32_t max_files, max_expansions; /* room in the arrays */
	struct text_lines *lines;
	struct arena *arena;                           /* private: what the strings live in */
};

/*
 * 1-based; NULL: no such line. Lines are kept packed: what this returns is good until TEXT_AT_ONCE
 * others have been asked for, and a text is read by one thread at a time. s stays.
 */
#define TEXT_AT_ONCE 8
const struct text_line *text_line_at(const struct text *, uint32_t line);
/* 1-based column in the file of a byte of a line; what was expanded counts as its first byte. */
uint32_t text_column(const struct text_line *, uint32_t col);

/* Building; strings are borrowed and must live as long as the text, e.g. in its arena. */
struct text *text_new(void);
void text_free(struct text *); /* NULL is allowed */
uint32_t text_add_file(struct text *, struct text_file); /* its index */
uint32_t text_add_line(struct text *, struct text_line); /* 1-based; s is copied */
uint32_t text_add_expansion(struct text *, struct text_expansion); /* index + 1 */
void text_expect(struct text *, size_t bytes); /* so many more bytes of lines are likely to come */

/*
 * To bytes and back. The bytes are what pack appends to the buffer, then what it returns: the lines,
 * which are not copied and last until the text is changed. unpack points into the bytes, which must
 * outlive the text; NULL when damaged. Every index in a text that comes back is good.
 */
struct slice text_pack(struct strbuf *, const struct text *);
struct text *text_unpack(struct unpack *);

/*
 * Reading (lib/source.c): comments go, look-alike characters become what they look like, includes,
 * conditions, definitions and sequences are done. The diagnostics carry spans of the text that
 * comes back.
 */
struct source_options {
	const char *config_id;   /* -i, or the short host name; decides @id lines */
	bool check_all_includes; /* -e */
	uint32_t max_lines;      /* of the expanded text; 0: SOURCE_MAX_LINES */
	uint64_t max_bytes;      /* read and produced in all; 0: SOURCE_MAX_BYTES */
};

#define SOURCE_MAX_LINES (16u * 1024 * 1024)
#define SOURCE_MAX_BYTES (UINT64_C(4) * 1024 * 1024 * 1024)

/* Never NULL: an unreadable main file gives an empty text, an error of kind DIAG_INCLUDE and
 * *status = -errno (0 otherwise). */
struct text *source_read(const char *path, const struct source_options *, struct diags *,
	int *status);
/* The same from memory, for tests and fuzzing; name is what messages call it. */
struct text *source_from_memory(const char *name, const char *bytes, size_t n,
	const struct source_options *, struct diags *);

/* What makes an include fatal: a bit for each thing that is asked of it. */
enum include_check {
	CHECK_READ = 1,
	CHECK_MATCH = 2,
	CHECK_WILDCARD = 4,
	CHECK_BRACE = 8,
	CHECK_ALL = 15,
};

/* One argument of include_check, applied to a set of enum include_check; false: unknown word. */
bool source_check_word(unsigned *set, const char *s, size_t n, bool first);

#endif
