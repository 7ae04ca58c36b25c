/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The checker child from verdict to kernel, on a fake clock and a table in memory: configurations
 * come as text, checks end as the test says, and the log, the changes of IPVS and what the parent
 * was asked are compared.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keepalived/check/child.h"
#include "keepalived/check/service.h"
#include "test/unit/conf_fixture.h"
#include "test/unit/fake_child.h"
#include "test/unit/fake_ipvs.h"
#include "test/unit/fake_log.h"

/* ---- checks that end as told ------------------------------------------------------------- */

#define PORTS 8
static struct check_outcome answers[PORTS]; /* by the last digit of the address checked */
static unsigned asked[PORTS];
static ktime fake_takes = MSEC(10);

struct fake_run {
	struct loop_timer timer;
	struct checker *checker;
};

static unsigned digit_of(const struct checker *c)
{
	return c->conf->dst.addr.bytes[3] % PORTS;
}

static void fake_cancel(struct checker *c)
{
	struct fake_run *run = c->run;

	loop_timer_cancel(&run->timer);
	c->run = NULL;
	free(run);
}

static void fake_ends(struct loop_timer *timer)
{
	struct checker *c = container_of(timer, struct fake_run, timer)->checker;
	struct check_outcome outcome = answers[digit_of(c)];

	fake_cancel(c);
	checker_end(c, &outcome);
}

static void fake_start(struct checker *c)
{
	struct fake_run *run = xcalloc(1, sizeof(*run));

	asked[digit_of(c)]++;
	run->checker = c;
	c->run = run;
	loop_timer_init(c->all->loop, &run->timer, fake_ends);
	loop_timer_set(&run->timer, loop_now(c->all->loop) + fake_takes);
}

const struct checker_kind_ops check_tcp_ops = {"TCP_CHECK", true, fake_start, fake_cancel, NULL};
const struct checker_kind_ops check_http_ops = {"HTTP_CHECK", true, fake_start, fake_cancel, NULL};
const struct checker_kind_ops check_ssl_ops = {"SSL_CHECK", true, fake_start, fake_cancel, NULL};

/* ---- the world --------------------------------------------------------------------------- */

struct world {
	struct clock_fake clock;
	struct loop *loop;
	struct child child;
	struct fake_ipvs *ipvs;
	struct services services;
	struct fixture conf;
};

static uint32_t no_random(void)
{
	return 0;
}

static void open_world(struct world *w)
{
	*w = (struct world){0};
	clock_fake_init(&w->clock, SEC(1000));
	w->loop = loop_new_fake(&w->clock);
	w->ipvs = fake_ipvs_new();
	fake_child_init(&w->child, w->loop);
	services_init(&w->services, &w->child, &w->ipvs->ipvs, 100, no_random);
	memset(answers, 0, sizeof(answers));
	memset(asked, 0, sizeof(asked));
	fake_log_begin();
}

/* The process dies: the kernel keeps what it has. */
static void die(struct world *w)
{
	services_end(&w->services);
	services_init(&w->services, &w->child, &w->ipvs->ipvs, 100, no_random);
}

static void close_world(struct world *w)
{
	services_end(&w->services);
	fake_child_end(&w->child);
	ipvs_close(&w->ipvs->ipvs);
	end(&w->conf);
	loop_free(w->loop);
	fake_log_end();
}

static void commit(struct world *w, const char *config)
{
	struct fixture old = w->conf;

	w->conf = read_good_conf(config);
	services_commit(&w->services, w->conf.conf);
	end(&old);
}

static void pass(struct world *w, ktime time)
{
	ktime end = w->clock.at + time;

	while (w->clock.at < end)
		loop_turn(w->loop, end - w->clock.at);
}

static void expect_trace(struct world *w, const char *want)
{
	assert_string_equal(fake_ipvs_take_trace(w->ipvs), want);
}

static void expect_told(struct world *w, const char *want)
{
	assert_string_equal(fake_child_take_told(&w->child), want);
}

static void forget_all(struct world *w)
{
	fake_log_reset();
	fake_ipvs_take_trace(w->ipvs);
	fake_child_take_told(&w->child);
}

static const struct check_outcome good = {.reason = REASON_OK};
static const struct check_outcome refused = {.reason = REASON_CONNECT_FAILED, .err = -ECONNREFUSED};

#define RS(last, words, check) "real_server 10.0.0." last " 80 {\n" words "\n" check "\n}\n"
#define VS(words, servers)                                                 \
	"virtual_server 192.0.2.1 80 {\ndelay_loop 2\nwarmup 0\nretry 1\n" \
	"delay_before_retry 1\nlb_algo rr\nlb_kind DR\nprotocol TCP\n" words "\n" servers "\n}\n"
