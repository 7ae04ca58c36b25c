/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a stop goes: the children first, then their last scripts, then the shutdown script. */
#include "keepalived/core/parent_state.h"

#include "keepalived/core/sdnotify.h"

#define NOTIFY_PATIENCE SEC(1) /* for STOP scripts, at the end */

static void shutdown_script_ended(void *ctx, uint32_t run, const struct script_result *result)
{
	struct parent *p = ctx;

	(void)run;
	parent_log_script_end("shutdown", result);
	parent_finish(p, p->exit_status);
}

static void children_gone(struct parent *p)
{
	uint32_t id = p->result ? p->result->shutdown_script : UINT32_MAX;

	if (id == UINT32_MAX) {
		parent_finish(p, p->exit_status);
		return;
	}
	log_detail("Running shutdown script %s", p->result->scripts[id].argv[0]);
	broker_run_command(p->broker, &p->result->scripts[id], p->result->shutdown_timeout,
		shutdown_script_ended, p);
}

static bool any_alive(const struct parent *p)
{
	size_t i;

	for (i = 0; i < p->n_slots; i++)
		if (process_alive(&p->slots[i].process))
			return true;
	return false;
}

/* Looks every few milliseconds while stopping: children first, then their last scripts. */
void parent_stop_tick(struct loop_timer *t)
{
	struct parent *p = container_of(t, struct parent, tick);

	if (any_alive(p))
		p->stop_deadline = loop_now(p->loop) + NOTIFY_PATIENCE;
	else if (broker_idle(p->broker) || loop_now(p->loop) >= p->stop_deadline) {
		broker_start_waiting(p->broker);
		children_gone(p);
		return;
	}
	loop_timer_set(t, loop_now(p->loop) + MSEC(5));
}

void parent_stop(struct parent *p)
{
	size_t i;

	if (p->phase == PHASE_STOPPING)
		return;
	log_info("Stopping");
	sdnotify_stopping();
	p->phase = PHASE_STOPPING;
	loader_cancel(p->loader);
	p->loader = NULL;
	for (i = 0; i < p->n_slots; i++)
		process_stop(&p->slots[i].process, p->result ? p->result->child_wait_time : SEC(5));
	p->stop_deadline = loop_now(p->loop) + NOTIFY_PATIENCE;
	loop_timer_cancel(&p->patience);
	broker_cancel_owner(p->broker, p->broker); /* a start-up script */
	loop_timer_set(&p->tick, loop_now(p->loop));
}
