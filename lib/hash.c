/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Digests through OpenSSL's EVP; a library in FIPS mode may refuse MD5. */
#include "lib/hash.h"

#include <errno.h>
#include <openssl/evp.h>

int hash_start(struct hash *h, enum hash_kind kind)
{
	static const EVP_MD *(*const digests[])(void) = {
		[HASH_MD5] = EVP_md5,
		[HASH_SHA1] = EVP_sha1,
		[HASH_SHA256] = EVP_sha256,
	};
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (!ctx || !EVP_DigestInit_ex(ctx, digests[kind](), NULL)) {
		EVP_MD_CTX_free(ctx);
		h->ctx = NULL;
		return -ENOTSUP;
	}
	h->ctx = ctx;
	return 0;
}

void hash_add(struct hash *h, const void *bytes, size_t n)
{
	EVP_DigestUpdate(h->ctx, bytes, n);
}

size_t hash_end(struct hash *h, uint8_t out[static HASH_MAX])
{
	unsigned n = 0;

	EVP_DigestFinal_ex(h->ctx, out, &n);
	hash_drop(h);
	return n;
}

void hash_drop(struct hash *h)
{
	EVP_MD_CTX_free(h->ctx);
	h->ctx = NULL;
}

char *hash_hex(const uint8_t *bytes, size_t n, char *text)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 15];
	}
	text[2 * n] = '\0';
	return text;
}
