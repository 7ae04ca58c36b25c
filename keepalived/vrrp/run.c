/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Start, reload, stop.
 *
 * A reload goes through four stages, each for all instances before the next begins: what leaves
 * says so; everybody gets the new configuration; everybody wants the new addresses; the machines
 * hear what has changed. An unchanged instance only has its pointers exchanged: no event, no
 * announcement, its timers run on.
 */
#include "keepalived/vrrp/run.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "keepalived/vrrp/announcer.h"
#include "keepalived/vrrp/groups.h"
#include "keepalived/vrrp/guard.h"
#include "keepalived/vrrp/iface.h"
#include "keepalived/vrrp/instance.h"
#include "keepalived/vrrp/promote.h"
#include "keepalived/vrrp/receive.h"
#include "keepalived/vrrp/scripts.h"
#include "keepalived/vrrp/send.h"
#include "keepalived/vrrp/tell.h"
#include "keepalived/vrrp/track.h"
#include "keepalived/vrrp/vips.h"
#include "lib/log.h"

/* ---- the end of a turn ------------------------------------------------------------------- */

static void tell_lost(struct vrrp_run *run)
{
	while (!list_empty(&run->lost)) {
		struct instance *in = list_first(&run->lost, struct instance, lost);

		list_del(&in->lost);
		in->lost_at = loop_now(run->port.loop);
		instance_event(in, &(struct vrrp_event){.kind = VRRP_EV_ADDRESS_LOST});
	}
}

/* Returns whether nothing is left. */
static bool settle_some(struct vrrp_run *run)
{
	if (!instance_catch_up(run, false) || !vips_settle(run))
		return false;
	guard_settle(run);
	return announcer_settle(run);
}

static void settle(struct loop_work *w)
{
	struct vrrp_run *run = container_of(w, struct vrrp_run, settle);

	iface_settle(run);
	tell_lost(run);
	if (!settle_some(run))
		loop_timer_set(&run->rest_timer, loop_now(run->port.loop));
}

void vrrp_run_settle(struct vrrp_run *run)
{
	loop_work_queue(run->port.loop, &run->settle);
}

/* ---- start ------------------------------------------------------------------------------- */

/* Our predecessor was Active, and so was its whole group. */
static bool adoptable(const struct instance *in)
{
	uint32_t i;

	if (!in->run->replacement || !vips_present(in))
		return false;
	for (i = 0; in->group && i < in->group->n; i++)
		if (!vips_present(in->group->member[i]))
			return false;
	return true;
}

static void start_all(struct vrrp_run *run)
{
	struct instance *in;
	bool *adopt = xcalloc(run->names.n + 1, sizeof(*adopt));
	uint32_t i = 0;

	run->started = true;
	list_for_each(in, &run->instances, link)
		adopt[i++] = adoptable(in);
	i = 0;
	list_for_each(in, &run->instances, link)
		instance_start(in, adopt[i++]);
	run->replacement = false;
	free(adopt);
}

static ktime start_delay(const struct vrrp_run *run)
{
	const struct global_conf *g = &run->conf->global;
	struct timespec up;
	ktime delay = g->startup_delay;

	if (run->replacement)
		return 0;
	if (g->delay_after_boot > 0 && clock_gettime(CLOCK_BOOTTIME, &up) == 0)
		delay = MAX(delay, g->delay_after_boot - SEC(up.tv_sec) - NSEC(up.tv_nsec));
	return MAX(delay, 0);
}

static void delay_over(struct loop_timer *t)
{
	struct vrrp_run *run = container_of(t, struct vrrp_run, start_timer);

	log_info("Delayed start completed");
	start_all(run);
}

static void start_or_wait(struct vrrp_run *run)
{
	ktime delay = start_delay(run), now = loop_now(run->port.loop);

	if (run->started)
		return;
	if (run->born + delay <= now) {
		loop_timer_cancel(&run->start_timer);
		start_all(run);
		return;
	}
	if (!loop_timer_pending(&run->start_timer))
		log_info("Delaying startup for %g seconds", (double)delay / SEC(1));
	loop_timer_set(&run->start_timer, run->born + delay);
}

/* ---- reload ------------------------------------------------------------------------------ */

struct met { /* an instance, or one that is to be, and what becomes of it */
	struct instance *in;
	const struct vrrp_conf *conf;
	enum schema_change change;
	bool regrouped; /* it joined, left or changed its sync group */
	bool more;      /* it has an address that was not there */
};

struct meeting {
	struct vrrp_run *run;
	struct met *met;
	uint32_t n;
};

static void collect(
	void *ctx, const struct node *old, const struct node *new, enum schema_change change)
{
	struct meeting *m = ctx;
	struct met *one;

	m->met = xrealloc(m->met, (m->n + 1) * sizeof(*m->met));
	one = &m->met[m->n++];
	*one = (struct met){.conf = (const struct vrrp_conf *)new, .change = change};
	if (old)
		one->in = instance_find(m->run, old->name);
}

static void stop_instance(struct instance *in)
{
	instance_event(in, &(struct vrrp_event){.kind = VRRP_EV_STOP});
}

static void leave(struct met *m)
{
	if (m->change != CHANGE_REMOVED && m->change != CHANGE_RESTART)
		return;
	m->in->deleted = m->change == CHANGE_REMOVED;
	m->in->restarting = m->change == CHANGE_RESTART;
	stop_instance(m->in);
	m->in->restarting = false;
}

static const char *group_name(const struct vrrp_conf *c)
{
	return c->group ? c->group->node.name : "";
}

