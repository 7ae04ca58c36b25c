/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests travel in batches: one send carries many, and one recvmmsg collects the answers. A batch
 * is no larger than the receive buffer can hold answers to, because the kernel drops those that do
 * not fit. Each batch ends with an empty request, the fence: once that is answered, what has no
 * answer will get none. Strays of an exchange that was given up fall outside the window of sequence
 * numbers and are ignored.
 *
 * libnl opens and configures the socket, and builds and parses messages. Sending and receiving are
 * done here, since libnl's take a system call or two for every datagram.
 */
#include "keepalived/kern/netlink.h"

#include <errno.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SPACE       (256 * 1024) /* what one system call may read */
#define DUMP_SIZE   (32 * 1024)  /* per datagram; the kernel fits its dumps to it, up to this */
#define NOTICE_SIZE (16 * 1024)  /* the same for notifications */
#define ANSWER_SIZE 1024         /* and for answers; an old kernel's repeat the request */
#define READS_MAX   (SPACE / ANSWER_SIZE)
#define ANSWER_COST 1536            /* what an answer takes of the receive buffer, at most */
#define BATCH_MAX   (READS_MAX - 1) /* requests per send: with the fence, one read of answers */
#define BATCH_BYTES (64 * 1024)

struct netlink {
	struct nl_sock *sock;
	uint32_t seq;       /* of the next request */
	size_t batch;       /* requests per send */
	size_t batch_bytes; /* and so many bytes */
	struct mmsghdr msgs[READS_MAX];
	struct iovec iov[READS_MAX];
	struct sockaddr_nl from[READS_MAX];
	uint8_t *in;  /* SPACE */
	uint8_t *out; /* BATCH_BYTES */
};

/* ---- sockets ----------------------------------------------------------------------------- */

static struct netlink *wrap(struct nl_sock *sock)
{
	struct netlink *nl = xcalloc(1, sizeof(*nl));

	nl->sock = sock;
	nl->seq = 1;
	nl->batch = 1;
	nl->batch_bytes = BATCH_BYTES;
	nl->in = xmalloc(SPACE);
	nl->out = xmalloc(BATCH_BYTES);
	return nl;
}

static size_t buffer_size(int fd, int option)
{
	int size = 0;
	socklen_t len = sizeof(size);

	getsockopt(fd, SOL_SOCKET, option, &size, &len);
	return (size_t)MAX(size, 0);
}

/* What a new socket has, in the bytes that one asks for: the kernel doubles these. */
static int system_rcvbuf(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	size_t size = buffer_size(fd, SO_RCVBUF);

	if (fd >= 0)
		close(fd);
	return (int)(size / 2);
}

