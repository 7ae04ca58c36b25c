/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line map: columns, and the way through bytes and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/text.h"

static struct text *example(void)
{
	struct text *t = text_new();

	text_add_file(t, (struct text_file){.name = "main", .from_file = UINT32_MAX});
	text_add_file(t, (struct text_file){.name = "sub", .from_file = 0, .from_line = 7});
	text_add_expansion(t, (struct text_expansion){"$X", "a b", 1, 3, 0, false});
	text_add_line(t,
		(struct text_line){
			.s = "one two", .len = 7, .lineno = 1, .col = 4, .indent = 8, .same = 7});
	text_add_line(t, (struct text_line){.s = "a b",
				 .len = 3,
				 .file = 1,
				 .lineno = 9,
				 .expansion = 1,
				 .inner = true});
	text_add_line(t, (struct text_line){.s = "", .len = 0, .lineno = 2, .shadow = true});
	return t;
}

static void columns(void **state)
{
	struct text_line l = {.s = "one two", .len = 7, .col = 4, .same = 4};

	(void)state;
	assert_int_equal(text_column(&l, 0), 5);
	assert_int_equal(text_column(&l, 4), 9);
	assert_int_equal(text_column(&l, 6), 9); /* came from a definition */
}

static void lines_are_found(void **state)
{
	struct text *t = example();

	(void)state;
	assert_null(text_line_at(t, 0));
	assert_string_equal(text_line_at(t, 1)->s, "one two");
	assert_null(text_line_at(t, 4));
	text_free(t);
	text_free(NULL);
}

static void there_and_back(void **state)
{
	struct text *t = example(), *back;
	struct strbuf b = {0};
	struct slice lines;
	struct unpack u;

	(void)state;
	lines = text_pack(&b, t);
	strbuf_add(&b, lines.p, lines.n);
	u = unpack_start(b.text, b.len);
	back = text_unpack(&u);
	assert_non_null(back);
	assert_int_equal(back->n_files, 2);
	assert_string_equal(back->files[1].name, "sub");
	assert_int_equal(back->files[1].from_line, 7);
	assert_string_equal(back->expansions[0].written, "a b");
	assert_int_equal(back->n_lines, 3);
	assert_string_equal(text_line_at(back, 1)->s, "one two");
	assert_int_equal(text_line_at(back, 1)->indent, 8);
	assert_int_equal(text_line_at(back, 2)->file, 1);
	assert_true(text_line_at(back, 2)->inner && !text_line_at(back, 2)->shadow);
	assert_true(text_line_at(back, 3)->shadow && !text_line_at(back, 3)->inner);
	text_free(back);
	text_free(t);
	strbuf_free(&b);
}

static void damaged_bytes(void **state)
{
	struct text *t = example(), *back;
	struct strbuf b = {0};
	struct slice lines;
	struct unpack u;
	size_t i;

	(void)state;
	lines = text_pack(&b, t);
	strbuf_add(&b, lines.p, lines.n);
	for (i = 0; i < b.len; i++) {
		u = unpack_start(b.text, i);
		assert_null(text_unpack(&u));
	}
	for (i = 0; i < b.len; i++) { /* any other byte: good or refused, nothing worse */
		b.text[i] ^= 0x41;
		u = unpack_start(b.text, b.len);
		back = text_unpack(&u);
		text_free(back);
		b.text[i] ^= 0x41;
	}
	text_free(t);
	strbuf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns),
		cmocka_unit_test(lines_are_found),
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(damaged_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
