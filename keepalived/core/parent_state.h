/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The watchdog's state, and what its chapters call of each other: parent.c (life cycle),
 * parent_start.c, parent_reload.c, parent_stop.c. Nobody else includes this.
 */
#ifndef KEEPALIVED_CORE_PARENT_STATE_H
#define KEEPALIVED_CORE_PARENT_STATE_H

#include "keepalived/core/loader.h"
#include "keepalived/core/mail.h"
#include "keepalived/core/parent.h"
#include "keepalived/core/process.h"

#define PATIENCE SEC(60) /* with children that are to take a configuration */

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

/* ---- parent.c ---------------------------------------------------------------------------- */

void parent_name_processes(struct parent *); /* idents and log files, again when they change */
bool parent_may_run(const struct parent *, const struct child_slot *, const struct load_result *);
void parent_finish(struct parent *, int status); /* no child runs: leave the loop */
void parent_fail(struct parent *, int status);   /* the same, where there may be children */
const char *parent_namespace(const struct parent *);
bool parent_all_answered(const struct parent *);
void parent_adopt_next(struct parent *); /* p->next becomes the configuration */
void parent_log_script_end(const char *which, const struct script_result *);

/* ---- parent_start.c ---------------------------------------------------------------------- */

void parent_first_load(struct parent *); /* p->next has been loaded */
void parent_started(struct parent *);    /* all children have taken it */

/* ---- parent_reload.c --------------------------------------------------------------------- */

extern const struct process_events parent_process_events;
void parent_reload(struct parent *);
void parent_load_ended(void *parent, struct loaded *);
void parent_settle(struct loop_work *);          /* p->settle: go on when nobody is awaited */
void parent_waited_too_long(struct loop_timer *); /* p->patience */

/* ---- parent_stop.c ----------------------------------------------------------------------- */

void parent_stop(struct parent *);
void parent_stop_tick(struct loop_timer *); /* p->tick */

#endif
