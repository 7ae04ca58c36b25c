/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel in memory behind kern/rtnl.h: a set of interfaces and addresses that the test changes,
 * and that can be told to fail the nth change. With a loop, listeners are told at the end of the
 * turn; without one, by fake_rtnl_settle.
 */
#ifndef TEST_FAKE_RTNL_H
#define TEST_FAKE_RTNL_H

#include "keepalived/kern/rtnl.h"

struct fake_rtnl;

struct fake_rtnl *fake_rtnl_new(struct loop *);  /* loop may be NULL */
struct rtnl *fake_rtnl_port(struct fake_rtnl *); /* rtnl_close of it frees everything */

/* What happens outside. An Ethernet interface 02:00:00:00:00:<ifindex>, MTU 1500, in this state;
 * the same index again changes or renames it. */
void fake_rtnl_link(struct fake_rtnl *, int ifindex, const char *name, bool up);
void fake_rtnl_link_gone(struct fake_rtnl *, int ifindex);
void fake_rtnl_addr(struct fake_rtnl *, const struct rtnl_addr *); /* new or changed */
void fake_rtnl_addr_gone(struct fake_rtnl *, const struct rtnl_addr *);
/* ADDR/LEN without a tag, not tentative. */
void fake_rtnl_addr_text(struct fake_rtnl *, int ifindex, const char *text);
void fake_rtnl_settle(struct fake_rtnl *); /* tells the listener now */

/* The nth change from now (1: the next) fails with this errno (negative); 0 cancels. */
void fake_rtnl_fail(struct fake_rtnl *, unsigned nth, int error);
size_t fake_rtnl_calls(const struct fake_rtnl *);   /* of rtnl_apply so far */
size_t fake_rtnl_changes(const struct fake_rtnl *); /* in all of them */
/* As asked for last; zeros before. */
const struct rtnl_conf *fake_rtnl_buffers(const struct fake_rtnl *);
bool fake_rtnl_has(const struct fake_rtnl *, int ifindex, const char *addr); /* any prefix */

#endif
