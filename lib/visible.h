/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text of unknown origin in a terminal or a log: control characters and bytes that are no UTF-8
 * become \xHH, characters that take no room, look like a blank or turn the direction of writing
 * become <U+XXXX>. Everything else stays.
 */
#ifndef LIB_VISIBLE_H
#define LIB_VISIBLE_H

#include "lib/str.h"

/* Adds the character at p, of n bytes, and says how many it took; the columns it needs (tab: 0). */
unsigned put_visible_char(struct strbuf *, const char *p, size_t n, size_t *len);
void put_visible(struct strbuf *, const char *s);
bool is_unseen(uint32_t character);

#endif
