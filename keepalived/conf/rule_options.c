/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values that only rules have. */
#include <inttypes.h>
#include <linux/fib_rules.h>
#include <string.h>

#include "keepalived/conf/iproute.h"
#include "keepalived/conf/route_tables.h"

#define U struct rule_conf

/* ---- what it matches --------------------------------------------------------------------- */

static bool is_everything(const char *word)
{
	return !strcmp(word, "default") || !strcmp(word, "any") || !strcmp(word, "all");
}

/* An empty prefix is no condition. */
static bool prefix_or_everything(struct parse *p, struct node *n, const struct kw *kw,
	const struct lex_token *w, struct prefix *out)
{
	if (!entry_prefix(p, n, kw, w, out))
		return false;
	if (!out->len)
		*out = (struct prefix){0};
	return true;
}

static int selector_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	const struct entry *e = (const struct entry *)n;

	if (!is_everything(stmt_word(s, 1)))
		return prefix_or_everything(p, n, kw, &s->word[1], field) ? 0 : -1;
	if (e->family) {
		entry_refuse(p, n, kw, &s->word[1],
			"'%s' must stand before the words that make the rule IPv%d, or be left out",
			stmt_word(s, 1), e->family == AF_INET ? 4 : 6);
		return -1;
	}
	*(struct prefix *)field = (struct prefix){0};
	return 0;
}

static int fwmark_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	U *u = (U *)n;
	const char *word = stmt_word(s, 1), *slash = strchr(word, '/');
	const char *mark = slash ? arena_strndup(p->arena, word, (size_t)(slash - word)) : word;
	uint64_t value, mask = UINT32_MAX;

	(void)field;
	if (!iproute_prefixed(mark, UINT32_MAX, &value) ||
		(slash && !iproute_prefixed(slash + 1, UINT32_MAX, &mask))) {
		entry_refuse(p, n, kw, &s->word[1], "'%s' is not <mark>[/<mask>] of 32 bits", word);
		return -1;
	}
	u->fwmark = (uint32_t)value;
	u->fwmask = (uint32_t)mask;
	u->flags |= RULE_FWMARK;
	return 0;
}

static bool fwmark_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const U *u = container_of(field, U, fwmark);

	(void)kw;
	strbuf_printf(out, "0x%" PRIx32, u->fwmark);
	if (u->fwmask != UINT32_MAX)
		strbuf_printf(out, "/0x%" PRIx32, u->fwmask);
	return u->flags & RULE_FWMARK;
}

static bool fwmark_equal(const struct kw *kw, const void *a, const void *b)
{
	const U *x = container_of(a, U, fwmark), *y = container_of(b, U, fwmark);

	(void)kw;
	return x->fwmark == y->fwmark && x->fwmask == y->fwmask &&
	       !((x->flags ^ y->flags) & RULE_FWMARK);
}

/* FIRST-LAST. False: not of that form. */
static bool range(const char *word, uint64_t max, uint64_t *first, uint64_t *last)
{
	const char *dash = strchr(word, '-');
	char head[24];

	if (!dash || (size_t)(dash - word) >= sizeof(head))
		return false;
	memcpy(head, word, (size_t)(dash - word));
	head[dash - word] = '\0';
	return !str_uint(head, 0, max, first) && !str_uint(dash + 1, *first, max, last);
}

static int uidrange_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	U *u = (U *)n;
	uint64_t first, last;

	(void)field;
	if (!range(stmt_word(s, 1), UINT32_MAX, &first, &last)) {
		entry_refuse(p, n, kw, &s->word[1], "'%s' is not <uid>-<uid>", stmt_word(s, 1));
		return -1;
	}
	u->first_uid = (uint32_t)first;
	u->last_uid = (uint32_t)last;
	u->flags |= RULE_UIDRANGE;
	return 0;
}

static bool uidrange_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const U *u = container_of(field, U, first_uid);

	(void)kw;
	strbuf_printf(out, "%" PRIu32 "-%" PRIu32, u->first_uid, u->last_uid);
	return u->flags & RULE_UIDRANGE;
}

static bool uidrange_equal(const struct kw *kw, const void *a, const void *b)
{
	const U *x = container_of(a, U, first_uid), *y = container_of(b, U, first_uid);

	(void)kw;
	return x->first_uid == y->first_uid && x->last_uid == y->last_uid &&
	       !((x->flags ^ y->flags) & RULE_UIDRANGE);
}

/* One port is a range of its own. */
static int ports_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	uint64_t first, last;

	if (!str_uint(stmt_word(s, 1), 1, UINT16_MAX, &first))
		last = first;
	else if (!range(stmt_word(s, 1), UINT16_MAX, &first, &last) || !first) {
		entry_refuse(p, n, kw, &s->word[1],
			"'%s' is neither a port nor a range of ports as in 1000-2000",
			stmt_word(s, 1));
		return -1;
	}
	*(struct port_range *)field = (struct port_range){(uint16_t)first, (uint16_t)last};
	return 0;
}

static bool ports_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const struct port_range *r = field;

	(void)kw;
	strbuf_printf(out, "%u-%u", r->first, r->last);
	return r->first;
}

