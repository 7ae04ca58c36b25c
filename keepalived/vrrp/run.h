/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The running side of VRRP: what surrounds the pure machine (fsm.h) with sockets, timers and
 * kernel state. These are the structs that the files of this folder share; each file has the
 * functions for one concern.
 *
 *	instance.c   steps the machine, runs its actions, sets the one timer
 *	groups.c     what a step of one member means for its sync group
 *	iface.c      interfaces by name: they come and go, instances stay
 *	vips.c       virtual addresses wanted by everybody, compared with what the kernel has
 *	guard.c      those of them that nobody may speak to
 *	promote.c    what happens to the others when one is removed
 *	track.c      faults and priority from interfaces, addresses and scripts
 *	scripts.c    tracked scripts
 *	send.c       adverts out
 *	receive.c    adverts in
 *	announcer.c  gratuitous ARP and neighbour advertisements
 *	tell.c       scripts, mails and status rows
 *	run.c        start, reload, stop
 *
 * What many instances ask for in one turn of the loop (addresses, announcements, a look at a
 * changed interface) is gathered and done once at its end, in `settle`. So an address that moves
 * from one instance to another is never taken away: nobody acts before all have said what they
 * want.
 *
 * Adverts come before everything else. When many instances become Active together, each sends its
 * advert and puts the rest off until all have; and `settle` leaves what it has not done yet to the
 * next turn as soon as another timer is due.
 */
#ifndef KEEPALIVED_VRRP_RUN_H
#define KEEPALIVED_VRRP_RUN_H

#include "keepalived/core/child.h"
#include "keepalived/kern/fw.h"
#include "keepalived/kern/pkt.h"
#include "keepalived/kern/rtnl.h"
#include "keepalived/kern/sysctl.h"
#include "keepalived/vrrp/announce.h"
#include "keepalived/vrrp/auth.h"
#include "keepalived/vrrp/fsm.h"
#include "keepalived/vrrp/prio.h"
#include "lib/hmap.h"

struct vrrp_ports { /* borrowed */
	struct loop *loop;
	struct rtnl *rtnl;
	struct pkt *pkt;
	struct child *child;
	struct status *status;
	const struct child_options *options;
	struct fw *fw;
	const struct sysctl *sysctl;
};

struct vrrp_guard {
	struct fw_rules want;  /* what the firewall is asked for, or is to be */
	struct fw_rules asked; /* what it was asked for last */
	struct fw_rules have;  /* what it denies, whatever it does meanwhile about what was asked */
	bool used;             /* something was wanted at some time: want is valid */
	bool changed;          /* it has not been asked yet */
	bool waiting;          /* for its answer, addresses do too */
	bool failed;           /* it refused, which was said */
	bool fell_back;        /* nftables in place of iptables, which was said */
	struct loop_timer patience, check;
};

struct vrrp_put_off {
	struct instance *in;
	struct vrrp_action action;
};

/* What waits until the adverts that are due have been sent, in order. */
struct vrrp_later {
	struct vrrp_put_off *list;
	uint32_t n, cap;
	uint32_t next; /* the first that has not been run */
};

struct vrrp_run {
	struct vrrp_ports port;
	const struct conf *conf; /* NULL before the first */
	bool replacement;        /* our predecessor died: adopt what it left */
	bool started;            /* the start-up delay is over */
	bool stopping;
	struct list instances, groups, scripts;
	struct hmap names;   /* instances by name */
	struct hmap keys;    /* instances by interface, VRID and family */
	struct hmap ifaces;  /* by name */
	struct hmap indices; /* interfaces that exist, by index */
	struct hmap vips;    /* by interface and address */
	struct list dirty_ifaces, dirty_vips, lost, announcing;
	struct list refused_vips; /* to be tried again */
	struct vrrp_guard guard;
	struct vrrp_later later;
	struct loop_work settle;
	struct loop_timer start_timer, retry_timer, rest_timer;
	ktime born;           /* moment of the first configuration */
	ktime unknown_logged; /* moment of the last line about an unknown VRID */
	int ah_error; /* why adverts with AH cannot be received, -errno; 0: nothing is wrong */
};

/* An interface that the configuration names, whether it exists or not. */
struct vrrp_iface {
	struct hmap_item by_name, by_index;
	struct vrrp_run *run;
	char name[IFNAMSIZ];
	int ifindex; /* 0: it does not exist */
	bool up;
	uint32_t refs;
	struct vrrp_pace pace;
	struct list members;  /* instance.on_iface: instances that speak here */
	struct list trackers; /* tracker.link */
	struct list vips;     /* vip.on_iface */
	ktime removed_at;     /* when we last took an IPv4 address off it; 0: never */
	struct list dirty;    /* run.dirty_ifaces: look at its addresses again */
	bool asked;           /* promote_secondaries: an instance here says so */
	bool promotes;        /* it was heeded */
	bool promoted;        /* and it was us who changed it */
};

