/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that is given back as a whole. A configuration is built in one arena and freed with it.
 * Never fails (see lib/base.h). Everything is zeroed and aligned for any scalar of up to eight
 * bytes; strings are packed without gaps.
 */
#ifndef LIB_ARENA_H
#define LIB_ARENA_H

#include "lib/base.h"

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *);  /* NULL is allowed */
void arena_clear(struct arena *); /* gives back what was allocated; the first memory is kept */
void *arena_alloc(struct arena *, size_t size);
/* Makes what was allocated last (size bytes) larger by `more` zeroed bytes; false: it was not the
 * last, or there is no room behind it. */
bool arena_extend(struct arena *, void *last, size_t size, size_t more);
char *arena_strndup(struct arena *, const char *s, size_t n);
char *arena_strdup(struct arena *, const char *s);
char *arena_printf(struct arena *, const char *fmt, ...) PRINTF_LIKE(2, 3);

#define arena_new_of(arena, type) ((type *)arena_alloc((arena), sizeof(type)))

#endif
