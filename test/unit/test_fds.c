/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/fds.h"

#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define FIRST 200
#define LAST  220

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static void open_all(void)
{
	int fd;

	for (fd = FIRST; fd <= LAST; fd++)
		assert_int_equal(dup2(STDOUT_FILENO, fd), fd);
}

static void close_and_look(void (*close_them)(unsigned first, unsigned last))
{
	int fd;

	open_all();
	close_them(FIRST + 1, LAST - 1);
	for (fd = FIRST; fd <= LAST; fd++)
		assert_int_equal(is_open(fd), fd == FIRST || fd == LAST);
	close_them(FIRST, ~0U);
	assert_false(is_open(FIRST));
	assert_false(is_open(LAST));
	assert_true(is_open(STDOUT_FILENO));
}

static void listed(unsigned first, unsigned last)
{
	assert_int_equal(fds_close_listed(first, last), 0);
}

static void test_close(void **state)
{
	(void)state;
	close_and_look(fds_close);
	close_and_look(listed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_close)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
