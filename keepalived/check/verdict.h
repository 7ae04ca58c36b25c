/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the outcome of a check means: for the checker, for its real server, for the virtual server.
 *
 * Three small machines, each a function from a value to a value. The caller owns the numbers that
 * flow between them: a checker's new state changes its real server (server_step), a real server's
 * new state changes the alive weight of the virtual server (quorum_step), and both decide what
 * belongs into the pool (pool_real, pool_sorry).
 */
#ifndef CHECK_VERDICT_H
#define CHECK_VERDICT_H

#include "lib/base.h"
#include "lib/clock.h"

/* ---- one checker ---- */

struct check_conf {
	uint32_t retry; /* further attempts before a good server is declared down */
	ktime delay_loop;
	ktime delay_before_retry;
	bool alpha; /* down until the first success */
};

struct check_state {
	bool up;
	bool known;       /* some check has been finished */
	uint32_t retries; /* attempts used up since the last success */
	int32_t weight;   /* what this checker adds to the weight of its server */
};

enum check_event {
	CHECK_SUCCESS, /* weight unchanged */
	CHECK_WEIGHT,  /* success that reports a weight to add */
	CHECK_FAILURE,
	CHECK_TRY_LATER, /* could not be tried here (out of descriptors): says nothing */
};

enum check_verdict {
	CHECK_SAME,     /* still up, or still down */
	CHECK_FIRST_UP, /* counted as up all along, now seen: log, nothing else */
	CHECK_CAME_UP,
	CHECK_RETRY, /* failed, still counted as up, another attempt follows */
	CHECK_WENT_DOWN,
};

struct check_result {
	struct check_state state;
	enum check_verdict verdict;
	/* CHECK_RETRY: this was attempt `retries` of conf.retry; CHECK_WENT_DOWN: attempts made
	 * in vain after the first ("failed after N retries."), 0 for none */
	uint32_t retries;
	bool weight_changed;
	ktime delay; /* until the next check */
};

struct check_state check_start(const struct check_conf *);
/* weight counts with CHECK_WEIGHT only. A checker that has never succeeded gets no retries. */
struct check_result check_step(
	const struct check_conf *, struct check_state, enum check_event, int32_t weight);
/*
 * The configuration changed. What was seen stays seen: a down checker stays down, retries used are
 * cut to the new limit. A checker never tried takes the new alpha.
 */
struct check_state check_reconf(const struct check_conf *, struct check_state);
/* Delay of the very first check: a share of warmup, by random (0..UINT32_MAX), plus one second. */
ktime check_first_delay(ktime warmup, uint32_t random);

/* The weight report of MISC_CHECK with misc_dynamic: exit status 2..255 sets the server's weight
 * to status - 2, 0 goes back to the configured one. What to hand to check_step. */
int32_t check_misc_weight(uint8_t status, uint32_t configured);

/* ---- one real server ---- */

#define SERVER_WEIGHT_MAX 65535

struct server_state {
	uint32_t failed; /* checkers that are down; up iff 0, so also without checkers */
	int64_t dynamic; /* sum of the checkers' weights */
	uint32_t weight; /* configured + dynamic, 0..SERVER_WEIGHT_MAX */
};

enum server_verdict {
	SERVER_SAME,
	SERVER_WEIGHT, /* weight changed, up or down as before */
	SERVER_UP,     /* the weight may have changed too */
	SERVER_DOWN,
};

static inline bool server_is_up(struct server_state s)
{
	return s.failed == 0;
}
struct server_state server_start(uint32_t configured); /* without checkers */
struct server_state server_join(struct server_state, uint32_t configured, struct check_state);
struct server_state server_leave(struct server_state, uint32_t configured, struct check_state);
/* One of its checkers went from `was` to `is`. Also for a changed configured weight (was = is). */
enum server_verdict server_step(
	struct server_state *, uint32_t configured, struct check_state was, struct check_state is);
/* What this server adds to the alive weight. */
static inline uint32_t server_alive_weight(struct server_state s)
{
	return server_is_up(s) ? s.weight : 0;
}

/* ---- one virtual server ---- */

struct quorum_conf {
	uint32_t quorum;
	uint32_t hysteresis; /* less than quorum */
};

enum quorum_verdict {
	QUORUM_SAME,
	QUORUM_GAINED,
	QUORUM_LOST,
	QUORUM_STARTS_DOWN, /* only from quorum_start */
};

struct quorum_result {
	bool up;
	enum quorum_verdict verdict;
	uint64_t threshold; /* the one that decided: quorum + hysteresis, or quorum - hysteresis */
};

/* First look: gained, or starts down, both measured against quorum + hysteresis. */
struct quorum_result quorum_start(const struct quorum_conf *, uint64_t alive_weight);
/* Gained at quorum + hysteresis or more, lost below quorum - hysteresis. */
struct quorum_result quorum_step(const struct quorum_conf *, bool up, uint64_t alive_weight);

/* ---- the pool: what IPVS should hold ---- */

struct pool_place {
	bool present;
	uint32_t weight; /* 0 when absent */
};

/* Without quorum a sorry server, if there is one, stands in for all real servers. A server with
 * inhibit_on_failure stays with weight 0 instead of leaving. */
struct pool_place pool_real(struct server_state, bool inhibit, bool quorum_up, bool has_sorry);
struct pool_place pool_sorry(bool inhibit, bool quorum_up);

#endif
