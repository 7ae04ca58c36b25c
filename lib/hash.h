/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Digests of a stream of bytes (OpenSSL EVP), and bytes as hexadecimal digits. */
#ifndef LIB_HASH_H
#define LIB_HASH_H

#include "lib/base.h"

enum hash_kind { HASH_MD5, HASH_SHA1, HASH_SHA256 };

#define HASH_MAX 32 /* bytes of the longest digest */

struct hash {
	void *ctx; /* NULL: not started */
};

int hash_start(struct hash *, enum hash_kind); /* 0, or -ENOTSUP when the library refuses it */
void hash_add(struct hash *, const void *bytes, size_t n);
size_t hash_end(struct hash *, uint8_t out[static HASH_MAX]); /* bytes written; releases */
void hash_drop(struct hash *); /* releases without a result; not started is fine */

/* Lower case; text holds 2 * n digits and a NUL. Returns text. */
char *hash_hex(const uint8_t *bytes, size_t n, char *text);

#endif
