/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's side of pkt.h: raw sockets.
 *
 * IPv4 adverts carry a header of our own, since the source address is the operator's choice and
 * need not be on this host; the kernel fills in length and checksum. IPv6 takes source, hop limit
 * and traffic class from control messages.
 *
 * Source: ip(7), ipv6(7), packet(7), raw(7), RFC 3542.
 */
#include "keepalived/kern/pkt.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <netinet/ip.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/uio.h>
#include <unistd.h>

#include "keepalived/kern/pkt_base.h"

#define PROTO_VRRP     112
#define READS          32                     /* packets per system call */
#define READS_PER_TURN 4                      /* system calls per socket and turn */
#define READ_SIZE      (PKT_PAYLOAD_MAX + 60) /* with the longest IPv4 header */
#define CONTROL_SIZE   128
#define PRIORITY       7 /* TC_PRIO_CONTROL */

/* A UDP socket that is a member of groups and receives nothing. */
struct holder {
	struct list link;
	int family, fd;
	unsigned members;
	bool full;
};

struct receiver {
	struct loop_fd fd;
	struct kernel_pkt *owner;
	int family;
	uint32_t overflow; /* the kernel's count as last seen */
};

struct kernel_pkt {
	struct pkt p;
	struct loop *loop;
	unsigned rcvbuf;
	struct receiver rx4, rx6, rx_ah;
	int tx4, tx6, tx_frame;
	struct list holders;
	struct mmsghdr msgs[READS];
	struct iovec iov[READS];
	struct sockaddr_in6 from[READS]; /* large enough for IPv4 */
	_Alignas(struct cmsghdr) uint8_t control[READS][CONTROL_SIZE];
	uint8_t *space;
};

static struct kernel_pkt *kernel(struct pkt *p)
{
	return container_of(p, struct kernel_pkt, p);
}

/* Receiving */

static void read_control(struct receiver *rx, struct msghdr *m, struct pkt_in *in)
{
	struct in6_pktinfo info6;
	struct in_pktinfo info4;
	uint32_t overflow;
	int hops;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			memcpy(&info4, CMSG_DATA(c), sizeof(info4));
			in->ifindex = info4.ipi_ifindex;
		} else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			memcpy(&info6, CMSG_DATA(c), sizeof(info6));
			in->ifindex = (int)info6.ipi6_ifindex;
			addr_from_bytes(&in->dst, AF_INET6, &info6.ipi6_addr);
		} else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_HOPLIMIT) {
			memcpy(&hops, CMSG_DATA(c), sizeof(hops));
			in->has_ttl = true;
			in->ttl = (uint8_t)hops;
		} else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_RXQ_OVFL) {
			memcpy(&overflow, CMSG_DATA(c), sizeof(overflow));
			rx->owner->p.stats.overflow += overflow - rx->overflow;
			rx->overflow = overflow;
		}
	}
}

static void take(struct receiver *rx, int i)
{
	struct kernel_pkt *k = rx->owner;
	struct mmsghdr *m = &k->msgs[i];
	const uint8_t *bytes = k->iov[i].iov_base;
	struct pkt_in in = {0};
	int err = 0;

	read_control(rx, &m->msg_hdr, &in);
	if (rx->family == AF_INET) {
		err = pkt_parse_ipv4(&in, bytes, m->msg_len);
	} else {
		addr_from_bytes(&in.src, AF_INET6, &k->from[i].sin6_addr);
		in.payload = bytes;
		in.len = m->msg_len;
	}
	if (err || (m->msg_hdr.msg_flags & MSG_TRUNC) || in.dst.family != rx->family)
		k->p.stats.malformed++;
	else
		pkt_base_dispatch(&k->p, &in);
}

static int read_batch(struct receiver *rx)
{
	struct kernel_pkt *k = rx->owner;
	int n;

	for (int i = 0; i < READS; i++) {
		k->msgs[i].msg_hdr.msg_namelen = sizeof(k->from[i]);
		k->msgs[i].msg_hdr.msg_controllen = CONTROL_SIZE;
	}
	n = recvmmsg(rx->fd.fd, k->msgs, READS, MSG_DONTWAIT, NULL);
	for (int i = 0; i < n; i++)
		take(rx, i);
	return n;
}

/* Errors that a socket reports here belong to packets sent long ago, and clear with the read. */
static void receive_ready(struct loop_fd *fd, uint32_t events)
{
	struct receiver *rx = container_of(fd, struct receiver, fd);

	(void)events;
	for (int i = 0; i < READS_PER_TURN; i++)
		if (read_batch(rx) < READS)
			return;
}

