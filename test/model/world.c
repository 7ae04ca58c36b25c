/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The simulated segment; see world.h, and model.c for the rules that are watched.
 *
 * A router that is stalled receives nothing until it goes on, then reads what waits in its socket
 * before its timers fire, as the product's loop does. A paused one has lost what came meanwhile.
 */
#include "test/model/world.h"

#include <stdio.h>
#include <string.h>

#define PACKETS   512
#define END_AFTER SEC(80) /* of peace, after the trouble */
#define EPSILON   MSEC(5)

struct packet {
	bool used;
	ktime at;
	uint32_t from, to; /* from == n: the stranger */
	uint8_t priority;
	ktime interval;
};

struct router {
	struct vrrp_conf conf;
	struct vrrp_fsm fsm;
	struct addr addr;
	bool alive, holds;
	ktime runs_from; /* stalled until then */
	ktime since;     /* in this state */
	ktime revive_at; /* KTIME_FOREVER: no */
	ktime clear_at;  /* end of a fault */
	ktime spoke_at;
	uint32_t burst;    /* adverts at that moment */
	ktime quiet_until; /* woke too late: may not speak unasked before */
};

struct world {
	const struct setup *setup;
	struct chooser *ch;
	bool tell;
	ktime now, disturbed;
	ktime dual_since, none_since;
	ktime handover_by; /* a leaving advert reached everybody: Active by then */
	ktime mishap_at[4];
	uint32_t mishaps_left, fates_left;
	ktime noise_at;
	struct router r[ROUTERS];
	struct packet packets[PACKETS];
	ktime link_last[ROUTERS + 1][ROUTERS];
	uint32_t changes; /* of state, since peace has settled */
	struct verdict v;
};

/* ---- Decisions ----------------------------------------------------------------------------- */

uint32_t choose(struct chooser *c, uint32_t n)
{
	if (c->random) {
		c->seed ^= c->seed << 13;
		c->seed ^= c->seed >> 7;
		c->seed ^= c->seed << 17;
		return (uint32_t)((c->seed >> 16) % n);
	}
	if (c->used == PATH_MAX_)
		return 0;
	if (c->used == c->depth) {
		c->path[c->depth] = 0;
		c->arity[c->depth++] = (uint8_t)n;
	}
	return c->path[c->used++];
}

bool chooser_next(struct chooser *c)
{
	c->used = 0;
	while (c->depth > 0) {
		if (++c->path[c->depth - 1] < c->arity[c->depth - 1])
			return true;
		c->depth--;
	}
	return false;
}

/* ---- Who is what --------------------------------------------------------------------------- */

static bool runs(const struct world *w, const struct router *r)
{
	return r->alive && w->now >= r->runs_from;
}

static bool is_active(const struct world *w, const struct router *r)
{
	return runs(w, r) && r->fsm.state == VRRP_ACTIVE;
}

static bool better(const struct router *a, const struct router *b)
{
	if (a->conf.priority != b->conf.priority)
		return a->conf.priority > b->conf.priority;
	return addr_cmp(&a->addr, &b->addr) > 0;
}

static const struct router *best_running(const struct world *w)
{
	const struct router *best = NULL;

	for (uint32_t i = 0; i < w->setup->n; i++)
		if (runs(w, &w->r[i]) && w->r[i].fsm.state != VRRP_FAULT &&
			(!best || better(&w->r[i], best)))
			best = &w->r[i];
	return best;
}

static ktime longest_interval(const struct world *w)
{
	ktime most = 0;

	for (uint32_t i = 0; i < w->setup->n; i++)
		most = MAX(most, w->setup->interval[i]);
	return most;
}

/* RFC 9568 6.1 and RFC 3768 6.1 once more: the machine's own sums are under test. */
static ktime skew(const struct vrrp_conf *c, ktime interval)
{
	return (256 - c->priority) * (c->version == 2 ? SEC(1) : interval) / 256;
}

static void broken(struct world *w, const char *rule)
{
	if (w->v.broken)
		return;
	w->v.broken = rule;
	w->v.at = w->now;
}

static void remember(struct world *w, uint64_t what)
{
	w->v.trace = (w->v.trace ^ what) * 0x100000001b3u;
}

static void say(struct world *w, uint32_t i, const char *what, long value)
{
	remember(w, (uint64_t)w->now ^ (uint64_t)what[0] << 40 ^ (uint64_t)value << 48 ^ i);
	if (w->tell)
		printf("%9.3f R%u %s %ld\n", (double)w->now / 1e9, i, what, value);
}

/* ---- The network --------------------------------------------------------------------------- */

