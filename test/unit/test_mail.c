/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mail queue. Helpers are real processes; what they "send" goes through a pipe back to the
 * test, and they fail as often as the test has said. Time is the fake clock's, which moves only
 * when no helper runs.
 */
#include "keepalived/core/mail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "keepalived/core/forked.h"
#include "lib/priv.h"
#include "lib/str.h"
#include "test/unit/both_kernels.h"
#include "test/unit/fake_log.h"

/* ---- the world of the helper ------------------------------------------------------------- */

static struct {
	_Atomic int failures; /* so many attempts fail */
	_Atomic int tries;
	_Atomic int helpers;
	_Atomic unsigned used;
	char sent[1 << 20]; /* "SUBJECT;" of each */
} * world;

static bool fork_fails;

pid_t fork(void)
{
	errno = EAGAIN;
	if (fork_fails)
		return -1;
	world->helpers++;
	return _Fork();
}

bool mail_available(void)
{
	return true;
}

int mail_send(const struct mail_envelope *e, const char *message, char *why, size_t size)
{
	const char *subject = strstr(message, "Subject: ") + 9;
	int n = (int)strcspn(subject, "\r");
	unsigned at;

	world->tries++;
	str_copy(why, size, "nobody there");
	assert_string_equal(e->server, "mail.example.org");
	assert_int_equal(e->n_to, 2);
	if (world->failures > 0) {
		world->failures--;
		return -1;
	}
	at = atomic_fetch_add(&world->used, (unsigned)n + 1); /* there may be another helper */
	memcpy(world->sent + at, subject, (size_t)n);
	world->sent[at + (unsigned)n] = ';';
	return 0;
}

/* Its own pipes and rights are the helper's business, not this test's. */
void forked_begin(struct loop *parents, const struct log_conf *log, const int *keep, size_t n)
{
	(void)parents;
	(void)log;
	(void)keep;
	(void)n;
}

int priv_drop(const struct priv_want *want, const char **what)
{
	assert_true(want->no_exec);
	*what = NULL;
	return 0;
}

int priv_find_user(uid_t *uid, gid_t *gid)
{
	*uid = 1;
	*gid = 1;
	return 0;
}

/* ---- the test's ---------------------------------------------------------------------------- */

static struct clock_fake fake;
static struct loop *loop;
static struct mailer *mailer;
static char *to[] = {(char *)"One <one@example.org>", (char *)"two@example.org", NULL};
static const struct load_mail conf = {
	.router_id = (char *)"R",
	.from = (char *)"me@example.org",
	.server = (char *)"mail.example.org",
	.helo = (char *)"here",
	.port = 25,
	.timeout = SEC(30),
	.to = to,
	.n_to = 2,
};

