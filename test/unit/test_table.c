/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keepalived/check/table.h"
#include "test/unit/fake_ipvs.h"

struct world {
	struct fake_ipvs *kernel;
	struct table *table;
	struct ipvs_service web, mark;
	size_t left; /* differences after the last round */
};

static struct ipvs_dest server(unsigned n, uint32_t weight)
{
	struct ipvs_dest d = {.port = 80, .fwd = IP_VS_CONN_F_DROUTE, .weight = weight};
	char text[ADDR_STRLEN];

	snprintf(text, sizeof(text), "10.0.%u.%u", n >> 8, n & 255);
	addr_parse(&d.addr, text);
	return d;
}

static int setup(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));

	w->kernel = fake_ipvs_new();
	w->table = table_new();
	w->web = (struct ipvs_service){
		.family = AF_INET, .proto = IPPROTO_TCP, .port = 80, .sched = "rr"};
	addr_parse(&w->web.addr, "192.0.2.1");
	w->mark = (struct ipvs_service){.family = AF_INET, .fwmark = 3, .sched = "sh"};
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	ipvs_close(&w->kernel->ipvs);
	table_free(w->table);
	free(w);
	return 0;
}

static void want(struct world *w, const struct ipvs_service *s, unsigned n, uint32_t weight)
{
	struct ipvs_dest d = server(n, weight);

	assert_true(table_want_dest(w->table, s, &d));
}

static void drop(struct world *w, const struct ipvs_service *s, unsigned n)
{
	struct ipvs_dest d = server(n, 0);

	table_drop_dest(w->table, s, &d);
}

/* One round; returns what the kernel was told. */
static const char *settle(struct world *w)
{
	struct ipvs_change *changes;
	size_t n = table_changes(w->table, &changes);

	ipvs_apply(&w->kernel->ipvs, changes, n);
	w->left = table_applied(w->table, changes, n);
	return fake_ipvs_take_trace(w->kernel);
}

static void two_servers(struct world *w)
{
	table_want_service(w->table, &w->web);
	want(w, &w->web, 1, 1);
	want(w, &w->web, 2, 1);
	settle(w);
}

static void have_service(void *arg, const struct ipvs_service *s)
{
	table_have_service(arg, s, false);
}

static void have_dest(void *arg, const struct ipvs_service *s, const struct ipvs_dest *d)
{
	table_have_dest(arg, s, d);
}

static void load(struct world *w)
{
	struct ipvs_visitor v = {have_service, have_dest, w->table};

	assert_int_equal(ipvs_dump(&w->kernel->ipvs, &v), 0);
}

/* The table dies with its process; what is in the kernel stays. */
static void crash(struct world *w)
{
	table_free(w->table);
	w->table = table_new();
	load(w);
}

static void test_start(void **state)
{
	struct world *w = *state;

	table_want_service(w->table, &w->web);
	want(w, &w->web, 1, 1);
	want(w, &w->web, 2, 5);
	table_want_service(w->table, &w->mark);
	want(w, &w->mark, 1, 1);
	assert_string_equal(settle(w), "+svc [192.0.2.1]:tcp:80 rr\n"
				       "+dest [192.0.2.1]:tcp:80 [10.0.0.1]:tcp:80 DR 1\n"
				       "+dest [192.0.2.1]:tcp:80 [10.0.0.2]:tcp:80 DR 5\n"
				       "+svc FWM 3 sh\n"
				       "+dest FWM 3 [10.0.0.1]:none:80 DR 1\n");
	assert_int_equal(w->left, 0);
	assert_string_equal(settle(w), "");
}

static void test_smallest_change(void **state)
{
	struct world *w = *state;

	two_servers(w);
	want(w, &w->web, 1, 7);
	assert_string_equal(settle(w), "~dest [192.0.2.1]:tcp:80 [10.0.0.1]:tcp:80 DR 7\n");
	strcpy(w->web.sched, "wlc");
	table_want_service(w->table, &w->web);
	assert_string_equal(settle(w), "~svc [192.0.2.1]:tcp:80 wlc\n");
	w->web.timeout = 9; /* has no effect without persistence */
	table_want_service(w->table, &w->web);
	want(w, &w->web, 1, 7);
	assert_string_equal(settle(w), "");
	want(w, &w->web, 1, 8);
	want(w, &w->web, 1, 7); /* changed its mind */
	drop(w, &w->web, 2);
	want(w, &w->web, 2, 1);
	drop(w, &w->web, 99);
	assert_string_equal(settle(w), "");
	table_drop_service(w->table, &w->web);
	table_drop_service(w->table, &w->mark); /* never wanted */
	assert_string_equal(settle(w), "-svc [192.0.2.1]:tcp:80\n");
	assert_string_equal(fake_ipvs_str(w->kernel), "");
}

