/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/diag_where.h"

#include <string.h>

const char *diag_level_name(enum diag_level level)
{
	static const char *const names[] = {
		[DIAG_NOTE] = "note",
		[DIAG_WARNING] = "warning",
		[DIAG_ERROR] = "error",
	};

	return names[level];
}

const char *diag_whole_text(const struct diag *d, struct strbuf *out)
{
	if (!d->hint)
		return d->text;
	strbuf_reset(out);
	strbuf_printf(out, "%s (%s)", d->text, d->hint);
	return strbuf_str(out);
}

/* Does the text of a definition stand in the line where the span is? */
static bool touches(const struct text_line *l, struct span span, const char *value)
{
	const char *at = l->s, *end = l->s + l->len;
	size_t n = strlen(value);

	if (!n || strchr(value, '$'))
		return true;
	for (; (at = memmem(at, (size_t)(end - at), value, n)); at++) {
		size_t from = (size_t)(at - l->s);

		if (from < (size_t)span.col + MAX(span.len, 1u) && from + n > span.col)
			return true;
	}
	return false;
}

static bool same(const struct text_expansion *a, const struct text_expansion *b)
{
	return b && a->file == b->file && a->lineno == b->lineno && !strcmp(a->what, b->what);
}

const struct text_expansion *expanded_from(const struct text *t, const struct text_line *l,
	struct span span, const struct text_expansion *last)
{
	uint32_t i = last ? last->parent : l->expansion;

	for (; i; i = t->expansions[i - 1].parent) {
		const struct text_expansion *e = &t->expansions[i - 1];

		if (!same(e, last) && (!e->part || touches(l, span, e->written)))
			return e;
	}
	return NULL;
}
