/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who had a key first, for many keys: of a key only 64 bits of its hash are kept, 16 bytes in all.
 * Two keys of a million are taken for one with a chance of one in forty million.
 */
#ifndef LIB_OWNERS_H
#define LIB_OWNERS_H

struct owners;

struct owners *owners_new(void);
void owners_free(struct owners *); /* NULL is allowed */
/* Who claimed that key before; NULL: nobody, it is now owner's. owner is borrowed, never NULL. */
const void *owners_claim(struct owners *, const char *key, const void *owner);

#endif