#define TCP "TCP_CHECK {\nconnect_timeout 1\n}"

/* ---- tests ------------------------------------------------------------------------------- */

static void test_start(void **state UNUSED)
{
	struct world w;

	open_world(&w);
	commit(&w, VS("", RS("1", "weight 3", TCP) RS("2", "alpha", TCP)));
	expect_trace(&w, "+svc [192.0.2.1]:tcp:80 rr\n"
			 "+dest [192.0.2.1]:tcp:80 [10.0.0.1]:tcp:80 DR 3\n");
	assert_log(
		"Activating healthchecker for service [10.0.0.1]:tcp:80 for VS [192.0.2.1]:tcp:80\n"
		"Activating healthchecker for service [10.0.0.2]:tcp:80 for VS [192.0.2.1]:tcp:80\n"
		"Gained quorum 1+0=1 <= 3 for VS [192.0.2.1]:tcp:80\n");
	pass(&w, SEC(2));
	assert_log("TCP connection to [10.0.0.1]:tcp:80 success.\n"
		   "TCP connection to [10.0.0.2]:tcp:80 success.\n"
		   "Adding service [10.0.0.2]:tcp:80 to VS [192.0.2.1]:tcp:80\n");
	expect_trace(&w, "+dest [192.0.2.1]:tcp:80 [10.0.0.2]:tcp:80 DR 1\n");
	expect_told(&w,
		"mail Realserver [10.0.0.2]:tcp:80 of virtual server [192.0.2.1]:tcp:80 - UP: "
		"=> TCP CHECK succeed on service <=\n");
	close_world(&w);
}

static void test_death_and_return(void **state UNUSED)
{
	struct world w;

	open_world(&w);
	commit(&w, VS("", RS("1", "notify_down /bin/false\nnotify_up /bin/true", TCP)
				   RS("2", "", TCP)));
	pass(&w, SEC(2));
	forget_all(&w);
	answers[1] = refused;
	pass(&w, SEC(2)); /* the check, and its retry one second later has not come yet */
	assert_log("");
	expect_trace(&w, "");
	pass(&w, SEC(2));
	assert_log("TCP_CHECK on service [10.0.0.1]:tcp:80 failed after 1 retries.\n"
		   "Removing service [10.0.0.1]:tcp:80 from VS [192.0.2.1]:tcp:80\n");
	expect_trace(&w, "-dest [192.0.2.1]:tcp:80 [10.0.0.1]:tcp:80 DR 1\n");
	expect_told(&w, "notify RS [10.0.0.1]:tcp:80 [192.0.2.1]:tcp:80: /bin/false\n"
			"mail Realserver [10.0.0.1]:tcp:80 of virtual server [192.0.2.1]:tcp:80 - "
			"DOWN: => TCP CHECK failed on service <=\n");
	pass(&w, SEC(20));
	assert_log("");
	answers[1] = good;
	pass(&w, SEC(3));
	assert_log("TCP connection to [10.0.0.1]:tcp:80 success.\n"
		   "Adding service [10.0.0.1]:tcp:80 to VS [192.0.2.1]:tcp:80\n");
	expect_trace(&w, "+dest [192.0.2.1]:tcp:80 [10.0.0.1]:tcp:80 DR 1\n");
	close_world(&w);
}

static void test_one_failure_is_forgiven(void **state UNUSED)
{
	struct world w;

	open_world(&w);
	commit(&w, "global_defs {\nchecker_log_all_failures\n}\n" VS("", RS("1", "", TCP)));
	pass(&w, SEC(2));
	forget_all(&w);
	answers[1] = refused;
	pass(&w, MSEC(1500));
	assert_log("TCP connection to [10.0.0.1]:tcp:80 failed.\n");
	answers[1] = good;
	pass(&w, SEC(10));
	assert_log("");
	expect_trace(&w, "");
	close_world(&w);
}

/* What we lack ourselves says nothing about a server. */
static void test_own_trouble(void **state UNUSED)
{
	struct world w;

	open_world(&w);
	commit(&w, VS("", RS("1", "", TCP)));
	pass(&w, SEC(2));
	forget_all(&w);
	answers[1] = (struct check_outcome){.reason = REASON_LOCAL, .err = -EMFILE};
	pass(&w, SEC(30));
	assert_log("checks are put off: Too many open files; the servers keep their state\n");
	expect_trace(&w, "");
	close_world(&w);
}

static void test_descriptor_limit(void **state UNUSED)
{
	struct world w;

	open_world(&w);
	w.services.checkers.limit = w.services.checkers.most = 1;
	commit(&w, VS("", RS("1", "", TCP) RS("2", "", TCP) RS("3", "", TCP)));
	pass(&w, SEC(1) + MSEC(5));
	assert_int_equal(asked[1] + asked[2] + asked[3], 1);
	pass(&w, MSEC(10));
	assert_int_equal(asked[1] + asked[2] + asked[3], 2);
	pass(&w, MSEC(25));
	assert_int_equal(asked[1] + asked[2] + asked[3], 3);
	assert_int_equal(w.services.checkers.in_use, 0);
	close_world(&w);
}