void netlink_set_rcvbuf(struct netlink *nl, unsigned bytes, bool force)
{
	int fd = netlink_fd(nl);
	int size = bytes ? (int)MIN(bytes, (unsigned)INT32_MAX) : system_rcvbuf();

	if (!bytes || !force || setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		nl_socket_set_buffer_size(nl->sock, size, BATCH_BYTES);
	nl->batch = buffer_size(fd, SO_RCVBUF) / ANSWER_COST;
	nl->batch = CLAMP(nl->batch, 2, BATCH_MAX + 1) - 1; /* and the fence */
	nl->batch_bytes = buffer_size(fd, SO_SNDBUF) / 2;
	nl->batch_bytes = CLAMP(nl->batch_bytes, 2 * NETLINK_REQUEST_MAX, BATCH_BYTES);
}

int netlink_open(const struct netlink_conf *conf, struct netlink **out)
{
	struct nl_sock *sock = nl_socket_alloc();
	int one = 1, err;

	errno = ENOMEM; /* libnl's own numbers tell less than the system call that failed */
	err = sock ? nl_connect(sock, conf->protocol) : -NLE_NOMEM;
	for (const int *g = conf->groups; g && *g && !err; g++)
		err = nl_socket_add_membership(sock, *g);
	if (err < 0) {
		err = -errno;
		nl_socket_free(sock);
		return err;
	}
	/* Errors come back without the request; an old kernel sends it along, which costs only
	 * room. */
	setsockopt(nl_socket_get_fd(sock), SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	nl_socket_set_buffer_size(sock, 0, BATCH_BYTES); /* the send buffer, that is */
	*out = wrap(sock);
	netlink_set_rcvbuf(*out, conf->rcvbuf, conf->force);
	return 0;
}

void netlink_close(struct netlink *nl)
{
	if (!nl)
		return;
	nl_socket_free(nl->sock);
	free(nl->in);
	free(nl->out);
	free(nl);
}

int netlink_fd(const struct netlink *nl)
{
	return nl_socket_get_fd(nl->sock);
}

struct nl_sock *netlink_libnl(const struct netlink *nl)
{
	return nl->sock;
}

/* ---- receiving --------------------------------------------------------------------------- */

static int read_datagrams(struct netlink *nl, size_t size)
{
	unsigned reads = (unsigned)(SPACE / size);
	int n;

	for (unsigned i = 0; i < reads; i++) {
		nl->iov[i] = (struct iovec){nl->in + i * size, size};
		nl->msgs[i].msg_hdr = (struct msghdr){
			.msg_name = &nl->from[i],
			.msg_namelen = sizeof(nl->from[i]),
			.msg_iov = &nl->iov[i],
			.msg_iovlen = 1,
		};
	}
	do
		n = recvmmsg(netlink_fd(nl), nl->msgs, reads, MSG_DONTWAIT, NULL);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? 0 : -errno;
	return n;
}

/* Only the kernel has port 0; any process of root's may send us something. */
static bool from_kernel(const struct netlink *nl, int i)
{
	return nl->msgs[i].msg_hdr.msg_namelen == sizeof(nl->from[i]) && nl->from[i].nl_pid == 0;
}

static void walk(void *bytes, int left, netlink_each each, void *ctx)
{
	for (struct nlmsghdr *h = bytes; nlmsg_ok(h, left); h = nlmsg_next(h, &left))
		each(ctx, h);
}

/* As netlink_read, in datagrams of this size. */
static int read_sized(struct netlink *nl, size_t size, netlink_each each, void *ctx)
{
	bool lost = false;
	int n = read_datagrams(nl, size);

	for (int i = 0; i < n; i++) {
		if (nl->msgs[i].msg_hdr.msg_flags & MSG_TRUNC)
			lost = true;
		else if (from_kernel(nl, i))
			walk(nl->iov[i].iov_base, (int)nl->msgs[i].msg_len, each, ctx);
	}
	return lost ? -ENOBUFS : n;
}

int netlink_read(struct netlink *nl, netlink_each each, void *ctx)
{
	return read_sized(nl, NOTICE_SIZE, each, ctx);
}

/* 0: readable; -ETIMEDOUT. */
static int wait_readable(struct netlink *nl, ktime until)
{
	struct pollfd p = {.fd = netlink_fd(nl), .events = POLLIN};

	for (;;) {
		ktime left = until - clock_now(&clock_monotonic);
		int n = poll(&p, 1, left > 0 ? (int)(left / MSEC(1)) + 1 : 0);

		if (n > 0)
			return 0;
		if (n == 0 || errno != EINTR)
			return -ETIMEDOUT;
	}
}

struct hearing {
	netlink_each take; /* gets the hearing */
	bool done;         /* set by take */
};

/* Reads until it is done. 0; -ENOBUFS: some of it was lost, but nothing more will come; -errno. */
static int hear(struct netlink *nl, size_t size, struct hearing *h, ktime until)
{
	bool lost = false;

	while (!h->done) {
		int n = read_sized(nl, size, h->take, h);

		if (n == -ENOBUFS)
			lost = true;
		else if (n < 0)
			return n;
		else if (n == 0 && lost)
			break;
		else if (n == 0 && wait_readable(nl, until) < 0)
			return -ETIMEDOUT;
	}
	return lost ? -ENOBUFS : 0;
}

/* What an NLMSG_ERROR or NLMSG_DONE says; -EBADMSG when it is too short to say anything. */
static int result_in(struct nlmsghdr *h)
{
	int error;

	if (nlmsg_datalen(h) < (int)sizeof(error))
		return h->nlmsg_type == NLMSG_DONE ? 0 : -EBADMSG;
	memcpy(&error, nlmsg_data(h), sizeof(error));
	return error > 0 ? -EBADMSG : error;
}

/* ---- sending ----------------------------------------------------------------------------- */

struct nl_msg *netlink_request(int type, int flags, const void *fixed, size_t n)
{
	struct nl_msg *m = nlmsg_alloc_size(NETLINK_REQUEST_MAX);

	if (m && nlmsg_put(m, 0, 0, type, 0, flags | NLM_F_REQUEST | NLM_F_ACK) &&
		nlmsg_append(m, (void *)fixed, n, NLMSG_ALIGNTO) == 0)
		return m;
	nlmsg_free(m);
	return NULL;
}

/* Numbers the message, copies it to the end of what is to be sent, and frees it. Its padded size.
 * NULL takes a number all the same. */
static size_t put(struct netlink *nl, size_t at, struct nl_msg *m)
{
	uint32_t seq = nl->seq++;
	struct nlmsghdr *h;
	size_t size;

	if (!m)
		return 0;
	h = nlmsg_hdr(m);
	h->nlmsg_seq = seq;
	size = NLMSG_ALIGN(h->nlmsg_len);
	memset(nl->out + at, 0, size);
	memcpy(nl->out + at, h, h->nlmsg_len);
	nlmsg_free(m);
	return size;
}

static int send_out(struct netlink *nl, size_t n)
{
	static const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	ssize_t sent;

	do
		sent = sendto(netlink_fd(nl), nl->out, n, 0, (const struct sockaddr *)&kernel,
			sizeof(kernel));
	while (sent < 0 && errno == EINTR);
	return sent < 0 ? -errno : 0;
}

/* ---- transactions ------------------------------------------------------------------------ */

struct batch {
	struct hearing hearing; /* done: the fence was answered */
	uint32_t first;         /* sequence number of errors[0]; the fence has first + n */
	size_t n;
	int errors[BATCH_MAX];
};

#define UNANSWERED 1 /* no errno of the kernel's, which are 0 or negative */

static void take_answer(void *ctx, struct nlmsghdr *h)
{
	struct batch *b = container_of(ctx, struct batch, hearing);
	uint32_t i = h->nlmsg_seq - b->first;

	if (h->nlmsg_type != NLMSG_ERROR)
		return;
	if (i < b->n && b->errors[i] == UNANSWERED)
		b->errors[i] = result_in(h);
	b->hearing.done |= i == b->n;
}

/* Writes as many of the requests from `at` to `end` as make a batch, and the fence. Their bytes. */
static size_t compose(
	struct netlink *nl, struct batch *b, const struct netlink_list *list, size_t at, size_t end)
{
	size_t full = nl->batch_bytes - 2 * NETLINK_REQUEST_MAX, bytes = 0;

	b->first = nl->seq;
	for (b->n = 0; at + b->n < end && b->n < nl->batch && bytes <= full; b->n++) {
		struct nl_msg *m = list->request(list->ctx, at + b->n);

		b->errors[b->n] = m ? UNANSWERED : -EMSGSIZE;
		bytes += put(nl, bytes, m);
	}
	return bytes + put(nl, bytes, netlink_request(NLMSG_NOOP, 0, NULL, 0));
}

static int transact_batch(struct netlink *nl, struct batch *b, size_t bytes, ktime until)
{
	int err = send_out(nl, bytes), silent;

	if (!err)
		err = hear(nl, ANSWER_SIZE, &b->hearing, until);
	/* To a request that ends with EINTR the kernel gives no answer. */
	silent = err ? err : -EINTR;
	for (size_t i = 0; i < b->n; i++)
		if (b->errors[i] == UNANSWERED)
			b->errors[i] = silent;
	return err == -ENOBUFS ? 0 : err;
}

int netlink_transact(struct netlink *nl, const struct netlink_list *list, size_t n, ktime until)
{
	size_t at = 0;
	int err = 0;

	while (at < n && !err) {
		struct batch b;
		size_t bytes;

		b.hearing = (struct hearing){.take = take_answer};
		bytes = compose(nl, &b, list, at, n);
		err = transact_batch(nl, &b, bytes, until);
		for (size_t i = 0; i < b.n; i++)
			list->result(list->ctx, at++, b.errors[i]);
	}
	while (at < n)
		list->result(list->ctx, at++, err);
	return err;
}

/* ---- questions --------------------------------------------------------------------------- */

struct question {
	struct hearing hearing;
	uint32_t seq;
	netlink_each each;
	void *ctx;
	bool interrupted;
	int error;
};

static void take_reply(void *ctx, struct nlmsghdr *h)
{
	struct question *q = container_of(ctx, struct question, hearing);

	if (h->nlmsg_seq != q->seq || q->hearing.done)
		return;
	if (h->nlmsg_flags & NLM_F_DUMP_INTR)
		q->interrupted = true;
	if (h->nlmsg_type != NLMSG_DONE && h->nlmsg_type != NLMSG_ERROR) {
		q->each(q->ctx, h);
		return;
	}
	q->hearing.done = true;
	q->error = result_in(h);
}

int netlink_ask(struct netlink *nl, struct nl_msg *m, netlink_each each, void *ctx, ktime until)
{
	struct question q = {
		.hearing = {.take = take_reply}, .seq = nl->seq, .each = each, .ctx = ctx};
	int err;

	if (!m)
		return -ENOMEM;
	err = send_out(nl, put(nl, 0, m));
	if (!err)
		err = hear(nl, DUMP_SIZE, &q.hearing, until);
	if (!err)
		err = q.error;
	return !err && q.interrupted ? -EAGAIN : err;
}

/* ---- attributes -------------------------------------------------------------------------- */

bool netlink_get(const struct nlattr *a, void *out, size_t n)
{
	if (!a || (size_t)nla_len(a) < n)
		return false;
	memcpy(out, nla_data(a), n);
	return true;
}

bool netlink_get_str(const struct nlattr *a, char *out, size_t size)
{
	size_t n;

	if (!a)
		return false;
	n = strnlen(nla_data(a), MIN((size_t)nla_len(a), size - 1));
	memset(out, 0, size);
	memcpy(out, nla_data(a), n);
	return true;
}

void netlink_get_addr(const struct nlattr *a, int family, struct addr *out)
{
	size_t need = family == AF_INET6 ? 16 : 4;

	if (a && (size_t)nla_len(a) >= need)
		addr_from_bytes(out, family, nla_data(a));
}
