/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A child between fork and exit. It keeps nothing of the parent but one socket; rights go before
 * the first thread starts and before the first byte from the network is read.
 *
 * SIGTERM, SIGINT and SIGHUP are for the parent, which tells its children what to do: a child that
 * would act on its own would take addresses away while the rest of the daemon goes on. Only when
 * the line to the parent breaks does a child stop by itself, and then it releases everything.
 */
#include "keepalived/core/child.h"

#include <errno.h>
#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "keepalived/core/child_main.h"
#include "keepalived/core/exit.h"
#include "keepalived/core/forked.h"
#include "keepalived/core/generation.h"
#include "keepalived/core/msgs.h"
#include "keepalived/core/run_table.h"
#include "lib/msg.h"
#include "lib/pack.h"
#include "lib/priv.h"

#define LAG_WORTH_A_LINE SEC(1)

struct child {
	const struct child_ops *ops;
	void *self;
	struct loop *loop;
	struct msg_port *port;
	struct status *status;
	struct child_options options;
	struct run_table *runs;
	struct generation *current; /* committed */
	struct generation *leaving; /* during a commit: the one before */
	struct generation *next;    /* parsed and found good, waiting for COMMIT */
	struct parse_job *parsing;
	uint64_t asked; /* the generation that is being parsed */
	bool stopping, done;
};

struct loop *child_loop(struct child *c)
{
	return c->loop;
}

struct status *child_status(struct child *c)
{
	return c->status;
}

const struct child_options *child_options(const struct child *c)
{
	return &c->options;
}

bool child_is_replacement(const struct child *c)
{
	return c->current && c->current->replacement && !c->leaving;
}

void child_done(struct child *c)
{
	c->done = true;
	loop_stop(c->loop, EXIT_STOPPED);
}

/* ---- configuration ----------------------------------------------------------------------- */

static void send_prepared(struct child *c, uint64_t number, bool accepted, const char *why)
{
	struct strbuf out = {0};

	pack_u64(&out, number);
	pack_u32(&out, accepted);
	pack_str(&out, why);
	msg_send(c->port, MSG_PREPARED, out.text, out.len, -1);
	strbuf_free(&out);
}

static void parsed(struct generation *g, void *ctx)
{
	struct child *c = ctx;
	struct diags *diags;
	int err;

	c->parsing = NULL;
	if (!g) {
		send_prepared(c, c->asked, false, "the configuration text could not be read");
		return;
	}
	diags = diags_new();
	err = c->ops->prepare(c, c->self, g->conf, diags);
	diags_log(diags, g->text);
	generation_forget_text(g);
	send_prepared(c, g->number, err == 0, err ? strerror(-err) : "");
	if (err) {
		generation_free(g);
	} else {
		generation_free(c->next);
		c->next = g;
	}
	diags_free(diags);
}

static void on_prepare(struct child *c, struct msg *m)
{
	struct unpack in = unpack_start(m->body, m->len);
	uint64_t number = unpack_u64(&in);
	bool replacement = unpack_u32(&in);
	int fd = m->fd;

	if (in.bad || fd < 0)
		return;
	m->fd = -1;
	parse_job_cancel(c->parsing);
	c->asked = number;
	c->parsing = parse_job_start(c->loop, number, replacement, fd, parsed, c);
}

static void on_commit(struct child *c, struct msg *m)
{
	struct unpack in = unpack_start(m->body, m->len);
	uint64_t number = unpack_u64(&in);
	struct generation *old = c->current;
	struct strbuf out = {0};

	if (in.bad || !c->next || c->next->number != number)
		return;
	c->current = c->next;
	c->next = NULL;
	if (old)
		log_info("Reloading");
	c->leaving = old;
	c->ops->commit(c, c->self, old ? old->conf : NULL, c->current->conf);
	c->leaving = NULL;
	generation_free(old);
	pack_u64(&out, number);
	msg_send(c->port, MSG_COMMITTED, out.text, out.len, -1);
	strbuf_free(&out);
}

static void on_abort(struct child *c, struct msg *m)
{
	(void)m;
	parse_job_cancel(c->parsing);
	c->parsing = NULL;
	generation_free(c->next);
	c->next = NULL;
}

static void stop(struct child *c)
{
	if (c->stopping)
		return;
	c->stopping = true;
	c->ops->stop(c, c->self);
}

