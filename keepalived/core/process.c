/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keepalived/core/process.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keepalived/core/exit.h"
#include "keepalived/core/msgs.h"
#include "lib/pack.h"

#define LONG_LIFE SEC(60)

static ktime respawn_delay(unsigned deaths)
{
	static const int seconds[] = {0, 1, 2, 4, 8, 16, 32, 60};

	return SEC(seconds[MIN(deaths, ARRAY_SIZE(seconds) - 1)]);
}

/* ---- messages to the child ---------------------------------------------------------------- */

static void send_prepare(struct process *p, uint64_t generation, int text_fd)
{
	struct strbuf out = {0};

	pack_u64(&out, generation);
	pack_u32(&out, p->replacement);
	if (p->port)
		msg_send(p->port, MSG_PREPARE, out.text, out.len, text_fd);
	strbuf_free(&out);
}

static void send_generation(struct process *p, uint32_t type, uint64_t generation)
{
	struct strbuf out = {0};

	pack_u64(&out, generation);
	if (p->port)
		msg_send(p->port, type, out.text, out.len, -1);
	strbuf_free(&out);
}

/* ---- messages from the child ------------------------------------------------------------- */

static void on_prepared(struct process *p, struct msg *m)
{
	struct unpack in = unpack_start(m->body, m->len);
	uint64_t generation = unpack_u64(&in);
	bool accepted = unpack_u32(&in);
	const char *why = unpack_str(&in);

	if (in.bad)
		return;
	if (accepted)
		p->prepared = generation;
	if (accepted && generation == p->generation && !p->candidate)
		process_commit(p);
	else
		p->events->prepared(p, generation, accepted, why ? why : "");
}

static void on_committed(struct process *p, struct msg *m)
{
	struct unpack in = unpack_start(m->body, m->len);
	uint64_t generation = unpack_u64(&in);

	if (in.bad)
		return;
	if (p->state == PROCESS_STARTING)
		p->state = PROCESS_RUNNING;
	p->replacement = p->barren = false;
	p->events->committed(p, generation);
	if (p->next)
		send_prepare(p, p->next, p->next_fd);
	p->next = 0;
}

static uint32_t unpack_words(struct unpack *in, struct slice words[SCRIPT_EXTRA_MAX])
{
	uint32_t n = unpack_u32(in), i;

	if (n > SCRIPT_EXTRA_MAX)
		in->bad = true;
	for (i = 0; i < n && !in->bad; i++) {
		const char *word = unpack_str(in);

		words[i] = slice_str(word ? word : "");
	}
	return in->bad ? 0 : n;
}

static void script_ended(void *ctx, uint32_t run, const struct script_result *result)
{
	struct process *p = ctx;
	struct strbuf out = {0};

	pack_u32(&out, run);
	pack_u32(&out, result->outcome);
	pack_i64(&out, result->value);
	if (p->port)
		msg_send(p->port, MSG_RAN, out.text, out.len, -1);
	strbuf_free(&out);
}

static void on_run(struct process *p, struct msg *m)
{
	struct unpack in = unpack_start(m->body, m->len);
	struct slice words[SCRIPT_EXTRA_MAX];
	uint32_t run = unpack_u32(&in);
	uint64_t generation = unpack_u64(&in);
	uint32_t script = unpack_u32(&in);
	ktime timeout = unpack_i64(&in);
	uint32_t n = unpack_words(&in, words);

	if (!in.bad)
		broker_run(
			p->broker, p, run, generation, script, words, n, timeout, script_ended, p);
}

static void on_cancel(struct process *p, struct msg *m)
{
	struct unpack in = unpack_start(m->body, m->len);
	uint32_t run = unpack_u32(&in);

	if (!in.bad)
		broker_cancel(p->broker, p, run);
}

static void on_notify(struct process *p, struct msg *m)
{
	struct unpack in = unpack_start(m->body, m->len);
	struct slice words[SCRIPT_EXTRA_MAX];
	uint64_t generation = unpack_u64(&in);
	const char *queue = unpack_str(&in);
	uint32_t script = unpack_u32(&in);
	uint32_t n = unpack_words(&in, words);

	if (!in.bad && queue)
		broker_notify(p->broker, queue, generation, script, words, n);
}

static void on_mail(struct process *p, struct msg *m)
{
	struct unpack in = unpack_start(m->body, m->len);
	const char *subject = unpack_str(&in);
	const char *body = unpack_str(&in);

	if (!in.bad && subject && body)
		p->events->mail(p, subject, body);
}

static void on_status(struct process *p, struct msg *m)
{
	if (p->status_fd >= 0)
		close(p->status_fd);
	p->status_fd = m->fd;
	m->fd = -1;
}

static void got_message(struct msg_port *port, struct msg *m, void *ctx)
{
	static void (*const on[])(struct process *, struct msg *) = {
		[MSG_PREPARED] = on_prepared,
		[MSG_COMMITTED] = on_committed,
		[MSG_RUN] = on_run,
		[MSG_CANCEL] = on_cancel,
		[MSG_NOTIFY] = on_notify,
		[MSG_MAIL] = on_mail,
		[MSG_STATUS] = on_status,
	};

	(void)port;
	if (m->type < ARRAY_SIZE(on) && on[m->type])
		on[m->type](ctx, m);
}

