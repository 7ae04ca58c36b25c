/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of a check: waiting for its time, waiting for a descriptor, running, and its end.
 *
 * Whatever a check does, it ends in checker_end with one enumerated reason; there the verdict is
 * taken (check/verdict.h), counted, logged (check/report.h), the next time is chosen and whoever
 * keeps the servers is told. A kind (tcp.c, http.c, misc.c) only knows how to ask its question.
 */
#ifndef KEEPALIVED_CHECK_CHECKER_H
#define KEEPALIVED_CHECK_CHECKER_H

#include "keepalived/check/verdict.h"
#include "keepalived/core/child.h"
#include "lib/tls.h"

enum check_reason {
	/* good */
	REASON_OK,
	REASON_OK_WEIGHT, /* with a weight */
	REASON_OK_SO_FAR, /* one of several questions; the next one follows */
	/* says nothing about the server: we lack something (err) */
	REASON_LOCAL,
	/* bad */
	REASON_CONNECT_FAILED, /* err */
	REASON_CONNECT_TIMEOUT,
	REASON_TLS_FAILED,
	REASON_TLS_TIMEOUT,
	REASON_SEND_FAILED, /* err */
	REASON_SEND_TIMEOUT,
	REASON_READ_FAILED, /* err */
	REASON_HEAD_TIMEOUT,
	REASON_BODY_TIMEOUT,
	REASON_NO_REPLY,
	REASON_HEAD_TOO_LONG,
	REASON_BODY_TOO_LONG,
	REASON_STATUS, /* value: the status code */
	REASON_DIGEST,
	REASON_SCRIPT_STATUS, /* value: the exit status */
	REASON_SCRIPT_SIGNAL, /* value: the signal */
	REASON_SCRIPT_TIMEOUT,
	REASON_SCRIPT_FAILED, /* could not be started: err */
	CHECK_REASONS
};

struct check_outcome {
	enum check_reason reason;
	int err; /* negative errno */
	int value;
	int32_t weight; /* of REASON_OK_WEIGHT */
};

struct checker;
struct checkers;

/* A kind of check. `run` of the checker is its own, and NULL whenever no check runs. */
struct checker_kind_ops {
	const char *title;     /* as in "TITLE on service R failed." */
	bool needs_descriptor; /* counts against the limit of open files */
	/* Asks; checker_end follows from the loop, never from inside start. */
	void (*start)(struct checker *);
	void (*cancel)(struct checker *); /* frees run; checker_end does not follow */
	/* c->conf has become an equal object of another tree; the old one is about to go. */
	void (*moved)(struct checker *);
};

extern const struct checker_kind_ops check_tcp_ops, check_http_ops, check_ssl_ops, check_misc_ops;

struct checker {
	const struct checker_conf *conf;
	const struct rs_conf *rs;
	const struct checker_kind_ops *ops;
	struct checkers *all;
	struct check_state state;
	struct loop_timer timer; /* the next check */
	struct list waiting;     /* for a descriptor */
	ktime due;               /* when it should have run */
	bool running;
	void *run;
	uint32_t url;       /* HTTP: the one to ask next */
	uint64_t differing; /* HTTP: the last difference of lengths that was logged */
	struct list link;   /* for the owner */
	void *owner;
	uint64_t checks, failures;
	ktime last_check; /* 0: never */
};

/*
 * All checkers of the process: what they share. ended is called once for every check that said
 * something; `was` is the state before it.
 */
struct checkers {
	struct child *child;
	struct loop *loop;
	struct tls_context *tls;
	bool log_all_failures;
	uint32_t (*random)(void);
	void (*ended)(struct checker *, struct check_state was, const struct check_result *,
		const struct check_outcome *);
	/* private */
	uint32_t most, limit, in_use; /* checks that hold a descriptor: at best, now, they are */
	struct list waiting;
	struct loop_work admit;
	ktime told_lack_at, told_late_at; /* when we logged that last; 0: never */
	bool stopped;
};

/* random NULL: the system's. limit 0: what the limit of open files allows (raised first). */
void checkers_init(struct checkers *, struct child *, uint32_t limit, uint32_t (*random)(void),
	void (*ended)(struct checker *, struct check_state, const struct check_result *,
		const struct check_outcome *));
void checkers_stop(struct checkers *); /* no check starts any more */

/* The checker begins as its configuration says (alpha); it does not run yet. */
struct checker *checker_new(
	struct checkers *, const struct rs_conf *, const struct checker_conf *, void *owner);
void checker_free(struct checker *);
void checker_activate(struct checker *); /* logs, and chooses the time of the first check */
/* A new tree: same is true when nothing of the checker's own configuration has changed. The
 * verdict stays; a changed checker starts anew. *was gets the state before. */
void checker_reconf(struct checker *, const struct rs_conf *, const struct checker_conf *,
	bool same, struct check_state *was);

/* For the kinds. Frees nothing of theirs: run must be gone already. */
void checker_end(struct checker *, const struct check_outcome *);

struct check_conf checker_verdict_conf(const struct checker_conf *);
/* Whether this kind of checker can run yet; others count as if they did not stand there. */
bool checker_runs(const struct checker_conf *);
/* A MISC_CHECK whose script sets the weight. */
bool checker_is_dynamic(const struct checker_conf *);

#endif
