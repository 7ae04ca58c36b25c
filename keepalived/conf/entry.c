/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The walk over the line of a route or rule, and the values that both have. */
#include "keepalived/conf/entry.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "keepalived/conf/iproute.h"
#include "keepalived/conf/tables.h"

/* ---- complaints -------------------------------------------------------------------------- */

const char *entry_label(const struct node *n)
{
	const char *name = n->block->name, *slash = strrchr(name, '/');

	return slash ? slash + 1 : name + 1;
}

static void complain(struct parse *p, enum diag_level level, enum diag_kind kind,
	const struct node *n, const struct kw *kw, const struct lex_token *w, const char *fmt,
	va_list ap)
{
	struct strbuf text = {0};

	strbuf_vprintf(&text, fmt, ap);
	if (kw->flags & KW_DROP)
		strbuf_printf(&text, " - the %s is dropped", entry_label(n));
	else
		strbuf_puts(&text, " - ignored");
	diag_add(p->diags, level, kind, w->span, "%s: %s", kw->name, strbuf_str(&text));
	strbuf_free(&text);
}

void entry_refuse(struct parse *p, const struct node *n, const struct kw *kw,
	const struct lex_token *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	complain(p, DIAG_ERROR, DIAG_CONFIG, n, kw, w, fmt, ap);
	va_end(ap);
}

void entry_unknown(struct parse *p, const struct node *n, const struct kw *kw,
	const struct lex_token *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	complain(p, DIAG_WARNING, DIAG_MACHINE, n, kw, w, fmt, ap);
	va_end(ap);
}

void entry_missing(struct parse *p, const struct node *n, const struct kw *kw, const struct stmt *s)
{
	diag_add(p->diags, DIAG_ERROR, DIAG_REQUIRED, s->word[0].span,
		"'%s' is missing its value: %s - the %s is dropped", stmt_word(s, 0),
		kw->args ? kw->args : "...", entry_label(n));
}

/* ---- the walk ---------------------------------------------------------------------------- */

/* One option. Returns the words used, 0: there was none; -1: the entry is dropped. */
static int option(
	struct parse *p, struct node *n, const struct block *b, void *base, const struct stmt *rest)
{
	const struct kw *kw = schema_kw(b, stmt_word(rest, 0));
	struct stmt s = *rest;
	int took;

	if (!kw)
		return 0;
	if (kw->flags & KW_ALIAS) {
		if (kw->flags & KW_DEPRECATED)
			diag_note(p->diags, rest->word[0].span,
				"%s is deprecated - please use '%s'", kw->name, kw->alias);
		kw = schema_kw(b, kw->alias);
	}
	if (rest->n - 1 < kw->codec->words) {
		entry_missing(p, n, kw, rest);
		return -1;
	}
	if (kw->codec->most != ENTRY_REST)
		s.n = 1 + kw->codec->words;
	took = kw->codec->parse(p, n, kw, (char *)base + kw->offset, &s);
	if (took < 0 && kw->flags & KW_DROP)
		return -1;
	return 1 + (took > 0 ? took : (int)kw->codec->words);
}

int entry_options(struct parse *p, struct node *n, const struct block *b, void *base,
	const struct stmt *s, unsigned i, entry_other *other)
{
	while (i < s->n) {
		struct stmt rest = {s->word + i, s->n - i};
		int used = option(p, n, b, base, &rest);

		if (!used)
			used = other(p, n, &rest);
		if (used < 0)
			return -1;
		if (!used)
			break;
		i += (unsigned)used;
	}
	return (int)i;
}

/* ---- names ------------------------------------------------------------------------------- */

bool entry_name(struct parse *p, struct node *n, const struct nodes *list, struct strbuf *name)
{
	const struct node *first;
	size_t len = name->len;

	for (unsigned i = 2; (first = schema_named(p, list, strbuf_str(name))); i++) {
		if (schema_compare(first, n) == CHANGE_NONE) {
			diag_also(p->diags,
				diag_warning(p->diags, n->span, "this %s is given twice - ignored",
					entry_label(n)),
				first->span, "given here before");
			return false;
		}
		name->len = len;
		strbuf_printf(name, " #%u", i);
	}
	n->name = arena_strdup(p->arena, strbuf_str(name));
	return true;
}

