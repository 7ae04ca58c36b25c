/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keepalived/core/pidfile.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/base.h"

static char dir[64], path[128];

static int set_up(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/keepalived-test-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/x.pid", dir);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(path);
	assert_int_equal(rmdir(dir), 0);
	return 0;
}

static const char *content(void)
{
	static char text[64];
	int fd = open(path, O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	close(fd);
	text[MAX(n, 0)] = '\0';
	return n < 0 ? NULL : text;
}

static void test_life(void **state)
{
	struct pidfile p = {0};
	struct stat st;
	mode_t before = umask(0177);

	(void)state;
	assert_int_equal(pidfile_open(&p, path), 0);
	umask(before);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	pidfile_write(&p, 123456);
	assert_string_equal(content(), "123456\n");
	pidfile_write(&p, 99);
	assert_string_equal(content(), "99\n");
	pidfile_write(&p, 0);
	assert_string_equal(content(), "");
	pidfile_remove(&p);
	assert_null(content());
	pidfile_remove(&p);
	pidfile_write(&p, 1);
}

/* The lock decides, and it is that of the open file: another process and this one are both locked
 * out, and closing some other descriptor of the file gives nothing away. */
static void test_locked(void **state)
{
	struct pidfile p = {0}, other = {0};

	(void)state;
	assert_int_equal(pidfile_open(&p, path), 0);
	assert_int_equal(pidfile_open(&other, path), -EAGAIN);
	close(open(path, O_RDWR));
	assert_int_equal(pidfile_open(&other, path), -EAGAIN);
	pidfile_remove(&p);
	assert_int_equal(pidfile_open(&other, path), 0);
	pidfile_remove(&other);
}

static void test_stale(void **state)
{
	struct pidfile p = {0};
	FILE *f = fopen(path, "w");

	(void)state;
	fputs("1\n", f);
	fclose(f);
	assert_int_equal(pidfile_open(&p, path), 0);
	assert_string_equal(content(), "1\n"); /* until there is something better */
	pidfile_write(&p, 4242);
	assert_string_equal(content(), "4242\n");
	pidfile_remove(&p);
}

/* Somebody tidied up: our file has no name any more, and another daemon may make its own. */
static void test_removed_under_us(void **state)
{
	struct pidfile p = {0}, other = {0};

	(void)state;
	assert_int_equal(pidfile_open(&p, path), 0);
	unlink(path);
	assert_int_equal(pidfile_open(&other, path), 0);
	pidfile_write(&p, 11);
	pidfile_write(&other, 22);
	assert_string_equal(content(), "22\n");
	pidfile_remove(&other);
	pidfile_remove(&p);
}

static void test_not_ours(void **state)
{
	struct pidfile p = {0};
	char missing[160];

	(void)state;
	snprintf(missing, sizeof(missing), "%s/none/x.pid", dir);
	assert_int_equal(pidfile_open(&p, missing), -ENOENT);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_int_equal(pidfile_open(&p, path), -ELOOP);
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(pidfile_open(&p, path), -EISDIR);
	assert_int_equal(rmdir(path), 0);
}

static _Atomic bool over;

static void *read_often(void *bad)
{
	while (!over) {
		const char *s = content();

		if (!s || !*s)
			++*(int *)bad;
	}
	return NULL;
}

static void test_never_seen_empty(void **state)
{
	struct pidfile p = {0};
	pthread_t thread;
	int bad = 0, i;

	(void)state;
	assert_int_equal(pidfile_open(&p, path), 0);
	pidfile_write(&p, 100);
	over = false;
	assert_int_equal(pthread_create(&thread, NULL, read_often, &bad), 0);
	for (i = 0; i < 20000; i++)
		pidfile_write(&p, i % 2 ? 1000000 : 91);
	over = true;
	pthread_join(thread, NULL);
	assert_int_equal(bad, 0);
	pidfile_remove(&p);
}

static void test_directory(void **state)
{
	mode_t before = umask(0177);
	struct stat st;

	(void)state;
	assert_int_equal(make_run_dir(path), 1);
	assert_int_equal(make_run_dir(path), 0);
	umask(before);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(make_run_dir("/nonexistent/x"), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_life, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_locked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_stale, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_removed_under_us, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_not_ours, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_never_seen_empty, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_directory, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