static bool lost(struct world *w)
{
	if (w->now > w->setup->trouble)
		return false;
	if (w->ch->random)
		return w->setup->loss && choose(w->ch, 1000) < w->setup->loss;
	if (!w->fates_left)
		return false;
	w->fates_left--;
	return choose(w->ch, 2) == 1;
}

static ktime way(struct world *w)
{
	return w->ch->random ? USEC(50) + w->setup->delay * (ktime)choose(w->ch, 1000) / 1000
			     : USEC(50);
}

static void deliver_later(
	struct world *w, uint32_t from, uint32_t to, uint8_t priority, ktime interval)
{
	ktime travel = way(w);
	ktime at = MAX(w->now + travel, w->link_last[from][to] + 1); /* never overtaking */

	for (uint32_t i = 0; i < PACKETS; i++) {
		if (w->packets[i].used)
			continue;
		w->packets[i] = (struct packet){true, at, from, to, priority, interval};
		w->link_last[from][to] = at;
		return;
	}
	broken(w, "the segment is flooded");
}

static void broadcast(struct world *w, uint32_t from, uint8_t priority, ktime interval)
{
	for (uint32_t to = 0; to < w->setup->n; to++) {
		if (to == from)
			continue;
		if (from < w->setup->n && lost(w)) {
			say(w, to, "loses advert of", from);
			w->disturbed = w->now;
			continue;
		}
		deliver_later(w, from, to, priority, interval);
	}
}

/* ---- Steps --------------------------------------------------------------------------------- */

static bool fsm_same(const struct vrrp_fsm *a, const struct vrrp_fsm *b)
{
	return a->state == b->state && a->wanted == b->wanted && a->priority == b->priority &&
	       a->faults == b->faults && a->interval == b->interval && a->deadline == b->deadline &&
	       a->preempt_at == b->preempt_at;
}

static void run_actions(
	struct world *w, uint32_t i, const struct vrrp_event *e, const struct vrrp_actions *acts)
{
	struct router *r = &w->r[i];

	for (uint32_t k = 0; k < acts->n; k++) {
		const struct vrrp_action *a = &acts->list[k];

		if (a->kind == VRRP_DO_SEND) {
			say(w, i, "sends", a->value);
			r->burst = r->spoke_at == w->now ? r->burst + 1 : 0;
			r->spoke_at = w->now;
			if (r->burst > 5)
				broken(w, "each advert of a burst was answered");
			if (e->kind == VRRP_EV_TIMER && a->value && w->now < r->quiet_until)
				broken(w, "a router that slept too long spoke before it listened");
			if (e->kind == VRRP_EV_ADVERT && e->advert.priority > 0 && r->holds &&
				w->setup->silent_winner && !w->setup->last_word)
				broken(w, "an answer that was not wanted");
			broadcast(w, i, (uint8_t)a->value, r->conf.advert_int);
		} else if (a->kind == VRRP_DO_UP) {
			r->holds = true;
		} else if (a->kind == VRRP_DO_DOWN) {
			r->holds = false;
		}
	}
}

/* A router that takes over although it must have heard an Active one, and may not preempt (yet). */
static void watch_takeover(struct world *w, uint32_t i)
{
	ktime known = 2 * (longest_interval(w) + w->setup->delay);
	struct router *r = &w->r[i];

	if (!r->conf.nopreempt && w->now - r->since >= r->conf.preempt_delay)
		return;
	for (uint32_t k = 0; k < w->setup->n; k++) {
		const struct router *other = &w->r[k];
		ktime heard = MAX(MAX(other->since, other->runs_from), w->disturbed);

		if (k != i && is_active(w, other) && w->now - heard >= known)
			broken(w, "a router that may not preempt took over from a living one");
	}
}

static void step(struct world *w, uint32_t i, struct vrrp_event e)
{
	struct router *r = &w->r[i];
	struct vrrp_fsm old = r->fsm;
	struct vrrp_actions acts;

	e.now = w->now;
	e.advert.self = r->addr;
	r->fsm = vrrp_step(&r->conf, old, &e, &acts);
	w->v.steps++;
	run_actions(w, i, &e, &acts);
	if (r->fsm.faults && r->fsm.state != VRRP_FAULT)
		broken(w, "a faulty router takes part");
	if (r->holds != (r->fsm.state == VRRP_ACTIVE))
		broken(w, "addresses and state do not agree");
	if (e.kind == VRRP_EV_TIMER && old.deadline > w->now && !fsm_same(&old, &r->fsm))
		broken(w, "a stale timer changed the state");
	if (e.kind == VRRP_EV_ADVERT && old.state == VRRP_BACKUP && e.advert.priority > 0 &&
		e.advert.priority < old.priority && !r->conf.nopreempt && !r->conf.preempt_delay &&
		old.deadline != r->fsm.deadline)
		broken(w, "a discarded advert touched the timer");
	if (old.state == r->fsm.state)
		return;
	say(w, i, vrrp_state_name(r->fsm.state), r->fsm.priority);
	w->changes++;
	if (r->fsm.state == VRRP_ACTIVE)
		watch_takeover(w, i);
	r->since = w->now;
	if (r->fsm.state != VRRP_ACTIVE)
		r->quiet_until = 0; /* it has heard enough */
}