const struct codec codec_rule_selector = {
	"prefix", 1, 1, selector_parse, entry_unsaid, entry_prefix_equal};
const struct codec codec_rule_fwmark = {"mark", 1, 1, fwmark_parse, fwmark_print, fwmark_equal};
const struct codec codec_rule_uidrange = {
	"range", 1, 1, uidrange_parse, uidrange_print, uidrange_equal};
const struct codec codec_rule_ports = {"range", 1, 1, ports_parse, ports_print, type_same_bytes};

/* ---- what it does ------------------------------------------------------------------------ */

static bool acts(struct parse *p, struct node *n, const struct lex_token *w, uint8_t action)
{
	U *u = (U *)n;

	if (u->action) {
		diag_error(p->diags, w->span,
			"Cannot specify more than one of table/nop/goto/blackhole/prohibit/"
			"unreachable/l3mdev for rule - the rule is dropped");
		return false;
	}
	u->action = action;
	return true;
}

static int table_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	uint32_t *table = field;

	if (!acts(p, n, &s->word[0], FR_ACT_TO_TBL) ||
		!iproute_number(p, n, kw, &iproute_tables, &s->word[1], stmt_word(s, 1), table))
		return -1;
	if (*table)
		return 0;
	entry_refuse(p, n, kw, &s->word[1], "there is no table 0");
	return -1;
}

static bool table_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	uint32_t table = *(const uint32_t *)field;

	(void)kw;
	iproute_print(out, &iproute_tables, table);
	return table;
}

static int goto_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	uint64_t v;

	if (!acts(p, n, &s->word[0], FR_ACT_GOTO) || !entry_number(p, n, kw, &s->word[1], &v))
		return -1;
	*(uint32_t *)field = (uint32_t)v;
	return 0;
}

static bool goto_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	(void)kw;
	strbuf_printf(out, "%" PRIu32, *(const uint32_t *)field);
	return container_of(field, U, target)->action == FR_ACT_GOTO;
}

/* nop, blackhole, prohibit, unreachable: kw.max is the action. */
static int action_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	(void)field;
	return acts(p, n, &s->word[0], (uint8_t)kw->max) ? 0 : -1;
}

static bool action_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	(void)out;
	return *(const uint8_t *)field == kw->max;
}

static int l3mdev_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	if (!acts(p, n, &s->word[0], FR_ACT_TO_TBL))
		return -1;
	return codec_bit.parse(p, n, kw, field, s);
}

static bool bit_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	return codec_bit.print(out, kw, field);
}

static bool bit_equal(const struct kw *kw, const void *a, const void *b)
{
	return codec_bit.equal(kw, a, b);
}

/* An optional word before some of the actions. */
static int type_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	static const char *const actions[] = {
		"goto", "nop", "blackhole", "prohibit", "unreachable"};

	(void)field;
	for (unsigned i = 0; i < ARRAY_SIZE(actions); i++)
		if (!strcmp(stmt_word(s, 1), actions[i]))
			return 0;
	entry_refuse(p, n, kw, &s->word[1],
		"unknown action '%s' (goto, nop, blackhole, prohibit, "
		"unreachable)",
		stmt_word(s, 1));
	return -1;
}

const struct codec codec_rule_table = {"name", 1, 1, table_parse, table_print, type_same_bytes};
const struct codec codec_rule_goto = {"uint", 1, 1, goto_parse, goto_print, type_same_bytes};
const struct codec codec_rule_action = {"flag", 0, 0, action_parse, action_print, type_same_bytes};
const struct codec codec_rule_l3mdev = {"flag", 0, 0, l3mdev_parse, bit_print, bit_equal};
const struct codec codec_rule_type = {
	"word", 0, ENTRY_REST, type_parse, entry_unsaid, type_same_bytes};

/* ---- other options ----------------------------------------------------------------------- */

static int preference_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	uint64_t v;

	if (!iproute_prefixed(stmt_word(s, 1), UINT32_MAX, &v)) {
		entry_refuse(p, n, kw, &s->word[1], "'%s' is no number from 0 to 4294967295",
			stmt_word(s, 1));
		return -1;
	}
	*(uint32_t *)field = (uint32_t)v;
	((U *)n)->flags |= RULE_PREFERENCE;
	return 0;
}

static bool preference_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const U *u = container_of(field, U, preference);

	(void)kw;
	strbuf_printf(out, "%" PRIu32, u->preference);
	return u->flags & RULE_PREFERENCE;
}

static int group_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	uint32_t v;

	if (!iproute_number(p, n, kw, &iproute_groups, &s->word[1], stmt_word(s, 1), &v))
		return -1;
	*(struct optional *)field = (struct optional){v, true, false};
	return 0;
}

static bool group_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const struct optional *o = field;

	(void)kw;
	iproute_print(out, &iproute_groups, o->value);
	return o->given;
}

const struct codec codec_rule_preference = {
	"uint", 1, 1, preference_parse, preference_print, type_same_bytes};
const struct codec codec_rule_ifgroup = {"name", 1, 1, group_parse, group_print, optional_equal};
