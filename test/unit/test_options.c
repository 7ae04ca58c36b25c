/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keepalived/core/options.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static char said[2][8192]; /* on stdout, on stderr */
static struct options o;

static void take(FILE *from, int saved, FILE *to, char text[8192])
{
	size_t n;

	fflush(to);
	dup2(saved, fileno(to));
	close(saved);
	rewind(from);
	n = fread(text, 1, 8191, from);
	text[n] = '\0';
	fclose(from);
}

/* words: separated by blanks, after the program's name. */
static enum options_outcome parse(const char *line)
{
	FILE *file[2] = {tmpfile(), tmpfile()};
	int saved[2] = {dup(STDOUT_FILENO), dup(STDERR_FILENO)};
	static char text[512];
	char *argv[32] = {(char *)"keepalived"}, *rest = text, *word;
	enum options_outcome outcome;
	int argc = 1;

	strcpy(text, line);
	while ((word = strsep(&rest, " ")))
		if (*word)
			argv[argc++] = word;
	fflush(stdout);
	dup2(fileno(file[0]), STDOUT_FILENO);
	dup2(fileno(file[1]), STDERR_FILENO);
	outcome = options_read(&o, argc, argv);
	take(file[0], saved[0], stdout, said[0]);
	take(file[1], saved[1], stderr, said[1]);
	return outcome;
}

static void test_nothing(void **state)
{
	(void)state;
	assert_int_equal(parse(""), OPTIONS_RUN);
	assert_null(o.conf_file);
	assert_null(o.log_file);
	assert_int_equal(o.run, RUN_VRRP | RUN_CHECK | RUN_BFD);
	assert_int_equal(o.log_facility, LOG_DAEMON);
	assert_int_equal(o.umask, 0177);
	assert_false(o.umask_given || o.dont_fork || o.all || o.no_syslog);
	assert_string_equal(said[0], "");
	assert_string_equal(said[1], "");
}

static void test_flags(void **state)
{
	(void)state;
	assert_int_equal(
		parse("-nlGDDdXVIRaem --all --flush-log-file --ignore-sigint -x"), OPTIONS_RUN);
	assert_true(o.dont_fork && o.log_console && o.no_syslog && o.dump_conf && o.release_vips);
	assert_true(o.keep_vips && o.keep_ipvs && o.dont_respawn && o.address_monitoring);
	assert_true(o.all_config && o.core_dump && o.all && o.flush_log_file && o.ignore_sigint);
	assert_true(o.snmp);
	assert_int_equal(o.log_detail, 2);
}

static void test_values(void **state)
{
	(void)state;
	assert_int_equal(parse("-f c -p 1 -r 2 --checkers_pid 3 -b4 -i me --namespace=ns -A s"),
		OPTIONS_RUN);
	assert_string_equal(o.conf_file, "c");
	assert_string_equal(o.pid_file, "1");
	assert_string_equal(o.vrrp_pid_file, "2");
	assert_string_equal(o.checkers_pid_file, "3");
	assert_string_equal(o.bfd_pid_file, "4");
	assert_string_equal(o.config_id, "me");
	assert_string_equal(o.net_namespace, "ns");
	assert_string_equal(o.snmp_socket, "s");
}

static void test_children(void **state)
{
	(void)state;
	parse("-P");
	assert_int_equal(o.run, RUN_VRRP | RUN_BFD);
	parse("--check -B");
	assert_int_equal(o.run, RUN_CHECK);
}

static void test_abbreviations(void **state)
{
	(void)state;
	assert_int_equal(parse("--dont-f --log-d --use x --vrrp_ y"), OPTIONS_RUN);
	assert_true(o.dont_fork);
	assert_int_equal(o.log_detail, 1);
	assert_string_equal(o.conf_file, "x");
	assert_string_equal(o.vrrp_pid_file, "y");
	assert_int_equal(parse("--dont"), OPTIONS_EXIT); /* several begin like this */
	assert_int_equal(o.exit_status, 1);
	assert_string_equal(said[1], "Unknown option --dont\n");
}

