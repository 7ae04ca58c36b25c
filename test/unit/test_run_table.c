/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keepalived/core/run_table.h"

#include <errno.h>
#include <stdlib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static struct run_table *table;
static unsigned ended;
static struct script_result last;

static int set_up(void **state)
{
	(void)state;
	table = run_table_new();
	ended = 0;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	run_table_free(table);
	return 0;
}

static void done(struct script_run *run, const struct script_result *result)
{
	assert_int_equal(run->id, 0); /* may be begun again at once */
	ended++;
	last = *result;
}

static const struct script_result good = {SCRIPT_EXITED, 0};

static void test_end(void **state)
{
	struct script_run a = {.done = done}, b = {.done = done};
	uint32_t id;

	(void)state;
	run_table_begin(table, &a);
	run_table_begin(table, &b);
	assert_int_not_equal(a.id, 0);
	assert_int_not_equal(a.id, b.id);
	id = a.id;
	run_table_end(table, id, &good);
	assert_int_equal(ended, 1);
	run_table_end(table, id, &good);
	run_table_end(table, 0, &good);
	run_table_end(table, UINT32_MAX, &good);
	assert_int_equal(ended, 1);
	run_table_end(table, b.id, &(struct script_result){SCRIPT_SIGNALED, 9});
	assert_int_equal(ended, 2);
	assert_int_equal(last.outcome, SCRIPT_SIGNALED);
	assert_int_equal(last.value, 9);
}

/* The answer to a run that was dropped does not end the one that got its place. */
static void test_late_answer(void **state)
{
	struct script_run a = {.done = done}, b = {.done = done};
	uint32_t late;

	(void)state;
	run_table_begin(table, &a);
	late = a.id;
	run_table_drop(table, &a);
	assert_int_equal(a.id, 0);
	run_table_drop(table, &a);
	run_table_begin(table, &b);
	run_table_end(table, late, &good);
	assert_int_equal(ended, 0);
	run_table_end(table, b.id, &good);
	assert_int_equal(ended, 1);
}

static void test_many(void **state)
{
	struct script_run *runs = calloc(5000, sizeof(*runs));
	int i;

	(void)state;
	for (i = 0; i < 5000; i++) {
		runs[i].done = done;
		run_table_begin(table, &runs[i]);
	}
	for (i = 0; i < 5000; i += 2)
		run_table_drop(table, &runs[i]);
	for (i = 1; i < 5000; i += 2)
		run_table_end(table, runs[i].id, &good);
	assert_int_equal(ended, 2500);
	free(runs);
}

static void test_fail_later(void **state)
{
	struct script_run a = {.done = done}, b = {.done = done};
	struct clock_fake clock;
	struct loop *loop;

	(void)state;
	clock_fake_init(&clock, 0);
	loop = loop_new_fake(&clock);
	run_table_begin(table, &a);
	run_table_begin(table, &b);
	run_table_fail(table, loop, &a, ENOBUFS);
	assert_int_equal(ended, 0);
	loop_turn(loop, 0);
	assert_int_equal(ended, 1);
	assert_int_equal(last.outcome, SCRIPT_FAILED);
	assert_int_equal(last.value, ENOBUFS);
	assert_int_not_equal(b.id, 0);
	run_table_fail(table, loop, &b, ENOBUFS);
	run_table_drop(table, &b);
	loop_turn(loop, 0);
	assert_int_equal(ended, 1);
	loop_free(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_end, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_late_answer, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_many, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_fail_later, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
