/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An IPVS table in memory behind the operations of kern/ipvs.h, with the kernel's errors. Keeps
 * order of insertion; meant for dozens of entries. Linked instead of, or beside, kern/ipvs.c.
 */
#ifndef TEST_FAKE_IPVS_H
#define TEST_FAKE_IPVS_H

#include "keepalived/kern/ipvs.h"
#include "lib/str.h"

struct fake_service;

struct fake_ipvs {
	struct ipvs ipvs;
	struct fake_service *services;
	size_t n, cap;
	struct ipvs_timeouts timeouts;
	uint32_t daemons; /* IP_VS_STATE_* bits of those that run */
	unsigned rcvbuf;  /* as asked for last */
	bool rcvbuf_force;
	unsigned changes; /* seen so far */
	unsigned fail_at; /* the change with this number, from 1, fails; 0: none */
	int fail_error;
	int broken; /* -errno: every call fails with it */
	struct strbuf
		trace; /* a line per change: `+svc NAME SCHED`, `~dest NAME DEST METHOD WEIGHT` */
	struct strbuf text;
};

struct fake_ipvs *fake_ipvs_new(void); /* close with ipvs_close(&f->ipvs) */
/* The nth change from now fails with -errno. */
void fake_ipvs_fail(struct fake_ipvs *, unsigned nth, int error);
/* The whole table, a line for each: `NAME SCHED`, ` DEST METHOD WEIGHT`. Valid until either is
 * asked again. */
const char *fake_ipvs_str(struct fake_ipvs *);
/* The trace since it was last taken. Valid until either is asked again. */
const char *fake_ipvs_take_trace(struct fake_ipvs *);

#endif