static void test_sorry_server(void **state)
{
	struct world *w = *state;

	two_servers(w);
	drop(w, &w->web, 1);
	drop(w, &w->web, 2);
	want(w, &w->web, 9, 1);
	assert_string_equal(settle(w), "-dest [192.0.2.1]:tcp:80 [10.0.0.1]:tcp:80 DR 1\n"
				       "-dest [192.0.2.1]:tcp:80 [10.0.0.2]:tcp:80 DR 1\n"
				       "+dest [192.0.2.1]:tcp:80 [10.0.0.9]:tcp:80 DR 1\n");
	drop(w, &w->web, 9);
	want(w, &w->web, 2, 1);
	want(w, &w->web, 1, 1);
	assert_string_equal(settle(w), "-dest [192.0.2.1]:tcp:80 [10.0.0.9]:tcp:80 DR 1\n"
				       "+dest [192.0.2.1]:tcp:80 [10.0.0.2]:tcp:80 DR 1\n"
				       "+dest [192.0.2.1]:tcp:80 [10.0.0.1]:tcp:80 DR 1\n");
}

static void test_reload(void **state)
{
	struct world *w = *state;

	two_servers(w);
	table_want_service(w->table, &w->mark);
	settle(w);
	table_mark(w->table);
	strcpy(w->web.sched, "wrr");
	table_want_service(w->table, &w->web);
	want(w, &w->web, 2, 4);
	want(w, &w->web, 3, 1);
	table_sweep(w->table);
	assert_string_equal(settle(w), "~svc [192.0.2.1]:tcp:80 wrr\n"
				       "~dest [192.0.2.1]:tcp:80 [10.0.0.2]:tcp:80 DR 4\n"
				       "+dest [192.0.2.1]:tcp:80 [10.0.0.3]:tcp:80 DR 1\n"
				       "-dest [192.0.2.1]:tcp:80 [10.0.0.1]:tcp:80 DR 1\n"
				       "-svc FWM 3\n");
	table_mark(w->table);
	table_want_service(w->table, &w->web);
	want(w, &w->web, 2, 4);
	want(w, &w->web, 3, 1);
	table_sweep(w->table);
	assert_string_equal(settle(w), "");
}

static void test_adopt(void **state)
{
	struct world *w = *state;
	struct ipvs_service other = w->web;
	struct ipvs_dest d = server(1, 1);

	other.port = 8080; /* of somebody else */
	two_servers(w);
	ipvs_apply(&w->kernel->ipvs,
		(struct ipvs_change[]){{.op = IPVS_SERVICE_ADD, .service = &other},
			{.op = IPVS_DEST_ADD, .service = &other, .dest = &d}},
		2);
	crash(w);
	fake_ipvs_take_trace(w->kernel);
	assert_string_equal(settle(w), "");
	assert_non_null(table_find_dest(w->table, &w->web, &d));
	assert_null(table_wanted_dest(w->table, &w->web, &d));
	table_mark(w->table);
	table_want_service(w->table, &w->web);
	want(w, &w->web, 3, 1);
	want(w, &w->web, 1, 1);
	table_sweep(w->table);
	assert_non_null(table_wanted_dest(w->table, &w->web, &d));
	assert_string_equal(settle(w), "+dest [192.0.2.1]:tcp:80 [10.0.0.3]:tcp:80 DR 1\n"
				       "-dest [192.0.2.1]:tcp:80 [10.0.0.2]:tcp:80 DR 1\n");
	table_drop_service(w->table, &other); /* not ours to drop */
	table_drop_all(w->table);
	assert_string_equal(settle(w), "-svc [192.0.2.1]:tcp:80\n");
	assert_string_equal(fake_ipvs_str(w->kernel), "[192.0.2.1]:tcp:8080 rr\n"
						      " [10.0.0.1]:tcp:80 DR 1\n");
}