static void port_closed(struct msg_port *port, void *ctx)
{
	struct process *p = ctx;

	msg_port_free(port);
	p->port = NULL;
}

/* ---- life and death ---------------------------------------------------------------------- */

static NORETURN void run_child(struct process *p, int port)
{
	p->start.ops = p->ops;
	p->start.port = port;
	p->start.parent_loop = p->loop;
	child_main(&p->start);
}

static void start_again_later(struct process *p)
{
	ktime delay = respawn_delay(p->deaths);

	if (loop_now(p->loop) - p->started >= LONG_LIFE) {
		p->deaths = 0;
		delay = 0;
	}
	p->deaths++;
	p->replacement = true;
	p->state = PROCESS_WAITING;
	log_info("Restart of %s process delayed %lld seconds to limit respawn rate", p->ops->name,
		(long long)(delay / SEC(1)));
	loop_timer_set(&p->timer, loop_now(p->loop) + delay);
}

static const char *permanent_word(int status)
{
	return status == EXIT_FATAL        ? "FATAL"
	       : status == EXIT_CONFIG     ? "CONFIG"
	       : status == EXIT_PERMISSION ? "missing permission"
					   : NULL;
}

static void log_death(struct process *p, pid_t pid, int status, bool permanent)
{
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV)
		log_msg(LOG_ALERT, "pid %d exited due to segmentation fault (SIGSEGV).", (int)pid);
	else if (WIFSIGNALED(status))
		log_info("pid %d exited due to signal %d (%s)%s", (int)pid, WTERMSIG(status),
			strsignal(WTERMSIG(status)),
			WTERMSIG(status) == SIGKILL && p->start.rt_priority
				? " - has rlimit_rttime been exceeded?"
				: "");
	else if (permanent)
		log_msg(LOG_ALERT, "pid %d exited with permanent error %s. Terminating", (int)pid,
			permanent_word(WEXITSTATUS(status)));
	else
		log_info("pid %d exited with status %d", (int)pid, WEXITSTATUS(status));
}

static void forget_child(struct process *p)
{
	loop_child_forget(&p->child);
	loop_timer_cancel(&p->timer);
	msg_port_free(p->port);
	p->port = NULL;
	p->pid = 0;
	p->next = 0;
	p->state = PROCESS_OFF;
	broker_cancel_owner(p->broker, p);
}

/* An end that nobody asked for. One that was only being tried leaves nobody behind to replace. */
static void died(struct process *p, pid_t pid, bool permanent)
{
	if (permanent || p->fresh)
		return;
	log_msg(LOG_ALERT, "%s child process(%d) died: %s", p->ops->name, (int)pid,
		p->respawn ? "Respawning" : "Exiting");
	if (p->respawn)
		start_again_later(p);
}

/* The pid file keeps the old number until there is a new one: who reads it at that moment must not
 * find it empty. */
static void child_ended(struct loop_child *child, int status)
{
	struct process *p = container_of(child, struct process, child);
	bool expected = p->state == PROCESS_STOPPING;
	bool permanent = !expected && !p->candidate && WIFEXITED(status) &&
			 permanent_word(WEXITSTATUS(status));
	pid_t pid = p->pid;

	p->pid = 0;
	if (p->port)
		msg_drain(p->port);
	p->barren = p->state == PROCESS_STARTING;
	forget_child(p);
	if (!expected) {
		log_death(p, pid, status, permanent);
		died(p, pid, permanent);
	}
	p->candidate = p->fresh = false;
	if (p->state == PROCESS_OFF)
		pidfile_write(&p->pidfile, 0);
	p->events->ended(p, expected, permanent, WIFEXITED(status) ? WEXITSTATUS(status) : 0);
}

/* The pid, or -errno. */
static pid_t fork_child(struct process *p, int port[2])
{
	int err = msg_pair(port);
	pid_t pid;

	if (err)
		return err;
	pid = fork();
	if (pid == 0)
		run_child(p, port[1]);
	err = -errno;
	close(port[1]);
	if (pid < 0)
		close(port[0]);
	return pid < 0 ? err : pid;
}

static void give_up(pid_t pid, int port)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(port);
}

/* 0, or -errno after a log line. */
static int start(struct process *p, uint64_t generation, int text_fd)
{
	static const struct msg_port_ops port_ops = {got_message, port_closed};
	int port[2], err;
	pid_t pid;

	p->started = loop_now(p->loop);
	p->prepared = 0;
	pid = fork_child(p, port);
	err = pid < 0 ? pid : loop_child_watch(p->loop, &p->child, pid, child_ended);
	if (err) {
		log_error("Cannot start the %s child process: %s", p->ops->name, strerror(-err));
		if (pid > 0)
			give_up(pid, port[0]);
		return err;
	}
	p->pid = pid;
	p->port = msg_port_new(p->loop, port[0], &port_ops, p);
	p->state = PROCESS_STARTING;
	pidfile_write(&p->pidfile, pid);
	log_info("Starting %s child process, pid=%d", p->ops->name, (int)pid);
	if (!p->port)
		kill(pid, SIGKILL);
	send_prepare(p, generation, text_fd);
	return 0;
}

