/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/str.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 64

struct slice slice_str(const char *s)
{
	return slice(s, strlen(s));
}

void strbuf_reserve(struct strbuf *b, size_t n)
{
	size_t need = b->len + n + 1;
	size_t cap = b->cap ? b->cap : FIRST_CAPACITY;

	if (need <= b->cap)
		return;
	while (cap < need)
		cap *= 2;
	b->text = xrealloc(b->text, cap);
	b->cap = cap;
}

void strbuf_add(struct strbuf *b, const char *p, size_t n)
{
	strbuf_reserve(b, n);
	if (n)
		memcpy(b->text + b->len, p, n);
	b->len += n;
	b->text[b->len] = '\0';
}

void strbuf_puts(struct strbuf *b, const char *s)
{
	strbuf_add(b, s, strlen(s));
}

void strbuf_putc(struct strbuf *b, char c)
{
	strbuf_add(b, &c, 1);
}

void strbuf_vprintf(struct strbuf *b, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	strbuf_reserve(b, 0);
	n = vsnprintf(b->text + b->len, b->cap - b->len, fmt, ap);
	if (n > 0) {
		if ((size_t)n >= b->cap - b->len) {
			strbuf_reserve(b, (size_t)n);
			vsnprintf(b->text + b->len, b->cap - b->len, fmt, again);
		}
		b->len += (size_t)n;
	}
	b->text[b->len] = '\0';
	va_end(again);
}

void strbuf_printf(struct strbuf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	strbuf_vprintf(b, fmt, ap);
	va_end(ap);
}

const char *strbuf_str(const struct strbuf *b)
{
	return b->text ? b->text : "";
}

void strbuf_reset(struct strbuf *b)
{
	b->len = 0;
	if (b->text)
		b->text[0] = '\0';
}

void strbuf_free(struct strbuf *b)
{
	free(b->text);
	*b = (struct strbuf){0};
}

bool str_copy(char *dst, size_t size, const char *src)
{
	size_t n = strlen(src);
	bool fits = n < size;

	if (!size)
		return false;
	if (!fits)
		n = size - 1;
	memcpy(dst, src, n);
	dst[n] = '\0';
	return fits;
}

/* Digits up to the end of the word; a value beyond 64 bits becomes UINT64_MAX with *over set. */
static int parse_digits(const char *s, uint64_t *out, bool *over)
{
	uint64_t v = 0;

	*over = false;
	if (!*s)
		return -EINVAL;
	for (; *s; s++) {
		if (*s < '0' || *s > '9')
			return -EINVAL;
		if (__builtin_mul_overflow(v, 10u, &v) ||
			__builtin_add_overflow(v, (uint64_t)(*s - '0'), &v)) {
			*over = true;
			v = UINT64_MAX;
		}
	}
	*out = v;
	return 0;
}

int str_uint(const char *s, uint64_t min, uint64_t max, uint64_t *out)
{
	uint64_t v;
	bool over;
	int err = parse_digits(*s == '+' ? s + 1 : s, &v, &over);

	if (err)
		return err;
	if (over || v < min || v > max)
		return -ERANGE;
	*out = v;
	return 0;
}

/* Optimal string alignment: rows of the classic table, the last three kept. */
unsigned str_distance(const char *a, const char *b, unsigned limit)
{
	size_t la = strlen(a), lb = strlen(b), i, j;
	unsigned *rows, *older, *old, *row, *tmp, result;

	if ((la > lb ? la - lb : lb - la) > limit)
		return limit + 1;
	rows = xcalloc(3 * (lb + 1), sizeof(*rows));
	older = rows;
	old = older + lb + 1;
	row = old + lb + 1;
	for (j = 0; j <= lb; j++)
		row[j] = (unsigned)j;
	for (i = 1; i <= la; i++) {
		tmp = older;
		older = old;
		old = row;
		row = tmp;
		row[0] = (unsigned)i;
		for (j = 1; j <= lb; j++) {
			row[j] = MIN(
				MIN(old[j], row[j - 1]) + 1, old[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = MIN(row[j], older[j - 2] + 1);
		}
	}
	result = MIN(row[lb], limit + 1);
	free(rows);
	return result;
}
