/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What global_defs says. */
#ifndef KEEPALIVED_CONF_GLOBAL_H
#define KEEPALIVED_CONF_GLOBAL_H

#include "keepalived/conf/values.h"
#include "lib/addr.h"

enum {
	CPU_WORDS = 16, /* of 64 CPUs, as many as a cpu_set_t of sched.h has */
	IPSETS = 6,
};

struct cpu_list { /* n 0: not said, all of them */
	uint64_t bits[CPU_WORDS];
	uint32_t n;
};

struct fifo_conf {
	const char *path; /* NULL: none */
	const char *user, *group;
	const struct script_conf *script; /* its reader; NULL: none */
};

struct lvs_sync_conf { /* lvs_sync_daemon; 0 and NULL: the kernel's default */
	const char *interface; /* NULL: no sync daemon */
	const char *instance;  /* whose state decides the role; NULL: both roles always */
	uint32_t id;           /* id + 1, since 0 is one; 0: that of the instance, or 0 */
	uint32_t maxlen;       /* bytes */
	uint16_t port;
	uint8_t ttl;
	struct addr group;
};

enum rx_policy { RX_POLICY_MTU = 1 << 0, RX_POLICY_ADVERT = 1 << 1, RX_POLICY_SIZE = 1 << 2 };

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
	bool supplementary_groups; /* of the user of scripts */
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
	struct garp_extra garp_extra_if;
	bool disable_local_igmp;
	uint32_t rx_policy;     /* enum rx_policy */
	uint32_t rx_size;       /* bytes, with RX_POLICY_SIZE */
	uint32_t rx_multiplier;
	const char *vmac_prefix, *vmac_addr_prefix;
	/* what keeps packets from addresses that must not be accepted */
	bool nftables_given, nftables_ifindex, nftables_counters;
	const char *nftables; /* table */
	int nftables_priority;
	bool iptables_given;
	const char *iptables_in, *iptables_out; /* chains */
	int ipsets;                             /* enum tristate; off: bare vrrp_ipsets */
	const char *ipset[IPSETS];              /* 4, 6, if6, igmp, mld, nd */
	ktime startup_delay;
	ktime delay_after_boot;
	bool log_unknown_vrids;
	/* checker defaults */
	bool checker_log_all_failures;
	bool rs_init_notifies;
	bool lvs_flush;
	enum lvs_flush_stop { LVS_FLUSH_NONE, LVS_FLUSH_VS, LVS_FLUSH_ALL } lvs_flush_on_stop;
	struct lvs_timeouts {
		ktime tcp, tcpfin, udp;
	} lvs_timeouts; /* 0: kernel's */
	struct lvs_sync_conf lvs_sync;
	const char *nftables_ipvs; /* table */
	int nftables_ipvs_priority;
	uint32_t nftables_ipvs_fwmark; /* the first one used */
	/* notifications */
	struct fifo_conf fifo, vrrp_fifo, lvs_fifo;
	bool fifo_states_on_reload;
	/* processes */
	int vrrp_nice, checker_nice, bfd_nice;
	int vrrp_rt_priority, checker_rt_priority, bfd_rt_priority; /* 0: normal, else SCHED_RR */
	bool vrrp_no_swap, checker_no_swap, bfd_no_swap;
	struct cpu_list vrrp_cpus, checker_cpus, bfd_cpus;
	uint64_t vrrp_rlimit_rttime, checker_rlimit_rttime, bfd_rlimit_rttime; /* us, 0: none */
	int max_auto_priority; /* -1: off and quiet, 0: off, else up to 99 */
	uint32_t min_auto_priority_delay; /* microseconds */
	bool process_names;
	const char *process_name, *vrrp_process_name, *checker_process_name, *bfd_process_name;
	uint32_t umask; /* UINT32_MAX: not given */
	uint32_t vrrp_cmd_rcvbuf, vrrp_monitor_rcvbuf, lvs_cmd_rcvbuf, lvs_monitor_rcvbuf; /* bytes, 0: system's */
	bool vrrp_cmd_rcvbuf_force, vrrp_monitor_rcvbuf_force;
	bool lvs_cmd_rcvbuf_force, lvs_monitor_rcvbuf_force;
	uint32_t process_monitor_rcvbuf;
	bool process_monitor_rcvbuf_force;
	/* management */
	const char *snmp_socket;
	bool snmp_traps, snmp_vrrp, snmp_rfc, snmp_rfcv2, snmp_rfcv3, snmp_checker;
	ktime snmp_vs_interval, snmp_rs_interval; /* 0: not said */
	bool dbus;
	const char *dbus_service_name, *dbus_no_interface_name;
	bool data_use_instance;
	uint8_t json_version;
	const char *state_dump_file, *stats_dump_file, *json_dump_file;
	/* reading, reloading */
	uint32_t random_seed; /* of ${_RANDOM}; lib/source.h reads it while it reads */
	uint32_t include_check; /* enum include_check of lib/source.h, likewise */
	const char *reload_check_config; /* where messages should go; NULL: not said */
	const char *reload_time_file;
	bool reload_repeat;
	const char *reload_file; /* NULL: none, "": the usual place */
	const char *config_save_dir, *tmp_config_directory;
	const char *iproute_usr_dir, *iproute_etc_dir;
};

#endif
