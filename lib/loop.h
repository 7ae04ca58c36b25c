/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scheduler: one epoll set, one timer heap.
 *
 * A turn reads the clock once, calls every ready descriptor, then every due timer, then the work
 * that those deferred. Descriptors come first on purpose: after a stall the adverts that wait in a
 * socket are read before a master-down timer may speak.
 *
 * Every object is embedded in its owner's struct and must stay where it is while it is registered.
 * A callback may add, change or remove any object, itself included; a removed object is not called
 * again, not even in the same turn. Nothing here allocates per event.
 */
#ifndef LIB_LOOP_H
#define LIB_LOOP_H

#include <sys/types.h>

#include "lib/clock.h"
#include "lib/heap.h"
#include "lib/list.h"

struct loop;

/* NULL clock: CLOCK_MONOTONIC. With a fake clock the loop never sleeps: when nothing is ready it
 * moves the clock to the next timer, or by max_wait if that is less. */
struct loop *loop_new(const struct clock *clock);
struct loop *loop_new_fake(struct clock_fake *clock);
/* For tests, right after it was made: does without pidfd_open (Linux 5.3) and epoll_pwait2 (5.11).
 * Otherwise it finds out by itself that the kernel lacks them. */
void loop_pretend_old_kernel(struct loop *);
void loop_free(struct loop *);
ktime loop_now(const struct loop *); /* the moment at which this turn began */
/* Until loop_stop; returns its status. -EDEADLK: a fake clock and nothing left to wait for. */
int loop_run(struct loop *);
void loop_stop(struct loop *, int status);
/* One turn, sleeping no longer than max_wait. False when nothing happened. */
bool loop_turn(struct loop *, ktime max_wait);

/* A timer is due that was not when this turn began. Long work that asks this now and then, and goes
 * on in the next turn, does not hold others up. Reads the clock. */
bool loop_pressed(const struct loop *);

/* How late the loop was: the worst lateness of a timer since the last call, which resets it. A
 * timer that was late already when it was set does not count. */
ktime loop_take_lag(struct loop *);
/* late is called at the end of a turn in which a timer was later than `than`, with the worst of its
 * timers: once per stall, however many timers it held up. The loop is not woken for it. */
void loop_on_lag(struct loop *, ktime than, void (*late)(ktime lag));

/* Descriptors. events is a set of EPOLLIN, EPOLLOUT; errors and hang-ups are always reported. */
struct loop_fd {
	int fd; /* -1: not registered */
	uint32_t events;
	void (*ready)(struct loop_fd *, uint32_t events);
	struct loop *loop;
	uint32_t epoch; /* private */
};

#define LOOP_FD_NONE { .fd = -1 }

int loop_fd_add(struct loop *, struct loop_fd *, int fd, uint32_t events,
	void (*ready)(struct loop_fd *, uint32_t));     /* 0 or -errno */
int loop_fd_events(struct loop_fd *, uint32_t events);  /* change the set */
void loop_fd_del(struct loop_fd *);                     /* does not close; absent is fine */

/* Timers. A moment in the past is due in the next turn. */
struct loop_timer {
	struct heap_item heap;
	void (*fire)(struct loop_timer *);
	struct loop *loop;
};

void loop_timer_init(struct loop *, struct loop_timer *, void (*fire)(struct loop_timer *));
void loop_timer_set(struct loop_timer *, ktime at); /* absolute */
void loop_timer_cancel(struct loop_timer *);        /* a zeroed timer is fine */
bool loop_timer_pending(const struct loop_timer *);
ktime loop_timer_at(const struct loop_timer *);     /* KTIME_FOREVER when not pending */

/* Work that runs once at the end of the turn, however often it was asked for: the place where
 * changes gathered during a turn become one batch for the kernel. */
struct loop_work {
	struct list link;
	void (*run)(struct loop_work *);
	bool queued;
};

void loop_work_init(struct loop_work *, void (*run)(struct loop_work *));
void loop_work_queue(struct loop *, struct loop_work *);
void loop_work_cancel(struct loop_work *);

/* Signals, through one signalfd; the signal is blocked for the process. */
struct loop_signal {
	struct list link;
	int signo;
	void (*caught)(struct loop_signal *);
};

int loop_signal_add(struct loop *, struct loop_signal *, int signo,
	void (*caught)(struct loop_signal *));
void loop_signal_del(struct loop *, struct loop_signal *); /* the signal stays blocked */
/* To be called in a forked child: forgets the parent's loop without touching its epoll set, and
 * unblocks every signal. Objects of that loop may still be removed, and then the loop freed. */
void loop_forget(struct loop *);

/* A child process, reaped when it ends. status is as of waitpid. Watched through a pidfd, or by
 * SIGCHLD, which is then blocked for the process, where the kernel has none. */
struct loop_child {
	struct list link;
	struct loop_fd pidfd; /* not registered: watched by SIGCHLD */
	pid_t pid;            /* 0: none */
	void (*exited)(struct loop_child *, int status);
};

int loop_child_watch(struct loop *, struct loop_child *, pid_t pid,
	void (*exited)(struct loop_child *, int status)); /* 0 or -errno */
void loop_child_forget(struct loop_child *);             /* no callback any more, still a zombie */
/* Reaps ended processes that nobody watches: orphans that fell to a subreaper or to process 1. To
 * be called on SIGCHLD. Watched ones that it meets are told to their owners. */
void loop_reap_orphans(struct loop *);

#endif
