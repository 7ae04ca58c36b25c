/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keyword tables: one row declares a keyword, and everything is derived from it: parsing, ranges,
 * defaults, suggestions, the printed configuration, the reload difference, the documentation.
 *
 * A block is a table of rows. Reading a block makes one object: a struct whose first member is
 * struct node, allocated in the arena of the parse. A row writes one field of that struct through
 * a codec (lib/types.h), or opens a block of its own. Entries of a list (an address with its
 * options) are objects as well: their rows are the options that follow on the same line.
 *
 * Nothing here knows a keyword. A row may have a hook, a block may have two; they see the
 * half-built tree and may add diagnostics.
 */
#ifndef LIB_SCHEMA_H
#define LIB_SCHEMA_H

#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/diag.h"
#include "lib/lex.h"
#include "lib/str.h"

struct block;
struct kw;
struct parse;

/* First member of every object of a tree. */
struct node {
	const struct block *block; /* its keyword table */
	struct node *next;         /* next in the same list, in order of the file */
	struct node *parent;
	const char *name;   /* key by which two trees are compared; NULL for the only one */
	struct span span;   /* where the block or entry begins */
	struct written *written; /* the keywords that stand in the text; read with schema_where */
};

/* The keywords of an object and the places where they were written last. */
struct written {
	uint16_t n, room;
	struct {
		int32_t row; /* its distance in bytes from the table of blocks, see schema.c */
		struct span span;
	} at[];
};

struct nodes {
	struct node *first, *last;
	uint32_t n;
	uint32_t refused; /* members that were written and dropped: an empty list has a reason */
};

/* for each member, in order; v is a pointer to the member's struct, whose first member is `node` */
#define nodes_for_each(v, list)                       \
	for ((v) = (__typeof__(v))(list)->first; (v); \
		(v) = (__typeof__(v))((struct node *)(v))->next)

void nodes_add(struct nodes *, struct node *);
/* Moves the members for which keep says false out of the list; for rules on a finished tree. */
void nodes_filter(struct nodes *, bool (*keep)(struct node *, void *ctx), void *ctx);

/* ---- codecs ------------------------------------------------------------------------------ */

/*
 * One keyword with its arguments, as it stands on a line. word[0] is the keyword itself; the words
 * of a KW_SCRIPT row are split by the rules of scripts.
 */
struct stmt {
	const struct lex_token *word;
	unsigned n;
};

static inline const char *stmt_word(const struct stmt *s, unsigned i)
{
	return s->word[i].s.p;
}

/* How text becomes a field and a field becomes text. */
struct codec {
	const char *name;
	unsigned words,
		most; /* arguments it needs and takes; the walker reports what does not fit */
	/* 0: stored; -1: refused, a diagnostic was added, the field is as before. */
	int (*parse)(
		struct parse *, struct node *, const struct kw *, void *field, const struct stmt *);
	/* Arguments only. False: there is nothing to say about this value. */
	bool (*print)(struct strbuf *, const struct kw *, const void *field);
	bool (*equal)(const struct kw *, const void *a, const void *b);
};

enum kw_flags {
	/* What a reload does with a change, from harmless to harsh; the worst of an object counts.
	 */
	KW_LIVE = 1 << 0,    /* the value is swapped */
	KW_EVENT = 1 << 1,   /* and the state machine hears of it */
	KW_RESTART = 1 << 2, /* the object starts again, alone */
	KW_OBJECTS = 1 << 3, /* members live a life of their own: no change of the parent */
	/* How often. Without a flag the last one wins. */
	KW_FIRST = 1 << 4, /* the first one wins, a second is an error */
	KW_ADD = 1 << 5,   /* values accumulate */
	KW_TWICE = 1 << 24, /* the last one wins, but a second is worth a warning */
	/* Kind of row. */
	/* For the documentation; the block's rules say what is missing. Of an option on a line: its
	 * value must be there. */
	KW_REQUIRED = 1 << 6,
	KW_FLAG = 1 << 7,        /* set by its presence; arguments are ignored */
	KW_ALIAS = 1 << 8,       /* another name of the row named by alias */
	KW_DEPRECATED = 1 << 9,  /* with KW_ALIAS: a note says which word to use */
	KW_OBSOLETE = 1 << 10,   /* no longer used: a note, no effect */
	KW_LATER = 1 << 11,      /* known, but without effect yet: one warning; a block is skipped */
	KW_HIDDEN = 1 << 12,     /* no keyword: compared, never read or printed (derived state) */
	KW_SECRET = 1 << 13,     /* masked when printed */
	KW_SCRIPT = 1 << 14,     /* the line has the quoting rules of scripts */
	/* A missing argument is a plain error, not DIAG_REQUIRED; of an option: only it is ignored. */
	KW_M0 = 1 << 15,
	KW_EXCESS = 1 << 16,     /* takes any number of arguments */
	KW_NO_DEFAULT = 1 << 17, /* nothing is stored before the keyword is seen */
	KW_LENIENT = 1 << 18,    /* a number followed by rubbish is an error, but is used */
	KW_CLAMP = 1 << 19,      /* out of range is an error, and the nearest value is used */
	KW_USE = 1 << 20,        /* out of range is an error, and the default is used */
	KW_ZERO = 1 << 25,       /* 0 is below the range; an error, and 1 (second) is used */
	KW_DROP = 1 << 21,       /* option of an entry: a bad value drops the entry */
	KW_POSITION = 1 << 23, /* with KW_HIDDEN: documents what stands there without a keyword */
	KW_IDLE = 1 << 22,       /* read and stored, but nothing acts on it yet: one warning for the row */
};

