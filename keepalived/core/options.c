/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One table holds every option: its letter, long name, argument, sentence and what it does. The
 * getopt tables and the usage text are made from it.
 */
#include "keepalived/core/options.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "keepalived/core/version.h"
#include "lib/str.h"

enum { /* options without a letter */
	OPT_ALL = 256,
	OPT_FLUSH_LOG_FILE,
	OPT_IGNORE_SIGINT,
	OPT_SIGNUM,
	OPT_KEYWORDS,
	OPT_JSON,
	OPT_OFFLINE,
	OPT_DIFF,
};

enum set_how { SET_TRUE, SET_STRING, SET_COUNT, SET_CALL };

struct option_row {
	int letter;
	const char *name;
	int has_arg;
	const char *arg, *text;
	enum set_how how;
	size_t field;
	int (*call)(struct options *, const char *arg); /* 0, or -1 after a message */
};

#define FIELD(f) offsetof(struct options, f)

static int only_vrrp(struct options *o, const char *arg)
{
	(void)arg;
	o->run &= ~(unsigned)RUN_CHECK;
	return 0;
}

static int only_check(struct options *o, const char *arg)
{
	(void)arg;
	o->run &= ~(unsigned)RUN_VRRP;
	return 0;
}

static int no_bfd(struct options *o, const char *arg)
{
	(void)arg;
	o->run &= ~(unsigned)RUN_BFD;
	return 0;
}

static int set_facility(struct options *o, const char *arg)
{
	static const int local[] = {LOG_LOCAL0, LOG_LOCAL1, LOG_LOCAL2, LOG_LOCAL3, LOG_LOCAL4,
		LOG_LOCAL5, LOG_LOCAL6, LOG_LOCAL7};
	const char *digit = strncmp(arg, "local", 5) ? arg : arg + 5;

	if (!strcmp(arg, "user"))
		o->log_facility = LOG_USER;
	else if (!strcmp(arg, "daemon"))
		o->log_facility = LOG_DAEMON;
	else if (digit[0] >= '0' && digit[0] <= '7' && !digit[1])
		o->log_facility = local[digit[0] - '0'];
	else
		return fprintf(stderr, "Invalid log facility '%s'\n", arg), -1;
	return 0;
}

static int set_log_file(struct options *o, const char *arg)
{
	o->log_file = arg ? arg : "/tmp/keepalived.log";
	return 0;
}

static int set_umask(struct options *o, const char *arg)
{
	char *end;
	unsigned long v;

	errno = 0;
	v = strtoul(arg, &end, 0);
	if (*end || !*arg || errno || v > 0777)
		return fprintf(stderr, "Invalid umask option '%s'\n", arg), -1;
	o->umask = (mode_t)v;
	o->umask_given = true;
	return 0;
}

static int set_snmp_socket(struct options *o, const char *arg)
{
	o->snmp_socket = arg;
	return 0;
}

static int set_core_dump(struct options *o, const char *arg)
{
	(void)arg;
	o->core_dump = true;
	return 0;
}

static int print_version(struct options *o, const char *arg)
{
	(void)arg;
	version_print(stderr);
	o->exit_status = 0;
	return 1;
}

static int print_signal(struct options *o, const char *arg)
{
	int number = options_signal(arg);

	o->exit_status = number ? 0 : 1;
	if (number)
		printf("%d\n", number);
	else
		fprintf(stderr, "Unknown sigfunc %s\n", arg);
	return 1;
}

/* The forms in which keywords and the configuration are printed. */
static int set_form(struct options *o, const char *arg)
{
	o->json |= arg && !strcmp(arg, "json");
	if (arg && strcmp(arg, "json") != 0 && strcmp(arg, "text") != 0)
		return fprintf(stderr, "Invalid form '%s' (text, json)\n", arg), -1;
	return 0;
}

static int set_dump(struct options *o, const char *arg)
{
	o->dump_conf = !arg;
	return set_form(o, arg);
}

static int usage(struct options *o, const char *arg);

#define NO       no_argument
#define YES      required_argument
#define MAY      optional_argument
#define LONG_MAY 3 /* only the long form takes one */

