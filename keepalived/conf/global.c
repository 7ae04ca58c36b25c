/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keywords of global_defs. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "keepalived/conf/tables.h"

#define UINT_SECONDS SEC(4294) /* longest time the original keeps in microseconds of 32 bits */
#define UINT_MICRO   (SEC(4294) + USEC(967295))

/* ---- mail -------------------------------------------------------------------------------- */

/* A host name is taken as it is: whether it resolves today is no matter of the configuration. */
static int smtp_server_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	static const struct kw port = {
		.name = "smtp_server port", .min = 1, .max = 65535, .flags = KW_LENIENT};
	struct global_conf *g = container_of(field, struct global_conf, smtp_server);
	int64_t v;

	(void)n;
	(void)kw;
	if (s->n > 2 && type_number(p, &port, &s->word[2], &v))
		g->smtp_port = (uint16_t)v;
	g->smtp_server = stmt_word(s, 1);
	return 0;
}

static bool smtp_server_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const struct global_conf *g = container_of(field, struct global_conf, smtp_server);

	(void)kw;
	if (!g->smtp_server)
		return false;
	print_word(out, g->smtp_server);
	strbuf_printf(out, " %u", g->smtp_port);
	return true;
}

static bool smtp_server_equal(const struct kw *kw, const void *a, const void *b)
{
	return codec_string.equal(kw, a, b) &&
	       container_of(a, struct global_conf, smtp_server)->smtp_port ==
		       container_of(b, struct global_conf, smtp_server)->smtp_port;
}

static const struct codec codec_smtp_server = {
	"server", 1, 2, smtp_server_parse, smtp_server_print, smtp_server_equal};

static void mail_given(struct parse *p, struct node *n, const struct kw *kw, const struct stmt *s)
{
	const struct nodes *list = kw_field(kw, n);

	if (!list->n)
		diag_warning(p->diags, s->word[0].span, "Warning - empty notification_email block");
}

/* ---- odd arguments ----------------------------------------------------------------------- */

static int dynamic_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	struct global_conf *g = container_of(field, struct global_conf, dynamic_interfaces);

	(void)n;
	g->dynamic_interfaces = true;
	if (s->n > 1 && !strcmp(stmt_word(s, 1), "allow_if_changes"))
		g->dynamic_interfaces_if_changes = true;
	else if (s->n > 1)
		diag_error(p->diags, s->word[1].span, "%s: unknown option '%s' - ignored", kw->name,
			stmt_word(s, 1));
	return 0;
}

static bool dynamic_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const struct global_conf *g = container_of(field, struct global_conf, dynamic_interfaces);

	(void)kw;
	if (g->dynamic_interfaces_if_changes)
		strbuf_puts(out, "allow_if_changes");
	return g->dynamic_interfaces;
}

static bool dynamic_equal(const struct kw *kw, const void *a, const void *b)
{
	(void)kw;
	return *(const bool *)a == *(const bool *)b &&
	       container_of(a, struct global_conf, dynamic_interfaces)
			       ->dynamic_interfaces_if_changes ==
		       container_of(b, struct global_conf, dynamic_interfaces)
			       ->dynamic_interfaces_if_changes;
}

static const struct codec codec_dynamic = {
	"flag", 0, 1, dynamic_parse, dynamic_print, dynamic_equal};

static int flush_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	(void)n;
	if (s->n > 1 && strcmp(stmt_word(s, 1), "VS") != 0) {
		diag_error(p->diags, s->word[1].span, "%s: unknown value '%s' (VS) - ignored",
			kw->name, stmt_word(s, 1));
		return -1;
	}
	*(enum lvs_flush_stop *)field = s->n > 1 ? LVS_FLUSH_VS : LVS_FLUSH_ALL;
	return 0;
}

static bool flush_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	enum lvs_flush_stop v = *(const enum lvs_flush_stop *)field;

	(void)kw;
	if (v == LVS_FLUSH_VS)
		strbuf_puts(out, "VS");
	return v != LVS_FLUSH_NONE;
}

static const struct codec codec_flush = {"word", 0, 1, flush_parse, flush_print, type_same_bytes};

#define LVS_TIMEOUT_MAX 2678400 /* 31 days, of the kernel's IPVS */

