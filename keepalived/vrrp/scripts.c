/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A script's history is one number: 0..rise-1 is bad, rise..rise+fall-1 is good. A result moves it
 * by one; crossing the border sends it to the far end, so that going back takes all of fall or
 * rise. The first result decides by itself.
 */
#include "keepalived/vrrp/scripts.h"

#include <stdlib.h>
#include <string.h>

#include "keepalived/vrrp/track.h"
#include "lib/log.h"

static uint32_t top(const struct script *s)
{
	return s->conf->rise + s->conf->fall - 1;
}

enum vrrp_track script_state(const struct script *s)
{
	if (!s->known)
		return VRRP_TRACK_UNKNOWN;
	return s->good ? VRRP_TRACK_UP : VRRP_TRACK_DOWN;
}

struct script *scripts_find(const struct vrrp_run *run, const char *name)
{
	struct script *s;

	list_for_each(s, &run->scripts, link)
		if (!strcmp(s->conf->node.name, name))
			return s;
	return NULL;
}

/* ---- results ----------------------------------------------------------------------------- */

static void log_failure(const struct script *s, const struct script_result *r)
{
	const char *name = s->conf->node.name;

	switch (r->outcome) {
	case SCRIPT_EXITED:
		log_info("VRRP_Script(%s) failed (exited with status %d)", name, r->value);
		break;
	case SCRIPT_SIGNALED:
		log_info("VRRP_Script(%s) failed (due to signal %d)", name, r->value);
		break;
	case SCRIPT_TIMEOUT:
		log_info("VRRP_Script(%s) timed_out", name);
		break;
	case SCRIPT_FAILED:
		log_info(
			"VRRP_Script(%s) failed (cannot be started: %s)", name, strerror(r->value));
		break;
	case SCRIPT_DISABLED:
		break;
	}
}

static void log_status(struct script *s, const struct script_result *r)
{
	if (r->outcome != SCRIPT_EXITED || r->value == s->last_status)
		return;
	s->last_status = r->value;
	log_info("Script `%s` now returning %d", s->conf->node.name, r->value);
}

/* True when good has changed, or is known for the first time. */
static bool judge(struct script *s, bool success)
{
	if (!s->known) {
		s->known = true;
		s->good = success;
		s->count = success ? top(s) : 0;
		return true;
	}
	if (success && s->count < top(s))
		s->count++;
	if (!success && s->count > 0)
		s->count--;
	if (s->good == (s->count >= s->conf->rise))
		return false;
	s->good = !s->good;
	s->count = s->good ? top(s) : 0;
	return true;
}

static void tell_users(const struct script *s)
{
	struct tracker *t;

	list_for_each(t, &s->trackers, link)
		track_evaluate(t->in);
}

static void done(struct script_run *job, const struct script_result *r)
{
	struct script *s = container_of(job, struct script, job);
	bool success = r->outcome == SCRIPT_EXITED && r->value == 0;

	if (r->outcome == SCRIPT_DISABLED) { /* moves nothing, like one that has not run yet */
		log_info("Disabling track script %s", s->conf->node.name);
		loop_timer_cancel(&s->timer);
		s->known = false;
		tell_users(s);
		return;
	}
	log_status(s, r);
	if (!judge(s, success))
		return;
	if (success)
		log_info("VRRP_Script(%s) succeeded", s->conf->node.name);
	else
		log_failure(s, r);
	tell_users(s);
}

static void due(struct loop_timer *t)
{
	struct script *s = container_of(t, struct script, timer);
	ktime now = loop_now(s->run->port.loop);

	loop_timer_set(t, now + s->conf->interval);
	if (s->job.id) {
		log_info("Track script %s is already running, expect idle - skipping run",
			s->conf->node.name);
		return;
	}
	s->job.done = done;
	child_script_run(s->run->port.child, s->conf->script, NULL, s->conf->timeout, &s->job);
}

/* ---- configuration ----------------------------------------------------------------------- */

static void script_new(struct vrrp_run *run, const struct vrrp_script_conf *conf)
{
	struct script *s = xcalloc(1, sizeof(*s));

	s->run = run;
	s->conf = conf;
	s->known = conf->init_fail;
	s->kept = true;
	list_init(&s->trackers);
	list_add_tail(&run->scripts, &s->link);
	loop_timer_init(run->port.loop, &s->timer, due);
	loop_timer_set(&s->timer, loop_now(run->port.loop));
}

static void script_free(struct script *s)
{
	loop_timer_cancel(&s->timer);
	child_script_cancel(s->run->port.child, &s->job);
	list_del(&s->link);
	free(s);
}

static void script_keep(struct script *s, const struct vrrp_script_conf *conf)
{
	bool sooner = conf->interval < s->conf->interval;

	s->conf = conf;
	s->kept = true;
	s->count = s->good ? top(s) : 0;
	if (sooner)
		loop_timer_set(&s->timer, loop_now(s->run->port.loop) + conf->interval);
	if (s->known)
		log_info("VRRP_Script(%s) considered %s on reload", conf->node.name,
			s->good ? "successful" : "unsuccessful");
}

void scripts_rebuild(struct vrrp_run *run)
{
	const struct vrrp_script_conf *conf;
	struct script *s;

	list_for_each(s, &run->scripts, link)
		s->kept = false;
	nodes_for_each(conf, &run->conf->vrrp_scripts) {
		s = scripts_find(run, conf->node.name);
		if (s)
			script_keep(s, conf);
		else
			script_new(run, conf);
	}
}

void scripts_sweep(struct vrrp_run *run)
{
	struct script *s, *next;

	list_for_each_safe(s, next, &run->scripts, link)
		if (!s->kept)
			script_free(s);
}

void scripts_free(struct vrrp_run *run)
{
	struct script *s, *next;

	list_for_each_safe(s, next, &run->scripts, link)
		script_free(s);
}
