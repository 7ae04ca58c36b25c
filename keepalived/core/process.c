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

/* ---- messages from the child ------------------------------------------------------------- */

static void on_prepared(struct process *p, struct msg *m)
{
	struct unpack in = unpack_start(m->body, m->len);
	uint64_t generation = unpack_u64(&in);
	bool accepted = unpack_u32(&in);
	const char *why = unpack_str(&in);

	if (in.bad)
		return;
	if (p->state == PROCESS_STARTING && accepted)
		process_commit(p, generation);
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
	p->events->committed(p, generation);
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

static void send_prepare(struct process *p, uint64_t generation, int text_fd, bool replacement)
{
	struct strbuf out = {0};

	pack_u64(&out, generation);
	pack_u32(&out, replacement);
	msg_send(p->port, MSG_PREPARE, out.text, out.len, text_fd);
	strbuf_free(&out);
}

static void start_again_later(struct process *p)
{
	ktime delay = respawn_delay(p->deaths);

	if (loop_now(p->loop) - p->started >= LONG_LIFE) {
		p->deaths = 0;
		delay = 0;
	}
	p->deaths++;
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

static void log_death(struct process *p, pid_t pid, int status)
{
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV)
		log_msg(LOG_ALERT, "pid %d exited due to segmentation fault (SIGSEGV).", (int)pid);
	else if (WIFSIGNALED(status))
		log_info("pid %d exited due to signal %d (%s)%s", (int)pid, WTERMSIG(status),
			strsignal(WTERMSIG(status)),
			WTERMSIG(status) == SIGKILL && p->start.rt_priority
				? " - has rlimit_rttime been exceeded?"
				: "");
	else if (permanent_word(WEXITSTATUS(status)))
		log_msg(LOG_ALERT, "pid %d exited with permanent error %s. Terminating", (int)pid,
			permanent_word(WEXITSTATUS(status)));
	else
		log_info("pid %d exited with status %d", (int)pid, WEXITSTATUS(status));
}

static void child_ended(struct loop_child *child, int status)
{
	struct process *p = container_of(child, struct process, child);
	bool expected = p->state == PROCESS_STOPPING;
	bool permanent = !expected && WIFEXITED(status) && permanent_word(WEXITSTATUS(status));
	pid_t pid = p->pid;

	p->pid = 0;
	loop_timer_cancel(&p->timer);
	msg_port_free(p->port);
	p->port = NULL;
	pidfile_write(&p->pidfile, 0);
	p->state = PROCESS_OFF;
	if (!expected) {
		broker_cancel_owner(p->broker, p);
		log_death(p, pid, status);
		if (!permanent) {
			log_msg(LOG_ALERT, "%s child process(%d) died: %s", p->ops->name, (int)pid,
				p->respawn ? "Respawning" : "Exiting");
			if (p->respawn)
				start_again_later(p);
		}
	}
	p->events->ended(p, expected, permanent, WIFEXITED(status) ? WEXITSTATUS(status) : 0);
}

static void start(struct process *p, bool replacement)
{
	static const struct msg_port_ops port_ops = {got_message, port_closed};
	int pair[2] = {-1, -1};
	int err = msg_pair(pair);
	pid_t pid;

	p->started = loop_now(p->loop);
	pid = err ? -1 : fork();
	if (pid == 0) {
		close(pair[0]);
		run_child(p, pair[1]);
	}
	if (!err)
		close(pair[1]);
	if (pid < 0 || loop_child_watch(p->loop, &p->child, pid, child_ended)) {
		log_error("Cannot start the %s child process: %s", p->ops->name, strerror(errno));
		if (pid > 0)
			kill(pid, SIGKILL);
		if (!err)
			close(pair[0]);
		start_again_later(p);
		return;
	}
	p->pid = pid;
	p->port = msg_port_new(p->loop, pair[0], &port_ops, p);
	p->state = PROCESS_STARTING;
	pidfile_write(&p->pidfile, pid);
	log_info("Starting %s child process, pid=%d", p->ops->name, (int)pid);
	send_prepare(p, p->generation, p->text_fd, replacement);
}

static void timer_fired(struct loop_timer *t)
{
	struct process *p = container_of(t, struct process, timer);

	if (p->state == PROCESS_WAITING) {
		start(p, true);
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
	p->child.pidfd.fd = -1;
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
	start(p, false);
}

bool process_prepare(struct process *p, uint64_t generation, int text_fd)
{
	if (!p->port)
		return false;
	send_prepare(p, generation, text_fd, false);
	return true;
}

static void send_generation(struct process *p, uint32_t type, uint64_t generation)
{
	struct strbuf out = {0};

	pack_u64(&out, generation);
	if (p->port)
		msg_send(p->port, type, out.text, out.len, -1);
	strbuf_free(&out);
}

void process_commit(struct process *p, uint64_t generation)
{
	send_generation(p, MSG_COMMIT, generation);
}

void process_abort(struct process *p, uint64_t generation)
{
	send_generation(p, MSG_ABORT, generation);
}

void process_stop(struct process *p, ktime patience)
{
	if (p->state == PROCESS_WAITING) {
		loop_timer_cancel(&p->timer);
		p->state = PROCESS_OFF;
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
