/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the forms of a message have in common. */
#ifndef LIB_DIAG_WHERE_H
#define LIB_DIAG_WHERE_H

#include "lib/diag.h"
#include "lib/text.h"

const char *diag_level_name(enum diag_level); /* "error" ... */
/* The text with its hint; valid as long as the buffer. */
const char *diag_whole_text(const struct diag *, struct strbuf *);
/*
 * The expansions that a place of a line comes from, innermost first: the one after `last`, or the
 * first when that is NULL; NULL: no more. A definition that only replaced other words of the line
 * is left out.
 */
const struct text_expansion *expanded_from(const struct text *, const struct text_line *,
	struct span, const struct text_expansion *last);

#endif
