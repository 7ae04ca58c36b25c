/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Authentication of VRRPv2; see auth.h.
 *
 * The digest of AH covers the IP header with the fields that may change on the way set to zero
 * (TOS, fragment field, checksum, and for unicast the TTL), the AH with a digest of zeros, and the
 * VRRP part (RFC 2402 3.3.3.1.1). A multicast advert must arrive with TTL 255, so there it is
 * covered.
 */
#include "keepalived/vrrp/auth.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "keepalived/vrrp/octets.h"

#define IP_HEADER    20
#define IP_VRRP      112  /* IPPROTO_VRRP, RFC 9568 7.2 */
#define IP_PLAIN     0x45 /* version 4, no options */
#define AH_WORDS     4    /* length in 32-bit words, minus 2 (RFC 2402 2.2) */
#define AH_ICV       12   /* offset of the digest, and its length */
#define SEQUENCE_MAX 0xFFFFFFFEu
#define BODY_MAX     1100 /* AH, and 255 IPv4 addresses with the rest of the VRRP part */

bool vrrp_pass_eq(const uint8_t a[static VRRP_PASS_LEN], const uint8_t b[static VRRP_PASS_LEN])
{
	return CRYPTO_memcmp(a, b, VRRP_PASS_LEN) == 0;
}

bool vrrp_ah_next(struct vrrp_ah *ah, uint32_t now)
{
	if (ah->sequence >= SEQUENCE_MAX)
		ah->exhausted = true;
	if (ah->exhausted)
		return false;
	ah->sequence = MAX(ah->sequence + 1, MIN(now, SEQUENCE_MAX));
	return true;
}

void vrrp_ah_restart(struct vrrp_ah *ah)
{
	if (ah->sequence >= SEQUENCE_MAX) /* another router may have been there first */
		*ah = (struct vrrp_ah){0};
}

/* HMAC-MD5-96 in three pieces: IP header, AH, VRRP part. False when the library refuses MD5. */
static bool digest(const uint8_t pass[static VRRP_PASS_LEN], const uint8_t *ip, const uint8_t *body,
	size_t n, bool unicast, uint8_t icv[static AH_ICV])
{
	uint8_t all[IP_HEADER + BODY_MAX], full[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	if (n < VRRP_AH_LEN || n > BODY_MAX)
		return false;
	memcpy(all, ip, IP_HEADER);
	all[1] = 0;
	memset(all + 6, 0, 2);
	if (unicast)
		all[8] = 0;
	memset(all + 10, 0, 2);
	memcpy(all + IP_HEADER, body, n);
	memset(all + IP_HEADER + AH_ICV, 0, AH_ICV);
	if (!HMAC(EVP_md5(), pass, VRRP_PASS_LEN, all, IP_HEADER + n, full, &len) || len < AH_ICV)
		return false;
	memcpy(icv, full, AH_ICV);
	return true;
}

void vrrp_ah_build(const uint8_t pass[static VRRP_PASS_LEN], uint8_t *datagram, size_t n,
	uint32_t sequence, bool unicast)
{
	uint8_t *ah = datagram + IP_HEADER, icv[AH_ICV] = {0};

	ah[0] = IP_VRRP;
	ah[1] = AH_WORDS;
	put16(ah + 2, 0);
	memcpy(ah + 4, datagram + 12, 4); /* the SPI is the source address */
	put32(ah + 8, sequence);
	if (!digest(pass, datagram, ah, n - IP_HEADER, unicast, icv))
		memset(icv, 0, sizeof(icv)); /* nobody will accept it: no MD5 here */
	memcpy(ah + AH_ICV, icv, sizeof(icv));
}

enum vrrp_ah_result vrrp_ah_verify(const uint8_t pass[static VRRP_PASS_LEN],
	const struct vrrp_ah *ah, const uint8_t *ip, const uint8_t *body, size_t n, bool unicast,
	uint32_t *sequence)
{
	uint8_t icv[AH_ICV];

	if (n < VRRP_AH_LEN || ip[0] != IP_PLAIN || body[0] != IP_VRRP || body[1] != AH_WORDS)
		return VRRP_AH_MALFORMED;
	*sequence = get32(body + 8);
	if (memcmp(body + 4, ip + 12, 4) != 0)
		return VRRP_AH_SPI;
	if (!digest(pass, ip, body, n, unicast, icv) ||
		CRYPTO_memcmp(icv, body + AH_ICV, AH_ICV) != 0)
		return VRRP_AH_ICV;
	return *sequence > ah->sequence ? VRRP_AH_OK : VRRP_AH_REPLAY;
}