/* Sending */

static int send_message(int fd, const struct msghdr *m)
{
	if (fd < 0)
		return -EAFNOSUPPORT;
	return sendmsg(fd, m, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static void put_control(struct msghdr *m, int level, int type, const void *p, size_t n)
{
	struct cmsghdr *c = (struct cmsghdr *)((uint8_t *)m->msg_control + m->msg_controllen);

	c->cmsg_level = level;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(n);
	memcpy(CMSG_DATA(c), p, n);
	m->msg_controllen += CMSG_SPACE(n);
}

/* Tells the kernel which interface and, for its choice of route, which source; the header has the
 * source that is sent. */
static int send_ipv4(struct kernel_pkt *k, const struct pkt_out *out)
{
	_Alignas(struct cmsghdr) uint8_t control[CONTROL_SIZE] = {0};
	struct in_pktinfo info = {.ipi_ifindex = out->ifindex, .ipi_spec_dst = out->src.v4};
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr = out->dst.v4};
	struct iphdr h = {
		.version = 4,
		.ihl = 5,
		.tos = out->tos,
		.id = htons(out->id),
		.ttl = out->ttl ? out->ttl : PKT_TTL,
		.protocol = out->ah ? IPPROTO_AH : PROTO_VRRP,
		.saddr = out->src.v4.s_addr,
		.daddr = out->dst.v4.s_addr,
	};
	struct iovec iov[] = {{&h, sizeof(h)}, {(void *)out->payload, out->len}};
	struct msghdr m = {
		.msg_name = &to,
		.msg_namelen = sizeof(to),
		.msg_iov = iov,
		.msg_iovlen = ARRAY_SIZE(iov),
		.msg_control = control,
	};

	put_control(&m, IPPROTO_IP, IP_PKTINFO, &info, sizeof(info));
	return send_message(k->tx4, &m);
}

static int send_ipv6(struct kernel_pkt *k, const struct pkt_out *out)
{
	_Alignas(struct cmsghdr) uint8_t control[CONTROL_SIZE] = {0};
	struct in6_pktinfo info = {
		.ipi6_addr = out->src.v6,
		.ipi6_ifindex = (unsigned)out->ifindex,
	};
	struct iovec iov = {(void *)out->payload, out->len};
	struct sockaddr_storage to;
	struct msghdr m = {
		.msg_name = &to,
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
	};
	int hops = out->ttl, tclass = out->tos;

	m.msg_namelen = addr_to_sockaddr(&out->dst, 0, (unsigned)out->ifindex, &to);
	put_control(&m, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof(info));
	put_control(&m, IPPROTO_IPV6, IPV6_TCLASS, &tclass, sizeof(tclass));
	if (hops)
		put_control(&m, IPPROTO_IPV6, IPV6_HOPLIMIT, &hops, sizeof(hops));
	return send_message(k->tx6, &m);
}

static int kernel_send(struct pkt *p, const struct pkt_out *out)
{
	return out->dst.family == AF_INET6 ? send_ipv6(kernel(p), out) : send_ipv4(kernel(p), out);
}

static int kernel_frame(struct pkt *p, int ifindex, const uint8_t *frame, size_t n)
{
	struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = ifindex};
	ssize_t sent;

	memcpy(&to.sll_protocol, frame + offsetof(struct ether_header, ether_type), 2);
	sent = sendto(
		kernel(p)->tx_frame, frame, n, MSG_DONTWAIT, (struct sockaddr *)&to, sizeof(to));
	return sent < 0 ? -errno : 0;
}

/* Membership */

static struct group_req group_req(const struct pkt_member *m)
{
	struct group_req g = {.gr_interface = (uint32_t)m->ifindex};

	addr_to_sockaddr(&m->group, 0, (unsigned)m->ifindex, &g.gr_group);
	return g;
}

static int level_of(int family)
{
	return family == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP;
}

/* A socket has room for igmp_max_memberships (IPv4: ENOBUFS) or optmem_max (IPv6: ENOMEM). */
static int join_with(struct holder *h, struct pkt_member *m)
{
	struct group_req g = group_req(m);

	if (setsockopt(h->fd, level_of(h->family), MCAST_JOIN_GROUP, &g, sizeof(g)) < 0 &&
		errno != EADDRINUSE) {
		h->full = errno == ENOBUFS || errno == ENOMEM;
		return -errno;
	}
	h->members++;
	m->holder = h;
	return 0;
}

