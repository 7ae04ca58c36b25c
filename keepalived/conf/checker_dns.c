/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keywords of DNS_CHECK. */
#include <string.h>

#include "keepalived/conf/checker_rows.h"

#define D struct dns_check

#define LABEL_MAX     63  /* RFC 1035 2.3.4 */
#define NAME_TEXT_MAX 253 /* as text, without the dot at the end; 255 on the wire */

static const struct enum_word types[] = {
	{"A", DNS_TYPE_A, true},
	{"NS", DNS_TYPE_NS, true},
	{"CNAME", DNS_TYPE_CNAME, true},
	{"SOA", DNS_TYPE_SOA, true},
	{"MX", DNS_TYPE_MX, true},
	{"TXT", DNS_TYPE_TXT, true},
	{"AAAA", DNS_TYPE_AAAA, true},
	{"RRSIG", DNS_TYPE_RRSIG, true},
	{"DNSKEY", DNS_TYPE_DNSKEY, true},
	{0},
};

/* What is wrong with a domain name; NULL: nothing. A dot at the end is the root's. */
static const char *name_fault(const char *name)
{
	size_t len = strlen(name), label;

	if (!strcmp(name, "."))
		return NULL;
	if (len - (len && name[len - 1] == '.') > NAME_TEXT_MAX)
		return "is longer than a domain name may be";
	do {
		label = strcspn(name, ".");
		if (!label)
			return "has an empty label";
		if (label > LABEL_MAX)
			return "has a label of more than 63 characters";
		name += label + (name[label] == '.');
	} while (*name);
	return NULL;
}

static int name_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	const char *fault = name_fault(stmt_word(s, 1));

	if (!fault)
		return codec_string.parse(p, n, kw, field, s);
	diag_error(p->diags, s->word[1].span, "%s: '%s' %s - ignored", kw->name, stmt_word(s, 1),
		fault);
	return -1;
}

static const struct codec codec_domain = {
	.name = "string",
	.words = 1,
	.most = 1,
	.parse = name_parse,
	.print = type_string_print,
	.equal = type_string_equal,
};

static const struct kw dns_kw[] = {
	WHERE_ROWS,
	WHEN_ROWS("3", "delay_loop"),
	KW_ENUM("type", D, type, types, DNS_TYPE_SOA, KW_RESTART,
		"A|NS|CNAME|SOA|MX|TXT|AAAA|RRSIG|DNSKEY", "What is asked for."),
	KW_OF("name", D, name, const char *, codec_domain, KW_RESTART | KW_FIRST, "<domain>",
		"root (.)", "The name that is asked for."),
};

const struct block dns_block = CHECKER("DNS_CHECK", dns_kw, D, checker_close);
