/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPVS over generic netlink: its values to attributes and back. */
#include "keepalived/kern/ipvs.h"

#include <errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <stdlib.h>
#include <string.h>

#include "keepalived/kern/netlink.h"

#define RCVBUF (1 << 20) /* bytes, for the answers to large batches of changes */

struct kernel_ipvs {
	struct ipvs ipvs;
	struct netlink *nl;
	int family;
};

static struct kernel_ipvs *kernel_ipvs(struct ipvs *ipvs)
{
	return container_of(ipvs, struct kernel_ipvs, ipvs);
}

static ktime patience(void)
{
	return clock_now(&clock_monotonic) + IPVS_TIMEOUT;
}

/* ---- requests ---- */

static int service_key(struct nl_msg *m, const struct ipvs_service *s)
{
	NLA_PUT_U16(m, IPVS_SVC_ATTR_AF, s->family);
	if (!s->proto) {
		NLA_PUT_U32(m, IPVS_SVC_ATTR_FWMARK, s->fwmark);
		return 0;
	}
	NLA_PUT_U16(m, IPVS_SVC_ATTR_PROTOCOL, s->proto);
	NLA_PUT(m, IPVS_SVC_ATTR_ADDR, sizeof(s->addr.bytes), s->addr.bytes);
	NLA_PUT_U16(m, IPVS_SVC_ATTR_PORT, htons(s->port));
	return 0;

nla_put_failure:
	return -EMSGSIZE;
}

static int service_content(struct nl_msg *m, const struct ipvs_service *s)
{
	struct ip_vs_flags flags = {.flags = s->flags, .mask = UINT32_MAX};
	uint32_t all = s->family == AF_INET6 ? 128 : UINT32_MAX;

	NLA_PUT_STRING(m, IPVS_SVC_ATTR_SCHED_NAME, s->sched);
	if (s->pe[0])
		NLA_PUT_STRING(m, IPVS_SVC_ATTR_PE_NAME, s->pe);
	NLA_PUT(m, IPVS_SVC_ATTR_FLAGS, sizeof(flags), &flags);
	NLA_PUT_U32(m, IPVS_SVC_ATTR_TIMEOUT, s->timeout);
	NLA_PUT_U32(m, IPVS_SVC_ATTR_NETMASK, s->netmask ? s->netmask : all);
	return 0;

nla_put_failure:
	return -EMSGSIZE;
}

static int put_service(struct nl_msg *m, const struct ipvs_service *s, bool content)
{
	struct nlattr *nest = nla_nest_start(m, IPVS_CMD_ATTR_SERVICE);

	if (!nest || service_key(m, s) || (content && service_content(m, s)))
		return -EMSGSIZE;
	return nla_nest_end(m, nest);
}

static int dest_key(struct nl_msg *m, const struct ipvs_dest *d)
{
	NLA_PUT(m, IPVS_DEST_ATTR_ADDR, sizeof(d->addr.bytes), d->addr.bytes);
	NLA_PUT_U16(m, IPVS_DEST_ATTR_PORT, htons(d->port));
	NLA_PUT_U16(m, IPVS_DEST_ATTR_ADDR_FAMILY, d->addr.family);
	return 0;

nla_put_failure:
	return -EMSGSIZE;
}

static int dest_content(struct nl_msg *m, const struct ipvs_dest *d)
{
	NLA_PUT_U32(m, IPVS_DEST_ATTR_FWD_METHOD, d->fwd & IP_VS_CONN_F_FWD_MASK);
	NLA_PUT_U32(m, IPVS_DEST_ATTR_WEIGHT, d->weight);
	NLA_PUT_U32(m, IPVS_DEST_ATTR_U_THRESH, d->u_threshold);
	NLA_PUT_U32(m, IPVS_DEST_ATTR_L_THRESH, d->l_threshold);
	if (d->fwd != IP_VS_CONN_F_TUNNEL)
		return 0;
	NLA_PUT_U8(m, IPVS_DEST_ATTR_TUN_TYPE, d->tun_type);
	NLA_PUT_U16(m, IPVS_DEST_ATTR_TUN_PORT, htons(d->tun_port));
	NLA_PUT_U16(m, IPVS_DEST_ATTR_TUN_FLAGS, d->tun_flags);
	return 0;

nla_put_failure:
	return -EMSGSIZE;
}

