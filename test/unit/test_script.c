/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The script broker with real processes: /bin/sh, and a directory in which they leave their traces.
 */
#include "keepalived/core/script.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "test/unit/both_kernels.h"
#include "test/unit/fake_log.h"

static bool fork_fails;

pid_t fork(void)
{
	errno = EAGAIN;
	return fork_fails ? -1 : _Fork();
}

static struct loop *loop;
static struct broker *broker;
static char dir[64], file[128];
static unsigned ended;
static struct script_result last;
static uint32_t last_run;

static int set_up(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/keepalived-test-XXXXXX");
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chmod(dir, 0777), 0);
	snprintf(file, sizeof(file), "%s/out", dir);
	setenv("OUT", file, 1);
	loop = on_this_kernel(loop_new(NULL));
	broker = broker_new(loop);
	ended = 0;
	fork_fails = false;
	fake_log_begin();
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	broker_free(broker);
	loop_free(loop);
	while (waitpid(-1, NULL, 0) > 0)
		;
	fake_log_end();
	unlink(file);
	assert_int_equal(rmdir(dir), 0);
	return 0;
}

static void done(void *ctx, uint32_t run, const struct script_result *result)
{
	assert_ptr_equal(ctx, &ended);
	ended++;
	last_run = run;
	last = *result;
}

/* ---- tables ------------------------------------------------------------------------------ */

static char **words(const char *first, ...)
{
	char **argv = calloc(8, sizeof(char *));
	const char *w = first;
	va_list ap;
	int n;

	va_start(ap, first);
	for (n = 0; w; w = va_arg(ap, const char *))
		argv[n++] = xstrdup(w);
	va_end(ap);
	return argv;
}

/* Scripts are pieces of shell; the words after them arrive as $1... */
static struct load_result *table(uint32_t n, ...)
{
	struct load_result *r = calloc(1, sizeof(*r));
	va_list ap;
	uint32_t i;

	r->n_scripts = n;
	r->scripts = calloc(n, sizeof(*r->scripts));
	va_start(ap, n);
	for (i = 0; i < n; i++)
		r->scripts[i] = (struct load_script){
			.id = i,
			.argv = words("/bin/sh", "-c", va_arg(ap, const char *), "sh", NULL),
			.uid = getuid(),
			.gid = getgid(),
			.usable = true,
		};
	va_end(ap);
	return r;
}

static void run(uint32_t id, ktime timeout)
{
	broker_run(broker, &loop, 7, 1, id, NULL, 0, timeout, done, &ended);
}

static void until_ended(unsigned n)
{
	ktime end = clock_now(&clock_monotonic) + SEC(20);

	while (ended < n) {
		assert_true(clock_now(&clock_monotonic) < end);
		loop_turn(loop, MSEC(100));
	}
}

static void until_idle(void)
{
	ktime end = clock_now(&clock_monotonic) + SEC(20);

	while (!broker_idle(broker)) {
		assert_true(clock_now(&clock_monotonic) < end);
		loop_turn(loop, MSEC(100));
	}
}

static const char *output(void)
{
	static char text[8192];
	FILE *f = fopen(file, "r");
	size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;

	if (f)
		fclose(f);
	text[n] = '\0';
	return text;
}

static void until_output(const char *part)
{
	ktime end = clock_now(&clock_monotonic) + SEC(20);

	while (!strstr(output(), part)) {
		assert_true(clock_now(&clock_monotonic) < end);
		loop_turn(loop, MSEC(5));
	}
}

/* ---- runs -------------------------------------------------------------------------------- */