static void test_late_checks_are_told_once(void **state UNUSED)
{
	struct world w;

	open_world(&w);
	w.services.checkers.limit = w.services.checkers.most = 1;
	fake_takes = SEC(3);
	commit(&w, VS("", RS("1", "", TCP) RS("2", "", TCP) RS("3", "", TCP)));
	fake_log_reset();
	pass(&w, SEC(20));
	assert_logged("checks are 3 s late, as no more than 1 may run at a time");
	fake_log_reset();
	pass(&w, SEC(20));
	assert_log("");
	fake_takes = MSEC(10);
	close_world(&w);
}

static void test_inhibit(void **state UNUSED)
{
	struct world w;

	open_world(&w);
	commit(&w, VS("", RS("1", "inhibit_on_failure\nweight 2", TCP) RS("2", "", TCP)));
	pass(&w, SEC(2));
	forget_all(&w);
	answers[1] = refused;
	pass(&w, SEC(4));
	assert_log("TCP_CHECK on service [10.0.0.1]:tcp:80 failed after 1 retries.\n"
		   "Disabling service [10.0.0.1]:tcp:80 of VS [192.0.2.1]:tcp:80\n");
	expect_trace(&w, "~dest [192.0.2.1]:tcp:80 [10.0.0.1]:tcp:80 DR 0\n");
	answers[1] = good;
	pass(&w, SEC(3));
	assert_log("TCP connection to [10.0.0.1]:tcp:80 success.\n"
		   "Enabling service [10.0.0.1]:tcp:80 of VS [192.0.2.1]:tcp:80\n");
	expect_trace(&w, "~dest [192.0.2.1]:tcp:80 [10.0.0.1]:tcp:80 DR 2\n");
	close_world(&w);
}

#define SORRY_VS                                                            \
	VS("quorum 2\nhysteresis 1\nsmtp_alert\nsorry_server 10.0.0.9 80\n" \
	   "quorum_up /bin/true\nquorum_down /bin/false",                   \
		RS("1", "weight 2\nsmtp_alert off", TCP) RS("2", "smtp_alert off", TCP))

static void test_quorum_and_sorry_server(void **state UNUSED)
{
	struct world w;

	open_world(&w);
	commit(&w, SORRY_VS);
	expect_told(&w, "notify VS [192.0.2.1]:tcp:80: /bin/true\n"
			"mail Virtualserver [192.0.2.1]:tcp:80 - UP: "
			"=> Starting with quorum up 2+1=3 <= 3 <=\n");
	pass(&w, SEC(2));
	forget_all(&w);
	answers[1] = refused;
	pass(&w, SEC(4));
	assert_log("TCP_CHECK on service [10.0.0.1]:tcp:80 failed after 1 retries.\n"
		   "Removing service [10.0.0.1]:tcp:80 from VS [192.0.2.1]:tcp:80\n");
	forget_all(&w);
	answers[2] = refused;
	pass(&w, SEC(4));
	assert_log("TCP_CHECK on service [10.0.0.2]:tcp:80 failed after 1 retries.\n"
		   "Removing service [10.0.0.2]:tcp:80 from VS [192.0.2.1]:tcp:80\n"
		   "Lost quorum 2-1=1 > 0 for VS [192.0.2.1]:tcp:80\n"
		   "Adding sorry server [10.0.0.9]:tcp:80 to VS [192.0.2.1]:tcp:80\n"
		   "Removing alive servers from the pool for VS [192.0.2.1]:tcp:80\n");
	expect_trace(&w, "-dest [192.0.2.1]:tcp:80 [10.0.0.2]:tcp:80 DR 1\n"
			 "+dest [192.0.2.1]:tcp:80 [10.0.0.9]:tcp:80 DR 1\n");
	expect_told(&w, "notify VS [192.0.2.1]:tcp:80: /bin/false\n"
			"mail Virtualserver [192.0.2.1]:tcp:80 - DOWN: "
			"=> Lost quorum 2+1=1 <= 0 <=\n");
	answers[1] = good;
	pass(&w, SEC(3)); /* weight 2 is not 3 */
	assert_log("TCP connection to [10.0.0.1]:tcp:80 success.\n"
		   "Adding service [10.0.0.1]:tcp:80 to VS [192.0.2.1]:tcp:80\n");
	expect_trace(&w, "");
	answers[2] = good;
	pass(&w, SEC(3));
	assert_log("TCP connection to [10.0.0.2]:tcp:80 success.\n"
		   "Adding service [10.0.0.2]:tcp:80 to VS [192.0.2.1]:tcp:80\n"
		   "Gained quorum 2+1=3 <= 3 for VS [192.0.2.1]:tcp:80\n"
		   "Removing sorry server [10.0.0.9]:tcp:80 from VS [192.0.2.1]:tcp:80\n"
		   "Adding alive servers to the pool for VS [192.0.2.1]:tcp:80\n");
	expect_trace(&w, "+dest [192.0.2.1]:tcp:80 [10.0.0.1]:tcp:80 DR 2\n"
			 "+dest [192.0.2.1]:tcp:80 [10.0.0.2]:tcp:80 DR 1\n"
			 "-dest [192.0.2.1]:tcp:80 [10.0.0.9]:tcp:80 DR 1\n");
	close_world(&w);
}