static int put_dest(struct nl_msg *m, const struct ipvs_dest *d, bool content)
{
	struct nlattr *nest = nla_nest_start(m, IPVS_CMD_ATTR_DEST);

	if (!nest || dest_key(m, d) || (content && dest_content(m, d)))
		return -EMSGSIZE;
	return nla_nest_end(m, nest);
}

static int put_timeouts(struct nl_msg *m, const struct ipvs_timeouts *t)
{
	NLA_PUT_U32(m, IPVS_CMD_ATTR_TIMEOUT_TCP, t->tcp);
	NLA_PUT_U32(m, IPVS_CMD_ATTR_TIMEOUT_TCP_FIN, t->tcp_fin);
	NLA_PUT_U32(m, IPVS_CMD_ATTR_TIMEOUT_UDP, t->udp);
	return 0;

nla_put_failure:
	return -EMSGSIZE;
}

static int daemon_options(struct nl_msg *m, const struct ipvs_daemon *d)
{
	int group = d->group.family == AF_INET6 ? IPVS_DAEMON_ATTR_MCAST_GROUP6
						: IPVS_DAEMON_ATTR_MCAST_GROUP;

	if (d->maxlen)
		NLA_PUT_U16(m, IPVS_DAEMON_ATTR_SYNC_MAXLEN, d->maxlen);
	if (d->port)
		NLA_PUT_U16(m, IPVS_DAEMON_ATTR_MCAST_PORT, d->port);
	if (d->ttl)
		NLA_PUT_U8(m, IPVS_DAEMON_ATTR_MCAST_TTL, d->ttl);
	if (d->group.family)
		NLA_PUT(m, group, (int)addr_len(&d->group), d->group.bytes);
	return 0;

nla_put_failure:
	return -EMSGSIZE;
}

static int put_daemon(struct nl_msg *m, const struct ipvs_daemon *d, bool start)
{
	struct nlattr *nest = nla_nest_start(m, IPVS_CMD_ATTR_DAEMON);

	if (!nest)
		return -EMSGSIZE;
	NLA_PUT_U32(m, IPVS_DAEMON_ATTR_STATE, d->state);
	NLA_PUT_STRING(m, IPVS_DAEMON_ATTR_MCAST_IFN, d->ifname);
	NLA_PUT_U32(m, IPVS_DAEMON_ATTR_SYNC_ID, d->sync_id);
	if (start && daemon_options(m, d))
		return -EMSGSIZE;
	return nla_nest_end(m, nest);

nla_put_failure:
	return -EMSGSIZE;
}

static const uint8_t commands[] = {
	[IPVS_SERVICE_ADD] = IPVS_CMD_NEW_SERVICE,
	[IPVS_SERVICE_EDIT] = IPVS_CMD_SET_SERVICE,
	[IPVS_SERVICE_DEL] = IPVS_CMD_DEL_SERVICE,
	[IPVS_DEST_ADD] = IPVS_CMD_NEW_DEST,
	[IPVS_DEST_EDIT] = IPVS_CMD_SET_DEST,
	[IPVS_DEST_DEL] = IPVS_CMD_DEL_DEST,
	[IPVS_FLUSH] = IPVS_CMD_FLUSH,
	[IPVS_TIMEOUTS] = IPVS_CMD_SET_CONFIG,
	[IPVS_DAEMON_START] = IPVS_CMD_NEW_DAEMON,
	[IPVS_DAEMON_STOP] = IPVS_CMD_DEL_DAEMON,
};

