/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keywords of global_defs. */
#include <limits.h>
#include <string.h>

#include "keepalived/conf/global_tables.h"

#define UINT_SECONDS SEC(4294) /* longest time the original keeps in microseconds of 32 bits */
#define UINT_MICRO   (SEC(4294) + USEC(967295))

/* ---- hooks ------------------------------------------------------------------------------- */

static void mail_given(struct parse *p, struct node *n, const struct kw *kw, const struct stmt *s)
{
	const struct nodes *list = kw_field(kw, n);

	if (!list->n)
		diag_warning(p->diags, s->word[0].span, "Warning - empty notification_email block");
}

static void slow_interval(
	struct parse *p, struct node *n, const struct kw *kw, const struct stmt *s)
{
	if (*(const ktime *)kw_field(kw, n) >= SEC(1))
		diag_note(p->diags, s->word[1].span,
			"%s: a second or more between announcements delays a failover", kw->name);
}

static void long_delay(struct parse *p, struct node *n, const struct kw *kw, const struct stmt *s)
{
	if (*(const ktime *)kw_field(kw, n) >= SEC(60))
		diag_note(p->diags, s->word[1].span, "%s: no VRRP for a minute or more", kw->name);
}

static void process_title(
	struct parse *p, struct node *n, const struct kw *kw, const struct stmt *s)
{
	const char **title = kw_field(kw, n);

	if (strlen(*title) <= 15)
		return;
	*title = arena_strndup(p->arena, *title, 15);
	diag_error(p->diags, s->word[1].span, "%s: '%s' is longer than 15 characters - using '%s'",
		kw->name, stmt_word(s, 1), *title);
}

/* The keyword that turns a table on sets its priority back; what is to differ stands behind it. */
static void nftables_first(
	struct parse *p, struct node *n, const struct kw *kw, const struct stmt *s)
{
	struct global_conf *g = (struct global_conf *)n;

	(void)p;
	(void)kw;
	(void)s;
	g->nftables_given = true;
	g->nftables_priority = -1;
}

static void nftables_ipvs_first(
	struct parse *p, struct node *n, const struct kw *kw, const struct stmt *s)
{
	struct global_conf *g = (struct global_conf *)n;

	(void)p;
	(void)kw;
	(void)s;
	g->nftables_ipvs_priority = -1;
	g->nftables_ipvs_fwmark = 1000;
}

static void check_log(struct parse *p, struct node *n, const struct kw *kw, const struct stmt *s)
{
	if (s->n > 1)
		diag_warning(p->diags, s->word[1].span,
			"%s: the file is not written: what is wrong is in the log, and shown by -t",
			kw->name);
	(void)n;
}

/* ---- the table --------------------------------------------------------------------------- */

#define G struct global_conf
#define PROCESS_TITLE(kwname, fld, dc)                                               \
	{                                                                            \
		.name = kwname, .codec = &codec_string,                              \
		KW_AT(G, fld, KW_IS(G, fld, const char *)), .flags = KW_LIVE,        \
		.hook = process_title, .args = "<name>", .deflt = "unset", .doc = dc \
	}
#define MCAST_GROUP(kwname, fld, version, df, dc)                                                \
	{                                                                                        \
		.name = kwname, .codec = &codec_mcast_group,                                     \
		KW_AT(G, fld, KW_IS(G, fld, struct addr)), .flags = KW_RESTART, .max = version,  \
		.args = "<multicast ip>", .deflt = df, .doc = dc                                 \
	}
#define INTERVAL(kwname, fld, dc)                                                             \
	{                                                                                     \
		.name = kwname, .codec = &codec_time, KW_AT(G, fld, KW_IS(G, fld, ktime)),    \
		.res = USEC(1), .min = 0, .max = UINT_MICRO, .flags = KW_LIVE,                \
		.hook = slow_interval, .unit = "seconds, us resolution", .args = "<decimal>", \
		.deflt = "0 (no spacing)", .doc = dc                                          \
	}

#define LONGEST(kwname, fld, hk, dc)                                                         \
	{                                                                                    \
		.name = kwname, .codec = &codec_longest, KW_AT(G, fld, KW_IS(G, fld, ktime)), \
		.res = USEC(1), .min = MSEC(1), .max = UINT_MICRO, .flags = KW_LIVE | KW_ADD, \
		.hook = hk, .unit = "seconds, us resolution", .args = "<decimal>",            \
		.deflt = "0", .doc = dc                                                       \
	}