/* An address that somebody may want on an interface. */
struct vip {
	struct hmap_item item;
	struct vrrp_iface *iface;
	struct list on_iface;
	struct list refs;      /* vip_ref.link */
	struct rtnl_addr addr; /* as it is to be; without ifindex */
	uint32_t want;         /* instances that want it there */
	uint32_t hold;         /* instances that do not know yet: it stays as it is */
	bool ours;             /* this process put it there */
	bool failed;           /* wanted, but refused, lost or late: announced when it is there */
	struct list dirty;     /* run.dirty_vips or run.refused_vips */
};

struct vip_ref {
	struct list link;
	struct instance *in;
	struct vip *vip;
	const struct vip_conf *conf;
};

enum vips_mode {
	VIPS_HOLD, /* undecided: an earlier process may have put them there */
	VIPS_UP,
	VIPS_DOWN,
};

/* Something that an instance (or its group) tracks. */
struct tracker {
	struct list link; /* in the trackers of iface or script */
	struct instance *in;
	struct vrrp_iface *iface; /* one of the two */
	struct script *script;
	int weight;
	bool reverse;
};

struct script { /* a tracked script */
	struct list link;
	struct vrrp_run *run;
	const struct vrrp_script_conf *conf;
	struct script_run job;
	struct loop_timer timer;
	struct list trackers;
	uint32_t count; /* 0..rise-1: bad; rise..rise+fall-1: good */
	bool known;     /* there was a result, or init_fail */
	bool good;
	bool kept;       /* mark of a reload */
	int last_status; /* exit status of the last run that ended by itself */
};

struct packet { /* an advert ready to be sent */
	struct addr dst;
	int error; /* of the last attempt */
	uint8_t *bytes;
	uint32_t len;
};

struct instance {
	struct list link; /* run.instances */
	struct hmap_item by_name, by_key;
	struct vrrp_run *run;
	const struct vrrp_conf *conf;
	/* the machine */
	struct vrrp_fsm fsm;
	struct loop_timer timer;
	struct group *group;
	uint32_t member; /* index in the group */
	/* where it speaks */
	struct vrrp_iface *iface; /* NULL: unicast without interface */
	struct list on_iface;
	struct addr src;       /* AF_UNSPEC: none */
	int joined;            /* ifindex, 0: nowhere */
	struct addr mcast;     /* group joined there */
	int setup_error;       /* of joining */
	struct packet *packet; /* one per destination */
	uint32_t n_packets;
	bool packets_built;
	uint8_t packets_priority;
	uint16_t ip_id;
	/* what it listens to */
	struct vrrp_ah ah;
	uint64_t logged; /* reasons (bits 0..31) and notes (32..63) already logged */
	/* what it tracks */
	struct tracker *tracker;
	struct vrrp_tracker *value; /* of each, as last looked at */
	uint32_t n_trackers;
	uint8_t priority; /* from the trackers, last computed */
	/* its addresses: the advertised, then the excluded ones */
	struct vip_ref *ref;
	struct vrrp_announce_target *target; /* the same order */
	uint32_t n_refs;
	enum vips_mode mode;
	struct vrrp_announce announce;
	struct loop_timer announce_timer;
	struct list announcing, lost; /* of run */
	ktime lost_at;                /* when an address was last put back; 0: never */
	/* telling */
	uint32_t row;
	uint8_t mailed;  /* enum vrrp_notice + 1 of the last mail */
	bool deleted;    /* a reload removes it */
	bool restarting; /* a reload starts it again: its stop is not told */
};

struct group { /* a sync group */
	struct list link;
	struct vrrp_run *run;
	const struct vrrp_group_conf *conf;
	uint8_t state; /* enum vrrp_state */
	struct instance **member;
	const struct vrrp_fsm **fsm; /* of the members */
	uint32_t n;
	uint32_t row;
	uint8_t mailed;
	bool kept; /* mark of a reload */
};

struct vrrp_run *vrrp_run_new(const struct vrrp_ports *);
void vrrp_run_free(struct vrrp_run *); /* changes nothing in the kernel */
/* Takes a configuration; the one before may be freed on return. */
void vrrp_run_commit(struct vrrp_run *, const struct conf *, bool replacement);
/* Leaves: priority 0 sent, addresses released unless the options say otherwise. At once. */
void vrrp_run_stop(struct vrrp_run *);

/* Has `settle` run at the end of this turn. */
void vrrp_run_settle(struct vrrp_run *);

#endif
