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
	 * cure (1, 2, 4); otherwise the respawn has been arranged, unless that is switched off or
	 * process_try had started it. */
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
	int text_fd;         /* borrowed: the configuration that it has, or is to have */
	uint64_t generation; /* of text_fd */
	uint64_t prepared;   /* the last that it said it could take; 0: none */
	bool replacement;    /* of one that died */
	bool candidate; /* has committed nothing, and is being tried with another configuration */
	bool fresh;     /* a candidate in a place where there was none */
	bool barren;    /* the last one died before it had committed anything */
	uint64_t next;  /* to be tried when the present one is committed; 0: none */
	int next_fd;
	int status_fd; /* -1, or the child's status rows */
};

void process_init(struct process *, struct loop *, struct broker *);
/* The configuration that the next start, respawn or commit is about. fd stays the caller's. */
void process_set_config(struct process *, uint64_t generation, int text_fd);
void process_start(struct process *); /* commits by itself as soon as it can */
/*
 * Asks whether it can take another configuration; `prepared` tells, or `ended` when it dies of it.
 * A process that is not there is started for that, and commits nothing yet.
 * Afterwards process_set_config and process_commit, or process_abort, which leaves everything as it
 * was before. 0; -EBUSY: it is stopping; other -errno after a log line.
 */
int process_try(struct process *, uint64_t generation, int text_fd);
void process_abort(struct process *, uint64_t generation);
/* `committed` follows. One that has not been tried with this configuration is asked first. */
void process_commit(struct process *);
void process_kill(struct process *); /* it is of no use as it is; it dies, and is respawned */
void process_stop(struct process *, ktime patience); /* then SIGKILL */
bool process_alive(const struct process *);
void process_close(struct process *);

#endif