static const struct option_row rows[] = {
	{'f', "use-file", YES, "FILE", "Use the specified configuration file", SET_STRING,
		FIELD(conf_file), NULL},
	{'P', "vrrp", NO, NULL, "Only run with VRRP subsystem", SET_CALL, 0, only_vrrp},
	{'C', "check", NO, NULL, "Only run with health-checker subsystem", SET_CALL, 0, only_check},
	{'B', "no_bfd", NO, NULL, "Don't run BFD subsystem", SET_CALL, 0, no_bfd},
	{OPT_ALL, "all", NO, NULL,
		"Force all child processes to run, even if have no configuration", SET_TRUE,
		FIELD(all), NULL},
	{'l', "log-console", NO, NULL, "Log messages to local console", SET_TRUE,
		FIELD(log_console), NULL},
	{'D', "log-detail", NO, NULL, "Detailed log messages; twice: more", SET_COUNT,
		FIELD(log_detail), NULL},
	{'S', "log-facility", YES, "FACILITY", "0-7, local0-local7, user, daemon", SET_CALL, 0,
		set_facility},
	{'g', "log-file", MAY, "FILE", "Also log to FILE (default /tmp/keepalived.log)", SET_CALL,
		0, set_log_file},
	{OPT_FLUSH_LOG_FILE, "flush-log-file", NO, NULL, "Flush log file on write", SET_TRUE,
		FIELD(flush_log_file), NULL},
	{'G', "no-syslog", NO, NULL, "Don't log via syslog", SET_TRUE, FIELD(no_syslog), NULL},
	{'u', "umask", YES, "MASK", "umask for file creation (in numeric form)", SET_CALL, 0,
		set_umask},
	{'X', "release-vips", NO, NULL, "Drop VIP on transition from signal", SET_TRUE,
		FIELD(release_vips), NULL},
	{'V', "dont-release-vrrp", NO, NULL, "Don't remove VRRP VIPs and VROUTEs on daemon stop",
		SET_TRUE, FIELD(keep_vips), NULL},
	{'I', "dont-release-ipvs", NO, NULL, "Don't remove IPVS topology on daemon stop", SET_TRUE,
		FIELD(keep_ipvs), NULL},
	{'R', "dont-respawn", NO, NULL, "Don't respawn child processes", SET_TRUE,
		FIELD(dont_respawn), NULL},
	{'n', "dont-fork", NO, NULL, "Don't fork the daemon process", SET_TRUE, FIELD(dont_fork),
		NULL},
	{'d', "dump-conf", LONG_MAY, "FORM",
		"Dump the configuration to the log; as text or json: print it and exit", SET_CALL,
		0, set_dump},
	{'p', "pid", YES, "FILE", "Use specified pidfile for parent process", SET_STRING,
		FIELD(pid_file), NULL},
	{'r', "vrrp_pid", YES, "FILE", "Use specified pidfile for VRRP child process", SET_STRING,
		FIELD(vrrp_pid_file), NULL},
	{'c', "checkers_pid", YES, "FILE", "Use specified pidfile for checkers child process",
		SET_STRING, FIELD(checkers_pid_file), NULL},
	{'b', "bfd_pid", YES, "FILE", "Use specified pidfile for BFD child process", SET_STRING,
		FIELD(bfd_pid_file), NULL},
	{'T', "genhash", NO, NULL, "Enter genhash mode (this must be the first option used)",
		SET_CALL, 0, NULL},
	{'a', "address-monitoring", NO, NULL, "Report all address additions/deletions", SET_TRUE,
		FIELD(address_monitoring), NULL},
	{'x', "snmp", NO, NULL, "Enable SNMP subsystem", SET_TRUE, FIELD(snmp), NULL},
	{'A', "snmp-agent-socket", YES, "SOCKET", "Use the specified socket for master agent",
		SET_CALL, 0, set_snmp_socket},
	{'s', "namespace", YES, "NAME", "Run in network namespace NAME (overrides config)",
		SET_STRING, FIELD(net_namespace), NULL},
	{'m', "core-dump", NO, NULL, "Produce core dump if terminate abnormally", SET_CALL, 0,
		set_core_dump},
	{'M', "core-dump-pattern", MAY, "PATTERN",
		"Produce core dump (the system's core_pattern is left alone)", SET_CALL, 0,
		set_core_dump},
	{'e', "all-config", NO, NULL, "Error if any configuration file is missing", SET_TRUE,
		FIELD(all_config), NULL},
	{'i', "config-id", YES, "ID",
		"Skip any configuration lines beginning '@' that don't match ID", SET_STRING,
		FIELD(config_id), NULL},
	{OPT_IGNORE_SIGINT, "ignore-sigint", NO, NULL, "Ignore SIGINT", SET_TRUE,
		FIELD(ignore_sigint), NULL},
	{OPT_SIGNUM, "signum", YES, "SIGFUNC",
		"Return signal number for STOP, RELOAD, DATA, STATS, "
		"STATS_CLEAR, JSON",
		SET_CALL, 0, print_signal},
	{'t', "config-test", MAY, "LOG_FILE",
		"Check the configuration; messages to stderr or LOG_FILE", SET_STRING,
		FIELD(test_file), NULL},
	{OPT_OFFLINE, "config-test-offline", NO, NULL,
		"The same without what depends on this machine", SET_TRUE, FIELD(offline), NULL},
	{OPT_DIFF, "diff", YES, "FILE", "Print what a reload with FILE would do", SET_STRING,
		FIELD(diff_file), NULL},
	{OPT_KEYWORDS, "keywords", MAY, "FORM",
		"Print every configuration keyword, as text or json", SET_CALL, 0, set_form},
	{OPT_JSON, "json", NO, NULL, "With -t, --diff: print JSON on stdout", SET_TRUE, FIELD(json),
		NULL},
	{'v', "version", NO, NULL, "Display the version number", SET_CALL, 0, print_version},
	{'h', "help", NO, NULL, "Display this help message", SET_CALL, 0, usage},
};

