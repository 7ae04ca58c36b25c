/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Port to rtnetlink: what interfaces and addresses there are, and changes to them.
 *
 * Two sockets: one for commands and dumps, one for the kernel's notifications. The tables hold
 * what the kernel said last; they are hashed, and an entry goes when its object goes. When
 * notifications were lost (ENOBUFS) everything is dumped again and compared, so a listener sees the
 * differences and nothing else.
 *
 * A listener is told once per turn and object, with the values before and now; the tables are
 * already up to date when it is called. Changes of our own are told like anybody else's: whoever
 * wanted them recognizes them by what it wants.
 *
 * `struct rtnl` is a handle. The kernel's comes from rtnl_open; tests hand in another one
 * (test/unit/fake_rtnl.h).
 *
 * Source: linux/rtnetlink.h, linux/if_link.h, linux/if_addr.h.
 */
#ifndef KERN_RTNL_H
#define KERN_RTNL_H

#include <net/if.h>
#include <linux/if_addr.h>

#include "lib/addr.h"
#include "lib/loop.h"

#define RTNL_MAC_MAX          32 /* MAX_ADDR_LEN of the kernel */
#define RTNL_FOREVER          UINT32_MAX
#define RTNL_PROTO_KEEPALIVED 18 /* IFA_PROTO of our addresses, as in rt_addrprotos */

struct rtnl_link {
	int ifindex;
	char name[IFNAMSIZ];
	unsigned flags;   /* IFF_* */
	bool up;          /* administratively up and running (IFF_UP and IFF_RUNNING) */
	unsigned downs;   /* how often it was seen going down; shows a flap within one turn */
	unsigned mtu;     /* bytes */
	uint16_t arptype; /* ARPHRD_* */
	uint8_t maclen;   /* 0..RTNL_MAC_MAX */
	uint8_t mac[RTNL_MAC_MAX];
	int master; /* ifindex of the bridge, bond or VRF; 0: none */
	int lower;  /* ifindex of the base of a VLAN, macvlan..; 0: none or in another namespace */
	char kind[16]; /* IFLA_INFO_KIND: "macvlan", "vlan"..; "" for hardware */
};

/* An address on an interface; also what an address change asks for. */
struct rtnl_addr {
	int ifindex;
	struct addr local;
	struct addr peer; /* AF_UNSPEC: none */
	struct addr brd;  /* IPv4; AF_UNSPEC: none */
	uint8_t prefixlen;
	uint8_t scope;          /* RT_SCOPE_*; the kernel decides it for IPv6 */
	uint8_t proto;          /* IFA_PROTO; 0: untagged, or a kernel before 5.18 */
	uint32_t flags;         /* IFA_F_*; see RTNL_ADDR_ASK for those that may be asked for */
	uint32_t preferred_lft; /* seconds, 0: deprecated; the valid lifetime is always forever */
	char label[IFNAMSIZ];   /* IPv4; "" asks for the name of the interface */
};

#define RTNL_ADDR_ASK                                                                   \
	(IFA_F_NODAD | IFA_F_HOMEADDRESS | IFA_F_MANAGETEMPADDR | IFA_F_NOPREFIXROUTE | \
		IFA_F_MCAUTOJOIN)

struct rtnl;

struct rtnl_conf { /* receive buffers in bytes, 0: the system's default; force: beyond rmem_max */
	unsigned cmd_rcvbuf, monitor_rcvbuf;
	bool cmd_force, monitor_force;
};

/*
 * old is NULL for a new object, now is NULL for one that is gone; both are valid during the call.
 * A renamed interface differs in name, an address that finished duplicate detection in flags. The
 * callback may call anything but rtnl_close.
 */
struct rtnl_events {
	void (*link)(void *ctx, const struct rtnl_link *now, const struct rtnl_link *old);
	void (*addr)(void *ctx, const struct rtnl_addr *now, const struct rtnl_addr *old);
	void (*resynced)(void *ctx); /* may be NULL; after the differences, for counters and logs */
};

/* Opens the sockets and fills the tables, without calling anybody. 0 or -errno. */
int rtnl_open(struct loop *, const struct rtnl_conf *, struct rtnl **);
void rtnl_close(struct rtnl *); /* NULL is fine; changes nothing in the kernel */
/* Other receive buffers from now on; 0: the size that it was opened with. */
void rtnl_set_buffers(struct rtnl *, const struct rtnl_conf *);
void rtnl_listen(struct rtnl *, const struct rtnl_events *, void *ctx);

/* Look-ups; NULL when there is none. What they return is valid until the caller
 * applies something or returns to the loop. */
const struct rtnl_link *rtnl_link_by_index(const struct rtnl *, int ifindex);
const struct rtnl_link *rtnl_link_by_name(const struct rtnl *, const char *name);
/* Iteration: start with NULL, until NULL. Links in no order, the addresses of a link in the
 * kernel's order. No apply in between. */
const struct rtnl_link *rtnl_link_next(const struct rtnl *, const struct rtnl_link *);
const struct rtnl_addr *rtnl_addr_next(const struct rtnl *, int ifindex, const struct rtnl_addr *);
/* The address as the kernel has it: same interface and address; prefix length and peer too for
 * IPv4, where they are part of an address's identity. */
const struct rtnl_addr *rtnl_addr_find(const struct rtnl *, const struct rtnl_addr *);
size_t rtnl_count_links(const struct rtnl *);

/*
 * The address adverts are sent from: the first primary IPv4 address, or the first usable (not
 * tentative or duplicate) IPv6 link-local one. Addresses tagged skip_proto do not count: a virtual
 * address is no source; 0 skips none.
 */
const struct rtnl_addr *rtnl_first_addr(
	const struct rtnl *, int ifindex, int family, uint8_t skip_proto);

enum rtnl_kind {
	RTNL_ADDRESS,
};

struct rtnl_change {
	enum rtnl_kind kind;
	bool add;     /* else delete */
	bool replace; /* add: alter an existing one instead of -EEXIST */
	struct rtnl_addr addr;
	int error; /* result: 0 or -errno */
};

/* No options, forever preferred, tagged RTNL_PROTO_KEEPALIVED, scope universe. */
void rtnl_addr_init(struct rtnl_addr *, int ifindex, const struct addr *local, uint8_t prefixlen);

/*
 * Applies the changes in order, many per system call, going on after failures. Each gets its error:
 * -EEXIST (add: there already) and -EADDRNOTAVAIL (delete: not there) usually count as done,
 * -ETIMEDOUT means that the kernel gave no answer within a second, for all of them together.
 * Returns how many failed, those two included. The tables have the changes on return.
 * An address may be deleted and added again in one call, not the other way round.
 * Deleting a primary IPv4 address takes its secondaries along unless promote_secondaries is set.
 */
size_t rtnl_apply(struct rtnl *, struct rtnl_change *, size_t n);

#endif
