/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Equality and names of IPVS values. Equal means: the kernel would behave the same, so content that
 * has no effect (the timeout of a service without persistence) does not count.
 */
#include "keepalived/kern/ipvs_types.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SERVICE_FLAGS                                                          \
	(IP_VS_SVC_F_PERSISTENT | IP_VS_SVC_F_ONEPACKET | IP_VS_SVC_F_SCHED1 | \
		IP_VS_SVC_F_SCHED2 | IP_VS_SVC_F_SCHED3)

static const struct {
	const char *name;
	int number;
} ops[] = {
	[IPVS_SERVICE_ADD] = {"IP_VS_SO_SET_ADD", IP_VS_SO_SET_ADD},
	[IPVS_SERVICE_EDIT] = {"IP_VS_SO_SET_EDIT", IP_VS_SO_SET_EDIT},
	[IPVS_SERVICE_DEL] = {"IP_VS_SO_SET_DEL", IP_VS_SO_SET_DEL},
	[IPVS_DEST_ADD] = {"IP_VS_SO_SET_ADDDEST", IP_VS_SO_SET_ADDDEST},
	[IPVS_DEST_EDIT] = {"IP_VS_SO_SET_EDITDEST", IP_VS_SO_SET_EDITDEST},
	[IPVS_DEST_DEL] = {"IP_VS_SO_SET_DELDEST", IP_VS_SO_SET_DELDEST},
	[IPVS_FLUSH] = {"IP_VS_SO_SET_FLUSH", IP_VS_SO_SET_FLUSH},
	[IPVS_TIMEOUTS] = {"IP_VS_SO_SET_TIMEOUT", IP_VS_SO_SET_TIMEOUT},
	[IPVS_DAEMON_START] = {"IP_VS_SO_SET_STARTDAEMON", IP_VS_SO_SET_STARTDAEMON},
	[IPVS_DAEMON_STOP] = {"IP_VS_SO_SET_STOPDAEMON", IP_VS_SO_SET_STOPDAEMON},
};

/* What an error number means coming from one operation. */
static const struct {
	enum ipvs_op first, last;
	int error;
	const char *text;
} texts[] = {
	{IPVS_SERVICE_ADD, IPVS_SERVICE_ADD, EEXIST, "Service already exists"},
	{IPVS_SERVICE_ADD, IPVS_SERVICE_EDIT, ENOENT, "Scheduler or persistence engine not found"},
	{IPVS_SERVICE_ADD, IPVS_DEST_DEL, ESRCH, "No such service"},
	{IPVS_DEST_ADD, IPVS_DEST_ADD, EEXIST, "Destination already exists"},
	{IPVS_DEST_EDIT, IPVS_DEST_DEL, ENOENT, "No such destination"},
	{IPVS_DEST_ADD, IPVS_DEST_EDIT, ERANGE, "Weight or threshold out of range"},
	{IPVS_DAEMON_START, IPVS_DAEMON_START, EEXIST, "Daemon has already run"},
	{IPVS_DAEMON_START, IPVS_DAEMON_START, ENODEV, "No such interface"},
	{IPVS_DAEMON_STOP, IPVS_DAEMON_STOP, ESRCH, "No daemon is running"},
	{IPVS_SERVICE_ADD, IPVS_DAEMON_STOP, ETIMEDOUT, "No answer from the kernel"},
	{IPVS_SERVICE_ADD, IPVS_DAEMON_STOP, EPERM, "Permission denied"},
};

bool ipvs_service_same_key(const struct ipvs_service *a, const struct ipvs_service *b)
{
	if (a->family != b->family || a->proto != b->proto)
		return false;
	if (!a->proto)
		return a->fwmark == b->fwmark;
	return a->port == b->port && addr_eq(&a->addr, &b->addr);
}

bool ipvs_dest_same_key(const struct ipvs_dest *a, const struct ipvs_dest *b)
{
	return a->port == b->port && addr_eq(&a->addr, &b->addr);
}

static uint32_t netmask_of(const struct ipvs_service *s)
{
	if (s->netmask)
		return s->netmask;
	return s->family == AF_INET6 ? 128 : UINT32_MAX;
}

bool ipvs_service_eq(const struct ipvs_service *a, const struct ipvs_service *b)
{
	if (!ipvs_service_same_key(a, b) || strncmp(a->sched, b->sched, sizeof(a->sched)) ||
		strncmp(a->pe, b->pe, sizeof(a->pe)) || ((a->flags ^ b->flags) & SERVICE_FLAGS))
		return false;
	if (!(a->flags & IP_VS_SVC_F_PERSISTENT))
		return true;
	return a->timeout == b->timeout && netmask_of(a) == netmask_of(b);
}

bool ipvs_dest_eq(const struct ipvs_dest *a, const struct ipvs_dest *b)
{
	if (!ipvs_dest_same_key(a, b) || a->fwd != b->fwd || a->weight != b->weight ||
		a->u_threshold != b->u_threshold || a->l_threshold != b->l_threshold)
		return false;
	if (a->fwd != IP_VS_CONN_F_TUNNEL)
		return true;
	return a->tun_type == b->tun_type && a->tun_port == b->tun_port &&
	       a->tun_flags == b->tun_flags;
}

const char *ipvs_op_name(enum ipvs_op op)
{
	return ops[op].name;
}

int ipvs_op_number(enum ipvs_op op)
{
	return ops[op].number;
}

const char *ipvs_strerror(enum ipvs_op op, int error)
{
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (op >= texts[i].first && op <= texts[i].last && error == -texts[i].error)
			return texts[i].text;
	const char *text = strerrordesc_np(-error);
	return text ? text : "Unknown error";
}

static void name(
	char buf[static IPVS_NAME_STRLEN], const struct addr *addr, uint8_t proto, uint16_t port)
{
	char text[ADDR_STRLEN];

	snprintf(buf, IPVS_NAME_STRLEN, "[%s]:%s:%u", addr_str(addr, text), protocol_name(proto),
		port);
}

const char *ipvs_service_str(const struct ipvs_service *s, char buf[static IPVS_NAME_STRLEN])
{
	if (s->proto)
		name(buf, &s->addr, s->proto, s->port);
	else
		snprintf(buf, IPVS_NAME_STRLEN, "FWM %u", s->fwmark);
	return buf;
}

const char *ipvs_dest_str(
	const struct ipvs_service *s, const struct ipvs_dest *d, char buf[static IPVS_NAME_STRLEN])
{
	name(buf, &d->addr, s->proto, d->port);
	return buf;
}

const char *ipvs_change_str(const struct ipvs_change *c, char buf[static IPVS_CHANGE_STRLEN])
{
	char object[IPVS_NAME_STRLEN] = "";

	if (c->op >= IPVS_DEST_ADD && c->op <= IPVS_DEST_DEL)
		ipvs_dest_str(c->service, c->dest, object);
	else if (c->op <= IPVS_SERVICE_DEL)
		ipvs_service_str(c->service, object);
	snprintf(buf, IPVS_CHANGE_STRLEN, "IPVS cmd %s(%d) error: %s(%d)%s%s%s",
		ipvs_op_name(c->op), ipvs_op_number(c->op), ipvs_strerror(c->op, c->error),
		-c->error, *object ? " (" : "", object, *object ? ")" : "");
	return buf;
}