static void on_stop(struct child *c, struct msg *m)
{
	(void)m;
	stop(c);
}

static void on_ran(struct child *c, struct msg *m)
{
	struct unpack in = unpack_start(m->body, m->len);
	uint32_t run = unpack_u32(&in);
	struct script_result result;

	result.outcome = (enum script_outcome)unpack_u32(&in);
	result.value = (int)unpack_i64(&in);
	if (!in.bad)
		run_table_end(c->runs, run, &result);
}

static void got_message(struct msg_port *port, struct msg *m, void *ctx)
{
	static void (*const on[])(struct child *, struct msg *) = {
		[MSG_PREPARE] = on_prepare,
		[MSG_COMMIT] = on_commit,
		[MSG_ABORT] = on_abort,
		[MSG_STOP] = on_stop,
		[MSG_RAN] = on_ran,
	};

	(void)port;
	if (m->type < ARRAY_SIZE(on) && on[m->type])
		on[m->type](ctx, m);
}

static void parent_gone(struct msg_port *port, void *ctx)
{
	struct child *c = ctx;

	(void)port;
	log_error("The parent process is gone: stopping");
	stop(c);
}

/* ---- requests ---------------------------------------------------------------------------- */

/* An object that a reload removes still speaks with the scripts of its own configuration. */
static uint64_t generation_of(const struct child *c, const struct script_conf *script)
{
	const struct conf *old = c->leaving ? c->leaving->conf : NULL;

	if (old && script->id < old->n_scripts && old->scripts[script->id] == script)
		return c->leaving->number;
	return c->current->number;
}

static void pack_words(struct strbuf *out, const char *const *extra)
{
	uint32_t n = 0, i;

	while (extra && extra[n] && n < SCRIPT_EXTRA_MAX)
		n++;
	pack_u32(out, n);
	for (i = 0; i < n; i++)
		pack_str(out, extra[i]);
}

void child_script_run(struct child *c, const struct script_conf *script, const char *const *extra,
	ktime timeout, struct script_run *run)
{
	struct strbuf out = {0};

	run_table_begin(c->runs, run);
	pack_u32(&out, run->id);
	pack_u64(&out, generation_of(c, script));
	pack_u32(&out, script->id);
	pack_i64(&out, timeout);
	pack_words(&out, extra);
	if (msg_send(c->port, MSG_RUN, out.text, out.len, -1))
		run_table_fail(c->runs, c->loop, run, ENOBUFS);
	strbuf_free(&out);
}

void child_script_cancel(struct child *c, struct script_run *run)
{
	struct strbuf out = {0};

	if (!run->id)
		return;
	pack_u32(&out, run->id);
	msg_send(c->port, MSG_CANCEL, out.text, out.len, -1);
	strbuf_free(&out);
	run_table_drop(c->runs, run);
}

void child_notify(struct child *c, const char *queue, const struct script_conf *script,
	const char *const *extra)
{
	struct strbuf out = {0};

	pack_u64(&out, generation_of(c, script));
	pack_str(&out, queue);
	pack_u32(&out, script->id);
	pack_words(&out, extra);
	if (msg_send(c->port, MSG_NOTIFY, out.text, out.len, -1))
		log_error("%s: notification script %s not run: the parent does not answer", queue,
			script->command);
	strbuf_free(&out);
}

void child_mail(struct child *c, const char *subject, const char *body)
{
	struct strbuf out = {0};

	pack_str(&out, subject);
	pack_str(&out, body);
	if (msg_send(c->port, MSG_MAIL, out.text, out.len, -1))
		log_error("Mail \"%s\" not sent: the parent does not answer", subject);
	strbuf_free(&out);
}

/* ---- start ------------------------------------------------------------------------------- */

/*
 * The limit is for whoever has no CAP_IPC_LOCK, as we shall soon: without lifting it the first
 * larger allocation would fail. What comes later is locked when it is touched: the address space
 * that status rows reserve must not become memory.
 */
static void lock_memory(void)
{
	struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};

	if (setrlimit(RLIMIT_MEMLOCK, &unlimited) || mlockall(MCL_CURRENT) ||
		mlockall(MCL_FUTURE | MCL_ONFAULT))
		log_warning("Cannot lock memory: %s", strerror(errno));
}

static void run_on(const struct cpu_list *list)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	for (unsigned i = 0; i < CPU_SETSIZE && i < 64 * CPU_WORDS; i++)
		if (list->bits[i / 64] >> (i % 64) & 1)
			CPU_SET(i, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		log_warning("Cannot run on the configured CPUs only: %s", strerror(errno));
}