static void test_starts_without_quorum(void **state UNUSED)
{
	struct world w;

	open_world(&w);
	commit(&w, VS("alpha\nquorum 2\nhysteresis 1\nsorry_server 10.0.0.9 80",
			   RS("1", "weight 3", TCP)));
	assert_log(
		"Activating healthchecker for service [10.0.0.1]:tcp:80 for VS [192.0.2.1]:tcp:80\n"
		"Starting with quorum down 2-1=3 > 0 for VS [192.0.2.1]:tcp:80\n"
		"Adding sorry server [10.0.0.9]:tcp:80 to VS [192.0.2.1]:tcp:80\n"
		"Removing alive servers from the pool for VS [192.0.2.1]:tcp:80\n");
	expect_trace(&w, "+svc [192.0.2.1]:tcp:80 rr\n"
			 "+dest [192.0.2.1]:tcp:80 [10.0.0.9]:tcp:80 DR 1\n");
	close_world(&w);
}

#define MISC(words) "MISC_CHECK {\nmisc_path /bin/check\nmisc_timeout 1\n" words "\n}"

static void test_misc(void **state UNUSED)
{
	struct world w;

	open_world(&w);
	commit(&w, VS("", RS("1", "weight 5", MISC("misc_dynamic"))));
	forget_all(&w);
	pass(&w, SEC(2));
	assert_log(
		"Misc check for [[10.0.0.1]:tcp:80 VS [192.0.2.1]:tcp:80] by [/bin/check] succeeded.\n");
	w.child.result.value = 52;
	pass(&w, SEC(2));
	assert_log("Changing weight from 5 to 50 for active service [10.0.0.1]:tcp:80 of VS "
		   "[192.0.2.1]:tcp:80\n");
	expect_trace(&w, "~dest [192.0.2.1]:tcp:80 [10.0.0.1]:tcp:80 DR 50\n");
	w.child.result.value = 0;
	pass(&w, SEC(2));
	expect_trace(&w, "~dest [192.0.2.1]:tcp:80 [10.0.0.1]:tcp:80 DR 5\n");
	fake_log_reset();
	w.child.result = (struct script_result){SCRIPT_EXITED, 1};
	pass(&w, SEC(4));
	assert_log(
		"Misc check for [[10.0.0.1]:tcp:80 VS [192.0.2.1]:tcp:80] by [/bin/check] failed, "
		"will do 1 retries (exited with status 1).\n"
		"Misc check for [[10.0.0.1]:tcp:80 VS [192.0.2.1]:tcp:80] by [/bin/check] failed "
		"after 1 retries (exited with status 1).\n"
		"Removing service [10.0.0.1]:tcp:80 from VS [192.0.2.1]:tcp:80\n"
		"Lost quorum 1-0=1 > 0 for VS [192.0.2.1]:tcp:80\n");
	close_world(&w);
}

static void test_misc_outcomes(void **state UNUSED)
{
	struct world w;

	open_world(&w);
	commit(&w, VS("", RS("1", "", MISC(""))));
	pass(&w, SEC(2));
	forget_all(&w);
	w.child.result = (struct script_result){SCRIPT_FAILED, EAGAIN};
	pass(&w, SEC(10));
	expect_trace(&w, "");
	w.child.result = (struct script_result){SCRIPT_TIMEOUT, 9};
	fake_log_reset();
	pass(&w, SEC(4));
	assert_log(
		"Misc check for [[10.0.0.1]:tcp:80 VS [192.0.2.1]:tcp:80] by [/bin/check] timed out, "
		"will do 1 retries.\n"
		"Misc check for [[10.0.0.1]:tcp:80 VS [192.0.2.1]:tcp:80] by [/bin/check] timed out "
		"after 1 retries.\n"
		"Removing service [10.0.0.1]:tcp:80 from VS [192.0.2.1]:tcp:80\n"
		"Lost quorum 1-0=1 > 0 for VS [192.0.2.1]:tcp:80\n");
	close_world(&w);
}

