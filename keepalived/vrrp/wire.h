/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VRRP packets: bytes to an advert, or to one enumerated reason why not; and back.
 *
 * Versions 2 (RFC 3768, with the authentication of RFC 2338) and 3 (RFC 9568, RFC 5798) over IPv4
 * and IPv6. Nothing here logs or keeps state. Every reason is a counter (status_vrrp.discarded),
 * a log text and a test.
 *
 * The VRRPv3 checksum over IPv4 exists in two forms: with the pseudo-header (RFC 5798 as keepalived
 * understood it; what we send by default) and without (RFC 9568 5.2.8; v3_checksum_as_v2). Both are
 * accepted, and the advert says which one the peer used.
 */
#ifndef KEEPALIVED_VRRP_WIRE_H
#define KEEPALIVED_VRRP_WIRE_H

#include "keepalived/conf/conf.h"
#include "keepalived/vrrp/auth.h"
#include "lib/addr.h"
#include "lib/clock.h"

#define VRRP_HEADER     8    /* octets before the addresses, both versions */
#define VRRP_AUTH_LEN   8    /* octets after the addresses, version 2 over IPv4 */
#define VRRP_WIRE_MAX   4096 /* longest VRRP part: 255 IPv6 addresses */
#define VRRP_IP4_HEADER 20   /* what we build: no options */

/* In the order of the checks. */
enum vrrp_wire_reason {
	VRRP_WIRE_OK,
	VRRP_WIRE_TRUNCATED,    /* not even a VRRP header */
	VRRP_WIRE_CARP,         /* item 30: another protocol with our number; quiet */
	VRRP_WIRE_VRID_UNKNOWN, /* item 18: decided by the caller */
	VRRP_WIRE_AH_UNEXPECTED,
	VRRP_WIRE_AH_MISSING,
	VRRP_WIRE_AH_MALFORMED,
	VRRP_WIRE_TOO_SHORT,
	VRRP_WIRE_TOO_LONG,
	VRRP_WIRE_TTL,
	VRRP_WIRE_VERSION,
	VRRP_WIRE_AUTH_UNKNOWN,  /* a type nobody defined */
	VRRP_WIRE_AUTH_MISMATCH, /* not the configured type */
	VRRP_WIRE_AUTH_PASS,
	VRRP_WIRE_AH_SPI,
	VRRP_WIRE_AH_ICV,
	VRRP_WIRE_AH_REPLAY,
	VRRP_WIRE_INTERVAL_ZERO,
	VRRP_WIRE_INTERVAL, /* version 2: not ours */
	VRRP_WIRE_TYPE,
	VRRP_WIRE_IP_LENGTH,
	VRRP_WIRE_NO_ADDRESS, /* item 20 */
	VRRP_WIRE_CHECKSUM_V2,
	VRRP_WIRE_CHECKSUM_V3,
	VRRP_WIRE_GOT_UNICAST,   /* multicast expected */
	VRRP_WIRE_GOT_MULTICAST, /* unicast expected */
	VRRP_WIRE_OWNER,         /* owner_ignore_adverts */
	VRRP_WIRE_LINK_LOCAL,    /* item 22 */
	VRRP_WIRE_UNICAST_SRC,
	VRRP_WIRE_PEER_TTL,
	VRRP_WIRE_REASONS
};
_Static_assert(VRRP_WIRE_REASONS <= 32, "status_vrrp.discarded has 32 counters");

/* Remarks on an advert that is accepted; each has a text like a reason. */
enum vrrp_wire_note {
	VRRP_NOTE_INTERVAL = 1 << 0,      /* version 3: their interval is not ours; item 23 */
	VRRP_NOTE_ADDRESS_COUNT = 1 << 1, /* not as many addresses as we have */
	VRRP_NOTE_ADDRESS = 1 << 2,       /* one of ours is missing (advert.missing) */
};

enum vrrp_checksum {
	VRRP_SUM_NONE, /* not looked at */
	VRRP_SUM_V2,
	VRRP_SUM_PSEUDO,
	VRRP_SUM_PLAIN,       /* version 3 over IPv4 without pseudo-header */
	VRRP_SUM_OLD_UNICAST, /* pseudo-header with 224.0.0.18 in a unicast packet */
	VRRP_SUMS
};

