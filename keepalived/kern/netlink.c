/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keepalived/kern/netlink.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SPACE        (256 * 1024) /* what one system call may read */
#define READ_SIZE    (16 * 1024)  /* per datagram; the kernel fits its dumps to it */
#define ACK_SIZE     (2 * 1024)   /* the same while only acknowledgements are expected */
#define READS_MAX    (SPACE / ACK_SIZE)
#define BATCH_MAX    128 /* messages per sendmsg */
#define BATCH_BYTES  (32 * 1024)
#define ACK_TRUESIZE 1536 /* what an acknowledgement takes of the receive buffer, at most */

struct netlink_sock {
	int fd;
	uint32_t seq;
	unsigned batch; /* messages whose acknowledgements surely fit into the receive buffer */
	unsigned reads; /* datagrams per system call, as prepared */
	struct mmsghdr msgs[READS_MAX];
	struct iovec iov[READS_MAX];
	struct sockaddr_nl from[READS_MAX];
	uint8_t *space;
};

/* Building */

static void *append(struct netlink_buf *b, const void *p, size_t n)
{
	size_t padded = NLMSG_ALIGN(n);
	uint8_t *at;

	if (b->len + padded > b->cap) {
		b->cap = MAX(b->cap * 2, b->len + padded + 4096);
		b->bytes = xrealloc(b->bytes, b->cap);
	}
	at = b->bytes + b->len;
	memset(at, 0, padded);
	if (n && p)
		memcpy(at, p, n);
	b->len += padded;
	return at;
}

static struct nlmsghdr *current(struct netlink_buf *b)
{
	return (struct nlmsghdr *)(b->bytes + b->msg);
}

void netlink_begin(
	struct netlink_buf *b, uint16_t type, uint16_t flags, const void *fixed, size_t n)
{
	struct nlmsghdr h = {.nlmsg_type = type, .nlmsg_flags = flags | NLM_F_REQUEST | NLM_F_ACK};

	b->msg = b->len;
	b->n++;
	append(b, &h, sizeof(h));
	append(b, fixed, n);
	current(b)->nlmsg_len = (uint32_t)(b->len - b->msg);
}

void netlink_put(struct netlink_buf *b, uint16_t type, const void *p, size_t n)
{
	struct nlattr a = {.nla_len = (uint16_t)(NLA_HDRLEN + n), .nla_type = type};

	append(b, &a, sizeof(a));
	append(b, p, n);
	current(b)->nlmsg_len = (uint32_t)(b->len - b->msg);
}

void netlink_put_u32(struct netlink_buf *b, uint16_t type, uint32_t v)
{
	netlink_put(b, type, &v, sizeof(v));
}

void netlink_put_addr(struct netlink_buf *b, uint16_t type, const struct addr *a)
{
	if (addr_len(a))
		netlink_put(b, type, a->bytes, addr_len(a));
}

void netlink_buf_reset(struct netlink_buf *b)
{
	b->len = b->msg = b->n = 0;
}

void netlink_buf_free(struct netlink_buf *b)
{
	free(b->bytes);
	*b = (struct netlink_buf){0};
}

/* Reading attributes */

void netlink_parse(const struct nlattr **tb, unsigned max, const void *attrs, size_t len)
{
	const uint8_t *p = attrs;

	memset(tb, 0, (max + 1) * sizeof(*tb));
	while (len >= NLA_HDRLEN) {
		const struct nlattr *a = (const struct nlattr *)p;
		size_t step = NLA_ALIGN(a->nla_len);

		if (a->nla_len < NLA_HDRLEN || a->nla_len > len)
			return;
		if ((a->nla_type & NLA_TYPE_MASK) <= max)
			tb[a->nla_type & NLA_TYPE_MASK] = a;
		if (step >= len)
			return;
		p += step;
		len -= step;
	}
}

const void *netlink_attr_bytes(const struct nlattr *a)
{
	return (const uint8_t *)a + NLA_HDRLEN;
}

size_t netlink_attr_len(const struct nlattr *a)
{
	return a->nla_len - (size_t)NLA_HDRLEN;
}

bool netlink_get(const struct nlattr *a, void *out, size_t n)
{
	if (!a || netlink_attr_len(a) < n)
		return false;
	memcpy(out, netlink_attr_bytes(a), n);
	return true;
}

