/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One child as the parent sees it. The children are real processes that speak as they are told; the
 * clock is a fake, so back-off takes no time.
 */
#include "keepalived/core/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "keepalived/core/msgs.h"
#include "lib/pack.h"
#include "test/unit/both_kernels.h"
#include "test/unit/fake_log.h"

/* ---- the child --------------------------------------------------------------------------- */

/* What children do, told through shared memory, and what they have heard. */
static struct {
	_Atomic bool deaf;          /* answers nothing */
	_Atomic bool refuses;       /* PREPARE */
	_Atomic int dies_preparing; /* so many of them, with exit_status */
	_Atomic int exit_status;
	_Atomic bool ignores_stop;
	_Atomic unsigned prepares, commits, aborts, stops, replacements, last_words;
	_Atomic uint64_t committed;
} * world;

static void answer(int fd, uint32_t type, uint64_t generation, bool prepared)
{
	struct strbuf out = {0};

	pack_u32(&out, type);
	pack_u32(&out, 0);
	pack_u64(&out, generation);
	if (prepared) {
		pack_u32(&out, !world->refuses);
		pack_str(&out, "no");
	}
	((uint32_t *)(void *)out.text)[1] = (uint32_t)out.len - 8;
	send(fd, out.text, out.len, 0);
	strbuf_free(&out);
}

static void hear(int fd, uint32_t type, struct unpack *in)
{
	uint64_t generation = unpack_u64(in);
	unsigned i;

	switch (type) {
	case MSG_PREPARE:
		world->prepares++;
		world->replacements += unpack_u32(in);
		if (world->dies_preparing > 0) {
			world->dies_preparing--;
			_exit(world->exit_status);
		}
		if (!world->deaf)
			answer(fd, MSG_PREPARED, generation, true);
		break;
	case MSG_COMMIT:
		world->commits++;
		world->committed = generation;
		if (!world->deaf)
			answer(fd, MSG_COMMITTED, generation, false);
		break;
	case MSG_ABORT:
		world->aborts++;
		break;
	case MSG_STOP:
		world->stops++;
		if (world->ignores_stop)
			break;
		for (i = 0; i < world->last_words; i++)
			answer(fd, MSG_COMMITTED, 1000 + i, false);
		_exit(0);
	}
}

NORETURN void child_main(const struct child_start *start)
{
	char buf[256];
	struct unpack in;
	ssize_t n;

	fcntl(start->port, F_SETFL, 0);
	while ((n = recv(start->port, buf, sizeof(buf), 0)) > 0) {
		uint32_t type;

		in = unpack_start(buf, (size_t)n);
		type = unpack_u32(&in);
		unpack_u32(&in);
		hear(start->port, type, &in);
	}
	_exit(0);
}

static bool fork_fails;

pid_t fork(void)
{
	errno = EAGAIN;
	return fork_fails ? -1 : _Fork();
}

/* ---- the parent -------------------------------------------------------------------------- */

static struct clock_fake fake;
static struct loop *loop;
static struct broker *broker;
static struct process process;
static int text;
static char trace[8192]; /* events */

static void note(const char *fmt, ...)
{
	size_t n = strlen(trace);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(trace + n, sizeof(trace) - n, fmt, ap);
	va_end(ap);
}

static void prepared(struct process *p, uint64_t generation, bool accepted, const char *why)
{
	assert_ptr_equal(p, &process);
	note("%s%llu%s ", accepted ? "+" : "-", (unsigned long long)generation,
		accepted ? "" : why);
}

static void committed(struct process *p, uint64_t generation)
{
	assert_ptr_equal(p, &process);
	note("c%llu ", (unsigned long long)generation);
}

static void ended(struct process *p, bool expected, bool permanent, int exit_status)
{
	assert_ptr_equal(p, &process);
	assert_false(process_alive(p));
	note("%s%d ", expected ? "stopped" : permanent ? "permanent" : "died", exit_status);
}

static void mail(struct process *p, const char *subject, const char *body)
{
	note("mail(%s,%s,%d) ", subject, body, p == &process);
}

static const struct process_events events = {prepared, committed, ended, mail};
static const struct child_ops ops = {.name = "Test"};

