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

#include <cmocka.h>

#include "lib/text.h"
#include "test/unit/put_file.h"

static const struct source_options options = {.config_id = "here", .max_lines = 20000};

/* What was read last, and what was said about it. */
static struct text *text;
static struct diags *diags;

static void forget(void)
{
	text_free(text);
	diags_free(diags);
	text = NULL;
	diags = NULL;
}

static void read_bytes(const struct source_options *o, const char *conf, size_t n)
{
	forget();
	diags = diags_new();
	text = source_from_memory("t.conf", conf, n, o, diags);
}

static void read_string(const char *conf)
{
	read_bytes(&options, conf, strlen(conf));
}

/* Lines are counted from 1, as in spans. */
static const struct text_line *line(uint32_t n)
{
	return text_line_at(text, n);
}

/* The lines that are not in shadow, with a | behind each. NULL: whatever they are. */
static void assert_lines(const char *want)
{
	struct strbuf got = {0};
	uint32_t i;

	for (i = 1; i <= text->n_lines; i++) {
		const struct text_line *l = line(i);

		assert_int_equal(strlen(l->s) == l->len, !l->shadow || !memchr(l->s, 0, l->len));
		if (!l->shadow)
			strbuf_printf(&got, "%s|", l->s);
	}
	if (want)
		assert_string_equal(strbuf_str(&got), want);
	strbuf_free(&got);
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
	{"~SEQ(i,-9223372036854775807,9223372036854775807) x\ny", "y|",
		"would make more than 1844674407"},
	{"~SEQ(i,1000) ~SEQ(j,1000) x\ny", "y|", "would make 1000000 lines"},
	{"~SEQ(i,99) ~LST(j,a,b) ~SEQ(j,100) x\ny", NULL, NULL},
	{"~SEQ(i,20000) a \n~SEQ(i,20000) a", NULL, "too many lines"},
	{"~SEQ(i,20000) @there x\n~SEQ(i,20000) @there x\ny", NULL, "too long"},
};

static const char *first_message(void)
{
	size_t i;

	for (i = 0; i < diags_count(diags); i++)
		if (diags_at(diags, i)->level != DIAG_NOTE)
			return diags_at(diags, i)->text;
	return NULL;
}

static void expansions(void **state)
{
	const char *message;
	size_t i;

	(void)state;
	setenv("TEST_SOURCE", "some value", 1);
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		read_string(texts[i].conf);
		message = first_message();
		assert_lines(texts[i].lines);
		if (!texts[i].message != !message ||
			(message && !strstr(message, texts[i].message)))
			fail_msg("%s: %s", texts[i].conf, message ? message : "no message");
	}
}

static void nul_bytes(void **state)
{
	static const char conf[] = "a\nb\0c\nd";

	(void)state;
	read_bytes(&options, conf, sizeof(conf) - 1);
	assert_lines("a|d|");
	assert_int_equal(diags_at(diags, 0)->span.col, 1);
	assert_int_equal(line(diags_at(diags, 0)->span.line)->lineno, 2);
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
	uint32_t i;

	(void)state;
	read_string(conf);
	assert_int_equal(text->n_lines, ARRAY_SIZE(want));
	for (i = 0; i < text->n_lines; i++) {
		const struct text_line *l = line(i + 1);
		const struct text_expansion *e;

		assert_string_equal(l->s, want[i].s);
		assert_int_equal(l->lineno, want[i].lineno);
		assert_int_equal(l->col, want[i].col);
		assert_int_equal(l->indent, want[i].indent);
		assert_int_equal(l->same, want[i].same);
		assert_int_equal(!l->expansion, !want[i].what);
		if (!want[i].what)
			continue;
		e = &text->expansions[l->expansion - 1];
		assert_string_equal(e->what, want[i].what);
		assert_int_equal(e->lineno, want[i].defined);
	}
	assert_true(line(3)->inner && !line(2)->inner);
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
	uint32_t i, n = 0, at;

	(void)state;
	read_string(conf);
	assert_int_equal(text->n_lines, 8);
	for (at = line(1)->expansion; at; at = text->expansions[at - 1].parent, n++) {
		assert_string_equal(text->expansions[at - 1].what, want[n].what);
		assert_int_equal(text->expansions[at - 1].lineno, want[n].line);
		assert_int_equal(text->expansions[at - 1].part, want[n].part);
	}
	assert_int_equal(n, ARRAY_SIZE(want));
	for (i = 1; i <= 4; i++) /* the same path through the definitions is kept once */
		assert_int_equal(line(i)->expansion, line(i + 4)->expansion);
	assert_int_not_equal(line(1)->expansion, line(3)->expansion);
}

