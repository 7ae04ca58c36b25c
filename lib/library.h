/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared libraries that few configurations need: loaded when they are, so that the others do not
 * pay for them in every process.
 */
#ifndef LIB_LIBRARY_H
#define LIB_LIBRARY_H

#include "lib/str.h"

struct library_symbol {
	const char *name;
	size_t offset; /* of the pointer to the function in the caller's table */
};

#define LIBRARY_SYMBOL(type, field, symbol)   \
	{                                     \
		symbol, offsetof(type, field) \
	}

/* Fills the table. The library stays loaded. 0, or -ENOENT and the reason in words in why. */
int library_load(const char *soname, const struct library_symbol *, size_t n, void *table,
	struct strbuf *why);

#endif