static void test_results(void **state)
{
	struct load_result *t =
		table(6, "exit 0", "exit 3", "kill -9 $$", "echo $#:$1:$2 > $OUT", "", "");
	const struct slice extra[] = {slice_str("a b"), slice_str("")};

	(void)state;
	t->scripts[4].usable = false;
	free(t->scripts[5].argv[0]);
	t->scripts[5].argv[0] = xstrdup("/nonexistent/x");
	broker_learn(broker, 1, t);
	run(0, 0);
	assert_int_equal(ended, 0);
	until_ended(1);
	assert_int_equal(last_run, 7);
	assert_int_equal(last.outcome, SCRIPT_EXITED);
	assert_int_equal(last.value, 0);
	run(1, SEC(10));
	until_ended(2);
	assert_int_equal(last.outcome, SCRIPT_EXITED);
	assert_int_equal(last.value, 3);
	run(2, 0);
	until_ended(3);
	assert_int_equal(last.outcome, SCRIPT_SIGNALED);
	assert_int_equal(last.value, 9);
	broker_run(broker, &loop, 7, 1, 3, extra, 2, 0, done, &ended);
	until_ended(4);
	assert_string_equal(output(), "2:a b:\n");
	run(4, 0);
	until_ended(5);
	assert_int_equal(last.outcome, SCRIPT_DISABLED);
	run(5, 0);
	until_ended(6);
	assert_int_equal(last.outcome, SCRIPT_EXITED);
	assert_int_equal(last.value, 127);
	run(99, 0); /* no such script */
	until_ended(7);
	assert_int_equal(last.outcome, SCRIPT_DISABLED);
	broker_run(broker, &loop, 7, 2, 0, NULL, 0, 0, done, &ended); /* nor generation */
	until_ended(8);
	assert_int_equal(last.outcome, SCRIPT_DISABLED);
}

/* Nothing of ours gets into a script but words and environment. */
static void test_surroundings(void **state)
{
	static const char look[] =
		"for f in /proc/$$/fd/*; do readlink $f; done > $OUT; "
		"{ pwd; cut -d' ' -f5 /proc/$$/stat; echo $$; echo KEEP=$KEEP; "
		"tr '\\0' '\\n' < /proc/$$/environ | grep -cE '^(IFS|LD_PRELOAD|LD_LIBRARY_PATH)='; "
		"} >> $OUT; exec grep -E '^Sig(Blk|Ign)' /proc/self/status >> $OUT";
	/* 32 and 33 belong to the C library, which lets nobody change what was inherited. */
	const unsigned long long library_own = 3ULL << 31;
	unsigned long long blocked, ignored;
	char *line, *rest, *pgrp;
	sigset_t term, before;

	(void)state;
	broker_learn(broker, 1, table(1, look));
	setenv("KEEP", "yes", 1);
	setenv("IFS", "x", 1);
	setenv("LD_PRELOAD", "", 1);
	setenv("LD_LIBRARY_PATH", "/nonexistent", 1);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGUSR1, SIG_IGN);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, &before);
	run(0, 0);
	until_ended(1);
	sigprocmask(SIG_SETMASK, &before, NULL);
	signal(SIGUSR1, SIG_DFL);
	unsetenv("IFS");
	unsetenv("LD_PRELOAD");
	unsetenv("LD_LIBRARY_PATH");
	rest = (char *)output();
	while ((line = strsep(&rest, "\n")) && strcmp(line, "/"))
		assert_true(!strcmp(line, "/dev/null") || !strcmp(line, file));
	pgrp = strsep(&rest, "\n");
	assert_string_equal(pgrp, strsep(&rest, "\n"));
	assert_int_equal(
		sscanf(rest, "KEEP=yes\n0\nSigBlk:\t%llx\nSigIgn:\t%llx", &blocked, &ignored), 2);
	assert_int_equal(blocked, 0);
	assert_int_equal(ignored & ~library_own, 0);
}

static void test_user(void **state)
{
	struct load_result *t;

	(void)state;
	if (geteuid() != 0)
		skip(); /* only root can be somebody else */
	t = table(1, "echo $(id -u) $(id -g) $(id -G) > $OUT");
	t->scripts[0].uid = 65534;
	t->scripts[0].gid = 65533;
	broker_learn(broker, 1, t);
	run(0, 0);
	until_ended(1);
	assert_string_equal(output(), "65534 65533 65533\n");
}