static int usage(struct options *o, const char *arg)
{
	size_t i;

	(void)arg;
	fprintf(stderr, "Usage: keepalived [OPTION...]\n");
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct option_row *r = &rows[i];
		char left[64];
		int n = r->letter < 256 ? snprintf(left, sizeof(left), "-%c, ", r->letter)
					: snprintf(left, sizeof(left), "    ");

		snprintf(left + n, sizeof(left) - (size_t)n,
			r->has_arg >= MAY ? "--%s[=%s]"
			: r->arg          ? "--%s=%s"
					  : "--%s%s",
			r->name, r->arg ? r->arg : "");
		fprintf(stderr, "  %-34s%s\n", left, r->text);
	}
	o->exit_status = 0;
	return 1;
}

static int stop_number(void)
{
	return SIGTERM;
}
static int reload_number(void)
{
	return SIGHUP;
}
static int data_number(void)
{
	return SIGUSR1;
}
static int stats_number(void)
{
	return SIGUSR2;
}
static int stats_clear_number(void)
{
	return SIGRTMAX - 1;
}
static int json_number(void)
{
	return SIGRTMIN + 2;
}

/* Functions, because SIGRTMIN is one in glibc. */
static const struct {
	const char *word;
	int (*number)(void);
} signal_words[] = {
	{"STOP", stop_number},
	{"RELOAD", reload_number},
	{"DATA", data_number},
	{"STATS", stats_number},
	{"STATS_CLEAR", stats_clear_number},
	{"JSON", json_number},
};

int options_signal(const char *word)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signal_words); i++)
		if (!strcmp(word, signal_words[i].word))
			return signal_words[i].number();
	return 0;
}

static const struct option_row *row_of(int letter)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].letter == letter)
			return &rows[i];
	return NULL;
}

/* The question that an option asks, if it does. */
static enum options_outcome asked(int letter, const char *arg)
{
	switch (letter) {
	case 't':
	case OPT_OFFLINE:
		return OPTIONS_TEST;
	case 'd':
		return arg ? OPTIONS_DUMP : OPTIONS_RUN;
	case OPT_DIFF:
		return OPTIONS_DIFF;
	case OPT_KEYWORDS:
		return OPTIONS_KEYWORDS;
	default:
		return OPTIONS_RUN;
	}
}

