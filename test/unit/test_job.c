/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>

#include "lib/job.h"

struct work {
	pthread_t ran_in;
	int runs, ends;
	struct loop *loop;
};

static void run(void *ctx)
{
	struct work *w = ctx;

	w->ran_in = pthread_self();
	w->runs++;
}

static void done(void *ctx)
{
	struct work *w = ctx;

	w->ends++;
	loop_stop(w->loop, 0);
}

static void test_done_in_the_loop(void **state)
{
	struct work w = {.loop = loop_new(NULL)};

	(void)state;
	assert_non_null(job_start(w.loop, run, done, &w));
	assert_int_equal(w.ends, 0);
	assert_int_equal(loop_run(w.loop), 0);
	assert_int_equal(w.runs, 1);
	assert_int_equal(w.ends, 1);
	assert_false(pthread_equal(w.ran_in, pthread_self()));
	loop_free(w.loop);
}

static void test_end_waits(void **state)
{
	struct work w = {.loop = loop_new(NULL)};

	(void)state;
	job_end(job_start(w.loop, run, done, &w));
	assert_int_equal(w.runs, 1);
	assert_false(loop_turn(w.loop, 0));
	assert_int_equal(w.ends, 0);
	job_end(NULL);
	loop_free(w.loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_done_in_the_loop),
		cmocka_unit_test(test_end_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
