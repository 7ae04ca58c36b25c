/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside conf/: the rows that checkers share, and the tables of the kinds. */
#ifndef KEEPALIVED_CONF_CHECKER_ROWS_H
#define KEEPALIVED_CONF_CHECKER_ROWS_H

#include "keepalived/conf/tables.h"

#define CHECK_TIME_MAX (SEC(4294) + USEC(967295)) /* a timeout */
#define CHECK_LOOP_MAX SEC(4294967295)            /* an interval */
#define RETRY_UNSET    UINT32_MAX

/* ---- blocks ------------------------------------------------------------------------------ */

extern const struct block tcp_block, ping_block, http_block, ssl_get_block, misc_block, smtp_block,
	dns_block, udp_block, file_block, bfd_check_block;

/* A checker has no words after its keyword, and its name is ours. */
int checker_open(struct parse *, struct node *, const struct stmt *);
void checker_print(struct strbuf *, const struct node *);
/* Gives the checker its name among those of its server. */
void checker_name(struct parse *, struct checker_conf *);
/* The same for kinds that ask an address: false, with a complaint, when it needs bind_if. */
bool checker_close(struct parse *, struct node *);
/* The keyword of the checker's block. */
const char *checker_title(const struct checker_conf *);

#define CHECKER(kindname, rows, st, end)                                                          \
	{                                                                                         \
		.name = "virtual_server/real_server/" kindname, .kw = rows,                       \
		.n_kw = ARRAY_SIZE(rows), .size = sizeof(st), .open = checker_open, .close = end, \
		.print = checker_print                                                            \
	}

/* ---- rows -------------------------------------------------------------------------------- */

/* A hook: bindto and the checked address must be of one family, or the later one is forgotten. */
void checker_family(struct parse *, struct node *, const struct kw *, const struct stmt *);
extern const struct codec codec_port;     /* uint16_t; 0 is not printed */
extern const struct codec codec_retry;    /* uint32_t; RETRY_UNSET until it is inherited */
extern const struct codec codec_one_word; /* const char *: exactly one word */

#define K struct checker_conf

#define PORT(kwname, fld, df, dc)                                                             \
	{                                                                                     \
		.name = kwname, .codec = &codec_port, KW_AT(K, fld, KW_IS(K, fld, uint16_t)), \
		.min = 1, .max = 65535, .flags = KW_RESTART | KW_LENIENT | KW_NO_DEFAULT,     \
		.args = "<uint>", .deflt = df, .doc = dc                                      \
	}

#define TARGET(kwname, fld, df, dc)                                                              \
	{                                                                                        \
		.name = kwname, .codec = &codec_addr, KW_AT(K, fld, KW_IS(K, fld, struct addr)), \
		.flags = KW_RESTART, .hook = checker_family, .args = "<ip>", .deflt = df,        \
		.doc = dc                                                                        \
	}

#define WHERE_ROWS                                                                               \
	TARGET("connect_ip", dst.addr, "address of the real server", "Address to check."),       \
		PORT("connect_port", dst.port, "port of the real server", "Port to check."),     \
		TARGET("bindto", bind_ip, "(none)", "Source address."),                          \
		PORT("bind_port", bind_port, "(none)", "Source port."),                          \
		KW_IFNAME("bind_if", K, bind_if, KW_RESTART, "(none)",                           \
			"Interface; a link-local address to check needs it."),                   \
		KW_TIME("connect_timeout", K, connect_timeout, USEC(1), USEC(1), CHECK_TIME_MAX, \
			-1, KW_RESTART, "<decimal>", "of the real server",                       \
			"Time for the connection, and for each answer."),                        \
		KW_UINT("fwmark", K, fwmark, 0, UINT32_MAX, 0, KW_RESTART | KW_LENIENT, NULL,    \
			"<uint>", "Mark of the packets.")

/* Attempts and intervals; the texts name the kind's own defaults. */
#define WHEN_ROWS(retry_text, delay_text)                                                        \
	RETRY_ROW(K, 0, KW_RESTART | KW_LENIENT, "of the real server, else " retry_text),        \
		KW_OTHER("nb_get_retry", "retry", KW_DEPRECATED),                                \
		KW_TIME("delay_before_retry", K, delay_before_retry, USEC(1), 0, CHECK_LOOP_MAX, \
			-1, KW_RESTART, "<decimal>", "of the real server, else " delay_text,     \
			"Time between a failure and the next try."),                             \
		KW_TIME("warmup", K, warmup, USEC(1), 0, CHECK_LOOP_MAX, -1, KW_RESTART,         \
			"<decimal>", "of the real server, else delay_loop",                      \
			"Longest random delay of the first check."),                             \
		KW_TIME("delay_loop", K, delay_loop, USEC(1), USEC(1), CHECK_LOOP_MAX, -1,       \
			KW_RESTART, "<decimal>", "of the real server", "Time between checks."),  \
		ALPHA_ROW,                                                                       \
		KW_BOOL("log_all_failures", K, log_all_failures, KW_LIVE,                        \
			"Logs every failure, not only changes.")

#define RETRY_ROW(st, lo, fl, df)                                                             \
	{                                                                                     \
		.name = "retry", .codec = &codec_retry,                                       \
		KW_AT(st, retry, KW_IS(st, retry, uint32_t)), .min = lo, .max = UINT32_MAX,   \
		.def = RETRY_UNSET, .flags = fl, .unit = "attempts", .args = "<uint>",        \
		.deflt = df, .doc = "Further attempts before a good server counts as failed." \
	}

#define ALPHA_ROW \
	INHERITED_BOOL("alpha", K, alpha, KW_RESTART, "of the real server", "Starts as failed.")

/* A boolean whose default comes from elsewhere. */
#define INHERITED_BOOL(kwname, st, fld, fl, df, dc)                                         \
	{                                                                                   \
		.name = kwname, .codec = &codec_bool, KW_AT(st, fld, KW_IS(st, fld, bool)), \
		.flags = (fl) | KW_NO_DEFAULT, .args = "[bool]", .deflt = df, .doc = dc     \
	}

#endif
