/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPVS over generic netlink.
 *
 * Changes travel in batches: one send carries many requests, each asking for an acknowledgement.
 * The kernel works them off inside the send call, so the answers are there when it returns, and a
 * few recvmmsg calls collect them. A batch is no larger than the receive buffer can hold answers
 * to, because the kernel drops those that do not fit. Answers are matched by sequence number;
 * strays of an exchange that was given up fall outside the window and are ignored. Each batch ends
 * with an empty request, the fence: once that is answered, what has no answer will get none.
 */
#include "keepalived/kern/ipvs.h"

#include <errno.h>
#include <linux/netlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/base.h"

enum {
	REQUEST_MAX = 512,       /* bytes of the longest request; a daemon's has about 120 */
	BATCH_MAX = 512,         /* requests per send */
	ANSWER_COST = 2048,      /* receive buffer the kernel charges for one answer, generously */
	ANSWER_MAX = 1024,       /* bytes of an answer to a change */
	VECTOR = 128,            /* answers per receive call */
	DUMP_MAX = 1 << 17,      /* bytes of one datagram of a dump */
	BUFFER_WANTED = 1 << 20, /* bytes, each direction */
};

struct ipvs_netlink {
	struct ipvs ipvs;
	struct nl_sock *sock;
	int family;
	uint32_t seq;
	size_t batch;           /* requests per send */
	unsigned char *request; /* (batch + 1) * REQUEST_MAX */
	unsigned char *answers; /* VECTOR * ANSWER_MAX */
	unsigned char *dump;    /* DUMP_MAX */
};

static struct ipvs_netlink *of(struct ipvs *ipvs)
{
	return container_of(ipvs, struct ipvs_netlink, ipvs);
}

/* ---- requests ---- */

static int service_key(struct nl_msg *m, const struct ipvs_service *s)
{
	int err = nla_put_u16(m, IPVS_SVC_ATTR_AF, s->family);

	if (!s->proto)
		return err ? err : nla_put_u32(m, IPVS_SVC_ATTR_FWMARK, s->fwmark);
	err = err ? err : nla_put_u16(m, IPVS_SVC_ATTR_PROTOCOL, s->proto);
	err = err ? err : nla_put(m, IPVS_SVC_ATTR_ADDR, sizeof(s->addr.bytes), s->addr.bytes);
	return err ? err : nla_put_u16(m, IPVS_SVC_ATTR_PORT, htons(s->port));
}

static int service_content(struct nl_msg *m, const struct ipvs_service *s)
{
	struct ip_vs_flags flags = {.flags = s->flags, .mask = UINT32_MAX};
	uint32_t all = s->family == AF_INET6 ? 128 : UINT32_MAX;
	int err = nla_put_string(m, IPVS_SVC_ATTR_SCHED_NAME, s->sched);

	if (s->pe[0])
		err = err ? err : nla_put_string(m, IPVS_SVC_ATTR_PE_NAME, s->pe);
	err = err ? err : nla_put(m, IPVS_SVC_ATTR_FLAGS, sizeof(flags), &flags);
	err = err ? err : nla_put_u32(m, IPVS_SVC_ATTR_TIMEOUT, s->timeout);
	return err ? err : nla_put_u32(m, IPVS_SVC_ATTR_NETMASK, s->netmask ? s->netmask : all);
}

static int put_service(struct nl_msg *m, const struct ipvs_service *s, bool content)
{
	struct nlattr *nest = nla_nest_start(m, IPVS_CMD_ATTR_SERVICE);
	int err = nest ? service_key(m, s) : -NLE_NOMEM;

	if (!err && content)
		err = service_content(m, s);
	return err ? err : nla_nest_end(m, nest);
}