#define RTTIME(kwname, fld, fl, dc)                                                             \
	{                                                                                       \
		.name = kwname, .codec = &codec_rttime, KW_AT(G, fld, KW_IS(G, fld, uint64_t)), \
		.min = 1, .max = UINT32_MAX, .def = 10000,                                      \
		.flags = KW_LIVE | KW_LENIENT | (fl), .unit = "microseconds", .args = "<uint>", \
		.deflt = "10000", .doc = dc                                                     \
	}
#define TABLE(kwname, fld, hk, fl, df, dc)                                                        \
	{                                                                                         \
		.name = kwname, .codec = &codec_bare, KW_AT(G, fld, KW_IS(G, fld, const char *)), \
		.max = 254, .arg = df, .flags = KW_FIRST | KW_RESTART | KW_NO_DEFAULT | (fl),     \
		.hook = hk, .args = "[<table>]", .deflt = "unused; bare: " df, .doc = dc          \
	}
#define AUTO_PRIORITY(kwname, fld, dc)                                                          \
	{                                                                                       \
		.name = kwname, .codec = &codec_auto_prio, KW_AT(G, fld, KW_IS(G, fld, int)),   \
		.min = -1, .max = 99, .flags = KW_LIVE | KW_LENIENT | KW_IDLE, .args = "[int]", \
		.deflt = "0 (off)", .doc = dc                                                   \
	}
#define CPUS(kwname, fld, fl, dc)                                                  \
	KW_OF(kwname, G, fld, struct cpu_list, codec_cpus, KW_M0 | KW_LIVE | (fl), \
		"<cpu> [<cpu>...]", "all CPUs", dc)
#define FIFO(kwname, fld, dc)                                                     \
	KW_OF(kwname, G, fld, struct fifo_conf, codec_fifo,                       \
		KW_FIRST | KW_M0 | KW_RESTART | KW_IDLE, "<path> [user [group]]", \
		"(none); owner = default script user", dc)
#define FIFO_SCRIPT(kwname, fld, dc) KW_SCRIPT_ROW(kwname, G, fld.script, KW_M0 | KW_IDLE, dc)
#define MANAGEMENT(kwname, fld, dc)  KW_SET(kwname, G, fld, KW_LIVE | KW_IDLE, dc)
#define IPROUTE(kwname, fld, df, dc) \
	KW_OF(kwname, G, fld, const char *, codec_one_path, KW_M0 | KW_LIVE, "<directory>", df, dc)
#define DUMP_FILE(kwname, fld, df, dc)                                                           \
	KW_OF(kwname, G, fld, const char *, codec_one_path, KW_M0 | KW_LIVE | KW_IDLE, "<path>", \
		df, dc)

