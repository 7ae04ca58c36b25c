/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings of interfaces rather than of instances. */
#ifndef KEEPALIVED_CONF_INTERFACES_H
#define KEEPALIVED_CONF_INTERFACES_H

#include "keepalived/conf/values.h"

struct garp_group_conf {
	struct node node;                  /* without a name */
	ktime garp_interval, gna_interval; /* between messages; microseconds; -1: not said */
	struct nodes interfaces;           /* struct name_conf; they share the intervals */
};

enum linkbeat { LINKBEAT_ANY, LINKBEAT_MII, LINKBEAT_ETHTOOL, LINKBEAT_IOCTL };

struct linkbeat_conf {
	struct node node;  /* node.name is the interface */
	enum linkbeat how; /* LINKBEAT_ANY: the first that works, in that order */
};

struct if_delay_conf {
	struct node node; /* node.name is the interface */
	ktime down, up;   /* how long a state must last to count; microsecond resolution */
};

#endif
