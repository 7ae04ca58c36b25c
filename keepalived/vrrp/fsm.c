/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The VRRP state machine; see fsm.h. One function per state and event, in the words of RFC 9568
 * section 6.4; numbers in comments ("item 43") are those of the standards' clauses that the tests
 * are named after.
 *
 * Four rules go beyond the standard. An advert that is discarded never touches a timer. Adverts
 * that arrive again and again cannot push a deadline away unless they come from a router that we
 * follow. A burst of adverts is answered once, not each. And a router that finds out that it did
 * not run for so long that another may have taken over listens for one interval before it speaks.
 */
#include "keepalived/vrrp/fsm.h"

#include <assert.h>

#include "keepalived/vrrp/say.h"

#define ANSWER_GAP MSEC(1)

/* A step in progress. */
struct step {
	const struct vrrp_conf *conf;
	struct vrrp_fsm s;
	ktime now;
	struct vrrp_actions *out;
};

static struct vrrp_action *act(struct step *st, enum vrrp_action_kind kind, int value)
{
	struct vrrp_action *a = &st->out->list[st->out->n];

	assert(st->out->n < VRRP_ACTIONS_MAX);
	st->out->n++;
	*a = (struct vrrp_action){.kind = kind, .value = value};
	return a;
}

static void log_plain(struct step *st, enum vrrp_log what)
{
	act(st, VRRP_DO_LOG, what);
}

static void log_numbers(struct step *st, enum vrrp_log what, int64_t a, int64_t b)
{
	struct vrrp_action *l = act(st, VRRP_DO_LOG, what);

	l->a = a;
	l->b = b;
}

static void log_peer(
	struct step *st, enum vrrp_log what, const struct addr *from, int64_t a, int64_t b)
{
	struct vrrp_action *l = act(st, VRRP_DO_LOG, what);

	l->addr = *from;
	l->a = a;
	l->b = b;
}

ktime vrrp_skew(const struct vrrp_conf *c, uint8_t priority, ktime interval)
{
	ktime unit = c->version == 2 ? SEC(1) : interval;

	return (256 - priority) * unit / 256;
}

ktime vrrp_down_time(const struct vrrp_conf *c, uint8_t priority, ktime interval)
{
	return c->down_timer_adverts * interval + vrrp_skew(c, priority, interval);
}

static bool is_owner(const struct step *st)
{
	return st->s.priority == VRRP_PRIO_OWNER;
}

static void listen_again(struct step *st)
{
	st->s.deadline = st->now + vrrp_down_time(st->conf, st->s.priority, st->s.interval);
}

/* ---- Changing state ---------------------------------------------------------------------- */

static void restore_owner(struct step *st)
{
	if (!st->s.owner_lowered)
		return;
	st->s.owner_lowered = false;
	st->s.priority = VRRP_PRIO_OWNER;
	log_plain(st, VRRP_LOG_OWNER_RESTORED);
}

static void send_advert(struct step *st)
{
	st->s.sent_at = st->now;
	act(st, VRRP_DO_SEND, st->s.priority);
}

/*
 * At once, but a burst of adverts (say, those that waited while we did not run) gets one answer:
 * everybody hears it.
 */
static void answer(struct step *st)
{
	if (st->now - st->s.sent_at >= ANSWER_GAP)
		send_advert(st);
}

static void send_leaving(struct step *st)
{
	act(st, VRRP_DO_SEND, VRRP_PRIO_LEAVE);
	log_plain(st, VRRP_LOG_SENT_ZERO);
}

/* Items 35 and 40: the advert goes first, the announcements follow the addresses. */
static void enter_active(struct step *st)
{
	ktime own = st->conf->advert_int;

	restore_owner(st);
	if (st->s.interval != own)
		log_numbers(st, VRRP_LOG_INTERVAL_OWN, st->s.interval / MSEC(1), own / MSEC(1));
	st->s.state = st->s.wanted = VRRP_ACTIVE;
	st->s.interval = own;
	st->s.deadline = st->now + own;
	st->s.preempt_at = 0;
	st->s.active_priority = 0;
	st->s.active = (struct addr){0};
	log_plain(st, VRRP_LOG_ENTER_ACTIVE);
	send_advert(st);
	act(st, VRRP_DO_UP, 0);
	act(st, VRRP_DO_ANNOUNCE, VRRP_ANNOUNCE_ACTIVE);
	act(st, VRRP_DO_COUNT, VRRP_COUNT_BECAME_MASTER);
	act(st, VRRP_DO_NOTIFY, VRRP_NOTICE_MASTER);
}

