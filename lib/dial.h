/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opens TCP connections without waiting: the descriptor turns writable when dial_result may be
 * asked. */
#ifndef LIB_DIAL_H
#define LIB_DIAL_H

#include "lib/addr.h"

struct dial {
	struct endpoint dst;
	struct addr bind_ip; /* AF_UNSPEC: any */
	uint16_t bind_port;  /* 0: any */
	const char *bind_if; /* NULL: any; also the scope of a link-local destination */
	uint32_t fwmark;     /* 0: none */
};

/*
 * A close-on-exec, non-blocking descriptor that is connecting (or connected), or -errno. Closing it
 * never waits: nothing lingers, and a connection from a fixed local port is reset so that the port
 * is free again at once.
 */
int dial(const struct dial *);
int dial_result(int fd); /* 0: connected; -errno: why not */

/*
 * Does this errno (negative) speak of ourselves alone, descriptors, memory, ports, and not of the
 * peer or the way to it?
 */
bool dial_is_local(int err);

#endif