static void test_optional_arguments(void **state)
{
	static const struct {
		const char *line, *log_file, *test_file;
	} cases[] = {
		{"-g", "/tmp/keepalived.log", NULL},
		{"-g/a", "/a", NULL},
		{"-g=/a", "/a", NULL},
		{"--log-file=/a", "/a", NULL},
		{"-t", NULL, NULL},
		{"-tf", NULL, "f"},
		{"-t=f", NULL, "f"},
		{"--config-test=f", NULL, "f"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(parse(cases[i].line),
			cases[i].line[1] == 't' || cases[i].line[2] == 'c' ? OPTIONS_TEST
									   : OPTIONS_RUN);
		if (cases[i].log_file)
			assert_string_equal(o.log_file, cases[i].log_file);
		if (cases[i].test_file)
			assert_string_equal(o.test_file, cases[i].test_file);
		else
			assert_null(o.test_file);
	}
}

static void test_test_implies(void **state)
{
	(void)state;
	assert_int_equal(parse("-l -t"), OPTIONS_TEST);
	assert_true(o.dont_fork && o.dont_respawn && o.no_syslog && !o.log_console);
}

static void test_questions(void **state)
{
	static const struct {
		const char *line;
		enum options_outcome outcome;
		bool json;
	} cases[] = {
		{"--config-test-offline", OPTIONS_TEST, false},
		{"-t --json", OPTIONS_TEST, true},
		{"-d", OPTIONS_RUN, false},
		{"-dn", OPTIONS_RUN, false}, /* the letter takes no argument */
		{"--dump-conf", OPTIONS_RUN, false},
		{"--dump-conf=text", OPTIONS_DUMP, false},
		{"--dump-conf=json -t", OPTIONS_DUMP, true},
		{"--diff new", OPTIONS_DIFF, false},
		{"--json --diff=new", OPTIONS_DIFF, true},
		{"--keywords", OPTIONS_KEYWORDS, false},
		{"--keywords=json", OPTIONS_KEYWORDS, true},
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(parse(cases[i].line), cases[i].outcome);
		assert_int_equal(o.json, cases[i].json);
		assert_int_equal(o.dump_conf, i >= 2 && i <= 4);
		assert_int_equal(o.offline, i == 0);
		if (cases[i].outcome == OPTIONS_DIFF)
			assert_string_equal(o.diff_file, "new");
	}
	assert_int_equal(parse("--keywords=xml"), OPTIONS_EXIT);
	assert_int_equal(o.exit_status, 1);
	assert_string_equal(said[1], "Invalid form 'xml' (text, json)\n");
}

static void test_facility(void **state)
{
	static const struct {
		const char *word;
		int facility;
	} cases[] = {
		{"0", LOG_LOCAL0},
		{"7", LOG_LOCAL7},
		{"local3", LOG_LOCAL3},
		{"user", LOG_USER},
		{"daemon", LOG_DAEMON},
		{"8", -1},
		{"local", -1},
		{"local10", -1},
		{"kern", -1},
	};
	char line[32];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		snprintf(line, sizeof(line), "-S %s", cases[i].word);
		if (cases[i].facility < 0) {
			assert_int_equal(parse(line), OPTIONS_EXIT);
			assert_int_equal(o.exit_status, 1);
			assert_non_null(strstr(said[1], "Invalid log facility"));
		} else {
			assert_int_equal(parse(line), OPTIONS_RUN);
			assert_int_equal(o.log_facility, cases[i].facility);
		}
	}
}

static void test_umask(void **state)
{
	(void)state;
	assert_int_equal(parse("-u 022"), OPTIONS_RUN);
	assert_true(o.umask_given);
	assert_int_equal(o.umask, 022);
	assert_int_equal(parse("-u 0x1f"), OPTIONS_RUN);
	assert_int_equal(o.umask, 0x1f);
	assert_int_equal(parse("-u 1000"), OPTIONS_EXIT);
	assert_int_equal(parse("-u x"), OPTIONS_EXIT);
	assert_int_equal(parse("-u -1"), OPTIONS_EXIT);
	assert_int_equal(o.exit_status, 1);
}

static void test_mistakes(void **state)
{
	static const struct {
		const char *line, *said;
	} cases[] = {
		{"-Z", "Unknown option -Z\n"},
		{"-nZ", "Unknown option -Z\n"},
		{"--bogus", "Unknown option --bogus\n"},
		{"--use-file", "Missing parameter for option --use-file\n"},
		{"-n -f", "Missing parameter for option -f\n"},
		{"--signum", "Missing parameter for option --signum\n"},
		{"--diff", "Missing parameter for option --diff\n"},
		{"--signum stop", "Unknown sigfunc stop\n"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(parse(cases[i].line), OPTIONS_EXIT);
		assert_int_equal(o.exit_status, 1);
		assert_string_equal(said[1], cases[i].said);
		assert_string_equal(said[0], "");
	}
}

static void test_answers(void **state)
{
	(void)state;
	assert_int_equal(parse("--signum=DATA -Z"), OPTIONS_EXIT);
	assert_int_equal(o.exit_status, 0);
	assert_string_equal(said[0], "10\n");
	assert_int_equal(parse("-v"), OPTIONS_EXIT);
	assert_int_equal(o.exit_status, 0);
	assert_string_equal(said[0], "");
	assert_int_equal(strncmp(said[1], "Keepalived v", 12), 0);
	assert_int_equal(parse("--help"), OPTIONS_EXIT);
	assert_non_null(strstr(said[1], "--dont-release-ipvs"));
	assert_int_equal(options_signal("STOP"), SIGTERM);
	assert_int_equal(options_signal("RELOAD"), SIGHUP);
	assert_int_equal(options_signal("STATS"), SIGUSR2);
	assert_int_equal(options_signal("STATS_CLEAR"), SIGRTMAX - 1);
	assert_int_equal(options_signal("JSON"), SIGRTMIN + 2);
	assert_int_equal(options_signal("TERM"), 0);
}

static void test_words_left_over(void **state)
{
	(void)state;
	assert_int_equal(parse("a -n b"), OPTIONS_RUN);
	assert_true(o.dont_fork);
	assert_string_equal(said[0], "Unexpected argument(s): a b \n");
	assert_string_equal(said[1], "");
}

static void test_genhash(void **state)
{
	(void)state;
	assert_int_equal(parse("-T -s 1.2.3.4 -u /"), OPTIONS_GENHASH);
	assert_int_equal(o.rest, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_children),
		cmocka_unit_test(test_abbreviations),
		cmocka_unit_test(test_optional_arguments),
		cmocka_unit_test(test_test_implies),
		cmocka_unit_test(test_questions),
		cmocka_unit_test(test_facility),
		cmocka_unit_test(test_umask),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_words_left_over),
		cmocka_unit_test(test_genhash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
