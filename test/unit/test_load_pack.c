/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loader's answer: there and back, and everything that is less than whole. */
#include "keepalived/conf/load.h"

#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static char *words_a[] = {(char *)"/bin/a", (char *)"one", (char *)"", NULL};
static char *words_b[] = {(char *)"</etc/b", NULL};
static char *no_words[] = {NULL};
static char *to[] = {(char *)"x@example.org", (char *)"y@example.org", NULL};
static uint64_t errors[] = {1, UINT64_MAX};

static struct load_script scripts[] = {
	{.id = 0,
		.argv = words_a,
		.uid = 1,
		.gid = 2,
		.user = (char *)"u",
		.groups = true,
		.usable = true},
	{.id = 1, .argv = words_b, .test_open = true, .uid = 3, .gid = 4, .usable = true},
	{.id = 2, .argv = no_words, .usable = false, .why_not = (char *)"no"},
};

static const struct load_result full = {
	.scripts = scripts,
	.n_scripts = 3,
	.mail = {.router_id = (char *)"r",
		.server = (char *)"::1",
		.port = 25,
		.timeout = SEC(30),
		.to = to,
		.n_to = 2},
	.process = {[LOAD_VRRP] = {.wanted = true,
			    .title = (char *)"t",
			    .nice = -5,
			    .rt_priority = 9,
			    .no_swap = true,
			    .rlimit_rttime = 10000}},
	.instance_name = (char *)"i",
	.fixed = {[FIXED_NFTABLES] = (char *)"n", [FIXED_TMP_DIRECTORY] = (char *)""},
	.use_pid_dir = true,
	.child_wait_time = SEC(5),
	.startup_script = 1,
	.shutdown_script = UINT32_MAX,
	.startup_timeout = SEC(10),
	.umask = UINT32_MAX,
	.errors = errors,
	.n_errors = 2,
	.unreadable = true,
	.status = 6,
};

static struct load_result *there_and_back(const struct load_result *r)
{
	struct strbuf b = {0};
	struct load_result *back;
	struct unpack u;

	load_pack(&b, r);
	u = unpack_start(b.text, b.len);
	back = load_unpack(&u);
	assert_int_equal(u.left, 0);
	strbuf_free(&b);
	return back;
}

static void test_round_trip(void **state)
{
	struct load_result *r = there_and_back(&full);

	(void)state;
	assert_non_null(r);
	assert_int_equal(r->n_scripts, 3);
	assert_string_equal(r->scripts[0].argv[0], "/bin/a");
	assert_string_equal(r->scripts[0].argv[1], "one");
	assert_string_equal(r->scripts[0].argv[2], "");
	assert_null(r->scripts[0].argv[3]);
	assert_string_equal(r->scripts[0].user, "u");
	assert_true(r->scripts[0].groups && r->scripts[0].usable && !r->scripts[0].test_open);
	assert_null(r->scripts[1].user);
	assert_int_equal(r->scripts[1].uid, 3);
	assert_int_equal(r->scripts[1].gid, 4);
	assert_true(r->scripts[1].test_open);
	assert_false(r->scripts[2].usable);
	assert_string_equal(r->scripts[2].why_not, "no");
	assert_string_equal(r->mail.server, "::1");
	assert_null(r->mail.from);
	assert_int_equal(r->mail.n_to, 2);
	assert_string_equal(r->mail.to[1], "y@example.org");
	assert_true(r->process[LOAD_VRRP].wanted && r->process[LOAD_VRRP].no_swap);
	assert_int_equal(r->process[LOAD_VRRP].nice, -5);
	assert_int_equal(r->process[LOAD_VRRP].rlimit_rttime, 10000);
	assert_false(r->process[LOAD_CHECK].wanted);
	assert_string_equal(r->instance_name, "i");
	assert_null(r->net_namespace);
	assert_string_equal(r->fixed[FIXED_NFTABLES], "n");
	assert_string_equal(r->fixed[FIXED_TMP_DIRECTORY], "");
	assert_null(r->fixed[FIXED_LOCAL_IGMP]);
	assert_int_equal(r->child_wait_time, SEC(5));
	assert_int_equal(r->startup_script, 1);
	assert_int_equal(r->shutdown_script, UINT32_MAX);
	assert_int_equal(r->umask, UINT32_MAX);
	assert_int_equal(r->n_errors, 2);
	assert_memory_equal(r->errors, errors, sizeof(errors));
	assert_true(r->use_pid_dir && r->unreadable);
	assert_int_equal(r->status, 6);
	load_free(r);
}

static void test_empty(void **state)
{
	static const struct load_result nothing;
	struct load_result *r = there_and_back(&nothing);

	(void)state;
	assert_non_null(r);
	assert_int_equal(r->n_scripts, 0);
	load_free(r);
	load_free(NULL);
}

/* A script that has no command cannot be run, whatever is said about it. */
static void test_no_command(void **state)
{
	struct load_script liar = {.argv = no_words, .usable = true};
	struct load_result one = {.scripts = &liar, .n_scripts = 1};
	struct load_result *r = there_and_back(&one);

	(void)state;
	assert_false(r->scripts[0].usable);
	load_free(r);
}

static void test_every_truncation(void **state)
{
	struct strbuf b = {0};
	struct unpack u;
	size_t n;
	char *part;

	(void)state;
	load_pack(&b, &full);
	for (n = 0; n < b.len; n++) {
		part = malloc(n ? n : 1); /* of just that size: nothing behind it may be read */
		memcpy(part, b.text, n);
		u = unpack_start(part, n);
		assert_null(load_unpack(&u));
		free(part);
	}
	strbuf_free(&b);
}

/* Any byte may be anything: the answer is a whole result or none. */
static void test_every_byte_damaged(void **state)
{
	static const unsigned char with[] = {0, 1, 0x7f, 0x80, 0xff};
	struct strbuf b = {0};
	struct unpack u;
	size_t at, i;

	(void)state;
	load_pack(&b, &full);
	for (at = 0; at < b.len; at++) {
		char was = b.text[at];

		for (i = 0; i < ARRAY_SIZE(with); i++) {
			b.text[at] = (char)with[i];
			u = unpack_start(b.text, b.len);
			load_free(load_unpack(&u));
		}
		b.text[at] = was;
	}
	strbuf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_no_command),
		cmocka_unit_test(test_every_truncation),
		cmocka_unit_test(test_every_byte_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