/* 0 go on, 1 the answer has been given, -1 wrong. */
static int apply(struct options *o, const struct option_row *r, const char *arg)
{
	char *field = (char *)o + r->field;

	switch (r->how) {
	case SET_TRUE:
		*(bool *)field = true;
		return 0;
	case SET_STRING:
		*(const char **)field = arg;
		return 0;
	case SET_COUNT:
		++*(int *)field;
		return 0;
	case SET_CALL:
		return r->call ? r->call(o, arg) : 0;
	}
	return -1;
}

static void complain(int argc, char **argv, int got)
{
	const struct option_row *r = optopt ? row_of(optopt) : NULL;

	if (got == ':')
		fprintf(stderr, "Missing parameter for option %s%s\n",
			r && optind <= argc && !strncmp(argv[optind - 1], "--", 2) ? "--" : "-",
			r && !strncmp(argv[optind - 1], "--", 2) ? r->name
								 : (char[]){(char)optopt, 0});
	else if (optopt && optopt < 256)
		fprintf(stderr, "Unknown option -%c\n", optopt);
	else
		fprintf(stderr, "Unknown option %s\n", argv[optind - 1]);
}

static void getopt_tables(char *letters, struct option *names)
{
	size_t i;

	*letters++ = ':';
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct option_row *r = &rows[i];
		int colon;

		names[i] = (struct option){r->name, MIN(r->has_arg, MAY), NULL, r->letter};
		if (r->letter >= 256)
			continue;
		*letters++ = (char)r->letter;
		for (colon = 0; r->has_arg != LONG_MAY && colon < r->has_arg; colon++)
			*letters++ = ':';
	}
	*letters = '\0';
	names[i] = (struct option){0};
}

/* getopt takes the sign of -t=FILE, which the manual suggests, for a part of the name. */
static char *without_sign(const struct option_row *r, char *arg)
{
	return arg && r->has_arg == MAY && *arg == '=' ? arg + 1 : arg;
}

static enum options_outcome read_all(
	struct options *o, int argc, char **argv, const char *letters, const struct option *names)
{
	enum options_outcome outcome = OPTIONS_RUN;
	int got, answer;

	optind = 0; /* a new scan, also after one that ended half way through a word */
	opterr = 0;
	while ((got = getopt_long(argc, argv, letters, names, NULL)) != -1) {
		const struct option_row *r = got == '?' || got == ':' ? NULL : row_of(got);

		if (!r) {
			complain(argc, argv, got);
			o->exit_status = 1;
			return OPTIONS_EXIT;
		}
		optarg = without_sign(r, optarg);
		if (got == 'T') {
			o->rest = optind;
			return OPTIONS_GENHASH;
		}
		outcome = MAX(outcome, asked(got, optarg));
		answer = apply(o, r, optarg);
		if (answer) {
			o->exit_status = answer < 0 ? 1 : o->exit_status;
			return OPTIONS_EXIT;
		}
	}
	return outcome;
}

enum options_outcome options_read(struct options *o, int argc, char **argv)
{
	char letters[3 * ARRAY_SIZE(rows) + 2];
	struct option names[ARRAY_SIZE(rows) + 1];
	enum options_outcome outcome;

	*o = (struct options){
		.run = RUN_VRRP | RUN_CHECK | RUN_BFD,
		.log_facility = LOG_DAEMON,
		.umask = 0177,
	};
	getopt_tables(letters, names);
	outcome = read_all(o, argc, argv, letters, names);
	if (outcome < OPTIONS_GENHASH && optind < argc) {
		printf("Unexpected argument(s): ");
		while (optind < argc)
			printf("%s ", argv[optind++]);
		printf("\n");
	}
	if (outcome == OPTIONS_TEST) {
		o->dont_fork = o->dont_respawn = o->no_syslog = true;
		o->log_console = false;
	}
	return outcome;
}
