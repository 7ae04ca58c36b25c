/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The value types that any configuration has: numbers, times, booleans, words, addresses. */
#ifndef LIB_TYPES_H
#define LIB_TYPES_H

#include "lib/addr.h"
#include "lib/schema.h"

/* A word and its value, for codec_enum; a table ends with a NULL word. */
struct enum_word {
	const char *word;
	int value;
	bool fold; /* any case */
};

extern const struct codec codec_uint;     /* uint8_t..uint64_t, range kw.min..kw.max */
extern const struct codec codec_int;      /* int */
extern const struct codec codec_time;     /* ktime, decimal seconds */
extern const struct codec codec_bool;     /* bool; absent means true */
extern const struct codec codec_set;      /* bool, true by its presence */
extern const struct codec codec_tristate; /* int: 0, 1, or -1 for "not said" */
extern const struct codec codec_bit;      /* uint32_t: the bit kw.max */
extern const struct codec codec_string;   /* const char *, at most kw.max bytes (0: any length) */
extern const struct codec codec_ifname;   /* const char *, 1..15 bytes */
extern const struct codec codec_addr;     /* struct addr; what follows '-' or '/' is cut off */
extern const struct codec codec_enum;     /* one of the words of kw.arg */
extern const struct codec codec_hidden;   /* compared by bytes, for KW_HIDDEN rows */

/*
 * One number by the rules of the language: decimal, range, KW_LENIENT, KW_ZERO, KW_CLAMP, KW_USE.
 * True when *out is to be stored; complaints are added.
 */
bool type_number(struct parse *, const struct kw *, const struct lex_token *, int64_t *out);
/* Decimal seconds with the row's resolution, likewise; whole seconds by the rules of numbers. */
bool type_time(struct parse *, const struct kw *, const struct lex_token *, int64_t *out);
/* true, on, yes: 1; false, off, no: 0; else -1. */
int type_bool(const char *word);
/* An address by the rules of servers and peers: from the first '-', else the first '/', cut off. */
int type_addr(struct addr *, const char *word);
/* Halves of the codecs above, for codecs that differ from one of them in a detail. */
int type_uint_parse(struct parse *, struct node *, const struct kw *, void *, const struct stmt *);
bool type_string_print(struct strbuf *, const struct kw *, const void *);
bool type_string_equal(const struct kw *, const void *, const void *);
bool type_addr_print(struct strbuf *, const struct kw *, const void *);
bool type_addr_equal(const struct kw *, const void *, const void *);
bool type_enum_print(struct strbuf *, const struct kw *, const void *);
bool type_same_bytes(const struct kw *, const void *, const void *); /* kw.size bytes */
/* Puts a word so that it reads back as one word. */
void print_word(struct strbuf *, const char *word);
/* Seconds, without trailing zeros. */
void print_time(struct strbuf *, ktime);

#endif
