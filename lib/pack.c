/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/pack.h"

#include <string.h>

/* A string is packed as its length with the terminator, so 0 is left to mean NULL. */

void pack_u32(struct strbuf *b, uint32_t v)
{
	strbuf_add(b, (const char *)&v, sizeof(v));
}

void pack_u64(struct strbuf *b, uint64_t v)
{
	strbuf_add(b, (const char *)&v, sizeof(v));
}

void pack_i64(struct strbuf *b, int64_t v)
{
	pack_u64(b, (uint64_t)v);
}

void pack_bytes(struct strbuf *b, const void *p, size_t n)
{
	pack_u64(b, n);
	strbuf_add(b, p, n);
}

void pack_str(struct strbuf *b, const char *s)
{
	pack_bytes(b, s, s ? strlen(s) + 1 : 0);
}

struct unpack unpack_start(const void *p, size_t n)
{
	return (struct unpack){.p = p, .left = n};
}

/* The next n bytes, or NULL from the first bad read on. */
static const void *take(struct unpack *u, uint64_t n)
{
	const unsigned char *p = u->p;

	if (u->bad || n > u->left) {
		u->bad = true;
		return NULL;
	}
	if (n)
		u->p += n;
	u->left -= (size_t)n;
	return p;
}

uint32_t unpack_u32(struct unpack *u)
{
	const void *p = take(u, sizeof(uint32_t));
	uint32_t v = 0;

	if (p)
		memcpy(&v, p, sizeof(v));
	return v;
}

uint64_t unpack_u64(struct unpack *u)
{
	const void *p = take(u, sizeof(uint64_t));
	uint64_t v = 0;

	if (p)
		memcpy(&v, p, sizeof(v));
	return v;
}

int64_t unpack_i64(struct unpack *u)
{
	return (int64_t)unpack_u64(u);
}

struct slice unpack_bytes(struct unpack *u)
{
	uint64_t n = unpack_u64(u);
	const char *p = take(u, n);

	return p ? slice(p, (size_t)n) : slice("", 0);
}

const char *unpack_str(struct unpack *u)
{
	struct slice s = unpack_bytes(u);

	if (u->bad)
		return "";
	if (s.n == 0)
		return NULL;
	if (memchr(s.p, '\0', s.n) != s.p + s.n - 1) {
		u->bad = true;
		return "";
	}
	return s.p;
}