/* Includes need files. */

static char dir[] = "/tmp/test_source.XXXXXX";

static const char *path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

/* An error of reading; 0: none. */
static int read_file(const struct source_options *o, const char *name)
{
	int status;

	forget();
	diags = diags_new();
	text = source_read(path_of(name), o, diags, &status);
	return status;
}

static int make_files(void **state)
{
	static const char *const files[][2] = {
		{"a.inc", "a\n"},
		{"b.inc", "b\ninclude sub/*.conf\nb2\n"},
		{"sub/1.conf", "one ${_PWD}\n"},
		{"sub/2.conf", "include 3.inc\n$V=two\n"},
		{"sub/3.inc", "three\n"},
		{"loop.inc", "l\ninclude loop.inc\n"},
		{"check.inc", "include_check\ninclude nosuch1\n"},
		{"bad.inc", "x \"y\n"},
		{"run.inc", "no\n"},
	};
	size_t i;

	(void)state;
	if (!mkdtemp(dir) || mkdir(path_of("sub"), 0755))
		return -1;
	for (i = 0; i < ARRAY_SIZE(files); i++)
		put_file(dir, files[i][0], files[i][1]);
	return chmod(path_of("run.inc"), 0755);
}

static int remove_files(void **state)
{
	char command[128];

	(void)state;
	forget();
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
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
	struct source_options o = options;
	struct strbuf want = {0};
	const char *p;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(includes); i++) {
		put_file(dir, "main", includes[i].conf);
		o.check_all_includes = includes[i].check;
		assert_int_equal(read_file(&o, "main"), 0);
		strbuf_reset(&want);
		for (p = includes[i].lines; *p; p++) {
			if (!strncmp(p, "DIR", 3)) {
				strbuf_puts(&want, dir);
				p += 3;
			}
			strbuf_putc(&want, *p);
		}
		assert_lines(strbuf_str(&want));
		if (diags_status(diags) != includes[i].status)
			fail_msg("%s: status %d", includes[i].conf, diags_status(diags));
	}
	strbuf_free(&want);
}

static void included_from(void **state)
{
	(void)state;
	put_file(dir, "main", "\ninclude b.inc\n");
	read_file(&options, "main");
	assert_int_equal(text->files[0].from_file, UINT32_MAX);
	assert_int_equal(text->files[1].from_file, 0);
	assert_int_equal(text->files[1].from_line, 2);
	assert_int_equal(text->files[2].from_file, 1);
	assert_string_equal(text->files[2].name, path_of("sub/1.conf"));
}

static void main_file(void **state)
{
	static const struct {
		const char *name;
		int status;
	} files[] = {{"nosuch", -ENOENT}, {"sub", -EISDIR}, {"run.inc", -EACCES}};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		assert_int_equal(read_file(&options, files[i].name), files[i].status);
		assert_int_equal(diags_status(diags), 6);
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
	struct source_options small = options;

	(void)state;
	read_string(conf);
	assert_int_equal(text->n_lines, 18000);
	assert_string_equal(line(18000)->s, "y 100.90");
	assert_int_equal(diags_count(diags), 0);
	small.max_bytes = 1000;
	read_bytes(&small, conf, strlen(conf));
	assert_true(text->n_lines < 1000);
	assert_int_equal(diags_of_level(diags, DIAG_ERROR), 1);
	read_string(laugh);
	assert_string_equal(line(text->n_lines)->s, "end");
	assert_int_equal(diags_of_level(diags, DIAG_ERROR), 1);
	/* such a line in a loop does not hold it up, and others keep what they need */
	read_string("$A=$A x\n~SEQ(i,1,9999) $A\n$B=b\n$C=$B $B $B $B $B $B $B $B\n"
		    "$C $C $C $C $C $C $C $C $C $C $C $C $C $C $C $C\n");
	assert_int_equal(strlen(line(text->n_lines)->s), 8 * 16 * 2 - 1);
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
