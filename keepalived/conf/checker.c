/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the keywords of all checkers have in common, and those that have nothing else. */
#include <string.h>

#include "keepalived/conf/checker_rows.h"

static const struct {
	const struct block *block;
	const char *title;
} kinds[CHECK_KINDS] = {
	[CHECK_TCP] = {&tcp_block, "TCP_CHECK"},
	[CHECK_HTTP] = {&http_block, "HTTP_GET"},
	[CHECK_SSL] = {&ssl_get_block, "SSL_GET"},
	[CHECK_MISC] = {&misc_block, "MISC_CHECK"},
	[CHECK_SMTP] = {&smtp_block, "SMTP_CHECK"},
	[CHECK_DNS] = {&dns_block, "DNS_CHECK"},
	[CHECK_UDP] = {&udp_block, "UDP_CHECK"},
	[CHECK_PING] = {&ping_block, "PING_CHECK"},
	[CHECK_FILE] = {&file_block, "FILE_CHECK"},
	[CHECK_BFD] = {&bfd_check_block, "BFD_CHECK"},
};

const char *checker_title(const struct checker_conf *k)
{
	return kinds[k->kind].title;
}

int checker_open(struct parse *p, struct node *n, const struct stmt *s)
{
	K *k = (K *)n;

	(void)p;
	(void)s;
	while (kinds[k->kind].block != n->block)
		k->kind++;
	return 1;
}

/* No words follow the keyword. */
void checker_print(struct strbuf *out, const struct node *n)
{
	(void)out;
	(void)n;
}

/* KIND, KIND#2, ...: checkers of one server meet again by kind and order. */
void checker_name(struct parse *p, K *k)
{
	const struct rs_conf *rs = (const struct rs_conf *)k->node.parent;
	const K *other;
	unsigned same = 1;

	nodes_for_each(other, &rs->checkers)
		same += other->kind == k->kind;
	k->node.name = checker_title(k);
	if (same > 1)
		k->node.name = arena_printf(p->arena, "%s#%u", checker_title(k), same);
}

/* What is checked when nothing else is said; the parent may be an SMTP_CHECK with hosts. */
static const struct addr *target_of(const K *k)
{
	const struct node *up = k->node.parent;

	if (k->dst.addr.family)
		return &k->dst.addr;
	if (up->block == &smtp_block)
		return target_of((const K *)up);
	return &((const struct rs_conf *)up)->dst.addr;
}

bool checker_close(struct parse *p, struct node *n)
{
	K *k = (K *)n;
	const struct addr *a = target_of(k);

	if (a->family == AF_INET6 && addr_is_link_local(a) && !k->bind_if) {
		diag_error(p->diags, n->span, "%s: a link-local address needs bind_if - dropped",
			checker_title(k));
		return false;
	}
	checker_name(p, k);
	return true;
}

void checker_family(struct parse *p, struct node *n, const struct kw *kw, const struct stmt *s)
{
	const K *k = (const K *)n;

	if (!k->bind_ip.family || k->bind_ip.family == target_of(k)->family)
		return;
	diag_error(p->diags, s->word[1].span,
		"%s: bindto and the checked address are of different families - ignored", kw->name);
	*(struct addr *)kw_field(kw, n) = (struct addr){0};
}

/* ---- codecs ------------------------------------------------------------------------------ */

static bool port_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	return *(const uint16_t *)field && codec_uint.print(out, kw, field);
}

const struct codec codec_port = {
	.name = "port",
	.words = 1,
	.most = 1,
	.parse = type_uint_parse,
	.print = port_print,
	.equal = type_same_bytes,
};

/* The largest number stands for "not said"; one less is as good. */
static int retry_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	uint32_t *retry = field;

	if (type_uint_parse(p, n, kw, field, s))
		return -1;
	if (*retry == RETRY_UNSET)
		(*retry)--;
	return 0;
}

static bool retry_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	return *(const uint32_t *)field != RETRY_UNSET && codec_uint.print(out, kw, field);
}

const struct codec codec_retry = {
	.name = "uint",
	.words = 1,
	.most = 1,
	.parse = retry_parse,
	.print = retry_print,
	.equal = type_same_bytes,
};

static int one_word_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	if (s->n == 2)
		return codec_string.parse(p, n, kw, field, s);
	diag_error(p->diags, s->word[2].span,
		"%s: one word is expected, quotes keep several together - ignored", kw->name);
	return -1;
}

const struct codec codec_one_word = {
	.name = "string",
	.words = 1,
	.most = 1,
	.parse = one_word_parse,
	.print = type_string_print,
	.equal = type_string_equal,
};

/* ---- TCP_CHECK, PING_CHECK --------------------------------------------------------------- */

static const struct kw tcp_kw[] = {
	WHERE_ROWS,
	WHEN_ROWS("1", "1 s"),
};

const struct block tcp_block = CHECKER("TCP_CHECK", tcp_kw, K, checker_close);
const struct block ping_block = CHECKER("PING_CHECK", tcp_kw, K, checker_close);