static void apply_scheduling(const struct child_start *start)
{
	struct sched_param rt = {.sched_priority = start->rt_priority};
	struct rlimit limit = {start->rlimit_rttime, start->rlimit_rttime};

	if (start->title)
		prctl(PR_SET_NAME, start->title);
	if (start->nice && setpriority(PRIO_PROCESS, 0, start->nice))
		log_warning("Cannot set priority %d: %s", start->nice, strerror(errno));
	if (start->rt_priority) {
		if (start->rlimit_rttime)
			setrlimit(RLIMIT_RTTIME, &limit);
		if (sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &rt))
			log_warning("Cannot set real-time priority %d: %s", start->rt_priority,
				strerror(errno));
	}
	if (start->cpus.n)
		run_on(&start->cpus);
	if (start->no_swap)
		lock_memory();
}

static void ignore_terminal_signals(void)
{
	static const int ignored[] = {SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGUSR1, SIGUSR2};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ignored); i++)
		signal(ignored[i], SIG_IGN);
	signal(SIGRTMIN + 2, SIG_IGN);
	signal(SIGRTMAX - 1, SIG_IGN);
}

static void drop_rights(const struct child_ops *ops)
{
	struct priv_want want = {.caps = ops->caps, .no_exec = true};
	const char *step = "finding the user keepalived or nobody";
	int err = priv_find_user(&want.uid, &want.gid);

	if (!err)
		err = priv_drop(&want, &step);
	if (err) {
		log_error("Cannot give up rights (%s): %s", step, strerror(-err));
		log_close();
		_exit(EXIT_FATAL);
	}
}

/* As host scheduling does, and what a swapped-out or overloaded machine looks like from inside. */
static void log_lag(ktime lag)
{
	log_info("A thread timer expired %lld.%06lld seconds ago", (long long)(lag / SEC(1)),
		(long long)(lag % SEC(1) / USEC(1)));
}

static void child_open(struct child *c, const struct child_start *start)
{
	static const struct msg_port_ops port_ops = {got_message, parent_gone};

	mallopt(M_ARENA_MAX, 1); /* threads hardly allocate; an arena each costs more */
	/* Large arrays stay mappings of their own: what a reload took goes back after it. */
	mallopt(M_MMAP_THRESHOLD, 64 * 1024);
	c->ops = start->ops;
	c->options = start->options;
	c->loop = loop_new(NULL);
	loop_on_lag(c->loop, LAG_WORTH_A_LINE, log_lag);
	c->runs = run_table_new();
	c->status = status_new();
	c->port = msg_port_new(c->loop, start->port, &port_ops, c);
	if (c->status)
		c->self = c->ops->open(c);
	if (!c->self) {
		log_close();
		_exit(EXIT_FATAL);
	}
}

static void child_close(struct child *c)
{
	msg_flush(c->port, SEC(1));
	c->ops->close(c, c->self);
	parse_job_end(c->parsing);
	generation_free(c->next);
	generation_free(c->current);
	run_table_free(c->runs);
	msg_port_free(c->port);
	status_free(c->status);
	loop_free(c->loop);
}

void child_main(const struct child_start *start)
{
	struct child c = {0};
	struct rusage used = {0};
	int status;

	ignore_terminal_signals(); /* before loop_forget unblocks what is pending */
	forked_begin(start->parent_loop, &start->log, &start->port, 1);
	apply_scheduling(start);
	child_open(&c, start);
	drop_rights(start->ops);
	if (start->core_dump)
		prctl(PR_SET_DUMPABLE, 1); /* the change of user has cleared it */
	log_start_writer();
	msg_send(c.port, MSG_STATUS, NULL, 0, status_fd(c.status));
	status = loop_run(c.loop);
	getrusage(RUSAGE_SELF, &used);
	if (log_verbose(1))
		log_info("Stopped - used (self/children) %ld.%06ld/0.000000 user time, "
			 "%ld.%06ld/0.000000 system time",
			(long)used.ru_utime.tv_sec, (long)used.ru_utime.tv_usec,
			(long)used.ru_stime.tv_sec, (long)used.ru_stime.tv_usec);
	else
		log_info("Stopped");
	child_close(&c);
	log_close();
	exit(status);
}
