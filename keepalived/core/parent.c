/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parent's life: load, lock, start the children, wait; reload when told; stop when told.
 *
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
#include "keepalived/core/parent.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "keepalived/core/exit.h"
#include "keepalived/core/loader.h"
#include "keepalived/core/mail.h"
#include "keepalived/core/netns.h"
#include "keepalived/core/paths.h"
#include "keepalived/core/process.h"
#include "keepalived/core/sdnotify.h"
#include "keepalived/core/version.h"

#define PATIENCE        SEC(60) /* with children that are to take a configuration */
#define NOTIFY_PATIENCE SEC(1)  /* for STOP scripts, at the end */

enum phase {
	PHASE_FIRST_LOAD, /* nothing runs yet */
	PHASE_STARTING,   /* children started, not all have committed */
	PHASE_STEADY,
	PHASE_LOADING,    /* reload: the loader runs */
	PHASE_PREPARING,  /* reload: waiting for every child's word */
	PHASE_COMMITTING, /* reload: told them; waiting until all have switched */
	PHASE_STOPPING,
};

struct child_slot {
	const struct parent_child *row;
	struct process process;
	bool awaited; /* its PREPARED or COMMITTED is still to come */
	bool tried;   /* it was asked whether it can take the new configuration */
	char ident[128];
	char *log_file;
};

struct signal_slot {
	struct loop_signal signal;
	struct parent *parent;
};

struct parent {
	const struct options *options;
	struct loop *loop;
	struct broker *broker;
	struct mailer *mailer;
	struct child_slot *slots;
	size_t n_slots;
	struct pidfile pidfile;
	struct signal_slot signals[12];
	size_t n_signals;
	char *conf_path;
	char *ident_suffix; /* "_NS_INSTANCE" */
	struct load_options load_options;
	enum phase phase;
	struct loader *loader;
	/* the committed configuration; result belongs to the broker */
	struct load_result *result;
	uint64_t generation;
	int text_fd;
	/* the one being taken; every attempt has a number of its own */
	struct load_result *next;
	int next_fd;
	uint64_t attempt;
	bool second_try;
	uint64_t leaving; /* while COMMITTING: the generation before */
	struct loop_timer patience;
	struct loop_timer tick; /* while stopping */
	bool reload_again;      /* SIGHUP during a reload */
	struct loop_work settle;
	bool made_run_dir, in_namespace;
	char ident[128];
	struct log_conf log;
	int exit_status;
	ktime stop_deadline;
};

/* ---- small things ------------------------------------------------------------------------ */

#define PARENT_IDENT "Keepalived"

/* -g x.log: each process has its own, x_vrrp.log for Keepalived_vrrp. NULL stays NULL. */
static char *log_file_for(const char *file, const char *ident)
{
	const char *slash = file ? strrchr(file, '/') : NULL;
	const char *dot = file ? strrchr(slash ? slash + 1 : file, '.') : NULL;
	const char *suffix = ident + strlen(PARENT_IDENT);

	if (!file)
		return NULL;
	if (!dot)
		return xasprintf("%s%s", file, suffix);
	return xasprintf("%.*s%s%s", (int)(dot - file), file, suffix, dot);
}

static struct log_conf log_conf_for(
	const struct parent *p, const char *ident, char *buf, size_t n, const char *file)
{
	const struct options *o = p->options;

	snprintf(buf, n, "%s%s", ident, p->ident_suffix ? p->ident_suffix : "");
	return (struct log_conf){
		.ident = buf,
		.facility = o->log_facility,
		.syslog = !o->no_syslog,
		.console = o->log_console && o->dont_fork,
		.file = file,
		.flush_file = o->flush_log_file,
		.verbosity = o->log_detail,
	};
}

