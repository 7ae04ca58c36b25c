/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual servers and real servers at run time: what the verdicts of their checkers mean for the
 * pools, who is told, and what becomes of all that when the configuration changes.
 *
 * Verdicts go up (checker, real server, virtual server: check/verdict.h), wishes go down (pool,
 * table, kernel: check/table.h, check/apply.h).
 */
#ifndef KEEPALIVED_CHECK_SERVICE_H
#define KEEPALIVED_CHECK_SERVICE_H

#include "keepalived/check/apply.h"
#include "keepalived/check/checker.h"
#include "lib/hmap.h"

struct real {
	const struct rs_conf *conf;
	struct service *service;
	struct list link;
	struct hmap_item by_name; /* in the service */
	struct list checkers;     /* struct checker.link */
	struct server_state state;
	struct pool_place place; /* what we last wanted in IPVS */
	uint32_t generation;     /* of the commit that saw it last */
	uint32_t row;            /* status */
	ktime last_change;
};

struct service {
	const struct vs_conf *conf;
	struct services *all;
	struct list link;
	struct hmap_item by_name; /* in all services */
	struct list reals;        /* in the order of the file */
	struct hmap real_by_name;
	const struct real *same_as_sorry; /* a real server with the address of the sorry server */
	struct ipvs_service *ipvs;        /* one, or all members of its group */
	uint32_t n_ipvs;
	uint32_t n_reals, n_alive;
	uint64_t alive_weight;
	bool quorum_up;
	bool updating; /* in the middle of a reload: the quorum is settled at its end */
	struct pool_place sorry;
	uint32_t generation;
	uint32_t row;
};

struct services {
	struct child *child;
	struct loop *loop;
	struct status *status;
	const struct conf *conf; /* NULL before the first commit */
	struct checkers checkers;
	struct apply apply;
	struct list list; /* struct service.link */
	struct hmap by_name;
	uint32_t generation;
	bool adopting; /* this commit may find its own in the kernel */
	bool quiet;    /* this commit repeats what a predecessor has told already */
};

/* ---- one service (service.c) -------------------------------------------------------------- */

/* Its first quorum; had_quorum: it had one before we came. Places everybody. */
void service_start(struct service *, bool had_quorum);
void service_settle(struct service *);    /* the alive weight or the quorum has changed */
void service_place_all(struct service *); /* the servers and the sorry server, as the quorum says */
void service_wish(struct service *);      /* all it wants in IPVS, anew */
void service_show(const struct service *); /* the status row */
/* what NULL: shutting down. */
void service_tell(struct service *, bool up, const char *what, uint64_t threshold);

/* The state has changed from `before`: places, words, quorum. mail NULL: none. */
void real_settle(struct real *, struct server_state before, const char *mail);
void real_place(struct real *);
void real_count(struct service *, struct server_state, int sign); /* into the alive weight */
void real_tell(struct real *, const char *mail);
void real_show(const struct real *); /* the status row */

/* What checkers_init wants. */
void service_check_ended(struct checker *, struct check_state was, const struct check_result *,
	const struct check_outcome *);

/* ---- all of them (services.c) ------------------------------------------------------------- */

/* ipvs is borrowed. random, limit: as for checkers_init. */
void services_init(
	struct services *, struct child *, struct ipvs *, uint32_t limit, uint32_t (*random)(void));
/*
 * The first configuration, or a changed one; the one before must still be there. Objects meet by
 * name and keep their state. At the first one, servers that the kernel already holds count as up,
 * and those missing from a service that it holds count as down, until checks say otherwise.
 */
void services_commit(struct services *, const struct conf *);
/* Takes everything out of the kernel, or leaves all as it is. No check runs any more. */
void services_stop(struct services *, bool keep_ipvs);
void services_end(struct services *);

/* For lookups by tests and dumps; NULL when there is none. */
struct service *services_find(const struct services *, const char *name);
struct real *service_find_real(const struct service *, const char *name);

#endif
