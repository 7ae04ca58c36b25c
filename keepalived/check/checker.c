/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks take turns on the descriptors we may open: a check whose time has come while none is left
 * waits in a queue, which moves on as others end. Whatever we lack ourselves never counts against
 * a server.
 */
#include "keepalived/check/checker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>

#include "keepalived/check/report.h"
#include "lib/log.h"

#define SPARE_DESCRIPTORS 64 /* for everything that is not a check */
#define TRY_AGAIN         SEC(1)
#define TELL_AGAIN        SEC(60)

static const struct checker_kind_ops *const kinds[CHECK_KINDS] = {
	[CHECK_TCP] = &check_tcp_ops,
	[CHECK_HTTP] = &check_http_ops,
	[CHECK_SSL] = &check_ssl_ops,
	[CHECK_MISC] = &check_misc_ops,
};

static uint32_t system_random(void)
{
	uint32_t n = 0;

	return getrandom(&n, sizeof(n), GRND_NONBLOCK) == sizeof(n) ? n : 0;
}

static uint32_t descriptor_limit(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) != 0)
		return SPARE_DESCRIPTORS;
	r.rlim_cur = r.rlim_max;
	setrlimit(RLIMIT_NOFILE, &r);
	getrlimit(RLIMIT_NOFILE, &r);
	return r.rlim_cur > 2 * SPARE_DESCRIPTORS
		       ? (uint32_t)MIN(r.rlim_cur - SPARE_DESCRIPTORS, (rlim_t)UINT32_MAX)
		       : SPARE_DESCRIPTORS;
}

struct check_conf checker_verdict_conf(const struct checker_conf *conf)
{
	return (struct check_conf){
		.retry = conf->retry,
		.delay_loop = conf->delay_loop,
		.delay_before_retry = conf->delay_before_retry,
		.alpha = conf->alpha,
	};
}

bool checker_runs(const struct checker_conf *conf)
{
	return kinds[conf->kind] != NULL;
}

bool checker_is_dynamic(const struct checker_conf *conf)
{
	return conf->kind == CHECK_MISC && container_of(conf, struct misc_check, check)->dynamic;
}

static void run_now(struct checker *c)
{
	c->running = true;
	if (c->ops->needs_descriptor)
		c->all->in_use++;
	c->ops->start(c);
}

static bool time_to_tell(struct checkers *all, ktime *told)
{
	ktime now = loop_now(all->loop);

	if (*told && now - *told < TELL_AGAIN)
		return false;
	*told = now;
	return true;
}

/* Too many slow servers for the descriptors that we may open: the others are checked too rarely. */
static void tell_lateness(const struct checker *c)
{
	struct checkers *all = c->all;
	ktime late = loop_now(all->loop) - c->due;

	if (late > c->conf->delay_loop && time_to_tell(all, &all->told_late_at))
		log_warning(
			"checks are %lld s late, as no more than %u may run at a time: the limit "
			"of open files should be raised",
			(long long)(late / SEC(1)), all->limit);
}

static void admit(struct loop_work *work)
{
	struct checkers *all = container_of(work, struct checkers, admit);
	struct checker *c;

	while (!list_empty(&all->waiting) && all->in_use < all->limit) {
		c = list_first(&all->waiting, struct checker, waiting);
		list_del(&c->waiting);
		tell_lateness(c);
		run_now(c);
	}
}

static void time_has_come(struct loop_timer *timer)
{
	struct checker *c = container_of(timer, struct checker, timer);
	struct checkers *all = c->all;

	if (all->stopped)
		return;
	c->due = loop_now(all->loop);
	if (!c->ops->needs_descriptor || (all->in_use < all->limit && list_empty(&all->waiting)))
		run_now(c);
	else
		list_add_tail(&all->waiting, &c->waiting);
}

void checkers_init(struct checkers *all, struct child *child, uint32_t limit,
	uint32_t (*random)(void),
	void (*ended)(struct checker *, struct check_state, const struct check_result *,
		const struct check_outcome *))
{
	*all = (struct checkers){
		.child = child,
		.loop = child_loop(child),
		.random = random ? random : system_random,
		.ended = ended,
		.most = limit ? limit : descriptor_limit(),
	};
	all->limit = all->most;
	list_init(&all->waiting);
	loop_work_init(&all->admit, admit);
}

void checkers_stop(struct checkers *all)
{
	all->stopped = true;
	loop_work_cancel(&all->admit);
}

struct checker *checker_new(struct checkers *all, const struct rs_conf *rs,
	const struct checker_conf *conf, void *owner)
{
	struct check_conf verdict = checker_verdict_conf(conf);
	struct checker *c = xcalloc(1, sizeof(*c));

	c->conf = conf;
	c->rs = rs;
	c->ops = kinds[conf->kind];
	c->all = all;
	c->state = check_start(&verdict);
	c->owner = owner;
	loop_timer_init(all->loop, &c->timer, time_has_come);
	list_init(&c->waiting);
	list_init(&c->link);
	return c;
}

