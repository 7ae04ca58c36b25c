/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/loop.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "test/unit/both_kernels.h"

/* What was called, one letter each. */
static char trace[64];
static struct loop *loop;
static struct clock_fake fake;

static void note(char c)
{
	size_t n = strlen(trace);

	assert_true(n + 1 < sizeof(trace));
	trace[n] = c;
	trace[n + 1] = '\0';
}

static int set_up(void **state)
{
	(void)state;
	trace[0] = '\0';
	clock_fake_init(&fake, SEC(100));
	loop = loop_new_fake(&fake);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	loop_free(loop);
	return 0;
}

static struct pipe_end {
	struct loop_fd fd;
	int pipe[2];
	struct pipe_end *victim;
} ends[2];

static struct loop_timer timers[3];
static struct loop_work works[2];

static void pipe_ready(struct loop_fd *f, uint32_t events)
{
	struct pipe_end *e = container_of(f, struct pipe_end, fd);
	char c;

	assert_true(events & EPOLLIN);
	assert_int_equal(read(f->fd, &c, 1), 1);
	note(c);
	if (e->victim)
		loop_fd_del(&e->victim->fd);
	loop_work_queue(loop, &works[0]);
	loop_work_queue(loop, &works[0]);
}

static void open_end(struct pipe_end *e, char c)
{
	*e = (struct pipe_end){.fd = LOOP_FD_NONE};
	assert_int_equal(pipe(e->pipe), 0);
	assert_int_equal(write(e->pipe[1], &c, 1), 1);
	assert_int_equal(loop_fd_add(loop, &e->fd, e->pipe[0], EPOLLIN, pipe_ready), 0);
}

static void close_end(struct pipe_end *e)
{
	loop_fd_del(&e->fd);
	close(e->pipe[0]);
	close(e->pipe[1]);
}

static void timer_notes(struct loop_timer *t)
{
	note((char)('0' + (t - timers)));
}

static void work_notes(struct loop_work *w)
{
	note((char)('A' + (w - works)));
	if (w == &works[0])
		loop_work_queue(loop, &works[1]);
}

static void test_order_in_a_turn(void **state)
{
	(void)state;
	loop_work_init(&works[0], work_notes);
	loop_work_init(&works[1], work_notes);
	loop_timer_init(loop, &timers[0], timer_notes);
	loop_timer_set(&timers[0], loop_now(loop));
	open_end(&ends[0], 'x');
	assert_true(loop_turn(loop, KTIME_FOREVER));
	assert_string_equal(trace, "x0AB");
	assert_false(loop_turn(loop, 0));
	close_end(&ends[0]);
}

static void test_removal_in_callback(void **state)
{
	(void)state;
	loop_work_init(&works[0], work_notes);
	loop_work_init(&works[1], work_notes);
	open_end(&ends[0], 'x');
	open_end(&ends[1], 'y');
	ends[0].victim = &ends[1];
	ends[1].victim = &ends[0];
	loop_turn(loop, 0);
	assert_string_equal(trace + 1, "AB"); /* one of the two removed the other */
	close_end(&ends[0]);
	close_end(&ends[1]);
}

static struct pipe_end *replaced;

static void replace(struct loop_fd *f, uint32_t events)
{
	struct pipe_end *me = container_of(f, struct pipe_end, fd);

	(void)events;
	note('r');
	replaced = me == &ends[0] ? &ends[1] : &ends[0];
	close_end(replaced);
	open_end(replaced, 'n'); /* takes the same numbers */
	loop_fd_del(f);
}

static void test_number_reused_in_a_turn(void **state)
{
	(void)state;
	loop_work_init(&works[0], work_notes);
	loop_work_init(&works[1], work_notes);
	open_end(&ends[0], 'x');
	open_end(&ends[1], 'y');
	ends[0].fd.ready = ends[1].fd.ready = replace;
	loop_turn(loop, 0);
	assert_string_equal(trace, "r"); /* the old event is not for the new descriptor */
	loop_turn(loop, 0);
	assert_string_equal(trace, "rnAB");
	close_end(&ends[0]);
	close_end(&ends[1]);
}

static void test_fake_clock(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 3; i++)
		loop_timer_init(loop, &timers[i], timer_notes);
	loop_timer_set(&timers[0], SEC(103));
	loop_timer_set(&timers[1], SEC(101));
	loop_timer_set(&timers[2], SEC(103));
	loop_timer_cancel(&timers[2]);
	loop_timer_set(&timers[2], SEC(102));
	assert_int_equal(loop_timer_at(&timers[2]), SEC(102));
	assert_int_equal(loop_run(loop), -EDEADLK);
	assert_string_equal(trace, "120");
	assert_int_equal(loop_now(loop), SEC(103));
	assert_int_equal(loop_take_lag(loop), 0);
	assert_int_equal(loop_timer_at(&timers[0]), KTIME_FOREVER);
	loop_timer_set(&timers[0], SEC(110));
	assert_false(loop_turn(loop, SEC(2)));
	assert_int_equal(fake.at, SEC(105));
	fake.at = SEC(113);
	assert_true(loop_turn(loop, 0));
	assert_int_equal(loop_take_lag(loop), SEC(3));
	assert_int_equal(loop_take_lag(loop), 0);
}