static ktime *lvs_timeout(void *field, const char *which)
{
	struct global_conf *g = container_of(field, struct global_conf, lvs_timeout_tcp);

	if (!strcmp(which, "tcp"))
		return &g->lvs_timeout_tcp;
	if (!strcmp(which, "tcpfin"))
		return &g->lvs_timeout_tcpfin;
	return !strcmp(which, "udp") ? &g->lvs_timeout_udp : NULL;
}

static int timeouts_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	static const struct kw value = {
		.name = "lvs_timeouts", .res = SEC(1), .min = 0, .max = SEC(LVS_TIMEOUT_MAX)};
	unsigned i = 1;

	(void)n;
	while (i < s->n) {
		ktime *t = lvs_timeout(field, stmt_word(s, i));
		int64_t v;

		if (!t || i + 1 == s->n) {
			diag_error(p->diags, s->word[i].span,
				"%s: '%s' is no timeout with a value (tcp N, tcpfin N, udp N) - ignored",
				kw->name, stmt_word(s, i));
			i++;
			continue;
		}
		if (type_time(p, &value, &s->word[i + 1], &v))
			*t = v;
		i += 2;
	}
	return 0;
}

static bool timeouts_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	static const char *const names[] = {"tcp", "tcpfin", "udp"};
	size_t before = out->len;

	(void)kw;
	for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
		ktime t = *lvs_timeout((void *)(uintptr_t)field, names[i]);

		if (!t)
			continue;
		strbuf_printf(out, "%s%s ", out->len > before ? " " : "", names[i]);
		print_time(out, t);
	}
	return out->len > before;
}

static bool timeouts_equal(const struct kw *kw, const void *a, const void *b)
{
	const struct global_conf *x = container_of(a, struct global_conf, lvs_timeout_tcp);
	const struct global_conf *y = container_of(b, struct global_conf, lvs_timeout_tcp);

	(void)kw;
	return x->lvs_timeout_tcp == y->lvs_timeout_tcp &&
	       x->lvs_timeout_tcpfin == y->lvs_timeout_tcpfin &&
	       x->lvs_timeout_udp == y->lvs_timeout_udp;
}

static const struct codec codec_timeouts = {
	"timeouts", 1, 99, timeouts_parse, timeouts_print, timeouts_equal};

/* ---- umask ------------------------------------------------------------------------------- */

static const struct enum_word mode_bits[] = {
	{"IRUSR", 0400, false},
	{"IWUSR", 0200, false},
	{"IXUSR", 0100, false},
	{"IRWXU", 0700, false},
	{"IRGRP", 0040, false},
	{"IWGRP", 0020, false},
	{"IXGRP", 0010, false},
	{"IRWXG", 0070, false},
	{"IROTH", 0004, false},
	{"IWOTH", 0002, false},
	{"IXOTH", 0001, false},
	{"IRWXO", 0007, false},
	{0},
};

static int mode_of(const char *name, size_t n)
{
	for (const struct enum_word *e = mode_bits; e->word; e++)
		if (strlen(e->word) == n && !memcmp(e->word, name, n))
			return e->value;
	return -1;
}

static long umask_value(const struct stmt *s, unsigned *bad)
{
	const char *word = stmt_word(s, 1);
	char *end;
	long v = strtol(word, &end, 0);

	*bad = 1;
	if (*word >= '0' && *word <= '9')
		return *end || v > 0777 ? -1 : v;
	v = 0;
	for (unsigned i = 1; i < s->n; i++)
		for (const char *at = stmt_word(s, i); *at;) {
			size_t n = strcspn(at, "|");
			int bit = n ? mode_of(at, n) : 0;

			*bad = i;
			if (bit < 0)
				return -1;
			v |= bit;
			at += n + (at[n] == '|');
		}
	return v;
}

static int umask_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	unsigned bad;
	long v = umask_value(s, &bad);

	(void)n;
	if (v < 0) {
		diag_error(p->diags, s->word[bad].span,
			"%s: invalid value '%s' (0..0777, or IRUSR|IWGRP|... ) - ignored", kw->name,
			stmt_word(s, bad));
		return -1;
	}
	*(uint32_t *)field = (uint32_t)v;
	return 0;
}

static bool umask_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	uint32_t v = *(const uint32_t *)field;

	(void)kw;
	if (v == UINT32_MAX)
		return false;
	strbuf_printf(out, "0%o", v);
	return true;
}

static const struct codec codec_umask = {"umask", 1, 99, umask_parse, umask_print, type_same_bytes};

