/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A reload is two-phase. The loader reads the files in a process of its own; every child that the
 * new text wants is tried with it, beside its work, and says whether it could take it (PREPARE);
 * one that does not exist yet is started to be asked. Only when all can, all are told to (COMMIT).
 * Until then nothing has changed anywhere, and any failure ends in ABORT with the old configuration
 * running as before. A child that is killed meanwhile gets a second chance, since that may have
 * been chance.
 *
 * An error in the new files refuses the reload, unless the running configuration was started with
 * the same error: who started with a typo may go on reloading with it.
 */
#include "keepalived/core/parent_state.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "keepalived/core/exit.h"
#include "keepalived/core/sdnotify.h"

static void reload_over(struct parent *p)
{
	loop_timer_cancel(&p->patience);
	p->phase = PHASE_STEADY;
	if (p->reload_again) {
		p->reload_again = false;
		log_detail("Processing queued reload");
		raise(SIGHUP);
	}
}

/* Everybody stays as it was. */
static void call_off(struct parent *p)
{
	size_t i;

	for (i = 0; i < p->n_slots; i++) {
		struct child_slot *s = &p->slots[i];

		if (s->tried)
			process_abort(&s->process, p->attempt);
		s->awaited = s->tried = false;
	}
	load_free(p->next);
	p->next = NULL;
	if (p->next_fd >= 0)
		close(p->next_fd);
	p->next_fd = -1;
}

static void refuse(struct parent *p, const char *why)
{
	char status[256];

	snprintf(status, sizeof(status), "reload refused: %s", why);
	log_error("Reload refused: %s. The running configuration stays in force", why);
	call_off(p);
	p->second_try = false;
	sdnotify_ready(status);
	reload_over(p);
}

/*
 * Killed by something else, or by what it was to take? The second time it counts as the latter. One
 * that has come to an end by itself has said why.
 */
static void child_died_trying(struct parent *p, const char *name, int exit_status)
{
	char why[128];

	if (p->second_try || exit_status) {
		snprintf(why, sizeof(why), "the %s child ended with it", name);
		refuse(p, why);
		return;
	}
	log_warning("The %s child died during the reload - trying again", name);
	call_off(p);
	p->second_try = p->reload_again = true;
	reload_over(p);
}

static void commit(struct parent *p)
{
	size_t i;

	p->phase = PHASE_COMMITTING;
	parent_adopt_next(p);
	for (i = 0; i < p->n_slots; i++) {
		struct child_slot *s = &p->slots[i];

		s->tried = false;
		if (!parent_may_run(p, s, p->result)) {
			process_stop(&s->process, p->result->child_wait_time);
			s->awaited = process_alive(&s->process);
		} else if (process_alive(&s->process)) {
			s->awaited = true;
			process_commit(&s->process);
		}
	}
	loop_timer_set(&p->patience, loop_now(p->loop) + PATIENCE);
	loop_work_queue(p->loop, &p->settle);
}

static void prepare(struct parent *p)
{
	size_t i;

	p->phase = PHASE_PREPARING;
	for (i = 0; i < p->n_slots; i++) {
		struct child_slot *s = &p->slots[i];

		if (!parent_may_run(p, s, p->next))
			continue;
		if (process_try(&s->process, p->attempt, p->next_fd)) {
			refuse(p, "a child process could not be started");
			return;
		}
		s->awaited = s->tried = true;
	}
	loop_timer_set(&p->patience, loop_now(p->loop) + PATIENCE);
	loop_work_queue(p->loop, &p->settle);
}

/* The step that follows when nobody is awaited any more. */
void parent_settle(struct loop_work *work)
{
	struct parent *p = container_of(work, struct parent, settle);

	if (!parent_all_answered(p))
		return;
	if (p->phase == PHASE_STARTING) {
		parent_started(p);
	} else if (p->phase == PHASE_PREPARING) {
		commit(p);
	} else if (p->phase == PHASE_COMMITTING) {
		broker_forget(p->broker, p->leaving);
		log_info("Reload complete");
		p->second_try = false;
		sdnotify_ready("running");
		reload_over(p);
	}
}

