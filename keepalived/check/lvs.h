/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From configuration to what IPVS is told: services, destinations, names. Pure. */
#ifndef KEEPALIVED_CHECK_LVS_H
#define KEEPALIVED_CHECK_LVS_H

#include "keepalived/conf/conf.h"
#include "keepalived/kern/ipvs_types.h"

/*
 * Every IPVS service of a virtual server: one, or each address and mark of its group. *services is
 * allocated, the caller frees it. Returns their number; 0 for a group without members.
 */
uint32_t lvs_services(const struct vs_conf *, struct ipvs_service **services);

struct ipvs_dest lvs_real(const struct rs_conf *, const struct ipvs_service *, uint32_t weight);
struct ipvs_dest lvs_sorry(const struct vs_conf *, const struct ipvs_service *, uint32_t weight);

/* How many services an entry of a group stands for, and its name in the log. */
#define LVS_RANGE_STRLEN (2 * ADDR_STRLEN + 16)
uint32_t lvs_range_size(const struct vsg_range *);
const char *lvs_range_name(
	const struct vs_conf *, const struct vsg_range *, char buf[static LVS_RANGE_STRLEN]);

/* Name of a sorry server as logs have it: [ADDR]:PROTO:PORT. */
const char *lvs_sorry_name(const struct vs_conf *, char buf[static 80]);

#endif
