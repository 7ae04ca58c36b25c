/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which blocks stand around a place of a configuration. Nothing is kept while a text is read: the
 * braces are counted when there are messages to show, up to the place of each.
 */
#ifndef LIB_DIAG_BLOCKS_H
#define LIB_DIAG_BLOCKS_H

#include "lib/diag.h"
#include "lib/text.h"

struct blocks;

/* Borrows both; text NULL: there are no blocks. */
struct blocks *blocks_new(const struct diags *, const struct text *);
void blocks_free(struct blocks *);
/* Goes on to a place; places must come in order. Returns the number of blocks around it. */
unsigned blocks_seek(struct blocks *, struct span);
/* What opened the ith of them, 0 being the innermost: `real_server 10.0.0.1 80`. Never NULL. */
struct slice blocks_label(const struct blocks *, unsigned i);

#endif