static void start_current(struct process *p)
{
	p->candidate = false;
	if (start(p, p->generation, p->text_fd))
		start_again_later(p);
}

static void timer_fired(struct loop_timer *t)
{
	struct process *p = container_of(t, struct process, timer);

	if (p->state == PROCESS_WAITING) {
		start_current(p);
	} else if (p->state == PROCESS_STOPPING && p->pid) {
		log_error("%s process failed to die - forcing termination", p->ops->name);
		kill(p->pid, SIGKILL);
	}
}

/* ---- what the owner calls ---------------------------------------------------------------- */

void process_init(struct process *p, struct loop *loop, struct broker *broker)
{
	p->loop = loop;
	p->broker = broker;
	p->state = PROCESS_OFF;
	p->status_fd = -1;
	loop_timer_init(loop, &p->timer, timer_fired);
}

void process_set_config(struct process *p, uint64_t generation, int text_fd)
{
	p->generation = generation;
	p->text_fd = text_fd;
}

void process_start(struct process *p)
{
	p->deaths = 0;
	p->replacement = false;
	start_current(p);
}

/* A candidate: the first that it is told is what it is to be tried with. */
static int try_first(struct process *p, uint64_t generation, int text_fd)
{
	int err;

	loop_timer_cancel(&p->timer);
	p->candidate = true;
	err = start(p, generation, text_fd);
	if (err)
		p->candidate = p->fresh = false;
	return err;
}

static int try_fresh(struct process *p, uint64_t generation, int text_fd)
{
	p->deaths = 0;
	p->replacement = false;
	p->fresh = true;
	return try_first(p, generation, text_fd);
}

/*
 * A successor first takes what its predecessor had, because that tells it what in the kernel is its
 * own; what it is to be tried with comes after. Unless it was of that that the predecessor died.
 */
static int try_successor(struct process *p, uint64_t generation, int text_fd)
{
	int err;

	if (p->barren) {
		err = try_first(p, generation, text_fd);
		if (err)
			start_again_later(p);
		return err;
	}
	loop_timer_cancel(&p->timer);
	start_current(p);
	p->next = generation;
	p->next_fd = text_fd;
	return 0;
}

int process_try(struct process *p, uint64_t generation, int text_fd)
{
	switch (p->state) {
	case PROCESS_STOPPING:
		return -EBUSY;
	case PROCESS_OFF:
		return try_fresh(p, generation, text_fd);
	case PROCESS_WAITING:
		return try_successor(p, generation, text_fd);
	case PROCESS_STARTING:
		p->next = generation;
		p->next_fd = text_fd;
		return 0;
	case PROCESS_RUNNING:
		send_prepare(p, generation, text_fd);
		return 0;
	}
	return -EINVAL;
}

/* It has done nothing yet that would need an orderly end. */
static void discard(struct process *p)
{
	pid_t pid = p->pid;

	forget_child(p);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	pidfile_write(&p->pidfile, 0);
}

void process_abort(struct process *p, uint64_t generation)
{
	if (p->fresh && process_alive(p))
		discard(p);
	else if (p->candidate)
		send_prepare(p, p->generation, p->text_fd);
	else if (!p->next)
		send_generation(p, MSG_ABORT, generation);
	p->candidate = p->fresh = false;
	p->next = 0;
}

void process_commit(struct process *p)
{
	p->candidate = p->fresh = false;
	if (p->prepared == p->generation)
		send_generation(p, MSG_COMMIT, p->generation);
	else
		send_prepare(p, p->generation, p->text_fd);
}

void process_kill(struct process *p)
{
	if (p->pid)
		kill(p->pid, SIGKILL);
}

void process_stop(struct process *p, ktime patience)
{
	if (p->state == PROCESS_WAITING) {
		loop_timer_cancel(&p->timer);
		p->state = PROCESS_OFF;
		pidfile_write(&p->pidfile, 0);
	}
	if (!process_alive(p))
		return;
	p->state = PROCESS_STOPPING;
	if (p->port)
		msg_send(p->port, MSG_STOP, NULL, 0, -1);
	loop_timer_set(&p->timer, loop_now(p->loop) + patience);
}

bool process_alive(const struct process *p)
{
	return p->pid != 0;
}

void process_close(struct process *p)
{
	loop_timer_cancel(&p->timer);
	loop_child_forget(&p->child);
	msg_port_free(p->port);
	p->port = NULL;
	if (p->status_fd >= 0)
		close(p->status_fd);
	p->status_fd = -1;
	pidfile_remove(&p->pidfile);
}
