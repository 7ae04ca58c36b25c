/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A run is a forked process with a pidfd and at most one timer. Notifications are runs that wait in
 * a queue per name until the one before them has ended.
 *
 * A run that is being killed outlives its first process while others of its group are left, so that
 * SIGKILL reaches those that do not heed SIGTERM.
 */
#include "keepalived/core/script.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keepalived/core/msgs.h"
#include "lib/fds.h"
#include "lib/log.h"

#define KILL_AFTER   SEC(1)
#define SLOW_AFTER   SEC(60) /* when a notification that holds up others is worth a line */
#define CANNOT_START 127     /* exit status of a process that could not become the script */

struct known { /* commands of one generation */
	struct list link;
	uint64_t generation;
	struct load_result *table;
	bool forgotten; /* goes when nothing waits for it any more */
};

struct run {
	struct list link;
	struct broker *broker;
	const void *owner;
	uint32_t id;
	struct loop_child child;
	pid_t group;
	struct loop_timer timer;
	bool timed_out, cancelled;
	broker_done done;
	void *ctx;
};

struct waiting { /* a notification that has not started */
	struct list link;
	const struct load_script *script;
	uint64_t generation;
	char *extra[SCRIPT_EXTRA_MAX + 1];
};

struct queue {
	struct list link;
	struct broker *broker;
	char *name;
	struct list waiting;
	bool running;
	char *command; /* the one that runs */
	struct loop_timer slow;
};

struct broker {
	struct loop *loop;
	struct list known;
	struct list runs;
	struct list queues;
};

struct broker *broker_new(struct loop *loop)
{
	struct broker *b = xcalloc(1, sizeof(*b));

	b->loop = loop;
	list_init(&b->known);
	list_init(&b->runs);
	list_init(&b->queues);
	return b;
}

static void run_free(struct run *r)
{
	loop_child_forget(&r->child);
	loop_timer_cancel(&r->timer);
	list_del(&r->link);
	free(r);
}

static void waiting_free(struct waiting *w)
{
	int i;

	for (i = 0; i < SCRIPT_EXTRA_MAX; i++)
		free(w->extra[i]);
	list_del(&w->link);
	free(w);
}

static void queue_free(struct queue *q)
{
	struct waiting *w, *tmp;

	list_for_each_safe(w, tmp, &q->waiting, link)
		waiting_free(w);
	loop_timer_cancel(&q->slow);
	list_del(&q->link);
	free(q->command);
	free(q->name);
	free(q);
}

static void known_free(struct known *k)
{
	list_del(&k->link);
	load_free(k->table);
	free(k);
}

void broker_free(struct broker *b)
{
	struct known *k, *ktmp;
	struct queue *q, *qtmp;
	struct run *r, *rtmp;

	list_for_each_safe(r, rtmp, &b->runs, link) {
		if (r->timed_out)
			kill(-r->group, SIGKILL);
		run_free(r);
	}
	list_for_each_safe(q, qtmp, &b->queues, link)
		queue_free(q);
	list_for_each_safe(k, ktmp, &b->known, link)
		known_free(k);
	free(b);
}

/* ---- tables ------------------------------------------------------------------------------ */

void broker_learn(struct broker *b, uint64_t generation, struct load_result *table)
{
	struct known *k = xcalloc(1, sizeof(*k));

	k->generation = generation;
	k->table = table;
	list_add_tail(&b->known, &k->link);
}

static bool still_needed(struct broker *b, const struct known *k)
{
	struct waiting *w;
	struct queue *q;

	list_for_each(q, &b->queues, link)
		list_for_each(w, &q->waiting, link)
			if (w->generation == k->generation)
				return true;
	return false;
}

/* A notification of the old generation may still wait for its turn: its table stays until then. */
static void sweep_tables(struct broker *b)
{
	struct known *k, *tmp;

	list_for_each_safe(k, tmp, &b->known, link)
		if (k->forgotten && !still_needed(b, k))
			known_free(k);
}

void broker_forget(struct broker *b, uint64_t generation)
{
	struct known *k;

	list_for_each(k, &b->known, link)
		if (k->generation == generation)
			k->forgotten = true;
	sweep_tables(b);
}

static const struct load_script *find_script(struct broker *b, uint64_t generation, uint32_t id)
{
	struct known *k;

	list_for_each(k, &b->known, link)
		if (k->generation == generation && id < k->table->n_scripts)
			return &k->table->scripts[id];
	return NULL;
}

/* ---- starting a process ------------------------------------------------------------------ */

