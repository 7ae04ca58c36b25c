/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv4 and IPv6 addresses, with and without a port, as plain values. */
#ifndef LIB_ADDR_H
#define LIB_ADDR_H

#include <netinet/in.h>
#include <sys/socket.h>

#include "lib/base.h"

struct addr {
	uint8_t family; /* AF_UNSPEC, AF_INET or AF_INET6 */
	union {
		struct in_addr v4;
		struct in6_addr v6;
		uint8_t bytes[16]; /* network order; IPv4 uses the first four, the rest is zero */
	};
};

struct endpoint {
	struct addr addr;
	uint16_t port; /* host order; 0: none */
};

#define ADDR_STRLEN     46 /* INET6_ADDRSTRLEN */
#define ENDPOINT_STRLEN 64 /* [ADDR]:PORT */

int addr_parse(struct addr *, const char *text); /* 0 or -EINVAL; no prefix, no zone */
/* ADDR[/LEN]; *plen is 32 or 128 without a length. 0 or -EINVAL; *plen is then -1 when the address
 * is good (and stored) and the length alone is bad, else 0. */
int addr_parse_prefix(struct addr *, int *plen, const char *text);
const char *addr_str(const struct addr *, char buf[static ADDR_STRLEN]); /* "(none)" if unset */
const char *endpoint_str(const struct endpoint *, char buf[static ENDPOINT_STRLEN]);
const char *protocol_name(uint8_t protocol); /* IPPROTO_*: "tcp", "udp", "sctp"; else "none" */

static inline size_t addr_len(const struct addr *a) /* bytes on the wire */
{
	return a->family == AF_INET6 ? 16 : a->family == AF_INET ? 4 : 0;
}
int addr_cmp(const struct addr *, const struct addr *); /* family, then unsigned network order */
bool addr_eq(const struct addr *, const struct addr *);
bool endpoint_eq(const struct endpoint *, const struct endpoint *);
uint32_t addr_hash(const struct addr *);
bool addr_is_multicast(const struct addr *);
bool addr_is_link_local(const struct addr *); /* fe80::/10; IPv4 169.254/16 */

void addr_from_bytes(struct addr *, int family, const void *bytes);
/* The length of the sockaddr, 0 for an unset family. ifindex goes into sin6_scope_id when
 * link-local (ff02::/16 included). */
socklen_t addr_to_sockaddr(const struct addr *, uint16_t port, unsigned ifindex,
	struct sockaddr_storage *);
void addr_from_sockaddr(struct addr *, uint16_t *port, const struct sockaddr *);

#endif