static void test_open_only(void **state)
{
	struct load_result *t = table(2, "", "");

	(void)state;
	t->scripts[0].test_open = t->scripts[1].test_open = true;
	free(t->scripts[0].argv[0]);
	free(t->scripts[1].argv[0]);
	t->scripts[0].argv[0] = xstrdup("</etc/passwd");
	t->scripts[1].argv[0] = xstrdup("</nonexistent");
	broker_learn(broker, 1, t);
	run(0, 0);
	until_ended(1);
	assert_int_equal(last.value, 0);
	run(1, 0);
	until_ended(2);
	assert_int_equal(last.outcome, SCRIPT_EXITED);
	assert_int_equal(last.value, 1);
}

/* ---- ends that are forced ---------------------------------------------------------------- */

static void test_timeout(void **state)
{
	ktime start = clock_now(&clock_monotonic);

	(void)state;
	broker_learn(broker, 1, table(2, "sleep 30", "trap '' TERM; while :; do sleep 1; done"));
	run(0, MSEC(50));
	until_ended(1);
	assert_int_equal(last.outcome, SCRIPT_TIMEOUT);
	assert_int_equal(last.value, SIGTERM);
	assert_true(clock_now(&clock_monotonic) - start < SEC(1));
	run(1, MSEC(50));
	until_ended(2);
	assert_int_equal(last.outcome, SCRIPT_TIMEOUT);
	assert_int_equal(last.value, SIGKILL);
}

/* The first process heeds SIGTERM, a grandchild does not: it goes with SIGKILL, later. */
static void test_grandchildren(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	broker_learn(broker, 1,
		table(1,
			"sh -c 'trap \"\" TERM; echo $$ . > $OUT; while :; do sleep 1; done' & wait"));
	run(0, MSEC(300));
	until_output(" .");
	pid = atoi(output());
	until_ended(1);
	assert_int_equal(last.outcome, SCRIPT_TIMEOUT);
	assert_int_equal(kill(pid, 0), 0);
	while (waitpid(pid, &status, WNOHANG) == 0)
		loop_turn(loop, MSEC(50));
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_int_equal(ended, 1);
}

static void test_cancel(void **state)
{
	(void)state;
	broker_learn(broker, 1, table(1, "echo . > $OUT; exec sleep 30"));
	run(0, 0);
	until_output(".");
	broker_cancel(broker, &loop, 8);  /* another one */
	broker_cancel(broker, &ended, 7); /* another's */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), 0);
	broker_cancel(broker, &loop, 7);
	broker_cancel(broker, &loop, 7);
	while (loop_turn(loop, MSEC(1200)))
		;
	assert_int_equal(waitpid(-1, NULL, 0), -1);
	run(0, 0);
	run(0, 0);
	broker_cancel_owner(broker, &loop);
	while (waitpid(-1, NULL, WNOHANG) != -1)
		loop_turn(loop, MSEC(100));
	assert_int_equal(ended, 0);
}

