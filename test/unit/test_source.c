/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Conditions, definitions, loops, includes: what goes in, what comes out, what is said about it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/text.h"

static const struct source_options options = {.config_id = "here", .max_lines = 20000};

static void join(struct strbuf *out, const struct text *t)
{
	uint32_t i;

	strbuf_reset(out);
	for (i = 0; i < t->n_lines; i++) {
		assert_int_equal(strlen(text_line_at(t, i + 1)->s) == text_line_at(t, i + 1)->len,
			!text_line_at(t, i + 1)->shadow ||
				!memchr(text_line_at(t, i + 1)->s, 0, text_line_at(t, i + 1)->len));
		if (!text_line_at(t, i + 1)->shadow)
			strbuf_printf(out, "%s|", text_line_at(t, i + 1)->s);
	}
}

static const struct {
	const char *conf, *lines;
	const char *message; /* part of the first error or warning, NULL: there is none */
} texts[] = {
	/* lines */
	{"", "", NULL},
	{"  a b \t\n\n# c\n  d # e\n", "a b|d|", NULL},
	{"a \"# no ! comment\" # yes", "a \"# no ! comment\"|", NULL},
	{"a \"\\\" # no\" # yes", "a \"\\\" # no\"|", NULL},
	{"a \\# b \\! c \"\\#\" # d", "a # b ! c \"\\#\"|", NULL},
	{"a '# comment", "a '|", NULL},
	{"a\r\nb\r\n", "a|b|", NULL},
	{"\xef\xbb\xbf"
	 "a",
		"a|", NULL},
	{"\xff\xfe"
	 "a\n",
		"", "UTF-16"},
	{"a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> x\n", "a|b|c|", "merge conflict"},
	{"======= a\n========\n", "========|", "merge conflict"},
	{"x \\\ny \\\\\n", "x\\|y \\\\|", "continues only"},
	{"\xc2\xa0"
	 "a \xe2\x80\x9c"
	 "b # c\xe2\x80\x9d # d",
		"a   \"b # c\"|", "blank"},
	{"a \xef\xbd\x9b \xef\xbc\x91\xef\xbc\x90 } b", "a   {     10 } b|", "full-width"},
	{"ro\xe2\x80\x8buter x", "router x|", "taken out"},
	{"ab\xe2\x80\x8b x", "ab x|", "taken out"},
	{"\xe2\x80\x8b x", "x|", "taken out"},
	{"a{b\xc2\xad"
	 "c}",
		"a{  bc}|", "soft hyphen"},
	{"a \"\xe2\x80\x9c\xc2\xa0\"", "a \"\xe2\x80\x9c\xc2\xa0\"|", NULL},
	{"a # \xe2\x80\x9c", "a|", NULL},
	/* conditions */
	{"@here a\n@there b\n@^here c\n@^there d\n@here\n@her e\n", "a|d|", NULL},
	{"@here @there x", "@there x|", NULL},
	{"a { @there b\n@here c { @here d", "a {|c {|d|", NULL},
	/* definitions */
	{"$A=1\nx $A $A, $A) ${A}y $A\n", "x 1 1, 1) 1y 1|", NULL},
	{"$A=1\nx \"$A ${A}\" '${A}'", "x \"1 1\" '1'|", NULL},
	{"$A=\nx${A}y $A\n$A\n", "xy|", NULL},
	{"$A=$B $B\n$B=2\nx $A\n$B=3\nx $A", "x 2 2|x 3 3|", NULL},
	{"$A=1\nx $A:80", "x $A:80|", "write ${A}"},
	{"x $A \"${A}\" $", "x $A \"${A}\" $|", NULL},
	{"x ${A}", "x ${A}|", "not defined"},
	{"$A = 1\nb", "b|", "no blank before ="},
	{"$A=1\n$A = 2", "1 = 2|", NULL},
	{"$A=1 # c\nx $A", "x 1|", NULL},
	{"$A=# c\nx ${A}y", "x y|", NULL},
	{"$A=x # no", "", NULL},
	{"x { $A=1\n$A }", "x {|1 }|", NULL},
	{"@there $A=1\n$A", "$A|", NULL},
	{"$I=@here\n$I b", "@here b|", NULL},
	{"$I=~SEQ(i,1,2)\n$I b", "~SEQ(i,1,2) b|", NULL},
	{"$A=$A x\n$A\nb", "b|", "do not come to an end"},
	{"$A=$B\n$B=$A\n$A\nb", "b|", "do not come to an end"},
	/* definitions of many lines */
	{"$A= \\\n a { \\\n b \\\n }\nx $A\ny", "x a {|b|}|y|", NULL},
	{"$A=a \\\n\\\nb\n$A", "a|b|", NULL},
	{"$A=a \\\nb \\\n\nc\n$A", "c|a|b|", NULL},
	{"$A= \\\na { \\\n\n}\n", "}|", "before its braces are closed"},
	{"$A=a \\\nb\n$A x", "$A x|", "several lines"},
	{"$B= \\\nb${N} \\\nc\n$A=s \\\n$N=1 \\\nx $B \\\n$N=2 \\\n$B \\\nend\n$A",
		"s|x b1|c|b2|c|end|", NULL},
	{"$A= \\\n @here a \\\n @there b \\\n @here c\n$A", "@here a|c|", NULL},
	{"$A= \\\n$N=1 \\\n$N=2 \\\nx\n$A", "$N=1|x|", NULL},
	{"@there $A= \\\n x \\\n y\nz", "z|", NULL},
	{"$A= \\\n x \\\n $A\n$A\nb", NULL, "do not come to an end"},
	{"$A= \\\n~SEQ(i,1,2) y$i \\\n~SEQ(i,1,2) y$i \\\nend\n$A", NULL, NULL},
	/* predefined names */
	{"x ${_INSTANCE} ${_RANDOM 7 7} $_INSTANCE", "x here 7 here|", NULL},
	{"x ${_HASH} \"${_HASH}\" \\${_BANG}", "x # \"#\" !|", NULL},
	{"x ${_ENV TEST_SOURCE}${_ENV NOT_SET_AT_ALL}y", "x some valuey|", NULL},
	{"x ${_ENV}", "x ${_ENV}|", "bad arguments"},
	{"x ${_RANDOM 2 x}", "x ${_RANDOM 2 x}|", "bad arguments"},
	{"x ${_RANDOM 9 3}", "x 9|", "larger"},
	{"random_seed 7\nx ${_RANDOM} ${_RANDOM 1 6}\nrandom_seed 7\nx ${_RANDOM}",
		"random_seed 7|x 3543 1|random_seed 7|x 3543|", NULL},
	{"$_PWD=x\n${_PWD}", "x|", NULL},
	/* loops */
	{"~SEQ(i,3) a$i.b ${i}", "a$i.b 1|a$i.b 2|a$i.b 3|", "write ${i}"},
	{"~SEQ(i,3) a${i}", "a1|a2|a3|", NULL},
	{"~SEQ(i,-2) ${i}", "-1|-2|", NULL},
	{"~SEQ(i,0) ${i}", "1|0|", NULL},
	{"~SEQ(i, 2, 4) ${i}", "2|3|4|", NULL},
	{"~SEQ(i,4,2) ${i}", "4|3|2|", NULL},
	{"~SEQ(i,0x10,-010,1) ${i}", "16|8|", NULL},
	{"~SEQx(i,9,11) ${i}", "9|a|b|", NULL},
	{"$A=2\n~SEQ(i,$A,${A}) ${i}\nx ${i}", "2|x 2|", NULL},
	{"~SEQ(i,2)~SEQ(j,2) ${i}${j}", "11|12|21|22|", NULL},
	{"@here ~SEQ(i,2) @^there a { ~SEQ(j,2) b", "a {|b|b|a {|b|b|", NULL},
	{"a { ~SEQ(j,2) b${j}", "a {|b1|b2|", NULL},
	{"~SEQ(i,9223372036854775807,9223372036854775807) x", "x|", NULL},
	{"~SEQ(i,1,0,3) x", "", "does not lead"},
	{"~SEQ(i,1,-1,3) x", "", "does not lead"},
	{"~SEQ(i,1,2", "", "missing )"},
	{"~SEQ(i,1,2,3,4) x", "", "three numbers"},
	{"~SEQ(i,x) x", "", "not a number"},
	{"~SEQ(1,2) x", "", "not a name"},
	{"~SEQx(i,-3) x", "", "hexadecimal"},
	{"~LST(i,a, b ,c) ${i}", "a|b|c|", NULL},
	{"~LST({i,j},{a,b},{c}) ${i}-${j}", "a-b|c-|", NULL},
	{"~LST({i,j},{a,b,c}) x", "", "more values"},
	{"~LST(i) x", "", "no values"},
	{"~SEQ(i,100000) x\ny", "y|", "would make 100000 lines"},
	{"~SEQ(i,4000000000) x\ny", "y|", "would make 4000000000 lines"},
	{"~SEQ(i,-9223372036854775807,9223372036854775807) x\ny", "y|", "would make more than 1844674407"},
	{"~SEQ(i,1000) ~SEQ(j,1000) x\ny", "y|", "would make 1000000 lines"},
	{"~SEQ(i,99) ~LST(j,a,b) ~SEQ(j,100) x\ny", NULL, NULL},
	{"~SEQ(i,20000) a \n~SEQ(i,20000) a", NULL, "too many lines"},
	{"~SEQ(i,20000) @there x\n~SEQ(i,20000) @there x\ny", NULL, "too long"},
};