struct kw {
	const char *name;
	const struct codec *codec; /* NULL: a block, an alias, or a row without effect */
	const struct block *block; /* of a row that opens a block */
	uint32_t offset;           /* of the field in the object's struct */
	uint32_t size;             /* of the field */
	uint32_t flags;
	int64_t min, max;  /* numbers as stored; times in nanoseconds */
	int64_t res;       /* times: resolution; what is finer is rounded */
	int64_t def;       /* stored when the object is made, unless KW_NO_DEFAULT */
	const char *alias; /* of a KW_ALIAS row: the row it stands for */
	const void *arg;   /* the codec's own, e.g. a table of words */
	/* Rows of options that may follow on the line, read by the codec with schema_options; their
	 * offsets count from this row's field. NULL: none. */
	const struct block *options;
	/* After the value was stored (or the block was closed); may complain. */
	void (*hook)(struct parse *, struct node *, const struct kw *, const struct stmt *);
	const char *args;  /* in the notation of the manual page */
	const char *deflt; /* default as documentation has it; NULL: derived from def */
	const char *unit;
	const char *doc; /* one sentence */
};

enum block_flags {
	BLOCK_MERGE = 1 << 0,   /* there is one object; writing the block again adds to it */
	BLOCK_SAME = 1 << 1,    /* its rows write fields of the parent's struct */
	BLOCK_ENTRIES = 1 << 2, /* no braces of its own: an entry of a list, options on one line */
	BLOCK_WORDS = 1 << 3,   /* with BLOCK_ENTRIES: every word is an entry */
	BLOCK_LINES = 1 << 5, /* no keywords: every line is an entry of the list of its only row */
	BLOCK_REPLACE =
		1 << 4, /* with BLOCK_MERGE: a second block is an error, replaces the first */
};

struct block {
	const char *name; /* path as in the manual: "virtual_server/real_server" */
	const struct kw *kw;
	unsigned n_kw;
	size_t size; /* of the object's struct; 0 with BLOCK_SAME */
	uint32_t flags;
	/*
	 * Takes the words after the keyword (of an entry: the whole line) and sets node->name.
	 * Returns the number of words used, or -1: refused, a diagnostic was added; the block is
	 * skipped. NULL: the block takes no words.
	 */
	int (*open)(struct parse *, struct node *, const struct stmt *);
	/* At the closing brace. False: the object is dropped; a diagnostic was added. */
	bool (*close)(struct parse *, struct node *);
	/* What open took, for printing. NULL: node->name. */
	void (*print)(struct strbuf *, const struct node *);
	/* Two objects whose names met: derived state that no row shows; NULL: none. Returns
	 * kw_flags. */
	unsigned (*compare)(const struct node *a, const struct node *b);
};

/* ---- reading ----------------------------------------------------------------------------- */

struct parse {
	struct arena *arena;
	struct diags *diags;
	const struct text *text;
	void *user; /* the conf */
	/* The nth word (from 0) that people mean when they write this one ("notify_slave"); NULL: no
	 * more. May be NULL itself. */
	const char *(*guess)(const char *word, unsigned nth);
	/* Set by schema_parse. */
	struct lex *lex;
	struct names *names;  /* every name of every list, for duplicates */
	struct level *level;  /* the innermost open block */
	struct level *unwind; /* a missing brace was noticed: go back to that level */
	struct span suspect;  /* a block that looks as if its brace were missing */
	const char *suspect_name;
	int lacking; /* '}' of the whole text, once they were counted; reported ones left out */
	bool counted;
	unsigned scratch; /* inside a block that is checked but not kept */
	const struct kw **told; /* rows without effect that were reported */
	uint32_t n_told;
};

