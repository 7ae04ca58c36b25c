/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One child as the parent sees it: started, given its configuration, respawned with back-off when
 * it dies, stopped. The owner hears of what matters through struct process_events.
 *
 * Back-off: 0, 1, 2, 4 ... 60 s, from the start again after a life of 60 s.
 */
#ifndef KEEPALIVED_CORE_PROCESS_H
#define KEEPALIVED_CORE_PROCESS_H

#include "keepalived/core/child_main.h"
#include "keepalived/core/pidfile.h"
#include "keepalived/core/script.h"
#include "lib/msg.h"

enum process_state {
	PROCESS_OFF,      /* not wanted */
	PROCESS_WAITING,  /* died; its respawn timer runs */
	PROCESS_STARTING, /* alive, has not committed a configuration yet */
	PROCESS_RUNNING,
	PROCESS_STOPPING, /* told to stop */
};

struct process;

struct process_events {
	void (*prepared)(struct process *, uint64_t generation, bool accepted, const char *why);
	void (*committed)(struct process *, uint64_t generation);
	/* It ended. expected: it had been told to. permanent: an exit status that respawning cannot
	 * cure (1, 2, 4); otherwise the respawn has been arranged, unless that is switched off. */
	void (*ended)(struct process *, bool expected, bool permanent, int exit_status);
	void (*mail)(struct process *, const char *subject, const char *body);
};

struct process {
	/* set by the owner before process_init */
	const struct child_ops *ops;
	enum load_child which;
	const struct process_events *events;
	void *owner;
	struct child_start start; /* port is filled in at each start */
	bool respawn;             /* not -R */
	/* private */
	enum process_state state;
	struct loop *loop;
	struct broker *broker;
	struct pidfile pidfile;
	struct loop_child child;
	pid_t pid; /* 0: none */
	struct msg_port *port;
	struct loop_timer timer; /* respawn, or kill while stopping */
	ktime started;
	unsigned deaths;
	int text_fd; /* borrowed: the configuration for a (re)start */
	uint64_t generation;
	int status_fd; /* -1, or the child's status rows */
};

void process_init(struct process *, struct loop *, struct broker *);
/* The configuration that the next start or respawn gets. fd stays the caller's. */
void process_set_config(struct process *, uint64_t generation, int text_fd);
void process_start(struct process *);
/* false: it has just died, and its end is about to be reported. */
bool process_prepare(struct process *, uint64_t generation, int text_fd);
void process_commit(struct process *, uint64_t generation);
void process_abort(struct process *, uint64_t generation);
void process_stop(struct process *, ktime patience); /* then SIGKILL */
bool process_alive(const struct process *);
void process_close(struct process *);

#endif
