/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line, the table of children, and which of the program's faces was asked for. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "genhash/genhash.h"
#include "keepalived/check/child.h"
#include "keepalived/conf/inspect.h"
#include "keepalived/conf/keywords.h"
#include "keepalived/core/exit.h"
#include "keepalived/core/parent.h"
#include "keepalived/core/paths.h"
#include "keepalived/vrrp/child.h"

/* In the order in which they are started and stopped. */
static const struct parent_child children[] = {
	{&check_child_ops, LOAD_CHECK, RUN_CHECK, "checkers",
		offsetof(struct options, checkers_pid_file)},
	{&vrrp_child_ops, LOAD_VRRP, RUN_VRRP, "vrrp", offsetof(struct options, vrrp_pid_file)},
};

static struct load_options which_files(const struct options *o)
{
	return (struct load_options){
		.path = o->conf_file              ? o->conf_file
			: access(CONF_FILE, R_OK) ? CONF_FALLBACK
						  : CONF_FILE,
		.config_id = o->config_id,
		.check_all_includes = o->all_config,
		.offline = o->offline,
	};
}

static int test_configuration(const struct options *o)
{
	struct load_options load = which_files(o);
	FILE *out = o->json ? stdout : stderr;
	int status;

	if (o->test_file) {
		int fd = open(o->test_file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

		out = fd < 0 ? NULL : fdopen(fd, "a");
	}
	if (!out) {
		fprintf(stderr, "Cannot open %s: %s\n", o->test_file, strerror(errno));
		return EXIT_TEST_FATAL;
	}
	status = inspect_test(&load, o->json, out);
	if (o->test_file)
		fclose(out);
	return status;
}

static int dump_configuration(const struct options *o)
{
	struct load_options load = which_files(o);

	load.offline = true;
	return inspect_dump(&load, o->json, stdout);
}

static int diff_configuration(const struct options *o)
{
	struct load_options load = which_files(o);

	load.offline = true;
	return inspect_diff(&load, o->diff_file, o->json, stdout);
}

/* The launcher returns 0 as soon as the daemon runs by itself. */
static void become_daemon(void)
{
	pid_t pid = fork();
	int null;

	if (pid < 0) {
		fprintf(stderr, "Cannot start the daemon: %s\n", strerror(errno));
		exit(EXIT_FATAL);
	}
	if (pid > 0)
		_exit(EXIT_STOPPED);
	setsid();
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	if (null > STDERR_FILENO)
		close(null);
}

static int run_daemon(struct options *o, char **argv)
{
	if (geteuid() != 0) {
		fprintf(stderr, "keepalived must be started by root\n");
		return EXIT_PERMISSION;
	}
	if (o->conf_file && o->conf_file[0] != '/') {
		char *full = realpath(o->conf_file, NULL);

		o->conf_file = full ? full : o->conf_file;
	}
	if (!o->dont_fork) {
		become_daemon();
		if (chdir("/"))
			return EXIT_FATAL;
	}
	return parent_run(o, argv, children, ARRAY_SIZE(children));
}

int main(int argc, char **argv)
{
	struct options options;

	if (argc > 0 && !strcmp(basename(argv[0]), "genhash"))
		return genhash_main(argc, argv);
	switch (options_read(&options, argc, argv)) {
	case OPTIONS_EXIT:
		return options.exit_status;
	case OPTIONS_GENHASH:
		argv[options.rest - 1] = argv[0];
		return genhash_main(argc - options.rest + 1, argv + options.rest - 1);
	case OPTIONS_TEST:
		return test_configuration(&options);
	case OPTIONS_DUMP:
		return dump_configuration(&options);
	case OPTIONS_DIFF:
		return diff_configuration(&options);
	case OPTIONS_KEYWORDS:
		(options.json ? keywords_print_json : keywords_print)(stdout);
		return EXIT_STOPPED;
	case OPTIONS_RUN:
		return run_daemon(&options, argv);
	}
	return EXIT_FATAL;
}
