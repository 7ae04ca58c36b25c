/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of the configuration in the kernel's numbers (linux/ip_vs.h). */
#include "keepalived/check/lvs.h"

#include <stdio.h>
#include <string.h>

static struct ipvs_service common(const struct vs_conf *vs)
{
	static const struct {
		uint32_t conf, kernel;
	} flags[] = {
		{VS_OPS, IP_VS_SVC_F_ONEPACKET},
		{VS_SCHED1, IP_VS_SVC_F_SCHED1},
		{VS_SCHED2, IP_VS_SVC_F_SCHED2},
		{VS_SCHED3, IP_VS_SVC_F_SCHED3},
	};
	struct ipvs_service s = {.family = vs->family};

	str_copy(s.sched, sizeof(s.sched), vs->sched ? vs->sched : "wlc");
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (vs->flags & flags[i].conf)
			s.flags |= flags[i].kernel;
	if (!vs->persistence_timeout)
		return s;
	s.flags |= IP_VS_SVC_F_PERSISTENT;
	s.timeout = (uint32_t)(vs->persistence_timeout / SEC(1));
	if (vs->granularity_given)
		s.netmask = vs->granularity;
	if (vs->pe_name)
		str_copy(s.pe, sizeof(s.pe), vs->pe_name);
	return s;
}

static void by_mark(struct ipvs_service *s, uint32_t fwmark, uint8_t family)
{
	s->fwmark = fwmark;
	if (family != AF_UNSPEC)
		s->family = family;
}

static void by_address(
	struct ipvs_service *s, const struct vs_conf *vs, const struct addr *a, uint16_t port)
{
	s->family = a->family;
	s->proto = vs->protocol;
	s->addr = *a;
	s->port = port;
}

/* The last four octets as a number: no range is wider (conf/lvs_group.c). */
static uint32_t low_part(const struct addr *a)
{
	uint32_t low = 0;

	for (size_t i = addr_len(a) - sizeof(low); i < addr_len(a); i++)
		low = low << 8 | a->bytes[i];
	return low;
}

static struct addr with_low_part(struct addr a, uint32_t low)
{
	for (size_t i = addr_len(&a); i > addr_len(&a) - sizeof(low); low >>= 8)
		a.bytes[--i] = (uint8_t)low;
	return a;
}

uint32_t lvs_range_size(const struct vsg_range *e)
{
	uint32_t first, last;

	if (e->is_fwmark || e->last.family == AF_UNSPEC)
		return 1;
	first = low_part(&e->first);
	last = low_part(&e->last);
	return last > first ? last - first + 1 : 1;
}

static void add_range(struct ipvs_service *out, const struct vs_conf *vs, const struct vsg_range *e)
{
	uint32_t n = lvs_range_size(e), first;

	if (e->is_fwmark) {
		*out = common(vs);
		return by_mark(out, e->fwmark, e->family);
	}
	first = low_part(&e->first);
	for (uint32_t i = 0; i < n; i++) {
		struct addr a = with_low_part(e->first, first + i);

		out[i] = common(vs);
		by_address(&out[i], vs, &a, e->port);
	}
}

static uint32_t group_services(const struct vs_conf *vs, struct ipvs_service **services)
{
	const struct vsg_range *e;
	uint32_t n = 0, at = 0;

	*services = NULL;
	if (!vs->group)
		return 0;
	nodes_for_each(e, &vs->group->entries)
		n += lvs_range_size(e);
	*services = xcalloc(n, sizeof(**services));
	nodes_for_each(e, &vs->group->entries) {
		add_range(*services + at, vs, e);
		at += lvs_range_size(e);
	}
	return n;
}

uint32_t lvs_services(const struct vs_conf *vs, struct ipvs_service **services)
{
	if (vs->kind == VS_GROUP)
		return group_services(vs, services);
	*services = xmalloc(sizeof(**services));
	**services = common(vs);
	if (vs->kind == VS_FWMARK)
		by_mark(*services, vs->fwmark, vs->family);
	else
		by_address(*services, vs, &vs->dst.addr, vs->dst.port);
	return 1;
}

static struct ipvs_dest dest(const struct vs_conf *vs, const struct ipvs_service *s,
	const struct endpoint *to, const struct lvs_forward *forward, uint32_t weight)
{
	static const uint32_t methods[] = {
		[LVS_NAT] = IP_VS_CONN_F_MASQ,
		[LVS_DR] = IP_VS_CONN_F_DROUTE,
		[LVS_TUN] = IP_VS_CONN_F_TUNNEL,
	};
	struct ipvs_dest d = {
		.addr = to->addr,
		.port = to->port,
		.fwd = methods[forward->method],
		.weight = weight,
	};

	/* Without address translation a packet keeps the port to which it was sent. */
	if (vs->kind == VS_GROUP && s->proto && forward->method != LVS_NAT)
		d.port = s->port;
	if (forward->method == LVS_TUN) {
		d.tun_type = forward->tun_type;
		d.tun_port = forward->tun_port;
		d.tun_flags = forward->tun_flags;
	}
	return d;
}

struct ipvs_dest lvs_real(const struct rs_conf *rs, const struct ipvs_service *s, uint32_t weight)
{
	struct ipvs_dest d = dest(rs->vs, s, &rs->dst, &rs->forward, weight);

	d.u_threshold = rs->uthreshold;
	d.l_threshold = rs->lthreshold;
	return d;
}

struct ipvs_dest lvs_sorry(const struct vs_conf *vs, const struct ipvs_service *s, uint32_t weight)
{
	return dest(vs, s, &vs->sorry, &vs->sorry_forward, weight);
}

const char *lvs_sorry_name(const struct vs_conf *vs, char buf[static 80])
{
	/* A sorry server is named like a real server of its service. */
	const struct rs_conf as_real = {.vs = (struct vs_conf *)(uintptr_t)vs, .dst = vs->sorry};

	return rs_name(&as_real, buf);
}

const char *lvs_range_name(
	const struct vs_conf *vs, const struct vsg_range *e, char buf[static LVS_RANGE_STRLEN])
{
	char first[ADDR_STRLEN], last[ADDR_STRLEN];
	bool range = lvs_range_size(e) > 1;

	if (e->is_fwmark)
		snprintf(buf, LVS_RANGE_STRLEN, "FWM %u", e->fwmark);
	else
		snprintf(buf, LVS_RANGE_STRLEN, "%s:%s:%u%s%s", addr_str(&e->first, first),
			protocol_name(vs->protocol), e->port, range ? "-" : "",
			range ? addr_str(&e->last, last) : "");
	return buf;
}