/* Reads the whole text into root, made by schema_new with the table of the top level. */
void schema_parse(struct parse *, struct node *root);

/*
 * For codecs with options on the same line: words from i on are rows of b, stored at base plus
 * their offset. Unknown words are reported and skipped. False: a value was missing, or a KW_DROP
 * row was refused; a diagnostic was added.
 */
bool schema_options(struct parse *, struct node *, const struct block *b, void *base,
	const struct stmt *, unsigned i);
/* The same written again; fields of zero bytes were not said and are left out. */
void schema_print_options(struct strbuf *, const struct block *b, const void *base);

/* A zeroed object of that block with its defaults. Not in any list yet. */
struct node *schema_new(struct arena *, const struct block *, struct node *parent);
/* The member of that name which the parse put into the list first; NULL: none. O(1). */
struct node *schema_named(const struct parse *, const struct nodes *, const char *name);
/* Finds a row by name, aliases included; NULL: no such keyword in this block. */
const struct kw *schema_kw(const struct block *, const char *name);
/* Where the keyword was written last in that object; line 0: it was not. */
struct span schema_where(const struct node *, const char *keyword);
/*
 * Written, and taken. A place of no length says that it was meant, but refused or mistyped: it then
 * has its default, is not printed as written, and rules should not complain again that it is missing.
 */
static inline bool schema_given(const struct node *n, const char *keyword)
{
	struct span where = schema_where(n, keyword);

	return where.line && where.len;
}
static inline bool schema_meant(const struct node *n, const char *keyword)
{
	return schema_where(n, keyword).line != 0;
}
/* A keyword that was not written got its value from what stands at `by`: it is printed from now on.
 */
void schema_imply(struct arena *, struct node *, const char *keyword, struct span by);
/* Notes that the row was written there; entries of lists keep no such notes. */
void schema_mark(struct arena *, struct node *, const struct kw *, struct span);
/* Where that row was written; line 0: it was not. */
struct span schema_where_row(const struct node *, const struct kw *);
/* schema_given of a row. */
static inline bool schema_written(const struct node *n, const struct kw *kw)
{
	struct span where = schema_where_row(n, kw);

	return where.line && where.len;
}
/* where, or the beginning of the object when the keyword was not written. */
struct span schema_place(const struct node *, const char *keyword);
/* The word nearest to an unknown one among the rows of this block; NULL: none is near. */
const char *schema_nearest(const struct block *, const char *word);
/* Where this keyword is valid, "at the top level" or "in A, B"; the number of these blocks. */
unsigned schema_homes(const struct block *root, const char *word, struct strbuf *);

/* The field of a row in an object. */
static inline void *kw_field(const struct kw *kw, const struct node *n)
{
	return (char *)(uintptr_t)n + kw->offset;
}

/* A number into a field of 1, 2, 4 or 8 bytes, signed or not. */
void kw_store(const struct kw *, void *field, int64_t v);

/* Every row of a block and of its BLOCK_SAME tables. */
struct kw_iter {
	const struct block *block, *same;
	unsigned i, j;
};
/* Start with { .block = b }. NULL at the end. */
const struct kw *kw_next(struct kw_iter *);

/* ---- printing ---------------------------------------------------------------------------- */

enum print_flags {
	PRINT_DEFAULTS = 1 << 0, /* values that were not written, as comments */
	PRINT_SECRETS = 1 << 1,  /* passwords in clear; the text can then be read back */
};

/* The object's keywords and blocks as configuration text that parses to an equal tree. */
void schema_print(struct strbuf *, const struct node *root, unsigned flags);
/* The arguments of one row as they are in force. False: there is nothing to say. */
bool schema_print_value(
	struct strbuf *, const struct node *, const struct kw *, unsigned flags);
/* One member of a list: an entry without its line end, or a whole block. */
void schema_print_member(struct strbuf *, const struct node *, unsigned flags);

struct json;
/*
 * The tree as an open JSON value: an object per block with its keywords and their values (numbers,
 * times in seconds, true and false, else text as it would be written), "_name" what stood before
 * the brace, "_defaults" the names of the keywords that were not written. Secrets are "***" without
 * PRINT_SECRETS; PRINT_DEFAULTS is always on.
 */
void schema_print_json(struct json *, const struct node *root, unsigned flags);

/* ---- comparing --------------------------------------------------------------------------- */

enum schema_change {
	CHANGE_NONE,
	CHANGE_LIVE,
	CHANGE_EVENT,
	CHANGE_RESTART,
	CHANGE_ADDED,
	CHANGE_REMOVED,
};