static void take_conf(struct vrrp_run *run, struct met *m)
{
	if (!m->in) {
		m->in = instance_new(run, m->conf);
	} else {
		m->regrouped = strcmp(group_name(m->in->conf), group_name(m->conf)) != 0;
		m->in->conf = m->conf;
	}
	if (m->change != CHANGE_NONE)
		send_forget(m->in);
	track_attach(m->in);
	m->more = vips_attach(m->in);
	tell_row_conf(m->in);
}

static void hear(struct met *m)
{
	struct instance *in = m->in;

	if (!instance_running(in)) {
		if (in->run->started)
			instance_start(in, false);
		return;
	}
	if (m->change == CHANGE_ADDED)
		return;
	if (m->change == CHANGE_EVENT || m->regrouped)
		instance_event(in, &(struct vrrp_event){.kind = VRRP_EV_CONF});
	track_evaluate(in);
	if (m->change == CHANGE_NONE || in->fsm.state != VRRP_ACTIVE)
		return;
	if (m->more)
		announcer_begin(in, VRRP_ANNOUNCE_ACTIVE);
	else
		announcer_changed(in);
}

static void for_each_met(
	struct meeting *m, bool removed, void (*stage)(struct vrrp_run *, struct met *))
{
	uint32_t i;

	for (i = 0; i < m->n; i++)
		if ((m->met[i].change == CHANGE_REMOVED) == removed)
			stage(m->run, &m->met[i]);
}

static void stage_leave(struct vrrp_run *run, struct met *m)
{
	(void)run;
	leave(m);
}

static void stage_free(struct vrrp_run *run, struct met *m)
{
	(void)run;
	instance_free(m->in);
}

static void stage_hear(struct vrrp_run *run, struct met *m)
{
	(void)run;
	hear(m);
}

static void size_buffers(const struct vrrp_run *run, const struct global_conf *g)
{
	const struct rtnl_conf conf = {
		.cmd_rcvbuf = g->vrrp_cmd_rcvbuf,
		.cmd_force = g->vrrp_cmd_rcvbuf_force,
		.monitor_rcvbuf = g->vrrp_monitor_rcvbuf,
		.monitor_force = g->vrrp_monitor_rcvbuf_force,
	};

	rtnl_set_buffers(run->port.rtnl, &conf);
}

void vrrp_run_commit(struct vrrp_run *run, const struct conf *conf, bool replacement)
{
	static const struct nodes none = {0};
	struct meeting m = {.run = run};

	instance_catch_up(run, true);
	size_buffers(run, &conf->global);
	schema_diff(run->conf ? &run->conf->instances : &none, &conf->instances, collect, &m);
	if (!run->conf) {
		run->replacement = replacement;
		run->born = loop_now(run->port.loop);
	}
	groups_detach(run);
	for_each_met(&m, true, stage_leave);
	for_each_met(&m, false, stage_leave);
	for_each_met(&m, true, stage_free);
	run->conf = conf;
	receive_protocols(run);
	scripts_rebuild(run);
	for_each_met(&m, false, take_conf);
	scripts_sweep(run);
	iface_set_pace(run);
	guard_update(run);
	promote_update(run);
	groups_rebuild(run);
	start_or_wait(run);
	for_each_met(&m, false, stage_hear);
	free(m.met);
	vrrp_run_settle(run);
}

/* ---- stop -------------------------------------------------------------------------------- */

void vrrp_run_stop(struct vrrp_run *run)
{
	struct instance *in;
	struct group *g;

	run->stopping = true;
	loop_timer_cancel(&run->start_timer);
	groups_detach(run);
	list_for_each(in, &run->instances, link)
		stop_instance(in);
	list_for_each(g, &run->groups, link)
		tell_group(g, VRRP_NOTICE_STOP);
	while (!vips_settle(run))
		; /* now, whatever else is due */
	guard_stop(run);
	promote_stop(run);
}

static void rest(struct loop_timer *t)
{
	vrrp_run_settle(container_of(t, struct vrrp_run, rest_timer));
}

static void retry(struct loop_timer *t)
{
	vips_retry(container_of(t, struct vrrp_run, retry_timer));
}

struct vrrp_run *vrrp_run_new(const struct vrrp_ports *port)
{
	struct vrrp_run *run = xcalloc(1, sizeof(*run));
	struct list *lists[] = {&run->instances, &run->groups, &run->scripts, &run->dirty_ifaces,
		&run->dirty_vips, &run->refused_vips, &run->lost, &run->announcing};
	size_t i;

	run->port = *port;
	for (i = 0; i < ARRAY_SIZE(lists); i++)
		list_init(lists[i]);
	loop_work_init(&run->settle, settle);
	loop_timer_init(port->loop, &run->start_timer, delay_over);
	loop_timer_init(port->loop, &run->retry_timer, retry);
	loop_timer_init(port->loop, &run->rest_timer, rest);
	guard_init(run);
	rtnl_listen(port->rtnl, &iface_events, run);
	pkt_listen(port->pkt, receive_packet, run);
	return run;
}

void vrrp_run_free(struct vrrp_run *run)
{
	struct instance *in, *next;

	groups_free(run);
	list_for_each_safe(in, next, &run->instances, link)
		instance_free(in);
	scripts_free(run);
	vips_drop(run);
	guard_free(run);
	loop_timer_cancel(&run->start_timer);
	loop_timer_cancel(&run->retry_timer);
	loop_timer_cancel(&run->rest_timer);
	free(run->later.list);
	loop_work_cancel(&run->settle);
	hmap_free(&run->names);
	hmap_free(&run->keys);
	hmap_free(&run->ifaces);
	hmap_free(&run->indices);
	hmap_free(&run->vips);
	free(run);
}
