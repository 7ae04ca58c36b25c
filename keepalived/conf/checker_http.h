/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside conf/: the regex keywords of a url. */
#ifndef KEEPALIVED_CONF_CHECKER_HTTP_H
#define KEEPALIVED_CONF_CHECKER_HTTP_H

#include "keepalived/conf/tables.h"

extern const struct codec codec_regex;         /* const char *: one word by the rules of scripts */
extern const struct codec codec_regex_options; /* uint32_t: enum regex_option */
extern const struct codec codec_regex_stack;   /* struct regex_conf: stack_start, stack_max */
extern const struct codec codec_regex_offset;  /* uint32_t; what is no number becomes 0 */

/* At the end of the url: offsets that exclude each other are forgotten. */
void regex_settle(struct parse *, struct node *url, struct regex_conf *);

#define REGEX_NO_LIMIT UINT32_MAX

#define REGEX_ROWS                                                                                 \
	{.name = "regex",                                                                          \
		.codec = &codec_regex,                                                             \
		KW_AT(struct url_conf, regex.pattern,                                              \
			KW_IS(struct url_conf, regex.pattern, const char *)),                      \
		.flags = KW_RESTART | KW_NO_DEFAULT | KW_SCRIPT | KW_M0 | KW_TWICE | KW_IDLE,      \
		.args = "<pattern>",                                                               \
		.deflt = "(none)",                                                                 \
		.doc = "PCRE2 pattern that the page must match; quotes and escapes as in "         \
		       "scripts."},                                                                \
		KW_SET("regex_no_match", struct url_conf, regex.no_match, KW_RESTART,              \
			"The page must not match."),                                               \
		KW_OF("regex_options", struct url_conf, regex.options, uint32_t,                   \
			codec_regex_options, KW_RESTART | KW_ADD | KW_EXCESS | KW_M0,              \
			"<option>...", "(none)",                                                   \
			"Options of PCRE2, as caseless, dotall, multiline or utf."),               \
		REGEX_OFFSET("regex_min_offset", min_offset, 0, "0",                               \
			"First byte of the page where a match may start."),                        \
		REGEX_OFFSET("regex_max_offset", max_offset, REGEX_NO_LIMIT, "none",               \
			"Last byte of the page where a match may start."),                         \
		KW_OF("regex_stack", struct url_conf, regex, struct regex_conf, codec_regex_stack, \
			KW_RESTART | KW_M0 | KW_ADD, "<start> <max>", "library default",           \
			"Stack of the matcher at first and at most, in bytes.")

#define REGEX_OFFSET(kwname, fld, dflt, df, dc)                                                   \
	{                                                                                         \
		.name = kwname, .codec = &codec_regex_offset,                                     \
		KW_AT(struct url_conf, regex.fld, KW_IS(struct url_conf, regex.fld, uint32_t)),   \
		.max = UINT32_MAX - 1, .def = dflt, .flags = KW_RESTART | KW_M0, .unit = "bytes", \
		.args = "<uint>", .deflt = df, .doc = dc                                          \
	}

#endif