static void test_left_over(void **state)
{
	struct world *w = *state;

	table_want_service(w->table, &w->mark);
	two_servers(w);
	crash(w);
	table_have_service(w->table, &w->mark, true);
	fake_ipvs_take_trace(w->kernel);
	assert_string_equal(settle(w), "-svc FWM 3\n");
	assert_null(table_find_service(w->table, &w->mark));
}

static void test_wanted_before_dump(void **state)
{
	struct world *w = *state;

	two_servers(w);
	table_free(w->table);
	w->table = table_new();
	table_want_service(w->table, &w->web);
	want(w, &w->web, 1, 6);
	want(w, &w->web, 3, 1);
	load(w);
	assert_string_equal(settle(w), "~dest [192.0.2.1]:tcp:80 [10.0.0.1]:tcp:80 DR 6\n"
				       "+dest [192.0.2.1]:tcp:80 [10.0.0.3]:tcp:80 DR 1\n"
				       "-dest [192.0.2.1]:tcp:80 [10.0.0.2]:tcp:80 DR 1\n");
}

static void test_foreign_flush(void **state)
{
	struct world *w = *state;
	struct ipvs_change flush = {.op = IPVS_FLUSH};

	two_servers(w);
	ipvs_apply(&w->kernel->ipvs, &flush, 1);
	fake_ipvs_take_trace(w->kernel);
	want(w, &w->web, 1, 2);
	want(w, &w->web, 2, 2);
	want(w, &w->web, 3, 2);
	settle(w); /* finds out */
	assert_int_equal(w->left, 4);
	assert_string_equal(settle(w), "+svc [192.0.2.1]:tcp:80 rr\n"
				       "+dest [192.0.2.1]:tcp:80 [10.0.0.1]:tcp:80 DR 2\n"
				       "+dest [192.0.2.1]:tcp:80 [10.0.0.2]:tcp:80 DR 2\n"
				       "+dest [192.0.2.1]:tcp:80 [10.0.0.3]:tcp:80 DR 2\n");
	assert_int_equal(w->left, 0);
	ipvs_apply(&w->kernel->ipvs, &flush, 1);
	table_have_nothing(w->table);
	load(w);
	settle(w);
	assert_string_equal(fake_ipvs_str(w->kernel), "[192.0.2.1]:tcp:80 rr\n"
						      " [10.0.0.1]:tcp:80 DR 2\n"
						      " [10.0.0.2]:tcp:80 DR 2\n"
						      " [10.0.0.3]:tcp:80 DR 2\n");
	ipvs_apply(&w->kernel->ipvs, &flush, 1);
	drop(w, &w->web, 1);
	settle(w);
	assert_int_equal(w->left, 3);
	settle(w);
	ipvs_apply(&w->kernel->ipvs, &flush, 1);
	table_drop_all(w->table);
	settle(w);
	assert_int_equal(w->left, 0);
}

static void test_added_by_others(void **state)
{
	struct world *w = *state;
	struct ipvs_service alien = w->web;
	struct ipvs_dest d = server(1, 50);
	struct ipvs_change changes[] = {{.op = IPVS_SERVICE_ADD, .service = &alien},
		{.op = IPVS_DEST_ADD, .service = &alien, .dest = &d}};

	strcpy(alien.sched, "dh");
	ipvs_apply(&w->kernel->ipvs, changes, 2);
	two_servers(w);
	assert_int_equal(w->left, 2);
	fake_ipvs_take_trace(w->kernel);
	assert_string_equal(settle(w), "~svc [192.0.2.1]:tcp:80 rr\n"
				       "~dest [192.0.2.1]:tcp:80 [10.0.0.1]:tcp:80 DR 1\n");
	assert_int_equal(w->left, 0);
}

static void test_server_vanished(void **state)
{
	struct world *w = *state;
	struct ipvs_dest d = server(1, 1), e = server(2, 1);
	struct ipvs_change changes[] = {{.op = IPVS_DEST_DEL, .service = &w->web, .dest = &d},
		{.op = IPVS_DEST_DEL, .service = &w->web, .dest = &e}};

	two_servers(w);
	ipvs_apply(&w->kernel->ipvs, changes, 2);
	want(w, &w->web, 1, 3);
	drop(w, &w->web, 2);
	settle(w);
	assert_int_equal(w->left, 1);
	assert_string_equal(settle(w), "+dest [192.0.2.1]:tcp:80 [10.0.0.1]:tcp:80 DR 3\n");
}

