/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "keepalived/check/verdict.h"

static const struct check_conf conf = {
	.retry = 2, .delay_loop = SEC(10), .delay_before_retry = SEC(1)};
static const struct check_conf alpha = {
	.retry = 2, .delay_loop = SEC(10), .delay_before_retry = SEC(1), .alpha = true};

/* Letters: s success, f failure, l try later; answers: . same, 1 first up, U up, r retry, D down.
 */
static void trace(const struct check_conf *c, const char *events, const char *expected)
{
	static const char names[] = {[CHECK_SAME] = '.',
		[CHECK_FIRST_UP] = '1',
		[CHECK_CAME_UP] = 'U',
		[CHECK_RETRY] = 'r',
		[CHECK_WENT_DOWN] = 'D'};
	struct check_state s = check_start(c);
	char seen[64] = "";

	for (size_t i = 0; events[i]; i++) {
		enum check_event e = events[i] == 's'   ? CHECK_SUCCESS
				     : events[i] == 'f' ? CHECK_FAILURE
							: CHECK_TRY_LATER;
		struct check_result r = check_step(c, s, e, 0);

		assert_int_equal(r.delay, r.verdict == CHECK_RETRY ? SEC(1) : SEC(10));
		assert_false(r.weight_changed);
		seen[i] = names[r.verdict];
		s = r.state;
	}
	assert_string_equal(seen, expected);
}

static void test_check_traces(void **state)
{
	struct check_conf none = conf;

	(void)state;
	trace(&conf, "ss", "1.");
	trace(&conf, "sfffffs", "1rrD..U");
	trace(&conf, "sffsfff", "1rr.rrD");
	trace(&conf, "ffs", "D.U"); /* never seen good: no retries */
	trace(&alpha, "ffs", "..U");
	trace(&alpha, "sfff", "UrrD");
	trace(&conf, "llslfl", "..1.r.");
	trace(&alpha, "ls", ".U");
	none.retry = 0;
	trace(&none, "sfs", "1DU");
}

static void test_check_retries(void **state)
{
	struct check_state s = {.up = true, .known = true};
	struct check_result r;

	(void)state;
	for (uint32_t i = 1; i <= 2; i++) {
		r = check_step(&conf, s, CHECK_FAILURE, 0);
		assert_int_equal(r.retries, i);
		s = r.state;
	}
	r = check_step(&conf, s, CHECK_FAILURE, 0);
	assert_int_equal(r.verdict, CHECK_WENT_DOWN);
	assert_int_equal(r.retries, 2);
	r = check_step(&conf, (struct check_state){.up = true}, CHECK_FAILURE, 0);
	assert_int_equal(r.verdict, CHECK_WENT_DOWN);
	assert_int_equal(r.retries, 0);
}

static void test_check_weight(void **state)
{
	struct check_result r = check_step(&conf, check_start(&conf), CHECK_WEIGHT, 97);

	(void)state;
	assert_true(r.weight_changed);
	assert_int_equal(r.state.weight, 97);
	r = check_step(&conf, r.state, CHECK_WEIGHT, 97);
	assert_false(r.weight_changed);
	r = check_step(&conf, r.state, CHECK_FAILURE, 5);
	assert_int_equal(r.state.weight, 97);
	r = check_step(&conf, r.state, CHECK_SUCCESS, 5);
	assert_int_equal(r.state.weight, 97);
	assert_false(r.weight_changed);

	assert_int_equal(check_misc_weight(0, 10), 0);
	assert_int_equal(check_misc_weight(2, 10), -10);
	assert_int_equal(check_misc_weight(100, 1), 97);
	assert_int_equal(check_misc_weight(255, UINT32_MAX), 253 - INT32_MAX);
}

static void test_check_reconf(void **state)
{
	struct check_state s = {.up = true, .known = true, .retries = 2, .weight = 4};
	struct check_conf one = conf;

	(void)state;
	one.retry = 1;
	s = check_reconf(&one, s);
	assert_true(s.up);
	assert_int_equal(s.retries, 1);
	assert_int_equal(s.weight, 4);
	assert_true(check_reconf(&alpha, s).up);
	assert_false(check_reconf(&alpha, check_start(&conf)).up);
	assert_true(check_reconf(&conf, check_start(&alpha)).up);
	s.up = false;
	assert_false(check_reconf(&conf, s).up);
}

static void test_first_delay(void **state)
{
	(void)state;
	assert_int_equal(check_first_delay(0, UINT32_MAX), SEC(1));
	assert_int_equal(check_first_delay(SEC(10), 0), SEC(1));
	assert_int_equal(check_first_delay(SEC(10), 1u << 31), SEC(6));
	assert_true(check_first_delay(SEC(4000000000), UINT32_MAX) > SEC(3999999999));
}

