/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The VRRP state machine of one instance (RFC 9568 section 6.4) as a function from values to
 * values.
 *
 * vrrp_step takes the configuration, the state and one event, and returns the next state and the
 * list of what is to be done, in order. It reads no clock: every event carries the moment. The
 * caller then runs the actions, sets one timer to the state's deadline, and, for a member of a sync
 * group, asks vrrp/group.h what the other members have to do.
 *
 * The state holds no pointer: it can be copied, compared, hashed and stored. A state of all zeros
 * is an instance that has not been started.
 */
#ifndef KEEPALIVED_VRRP_FSM_H
#define KEEPALIVED_VRRP_FSM_H

#include "keepalived/conf/conf.h"
#include "lib/addr.h"
#include "lib/clock.h"

#define VRRP_PRIO_OWNER 255 /* RFC 9568 5.2.4 */
#define VRRP_PRIO_LEAVE 0   /* "I stop being Active" */

/* The numbers are those operators see in JSON dumps and status rows. */
enum vrrp_state { VRRP_INIT = 0, VRRP_BACKUP = 1, VRRP_ACTIVE = 2, VRRP_FAULT = 3 };

/* Why an instance cannot take part. The caller keeps the set and reports it whole. */
enum vrrp_fault {
	VRRP_FAULT_INTERFACE = 1 << 0,   /* an interface is down or absent */
	VRRP_FAULT_SCRIPT = 1 << 1,      /* a script without weight failed */
	VRRP_FAULT_NO_ADDRESS = 1 << 2,  /* no source address of our family */
	VRRP_FAULT_SRC_ADDRESS = 1 << 3, /* the configured source is not there */
	VRRP_FAULT_NO_PEER = 1 << 4,     /* unicast without peers: for good */
	VRRP_FAULT_TRACKER = 1 << 5,     /* any other tracker without weight */
	VRRP_FAULT_SETUP = 1 << 6,       /* sockets or links could not be made */
};

struct vrrp_fsm {
	uint8_t state;           /* enum vrrp_state */
	uint8_t wanted;          /* what it would be without its sync group: enum vrrp_state */
	uint8_t priority;        /* effective, 1..255 */
	uint8_t active_priority; /* of the Active router last heard, while `active` is set */
	bool owner_lowered;      /* 255 lowered to 254: another address owner won */
	bool owner_conflict;     /* another address owner was heard since the start */
	uint32_t faults;         /* enum vrrp_fault, this instance's own */
	ktime interval;          /* Active_Adver_Interval: learned (version 3), else our own */
	ktime deadline;          /* the one timer: next advert, or the end of patience */
	ktime preempt_at;        /* until then a lower priority is respected; 0: no delay runs */
	ktime sent_at;           /* our last advert */
	struct addr active; /* the Active router we follow; AF_UNSPEC: none known, or it is us */
};

enum vrrp_event_kind {
	VRRP_EV_START, /* priority, faults, adopt; only in VRRP_INIT */
	VRRP_EV_STOP,
	VRRP_EV_ADVERT,       /* advert: accepted by vrrp/wire.h; never a discarded one */
	VRRP_EV_TIMER,        /* ignored before the deadline, so a stale timer does no harm */
	VRRP_EV_PRIORITY,     /* priority: as computed by vrrp/prio.h */
	VRRP_EV_FAULTS,       /* faults: all that are in force now */
	VRRP_EV_GROUP,        /* to: the sync group goes there */
	VRRP_EV_CONF,         /* the configuration handed in has changed */
	VRRP_EV_ADDRESS_LOST, /* somebody took one of our virtual addresses away */
	VRRP_EV_LATE,         /* the process did not run for a while; also found out from `now` */
	VRRP_EVENTS
};

struct vrrp_event {
	enum vrrp_event_kind kind;
	ktime now;
	uint8_t priority;
	uint32_t faults;
	/* START: our addresses are on the interfaces already, because an earlier process of ours
	 * held them: go on as Active. For a sync group true only if it holds for every member. */
	bool adopt;
	enum vrrp_state to;
	struct {
		uint8_t priority;
		ktime interval;
		struct addr src;
		struct addr self; /* our own source address of that interface */
	} advert;
};