static void free_holder(struct holder *h)
{
	list_del(&h->link);
	close(h->fd);
	free(h);
}

static int join_with_new(struct kernel_pkt *k, struct pkt_member *m)
{
	int fd = socket(m->group.family, SOCK_DGRAM | SOCK_CLOEXEC, 0), err;
	struct holder *h;

	if (fd < 0)
		return -errno;
	h = xcalloc(1, sizeof(*h));
	h->family = m->group.family;
	h->fd = fd;
	list_add_head(&k->holders, &h->link);
	err = join_with(h, m);
	if (err)
		free_holder(h);
	return err;
}

static int kernel_join(struct pkt *p, struct pkt_member *m)
{
	struct kernel_pkt *k = kernel(p);
	struct holder *h;
	int err;

	list_for_each(h, &k->holders, link) {
		if (h->full || h->family != m->group.family)
			continue;
		err = join_with(h, m);
		if (!err || !h->full)
			return err;
	}
	return join_with_new(k, m);
}

static void kernel_leave(struct pkt *p, struct pkt_member *m)
{
	struct group_req g = group_req(m);
	struct holder *h = m->holder;

	(void)p;
	setsockopt(h->fd, level_of(h->family), MCAST_LEAVE_GROUP, &g, sizeof(g));
	h->full = false;
	if (--h->members == 0)
		free_holder(h);
}

/* Open and close */

struct option {
	int level, name, value;
};

/* The first failure, as -errno, after closing. */
static int open_socket(int family, int type, int proto, const struct option *opt, size_t n)
{
	int fd = socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, proto);

	if (fd < 0)
		return -errno;
	for (size_t i = 0; i < n; i++) {
		if (setsockopt(fd, opt[i].level, opt[i].name, &opt[i].value, sizeof(int)) < 0) {
			int err = -errno;

			close(fd);
			return err;
		}
	}
	return fd;
}

static const struct option rx4_options[] = {
	{IPPROTO_IP, IP_PKTINFO, 1},
	{SOL_SOCKET, SO_RXQ_OVFL, 1},
};
static const struct option rx6_options[] = {
	{IPPROTO_IPV6, IPV6_RECVPKTINFO, 1},
	{IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1},
	{SOL_SOCKET, SO_RXQ_OVFL, 1},
};
static const struct option tx4_options[] = {
	{IPPROTO_IP, IP_HDRINCL, 1},
	{IPPROTO_IP, IP_MULTICAST_LOOP, 0},
	{SOL_SOCKET, SO_PRIORITY, PRIORITY},
};
static const struct option tx6_options[] = {
	{IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0},
	{IPPROTO_IPV6, IPV6_FREEBIND, 1},
	{SOL_SOCKET, SO_PRIORITY, PRIORITY},
};
static const struct option frame_options[] = {
	{SOL_SOCKET, SO_PRIORITY, PRIORITY},
};

#define OPEN(family, proto, options) \
	open_socket(family, SOCK_RAW, proto, options, ARRAY_SIZE(options))

/* The privileged form may exceed rmem_max; without the right for it the plain one counts. */
static void set_rcvbuf(int fd, unsigned bytes)
{
	int size = (int)MIN(bytes, (unsigned)INT32_MAX);

	if (bytes && setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

static int set_filter(int fd, struct sock_filter *steps, size_t n)
{
	struct sock_fprog program = {(unsigned short)n, steps};

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) < 0)
		return -errno;
	return 0;
}

/* IPv6 has no sending-only raw socket that lets the kernel build the header. */
static int receive_nothing(int fd)
{
	struct sock_filter drop = BPF_STMT(BPF_RET | BPF_K, 0);

	return set_filter(fd, &drop, 1);
}

/* Other traffic behind authentication headers may be a lot: what is not an advert stays in the
 * kernel. The first octet behind the IP header names the protocol that is authenticated. */