/* ---- several urls ------------------------------------------------------------------------ */

#define TWO_URLS(words) "HTTP_GET {\nurl {\npath /a\n}\nurl {\npath /b\n}\n" words "\n}"

static void test_urls_in_turn(void **state UNUSED)
{
	struct world w;

	open_world(&w);
	answers[1] = (struct check_outcome){.reason = REASON_OK_SO_FAR};
	commit(&w, VS("alpha", RS("1", "", TWO_URLS(""))));
	forget_all(&w);
	pass(&w, SEC(1) + MSEC(500));
	assert_int_equal(asked[1], 1);
	expect_trace(&w, ""); /* one of two is not enough */
	answers[1] = good;
	pass(&w, SEC(2));
	assert_int_equal(asked[1], 2);
	assert_log("Remote Web server [10.0.0.1]:tcp:80 succeed on service.\n"
		   "Adding service [10.0.0.1]:tcp:80 to VS [192.0.2.1]:tcp:80\n"
		   "Gained quorum 1+0=1 <= 1 for VS [192.0.2.1]:tcp:80\n");
	close_world(&w);
}

static void test_fast_recovery(void **state UNUSED)
{
	struct world w;

	open_world(&w);
	answers[1] = (struct check_outcome){.reason = REASON_OK_SO_FAR};
	commit(&w, VS("alpha", RS("1", "", TWO_URLS("fast_recovery"))));
	pass(&w, SEC(1) + MSEC(15));
	answers[1] = good;
	pass(&w, MSEC(20));
	assert_int_equal(asked[1], 2);
	assert_true(services_find(&w.services, "[192.0.2.1]:tcp:80")->quorum_up);
	close_world(&w);
}

/* ---- reload ------------------------------------------------------------------------------ */

static void test_reload_of_the_same(void **state UNUSED)
{
	struct world w;
	ktime at;
	struct checker *c;

	open_world(&w);
	commit(&w, SORRY_VS);
	pass(&w, SEC(2));
	answers[2] = refused;
	pass(&w, SEC(4));
	forget_all(&w);
	c = list_first(&service_find_real(
			       services_find(&w.services, "[192.0.2.1]:tcp:80"), "[10.0.0.1]:80")
				->checkers,
		struct checker, link);
	at = loop_timer_at(&c->timer);
	commit(&w, SORRY_VS);
	assert_log("");
	expect_trace(&w, "");
	expect_told(&w, "");
	assert_int_equal(loop_timer_at(&c->timer), at);
	pass(&w, SEC(10));
	assert_log("");
	expect_trace(&w, ""); /* the dead server stays out */
	close_world(&w);
}

static void test_reload_of_a_weight(void **state UNUSED)
{
	struct world w;

	open_world(&w);
	commit(&w, VS("quorum 4", RS("1", "weight 3", TCP) RS("2", "weight 1", TCP)));
	pass(&w, SEC(2));
	forget_all(&w);
	commit(&w, VS("quorum 4", RS("1", "weight 1", TCP) RS("2", "weight 3", TCP)));
	assert_log("Changing weight from 3 to 1 for active service [10.0.0.1]:tcp:80 of VS "
		   "[192.0.2.1]:tcp:80\n"
		   "Changing weight from 1 to 3 for active service [10.0.0.2]:tcp:80 of VS "
		   "[192.0.2.1]:tcp:80\n");
	expect_trace(&w, "~dest [192.0.2.1]:tcp:80 [10.0.0.1]:tcp:80 DR 1\n"
			 "~dest [192.0.2.1]:tcp:80 [10.0.0.2]:tcp:80 DR 3\n");
	close_world(&w);
}

static void test_reload_adds_and_removes(void **state UNUSED)
{
	struct world w;

	open_world(&w);
	commit(&w, VS("", RS("1", "", TCP) RS("2", "", TCP)));
	pass(&w, SEC(2));
	forget_all(&w);
	commit(&w, VS("", RS("2", "", TCP) RS("3", "", TCP)));
	assert_log(
		"Activating healthchecker for service [10.0.0.3]:tcp:80 for VS [192.0.2.1]:tcp:80\n"
		"service [10.0.0.1]:tcp:80 no longer exist\n"
		"Removing service [10.0.0.1]:tcp:80 from VS [192.0.2.1]:tcp:80\n");
	expect_trace(&w, "+dest [192.0.2.1]:tcp:80 [10.0.0.3]:tcp:80 DR 1\n"
			 "-dest [192.0.2.1]:tcp:80 [10.0.0.1]:tcp:80 DR 1\n");
	commit(&w, "virtual_server fwmark 7 {\nlb_algo rr\nlb_kind DR\n" RS("2", "", TCP) "}\n");
	expect_trace(&w, "+svc FWM 7 rr\n"
			 "+dest FWM 7 [10.0.0.2]:none:0 DR 1\n"
			 "-svc [192.0.2.1]:tcp:80\n");
	close_world(&w);
}