bool netlink_get_str(const struct nlattr *a, char *out, size_t size)
{
	size_t n;

	if (!a)
		return false;
	n = strnlen(netlink_attr_bytes(a), MIN(netlink_attr_len(a), size - 1));
	memset(out, 0, size);
	memcpy(out, netlink_attr_bytes(a), n);
	return true;
}

void netlink_get_addr(const struct nlattr *a, int family, struct addr *out)
{
	size_t need = family == AF_INET6 ? 16 : 4;

	if (a && netlink_attr_len(a) >= need)
		addr_from_bytes(out, family, netlink_attr_bytes(a));
}

/* Sockets */

static unsigned batch_for(int fd)
{
	int size = 0;
	socklen_t len = sizeof(size);

	getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, &len);
	return CLAMP((unsigned)size / ACK_TRUESIZE, 1u, BATCH_MAX);
}

static void set_rcvbuf(int fd, unsigned bytes, bool force)
{
	int size = (int)MIN(bytes, (unsigned)INT32_MAX);

	if (!bytes)
		return;
	if (force && setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) == 0)
		return;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

static void prepare_reads(struct netlink_sock *s, size_t size)
{
	s->reads = (unsigned)(SPACE / size);
	for (unsigned i = 0; i < s->reads; i++) {
		s->iov[i] = (struct iovec){s->space + i * size, size};
		s->msgs[i].msg_hdr = (struct msghdr){
			.msg_name = &s->from[i],
			.msg_iov = &s->iov[i],
			.msg_iovlen = 1,
		};
	}
}

int netlink_open(const struct netlink_conf *conf, struct netlink_sock **out)
{
	struct sockaddr_nl self = {.nl_family = AF_NETLINK, .nl_groups = conf->groups};
	struct netlink_sock *s;
	int fd, one = 1;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, conf->protocol);
	if (fd < 0)
		return -errno;
	set_rcvbuf(fd, conf->rcvbuf, conf->force);
	/* Errors come back without the request; an old kernel sends it along, which costs only
	 * room. */
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&self, sizeof(self)) < 0) {
		int err = -errno;

		close(fd);
		return err;
	}
	s = xcalloc(1, sizeof(*s));
	s->fd = fd;
	s->batch = batch_for(fd);
	s->space = xmalloc(SPACE);
	prepare_reads(s, READ_SIZE);
	*out = s;
	return 0;
}

void netlink_close(struct netlink_sock *s)
{
	if (!s)
		return;
	close(s->fd);
	free(s->space);
	free(s);
}

int netlink_fd(const struct netlink_sock *s)
{
	return s->fd;
}

static int read_datagrams(struct netlink_sock *s)
{
	int n;

	for (unsigned i = 0; i < s->reads; i++)
		s->msgs[i].msg_hdr.msg_namelen = sizeof(s->from[i]);
	do
		n = recvmmsg(s->fd, s->msgs, s->reads, MSG_DONTWAIT, NULL);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? 0 : -errno;
	return n;
}

/* Only the kernel has port 0; any process of root's may send us something. */
static bool from_kernel(const struct netlink_sock *s, int i)
{
	return s->msgs[i].msg_hdr.msg_namelen == sizeof(s->from[i]) && s->from[i].nl_pid == 0;
}

static void walk(const void *bytes, size_t left, netlink_each each, void *ctx)
{
	const struct nlmsghdr *h = bytes;

	for (; NLMSG_OK(h, left); h = NLMSG_NEXT(h, left))
		each(ctx, h);
}

int netlink_read(struct netlink_sock *s, netlink_each each, void *ctx)
{
	bool lost = false;
	int n = read_datagrams(s);

	for (int i = 0; i < n; i++) {
		if (s->msgs[i].msg_hdr.msg_flags & MSG_TRUNC)
			lost = true;
		else if (from_kernel(s, i))
			walk(s->iov[i].iov_base, s->msgs[i].msg_len, each, ctx);
	}
	return lost ? -ENOBUFS : n;
}

/* 0: readable; -ETIMEDOUT. */
static int wait_readable(int fd, ktime until)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	for (;;) {
		ktime left = until - clock_now(&clock_monotonic);
		int n = poll(&p, 1, left > 0 ? (int)(left / MSEC(1)) + 1 : 0);

		if (n > 0)
			return 0;
		if (n == 0 || errno != EINTR)
			return -ETIMEDOUT;
	}
}

/* Transactions */

struct acks {
	uint32_t first; /* sequence number of errors[0] */
	size_t n, missing;
	int *errors;
};

#define UNANSWERED 1 /* no errno of the kernel's, which are 0 or negative */