static void plain_process(void)
{
	struct sched_param ordinary = {0};
	sigset_t none;
	int sig;

	for (sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	sched_setscheduler(0, SCHED_OTHER, &ordinary);
	setpriority(PRIO_PROCESS, 0, 0);
	setpgid(0, 0);
	unsetenv("IFS");
	unsetenv("LD_PRELOAD");
	unsetenv("LD_LIBRARY_PATH");
}

static int become_user(const struct load_script *s)
{
	if (geteuid() != 0)
		return 0; /* an unprivileged daemon runs everything as itself */
	if (s->groups && s->user ? initgroups(s->user, s->gid) : setgroups(s->gid ? 1 : 0, &s->gid))
		/* Root of a user namespace that has no groups to choose from. */
		return errno == EPERM && s->uid == geteuid() && s->gid == getegid() ? 0 : -1;
	return setgid(s->gid) || setuid(s->uid) ? -1 : 0;
}

static NORETURN void become_script(const struct load_script *s, char *const *extra)
{
	int null = open("/dev/null", O_RDWR);
	int argc = 0, n = 0;
	char **argv;

	plain_process();
	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(null, 2) < 0)
		_exit(CANNOT_START);
	fds_close(3, ~0U);
	if (chdir("/") || become_user(s))
		_exit(CANNOT_START);
	if (s->test_open)
		_exit(open(s->argv[0] + strspn(s->argv[0], "<"), O_RDONLY) < 0 ? 1 : 0);
	while (s->argv[argc])
		argc++;
	while (extra && extra[n])
		n++;
	argv = xcalloc((size_t)(argc + n + 1), sizeof(*argv));
	memcpy(argv, s->argv, (size_t)argc * sizeof(*argv));
	if (n)
		memcpy(argv + argc, extra, (size_t)n * sizeof(*argv));
	execv(argv[0], argv);
	free(argv);
	_exit(CANNOT_START);
}

/* The group exists as soon as either side has made it, so a time-out never misses. */
static pid_t start_process(const struct load_script *s, char *const *extra)
{
	pid_t pid = fork();

	if (pid == 0)
		become_script(s, extra);
	if (pid > 0)
		setpgid(pid, pid);
	return pid;
}

/* ---- runs -------------------------------------------------------------------------------- */

static void run_ended(struct loop_child *child, int status)
{
	struct run *r = container_of(child, struct run, child);
	struct script_result result = {SCRIPT_EXITED, WEXITSTATUS(status)};

	if (WIFSIGNALED(status)) {
		result.outcome = SCRIPT_SIGNALED;
		result.value = WTERMSIG(status);
	}
	if (r->timed_out)
		result.outcome = SCRIPT_TIMEOUT;
	if (!r->timed_out || kill(-r->group, 0)) {
		list_del(&r->link);
		loop_timer_cancel(&r->timer);
	}
	if (!r->cancelled)
		r->done(r->ctx, r->id, &result);
	if (list_empty(&r->link))
		run_free(r);
	else
		r->cancelled = true; /* what is left of the group waits for SIGKILL */
}

static void run_too_long(struct loop_timer *t)
{
	struct run *r = container_of(t, struct run, timer);

	kill(-r->group, r->timed_out ? SIGKILL : SIGTERM);
	if (!r->child.pid) {
		run_free(r);
		return;
	}
	r->timed_out = true;
	loop_timer_set(t, loop_now(r->broker->loop) + KILL_AFTER);
}

static void start_run(struct broker *b, const void *owner, uint32_t id, const struct load_script *s,
	char *const *extra, ktime timeout, broker_done done, void *ctx)
{
	struct script_result failed = {SCRIPT_FAILED, ENOENT};
	struct run *r;
	pid_t pid;

	if (!s || !s->usable) {
		failed.outcome = SCRIPT_DISABLED;
		done(ctx, id, &failed);
		return;
	}
	pid = start_process(s, extra);
	if (pid < 0) {
		failed.value = errno;
		log_error("Cannot start script %s: %s", s->argv[0], strerror(errno));
		done(ctx, id, &failed);
		return;
	}
	r = xcalloc(1, sizeof(*r));
	r->broker = b;
	r->owner = owner;
	r->id = id;
	r->group = pid;
	r->done = done;
	r->ctx = ctx;
	list_add_tail(&b->runs, &r->link);
	loop_timer_init(b->loop, &r->timer, run_too_long);
	if (timeout > 0)
		loop_timer_set(&r->timer, loop_now(b->loop) + timeout);
	if (loop_child_watch(b->loop, &r->child, pid, run_ended)) {
		kill(-pid, SIGKILL);
		failed.value = EMFILE;
		done(ctx, id, &failed);
		run_free(r);
	}
}

void broker_run(struct broker *b, const void *owner, uint32_t run, uint64_t generation, uint32_t id,
	const struct slice *extra, uint32_t n_extra, ktime timeout, broker_done done, void *ctx)
{
	char *words[SCRIPT_EXTRA_MAX + 1] = {0};
	uint32_t i;

	for (i = 0; i < n_extra && i < SCRIPT_EXTRA_MAX; i++)
		words[i] = xstrndup(extra[i].p, extra[i].n);
	start_run(b, owner, run, find_script(b, generation, id), words, timeout, done, ctx);
	for (i = 0; i < SCRIPT_EXTRA_MAX; i++)
		free(words[i]);
}

