/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes the keyword part of keepalived.conf(5) from the keyword tables: a section per block, in
 * the order in which the blocks are met, an entry per keyword. `make manual` puts it into the page.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "keepalived/conf/keywords.h"

#define NO_LIMIT INT32_MAX /* a range that ends there or beyond has no end worth telling */

/* A hyphen that is one, long alternatives in parts, no request at the beginning of a line. */
static void print_text(const char *s)
{
	if (*s == '.' || *s == '\'')
		printf("\\&");
	for (; *s; s++) {
		if (*s == '\\')
			printf("\\e");
		else if (*s == '-')
			printf("\\-");
		else if (*s == '|')
			printf("|\\:"); /* a line may end here */
		else
			putchar(*s);
	}
}

static void print_number(double v)
{
	char text[64];

	snprintf(text, sizeof(text), "%.15g", v);
	print_text(text);
}

static void print_range(const struct kw *kw)
{
	bool is_time, open;
	double min, max;

	if (!keyword_range(kw, &min, &max, &is_time))
		return;
	open = max >= (is_time ? 4294 : NO_LIMIT);
	if (open && min < (is_time ? 0.001 : 1))
		return;
	printf(open ? "At least " : "From ");
	print_number(min);
	if (!open) {
		printf(" to ");
		print_number(max);
	}
	if (kw->unit)
		printf(" %s", kw->unit);
	printf(".\n");
}

static void print_default(const struct keyword *k, const struct node *plain)
{
	struct strbuf value = {0};

	if (keyword_default(&value, k, plain) && strcmp(strbuf_str(&value), "(none)") != 0) {
		printf("Default: ");
		print_text(strbuf_str(&value));
		printf(".\n");
	}
	strbuf_free(&value);
}

static void print_aliases(const struct block *b, const struct kw *of)
{
	const char *lead = "Also written";
	const struct kw *kw;

	for (kw = b->kw; kw < b->kw + b->n_kw; kw++) {
		if (!(kw->flags & KW_ALIAS) || strcmp(kw->alias, of->name))
			continue;
		printf("%s \\fB", lead);
		print_text(kw->name);
		printf("\\fR%s", kw->flags & KW_DEPRECATED ? " (deprecated)" : "");
		lead = ",";
	}
	if (*lead == ',')
		printf(".\n");
}

static void print_keyword(const struct keyword *k, const struct node *plain)
{
	const struct kw *kw = k->kw;
	bool word = kw->flags & KW_POSITION && kw->args; /* its notation says what its name says */

	printf(".TP\n\\fB");
	print_text(word ? kw->args : kw->name);
	printf("\\fR");
	if (kw->args && kw->args[0] != '(' && !word) {
		printf(" ");
		print_text(kw->args);
	}
	printf("\n");
	if (kw->doc)
		print_text(kw->doc);
	printf("\n");
	if (kw->flags & KW_REQUIRED)
		printf("Required.\n");
	print_range(kw);
	print_default(k, plain);
	print_aliases(k->table, kw);
}

/* Keywords without an entry of their own, in one paragraph. */
static void print_others(
	const struct keyword *k, const struct keyword *end, unsigned flag, const char *lead)
{
	bool any = false;

	for (; k < end; k++) {
		if (!(k->kw->flags & flag))
			continue;
		printf("%s", any ? ",\n" : lead);
		printf("\\fB");
		print_text(k->kw->name);
		printf("\\fR");
		any = true;
	}
	if (any)
		printf(".\n");
}

static void print_title(const char *block)
{
	printf(".SS \"%s", *block == '@' ? "Options of " : "");
	print_text(!strcmp(block, "/") ? "Top level" : block + (*block == '@'));
	printf("%s\"\n", *block == '@' ? " entries" : "");
}

static void print_section(const struct keyword *first, const struct keyword *end)
{
	struct arena *arena = arena_new();
	const struct node *plain = NULL;

	print_title(first->block);
	for (const struct keyword *k = first; k < end; k++) {
		if (k == first || k->owner != k[-1].owner)
			plain = k->owner ? schema_new(arena, k->owner, NULL) : NULL;
		if (!(k->kw->flags & (KW_ALIAS | KW_OBSOLETE | KW_LATER)))
			print_keyword(k, plain);
	}
	print_others(first, end, KW_LATER,
		".PP\nAccepted without effect in this version, with a warning:\n");
	print_others(first, end, KW_OBSOLETE, ".PP\nNo longer used:\n");
	arena_free(arena);
}

int main(void)
{
	struct keywords all = keywords_list();

	for (size_t i = 0, end; i < all.n; i = end) {
		for (end = i + 1; end < all.n && !strcmp(all.at[end].block, all.at[i].block);)
			end++;
		if (!strcmp(all.at[i].block, all.at[i].table->name)) /* no second name of it */
			print_section(&all.at[i], &all.at[end]);
	}
	keywords_free(&all);
	return 0;
}