static const char *first_message(const struct diags *d)
{
	size_t i;

	for (i = 0; i < diags_count(d); i++)
		if (diags_at(d, i)->level != DIAG_NOTE)
			return diags_at(d, i)->text;
	return NULL;
}

static void expansions(void **state)
{
	struct strbuf got = {0};
	const char *message;
	struct diags *d;
	struct text *t;
	size_t i;

	(void)state;
	setenv("TEST_SOURCE", "some value", 1);
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		d = diags_new();
		t = source_from_memory("t.conf", texts[i].conf, strlen(texts[i].conf), &options, d);
		message = first_message(d);
		join(&got, t);
		if (texts[i].lines)
			assert_string_equal(strbuf_str(&got), texts[i].lines);
		if (!texts[i].message != !message ||
			(message && !strstr(message, texts[i].message)))
			fail_msg("%s: %s", texts[i].conf, message ? message : "no message");
		text_free(t);
		diags_free(d);
	}
	strbuf_free(&got);
}

static void nul_bytes(void **state)
{
	static const char conf[] = "a\nb\0c\nd";
	struct diags *d = diags_new();
	struct text *t = source_from_memory("t.conf", conf, sizeof(conf) - 1, &options, d);
	struct strbuf got = {0};

	(void)state;
	join(&got, t);
	assert_string_equal(strbuf_str(&got), "a|d|");
	assert_int_equal(diags_at(d, 0)->span.col, 1);
	assert_int_equal(text_line_at(t, diags_at(d, 0)->span.line)->lineno, 2);
	strbuf_free(&got);
	text_free(t);
	diags_free(d);
}

