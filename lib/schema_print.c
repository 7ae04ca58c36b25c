/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tree as text. What was written is printed with the value it has now; what was not is left out,
 * or printed as a comment. So the text, read again, gives an equal tree, rules included.
 */
#include <string.h>

#include "lib/schema.h"
#include "lib/types.h"

#define IDLE_ROW (KW_ALIAS | KW_LATER | KW_OBSOLETE | KW_HIDDEN)

struct printer {
	struct strbuf *out;
	struct arena *arena; /* of objects with nothing but defaults */
	unsigned flags;
	int depth;
	unsigned said; /* lines that are no comments */
};

static void print_rows(struct printer *p, const struct node *n, const struct block *b);

static void indent(struct printer *p)
{
	for (int i = 0; i < p->depth; i++)
		strbuf_putc(p->out, '\t');
}

/* The name it was written with, which may say more than the value (unicast_src_ip). */
static const char *written_name(const struct node *n, const struct block *b, const struct kw *kw)
{
	for (unsigned i = 0; i < b->n_kw; i++) {
		const struct kw *alias = &b->kw[i];

		if (alias->flags & KW_ALIAS && !(alias->flags & KW_DEPRECATED) &&
			!strcmp(alias->alias, kw->name) && schema_written(n, alias))
			return alias->name;
	}
	return kw->name;
}

bool schema_print_value(
	struct strbuf *out, const struct node *n, const struct kw *kw, unsigned flags)
{
	size_t before = out->len;

	if (!kw->codec->print(out, kw, kw_field(kw, n)))
		return false;
	if (out->len > before && kw->flags & KW_SECRET && !(flags & PRINT_SECRETS)) {
		out->len = before;
		strbuf_puts(out, "********");
	}
	return true;
}

static void print_statement(
	struct printer *p, const char *before, const char *keyword, const char *arguments)
{
	indent(p);
	strbuf_printf(p->out, "%s%s", before, keyword);
	if (arguments && *arguments)
		strbuf_printf(p->out, " %s", arguments);
	strbuf_putc(p->out, '\n');
}

/* A KW_ADD row that was written several times has a line of its value for each. */
static void print_value(
	struct printer *p, const struct node *n, const struct block *b, const struct kw *kw)
{
	bool written = schema_written(n, kw);
	const char *name = written ? written_name(n, b, kw) : kw->name;
	struct strbuf value = {0};
	char *rest;

	if (!written && !(p->flags & PRINT_DEFAULTS))
		return;
	if (schema_print_value(&value, n, kw, p->flags)) {
		p->said += written;
		rest = value.text;
		do
			print_statement(p, written ? "" : "# ", name, strsep(&rest, "\n"));
		while (rest);
	}
	strbuf_free(&value);
}

/* ---- entries ----------------------------------------------------------------------------- */

/* How an option of an entry is shown. */
enum showing { SHOW_NOT, SHOW_SAID, SHOW_DEFAULT };

static enum showing showing(const struct node *n, const struct node *plain, const struct kw *kw)
{
	if (!kw->codec || kw->flags & IDLE_ROW)
		return SHOW_NOT;
	if (kw->flags & KW_NO_DEFAULT ||
		!kw->codec->equal(kw, kw_field(kw, n), kw_field(kw, plain)))
		return SHOW_SAID;
	return SHOW_DEFAULT;
}

static void print_entry_options(
	struct printer *p, const struct node *n, const struct node *plain, enum showing which)
{
	const char *lead = which == SHOW_DEFAULT ? " # " : " ";

	for (unsigned i = 0; i < n->block->n_kw; i++) {
		const struct kw *kw = &n->block->kw[i];
		struct strbuf value = {0};

		if (showing(n, plain, kw) == which && schema_print_value(&value, n, kw, p->flags)) {
			strbuf_printf(p->out, "%s%s%s%s", lead, kw->name, value.len ? " " : "",
				strbuf_str(&value));
			lead = " ";
		}
		strbuf_free(&value);
	}
}

static bool all_zero(const char *p, size_t n)
{
	while (n && !*p)
		p++, n--;
	return n == 0;
}

void schema_print_options(struct strbuf *out, const struct block *b, const void *base)
{
	for (unsigned i = 0; i < b->n_kw; i++) {
		const struct kw *kw = &b->kw[i];
		const char *field = (const char *)base + kw->offset;
		struct strbuf value = {0};

		if (kw->codec && !(kw->flags & IDLE_ROW) && !all_zero(field, kw->size) && kw->codec->print(&value, kw, field))
			strbuf_printf(out, "%s%s%s%s", out->len ? " " : "", kw->name,
				value.len ? " " : "", strbuf_str(&value));
		strbuf_free(&value);
	}
}

