/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a configuration, definitions and loops included: parsed, reported, printed, parsed
 * again. Both trees must be equal, and a reload from one to the other must find nothing to do.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keepalived/conf/conf.h"
#include "lib/text.h"

static const struct source_options options = {
	.config_id = "fuzz",
	.max_lines = 500,
	.max_bytes = 512 * 1024,
};

/* What is printed is longer, with all its defaults. */
static const struct source_options unlimited = {.config_id = "fuzz"};

static void met(
	void *ctx, const struct node *old, const struct node *new, enum schema_change change)
{
	(void)ctx;
	(void)old;
	(void)new;
	if (change != CHANGE_NONE)
		abort();
}

static void same(const struct conf *a, const struct conf *b)
{
	if (schema_compare(&a->node, &b->node) != CHANGE_NONE)
		abort();
	schema_diff_tree(&a->node, &b->node, met, NULL);
}

/* A value that a definition made may be a definition, a loop or a condition when it is read anew.
 */
static bool plain(const struct strbuf *printed)
{
	return !printed->len || !strpbrk(printed->text, "$~@");
}

static void again(const struct conf *c, unsigned flags, bool expanded)
{
	struct diags *d = diags_new();
	struct strbuf printed = {0};
	struct text *t;
	struct conf *copy;

	schema_print(&printed, &c->node, flags | PRINT_SECRETS);
	if (expanded && !plain(&printed)) {
		strbuf_free(&printed);
		diags_free(d);
		return;
	}
	t = source_from_memory("printed", strbuf_str(&printed), printed.len, &unlimited, d);
	copy = conf_parse(t, d);
	same(c, copy);
	conf_free(copy);
	text_free(t);
	strbuf_free(&printed);
	diags_free(d);
}

/* Files of this machine must not matter. */
static bool fair(const uint8_t *bytes, size_t n)
{
	return !memmem(bytes, n, "include", 7);
}

static void report(const struct diags *d, const struct text *t)
{
	FILE *null = fopen("/dev/null", "w");

	diags_print(d, t, null);
	diags_print_json(d, t, null);
	fclose(null);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct diags *d;
	struct text *t;
	struct conf *c;
	bool expanded = memchr(bytes, '$', n) || memchr(bytes, '~', n);

	if (!fair(bytes, n))
		return 0;
	d = diags_new();
	t = source_from_memory("fuzz", (const char *)bytes, n, &options, d);
	c = conf_parse(t, d);
	report(d, t);
	again(c, 0, expanded);
	again(c, PRINT_DEFAULTS, expanded);
	conf_free(c);
	text_free(t);
	diags_free(d);
	return 0;
}