/* Again when the idents have changed. Those of the children follow the parent's. */
static void name_processes(struct parent *p)
{
	size_t i;

	p->log = log_conf_for(p, PARENT_IDENT, p->ident, sizeof(p->ident), p->options->log_file);
	for (i = 0; i < p->n_slots; i++) {
		struct child_slot *s = &p->slots[i];

		s->process.start.log = log_conf_for(
			p, s->row->ops->ident, s->ident, sizeof(s->ident), s->log_file);
	}
}

static void log_start(const struct parent *p, char **argv)
{
	struct strbuf line = {0};
	struct utsname u;
	int i;

	uname(&u);
	log_info("Starting %s", version_line());
	log_info("Running on %s %s %s (built for %s)", u.sysname, u.release, u.version,
		version_kernel_headers());
	for (i = 0; argv[i]; i++)
		strbuf_printf(&line, " '%s'", argv[i]);
	log_info("Command line:%s", strbuf_str(&line));
	log_info("Configuration file %s", p->conf_path);
	strbuf_free(&line);
}

/* A relative path must survive chdir("/") and later reloads. */
static char *absolute(const char *path)
{
	char *cwd, *full;

	if (path[0] == '/')
		return xstrdup(path);
	cwd = getcwd(NULL, 0);
	full = xasprintf("%s/%s", cwd ? cwd : "", path);
	free(cwd);
	return full;
}

static char *choose_conf_path(const struct options *o)
{
	if (o->conf_file)
		return absolute(o->conf_file);
	if (access(CONF_FILE, R_OK) && access(CONF_FALLBACK, R_OK) == 0) {
		log_warning(
			"WARNING - using deprecated default config file '%s' - please move to '%s'",
			CONF_FALLBACK, CONF_FILE);
		return xstrdup(CONF_FALLBACK);
	}
	return xstrdup(CONF_FILE);
}

static bool may_run(const struct parent *p, const struct child_slot *s, const struct load_result *r)
{
	if (!(p->options->run & s->row->run))
		return false;
	return p->options->all || r->process[s->row->which].wanted;
}

static void stop(struct parent *p);

static void finish(struct parent *p, int status)
{
	if (!p->exit_status)
		p->exit_status = status;
	loop_stop(p->loop, p->exit_status);
}

/* As finish, where there may be children. */
static void fail(struct parent *p, int status)
{
	p->exit_status = status;
	stop(p);
}

/* ---- pid files --------------------------------------------------------------------------- */

static const char *namespace_of(const struct parent *p)
{
	return p->options->net_namespace ? p->options->net_namespace : p->result->net_namespace;
}

static bool uses_run_subdir(const struct parent *p)
{
	return p->result->use_pid_dir || p->result->instance_name || namespace_of(p);
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

/* ---- settings ---------------------------------------------------------------------------- */

static void configure_process(struct parent *p, struct child_slot *s)
{
	const struct load_process *l = &p->result->process[s->row->which];
	struct child_start *start = &s->process.start;

	start->title = l->title;
	start->nice = l->nice;
	start->rt_priority = l->rt_priority;
	start->no_swap = l->no_swap;
	start->rlimit_rttime = l->rlimit_rttime;
	process_set_config(&s->process, p->generation, p->text_fd);
}

/* Takes p->next as the configuration. */
static void adopt_next(struct parent *p)
{
	size_t i;

	if (p->text_fd >= 0)
		close(p->text_fd);
	p->text_fd = p->next_fd;
	p->next_fd = -1;
	p->result = p->next;
	p->next = NULL;
	p->leaving = p->generation;
	p->generation = p->attempt;
	broker_learn(p->broker, p->generation, p->result);
	mailer_configure(p->mailer, &p->result->mail);
	for (i = 0; i < p->n_slots; i++)
		configure_process(p, &p->slots[i]);
	if (p->result->umask != UINT32_MAX && !p->options->umask_given)
		umask((mode_t)p->result->umask);
	if (p->result->parent_title)
		prctl(PR_SET_NAME, p->result->parent_title);
}

static void change_ident(struct parent *p)
{
	const char *ns = namespace_of(p), *instance = p->result->instance_name;

	if (!ns && !instance)
		return;
	p->ident_suffix = xasprintf("%s%s%s%s", ns ? "_" : "", ns ? ns : "", instance ? "_" : "",
		instance ? instance : "");
	name_processes(p);
	log_info("Changing syslog ident to %s", p->ident);
	log_set_ident(p->ident);
}

/* ---- starting ---------------------------------------------------------------------------- */

static bool all_answered(const struct parent *p)
{
	size_t i;

	for (i = 0; i < p->n_slots; i++)
		if (p->slots[i].awaited)
			return false;
	return true;
}

static void started(struct parent *p)
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

		if (!may_run(p, s, p->result))
			continue;
		any = s->awaited = true;
		process_start(&s->process);
	}
	if (!any)
		log_warning("Warning - keepalived has no configuration to run");
	if (all_answered(p))
		started(p);
}