/* A packet as received. Pointers are borrowed. */
struct vrrp_packet {
	struct addr src, dst;
	int ttl;             /* TTL or hop limit; -1: unknown, then not checked */
	uint8_t protocol;    /* IPPROTO_VRRP (112) or IPPROTO_AH */
	const uint8_t *ip;   /* IPv4: the header, as long as it says; IPv6: NULL */
	const uint8_t *body; /* what follows the IP header */
	size_t len;          /* octets of it, without link padding */
	size_t total;        /* IPv4: total length by the header; IPv6: 0 */
	size_t received;     /* IPv4: octets received from the header on; IPv6: 0 */
};

struct vrrp_advert {
	uint8_t version, vrid, priority, count;
	uint8_t auth_type;
	ktime interval;
	enum vrrp_checksum checksum;
	const uint8_t *addrs; /* count addresses of the carrying family, inside the packet */
	uint32_t notes;       /* enum vrrp_wire_note */
	struct addr missing;  /* VRRP_NOTE_ADDRESS: the first of ours that is not there */
	uint32_t sequence;    /* AH */
	int64_t got, want;    /* the numbers of the text of a refusal */
	int64_t limit;        /* and a third */
};

/*
 * An IPv4 datagram as a raw socket hands it out, header included. VRRP_WIRE_OK or
 * VRRP_WIRE_TRUNCATED. For IPv6 the caller fills the struct itself.
 */
enum vrrp_wire_reason vrrp_packet_ip4(struct vrrp_packet *, const uint8_t *datagram, size_t n);

/* The VRID, so that the caller can find the instance. OK, TRUNCATED, AH_MALFORMED or CARP. */
enum vrrp_wire_reason vrrp_wire_peek(const struct vrrp_packet *, uint8_t *vrid);

/*
 * All checks of one instance. `known` says that this source is the Active router we follow: with
 * skip_check_adv_addr its address list is not compared again. `ah` is the counter of AH; not
 * written: on success with AH the caller sets it to advert.sequence. On a refusal advert holds
 * what had been read, and the numbers for the text.
 */
enum vrrp_wire_reason vrrp_wire_parse(const struct vrrp_conf *, const struct vrrp_packet *,
	const struct vrrp_ah *ah, bool known, struct vrrp_advert *);

enum vrrp_wire_policy {
	VRRP_WIRE_QUIET,  /* count only */
	VRRP_WIRE_ONCE,   /* once per instance until its state changes */
	VRRP_WIRE_ALWAYS, /* each time, within the limits of the log */
};

enum vrrp_wire_policy vrrp_wire_policy(enum vrrp_wire_reason);
/* The log line of a refusal, cut to size; "" for a quiet one. */
void vrrp_wire_text(const struct vrrp_conf *, const struct vrrp_packet *, enum vrrp_wire_reason,
	const struct vrrp_advert *, char *buf, size_t size);
/* The log line of one note (always logged once per instance until its state changes). */
void vrrp_note_text(const struct vrrp_conf *, const struct vrrp_packet *, enum vrrp_wire_note,
	const struct vrrp_advert *, char *buf, size_t size);

/*
 * The VRRP part of an advert from src to dst, checksum included (over IPv6 too, so the socket need
 * not be told to). Returns its length, at most VRRP_WIRE_MAX; 0 when it does not fit into cap.
 */
size_t vrrp_wire_build(const struct vrrp_conf *, uint8_t priority, const struct addr *src,
	const struct addr *dst, uint8_t *buf, size_t cap);

/* An IPv4 header as adverts carry it: TOS 0xc0, no options, checksum filled in. */
void vrrp_wire_ip4(uint8_t header[static VRRP_IP4_HEADER], const struct addr *src,
	const struct addr *dst, uint8_t ttl, uint16_t id, uint8_t protocol, size_t payload);

/* A stable short word per reason, for counters: "checksum_v3". */
const char *vrrp_wire_name(enum vrrp_wire_reason);

#endif
