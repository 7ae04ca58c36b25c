/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parent's life: load, lock, start the children, wait; reload when told; stop when told. This
 * file holds it together; parent_start.c, parent_reload.c and parent_stop.c are its chapters.
 */
#include "keepalived/core/parent_state.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "keepalived/core/netns.h"
#include "keepalived/core/paths.h"
#include "keepalived/core/version.h"

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
void parent_name_processes(struct parent *p)
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

bool parent_may_run(const struct parent *p, const struct child_slot *s, const struct load_result *r)
{
	if (!(p->options->run & s->row->run))
		return false;
	return p->options->all || r->process[s->row->which].wanted;
}

void parent_finish(struct parent *p, int status)
{
	if (!p->exit_status)
		p->exit_status = status;
	loop_stop(p->loop, p->exit_status);
}

/* As finish, where there may be children. */
void parent_fail(struct parent *p, int status)
{
	p->exit_status = status;
	parent_stop(p);
}
const char *parent_namespace(const struct parent *p)
{
	return p->options->net_namespace ? p->options->net_namespace : p->result->net_namespace;
}

bool parent_all_answered(const struct parent *p)
{
	size_t i;

	for (i = 0; i < p->n_slots; i++)
		if (p->slots[i].awaited)
			return false;
	return true;
}

/* The doubled word is what log matchers know. */
void parent_log_script_end(const char *which, const struct script_result *result)
{
	if (result->outcome == SCRIPT_TIMEOUT)
		log_error("%s script timed out", which);
	else if (result->outcome != SCRIPT_EXITED || result->value)
		log_error("%s script script failed, status %d", which, result->value);
	else
		log_detail("%s script script succeeded", which);
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
	start->cpus = l->cpus;
	start->rlimit_rttime = l->rlimit_rttime;
	process_set_config(&s->process, p->generation, p->text_fd);
}

/* Takes p->next as the configuration. */
void parent_adopt_next(struct parent *p)
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

/* ---- signals ----------------------------------------------------------------------------- */

static void got_stop(struct loop_signal *s)
{
	parent_stop(container_of(s, struct signal_slot, signal)->parent);
}

static void got_reload(struct loop_signal *s)
{
	parent_reload(container_of(s, struct signal_slot, signal)->parent);
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
		process->events = &parent_process_events;
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
		netns_leave(parent_namespace(p));
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

	parent_name_processes(&p);
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
	parent_name_processes(&p);
	loop_work_init(&p.settle, parent_settle);
	loop_timer_init(p.loop, &p.patience, parent_waited_too_long);
	loop_timer_init(p.loop, &p.tick, parent_stop_tick);
	catch_signals(&p);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	log_start(&p, argv);
	apply_options(o);
	p.attempt = 1;
	p.loader = loader_start(p.loop, &p.log, &p.load_options, parent_load_ended, &p);
	status = loop_run(p.loop);
	log_usage();
	parent_close(&p);
	log_info("Stopped %s", version_line());
	log_close();
	return status;
}