static void release(struct step *st)
{
	act(st, VRRP_DO_ANNOUNCE, VRRP_ANNOUNCE_NONE);
	act(st, VRRP_DO_DOWN, 0);
	act(st, VRRP_DO_COUNT, VRRP_COUNT_RELEASED_MASTER);
}

static void enter_backup(struct step *st)
{
	bool was_active = st->s.state == VRRP_ACTIVE;

	st->s.state = st->s.wanted = VRRP_BACKUP;
	st->s.interval = st->conf->advert_int;
	st->s.preempt_at = 0;
	log_plain(st, VRRP_LOG_ENTER_BACKUP);
	if (was_active)
		release(st);
	act(st, VRRP_DO_NOTIFY, VRRP_NOTICE_BACKUP);
	listen_again(st);
}

static void enter_fault(struct step *st)
{
	bool was_active = st->s.state == VRRP_ACTIVE;

	st->s.state = st->s.wanted = VRRP_FAULT;
	st->s.deadline = KTIME_FOREVER;
	st->s.preempt_at = 0;
	st->s.active = (struct addr){0};
	log_plain(st, VRRP_LOG_ENTER_FAULT);
	if (was_active) {
		send_leaving(st);
		release(st);
	}
	act(st, VRRP_DO_NOTIFY, VRRP_NOTICE_FAULT);
}

/* The Down timer has fired, or an owner starts. In a sync group the others must want it, too. */
static void claim(struct step *st)
{
	log_plain(st, VRRP_LOG_TIMEOUT);
	if (!st->conf->group) {
		enter_active(st);
		return;
	}
	st->s.wanted = VRRP_ACTIVE;
	st->s.deadline = KTIME_FOREVER;
}

/* ---- Initialize and its way out (6.4.1) ---------------------------------------------------- */

static void start(struct step *st, const struct vrrp_event *e)
{
	if (st->s.state != VRRP_INIT)
		return;
	st->s = (struct vrrp_fsm){
		.priority = e->priority,
		.faults = e->faults,
		.interval = st->conf->advert_int,
		.deadline = KTIME_FOREVER,
	};
	if (e->faults) {
		st->s.state = st->s.wanted = VRRP_FAULT;
		log_plain(st, VRRP_LOG_FAULT_INIT);
		act(st, VRRP_DO_DOWN, 0);
		act(st, VRRP_DO_NOTIFY, VRRP_NOTICE_FAULT);
		return;
	}
	if (e->adopt) {
		enter_active(st);
		return;
	}
	if (is_owner(st) && !st->conf->group) {
		claim(st);
		return;
	}
	st->s.state = st->s.wanted = VRRP_BACKUP;
	log_plain(st, VRRP_LOG_BACKUP_INIT);
	act(st, VRRP_DO_DOWN, 0);
	act(st, VRRP_DO_NOTIFY, VRRP_NOTICE_BACKUP);
	listen_again(st);
	if (is_owner(st))
		claim(st);
}

/* Items 39 and 51. */
static void stop(struct step *st)
{
	if (st->s.state == VRRP_INIT)
		return;
	if (st->s.state == VRRP_ACTIVE) {
		send_leaving(st);
		release(st);
	}
	act(st, VRRP_DO_NOTIFY, VRRP_NOTICE_STOP);
	st->s = (struct vrrp_fsm){.deadline = KTIME_FOREVER};
}

/* ---- Adverts ------------------------------------------------------------------------------- */

static void note_active(struct step *st, const struct vrrp_event *e)
{
	const struct addr *from = &e->advert.src;

	st->s.active_priority = e->advert.priority;
	if (addr_eq(&st->s.active, from))
		return;
	if (st->s.active.family == AF_UNSPEC) {
		log_peer(st, VRRP_LOG_ACTIVE_SET, from, 0, 0);
	} else {
		log_peer(st, VRRP_LOG_ACTIVE_CHANGED, &st->s.active, 0, 0);
		st->out->list[st->out->n - 1].addr2 = *from;
	}
	st->s.active = *from;
}

