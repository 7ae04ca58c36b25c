/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Diagnostics: order, repetition, exit status, and what they look like. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/diag.h"
#include "lib/log.h"
#include "lib/text.h"

/* A text, and what is said about it; the next one takes its place. */
static struct text *t;
static struct diags *d;

static int forget(void **state)
{
	(void)state;
	diags_free(d);
	text_free(t);
	d = NULL;
	t = NULL;
	return 0;
}

static void no_text(void)
{
	forget(NULL);
	d = diags_new();
	t = text_new();
}

/* This line in a.conf, and again where b.conf has it from $X. */
static void text_of(const char *line)
{
	uint32_t n = (uint32_t)strlen(line);

	no_text();
	text_add_file(t, (struct text_file){.name = "a.conf", .from_file = UINT32_MAX});
	text_add_file(t, (struct text_file){.name = "b.conf", .from_file = 0, .from_line = 3});
	text_add_expansion(t, (struct text_expansion){"$X", "two", 0, 2, 0, false});
	text_add_line(t, (struct text_line){.s = line, .len = n, .lineno = 5, .col = 2, .same = n});
	text_add_line(
		t, (struct text_line){
			   .s = line, .len = n, .file = 1, .lineno = 6, .col = 2, .expansion = 1});
}

/* To be freed. */
static char *printed_by(void (*print)(const struct diags *, const struct text *, FILE *))
{
	char *got = NULL;
	size_t n;
	FILE *f = open_memstream(&got, &n);

	print(d, t, f);
	fclose(f);
	return got;
}

static void prints(const char *want)
{
	char *got = printed_by(diags_print);

	assert_string_equal(got, want);
	free(got);
}

static void terminal(void **state)
{
	struct diag *e;

	(void)state;
	text_of("one two");
	e = diag_warning(d, ((struct span){2, 4, 3}), "no %s", "good");
	diag_also(d, e, (struct span){1, 0, 3}, "first here");
	diag_error(d, ((struct span){0, 0, 0}), "nowhere");
	prints("b.conf:6:3: warning: no good\n"
	       "    one two\n"
	       "        ^~~\n"
	       "  expanded from $X at a.conf:2\n"
	       "  included from a.conf:3\n"
	       "a.conf:5:3: note: first here\n"
	       "    one two\n"
	       "    ^~~\n"
	       "error: nowhere\n");
}

/* A line, where the message points, and the two lines that show it. */
static const struct {
	const char *line;
	uint32_t col, len;
	const char *shown;
} shapes[] = {
	{"a\tbc", 2, 2, "    a\tbc\n     \t^~\n"},
	{"ab", 2, 0, "    ab\n      ^\n"},
	{"ab", 9, 4, "    ab\n      ^\n"},
	{"x\x01y", 2, 1, "    x\\x01y\n         ^\n"},
	{"\xff z", 2, 1, "    \\xff z\n         ^\n"},
	{"\xe8\xaa\x9e z", 4, 1, "    \xe8\xaa\x9e z\n       ^\n"},
	{"\xc2\xa0z", 0, 2, "    <U+00A0>z\n    ^~~~~~~~\n"},
	{"\xe2\x80\xae"
	 "z",
		3, 1, "    <U+202E>z\n            ^\n"},
	{"\xed\xa0\x80", 0, 1, "    \\xed\\xa0\\x80\n    ^~~~\n"},
};

static void source_lines(void **state)
{
	struct strbuf want = {0};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(shapes); i++) {
		text_of(shapes[i].line);
		diag_error(d, ((struct span){1, shapes[i].col, shapes[i].len}), "m");
		strbuf_reset(&want);
		strbuf_printf(&want, "a.conf:5:%u: error: m\n%s",
			2 + MIN(shapes[i].col, (uint32_t)strlen(shapes[i].line)) + 1,
			shapes[i].shown);
		prints(strbuf_str(&want));
	}
	strbuf_free(&want);
}

static void long_line(void **state)
{
	static char line[5001]; /* the text borrows it */
	char *got;

	(void)state;
	memset(line, 'x', 5000);
	line[5000] = '\0';
	text_of(line);
	diag_error(d, ((struct span){1, 2500, 3}), "m");
	got = printed_by(diags_print);
	assert_in_range(strlen(got), 100, 600);
	assert_non_null(strstr(got, "^~~\n"));
	free(got);
}