static void take_ack(void *ctx, const struct nlmsghdr *h)
{
	struct acks *a = ctx;
	uint32_t i = h->nlmsg_seq - a->first;
	struct nlmsgerr e;

	if (h->nlmsg_type != NLMSG_ERROR || h->nlmsg_len < NLMSG_LENGTH(sizeof(e.error)))
		return;
	if (i >= a->n || a->errors[i] != UNANSWERED)
		return;
	memcpy(&e.error, NLMSG_DATA(h), sizeof(e.error));
	a->errors[i] = MIN(e.error, 0);
	a->missing--;
}

static void give_up(struct acks *a, int error)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->errors[i] == UNANSWERED)
			a->errors[i] = error;
	a->missing = 0;
}

static void collect_acks(struct netlink_sock *s, struct acks *a, ktime until)
{
	bool lost = false;

	while (a->missing) {
		int n = netlink_read(s, take_ack, a);

		if (n == -ENOBUFS)
			lost = true;
		else if (n < 0)
			give_up(a, n);
		else if (n == 0 && (lost || wait_readable(s->fd, until) < 0))
			give_up(a, lost ? -ENOBUFS : -ETIMEDOUT);
	}
}

static int send_bytes(struct netlink_sock *s, const void *p, size_t n)
{
	struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	ssize_t sent;

	do
		sent = sendto(s->fd, p, n, 0, (struct sockaddr *)&kernel, sizeof(kernel));
	while (sent < 0 && errno == EINTR);
	return sent < 0 ? -errno : 0;
}

/* Numbers the messages from *at on that make one batch; returns their bytes. */
static size_t number_batch(struct netlink_sock *s, struct netlink_buf *b, size_t at, size_t *n)
{
	size_t start = at;

	for (*n = 0; at < b->len && *n < s->batch && at - start < BATCH_BYTES; (*n)++) {
		struct nlmsghdr *h = (struct nlmsghdr *)(b->bytes + at);

		h->nlmsg_seq = ++s->seq;
		at += NLMSG_ALIGN(h->nlmsg_len);
	}
	return at - start;
}

void netlink_transact(struct netlink_sock *s, struct netlink_buf *b, int *errors, ktime until)
{
	size_t at = 0, done = 0;

	prepare_reads(s, ACK_SIZE);
	while (at < b->len) {
		struct acks a = {.first = s->seq + 1, .errors = errors + done};
		size_t bytes = number_batch(s, b, at, &a.n);
		int err;

		for (size_t i = 0; i < a.n; i++)
			a.errors[i] = UNANSWERED;
		a.missing = a.n;
		err = send_bytes(s, b->bytes + at, bytes);
		if (err)
			give_up(&a, err);
		collect_acks(s, &a, until);
		at += bytes;
		done += a.n;
	}
	prepare_reads(s, READ_SIZE);
}

/* Dumps */

struct dump {
	uint32_t seq;
	netlink_each each;
	void *ctx;
	bool done, interrupted;
	int error;
};

static void take_dumped(void *ctx, const struct nlmsghdr *h)
{
	struct dump *d = ctx;

	if (h->nlmsg_seq != d->seq || d->done)
		return;
	if (h->nlmsg_flags & NLM_F_DUMP_INTR)
		d->interrupted = true;
	if (h->nlmsg_type != NLMSG_DONE && h->nlmsg_type != NLMSG_ERROR) {
		d->each(d->ctx, h);
		return;
	}
	d->done = true;
	if (h->nlmsg_len >= NLMSG_LENGTH(sizeof(d->error)))
		memcpy(&d->error, NLMSG_DATA(h), sizeof(d->error));
}

int netlink_dump(struct netlink_sock *s, struct netlink_buf *b, netlink_each each, void *ctx)
{
	ktime until = clock_now(&clock_monotonic) + NETLINK_PATIENCE;
	struct dump d = {.seq = ++s->seq, .each = each, .ctx = ctx};
	int n;

	current(b)->nlmsg_seq = d.seq;
	current(b)->nlmsg_flags &= (uint16_t)~NLM_F_ACK;
	n = send_bytes(s, b->bytes, b->len);
	if (n < 0)
		return n;
	while (!d.done) {
		n = netlink_read(s, take_dumped, &d);
		if (n < 0)
			return n;
		if (n == 0 && wait_readable(s->fd, until) < 0)
			return -ETIMEDOUT;
	}
	if (d.error < 0)
		return d.error;
	return d.interrupted ? -EAGAIN : 0;
}