static int dest_key(struct nl_msg *m, const struct ipvs_dest *d)
{
	int err = nla_put(m, IPVS_DEST_ATTR_ADDR, sizeof(d->addr.bytes), d->addr.bytes);

	err = err ? err : nla_put_u16(m, IPVS_DEST_ATTR_PORT, htons(d->port));
	return err ? err : nla_put_u16(m, IPVS_DEST_ATTR_ADDR_FAMILY, d->addr.family);
}

static int dest_content(struct nl_msg *m, const struct ipvs_dest *d)
{
	int err = nla_put_u32(m, IPVS_DEST_ATTR_FWD_METHOD, d->fwd & IP_VS_CONN_F_FWD_MASK);

	err = err ? err : nla_put_u32(m, IPVS_DEST_ATTR_WEIGHT, d->weight);
	err = err ? err : nla_put_u32(m, IPVS_DEST_ATTR_U_THRESH, d->u_threshold);
	err = err ? err : nla_put_u32(m, IPVS_DEST_ATTR_L_THRESH, d->l_threshold);
	if (err || d->fwd != IP_VS_CONN_F_TUNNEL)
		return err;
	err = nla_put_u8(m, IPVS_DEST_ATTR_TUN_TYPE, d->tun_type);
	err = err ? err : nla_put_u16(m, IPVS_DEST_ATTR_TUN_PORT, htons(d->tun_port));
	return err ? err : nla_put_u16(m, IPVS_DEST_ATTR_TUN_FLAGS, d->tun_flags);
}

static int put_dest(struct nl_msg *m, const struct ipvs_dest *d, bool content)
{
	struct nlattr *nest = nla_nest_start(m, IPVS_CMD_ATTR_DEST);
	int err = nest ? dest_key(m, d) : -NLE_NOMEM;

	if (!err && content)
		err = dest_content(m, d);
	return err ? err : nla_nest_end(m, nest);
}

static int put_timeouts(struct nl_msg *m, const struct ipvs_timeouts *t)
{
	int err = nla_put_u32(m, IPVS_CMD_ATTR_TIMEOUT_TCP, t->tcp);

	err = err ? err : nla_put_u32(m, IPVS_CMD_ATTR_TIMEOUT_TCP_FIN, t->tcp_fin);
	return err ? err : nla_put_u32(m, IPVS_CMD_ATTR_TIMEOUT_UDP, t->udp);
}

static int daemon_options(struct nl_msg *m, const struct ipvs_daemon *d)
{
	int err = 0;

	if (d->maxlen)
		err = nla_put_u16(m, IPVS_DAEMON_ATTR_SYNC_MAXLEN, d->maxlen);
	if (d->port)
		err = err ? err : nla_put_u16(m, IPVS_DAEMON_ATTR_MCAST_PORT, d->port);
	if (d->ttl)
		err = err ? err : nla_put_u8(m, IPVS_DAEMON_ATTR_MCAST_TTL, d->ttl);
	if (d->group.family)
		err = err ? err
			  : nla_put(m,
				    d->group.family == AF_INET6 ? IPVS_DAEMON_ATTR_MCAST_GROUP6
								: IPVS_DAEMON_ATTR_MCAST_GROUP,
				    (int)addr_len(&d->group), d->group.bytes);
	return err;
}

