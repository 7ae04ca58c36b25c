/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Non-blocking TCP connect, with everything that may be asked of the local end. */
#include "lib/dial.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <unistd.h>

bool dial_is_local(int err)
{
	switch (-err) {
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case ENOBUFS:
	case ENOSPC: /* epoll's limit of watches */
	case EAGAIN: /* connect(2): no free local ports */
		return true;
	default:
		return false;
	}
}

static int set_options(int fd, const struct dial *d)
{
	const int on = 1;

	if (d->fwmark && setsockopt(fd, SOL_SOCKET, SO_MARK, &d->fwmark, sizeof(d->fwmark)) != 0)
		return -errno;
	if (d->bind_if &&
		setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, d->bind_if, strlen(d->bind_if)) != 0)
		return -errno;
	if (d->bind_port) {
		/* A reset, which does not wait, so that no TIME-WAIT keeps the next one out. */
		const struct linger reset = {.l_onoff = 1, .l_linger = 0};

		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	} else if (d->bind_ip.family != AF_UNSPEC) {
		/* Choose the port at connect time, when the whole tuple is known. */
		setsockopt(fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
	}
	return 0;
}

static int bind_local(int fd, const struct dial *d, unsigned ifindex)
{
	struct addr any = {.family = d->dst.addr.family};
	struct sockaddr_storage ss;
	socklen_t len;

	if (d->bind_ip.family == AF_UNSPEC && !d->bind_port)
		return 0;
	len = addr_to_sockaddr(
		d->bind_ip.family == AF_UNSPEC ? &any : &d->bind_ip, d->bind_port, ifindex, &ss);
	return bind(fd, (struct sockaddr *)&ss, len) == 0 ? 0 : -errno;
}

int dial(const struct dial *d)
{
	unsigned ifindex = d->bind_if ? if_nametoindex(d->bind_if) : 0;
	struct sockaddr_storage ss;
	socklen_t len = addr_to_sockaddr(&d->dst.addr, d->dst.port, ifindex, &ss);
	int fd, err;

	if (!len)
		return -EAFNOSUPPORT;
	fd = socket(d->dst.addr.family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
	if (fd < 0)
		return -errno;
	err = set_options(fd, d);
	if (!err)
		err = bind_local(fd, d, ifindex);
	if (!err && connect(fd, (struct sockaddr *)&ss, len) != 0 && errno != EINPROGRESS)
		err = -errno;
	/* Without a given address, this means that every local port to that peer is taken. */
	if (err == -EADDRNOTAVAIL && d->bind_ip.family == AF_UNSPEC && !d->bind_port)
		err = -EAGAIN;
	if (!err)
		return fd;
	close(fd);
	return err;
}

int dial_result(int fd)
{
	int err = 0;
	socklen_t len = sizeof(err);

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len) != 0)
		return -errno;
	return -err;
}