/* ---- families ---------------------------------------------------------------------------- */

bool entry_family(struct parse *p, struct node *n, uint8_t family, const struct lex_token *w,
	const char *what)
{
	struct entry *e = (struct entry *)n;

	if (!e->family)
		e->family = family;
	if (e->family == family)
		return true;
	diag_error(p->diags, w->span,
		"%s: Cannot mix IPv4 and IPv6: '%s' is IPv%d, what stands before it is IPv%d - "
		"the %s is dropped",
		what, w->s.p, family == AF_INET ? 4 : 6, e->family == AF_INET ? 4 : 6,
		entry_label(n));
	return false;
}

bool entry_only(struct parse *p, struct node *n, uint8_t family, const struct stmt *s)
{
	struct entry *e = (struct entry *)n;

	if (!e->family)
		e->family = family;
	if (e->family == family)
		return true;
	diag_error(p->diags, s->word[0].span,
		"'%s' is for IPv%d only, and this %s is IPv%d - the %s is dropped", stmt_word(s, 0),
		family == AF_INET ? 4 : 6, entry_label(n), family == AF_INET ? 6 : 4,
		entry_label(n));
	return false;
}

static int family_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	(void)field;
	return entry_only(p, n, (uint8_t)kw->max, s) ? 0 : -1;
}

bool entry_unsaid(struct strbuf *out, const struct kw *kw, const void *field)
{
	(void)out;
	(void)kw;
	(void)field;
	return false;
}

const struct codec codec_entry_family = {"flag", 0, 0, family_parse, entry_unsaid, type_same_bytes};

/* ---- addresses --------------------------------------------------------------------------- */

static bool address(struct parse *p, struct node *n, const struct kw *kw, const struct lex_token *w,
	struct addr *out)
{
	struct addr a = {0};

	if (addr_parse(&a, w->s.p)) {
		entry_refuse(p, n, kw, w, "invalid IP address '%s'", w->s.p);
		return false;
	}
	if (!entry_family(p, n, a.family, w, kw->name))
		return false;
	*out = a;
	return true;
}

static int addr_codec_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	return address(p, n, kw, &s->word[1], field) ? 0 : -1;
}

static int via_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	bool inet = !strcmp(stmt_word(s, 1), "inet"), inet6 = !strcmp(stmt_word(s, 1), "inet6");
	unsigned at = inet || inet6 ? 2 : 1;

	if (at == 2 && !entry_family(p, n, inet ? AF_INET : AF_INET6, &s->word[1], kw->name))
		return -1;
	if (at == s->n) {
		entry_missing(p, n, kw, s);
		return -1;
	}
	return address(p, n, kw, &s->word[at], field) ? (int)at : -1;
}

bool entry_prefix(struct parse *p, struct node *n, const struct kw *kw, const struct lex_token *w,
	struct prefix *out)
{
	struct addr a = {0};
	int plen;
	bool bad = addr_parse_prefix(&a, &plen, w->s.p);

	if (bad && plen >= 0) {
		entry_refuse(p, n, kw, w, "invalid IP address '%s'", w->s.p);
		return false;
	}
	if (!entry_family(p, n, a.family, w, kw->name))
		return false;
	if (bad) {
		plen = a.family == AF_INET ? 32 : 128;
		diag_error(p->diags, w->span, "%s: Invalid address prefix len in %s - using %d",
			kw->name, w->s.p, plen);
	}
	*out = (struct prefix){a, (uint8_t)plen};
	return true;
}

static int prefix_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	return entry_prefix(p, n, kw, &s->word[1], field) ? 0 : -1;
}

bool entry_prefix_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const struct prefix *x = field;
	char buf[ADDR_STRLEN];

	(void)kw;
	if (x->addr.family == AF_UNSPEC)
		return false;
	strbuf_printf(out, "%s/%d", addr_str(&x->addr, buf), x->len);
	return true;
}