/* Version 3 lets the Active router dictate the interval (item 44); version 2 compares it. */
static void learn_interval(struct step *st, const struct vrrp_event *e)
{
	ktime theirs = e->advert.interval;

	if (st->conf->version != 3 || theirs == st->s.interval)
		return;
	log_numbers(st, VRRP_LOG_INTERVAL_LEARNED, st->s.interval / MSEC(1), theirs / MSEC(1));
	st->s.interval = theirs;
}

static void follow(struct step *st, const struct vrrp_event *e)
{
	learn_interval(st, e);
	st->s.wanted = VRRP_BACKUP;
	listen_again(st);
}

/* Item 45, with preempt_delay: for that long, a lower priority is followed like a higher one. */
static bool preempts(struct step *st, const struct vrrp_event *e)
{
	const struct vrrp_conf *c = st->conf;

	if (e->advert.priority >= st->s.priority) {
		if (st->s.preempt_at)
			log_plain(st, VRRP_LOG_PREEMPT_STOP);
		st->s.preempt_at = 0;
		return false;
	}
	if (is_owner(st))
		return true;
	if (c->nopreempt)
		return false;
	if (c->preempt_delay > 0 && !st->s.preempt_at) {
		st->s.preempt_at = st->now + c->preempt_delay;
		log_numbers(st, VRRP_LOG_PREEMPT_START, c->preempt_delay / SEC(1),
			c->preempt_delay % SEC(1) / USEC(1));
	}
	return st->now >= st->s.preempt_at;
}

/*
 * Item 43. A deadline that comes sooner stays, or a stream of such adverts would put off the
 * takeover for ever.
 */
static void backup_hears_leaving(struct step *st)
{
	ktime soon = st->now + vrrp_skew(st->conf, st->s.priority, st->s.interval);

	act(st, VRRP_DO_COUNT, VRRP_COUNT_ZERO_RECEIVED);
	log_plain(st, VRRP_LOG_ZERO_BACKUP);
	st->s.deadline = MIN(st->s.deadline, soon);
}

static void backup_advert(struct step *st, const struct vrrp_event *e)
{
	int64_t theirs = e->advert.priority;

	if (theirs == VRRP_PRIO_LEAVE) {
		backup_hears_leaving(st);
		return;
	}
	note_active(st, e);
	if (theirs < VRRP_PRIO_OWNER)
		restore_owner(st);
	if (preempts(st, e)) {
		log_peer(st, VRRP_LOG_LOWER_DISCARDED, &e->advert.src, theirs, 0);
		return;
	}
	follow(st, e); /* item 44 */
}

/* Two routers claim to own the addresses: the loser goes on with 254 until the other is gone. */
static void owners_meet(struct step *st, const struct vrrp_event *e, bool they_win)
{
	if (!st->s.owner_conflict)
		log_peer(st, VRRP_LOG_TWO_OWNERS, &e->advert.src, 0, 0);
	st->s.owner_conflict = true;
	if (!they_win)
		return;
	log_peer(st, VRRP_LOG_OWNER_LOWERED, &e->advert.src, 0, 0);
	st->s.owner_lowered = true;
	st->s.priority = VRRP_PRIO_OWNER - 1;
}

/* Item 53. */
static void yield(struct step *st, const struct vrrp_event *e)
{
	int64_t theirs = e->advert.priority, ours = st->s.priority;

	if (theirs > ours)
		log_peer(st, VRRP_LOG_HIGHER_PRIORITY, &e->advert.src, theirs, ours);
	else
		log_peer(st, VRRP_LOG_HIGHER_ADDRESS, &e->advert.src, theirs, 0);
	if (st->conf->higher_prio_send_advert == TRI_ON)
		send_advert(st);
	if (theirs == VRRP_PRIO_OWNER && is_owner(st))
		owners_meet(st, e, true);
	enter_backup(st);
	note_active(st, e);
	follow(st, e);
}

