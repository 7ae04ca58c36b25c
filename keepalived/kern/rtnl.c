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

struct kernel_rtnl {
	struct rtnl r;
	struct loop *loop;
	struct netlink_sock *cmd, *monitor;
	struct loop_fd ready;
	struct loop_work deliver;
	struct loop_timer resync;
	ktime last_resync;
};

static struct kernel_rtnl *kernel(struct rtnl *r)
{
	return container_of(r, struct kernel_rtnl, r);
}

/* Messages to entries */

static void read_kind(const struct nlattr *linkinfo, struct rtnl_link *l)
{
	const struct nlattr *tb[IFLA_INFO_KIND + 1];

	if (!linkinfo)
		return;
	netlink_parse(tb, IFLA_INFO_KIND, netlink_attr_bytes(linkinfo), netlink_attr_len(linkinfo));
	netlink_get_str(tb[IFLA_INFO_KIND], l->kind, sizeof(l->kind));
}

static void read_link(struct rtnl *r, const struct nlmsghdr *h)
{
	const struct nlattr *tb[IFLA_LINK_NETNSID + 1];
	const struct ifinfomsg *m = NLMSG_DATA(h);
	struct rtnl_link l = {0};

	netlink_parse(tb, IFLA_LINK_NETNSID, IFLA_RTA(m), IFLA_PAYLOAD(h));
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
	if (tb[IFLA_ADDRESS]) {
		l.maclen = (uint8_t)MIN(netlink_attr_len(tb[IFLA_ADDRESS]), (size_t)RTNL_MAC_MAX);
		memcpy(l.mac, netlink_attr_bytes(tb[IFLA_ADDRESS]), l.maclen);
	}
	read_kind(tb[IFLA_LINKINFO], &l);
	rtnl_table_link(r, &l);
}

/* IFA_ADDRESS is the peer where there is one, otherwise the address again; IPv6 without a peer has
 * no IFA_LOCAL. */
static void read_local_and_peer(const struct nlattr **tb, int family, struct rtnl_addr *a)
{
	struct addr address = {0};

	netlink_get_addr(tb[IFA_ADDRESS], family, &address);
	a->local = address;
	netlink_get_addr(tb[IFA_LOCAL], family, &a->local);
	if (address.family && !addr_eq(&address, &a->local))
		a->peer = address;
}

static void read_addr(struct rtnl *r, const struct nlmsghdr *h)
{
	const struct nlattr *tb[IFA_PROTO + 1];
	const struct ifaddrmsg *m = NLMSG_DATA(h);
	struct ifa_cacheinfo ci = {.ifa_prefered = RTNL_FOREVER};
	struct rtnl_addr a = {0};

	if (m->ifa_family != AF_INET && m->ifa_family != AF_INET6)
		return;
	netlink_parse(tb, IFA_PROTO, IFA_RTA(m), IFA_PAYLOAD(h));
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
	if (h->nlmsg_type == RTM_DELADDR)
		rtnl_table_addr_gone(r, &a);
	else
		rtnl_table_addr(r, &a);
}

static const struct {
	uint16_t type;
	size_t fixed;
	void (*read)(struct rtnl *, const struct nlmsghdr *);
} readers[] = {
	{RTM_NEWLINK, sizeof(struct ifinfomsg), read_link},
	{RTM_DELLINK, sizeof(struct ifinfomsg), read_link},
	{RTM_NEWADDR, sizeof(struct ifaddrmsg), read_addr},
	{RTM_DELADDR, sizeof(struct ifaddrmsg), read_addr},
};

static void read_message(void *ctx, const struct nlmsghdr *h)
{
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++)
		if (readers[i].type == h->nlmsg_type &&
			h->nlmsg_len >= NLMSG_LENGTH(readers[i].fixed))
			readers[i].read(ctx, h);
}

/* The whole picture */