static int receive_adverts_only(int fd)
{
	struct sock_filter steps[] = {
		BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
		BPF_STMT(BPF_LD | BPF_B | BPF_IND, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PROTO_VRRP, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
	};

	return set_filter(fd, steps, ARRAY_SIZE(steps));
}

static int start_receiver(struct kernel_pkt *k, struct receiver *rx, int family, int fd)
{
	int err;

	if (fd < 0)
		return fd;
	rx->owner = k;
	rx->family = family;
	set_rcvbuf(fd, k->rcvbuf);
	err = loop_fd_add(k->loop, &rx->fd, fd, EPOLLIN, receive_ready);
	if (err)
		close(fd);
	return err;
}

static int open_ipv4(struct kernel_pkt *k)
{
	k->tx4 = OPEN(AF_INET, IPPROTO_RAW, tx4_options);
	if (k->tx4 < 0)
		return k->tx4;
	return start_receiver(k, &k->rx4, AF_INET, OPEN(AF_INET, PROTO_VRRP, rx4_options));
}

static int open_ah(struct kernel_pkt *k)
{
	int fd = OPEN(AF_INET, IPPROTO_AH, rx4_options);
	int err = fd < 0 ? fd : receive_adverts_only(fd);

	if (err && fd >= 0)
		close(fd);
	return err ? err : start_receiver(k, &k->rx_ah, AF_INET, fd);
}

static int open_ipv6(struct kernel_pkt *k)
{
	int err;

	k->tx6 = OPEN(AF_INET6, PROTO_VRRP, tx6_options);
	if (k->tx6 < 0)
		return k->tx6;
	err = receive_nothing(k->tx6);
	if (err)
		return err;
	return start_receiver(k, &k->rx6, AF_INET6, OPEN(AF_INET6, PROTO_VRRP, rx6_options));
}

static void close_receiver(struct receiver *rx)
{
	int fd = rx->fd.fd;

	loop_fd_del(&rx->fd);
	if (fd >= 0)
		close(fd);
	rx->fd = (struct loop_fd)LOOP_FD_NONE;
	rx->overflow = 0;
}

static int kernel_listen_ah(struct pkt *p, bool wanted)
{
	struct kernel_pkt *k = kernel(p);
	bool open = k->rx_ah.fd.fd >= 0;

	if (wanted && !open)
		return open_ah(k);
	if (!wanted && open)
		close_receiver(&k->rx_ah);
	return 0;
}

static void close_socket(int fd)
{
	if (fd >= 0)
		close(fd);
}

static void kernel_close(struct pkt *p)
{
	struct kernel_pkt *k = kernel(p);

	pkt_base_free(p);
	close_receiver(&k->rx4);
	close_receiver(&k->rx6);
	close_receiver(&k->rx_ah);
	close_socket(k->tx4);
	close_socket(k->tx6);
	close_socket(k->tx_frame);
	free(k->space);
	free(k);
}

static const struct pkt_ops kernel_ops = {
	kernel_send,
	kernel_frame,
	kernel_join,
	kernel_leave,
	kernel_listen_ah,
	kernel_close,
};

static void prepare_reads(struct kernel_pkt *k)
{
	k->space = xmalloc((size_t)READS * READ_SIZE);
	for (int i = 0; i < READS; i++) {
		k->iov[i] = (struct iovec){k->space + (size_t)i * READ_SIZE, READ_SIZE};
		k->msgs[i].msg_hdr = (struct msghdr){
			.msg_name = &k->from[i],
			.msg_iov = &k->iov[i],
			.msg_iovlen = 1,
			.msg_control = k->control[i],
		};
	}
}

static struct kernel_pkt *new_closed(void)
{
	struct kernel_pkt *k = xcalloc(1, sizeof(*k));

	pkt_base_init(&k->p, &kernel_ops);
	list_init(&k->holders);
	k->rx4.fd = k->rx6.fd = k->rx_ah.fd = (struct loop_fd)LOOP_FD_NONE;
	k->tx4 = k->tx6 = k->tx_frame = -1;
	prepare_reads(k);
	return k;
}

/* A family that the kernel lacks stays closed. */
static int without_family(int err)
{
	return err == -EAFNOSUPPORT ? 0 : err;
}

int pkt_open(struct loop *loop, const struct pkt_conf *conf, struct pkt **out)
{
	struct kernel_pkt *k = new_closed();
	int err;

	k->loop = loop;
	k->rcvbuf = conf->rcvbuf;
	k->tx_frame = OPEN(AF_PACKET, 0, frame_options);
	err = MIN(k->tx_frame, 0);
	if (!err && conf->ipv4)
		err = without_family(open_ipv4(k));
	if (!err && conf->ipv6)
		err = without_family(open_ipv6(k));
	if (err) {
		kernel_close(&k->p);
		return err;
	}
	*out = &k->p;
	return 0;
}