/* Item 54: answered at once, and our own timer runs on. */
static void defend(struct step *st, const struct vrrp_event *e)
{
	const struct vrrp_conf *c = st->conf;
	bool speak = c->lower_prio_no_advert != TRI_ON;

	log_peer(st, speak ? VRRP_LOG_LOWER_ELECTION : VRRP_LOG_LOWER_SILENT, &e->advert.src,
		e->advert.priority, st->s.priority);
	if (e->advert.priority == VRRP_PRIO_OWNER)
		owners_meet(st, e, false);
	if (speak)
		answer(st);
	if (c->garp_lower_prio_repeat > 0)
		act(st, VRRP_DO_ANNOUNCE, VRRP_ANNOUNCE_LOWER);
	act(st, VRRP_DO_NOTIFY, VRRP_NOTICE_RX_LOWER);
}

static void active_advert(struct step *st, const struct vrrp_event *e)
{
	uint8_t theirs = e->advert.priority, ours = st->s.priority;
	int order = addr_cmp(&e->advert.src, &e->advert.self);

	if (theirs == VRRP_PRIO_LEAVE) { /* item 52 */
		act(st, VRRP_DO_COUNT, VRRP_COUNT_ZERO_RECEIVED);
		log_plain(st, VRRP_LOG_ZERO_ACTIVE);
		answer(st);
		st->s.deadline = st->now + st->conf->advert_int;
		return;
	}
	if (theirs == ours && order == 0) { /* an answer could come back to us for ever */
		log_plain(st, VRRP_LOG_OUR_ADDRESS);
		return;
	}
	if (theirs > ours || (theirs == ours && order > 0))
		yield(st, e);
	else
		defend(st, e);
}

static void advert(struct step *st, const struct vrrp_event *e)
{
	act(st, VRRP_DO_COUNT, VRRP_COUNT_ADVERT_RECEIVED);
	if (st->s.state == VRRP_BACKUP)
		backup_advert(st, e);
	else if (st->s.state == VRRP_ACTIVE)
		active_advert(st, e);
}

/* ---- Time ---------------------------------------------------------------------------------- */

/*
 * Active, and silent for longer than the most eager Backup waits: somebody may have taken over. One
 * interval of listening tells. With timer_expired_backup (and nopreempt) we do not come back as
 * Active at all.
 */
static void active_late(struct step *st)
{
	const struct vrrp_conf *c = st->conf;
	ktime silent = st->now - (st->s.deadline - c->advert_int);
	uint8_t rival = c->timer_expired_backup ? c->timer_expired_backup : VRRP_PRIO_OWNER - 1;

	if (silent < vrrp_down_time(c, rival, c->advert_int))
		return;
	act(st, VRRP_DO_COUNT, VRRP_COUNT_LATE);
	log_numbers(st, c->timer_expired_backup ? VRRP_LOG_LATE_BACKUP : VRRP_LOG_LATE_LISTEN,
		(st->now - st->s.deadline) / MSEC(1), 0);
	if (c->timer_expired_backup)
		enter_backup(st);
	else
		st->s.deadline = st->now + c->advert_int;
}

/* Backup, and the end of patience was missed by another whole patience: we heard nothing because
 * we did not run. */
static void backup_late(struct step *st)
{
	ktime late = st->now - st->s.deadline;

	if (late < vrrp_down_time(st->conf, st->s.priority, st->s.interval))
		return;
	act(st, VRRP_DO_COUNT, VRRP_COUNT_LATE);
	log_numbers(st, VRRP_LOG_LATE_LISTEN, late / MSEC(1), 0);
	st->s.deadline =
		st->now + st->s.interval + vrrp_skew(st->conf, st->s.priority, st->s.interval);
}

static void check_late(struct step *st, enum vrrp_event_kind kind)
{
	if (st->s.state == VRRP_ACTIVE)
		active_late(st);
	else if (st->s.state == VRRP_BACKUP && kind != VRRP_EV_ADVERT)
		backup_late(st);
}

/* Item 50. The pace is kept when we are a little late, and starts anew when we are very late. */
static void active_timer(struct step *st)
{
	st->s.deadline += st->conf->advert_int;
	if (st->s.deadline <= st->now)
		st->s.deadline = st->now + st->conf->advert_int;
	send_advert(st);
}

static void timer(struct step *st)
{
	if (st->now < st->s.deadline)
		return;
	if (st->s.state == VRRP_ACTIVE)
		active_timer(st);
	else if (st->s.state == VRRP_BACKUP)
		claim(st); /* item 40 */
}

