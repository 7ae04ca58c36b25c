/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keywords of vrrp_sync_group and vrrp_instance. */
#include <string.h>

#include "keepalived/conf/tables.h"

#define SECONDS_MAX   SEC(4294)
#define AUTH_PASS_LEN 8

/* ---- notify_deleted ---------------------------------------------------------------------- */

static int deleted_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	container_of(field, struct notify_conf, deleted)->deleted_given = true;
	return s->n > 1 ? codec_script.parse(p, n, kw, field, s) : 0;
}

static bool deleted_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	codec_script.print(out, kw, field);
	return container_of(field, struct notify_conf, deleted)->deleted_given;
}

static bool deleted_equal(const struct kw *kw, const void *a, const void *b)
{
	return codec_script.equal(kw, a, b) &&
	       container_of(a, struct notify_conf, deleted)->deleted_given ==
		       container_of(b, struct notify_conf, deleted)->deleted_given;
}

static const struct codec codec_deleted = {
	"script", 0, 3, deleted_parse, deleted_print, deleted_equal};

#define NOTIFY_ROWS(st)                                                                           \
	KW_SCRIPT_ROW("notify_backup", st, notify.backup, 0, "Run on change to BACKUP."),         \
		KW_SCRIPT_ROW("notify_master", st, notify.master, 0, "Run on change to MASTER."), \
		KW_SCRIPT_ROW("notify_fault", st, notify.fault, 0, "Run on change to FAULT."),    \
		KW_SCRIPT_ROW("notify_stop", st, notify.stop, 0, "Run when VRRP stops."),         \
		KW_SCRIPT_ROW("notify", st, notify.any, 0,                                        \
			"Run on every change, after the specific one, with four more arguments.")

/* ---- vrrp_sync_group --------------------------------------------------------------------- */

static int group_open(struct parse *p, struct node *n, const struct stmt *s)
{
	return open_unique(p, n, s, &building(p)->sync_groups, "vrrp sync group");
}

#define GR struct vrrp_group_conf

static const struct kw group_kw[] = {
	KW_SET("sync_group_tracking_weight", GR, tracking_weight, KW_EVENT,
		"Members keep their weighted trackers."),
	KW_OTHER("global_tracking", "sync_group_tracking_weight", KW_DEPRECATED),
	{.name = "group",
		.block = &name_block,
		KW_AT(GR, members, KW_IS(GR, members, struct nodes)),
		.flags = KW_FIRST | KW_EVENT,
		.args = "{ <instance>... }",
		.doc = "Members, any number per line."},
	KW_LIST("track_interface", GR, track_if, track_if_block, KW_EVENT,
		"{ <ifname> [weight <int> [reverse]] ... }", "Interfaces tracked for all members."),
	KW_LIST("track_script", GR, track_scripts, track_script_block, KW_EVENT,
		"{ <script> [weight <int> [reverse|noreverse]] ... }",
		"Scripts tracked for all members."),
	NOTIFY_ROWS(GR),
	KW_TRI("smtp_alert", GR, smtp_alert, KW_LIVE, "smtp_alert_vrrp, else smtp_alert, else off",
		"Mail on group changes."),
	KW_TRI("notify_priority_changes", GR, notify_priority_changes, KW_LIVE | KW_IDLE, "unset",
		"Value for members that do not set it."),
	KW_NOTYET("track_file"),
	KW_NOTYET("track_process"),
	KW_NOTYET("track_bfd"),
};

const struct block sync_group_block = {
	.name = "vrrp_sync_group",
	.kw = group_kw,
	.n_kw = ARRAY_SIZE(group_kw),
	.size = sizeof(GR),
	.open = group_open,
};

/* ---- vrrp_instance ----------------------------------------------------------------------- */

static int state_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	const char *word = stmt_word(s, 1);
	int *state = field;

	(void)kw;
	if (!strcmp(word, "MASTER")) {
		*state = VRRP_INITIAL_MASTER;
	} else if (strcmp(word, "BACKUP") != 0) {
		diag_error(p->diags, s->word[1].span,
			"(%s) unknown state '%s', defaulting to BACKUP%s", n->name, word,
			!strcasecmp(word, "MASTER") || !strcasecmp(word, "BACKUP")
				? " (it is written in capitals)"
				: "");
		*state = VRRP_INITIAL_BACKUP;
	} else if (*state == VRRP_INITIAL_MASTER) {
		diag_error(p->diags, s->word[1].span, "(%s) state was MASTER already, it stays so",
			n->name);
	} else {
		*state = VRRP_INITIAL_BACKUP;
	}
	return 0;
}