static void order_and_repetition(void **state)
{
	char text[16];
	int i;

	(void)state;
	no_text();
	diag_error(d, ((struct span){0, 0, 0}), "last");
	for (i = 999; i >= 0; i--) {
		snprintf(text, sizeof(text), "%d", i);
		diag_error(
			d, ((struct span){(uint32_t)i / 10 + 1, (uint32_t)i % 10, 1}), "%s", text);
		diag_error(
			d, ((struct span){(uint32_t)i / 10 + 1, (uint32_t)i % 10, 1}), "%s", text);
	}
	assert_int_equal(diags_count(d), 1001);
	assert_int_equal(diags_of_level(d, DIAG_ERROR), 1001);
	for (i = 0; i < 1000; i++) {
		snprintf(text, sizeof(text), "%d", i);
		assert_string_equal(diags_at(d, (size_t)i)->text, text);
	}
	assert_string_equal(diags_at(d, 1000)->text, "last");
	assert_null(diags_at(d, 1001));
	diag_note(d, ((struct span){1, 0, 0}), "seen after reading");
	assert_string_equal(diags_at(d, 1)->text, "seen after reading");
	assert_null(diag_error(NULL, ((struct span){1, 0, 0}), "nobody listens"));
}

static void status(void **state)
{
	struct span s = {0};

	(void)state;
	no_text();
	assert_int_equal(diags_status(d), 0);
	diag_note(d, s, "note");
	diag_add(d, DIAG_ERROR, DIAG_MACHINE, s, "machine");
	assert_int_equal(diags_status(d), 0);
	diag_warning(d, s, "warning");
	assert_int_equal(diags_status(d), 5);
	diag_add(d, DIAG_ERROR, DIAG_INCLUDE, s, "include");
	assert_int_equal(diags_status(d), 6);
	diag_add(d, DIAG_ERROR, DIAG_REQUIRED, s, "required");
	diag_add(d, DIAG_ERROR, DIAG_SECURITY, s, "security");
	assert_int_equal(diags_status(d), 2);
}

static struct strbuf logged;

static void hook(int priority, const char *line)
{
	strbuf_printf(&logged, "%d %s\n", priority, line);
}

static void in_the_log(void **state)
{
	struct diag *e;

	(void)state;
	text_of("one two");
	log_set_hook(hook);
	diag_warning(d, ((struct span){1, 4, 3}), "bad \x1b[31m");
	e = diag_error(d, ((struct span){2, 4, 3}), "worse");
	diag_also(d, e, (struct span){1, 0, 3}, "first here");
	diag_note(d, ((struct span){0, 0, 0}), "nowhere");
	diags_log(d, t);
	log_set_hook(NULL);
	assert_string_equal(strbuf_str(&logged), "4 (a.conf: Line 5) bad \\x1b[31m\n"
						 "3 (b.conf: Line 6) worse\n"
						 "6 (a.conf: Line 5) first here\n"
						 "6 nowhere\n");
	strbuf_free(&logged);
}

/* The blocks around a place, the reader's corrections included. */
static void blocks(void **state)
{
	static const char *const lines[] = {"vrrp_instance \"V {1\"", "{", "track { ${A} x",
		"} bad", "}", "top", "lost", "here"};
	size_t i;

	(void)state;
	text_of("");
	for (i = 0; i < ARRAY_SIZE(lines); i++)
		text_add_line(t, (struct text_line){.s = lines[i],
					 .len = (uint32_t)strlen(lines[i]),
					 .lineno = (uint32_t)i + 1});
	diag_error(d, ((struct span){5, 13, 1}), "x");
	diag_error(d, ((struct span){6, 2, 3}), "bad");
	diag_error(d, ((struct span){8, 0, 3}), "top");
	diags_braces(d, (struct span){9, 0, 4}, -2);
	diags_braces(d, (struct span){10, 0, 4}, 1);
	diag_error(d, ((struct span){9, 0, 4}), "lost");
	diag_error(d, ((struct span){10, 0, 4}), "here");
	prints("a.conf:3:1: error: x\n    track { ${A} x\n                 ^\n"
	       "  in track of vrrp_instance \"V {1\"\n"
	       "a.conf:4:1: error: bad\n    } bad\n      ^~~\n  in vrrp_instance \"V {1\"\n"
	       "a.conf:6:1: error: top\n    top\n    ^~~\n"
	       "a.conf:7:1: error: lost\n    lost\n    ^~~~\n  in top of top\n"
	       "a.conf:8:1: error: here\n    here\n    ^~~~\n  in top\n");
}