static int set_up(void **state)
{
	(void)state;
	world = mmap(
		NULL, sizeof(*world), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	clock_fake_init(&fake, SEC(1000));
	loop = on_this_kernel(loop_new_fake(&fake));
	broker = broker_new(loop);
	text = open("/dev/null", O_RDONLY);
	trace[0] = '\0';
	fork_fails = false;
	process = (struct process){.ops = &ops, .events = &events, .respawn = true};
	process_init(&process, loop, broker);
	process_set_config(&process, 1, text);
	fake_log_begin();
	return 0;
}

static int tear_down(void **state)
{
	pid_t pid = process.pid;

	(void)state;
	if (pid)
		kill(pid, SIGKILL);
	process_close(&process);
	while (waitpid(-1, NULL, 0) > 0)
		;
	broker_free(broker);
	loop_free(loop);
	close(text);
	fake_log_end();
	munmap(world, sizeof(*world));
	return 0;
}

/* Turns the loop, with the clock standing still, until the trace has come to this. */
static void expect(const char *want)
{
	ktime end = clock_now(&clock_monotonic) + SEC(5);

	while (strcmp(trace, want)) {
		if (clock_now(&clock_monotonic) > end)
			assert_string_equal(trace, want);
		if (!loop_turn(loop, 0))
			usleep(500);
	}
	trace[0] = '\0';
}

static void start_up(void)
{
	process_start(&process);
	expect("c1 ");
	assert_int_equal(process.state, PROCESS_RUNNING);
}

static void kill_it(void)
{
	kill(process.pid, SIGKILL);
	expect("died0 ");
}

/* ---- starting, stopping, dying ------------------------------------------------------------ */

static void test_start_and_stop(void **state)
{
	(void)state;
	start_up();
	assert_int_equal(world->prepares, 1);
	assert_int_equal(world->replacements, 0);
	assert_int_equal(world->committed, 1);
	process_stop(&process, SEC(5));
	assert_int_equal(process.state, PROCESS_STOPPING);
	expect("stopped0 ");
	assert_int_equal(process.state, PROCESS_OFF);
	assert_false(process_alive(&process));
	process_stop(&process, SEC(5));
}

static void test_stop_is_ignored(void **state)
{
	(void)state;
	world->ignores_stop = true;
	start_up();
	process_stop(&process, SEC(5));
	while (!world->stops)
		loop_turn(loop, 0);
	loop_turn(loop, SEC(6));
	expect("stopped0 ");
	assert_logged("Test process failed to die - forcing termination");
}

/* What it said before it went is heard, however much it was. */
static void test_last_words(void **state)
{
	char want[4096] = "";
	unsigned i;

	(void)state;
	world->last_words = 300;
	start_up();
	process_stop(&process, SEC(5));
	for (i = 0; i < 300; i++)
		sprintf(want + strlen(want), "c%u ", 1000 + i);
	strcat(want, "stopped0 ");
	waitid(P_PID, (id_t)process.pid, &(siginfo_t){0}, WEXITED | WNOWAIT);
	loop_turn(loop, 0);
	loop_turn(loop, 0);
	expect(want);
}

static void test_back_off(void **state)
{
	static const int seconds[] = {0, 1, 2, 4, 8, 16, 32, 60, 60};
	size_t i;

	(void)state;
	start_up();
	for (i = 0; i < ARRAY_SIZE(seconds); i++) {
		ktime then;

		kill_it();
		assert_int_equal(process.state, PROCESS_WAITING);
		then = fake.at;
		loop_turn(loop, SEC(1000));
		assert_int_equal((fake.at - then) / SEC(1), seconds[i]);
		expect("c1 ");
		assert_int_equal(world->replacements, i + 1);
	}
	fake.at += SEC(60);
	loop_turn(loop, 0);
	kill_it();
	loop_turn(loop, 0); /* a long life: at once again */
	expect("c1 ");
}

static void test_permanent(void **state)
{
	(void)state;
	world->dies_preparing = 1;
	world->exit_status = 2;
	process_start(&process);
	expect("permanent2 ");
	assert_int_equal(process.state, PROCESS_OFF);
	assert_logged("exited with permanent error CONFIG. Terminating");
}

static void test_no_respawn(void **state)
{
	(void)state;
	process.respawn = false;
	start_up();
	kill_it();
	assert_int_equal(process.state, PROCESS_OFF);
	assert_logged("died: Exiting");
}

static void test_cannot_start(void **state)
{
	(void)state;
	fork_fails = true;
	process_start(&process);
	assert_int_equal(process.state, PROCESS_WAITING);
	fork_fails = false;
	loop_turn(loop, 0);
	loop_turn(loop, 0);
	expect("c1 ");
}

static void test_stop_while_waiting(void **state)
{
	(void)state;
	start_up();
	kill_it();
	process_stop(&process, SEC(5));
	assert_int_equal(process.state, PROCESS_OFF);
	loop_turn(loop, SEC(100));
	assert_false(process_alive(&process));
}

/* ---- two-phase changes -------------------------------------------------------------------- */

static void commit(uint64_t generation)
{
	process_set_config(&process, generation, text);
	process_commit(&process);
}

static void test_change(void **state)
{
	(void)state;
	start_up();
	assert_int_equal(process_try(&process, 2, text), 0);
	expect("+2 ");
	assert_int_equal(world->committed, 1);
	commit(2);
	expect("c2 ");
	assert_int_equal(world->committed, 2);
}

static void test_refusal(void **state)
{
	(void)state;
	start_up();
	world->refuses = true;
	process_try(&process, 2, text);
	expect("-2no ");
	process_abort(&process, 2);
	world->refuses = false;
	process_try(&process, 3, text);
	expect("+3 ");
	commit(3);
	expect("c3 ");
	assert_int_equal(world->aborts, 1);
}

/* One that is not there yet is tried before anything else is decided... */
static void test_try_new(void **state)
{
	(void)state;
	assert_int_equal(process_try(&process, 2, text), 0);
	expect("+2 ");
	assert_int_equal(world->commits, 0);
	commit(2);
	expect("c2 ");
	assert_int_equal(process.state, PROCESS_RUNNING);
	kill_it();
	assert_int_equal(process.state, PROCESS_WAITING);
}

/* ...and leaves nothing behind when it is not wanted after all. */
static void test_try_new_and_abort(void **state)
{
	(void)state;
	process_try(&process, 2, text);
	expect("+2 ");
	process_abort(&process, 2);
	assert_int_equal(process.state, PROCESS_OFF);
	assert_int_equal(waitpid(-1, NULL, 0), -1);
	loop_turn(loop, SEC(100));
	assert_string_equal(trace, "");
	process_try(&process, 3, text);
	expect("+3 ");
}

static void test_new_one_dies_of_it(void **state)
{
	(void)state;
	world->dies_preparing = 1;
	world->exit_status = 1;
	process_try(&process, 2, text);
	expect("died1 ");
	assert_int_equal(process.state, PROCESS_OFF);
	process_abort(&process, 2);
	loop_turn(loop, SEC(100));
	assert_false(process_alive(&process));
}

static void test_cannot_try(void **state)
{
	(void)state;
	fork_fails = true;
	assert_int_equal(process_try(&process, 2, text), -EAGAIN);
	assert_int_equal(process.state, PROCESS_OFF);
	process_start(&process);
	assert_int_equal(process.state, PROCESS_WAITING);
	assert_int_equal(process_try(&process, 2, text), 0); /* when it comes */
	assert_int_equal(process.state, PROCESS_WAITING);
	fork_fails = false;
	loop_turn(loop, SEC(100));
	expect("c1 +2 ");
}

static void test_try_while_stopping(void **state)
{
	(void)state;
	start_up();
	process_stop(&process, SEC(5));
	assert_int_equal(process_try(&process, 2, text), -EBUSY);
}

/* Between death and respawn: the successor adopts what there was, and is tried then. */
static void test_try_while_waiting(void **state)
{
	(void)state;
	start_up();
	kill_it();
	loop_turn(loop, 0);
	expect("c1 ");
	kill_it(); /* this time it has to wait */
	assert_int_equal(process_try(&process, 2, text), 0);
	expect("c1 +2 ");
	assert_int_equal(world->replacements, 2);
	commit(2);
	expect("c2 ");
}

static void test_try_while_waiting_and_abort(void **state)
{
	(void)state;
	start_up();
	kill_it();
	process_try(&process, 2, text);
	process_abort(&process, 2);
	expect("c1 ");
	assert_int_equal(process.state, PROCESS_RUNNING);
	assert_int_equal(world->aborts, 0);
}

/* It died of what it had: what is new may be the cure, so that comes first. */
static void test_cure(void **state)
{
	(void)state;
	start_up();
	world->dies_preparing = 1;
	world->exit_status = 9;
	kill_it();
	loop_turn(loop, 0);
	expect("died9 ");
	assert_int_equal(process_try(&process, 2, text), 0);
	expect("+2 ");
	process_abort(&process, 2);
	expect("c1 ");
	kill_it();
	assert_int_equal(process_try(&process, 3, text), 0);
	expect("c1 +3 ");
	commit(3);
	expect("c3 ");
}

/* Nor does it help: no permanent error, it has run before. */
static void test_no_cure(void **state)
{
	(void)state;
	start_up();
	world->dies_preparing = 2;
	world->exit_status = 9;
	kill_it();
	loop_turn(loop, 0);
	expect("died9 ");
	world->exit_status = 2;
	process_try(&process, 2, text);
	expect("died2 ");
	assert_int_equal(process.state, PROCESS_WAITING);
	loop_turn(loop, SEC(100));
	expect("c1 ");
}

/* It has just been started and has not answered. */
static void test_try_while_starting(void **state)
{
	(void)state;
	process_start(&process);
	process_try(&process, 2, text);
	expect("c1 +2 ");
	commit(2);
	expect("c2 ");
	assert_int_equal(world->committed, 2);
}

/* Committed to something that it was never asked about. */
static void test_commit_unasked(void **state)
{
	(void)state;
	start_up();
	commit(5);
	expect("c5 ");
	assert_int_equal(world->prepares, 2);
	world->refuses = true;
	commit(6);
	expect("-6no ");
	world->refuses = false;
	process_kill(&process);
	expect("died0 ");
	loop_turn(loop, SEC(1));
	expect("c6 ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_start_and_stop, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_stop_is_ignored, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_last_words, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_back_off, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_permanent, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_respawn, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_cannot_start, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_stop_while_waiting, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_change, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_refusal, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_try_new, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_try_new_and_abort, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_new_one_dies_of_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_cannot_try, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_try_while_stopping, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_try_while_waiting, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_try_while_waiting_and_abort, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_cure, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_cure, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_try_while_starting, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_commit_unasked, set_up, tear_down),
	};

	return run_on_both_kernels(tests);
}