static int put_change(struct nl_msg *m, const struct ipvs_change *c)
{
	int err;

	switch (c->op) {
	case IPVS_SERVICE_ADD:
	case IPVS_SERVICE_EDIT:
	case IPVS_SERVICE_DEL:
		return put_service(m, c->service, c->op != IPVS_SERVICE_DEL);
	case IPVS_DEST_ADD:
	case IPVS_DEST_EDIT:
	case IPVS_DEST_DEL:
		err = put_service(m, c->service, false);
		return err ? err : put_dest(m, c->dest, c->op != IPVS_DEST_DEL);
	case IPVS_TIMEOUTS:
		return put_timeouts(m, c->timeouts);
	case IPVS_DAEMON_START:
	case IPVS_DAEMON_STOP:
		return put_daemon(m, c->daemon, c->op == IPVS_DAEMON_START);
	case IPVS_FLUSH:
		break;
	}
	return 0;
}

static struct nl_msg *message(struct kernel_ipvs *k, uint8_t command, int flags)
{
	struct genlmsghdr fixed = {.cmd = command, .version = IPVS_GENL_VERSION};

	return netlink_request(k->family, flags, &fixed, sizeof(fixed));
}

struct changes {
	struct kernel_ipvs *k;
	struct ipvs_change *v;
	int failed;
};

static struct nl_msg *change_request(void *ctx, size_t i)
{
	const struct changes *changes = ctx;
	const struct ipvs_change *c = &changes->v[i];
	struct nl_msg *m = message(changes->k, commands[c->op], 0);

	if (m && put_change(m, c) == 0)
		return m;
	nlmsg_free(m);
	return NULL;
}

/* Stopping a daemon ends with EINTR, and so without an answer, when its thread had not come to run
 * yet; it is stopped all the same. */
static void change_result(void *ctx, size_t i, int error)
{
	struct changes *changes = ctx;
	struct ipvs_change *c = &changes->v[i];

	c->error = c->op == IPVS_DAEMON_STOP && error == -EINTR ? 0 : error;
	changes->failed += c->error != 0;
}

static int kernel_apply(struct ipvs *ipvs, struct ipvs_change *changes, size_t n)
{
	struct changes ctx = {.k = kernel_ipvs(ipvs), .v = changes};
	struct netlink_list list = {change_request, change_result, &ctx};
	int err = netlink_transact(ctx.k->nl, &list, n, patience());

	return err ? err : ctx.failed;
}

/* ---- questions ---- */

/* Asks one question, about one service or none, and hears the answer out. */
static int ask(struct kernel_ipvs *k, uint8_t command, int flags, const struct ipvs_service *about,
	netlink_each reply, void *ctx)
{
	struct nl_msg *m = message(k, command, flags);

	if (m && about && put_service(m, about, false)) {
		nlmsg_free(m);
		return -EMSGSIZE;
	}
	return netlink_ask(k->nl, m, reply, ctx, patience());
}

/* An attribute that is absent counts as zero. */
static uint32_t u32_of(const struct nlattr *a)
{
	uint32_t v = 0;

	netlink_get(a, &v, sizeof(v));
	return v;
}

static uint16_t u16_of(const struct nlattr *a)
{
	uint16_t v = 0;

	netlink_get(a, &v, sizeof(v));
	return v;
}

static bool read_key(struct ipvs_service *s, struct nlattr **a)
{
	s->family = (uint8_t)u16_of(a[IPVS_SVC_ATTR_AF]);
	if (s->family != AF_INET && s->family != AF_INET6)
		return false;
	s->fwmark = u32_of(a[IPVS_SVC_ATTR_FWMARK]);
	if (s->fwmark)
		return true;
	s->proto = (uint8_t)u16_of(a[IPVS_SVC_ATTR_PROTOCOL]);
	s->port = ntohs(u16_of(a[IPVS_SVC_ATTR_PORT]));
	netlink_get_addr(a[IPVS_SVC_ATTR_ADDR], s->family, &s->addr);
	return s->proto && s->addr.family;
}

