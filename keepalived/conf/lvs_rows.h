/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside conf/: what the tables of services and of real servers share. */
#ifndef KEEPALIVED_CONF_LVS_ROWS_H
#define KEEPALIVED_CONF_LVS_ROWS_H

#include "keepalived/conf/checker_rows.h"

extern const struct block rs_block;         /* real_server */
extern const struct block lvs_method_block; /* words of codec_forward */

extern const struct codec codec_sched;       /* const char *: a scheduler of IPVS */
extern const struct codec codec_persistence; /* ktime, whole seconds; bare: 360 */
extern const struct codec codec_granularity; /* vs_conf.granularity: a mask or a prefix length */
extern const struct codec codec_vs_family;      /* vs_conf.family */

/* <ip> [port] from word i on; the number of words used in all, or -1 after a complaint. */
int read_server(
	struct parse *, struct endpoint *, const struct stmt *, unsigned i, const char *what);
/* Numbers and marks of blocks, without a row of their own. */
extern const struct kw server_port_row, server_mark_row;

/* The method that is the default of servers further down, in use from here on. */
void take_method(struct lvs_forward *, const struct vs_conf *);

#define FORWARD(kwname, st, fld, hk, df, dc)                                                      \
	{                                                                                         \
		.name = kwname, .codec = &codec_forward,                                          \
		KW_AT(st, fld, KW_IS(st, fld, struct lvs_forward)), .options = &lvs_method_block, \
		.flags = KW_LIVE | KW_NO_DEFAULT, .hook = hk,                                     \
		.args = "NAT | DR | TUN [type ipip|gue port <1..65535>|gre] "                     \
			"[nocsum|csum|remcsum]",                                                  \
		.deflt = df, .doc = dc                                                            \
	}

/* What a checker may take from its real server, and that from its service. */
#define CHECK_DEFAULTS(st, retry_text, delay_text, warmup_text, connect_text, loop_text)          \
	RETRY_ROW(st, 1, KW_LIVE, retry_text), KW_OTHER("nb_get_retry", "retry", KW_DEPRECATED),  \
		KW_TIME("delay_before_retry", st, delay_before_retry, USEC(1), 0, CHECK_LOOP_MAX, \
			-1, KW_LIVE, "<decimal>", delay_text,                                     \
			"Time between a failure and the next try."),                              \
		KW_TIME("warmup", st, warmup, USEC(1), 0, CHECK_LOOP_MAX, -1, KW_LIVE,            \
			"<decimal>", warmup_text, "Longest random delay of the first check."),    \
		KW_TIME("connect_timeout", st, connect_timeout, USEC(1), USEC(1), CHECK_TIME_MAX, \
			-1, KW_LIVE, "<decimal>", connect_text, "Time for a connection."),        \
		KW_TIME("delay_loop", st, delay_loop, USEC(1), USEC(1), CHECK_LOOP_MAX, -1,       \
			KW_LIVE, "<decimal>", loop_text, "Time between checks.")

#define SNMP_NAME(st)                                                   \
	KW_OF("snmp_name", st, snmp_name, const char *, codec_one_word, \
		KW_M0 | KW_LIVE | KW_IDLE | KW_TWICE, "<text>", "(none)", "Name in SNMP.")

#endif
