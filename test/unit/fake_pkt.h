/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A wire in memory behind kern/pkt.h: remembers what was sent, delivers what the test says, and can
 * be told to fail the nth sending. */
#ifndef TEST_FAKE_PKT_H
#define TEST_FAKE_PKT_H

#include "keepalived/kern/pkt.h"
#include "lib/clock.h"

struct fake_pkt;

enum fake_sent_kind {
	FAKE_SENT_VRRP,
	FAKE_SENT_GARP,
	FAKE_SENT_NA,
};

struct fake_sent {
	enum fake_sent_kind kind;
	int ifindex;
	struct pkt_out out; /* VRRP; payload points to bytes */
	struct addr vip;    /* GARP, NA */
	size_t len;
	uint8_t bytes[]; /* VRRP payload, or the whole frame */
};

struct fake_pkt *fake_pkt_new(void);
struct pkt *fake_pkt_port(struct fake_pkt *); /* pkt_close of it frees everything */

/* What was sent since the last reset, oldest first. */
size_t fake_pkt_n_sent(const struct fake_pkt *);
const struct fake_sent *fake_pkt_sent(const struct fake_pkt *, size_t i); /* until the reset */
size_t fake_pkt_count(const struct fake_pkt *, enum fake_sent_kind);
void fake_pkt_reset(struct fake_pkt *);

void fake_pkt_receive(struct fake_pkt *, const struct pkt_in *); /* sets multicast itself */
/* The nth sending or first join from now (1: the next) fails with this errno (negative). */
void fake_pkt_fail(struct fake_pkt *, unsigned nth, int error);
/* Each sending from now on takes that long on this clock. */
void fake_pkt_takes(struct fake_pkt *, struct clock_fake *, ktime);
bool fake_pkt_listens_ah(const struct fake_pkt *);
size_t fake_pkt_n_members(const struct fake_pkt *); /* group and interface pairs joined */

#endif
