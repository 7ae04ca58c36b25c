/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which virtual addresses nobody may speak to or from: a pure function of the configuration.
 *
 * A router that is not the owner of its virtual addresses accepts packets for them only when it is
 * told so (Accept_Mode, RFC 9568 6.1, 6.4.3); here it is told so by default, and no_accept or
 * strict mode take that back. Whether the router is Active does not matter: it has the addresses
 * only then, and a rule about an address that it does not have meets no packet. So a takeover does
 * not wait for the firewall.
 */
#ifndef KEEPALIVED_VRRP_DENY_H
#define KEEPALIVED_VRRP_DENY_H

#include "keepalived/conf/conf.h"
#include "keepalived/kern/fw_rules.h"

/* Index of an interface, 0: it does not exist now. */
typedef int (*deny_ifindex)(void *ctx, const char *name);

bool deny_instance(const struct vrrp_conf *);
/* All there is to deny; rules is uninitialized, to be freed by the caller. ifindex is only asked
 * when rules are to be by index. */
void deny_rules(const struct conf *, struct fw_rules *rules, deny_ifindex ifindex, void *ctx);

#endif