/* Where lines come from: file line, column, indentation, and by which definition. */
static void places(void **state)
{
	static const char conf[] = "$P=5\n"
				   "$B= \\\n"
				   "  p { \\\n"
				   "\tq ${P} \\\n"
				   "  }\n"
				   "\n"
				   "\tprio $P\n"
				   "  x { @here $B\n"
				   "~SEQ(i,1,2) y ${i}\n";
	static const struct {
		const char *s;
		uint32_t lineno, col, indent, same;
		const char *what;
		uint32_t defined;
	} want[] = {
		{"prio 5", 7, 1, 8, 5, "$P", 1},
		{"x {", 8, 2, 2, 3, NULL, 0},
		{"p {", 8, 12, 2, 0, "$B", 3},
		{"q 5", 8, 12, 8, 0, "$P", 1},
		{"}", 8, 12, 2, 0, "$B", 5},
		{"y 1", 9, 12, 0, 2, "~SEQ(i,1,2)", 9},
		{"y 2", 9, 12, 0, 2, "~SEQ(i,1,2)", 9},
	};
	struct diags *d = diags_new();
	struct text *t = source_from_memory("t.conf", conf, strlen(conf), &options, d);
	const struct text_expansion *e;
	uint32_t i;

	(void)state;
	assert_int_equal(t->n_lines, ARRAY_SIZE(want));
	for (i = 0; i < t->n_lines; i++) {
		assert_string_equal(text_line_at(t, i + 1)->s, want[i].s);
		assert_int_equal(text_line_at(t, i + 1)->lineno, want[i].lineno);
		assert_int_equal(text_line_at(t, i + 1)->col, want[i].col);
		assert_int_equal(text_line_at(t, i + 1)->indent, want[i].indent);
		assert_int_equal(text_line_at(t, i + 1)->same, want[i].same);
		assert_int_equal(!text_line_at(t, i + 1)->expansion, !want[i].what);
		if (!want[i].what)
			continue;
		e = &t->expansions[text_line_at(t, i + 1)->expansion - 1];
		assert_string_equal(e->what, want[i].what);
		assert_int_equal(e->lineno, want[i].defined);
	}
	assert_true(text_line_at(t, 3)->inner && !text_line_at(t, 2)->inner);
	text_free(t);
	diags_free(d);
}

