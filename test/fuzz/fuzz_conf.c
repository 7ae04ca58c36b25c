/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a configuration: parsed, printed, parsed again. Both trees must be equal, and a
 * reload from one to the other must find nothing to do.
 */
#include <stdlib.h>
#include <string.h>

#include "keepalived/conf/conf.h"
#include "lib/text.h"

static const struct source_options options = {
	.config_id = "fuzz",
	.max_lines = 500,
	.max_bytes = 512 * 1024,
};

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

static void again(const struct conf *c, unsigned flags)
{
	struct diags *d = diags_new();
	struct strbuf printed = {0};
	struct text *t;
	struct conf *copy;

	schema_print(&printed, &c->node, flags | PRINT_SECRETS);
	t = source_from_memory("printed", strbuf_str(&printed), printed.len, &options, d);
	copy = conf_parse(t, d);
	same(c, copy);
	conf_free(copy);
	text_free(t);
	strbuf_free(&printed);
	diags_free(d);
}

/* Definitions may be random, or differ from the printed text: such input is no fair test. */
static bool fair(const uint8_t *bytes, size_t n)
{
	return !memchr(bytes, '$', n) && !memchr(bytes, '~', n) && !memmem(bytes, n, "include", 7);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct diags *d;
	struct text *t;
	struct conf *c;

	if (!fair(bytes, n))
		return 0;
	d = diags_new();
	t = source_from_memory("fuzz", (const char *)bytes, n, &options, d);
	c = conf_parse(t, d);
	again(c, 0);
	again(c, PRINT_DEFAULTS);
	conf_free(c);
	text_free(t);
	diags_free(d);
	return 0;
}
