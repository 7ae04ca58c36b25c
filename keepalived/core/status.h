/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Status rows: run-time state that others may read, in a shared memory segment per child.
 *
 * The owner writes rows in place under a sequence count and never waits; a reader that maps the
 * segment read-only copies a row and tries again when the count moved meanwhile. Rows are found by
 * index; a row that is not `used` is free. The segment grows; rows never move within it. Everything
 * is of fixed size and holds no pointer.
 */
#ifndef KEEPALIVED_CORE_STATUS_H
#define KEEPALIVED_CORE_STATUS_H

#include <net/if.h>
#include <stdatomic.h>

#include "lib/addr.h"
#include "lib/clock.h"

#define STATUS_NAME 64 /* longer names are cut */

struct status_vrrp {
	char name[STATUS_NAME];
	char interface[IFNAMSIZ];
	uint8_t state;  /* enum vrrp_state of vrrp/fsm.h */
	uint8_t wanted; /* enum vrrp_state */
	uint8_t vrid, version, family;
	uint8_t base_priority, priority; /* configured, effective */
	uint32_t vips;
	ktime last_transition;        /* CLOCK_MONOTONIC */
	int64_t last_transition_wall; /* seconds since 1970 */
	ktime active_interval;        /* of the Active router, learned */
	struct addr active;           /* the Active router we hear; AF_UNSPEC: none or ourselves */
	/* counters since the instance was created */
	uint64_t advert_sent, advert_received, became_master, released_master;
	uint64_t pri_zero_sent, pri_zero_received, garp_sent, na_sent;
	uint64_t discarded[32]; /* by enum vrrp_wire_reason of vrrp/wire.h */
	uint64_t late_wakeups;
};

struct status_group {
	char name[STATUS_NAME];
	uint8_t state;
	uint32_t members;
};

struct status_vs {
	char name[STATUS_NAME];
	bool quorum_up, sorry_in_use;
	uint32_t quorum, hysteresis, alive_weight, servers, alive;
};

struct status_rs { /* there may be many: its name is [ADDRESS]:PROTOCOL:PORT of what is here */
	struct endpoint dst;
	uint8_t protocol; /* IPPROTO_TCP, _UDP, _SCTP; 0: none */
	uint32_t vs;      /* row index of its service */
	bool alive, in_pool, inhibited;
	int64_t weight; /* effective */
	uint32_t checkers, checkers_failed, checkers_not_run;
	uint64_t checks, failures;
	ktime last_change, last_check; /* CLOCK_MONOTONIC */
};

enum status_kind { STATUS_VRRP, STATUS_GROUP, STATUS_VS, STATUS_RS, STATUS_KINDS };

struct status; /* a writer's view */

struct status *status_new(void); /* makes the segment; NULL when the system refuses */
void status_free(struct status *);
int status_fd(const struct status *);                       /* for handing to readers */
uint32_t status_row_new(struct status *, enum status_kind); /* index of a zeroed, used row */
void status_row_free(struct status *, enum status_kind, uint32_t row);
/* The row between begin and end may be written; readers that look meanwhile try again. */
void *status_begin(struct status *, enum status_kind, uint32_t row);
void status_end(struct status *, enum status_kind, uint32_t row);

/* Reading, from another process. */
struct status_map;
struct status_map *status_map_new(int fd); /* takes the descriptor; NULL when it is no segment */
void status_map_free(struct status_map *);
uint32_t status_map_rows(struct status_map *, enum status_kind); /* one past the last */
/* Copies a row into out (the struct of its kind). False: free, or it kept changing. */
bool status_map_read(struct status_map *, enum status_kind, uint32_t row, void *out);

#endif