static void start_router(struct world *w, uint32_t i)
{
	struct router *r = &w->r[i];

	r->alive = true;
	r->holds = false;
	r->fsm = (struct vrrp_fsm){0};
	r->runs_from = w->now;
	r->revive_at = r->clear_at = KTIME_FOREVER;
	r->quiet_until = 0;
	w->disturbed = w->now;
	step(w, i, (struct vrrp_event){.kind = VRRP_EV_START, .priority = r->conf.priority});
}

/* ---- What goes wrong ----------------------------------------------------------------------- */

static void expect_handover(struct world *w, bool heard)
{
	const struct router *best = best_running(w);

	w->handover_by = KTIME_FOREVER;
	if (!heard || !best)
		return;
	for (uint32_t i = 0; i < w->setup->n; i++)
		if (is_active(w, &w->r[i]))
			return;
	w->handover_by = w->now + w->setup->delay + EPSILON +
			 vrrp_skew(&best->conf, best->conf.priority, longest_interval(w));
}

static void leave(struct world *w, uint32_t i, struct vrrp_event e)
{
	bool was_active = w->r[i].fsm.state == VRRP_ACTIVE;
	ktime before = w->disturbed;

	w->disturbed = -1;
	step(w, i, e);
	if (e.kind == VRRP_EV_STOP)
		w->r[i].alive = false;
	if (was_active)
		expect_handover(w, w->disturbed == -1 && w->now - before > w->setup->delay * 2);
	w->disturbed = w->now;
}

static void sleep_router(struct world *w, uint32_t i, bool deaf)
{
	struct router *r = &w->r[i];
	ktime length = MSEC(200) + MSEC(100) * (ktime)choose(w->ch, w->ch->random ? 120 : 2) *
					   (w->ch->random ? 1 : 50);
	ktime eager = 3 * r->conf.advert_int + SEC(1) * 2 / 256; /* of a rival with 254 */

	r->runs_from = w->now + length;
	say(w, i, deaf ? "paused for ms" : "stalled for ms", (long)(length / MSEC(1)));
	if (r->fsm.state == VRRP_ACTIVE && length > eager)
		r->quiet_until = r->runs_from + r->conf.advert_int;
	for (uint32_t k = 0; deaf && k < PACKETS; k++)
		if (w->packets[k].to == i)
			w->packets[k].used = false;
}

static void mishap(struct world *w)
{
	uint32_t i = choose(w->ch, w->setup->n);
	enum mishap what = (enum mishap)choose(w->ch, MISHAPS);
	struct router *r = &w->r[i];

	if (!runs(w, r) || what == NOTHING)
		return;
	w->handover_by = KTIME_FOREVER;
	switch (what) {
	case CRASH:
		say(w, i, "crashes", 0);
		r->alive = r->holds = false;
		r->revive_at = w->now + MSEC(300) * (ktime)(1 + choose(w->ch, 30));
		break;
	case STOP:
		leave(w, i, (struct vrrp_event){.kind = VRRP_EV_STOP});
		r->revive_at = w->now + SEC(1) * (ktime)(1 + choose(w->ch, 12));
		break;
	case STALL:
	case PAUSE:
		sleep_router(w, i, what == PAUSE);
		break;
	case FAULT:
		leave(w, i,
			(struct vrrp_event){.kind = VRRP_EV_FAULTS, .faults = VRRP_FAULT_SCRIPT});
		r->clear_at = w->now + SEC(1) * (ktime)(1 + choose(w->ch, 8));
		break;
	default:
		break;
	}
	w->disturbed = w->now;
}

/* ---- The rules ----------------------------------------------------------------------------- */

/* A newcomer is heard and answered at once (item 54); after a mishap the next advert tells. */
static ktime dual_allowed(const struct world *w, ktime peace)
{
	bool answered = w->dual_since > peace + MSEC(1) && !w->setup->silent_winner;

	if (w->setup->noise == 2)
		return SEC(60); /* each leaving stranger calls for a takeover: item 43 */
	return (answered ? 0 : longest_interval(w)) + 2 * w->setup->delay + EPSILON;
}