static void hints(void **state)
{
	(void)state;
	text_of("one two");
	diag_error(d, ((struct span){1, 4, 3}), "before");
	diag_error(d, ((struct span){1, 4, 2}), "after");
	assert_false(diags_hint(d, 1, (struct span){1, 0, 3}, "elsewhere"));
	assert_true(diags_hint(d, 1, (struct span){1, 4, 3}, "why"));
	assert_true(diags_hint(d, 1, (struct span){1, 4, 3}, "why not"));
	prints("a.conf:5:7: error: before\n    one two\n        ^~~\n"
	       "a.conf:5:7: error: after (why)\n    one two\n        ^~\n");
}

static void as_json(void **state)
{
	struct diag *e;
	char *got;

	(void)state;
	text_of("\xc3\xa4 \xff two");
	e = diag_add(d, DIAG_WARNING, DIAG_MACHINE, (struct span){2, 5, 3}, "no \"%s\"", "good");
	diag_also(d, e, (struct span){1, 0, 2}, "first here");
	diag_error(d, ((struct span){0, 0, 0}), "nowhere");
	got = printed_by(diags_print_json);
	assert_string_equal(got,
		"[\n"
		"  {\n    \"level\": \"warning\",\n    \"kind\": \"machine\",\n"
		"    \"file\": \"b.conf\",\n    \"line\": 6,\n    \"column\": 3,\n"
		"    \"text\": \"no \\\"good\\\"\",\n"
		"    \"source\": \"\xc3\xa4 \xef\xbf\xbd two\",\n"
		"    \"start\": 4,\n    \"end\": 7,\n    \"block\": [],\n"
		"    \"expanded_from\": [\n      {\n        \"what\": \"$X\",\n"
		"        \"file\": \"a.conf\",\n        \"line\": 2\n      }\n    ],\n"
		"    \"included_from\": [\n      {\n        \"file\": \"a.conf\",\n"
		"        \"line\": 3\n      }\n    ],\n"
		"    \"also\": {\n      \"file\": \"a.conf\",\n      \"line\": 5,\n"
		"      \"column\": 3,\n      \"text\": \"first here\",\n"
		"      \"source\": \"\xc3\xa4 \xef\xbf\xbd two\",\n"
		"      \"start\": 0,\n      \"end\": 1\n    },\n    \"more\": 0\n  },\n"
		"  {\n    \"level\": \"error\",\n    \"kind\": \"config\",\n"
		"    \"file\": null,\n    \"line\": 0,\n    \"column\": 0,\n"
		"    \"text\": \"nowhere\",\n    \"source\": null,\n    \"block\": [],\n"
		"    \"expanded_from\": [],\n    \"included_from\": [],\n"
		"    \"also\": null,\n    \"more\": 0\n  }\n]\n");
	free(got);
}

/* `lines` lines that all come from the same line of a file, or each from its own. */
static void text_of_lines(unsigned lines, bool own)
{
	no_text();
	text_add_file(t, (struct text_file){.name = "a.conf", .from_file = UINT32_MAX});
	for (unsigned i = 1; i <= lines; i++)
		text_add_line(t, (struct text_line){.s = "x", .len = 1, .lineno = own ? i : 7});
	diags_of_text(d, t);
}

/* One line of a file, expanded again and again. */
static void alike(void **state)
{
	unsigned i;

	(void)state;
	text_of_lines(100, false);
	for (i = 1; i <= 100; i++) {
		diag_error(d, ((struct span){i, 0, 1}), "no %u", i);
		diag_warning(d, ((struct span){i, 0, 1}), "always the same");
		diag_warning(d, ((struct span){i, 0, 1}), "always the same");
	}
	prints("a.conf:7:1: error: no 1\n    x\n    ^\n"
	       "a.conf:7:1: warning: always the same\n    x\n    ^\n"
	       "  (and 99 more like this at a.conf:7)\n"
	       "a.conf:7:1: error: no 2\n    x\n    ^\n"
	       "a.conf:7:1: error: no 3\n    x\n    ^\n"
	       "  (and 97 more like this at a.conf:7)\n");
	assert_int_equal(diags_of_level(d, DIAG_ERROR), 100);
	assert_int_equal(diags_of_level(d, DIAG_WARNING), 100);
}

