/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of routing tables, protocols, scopes and the like, as iproute2 has them: a number (0x and 0
 * prefixes), one of the names that every machine knows, or a name from the files of this machine
 * (rt_tables and so on). The latter come through lib/facts, since nothing here may ask the machine.
 */
#ifndef KEEPALIVED_CONF_IPROUTE_H
#define KEEPALIVED_CONF_IPROUTE_H

#include "lib/types.h"

#define IPROUTE_ETC_DIR "/etc/iproute2"
#define IPROUTE_USR_DIR "/usr/share/iproute2"

struct iproute_list {
	const char *file; /* "rt_tables" */
	const char *what; /* "table" */
	uint32_t max;     /* of the numbers */
	const struct enum_word
		*standard; /* ends with a NULL word; the first name is the one printed */
};

extern const struct iproute_list iproute_tables, iproute_protocols, iproute_scopes,
	iproute_dsfields, iproute_realms, iproute_groups, iproute_ip_protocols;

/* uint8_t or uint32_t; kw.arg is the list. With KW_NO_DEFAULT, 0 stands for "not said". */
extern const struct codec codec_iproute;
/* uint32_t: two realms of 16 bits, [from/]to; 0: none. */
extern const struct codec codec_realms;

/*
 * The number that a word (or a part of it) stands for; complains otherwise. An entry that would be
 * dropped for a name that only this machine lacks is read on, so that what else is said about it
 * is the same everywhere: struct entry, nameless.
 */
bool iproute_number(struct parse *, struct node *, const struct kw *, const struct iproute_list *,
	const struct lex_token *, const char *word, uint32_t *out);
void iproute_print(struct strbuf *, const struct iproute_list *, uint32_t value);

/* A whole number with C prefixes, at most max; nothing may follow. */
bool iproute_prefixed(const char *word, uint64_t max, uint64_t *out);

#endif
