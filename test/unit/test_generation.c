/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keepalived/core/generation.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/text.h"
#include "test/unit/fake_log.h"

static struct loop *loop;
static struct generation *got;
static unsigned done_calls;

static int set_up(void **state)
{
	(void)state;
	loop = loop_new(NULL);
	got = NULL;
	done_calls = 0;
	fake_log_begin();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	generation_free(got);
	loop_free(loop);
	fake_log_end();
	return 0;
}

static int memory_file(const void *bytes, size_t n)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	assert_int_equal(write(fd, bytes, n), (ssize_t)n);
	return fd;
}

static void packed(struct strbuf *out)
{
	static const char conf[] = "vrrp_instance V {\n interface eth0\n virtual_router_id 7\n}\n";
	static const struct source_options options = {.config_id = "here"};
	struct diags *diags = diags_new();
	struct text *text = source_from_memory("t", conf, strlen(conf), &options, diags);
	struct slice lines;

	lines = text_pack(out, text);
	strbuf_add(out, lines.p, lines.n);
	text_free(text);
	diags_free(diags);
}

static void done(struct generation *g, void *ctx)
{
	assert_ptr_equal(ctx, &got);
	generation_free(got);
	got = g;
	done_calls++;
}

static struct parse_job *start(uint64_t number, bool replacement, const void *bytes, size_t n)
{
	return parse_job_start(loop, number, replacement, memory_file(bytes, n), done, &got);
}

static void test_parse(void **state)
{
	struct strbuf b = {0};
	struct vrrp_conf *v;

	(void)state;
	packed(&b);
	assert_non_null(start(42, true, b.text, b.len));
	assert_int_equal(done_calls, 0);
	while (!done_calls)
		loop_turn(loop, SEC(5));
	assert_non_null(got);
	assert_int_equal(got->number, 42);
	assert_true(got->replacement);
	nodes_for_each(v, &got->conf->instances)
		assert_int_equal(v->vrid, 7);
	assert_int_equal(got->conf->instances.n, 1);
	generation_forget_text(got);
	generation_forget_text(got);
	nodes_for_each(v, &got->conf->instances)
		assert_string_equal(v->interface, "eth0");
	strbuf_free(&b);
}

static void test_damaged(void **state)
{
	struct strbuf b = {0};
	size_t n;

	(void)state;
	packed(&b);
	for (n = 1; n < b.len; n += 3) {
		done_calls = 0;
		assert_non_null(start(1, false, b.text, n));
		while (!done_calls)
			loop_turn(loop, SEC(5));
		assert_null(got);
	}
	strbuf_free(&b);
}

/* No bytes, or no file at all: the answer comes at once. */
static void test_no_text(void **state)
{
	(void)state;
	assert_null(start(1, false, "", 0));
	assert_int_equal(done_calls, 1);
	assert_null(parse_job_start(loop, 1, false, -1, done, &got));
	assert_int_equal(done_calls, 2);
	assert_null(got);
	assert_logged("Cannot start parsing");
}

/* One that is called off goes away by itself; the next one is not held up. */
static void test_cancel(void **state)
{
	struct strbuf b = {0};
	int i;

	(void)state;
	packed(&b);
	for (i = 0; i < 20; i++)
		parse_job_cancel(start(1, false, b.text, b.len));
	start(2, false, b.text, b.len);
	while (!done_calls)
		loop_turn(loop, SEC(5));
	assert_int_equal(done_calls, 1);
	assert_int_equal(got->number, 2);
	while (loop_turn(loop, MSEC(200)))
		;
	assert_int_equal(done_calls, 1);
	parse_job_cancel(NULL);
	strbuf_free(&b);
}

static void test_end(void **state)
{
	struct strbuf b = {0};

	(void)state;
	packed(&b);
	parse_job_end(start(1, false, b.text, b.len));
	assert_false(loop_turn(loop, 0));
	assert_int_equal(done_calls, 0);
	parse_job_end(NULL);
	strbuf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_parse, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_damaged, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_text, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_cancel, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_end, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
