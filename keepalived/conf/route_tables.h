/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside conf/: the blocks that routes consist of, and their values; rules share some. */
#ifndef KEEPALIVED_CONF_ROUTE_TABLES_H
#define KEEPALIVED_CONF_ROUTE_TABLES_H

#include "keepalived/conf/entry.h"
#include "keepalived/conf/route.h"

extern const struct block nexthop_block; /* what follows `nexthop` */
extern const struct block encap_block;   /* what follows `encap`; at struct encap_conf */

extern const struct codec codec_encap;    /* struct encap_conf */
extern const struct codec codec_nexthops; /* struct nodes of struct nexthop_conf */

/*
 * struct optional. kw.max is the largest number; kw.arg points to true where `lock` may come
 * before it.
 */
extern const struct codec codec_optional;
/* The same for times of the kernel, which counts kw.res to the millisecond. */
extern const struct codec codec_rtt;
bool optional_print(struct strbuf *, const struct kw *, const void *);
bool optional_equal(const struct kw *, const void *, const void *);

/* route_options.c, for the rows of their names */
extern const struct codec codec_route_from, codec_route_expires, codec_route_pref, codec_route_ecn,
	codec_route_congctl, codec_route_order, codec_route_or, codec_route_as;
/* rule_options.c, likewise */
extern const struct codec codec_rule_selector, codec_rule_fwmark, codec_rule_uidrange,
	codec_rule_ports, codec_rule_table, codec_rule_goto, codec_rule_action, codec_rule_l3mdev,
	codec_rule_type, codec_rule_preference, codec_rule_ifgroup;

/* Of route_conf.flags while it is read: the next hop came with `or`. */
#define ROUTE_OR (1u << 31)

#endif
