/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tree as JSON. An object is its keywords with their values as they are in force; "_name" is what
 * stood between keyword and brace, "_defaults" lists the keywords that were not written. A list is
 * an array, of strings when its members are mere words. What has no value is null.
 */
#include <string.h>

#include "lib/json.h"
#include "lib/schema.h"
#include "lib/types.h"

#define IDLE_ROW (KW_ALIAS | KW_LATER | KW_OBSOLETE | KW_HIDDEN)

struct printer {
	struct json *j;
	struct arena *arena; /* of entries with nothing but defaults */
	unsigned flags;
};

static void put_rows(struct printer *p, const struct node *n, const struct block *b);

/* ---- values ------------------------------------------------------------------------------ */

/* A codec's name says what its values are. */
static bool type_is(const struct kw *kw, const char *const *names)
{
	for (; *names; names++)
		if (!strcmp(kw->codec->name, *names))
			return true;
	return false;
}

static bool is_switch(const struct kw *kw)
{
	static const char *const names[] = {"bool", "flag", NULL};

	return type_is(kw, names);
}

static bool is_number(const struct kw *kw, const char *text)
{
	static const char *const names[] = {
		"uint", "int", "decimal", "port", "weight", "lifetime", NULL};
	size_t digits = strspn(text + (*text == '-'), "0123456789.");

	return type_is(kw, names) && digits && !text[digits + (*text == '-')];
}

static void put_value(struct printer *p, const struct kw *kw, const void *field)
{
	struct strbuf text = {0};
	bool any = kw->codec->print(&text, kw, field);
	const char *value = strbuf_str(&text);

	if (is_switch(kw) && (!any || !*value || type_bool(value) >= 0)) {
		if (!any && !strcmp(kw->codec->name, "bool"))
			json_null(p->j);
		else
			json_bool(p->j, any && (!*value || type_bool(value)));
	} else if (!any) {
		json_null(p->j);
	} else if (kw->flags & KW_SECRET && !(p->flags & PRINT_SECRETS)) {
		json_str(p->j, "***");
	} else if (is_number(kw, value)) {
		json_number(p->j, value);
	} else if (kw->codec->print == type_string_print) {
		json_str(p->j, *(const char *const *)field);
	} else {
		json_str(p->j, value);
	}
	strbuf_free(&text);
}

/* ---- objects ----------------------------------------------------------------------------- */

static void put_name(struct printer *p, const struct node *n)
{
	struct strbuf name = {0};

	if (n->block->print)
		n->block->print(&name, n);
	else if (n->name)
		strbuf_puts(&name, n->name);
	if (name.len) {
		json_key(p->j, "_name");
		json_str(p->j, name.text);
	}
	strbuf_free(&name);
}

static void put_strings(struct printer *p, const char *key, const char *const *words, unsigned n)
{
	unsigned indent = p->j->indent;

	if (!n)
		return;
	json_key(p->j, key);
	p->j->indent = 0;
	json_open(p->j, '[');
	for (unsigned i = 0; i < n; i++)
		json_str(p->j, words[i]);
	json_close(p->j);
	p->j->indent = indent;
}

/* Entries keep no notes of what was written, so a value is a default when it is one. */
static void put_entry(struct printer *p, const struct node *n, const struct node *plain)
{
	const char *defaults[n->block->n_kw + 1];
	unsigned n_defaults = 0, indent = p->j->indent;

	p->j->indent = 0;
	json_open(p->j, '{');
	put_name(p, n);
	for (unsigned i = 0; i < n->block->n_kw; i++) {
		const struct kw *kw = &n->block->kw[i];
		struct strbuf text = {0};

		if (!(kw->flags & IDLE_ROW) && kw->codec &&
			kw->codec->print(&text, kw, kw_field(kw, n))) {
			json_key(p->j, kw->name);
			put_value(p, kw, kw_field(kw, n));
			if (kw->codec->equal(kw, kw_field(kw, n), kw_field(kw, plain)))
				defaults[n_defaults++] = kw->name;
		}
		strbuf_free(&text);
	}
	put_strings(p, "_defaults", defaults, n_defaults);
	json_close(p->j);
	p->j->indent = indent;
}

static void put_object(struct printer *p, const struct node *n)
{
	json_open(p->j, '{');
	put_name(p, n);
	put_rows(p, n, n->block);
	json_close(p->j);
}

/* ---- rows -------------------------------------------------------------------------------- */

static void put_entries(struct printer *p, const struct nodes *list, const struct block *b)
{
	const struct node *plain = schema_new(p->arena, b, NULL);

	json_open(p->j, '[');
	for (const struct node *n = list->first; n; n = n->next) {
		if (b->flags & BLOCK_WORDS)
			json_str(p->j, n->name);
		else
			put_entry(p, n, plain);
	}
	json_close(p->j);
}

/* Several keywords may feed one list (checkers): each shows its own. */
static void put_objects(struct printer *p, const struct nodes *list, const struct block *b)
{
	json_open(p->j, '[');
	for (const struct node *n = list->first; n; n = n->next) {
		if (n->block != b)
			continue;
		if (b->flags & BLOCK_LINES) {
			json_open(p->j, '{');
			put_name(p, n);
			json_key(p->j, "entries");
			put_entries(p, kw_field(b->kw, n), b->kw->block);
			json_close(p->j);
		} else {
			put_object(p, n);
		}
	}
	json_close(p->j);
}

static bool block_before(const struct block *b, const struct kw *kw)
{
	for (const struct kw *row = b->kw; row < kw; row++)
		if (row->block == kw->block && row->offset == kw->offset &&
			!(row->block->flags & BLOCK_SAME))
			return true;
	return false;
}

static void put_block_row(struct printer *p, const struct node *n, const struct kw *kw)
{
	const void *field = kw_field(kw, n);

	json_key(p->j, kw->name);
	if (kw->block->flags & BLOCK_SAME) {
		json_open(p->j, '{');
		put_rows(p, n, kw->block);
		json_close(p->j);
	} else if (kw->block->flags & BLOCK_MERGE) {
		put_object(p, field);
	} else if (kw->block->flags & BLOCK_ENTRIES) {
		put_entries(p, field, kw->block);
	} else {
		put_objects(p, field, kw->block);
	}
}

static void put_rows(struct printer *p, const struct node *n, const struct block *b)
{
	const char *defaults[b->n_kw + 1];
	unsigned n_defaults = 0;

	for (unsigned i = 0; i < b->n_kw; i++) {
		const struct kw *kw = &b->kw[i];

		if (kw->flags & IDLE_ROW || (!kw->block && !kw->codec))
			continue;
		if (kw->block) {
			if (!block_before(b, kw))
				put_block_row(p, n, kw);
			continue;
		}
		json_key(p->j, kw->name);
		put_value(p, kw, kw_field(kw, n));
		if (!schema_written(n, kw))
			defaults[n_defaults++] = kw->name;
	}
	put_strings(p, "_defaults", defaults, n_defaults);
}

void schema_print_json(struct json *j, const struct node *root, unsigned flags)
{
	struct printer p = {.j = j, .arena = arena_new(), .flags = flags};

	put_object(&p, root);
	arena_free(p.arena);
}