/* ---- hooks ------------------------------------------------------------------------------- */

static void slow_interval(
	struct parse *p, struct node *n, const struct kw *kw, const struct stmt *s)
{
	if (*(const ktime *)kw_field(kw, n) >= SEC(1))
		diag_warning(p->diags, s->word[1].span,
			"%s: a second or more between announcements delays a failover", kw->name);
}

static void mcast_group(struct parse *p, struct node *n, const struct kw *kw, const struct stmt *s)
{
	struct addr *a = kw_field(kw, n);
	int family = kw->max == 4 ? AF_INET : AF_INET6;

	if (a->family == family && addr_is_multicast(a))
		return;
	diag_error(p->diags, s->word[1].span, "%s: '%s' is no IPv%d multicast address - ignored",
		kw->name, stmt_word(s, 1), (int)kw->max);
	addr_parse(a, family == AF_INET ? "224.0.0.18" : "ff02::12");
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
		.name = kwname, .codec = &codec_addr, KW_AT(G, fld, KW_IS(G, fld, struct addr)), \
		.flags = KW_RESTART, .max = version, .hook = mcast_group,                        \
		.args = "<multicast ip>", .deflt = df, .doc = dc                                 \
	}
#define INTERVAL(kwname, fld, dc)                                                             \
	{                                                                                     \
		.name = kwname, .codec = &codec_time, KW_AT(G, fld, KW_IS(G, fld, ktime)),    \
		.res = USEC(1), .min = 0, .max = UINT_MICRO, .flags = KW_LIVE,                \
		.hook = slow_interval, .unit = "seconds, us resolution", .args = "<decimal>", \
		.deflt = "0 (no spacing)", .doc = dc                                          \
	}

