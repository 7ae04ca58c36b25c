/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The arithmetic of health: when a failed check counts, what a server weighs, when a quorum is
 * gained or lost. No clock, no log, no kernel; the caller acts on the verdicts.
 */
#include "keepalived/check/verdict.h"

struct check_state check_start(const struct check_conf *conf)
{
	return (struct check_state){.up = !conf->alpha};
}

static struct check_result check_good(
	const struct check_conf *conf, struct check_state was, int32_t weight)
{
	struct check_result r = {
		.state = {.up = true, .known = true, .weight = weight},
		.delay = conf->delay_loop,
		.weight_changed = weight != was.weight,
	};

	if (!was.up)
		r.verdict = CHECK_CAME_UP;
	else if (!was.known)
		r.verdict = CHECK_FIRST_UP;
	else
		r.verdict = CHECK_SAME;
	return r;
}

static struct check_result check_bad(const struct check_conf *conf, struct check_state was)
{
	struct check_result r = {.state = was, .delay = conf->delay_loop};

	r.state.known = true;
	if (!was.up) {
		r.verdict = CHECK_SAME;
	} else if (was.known && was.retries < conf->retry) {
		r.verdict = CHECK_RETRY;
		r.retries = ++r.state.retries;
		r.delay = conf->delay_before_retry;
	} else {
		r.verdict = CHECK_WENT_DOWN;
		r.retries = was.retries;
		r.state.up = false;
		r.state.retries = 0;
	}
	return r;
}

struct check_result check_step(const struct check_conf *conf, struct check_state was,
	enum check_event event, int32_t weight)
{
	switch (event) {
	case CHECK_SUCCESS:
		return check_good(conf, was, was.weight);
	case CHECK_WEIGHT:
		return check_good(conf, was, weight);
	case CHECK_FAILURE:
		return check_bad(conf, was);
	case CHECK_TRY_LATER:
		break;
	}
	return (struct check_result){.state = was, .delay = conf->delay_loop};
}

struct check_state check_reconf(const struct check_conf *conf, struct check_state was)
{
	if (!was.known)
		was.up = !conf->alpha;
	was.retries = MIN(was.retries, conf->retry);
	return was;
}

ktime check_first_delay(ktime warmup, uint32_t random)
{
	return SEC(1) + (ktime)((__int128)warmup * random >> 32);
}

int32_t check_misc_weight(uint8_t status, uint32_t configured)
{
	if (status < 2)
		return 0;
	return (int32_t)((int64_t)status - 2 - MIN(configured, (uint32_t)INT32_MAX));
}

static uint32_t effective_weight(uint32_t configured, int64_t dynamic)
{
	return (uint32_t)CLAMP((int64_t)configured + dynamic, 0, SERVER_WEIGHT_MAX);
}

struct server_state server_start(uint32_t configured)
{
	return (struct server_state){.weight = effective_weight(configured, 0)};
}

struct server_state server_join(struct server_state s, uint32_t configured, struct check_state c)
{
	s.failed += !c.up;
	s.dynamic += c.weight;
	s.weight = effective_weight(configured, s.dynamic);
	return s;
}

struct server_state server_leave(struct server_state s, uint32_t configured, struct check_state c)
{
	s.failed -= !c.up;
	s.dynamic -= c.weight;
	s.weight = effective_weight(configured, s.dynamic);
	return s;
}

enum server_verdict server_step(
	struct server_state *s, uint32_t configured, struct check_state was, struct check_state is)
{
	struct server_state old = *s;

	*s = server_join(server_leave(old, configured, was), configured, is);
	if (server_is_up(*s) != server_is_up(old))
		return server_is_up(*s) ? SERVER_UP : SERVER_DOWN;
	return s->weight == old.weight ? SERVER_SAME : SERVER_WEIGHT;
}

static uint64_t gain_threshold(const struct quorum_conf *conf)
{
	return (uint64_t)conf->quorum + conf->hysteresis;
}

static uint64_t loss_threshold(const struct quorum_conf *conf)
{
	return conf->quorum > conf->hysteresis ? conf->quorum - conf->hysteresis : 0;
}

struct quorum_result quorum_start(const struct quorum_conf *conf, uint64_t alive_weight)
{
	struct quorum_result r = quorum_step(conf, false, alive_weight);

	if (!r.up)
		r.verdict = QUORUM_STARTS_DOWN;
	return r;
}

struct quorum_result quorum_step(const struct quorum_conf *conf, bool up, uint64_t alive_weight)
{
	uint64_t threshold = up ? loss_threshold(conf) : gain_threshold(conf);
	bool enough = alive_weight >= threshold;

	return (struct quorum_result){
		.up = enough,
		.verdict = enough == up ? QUORUM_SAME
			   : up         ? QUORUM_LOST
					: QUORUM_GAINED,
		.threshold = threshold,
	};
}

struct pool_place pool_real(struct server_state s, bool inhibit, bool quorum_up, bool has_sorry)
{
	bool serving = server_is_up(s) && (quorum_up || !has_sorry);

	return (struct pool_place){serving || inhibit, serving ? s.weight : 0};
}

struct pool_place pool_sorry(bool inhibit, bool quorum_up)
{
	return (struct pool_place){!quorum_up || inhibit, !quorum_up};
}