/* Looked at before each event: what was true since the last one. */
static void watch(struct world *w, ktime until)
{
	const struct router *best = best_running(w);
	ktime longest = longest_interval(w), peace = w->disturbed;
	uint32_t active = 0;

	for (uint32_t i = 0; i < w->setup->n; i++) {
		active += is_active(w, &w->r[i]);
		if (w->r[i].runs_from <= w->now)
			peace = MAX(peace, w->r[i].runs_from);
	}
	w->dual_since = active > 1 ? MIN(w->dual_since, w->now) : KTIME_FOREVER;
	w->none_since = active == 0 && best ? MIN(w->none_since, w->now) : KTIME_FOREVER;
	if (active > 0)
		w->handover_by = KTIME_FOREVER;
	if (w->dual_since != KTIME_FOREVER &&
		until - MAX(w->dual_since, peace) > dual_allowed(w, peace))
		broken(w, "two Active routers for too long");
	if (w->none_since != KTIME_FOREVER &&
		until - MAX(w->none_since, peace) >
			3 * longest + skew(&best->conf, longest) + w->setup->delay + EPSILON)
		broken(w, "no Active router for too long");
	if (until > w->handover_by && peace < w->handover_by)
		broken(w, "a clean leave was not used");
}

static void final_rules(struct world *w)
{
	const struct router *active = NULL;

	if (w->setup->noise == 2)
		return;
	if (w->changes)
		broken(w, "routers change places without a cause");
	for (uint32_t i = 0; i < w->setup->n; i++)
		if (is_active(w, &w->r[i]))
			active = &w->r[i];
	for (uint32_t i = 0; active && i < w->setup->n; i++)
		if (!w->r[i].conf.nopreempt && better(&w->r[i], active) &&
			w->r[i].conf.priority > active->conf.priority)
			broken(w, "a better router does not preempt");
}

/* ---- Time ---------------------------------------------------------------------------------- */

static ktime wakes(const struct router *r, ktime at)
{
	return r->alive && at != KTIME_FOREVER ? MAX(at, r->runs_from) : KTIME_FOREVER;
}

static struct packet *next_packet(struct world *w, ktime *at)
{
	struct packet *found = NULL;

	for (uint32_t i = 0; i < PACKETS; i++) {
		struct packet *p = &w->packets[i];
		ktime t = p->used ? MAX(p->at, w->r[p->to].runs_from) : KTIME_FOREVER;

		if (!p->used || t > *at || (found && t == *at && p->at >= found->at))
			continue;
		*at = t;
		found = p;
	}
	return found;
}

static int next_timer(const struct world *w, ktime *at)
{
	int found = -1;

	for (uint32_t i = 0; i < w->setup->n; i++) {
		ktime t = wakes(&w->r[i], w->r[i].fsm.deadline);

		if (t < *at) {
			*at = t;
			found = (int)i;
		}
	}
	return found;
}

static void arrive(struct world *w, struct packet *p)
{
	struct vrrp_event e = {.kind = VRRP_EV_ADVERT};
	const uint8_t stranger[4] = {10, 0, 0, 9};

	p->used = false;
	if (!w->r[p->to].alive)
		return;
	e.advert.priority = p->priority;
	e.advert.interval = p->interval;
	if (p->from < w->setup->n)
		e.advert.src = w->r[p->from].addr;
	else
		addr_from_bytes(&e.advert.src, AF_INET, stranger);
	step(w, p->to, e);
}

/* What comes from outside, at moments that were fixed before. */
enum outside { NOBODY, REVIVE, CLEAR, MISHAP, NOISE };

struct outing {
	enum outside what;
	uint32_t router;
	ktime at;
};

static void sooner(struct outing *best, enum outside what, uint32_t router, ktime at)
{
	if (at < best->at)
		*best = (struct outing){what, router, at};
}

static struct outing next_outing(const struct world *w)
{
	struct outing best = {NOBODY, 0, KTIME_FOREVER};

	for (uint32_t i = 0; i < w->setup->n; i++) {
		if (!w->r[i].alive)
			sooner(&best, REVIVE, i, w->r[i].revive_at);
		sooner(&best, CLEAR, i, wakes(&w->r[i], w->r[i].clear_at));
	}
	if (w->mishaps_left)
		sooner(&best, MISHAP, 0, w->mishap_at[w->mishaps_left - 1]);
	sooner(&best, NOISE, w->setup->n, w->noise_at);
	return best;
}

