/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Port to the wire: VRRP packets in and out, gratuitous ARP and unsolicited neighbour
 * advertisements out.
 *
 * One raw socket per family receives every packet of protocol 112, once; while somebody wants them,
 * another one receives those of protocol 51 that carry 112. Membership in multicast
 * groups is held by UDP sockets that receive nothing, as many as the kernel's limit per socket
 * (igmp_max_memberships) asks for. What arrives for a group on an interface that was not joined is
 * dropped here. A turn takes a bounded number of packets, so a flood cannot keep timers waiting.
 *
 * Nothing here judges a VRRP packet. Nothing here blocks.
 *
 * `struct pkt` is a handle. The kernel's comes from pkt_open; tests hand in another one
 * (test/unit/fake_pkt.h).
 */
#ifndef KERN_PKT_H
#define KERN_PKT_H

#include "keepalived/kern/rtnl.h"
#include "lib/addr.h"
#include "lib/loop.h"

#define PKT_TOS         0xc0 /* internetwork control */
#define PKT_TTL         255
#define PKT_PAYLOAD_MAX 8000 /* bytes after the IP header */

struct pkt;

struct pkt_conf {
	unsigned rcvbuf; /* bytes per receiving socket; 0: the system's default */
	bool ipv4, ipv6; /* which families to open */
};

struct pkt_in {
	struct addr src, dst;
	int ifindex;
	bool multicast; /* dst is a group, and it was joined on this interface */
	bool has_ttl;
	uint8_t ttl;           /* or hop limit */
	uint16_t total_len;    /* IPv4: as the header says, header included; 0 for IPv6 */
	const uint8_t *header; /* IPv4 header; NULL for IPv6, where the kernel keeps it */
	size_t header_len;
	const uint8_t *payload; /* what follows the IP header; padding of the frame is cut off */
	size_t len;
};

struct pkt_out {
	struct addr src, dst;
	int ifindex;         /* required for multicast and link-local; 0: the kernel routes */
	uint8_t ttl;         /* or hop limit; 0: the kernel's default (IPv6), PKT_TTL (IPv4) */
	uint8_t tos;         /* or traffic class */
	uint16_t id;         /* IPv4 identification; 0: the kernel chooses */
	bool ah;             /* IPv4: the payload begins with an authentication header */
	const void *payload; /* complete: checksums are the caller's, IPv6 too (RFC 8200 8.1) */
	size_t len;          /* at most PKT_PAYLOAD_MAX */
};

struct pkt_stats {
	uint64_t received;  /* handed to the listener */
	uint64_t unjoined;  /* multicast that nobody here joined */
	uint64_t malformed; /* IP header damaged, or longer than PKT_PAYLOAD_MAX */
	uint64_t overflow;  /* dropped by the kernel because a receiving socket was full */
};

/* 0 or -errno (needs CAP_NET_RAW). A family that the kernel lacks gives -EAFNOSUPPORT later, when
 * it is used. */
int pkt_open(struct loop *, const struct pkt_conf *, struct pkt **);
void pkt_close(struct pkt *); /* NULL is fine; not from within the listener */
/* got is called for each packet; what it is given is valid during the call. */
void pkt_listen(struct pkt *, void (*got)(void *ctx, const struct pkt_in *), void *ctx);
const struct pkt_stats *pkt_stats(const struct pkt *);
/* Whether IPv4 adverts behind an authentication header (RFC 4302) are received as well; at first
 * they are not. 0 or -errno. */
int pkt_listen_ah(struct pkt *, bool wanted);

/* Group membership of an interface, counted: the last leave leaves. join: 0 or -errno. Leaving what
 * was not joined, or an interface that is gone, is fine. */
int pkt_join(struct pkt *, const struct addr *group, int ifindex);
void pkt_leave(struct pkt *, const struct addr *group, int ifindex);

/* Sends a VRRP packet; never loops a multicast back to this host. IPv4 src may be any address.
 * 0 or -errno; -EAGAIN and -ENOBUFS mean it is lost, not queued. */
int pkt_send(struct pkt *, const struct pkt_out *);

/*
 * Announcements. -EOPNOTSUPP on an interface that is not Ethernet, otherwise as pkt_send.
 * target: the target hardware address of the ARP request; NULL: ff:ff:ff:ff:ff:ff as keepalived
 * does (RFC 5798 errata 7947 wants the sender's).
 */
int pkt_send_garp(
	struct pkt *, const struct rtnl_link *, const struct addr *vip, const uint8_t target[6]);
int pkt_send_na(struct pkt *, const struct rtnl_link *, const struct addr *vip, bool router);

/* The pure parts. */

#define PKT_ARP_LEN 60 /* the shortest Ethernet frame, without its check sequence */
#define PKT_NA_LEN  86 /* Ethernet 14, IPv6 40, neighbour advertisement 24, option 8 */

/* Broadcast request with sender and target address vip (RFC 5227 section 3). */
void pkt_arp_build(uint8_t frame[PKT_ARP_LEN], const uint8_t mac[6], struct in_addr vip,
	const uint8_t target[6]);
/* Unsolicited, to all nodes, override set, with the target link-layer option (RFC 4861 7.2.6). */
void pkt_na_build(
	uint8_t frame[PKT_NA_LEN], const uint8_t mac[6], const struct in6_addr *vip, bool router);
/* An IPv4 packet as a raw socket delivers it: fills everything but ifindex and multicast.
 * 0 or -EBADMSG. */
int pkt_parse_ipv4(struct pkt_in *, const uint8_t *packet, size_t n);

#endif
