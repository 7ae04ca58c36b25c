/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keywords of vrrp_instance. */
#include <string.h>

#include "keepalived/conf/vrrp_tables.h"

#define SECONDS_MAX SEC(4294)

static const struct enum_word auth_types[] = {
	{"PASS", VRRP_AUTH_PASS, false},
	{"AH", VRRP_AUTH_AH, false},
	{0},
};

#define V struct vrrp_conf

static const struct kw auth_kw[] = {
	KW_ENUM("auth_type", V, auth_type, auth_types, VRRP_AUTH_NONE, KW_EVENT, "PASS|AH",
		"How adverts prove where they come from (VRRPv2)."),
	KW_OF("auth_pass", V, auth_pass, uint8_t[8], codec_auth_pass,
		KW_EVENT | KW_SECRET, "<string>", "", "Password of at most 8 characters."),
};

static const struct block auth_block = {
	.name = "vrrp_instance/authentication",
	.kw = auth_kw,
	.n_kw = ARRAY_SIZE(auth_kw),
	.flags = BLOCK_SAME,
};

static int instance_open(struct parse *p, struct node *n, const struct stmt *s)
{
	((V *)n)->garp_extra.interval = -1;
	return open_unique(p, n, s, &building(p)->instances, "vrrp instance");
}

/* ---- hooks ------------------------------------------------------------------------------- */

static void not_loopback(struct parse *p, struct node *n, const struct kw *kw, const struct stmt *s)
{
	const char **name = kw_field(kw, n);

	if (strcmp(*name, "lo") != 0)
		return;
	diag_error(p->diags, s->word[1].span,
		"(%s) cannot use the loopback interface lo for %s - ignored", n->name, kw->name);
	*name = NULL;
}

static void unused(struct parse *p, struct node *n, const struct kw *kw, const struct stmt *s)
{
	(void)n;
	diag_note(p->diags, s->word[0].span, "'%s' has no effect and never had", kw->name);
}

static void old_sync_daemon(
	struct parse *p, struct node *n, const struct kw *kw, const struct stmt *s)
{
	diag_note(p->diags, s->word[0].span,
		"%s is deprecated - please use 'lvs_sync_daemon %s inst %s' in global_defs",
		kw->name, stmt_word(s, 1), n->name);
}

/* ---- the table --------------------------------------------------------------------------- */

#define GARP_TIME(kwname, fld, df, dc) \
	KW_TIME(kwname, V, fld, SEC(1), 0, SECONDS_MAX, -1, KW_LIVE | KW_LENIENT, "<uint>", df, dc)

