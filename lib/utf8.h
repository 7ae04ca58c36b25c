/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Characters of UTF-8 text that may be none (RFC 3629). */
#ifndef LIB_UTF8_H
#define LIB_UTF8_H

#include "lib/base.h"

/*
 * The character at p, of n bytes (not 0), and the bytes it takes. What is no UTF-8 (a stray byte,
 * an overlong form, a surrogate) gives 0 and one byte; so does the character NUL.
 */
uint32_t utf8_decode(const char *p, size_t n, size_t *len);

#endif