/*
 * Two objects of one block: the worst change among their rows, list entries and nested blocks
 * included, except lists marked KW_OBJECTS (real servers, checkers), which are objects of their
 * own. changed, when given, is called for every row that differs.
 */
typedef void schema_changed(void *ctx, const struct kw *);
enum schema_change schema_compare(const struct node *old, const struct node *new);
enum schema_change schema_changes(
	const struct node *old, const struct node *new, schema_changed *changed, void *ctx);

/*
 * Two lists: members meet by name (those without by position). old or new is NULL for added and
 * removed ones. Removed come first, then the new list in its order.
 */
typedef void schema_met(
	void *ctx, const struct node *old, const struct node *new, enum schema_change);
void schema_diff(const struct nodes *old, const struct nodes *new, schema_met *, void *ctx);
/* The same over whole trees: every object of every list marked KW_OBJECTS, parents first. */
void schema_diff_tree(const struct node *old, const struct node *new, schema_met *, void *ctx);

/* Finds members of a list by name; for lists long enough to mind. */
struct node_map;
struct node_map *node_map_new(const struct nodes *);
struct node *node_map_find(const struct node_map *, const char *name);
void node_map_free(struct node_map *);

/* ---- rows -------------------------------------------------------------------------------- */

/* 0, or no constant expression at all when the condition is false. */
#define KW_MUST(cond)          (sizeof(char[(cond) ? 1 : -1]) - 1)
#define KW_IS(st, field, type) __builtin_types_compatible_p(__typeof__(((st *)0)->field), type)
#define KW_AT(st, field, cond) \
	.offset = offsetof(st, field) + KW_MUST(cond), .size = sizeof(((st *)0)->field)
#define KW_IS_UINT(st, field)                                                                     \
	(KW_IS(st, field, uint8_t) || KW_IS(st, field, uint16_t) || KW_IS(st, field, uint32_t) || \
		KW_IS(st, field, uint64_t))

/* st: struct type; field: its member; lo, hi, dflt in the unit of the field. */
#define KW_UINT(kwname, st, fld, lo, hi, dflt, fl, un, ar, dc)                                    \
	{                                                                                         \
		.name = kwname, .codec = &codec_uint, KW_AT(st, fld, KW_IS_UINT(st, fld)),        \
		.min = lo, .max = hi, .def = dflt, .flags = fl, .unit = un, .args = ar, .doc = dc \
	}
#define KW_INT(kwname, st, fld, lo, hi, dflt, fl, un, ar, dc)                                     \
	{                                                                                         \
		.name = kwname, .codec = &codec_int, KW_AT(st, fld, KW_IS(st, fld, int)),         \
		.min = lo, .max = hi, .def = dflt, .flags = fl, .unit = un, .args = ar, .doc = dc \
	}
/* The same, with a default that stands for something else. */
#define KW_UINT_OR(kwname, st, fld, lo, hi, dflt, df, fl, un, ar, dc)                             \
	{                                                                                         \
		.name = kwname, .codec = &codec_uint, KW_AT(st, fld, KW_IS_UINT(st, fld)),        \
		.min = lo, .max = hi, .def = dflt, .deflt = df, .flags = fl, .unit = un,          \
		.args = ar, .doc = dc                                                             \
	}
#define KW_INT_OR(kwname, st, fld, lo, hi, dflt, df, fl, un, ar, dc)                              \
	{                                                                                         \
		.name = kwname, .codec = &codec_int, KW_AT(st, fld, KW_IS(st, fld, int)),         \
		.min = lo, .max = hi, .def = dflt, .deflt = df, .flags = fl, .unit = un,          \
		.args = ar, .doc = dc                                                             \
	}
/* Seconds; rs is the resolution: SEC(1) takes whole numbers only. */
#define KW_TIME(kwname, st, fld, rs, lo, hi, dflt, fl, ar, df, dc)                            \
	{                                                                                     \
		.name = kwname, .codec = &codec_time, KW_AT(st, fld, KW_IS(st, fld, ktime)),  \
		.res = rs, .min = lo, .max = hi, .def = dflt, .flags = fl, .unit = "seconds", \
		.args = ar, .deflt = df, .doc = dc                                            \
	}
#define KW_BOOL(kwname, st, fld, fl, dc)                                                    \
	{                                                                                   \
		.name = kwname, .codec = &codec_bool, KW_AT(st, fld, KW_IS(st, fld, bool)), \
		.flags = fl, .args = "[bool]", .deflt = "off", .doc = dc                    \
	}
