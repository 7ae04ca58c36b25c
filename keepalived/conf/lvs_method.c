/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How packets reach a server: NAT, DR, or TUN with the details of the tunnel. */
#include <linux/ip_vs.h>
#include <string.h>

#include "keepalived/conf/lvs_rows.h"

#define F struct lvs_forward

/* ---- the words --------------------------------------------------------------------------- */

static const struct enum_word tunnels[] = {
	{"ipip", IP_VS_CONN_F_TUNNEL_TYPE_IPIP, false},
	{"gue", IP_VS_CONN_F_TUNNEL_TYPE_GUE, false},
	{"gre", IP_VS_CONN_F_TUNNEL_TYPE_GRE, false},
	{0},
};

/* A row's number (kw.min) stored by its presence, or added to the bits of the field. */
static int method_word(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	(void)p;
	(void)n;
	(void)s;
	*(enum lvs_method *)field = (enum lvs_method)kw->min;
	return 0;
}

static int flag_word(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	(void)p;
	(void)n;
	(void)s;
	*(uint16_t *)field |= (uint16_t)kw->min;
	return 0;
}

static bool method_word_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	(void)out;
	return *(const enum lvs_method *)field == (enum lvs_method)kw->min;
}

static bool flag_word_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	(void)out;
	return *(const uint16_t *)field & kw->min;
}

static const struct codec codec_method = {
	.name = "method",
	.parse = method_word,
	.print = method_word_print,
	.equal = type_same_bytes,
};

static const struct codec codec_tunnel_flag = {
	.name = "flag",
	.parse = flag_word,
	.print = flag_word_print,
	.equal = type_same_bytes,
};

#define METHOD(kwname, m, df, dc)                                                           \
	{                                                                                   \
		.name = kwname, .codec = &codec_method,                                     \
		KW_AT(F, method, KW_IS(F, method, enum lvs_method)), .min = m, .deflt = df, \
		.doc = dc                                                                   \
	}
#define TUNNEL_FLAG(kwname, bit, df, dc)                                                     \
	{                                                                                    \
		.name = kwname, .codec = &codec_tunnel_flag,                                 \
		KW_AT(F, tun_flags, KW_IS(F, tun_flags, uint16_t)), .min = bit, .deflt = df, \
		.doc = dc                                                                    \
	}

#define N_METHODS 3 /* the rows of the methods come first */

static const struct kw method_kw[] = {
	METHOD("NAT", LVS_NAT, "(default)", "The addresses of packets are rewritten."),
	METHOD("DR", LVS_DR, NULL, "Packets go to the server's link address, unchanged."),
	METHOD("TUN", LVS_TUN, NULL,
		"Packets go through a tunnel; the server may be of another address family."),
	{.name = "type",
		.codec = &codec_enum,
		KW_AT(F, tun_type, KW_IS(F, tun_type, uint8_t)),
		.arg = tunnels,
		.args = "ipip|gue|gre",
		.deflt = "ipip",
		.doc = "Kind of tunnel."},
	{.name = "port",
		.codec = &codec_uint,
		KW_AT(F, tun_port, KW_IS(F, tun_port, uint16_t)),
		.min = 1,
		.max = 65535,
		.args = "<uint>",
		.deflt = "(none)",
		.doc = "Port of a gue tunnel, which needs one."},
	TUNNEL_FLAG("nocsum", IP_VS_TUNNEL_ENCAP_FLAG_NOCSUM, "default", "No checksum."),
	TUNNEL_FLAG("csum", IP_VS_TUNNEL_ENCAP_FLAG_CSUM, NULL, "Checksum, of gue and gre."),
	TUNNEL_FLAG("remcsum", IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM, NULL, "Remote checksum, of gue."),
};

const struct block lvs_method_block = {
	.name = "@lvs_method",
	.kw = method_kw,
	.n_kw = ARRAY_SIZE(method_kw),
	.size = sizeof(F),
	.flags = BLOCK_ENTRIES,
};

