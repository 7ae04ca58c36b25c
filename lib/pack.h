/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers and strings to bytes and back, between processes of one build (native byte order).
 * A reader never runs over its end: the first bad read sets `bad`, and everything after it yields
 * zeros and empty strings, so a caller checks once at the end.
 */
#ifndef LIB_PACK_H
#define LIB_PACK_H

#include "lib/str.h"

struct unpack {
	const unsigned char *p;
	size_t left;
	bool bad;
};

void pack_u32(struct strbuf *, uint32_t);
void pack_u64(struct strbuf *, uint64_t);
void pack_i64(struct strbuf *, int64_t);
void pack_bytes(struct strbuf *, const void *, size_t n); /* length, then bytes */
void pack_str(struct strbuf *, const char *s);            /* NULL and "" stay different */

struct unpack unpack_start(const void *, size_t n);
uint32_t unpack_u32(struct unpack *);
uint64_t unpack_u64(struct unpack *);
int64_t unpack_i64(struct unpack *);
struct slice unpack_bytes(struct unpack *);   /* points into the input */
const char *unpack_str(struct unpack *);      /* points into the input, NUL terminated; NULL stays NULL */

#endif