/* One cause on many lines. */
static void spread(void **state)
{
	unsigned i;

	(void)state;
	text_of_lines(9, true);
	for (i = 1; i <= 9; i++) {
		diag_spread(d, DIAG_WARNING, (struct span){i, 0, 1}, "odd %s", "byte");
		diag_spread(d, DIAG_WARNING, (struct span){i, 0, 1}, "odd %s", "byte");
		diag_spread(d, DIAG_NOTE, (struct span){i, 0, 1}, "line %u", i);
	}
	assert_int_equal(diags_of_level(d, DIAG_WARNING), 9);
	assert_int_equal(diags_of_level(d, DIAG_NOTE), 9);
	assert_int_equal(diags_count(d), 14);
	assert_null(diags_shown_at(d, 14));
	assert_int_equal(diags_shown_at(d, 8)->more, 4);
	log_set_hook(hook);
	diags_log(d, t);
	log_set_hook(NULL);
	assert_non_null(strstr(strbuf_str(&logged),
		"4 (a.conf: Line 5) odd byte\n"
		"4 (a.conf: Line 5) ... and 4 more like this, up to line 9\n"
		"6 (a.conf: Line 5) line 5\n"));
	strbuf_free(&logged);
}

/* A million mistakes cost no memory, and still decide the exit status. */
static void flood(void **state)
{
	uint32_t i;

	(void)state;
	no_text();
	for (i = 1; i <= 300000; i++)
		diag_note(d, ((struct span){i, 0, 1}), "n");
	assert_int_equal(diags_status(d), 0);
	for (i = 1; i <= 300000; i++)
		diag_add(d, DIAG_ERROR, DIAG_REQUIRED, (struct span){i, 0, 1}, "e");
	assert_int_equal(diags_of_level(d, DIAG_NOTE), 300000);
	assert_int_equal(diags_of_level(d, DIAG_ERROR), 300000);
	assert_int_equal(diags_count(d) + diags_left_out(d), 600000);
	assert_in_range(diags_count(d), 1000, 100000);
	assert_int_equal(diags_status(d), 2);
}

static bool is_error(const struct diag *d, const void *ctx)
{
	(void)ctx;
	return d->level == DIAG_ERROR;
}

static void keeping_some(void **state)
{
	unsigned i;

	(void)state;
	text_of_lines(100, false);
	for (i = 1; i <= 100; i++) {
		diag_warning(d, ((struct span){i, 0, 1}), "w %u", i);
		diag_error(d, ((struct span){i, 0, 1}), "e %u", i);
	}
	diags_keep(d, is_error, NULL);
	assert_int_equal(diags_of_level(d, DIAG_WARNING), 0);
	assert_int_equal(diags_of_level(d, DIAG_ERROR), 100);
	diag_warning(d, ((struct span){1, 0, 1}), "w %u", 1u);
	diag_error(d, ((struct span){1, 0, 1}), "e %u", 1u);
	assert_int_equal(diags_of_level(d, DIAG_WARNING), 1);
	assert_int_equal(diags_of_level(d, DIAG_ERROR), 100);
	assert_int_equal(diags_shown_at(d, 3)->more, 97);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(terminal),
		cmocka_unit_test(source_lines),
		cmocka_unit_test(long_line),
		cmocka_unit_test(order_and_repetition),
		cmocka_unit_test(status),
		cmocka_unit_test(in_the_log),
		cmocka_unit_test(blocks),
		cmocka_unit_test(hints),
		cmocka_unit_test(as_json),
		cmocka_unit_test(alike),
		cmocka_unit_test(spread),
		cmocka_unit_test(flood),
		cmocka_unit_test(keeping_some),
	};

	return cmocka_run_group_tests(tests, NULL, forget);
}