bool entry_prefix_equal(const struct kw *kw, const void *a, const void *b)
{
	const struct prefix *x = a, *y = b;

	(void)kw;
	return x->len == y->len && addr_eq(&x->addr, &y->addr);
}

const struct codec codec_entry_addr = {
	"address", 1, 1, addr_codec_parse, type_addr_print, type_addr_equal};
const struct codec codec_entry_via = {
	"address", 1, ENTRY_REST, via_parse, type_addr_print, type_addr_equal};
const struct codec codec_entry_prefix = {
	"prefix", 1, 1, prefix_parse, entry_prefix_print, entry_prefix_equal};

/* ---- numbers ----------------------------------------------------------------------------- */

bool entry_number(struct parse *p, const struct node *n, const struct kw *kw,
	const struct lex_token *w, uint64_t *out)
{
	uint64_t min = (uint64_t)kw->min, max = kw->max < 0 ? UINT64_MAX : (uint64_t)kw->max;

	if (!str_uint(w->s.p, min, max, out))
		return true;
	entry_refuse(
		p, n, kw, w, "'%s' is no number from %" PRIu64 " to %" PRIu64, w->s.p, min, max);
	return false;
}

static int number_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	uint64_t v;

	if (!entry_number(p, n, kw, &s->word[1], &v))
		return -1;
	kw_store(kw, field, (int64_t)v);
	return 0;
}

/* 0 stands for "not said" in all of them, or is what the kernel takes when nothing is said. */
bool entry_number_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	uint64_t v;

	switch (kw->size) {
	case 1:
		v = *(const uint8_t *)field;
		break;
	case 2:
		v = *(const uint16_t *)field;
		break;
	case 4:
		v = *(const uint32_t *)field;
		break;
	default:
		v = *(const uint64_t *)field;
	}
	if (v)
		strbuf_printf(out, "%" PRIu64, v);
	return v;
}

const struct codec codec_entry_number = {
	"uint", 1, 1, number_parse, entry_number_print, type_same_bytes};

/* ---- short words ------------------------------------------------------------------------- */

static int short_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	if (!s->word[1].s.n || s->word[1].s.n > (size_t)kw->max) {
		entry_refuse(p, n, kw, &s->word[1],
			"'%s' does not have 1 to %" PRId64 " characters", stmt_word(s, 1), kw->max);
		return -1;
	}
	*(const char **)field = stmt_word(s, 1);
	return 0;
}

const struct codec codec_entry_ifname = {
	"ifname", 1, 1, short_parse, type_string_print, type_string_equal};
const struct codec codec_entry_label = {
	"string", 1, 1, short_parse, type_string_print, type_string_equal};

/* ---- track groups ------------------------------------------------------------------------ */

static int track_group_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	const struct track_group_conf **group = field;
	const struct node *found = schema_named(p, &building(p)->track_groups, stmt_word(s, 1));

	if (n->parent != &building(p)->node) {
		entry_refuse(p, n, kw, &s->word[0], "only static entries have one");
		return -1;
	}
	if (*group) {
		entry_refuse(p, n, kw, &s->word[0], "the entry has one already");
		return -1;
	}
	if (!found) {
		diag_error(p->diags, s->word[1].span,
			"track_group: there is no track_group '%s' before this line - ignored",
			stmt_word(s, 1));
		return 0;
	}
	*group = (const struct track_group_conf *)found;
	return 0;
}

static bool track_group_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const struct track_group_conf *g = *(const struct track_group_conf *const *)field;

	(void)kw;
	if (g)
		print_word(out, g->node.name);
	return g;
}

static bool track_group_equal(const struct kw *kw, const void *a, const void *b)
{
	const struct track_group_conf *x = *(const struct track_group_conf *const *)a;
	const struct track_group_conf *y = *(const struct track_group_conf *const *)b;

	(void)kw;
	return x == y || (x && y && !strcmp(x->node.name, y->node.name));
}

const struct codec codec_track_group = {
	"name", 1, 1, track_group_parse, track_group_print, track_group_equal};