static const struct kw global_kw[] = {
	KW_STRING("router_id", G, router_id, 0, KW_M0 | KW_LIVE, "<string>", "local host name",
		"Name of this node in mail subjects and SNMP."),
	KW_OF("notification_email_from", G, email_from, const char *, codec_sender,
		KW_M0 | KW_LIVE, "<address>", "login@host name", "Sender of alerts."),
	{.name = "notification_email",
		.block = &name_block,
		KW_AT(G, email_to, KW_IS(G, email_to, struct nodes)),
		.flags = KW_ADD | KW_LIVE,
		.hook = mail_given,
		.args = "{ <address>... }",
		.doc = "Recipients, any number per line; repeated blocks add up."},
	KW_OF("smtp_server", G, smtp_server, const char *, codec_smtp_server, KW_LIVE,
		"<ip or host> [port]", "(none), port 25", "Mail relay."),
	KW_OF("smtp_helo_name", G, smtp_helo_name, const char *, codec_or_nothing, KW_LIVE,
		"<string>", "local host name", "Name sent in HELO."),
	KW_TIME("smtp_connect_timeout", G, smtp_connect_timeout, SEC(1), SEC(1), UINT_SECONDS,
		SEC(30), KW_LIVE | KW_LENIENT | KW_ZERO, "<uint>", NULL,
		"Timeout of each SMTP step."),
	KW_TRI("smtp_alert", G, smtp_alert, KW_LIVE, "unset",
		"Default for every smtp_alert not set at a lower level."),
	KW_TRI("smtp_alert_vrrp", G, smtp_alert_vrrp, KW_LIVE, "unset",
		"Default for instances and sync groups; beats smtp_alert."),
	KW_TRI("smtp_alert_checker", G, smtp_alert_checker, KW_LIVE, "unset",
		"Default for virtual and real servers; beats smtp_alert."),
	KW_SET("no_email_faults", G, no_email_faults, KW_LIVE, "No mail on entry to FAULT."),
	KW_BOOL("no_checker_emails", G, no_checker_emails, KW_LIVE,
		"No mail about single checkers."),
	{.name = "script_user",
		.codec = &codec_user,
		KW_AT(G, script_user,
			offsetof(G, script_group) == offsetof(G, script_user) + sizeof(char *)),
		.flags = KW_M0 | KW_LIVE | KW_NO_DEFAULT,
		.args = "<user> [:][group]",
		.deflt = "keepalived_script if it exists, else the user keepalived runs as",
		.doc = "User and group of scripts that name none."},
	KW_SET("enable_script_security", G, enable_script_security, KW_LIVE,
		"Scripts that others than root may change are not run as root."),
	KW_BOOL("use_symlink_paths", G, use_symlink_paths, KW_LIVE,
		"Keeps symbolic links in script paths; accepted, this is always so."),
	KW_SCRIPT_ROW(
		"startup_script", G, startup_script, KW_M0, "Run once before the children start."),
	KW_TIME("startup_script_timeout", G, startup_script_timeout, SEC(1), SEC(1), SEC(1000),
		SEC(10), KW_LIVE | KW_LENIENT | KW_M0, "<uint>", NULL,
		"How long the start script may run."),
	KW_SCRIPT_ROW(
		"shutdown_script", G, shutdown_script, KW_M0, "Run once after all children ended."),
	KW_TIME("shutdown_script_timeout", G, shutdown_script_timeout, SEC(1), SEC(1), SEC(1000),
		SEC(10), KW_LIVE | KW_LENIENT | KW_M0, "<uint>", NULL,
		"How long the shutdown script may run."),
	KW_UINT("vrrp_version", G, vrrp_version, 2, 3, 2, KW_LIVE | KW_LENIENT, NULL, "2|3",
		"Protocol version of IPv4 instances that name none."),
	MCAST_GROUP(
		"vrrp_mcast_group4", mcast_group4, 4, "224.0.0.18", "Group of adverts over IPv4."),
	MCAST_GROUP(
		"vrrp_mcast_group6", mcast_group6, 6, "ff02::12", "Group of adverts over IPv6."),
	KW_BOOL("vrrp_strict", G, strict, KW_LIVE, "Only what the RFC allows."),
	KW_BOOL("vrrp_skip_check_adv_addr", G, skip_check_adv_addr, KW_LIVE,
		"Addresses in adverts of a known master are not compared again."),
	KW_SET("vrrp_check_unicast_src", G, check_unicast_src, KW_LIVE,
		"Unicast adverts must come from a configured peer."),
	KW_SET("v3_checksum_as_v2", G, v3_checksum_as_v2, KW_LIVE,
		"VRRPv3 checksum over IPv4 without the pseudo header."),
	KW_BOOL("vrrp_min_garp", G, min_garp, KW_LIVE,
		"One gratuitous ARP per address, none repeated."),
	KW_UINT("vrrp_garp_master_repeat", G, garp_master_repeat, 1, UINT32_MAX, 5,
		KW_LIVE | KW_LENIENT | KW_ZERO, "messages", "<uint>",
		"Gratuitous ARPs per address after becoming master."),
	KW_TIME("vrrp_garp_master_delay", G, garp_master_delay, SEC(1), 0, UINT_SECONDS, SEC(5),
		KW_LIVE | KW_LENIENT, "<uint>", NULL,
		"Time before the second set of them; 0: none."),
	KW_TIME("vrrp_garp_master_refresh", G, garp_master_refresh, SEC(1), 0, SEC(4294967295), 0,
		KW_LIVE | KW_LENIENT | KW_USE, "<uint>", "0 (off)",
		"Time between refreshing sets while master."),
	KW_UINT("vrrp_garp_master_refresh_repeat", G, garp_master_refresh_repeat, 1, UINT32_MAX, 1,
		KW_LIVE | KW_LENIENT | KW_ZERO, "messages", "<uint>",
		"Gratuitous ARPs per address in a refreshing set."),
	KW_TIME("vrrp_garp_lower_prio_delay", G, garp_lower_prio_delay, SEC(1), 0, UINT_SECONDS, -1,
		KW_LIVE | KW_LENIENT, "<uint>", "vrrp_garp_master_delay",
		"As garp_master_delay, after an advert of lower priority."),
	KW_UINT_OR("vrrp_garp_lower_prio_repeat", G, garp_lower_prio_repeat, 0, INT32_MAX, UINT32_MAX,
		"vrrp_garp_master_repeat", KW_LIVE | KW_LENIENT, "messages", "<uint>",
		"As garp_master_repeat, after an advert of lower priority."),
	INTERVAL("vrrp_garp_interval", garp_interval,
		"Gap between gratuitous ARPs on an interface."),
	INTERVAL("vrrp_gna_interval", gna_interval,
		"Gap between unsolicited neighbour adverts on an interface."),
	KW_UINT("vrrp_down_timer_adverts", G, down_timer_adverts, 1, 100, 3, KW_LIVE | KW_LENIENT,
		"adverts", "<uint>", "Advert intervals missed before the master is down."),
	KW_TRI("vrrp_lower_prio_no_advert", G, lower_prio_no_advert, KW_LIVE, "off",
		"No answer to an advert of lower priority."),
	KW_TRI("vrrp_higher_prio_send_advert", G, higher_prio_send_advert, KW_LIVE, "off",
		"One more advert after one of higher priority."),
	KW_TRI("vrrp_owner_ignore_adverts", G, owner_ignore_adverts, KW_LIVE, "off",
		"The address owner does not react to adverts."),
	KW_BOOL("vrrp_notify_priority_changes", G, notify_priority_changes, KW_LIVE | KW_IDLE,
		"Notifications also for changes of priority."),
	KW_OF("dynamic_interfaces", G, dynamic_interfaces, bool, codec_dynamic, KW_LIVE | KW_FLAG,
		"[allow_if_changes]", "off",
		"Interfaces may come and go; accepted, this is always so."),
	KW_IFNAME("default_interface", G, default_interface, KW_M0 | KW_LIVE | KW_IDLE, "eth0",
		"Interface of static addresses without dev."),
	LONGEST("vrrp_startup_delay", startup_delay, long_delay,
		"Time after start before adverts are looked at and sent; of several the longest."),
	LONGEST("vrrp_delay_after_boot", delay_after_boot, NULL,
		"The same, counted from the boot of the system."),
	KW_SET("log_unknown_vrids", G, log_unknown_vrids, KW_LIVE,
		"Logs adverts for virtual routers that nobody here has."),
	KW_BOOL("checker_log_all_failures", G, checker_log_all_failures, KW_LIVE,
		"Logs every failed check, not only changes."),
	KW_BOOL("rs_init_notifies", G, rs_init_notifies, KW_LIVE,
		"Notifications for the state of real servers at start."),
	KW_SET("lvs_flush", G, lvs_flush, KW_LIVE, "Empties IPVS at start."),
	KW_OF("lvs_flush_on_stop", G, lvs_flush_on_stop, enum lvs_flush_stop, codec_flush, KW_LIVE,
		"[VS]", "off", "Empties IPVS, or each service, in one go when stopping."),
	KW_OTHER("lvs_flush_onstop", "lvs_flush_on_stop", 0),
	{.name = "lvs_timeouts",
		.codec = &codec_timeouts,
		KW_AT(G, lvs_timeouts, KW_IS(G, lvs_timeouts, struct lvs_timeouts)),
		.flags = KW_LIVE | KW_M0 | KW_ADD | KW_NO_DEFAULT,
		.options = &lvs_timeouts_block,
		.args = "[tcp <s>] [tcpfin <s>] [udp <s>]",
		.deflt = "kernel values",
		.unit = "seconds",
		.doc = "Timeouts of IPVS connections."},
	KW_INT("vrrp_priority", G, vrrp_nice, -20, 19, 0, KW_LIVE | KW_LENIENT | KW_USE | KW_M0,
		"nice", "<int>", "Nice value of the VRRP process."),
	KW_INT("checker_priority", G, checker_nice, -20, 19, 0,
		KW_LIVE | KW_LENIENT | KW_USE | KW_M0, "nice", "<int>",
		"Nice value of the checker process."),
	KW_INT_OR("vrrp_rt_priority", G, vrrp_rt_priority, 1, 99, 0,
		"0 (normal scheduling)", KW_LIVE | KW_LENIENT | KW_CLAMP | KW_M0, NULL, "<int>",
		"Real-time priority of the VRRP process."),
	KW_INT_OR("checker_rt_priority", G, checker_rt_priority, 1, 99, 0,
		"0 (normal scheduling)", KW_LIVE | KW_LENIENT | KW_CLAMP | KW_M0, NULL, "<int>",
		"Real-time priority of the checker process."),
	KW_SET("vrrp_no_swap", G, vrrp_no_swap, KW_LIVE, "Locks the VRRP process in memory."),
	KW_SET("checker_no_swap", G, checker_no_swap, KW_LIVE,
		"Locks the checker process in memory."),
	RTTIME("vrrp_rlimit_rttime", vrrp_rlimit_rttime, 0,
		"Real-time CPU limit of the VRRP process."),
	KW_OTHER("vrrp_rlimit_rtime", "vrrp_rlimit_rttime", KW_DEPRECATED),
	RTTIME("checker_rlimit_rttime", checker_rlimit_rttime, 0,
		"Real-time CPU limit of the checker process."),
	KW_OTHER("checker_rlimit_rtime", "checker_rlimit_rttime", KW_DEPRECATED),
	KW_SET("process_names", G, process_names, KW_LIVE,
		"Gives each process a title of its own."),
	PROCESS_TITLE("process_name", process_name, "Title of the parent process."),
	PROCESS_TITLE("vrrp_process_name", vrrp_process_name, "Title of the VRRP process."),
	PROCESS_TITLE(
		"checker_process_name", checker_process_name, "Title of the checker process."),
	KW_OTHER("lvs_process_name", "checker_process_name", KW_DEPRECATED),
	PROCESS_TITLE("bfd_process_name", bfd_process_name, "Title of the BFD process."),
	KW_OF("umask", G, umask, uint32_t, codec_umask, KW_LIVE, "<number> | <bit>[|<bit>...]",
		"0177", "Mask of the modes of created files."),
	KW_UINT_OR("vrrp_netlink_cmd_rcv_bufs", G, vrrp_cmd_rcvbuf, 0, UINT32_MAX, 0,
		"system default", KW_LIVE | KW_M0,
		"bytes", "<uint>", "Receive buffer of the netlink command socket."),
	KW_BOOL("vrrp_netlink_cmd_rcv_bufs_force", G, vrrp_cmd_rcvbuf_force, KW_LIVE,
		"Sets it beyond the system's limit."),
	KW_UINT_OR("vrrp_netlink_monitor_rcv_bufs", G, vrrp_monitor_rcvbuf, 0, UINT32_MAX, 0,
		"system default", KW_LIVE | KW_M0, "bytes", "<uint>",
		"Receive buffer of the netlink monitor socket."),
	KW_BOOL("vrrp_netlink_monitor_rcv_bufs_force", G, vrrp_monitor_rcvbuf_force, KW_LIVE,
		"Sets it beyond the system's limit."),
	KW_UINT_OR("lvs_netlink_cmd_rcv_bufs", G, lvs_cmd_rcvbuf, 0, UINT32_MAX, 0,
		"system default", KW_LIVE | KW_M0,
		"bytes", "<uint>", "Receive buffer of the IPVS command socket."),
	KW_BOOL("lvs_netlink_cmd_rcv_bufs_force", G, lvs_cmd_rcvbuf_force, KW_LIVE,
		"Sets it beyond the system's limit."),
	KW_UINT_OR("lvs_netlink_monitor_rcv_bufs", G, lvs_monitor_rcvbuf, 0, UINT32_MAX, 0,
		"system default", KW_LIVE | KW_M0 | KW_IDLE, "bytes", "<uint>",
		"Receive buffer of the checker's netlink monitor socket."),
	KW_BOOL("lvs_netlink_monitor_rcv_bufs_force", G, lvs_monitor_rcvbuf_force,
		KW_LIVE | KW_IDLE, "Sets it beyond the system's limit."),
	KW_BOOL("set_supplementary_groups", G, supplementary_groups, KW_LIVE,
		"Scripts also get the supplementary groups of their user."),
	AUTO_PRIORITY("max_auto_priority", max_auto_priority,
		"Highest real-time priority that a process running late gives itself."),
	KW_UINT("min_auto_priority_delay", G, min_auto_priority_delay, 1, 10000000, 1000000,
		KW_LIVE | KW_LENIENT | KW_M0 | KW_IDLE, "microseconds", "<uint>",
		"Lateness that raises the priority by one."),
	KW_SET("disable_local_igmp", G, disable_local_igmp, KW_RESTART | KW_IDLE,
		"No IGMP reports for 224.0.0.0/24, on the whole system."),
	{.name = "lvs_sync_daemon",
		.codec = &codec_lvs_sync,
		.options = &lvs_sync_block,
		KW_AT(G, lvs_sync, KW_IS(G, lvs_sync, struct lvs_sync_conf)),
		.max = 15,
		.flags = KW_FIRST | KW_M0 | KW_LIVE | KW_NO_DEFAULT | KW_IDLE,
		.args = "<ifname> [[inst] <instance>] [id <n>] [maxlen <n>] [port <n>] [ttl <n>] "
			"[group <ip>]",
		.deflt = "(none)",
		.doc = "Synchronises IPVS connections with other directors."},
	{.name = "vrrp_garp_extra_if",
		.codec = &codec_garp_extra,
		KW_AT(G, garp_extra_if, KW_IS(G, garp_extra_if, struct garp_extra)),
		.flags = KW_LIVE | KW_M0 | KW_NO_DEFAULT | KW_IDLE,
		.args = "[all] <uint>",
		.deflt = "0 (off)",
		.unit = "seconds",
		.doc = "Default of garp_extra_if."},
	KW_OTHER("vrrp_vmac_garp_intvl", "vrrp_garp_extra_if", KW_DEPRECATED),
	KW_OF("vrrp_iptables", G, iptables_given, bool, codec_chains,
		KW_FIRST | KW_LIVE, "[<in chain> [<out chain>]]",
		"unused; bare: INPUT and OUTPUT",
		"Uses iptables to keep packets from addresses that are not to be accepted."),
	{.name = "vrrp_ipsets",
		.codec = &codec_ipsets,
		KW_AT(G, ipsets, KW_IS(G, ipsets, int)),
		.def = TRI_UNSET,
		.flags = KW_LIVE,
		.args = "[<set> [<set6> [<set_if6> [<igmp> [<mld> [<nd>]]]]]]",
		.deflt = "keepalived, keepalived6, ... with vrrp_iptables; bare: no sets",
		.doc = "Names of the sets that the rules of vrrp_iptables look into."},
	TABLE("nftables", nftables, nftables_first, 0, "keepalived",
		"Uses nftables for that, with a table of its own."),
	KW_INT("nftables_priority", G, nftables_priority, INT32_MIN, INT32_MAX, -1, KW_LIVE,
		NULL, "<int>", "Priority of the chains."),
	KW_SET("nftables_ifindex", G, nftables_ifindex, KW_LIVE,
		"Sets hold numbers of interfaces, not names."),
	KW_SET("nftables_counters", G, nftables_counters, KW_LIVE, "Rules count."),
	TABLE("nftables_ipvs", nftables_ipvs, nftables_ipvs_first, KW_IDLE, "keepalived_ipvs",
		"A virtual_server_group is one service by fwmark, which nftables sets."),
	KW_INT("nftables_ipvs_priority", G, nftables_ipvs_priority, INT32_MIN, INT32_MAX, -1,
		KW_RESTART | KW_IDLE, NULL, "<int>", "Priority of its chain."),
	KW_UINT("nftables_ipvs_start_fwmark", G, nftables_ipvs_fwmark, 1, UINT32_MAX, 1000,
		KW_RESTART | KW_IDLE, NULL, "<uint>", "First fwmark used."),
	FIFO("notify_fifo", fifo, "FIFO of all notifications."),
	FIFO_SCRIPT("notify_fifo_script", fifo, "Reader of notify_fifo."),
	FIFO("vrrp_notify_fifo", vrrp_fifo, "FIFO of the notifications of VRRP."),
	FIFO_SCRIPT("vrrp_notify_fifo_script", vrrp_fifo, "Reader of vrrp_notify_fifo."),
	KW_SET("fifo_write_vrrp_states_on_reload", G, fifo_states_on_reload, KW_LIVE | KW_IDLE,
		"A reload writes all states to the FIFOs."),
	FIFO("lvs_notify_fifo", lvs_fifo, "FIFO of the notifications of virtual and real servers."),
	FIFO_SCRIPT("lvs_notify_fifo_script", lvs_fifo, "Reader of lvs_notify_fifo."),
	CPUS("vrrp_cpu_affinity", vrrp_cpus, 0, "CPUs of the VRRP process."),
	CPUS("checker_cpu_affinity", checker_cpus, 0, "CPUs of the checker process."),
	KW_INT("bfd_priority", G, bfd_nice, -20, 19, 0,
		KW_LIVE | KW_LENIENT | KW_USE | KW_M0 | KW_IDLE, "nice", "<int>",
		"Nice value of the BFD process."),
	KW_SET("bfd_no_swap", G, bfd_no_swap, KW_LIVE | KW_IDLE,
		"Locks the BFD process in memory."),
	KW_INT_OR("bfd_rt_priority", G, bfd_rt_priority, 1, 99, 0,
		"0 (normal scheduling)", KW_LIVE | KW_LENIENT | KW_CLAMP | KW_M0 | KW_IDLE, NULL, "<int>",
		"Real-time priority of the BFD process."),
	CPUS("bfd_cpu_affinity", bfd_cpus, KW_IDLE, "CPUs of the BFD process."),
	RTTIME("bfd_rlimit_rttime", bfd_rlimit_rttime, KW_IDLE,
		"Real-time CPU limit of the BFD process."),
	KW_OTHER("bfd_rlimit_rtime", "bfd_rlimit_rttime", KW_DEPRECATED),
	{.name = "snmp_socket",
		.codec = &codec_one_path,
		KW_AT(G, snmp_socket, KW_IS(G, snmp_socket, const char *)),
		.max = 4095,
		.flags = KW_M0 | KW_FIRST | KW_RESTART | KW_IDLE,
		.args = "<agentx address>",
		.deflt = "unix:/var/agentx/master",
		.doc = "Address of the AgentX master."},
	MANAGEMENT("enable_traps", snmp_traps, "Sends SNMP traps."),
	MANAGEMENT("enable_snmp_vrrp", snmp_vrrp, "VRRP part of KEEPALIVED-MIB."),
	KW_OTHER("enable_snmp_keepalived", "enable_snmp_vrrp", 0),
	MANAGEMENT("enable_snmp_rfc", snmp_rfc, "Both MIBs of the RFCs."),
	MANAGEMENT("enable_snmp_rfcv2", snmp_rfcv2, "MIB of RFC 2787."),
	MANAGEMENT("enable_snmp_rfcv3", snmp_rfcv3, "MIB of RFC 6527."),
	MANAGEMENT("enable_snmp_checker", snmp_checker, "Checker part of KEEPALIVED-MIB."),
	KW_TIME("snmp_vs_stats_update_interval", G, snmp_vs_interval, USEC(1), MSEC(1), SEC(30),
		SEC(5), KW_LIVE | KW_IDLE, "<decimal>", NULL,
		"Age at which counters of virtual servers are read anew for SNMP."),
	KW_TIME("snmp_rs_stats_update_interval", G, snmp_rs_interval, USEC(1), MSEC(1), SEC(30), 0,
		KW_LIVE | KW_IDLE, "<decimal>", "snmp_vs_stats_update_interval",
		"The same of real servers."),
	MANAGEMENT("enable_dbus", dbus, "D-Bus interface."),
	KW_STRING("dbus_service_name", G, dbus_service_name, 0, KW_M0 | KW_RESTART | KW_IDLE,
		"<name>", "org.keepalived.Vrrp1", "Name on the bus."),
	KW_STRING("dbus_no_interface_name", G, dbus_no_interface_name, 0,
		KW_M0 | KW_RESTART | KW_IDLE, "<name>", "none",
		"Path element of instances without interface."),
	KW_UINT_OR("process_monitor_rcv_bufs", G, process_monitor_rcvbuf, 0, UINT32_MAX, 0,
		"system default", KW_LIVE | KW_M0 | KW_IDLE, "bytes", "<uint>",
		"Receive buffer of the socket that tells about processes."),
	KW_BOOL("process_monitor_rcv_bufs_force", G, process_monitor_rcvbuf_force,
		KW_LIVE | KW_IDLE, "Sets it beyond the system's limit."),
	KW_OF("vrrp_rx_bufs_policy", G, rx_policy, uint32_t, codec_rx_policy,
		KW_ADD | KW_M0 | KW_RESTART | KW_IDLE, "MTU|ADVERT|<uint>", "system default",
		"Receive buffer of VRRP sockets: that many times the MTU or an advert, or bytes."),
	{.name = "vrrp_rx_bufs_multiplier",
		.codec = &codec_one_uint,
		KW_AT(G, rx_multiplier, KW_IS_UINT(G, rx_multiplier)),
		.min = 1,
		.max = UINT32_MAX,
		.def = 3,
		.flags = KW_RESTART | KW_M0 | KW_IDLE,
		.args = "<uint>",
		.deflt = "3",
		.doc = "Factor for vrrp_rx_bufs_policy."},
	KW_STRING("vmac_prefix", G, vmac_prefix, 0, KW_FIRST | KW_RESTART | KW_IDLE, "<string>",
		"vrrp", "Beginning of generated names of VMAC and ipvlan interfaces."),
	KW_STRING("vmac_addr_prefix", G, vmac_addr_prefix, 0, KW_FIRST | KW_RESTART | KW_IDLE,
		"<string>", "vmac_prefix", "The same for those of addresses on other interfaces."),
	{.name = "random_seed",
		.codec = &codec_uint,
		KW_AT(G, random_seed, KW_IS(G, random_seed, uint32_t)),
		.max = UINT32_MAX,
		.flags = KW_LIVE | KW_NO_DEFAULT,
		.args = "<uint>",
		.deflt = "time of day",
		.doc = "Makes ${_RANDOM} give the same numbers every time, from here on."},
	{.name = "reload_check_config",
		.codec = &codec_bare,
		KW_AT(G, reload_check_config, KW_IS(G, reload_check_config, const char *)),
		.arg = "/dev/null",
		.flags = KW_LIVE | KW_NO_DEFAULT,
		.args = "[<log file>]",
		.deflt = "off; bare: /dev/null",
		.hook = check_log,
		.doc = "Accepted: a reload is always checked first."},
	KW_OF("reload_time_file", G, reload_time_file, const char *, codec_one_path,
		KW_M0 | KW_LIVE | KW_IDLE, "<absolute path>", "(none)",
		"File with the time of the next reload."),
	KW_SET("reload_repeat", G, reload_repeat, KW_LIVE | KW_IDLE,
		"A reload_time_file without date is kept for the next day."),
	{.name = "reload_file",
		.codec = &codec_bare,
		KW_AT(G, reload_file, KW_IS(G, reload_file, const char *)),
		.arg = "",
		.flags = KW_LIVE | KW_NO_DEFAULT | KW_IDLE,
		.args = "[<path>]",
		.deflt = "off; bare: keepalived[_instance].reload in the pid directory",
		.doc = "File that exists while the configuration is read."},
	KW_OF("include_check", G, include_check, uint32_t, codec_include_check, KW_LIVE,
		"[[+|-]read|match|wildcard_match|brace_match ...]", "none on; bare: all four",
		"Which problems of includes are fatal."),
	KW_STRING("config_save_dir", G, config_save_dir, 0, KW_LIVE | KW_IDLE, "<directory>",
		"(none)", "Configuration and state are saved there around a reload."),
	KW_STRING("tmp_config_directory", G, tmp_config_directory, 0,
		KW_FIRST | KW_M0 | KW_LIVE | KW_IDLE, "<directory>", "memory file",
		"Where the copy of the configuration is kept that children read."),
	KW_BOOL("data_use_instance", G, data_use_instance, KW_LIVE | KW_IDLE,
		"Names of dump files carry namespace and instance."),
	KW_UINT("json_version", G, json_version, 1, 2, 1, KW_LIVE | KW_LENIENT | KW_M0 | KW_IDLE,
		NULL, "1|2", "Layout of the JSON dump."),
	IPROUTE("iproute_usr_dir", iproute_usr_dir, "/usr/share/iproute2",
		"Second place for the names of tables, protocols, scopes, groups."),
	IPROUTE("iproute_etc_dir", iproute_etc_dir, "/etc/iproute2", "First place for them."),
	DUMP_FILE("state_dump_file", state_dump_file, "<tmp dir>/keepalived.data",
		"Where SIGUSR1 writes."),
	DUMP_FILE("stats_dump_file", stats_dump_file, "<tmp dir>/keepalived.stats",
		"Where SIGUSR2 writes."),
	DUMP_FILE("json_dump_file", json_dump_file, "<tmp dir>/keepalived.json",
		"Where the JSON dump goes."),
};

const struct block global_block = {
	.name = "global_defs",
	.kw = global_kw,
	.n_kw = ARRAY_SIZE(global_kw),
	.size = sizeof(G),
	.flags = BLOCK_MERGE,
};
