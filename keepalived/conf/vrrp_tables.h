/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Codecs and rows that only vrrp_instance and vrrp_sync_group use; each file has one topic. */
#ifndef KEEPALIVED_CONF_VRRP_TABLES_H
#define KEEPALIVED_CONF_VRRP_TABLES_H

#include "keepalived/conf/tables.h"

/* vrrp_values.c */
extern const struct codec codec_state;       /* int, enum vrrp_initial */
extern const struct codec codec_onoff;       /* int: kw.max by its presence */
extern const struct codec codec_preempt;     /* bool: kw.max by its presence */
extern const struct codec codec_vrid;        /* uint8_t; a bad one does not undo a good one */
extern const struct codec codec_expired;     /* uint8_t; 254 when bare */
extern const struct codec codec_native_ipv6; /* uint8_t: vrrp_conf.family */
extern const struct codec codec_ttl;         /* int; -1: not said */
extern const struct codec codec_auth_pass;   /* uint8_t[8] */
extern const struct codec codec_checksum;    /* enum old_checksum */
extern const struct codec codec_extra;       /* struct garp_extra; interval -1: not said */
extern const struct codec codec_deleted;     /* notify_conf.deleted */

/* vrrp_vmac.c */
extern const struct codec codec_vmac;               /* struct vmac_conf * */
extern const struct codec codec_ipvlan;             /* struct ipvlan_conf * */
extern const struct block vmac_block, ipvlan_block; /* their options */

/* vrrp_hmac.c */
extern const struct block hmac_block; /* auth_hmac */

#define NOTIFY_ROWS(st)                                                                           \
	KW_SCRIPT_ROW("notify_backup", st, notify.backup, 0, "Run on change to BACKUP."),         \
		KW_SCRIPT_ROW("notify_master", st, notify.master, 0, "Run on change to MASTER."), \
		KW_SCRIPT_ROW("notify_fault", st, notify.fault, 0, "Run on change to FAULT."),    \
		KW_SCRIPT_ROW("notify_stop", st, notify.stop, 0, "Run when VRRP stops."),         \
		KW_SCRIPT_ROW("notify", st, notify.any, 0,                                        \
			"Run on every change, after the specific one, with four more arguments.")

#define TRACK_ARGS(what) "{ <" what "> [weight <int> [reverse|noreverse]] ... }"

#define TRACK_ROWS(st)                                                                          \
	KW_LIST("track_interface", st, track.interfaces, track_if_block, KW_EVENT,              \
		"{ <ifname> [weight <int> [reverse]] ... }", "Interfaces whose state counts."), \
		KW_LIST("track_script", st, track.scripts, track_script_block, KW_EVENT,        \
			TRACK_ARGS("script"), "Scripts whose result counts."),                  \
		KW_LIST("track_file", st, track.files, track_file_block, KW_EVENT | KW_IDLE,    \
			TRACK_ARGS("file"), "Files whose number counts."),                      \
		KW_LIST("track_process", st, track.processes, track_process_block,              \
			KW_EVENT | KW_IDLE, TRACK_ARGS("process"), "Processes that must run."), \
		KW_LIST("track_bfd", st, track.bfds, track_bfd_block, KW_EVENT | KW_IDLE,       \
			TRACK_ARGS("bfd"), "BFD sessions that must be up.")

#endif