/* The doubled word is what log matchers know. */
static void log_script_end(const char *which, const struct script_result *result)
{
	if (result->outcome == SCRIPT_TIMEOUT)
		log_error("%s script timed out", which);
	else if (result->outcome != SCRIPT_EXITED || result->value)
		log_error("%s script script failed, status %d", which, result->value);
	else
		log_detail("%s script script succeeded", which);
}

static void startup_script_ended(void *ctx, uint32_t run, const struct script_result *result)
{
	(void)run;
	log_script_end("startup", result);
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

static void first_load(struct parent *p)
{
	const struct load_result *r = p->next;

	if (r->status == EXIT_CONFIG || r->unreadable) {
		log_error("The configuration cannot be run - exiting");
		sdnotify_failed(EINVAL);
		finish(p, r->status == EXIT_CONFIG ? EXIT_CONFIG : EXIT_NO_FILE);
		return;
	}
	adopt_next(p);
	change_ident(p);
	if (enter_namespace(p)) {
		finish(p, EXIT_STOPPED);
		return;
	}
	if (lock_pidfiles(p)) {
		log_info("daemon is already running");
		finish(p, EXIT_STOPPED);
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

/* ---- reload ------------------------------------------------------------------------------ */

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

static bool had_error(const struct load_result *r, uint64_t hash)
{
	uint32_t i;

	for (i = 0; i < r->n_errors; i++)
		if (r->errors[i] == hash)
			return true;
	return false;
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

/* Why the new configuration may not replace the running one; NULL: it may. */
static const char *obstacle(const struct parent *p, const struct load_result *next)
{
	uint32_t i;

	if (next->status == EXIT_CONFIG)
		return "the new configuration cannot be run";
	if (next->unreadable)
		return "a configuration file cannot be read";
	for (i = 0; i < next->n_errors; i++)
		if (!had_error(p->result, next->errors[i]))
			return "the new configuration has errors";
	if (!same(p->result->instance_name, next->instance_name))
		return "Cannot change instance name at a reload - please restart keepalived";
	if (!same(p->result->net_namespace, next->net_namespace))
		return "Cannot change network namespace at a reload - please restart keepalived";
	return NULL;
}

static void commit(struct parent *p)
{
	size_t i;

	p->phase = PHASE_COMMITTING;
	adopt_next(p);
	for (i = 0; i < p->n_slots; i++) {
		struct child_slot *s = &p->slots[i];

		s->tried = false;
		if (!may_run(p, s, p->result)) {
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

		if (!may_run(p, s, p->next))
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
static void settle(struct loop_work *work)
{
	struct parent *p = container_of(work, struct parent, settle);

	if (!all_answered(p))
		return;
	if (p->phase == PHASE_STARTING) {
		started(p);
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
static void waited_too_long(struct loop_timer *t)
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

static void load_ended(void *ctx, struct loaded *l)
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
		finish(p, EXIT_FATAL);
	} else if (!l->result) {
		refuse(p, l->why);
	} else if (p->phase == PHASE_FIRST_LOAD) {
		first_load(p);
	} else {
		why = obstacle(p, l->result);
		if (why)
			refuse(p, why);
		else
			prepare(p);
	}
}

static void reload(struct parent *p)
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
	p->loader = loader_start(p->loop, &p->log, &p->load_options, load_ended, p);
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
		fail(p, EXIT_CONFIG);
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
		fail(p, exit_status);
	} else if (!process->respawn) {
		fail(p, EXIT_STOPPED);
	} else if (was_tried) {
		child_died_trying(p, process->ops->name, exit_status);
	}
}

static void child_mails(struct process *process, const char *subject, const char *body)
{
	struct parent *p = process->owner;

	mailer_queue(p->mailer, subject, body);
}

static const struct process_events process_events = {
	child_prepared,
	child_committed,
	child_ended,
	child_mails,
};

/* ---- stopping ---------------------------------------------------------------------------- */

static void shutdown_script_ended(void *ctx, uint32_t run, const struct script_result *result)
{
	struct parent *p = ctx;

	(void)run;
	log_script_end("shutdown", result);
	finish(p, p->exit_status);
}

static void children_gone(struct parent *p)
{
	uint32_t id = p->result ? p->result->shutdown_script : UINT32_MAX;

	if (id == UINT32_MAX) {
		finish(p, p->exit_status);
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
static void stop_tick(struct loop_timer *t)
{
	struct parent *p = container_of(t, struct parent, tick);

	if (any_alive(p))
		p->stop_deadline = loop_now(p->loop) + NOTIFY_PATIENCE;
	else if (broker_idle(p->broker) || loop_now(p->loop) >= p->stop_deadline) {
		children_gone(p);
		return;
	}
	loop_timer_set(t, loop_now(p->loop) + MSEC(5));
}

static void stop(struct parent *p)
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

/* ---- signals ----------------------------------------------------------------------------- */

static void got_stop(struct loop_signal *s)
{
	stop(container_of(s, struct signal_slot, signal)->parent);
}

static void got_reload(struct loop_signal *s)
{
	reload(container_of(s, struct signal_slot, signal)->parent);
}

static void got_dump(struct loop_signal *s)
{
	log_warning("Signal %d: state dumps are not available in this version; see keepalived(8)",
		s->signo);
}

static void got_nothing(struct loop_signal *s)
{
	(void)s;
}

static void got_child(struct loop_signal *s)
{
	loop_reap_orphans(container_of(s, struct signal_slot, signal)->parent->loop);
}

static void catch (struct parent *p, int signo, void (*caught)(struct loop_signal *))
{
	struct signal_slot *s = &p->signals[p->n_signals++];

	s->parent = p;
	loop_signal_add(p->loop, &s->signal, signo, caught);
}

static void catch_signals(struct parent *p)
{
	catch (p, SIGTERM, got_stop);
	catch (p, SIGINT, p->options->ignore_sigint ? got_nothing : got_stop);
	catch (p, SIGHUP, got_reload);
	catch (p, SIGUSR1, got_dump);
	catch (p, SIGUSR2, got_dump);
	catch (p, options_signal("STATS_CLEAR"), got_dump);
	catch (p, options_signal("JSON"), got_dump);
	catch (p, SIGCHLD, got_child);
	signal(SIGPIPE, SIG_IGN);
}

/* ---- the whole --------------------------------------------------------------------------- */

static void make_slots(struct parent *p, const struct parent_child *rows, size_t n)
{
	size_t i;

	p->slots = xcalloc(n, sizeof(*p->slots));
	p->n_slots = n;
	for (i = 0; i < n; i++) {
		struct process *process = &p->slots[i].process;

		p->slots[i].row = &rows[i];
		process->ops = rows[i].ops;
		process->which = rows[i].which;
		process->events = &process_events;
		process->owner = p;
		p->slots[i].log_file = log_file_for(p->options->log_file, rows[i].ops->ident);
		process->respawn = !p->options->dont_respawn;
		process->start.core_dump = p->options->core_dump;
		process->start.options = (struct child_options){
			.release_vips = p->options->release_vips,
			.keep_vips = p->options->keep_vips,
			.keep_ipvs = p->options->keep_ipvs,
			.log_addresses = p->options->address_monitoring,
		};
		process_init(process, p->loop, p->broker);
	}
}

static void apply_options(const struct options *o)
{
	struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};

	umask(o->umask);
	if (o->core_dump && setrlimit(RLIMIT_CORE, &unlimited))
		log_warning("Cannot allow core dumps: %s", strerror(errno));
	if (o->snmp || o->snmp_socket)
		log_warning("Option --%s has no effect: SNMP is not available in this version",
			o->snmp ? "snmp" : "snmp-agent-socket");
}

static void log_usage(void)
{
	struct rusage self, children;

	getrusage(RUSAGE_SELF, &self);
	getrusage(RUSAGE_CHILDREN, &children);
	log_info("CPU usage (self/children) user: %ld.%06ld/%ld.%06ld system: %ld.%06ld/%ld.%06ld",
		(long)self.ru_utime.tv_sec, (long)self.ru_utime.tv_usec,
		(long)children.ru_utime.tv_sec, (long)children.ru_utime.tv_usec,
		(long)self.ru_stime.tv_sec, (long)self.ru_stime.tv_usec,
		(long)children.ru_stime.tv_sec, (long)children.ru_stime.tv_usec);
}

static void parent_close(struct parent *p)
{
	size_t i;

	loop_work_cancel(&p->settle);
	loop_timer_cancel(&p->patience);
	loop_timer_cancel(&p->tick);
	for (i = 0; i < p->n_slots; i++) {
		process_close(&p->slots[i].process);
		free(p->slots[i].log_file);
	}
	mailer_free(p->mailer);
	load_free(p->next);
	if (p->next_fd >= 0)
		close(p->next_fd);
	if (p->text_fd >= 0)
		close(p->text_fd);
	pidfile_remove(&p->pidfile);
	if (p->made_run_dir)
		rmdir(RUN_SUBDIR);
	if (p->in_namespace)
		netns_leave(namespace_of(p));
	broker_free(p->broker);
	for (i = 0; i < p->n_signals; i++)
		loop_signal_del(p->loop, &p->signals[i].signal);
	loop_free(p->loop);
	free(p->slots);
	free(p->conf_path);
	free(p->ident_suffix);
}

int parent_run(const struct options *o, char **argv, const struct parent_child *rows, size_t n)
{
	struct parent p = {.options = o, .text_fd = -1, .next_fd = -1};
	int err, status;

	name_processes(&p);
	err = log_open(&p.log);
	if (err)
		fprintf(stderr, "Cannot open log file %s: %s\n", o->log_file, strerror(-err));
	p.conf_path = choose_conf_path(o);
	p.load_options = (struct load_options){
		.path = p.conf_path,
		.config_id = o->config_id,
		.check_all_includes = o->all_config,
		.dump = o->dump_conf,
	};
	p.loop = loop_new(NULL);
	p.broker = broker_new(p.loop);
	p.mailer = mailer_new(p.loop, &p.log);
	make_slots(&p, rows, n);
	name_processes(&p);
	loop_work_init(&p.settle, settle);
	loop_timer_init(p.loop, &p.patience, waited_too_long);
	loop_timer_init(p.loop, &p.tick, stop_tick);
	catch_signals(&p);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	log_start(&p, argv);
	apply_options(o);
	p.attempt = 1;
	p.loader = loader_start(p.loop, &p.log, &p.load_options, load_ended, &p);
	status = loop_run(p.loop);
	log_usage();
	parent_close(&p);
	log_info("Stopped %s", version_line());
	log_close();
	return status;
}
