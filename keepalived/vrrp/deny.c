/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keepalived/vrrp/deny.h"

#include "keepalived/vrrp/fsm.h"
#include "lib/str.h"

#define TABLE "keepalived"

bool deny_instance(const struct vrrp_conf *v)
{
	return v->accept == TRI_OFF && v->priority != VRRP_PRIO_OWNER;
}

static void deny_address(
	struct fw_rules *rules, const struct vip_conf *vip, deny_ifindex ifindex, void *ctx)
{
	int index = rules->by_index && vip->dev ? ifindex(ctx, vip->dev) : 0;

	fw_rules_deny(rules, &vip->addr, vip->dev ? vip->dev : "", index);
}

static void deny_list(
	struct fw_rules *rules, const struct nodes *list, deny_ifindex ifindex, void *ctx)
{
	const struct vip_conf *vip;

	nodes_for_each(vip, list)
		deny_address(rules, vip, ifindex, ctx);
}

static void set_name(char name[FW_NAME_MAX], const char *given, const char *usual)
{
	str_copy(name, FW_NAME_MAX, given ? given : usual);
}

static void options(struct fw_rules *rules, const struct global_conf *g)
{
	static const char *const sets[FW_SETS] = {"keepalived", "keepalived6", "keepalived_if6"};
	size_t i;

	rules->priority = g->nftables_priority;
	rules->counters = g->nftables_counters;
	rules->by_index = g->nftables_ifindex;
	if (g->nftables_given || !g->iptables_given)
		return;
	rules->kind = FW_IPTABLES;
	rules->by_index = false;
	rules->sets = g->ipsets != TRI_OFF;
	set_name(rules->chain_in, g->iptables_in, "");
	set_name(rules->chain_out, g->iptables_out, "");
	for (i = 0; i < FW_SETS; i++)
		set_name(rules->set[i], g->ipset[i], sets[i]);
}

void deny_rules(const struct conf *conf, struct fw_rules *rules, deny_ifindex ifindex, void *ctx)
{
	const struct global_conf *g = &conf->global;
	const struct vrrp_conf *v;

	fw_rules_init(rules, g->nftables ? g->nftables : TABLE);
	options(rules, g);
	nodes_for_each(v, &conf->instances) {
		if (!deny_instance(v))
			continue;
		deny_list(rules, &v->vips, ifindex, ctx);
		deny_list(rules, &v->evips, ifindex, ctx);
	}
	fw_rules_sort(rules);
}