static bool state_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	int state = *(const int *)field;

	(void)kw;
	if (state == VRRP_INITIAL_UNSET)
		return false;
	strbuf_puts(out, state == VRRP_INITIAL_MASTER ? "MASTER" : "BACKUP");
	return true;
}

static const struct codec codec_state = {"state", 1, 1, state_parse, state_print, type_same_bytes};

/* accept and no_accept, preempt and nopreempt: two words for one value. */
static int onoff_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	(void)p;
	(void)n;
	(void)s;
	*(int *)field = (int)kw->max;
	return 0;
}

static bool onoff_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	(void)out;
	return *(const int *)field == (int)kw->max;
}

static const struct codec codec_onoff = {"flag", 0, 0, onoff_parse, onoff_print, type_same_bytes};

static int preempt_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	(void)p;
	(void)n;
	(void)s;
	*(bool *)field = kw->max;
	return 0;
}

static bool preempt_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	(void)out;
	return kw->max && *(const bool *)field;
}

static const struct codec codec_preempt = {
	"flag", 0, 1, preempt_parse, preempt_print, type_same_bytes};

static int expired_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	if (s->n > 1)
		return codec_uint.parse(p, n, kw, field, s);
	*(uint8_t *)field = 254;
	return 0;
}

static bool expired_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	return *(const uint8_t *)field && codec_uint.print(out, kw, field);
}

static const struct codec codec_expired = {
	"uint", 0, 1, expired_parse, expired_print, type_same_bytes};

static int native_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	uint8_t *family = field;

	(void)n;
	if (*family == AF_INET) {
		diag_error(p->diags, s->word[0].span, "%s: the instance is IPv4 already - ignored",
			kw->name);
		return -1;
	}
	*family = AF_INET6;
	return 0;
}

static bool native_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	(void)out;
	(void)kw;
	return *(const uint8_t *)field == AF_INET6;
}

static const struct codec codec_native_ipv6 = {
	"flag", 0, 1, native_parse, native_print, type_same_bytes};

static bool ttl_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	return *(const int *)field >= 0 && codec_int.print(out, kw, field);
}

static const struct codec codec_ttl = {"uint", 1, 1, type_uint_parse, ttl_print, type_same_bytes};

static int auth_pass_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	size_t len = s->word[1].s.n;

	(void)n;
	(void)kw;
	if (len > AUTH_PASS_LEN)
		diag_note(p->diags, s->word[1].span,
			"Truncating auth_pass to 8 characters: the protocol carries no more");
	memset(field, 0, AUTH_PASS_LEN);
	memcpy(field, stmt_word(s, 1), MIN(len, (size_t)AUTH_PASS_LEN));
	return 0;
}

static bool auth_pass_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	char pass[AUTH_PASS_LEN + 1] = {0};

	(void)kw;
	memcpy(pass, field, AUTH_PASS_LEN);
	if (!*pass)
		return false;
	print_word(out, pass);
	return true;
}

static const struct codec codec_auth_pass = {
	"string", 1, 1, auth_pass_parse, auth_pass_print, type_same_bytes};

static const struct enum_word auth_types[] = {
	{"PASS", VRRP_AUTH_PASS, false},
	{"AH", VRRP_AUTH_AH, false},
	{0},
};

#define V struct vrrp_conf