/* The service and the servers 1..n with weight 1, in any order, nothing else. */
static bool holds_servers(struct world *w, unsigned n)
{
	const char *text = fake_ipvs_str(w->kernel);
	size_t len = strlen("[192.0.2.1]:tcp:80 rr\n");

	for (unsigned i = 1; i <= n; i++) {
		char line[64];

		len += (size_t)snprintf(line, sizeof(line), " [10.0.0.%u]:tcp:80 DR 1\n", i);
		if (!strstr(text, line))
			return false;
	}
	return strlen(text) == len && !strncmp(text, "[192.0.2.1]:tcp:80 rr\n", 22);
}

/* Whatever change is refused, for whatever reason, a retry brings everything in order. */
static void test_each_change_refused(void **state)
{
	static const int errors[] = {-ENOMEM, -EPERM, -ETIMEDOUT, -EINTR};
	struct world *w = *state;

	for (unsigned nth = 1; nth <= 4; nth++) {
		for (size_t e = 0; e < ARRAY_SIZE(errors); e++) {
			table_want_service(w->table, &w->web);
			want(w, &w->web, 1, 1);
			want(w, &w->web, 2, 1);
			want(w, &w->web, 3, 1);
			fake_ipvs_fail(w->kernel, nth, errors[e]);
			settle(w);
			assert_int_equal(w->left, 0); /* no sense in asking again at once */
			assert_string_equal(settle(w), "");
			table_retry(w->table);
			settle(w);
			assert_true(holds_servers(w, 3));
			table_drop_all(w->table);
			fake_ipvs_fail(w->kernel, 1, errors[e]);
			settle(w);
			table_retry(w->table);
			settle(w);
			assert_string_equal(fake_ipvs_str(w->kernel), "");
		}
	}
}

static void test_service_comes_late(void **state)
{
	struct world *w = *state;

	fake_ipvs_fail(w->kernel, 1, -ENOENT); /* no such scheduler yet */
	two_servers(w);
	assert_int_equal(w->left, 0);
	want(w, &w->web, 3, 1); /* a new wish tries the service again */
	fake_ipvs_take_trace(w->kernel);
	assert_string_equal(settle(w), "+svc [192.0.2.1]:tcp:80 rr\n"
				       "+dest [192.0.2.1]:tcp:80 [10.0.0.3]:tcp:80 DR 1\n");
	assert_int_equal(w->left, 2);
	settle(w);
	assert_int_equal(w->left, 0);
	assert_true(holds_servers(w, 3));
}

static void test_no_service(void **state)
{
	struct world *w = *state;
	struct ipvs_dest d = server(1, 1);

	assert_false(table_want_dest(w->table, &w->web, &d));
	table_drop_dest(w->table, &w->web, &d);
	table_have_dest(w->table, &w->web, &d);
	assert_null(table_find_dest(w->table, &w->web, &d));
	table_want_service(w->table, &w->web);
	assert_true(table_want_dest(w->table, &w->web, &d));
	table_drop_service(w->table, &w->web);
	assert_string_equal(settle(w), "");
	table_free(NULL);
}

static void test_many(void **state)
{
	struct world *w = *state;
	struct ipvs_change *changes;
	size_t n;

	table_want_service(w->table, &w->web);
	for (unsigned i = 0; i < 60000; i++)
		want(w, &w->web, i, 1);
	n = table_changes(w->table, &changes);
	assert_int_equal(n, 60001);
	assert_int_equal(table_changes(w->table, &changes), 60001);
	for (size_t i = 0; i < n; i++)
		changes[i].error = 0;
	assert_int_equal(table_applied(w->table, changes, n), 0);
	want(w, &w->web, 777, 2);
	assert_int_equal(table_changes(w->table, &changes), 1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_start),
		TEST(test_smallest_change),
		TEST(test_sorry_server),
		TEST(test_reload),
		TEST(test_adopt),
		TEST(test_left_over),
		TEST(test_wanted_before_dump),
		TEST(test_foreign_flush),
		TEST(test_added_by_others),
		TEST(test_server_vanished),
		TEST(test_each_change_refused),
		TEST(test_service_comes_late),
		TEST(test_no_service),
		TEST(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
