/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages for programs. */
#include "lib/diag_blocks.h"
#include "lib/diag_where.h"
#include "lib/json.h"
#include "lib/utf8.h"

static const char *kind_name(enum diag_kind kind)
{
	static const char *const names[] = {
		[DIAG_CONFIG] = "config",
		[DIAG_SECURITY] = "security",
		[DIAG_INCLUDE] = "include",
		[DIAG_REQUIRED] = "required",
		[DIAG_MACHINE] = "machine",
	};

	return names[kind];
}

/* Characters in the first n bytes of a line. */
static uint32_t characters(const struct text_line *l, size_t n)
{
	uint32_t count = 0;
	size_t at, len;

	for (at = 0; at < MIN(n, (size_t)l->len); at += len, count++)
		utf8_decode(l->s + at, l->len - at, &len);
	return count;
}

static void put_uint(struct json *j, const char *key, uint64_t v)
{
	json_key(j, key);
	json_uint(j, v);
}

static void put_str(struct json *j, const char *key, const char *s)
{
	json_key(j, key);
	json_str(j, s);
}

static void put_source(struct json *j, const struct text_line *l, struct span span)
{
	json_key(j, "source");
	if (!l || !l->lineno) {
		json_null(j);
		return;
	}
	json_strn(j, l->s, l->len);
	put_uint(j, "start", characters(l, span.col));
	put_uint(j, "end", characters(l, (size_t)span.col + MAX(span.len, 1u)));
}

static void put_place(struct json *j, const struct text *t, struct span span, const char *text)
{
	const struct text_line *l = t ? text_line_at(t, span.line) : NULL;

	put_str(j, "file", l ? t->files[l->file].name : NULL);
	put_uint(j, "line", l ? l->lineno : 0);
	put_uint(j, "column", l && l->lineno ? text_column(l, span.col) : 0);
	put_str(j, "text", text);
	put_source(j, l, span);
}

static void put_origin(struct json *j, const struct text *t, struct span span)
{
	const struct text_line *l = t ? text_line_at(t, span.line) : NULL;
	const struct text_expansion *e = NULL;
	const struct text_file *f = l ? &t->files[l->file] : NULL;

	json_key(j, "expanded_from"), json_open(j, '[');
	while (l && (e = expanded_from(t, l, span, e))) {
		json_open(j, '{');
		put_str(j, "what", e->what);
		put_str(j, "file", t->files[e->file].name);
		put_uint(j, "line", e->lineno);
		json_close(j);
	}
	json_close(j);
	json_key(j, "included_from"), json_open(j, '[');
	for (; f && f->from_file != UINT32_MAX; f = &t->files[f->from_file]) {
		json_open(j, '{');
		put_str(j, "file", t->files[f->from_file].name);
		put_uint(j, "line", f->from_line);
		json_close(j);
	}
	json_close(j);
}

static void put_blocks(struct json *j, struct blocks *blocks, struct span span)
{
	unsigned n = blocks_seek(blocks, span), i;

	json_key(j, "block"), json_open(j, '[');
	for (i = 0; i < n; i++)
		json_strn(j, blocks_label(blocks, i).p, blocks_label(blocks, i).n);
	json_close(j);
}

static void put_also(struct json *j, const struct diag *e, const struct text *t)
{
	json_key(j, "also");
	if (!e->other_text) {
		json_null(j);
		return;
	}
	json_open(j, '{');
	put_place(j, t, e->other, e->other_text);
	json_close(j);
}

void diags_print_json(const struct diags *d, const struct text *t, FILE *f)
{
	struct blocks *blocks = blocks_new(d, t);
	struct strbuf out = {0}, text = {0};
	struct json j = {.out = &out, .indent = 2};
	const struct diag *e;
	size_t i;

	json_open(&j, '[');
	for (i = 0; (e = diags_shown_at(d, i)); i++) {
		json_open(&j, '{');
		put_str(&j, "level", diag_level_name(e->level));
		put_str(&j, "kind", kind_name(e->kind));
		put_place(&j, t, e->span, diag_whole_text(e, &text));
		put_blocks(&j, blocks, e->span);
		put_origin(&j, t, e->span);
		put_also(&j, e, t);
		put_uint(&j, "more", e->more);
		json_close(&j);
		fwrite(strbuf_str(&out), 1, out.len, f);
		strbuf_reset(&out);
	}
	json_close(&j);
	strbuf_putc(&out, '\n');
	fwrite(strbuf_str(&out), 1, out.len, f);
	blocks_free(blocks);
	strbuf_free(&text);
	strbuf_free(&out);
}
