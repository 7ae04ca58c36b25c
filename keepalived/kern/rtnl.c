/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's side of rtnl.h: rtnetlink messages to table entries and back, the monitor, and the
 * recovery from lost notifications.
 *
 * When notifications were lost, those still waiting are thrown away before the dump: they are older
 * than it, and a deletion among them could remove what has come back since. Those that arrive
 * during the dump are applied on top of it and end at the same picture.
 */
#include "keepalived/kern/rtnl.h"

#include <errno.h>
#include <linux/if_link.h>
#include <sys/epoll.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "keepalived/kern/netlink.h"
#include "keepalived/kern/rtnl_table.h"

#define READS_PER_TURN   64        /* system calls, of up to 16 datagrams each */
#define READS_TO_DISCARD 4096      /* a bound only: the queue is finite */
#define RESYNC_SPACING   MSEC(100) /* at most so often while notifications keep being lost */
#define SLICE            100       /* changes between two looks at the monitor */
#define DUMP_TRIES       5
#define PATIENCE         SEC(1) /* for all answers of one dump, or of an apply */

struct kernel_rtnl {
	struct rtnl r;
	struct rtnl_conf conf;
	struct loop *loop;
	struct netlink *cmd, *monitor;
	struct loop_fd ready;
	struct loop_work deliver;
	struct loop_timer resync;
	ktime last_resync;
	size_t gone6; /* deletions of IPv6 addresses read since an apply began */
};

static struct kernel_rtnl *kernel(struct rtnl *r)
{
	return container_of(r, struct kernel_rtnl, r);
}

static ktime patience(void)
{
	return clock_now(&clock_monotonic) + PATIENCE;
}

/* Messages to entries */

static void read_kind(struct nlattr *linkinfo, struct rtnl_link *l)
{
	struct nlattr *tb[IFLA_INFO_KIND + 1];

	if (linkinfo && nla_parse_nested(tb, IFLA_INFO_KIND, linkinfo, NULL) == 0)
		netlink_get_str(tb[IFLA_INFO_KIND], l->kind, sizeof(l->kind));
}

static void read_link(struct rtnl *r, struct nlmsghdr *h)
{
	struct nlattr *tb[IFLA_LINK_NETNSID + 1];
	const struct ifinfomsg *m = nlmsg_data(h);
	struct rtnl_link l = {0};

	if (nlmsg_parse(h, sizeof(*m), tb, IFLA_LINK_NETNSID, NULL) < 0)
		return;
	/* Bridge ports are also reported as such, and radio events in part only. */
	if (m->ifi_family != AF_UNSPEC || tb[IFLA_WIRELESS] || m->ifi_index <= 0)
		return;
	if (h->nlmsg_type == RTM_DELLINK) {
		rtnl_table_link_gone(r, m->ifi_index);
		return;
	}
	if (!netlink_get_str(tb[IFLA_IFNAME], l.name, sizeof(l.name)))
		return;
	l.ifindex = m->ifi_index;
	l.flags = m->ifi_flags;
	l.up = (m->ifi_flags & IFF_UP) && (m->ifi_flags & IFF_RUNNING);
	l.arptype = m->ifi_type;
	netlink_get(tb[IFLA_MTU], &l.mtu, sizeof(l.mtu));
	netlink_get(tb[IFLA_MASTER], &l.master, sizeof(l.master));
	if (!tb[IFLA_LINK_NETNSID])
		netlink_get(tb[IFLA_LINK], &l.lower, sizeof(l.lower));
	l.maclen = (uint8_t)nla_memcpy(l.mac, tb[IFLA_ADDRESS], RTNL_MAC_MAX);
	read_kind(tb[IFLA_LINKINFO], &l);
	rtnl_table_link(r, &l);
}

/* IFA_ADDRESS is the peer where there is one, otherwise the address again; IPv6 without a peer has
 * no IFA_LOCAL. */
static void read_local_and_peer(struct nlattr **tb, int family, struct rtnl_addr *a)
{
	struct addr address = {0};

	netlink_get_addr(tb[IFA_ADDRESS], family, &address);
	a->local = address;
	netlink_get_addr(tb[IFA_LOCAL], family, &a->local);
	if (address.family && !addr_eq(&address, &a->local))
		a->peer = address;
}

