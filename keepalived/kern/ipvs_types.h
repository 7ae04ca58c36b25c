/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPVS services, destinations and changes as plain values: what the table computes and what the
 * port (kern/ipvs.h) sends. Constants (IP_VS_SVC_F_*, IP_VS_CONN_F_*) are those of linux/ip_vs.h.
 * Ports are in host order. Zero bytes everywhere is a valid empty value.
 */
#ifndef KERN_IPVS_TYPES_H
#define KERN_IPVS_TYPES_H

#include <linux/ip_vs.h>

#include "lib/addr.h"

/* The key is (family, fwmark) when proto is 0, else (proto, addr, port); the rest is content. */
struct ipvs_service {
	uint8_t family; /* AF_INET, AF_INET6; equals addr.family unless this is a mark */
	uint8_t proto;  /* IPPROTO_TCP, _UDP, _SCTP; 0: by firewall mark */
	uint16_t port;
	uint32_t fwmark;
	struct addr addr;
	char sched[IP_VS_SCHEDNAME_MAXLEN];
	char pe[IP_VS_PENAME_MAXLEN]; /* persistence engine; "": none */
	uint32_t flags;               /* IP_VS_SVC_F_PERSISTENT, _ONEPACKET, _SCHED1.. */
	uint32_t timeout;             /* seconds, of persistence; counts only with _PERSISTENT */
	uint32_t netmask;             /* of persistence; IPv4: mask in network order, IPv6: length;
				       * 0: every client for itself */
};

/* The key, within its service, is (addr, port). */
struct ipvs_dest {
	struct addr addr;
	uint16_t port;
	uint16_t tun_port;                 /* GUE */
	uint16_t tun_flags;                /* IP_VS_TUNNEL_ENCAP_FLAG_* */
	uint8_t tun_type;                  /* IP_VS_CONN_F_TUNNEL_TYPE_* */
	uint32_t fwd;                      /* IP_VS_CONN_F_MASQ, _TUNNEL, _DROUTE */
	uint32_t weight;                   /* the kernel takes 0..2147483647 */
	uint32_t u_threshold, l_threshold; /* connections; 0: none */
};

struct ipvs_timeouts { /* seconds; 0: leave as it is */
	uint32_t tcp, tcp_fin, udp;
};

struct ipvs_daemon {      /* connection synchronisation */
	uint32_t state;   /* IP_VS_STATE_MASTER or IP_VS_STATE_BACKUP */
	uint32_t sync_id; /* 0..255 */
	char ifname[IP_VS_IFNAME_MAXLEN];
	uint16_t maxlen; /* payload bytes; 0: the kernel's choice, as for the next three */
	uint16_t port;
	uint8_t ttl;
	struct addr group;
};

enum ipvs_op {
	IPVS_SERVICE_ADD,
	IPVS_SERVICE_EDIT,
	IPVS_SERVICE_DEL, /* takes the destinations with it */
	IPVS_DEST_ADD,
	IPVS_DEST_EDIT,
	IPVS_DEST_DEL,
	IPVS_FLUSH, /* every service, also those of others */
	IPVS_TIMEOUTS,
	IPVS_DAEMON_START,
	IPVS_DAEMON_STOP,
};

struct ipvs_change {
	enum ipvs_op op;
	int error;                          /* out: 0 or -errno */
	const struct ipvs_service *service; /* the first six; borrowed, as the others are */
	union {
		const struct ipvs_dest *dest;
		const struct ipvs_timeouts *timeouts;
		const struct ipvs_daemon *daemon;
	};
};

/* Same object? */
bool ipvs_service_same_key(const struct ipvs_service *, const struct ipvs_service *);
bool ipvs_dest_same_key(const struct ipvs_dest *, const struct ipvs_dest *);
/* Same object with the same content, as far as content counts? */
bool ipvs_service_eq(const struct ipvs_service *, const struct ipvs_service *);
bool ipvs_dest_eq(const struct ipvs_dest *, const struct ipvs_dest *);

/*
 * The parts of `IPVS cmd NAME(N) error: TEXT(N) (A:PROTO:PORT)`.
 * ipvs_change_str writes the whole line for a failed change:
 *     IPVS cmd IP_VS_SO_SET_ADDDEST(1159) error: Destination already exists(17) ([10.0.0.1]:tcp:80)
 * The name is that of the destination, else of the service, `FWM N` for a mark; none for the rest.
 */
const char *ipvs_op_name(enum ipvs_op);
int ipvs_op_number(enum ipvs_op);
const char *ipvs_strerror(enum ipvs_op, int error); /* error: negative errno */
#define IPVS_CHANGE_STRLEN 192
const char *ipvs_change_str(const struct ipvs_change *, char buf[static IPVS_CHANGE_STRLEN]);

#define IPVS_NAME_STRLEN 80
/* `[ADDR]:PROTO:PORT` or `FWM N`; a destination takes the protocol of its service ("none"). */
const char *ipvs_service_str(const struct ipvs_service *, char buf[static IPVS_NAME_STRLEN]);
const char *ipvs_dest_str(
	const struct ipvs_service *, const struct ipvs_dest *, char buf[static IPVS_NAME_STRLEN]);

#endif