static int put_daemon(struct nl_msg *m, const struct ipvs_daemon *d, bool start)
{
	struct nlattr *nest = nla_nest_start(m, IPVS_CMD_ATTR_DAEMON);
	int err = nest ? nla_put_u32(m, IPVS_DAEMON_ATTR_STATE, d->state) : -NLE_NOMEM;

	err = err ? err : nla_put_string(m, IPVS_DAEMON_ATTR_MCAST_IFN, d->ifname);
	err = err ? err : nla_put_u32(m, IPVS_DAEMON_ATTR_SYNC_ID, d->sync_id);
	if (!err && start)
		err = daemon_options(m, d);
	return err ? err : nla_nest_end(m, nest);
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

/* NULL: out of memory, or nothing that fits into REQUEST_MAX. */
static struct nl_msg *message(struct ipvs_netlink *nl, uint8_t command, int flags)
{
	struct nl_msg *m = nlmsg_alloc_size(REQUEST_MAX);

	if (m && !genlmsg_put(m, NL_AUTO_PORT, nl->seq, nl->family, 0, NLM_F_REQUEST | flags,
			 command, IPVS_GENL_VERSION)) {
		nlmsg_free(m);
		m = NULL;
	}
	return m;
}

static size_t append(unsigned char *at, struct nl_msg *m)
{
	struct nlmsghdr *h = nlmsg_hdr(m);
	size_t size = (size_t)nlmsg_total_size((int)h->nlmsg_len - NLMSG_HDRLEN);

	memset(at, 0, size);
	memcpy(at, h, h->nlmsg_len);
	return size;
}

/* ---- exchange ---- */

static int send_bytes(struct ipvs_netlink *nl, const void *p, size_t n)
{
	static const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	ssize_t sent;

	do {
		sent = sendto(nl_socket_get_fd(nl->sock), p, n, 0, (const struct sockaddr *)&kernel,
			sizeof(kernel));
	} while (sent < 0 && errno == EINTR);
	return sent < 0 ? -errno : 0;
}

static int wait_readable(struct ipvs_netlink *nl)
{
	struct pollfd p = {.fd = nl_socket_get_fd(nl->sock), .events = POLLIN};
	int n;

	do {
		n = poll(&p, 1, (int)(IPVS_TIMEOUT / MSEC(1)));
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n == 0 ? -ETIMEDOUT : 0;
}

/* The result in an NLMSG_ERROR or NLMSG_DONE; -EBADMSG when it is too short to hold one. */
static int result(struct nlmsghdr *h)
{
	int error;

	if (nlmsg_datalen(h) < (int)sizeof(error))
		return h->nlmsg_type == NLMSG_DONE ? 0 : -EBADMSG;
	memcpy(&error, nlmsg_data(h), sizeof(error));
	return error > 0 ? -EBADMSG : error;
}

/* One batch: changes[i] went out as first + i, the fence as first + n. */
struct window {
	struct ipvs_change *changes;
	uint32_t first;
	size_t n;
	bool fenced; /* the fence was answered */
};

#define UNANSWERED 1 /* no errno is positive */

static void take_answers(struct window *w, void *p, int n)
{
	struct nlmsghdr *h;

	for (h = p; nlmsg_ok(h, n); h = nlmsg_next(h, &n)) {
		uint32_t i = h->nlmsg_seq - w->first;

		if (h->nlmsg_type != NLMSG_ERROR)
			continue;
		if (i < w->n && w->changes[i].error == UNANSWERED)
			w->changes[i].error = result(h);
		w->fenced |= i == w->n;
	}
}

static int receive_answers(struct ipvs_netlink *nl, struct window *w)
{
	struct mmsghdr vec[VECTOR] = {0};
	struct iovec iov[VECTOR];
	int n;

	for (size_t i = 0; i < VECTOR; i++) {
		iov[i] = (struct iovec){nl->answers + i * ANSWER_MAX, ANSWER_MAX};
		vec[i].msg_hdr.msg_iov = &iov[i];
		vec[i].msg_hdr.msg_iovlen = 1;
	}
	n = recvmmsg(nl_socket_get_fd(nl->sock), vec, VECTOR, MSG_DONTWAIT, NULL);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return wait_readable(nl);
	if (n < 0 && errno == ENOBUFS)
		return 0; /* what was lost shows as silence */
	if (n < 0)
		return -errno;
	for (int i = 0; i < n; i++)
		take_answers(w, nl->answers + (size_t)i * ANSWER_MAX, (int)vec[i].msg_len);
	return 0;
}

/* Writes the request for one change; one that cannot be written is settled here. */
static size_t compose(struct ipvs_netlink *nl, unsigned char *at, struct ipvs_change *c)
{
	struct nl_msg *m = message(nl, commands[c->op], NLM_F_ACK);
	size_t size = 0;

	if (!m)
		c->error = -ENOMEM;
	else if (put_change(m, c))
		c->error = -EMSGSIZE;
	else
		size = append(at, m);
	nlmsg_free(m);
	nl->seq++;
	return size;
}

static size_t compose_fence(struct ipvs_netlink *nl, unsigned char *at)
{
	struct nlmsghdr fence = {
		.nlmsg_len = NLMSG_HDRLEN,
		.nlmsg_type = NLMSG_NOOP,
		.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
		.nlmsg_seq = nl->seq++,
	};

	memcpy(at, &fence, sizeof(fence));
	return sizeof(fence);
}

/*
 * The kernel answers no request that ends with EINTR. Only stopping a daemon does, when its thread
 * had not come to run yet; it is stopped all the same.
 */
static int unanswered(const struct ipvs_change *c, int err)
{
	if (err)
		return err;
	return c->op == IPVS_DAEMON_STOP ? 0 : -EINTR;
}

static int apply_batch(struct ipvs_netlink *nl, struct ipvs_change *changes, size_t n)
{
	struct window w = {.changes = changes, .first = nl->seq, .n = n};
	size_t used = 0;
	int err;

	for (size_t i = 0; i < n; i++)
		used += compose(nl, nl->request + used, &changes[i]);
	used += compose_fence(nl, nl->request + used);
	err = send_bytes(nl, nl->request, used);
	while (!err && !w.fenced)
		err = receive_answers(nl, &w);
	for (size_t i = 0; i < n; i++)
		if (changes[i].error == UNANSWERED)
			changes[i].error = unanswered(&changes[i], err);
	return err;
}

static int netlink_apply(struct ipvs *ipvs, struct ipvs_change *changes, size_t n)
{
	struct ipvs_netlink *nl = of(ipvs);
	int err = 0, failed = 0;

	for (size_t i = 0; i < n; i++)
		changes[i].error = UNANSWERED;
	for (size_t at = 0; at < n && !err; at += nl->batch)
		err = apply_batch(nl, changes + at, MIN(nl->batch, n - at));
	for (size_t i = 0; i < n; i++) {
		if (changes[i].error == UNANSWERED)
			changes[i].error = err;
		failed += changes[i].error != 0;
	}
	return err ? err : failed;
}

/* ---- questions ---- */

typedef void (*reply_fn)(void *arg, struct nlmsghdr *);

/* Hands over the replies to `seq` in one datagram. True at the end of the answer, with its error.
 */
static bool take_replies(uint32_t seq, void *p, int n, reply_fn reply, void *arg, int *err)
{
	struct nlmsghdr *h;

	for (h = p; nlmsg_ok(h, n); h = nlmsg_next(h, &n)) {
		if (h->nlmsg_seq != seq)
			continue;
		if (h->nlmsg_type == NLMSG_ERROR || h->nlmsg_type == NLMSG_DONE) {
			*err = result(h);
			return true;
		}
		if (genlmsg_valid_hdr(h, 0))
			reply(arg, h);
	}
	return false;
}

static int hear(struct ipvs_netlink *nl, uint32_t seq, reply_fn reply, void *arg)
{
	bool end = false;
	int err = 0;

	while (!err && !end) {
		ssize_t n = recv(
			nl_socket_get_fd(nl->sock), nl->dump, DUMP_MAX, MSG_DONTWAIT | MSG_TRUNC);

		if (n > DUMP_MAX)
			err = -EMSGSIZE;
		else if (n >= 0)
			end = take_replies(seq, nl->dump, (int)n, reply, arg, &err);
		else if (errno == EAGAIN || errno == EINTR)
			err = wait_readable(nl);
		else
			err = -errno;
	}
	return err;
}

/* Asks one question, about one service or none, and hears the answer out. */
static int ask(struct ipvs_netlink *nl, uint8_t command, int flags,
	const struct ipvs_service *about, reply_fn reply, void *arg)
{
	struct nl_msg *m = message(nl, command, flags);
	uint32_t seq = nl->seq++;
	int err = m ? 0 : -ENOMEM;

	if (!err && about && put_service(m, about, false))
		err = -EMSGSIZE;
	if (!err)
		err = send_bytes(nl, nlmsg_hdr(m), nlmsg_hdr(m)->nlmsg_len);
	nlmsg_free(m);
	return err ? err : hear(nl, seq, reply, arg);
}

static struct nla_policy cmd_policy[IPVS_CMD_ATTR_MAX + 1] = {
	[IPVS_CMD_ATTR_SERVICE] = {.type = NLA_NESTED},
	[IPVS_CMD_ATTR_DEST] = {.type = NLA_NESTED},
	[IPVS_CMD_ATTR_TIMEOUT_TCP] = {.type = NLA_U32},
	[IPVS_CMD_ATTR_TIMEOUT_TCP_FIN] = {.type = NLA_U32},
	[IPVS_CMD_ATTR_TIMEOUT_UDP] = {.type = NLA_U32},
};

static struct nla_policy service_policy[IPVS_SVC_ATTR_MAX + 1] = {
	[IPVS_SVC_ATTR_AF] = {.type = NLA_U16},
	[IPVS_SVC_ATTR_PROTOCOL] = {.type = NLA_U16},
	[IPVS_SVC_ATTR_ADDR] = {.minlen = 16},
	[IPVS_SVC_ATTR_PORT] = {.type = NLA_U16},
	[IPVS_SVC_ATTR_FWMARK] = {.type = NLA_U32},
	[IPVS_SVC_ATTR_SCHED_NAME] = {.maxlen = IP_VS_SCHEDNAME_MAXLEN},
	[IPVS_SVC_ATTR_PE_NAME] = {.maxlen = IP_VS_PENAME_MAXLEN},
	[IPVS_SVC_ATTR_FLAGS] = {.minlen = sizeof(struct ip_vs_flags)},
	[IPVS_SVC_ATTR_TIMEOUT] = {.type = NLA_U32},
	[IPVS_SVC_ATTR_NETMASK] = {.type = NLA_U32},
};

static struct nla_policy dest_policy[IPVS_DEST_ATTR_MAX + 1] = {
	[IPVS_DEST_ATTR_ADDR] = {.minlen = 16},
	[IPVS_DEST_ATTR_PORT] = {.type = NLA_U16},
	[IPVS_DEST_ATTR_FWD_METHOD] = {.type = NLA_U32},
	[IPVS_DEST_ATTR_WEIGHT] = {.type = NLA_U32},
	[IPVS_DEST_ATTR_U_THRESH] = {.type = NLA_U32},
	[IPVS_DEST_ATTR_L_THRESH] = {.type = NLA_U32},
	[IPVS_DEST_ATTR_ADDR_FAMILY] = {.type = NLA_U16},
	[IPVS_DEST_ATTR_TUN_TYPE] = {.type = NLA_U8},
	[IPVS_DEST_ATTR_TUN_PORT] = {.type = NLA_U16},
	[IPVS_DEST_ATTR_TUN_FLAGS] = {.type = NLA_U16},
};

static struct nla_policy info_policy[IPVS_INFO_ATTR_MAX + 1] = {
	[IPVS_INFO_ATTR_VERSION] = {.type = NLA_U32},
	[IPVS_INFO_ATTR_CONN_TAB_SIZE] = {.type = NLA_U32},
};

/* An absent attribute counts as zero. */
static uint32_t u32_of(struct nlattr *a)
{
	return a ? nla_get_u32(a) : 0;
}

static uint16_t u16_of(struct nlattr *a)
{
	return a ? nla_get_u16(a) : 0;
}

static void text_of(char *dst, size_t size, struct nlattr *a)
{
	if (a)
		nla_strlcpy(dst, a, size);
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
	if (!s->proto || !a[IPVS_SVC_ATTR_ADDR])
		return false;
	addr_from_bytes(&s->addr, s->family, nla_data(a[IPVS_SVC_ATTR_ADDR]));
	return true;
}

static bool read_service(struct ipvs_service *s, struct nlattr *nest)
{
	struct nlattr *a[IPVS_SVC_ATTR_MAX + 1];
	struct ip_vs_flags flags = {0};

	if (!nest || nla_parse_nested(a, IPVS_SVC_ATTR_MAX, nest, service_policy) ||
		!read_key(s, a))
		return false;
	text_of(s->sched, sizeof(s->sched), a[IPVS_SVC_ATTR_SCHED_NAME]);
	text_of(s->pe, sizeof(s->pe), a[IPVS_SVC_ATTR_PE_NAME]);
	if (a[IPVS_SVC_ATTR_FLAGS])
		memcpy(&flags, nla_data(a[IPVS_SVC_ATTR_FLAGS]), sizeof(flags));
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

	if (!nest || nla_parse_nested(a, IPVS_DEST_ATTR_MAX, nest, dest_policy) ||
		!a[IPVS_DEST_ATTR_ADDR])
		return false;
	if (a[IPVS_DEST_ATTR_ADDR_FAMILY])
		family = nla_get_u16(a[IPVS_DEST_ATTR_ADDR_FAMILY]);
	if (family != AF_INET && family != AF_INET6)
		return false;
	addr_from_bytes(&d->addr, family, nla_data(a[IPVS_DEST_ATTR_ADDR]));
	d->port = ntohs(u16_of(a[IPVS_DEST_ATTR_PORT]));
	d->fwd = u32_of(a[IPVS_DEST_ATTR_FWD_METHOD]) & IP_VS_CONN_F_FWD_MASK;
	d->weight = u32_of(a[IPVS_DEST_ATTR_WEIGHT]);
	d->u_threshold = u32_of(a[IPVS_DEST_ATTR_U_THRESH]);
	d->l_threshold = u32_of(a[IPVS_DEST_ATTR_L_THRESH]);
	d->tun_type = a[IPVS_DEST_ATTR_TUN_TYPE] ? nla_get_u8(a[IPVS_DEST_ATTR_TUN_TYPE]) : 0;
	d->tun_port = ntohs(u16_of(a[IPVS_DEST_ATTR_TUN_PORT]));
	d->tun_flags = u16_of(a[IPVS_DEST_ATTR_TUN_FLAGS]);
	return true;
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

	if (genlmsg_parse(h, 0, a, IPVS_CMD_ATTR_MAX, cmd_policy) ||
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

	if (!genlmsg_parse(h, 0, a, IPVS_CMD_ATTR_MAX, cmd_policy) &&
		read_dest(&d, dump->service->family, a[IPVS_CMD_ATTR_DEST]))
		dump->visitor->dest(dump->visitor->arg, dump->service, &d);
}

static int netlink_dump(struct ipvs *ipvs, const struct ipvs_visitor *visitor)
{
	struct ipvs_netlink *nl = of(ipvs);
	struct services all = {0};
	int err = ask(nl, IPVS_CMD_GET_SERVICE, NLM_F_DUMP, NULL, on_service, &all);

	for (size_t i = 0; i < all.n && !err; i++) {
		struct dest_dump dump = {visitor, &all.v[i]};

		visitor->service(visitor->arg, &all.v[i]);
		err = ask(nl, IPVS_CMD_GET_DEST, NLM_F_DUMP, &all.v[i], on_dest, &dump);
	}
	free(all.v);
	return err;
}

static void on_info(void *arg, struct nlmsghdr *h)
{
	struct ipvs_info *info = arg;
	struct nlattr *a[IPVS_INFO_ATTR_MAX + 1];

	if (genlmsg_parse(h, 0, a, IPVS_INFO_ATTR_MAX, info_policy))
		return;
	info->version = u32_of(a[IPVS_INFO_ATTR_VERSION]);
	info->conn_table = u32_of(a[IPVS_INFO_ATTR_CONN_TAB_SIZE]);
}

static void on_config(void *arg, struct nlmsghdr *h)
{
	struct ipvs_info *info = arg;
	struct nlattr *a[IPVS_CMD_ATTR_MAX + 1];

	if (genlmsg_parse(h, 0, a, IPVS_CMD_ATTR_MAX, cmd_policy))
		return;
	info->timeouts = (struct ipvs_timeouts){
		.tcp = u32_of(a[IPVS_CMD_ATTR_TIMEOUT_TCP]),
		.tcp_fin = u32_of(a[IPVS_CMD_ATTR_TIMEOUT_TCP_FIN]),
		.udp = u32_of(a[IPVS_CMD_ATTR_TIMEOUT_UDP]),
	};
}

static int netlink_info(struct ipvs *ipvs, struct ipvs_info *info)
{
	struct ipvs_netlink *nl = of(ipvs);
	int err;

	*info = (struct ipvs_info){0};
	err = ask(nl, IPVS_CMD_GET_INFO, NLM_F_ACK, NULL, on_info, info);
	return err ? err : ask(nl, IPVS_CMD_GET_CONFIG, NLM_F_ACK, NULL, on_config, info);
}

/* ---- opening and closing ---- */

static void netlink_close(struct ipvs *ipvs)
{
	struct ipvs_netlink *nl = of(ipvs);

	nl_socket_free(nl->sock);
	free(nl->request);
	free(nl->answers);
	free(nl->dump);
	free(nl);
}

static const struct ipvs_ops netlink_ops = {
	.apply = netlink_apply,
	.dump = netlink_dump,
	.info = netlink_info,
	.close = netlink_close,
};

/* Asks for a large buffer, takes what the rights allow. Returns its size in bytes. */
static size_t grow_buffer(int fd, int force, int polite)
{
	int size = BUFFER_WANTED;
	socklen_t len = sizeof(size);

	if (setsockopt(fd, SOL_SOCKET, force, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, polite, &size, sizeof(size));
	if (getsockopt(fd, SOL_SOCKET, polite, &size, &len) || size < 0)
		return 0;
	return (size_t)size;
}

static void size_batches(struct ipvs_netlink *nl)
{
	int fd = nl_socket_get_fd(nl->sock), on = 1;
	size_t answers = grow_buffer(fd, SO_RCVBUFFORCE, SO_RCVBUF) / ANSWER_COST;
	size_t requests = grow_buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF) / (2 * REQUEST_MAX);

	/* Without it a refusal repeats the request; that fits too, it only costs more. */
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	nl->batch = CLAMP(MIN(answers, requests), 1, (size_t)BATCH_MAX);
	nl->request = xmalloc((nl->batch + 1) * REQUEST_MAX);
	nl->answers = xmalloc(VECTOR * ANSWER_MAX);
	nl->dump = xmalloc(DUMP_MAX);
}

int ipvs_open(struct ipvs **ipvs)
{
	struct ipvs_netlink *nl = xcalloc(1, sizeof(*nl));
	int err;

	nl->ipvs.ops = &netlink_ops;
	nl->seq = 1;
	nl->sock = nl_socket_alloc();
	err = nl->sock ? genl_connect(nl->sock) : -NLE_NOMEM;
	if (!err)
		err = nl->family = genl_ctrl_resolve(nl->sock, IPVS_GENL_NAME);
	if (err < 0) {
		netlink_close(&nl->ipvs);
		return err == -NLE_OBJ_NOTFOUND ? -ENOENT : err == -NLE_PERM ? -EPERM : -EIO;
	}
	size_batches(nl);
	*ipvs = &nl->ipvs;
	return 0;
}
