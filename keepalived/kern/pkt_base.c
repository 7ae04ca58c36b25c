/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keepalived/kern/pkt_base.h"

#include <errno.h>
#include <net/if_arp.h>
#include <stdlib.h>

static uint32_t member_hash(const struct addr *group, int ifindex)
{
	return addr_hash(group) ^ hmap_hash(&ifindex, sizeof(ifindex), 0);
}

static struct pkt_member *find_member(struct pkt *p, const struct addr *group, int ifindex)
{
	struct hmap_item *it;

	for (it = hmap_first(&p->members, member_hash(group, ifindex)); it; it = hmap_next(it)) {
		struct pkt_member *m = container_of(it, struct pkt_member, key);

		if (m->ifindex == ifindex && addr_eq(&m->group, group))
			return m;
	}
	return NULL;
}

int pkt_join(struct pkt *p, const struct addr *group, int ifindex)
{
	struct pkt_member *m = find_member(p, group, ifindex);
	int err;

	if (m) {
		m->refs++;
		return 0;
	}
	m = xcalloc(1, sizeof(*m));
	m->group = *group;
	m->ifindex = ifindex;
	m->refs = 1;
	err = p->ops->join(p, m);
	if (err) {
		free(m);
		return err;
	}
	hmap_add(&p->members, &m->key, member_hash(group, ifindex));
	return 0;
}

static void remove_member(struct pkt *p, struct pkt_member *m)
{
	p->ops->leave(p, m);
	hmap_del(&p->members, &m->key);
	free(m);
}

void pkt_leave(struct pkt *p, const struct addr *group, int ifindex)
{
	struct pkt_member *m = find_member(p, group, ifindex);

	if (m && --m->refs == 0)
		remove_member(p, m);
}

void pkt_base_dispatch(struct pkt *p, struct pkt_in *in)
{
	in->multicast = addr_is_multicast(&in->dst);
	if (in->multicast && !find_member(p, &in->dst, in->ifindex)) {
		p->stats.unjoined++;
		return;
	}
	p->stats.received++;
	if (p->got)
		p->got(p->ctx, in);
}

int pkt_send(struct pkt *p, const struct pkt_out *out)
{
	if (out->len > PKT_PAYLOAD_MAX)
		return -EMSGSIZE;
	if (out->src.family != out->dst.family || !addr_len(&out->dst))
		return -EINVAL;
	if (out->ah && out->dst.family != AF_INET)
		return -EINVAL;
	return p->ops->send(p, out);
}

static bool is_ethernet(const struct rtnl_link *l)
{
	return l->arptype == ARPHRD_ETHER && l->maclen == 6;
}

int pkt_send_garp(
	struct pkt *p, const struct rtnl_link *l, const struct addr *vip, const uint8_t target[6])
{
	static const uint8_t broadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	uint8_t frame[PKT_ARP_LEN];

	if (!is_ethernet(l))
		return -EOPNOTSUPP;
	if (vip->family != AF_INET)
		return -EINVAL;
	pkt_arp_build(frame, l->mac, vip->v4, target ? target : broadcast);
	return p->ops->frame(p, l->ifindex, frame, sizeof(frame));
}

int pkt_send_na(struct pkt *p, const struct rtnl_link *l, const struct addr *vip, bool router)
{
	uint8_t frame[PKT_NA_LEN];

	if (!is_ethernet(l))
		return -EOPNOTSUPP;
	if (vip->family != AF_INET6)
		return -EINVAL;
	pkt_na_build(frame, l->mac, &vip->v6, router);
	return p->ops->frame(p, l->ifindex, frame, sizeof(frame));
}

void pkt_base_init(struct pkt *p, const struct pkt_ops *ops)
{
	*p = (struct pkt){.ops = ops};
}

void pkt_base_free(struct pkt *p)
{
	for (uint32_t i = 0; i < p->members.n_buckets; i++)
		while (p->members.bucket[i])
			remove_member(
				p, container_of(p->members.bucket[i], struct pkt_member, key));
	hmap_free(&p->members);
}

void pkt_close(struct pkt *p)
{
	if (p)
		p->ops->close(p);
}

void pkt_listen(struct pkt *p, void (*got)(void *ctx, const struct pkt_in *), void *ctx)
{
	p->got = got;
	p->ctx = ctx;
}

int pkt_listen_ah(struct pkt *p, bool wanted)
{
	return p->ops->listen_ah(p, wanted);
}

const struct pkt_stats *pkt_stats(const struct pkt *p)
{
	return &p->stats;
}
