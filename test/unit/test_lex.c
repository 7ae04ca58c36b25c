/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words, braces, raw values and the rules of scripts. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/lex.h"

struct fixture {
	struct diags *diags;
	struct text *text;
	struct arena *arena;
	struct lex *lex;
};

static struct fixture start(const char *conf)
{
	static const struct source_options options = {.config_id = "here"};
	struct fixture f = {.diags = diags_new(), .arena = arena_new()};

	f.text = source_from_memory("t.conf", conf, strlen(conf), &options, f.diags);
	f.lex = lex_new(f.text, f.arena, f.diags);
	return f;
}

static void end(struct fixture *f)
{
	lex_free(f->lex);
	arena_free(f->arena);
	text_free(f->text);
	diags_free(f->diags);
}

static bool slice_is(struct slice s, const char *word)
{
	return s.n == strlen(word) && !memcmp(s.p, word, s.n);
}

static void put(struct strbuf *b, struct lex_token t)
{
	static const char *const names[] = {
		[LEX_OPEN] = "{", [LEX_CLOSE] = "}", [LEX_EOL] = ";", [LEX_EOF] = ""};

	if (t.kind != LEX_WORD)
		strbuf_puts(b, names[t.kind]);
	else
		strbuf_printf(b, t.quoted ? "\"%s\"" : "%s", t.s.p);
	if (t.kind == LEX_WORD)
		assert_int_equal(strlen(t.s.p), t.s.n);
	strbuf_putc(b, ' ');
}

static const struct {
	const char *conf, *tokens;
} streams[] = {
	{"", ""},
	{"\n \t\n# only\n", ""},
	{"a b\tc\v\fd", "a b c d ;"},
	{"k{a", "k ; { a ;"},
	{"k\n{\na }", "k ; { a ; }"},
	{"a } k2 x {", "a ; } k2 x ; {"},
	{"vrrp_instance VI_1 { interface eth0\n}}", "vrrp_instance VI_1 ; { interface eth0 ; } }"},
	{"ab\"c d\"e", "ab \"c d\" e ;"},
	{"a \"\" b", "a \"\" b ;"},
	{"a \"x\\\" b", "a \"x\\\" b ;"},
	{"a 'b c' d", "a 'b c' d ;"},
	{"a \"{ } # !\" '{'", "a \"{ } # !\" ' ; { ' ;"},
	{"a # b\nc ! d\ne \\# \\!", "a ; c ; e # ! ;"},
	{"a \"b c", "a ;"},
	{"\"b c\nd", "; d ;"},
	{"a \\", "a\\ ;"},
	{"} \\", "} \\ ;"},
	{"a\r\nb {\r\n}\r\n", "a ; b ; { }"},
	{"\xef\xbb\xbf"
	 "a",
		"a ;"},
	{"a ${B} c${D E}f g", "a ${B} c${D E}f g ;"},
	{"a $ {", "a $ ; {"},
	{"a ${ } ${}", "a $ ; { } $ ; { }"},
	{"a\xc2\xa0"
	 "b\xe3\x80\x80"
	 "c \xe2\x80\x9cq r\xe2\x80\x9d",
		"a b c \"q r\" ;"},
};

static void token_streams(void **state)
{
	struct strbuf got = {0}, want = {0};
	struct lex_token t;
	struct fixture f;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(streams); i++) {
		f = start(streams[i].conf);
		strbuf_reset(&got);
		do {
			t = lex_peek(f.lex);
			assert_int_equal(lex_next(f.lex).kind, t.kind);
			put(&got, t);
		} while (t.kind != LEX_EOF);
		strbuf_reset(&want);
		strbuf_printf(&want, "%s%s", streams[i].tokens, *streams[i].tokens ? "  " : " ");
		assert_string_equal(strbuf_str(&got), strbuf_str(&want));
		assert_int_equal(lex_next(f.lex).kind, LEX_EOF);
		end(&f);
	}
	strbuf_free(&got);
	strbuf_free(&want);
}

static void places(void **state)
{
	struct fixture f = start("a {\n\t  b c{\n");
	struct lex_token t = lex_next(f.lex);

	(void)state;
	assert_true(t.first && t.indent == 0);
	lex_next(f.lex);
	t = lex_next(f.lex);
	assert_true(t.kind == LEX_OPEN && !t.first && !t.glued);
	t = lex_next(f.lex);
	assert_true(t.first && t.indent == 10);
	t = lex_next(f.lex);
	assert_true(!t.first && t.span.line == 2 && t.span.col == 2 && t.span.len == 1);
	lex_next(f.lex);
	assert_true(lex_next(f.lex).glued);
	assert_int_equal(diags_of_level(f.diags, DIAG_NOTE), 1);
	end(&f);
}

static void unclosed_quote(void **state)
{
	struct fixture f = start("a b \"c {\nd\n");
	const struct lex_token *words;

	(void)state;
	lex_peek(f.lex);
	assert_int_equal(lex_words(f.lex, &words), 2);
	assert_true(words[2].unclosed);
	assert_int_equal(diags_of_level(f.diags, DIAG_ERROR), 1);
	assert_true(slice_is(lex_next(f.lex).s, "d"));
	end(&f);
}

static void skipping(void **state)
{
	struct fixture f = start("a { b { c \"} } } d } e\n} f g\nh { i");
	const struct lex_token *words;

	(void)state;
	lex_skip_line(f.lex);
	assert_int_equal(lex_words(f.lex, &words), 0); /* does not run over a brace */
	lex_skip_line(f.lex);
	assert_int_equal(lex_next(f.lex).kind, LEX_OPEN);
	assert_false(lex_skip_block(f.lex)); /* the quote hides three braces */
	end(&f);

	f = start("a { b { c \"}\" } d } f g\nh { i");
	lex_skip_line(f.lex);
	lex_next(f.lex);
	assert_true(lex_skip_block(f.lex));
	assert_int_equal(lex_words(f.lex, &words), 2);
	assert_true(slice_is(words[0].s, "f") && slice_is(words[1].s, "g"));
	assert_int_equal(diags_count(f.diags), 0);
	end(&f);
}