static int dump(struct kernel_rtnl *k, uint16_t type, const void *fixed, size_t n, bool is_link)
{
	struct netlink_buf b = {0};
	int err;

	netlink_begin(&b, type, NLM_F_DUMP, fixed, n);
	if (is_link)
		netlink_put_u32(&b, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	err = netlink_dump(k->cmd, &b, read_message, &k->r);
	netlink_buf_free(&b);
	return err;
}

static int dump_all(struct kernel_rtnl *k)
{
	struct ifinfomsg links = {.ifi_family = AF_UNSPEC};
	struct ifaddrmsg addrs = {.ifa_family = AF_UNSPEC};
	int err = -EAGAIN;

	for (int i = 0; i < DUMP_TRIES && err == -EAGAIN; i++) {
		rtnl_table_sweep_begin(&k->r);
		err = dump(k, RTM_GETLINK, &links, sizeof(links), true);
		if (!err)
			err = dump(k, RTM_GETADDR, &addrs, sizeof(addrs), false);
	}
	if (!err)
		rtnl_table_sweep_end(&k->r);
	return err;
}

static void ignore_message(void *ctx, const struct nlmsghdr *h)
{
	(void)ctx;
	(void)h;
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

/* Brings the tables up to what the kernel has said so far. */
static void drain(struct kernel_rtnl *k)
{
	for (int i = 0; i < READS_PER_TURN; i++) {
		int n = netlink_read(k->monitor, read_message, &k->r);

		if (n == 0)
			return;
		if (n < 0) {
			resync_soon(k);
			return;
		}
	}
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

static void put_add_options(struct netlink_buf *b, const struct rtnl_addr *a)
{
	struct ifa_cacheinfo ci = {.ifa_prefered = a->preferred_lft, .ifa_valid = RTNL_FOREVER};

	netlink_put_addr(b, IFA_BROADCAST, &a->brd);
	if (a->label[0])
		netlink_put(b, IFA_LABEL, a->label, strnlen(a->label, IFNAMSIZ - 1) + 1);
	netlink_put_u32(b, IFA_FLAGS, a->flags & RTNL_ADDR_ASK);
	netlink_put(b, IFA_CACHEINFO, &ci, sizeof(ci));
	if (a->proto)
		netlink_put(b, IFA_PROTO, &a->proto, sizeof(a->proto));
}

static void put_addr_change(struct netlink_buf *b, const struct rtnl_change *c)
{
	const struct rtnl_addr *a = &c->addr;
	struct ifaddrmsg m = {
		.ifa_family = a->local.family,
		.ifa_prefixlen = a->prefixlen,
		.ifa_scope = a->scope,
		.ifa_index = (uint32_t)a->ifindex,
	};
	uint16_t flags = c->add ? NLM_F_CREATE | (c->replace ? NLM_F_REPLACE : NLM_F_EXCL) : 0;

	netlink_begin(b, c->add ? RTM_NEWADDR : RTM_DELADDR, flags, &m, sizeof(m));
	netlink_put_addr(b, IFA_LOCAL, &a->local);
	netlink_put_addr(b, IFA_ADDRESS, a->peer.family ? &a->peer : &a->local);
	if (c->add)
		put_add_options(b, a);
}

/* What was confirmed, entered without waiting for the notification. Deletions before the waiting
 * notifications are read: what was deleted and added again comes back with them. Additions after
 * them: the kernel starts IPv6 addresses in a worker, so their notification may be yet to come. */
static void enter_deletion(struct rtnl *r, const struct rtnl_change *c)
{
	if (!c->add && !c->error)
		rtnl_table_addr_gone(r, &c->addr);
}

static void enter_addition(struct rtnl *r, const struct rtnl_change *c)
{
	if (c->add && !c->error && !rtnl_addr_find(r, &c->addr))
		rtnl_table_addr(r, &c->addr);
}

static const struct {
	void (*put)(struct netlink_buf *, const struct rtnl_change *);
	void (*before)(struct rtnl *, const struct rtnl_change *);
	void (*after)(struct rtnl *, const struct rtnl_change *);
} kinds[] = {
	[RTNL_ADDRESS] = {put_addr_change, enter_deletion, enter_addition},
};

static void send_changes(struct kernel_rtnl *k, struct rtnl_change *changes, size_t n, ktime until)
{
	int errors[SLICE];
	struct netlink_buf b = {0};

	for (size_t i = 0; i < n; i++)
		kinds[changes[i].kind].put(&b, &changes[i]);
	netlink_transact(k->cmd, &b, errors, until);
	netlink_buf_free(&b);
	for (size_t i = 0; i < n; i++) {
		changes[i].error = errors[i];
		kinds[changes[i].kind].before(&k->r, &changes[i]);
	}
}

/* In slices, reading the notifications between them: more would overrun the monitor's buffer. */
static size_t kernel_apply(struct rtnl *r, struct rtnl_change *changes, size_t n)
{
	ktime until = clock_now(&clock_monotonic) + NETLINK_PATIENCE;
	struct kernel_rtnl *k = kernel(r);
	size_t failed = 0;

	for (size_t i = 0; i < n; i += SLICE) {
		send_changes(k, changes + i, MIN(n - i, SLICE), until);
		drain(k);
	}
	for (size_t i = 0; i < n; i++) {
		kinds[changes[i].kind].after(r, &changes[i]);
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

static const struct rtnl_ops kernel_ops = {kernel_apply, kernel_close};

static int open_sockets(struct kernel_rtnl *k, const struct rtnl_conf *conf)
{
	struct netlink_conf cmd = {
		.protocol = NETLINK_ROUTE,
		.rcvbuf = conf->cmd_rcvbuf,
		.force = conf->cmd_force,
	};
	struct netlink_conf monitor = {
		.protocol = NETLINK_ROUTE,
		.groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR,
		.rcvbuf = conf->monitor_rcvbuf,
		.force = conf->monitor_force,
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
	k->ready = (struct loop_fd)LOOP_FD_NONE;
	loop_work_init(&k->deliver, deliver_later);
	loop_timer_init(loop, &k->resync, resync_now);
	err = open_sockets(k, conf);
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