/* ---- Everything else ----------------------------------------------------------------------- */

static void priority(struct step *st, const struct vrrp_event *e)
{
	uint8_t old = st->s.priority;
	ktime i = st->s.interval;

	if (st->s.owner_lowered && e->priority == VRRP_PRIO_OWNER)
		return;
	st->s.owner_lowered = false;
	if (st->s.state == VRRP_INIT || e->priority == old)
		return;
	st->s.priority = e->priority;
	log_numbers(st, VRRP_LOG_PRIORITY, old, e->priority);
	act(st, VRRP_DO_NOTIFY, VRRP_NOTICE_PRIORITY);
	if (st->s.state == VRRP_BACKUP && st->s.deadline != KTIME_FOREVER)
		st->s.deadline += vrrp_skew(st->conf, e->priority, i) - vrrp_skew(st->conf, old, i);
}

static void leave_fault(struct step *st)
{
	if (is_owner(st) && !st->conf->group)
		claim(st);
	else
		enter_backup(st);
}

static void faults(struct step *st, const struct vrrp_event *e)
{
	bool had = st->s.faults != 0;

	if (st->s.state == VRRP_INIT)
		return;
	st->s.faults = e->faults;
	if (e->faults && st->s.state != VRRP_FAULT)
		enter_fault(st);
	if (e->faults || !had || st->s.state != VRRP_FAULT)
		return;
	if (st->conf->group)
		st->s.wanted = VRRP_BACKUP; /* the group says when */
	else
		leave_fault(st);
}

static void group(struct step *st, enum vrrp_state to)
{
	if (st->s.state == VRRP_INIT || st->s.state == to)
		return;
	if (to == VRRP_FAULT)
		enter_fault(st);
	else if (st->s.faults)
		return;
	else if (to == VRRP_ACTIVE)
		enter_active(st);
	else if (to == VRRP_BACKUP)
		enter_backup(st);
}

/* The new interval counts from now on; nobody waits longer than it allows. */
static void configuration(struct step *st)
{
	const struct vrrp_conf *c = st->conf;

	if (st->s.state == VRRP_ACTIVE) {
		st->s.interval = c->advert_int;
		st->s.deadline = MIN(st->s.deadline, st->now + c->advert_int);
		return;
	}
	if (st->s.state != VRRP_BACKUP) {
		if (st->s.state == VRRP_FAULT && !st->s.faults && !c->group)
			leave_fault(st); /* it left the group that held it */
		return;
	}
	if (c->version == 2 || st->s.active.family == AF_UNSPEC)
		st->s.interval = c->advert_int;
	if (st->s.wanted == VRRP_ACTIVE && !c->group)
		enter_active(st);
	else if (st->s.wanted == VRRP_BACKUP)
		st->s.deadline = MIN(st->s.deadline,
			st->now + vrrp_down_time(c, st->s.priority, st->s.interval));
}

static void address_lost(struct step *st)
{
	if (st->s.state != VRRP_ACTIVE)
		return;
	log_plain(st, VRRP_LOG_ADDRESS_LOST);
	act(st, VRRP_DO_UP, 0);
	act(st, VRRP_DO_ANNOUNCE, VRRP_ANNOUNCE_ACTIVE);
}

struct vrrp_fsm vrrp_step(const struct vrrp_conf *c, struct vrrp_fsm s, const struct vrrp_event *e,
	struct vrrp_actions *out)
{
	struct step st = {.conf = c, .s = s, .now = e->now, .out = out};

	out->n = 0;
	if (e->kind == VRRP_EV_ADVERT || e->kind == VRRP_EV_TIMER || e->kind == VRRP_EV_LATE)
		check_late(&st, e->kind);
	switch (e->kind) {
	case VRRP_EV_START:
		start(&st, e);
		break;
	case VRRP_EV_STOP:
		stop(&st);
		break;
	case VRRP_EV_ADVERT:
		advert(&st, e);
		break;
	case VRRP_EV_TIMER:
		timer(&st);
		break;
	case VRRP_EV_PRIORITY:
		priority(&st, e);
		break;
	case VRRP_EV_FAULTS:
		faults(&st, e);
		break;
	case VRRP_EV_GROUP:
		group(&st, e->to);
		break;
	case VRRP_EV_CONF:
		configuration(&st);
		break;
	case VRRP_EV_ADDRESS_LOST:
		address_lost(&st);
		break;
	case VRRP_EV_LATE:
	case VRRP_EVENTS:
		break;
	}
	return st.s;
}