static void looking_ahead(void **state)
{
	struct fixture f = start("a b\nc {\n");
	struct lex_mark m;

	(void)state;
	lex_next(f.lex);
	lex_peek(f.lex);
	m = lex_mark(f.lex);
	while (lex_next(f.lex).kind != LEX_OPEN)
		;
	lex_rewind(f.lex, m);
	assert_true(slice_is(lex_next(f.lex).s, "b"));
	assert_int_equal(lex_next(f.lex).kind, LEX_EOL);
	end(&f);
}

static const struct {
	const char *line, *raw;
	enum lex_kind next;
} raws[] = {
	{"k /bin/x  a 'b  c' # d", "/bin/x  a 'b  c'", LEX_WORD},
	{"k \"x \\\" { y\" z }", "\"x \\\" { y\" z", LEX_CLOSE},
	{"k 'a {' }", "'a", LEX_OPEN},
	{"k", "", LEX_WORD},
	{"k {", "", LEX_OPEN},
	{"k ${HOME}/x", "${HOME}/x", LEX_WORD},
	{"k \"never closed {", "\"never closed {", LEX_WORD},
};

static void raw_rest(void **state)
{
	struct strbuf conf = {0};
	struct slice raw;
	struct span span;
	struct fixture f;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(raws); i++) {
		strbuf_reset(&conf);
		strbuf_printf(&conf, "%s\nnext", raws[i].line);
		f = start(strbuf_str(&conf));
		lex_next(f.lex);
		lex_peek(f.lex);
		assert_int_equal(lex_raw(f.lex, &raw, &span), *raws[i].raw != '\0');
		assert_true(slice_is(raw, raws[i].raw));
		assert_int_equal(span.line, i == 5 ? 2 : 1); /* the undefined name has its own */
		assert_int_equal(lex_next(f.lex).kind, raws[i].next);
		end(&f);
	}
	strbuf_free(&conf);
}

/* A script line, and its program and arguments; the further words after "|". */
static const struct {
	const char *line, *want;
	int error;
} scripts[] = {
	{"s /bin/x", "</bin/x>", 0},
	{"s \"/bin/x a b\" user group", "</bin/x><a><b>|user|group", 0},
	{"s /bin/x arg", "</bin/x>|arg", 0},
	{"s '/bin/x \"a b\" c'", "</bin/x><a b><c>", 0},
	{"s \"/bin/x 'a b' c\"", "</bin/x><a b><c>", 0},
	{"s \"/bin/x \\\"a b\\\" c\"", "</bin/x><a b><c>", 0},
	{"s /bin/x\\ y", "</bin/x><y>", 0},
	{"s /bin/\"x y\"z", "</bin/x><yz>", 0},
	{"s \"x \\a\\b\\E\\f\\n\\r\\t\\v\"", "<x><\a\b\033\f\n\r\t\v>", 0},
	{"s \"x \\101\\x42\\x4g\\cA\\q\"", "<x><AB\x04g\001q>", 0},
	{"s \"x '' \\000y\"", "<x><><y>", 0},
	{"s \"\"", "", 0},
	{"s \"x 'a\"", "", -EINVAL},
};

static void scripts_are_split(void **state)
{
	struct strbuf got = {0};
	struct lex_token *words;
	const char **argv;
	struct slice raw;
	struct span span;
	struct fixture f;
	size_t i, j, n, argc;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(scripts); i++) {
		f = start(scripts[i].line);
		strbuf_reset(&got);
		lex_next(f.lex);
		lex_raw(f.lex, &raw, &span);
		assert_int_equal(lex_split(f.lex, raw, span, &words, &n), 0);
		assert_int_equal(
			lex_split_command(f.lex, &words[0], &argv, &argc), scripts[i].error);
		assert_int_equal(diags_count(f.diags), scripts[i].error != 0);
		for (j = 0; j < argc && !scripts[i].error; j++)
			strbuf_printf(&got, "<%s>", argv[j]);
		assert_null(argv[argc]);
		for (j = 1; j < n; j++)
			strbuf_printf(&got, "|%s", words[j].s.p);
		assert_string_equal(strbuf_str(&got), scripts[i].want);
		end(&f);
	}
	strbuf_free(&got);
}

static void patterns_keep_their_backslashes(void **state)
{
	struct fixture f = start("regex \"^a\\.b\\d \\\\w\" 'x");
	struct lex_token *words;
	struct slice raw;
	struct span span;
	size_t n;

	(void)state;
	lex_next(f.lex);
	assert_true(lex_raw(f.lex, &raw, &span));
	assert_int_equal(lex_split(f.lex, raw, span, &words, &n), -EINVAL);
	assert_int_equal(n, 2);
	assert_string_equal(words[0].s.p, "^a\\.b\\d \\w");
	assert_int_equal(words[1].span.col, 20);
	assert_int_equal(diags_of_level(f.diags, DIAG_ERROR), 1);
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(token_streams),
		cmocka_unit_test(places),
		cmocka_unit_test(unclosed_quote),
		cmocka_unit_test(skipping),
		cmocka_unit_test(looking_ahead),
		cmocka_unit_test(raw_rest),
		cmocka_unit_test(scripts_are_split),
		cmocka_unit_test(patterns_keep_their_backslashes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
