/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages for people: in the terminal and in the log. The texts may quote anything that a file
 * contains, so everything is made visible on its way out.
 */
#include <inttypes.h>
#include <string.h>

#include "lib/diag_blocks.h"
#include "lib/diag_where.h"
#include "lib/log.h"
#include "lib/visible.h"

#define SHOWN_BEFORE 60 /* bytes of a long line shown on either side of the place */
#define SHOWN_AFTER  80
#define LOGGED_MAX   200 /* a file that is none of ours must not fill the log */

/* Moves a cut so that it does not divide a character. */
static size_t char_start(const struct text_line *l, size_t at)
{
	while (at && at < l->len && ((unsigned char)l->s[at] & 0xc0) == 0x80)
		at--;
	return at;
}

/* The blanks or the mark under one character; *first is cleared once the place has its caret. */
static void put_mark(struct strbuf *mark, char c, unsigned width, bool inside, bool *first)
{
	if (c == '\t')
		strbuf_putc(mark, '\t');
	for (; width; width--) {
		strbuf_putc(mark, !inside ? ' ' : *first ? '^' : '~');
		*first &= !inside;
	}
}

/* The line and, under it, the place; of a long line only what is around the place. */
static void put_source(struct strbuf *out, const struct text_line *l, struct span span)
{
	size_t col = MIN(span.col, l->len), end = MIN((size_t)span.col + MAX(span.len, 1u), l->len);
	size_t from = char_start(l, col > 2 * SHOWN_BEFORE ? col - SHOWN_BEFORE : 0);
	size_t to = char_start(l, MIN((size_t)l->len, col + 2 * SHOWN_AFTER)), at, len;
	struct strbuf mark = {0};
	bool first = true;
	unsigned width;

	strbuf_puts(out, from ? "    ..." : "    ");
	strbuf_puts(&mark, from ? "       " : "    ");
	for (at = from; at < to; at += len) {
		width = put_visible_char(out, l->s + at, l->len - at, &len);
		if (at < end)
			put_mark(&mark, l->s[at], width, at >= col, &first);
	}
	if (first)
		strbuf_putc(&mark, '^');
	strbuf_puts(out, to < l->len ? "...\n" : "\n");
	strbuf_puts(out, strbuf_str(&mark));
	strbuf_putc(out, '\n');
	strbuf_free(&mark);
}

static void put_place(struct strbuf *out, const struct text *t, const char *how, const char *what,
	uint32_t file, uint32_t line)
{
	strbuf_puts(out, how);
	put_visible(out, what);
	strbuf_puts(out, *what ? " at " : "");
	put_visible(out, t->files[file].name);
	strbuf_printf(out, ":%u\n", line);
}

static void put_origin(struct strbuf *out, const struct text *t, struct span span)
{
	const struct text_line *l = text_line_at(t, span.line);
	const struct text_expansion *e;
	const struct text_file *f;

	for (e = expanded_from(t, l, span, NULL); e; e = expanded_from(t, l, span, e))
		put_place(out, t, "  expanded from ", e->what, e->file, e->lineno);
	for (f = &t->files[l->file]; f->from_file != UINT32_MAX; f = &t->files[f->from_file])
		put_place(out, t, "  included from ", "", f->from_file, f->from_line);
}

static void put_blocks(struct strbuf *out, struct blocks *blocks, struct span span)
{
	unsigned n = blocks_seek(blocks, span), i;
	struct strbuf label = {0};

	for (i = 0; i < n; i++) {
		struct slice s = blocks_label(blocks, i);

		strbuf_reset(&label);
		strbuf_add(&label, s.p, s.n);
		strbuf_puts(out, i ? " of " : "  in ");
		put_visible(out, strbuf_str(&label));
	}
	if (n)
		strbuf_putc(out, '\n');
	strbuf_free(&label);
}

/* blocks NULL: those around it do not matter. */
static void put_message(struct strbuf *out, const struct text *t, struct blocks *blocks,
	struct span span, const char *level, const char *text)
{
	const struct text_line *l = t ? text_line_at(t, span.line) : NULL;