static bool read_service(struct ipvs_service *s, struct nlattr *nest)
{
	struct nlattr *a[IPVS_SVC_ATTR_MAX + 1];
	struct ip_vs_flags flags = {0};

	if (!nest || nla_parse_nested(a, IPVS_SVC_ATTR_MAX, nest, NULL) || !read_key(s, a))
		return false;
	netlink_get_str(a[IPVS_SVC_ATTR_SCHED_NAME], s->sched, sizeof(s->sched));
	netlink_get_str(a[IPVS_SVC_ATTR_PE_NAME], s->pe, sizeof(s->pe));
	netlink_get(a[IPVS_SVC_ATTR_FLAGS], &flags, sizeof(flags));
	s->flags = flags.flags & ~(uint32_t)IP_VS_SVC_F_HASHED;
	s->timeout = u32_of(a[IPVS_SVC_ATTR_TIMEOUT]);
	s->netmask = u32_of(a[IPVS_SVC_ATTR_NETMASK]);
	if (s->netmask == (s->family == AF_INET6 ? 128 : UINT32_MAX))
		s->netmask = 0;
	return true;
}

static bool read_dest(struct ipvs_dest *d, int family, struct nlattr *nest)
{
	struct nlattr *a[IPVS_DEST_ATTR_MAX + 1];

	if (!nest || nla_parse_nested(a, IPVS_DEST_ATTR_MAX, nest, NULL))
		return false;
	if (a[IPVS_DEST_ATTR_ADDR_FAMILY])
		family = u16_of(a[IPVS_DEST_ATTR_ADDR_FAMILY]);
	if (family != AF_INET && family != AF_INET6)
		return false;
	netlink_get_addr(a[IPVS_DEST_ATTR_ADDR], family, &d->addr);
	d->port = ntohs(u16_of(a[IPVS_DEST_ATTR_PORT]));
	d->fwd = u32_of(a[IPVS_DEST_ATTR_FWD_METHOD]) & IP_VS_CONN_F_FWD_MASK;
	d->weight = u32_of(a[IPVS_DEST_ATTR_WEIGHT]);
	d->u_threshold = u32_of(a[IPVS_DEST_ATTR_U_THRESH]);
	d->l_threshold = u32_of(a[IPVS_DEST_ATTR_L_THRESH]);
	netlink_get(a[IPVS_DEST_ATTR_TUN_TYPE], &d->tun_type, sizeof(d->tun_type));
	d->tun_port = ntohs(u16_of(a[IPVS_DEST_ATTR_TUN_PORT]));
	d->tun_flags = u16_of(a[IPVS_DEST_ATTR_TUN_FLAGS]);
	return d->addr.family;
}

/* The kernel runs one dump at a time on a socket, so the services are gathered first. */
struct services {
	struct ipvs_service *v;
	size_t n, cap;
};

static void on_service(void *arg, struct nlmsghdr *h)
{
	struct services *all = arg;
	struct nlattr *a[IPVS_CMD_ATTR_MAX + 1];
	struct ipvs_service s = {0};

	if (genlmsg_parse(h, 0, a, IPVS_CMD_ATTR_MAX, NULL) ||
		!read_service(&s, a[IPVS_CMD_ATTR_SERVICE]))
		return;
	if (all->n == all->cap) {
		all->cap = all->cap ? all->cap * 2 : 32;
		all->v = xrealloc(all->v, all->cap * sizeof(*all->v));
	}
	all->v[all->n++] = s;
}

struct dest_dump {
	const struct ipvs_visitor *visitor;
	const struct ipvs_service *service;
};

static void on_dest(void *arg, struct nlmsghdr *h)
{
	const struct dest_dump *dump = arg;
	struct nlattr *a[IPVS_CMD_ATTR_MAX + 1];
	struct ipvs_dest d = {0};

	if (!genlmsg_parse(h, 0, a, IPVS_CMD_ATTR_MAX, NULL) &&
		read_dest(&d, dump->service->family, a[IPVS_CMD_ATTR_DEST]))
		dump->visitor->dest(dump->visitor->arg, dump->service, &d);
}