static void test_reload_of_a_check(void **state UNUSED)
{
	struct world w;

	open_world(&w);
	commit(&w, VS("", RS("1", "", TCP) RS("2", "", TCP)));
	answers[1] = refused;
	pass(&w, SEC(6));
	forget_all(&w);
	commit(&w, VS("", RS("1", "", "TCP_CHECK {\nconnect_timeout 2\n}") RS("2", "", "")));
	assert_log(
		"Activating healthchecker for service [10.0.0.1]:tcp:80 for VS [192.0.2.1]:tcp:80\n");
	expect_trace(&w, ""); /* down as before */
	commit(&w, VS("", RS("1", "", "") RS("2", "", "")));
	assert_log("Adding service [10.0.0.1]:tcp:80 to VS [192.0.2.1]:tcp:80\n");
	expect_trace(&w, "+dest [192.0.2.1]:tcp:80 [10.0.0.1]:tcp:80 DR 1\n");
	close_world(&w);
}

static void test_reload_while_checks_run(void **state UNUSED)
{
	struct world w;

	open_world(&w);
	commit(&w, VS("", RS("1", "", TCP) RS("2", "", MISC(""))));
	w.child.scripts_hang = true;
	pass(&w, SEC(1) + MSEC(5));
	assert_int_equal(w.services.checkers.in_use, 1);
	commit(&w, VS("", RS("1", "", TCP) RS("2", "", MISC(""))));
	assert_int_equal(w.services.checkers.in_use, 1);
	commit(&w, VS("", RS("3", "", TCP)));
	assert_int_equal(w.services.checkers.in_use, 0);
	assert_true(list_empty(&w.child.runs));
	close_world(&w);
}

/* ---- adopting, failing, stopping ----------------------------------------------------------- */

static void test_replacement_changes_nothing(void **state UNUSED)
{
	struct world w;

	open_world(&w);
	commit(&w, SORRY_VS);
	answers[1] = answers[2] = refused;
	pass(&w, SEC(6));
	forget_all(&w);
	w.child.replacement = true;
	die(&w);
	commit(&w, SORRY_VS);
	expect_trace(&w, "");
	expect_told(&w, "");
	answers[1] = answers[2] = good;
	pass(&w, SEC(3));
	expect_trace(&w, "+dest [192.0.2.1]:tcp:80 [10.0.0.1]:tcp:80 DR 2\n"
			 "+dest [192.0.2.1]:tcp:80 [10.0.0.2]:tcp:80 DR 1\n"
			 "-dest [192.0.2.1]:tcp:80 [10.0.0.9]:tcp:80 DR 1\n");
	close_world(&w);
}

static void test_replacement_keeps_hysteresis(void **state UNUSED)
{
	struct world w;

	open_world(&w);
	commit(&w, SORRY_VS);
	pass(&w, SEC(2));
	answers[2] = refused;
	pass(&w, SEC(4)); /* weight 2: enough to stay up, not to come up */
	forget_all(&w);
	w.child.replacement = true;
	die(&w);
	commit(&w, SORRY_VS);
	expect_trace(&w, "");
	assert_true(services_find(&w.services, "[192.0.2.1]:tcp:80")->quorum_up);
	close_world(&w);
}

static void test_replacement_keeps_a_script_s_weight(void **state UNUSED)
{
	struct world w;

	open_world(&w);
	commit(&w, VS("", RS("1", "weight 5", MISC("misc_dynamic"))));
	w.child.result.value = 52;
	pass(&w, SEC(2));
	forget_all(&w);
	w.child.replacement = true;
	die(&w);
	commit(&w, VS("", RS("1", "weight 5", MISC("misc_dynamic"))));
	expect_trace(&w, "");
	close_world(&w);
}

static void test_kernel_refuses(void **state UNUSED)
{
	struct world w;

	open_world(&w);
	fake_ipvs_fail(w.ipvs, 2, ENOMEM);
	commit(&w, VS("", RS("1", "", TCP)));
	assert_logged("IPVS cmd IP_VS_SO_SET_ADDDEST(");
	fake_ipvs_take_trace(w.ipvs);
	pass(&w, SEC(2));
	expect_trace(&w, "+dest [192.0.2.1]:tcp:80 [10.0.0.1]:tcp:80 DR 1\n");
	close_world(&w);
}

