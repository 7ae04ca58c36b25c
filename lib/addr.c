/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "lib/str.h"

int addr_parse(struct addr *a, const char *text)
{
	int family = strchr(text, ':') ? AF_INET6 : AF_INET;
	struct addr parsed = {.family = (uint8_t)family};

	if (inet_pton(family, text, parsed.bytes) != 1)
		return -EINVAL;
	*a = parsed;
	return 0;
}

int addr_parse_prefix(struct addr *a, int *plen, const char *text)
{
	const char *slash = strchr(text, '/');
	size_t n = slash ? (size_t)(slash - text) : strlen(text);
	char bare[ADDR_STRLEN];
	uint64_t len;

	*plen = 0;
	if (n >= sizeof(bare))
		return -EINVAL;
	memcpy(bare, text, n);
	bare[n] = '\0';
	if (addr_parse(a, bare))
		return -EINVAL;
	len = addr_len(a) * 8;
	if (slash && str_uint(slash + 1, 0, len, &len)) {
		*plen = -1;
		return -EINVAL;
	}
	*plen = (int)len;
	return 0;
}

/* printf costs more than all the rest of reading an address, and a large configuration has many. */
static char *put_number(char *to, unsigned v)
{
	char digits[5]; /* of 65535 */
	int n = 0;

	do
		digits[n++] = (char)('0' + v % 10);
	while (v /= 10);
	while (n)
		*to++ = digits[--n];
	return to;
}

static void ipv4_str(const uint8_t *b, char *to)
{
	for (int i = 0; i < 4; i++) {
		to = put_number(to, b[i]);
		*to++ = i < 3 ? '.' : '\0';
	}
}

const char *addr_str(const struct addr *a, char buf[static ADDR_STRLEN])
{
	if (a->family == AF_INET)
		ipv4_str(a->bytes, buf);
	else if (!addr_len(a) || !inet_ntop(a->family, a->bytes, buf, ADDR_STRLEN))
		str_copy(buf, ADDR_STRLEN, "(none)");
	return buf;
}

const char *protocol_name(uint8_t protocol)
{
	switch (protocol) {
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	case IPPROTO_SCTP:
		return "sctp";
	default:
		return "none";
	}
}

const char *endpoint_str(const struct endpoint *e, char buf[static ENDPOINT_STRLEN])
{
	char *to = buf;

	*to++ = '[';
	to += strlen(addr_str(&e->addr, to));
	*to++ = ']';
	*to++ = ':';
	*put_number(to, e->port) = '\0';
	return buf;
}

int addr_cmp(const struct addr *a, const struct addr *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	return memcmp(a->bytes, b->bytes, addr_len(a));
}

bool addr_eq(const struct addr *a, const struct addr *b)
{
	return addr_cmp(a, b) == 0;
}

bool endpoint_eq(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && addr_eq(&a->addr, &b->addr);
}

uint32_t addr_hash(const struct addr *a) /* FNV-1a */
{
	uint32_t h = (2166136261u ^ a->family) * 16777619u;
	size_t i;

	for (i = 0; i < addr_len(a); i++)
		h = (h ^ a->bytes[i]) * 16777619u;
	return h;
}

bool addr_is_multicast(const struct addr *a)
{
	if (a->family == AF_INET)
		return (a->bytes[0] & 0xf0) == 0xe0;
	return a->family == AF_INET6 && a->bytes[0] == 0xff;
}

bool addr_is_link_local(const struct addr *a)
{
	if (a->family == AF_INET)
		return a->bytes[0] == 169 && a->bytes[1] == 254;
	return a->family == AF_INET6 && a->bytes[0] == 0xfe && (a->bytes[1] & 0xc0) == 0x80;
}

void addr_from_bytes(struct addr *a, int family, const void *bytes)
{
	*a = (struct addr){.family = (uint8_t)family};
	memcpy(a->bytes, bytes, addr_len(a));
}

socklen_t addr_to_sockaddr(
	const struct addr *a, uint16_t port, unsigned ifindex, struct sockaddr_storage *ss)
{
	struct sockaddr_in *in = (struct sockaddr_in *)ss;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ss;

	memset(ss, 0, sizeof(*ss));
	switch (a->family) {
	case AF_INET:
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		in->sin_addr = a->v4;
		return sizeof(*in);
	case AF_INET6:
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(port);
		in6->sin6_addr = a->v6;
		/* ff02::/16 (link-local scope multicast) needs the interface as much as fe80::
		 * does. */
		if (addr_is_link_local(a) || IN6_IS_ADDR_MC_LINKLOCAL(&a->v6))
			in6->sin6_scope_id = ifindex;
		return sizeof(*in6);
	default:
		return 0;
	}
}

void addr_from_sockaddr(struct addr *a, uint16_t *port, const struct sockaddr *sa)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)sa;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)sa;
	uint16_t n = 0;

	*a = (struct addr){0};
	if (sa->sa_family == AF_INET) {
		addr_from_bytes(a, AF_INET, &in->sin_addr);
		n = ntohs(in->sin_port);
	} else if (sa->sa_family == AF_INET6) {
		addr_from_bytes(a, AF_INET6, &in6->sin6_addr);
		n = ntohs(in6->sin6_port);
	}
	if (port)
		*port = n;
}
