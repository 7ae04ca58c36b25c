/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Step, act, set one timer. The order of the actions is the machine's: when an instance becomes
 * Active its advert leaves at once, the addresses follow at the end of the turn, then the
 * announcements.
 */
#include "keepalived/vrrp/instance.h"

#include <stdlib.h>
#include <string.h>

#include "keepalived/vrrp/announcer.h"
#include "keepalived/vrrp/groups.h"
#include "keepalived/vrrp/receive.h"
#include "keepalived/vrrp/send.h"
#include "keepalived/vrrp/tell.h"
#include "keepalived/vrrp/track.h"
#include "keepalived/vrrp/vips.h"
#include "lib/log.h"

#define LINE_MAX_LEN 512
#define LATER_MAX    2048 /* actions put off; then all of them are run */
#define LATER_PIECE  32   /* actions between two looks at the clock */

static void timer_fired(struct loop_timer *t)
{
	struct instance *in = container_of(t, struct instance, timer);

	instance_event(in, &(struct vrrp_event){.kind = VRRP_EV_TIMER});
}

struct instance *instance_new(struct vrrp_run *run, const struct vrrp_conf *conf)
{
	struct instance *in = xcalloc(1, sizeof(*in));

	in->run = run;
	in->conf = conf;
	in->fsm.deadline = KTIME_FOREVER;
	list_init(&in->on_iface);
	list_init(&in->lost);
	list_add_tail(&run->instances, &in->link);
	hmap_add(&run->names, &in->by_name, hmap_hash_str(conf->node.name));
	loop_timer_init(run->port.loop, &in->timer, timer_fired);
	announcer_init(in);
	tell_row_new(in);
	return in;
}

void instance_free(struct instance *in)
{
	loop_timer_cancel(&in->timer);
	announcer_end(in);
	track_detach(in);
	vips_detach(in);
	send_forget(in);
	tell_row_free(in);
	list_del(&in->lost);
	list_del(&in->link);
	hmap_del(&in->run->names, &in->by_name);
	free(in);
}

struct instance *instance_find(const struct vrrp_run *run, const char *name)
{
	struct hmap_item *it = hmap_first(&run->names, hmap_hash_str(name));

	for (; it; it = hmap_next(it)) {
		struct instance *in = container_of(it, struct instance, by_name);

		if (!strcmp(in->conf->node.name, name))
			return in;
	}
	return NULL;
}

/* ---- actions ----------------------------------------------------------------------------- */

static void do_up(struct instance *in)
{
	if (in->conf->vips.n)
		log_detail("(%s) setting VIPs.", in->conf->node.name);
	if (in->conf->evips.n)
		log_detail("(%s) setting E-VIPs.", in->conf->node.name);
	vips_set_mode(in, VIPS_UP);
	vips_recheck(in);
}

static bool keeps_addresses(const struct instance *in, enum vrrp_event_kind event)
{
	const struct vrrp_run *run = in->run;

	return event == VRRP_EV_STOP && run->stopping && run->port.options->keep_vips;
}

/* An instance that has just been started does not know yet whether the addresses that an earlier
 * process left are wanted: they stay until it has heard from the segment. */
static void do_down(struct instance *in, enum vrrp_event_kind event)
{
	bool undecided = event == VRRP_EV_START && in->fsm.state == VRRP_BACKUP;

	if (undecided || keeps_addresses(in, event))
		return;
	if (in->mode == VIPS_UP && in->conf->vips.n)
		log_detail("(%s) removing VIPs.", in->conf->node.name);
	if (in->mode == VIPS_UP && in->conf->evips.n)
		log_detail("(%s) removing E-VIPs.", in->conf->node.name);
	vips_set_mode(in, VIPS_DOWN);
}

static void do_log(const struct instance *in, const struct vrrp_action *a)
{
	char line[LINE_MAX_LEN];

	if (vrrp_log_text(in->conf, a, line, sizeof(line)))
		log_detail("%s", line);
	else
		log_info("%s", line);
}

static void run_action(struct instance *in, enum vrrp_event_kind event, const struct vrrp_action *a)
{
	switch (a->kind) {
	case VRRP_DO_SEND:
		send_advert(in, (uint8_t)a->value);
		break;
	case VRRP_DO_UP:
		do_up(in);
		break;
	case VRRP_DO_DOWN:
		do_down(in, event);
		break;
	case VRRP_DO_ANNOUNCE:
		announcer_begin(in, (enum vrrp_announcement)a->value);
		break;
	case VRRP_DO_NOTIFY:
		tell_notice(in, (enum vrrp_notice)a->value);
		break;
	case VRRP_DO_LOG:
		do_log(in, a);
		break;
	case VRRP_DO_COUNT:
		tell_count(in, (enum vrrp_count)a->value);
		break;
	}
}