/* What stands in what: the chain of definitions and loops, innermost first. */
static void chains(void **state)
{
	static const char conf[] = "$V=5\n"
				   "$B= \\\n"
				   "  p $V \\\n"
				   "  q\n"
				   "$C= \\\n"
				   " $B \\\n"
				   " $B\n"
				   "~LST(i,a,b) $C\n";
	static const struct {
		const char *what;
		uint32_t line;
		bool part;
	} want[] = {{"$V", 1, true}, {"$B", 3, false}, {"$C", 6, false}, {"~LST(i,a,b)", 8, false}};
	struct diags *d = diags_new();
	struct text *t = source_from_memory("t.conf", conf, strlen(conf), &options, d);
	uint32_t i, n = 0, at;

	(void)state;
	assert_int_equal(t->n_lines, 8);
	for (at = text_line_at(t, 1)->expansion; at; at = t->expansions[at - 1].parent, n++) {
		assert_string_equal(t->expansions[at - 1].what, want[n].what);
		assert_int_equal(t->expansions[at - 1].lineno, want[n].line);
		assert_int_equal(t->expansions[at - 1].part, want[n].part);
	}
	assert_int_equal(n, ARRAY_SIZE(want));
	for (i = 1; i <= 4; i++) /* the same path through the definitions is kept once */
		assert_int_equal(text_line_at(t, i)->expansion, text_line_at(t, i + 4)->expansion);
	assert_int_not_equal(text_line_at(t, 1)->expansion, text_line_at(t, 3)->expansion);
	text_free(t);
	diags_free(d);
}

/* Includes need files. */

static char dir[] = "/tmp/test_source.XXXXXX";

static void write_file(const char *name, const char *contents)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(contents, f);
	fclose(f);
}

static int make_files(void **state)
{
	char path[128];

	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/sub", dir);
	mkdir(path, 0755);
	write_file("a.inc", "a\n");
	write_file("b.inc", "b\ninclude sub/*.conf\nb2\n");
	write_file("sub/1.conf", "one ${_PWD}\n");
	write_file("sub/2.conf", "include 3.inc\n$V=two\n");
	write_file("sub/3.inc", "three\n");
	write_file("loop.inc", "l\ninclude loop.inc\n");
	write_file("check.inc", "include_check\ninclude nosuch1\n");
	write_file("bad.inc", "x \"y\n");
	write_file("run.inc", "no\n");
	snprintf(path, sizeof(path), "%s/run.inc", dir);
	return chmod(path, 0755);
}

static int remove_files(void **state)
{
	static const char *const names[] = {"a.inc", "b.inc", "sub/1.conf", "sub/2.conf",
		"sub/3.inc", "loop.inc", "check.inc", "bad.inc", "run.inc", "main", "sub", ""};
	char path[128];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		remove(path);
	}
	return 0;
}

static const struct {
	const char *conf, *lines;
	int status; /* of diags_status */
	bool check; /* -e */
} includes[] = {
	{"x\ninclude a.inc\ny", "x|a|y|", 0, false},
	{"include \"a.inc\" # c", "a|", 0, false},
	{"x { include a.inc", "x {|a|", 0, false},
	{"include {b,a}.inc\n$V", "b|one DIR/sub|three|b2|a|two|", 0, false},
	{"include ?.inc", "a|b|one DIR/sub|three|b2|", 0, false},
	{"$I=include a\n$I.inc", "$I.inc|", 5, false},
	{"$I=include\n$I a.inc", "a|", 0, false},
	{"~LST(f,a,sub/3) include ${f}.inc", "a|three|", 0, false},
	{"include nosuch\ninclude run.inc\ninclude sub\nx", "x|", 0, false},
	{"includer nosuch\nx", "x|", 0, false},
	{"includem nosuch*\nx", "x|", 0, false},
	{"includem nosuch\nx", "x|", 6, false},
	{"includew nosuch*\nx", "x|", 6, false},
	{"include {a,nosuch}.inc", "a|", 0, false},
	{"includeb {a,nosuch}.inc\nx", "x|", 6, false},
	{"includeb {a,{sub/3,nosuch}}.inc\nx", "x|", 6, false},
	{"includeb {a,{sub/3,a}}.inc\nx", "a|three|a|x|", 0, false},
	{"includer run.inc\nx", "x|", 6, false},
	{"include run.inc\nx", "x|", 6, true},
	{"includea a.inc", "a|", 0, false},
	{"include_check match\ninclude nosuch*\ninclude nosuch", "include_check match|", 6, false},
	{"include_check wildcard_match\ninclude nosuch", "include_check wildcard_match|", 0, false},
	{"include_check +match -match\ninclude nosuch", "include_check +match -match|", 0, false},
	{"include check.inc\ninclude nosuch2", "include_check|", 6, false},
	{"include loop.inc\nx", "l|x|", 5, false},
	{"include ${NOPE}.inc\nx", "x|", 5, false},
	{"included a\ninclude", "included a|include|", 0, false},
};