/* The descriptor that a check held is free: somebody who waits may have it. */
static void leave(struct checker *c)
{
	struct checkers *all = c->all;

	c->running = false;
	if (!c->ops->needs_descriptor)
		return;
	all->in_use--;
	if (all->limit < all->most)
		all->limit++;
	if (!list_empty(&all->waiting) && !all->stopped)
		loop_work_queue(all->loop, &all->admit);
}

static void interrupt(struct checker *c)
{
	loop_timer_cancel(&c->timer);
	list_del(&c->waiting);
	if (!c->running)
		return;
	c->ops->cancel(c);
	leave(c);
}

void checker_free(struct checker *c)
{
	interrupt(c);
	list_del(&c->link);
	free(c);
}

static void schedule(struct checker *c, ktime delay)
{
	loop_timer_set(&c->timer, loop_now(c->all->loop) + delay);
}

void checker_activate(struct checker *c)
{
	char name[80];

	log_info("Activating healthchecker for service %s for VS %s", rs_name(c->rs, name),
		vs_name(c->rs->vs));
	schedule(c, check_first_delay(c->conf->warmup, c->all->random()));
}

/* The report of misc_dynamic stands for an absolute weight: it survives a new configured one. */
static int32_t moved_weight(
	const struct checker *c, const struct rs_conf *rs, const struct checker_conf *conf)
{
	if (!checker_is_dynamic(conf) || !c->state.weight)
		return conf->kind == CHECK_MISC && !checker_is_dynamic(conf) ? 0 : c->state.weight;
	return c->state.weight + (int32_t)c->rs->weight - (int32_t)rs->weight;
}

void checker_reconf(struct checker *c, const struct rs_conf *rs, const struct checker_conf *conf,
	bool same, struct check_state *was)
{
	struct check_conf verdict = checker_verdict_conf(conf);

	*was = c->state;
	if (!same) {
		interrupt(c);
		c->state = check_reconf(&verdict, c->state);
		c->ops = kinds[conf->kind];
		c->url = 0;
	}
	c->state.weight = moved_weight(c, rs, conf);
	c->rs = rs;
	c->conf = conf;
	if (!same)
		checker_activate(c);
	else if (c->running && c->ops->moved)
		c->ops->moved(c);
}

/* ---- the end of a check ------------------------------------------------------------------ */

static bool no_descriptor(int err)
{
	return err == -EMFILE || err == -ENFILE;
}

static void try_later(struct checker *c, const struct check_outcome *outcome)
{
	struct checkers *all = c->all;

	if (time_to_tell(all, &all->told_lack_at))
		log_warning("checks are put off: %s; the servers keep their state",
			strerror(-outcome->err));
	/* Fewer descriptors than we thought: wait in the queue, behind those that wait already, for
	 * one that we hold. Each check that ends widens the limit again. */
	if (no_descriptor(outcome->err) && c->ops->needs_descriptor && all->in_use) {
		all->limit = all->in_use;
		list_add_tail(&all->waiting, &c->waiting);
		return;
	}
	schedule(c, MIN(c->conf->delay_loop, TRY_AGAIN));
}

/*
 * HTTP with several urls: while the server is down, or not yet known, only the last of them makes
 * it good; while it is up each success is one.
 */
static bool so_far(struct checker *c, const struct check_outcome *outcome)
{
	if (outcome->reason != REASON_OK_SO_FAR || (c->state.up && c->state.known))
		return false;
	schedule(c, container_of(c->conf, struct http_check, check)->fast_recovery
			    ? 0
			    : c->conf->delay_loop);
	return true;
}

static enum check_event event_of(enum check_reason reason)
{
	switch (reason) {
	case REASON_OK:
	case REASON_OK_SO_FAR:
		return CHECK_SUCCESS;
	case REASON_OK_WEIGHT:
		return CHECK_WEIGHT;
	case REASON_LOCAL:
		return CHECK_TRY_LATER;
	default:
		return CHECK_FAILURE;
	}
}

void checker_end(struct checker *c, const struct check_outcome *outcome)
{
	struct check_conf verdict = checker_verdict_conf(c->conf);
	enum check_event event = event_of(outcome->reason);
	struct check_state was = c->state;
	struct check_result result;

	leave(c);
	if (event == CHECK_TRY_LATER)
		return try_later(c, outcome);
	c->checks++;
	c->failures += event == CHECK_FAILURE;
	c->last_check = loop_now(c->all->loop);
	if (so_far(c, outcome))
		return;
	result = check_step(&verdict, was, event, outcome->weight);
	report_check(c, &result, outcome);
	c->state = result.state;
	if (!c->state.up)
		c->url = 0;
	schedule(c, result.delay);
	c->all->ended(c, was, &result, outcome);
}
