/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes the keyword part of keepalived.conf(5) from the keyword tables: a section per block, in
 * the order in which the blocks are met, an entry per keyword. `make manual` puts it into the page.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "keepalived/conf/tables.h"

#define MOST_BLOCKS 128
#define NO_LIMIT    INT32_MAX /* a range that ends there or beyond has no end worth telling */

struct section {
	const struct block *block;
	const struct block *owner; /* whose object its keywords write */
};

struct manual {
	struct arena *arena;
	struct section seen[MOST_BLOCKS]; /* the first n_done of them are written */
	unsigned n_seen, n_done;
};

/* A hyphen that is one, no request at the beginning of a line, no escapes. */
static void print_text(const char *s)
{
	if (*s == '.' || *s == '\'')
		printf("\\&");
	for (; *s; s++) {
		if (*s == '\\')
			printf("\\e");
		else if (*s == '-')
			printf("\\-");
		else
			putchar(*s);
	}
}

static bool is_number(const struct kw *kw)
{
	return kw->codec == &codec_uint || kw->codec == &codec_int || kw->codec == &codec_time;
}

static void print_number(const struct kw *kw, int64_t v)
{
	char text[64];

	if (kw->codec == &codec_time)
		snprintf(text, sizeof(text), "%g", (double)v / (double)SEC(1));
	else
		snprintf(text, sizeof(text), "%" PRId64, v);
	print_text(text);
}

static void print_range(const struct kw *kw)
{
	bool open = kw->codec == &codec_time ? kw->max / SEC(1) >= 4294 : kw->max >= NO_LIMIT;

	if (!is_number(kw) || kw->min == kw->max || (open && kw->min < (kw->res ? MSEC(1) : 1)))
		return;
	printf(open ? "At least " : "From ");
	print_number(kw, kw->min);
	if (!open) {
		printf(" to ");
		print_number(kw, kw->max);
	}
	if (kw->unit)
		printf(" %s", kw->unit);
	printf(".\n");
}

static void print_default(const struct kw *kw, const struct node *n)
{
	struct strbuf value = {0};

	if (kw->deflt)
		strbuf_printf(&value, "%s", kw->deflt);
	else if (kw->codec && kw->codec->print && !(kw->flags & KW_NO_DEFAULT) &&
		 !(is_number(kw) && kw->def == UINT32_MAX) &&
		 !kw->codec->print(&value, kw, kw_field(kw, n)))
		strbuf_reset(&value);
	if (value.len && strcmp(strbuf_str(&value), "(none)")) {
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

static void print_keyword(const struct block *b, const struct kw *kw, const struct node *n)
{
	printf(".TP\n\\fB");
	print_text(kw->name);
	printf("\\fR");
	if (kw->args && kw->args[0] != '(') {
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
	print_default(kw, n);
	print_aliases(b, kw);
}

static void remember(struct manual *m, const struct block *b, const struct block *owner)
{
	for (unsigned i = 0; i < m->n_seen; i++)
		if (m->seen[i].block == b || !strcmp(m->seen[i].block->name, b->name))
			return;
	if (m->n_seen < MOST_BLOCKS)
		m->seen[m->n_seen++] = (struct section){b, b->flags & BLOCK_SAME ? owner : b};
}

/* Keywords without an entry of their own, in one paragraph. */
static void print_others(const struct block *b, unsigned flag, const char *lead)
{
	const struct kw *kw;
	bool any = false;

	for (kw = b->kw; kw < b->kw + b->n_kw; kw++) {
		if (!(kw->flags & flag) || (kw->flags & KW_HIDDEN))
			continue;
		printf("%s", any ? ",\n" : lead);
		printf("\\fB");
		print_text(kw->name);
		printf("\\fR");
		any = true;
	}
	if (any)
		printf(".\n");
}

static void print_section(struct manual *m, const struct section *s)
{
	const struct block *b = s->block;
	struct node *n = schema_new(m->arena, s->owner, NULL);
	const struct kw *kw;

	printf(".SS \"%s", *b->name == '@' ? "Options of " : "");
	print_text(!strcmp(b->name, "/") ? "Top level" : b->name + (*b->name == '@'));
	printf("%s\"\n", *b->name == '@' ? " entries" : "");
	for (kw = b->kw; kw < b->kw + b->n_kw; kw++) {
		if (!kw->name || kw->flags & (KW_ALIAS | KW_OBSOLETE | KW_LATER | KW_HIDDEN))
			continue;
		print_keyword(b, kw, n);
		if (kw->block && !(kw->block->flags & (BLOCK_WORDS | BLOCK_LINES)))
			remember(m, kw->block, s->owner);
	}
	print_others(
		b, KW_LATER, ".PP\nAccepted without effect in this version, with a warning:\n");
	print_others(b, KW_OBSOLETE, ".PP\nNo longer used:\n");
}

int main(void)
{
	struct manual m = {.arena = arena_new()};

	remember(&m, &conf_block, &conf_block);
	while (m.n_done < m.n_seen)
		print_section(&m, &m.seen[m.n_done++]);
	arena_free(m.arena);
	return 0;
}