static void print_entry(struct printer *p, const struct node *n, const struct node *plain)
{
	if (n->block->print)
		n->block->print(p->out, n);
	else
		print_word(p->out, n->name);
	print_entry_options(p, n, plain, SHOW_SAID);
	if (p->flags & PRINT_DEFAULTS)
		print_entry_options(p, n, plain, SHOW_DEFAULT);
}

static void print_entries(struct printer *p, const struct nodes *list)
{
	const struct node *plain =
		list->first ? schema_new(p->arena, list->first->block, NULL) : NULL;

	for (const struct node *n = list->first; n; n = n->next) {
		p->said++;
		indent(p);
		print_entry(p, n, plain);
		strbuf_putc(p->out, '\n');
	}
}

/* ---- blocks ------------------------------------------------------------------------------ */

/* A block that was not written is a comment with comments inside: an empty one would mean more. */
static void open_block(struct printer *p, const struct kw *kw, bool written)
{
	indent(p);
	strbuf_printf(p->out, "%s%s", written ? "" : "# ", kw->name);
	p->depth++;
}

static void close_block(struct printer *p, bool written)
{
	p->depth--;
	indent(p);
	strbuf_puts(p->out, written ? "}\n" : "# }\n");
}

static void print_object(struct printer *p, const struct kw *kw, const struct node *n)
{
	bool written = n->span.line;
	struct strbuf words = {0};

	open_block(p, kw, written);
	if (n->block->print)
		n->block->print(&words, n);
	else if (n->name)
		print_word(&words, n->name);
	strbuf_printf(p->out, "%s%s", words.len ? " " : "", strbuf_str(&words));
	strbuf_free(&words);
	strbuf_puts(p->out, " {\n");
	if (n->block->flags & BLOCK_LINES)
		print_entries(p, kw_field(n->block->kw, n));
	else
		print_rows(p, n, n->block);
	close_block(p, written);
}

static const struct kw *row_of(const struct block *b, const struct node *n)
{
	for (unsigned i = 0; i < b->n_kw; i++)
		if (b->kw[i].block == n->block)
			return &b->kw[i];
	return NULL;
}

/* Several keywords may feed one list (checkers): it is printed once, in its order. */
static bool list_printed(const struct block *b, const struct kw *kw)
{
	for (const struct kw *row = b->kw; row < kw; row++)
		if (row->block && row->offset == kw->offset && row->size == kw->size &&
			!(row->block->flags & (BLOCK_SAME | BLOCK_MERGE)))
			return true;
	return false;
}

static void print_list(
	struct printer *p, const struct node *parent, const struct block *b, const struct kw *kw)
{
	const struct nodes *list = kw_field(kw, parent);

	if (!list->first || list_printed(b, kw))
		return;
	if (!(kw->block->flags & BLOCK_ENTRIES)) {
		for (const struct node *n = list->first; n; n = n->next)
			print_object(p, row_of(b, n), n);
		return;
	}
	open_block(p, kw, true);
	strbuf_puts(p->out, " {\n");
	print_entries(p, list);
	close_block(p, true);
}

/* What a rule took back is still marked as written, so whether the block says anything shows. */
static void print_same(struct printer *p, const struct node *n, const struct kw *kw)
{
	struct strbuf body = {0}, *out = p->out;
	unsigned said = p->said;

	p->out = &body;
	p->depth++;
	print_rows(p, n, kw->block);
	p->depth--;
	p->out = out;
	if (body.len) {
		open_block(p, kw, p->said > said);
		strbuf_puts(p->out, " {\n");
		strbuf_add(p->out, body.text, body.len);
		close_block(p, p->said > said);
	}
	strbuf_free(&body);
}

static void print_rows(struct printer *p, const struct node *n, const struct block *b)
{
	for (unsigned i = 0; i < b->n_kw; i++) {
		const struct kw *kw = &b->kw[i];
		const struct node *one = kw_field(kw, n);

		if (kw->flags & IDLE_ROW)
			continue;
		if (!kw->block)
			print_value(p, n, b, kw);
		else if (kw->block->flags & BLOCK_SAME)
			print_same(p, n, kw);
		else if (!(kw->block->flags & BLOCK_MERGE))
			print_list(p, n, b, kw);
		else if (one->span.line || p->flags & PRINT_DEFAULTS)
			print_object(p, kw, one);
	}
}

void schema_print_member(struct strbuf *out, const struct node *n, unsigned flags)
{
	struct printer p = {.out = out, .arena = arena_new(), .flags = flags};

	if (n->block->flags & BLOCK_ENTRIES)
		print_entry(&p, n, schema_new(p.arena, n->block, NULL));
	else
		print_object(&p, row_of(n->parent->block, n), n);
	arena_free(p.arena);
}

void schema_print(struct strbuf *out, const struct node *root, unsigned flags)
{
	struct printer p = {.out = out, .arena = arena_new(), .flags = flags};

	print_rows(&p, root, root->block);
	arena_free(p.arena);
}