static void test_kernel_is_gone_for_a_while(void **state UNUSED)
{
	struct world w;

	open_world(&w);
	commit(&w, VS("", RS("1", "", TCP) RS("2", "", TCP)));
	pass(&w, SEC(2));
	forget_all(&w);
	w.ipvs->broken = -EIO;
	answers[1] = refused;
	pass(&w, SEC(10));
	w.ipvs->broken = 0;
	pass(&w, SEC(60));
	expect_trace(&w, "-dest [192.0.2.1]:tcp:80 [10.0.0.1]:tcp:80 DR 1\n");
	close_world(&w);
}

static void test_stop(void **state UNUSED)
{
	struct world w;

	open_world(&w);
	commit(&w, VS("omega\nquorum_down /bin/false",
			   RS("1", "notify_down /bin/false\nsmtp_alert off", TCP)));
	pass(&w, SEC(2));
	forget_all(&w);
	services_stop(&w.services, false);
	assert_log("Shutting down service [10.0.0.1]:tcp:80 from VS [192.0.2.1]:tcp:80\n");
	expect_told(&w, "notify RS [10.0.0.1]:tcp:80 [192.0.2.1]:tcp:80: /bin/false\n"
			"notify VS [192.0.2.1]:tcp:80: /bin/false\n");
	assert_string_equal(fake_ipvs_str(w.ipvs), "");
	close_world(&w);
}

static void test_stop_leaves_ipvs(void **state UNUSED)
{
	struct world w;

	open_world(&w);
	commit(&w, VS("", RS("1", "", TCP)));
	forget_all(&w);
	services_stop(&w.services, true);
	pass(&w, SEC(10));
	assert_int_equal(asked[1], 0);
	expect_trace(&w, "");
	assert_log("");
	close_world(&w);
}

static void test_group(void **state UNUSED)
{
	struct world w;

	open_world(&w);
	commit(&w, "virtual_server_group G {\n192.0.2.1 80\n192.0.2.2-3 8080\nfwmark 5\n}\n"
		   "virtual_server group G {\nlb_algo rr\nlb_kind DR\nprotocol TCP\n"
		   "real_server 10.0.0.1 80 {\n}\n}\n");
	expect_trace(&w, "+svc [192.0.2.1]:tcp:80 rr\n"
			 "+svc [192.0.2.2]:tcp:8080 rr\n"
			 "+svc [192.0.2.3]:tcp:8080 rr\n"
			 "+svc FWM 5 rr\n"
			 "+dest [192.0.2.1]:tcp:80 [10.0.0.1]:tcp:80 DR 1\n"
			 "+dest [192.0.2.2]:tcp:8080 [10.0.0.1]:tcp:8080 DR 1\n"
			 "+dest [192.0.2.3]:tcp:8080 [10.0.0.1]:tcp:8080 DR 1\n"
			 "+dest FWM 5 [10.0.0.1]:none:80 DR 1\n");
	close_world(&w);
}

/* ---- status rows and the child as a whole ------------------------------------------------- */

static void read_row(struct world *w, enum status_kind kind, uint32_t row, void *out)
{
	struct status_map *map = status_map_new(dup(status_fd(w->child.status)));

	assert_non_null(map);
	assert_true(status_map_read(map, kind, row, out));
	status_map_free(map);
}

static void test_status_rows(void **state UNUSED)
{
	char name[ENDPOINT_STRLEN];
	struct status_vs vs;
	struct status_rs rs;
	struct world w;

	open_world(&w);
	commit(&w, VS("quorum 2", RS("1", "weight 3", TCP) RS("2", "inhibit_on_failure", TCP)));
	answers[2] = refused;
	pass(&w, SEC(2));
	read_row(&w, STATUS_VS, 0, &vs);
	assert_string_equal(vs.name, "[192.0.2.1]:tcp:80");
	assert_true(vs.quorum_up);
	assert_int_equal(vs.alive_weight, 3);
	assert_int_equal(vs.servers, 2);
	assert_int_equal(vs.alive, 1);
	read_row(&w, STATUS_RS, 1, &rs);
	assert_string_equal(endpoint_str(&rs.dst, name), "[10.0.0.2]:80");
	assert_int_equal(rs.protocol, IPPROTO_TCP);
	assert_false(rs.alive);
	assert_true(rs.inhibited);
	assert_int_equal(rs.checks, 1);
	assert_int_equal(rs.failures, 1);
	assert_int_equal(rs.checkers_not_run, 0);
	commit(&w, VS("", RS("1", "weight 3", TCP) RS("3", "", "")));
	read_row(&w, STATUS_VS, 0, &vs);
	assert_int_equal(vs.servers, 2);
	read_row(&w, STATUS_RS, 2, &rs); /* no check will speak for it */
	assert_string_equal(endpoint_str(&rs.dst, name), "[10.0.0.3]:80");
	assert_true(rs.alive && rs.in_pool);
	close_world(&w);
}

