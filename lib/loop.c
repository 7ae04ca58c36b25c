/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An event of epoll carries no pointer but the descriptor's number and the epoch of its
 * registration. It is delivered only when the table of registrations still has that epoch at that
 * number, so an object that was removed, freed, or whose number was reused by a descriptor opened
 * in the same turn, is never called for an event of the past.
 *
 * A timer that is set to a moment gone by during a turn waits in a second heap for the end of the
 * turn. So no turn can go on forever, and a timer that rearms itself without delay cannot keep
 * the others that are due from being called.
 */
#include "lib/loop_child.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define BATCH       256 /* events per system call */
#define BATCHES     4   /* per turn, before timers get their chance */
#define WORK_PASSES 16  /* work that queues work, per turn */
#define LONG_SLEEP  MSEC(20)

struct loop {
	const struct clock *clock;
	struct clock_fake *fake; /* NULL: time passes by itself */
	ktime now;
	ktime lag;      /* since loop_take_lag */
	ktime turn_lag; /* in this turn */
	ktime lag_limit;
	void (*late)(ktime lag); /* NULL: nobody asks */
	int epoll_fd;
	bool coarse; /* the kernel has no epoll_pwait2 */
	bool in_turn;
	bool stopped;
	int status;
	struct loop_fd **fds; /* by descriptor number */
	size_t n_fds;
	uint32_t epoch;
	struct heap timers;
	struct heap next; /* timers for the next turn, set during this one */
	struct list work;
	struct list signals;
	struct list *signal_cursor; /* the one to be called next, while signals are delivered */
	struct loop_fd signal_fd;
	sigset_t signal_set;
	struct loop_children children;
	struct epoll_event events[BATCH];
};

struct loop *loop_new(const struct clock *clock)
{
	struct loop *l = xcalloc(1, sizeof(*l));

	l->clock = clock ? clock : &clock_monotonic;
	l->now = clock_now(l->clock);
	l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	l->signal_fd = (struct loop_fd)LOOP_FD_NONE;
	sigemptyset(&l->signal_set);
	list_init(&l->work);
	list_init(&l->signals);
	loop_children_init(&l->children, l);
	return l;
}

struct loop *loop_new_fake(struct clock_fake *fake)
{
	struct loop *l = loop_new(&fake->clock);

	l->fake = fake;
	return l;
}

void loop_pretend_old_kernel(struct loop *l)
{
	l->coarse = true;
	l->children.no_pidfd = true;
}

