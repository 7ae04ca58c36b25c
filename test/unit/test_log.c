/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static char last[2048];

static void hook(int priority, const char *line)
{
	snprintf(last, sizeof(last), "%d %s", priority, line);
}

static void test_text(void **state)
{
	char wide[3000];

	(void)state;
	log_set_hook(hook);
	log_warning("a%d", 1);
	assert_string_equal(last, "4 a1");
	log_info("%s", "tab\tline\n\033[1m\177 \303\244 \xff \302\205");
	assert_string_equal(last, "6 tab\tline\\x0a\\x1b[1m\\x7f \303\244 \\xff \\xc2\\x85");
	memset(wide, 'w', sizeof(wide) - 1);
	wide[sizeof(wide) - 1] = '\0';
	log_info("%s", wide);
	assert_int_equal(strlen(last), 2 + 1024);
	assert_string_equal(last + 2 + 1024 - 4, "w...");
	wide[1024] = '\0';
	log_info("%s", wide);
	assert_string_equal(last + 2 + 1024 - 4, "wwww");
	log_set_hook(NULL);
}

static int evaluated(void)
{
	last[0]++;
	return 0;
}

static void test_verbosity(void **state)
{
	struct log_conf conf = {.ident = "test", .facility = LOG_DAEMON};

	(void)state;
	last[0] = 0;
	assert_int_equal(log_open(&conf), 0);
	assert_false(log_verbose(1));
	log_detail("%d", evaluated());
	assert_int_equal(last[0], 0);
	conf.verbosity = 2;
	assert_int_equal(log_open(&conf), 0);
	assert_true(log_verbose(2));
	log_detail("%d", evaluated());
	assert_int_equal(last[0], 1);
	log_close();
}

static size_t slurp(const char *path, char *buf, size_t size)
{
	FILE *f = fopen(path, "r");
	size_t n;

	assert_non_null(f);
	n = fread(buf, 1, size - 1, f);
	buf[n] = '\0';
	fclose(f);
	return n;
}

static void write_file(bool thread)
{
	char path[] = "/tmp/test_log.XXXXXX", buf[65536], *p;
	struct log_conf conf = {.ident = "test", .file = path, .flush_file = !thread};
	int i, n, end, fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	setenv("TZ", "UTC", 1);
	assert_int_equal(log_open(&conf), 0);
	if (thread) {
		assert_int_equal(log_start_writer(), 0);
		assert_int_equal(log_start_writer(), -EALREADY);
	}
	for (i = 0; i < 200; i++)
		log_info("line %d", i);
	assert_int_equal(log_open(&conf), 0); /* as after a reload */
	log_info("line %d", i);
	log_close();
	assert_int_equal(log_lost(), 0);
	slurp(path, buf, sizeof(buf));
	for (i = 0, p = buf; *p; p += end, i++) {
		end = 0;
		/* Fri Nov 20 23:15:21 2026: TEXT */
		assert_int_equal(
			sscanf(p, "%*3s %*3s %*2d %*2d:%*2d:%*2d %*4d: line %d\n%n", &n, &end), 1);
		assert_int_equal(p[24], ':');
		assert_int_equal(n, i);
	}
	assert_int_equal(i, 201);
	unlink(path);
}

static void test_file(void **state)
{
	(void)state;
	write_file(false);
}

static void test_writer_thread(void **state)
{
	(void)state;
	write_file(true);
}

static void test_bad_file(void **state)
{
	struct log_conf conf = {.ident = "test", .file = "/nonexistent/file"};

	(void)state;
	assert_int_equal(log_open(&conf), -ENOENT);
	log_info("goes nowhere");
	log_close();
}

/* Nobody reads the console for a while. */
static void test_stall(void **state)
{
	static char buf[1 << 20];
	struct log_conf conf = {.ident = "test", .console = true};
	int fds[2], saved = dup(STDERR_FILENO), i, n = 0, lost;
	size_t got;
	char *p;

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	fcntl(fds[1], F_SETPIPE_SZ, 16384);
	dup2(fds[1], STDERR_FILENO);
	assert_int_equal(log_open(&conf), 0);
	for (i = 0; i < 1000; i++)
		log_info("line %d", i);
	lost = (int)log_lost();
	assert_in_range(lost, 1, 999);
	got = (size_t)read(fds[0], buf, sizeof(buf) - 1);
	log_info("line 1000");
	got += (size_t)read(fds[0], buf + got, sizeof(buf) - 1 - got);
	buf[got] = '\0';
	log_close();
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(fds[0]);
	close(fds[1]);
	p = strstr(buf, "log: ");
	assert_non_null(p);
	assert_int_equal(sscanf(p, "log: %d lines were lost\n", &n), 1);
	assert_int_equal(n, lost);
	assert_non_null(strstr(p, "line 1000\n"));
	assert_int_equal(log_lost(), lost);
}

/* Reads lines until the newest one comes, logging another whenever none comes any more. */
static void read_all(int fd, int logged, int *seen, int *lost)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	FILE *in = fdopen(fd, "r");
	char line[256];
	int n = -1;

	setvbuf(in, NULL, _IONBF, 0);
	while (n != logged - 1) {
		if (poll(&p, 1, 300) == 0) {
			log_info("line %d", logged++);
			continue;
		}
		assert_non_null(fgets(line, sizeof(line), in));
		if (sscanf(line, "%*24c: log: %d lines", &n) == 1)
			*lost += n;
		else if (sscanf(line, "%*24c: line %d", &n) == 1)
			++*seen;
	}
	assert_int_equal(*seen + *lost, logged);
	fclose(in);
}

/* The writer stands still at a full pipe: the ring takes what it can, all others are counted. */
static void test_overflow(void **state)
{
	struct log_conf conf = {.ident = "test", .console = true};
	int fds[2], saved = dup(STDERR_FILENO), i, seen = 0, lost = 0;
	uint64_t before = log_lost();

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	fcntl(fds[1], F_SETPIPE_SZ, 4096);
	dup2(fds[1], STDERR_FILENO);
	close(fds[1]);
	assert_int_equal(log_open(&conf), 0);
	assert_int_equal(log_start_writer(), 0);
	for (i = 0; i < 20000; i++)
		log_info("line %d", i);
	assert_true(log_lost() > before);
	read_all(fds[0], i, &seen, &lost);
	log_close();
	dup2(saved, STDERR_FILENO);
	close(saved);
	assert_true(seen > 20);
	assert_int_equal(lost, log_lost() - before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_verbosity),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_writer_thread),
		cmocka_unit_test(test_bad_file),
		cmocka_unit_test(test_stall),
		cmocka_unit_test(test_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