void broker_run_command(
	struct broker *b, const struct load_script *s, ktime timeout, broker_done done, void *ctx)
{
	start_run(b, b, 0, s, NULL, timeout, done, ctx);
}

static void cancel(struct run *r)
{
	r->cancelled = r->timed_out = true;
	kill(-r->group, SIGTERM);
	loop_timer_set(&r->timer, loop_now(r->broker->loop) + KILL_AFTER);
}

void broker_cancel(struct broker *b, const void *owner, uint32_t run)
{
	struct run *r;

	list_for_each(r, &b->runs, link)
		if (r->owner == owner && r->id == run && !r->cancelled)
			cancel(r);
}

void broker_cancel_owner(struct broker *b, const void *owner)
{
	struct run *r;

	list_for_each(r, &b->runs, link)
		if (r->owner == owner && !r->cancelled)
			cancel(r);
}

/* ---- notifications ----------------------------------------------------------------------- */

static void queue_next(struct queue *q);

static void notification_ended(void *ctx, uint32_t run, const struct script_result *result)
{
	struct queue *q = ctx;
	struct broker *b = q->broker;

	(void)run;
	q->running = false;
	loop_timer_cancel(&q->slow);
	if (result->outcome == SCRIPT_EXITED && result->value == CANNOT_START)
		log_warning("%s: notification script could not be executed", q->name);
	else if (result->outcome != SCRIPT_EXITED && result->outcome < SCRIPT_FAILED)
		log_warning("%s: notification script ended by signal %d", q->name, result->value);
	queue_next(q);
	sweep_tables(b);
}

static void notification_slow(struct loop_timer *t)
{
	struct queue *q = container_of(t, struct queue, slow);

	log_warning(
		"%s: notification script %s has not ended after %d seconds: those that follow wait",
		q->name, q->command, (int)(SLOW_AFTER / SEC(1)));
}

/* May end at once, and then goes on with the next one from inside: q may be gone afterwards. */
static void start_notification(struct queue *q, struct waiting *w)
{
	list_del(&w->link);
	q->running = true;
	free(q->command);
	q->command = xstrdup(w->script->argv[0]);
	loop_timer_set(&q->slow, loop_now(q->broker->loop) + SLOW_AFTER);
	start_run(q->broker, q, 0, w->script, w->extra, 0, notification_ended, q);
	waiting_free(w);
}

static void queue_next(struct queue *q)
{
	if (q->running)
		return;
	if (list_empty(&q->waiting))
		queue_free(q);
	else
		start_notification(q, list_first(&q->waiting, struct waiting, link));
}

static struct queue *queue_named(struct broker *b, const char *name)
{
	struct queue *q;

	list_for_each(q, &b->queues, link)
		if (!strcmp(q->name, name))
			return q;
	q = xcalloc(1, sizeof(*q));
	q->broker = b;
	q->name = xstrdup(name);
	list_init(&q->waiting);
	loop_timer_init(b->loop, &q->slow, notification_slow);
	list_add_tail(&b->queues, &q->link);
	return q;
}

static bool same_command(const struct load_script *a, const struct load_script *b)
{
	int i;

	for (i = 0; a->argv[i] && b->argv[i]; i++)
		if (strcmp(a->argv[i], b->argv[i]))
			return false;
	return a->argv[i] == b->argv[i];
}

void broker_notify(struct broker *b, const char *name, uint64_t generation, uint32_t id,
	const struct slice *extra, uint32_t n_extra)
{
	const struct load_script *s = find_script(b, generation, id);
	struct waiting *w, *tmp;
	struct queue *q;
	uint32_t i;

	if (!s || !s->usable)
		return;
	q = queue_named(b, name);
	list_for_each_safe(w, tmp, &q->waiting, link)
		if (same_command(w->script, s))
			waiting_free(w);
	w = xcalloc(1, sizeof(*w));
	w->script = s;
	w->generation = generation;
	for (i = 0; i < n_extra && i < SCRIPT_EXTRA_MAX; i++)
		w->extra[i] = xstrndup(extra[i].p, extra[i].n);
	list_add_tail(&q->waiting, &w->link);
	queue_next(q);
}

static void unattended(void *ctx UNUSED, uint32_t run UNUSED, const struct script_result *r UNUSED)
{
}

void broker_start_waiting(struct broker *b)
{
	struct waiting *w, *tmp;
	struct queue *q;

	list_for_each(q, &b->queues, link) {
		list_for_each_safe(w, tmp, &q->waiting, link) {
			log_warning(
				"%s: notification script %s has not ended; %s does not wait for it",
				q->name, q->command, w->script->argv[0]);
			start_run(b, b, 0, w->script, w->extra, 0, unattended, NULL);
			waiting_free(w);
		}
	}
}

bool broker_idle(const struct broker *b)
{
	const struct run *r;

	list_for_each(r, &b->runs, link)
		if (r->owner == b)
			return false;
	return list_empty(&b->queues);
}