static int set_up(void **state)
{
	(void)state;
	world = mmap(
		NULL, sizeof(*world), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	clock_fake_init(&fake, SEC(1000));
	loop = on_this_kernel(loop_new_fake(&fake));
	mailer = mailer_new(loop, NULL);
	mailer_configure(mailer, &conf);
	fork_fails = false;
	fake_log_begin();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	if (mailer)
		mailer_free(mailer);
	while (waitpid(-1, NULL, 0) > 0)
		;
	loop_free(loop);
	fake_log_end();
	munmap(world, sizeof(*world));
	return 0;
}

/* Lets the running helper end; the clock stands still. Without pidfds a quick one may have been
 * noticed in the turn that started it. */
static void helper_ends(void)
{
	siginfo_t info = {0};

	if (waitid(P_ALL, 0, &info, WEXITED | WNOWAIT))
		assert_int_equal(errno, ECHILD);
	while (loop_turn(loop, 0))
		;
}

static bool helper_runs(void)
{
	siginfo_t info = {0};

	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

/* ---- sending ------------------------------------------------------------------------------- */

static void test_order(void **state)
{
	(void)state;
	mailer_queue(mailer, "a", "x");
	mailer_queue(mailer, "b", "x"); /* waits for the first helper */
	mailer_queue(mailer, "c", "x");
	helper_ends();
	helper_ends();
	assert_false(helper_runs());
	assert_string_equal(world->sent, "[R] a;[R] b;[R] c;");
	assert_int_equal(world->helpers, 2);
}

static void test_no_server(void **state)
{
	struct load_mail none = conf;

	(void)state;
	none.server = NULL;
	mailer_configure(mailer, &none);
	mailer_queue(mailer, "a", "x");
	none = conf;
	none.n_to = 0;
	mailer_configure(mailer, &none);
	mailer_queue(mailer, "a", "x");
	assert_int_equal(world->helpers, 0);
}

/* A reload takes the server away from a mail that waits behind a helper, and from one that failed.
 */
static void test_server_goes(void **state)
{
	struct load_mail none = conf;

	(void)state;
	none.server = NULL;
	mailer_queue(mailer, "a", "x");
	mailer_queue(mailer, "b", "x");
	mailer_configure(mailer, &none);
	helper_ends();
	assert_string_equal(world->sent, "[R] a;");
	assert_int_equal(world->helpers, 1);
	assert_logged("1 waiting mails dropped");

	mailer_configure(mailer, &conf);
	world->failures = 1;
	mailer_queue(mailer, "c", "x");
	helper_ends();
	mailer_configure(mailer, &none);
	loop_turn(loop, SEC(1000));
	assert_false(helper_runs());
	mailer_configure(mailer, &conf);
	mailer_queue(mailer, "d", "x");
	helper_ends();
	assert_string_equal(world->sent, "[R] a;[R] d;");
}

/* ---- failing ------------------------------------------------------------------------------- */

/* 10 s, 1 min, 5 min, then given up; those behind it go on then. */
static void test_back_off(void **state)
{
	static const int seconds[] = {10, 60, 300};
	size_t i;

	(void)state;
	world->failures = 4;
	mailer_queue(mailer, "a", "x");
	helper_ends();
	mailer_queue(mailer, "b", "x");
	for (i = 0; i < ARRAY_SIZE(seconds); i++) {
		ktime start = fake.at;

		assert_false(helper_runs());
		loop_turn(loop, SEC(seconds[i]) - 1);
		assert_false(helper_runs());
		loop_turn(loop, SEC(1000));
		assert_int_equal(fake.at - start, SEC(seconds[i]));
		helper_ends();
		assert_int_equal(world->helpers, i + 2);
	}
	assert_logged("Mail \"[R] a\" given up after 4 tries");
	loop_turn(loop, SEC(1000));
	helper_ends();
	assert_string_equal(world->sent, "[R] b;");
	assert_int_equal(world->tries, 5);
}

/* What was sent before the one that failed is not sent again, and nobody overtakes. */
static void test_failure_in_the_middle(void **state)
{
	(void)state;
	mailer_queue(mailer, "a", "x");
	mailer_queue(mailer, "b", "x");
	mailer_queue(mailer, "c", "x");
	world->failures = 0;
	helper_ends(); /* a; b and c are on their way */
	helper_ends();
	assert_string_equal(world->sent, "[R] a;[R] b;[R] c;");
	world->failures = 1;
	mailer_queue(mailer, "d", "x");
	helper_ends();
	mailer_queue(mailer, "e", "x");
	loop_turn(loop, SEC(10));
	helper_ends();
	assert_string_equal(world->sent, "[R] a;[R] b;[R] c;[R] d;[R] e;");
}

static void test_cannot_fork(void **state)
{
	(void)state;
	fork_fails = true;
	mailer_queue(mailer, "a", "x");
	fork_fails = false;
	loop_turn(loop, SEC(10));
	helper_ends();
	assert_string_equal(world->sent, "[R] a;");
}

/* ---- bounds and ends ----------------------------------------------------------------------- */

static void test_queue_is_bounded(void **state)
{
	char subject[16];
	int i;

	(void)state;
	world->failures = 1;
	mailer_queue(mailer, "first", "x");
	helper_ends();
	for (i = 0; i < 1005; i++) {
		snprintf(subject, sizeof(subject), "%d", i);
		mailer_queue(mailer, subject, "x");
	}
	assert_logged("Mail \"[R] 4\" dropped: 1000 others wait");
	assert_int_equal(logged("\"[R] 5\""), 0);
	loop_turn(loop, SEC(10));
	for (i = 0; i < 7 && helper_runs(); i++)
		helper_ends();
	assert_int_equal(strncmp(world->sent, "[R] first;[R] 5;[R] 6;", 22), 0);
	assert_non_null(strstr(world->sent, "[R] 1004;"));
	assert_int_equal(world->tries, 1 + 1 + 1000);
}

/* At the end one more helper gets all that waits, whatever has failed before. */
static void test_last_helper(void **state)
{
	(void)state;
	world->failures = 1;
	mailer_queue(mailer, "a", "x");
	helper_ends();
	mailer_queue(mailer, "b", "x");
	mailer_queue(mailer, "c", "x");
	mailer_free(mailer);
	mailer = NULL;
	while (waitpid(-1, NULL, 0) > 0)
		;
	assert_string_equal(world->sent, "[R] a;[R] b;[R] c;");
	assert_int_equal(world->helpers, 2);
}

static void test_last_helper_beside_a_running_one(void **state)
{
	(void)state;
	mailer_queue(mailer, "a", "x");
	mailer_queue(mailer, "b", "x");
	mailer_free(mailer);
	mailer = NULL;
	while (waitpid(-1, NULL, 0) > 0)
		;
	assert_non_null(strstr(world->sent, "[R] a;"));
	assert_non_null(strstr(world->sent, "[R] b;"));
	assert_int_equal(world->tries, 2);
}

static void test_free_when_nothing_can_be_forked(void **state)
{
	(void)state;
	world->failures = 1;
	mailer_queue(mailer, "a", "x");
	helper_ends();
	fork_fails = true;
	mailer_free(mailer);
	mailer = NULL;
	loop_turn(loop, SEC(1000)); /* no timer of it is left */
	assert_int_equal(world->helpers, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_server, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_server_goes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_back_off, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_failure_in_the_middle, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_cannot_fork, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_queue_is_bounded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_last_helper, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_last_helper_beside_a_running_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_free_when_nothing_can_be_forked, set_up, tear_down),
	};

	return run_on_both_kernels(tests);
}