/* What operators read; vrrp_log_text makes the line. */
enum vrrp_log {
	VRRP_LOG_BACKUP_INIT,
	VRRP_LOG_FAULT_INIT,
	VRRP_LOG_ENTER_ACTIVE,
	VRRP_LOG_ENTER_BACKUP,
	VRRP_LOG_ENTER_FAULT,
	VRRP_LOG_TIMEOUT,
	VRRP_LOG_HIGHER_PRIORITY, /* addr, a: theirs, b: ours */
	VRRP_LOG_HIGHER_ADDRESS,  /* addr, a: priority of both */
	VRRP_LOG_LOWER_ELECTION,  /* addr, a: theirs, b: ours */
	VRRP_LOG_LOWER_SILENT,    /* the same, but we do not answer */
	VRRP_LOG_LOWER_DISCARDED, /* addr, a: theirs */
	VRRP_LOG_ZERO_BACKUP,
	VRRP_LOG_ZERO_ACTIVE,
	VRRP_LOG_SENT_ZERO,
	VRRP_LOG_ACTIVE_SET,       /* addr */
	VRRP_LOG_ACTIVE_CHANGED,   /* addr: old, addr2: new */
	VRRP_LOG_INTERVAL_LEARNED, /* a: old, b: new; milliseconds */
	VRRP_LOG_INTERVAL_OWN,     /* the same */
	VRRP_LOG_PREEMPT_START,    /* a: seconds, b: microseconds */
	VRRP_LOG_PREEMPT_STOP,
	VRRP_LOG_PRIORITY, /* a: old, b: new */
	VRRP_LOG_OUR_ADDRESS,
	VRRP_LOG_TWO_OWNERS,    /* addr */
	VRRP_LOG_OWNER_LOWERED, /* addr */
	VRRP_LOG_OWNER_RESTORED,
	VRRP_LOG_LATE_LISTEN, /* a: milliseconds late */
	VRRP_LOG_LATE_BACKUP, /* the same */
	VRRP_LOG_ADDRESS_LOST,
	VRRP_LOGS
};

enum vrrp_notice {
	VRRP_NOTICE_MASTER,
	VRRP_NOTICE_BACKUP,
	VRRP_NOTICE_FAULT,
	VRRP_NOTICE_STOP,
	VRRP_NOTICE_PRIORITY, /* only sent on where notify_priority_changes says so */
	VRRP_NOTICE_RX_LOWER,
};

enum vrrp_announcement {
	VRRP_ANNOUNCE_NONE,   /* stop what is still queued */
	VRRP_ANNOUNCE_ACTIVE, /* we became Active, or put an address back */
	VRRP_ANNOUNCE_LOWER,  /* an Active router of lower priority spoke */
};

/* Counters of struct status_vrrp that the machine decides about. Adverts sent are counted by
 * whoever sends them. */
enum vrrp_count {
	VRRP_COUNT_ADVERT_RECEIVED,
	VRRP_COUNT_ZERO_RECEIVED,
	VRRP_COUNT_BECAME_MASTER,
	VRRP_COUNT_RELEASED_MASTER,
	VRRP_COUNT_LATE,
	VRRP_COUNTS
};

enum vrrp_action_kind {
	VRRP_DO_SEND,     /* value: priority of the advert */
	VRRP_DO_UP,       /* have the virtual addresses, routes, rules */
	VRRP_DO_DOWN,     /* have none of them */
	VRRP_DO_ANNOUNCE, /* value: enum vrrp_announcement */
	VRRP_DO_NOTIFY,   /* value: enum vrrp_notice */
	VRRP_DO_LOG,      /* value: enum vrrp_log; a, b, addr, addr2 as said there */
	VRRP_DO_COUNT,    /* value: enum vrrp_count */
};

struct vrrp_action {
	enum vrrp_action_kind kind;
	int value;
	int64_t a, b;
	struct addr addr, addr2;
};

#define VRRP_ACTIONS_MAX 24 /* more than any single step can produce */

struct vrrp_actions {
	uint32_t n;
	struct vrrp_action list[VRRP_ACTIONS_MAX];
};

/* One step. `actions` is emptied first. */
struct vrrp_fsm vrrp_step(const struct vrrp_conf *, struct vrrp_fsm, const struct vrrp_event *,
	struct vrrp_actions *actions);

/* Skew_Time and Active_Down_Interval for a router of that priority (RFC 9568 6.1, RFC 3768 6.1). */
ktime vrrp_skew(const struct vrrp_conf *, uint8_t priority, ktime interval);
ktime vrrp_down_time(const struct vrrp_conf *, uint8_t priority, ktime interval);

/*
 * The line of a VRRP_DO_LOG action, without end of line, cut to size. Returns whether it is shown
 * only with -D.
 */
bool vrrp_log_text(const struct vrrp_conf *, const struct vrrp_action *, char *buf, size_t size);

const char *vrrp_state_name(enum vrrp_state); /* INIT, BACKUP, MASTER, FAULT */

#endif
