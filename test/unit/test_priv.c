/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each case runs in a child of its own, since nothing here can be undone. What root must see is
 * tested when the test runs as root; what an ordinary user must see holds for both. */
#include "lib/priv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

enum { SETGID = 6, SETUID = 7, SETPCAP = 8, NET_ADMIN = 12, NET_RAW = 13 }; /* linux/capability.h */

static unsigned long long status_field(const char *name)
{
	FILE *f = fopen("/proc/self/status", "r");
	unsigned long long v = ~0ull;
	char line[256];

	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, name, strlen(name)) == 0)
			v = strtoull(line + strlen(name) + 1, NULL, 16);
	if (f)
		fclose(f);
	return v;
}

/* Valgrind cannot go on after an execve that the kernel refuses. */
static bool under_valgrind(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload && strstr(preload, "vgpreload");
}

static bool exec_fails(void)
{
	if (under_valgrind())
		return status_field("Seccomp:") == 2;
	execl("/bin/true", "true", (char *)NULL);
	return errno == EPERM;
}

/* 0, or the number of the line that did not hold. */
#define CHECK(fact)                      \
	do {                             \
		if (!(fact))             \
			return __LINE__; \
	} while (0)

static int drop_all(void)
{
	struct priv_want want = {.no_exec = true};
	const char *what = "";

	CHECK(priv_find_user(&want.uid, &want.gid) == 0);
	CHECK(priv_drop(&want, &what) == 0);
	CHECK(what == NULL);
	CHECK(status_field("CapEff:") == 0);
	CHECK(status_field("CapPrm:") == 0);
	CHECK(status_field("CapInh:") == 0);
	CHECK(status_field("CapAmb:") == 0);
	CHECK(status_field("NoNewPrivs:") == 1);
	CHECK(setuid(0) != 0 || getuid() == 0);
	CHECK(exec_fails());
	return 0;
}

static int keep_network(void)
{
	struct priv_want want = {.caps = PRIV_NET_ADMIN | PRIV_NET_RAW};
	unsigned long long before = status_field("CapPrm:"),
			   net = 1ull << NET_ADMIN | 1ull << NET_RAW;
	const char *what = "";

	CHECK(priv_find_user(&want.uid, &want.gid) == 0);
	CHECK(priv_drop(&want, &what) == 0);
	CHECK(status_field("CapEff:") == (before & net));
	CHECK(status_field("CapPrm:") == (before & net));
	CHECK(status_field("Seccomp:") == 0);
	return 0;
}

static int leave_root(void)
{
	struct priv_want want = {.caps = PRIV_NET_RAW};
	gid_t groups[8];
	const char *what;

	CHECK(priv_find_user(&want.uid, &want.gid) == 0);
	CHECK(priv_drop(&want, &what) == 0);
	CHECK(getuid() == want.uid && geteuid() == want.uid);
	CHECK(getgid() == want.gid && getegid() == want.gid);
	CHECK(getgroups(8, groups) == 0);
	CHECK((status_field("CapBnd:") & ~(1ull << NET_RAW)) == 0);
	CHECK(setuid(0) != 0);
	return 0;
}

static int no_such_user(void)
{
	struct priv_want want = {.uid = (uid_t)-1, .gid = 0};
	const char *what = NULL;

	CHECK(priv_drop(&want, &what) == -EINVAL);
	CHECK(strcmp(what, "user") == 0);
	return 0;
}

static int in_child(int (*run)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		int line = run();

		if (line)
			fprintf(stderr, "line %d does not hold\n", line);
		_exit(line != 0);
	}
	return waitpid(pid, &status, 0) == pid ? status : -1;
}

static void test_drop_all(void **state)
{
	(void)state;
	assert_int_equal(in_child(drop_all), 0);
}

static void test_keep_network(void **state)
{
	(void)state;
	assert_int_equal(in_child(keep_network), 0);
}

/* Every id exists here, and this process may take on any. */
static bool may_change_user(void)
{
	static const unsigned long long needed = 1ull << SETGID | 1ull << SETUID | 1ull << SETPCAP;
	FILE *f = fopen("/proc/self/uid_map", "r");
	unsigned first = 1, size = 0;
	bool all =
		f && fscanf(f, "%u %*u %u", &first, &size) == 2 && first == 0 && size == UINT32_MAX;

	if (f)
		fclose(f);
	return all && geteuid() == 0 && (status_field("CapEff:") & needed) == needed;
}

static void test_leave_root(void **state)
{
	(void)state;
	if (!may_change_user()) {
		print_message("needs root that may become any user\n");
		skip();
	}
	assert_int_equal(in_child(leave_root), 0);
	assert_int_equal(in_child(no_such_user), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_drop_all),
		cmocka_unit_test(test_keep_network),
		cmocka_unit_test(test_leave_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
