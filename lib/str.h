/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Slices of text that somebody else owns, a growing buffer, and number parsing that never guesses. */
#ifndef LIB_STR_H
#define LIB_STR_H

#include <stdarg.h>

#include "lib/base.h"

struct slice {
	const char *p;
	size_t n;
};

static inline struct slice slice(const char *p, size_t n)
{
	return (struct slice){ p, n };
}
struct slice slice_str(const char *s);

/* Grows as needed; text is always NUL terminated. Start with all zeros, end with strbuf_free. */
struct strbuf {
	char *text;
	size_t len, cap;
};

void strbuf_add(struct strbuf *, const char *p, size_t n);
void strbuf_reserve(struct strbuf *, size_t n); /* n more bytes will come: grow once */
void strbuf_puts(struct strbuf *, const char *s);
void strbuf_putc(struct strbuf *, char c);
void strbuf_printf(struct strbuf *, const char *fmt, ...) PRINTF_LIKE(2, 3);
void strbuf_vprintf(struct strbuf *, const char *fmt, va_list ap);
const char *strbuf_str(const struct strbuf *); /* never NULL */
void strbuf_reset(struct strbuf *);            /* empty, memory kept */
void strbuf_free(struct strbuf *);

/* Copies at most size-1 bytes and terminates. Returns true when it fitted. */
bool str_copy(char *dst, size_t size, const char *src);

/*
 * Whole word, decimal, an optional leading '+'. 0, -EINVAL (not a number), -ERANGE (outside
 * min..max).
 */
int str_uint(const char *s, uint64_t min, uint64_t max, uint64_t *out);

/* Edit distance with transpositions, for suggestions; at most `limit`, else limit + 1. */
unsigned str_distance(const char *a, const char *b, unsigned limit);

#endif
