/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entries whose options take as many words as they like: routes and rules. Their rows are like all
 * others, but the line is walked here, from the block's open: a codec with most == ENTRY_REST gets
 * everything up to the end of the line, and its parse returns how many arguments it took (or -1).
 *
 * The family of an entry is fixed by the first word that belongs to one; what contradicts it is
 * refused.
 */
#ifndef KEEPALIVED_CONF_ENTRY_H
#define KEEPALIVED_CONF_ENTRY_H

#include "keepalived/conf/route.h"
#include "lib/types.h"

#define ENTRY_REST 9999 /* struct codec, most */

/*
 * Takes a word that is no row, at s->word[0] with all that follows it. Returns the words used; 0:
 * the walk ends before it; -1: the entry is dropped, a diagnostic was added.
 */
typedef int entry_other(struct parse *, struct node *, const struct stmt *rest);

/*
 * Reads options from word i on by the rows of b, stored at base plus their offset. Returns the
 * index behind the last word used, or -1: the entry is dropped, a diagnostic was added (a missing
 * value, a refused KW_DROP row, or what other says).
 */
int entry_options(struct parse *, struct node *, const struct block *b, void *base,
	const struct stmt *, unsigned i, entry_other *other);

/*
 * Complaints about the option kw of an entry. The consequence, the entry dropped (KW_DROP) or the
 * option ignored, is added to the text. unknown: what depends on the machine.
 */
void entry_refuse(struct parse *, const struct node *, const struct kw *, const struct lex_token *,
	const char *fmt, ...) PRINTF_LIKE(5, 6);
void entry_unknown(struct parse *, const struct node *, const struct kw *, const struct lex_token *,
	const char *fmt, ...) PRINTF_LIKE(5, 6);
void entry_missing(struct parse *, const struct node *, const struct kw *, const struct stmt *);
/* "route", "rule", ...: the last word of the block's name. */
const char *entry_label(const struct node *);

/* Fixes or compares the family of a route, rule or next hop. False: refused, it was said. */
bool entry_family(
	struct parse *, struct node *, uint8_t family, const struct lex_token *, const char *what);
/* The same for an option that only one family has. */
bool entry_only(struct parse *, struct node *, uint8_t family, const struct stmt *);
/* ADDR[/LEN] of the entry's family. False: refused, it was said. */
bool entry_prefix(struct parse *, struct node *, const struct kw *, const struct lex_token *,
	struct prefix *);

extern const struct codec codec_entry_family; /* inet, inet6: kw.max is the family */
extern const struct codec codec_entry_addr;   /* struct addr */
extern const struct codec codec_entry_via;    /* the same, inet or inet6 may come before it */
extern const struct codec codec_entry_prefix; /* struct prefix */
extern const struct codec codec_entry_number; /* unsigned of any size, in kw.min..kw.max */
extern const struct codec codec_entry_ifname; /* const char *, of 1 to kw.max characters */
extern const struct codec codec_entry_label;  /* the same for what is no interface */
/* const struct track_group_conf *, in static entries */
extern const struct codec codec_track_group;

/* Halves of the codecs above. unsaid prints nothing, ever. */
bool entry_prefix_print(struct strbuf *, const struct kw *, const void *);
bool entry_prefix_equal(const struct kw *, const void *, const void *);
bool entry_number_print(struct strbuf *, const struct kw *, const void *);
bool entry_unsaid(struct strbuf *, const struct kw *, const void *);

/* An unsigned number by strict rules and in the range of kw; kw.max < 0: any 64 bits. */
bool entry_number(struct parse *, const struct node *, const struct kw *, const struct lex_token *,
	uint64_t *out);
/*
 * Names an entry that is complete. One that stands in its list already is refused when it is the
 * same in every respect (it was said); otherwise a number makes the name its own.
 */
bool entry_name(struct parse *, struct node *, const struct nodes *list, struct strbuf *name);

#define ENTRY_NUMBER(kwname, st, fld, lo, hi, fl, un, ar, df, dc)                                  \
	{                                                                                          \
		.name = kwname, .codec = &codec_entry_number, KW_AT(st, fld, KW_IS_UINT(st, fld)), \
		.min = lo, .max = hi, .flags = (fl) | KW_NO_DEFAULT, .unit = un, .args = ar,       \
		.deflt = df, .doc = dc                                                             \
	}
#define ENTRY_NAME(kwname, st, fld, list, dflt, fl, ar, df, dc)                               \
	{                                                                                     \
		.name = kwname, .codec = &codec_iproute, KW_AT(st, fld, KW_IS_UINT(st, fld)), \
		.arg = &list, .def = dflt, .flags = fl, .args = ar, .deflt = df, .doc = dc    \
	}

#endif