/* ---- the line ---------------------------------------------------------------------------- */

static const struct kw *method_row(const char *word)
{
	for (unsigned i = 0; i < N_METHODS; i++)
		if (!strcmp(method_kw[i].name, word))
			return &method_kw[i];
	return NULL;
}

/* One option of a tunnel; returns the words used, 0: it makes no sense. */
static unsigned tunnel_option(
	struct parse *p, struct node *n, F *f, const struct stmt *s, unsigned i, bool *told)
{
	const struct kw *kw = schema_kw(&lvs_method_block, stmt_word(s, i));
	struct stmt option = {s->word + i, 1};

	if (!kw || kw < method_kw + N_METHODS || i + kw->codec->words >= s->n)
		return 0;
	option.n += kw->codec->words;
	if (!kw->codec->parse(p, n, kw, (char *)f + kw->offset, &option))
		return option.n;
	*told = true;
	return 0;
}

static bool tunnel_fits(const F *f)
{
	bool gue = f->tun_type == IP_VS_CONN_F_TUNNEL_TYPE_GUE;

	if (gue != (f->tun_port != 0))
		return false;
	if (f->tun_type == IP_VS_CONN_F_TUNNEL_TYPE_IPIP)
		return !f->tun_flags;
	return gue || !(f->tun_flags & IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM);
}

/* All options, or a complaint and none of them. */
static void read_tunnel(struct parse *p, struct node *n, F *f, const struct stmt *s)
{
	F next = {.method = LVS_TUN, .given = true};
	unsigned i = 2, used = 1;
	bool told = false;

	while (i < s->n && used)
		i += used = tunnel_option(p, n, &next, s, i, &told);
	if (used && tunnel_fits(&next)) {
		*f = next;
		return;
	}
	i = MIN(i, s->n - 1);
	if (!told)
		diag_error(p->diags, s->word[i].span,
			"%s: invalid tunnel option '%s' (type ipip | gue port N | gre, nocsum, csum, "
			"remcsum) - the options are ignored",
			stmt_word(s, 0), stmt_word(s, i));
}

static int forward_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	const struct kw *row = method_row(stmt_word(s, 1));
	F *f = field;

	(void)kw;
	if (!row) {
		diag_error(p->diags, s->word[1].span,
			"%s: unknown [%s] routing method (NAT, DR, TUN) - ignored", stmt_word(s, 0),
			stmt_word(s, 1));
		return -1;
	}
	if (row->min != LVS_TUN)
		*f = (F){0};
	f->method = (enum lvs_method)row->min;
	f->given = true;
	if (f->method == LVS_TUN)
		read_tunnel(p, n, f, s);
	else if (s->n > 2)
		diag_note(p->diags, s->word[2].span, "'%s' is ignored: only TUN takes options",
			stmt_word(s, 2));
	return 0;
}

static bool forward_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const F *f = field;

	(void)kw;
	strbuf_puts(out, method_kw[f->method].name);
	if (f->method != LVS_TUN)
		return f->given;
	strbuf_printf(out, " type %s", tunnels[f->tun_type].word);
	if (f->tun_port)
		strbuf_printf(out, " port %u", f->tun_port);
	for (const struct kw *row = method_kw; row < method_kw + ARRAY_SIZE(method_kw); row++)
		if (row->codec == &codec_tunnel_flag && f->tun_flags & row->min)
			strbuf_printf(out, " %s", row->name);
	return f->given;
}

static bool forward_equal(const struct kw *kw, const void *a, const void *b)
{
	const F *x = a, *y = b;

	(void)kw;
	return x->method == y->method && x->tun_type == y->tun_type && x->tun_port == y->tun_port &&
	       x->tun_flags == y->tun_flags;
}

const struct codec codec_forward = {
	.name = "lvs_method",
	.words = 1,
	.most = 9,
	.parse = forward_parse,
	.print = forward_print,
	.equal = forward_equal,
};