static void test_flush_at_start(void **state UNUSED)
{
	struct world w;

	open_world(&w);
	commit(&w, VS("", RS("1", "", TCP)));
	forget_all(&w);
	die(&w);
	commit(&w, "global_defs {\nlvs_flush\n}\n" VS("", RS("2", "", TCP)));
	expect_trace(&w, "flush\n+svc [192.0.2.1]:tcp:80 rr\n"
			 "+dest [192.0.2.1]:tcp:80 [10.0.0.2]:tcp:80 DR 1\n");
	close_world(&w);
}

static void test_receive_buffer(void **state UNUSED)
{
	struct world w;

	open_world(&w);
	commit(&w, "global_defs {\nlvs_netlink_cmd_rcv_bufs 300000\n"
		   "lvs_netlink_cmd_rcv_bufs_force\n}\n" VS("", RS("1", "", TCP)));
	assert_int_equal(w.ipvs->rcvbuf, 300000);
	assert_true(w.ipvs->rcvbuf_force);
	commit(&w, VS("", RS("1", "", TCP)));
	assert_int_equal(w.ipvs->rcvbuf, 0);
	assert_false(w.ipvs->rcvbuf_force);
	close_world(&w);
}

static struct ipvs *kernel; /* what the child finds; NULL: no IPVS */

int ipvs_open(struct ipvs **ipvs)
{
	*ipvs = kernel;
	return kernel ? 0 : -ENOENT;
}

static void test_child_restores_timeouts(void **state UNUSED)
{
	struct fixture f =
		read_good_conf("global_defs {\nlvs_timeouts tcp 1000 udp 310\n}\n"
			       "SSL {\ncertificate /nonexistent\n}\n" VS("", RS("1", "", TCP)));
	struct diags *diags = diags_new();
	struct world w;
	void *self;

	open_world(&w);
	kernel = &w.ipvs->ipvs;
	self = check_child_ops.open(&w.child);
	assert_non_null(self);
	assert_int_equal(check_child_ops.prepare(&w.child, self, f.conf, diags), 0);
	assert_int_equal(diags_of_level(diags, DIAG_WARNING), 1);
	check_child_ops.commit(&w.child, self, NULL, f.conf);
	assert_int_equal(w.ipvs->timeouts.tcp, 1000);
	assert_int_equal(w.ipvs->timeouts.udp, 310);
	check_child_ops.stop(&w.child, self);
	assert_true(w.child.done);
	assert_int_equal(w.ipvs->timeouts.tcp, 900);
	assert_int_equal(w.ipvs->timeouts.udp, 300);
	assert_string_equal(fake_ipvs_str(w.ipvs), "");
	w.ipvs = fake_ipvs_new(); /* the child closes its own */
	check_child_ops.close(&w.child, self);
	diags_free(diags);
	end(&f);
	close_world(&w);
}

static void test_child_without_ipvs(void **state UNUSED)
{
	struct world w;

	open_world(&w);
	kernel = NULL;
	assert_null(check_child_ops.open(&w.child));
	assert_logged("the kernel has no module ip_vs");
	close_world(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_start),
		cmocka_unit_test(test_death_and_return),
		cmocka_unit_test(test_one_failure_is_forgiven),
		cmocka_unit_test(test_own_trouble),
		cmocka_unit_test(test_descriptor_limit),
		cmocka_unit_test(test_late_checks_are_told_once),
		cmocka_unit_test(test_inhibit),
		cmocka_unit_test(test_quorum_and_sorry_server),
		cmocka_unit_test(test_starts_without_quorum),
		cmocka_unit_test(test_misc),
		cmocka_unit_test(test_misc_outcomes),
		cmocka_unit_test(test_urls_in_turn),
		cmocka_unit_test(test_fast_recovery),
		cmocka_unit_test(test_reload_of_the_same),
		cmocka_unit_test(test_reload_of_a_weight),
		cmocka_unit_test(test_reload_adds_and_removes),
		cmocka_unit_test(test_reload_of_a_check),
		cmocka_unit_test(test_reload_while_checks_run),
		cmocka_unit_test(test_replacement_changes_nothing),
		cmocka_unit_test(test_replacement_keeps_hysteresis),
		cmocka_unit_test(test_replacement_keeps_a_script_s_weight),
		cmocka_unit_test(test_kernel_refuses),
		cmocka_unit_test(test_kernel_is_gone_for_a_while),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_stop_leaves_ipvs),
		cmocka_unit_test(test_group),
		cmocka_unit_test(test_status_rows),
		cmocka_unit_test(test_flush_at_start),
		cmocka_unit_test(test_receive_buffer),
		cmocka_unit_test(test_child_restores_timeouts),
		cmocka_unit_test(test_child_without_ipvs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
