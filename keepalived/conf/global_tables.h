/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Codecs that only keywords of global_defs use; each file of them has one topic. */
#ifndef KEEPALIVED_CONF_GLOBAL_TABLES_H
#define KEEPALIVED_CONF_GLOBAL_TABLES_H

#include "keepalived/conf/tables.h"

/* global_values.c */
extern const struct codec codec_smtp_server; /* global_conf.smtp_server, and the port */
extern const struct codec codec_dynamic;     /* global_conf.dynamic_interfaces */
extern const struct codec codec_sender;      /* const char *; a warning about further words */
extern const struct codec codec_or_nothing;  /* const char *; a note when no word follows */
extern const struct codec codec_mcast_group; /* struct addr of IP version kw.max */
extern const struct codec codec_longest;     /* ktime; the longest of several */
extern const struct codec codec_rttime;      /* uint64_t; bad: 0, no limit */
extern const struct codec codec_umask;       /* uint32_t; UINT32_MAX: not given */
extern const struct codec codec_cpus;        /* struct cpu_list */
extern const struct codec codec_auto_prio;   /* int */
extern const struct codec codec_rx_policy;   /* global_conf.rx_policy, and the size */
extern const struct codec codec_fifo;        /* struct fifo_conf, without the script */
extern const struct codec codec_include_check; /* uint32_t, enum include_check */
extern const struct codec codec_one_path;    /* const char *, exactly one argument, not empty */
extern const struct codec codec_bare;        /* const char *; kw.arg when no word follows */

/* global_lvs.c */
extern const struct codec codec_flush;    /* enum lvs_flush_stop */
extern const struct codec codec_timeouts; /* struct lvs_timeouts */
extern const struct codec codec_lvs_sync; /* struct lvs_sync_conf */
extern const struct block lvs_timeouts_block, lvs_sync_block; /* their options */

/* global_firewall.c */
extern const struct codec codec_chains; /* global_conf.iptables_given and the chains */
extern const struct codec codec_ipsets; /* global_conf.ipsets and the names */

#endif
