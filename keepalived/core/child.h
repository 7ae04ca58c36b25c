/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the children have in common: the loop, the line to the parent, two-phase configuration
 * changes, and asking the parent for what a child may not do itself (run scripts, send mail).
 *
 * The life of a configuration in a child: the parent sends the sealed text (PREPARE); a helper
 * thread parses it; ops->prepare may still refuse it; the parent, having heard from all children,
 * says COMMIT or ABORT; on COMMIT ops->commit gets the old and the new tree, after which the old
 * one is freed. The first configuration arrives in the same way with old == NULL.
 */
#ifndef KEEPALIVED_CORE_CHILD_H
#define KEEPALIVED_CORE_CHILD_H

#include "keepalived/conf/conf.h"
#include "keepalived/core/status.h"
#include "lib/loop.h"

struct child;

struct child_options {      /* from the command line */
	bool release_vips;  /* -X */
	bool keep_vips;     /* -V */
	bool keep_ipvs;     /* -I */
	bool log_addresses; /* -a */
};

struct child_ops {
	const char *name;  /* "VRRP", "Healthcheck" as in log lines */
	const char *ident; /* syslog ident, e.g. "Keepalived_vrrp" */
	unsigned caps;     /* enum priv_cap bits kept */
	/*
	 * Before rights are dropped: open what needs them. Returns the child's own state or NULL,
	 * which ends the process with EXIT_FATAL.
	 */
	void *(*open)(struct child *);
	/* May this tree be taken? Adds diagnostics; 0 or -errno. Must not change anything. */
	int (*prepare)(struct child *, void *self, const struct conf *next, struct diags *);
	void (*commit)(struct child *, void *self, const struct conf *old, const struct conf *new);
	/* Orderly end: call child_done when everything is released (at once is fine). */
	void (*stop)(struct child *, void *self);
	void (*close)(struct child *, void *self); /* frees; the process then exits */
};

struct loop *child_loop(struct child *);
struct status *child_status(struct child *);
const struct child_options *child_options(const struct child *);
/*
 * True in the first commit of a process that replaces one that died: the kernel may hold what its
 * predecessor put there, which is to be adopted, not flapped.
 */
bool child_is_replacement(const struct child *);
void child_done(struct child *); /* after ops->stop */

/* ---- scripts ----------------------------------------------------------------------------- */

enum script_outcome {
	SCRIPT_EXITED,   /* value: exit status */
	SCRIPT_SIGNALED, /* value: signal */
	SCRIPT_TIMEOUT,  /* killed after the time allowed; value: the signal */
	SCRIPT_FAILED,   /* could not be started; value: errno */
	SCRIPT_DISABLED, /* the loader refused it and has said why: as if it were not configured */
};

struct script_result {
	enum script_outcome outcome;
	int value;
};

/* One run that somebody waits for. Embedded; zero it first. */
struct script_run {
	uint32_t id; /* private; 0: not running */
	void (*done)(struct script_run *, const struct script_result *);
};

/*
 * Asks the parent to run the script with up to eight further arguments. done is called from the
 * loop, never from here, also when the run could not be started. timeout 0: none.
 */
void child_script_run(struct child *, const struct script_conf *, const char *const *extra,
	ktime timeout, struct script_run *);
void child_script_cancel(struct child *, struct script_run *); /* killed; done is not called */

/*
 * A notification: fire and forget, but in order. Scripts of one queue (the name of an instance,
 * group or server) run one after the other; a waiting notification is replaced when a newer one of
 * the same queue and the same script says that the state has moved on.
 */
void child_notify(
	struct child *, const char *queue, const struct script_conf *, const char *const *extra);

/* A mail to all recipients; the parent's helper sends it. Subject without the [ROUTER_ID]. */
void child_mail(struct child *, const char *subject, const char *body);

#endif