static void go_out(struct world *w, const struct outing *o)
{
	switch (o->what) {
	case REVIVE:
		start_router(w, o->router);
		break;
	case CLEAR:
		w->r[o->router].clear_at = KTIME_FOREVER;
		w->disturbed = w->now;
		step(w, o->router, (struct vrrp_event){.kind = VRRP_EV_FAULTS});
		break;
	case MISHAP:
		w->mishaps_left--;
		mishap(w);
		break;
	case NOISE:
		w->noise_at += MSEC(170);
		broadcast(w, o->router, w->setup->noise == 1, SEC(1));
		break;
	case NOBODY:
		break;
	}
}

/* Somebody's timer fires that was meant for a moment before. */
static void stale_timer(struct world *w)
{
	uint32_t i;

	if (!w->ch->random || choose(w->ch, 16))
		return;
	i = choose(w->ch, w->setup->n);
	if (runs(w, &w->r[i]) && w->r[i].fsm.deadline > w->now)
		step(w, i, (struct vrrp_event){.kind = VRRP_EV_TIMER});
}

static bool turn(struct world *w, ktime end)
{
	ktime at = end;
	struct packet *p = next_packet(w, &at);
	int timer = next_timer(w, &at); /* only when earlier: packets come first */
	struct outing out = next_outing(w);

	if (out.at <= at) {
		watch(w, out.at);
		w->now = out.at;
		go_out(w, &out);
		return true;
	}
	watch(w, at);
	w->now = at;
	if (timer >= 0) {
		stale_timer(w);
		if (w->r[timer].fsm.deadline <= w->now)
			step(w, (uint32_t)timer, (struct vrrp_event){.kind = VRRP_EV_TIMER});
	} else if (p) {
		arrive(w, p);
	}
	return w->now < end;
}

static void make_router(struct world *w, uint32_t i)
{
	static const char *const names[ROUTERS] = {"R0", "R1", "R2"};
	const uint8_t addr[4] = {10, 0, 0, (uint8_t)(1 + i * 100)};
	const struct setup *s = w->setup;

	w->r[i].conf = (struct vrrp_conf){
		.node.name = names[i],
		.family = AF_INET,
		.version = s->version,
		.priority = s->priority[i],
		.advert_int = s->interval[i],
		.down_timer_adverts = 3,
		.nopreempt = s->nopreempt[i],
		.preempt_delay = s->preempt_delay[i],
		.lower_prio_no_advert = s->silent_winner ? TRI_ON : TRI_OFF,
		.higher_prio_send_advert = s->last_word ? TRI_ON : TRI_OFF,
	};
	addr_from_bytes(&w->r[i].addr, AF_INET, addr);
	w->r[i].revive_at = MSEC(1) + MSEC(37) * (ktime)choose(w->ch, w->ch->random ? 50 : 2);
	w->r[i].clear_at = KTIME_FOREVER;
	w->r[i].fsm.deadline = KTIME_FOREVER;
}

/* Moments descend, because the last one in the array comes first. */
static void plan_mishaps(struct world *w)
{
	ktime at = w->setup->trouble;
	uint32_t n = MIN(w->setup->mishaps, ARRAY_SIZE(w->mishap_at));

	for (uint32_t i = 0; i < n; i++) {
		uint32_t range = w->ch->random ? 900 : 4;

		at -= (w->setup->trouble - SEC(4)) / n * (ktime)(1 + choose(w->ch, range)) / range;
		w->mishap_at[i] = at;
	}
	w->mishaps_left = n;
}

struct verdict world_run(const struct setup *s, struct chooser *ch, bool tell)
{
	static struct world w;
	ktime preempt = 0, settled;

	memset(&w, 0, sizeof(w));
	w.setup = s;
	w.ch = ch;
	w.tell = tell;
	w.fates_left = s->fates;
	w.dual_since = w.none_since = w.handover_by = KTIME_FOREVER;
	w.noise_at = s->noise ? MSEC(11) : KTIME_FOREVER;
	for (uint32_t i = 0; i < s->n; i++) {
		make_router(&w, i);
		preempt = MAX(preempt, s->preempt_delay[i]);
	}
	plan_mishaps(&w);
	settled = s->trouble + SEC(15) + preempt + 12 * longest_interval(&w);
	while (turn(&w, settled) && !w.v.broken)
		continue;
	w.changes = 0;
	while (turn(&w, settled + 8 * longest_interval(&w)) && !w.v.broken)
		continue;
	final_rules(&w);
	return w.v;
}
