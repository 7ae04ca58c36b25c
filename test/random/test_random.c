/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random valid configurations: each prints as a text that parses without an error to an equal tree,
 * and each can follow any other.
 *
 * usage: test_random [FIRST-SEED [NUMBER]]    as a test
 *        test_random --print SEED             only to see the configuration of that seed
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/text.h"
#include "test/random/generate.h"

struct tree {
	struct strbuf source;
	struct diags *diags;
	struct text *text;
	struct conf *conf;
};

static void parse(struct tree *t)
{
	t->diags = diags_new();
	t->conf = generate_parse(&t->source, t->diags, &t->text);
}

static void discard(struct tree *t)
{
	conf_free(t->conf);
	text_free(t->text);
	diags_free(t->diags);
	strbuf_free(&t->source);
}

static void changed(
	void *ctx, const struct node *old, const struct node *new, enum schema_change change)
{
	const struct node *n = new ? new : old;

	if (change == CHANGE_NONE)
		return;
	++*(unsigned *)ctx;
	printf("%s %s differs (%d)\n", n->block->name, n->name ? n->name : "", (int)change);
}

static bool has_errors(const struct tree *t)
{
	bool any = false;

	for (size_t i = 0; i < diags_count(t->diags); i++)
		any |= diags_at(t->diags, i)->level == DIAG_ERROR;
	if (any)
		diags_print(t->diags, t->text, stdout);
	return any;
}

/* Printed, read, printed: no error, an equal tree, an equal text. */
static bool comes_back(const struct tree *t)
{
	struct tree again = {0};
	struct strbuf text = {0};
	unsigned differences = 0;
	bool ok;

	schema_print(&again.source, &t->conf->node, PRINT_SECRETS);
	parse(&again);
	schema_diff_tree(&t->conf->node, &again.conf->node, changed, &differences);
	schema_print(&text, &again.conf->node, PRINT_SECRETS);
	ok = !has_errors(&again) && !differences &&
	     !strcmp(strbuf_str(&again.source), strbuf_str(&text));
	if (!ok)
		printf("---- written\n%s---- printed\n%s---- printed again\n%s",
			strbuf_str(&t->source), strbuf_str(&again.source), strbuf_str(&text));
	strbuf_free(&text);
	discard(&again);
	return ok;
}

static void ignore(
	void *ctx, const struct node *old, const struct node *new, enum schema_change change)
{
	(void)ctx;
	(void)old;
	(void)new;
	(void)change;
}

static int run(uint64_t seed, unsigned n)
{
	struct tree last = {0};
	unsigned failed = 0, lines = 0, taken = 0;

	for (uint64_t i = seed; i < seed + n; i++) {
		struct tree t = {0};

		taken += generate_valid(&t.source, i);
		parse(&t);
		lines += t.text->n_lines;
		if (has_errors(&t) || !comes_back(&t)) {
			printf("seed %llu failed\n", (unsigned long long)i);
			failed++;
		}
		if (last.conf) {
			schema_diff_tree(&last.conf->node, &t.conf->node, ignore, NULL);
			schema_diff_tree(&t.conf->node, &last.conf->node, ignore, NULL);
			discard(&last);
		}
		last = t;
	}
	discard(&last);
	printf("%u configurations, %u lines, %u statements refused by rules, %u failed\n", n, lines,
		taken, failed);
	return failed != 0 || samples_missing;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "--print")) {
		struct strbuf s = {0};

		generate_valid(&s, strtoull(argv[2], NULL, 10));
		fputs(strbuf_str(&s), stdout);
		strbuf_free(&s);
		return 0;
	}
	return run(argc > 1 ? strtoull(argv[1], NULL, 10) : 1,
		argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 300);
}