	if (l) {
		put_visible(out, t->files[l->file].name);
		strbuf_puts(out, ":");
		if (l->lineno)
			strbuf_printf(out, "%u:%u:", l->lineno, text_column(l, span.col));
		strbuf_puts(out, " ");
	}
	strbuf_printf(out, "%s: ", level);
	put_visible(out, text);
	strbuf_putc(out, '\n');
	if (!l || !l->lineno)
		return;
	put_source(out, l, span);
	if (blocks)
		put_blocks(out, blocks, span);
	put_origin(out, t, span);
}

/* Those like it that are not shown. */
static void put_more(struct strbuf *out, const struct text *t, const struct diag *e)
{
	const struct text_line *l = t ? text_line_at(t, e->span.line) : NULL;

	if (!e->more)
		return;
	strbuf_printf(out, "  (and %" PRIu64 " more like this", e->more);
	if (l) {
		strbuf_puts(out, e->more_until ? " in " : " at ");
		put_visible(out, t->files[l->file].name);
	}
	if (l && !e->more_until && l->lineno)
		strbuf_printf(out, ":%u", l->lineno);
	if (e->more_until)
		strbuf_printf(out, ", up to line %u", e->more_until);
	strbuf_puts(out, ")\n");
}

void diags_print(const struct diags *d, const struct text *t, FILE *f)
{
	struct blocks *blocks = blocks_new(d, t);
	struct strbuf out = {0}, text = {0};
	const struct diag *e;
	size_t i;

	for (i = 0; (e = diags_shown_at(d, i)); i++) {
		strbuf_reset(&out);
		put_message(&out, t, blocks, e->span, diag_level_name(e->level),
			diag_whole_text(e, &text));
		if (e->other_text)
			put_message(&out, t, NULL, e->other, "note", e->other_text);
		put_more(&out, t, e);
		fwrite(strbuf_str(&out), 1, out.len, f);
	}
	if (diags_left_out(d))
		fprintf(f, "(and %" PRIu64 " more messages)\n", diags_left_out(d));
	blocks_free(blocks);
	strbuf_free(&text);
	strbuf_free(&out);
}

static void log_one(const struct text *t, struct span span, int priority, const char *text)
{
	const struct text_line *l = t ? text_line_at(t, span.line) : NULL;
	struct strbuf out = {0};

	if (l) {
		strbuf_putc(&out, '(');
		put_visible(&out, t->files[l->file].name);
		if (l->lineno)
			strbuf_printf(&out, ": Line %u", l->lineno);
		strbuf_puts(&out, ") ");
	}
	put_visible(&out, text);
	log_msg(priority, "%s", strbuf_str(&out));
	strbuf_free(&out);
}

static void log_more(const struct text *t, const struct diag *e, int priority)
{
	struct strbuf out = {0};

	if (!e->more)
		return;
	strbuf_printf(&out, "... and %" PRIu64 " more like this", e->more);
	if (e->more_until)
		strbuf_printf(&out, ", up to line %u", e->more_until);
	log_one(t, e->span, priority, strbuf_str(&out));
	strbuf_free(&out);
}

void diags_log(const struct diags *d, const struct text *t)
{
	static const int priority[] = {
		[DIAG_NOTE] = LOG_INFO,
		[DIAG_WARNING] = LOG_WARNING,
		[DIAG_ERROR] = LOG_ERR,
	};
	struct strbuf text = {0};
	const struct diag *e;
	uint64_t rest = diags_left_out(d);
	size_t i;

	for (i = 0; i < LOGGED_MAX && (e = diags_shown_at(d, i)); i++) {
		log_one(t, e->span, priority[e->level], diag_whole_text(e, &text));
		if (e->other_text)
			log_one(t, e->other, LOG_INFO, e->other_text);
		log_more(t, e, priority[e->level]);
	}
	for (; (e = diags_shown_at(d, i)); i++)
		rest += 1 + e->more;
	if (rest)
		log_info("... and %" PRIu64 " more messages: keepalived -t shows them", rest);
	strbuf_free(&text);
}
