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
			!strcmp(alias->alias, kw->name) && schema_where_row(n, alias).line)
			return alias->name;
	}
	return kw->name;
}

static void print_value(
	struct printer *p, const struct node *n, const struct block *b, const struct kw *kw)
{
	bool written = schema_where_row(n, kw).line;
	struct strbuf value = {0};

	if (!written && !(p->flags & PRINT_DEFAULTS))
		return;
	if (kw->codec->print(&value, kw, kw_field(kw, n))) {
		bool mask = kw->flags & KW_SECRET && !(p->flags & PRINT_SECRETS);

		indent(p);
		strbuf_printf(p->out, "%s%s", written ? "" : "# ", written_name(n, b, kw));
		if (value.len)
			strbuf_printf(p->out, " %s", mask ? "********" : value.text);
		strbuf_putc(p->out, '\n');
	}
	strbuf_free(&value);
}

/* ---- entries ----------------------------------------------------------------------------- */

static void print_option(
	struct printer *p, const struct node *n, const struct node *plain, const struct kw *kw)
{
	struct strbuf value = {0};

	if (!kw->codec || kw->flags & IDLE_ROW)
		return;
	if (!(kw->flags & KW_NO_DEFAULT) &&
		kw->codec->equal(kw, kw_field(kw, n), kw_field(kw, plain)))
		return;
	if (kw->codec->print(&value, kw, kw_field(kw, n)))
		strbuf_printf(
			p->out, " %s%s%s", kw->name, value.len ? " " : "", strbuf_str(&value));
	strbuf_free(&value);
}

static void print_entry(struct printer *p, const struct node *n, const struct node *plain)
{
	indent(p);
	if (n->block->print)
		n->block->print(p->out, n);
	else
		print_word(p->out, n->name);
	for (unsigned i = 0; i < n->block->n_kw; i++)
		print_option(p, n, plain, &n->block->kw[i]);
	strbuf_putc(p->out, '\n');
}

static void print_entries(struct printer *p, const struct nodes *list)
{
	const struct node *plain = schema_new(p->arena, list->first->block, NULL);

	for (const struct node *n = list->first; n; n = n->next)
		print_entry(p, n, plain);
}

/* ---- blocks ------------------------------------------------------------------------------ */

static void open_block(struct printer *p, const struct kw *kw)
{
	indent(p);
	strbuf_puts(p->out, kw->name);
	p->depth++;
}

static void close_block(struct printer *p)
{
	p->depth--;
	indent(p);
	strbuf_puts(p->out, "}\n");
}

static void print_object(struct printer *p, const struct kw *kw, const struct node *n)
{
	struct strbuf words = {0};

	open_block(p, kw);
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
	close_block(p);
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
	open_block(p, kw);
	strbuf_puts(p->out, " {\n");
	print_entries(p, list);
	close_block(p);
}

static void print_same(struct printer *p, const struct node *n, const struct kw *kw)
{
	bool any = p->flags & PRINT_DEFAULTS;

	for (unsigned i = 0; i < kw->block->n_kw; i++)
		any |= schema_where_row(n, &kw->block->kw[i]).line != 0;
	if (!any)
		return;
	open_block(p, kw);
	strbuf_puts(p->out, " {\n");
	print_rows(p, n, kw->block);
	close_block(p);
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

void schema_print(struct strbuf *out, const struct node *root, unsigned flags)
{
	struct printer p = {.out = out, .arena = arena_new(), .flags = flags};

	print_rows(&p, root, root->block);
	arena_free(p.arena);
}
