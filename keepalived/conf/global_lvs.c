/* SPDX-License-Identifier: GPL-2.0-or-later */
/* global_defs about IPVS: what to do with its table, its timeouts, its sync daemon. */
#include <string.h>

#include "keepalived/conf/global_tables.h"

/* ---- lvs_flush_on_stop ------------------------------------------------------------------- */

static int flush_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	(void)n;
	if (s->n > 1 && strcmp(stmt_word(s, 1), "VS") != 0) {
		diag_error(p->diags, s->word[1].span, "%s: unknown value '%s' (VS) - ignored",
			kw->name, stmt_word(s, 1));
		return -1;
	}
	*(enum lvs_flush_stop *)field = s->n > 1 ? LVS_FLUSH_VS : LVS_FLUSH_ALL;
	return 0;
}

static bool flush_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	enum lvs_flush_stop v = *(const enum lvs_flush_stop *)field;

	(void)kw;
	if (v == LVS_FLUSH_VS)
		strbuf_puts(out, "VS");
	return v != LVS_FLUSH_NONE;
}

const struct codec codec_flush = {"word", 0, 1, flush_parse, flush_print, type_same_bytes};

/* ---- lvs_timeouts ------------------------------------------------------------------------ */

#define TIMEOUT_MAX SEC(2678400) /* 31 days: IP_VS_TIMEOUT of the kernel */

static const struct kw timeout_kw[] = {
	KW_TIME("tcp", struct lvs_timeouts, tcp, SEC(1), 0, TIMEOUT_MAX, 0, KW_LIVE | KW_M0, "<uint>",
		"0 (leave kernel value)", "Of an established TCP connection."),
	KW_TIME("tcpfin", struct lvs_timeouts, tcpfin, SEC(1), 0, TIMEOUT_MAX, 0, KW_LIVE | KW_M0, "<uint>",
		"0 (leave kernel value)", "Of a TCP connection after FIN."),
	KW_TIME("udp", struct lvs_timeouts, udp, SEC(1), 0, TIMEOUT_MAX, 0, KW_LIVE | KW_M0, "<uint>",
		"0 (leave kernel value)", "Of a UDP association."),
};

const struct block lvs_timeouts_block = {
	.name = "global_defs/lvs_timeouts",
	.kw = timeout_kw,
	.n_kw = ARRAY_SIZE(timeout_kw),
	.size = sizeof(struct lvs_timeouts),
	.flags = BLOCK_ENTRIES,
};

static int timeouts_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	(void)kw;
	return schema_options(p, n, &lvs_timeouts_block, field, s, 1) ? 0 : -1;
}

static bool timeouts_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	(void)kw;
	schema_print_options(out, &lvs_timeouts_block, field);
	return out->len > 0;
}

const struct codec codec_timeouts = {
	"timeouts", 1, 99, timeouts_parse, timeouts_print, type_same_bytes};

/* ---- lvs_sync_daemon --------------------------------------------------------------------- */

/* Since 0 is an id like any other, it is kept one higher. */
static int sync_id_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	int64_t v;

	(void)n;
	if (!type_number(p, kw, &s->word[1], &v))
		return -1;
	*(uint32_t *)field = (uint32_t)v + 1;
	return 0;
}

static bool sync_id_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	uint32_t v = *(const uint32_t *)field;

	(void)kw;
	if (v)
		strbuf_printf(out, "%u", v - 1);
	return v;
}

static const struct codec codec_sync_id = {
	"uint", 1, 1, sync_id_parse, sync_id_print, type_same_bytes};

static int sync_group_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	struct addr a;

	(void)n;
	if (addr_parse(&a, stmt_word(s, 1)) || !addr_is_multicast(&a)) {
		diag_error(p->diags, s->word[1].span, "%s: '%s' is no multicast address - ignored",
			kw->name, stmt_word(s, 1));
		return -1;
	}
	*(struct addr *)field = a;
	return 0;
}

static const struct codec codec_sync_group = {
	"address", 1, 1, sync_group_parse, type_addr_print, type_addr_equal};

#define S struct lvs_sync_conf

static const struct kw sync_kw[] = {
	KW_STRING("inst", S, instance, 0, KW_RESTART | KW_FIRST | KW_REQUIRED, "<instance>", "(none)",
		"VRRP instance whose state decides between master and backup daemon."),
	{.name = "id",
		.codec = &codec_sync_id,
		KW_AT(S, id, KW_IS(S, id, uint32_t)),
		.max = 255,
		.flags = KW_RESTART | KW_M0,
		.args = "<uint>",
		.deflt = "VRID of the instance, or 0 without instance",
		.doc = "Sync id."},
	KW_UINT_OR("maxlen", S, maxlen, 1, 65507, 0,
		"kernel", KW_RESTART | KW_M0, "bytes", "<uint>",
		"Largest sync packet."),
	KW_UINT_OR("port", S, port, 1, 65535, 0,
		"8848 (kernel)", KW_RESTART | KW_M0, NULL, "<uint>", "UDP port."),
	KW_UINT_OR("ttl", S, ttl, 1, 255, 0,
		"1 (kernel)", KW_RESTART | KW_M0, NULL, "<uint>", "Multicast TTL."),
	KW_OF("group", S, group, struct addr, codec_sync_group, KW_RESTART | KW_M0, "<multicast ip>",
		"224.0.0.81 (kernel)", "Multicast group, IPv4 or IPv6."),
};

const struct block lvs_sync_block = {
	.name = "global_defs/lvs_sync_daemon",
	.kw = sync_kw,
	.n_kw = ARRAY_SIZE(sync_kw),
	.size = sizeof(S),
	.flags = BLOCK_ENTRIES,
};

/* INTERFACE [INSTANCE [ID]], as it was once written, then options. Returns the words used. */
static unsigned sync_position(struct parse *p, struct lvs_sync_conf *c, const struct stmt *s)
{
	struct stmt id = {s->word + 2, 2};

	if (s->n < 3 || schema_kw(&lvs_sync_block, stmt_word(s, 2)))
		return 2;
	c->instance = stmt_word(s, 2);
	if (s->n < 4 || schema_kw(&lvs_sync_block, stmt_word(s, 3)))
		return 3;
	diag_note(p->diags, s->word[3].span, "write 'id %s' for the sync id", stmt_word(s, 3));
	sync_id_parse(p, NULL, schema_kw(&lvs_sync_block, "id"), &c->id, &id);
	return 4;
}

static int sync_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	struct lvs_sync_conf c = {0};

	if (codec_ifname.parse(p, n, kw, &c.interface, s))
		return -1;
	if (!schema_options(p, n, &lvs_sync_block, &c, s, sync_position(p, &c, s)))
		return -1;
	*(struct lvs_sync_conf *)field = c;
	return 0;
}

static bool sync_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const struct lvs_sync_conf *c = field;

	(void)kw;
	if (!c->interface)
		return false;
	print_word(out, c->interface);
	schema_print_options(out, &lvs_sync_block, c);
	return true;
}

static bool sync_equal(const struct kw *kw, const void *a, const void *b)
{
	struct strbuf x = {0}, y = {0};
	bool same;

	sync_print(&x, kw, a);
	sync_print(&y, kw, b);
	same = !strcmp(strbuf_str(&x), strbuf_str(&y));
	strbuf_free(&x);
	strbuf_free(&y);
	return same;
}

const struct codec codec_lvs_sync = {"sync daemon", 1, 99, sync_parse, sync_print, sync_equal};