/* ---- adverts first ----------------------------------------------------------------------- */

static void forget_later(struct vrrp_later *later)
{
	free(later->list);
	*later = (struct vrrp_later){0};
}

bool instance_catch_up(struct vrrp_run *run, bool all)
{
	struct vrrp_later *later = &run->later;
	struct vrrp_put_off *p;

	while (later->next < later->n) {
		p = &later->list[later->next++];
		run_action(p->in, VRRP_EV_TIMER, &p->action);
		if (!all && later->next % LATER_PIECE == 0 && loop_pressed(run->port.loop))
			return false;
	}
	forget_later(later);
	return true;
}

static void put_off(struct instance *in, const struct vrrp_action *a)
{
	struct vrrp_later *later = &in->run->later;

	if (later->n == LATER_MAX)
		instance_catch_up(in->run, true);
	if (later->n == later->cap) {
		later->cap = later->cap ? 2 * later->cap : 32;
		later->list = xrealloc(later->list, later->cap * sizeof(*later->list));
	}
	later->list[later->n++] = (struct vrrp_put_off){in, *a};
	vrrp_run_settle(in->run);
}

/*
 * When a timer fires, those of other instances may be due as well, and their adverts are what their
 * segments wait for. Everything else is put off until all timers of this turn have fired. Not in a
 * sync group, whose members follow at once.
 */
static void run_actions(
	struct instance *in, enum vrrp_event_kind event, const struct vrrp_actions *actions)
{
	bool advert_only = event == VRRP_EV_TIMER && !in->group;
	uint32_t i;

	for (i = 0; i < actions->n; i++) {
		const struct vrrp_action *a = &actions->list[i];

		if (advert_only && a->kind != VRRP_DO_SEND)
			put_off(in, a);
		else
			run_action(in, event, a);
	}
}

/* ---- events ------------------------------------------------------------------------------ */

/* Addresses found at the start go as soon as we know that another router has them, or that we
 * cannot take part. */
static void decide_held(struct instance *in, const struct vrrp_event *e)
{
	bool other = e->kind == VRRP_EV_ADVERT && e->advert.priority != VRRP_PRIO_LEAVE;
	bool leaving = e->kind == VRRP_EV_STOP && !keeps_addresses(in, e->kind);

	if (in->mode != VIPS_HOLD || in->fsm.state == VRRP_ACTIVE)
		return;
	if (other || leaving || in->fsm.state == VRRP_FAULT)
		vips_set_mode(in, VIPS_DOWN);
}

static void set_timer(struct instance *in)
{
	if (in->fsm.deadline == KTIME_FOREVER || !instance_running(in))
		loop_timer_cancel(&in->timer);
	else if (!loop_timer_pending(&in->timer) || loop_timer_at(&in->timer) != in->fsm.deadline)
		loop_timer_set(&in->timer, in->fsm.deadline);
}

void instance_step(struct instance *in, struct vrrp_event *e)
{
	struct vrrp_actions actions;
	uint8_t before = in->fsm.state;

	if (e->kind != VRRP_EV_TIMER || in->group)
		instance_catch_up(in->run, true);
	e->now = loop_now(in->run->port.loop);
	in->fsm = vrrp_step(in->conf, in->fsm, e, &actions);
	if (in->fsm.state != before)
		in->logged = 0;
	if (in->fsm.state == VRRP_ACTIVE && before != VRRP_ACTIVE)
		vrrp_ah_restart(&in->ah);
	run_actions(in, e->kind, &actions);
	decide_held(in, e);
	set_timer(in);
	tell_row_state(in, in->fsm.state != before);
}

void instance_event(struct instance *in, struct vrrp_event *e)
{
	enum vrrp_state before = in->fsm.state;

	instance_step(in, e);
	if (in->group)
		group_follow(in, before);
}

void instance_start(struct instance *in, bool adopt)
{
	struct vrrp_event e = {.kind = VRRP_EV_START, .adopt = adopt};

	track_source(in);
	e.faults = track_faults(in);
	e.priority = in->priority = track_priority(in);
	instance_event(in, &e);
}