/* A child that hangs must not keep the others from what comes next. */
void parent_waited_too_long(struct loop_timer *t)
{
	struct parent *p = container_of(t, struct parent, patience);
	size_t i;

	if (p->phase == PHASE_PREPARING) {
		refuse(p, "a child did not answer in time");
		return;
	}
	for (i = 0; i < p->n_slots; i++) {
		struct child_slot *s = &p->slots[i];

		if (s->awaited)
			log_warning(
				"The %s child has not taken its configuration after %d seconds - "
				"going on without its word",
				s->row->ops->name, (int)(PATIENCE / SEC(1)));
		s->awaited = false;
	}
	loop_work_queue(p->loop, &p->settle);
}

void parent_load_ended(void *ctx, struct loaded *l)
{
	struct parent *p = ctx;
	const char *why;

	p->loader = NULL;
	if (p->phase == PHASE_STOPPING) {
		load_free(l->result);
		if (l->text_fd >= 0)
			close(l->text_fd);
		return;
	}
	p->next = l->result;
	p->next_fd = l->text_fd;
	if (!l->result && p->phase == PHASE_FIRST_LOAD) {
		log_error("Cannot load the configuration: %s", l->why);
		parent_finish(p, EXIT_FATAL);
	} else if (!l->result) {
		refuse(p, l->why);
	} else if (p->phase == PHASE_FIRST_LOAD) {
		parent_first_load(p);
	} else {
		why = load_obstacle(p->result, l->result);
		if (why)
			refuse(p, why);
		else
			prepare(p);
	}
}

void parent_reload(struct parent *p)
{
	if (p->phase != PHASE_STEADY) {
		if (p->phase != PHASE_STOPPING) {
			log_detail("Reload already in progress, request queued");
			p->reload_again = true;
		}
		return;
	}
	log_info("Reloading ...");
	sdnotify_reloading();
	p->phase = PHASE_LOADING;
	p->attempt++;
	p->loader = loader_start(p->loop, &p->log, &p->load_options, parent_load_ended, p);
}
/* ---- what children do -------------------------------------------------------------------- */

static struct child_slot *slot_of(struct process *process)
{
	return container_of(process, struct child_slot, process);
}

static void tried(struct parent *p, struct child_slot *s, bool accepted, const char *why)
{
	char text[256];

	if (!accepted) {
		snprintf(text, sizeof(text), "the %s child cannot take it: %s", s->row->ops->name,
			why);
		refuse(p, text);
		return;
	}
	s->awaited = false;
	loop_work_queue(p->loop, &p->settle);
}

/* An answer that fits nothing is one to a question that has been called off. */
static void child_prepared(
	struct process *process, uint64_t generation, bool accepted, const char *why)
{
	struct parent *p = process->owner;
	struct child_slot *s = slot_of(process);

	if (p->phase == PHASE_PREPARING && generation == p->attempt) {
		if (s->awaited)
			tried(p, s, accepted, why);
		return;
	}
	if (accepted || generation != p->generation || p->phase == PHASE_STOPPING)
		return;
	log_error("%s child cannot take the configuration: %s", process->ops->name, why);
	if (p->phase == PHASE_STARTING)
		parent_fail(p, EXIT_CONFIG);
	else
		process_kill(process);
}

static void child_committed(struct process *process, uint64_t generation)
{
	struct parent *p = process->owner;

	if (generation != p->generation || p->phase == PHASE_PREPARING)
		return;
	slot_of(process)->awaited = false;
	loop_work_queue(p->loop, &p->settle);
}

/* One that is respawned comes back with the configuration that is being committed, or was. */
static void child_ended(struct process *process, bool expected, bool permanent, int exit_status)
{
	struct parent *p = process->owner;
	struct child_slot *s = slot_of(process);
	bool was_tried = s->tried;

	s->awaited = s->tried = false;
	loop_work_queue(p->loop, &p->settle);
	if (p->phase == PHASE_STOPPING || expected)
		return;
	if (permanent) {
		sdnotify_failed(exit_status);
		parent_fail(p, exit_status);
	} else if (!process->respawn) {
		parent_fail(p, EXIT_STOPPED);
	} else if (was_tried) {
		child_died_trying(p, process->ops->name, exit_status);
	}
}

static void child_mails(struct process *process, const char *subject, const char *body)
{
	struct parent *p = process->owner;

	mailer_queue(p->mailer, subject, body);
}

const struct process_events parent_process_events = {
	child_prepared,
	child_committed,
	child_ended,
	child_mails,
};