static unsigned lates;
static ktime latest;

static void late(ktime lag)
{
	lates++;
	latest = lag;
}

/* One stall is one call, with the worst of the timers that it held up. */
static void test_lag_is_told(void **state)
{
	int i;

	(void)state;
	lates = 0;
	loop_on_lag(loop, SEC(1), late);
	for (i = 0; i < 3; i++) {
		loop_timer_init(loop, &timers[i], timer_notes);
		loop_timer_set(&timers[i], SEC(103) + i);
	}
	fake.at = SEC(108);
	loop_turn(loop, 0);
	assert_string_equal(trace, "012");
	assert_int_equal(lates, 1);
	assert_int_equal(latest, SEC(5));
	loop_timer_set(&timers[0], SEC(110));
	fake.at = SEC(111);
	loop_turn(loop, 0);
	assert_int_equal(lates, 1);          /* not more than the limit */
	loop_timer_set(&timers[0], SEC(50)); /* was late when it was set */
	loop_turn(loop, 0);
	assert_int_equal(lates, 1);
	assert_int_equal(loop_take_lag(loop), SEC(5));
}

static void rearm(struct loop_timer *t)
{
	timer_notes(t);
	loop_timer_set(t, 0);
	assert_true(loop_timer_pending(t));
}

static void test_rearmed_timer_waits(void **state)
{
	(void)state;
	loop_timer_init(loop, &timers[0], rearm);
	loop_timer_init(loop, &timers[1], timer_notes);
	loop_timer_set(&timers[0], SEC(99));
	loop_timer_set(&timers[1], SEC(100));
	assert_true(loop_turn(loop, KTIME_FOREVER));
	assert_string_equal(trace, "01");
	assert_true(loop_turn(loop, KTIME_FOREVER));
	assert_string_equal(trace, "010");
	assert_int_equal(loop_now(loop), SEC(100));
	assert_int_equal(loop_take_lag(loop), 0);
	loop_timer_cancel(&timers[0]);
	assert_false(loop_turn(loop, 0));
}

/* As a reader does whose peer never stops: each part moves the time limit, which is over. */
static void ready_and_late(struct loop_fd *f, uint32_t events)
{
	(void)f;
	(void)events;
	note('x');
	loop_timer_set(&timers[0], SEC(99));
}

static void test_timer_set_in_each_turn_runs(void **state)
{
	(void)state;
	loop_timer_init(loop, &timers[0], timer_notes);
	loop_timer_set(&timers[0], SEC(101));
	open_end(&ends[0], 'y');
	ends[0].fd.ready = ready_and_late;
	for (int i = 0; i < 3; i++)
		assert_true(loop_turn(loop, KTIME_FOREVER));
	assert_string_equal(trace, "xx0x");
	close_end(&ends[0]);
}

static void endless(struct loop_work *w)
{
	loop_work_queue(loop, w);
}

static void test_endless_work(void **state)
{
	(void)state;
	loop_work_init(&works[0], endless);
	loop_work_queue(loop, &works[0]);
	assert_true(loop_turn(loop, KTIME_FOREVER));
	assert_true(works[0].queued);
	loop_work_cancel(&works[0]);
	assert_false(loop_turn(loop, 0));
}

/* In place of the one with a fake clock. */
static void use_real_loop(void)
{
	loop_free(loop);
	loop = on_this_kernel(loop_new(NULL));
}

static struct loop_signal first_signal, second_signal;

static void caught(struct loop_signal *s)
{
	note(s == &first_signal ? 'f' : 's');
	loop_signal_del(loop, &first_signal);
	loop_stop(loop, 7);
}

static void test_signal(void **state)
{
	struct loop_timer timer;

	(void)state;
	use_real_loop();
	loop_timer_init(loop, &timer, timer_notes);
	assert_int_equal(loop_signal_add(loop, &first_signal, SIGUSR1, caught), 0);
	assert_int_equal(loop_signal_add(loop, &second_signal, SIGUSR1, caught), 0);
	raise(SIGUSR1);
	assert_int_equal(loop_run(loop), 7);
	assert_string_equal(trace, "fs");
	raise(SIGUSR1);
	assert_int_equal(loop_run(loop), 7);
	assert_string_equal(trace, "fss");
	loop_signal_del(loop, &second_signal);
}

static void exited(struct loop_child *c, int status)
{
	assert_int_equal(c->pid, 0);
	loop_stop(loop, status);
}

static void test_child(void **state)
{
	struct loop_child child = {0}, forgotten = {0};
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		loop_forget(loop);
		_exit(3);
	}
	use_real_loop();
	assert_int_equal(loop_child_watch(loop, &forgotten, pid, exited), 0);
	loop_child_forget(&forgotten);
	assert_int_equal(loop_child_watch(loop, &child, pid, exited), 0);
	assert_int_equal(WEXITSTATUS(loop_run(loop)), 3);
	assert_int_equal(waitpid(pid, NULL, WNOHANG), -1);
	loop_child_forget(&child);
}