static int kernel_dump(struct ipvs *ipvs, const struct ipvs_visitor *visitor)
{
	struct kernel_ipvs *k = kernel_ipvs(ipvs);
	struct services all = {0};
	int err = ask(k, IPVS_CMD_GET_SERVICE, NLM_F_DUMP, NULL, on_service, &all);

	for (size_t i = 0; i < all.n && !err; i++) {
		struct dest_dump dump = {visitor, &all.v[i]};

		visitor->service(visitor->arg, &all.v[i]);
		err = ask(k, IPVS_CMD_GET_DEST, NLM_F_DUMP, &all.v[i], on_dest, &dump);
	}
	free(all.v);
	return err;
}

static void on_info(void *arg, struct nlmsghdr *h)
{
	struct ipvs_info *info = arg;
	struct nlattr *a[IPVS_INFO_ATTR_MAX + 1];

	if (genlmsg_parse(h, 0, a, IPVS_INFO_ATTR_MAX, NULL))
		return;
	info->version = u32_of(a[IPVS_INFO_ATTR_VERSION]);
	info->conn_table = u32_of(a[IPVS_INFO_ATTR_CONN_TAB_SIZE]);
}

static void on_config(void *arg, struct nlmsghdr *h)
{
	struct ipvs_info *info = arg;
	struct nlattr *a[IPVS_CMD_ATTR_MAX + 1];

	if (genlmsg_parse(h, 0, a, IPVS_CMD_ATTR_MAX, NULL))
		return;
	info->timeouts = (struct ipvs_timeouts){
		.tcp = u32_of(a[IPVS_CMD_ATTR_TIMEOUT_TCP]),
		.tcp_fin = u32_of(a[IPVS_CMD_ATTR_TIMEOUT_TCP_FIN]),
		.udp = u32_of(a[IPVS_CMD_ATTR_TIMEOUT_UDP]),
	};
}

static int kernel_info(struct ipvs *ipvs, struct ipvs_info *info)
{
	struct kernel_ipvs *k = kernel_ipvs(ipvs);
	int err;

	*info = (struct ipvs_info){0};
	err = ask(k, IPVS_CMD_GET_INFO, 0, NULL, on_info, info);
	return err ? err : ask(k, IPVS_CMD_GET_CONFIG, 0, NULL, on_config, info);
}

/* ---- opening and closing ---- */

static void kernel_set_buffer(struct ipvs *ipvs, unsigned rcvbuf, bool force)
{
	if (rcvbuf)
		netlink_set_rcvbuf(kernel_ipvs(ipvs)->nl, rcvbuf, force);
	else
		netlink_set_rcvbuf(kernel_ipvs(ipvs)->nl, RCVBUF, true);
}

static void kernel_close(struct ipvs *ipvs)
{
	struct kernel_ipvs *k = kernel_ipvs(ipvs);

	netlink_close(k->nl);
	free(k);
}

static const struct ipvs_ops kernel_ops = {
	.apply = kernel_apply,
	.dump = kernel_dump,
	.info = kernel_info,
	.set_buffer = kernel_set_buffer,
	.close = kernel_close,
};

int ipvs_open(struct ipvs **ipvs)
{
	static const struct netlink_conf conf = {
		.protocol = NETLINK_GENERIC, .rcvbuf = RCVBUF, .force = true};
	struct kernel_ipvs *k;
	struct netlink *nl;
	int family, err = netlink_open(&conf, &nl);

	if (err)
		return err;
	family = genl_ctrl_resolve(netlink_libnl(nl), IPVS_GENL_NAME);
	if (family < 0) {
		netlink_close(nl);
		return family == -NLE_OBJ_NOTFOUND ? -ENOENT : family == -NLE_PERM ? -EPERM : -EIO;
	}
	k = xcalloc(1, sizeof(*k));
	k->ipvs.ops = &kernel_ops;
	k->nl = nl;
	k->family = family;
	*ipvs = &k->ipvs;
	return 0;
}
