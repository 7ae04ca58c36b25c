/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is printed reads back: every configuration that the project has is parsed, printed, parsed
 * and printed again. The two trees are equal, with and without defaults as comments, and so are the
 * two texts. Other files can be named on the command line.
 */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "keepalived/conf/changes.h"
#include "lib/source.h"
#include "test/unit/conf_fixture.h"

static const struct source_options options = {.config_id = "here"};
static const char *const *files; /* from the command line; NULL: the project's */

static struct fixture parse(struct text *text, struct diags *diags)
{
	return (struct fixture){diags, text, conf_parse(text, diags)};
}

static struct fixture read_again(const struct strbuf *printed)
{
	struct diags *diags = diags_new();

	return parse(
		source_from_memory("printed", strbuf_str(printed), printed->len, &options, diags),
		diags);
}

/* Says what is not equal, and counts it. */
static unsigned unequal(const char *name, const struct conf *a, const struct conf *b)
{
	struct changes *c = changes_between(a, b);
	unsigned n = c->n;

	if (n) {
		printf("%s: printed and read again, it differs:\n", name);
		changes_print(c, stdout);
	}
	changes_free(c);
	return n;
}

static unsigned check_printed(const char *name, const struct conf *c, unsigned flags)
{
	struct strbuf once = {0}, twice = {0};
	struct fixture again;
	unsigned bad;

	schema_print(&once, &c->node, flags | PRINT_SECRETS);
	again = read_again(&once);
	bad = unequal(name, c, again.conf);
	schema_print(&twice, &again.conf->node, flags | PRINT_SECRETS);
	if (strcmp(strbuf_str(&once), strbuf_str(&twice)) != 0) {
		printf("%s: printed twice, the texts differ:\n%s----\n%s", name, strbuf_str(&once),
			strbuf_str(&twice));
		bad++;
	}
	strbuf_free(&once);
	strbuf_free(&twice);
	end(&again);
	return bad;
}

static unsigned check_file(const char *path)
{
	struct diags *diags = diags_new();
	int err;
	struct text *text = source_read(path, &options, diags, &err);
	struct fixture r = parse(text, diags);
	unsigned bad = check_printed(path, r.conf, 0) + check_printed(path, r.conf, PRINT_DEFAULTS);

	end(&r);
	return bad;
}

static unsigned check_pattern(const char *pattern)
{
	const char *srcdir = getenv("srcdir");
	char full[512];
	unsigned bad = 0;
	glob_t found;

	snprintf(full, sizeof(full), "%s/%s", srcdir ? srcdir : ".", pattern);
	if (glob(full, 0, NULL, &found) == GLOB_NOMATCH && !srcdir)
		skip(); /* started by hand from another directory */
	for (size_t i = 0; i < found.gl_pathc; i++)
		bad += check_file(found.gl_pathv[i]);
	globfree(&found);
	return bad;
}

static void test_round_trip(void **state)
{
	unsigned bad = 0;

	(void)state;
	if (files) {
		for (const char *const *f = files; *f; f++)
			bad += check_file(*f);
	} else {
		bad += check_pattern("doc/keepalived.conf.sample");
		bad += check_pattern("test/conf/*.conf");
		bad += check_pattern("test/fuzz/seeds/conf/*");
	}
	assert_int_equal(bad, 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_round_trip)};

	if (argc > 1)
		files = (const char *const *)argv + 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