/* Three that end at once are perhaps one signal. The first to be told forgets one of the others. */
static struct loop_child trio[3];
static unsigned told;

static void told_one(struct loop_child *c, int status)
{
	unsigned i;

	assert_int_equal(WEXITSTATUS(status), 10 + (int)(c - trio));
	told++;
	for (i = 0; i < 3 && told == 1; i++) {
		pid_t pid = trio[i].pid;

		if (!pid)
			continue;
		loop_child_forget(&trio[i]);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		return;
	}
}

static void test_children_at_once(void **state)
{
	pid_t stranger, pid[3];
	siginfo_t info;
	int i;

	(void)state;
	use_real_loop();
	told = 0;
	stranger = fork();
	if (stranger == 0)
		_exit(0);
	for (i = 0; i < 3; i++) {
		pid[i] = fork();
		if (pid[i] == 0)
			_exit(10 + i);
		assert_int_equal(loop_child_watch(loop, &trio[i], pid[i], told_one), 0);
	}
	for (i = 0; i < 3; i++)
		assert_int_equal(waitid(P_PID, (id_t)pid[i], &info, WEXITED | WNOWAIT), 0);
	while (told < 2)
		loop_turn(loop, SEC(1));
	assert_false(loop_turn(loop, MSEC(1)) && told > 2);
	assert_int_equal(waitpid(stranger, NULL, 0), stranger); /* not ours to reap */
}

/* One that ended before SIGCHLD was ever blocked, and one later. */
static void test_child_that_was_quick(void **state)
{
	struct loop_child child = {0};
	siginfo_t info;
	sigset_t none;
	pid_t pid;
	int i;

	(void)state;
	use_real_loop();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (i = 0; i < 2; i++) {
		pid = fork();
		if (pid == 0)
			_exit(5);
		assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
		assert_int_equal(loop_child_watch(loop, &child, pid, exited), 0);
		assert_int_equal(WEXITSTATUS(loop_run(loop)), 5);
	}
}

static struct loop_signal on_child;
static int last_status;

static void remember(struct loop_child *c, int status)
{
	(void)c;
	last_status = status;
}

static void reap(struct loop_signal *s)
{
	(void)s;
	loop_reap_orphans(loop);
	loop_stop(loop, 0);
}

static void test_orphans(void **state)
{
	struct loop_child child = {0};
	pid_t orphan, watched;
	siginfo_t info;

	(void)state;
	use_real_loop();
	assert_int_equal(loop_signal_add(loop, &on_child, SIGCHLD, reap), 0);
	orphan = fork();
	if (orphan == 0)
		_exit(0);
	assert_int_equal(loop_run(loop), 0);
	assert_int_equal(waitpid(orphan, NULL, WNOHANG), -1);
	watched = fork();
	if (watched == 0)
		_exit(4);
	assert_int_equal(loop_child_watch(loop, &child, watched, remember), 0);
	while (child.pid)
		loop_turn(loop, SEC(1));
	assert_int_equal(WEXITSTATUS(last_status), 4);
	watched = fork();
	if (watched == 0)
		_exit(6);
	orphan = fork();
	if (orphan == 0)
		_exit(0);
	assert_int_equal(loop_child_watch(loop, &child, watched, remember), 0);
	assert_int_equal(waitid(P_PID, (id_t)watched, &info, WEXITED | WNOWAIT), 0);
	assert_int_equal(waitid(P_PID, (id_t)orphan, &info, WEXITED | WNOWAIT), 0);
	loop_reap_orphans(loop); /* one is watched, the other is not */
	assert_int_equal(child.pid, 0);
	assert_int_equal(WEXITSTATUS(last_status), 6);
	assert_int_equal(waitpid(orphan, NULL, WNOHANG), -1);
	loop_signal_del(loop, &on_child);
}

static void test_forgotten_loop(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	open_end(&ends[0], 'x');
	pid = fork();
	if (pid == 0) {
		loop_forget(loop);
		loop_fd_del(&ends[0].fd);
		loop_free(loop);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	loop_work_init(&works[0], work_notes);
	loop_work_init(&works[1], work_notes);
	assert_true(loop_turn(loop, 0));
	assert_string_equal(trace, "xAB"); /* the child has not taken it out of our set */
	close_end(&ends[0]);
}

static void test_sleep(void **state)
{
	struct loop_timer timer;
	ktime start;

	(void)state;
	use_real_loop();
	loop_timer_init(loop, &timer, timer_notes);
	start = loop_now(loop);
	loop_timer_set(&timer, start + MSEC(3));
	while (!loop_turn(loop, KTIME_FOREVER))
		;
	assert_true(loop_now(loop) >= start + MSEC(3));
	assert_true(loop_take_lag(loop) == loop_now(loop) - start - MSEC(3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_order_in_a_turn, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_removal_in_callback, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_number_reused_in_a_turn, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_fake_clock, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_lag_is_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_rearmed_timer_waits, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_timer_set_in_each_turn_runs, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_endless_work, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_signal, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_child, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_children_at_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_child_that_was_quick, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_orphans, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_forgotten_loop, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_sleep, set_up, tear_down),
	};

	return run_on_both_kernels(tests);
}