#define KW_SET(kwname, st, fld, fl, dc)                                                           \
	{                                                                                         \
		.name = kwname, .codec = &codec_set, KW_AT(st, fld, KW_IS(st, fld, bool)),        \
		.flags = (fl) | KW_FLAG, .args = "(arguments ignored)", .deflt = "off", .doc = dc \
	}
/* On, off, or -1: not said. */
#define KW_TRI(kwname, st, fld, fl, df, dc)                                                    \
	{                                                                                      \
		.name = kwname, .codec = &codec_tristate, KW_AT(st, fld, KW_IS(st, fld, int)), \
		.def = -1, .flags = fl, .args = "[bool]", .deflt = df, .doc = dc               \
	}
#define KW_STRING(kwname, st, fld, longest, fl, ar, df, dc)                                \
	{                                                                                  \
		.name = kwname, .codec = &codec_string,                                    \
		KW_AT(st, fld, KW_IS(st, fld, const char *)), .max = longest, .flags = fl, \
		.args = ar, .deflt = df, .doc = dc                                         \
	}
#define KW_IFNAME(kwname, st, fld, fl, df, dc)                                        \
	{                                                                             \
		.name = kwname, .codec = &codec_ifname,                               \
		KW_AT(st, fld, KW_IS(st, fld, const char *)), .max = 15, .flags = fl, \
		.args = "<ifname>", .deflt = df, .doc = dc                            \
	}
#define KW_ADDR(kwname, st, fld, fl, ar, df, dc)                                                   \
	{                                                                                          \
		.name = kwname, .codec = &codec_addr, KW_AT(st, fld, KW_IS(st, fld, struct addr)), \
		.flags = fl, .args = ar, .deflt = df, .doc = dc                                    \
	}
/* One of a table of words; the field is an int-sized enum or an unsigned number. */
#define KW_ENUM(kwname, st, fld, words, dflt, fl, ar, dc)                                          \
	{                                                                                          \
		.name = kwname, .codec = &codec_enum, KW_AT(st, fld, sizeof(((st *)0)->fld) <= 4), \
		.arg = words, .def = dflt, .flags = fl, .args = ar, .doc = dc                      \
	}
/* A bit of a uint32_t. */
#define KW_BIT(kwname, st, fld, bit, fl, dc)                                                   \
	{                                                                                      \
		.name = kwname, .codec = &codec_bit, KW_AT(st, fld, KW_IS(st, fld, uint32_t)), \
		.max = bit, .flags = (fl) | KW_FLAG | KW_NO_DEFAULT, .deflt = "off", .doc = dc \
	}
/* Any other codec; type is what the codec expects the field to be. */
#define KW_OF(kwname, st, fld, type, cdc, fl, ar, df, dc)                            \
	{                                                                            \
		.name = kwname, .codec = &cdc, KW_AT(st, fld, KW_IS(st, fld, type)), \
		.flags = (fl) | KW_NO_DEFAULT, .args = ar, .deflt = df, .doc = dc    \
	}
/* A list of objects. */
#define KW_LIST(kwname, st, fld, blk, fl, ar, dc)                                            \
	{                                                                                    \
		.name = kwname, .block = &blk, KW_AT(st, fld, KW_IS(st, fld, struct nodes)), \
		.flags = (fl) | KW_ADD, .args = ar, .doc = dc                                \
	}
/* One object inside the parent's struct. */
#define KW_ONE(kwname, st, fld, blk, fl, ar, dc)                                           \
	{                                                                                  \
		.name = kwname, .block = &blk, .flags = (fl), .offset = offsetof(st, fld), \
		.size = sizeof(((st *)0)->fld), .args = ar, .doc = dc                      \
	}
/* A block whose rows write the parent's struct. */
#define KW_SAME(kwname, blk, fl, ar, dc)                                            \
	{                                                                           \
		.name = kwname, .block = &blk, .flags = (fl), .args = ar, .doc = dc \
	}
#define KW_OTHER(kwname, of, fl)                                      \
	{                                                             \
		.name = kwname, .alias = of, .flags = (fl) | KW_ALIAS \
	}
#define KW_GONE(kwname, dc)                                     \
	{                                                       \
		.name = kwname, .flags = KW_OBSOLETE, .doc = dc \
	}
/* What an entry begins with or a word of free choice, in angle brackets: "<ip[/len]>". */
#define KW_WORD(kwname, fl, ar, df, dc)                                                       \
	{                                                                                     \
		.name = kwname, .flags = (fl) | KW_HIDDEN | KW_POSITION, .args = ar,          \
		.deflt = df, .doc = dc                                                        \
	}
#define KW_NOTYET(kwname)                         \
	{                                         \
		.name = kwname, .flags = KW_LATER \
	}

#endif