static const struct kw auth_kw[] = {
	KW_ENUM("auth_type", V, auth_type, auth_types, VRRP_AUTH_NONE, KW_EVENT, "PASS|AH",
		"How adverts prove where they come from (VRRPv2)."),
	KW_OF("auth_pass", V, auth_pass, uint8_t[AUTH_PASS_LEN], codec_auth_pass,
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
	return open_unique(p, n, s, &building(p)->instances, "vrrp instance");
}

#define GARP_TIME(kwname, fld, df, dc) \
	KW_TIME(kwname, V, fld, SEC(1), 0, SECONDS_MAX, -1, KW_LIVE | KW_LENIENT, "<uint>", df, dc)

static const struct kw vrrp_kw[] = {
	KW_OF("state", V, initial_state, int, codec_state, KW_LIVE, "MASTER|BACKUP",
		"from priority (255 = MASTER, else BACKUP)", "State at start."),
	KW_IFNAME("interface", V, interface, KW_RESTART, "(none)",
		"Interface of adverts and addresses."),
	KW_UINT("virtual_router_id", V, vrid, 1, 255, 0, KW_RESTART | KW_REQUIRED, NULL, "<uint>",
		"Identifies the virtual router on its network."),
	KW_UINT("priority", V, priority, 1, 255, 100, KW_EVENT | KW_USE, NULL, "<uint>",
		"The highest becomes master; 255 owns the addresses."),
	KW_TIME("advert_int", V, advert_int, USEC(1), MSEC(10), SEC(255), SEC(1), KW_EVENT,
		"<decimal>", NULL, "Interval between adverts."),
	KW_UINT("version", V, version, 2, 3, 0, KW_RESTART | KW_LENIENT | KW_FIRST, NULL, "2|3",
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
		.flags = KW_RESTART | KW_FLAG,
		.args = "(arguments ignored)",
		.deflt = "on; strict and not owner: off",
		.doc = "Traffic to the addresses is accepted."},
	{.name = "no_accept",
		.codec = &codec_onoff,
		KW_AT(V, accept, KW_IS(V, accept, int)),
		.max = TRI_OFF,
		.def = TRI_UNSET,
		.flags = KW_RESTART | KW_FLAG | KW_IDLE,
		.args = "(arguments ignored)",
		.doc = "It is not, unless this router owns them."},
	KW_TRI("strict_mode", V, strict, KW_RESTART, "vrrp_strict", "Only what the RFC allows."),
	KW_UINT("down_timer_adverts", V, down_timer_adverts, 1, 100, 0, KW_EVENT | KW_LENIENT,
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
	KW_SET("promote_secondaries", V, promote_secondaries, KW_LIVE | KW_IDLE,
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
	KW_UINT("garp_master_repeat", V, garp_master_repeat, 1, UINT32_MAX, 0,
		KW_LIVE | KW_LENIENT | KW_CLAMP, "messages", "<uint>",
		"Gratuitous ARPs per address after becoming master."),
	KW_UINT("garp_master_refresh_repeat", V, garp_master_refresh_repeat, 1, UINT32_MAX, 0,
		KW_LIVE | KW_LENIENT | KW_CLAMP, "messages", "<uint>",
		"Gratuitous ARPs per address in a refreshing set."),
	GARP_TIME("garp_lower_prio_delay", garp_lower_prio_delay, "vrrp_garp_lower_prio_delay",
		"As garp_master_delay, after an advert of lower priority."),
	KW_UINT("garp_lower_prio_repeat", V, garp_lower_prio_repeat, 0, INT32_MAX, UINT32_MAX,
		KW_LIVE | KW_LENIENT, "messages", "<uint>",
		"As garp_master_repeat, after an advert of lower priority."),
	KW_LIST("track_interface", V, track_if, track_if_block, KW_EVENT,
		"{ <ifname> [weight <int> [reverse]] ... }", "Interfaces whose state counts."),
	KW_LIST("track_script", V, track_scripts, track_script_block, KW_EVENT,
		"{ <script> [weight <int> [reverse|noreverse]] ... }",
		"Scripts whose result counts."),
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
	KW_NOTYET("use_vmac"),
	KW_NOTYET("use_vmac_addr"),
	KW_NOTYET("vmac_xmit_base"),
	KW_NOTYET("use_ipvlan"),
	KW_NOTYET("old_unicast_checksum"),
	KW_NOTYET("vrf"),
	KW_NOTYET("track_file"),
	KW_NOTYET("track_process"),
	KW_NOTYET("track_bfd"),
	KW_NOTYET("linkbeat_use_polling"),
	KW_NOTYET("virtual_routes"),
	KW_NOTYET("virtual_rules"),
	KW_NOTYET("debug"),
	KW_NOTYET("lvs_sync_daemon_interface"),
	KW_NOTYET("garp_extra_if"),
	KW_NOTYET("vmac_garp_intvl"),
	KW_NOTYET("kernel_rx_buf_size"),
	KW_NOTYET("auth_hmac"),
};

static unsigned instance_compare(const struct node *a, const struct node *b)
{
	const V *x = (const V *)a, *y = (const V *)b;

	return x->family != y->family || x->unicast != y->unicast ? KW_RESTART : 0;
}

const struct block vrrp_block = {
	.name = "vrrp_instance",
	.kw = vrrp_kw,
	.n_kw = ARRAY_SIZE(vrrp_kw),
	.size = sizeof(V),
	.open = instance_open,
	.compare = instance_compare,
};
