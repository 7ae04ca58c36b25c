/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a start goes: take the first configuration, lock the pid files, run the startup script, start
 * the children.
 */
#include "keepalived/core/parent_state.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keepalived/core/exit.h"
#include "keepalived/core/netns.h"
#include "keepalived/core/paths.h"
#include "keepalived/core/sdnotify.h"

/* ---- pid files --------------------------------------------------------------------------- */

static bool uses_run_subdir(const struct parent *p)
{
	return p->result->use_pid_dir || p->result->instance_name || parent_namespace(p);
}

static char *pid_path(const struct parent *p, const char *given, const char *name)
{
	const char *instance = p->result->instance_name;

	if (given)
		return xstrdup(given);
	return xasprintf("%s/%s%s%s.pid", uses_run_subdir(p) ? RUN_SUBDIR : RUNSTATEDIR, name,
		instance ? "_" : "", instance ? instance : "");
}

/* 0, or -1 when another daemon holds the file. */
static int lock_pidfile(struct pidfile *file, char *path)
{
	int err = pidfile_open(file, path);

	if (err == -EAGAIN)
		log_info("Another process has pid file %s locked", path);
	else if (err)
		log_error("Cannot write pid file %s: %s", path, strerror(-err));
	free(path);
	return err == -EAGAIN ? -1 : 0;
}

static int lock_pidfiles(struct parent *p)
{
	const struct options *o = p->options;
	size_t i;

	if (uses_run_subdir(p))
		p->made_run_dir = make_run_dir(RUN_SUBDIR) > 0;
	if (lock_pidfile(&p->pidfile, pid_path(p, o->pid_file, "keepalived")))
		return -1;
	for (i = 0; i < p->n_slots; i++) {
		struct child_slot *s = &p->slots[i];
		const char *given = *(const char *const *)((const char *)o + s->row->pid_option);

		if (!(o->run & s->row->run))
			continue;
		if (lock_pidfile(&s->process.pidfile, pid_path(p, given, s->row->pid_name)))
			return -1;
	}
	pidfile_write(&p->pidfile, getpid());
	return 0;
}
/* ---- starting ---------------------------------------------------------------------------- */

static void change_ident(struct parent *p)
{
	const char *ns = parent_namespace(p), *instance = p->result->instance_name;

	if (!ns && !instance)
		return;
	p->ident_suffix = xasprintf("%s%s%s%s", ns ? "_" : "", ns ? ns : "", instance ? "_" : "",
		instance ? instance : "");
	parent_name_processes(p);
	log_info("Changing syslog ident to %s", p->ident);
	log_set_ident(p->ident);
}
void parent_started(struct parent *p)
{
	loop_timer_cancel(&p->patience);
	p->phase = PHASE_STEADY;
	log_info("Startup complete");
	sdnotify_ready("running");
	if (p->reload_again) {
		p->reload_again = false;
		raise(SIGHUP);
	}
}

static void start_children(struct parent *p)
{
	bool any = false;
	size_t i;

	p->phase = PHASE_STARTING;
	loop_timer_set(&p->patience, loop_now(p->loop) + PATIENCE);
	for (i = 0; i < p->n_slots; i++) {
		struct child_slot *s = &p->slots[i];

		if (!parent_may_run(p, s, p->result))
			continue;
		any = s->awaited = true;
		process_start(&s->process);
	}
	if (!any)
		log_warning("Warning - keepalived has no configuration to run");
	if (parent_all_answered(p))
		parent_started(p);
}

static void startup_script_ended(void *ctx, uint32_t run, const struct script_result *result)
{
	(void)run;
	parent_log_script_end("startup", result);
	start_children(ctx);
}

static int enter_namespace(struct parent *p)
{
	const char *wanted = p->options->net_namespace;
	const char *step;
	int err;

	if (wanted && p->result->net_namespace && strcmp(wanted, p->result->net_namespace))
		log_info("Overriding config net_namespace '%s' with command line namespace '%s'",
			p->result->net_namespace, wanted);
	if (!wanted)
		wanted = p->result->net_namespace;
	if (!wanted)
		return 0;
	err = netns_enter(wanted, &step);
	if (err)
		log_error("Unable to set network namespace %s - exiting (%s: %s)", wanted, step,
			strerror(-err));
	p->in_namespace = err == 0;
	return err;
}

void parent_first_load(struct parent *p)
{
	const struct load_result *r = p->next;

	if (r->status == EXIT_CONFIG || r->unreadable) {
		log_error("The configuration cannot be run - exiting");
		sdnotify_failed(EINVAL);
		parent_finish(p, r->status == EXIT_CONFIG ? EXIT_CONFIG : EXIT_NO_FILE);
		return;
	}
	parent_adopt_next(p);
	change_ident(p);
	if (enter_namespace(p)) {
		parent_finish(p, EXIT_STOPPED);
		return;
	}
	if (lock_pidfiles(p)) {
		log_info("daemon is already running");
		parent_finish(p, EXIT_STOPPED);
		return;
	}
	if (p->result->startup_script != UINT32_MAX) {
		const struct load_script *s = &p->result->scripts[p->result->startup_script];

		log_detail("Running startup script %s", s->argv[0]);
		broker_run_command(
			p->broker, s, p->result->startup_timeout, startup_script_ended, p);
	} else {
		start_children(p);
	}
}