struct loop_children *loop_children(struct loop *l)
{
	return &l->children;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void loop_free(struct loop *l)
{
	if (!l)
		return;
	close_fd(&l->signal_fd.fd);
	close_fd(&l->epoll_fd);
	heap_free(&l->timers);
	heap_free(&l->next);
	free(l->fds);
	free(l);
}

ktime loop_now(const struct loop *l)
{
	return l->now;
}

void loop_stop(struct loop *l, int status)
{
	l->stopped = true;
	l->status = status;
}

ktime loop_take_lag(struct loop *l)
{
	ktime lag = l->lag;

	l->lag = 0;
	return lag;
}

void loop_on_lag(struct loop *l, ktime than, void (*late)(ktime lag))
{
	l->lag_limit = than;
	l->late = late;
}

static void note_lag(struct loop *l)
{
	l->lag = MAX(l->lag, l->turn_lag);
	if (l->late && l->turn_lag > l->lag_limit)
		l->late(l->turn_lag);
	l->turn_lag = 0;
}

/* Descriptors */

static int control(struct loop_fd *f, int op)
{
	struct epoll_event ev = {
		.events = f->events,
		.data.u64 = (uint64_t)f->epoch << 32 | (uint32_t)f->fd,
	};

	return epoll_ctl(f->loop->epoll_fd, op, f->fd, &ev) ? -errno : 0;
}

static bool registered(const struct loop_fd *f)
{
	return f->loop && f->fd >= 0;
}

static void grow_table(struct loop *l, size_t need)
{
	size_t n = MAX(need, l->n_fds * 2);

	if (need <= l->n_fds)
		return;
	l->fds = xrealloc(l->fds, n * sizeof(struct loop_fd *));
	memset(l->fds + l->n_fds, 0, (n - l->n_fds) * sizeof(struct loop_fd *));
	l->n_fds = n;
}

int loop_fd_add(struct loop *l, struct loop_fd *f, int fd, uint32_t events,
	void (*ready)(struct loop_fd *, uint32_t))
{
	int err;

	if (fd < 0)
		return -EBADF;
	f->fd = fd;
	f->events = events;
	f->ready = ready;
	f->loop = l;
	f->epoch = ++l->epoch;
	err = control(f, EPOLL_CTL_ADD);
	if (err) {
		f->fd = -1;
		return err;
	}
	grow_table(l, (size_t)fd + 1);
	l->fds[fd] = f;
	return 0;
}

int loop_fd_events(struct loop_fd *f, uint32_t events)
{
	if (!registered(f))
		return -ENOENT;
	if (f->events == events)
		return 0;
	f->events = events;
	return control(f, EPOLL_CTL_MOD);
}

void loop_fd_del(struct loop_fd *f)
{
	if (!registered(f))
		return;
	/* Whoever closed first may find the number in use by somebody else. */
	if (f->loop->fds[f->fd] == f) {
		f->loop->fds[f->fd] = NULL;
		control(f, EPOLL_CTL_DEL);
	}
	f->fd = -1;
}

static void deliver(struct loop *l, const struct epoll_event *ev)
{
	uint32_t fd = (uint32_t)ev->data.u64, epoch = (uint32_t)(ev->data.u64 >> 32);
	struct loop_fd *f = fd < l->n_fds ? l->fds[fd] : NULL;

	if (f && f->epoch == epoch)
		f->ready(f, ev->events);
}

static int sleep_coarsely(struct loop *l, ktime wait)
{
	ktime ms = wait / MSEC(1) + (wait % MSEC(1) ? 1 : 0);

	return epoll_wait(l->epoll_fd, l->events, BATCH,
		wait == KTIME_FOREVER ? -1 : (int)MIN(ms, (ktime)INT32_MAX));
}

static int sleep_finely(struct loop *l, ktime wait)
{
	struct timespec ts = {.tv_sec = wait / SEC(1), .tv_nsec = wait % SEC(1)};
	int n = epoll_pwait2(
		l->epoll_fd, l->events, BATCH, wait == KTIME_FOREVER ? NULL : &ts, NULL);

	if (n < 0 && (errno == ENOSYS || errno == EPERM)) {
		l->coarse = true; /* an old kernel, or a filter that does not know the call */
		return sleep_coarsely(l, wait);
	}
	return n;
}

/*
 * The kernel may let epoll oversleep by a thousandth of the time asked for, and by five in a nice
 * process (select_estimate_accuracy in fs/select.c): milliseconds, when a takeover is awaited. So a
 * long sleep ends early on purpose, and the short one that follows is exact enough.
 */
static ktime without_oversleeping(ktime wait)
{
	return wait == KTIME_FOREVER || wait < LONG_SLEEP ? wait : wait - wait / 128;
}

static int fetch(struct loop *l, ktime wait)
{
	wait = without_oversleeping(wait);
	return wait == 0 || l->coarse ? sleep_coarsely(l, wait) : sleep_finely(l, wait);
}

/* n events have been fetched already. */
static unsigned run_descriptors(struct loop *l, int n)
{
	unsigned done = 0;
	int batch, i;

	for (batch = 1; n > 0; batch++) {
		for (i = 0; i < n; i++)
			deliver(l, &l->events[i]);
		done += (unsigned)n;
		if (n < BATCH || batch == BATCHES)
			break;
		n = fetch(l, 0);
	}
	return done;
}

/* Timers */

static bool in_heap(const struct heap *h, const struct heap_item *item)
{
	return item->slot && item->slot <= h->n && h->items[item->slot - 1] == item;
}

void loop_timer_init(struct loop *l, struct loop_timer *t, void (*fire)(struct loop_timer *))
{
	*t = (struct loop_timer){.fire = fire, .loop = l};
}

/*
 * What is due already waits for the next turn, so that nothing runs for ever in this one. It does
 * not wait once more when it is set again meanwhile: a descriptor that is ready in every turn would
 * put it off for good.
 */
void loop_timer_set(struct loop_timer *t, ktime at)
{
	struct loop *l = t->loop;
	struct heap *h = l->in_turn && at <= l->now ? &l->next : &l->timers;

	if (at <= l->now && loop_timer_at(t) <= l->now)
		return;
	if (!in_heap(h, &t->heap))
		loop_timer_cancel(t);
	heap_set(h, &t->heap, MAX(at, l->now)); /* what was late when set is no lag of ours */
}

void loop_timer_cancel(struct loop_timer *t)
{
	if (loop_timer_pending(t))
		heap_del(in_heap(&t->loop->next, &t->heap) ? &t->loop->next : &t->loop->timers,
			&t->heap);
}

bool loop_timer_pending(const struct loop_timer *t)
{
	return t->heap.slot != 0;
}

ktime loop_timer_at(const struct loop_timer *t)
{
	return loop_timer_pending(t) ? t->heap.key : KTIME_FOREVER;
}

static ktime next_timer(const struct loop *l)
{
	const struct heap_item *first = heap_min(&l->timers);

	return first ? first->key : KTIME_FOREVER;
}

bool loop_pressed(const struct loop *l)
{
	return next_timer(l) <= clock_now(l->clock);
}

static unsigned run_timers(struct loop *l)
{
	struct loop_timer *t;
	unsigned done = 0;

	while (next_timer(l) <= l->now) {
		t = container_of(heap_min(&l->timers), struct loop_timer, heap);
		l->turn_lag = MAX(l->turn_lag, l->now - t->heap.key);
		heap_del(&l->timers, &t->heap);
		t->fire(t);
		done++;
	}
	return done;
}

static void release_next(struct loop *l)
{
	struct heap_item *item;

	while ((item = heap_min(&l->next))) {
		heap_del(&l->next, item);
		heap_set(&l->timers, item, item->key);
	}
}

/* Work */

void loop_work_init(struct loop_work *w, void (*run)(struct loop_work *))
{
	list_init(&w->link);
	w->run = run;
	w->queued = false;
}

void loop_work_queue(struct loop *l, struct loop_work *w)
{
	if (w->queued)
		return;
	w->queued = true;
	list_add_tail(&l->work, &w->link);
}

void loop_work_cancel(struct loop_work *w)
{
	if (!w->queued)
		return;
	w->queued = false;
	list_del(&w->link);
}

/* A pass ends with what was queued when it began, which the mark in the list tells. */
static unsigned run_work(struct loop *l)
{
	struct list mark;
	struct loop_work *w;
	unsigned done = 0;
	int pass;

	for (pass = 0; pass < WORK_PASSES && !list_empty(&l->work); pass++) {
		list_add_tail(&l->work, &mark);
		while (l->work.next != &mark) {
			w = list_first(&l->work, struct loop_work, link);
			loop_work_cancel(w);
			w->run(w);
			done++;
		}
		list_del(&mark);
	}
	return done;
}

/* Turns */

/* How long to sleep; a fake clock is moved instead, once it is known that nothing is ready. */
static ktime time_to_sleep(const struct loop *l, ktime max_wait)
{
	ktime next = next_timer(l);

	if (!list_empty(&l->work) || next <= l->now || max_wait <= 0)
		return 0;
	return next == KTIME_FOREVER ? max_wait : MIN(max_wait, next - l->now);
}

bool loop_turn(struct loop *l, ktime max_wait)
{
	unsigned done;
	ktime wait;
	int n;

	l->now = clock_now(l->clock);
	wait = time_to_sleep(l, max_wait);
	n = fetch(l, l->fake ? 0 : wait);
	if (l->fake && n <= 0 && wait != KTIME_FOREVER)
		l->fake->at += wait;
	l->now = clock_now(l->clock);
	l->in_turn = true;
	done = run_descriptors(l, n);
	done += run_timers(l);
	note_lag(l);
	done += run_work(l);
	l->in_turn = false;
	release_next(l);
	return done > 0;
}

int loop_run(struct loop *l)
{
	bool busy;

	while (!l->stopped) {
		busy = loop_turn(l, KTIME_FOREVER);
		if (!busy && l->fake && next_timer(l) == KTIME_FOREVER)
			return -EDEADLK;
	}
	l->stopped = false;
	return l->status;
}

/* Signals */

static void signals_ready(struct loop_fd *f, uint32_t events)
{
	struct loop *l = f->loop;
	struct signalfd_siginfo si;
	struct loop_signal *s;

	(void)events;
	while (registered(f) && read(f->fd, &si, sizeof(si)) == sizeof(si)) {
		for (l->signal_cursor = l->signals.next; l->signal_cursor != &l->signals;) {
			s = list_entry(l->signal_cursor, struct loop_signal, link);
			l->signal_cursor = s->link.next;
			if ((uint32_t)s->signo == si.ssi_signo)
				s->caught(s);
		}
	}
}

int loop_signal_add(
	struct loop *l, struct loop_signal *s, int signo, void (*caught)(struct loop_signal *))
{
	int fd, err;

	sigaddset(&l->signal_set, signo);
	err = pthread_sigmask(SIG_BLOCK, &l->signal_set, NULL);
	if (err)
		return -err;
	fd = signalfd(l->signal_fd.fd, &l->signal_set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (l->signal_fd.fd < 0) {
		err = loop_fd_add(l, &l->signal_fd, fd, EPOLLIN, signals_ready);
		if (err) {
			close(fd);
			return err;
		}
	}
	s->signo = signo;
	s->caught = caught;
	list_add_tail(&l->signals, &s->link);
	return 0;
}

void loop_signal_del(struct loop *l, struct loop_signal *s)
{
	if (!s->link.next)
		return;
	if (l->signal_cursor == &s->link)
		l->signal_cursor = s->link.next;
	list_del(&s->link);
}

void loop_forget(struct loop *l)
{
	sigset_t none;

	/* An epoll_ctl here would change the set that the parent still uses. */
	close_fd(&l->epoll_fd);
	close_fd(&l->signal_fd.fd);
	sigemptyset(&none);
	pthread_sigmask(SIG_SETMASK, &none, NULL);
}