static void read_addr(struct rtnl *r, struct nlmsghdr *h)
{
	struct nlattr *tb[IFA_PROTO + 1];
	const struct ifaddrmsg *m = nlmsg_data(h);
	struct ifa_cacheinfo ci = {.ifa_prefered = RTNL_FOREVER};
	struct rtnl_addr a = {0};

	if (nlmsg_parse(h, sizeof(*m), tb, IFA_PROTO, NULL) < 0 ||
		(m->ifa_family != AF_INET && m->ifa_family != AF_INET6))
		return;
	a.ifindex = (int)m->ifa_index;
	a.prefixlen = m->ifa_prefixlen;
	a.scope = m->ifa_scope;
	a.flags = m->ifa_flags;
	netlink_get(tb[IFA_FLAGS], &a.flags, sizeof(a.flags));
	netlink_get(tb[IFA_PROTO], &a.proto, sizeof(a.proto));
	netlink_get(tb[IFA_CACHEINFO], &ci, sizeof(ci));
	/* The kernel calls a permanent IPv4 address forever preferred even when it is deprecated.
	 */
	a.preferred_lft = a.flags & IFA_F_DEPRECATED ? 0 : ci.ifa_prefered;
	netlink_get_addr(tb[IFA_BROADCAST], m->ifa_family, &a.brd);
	netlink_get_str(tb[IFA_LABEL], a.label, sizeof(a.label));
	read_local_and_peer(tb, m->ifa_family, &a);
	if (a.local.family == AF_UNSPEC)
		return;
	if (h->nlmsg_type == RTM_DELADDR) {
		kernel(r)->gone6 += a.local.family == AF_INET6;
		rtnl_table_addr_gone(r, &a);
	} else {
		rtnl_table_addr(r, &a);
	}
}

static void read_message(void *ctx, struct nlmsghdr *h)
{
	switch (h->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		read_link(ctx, h);
		break;
	case RTM_NEWADDR:
	case RTM_DELADDR:
		read_addr(ctx, h);
		break;
	}
}

/* The whole picture */