static const struct kw vrrp_kw[] = {
	KW_OF("state", V, initial_state, int, codec_state, KW_LIVE, "MASTER|BACKUP",
		"from priority (255 = MASTER, else BACKUP)", "State at start."),
	{.name = "interface",
		.codec = &codec_ifname,
		KW_AT(V, interface, KW_IS(V, interface, const char *)),
		.max = 15,
		.flags = KW_RESTART,
		.hook = not_loopback,
		.args = "<ifname>",
		.deflt = "(none)",
		.doc = "Interface of adverts and addresses."},
	{.name = "virtual_router_id",
		.codec = &codec_vrid,
		KW_AT(V, vrid, KW_IS(V, vrid, uint8_t)),
		.min = 1,
		.max = 255,
		.flags = KW_RESTART | KW_REQUIRED,
		.args = "<uint>",
		.deflt = "(none, required)",
		.doc = "Identifies the virtual router on its network."},
	KW_UINT_OR("priority", V, priority, 1, 255, 100,
		"100 (255 when state MASTER)", KW_EVENT | KW_USE, NULL, "<uint>",
		"The highest becomes master; 255 owns the addresses."),
	KW_TIME("advert_int", V, advert_int, USEC(1), MSEC(10), SEC(255), SEC(1), KW_EVENT,
		"<decimal>", NULL, "Interval between adverts."),
	KW_UINT_OR("version", V, version, 2, 3, 0,
		"vrrp_version; IPv6: 3", KW_RESTART | KW_LENIENT | KW_FIRST, NULL, "2|3",
		"Protocol version."),
	KW_SAME("authentication", auth_block, 0, "{ auth_type ... auth_pass ... }",
		"Password of VRRPv2."),
	{.name = "nopreempt",
		.codec = &codec_preempt,
		KW_AT(V, nopreempt, KW_IS(V, nopreempt, bool)),
		.max = true,
		.flags = KW_EVENT | KW_FLAG | KW_NO_DEFAULT,
		.args = "(arguments ignored)",
		.deflt = "off",
		.doc = "A master of lower priority is left alone."},
	{.name = "preempt",
		.codec = &codec_preempt,
		KW_AT(V, nopreempt, KW_IS(V, nopreempt, bool)),
		.max = false,
		.flags = KW_EVENT | KW_FLAG | KW_NO_DEFAULT,
		.args = "(arguments ignored)",
		.deflt = "on",
		.doc = "Takes over from a master of lower priority."},
	KW_TIME("preempt_delay", V, preempt_delay, USEC(1), 0, SEC(1000), 0, KW_LIVE | KW_USE,
		"<decimal>", NULL, "Time after start before taking over."),
	{.name = "accept",
		.codec = &codec_onoff,
		KW_AT(V, accept, KW_IS(V, accept, int)),
		.max = TRI_ON,
		.def = TRI_UNSET,
		.flags = KW_LIVE | KW_FLAG,
		.args = "(arguments ignored)",
		.deflt = "on; strict and not owner: off",
		.doc = "Traffic to the addresses is accepted."},
	{.name = "no_accept",
		.codec = &codec_onoff,
		KW_AT(V, accept, KW_IS(V, accept, int)),
		.max = TRI_OFF,
		.def = TRI_UNSET,
		.flags = KW_LIVE | KW_FLAG,
		.args = "(arguments ignored)",
		.doc = "It is not, unless this router owns them."},
	KW_TRI("strict_mode", V, strict, KW_RESTART, "vrrp_strict", "Only what the RFC allows."),
	KW_UINT_OR("down_timer_adverts", V, down_timer_adverts, 1, 100, 0,
		"vrrp_down_timer_adverts", KW_EVENT | KW_LENIENT,
		"adverts", "<uint>", "Advert intervals missed before the master is down."),
	{.name = "timer_expired_backup",
		.codec = &codec_expired,
		KW_AT(V, timer_expired_backup, KW_IS(V, timer_expired_backup, uint8_t)),
		.min = 1,
		.max = 254,
		.flags = KW_EVENT | KW_NO_DEFAULT,
		.args = "[<uint>]",
		.deflt = "off; bare: 254",
		.unit = "priority",
		.doc = "With nopreempt: priority used after the master's timer expired."},
	KW_OTHER("thread_timer_expired", "timer_expired_backup", KW_DEPRECATED),
	KW_SET("dont_track_primary", V, dont_track_primary, KW_EVENT,
		"The state of the own interface does not matter."),
	KW_SET("track_src_ip", V, track_src_ip, KW_EVENT,
		"FAULT while the source address is missing."),
	KW_TRI("lower_prio_no_advert", V, lower_prio_no_advert, KW_LIVE,
		"vrrp_lower_prio_no_advert; strict: on",
		"No answer to an advert of lower priority."),
	KW_TRI("higher_prio_send_advert", V, higher_prio_send_advert, KW_LIVE,
		"vrrp_higher_prio_send_advert; strict: off",
		"One more advert after one of higher priority."),
	KW_TRI("owner_ignore_adverts", V, owner_ignore_adverts, KW_LIVE,
		"priority 255: strict on, else vrrp_owner_ignore_adverts; otherwise off",
		"The address owner does not react to adverts."),
	KW_SET("no_virtual_ipaddress", V, no_virtual_ipaddress, KW_LIVE,
		"An instance without addresses is meant."),
	KW_SET("promote_secondaries", V, promote_secondaries, KW_LIVE,
		"Removing the first address of a subnet keeps the others."),
	{.name = "native_ipv6",
		.codec = &codec_native_ipv6,
		KW_AT(V, family, KW_IS(V, family, uint8_t)),
		.flags = KW_RESTART | KW_FLAG | KW_NO_DEFAULT,
		.args = "(arguments ignored)",
		.deflt = "off",
		.doc = "The instance is IPv6, whatever comes first."},
	{.name = "mcast_src_ip",
		.codec = &codec_addr,
		KW_AT(V, src_ip, KW_IS(V, src_ip, struct addr)),
		.flags = KW_EVENT,
		.hook = fix_family,
		.args = "<ip>",
		.deflt = "first address of the interface",
		.doc = "Source address of adverts."},
	KW_OTHER("unicast_src_ip", "mcast_src_ip", 0),
	{.name = "mcast_dst_ip",
		.codec = &codec_addr,
		KW_AT(V, mcast_dst, KW_IS(V, mcast_dst, struct addr)),
		.flags = KW_RESTART,
		.hook = fix_family,
		.args = "<multicast ip>",
		.deflt = "vrrp_mcast_group4, vrrp_mcast_group6",
		.doc = "Multicast group of adverts."},
	KW_LIST("unicast_peer", V, peers, peer_block, KW_EVENT,
		"{ <ip> [min_ttl <n>] [max_ttl <n>] ... }",
		"Adverts go to these instead of a group."),
	KW_SET("unicast_fault_no_peer", V, unicast_fault_no_peer, KW_EVENT,
		"FAULT when unicast is meant and no peer is left."),
	KW_SET("check_unicast_src", V, check_unicast_src, KW_LIVE,
		"Unicast adverts must come from a configured peer."),
	{.name = "unicast_ttl",
		.codec = &codec_ttl,
		KW_AT(V, unicast_ttl, KW_IS(V, unicast_ttl, int)),
		.min = 0,
		.max = 255,
		.def = -1,
		.flags = KW_EVENT,
		.args = "<uint>",
		.deflt = "255 for IPv4, kernel default for IPv6",
		.doc = "TTL or hop limit of unicast adverts."},
	KW_TRI("v3_checksum_as_v2", V, v3_checksum_as_v2, KW_LIVE,
		"v3_checksum_as_v2 of global_defs",
		"VRRPv3 checksum over IPv4 without the pseudo header."),
	KW_TRI("skip_check_adv_addr", V, skip_check_adv_addr, KW_LIVE, "vrrp_skip_check_adv_addr",
		"Addresses in adverts of a known master are not compared again."),
	KW_LIST("virtual_ipaddress", V, vips, vip_block, KW_LIVE, "{ <address entry>... }",
		"Addresses that follow the master."),
	KW_LIST("virtual_ipaddress_excluded", V, evips, evip_block, KW_LIVE,
		"{ <address entry>... }", "The same, not carried in adverts."),
	GARP_TIME("garp_master_delay", garp_master_delay, "vrrp_garp_master_delay",
		"Time before the second set of gratuitous ARPs; 0: none."),
	KW_TIME("garp_master_refresh", V, garp_master_refresh, SEC(1), 0, SEC(4294967295), -1,
		KW_LIVE | KW_LENIENT, "<uint>", "vrrp_garp_master_refresh",
		"Time between refreshing sets while master."),
	KW_UINT_OR("garp_master_repeat", V, garp_master_repeat, 1, UINT32_MAX, 0,
		"vrrp_garp_master_repeat", KW_LIVE | KW_LENIENT | KW_ZERO, "messages", "<uint>",
		"Gratuitous ARPs per address after becoming master."),
	KW_UINT_OR("garp_master_refresh_repeat", V, garp_master_refresh_repeat, 1, UINT32_MAX, 0,
		"vrrp_garp_master_refresh_repeat", KW_LIVE | KW_LENIENT | KW_ZERO, "messages", "<uint>",
		"Gratuitous ARPs per address in a refreshing set."),
	GARP_TIME("garp_lower_prio_delay", garp_lower_prio_delay,
		"vrrp_garp_lower_prio_delay; strict: 0",
		"As garp_master_delay, after an advert of lower priority."),
	KW_UINT_OR("garp_lower_prio_repeat", V, garp_lower_prio_repeat, 0, INT32_MAX, UINT32_MAX,
		"vrrp_garp_lower_prio_repeat; strict: 0", KW_LIVE | KW_LENIENT, "messages", "<uint>",
		"As garp_master_repeat, after an advert of lower priority."),
	TRACK_ROWS(V),
	NOTIFY_ROWS(V),
	KW_SCRIPT_ROW("notify_master_rx_lower_pri", V, notify.master_rx_lower_pri, 0,
		"Run when a master hears an advert of lower priority."),
	{.name = "notify_deleted",
		.codec = &codec_deleted,
		KW_AT(V, notify.deleted, KW_IS(V, notify.deleted, const struct script_conf *)),
		.flags = KW_FIRST | KW_SCRIPT | KW_NO_DEFAULT | KW_LIVE,
		.args = "[<script> [user [:][group]]]",
		.deflt = "off: FAULT is reported",
		.doc = "Run when a reload removes the instance; bare: DELETED is reported."},
	KW_TRI("smtp_alert", V, smtp_alert, KW_LIVE, "smtp_alert_vrrp, else smtp_alert, else off",
		"Mail on changes of state."),
	KW_TRI("notify_priority_changes", V, notify_priority_changes, KW_LIVE | KW_IDLE,
		"of the sync group, else vrrp_notify_priority_changes",
		"Notifications also for changes of priority."),
	{.name = "use_vmac",
		.codec = &codec_vmac,
		KW_AT(V, vmac, KW_IS(V, vmac, struct vmac_conf *)),
		.options = &vmac_block,
		.flags = KW_RESTART | KW_ADD | KW_NO_DEFAULT | KW_IDLE,
		.args = "[[name] <ifname>] [<mac>] [netlink_notify_msg] [group <group>]",
		.deflt = "off; name generated",
		.doc = "A macvlan of its own with the virtual MAC address 00:00:5e:00:01|02:VRID."},
	KW_SET("use_vmac_addr", V, use_vmac_addr, KW_RESTART | KW_IDLE,
		"And one for every other interface that gets an address."),
	KW_SET("vmac_xmit_base", V, vmac_xmit_base, KW_RESTART | KW_IDLE,
		"Adverts go through the base interface."),
	{.name = "use_ipvlan",
		.codec = &codec_ipvlan,
		KW_AT(V, ipvlan, KW_IS(V, ipvlan, struct ipvlan_conf *)),
		.options = &ipvlan_block,
		.flags = KW_RESTART | KW_FIRST | KW_NO_DEFAULT | KW_IDLE,
		.args = "[[name] <ifname>] [<ip[/len]>] [bridge|private|vepa] [group <group>]",
		.deflt = "off; bridge",
		.doc = "An ipvlan of its own; IPv4 needs the address."},
	{.name = "vrf",
		.codec = &codec_ifname,
		KW_AT(V, vrf, KW_IS(V, vrf, const char *)),
		.max = 15,
		.flags = KW_RESTART | KW_FIRST | KW_IDLE,
		.hook = not_loopback,
		.args = "<ifname>",
		.deflt = "(none)",
		.doc = "VRF of a unicast instance without interface."},
	{.name = "old_unicast_checksum",
		.codec = &codec_checksum,
		KW_AT(V, old_unicast_checksum, KW_IS(V, old_unicast_checksum, enum old_checksum)),
		.flags = KW_LIVE | KW_NO_DEFAULT | KW_IDLE,
		.args = "[never]",
		.deflt = "detected",
		.doc = "The unicast checksum of version 1.3.6; never: it is not looked for."},
	KW_SET("linkbeat_use_polling", V, linkbeat_use_polling, KW_RESTART | KW_IDLE,
		"Asks the interface for its link state; better use linkbeat_interfaces."),
	KW_LIST("virtual_routes", V, routes, route_block, KW_LIVE | KW_IDLE, "{ <route entry>... }",
		"Routes that are there while master."),
	KW_LIST("virtual_rules", V, rules, rule_block, KW_LIVE | KW_IDLE, "{ <rule entry>... }",
		"Policy rules that are there while master."),
	{.name = "debug",
		.codec = &codec_uint,
		KW_AT(V, debug, KW_IS(V, debug, uint8_t)),
		.max = 4,
		.flags = KW_LIVE | KW_LENIENT,
		.hook = unused,
		.args = "<uint>",
		.deflt = "0",
		.doc = "Stored, not used."},
	{.name = "lvs_sync_daemon_interface",
		.codec = &codec_ifname,
		KW_AT(V, lvs_sync_interface, KW_IS(V, lvs_sync_interface, const char *)),
		.max = 15,
		.flags = KW_LIVE | KW_FIRST | KW_IDLE,
		.hook = old_sync_daemon,
		.args = "<ifname>",
		.deflt = "(none)",
		.doc = "Old form of lvs_sync_daemon with this instance."},
	KW_OF("garp_extra_if", V, garp_extra, struct garp_extra, codec_extra,
		KW_LIVE | KW_M0 | KW_IDLE, "[all] <uint>", "vrrp_garp_extra_if",
		"Interval of announcements from VMACs of other interfaces; 0: off."),
	KW_OTHER("vmac_garp_intvl", "garp_extra_if", KW_DEPRECATED),
	{.name = "kernel_rx_buf_size",
		.codec = &codec_one_uint,
		KW_AT(V, rx_buf_size, KW_IS(V, rx_buf_size, uint64_t)),
		.max = UINT32_MAX,
		.def = -1,
		.flags = KW_RESTART | KW_M0 | KW_IDLE,
		.args = "<uint>",
		.deflt = "vrrp_rx_bufs_policy",
		.unit = "bytes",
		.doc = "Share of this instance in the receive buffer of its socket."},
	KW_SAME("auth_hmac", hmac_block, KW_EVENT | KW_IDLE, "{ ... }",
		"Signs adverts; excludes authentication."),
};

static unsigned instance_compare(const struct node *a, const struct node *b)
{
	const V *x = (const V *)a, *y = (const V *)b;

	return x->family != y->family || x->unicast != y->unicast || x->fault != y->fault
		       ? KW_RESTART
		       : 0;
}

const struct block vrrp_block = {
	.name = "vrrp_instance",
	.kw = vrrp_kw,
	.n_kw = ARRAY_SIZE(vrrp_kw),
	.size = sizeof(V),
	.open = instance_open,
	.compare = instance_compare,
};