/* ---- Texts --------------------------------------------------------------------------------- */

const char *vrrp_state_name(enum vrrp_state state)
{
	static const char *const names[] = {"INIT", "BACKUP", "MASTER", "FAULT"};

	return state < ARRAY_SIZE(names) ? names[state] : "UNKNOWN";
}

/* Templates of say.h. */
static const struct {
	const char *text;
	bool detail;
} log_lines[VRRP_LOGS] = {
	[VRRP_LOG_BACKUP_INIT] = {"Entering BACKUP STATE (init)", false},
	[VRRP_LOG_FAULT_INIT] = {"Entering FAULT STATE (init)", false},
	[VRRP_LOG_ENTER_ACTIVE] = {"Entering MASTER STATE", false},
	[VRRP_LOG_ENTER_BACKUP] = {"Entering BACKUP STATE", false},
	[VRRP_LOG_ENTER_FAULT] = {"Entering FAULT STATE", false},
	[VRRP_LOG_TIMEOUT] = {"Receive advertisement timeout", true},
	[VRRP_LOG_HIGHER_PRIORITY] =
		{"Master received advert from @ with higher priority #, ours #", false},
	[VRRP_LOG_HIGHER_ADDRESS] =
		{"Master received advert from @ with same priority # but higher IP address than ours",
			false},
	[VRRP_LOG_LOWER_ELECTION] =
		{"Received advert from @ with lower priority #, ours #, forcing new election",
			false},
	[VRRP_LOG_LOWER_SILENT] = {"Received advert from @ with lower priority #, ours #", false},
	[VRRP_LOG_LOWER_DISCARDED] = {"received lower priority (#) advert from @ - discarding",
		false},
	[VRRP_LOG_ZERO_BACKUP] = {"Backup received priority 0 advertisement", true},
	[VRRP_LOG_ZERO_ACTIVE] = {"Master received priority 0 message", true},
	[VRRP_LOG_SENT_ZERO] = {"sent 0 priority", true},
	[VRRP_LOG_ACTIVE_SET] = {"master set to @", true},
	[VRRP_LOG_ACTIVE_CHANGED] = {"master changed from @ to @", true},
	[VRRP_LOG_INTERVAL_LEARNED] = {"advertisement interval updated from #ms to #ms by master",
		true},
	[VRRP_LOG_INTERVAL_OWN] = {"changing advert interval from #ms to locally configured #ms",
		true},
	[VRRP_LOG_PREEMPT_START] = {"start preempt delay (#.$)", true},
	[VRRP_LOG_PREEMPT_STOP] = {"stop preempt delay", true},
	[VRRP_LOG_PRIORITY] = {"Changing effective priority from # to #", false},
	[VRRP_LOG_OUR_ADDRESS] =
		{"WARNING - equal priority advert received from remote host with our IP address.",
			false},
	[VRRP_LOG_TWO_OWNERS] = {"CONFIGURATION ERROR: local instance and @ are both configured as "
				 "address owner, please resolve",
		false},
	[VRRP_LOG_OWNER_LOWERED] = {"@ is still advertising as address owner, please resolve - "
				    "reducing our priority",
		false},
	[VRRP_LOG_OWNER_RESTORED] =
		{"Restoring our priority to 255 since other address owner has disappeared", false},
	[VRRP_LOG_LATE_LISTEN] = {"ran # ms late, another router may have taken over - listening "
				  "before advertising",
		false},
	[VRRP_LOG_LATE_BACKUP] =
		{"ran # ms late, another router may have taken over - going to BACKUP", false},
	[VRRP_LOG_ADDRESS_LOST] =
		{"a virtual address was removed by somebody else - putting it back", false},
};

bool vrrp_log_text(const struct vrrp_conf *c, const struct vrrp_action *l, char *buf, size_t size)
{
	struct say values = {{&l->addr, &l->addr2}, {l->a, l->b}};

	vrrp_say(buf, size, c->node.name, log_lines[l->value].text, &values);
	return log_lines[l->value].detail;
}