static void included_files(void **state)
{
	struct strbuf got = {0}, want = {0};
	struct source_options o = options;
	const char *p;
	struct diags *d;
	struct text *t;
	char path[128];
	int status;
	size_t i;

	(void)state;
	snprintf(path, sizeof(path), "%s/main", dir);
	for (i = 0; i < ARRAY_SIZE(includes); i++) {
		write_file("main", includes[i].conf);
		o.check_all_includes = includes[i].check;
		d = diags_new();
		t = source_read(path, &o, d, &status);
		assert_int_equal(status, 0);
		join(&got, t);
		strbuf_reset(&want);
		for (p = includes[i].lines; *p; p++) {
			if (!strncmp(p, "DIR", 3)) {
				strbuf_puts(&want, dir);
				p += 3;
			}
			strbuf_putc(&want, *p);
		}
		assert_string_equal(strbuf_str(&got), strbuf_str(&want));
		if (diags_status(d) != includes[i].status)
			fail_msg("%s: status %d", includes[i].conf, diags_status(d));
		text_free(t);
		diags_free(d);
	}
	strbuf_free(&got);
	strbuf_free(&want);
}

static void included_from(void **state)
{
	struct diags *d = diags_new();
	char path[128];
	struct text *t;
	int status;

	(void)state;
	write_file("main", "\ninclude b.inc\n");
	snprintf(path, sizeof(path), "%s/main", dir);
	t = source_read(path, &options, d, &status);
	assert_int_equal(t->files[0].from_file, UINT32_MAX);
	assert_int_equal(t->files[1].from_file, 0);
	assert_int_equal(t->files[1].from_line, 2);
	assert_int_equal(t->files[2].from_file, 1);
	snprintf(path, sizeof(path), "%s/sub/1.conf", dir);
	assert_string_equal(t->files[2].name, path);
	text_free(t);
	diags_free(d);
}

static void main_file(void **state)
{
	static const struct {
		const char *name;
		int status;
	} files[] = {{"nosuch", -ENOENT}, {"sub", -EISDIR}, {"run.inc", -EACCES}};
	struct diags *d;
	struct text *t;
	char path[128];
	int status;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		d = diags_new();
		snprintf(path, sizeof(path), "%s/%s", dir, files[i].name);
		t = source_read(path, &options, d, &status);
		assert_int_equal(status, files[i].status);
		assert_int_equal(diags_status(d), 6);
		text_free(t);
		diags_free(d);
	}
}

/* Every pair of a hundred by a hundred, and a bound on what one file may become. */
static void limits(void **state)
{
	static const char conf[] = "$A= \\\n x \\\n y ${i}.${j}\n"
				   "~SEQ(i,1,100) ~SEQ(j,1,90) $A\n";
	static const char laugh[] = "$A=ha ha ha ha ha ha ha ha\n$B=$A $A $A $A $A $A $A $A\n"
				    "$C=$B $B $B $B $B $B $B $B\n$D=$C $C $C $C $C $C $C $C\n"
				    "$E=$D $D $D $D $D $D $D $D\n$F=$E $E $E $E $E $E $E $E\n"
				    "$G=$F $F $F $F $F $F $F $F\n$G\nend";
	struct diags *d = diags_new();
	struct text *t = source_from_memory("t.conf", conf, strlen(conf), &options, d);
	struct source_options o = options;

	(void)state;
	assert_int_equal(t->n_lines, 18000);
	assert_string_equal(text_line_at(t, 17999 + 1)->s, "y 100.90");
	assert_int_equal(diags_count(d), 0);
	text_free(t);
	o.max_bytes = 1000;
	t = source_from_memory("t.conf", conf, strlen(conf), &o, d);
	assert_true(t->n_lines < 1000);
	assert_int_equal(diags_of_level(d, DIAG_ERROR), 1);
	text_free(t);
	t = source_from_memory("t.conf", laugh, strlen(laugh), &options, d);
	assert_string_equal(text_line_at(t, t->n_lines)->s, "end");
	assert_int_equal(diags_of_level(d, DIAG_ERROR), 2);
	text_free(t);
	diags_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expansions),
		cmocka_unit_test(nul_bytes),
		cmocka_unit_test(places),
		cmocka_unit_test(chains),
		cmocka_unit_test(included_files),
		cmocka_unit_test(included_from),
		cmocka_unit_test(main_file),
		cmocka_unit_test(limits),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