static int dump_links(struct kernel_rtnl *k)
{
	struct ifinfomsg all = {.ifi_family = AF_UNSPEC};
	struct nl_msg *m = netlink_request(RTM_GETLINK, NLM_F_DUMP, &all, sizeof(all));

	if (m)
		nla_put_u32(m, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	return netlink_ask(k->cmd, m, read_message, &k->r, patience());
}

static int dump_addrs(struct kernel_rtnl *k)
{
	struct ifaddrmsg all = {.ifa_family = AF_UNSPEC};
	struct nl_msg *m = netlink_request(RTM_GETADDR, NLM_F_DUMP, &all, sizeof(all));

	return netlink_ask(k->cmd, m, read_message, &k->r, patience());
}

static int dump_all(struct kernel_rtnl *k)
{
	int err = -EAGAIN;

	for (int i = 0; i < DUMP_TRIES && err == -EAGAIN; i++) {
		rtnl_table_sweep_begin(&k->r);
		err = dump_links(k);
		if (!err)
			err = dump_addrs(k);
	}
	if (!err)
		rtnl_table_sweep_end(&k->r);
	return err;
}

static void ignore_message(void *ctx UNUSED, struct nlmsghdr *h UNUSED)
{
}

static void discard_notifications(struct kernel_rtnl *k)
{
	for (int i = 0; i < READS_TO_DISCARD; i++) {
		int n = netlink_read(k->monitor, ignore_message, NULL);

		if (n == 0 || (n < 0 && n != -ENOBUFS))
			return;
	}
}

static void resync_now(struct loop_timer *t)
{
	struct kernel_rtnl *k = container_of(t, struct kernel_rtnl, resync);

	k->last_resync = loop_now(k->loop);
	discard_notifications(k);
	if (dump_all(k))
		loop_timer_set(&k->resync, k->last_resync + RESYNC_SPACING);
	loop_work_queue(k->loop, &k->deliver);
}

/* At once, unless it was done just now. */
static void resync_soon(struct kernel_rtnl *k)
{
	if (!loop_timer_pending(&k->resync))
		loop_timer_set(&k->resync, k->last_resync + RESYNC_SPACING);
}

/* Brings the tables up to what the kernel has said so far. False: not all of it was read. */
static bool drain(struct kernel_rtnl *k)
{
	for (int i = 0; i < READS_PER_TURN; i++) {
		int n = netlink_read(k->monitor, read_message, &k->r);

		if (n == 0)
			return true;
		if (n < 0) {
			resync_soon(k);
			return false;
		}
	}
	return false;
}

static void monitor_ready(struct loop_fd *fd, uint32_t events)
{
	struct kernel_rtnl *k = container_of(fd, struct kernel_rtnl, ready);

	(void)events;
	drain(k);
	rtnl_table_deliver(&k->r);
}

static void deliver_later(struct loop_work *w)
{
	rtnl_table_deliver(&container_of(w, struct kernel_rtnl, deliver)->r);
}

/* Changes to messages */

static int put_addr(struct nl_msg *m, int type, const struct addr *a)
{
	return addr_len(a) ? nla_put(m, type, (int)addr_len(a), a->bytes) : 0;
}

static int put_add_options(struct nl_msg *m, const struct rtnl_addr *a)
{
	struct ifa_cacheinfo ci = {.ifa_prefered = a->preferred_lft, .ifa_valid = RTNL_FOREVER};

	if (a->label[0])
		NLA_PUT_STRING(m, IFA_LABEL, a->label);
	NLA_PUT_U32(m, IFA_FLAGS, a->flags & RTNL_ADDR_ASK);
	NLA_PUT(m, IFA_CACHEINFO, sizeof(ci), &ci);
	if (a->proto)
		NLA_PUT_U8(m, IFA_PROTO, a->proto);
	return put_addr(m, IFA_BROADCAST, &a->brd);

nla_put_failure:
	return -EMSGSIZE;
}

static struct nl_msg *addr_request(const struct rtnl_change *c)
{
	const struct rtnl_addr *a = &c->addr;
	struct ifaddrmsg fixed = {
		.ifa_family = a->local.family,
		.ifa_prefixlen = a->prefixlen,
		.ifa_scope = a->scope,
		.ifa_index = (uint32_t)a->ifindex,
	};
	int flags = c->add ? NLM_F_CREATE | (c->replace ? NLM_F_REPLACE : NLM_F_EXCL) : 0;
	struct nl_msg *m =
		netlink_request(c->add ? RTM_NEWADDR : RTM_DELADDR, flags, &fixed, sizeof(fixed));

	if (m && put_addr(m, IFA_LOCAL, &a->local) == 0 &&
		put_addr(m, IFA_ADDRESS, a->peer.family ? &a->peer : &a->local) == 0 &&
		(!c->add || put_add_options(m, a) == 0))
		return m;
	nlmsg_free(m);
	return NULL;
}

/* What was confirmed, entered without waiting for the notification. Deletions before the waiting
 * notifications are read: what was deleted and added again comes back with them. */
static void enter_deletion(struct rtnl *r, const struct rtnl_change *c)
{
	if (!c->add && !c->error)
		rtnl_table_addr_gone(r, &c->addr);
}

/*
 * Additions after them. Of IPv4 nothing is left to enter then: an address that is not there was
 * deleted again by somebody else. But the kernel starts IPv6 addresses in a worker, so their
 * notification may be yet to come; when somebody deleted one meanwhile, only a dump can tell.
 */
static void enter_addition(struct kernel_rtnl *k, const struct rtnl_change *c, bool all_read)
{
	if (!c->add || c->error || rtnl_addr_find(&k->r, &c->addr))
		return;
	if (c->addr.local.family == AF_INET && all_read)
		return;
	rtnl_table_addr(&k->r, &c->addr);
	if (k->gone6)
		resync_soon(k);
}

static const struct {
	struct nl_msg *(*request)(const struct rtnl_change *);
	void (*before)(struct rtnl *, const struct rtnl_change *);
	void (*after)(struct kernel_rtnl *, const struct rtnl_change *, bool all_read);
} kinds[] = {
	[RTNL_ADDRESS] = {addr_request, enter_deletion, enter_addition},
};

struct slice {
	struct rtnl *r;
	struct rtnl_change *changes;
};

static struct nl_msg *request(void *ctx, size_t i)
{
	const struct slice *s = ctx;

	return kinds[s->changes[i].kind].request(&s->changes[i]);
}

static void take_result(void *ctx, size_t i, int error)
{
	const struct slice *s = ctx;

	s->changes[i].error = error;
	kinds[s->changes[i].kind].before(s->r, &s->changes[i]);
}

/* Our own deletions of IPv6 addresses. */
static size_t deletions6(const struct rtnl_change *c, size_t n)
{
	size_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += !c[i].add && !c[i].error && c[i].addr.local.family == AF_INET6;
	return sum;
}

/* In slices, reading the notifications between them: more would overrun the monitor's buffer. */
static size_t kernel_apply(struct rtnl *r, struct rtnl_change *changes, size_t n)
{
	struct kernel_rtnl *k = kernel(r);
	ktime until = patience();
	bool all_read = true;
	size_t failed = 0;

	k->gone6 = 0;
	for (size_t i = 0; i < n; i += SLICE) {
		struct slice slice = {r, changes + i};
		struct netlink_list list = {request, take_result, &slice};

		netlink_transact(k->cmd, &list, MIN(n - i, SLICE), until);
		all_read = drain(k);
	}
	k->gone6 -= MIN(k->gone6, deletions6(changes, n));
	for (size_t i = 0; i < n; i++) {
		kinds[changes[i].kind].after(k, &changes[i], all_read);
		failed += changes[i].error != 0;
	}
	if (rtnl_table_is_dirty(r))
		loop_work_queue(k->loop, &k->deliver);
	return failed;
}

/* Open and close */

static void kernel_close(struct rtnl *r)
{
	struct kernel_rtnl *k = kernel(r);

	loop_timer_cancel(&k->resync);
	loop_work_cancel(&k->deliver);
	loop_fd_del(&k->ready);
	netlink_close(k->cmd);
	netlink_close(k->monitor);
	rtnl_table_free(r);
	free(k);
}

/* What the configuration leaves open is as it was when the sockets were opened. */
static void kernel_set_buffers(struct rtnl *r, const struct rtnl_conf *conf)
{
	const struct kernel_rtnl *k = kernel(r);
	bool cmd = conf->cmd_rcvbuf, monitor = conf->monitor_rcvbuf;

	netlink_set_rcvbuf(
		k->cmd, (cmd ? conf : &k->conf)->cmd_rcvbuf, (cmd ? conf : &k->conf)->cmd_force);
	netlink_set_rcvbuf(k->monitor, (monitor ? conf : &k->conf)->monitor_rcvbuf,
		(monitor ? conf : &k->conf)->monitor_force);
}

static const struct rtnl_ops kernel_ops = {
	.apply = kernel_apply,
	.set_buffers = kernel_set_buffers,
	.close = kernel_close,
};

static int open_sockets(struct kernel_rtnl *k)
{
	static const int groups[] = {RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, 0};
	struct netlink_conf cmd = {
		.protocol = NETLINK_ROUTE,
		.rcvbuf = k->conf.cmd_rcvbuf,
		.force = k->conf.cmd_force,
	};
	struct netlink_conf monitor = {
		.protocol = NETLINK_ROUTE,
		.groups = groups,
		.rcvbuf = k->conf.monitor_rcvbuf,
		.force = k->conf.monitor_force,
	};
	int err = netlink_open(&cmd, &k->cmd);

	if (!err)
		err = netlink_open(&monitor, &k->monitor);
	if (!err)
		err = loop_fd_add(
			k->loop, &k->ready, netlink_fd(k->monitor), EPOLLIN, monitor_ready);
	return err;
}

int rtnl_open(struct loop *loop, const struct rtnl_conf *conf, struct rtnl **out)
{
	struct kernel_rtnl *k = xcalloc(1, sizeof(*k));
	int err;

	rtnl_table_init(&k->r, &kernel_ops);
	k->loop = loop;
	k->conf = *conf;
	k->ready = (struct loop_fd)LOOP_FD_NONE;
	loop_work_init(&k->deliver, deliver_later);
	loop_timer_init(loop, &k->resync, resync_now);
	err = open_sockets(k);
	if (!err) {
		k->r.silent = true;
		err = dump_all(k);
		k->r.silent = k->r.resynced = false;
	}
	if (err == -EAGAIN) { /* a busy host: what is missing comes with the next attempt */
		resync_soon(k);
		err = 0;
	}
	if (err) {
		kernel_close(&k->r);
		return err;
	}
	*out = &k->r;
	return 0;
}