static const struct kw global_kw[] = {
	KW_STRING("router_id", G, router_id, 0, KW_M0 | KW_LIVE, "<string>", "local host name",
		"Name of this node in mail subjects and SNMP."),
	KW_STRING("notification_email_from", G, email_from, 0, KW_M0 | KW_LIVE, "<address>",
		"login@host name", "Sender of alerts."),
	{.name = "notification_email",
		.block = &name_block,
		KW_AT(G, email_to, KW_IS(G, email_to, struct nodes)),
		.flags = KW_ADD | KW_LIVE,
		.hook = mail_given,
		.args = "{ <address>... }",
		.doc = "Recipients, any number per line; repeated blocks add up."},
	KW_OF("smtp_server", G, smtp_server, const char *, codec_smtp_server, KW_LIVE,
		"<ip or host> [port]", "(none), port 25", "Mail relay."),
	KW_STRING("smtp_helo_name", G, smtp_helo_name, 0, KW_M0 | KW_LIVE, "<string>",
		"local host name", "Name sent in HELO."),
	KW_TIME("smtp_connect_timeout", G, smtp_connect_timeout, SEC(1), SEC(1), UINT_SECONDS,
		SEC(30), KW_LIVE | KW_LENIENT | KW_CLAMP, "<uint>", NULL,
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
	KW_BOOL("use_symlink_paths", G, use_symlink_paths, KW_LIVE | KW_IDLE,
		"Keeps symbolic links in script paths."),
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
		KW_LIVE | KW_LENIENT | KW_CLAMP, "messages", "<uint>",
		"Gratuitous ARPs per address after becoming master."),
	KW_TIME("vrrp_garp_master_delay", G, garp_master_delay, SEC(1), 0, UINT_SECONDS, SEC(5),
		KW_LIVE | KW_LENIENT, "<uint>", NULL,
		"Time before the second set of them; 0: none."),
	KW_TIME("vrrp_garp_master_refresh", G, garp_master_refresh, SEC(1), 0, SEC(4294967295), 0,
		KW_LIVE | KW_LENIENT | KW_USE, "<uint>", "0 (off)",
		"Time between refreshing sets while master."),
	KW_UINT("vrrp_garp_master_refresh_repeat", G, garp_master_refresh_repeat, 1, UINT32_MAX, 1,
		KW_LIVE | KW_LENIENT | KW_CLAMP, "messages", "<uint>",
		"Gratuitous ARPs per address in a refreshing set."),
	KW_TIME("vrrp_garp_lower_prio_delay", G, garp_lower_prio_delay, SEC(1), 0, UINT_SECONDS, -1,
		KW_LIVE | KW_LENIENT, "<uint>", "vrrp_garp_master_delay",
		"As garp_master_delay, after an advert of lower priority."),
	KW_UINT("vrrp_garp_lower_prio_repeat", G, garp_lower_prio_repeat, 0, INT32_MAX, UINT32_MAX,
		KW_LIVE | KW_LENIENT, "messages", "<uint>",
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
	KW_TIME("vrrp_startup_delay", G, startup_delay, USEC(1), MSEC(1), UINT_MICRO, 0, KW_LIVE,
		"<decimal>", NULL, "Time after start before adverts are looked at and sent."),
	KW_TIME("vrrp_delay_after_boot", G, delay_after_boot, USEC(1), MSEC(1), UINT_MICRO, 0,
		KW_LIVE, "<decimal>", NULL, "The same, counted from the boot of the system."),
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
	KW_OF("lvs_timeouts", G, lvs_timeout_tcp, ktime, codec_timeouts, KW_LIVE,
		"[tcp <s>] [tcpfin <s>] [udp <s>]", "kernel values",
		"Timeouts of IPVS connections."),
	KW_INT("vrrp_priority", G, vrrp_nice, -20, 19, 0, KW_LIVE | KW_LENIENT | KW_USE | KW_M0,
		"nice", "<int>", "Nice value of the VRRP process."),
	KW_INT("checker_priority", G, checker_nice, -20, 19, 0,
		KW_LIVE | KW_LENIENT | KW_USE | KW_M0, "nice", "<int>",
		"Nice value of the checker process."),
	KW_INT("vrrp_rt_priority", G, vrrp_rt_priority, 1, 99, 0,
		KW_LIVE | KW_LENIENT | KW_CLAMP | KW_M0, NULL, "<int>",
		"Real-time priority of the VRRP process."),
	KW_INT("checker_rt_priority", G, checker_rt_priority, 1, 99, 0,
		KW_LIVE | KW_LENIENT | KW_CLAMP | KW_M0, NULL, "<int>",
		"Real-time priority of the checker process."),
	KW_SET("vrrp_no_swap", G, vrrp_no_swap, KW_LIVE, "Locks the VRRP process in memory."),
	KW_SET("checker_no_swap", G, checker_no_swap, KW_LIVE,
		"Locks the checker process in memory."),
	KW_UINT("vrrp_rlimit_rttime", G, vrrp_rlimit_rttime, 1, UINT32_MAX, 10000,
		KW_LIVE | KW_LENIENT, "microseconds", "<uint>",
		"Real-time CPU limit of the VRRP process."),
	KW_OTHER("vrrp_rlimit_rtime", "vrrp_rlimit_rttime", KW_DEPRECATED),
	KW_UINT("checker_rlimit_rttime", G, checker_rlimit_rttime, 1, UINT32_MAX, 10000,
		KW_LIVE | KW_LENIENT, "microseconds", "<uint>",
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
	KW_UINT("vrrp_netlink_cmd_rcv_bufs", G, vrrp_cmd_rcvbuf, 0, UINT32_MAX, 0, KW_LIVE | KW_M0,
		"bytes", "<uint>", "Receive buffer of the netlink command socket."),
	KW_BOOL("vrrp_netlink_cmd_rcv_bufs_force", G, vrrp_cmd_rcvbuf_force, KW_LIVE,
		"Sets it beyond the system's limit."),
	KW_UINT("vrrp_netlink_monitor_rcv_bufs", G, vrrp_monitor_rcvbuf, 0, UINT32_MAX, 0,
		KW_LIVE | KW_M0, "bytes", "<uint>",
		"Receive buffer of the netlink monitor socket."),
	KW_BOOL("vrrp_netlink_monitor_rcv_bufs_force", G, vrrp_monitor_rcvbuf_force, KW_LIVE,
		"Sets it beyond the system's limit."),
	KW_UINT("lvs_netlink_cmd_rcv_bufs", G, lvs_cmd_rcvbuf, 0, UINT32_MAX, 0, KW_LIVE | KW_M0,
		"bytes", "<uint>", "Receive buffer of the IPVS command socket."),
	KW_BOOL("lvs_netlink_cmd_rcv_bufs_force", G, lvs_cmd_rcvbuf_force, KW_LIVE,
		"Sets it beyond the system's limit."),
	KW_UINT("lvs_netlink_monitor_rcv_bufs", G, lvs_monitor_rcvbuf, 0, UINT32_MAX, 0,
		KW_LIVE | KW_M0 | KW_IDLE, "bytes", "<uint>",
		"Receive buffer of the checker's netlink monitor socket."),
	KW_BOOL("lvs_netlink_monitor_rcv_bufs_force", G, lvs_monitor_rcvbuf_force,
		KW_LIVE | KW_IDLE, "Sets it beyond the system's limit."),
	KW_NOTYET("set_supplementary_groups"),
	KW_NOTYET("max_auto_priority"),
	KW_NOTYET("min_auto_priority_delay"),
	KW_NOTYET("disable_local_igmp"),
	KW_NOTYET("lvs_sync_daemon"),
	KW_NOTYET("vrrp_garp_extra_if"),
	KW_NOTYET("vrrp_vmac_garp_intvl"),
	KW_NOTYET("vrrp_iptables"),
	KW_NOTYET("vrrp_ipsets"),
	KW_NOTYET("nftables"),
	KW_NOTYET("nftables_priority"),
	KW_NOTYET("nftables_ifindex"),
	KW_NOTYET("vrrp_cpu_affinity"),
	KW_NOTYET("nftables_ipvs"),
	KW_NOTYET("nftables_ipvs_priority"),
	KW_NOTYET("nftables_ipvs_start_fwmark"),
	KW_NOTYET("nftables_counters"),
	KW_NOTYET("notify_fifo"),
	KW_NOTYET("notify_fifo_script"),
	KW_NOTYET("vrrp_notify_fifo"),
	KW_NOTYET("vrrp_notify_fifo_script"),
	KW_NOTYET("fifo_write_vrrp_states_on_reload"),
	KW_NOTYET("lvs_notify_fifo"),
	KW_NOTYET("lvs_notify_fifo_script"),
	KW_NOTYET("checker_cpu_affinity"),
	KW_NOTYET("bfd_priority"),
	KW_NOTYET("bfd_no_swap"),
	KW_NOTYET("bfd_rt_priority"),
	KW_NOTYET("bfd_cpu_affinity"),
	KW_NOTYET("bfd_rlimit_rttime"),
	KW_NOTYET("bfd_rlimit_rtime"),
	KW_NOTYET("snmp_socket"),
	KW_NOTYET("enable_traps"),
	KW_NOTYET("enable_snmp_vrrp"),
	KW_NOTYET("enable_snmp_keepalived"),
	KW_NOTYET("enable_snmp_rfc"),
	KW_NOTYET("enable_snmp_rfcv2"),
	KW_NOTYET("enable_snmp_rfcv3"),
	KW_NOTYET("enable_snmp_checker"),
	KW_NOTYET("snmp_vs_stats_update_interval"),
	KW_NOTYET("snmp_rs_stats_update_interval"),
	KW_NOTYET("enable_dbus"),
	KW_NOTYET("dbus_service_name"),
	KW_NOTYET("dbus_no_interface_name"),
	KW_NOTYET("process_monitor_rcv_bufs"),
	KW_NOTYET("process_monitor_rcv_bufs_force"),
	KW_NOTYET("vrrp_rx_bufs_policy"),
	KW_NOTYET("vrrp_rx_bufs_multiplier"),
	KW_NOTYET("vmac_prefix"),
	KW_NOTYET("vmac_addr_prefix"),
	KW_NOTYET("random_seed"),
	KW_NOTYET("reload_check_config"),
	KW_NOTYET("reload_time_file"),
	KW_NOTYET("reload_repeat"),
	KW_NOTYET("reload_file"),
	KW_NOTYET("include_check"),
	KW_NOTYET("config_save_dir"),
	KW_NOTYET("tmp_config_directory"),
	KW_NOTYET("data_use_instance"),
	KW_NOTYET("json_version"),
	KW_NOTYET("iproute_usr_dir"),
	KW_NOTYET("iproute_etc_dir"),
	KW_NOTYET("state_dump_file"),
	KW_NOTYET("stats_dump_file"),
	KW_NOTYET("json_dump_file"),
};

const struct block global_block = {
	.name = "global_defs",
	.kw = global_kw,
	.n_kw = ARRAY_SIZE(global_kw),
	.size = sizeof(G),
	.flags = BLOCK_MERGE,
};