/* What was being killed does not survive the broker; what was not goes on. */
static void test_free_while_running(void **state)
{
	pid_t pid;
	int status;

	(void)state;
	broker_learn(broker, 1, table(1, "trap '' TERM; echo . > $OUT; sleep 30"));
	run(0, 0);
	until_output(".");
	broker_cancel_owner(broker, &loop);
	broker_free(broker);
	pid = waitpid(-1, &status, 0);
	assert_true(pid > 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	while (waitpid(-1, NULL, 0) > 0)
		;
	broker = broker_new(loop);
	broker_learn(broker, 1, table(1, "sleep .2; echo on > $OUT"));
	run(0, 0);
	broker_free(broker);
	broker = broker_new(loop);
	waitpid(-1, &status, 0);
	assert_string_equal(output(), "on\n");
}

static void test_cannot_fork(void **state)
{
	(void)state;
	broker_learn(broker, 1, table(1, "exit 0"));
	fork_fails = true;
	run(0, 0);
	assert_int_equal(ended, 1);
	assert_int_equal(last.outcome, SCRIPT_FAILED);
	assert_int_equal(last.value, EAGAIN);
	assert_logged("Cannot start script /bin/sh");
	broker_notify(broker, "V", 1, 0, NULL, 0);
	broker_notify(broker, "V", 1, 0, NULL, 0);
	assert_true(broker_idle(broker));
}

/* ---- notifications ----------------------------------------------------------------------- */

#define TELL "echo $0 $1 >> $OUT; sleep .05"

static void notify(const char *queue, uint32_t id, const char *word)
{
	const struct slice extra[] = {slice_str(word)};

	broker_notify(broker, queue, 1, id, extra, 1);
}

/* In order; what waits gives way to the newer word of the same script. */
static void test_order(void **state)
{
	struct load_result *t = table(3, TELL, TELL, TELL);
	uint32_t i;

	(void)state;
	for (i = 0; i < 3; i++)
		t->scripts[i].argv[3][1] = (char)('0' + i);
	broker_learn(broker, 1, t);
	assert_true(broker_idle(broker));
	notify("V", 0, "MASTER");
	notify("V", 1, "BACKUP");
	notify("V", 0, "BACKUP");
	notify("V", 2, "x");
	notify("V", 1, "FAULT");
	notify("V", 0, "FAULT");
	notify("V", 0, "MASTER");
	assert_false(broker_idle(broker));
	until_idle();
	assert_string_equal(output(), "s0 MASTER\ns2 x\ns1 FAULT\ns0 MASTER\n");
}

static void test_queues_are_independent(void **state)
{
	(void)state;
	broker_learn(broker, 1, table(2, "until [ -e $OUT ]; do sleep .02; done", "echo . > $OUT"));
	notify("V", 0, "");
	notify("V", 1, "");
	notify("W", 1, "");
	until_idle();
	assert_string_equal(output(), ".\n");
}

/* A notification of the old configuration keeps its table until it has run. */
static void test_forget(void **state)
{
	(void)state;
	broker_learn(broker, 1, table(1, TELL));
	notify("V", 0, "a");
	notify("V", 0, "b");
	broker_learn(broker, 2, table(1, "echo new $1 >> $OUT"));
	broker_forget(broker, 1);
	broker_notify(broker, "V", 2, 0, NULL, 0);
	until_idle();
	assert_string_equal(output(), "sh a\nsh b\nnew\n");
	run(0, 0);
	assert_int_equal(last.outcome, SCRIPT_DISABLED);
	broker_forget(broker, 2);
	broker_forget(broker, 3);
	broker_notify(broker, "V", 2, 0, NULL, 0);
	assert_true(broker_idle(broker));
}

static void test_bad_end_of_a_notification(void **state)
{
	struct load_result *t = table(3, "kill -9 $$", "exit 1", "echo . > $OUT");

	(void)state;
	broker_learn(broker, 1, t);
	notify("V", 0, "");
	notify("V", 1, "");
	notify("V", 2, "");
	until_idle();
	assert_string_equal(output(), ".\n");
	assert_log("V: notification script ended by signal 9\n");
}

static void test_command(void **state)
{
	struct load_result *t = table(1, "sleep .1; exit 4");

	(void)state;
	broker_run_command(broker, &t->scripts[0], SEC(5), done, &ended);
	assert_false(broker_idle(broker));
	load_free(t);
	until_ended(1);
	assert_int_equal(last.value, 4);
	assert_true(broker_idle(broker));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_results, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_surroundings, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_user, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_open_only, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_timeout, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_grandchildren, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_cancel, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_free_while_running, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_cannot_fork, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_queues_are_independent, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_forget, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bad_end_of_a_notification, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_command, set_up, tear_down),
	};

	return run_on_both_kernels(tests);
}
