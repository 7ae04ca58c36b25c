/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What global_defs says. */
#ifndef KEEPALIVED_CONF_GLOBAL_H
#define KEEPALIVED_CONF_GLOBAL_H

#include "keepalived/conf/values.h"
#include "lib/addr.h"

struct global_conf {
	struct node node;
	/* identity and mail */
	const char *router_id;
	const char *email_from;
	struct nodes email_to; /* struct name_conf */
	const char *smtp_server; /* host name or address as written; resolved by whoever sends */
	uint16_t smtp_port;
	const char *smtp_helo_name;
	ktime smtp_connect_timeout;
	int smtp_alert, smtp_alert_vrrp, smtp_alert_checker; /* enum tristate */
	bool no_email_faults;
	bool no_checker_emails;
	/* scripts */
	const char *script_user, *script_group; /* group as written: ":g", ":" */
	bool enable_script_security;
	bool use_symlink_paths;
	const struct script_conf *startup_script, *shutdown_script;
	ktime startup_script_timeout, shutdown_script_timeout;
	/* VRRP defaults */
	uint8_t vrrp_version; /* 2 or 3, IPv4 instances */
	struct addr mcast_group4, mcast_group6;
	bool strict;
	bool skip_check_adv_addr;
	bool check_unicast_src;
	bool v3_checksum_as_v2;
	bool min_garp;
	uint32_t garp_master_repeat, garp_master_refresh_repeat, garp_lower_prio_repeat;
	ktime garp_master_delay, garp_master_refresh, garp_lower_prio_delay;
	ktime garp_interval, gna_interval; /* 0: no spacing */
	uint32_t down_timer_adverts;
	int lower_prio_no_advert, higher_prio_send_advert; /* enum tristate */
	int owner_ignore_adverts;
	bool notify_priority_changes;
	bool dynamic_interfaces, dynamic_interfaces_if_changes;
	const char *default_interface;
	ktime startup_delay;
	ktime delay_after_boot;
	bool log_unknown_vrids;
	/* checker defaults */
	bool checker_log_all_failures;
	bool rs_init_notifies;
	bool lvs_flush;
	enum lvs_flush_stop { LVS_FLUSH_NONE, LVS_FLUSH_VS, LVS_FLUSH_ALL } lvs_flush_on_stop;
	ktime lvs_timeout_tcp, lvs_timeout_tcpfin, lvs_timeout_udp; /* 0: kernel's */
	/* processes */
	int vrrp_nice, checker_nice;
	int vrrp_rt_priority, checker_rt_priority; /* 0: normal scheduling, else 1..99 SCHED_RR */
	bool vrrp_no_swap, checker_no_swap;
	uint64_t vrrp_rlimit_rttime, checker_rlimit_rttime; /* microseconds, 0: none */
	bool process_names;
	const char *process_name, *vrrp_process_name, *checker_process_name, *bfd_process_name;
	uint32_t umask; /* UINT32_MAX: not given */
	uint32_t vrrp_cmd_rcvbuf, vrrp_monitor_rcvbuf, lvs_cmd_rcvbuf, lvs_monitor_rcvbuf; /* bytes, 0: system's */
	bool vrrp_cmd_rcvbuf_force, vrrp_monitor_rcvbuf_force;
	bool lvs_cmd_rcvbuf_force, lvs_monitor_rcvbuf_force;
};

#endif