static void test_server(void **state)
{
	struct check_state up = {.up = true}, down = {0}, heavy = {.up = true, .weight = 9};
	struct server_state s = server_start(3);

	(void)state;
	assert_true(server_is_up(s));
	assert_int_equal(s.weight, 3);
	s = server_join(server_join(s, 3, up), 3, up);
	assert_int_equal(server_step(&s, 3, up, down), SERVER_DOWN);
	assert_int_equal(server_step(&s, 3, up, down), SERVER_SAME); /* the second checker */
	assert_int_equal(server_step(&s, 3, down, up), SERVER_SAME);
	assert_int_equal(server_alive_weight(s), 0);
	assert_int_equal(server_step(&s, 3, down, heavy), SERVER_UP);
	assert_int_equal(server_alive_weight(s), 12);
	assert_int_equal(server_step(&s, 3, heavy, up), SERVER_WEIGHT);
	assert_int_equal(server_step(&s, 5, up, up), SERVER_WEIGHT); /* reload */
	assert_int_equal(s.weight, 5);
	s = server_leave(server_leave(s, 5, up), 5, up);
	assert_true(server_is_up(s));
}

static void test_server_clamp(void **state)
{
	struct check_state plain = {.up = true}, low = {.up = true, .weight = INT32_MIN},
			   high = {.up = true, .weight = INT32_MAX};
	struct server_state s = server_join(server_start(1), 1, plain);

	(void)state;
	assert_int_equal(server_step(&s, 1, plain, low), SERVER_WEIGHT);
	assert_int_equal(s.weight, 0);
	assert_int_equal(server_step(&s, 1, low, high), SERVER_WEIGHT);
	assert_int_equal(s.weight, SERVER_WEIGHT_MAX);
	assert_int_equal(server_step(&s, 1, high, plain), SERVER_WEIGHT);
	assert_int_equal(s.weight, 1);
	assert_int_equal(server_start(2147483647).weight, SERVER_WEIGHT_MAX);
}

static void test_quorum(void **state)
{
	static const struct {
		bool up;
		uint64_t weight;
		enum quorum_verdict verdict;
		uint64_t threshold;
	} cases[] = {
		{false, 3, QUORUM_SAME, 4},
		{false, 4, QUORUM_GAINED, 4},
		{true, 4, QUORUM_SAME, 2},
		{true, 2, QUORUM_SAME, 2},
		{true, 1, QUORUM_LOST, 2},
		{true, 0, QUORUM_LOST, 2},
	};
	struct quorum_conf q = {.quorum = 3, .hysteresis = 1};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct quorum_result r = quorum_step(&q, cases[i].up, cases[i].weight);

		assert_int_equal(r.verdict, cases[i].verdict);
		assert_int_equal(r.threshold, cases[i].threshold);
		assert_int_equal(r.up, cases[i].weight >= cases[i].threshold);
	}
	assert_int_equal(quorum_start(&q, 3).verdict, QUORUM_STARTS_DOWN);
	assert_int_equal(quorum_start(&q, 3).threshold, 4);
	assert_int_equal(quorum_start(&q, 4).verdict, QUORUM_GAINED);
	q = (struct quorum_conf){.quorum = UINT32_MAX, .hysteresis = UINT32_MAX - 1};
	assert_int_equal(quorum_step(&q, false, 0).threshold, 2ull * UINT32_MAX - 1);
	assert_int_equal(quorum_step(&q, true, 1).verdict, QUORUM_SAME);
	q.hysteresis = UINT32_MAX;
	assert_int_equal(quorum_step(&q, true, 0).verdict, QUORUM_SAME);
}

static void test_pool(void **state)
{
	struct server_state alive = {.weight = 7}, dead = {.failed = 1, .weight = 7};
	static const struct {
		bool alive, inhibit, quorum, sorry, present;
		uint32_t weight;
	} cases[] = {
		{true, false, true, true, true, 7},
		{true, false, false, false, true, 7}, /* nobody else is there */
		{true, false, false, true, false, 0},
		{true, true, false, true, true, 0},
		{true, true, false, false, true, 7},
		{false, false, true, false, false, 0},
		{false, true, true, false, true, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct pool_place p = pool_real(cases[i].alive ? alive : dead, cases[i].inhibit,
			cases[i].quorum, cases[i].sorry);

		assert_int_equal(p.present, cases[i].present);
		assert_int_equal(p.weight, cases[i].weight);
	}
	assert_true(pool_sorry(false, false).present);
	assert_int_equal(pool_sorry(false, false).weight, 1);
	assert_false(pool_sorry(false, true).present);
	assert_true(pool_sorry(true, true).present);
	assert_int_equal(pool_sorry(true, true).weight, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check_traces),
		cmocka_unit_test(test_check_retries),
		cmocka_unit_test(test_check_weight),
		cmocka_unit_test(test_check_reconf),
		cmocka_unit_test(test_first_delay),
		cmocka_unit_test(test_server),
		cmocka_unit_test(test_server_clamp),
		cmocka_unit_test(test_quorum),
		cmocka_unit_test(test_pool),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
