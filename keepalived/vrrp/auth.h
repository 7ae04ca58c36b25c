/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Authentication of VRRPv2: the password (RFC 2338 5.3.6.2) and the IP authentication header with
 * HMAC-MD5-96 (RFC 2338 5.3.6.3, RFC 2402, RFC 2403).
 *
 * With AH one counter per instance serves both directions: each advert sent adds one, a received
 * one must be greater and then replaces it. What is sent is never below the seconds since 1970 (UTC):
 * as an advert leaves once a second, a router that was started again is then above all it sent before,
 * and is not taken for a recording of itself.
 */
#ifndef KEEPALIVED_VRRP_AUTH_H
#define KEEPALIVED_VRRP_AUTH_H

#include "lib/addr.h"

#define VRRP_AH_LEN   24 /* fixed part 12, digest 12 */
#define VRRP_PASS_LEN 8

struct vrrp_ah {
	uint32_t sequence; /* last sent or accepted */
	bool exhausted;    /* the end was reached: silent until the instance next becomes Active */
};

enum vrrp_ah_result { VRRP_AH_OK, VRRP_AH_MALFORMED, VRRP_AH_SPI, VRRP_AH_ICV, VRRP_AH_REPLAY };

/* Same octets, in a time that does not tell how many. */
bool vrrp_pass_eq(const uint8_t a[static VRRP_PASS_LEN], const uint8_t b[static VRRP_PASS_LEN]);

/* The next number to send, at that time in seconds since 1970; false when the counter has reached its
 * end. */
bool vrrp_ah_next(struct vrrp_ah *, uint32_t now);
/* The instance becomes Active: a counter that had reached its end starts again. */
void vrrp_ah_restart(struct vrrp_ah *);

/*
 * Fills in the 24 octets after a complete 20-octet IPv4 header (protocol 51, total length right)
 * in front of the VRRP part. `unicast` leaves the TTL out of the digest.
 */
void vrrp_ah_build(const uint8_t pass[static VRRP_PASS_LEN], uint8_t *datagram, size_t n,
	uint32_t sequence, bool unicast);

/*
 * Checks an AH that begins at `body` (n octets, VRRP part included) behind the IPv4 header `ip`.
 * Leaves *sequence as received. The state is compared, not changed.
 */
enum vrrp_ah_result vrrp_ah_verify(const uint8_t pass[static VRRP_PASS_LEN], const struct vrrp_ah *,
	const uint8_t *ip, const uint8_t *body, size_t n, bool unicast, uint32_t *sequence);

#endif
