/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of global_defs that are not plain numbers or words. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "keepalived/conf/global_tables.h"
#include "lib/text.h"

#define SMTP_PORT 25

/* ---- smtp_server ------------------------------------------------------------------------- */

/* A host name is taken as it is: whether it resolves today is no matter of the configuration. */
static int smtp_server_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	static const struct kw port = {
		.name = "smtp_server port", .min = 1, .max = 65535, .flags = KW_LENIENT};
	struct global_conf *g = container_of(field, struct global_conf, smtp_server);
	int64_t v;

	(void)n;
	(void)kw;
	g->smtp_port = SMTP_PORT;
	if (s->n > 2 && type_number(p, &port, &s->word[2], &v))
		g->smtp_port = (uint16_t)v;
	g->smtp_server = stmt_word(s, 1);
	return 0;
}

static bool smtp_server_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const struct global_conf *g = container_of(field, struct global_conf, smtp_server);

	(void)kw;
	if (!g->smtp_server)
		return false;
	print_word(out, g->smtp_server);
	strbuf_printf(out, " %u", g->smtp_port);
	return true;
}

static bool smtp_server_equal(const struct kw *kw, const void *a, const void *b)
{
	return codec_string.equal(kw, a, b) &&
	       container_of(a, struct global_conf, smtp_server)->smtp_port ==
		       container_of(b, struct global_conf, smtp_server)->smtp_port;
}

const struct codec codec_smtp_server = {
	"server", 1, 2, smtp_server_parse, smtp_server_print, smtp_server_equal};

/* ---- dynamic_interfaces ------------------------------------------------------------------ */

static int dynamic_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	struct global_conf *g = container_of(field, struct global_conf, dynamic_interfaces);

	(void)n;
	g->dynamic_interfaces = true;
	if (s->n > 1 && !strcmp(stmt_word(s, 1), "allow_if_changes"))
		g->dynamic_interfaces_if_changes = true;
	else if (s->n > 1)
		diag_error(p->diags, s->word[1].span, "%s: unknown option '%s' - ignored", kw->name,
			stmt_word(s, 1));
	return 0;
}

static bool dynamic_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const struct global_conf *g = container_of(field, struct global_conf, dynamic_interfaces);

	(void)kw;
	if (g->dynamic_interfaces_if_changes)
		strbuf_puts(out, "allow_if_changes");
	return g->dynamic_interfaces;
}

static bool dynamic_equal(const struct kw *kw, const void *a, const void *b)
{
	(void)kw;
	return *(const bool *)a == *(const bool *)b &&
	       container_of(a, struct global_conf, dynamic_interfaces)
			       ->dynamic_interfaces_if_changes ==
		       container_of(b, struct global_conf, dynamic_interfaces)
			       ->dynamic_interfaces_if_changes;
}

const struct codec codec_dynamic = {"flag", 0, 1, dynamic_parse, dynamic_print, dynamic_equal};

/* ---- umask ------------------------------------------------------------------------------- */

static const struct enum_word mode_bits[] = {
	{"IRUSR", 0400, false},
	{"IWUSR", 0200, false},
	{"IXUSR", 0100, false},
	{"IRWXU", 0700, false},
	{"IRGRP", 0040, false},
	{"IWGRP", 0020, false},
	{"IXGRP", 0010, false},
	{"IRWXG", 0070, false},
	{"IROTH", 0004, false},
	{"IWOTH", 0002, false},
	{"IXOTH", 0001, false},
	{"IRWXO", 0007, false},
	{0},
};

static int mode_of(const char *name, size_t n)
{
	for (const struct enum_word *e = mode_bits; e->word; e++)
		if (strlen(e->word) == n && !memcmp(e->word, name, n))
			return e->value;
	return -1;
}

static long umask_value(const struct stmt *s, unsigned *bad)
{
	const char *word = stmt_word(s, 1);
	char *end;
	long v = strtol(word, &end, 0);

	*bad = 1;
	if (*word >= '0' && *word <= '9')
		return *end || v > 0777 ? -1 : v;
	v = 0;
	for (unsigned i = 1; i < s->n; i++)
		for (const char *at = stmt_word(s, i); *at;) {
			size_t n = strcspn(at, "|");
			int bit = n ? mode_of(at, n) : 0;

			*bad = i;
			if (bit < 0)
				return -1;
			v |= bit;
			at += n + (at[n] == '|');
		}
	return v;
}

static int umask_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	unsigned bad;
	long v = umask_value(s, &bad);

	(void)n;
	if (v < 0) {
		diag_error(p->diags, s->word[bad].span,
			"%s: invalid value '%s' (0..0777, or IRUSR|IWGRP|... ) - ignored", kw->name,
			stmt_word(s, bad));
		return -1;
	}
	*(uint32_t *)field = (uint32_t)v;
	return 0;
}

static bool umask_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	uint32_t v = *(const uint32_t *)field;

	(void)kw;
	if (v == UINT32_MAX)
		return false;
	strbuf_printf(out, "0%o", v);
	return true;
}

const struct codec codec_umask = {"umask", 1, 99, umask_parse, umask_print, type_same_bytes};

/* ---- CPUs -------------------------------------------------------------------------------- */

/* Whether the machine has so many is for the process that is to run there. */
static int cpus_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	static const struct kw cpu = {
		.name = "CPU", .max = 64 * CPU_WORDS - 1, .flags = KW_LENIENT};
	struct cpu_list list = {0};

	(void)n;
	for (unsigned i = 1; i < s->n; i++) {
		struct kw named = cpu;
		int64_t v;

		named.name = kw->name;
		if (!type_number(p, &named, &s->word[i], &v)) {
			*(struct cpu_list *)field = (struct cpu_list){0};
			return -1;
		}
		list.n += !(list.bits[v / 64] >> (v % 64) & 1);
		list.bits[v / 64] |= (uint64_t)1 << (v % 64);
	}
	*(struct cpu_list *)field = list;
	return 0;
}

static bool cpus_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const struct cpu_list *list = field;

	(void)kw;
	for (unsigned i = 0; i < 64 * CPU_WORDS; i++)
		if (list->bits[i / 64] >> (i % 64) & 1)
			strbuf_printf(out, "%s%u", out->len ? " " : "", i);
	return list->n;
}

const struct codec codec_cpus = {
	"CPUs", 1, 64 * CPU_WORDS, cpus_parse, cpus_print, type_same_bytes};

/* ---- max_auto_priority ------------------------------------------------------------------- */

static int auto_prio_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	if (s->n > 1)
		return codec_int.parse(p, n, kw, field, s);
	*(int *)field = (int)kw->max;
	return 0;
}

static bool auto_prio_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	return *(const int *)field && codec_int.print(out, kw, field);
}

const struct codec codec_auto_prio = {
	"int", 0, 1, auto_prio_parse, auto_prio_print, type_same_bytes};

/* ---- vrrp_rx_bufs_policy ----------------------------------------------------------------- */

static int rx_policy_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	static const struct kw size = {.name = "vrrp_rx_bufs_policy", .min = 1, .max = UINT32_MAX};
	struct global_conf *g = container_of(field, struct global_conf, rx_policy);
	int64_t v;

	(void)n;
	for (unsigned i = 1; i < s->n; i++) {
		const char *word = stmt_word(s, i);

		if (!strcasecmp(word, "MTU")) {
			g->rx_policy |= RX_POLICY_MTU;
		} else if (!strcasecmp(word, "ADVERT")) {
			g->rx_policy |= RX_POLICY_ADVERT;
		} else if (i > 1 || word[strspn(word, "0123456789")]) {
			diag_error(p->diags, s->word[i].span,
				"%s: '%s' is neither MTU nor ADVERT nor a number of bytes - ignored",
				kw->name, word);
		} else if (type_number(p, &size, &s->word[i], &v)) {
			g->rx_policy |= RX_POLICY_SIZE;
			g->rx_size = (uint32_t)v;
		}
	}
	if ((g->rx_policy & (RX_POLICY_MTU | RX_POLICY_ADVERT)) ==
		(RX_POLICY_MTU | RX_POLICY_ADVERT))
		diag_error(
			p->diags, s->word[0].span, "%s: both MTU and ADVERT - using MTU", kw->name);
	return 0;
}

static bool rx_policy_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const struct global_conf *g = container_of(field, struct global_conf, rx_policy);

	(void)kw;
	if (g->rx_policy & RX_POLICY_SIZE)
		strbuf_printf(out, "%u", g->rx_size);
	else if (g->rx_policy)
		strbuf_puts(out, g->rx_policy & RX_POLICY_MTU ? "MTU" : "ADVERT");
	return g->rx_policy;
}

static bool rx_policy_equal(const struct kw *kw, const void *a, const void *b)
{
	struct strbuf x = {0}, y = {0};
	bool same;

	rx_policy_print(&x, kw, a);
	rx_policy_print(&y, kw, b);
	same = !strcmp(strbuf_str(&x), strbuf_str(&y));
	strbuf_free(&x);
	strbuf_free(&y);
	return same;
}

const struct codec codec_rx_policy = {
	"policy", 1, 2, rx_policy_parse, rx_policy_print, rx_policy_equal};

/* ---- notification FIFOs ------------------------------------------------------------------ */

static int fifo_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	struct fifo_conf *f = field;

	(void)p;
	(void)n;
	(void)kw;
	f->path = stmt_word(s, 1);
	f->user = s->n > 2 ? stmt_word(s, 2) : NULL;
	f->group = s->n > 3 ? stmt_word(s, 3) : NULL;
	return 0;
}

static bool fifo_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const struct fifo_conf *f = field;
	const char *const words[] = {f->path, f->user, f->group};

	(void)kw;
	for (size_t i = 0; i < ARRAY_SIZE(words) && words[i]; i++) {
		if (i)
			strbuf_putc(out, ' ');
		print_word(out, words[i]);
	}
	return f->path;
}

static bool fifo_equal(const struct kw *kw, const void *a, const void *b)
{
	const struct fifo_conf *x = a, *y = b;

	return type_string_equal(kw, &x->path, &y->path) &&
	       type_string_equal(kw, &x->user, &y->user) &&
	       type_string_equal(kw, &x->group, &y->group);
}

const struct codec codec_fifo = {"fifo", 1, 3, fifo_parse, fifo_print, fifo_equal};

/* ---- include_check ----------------------------------------------------------------------- */

static int include_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	unsigned set = s->n > 1 ? *(uint32_t *)field : CHECK_ALL;

	(void)n;
	for (unsigned i = 1; i < s->n; i++) {
		if (!source_check_word(&set, stmt_word(s, i), s->word[i].s.n, i == 1))
			diag_error(p->diags, s->word[i].span,
				"%s: unknown check '%s' (read, match, wildcard_match, brace_match) - ignored",
				kw->name, stmt_word(s, i));
		else if (i > 1 && !strchr("+-", *stmt_word(s, i)))
			diag_warning(p->diags, s->word[i].span,
				"%s: write '+%s' after the first check - it is added", kw->name,
				stmt_word(s, i));
	}
	*(uint32_t *)field = set;
	return 0;
}

static bool include_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	static const struct enum_word words[] = {{"read", CHECK_READ, false},
		{"+match", CHECK_MATCH, false}, {"+wildcard_match", CHECK_WILDCARD, false},
		{"+brace_match", CHECK_BRACE, false}};
	uint32_t set = *(const uint32_t *)field;

	(void)kw;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (set & (uint32_t)words[i].value)
			strbuf_printf(out, "%s%s", out->len ? " " : "", words[i].word);
	return set;
}

const struct codec codec_include_check = {
	"checks", 0, 4, include_parse, include_print, type_same_bytes};

/* ---- numbers with a rule of their own ----------------------------------------------------- */

static int longest_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	ktime *longest = field;
	int64_t v;

	(void)n;
	if (!type_time(p, kw, &s->word[1], &v))
		return -1;
	*longest = MAX(*longest, v);
	return 0;
}

static bool longest_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	return codec_time.print(out, kw, field);
}

const struct codec codec_longest = {"decimal", 1, 1, longest_parse, longest_print, type_same_bytes};

/* The kernel takes a limit of 1 microsecond for none. */
static int rttime_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	struct kw or_none = *kw;
	int64_t v;

	(void)n;
	or_none.flags |= KW_USE;
	or_none.def = 0;
	type_number(p, &or_none, &s->word[1], &v);
	*(uint64_t *)field = v == 1 ? 2 : (uint64_t)v;
	return 0;
}

static bool rttime_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	(void)kw;
	strbuf_printf(out, "%" PRIu64, *(const uint64_t *)field);
	return true;
}

const struct codec codec_rttime = {"uint", 1, 1, rttime_parse, rttime_print, type_same_bytes};

/* ---- groups of adverts -------------------------------------------------------------------- */

static int mcast_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	struct addr a;

	(void)n;
	if (type_addr(&a, stmt_word(s, 1)) || a.family != (kw->max == 4 ? AF_INET : AF_INET6) ||
		!addr_is_multicast(&a)) {
		diag_error(p->diags, s->word[1].span,
			"%s: '%s' is no IPv%d multicast address - ignored", kw->name,
			stmt_word(s, 1), (int)kw->max);
		return -1;
	}
	if (a.family == AF_INET6 && !IN6_IS_ADDR_MC_LINKLOCAL(&a.v6))
		diag_warning(p->diags, s->word[1].span,
			"%s: '%s' should be link-local multicast (ff02::/16)", kw->name,
			stmt_word(s, 1));
	*(struct addr *)field = a;
	return 0;
}

const struct codec codec_mcast_group = {
	"address", 1, 1, mcast_parse, type_addr_print, type_addr_equal};

/* ---- garp_extra_if ----------------------------------------------------------------------- */

static int garp_extra_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	struct kw seconds = {.name = kw->name, .min = 1, .max = 86400, .flags = KW_LENIENT};
	struct garp_extra *g = field;
	unsigned i = 1;
	int64_t v;

	(void)n;
	if (!strcmp(stmt_word(s, 1), "all")) {
		g->all = true;
		i++;
	}
	if (i == s->n) {
		diag_error(p->diags, s->word[1].span,
			"%s: the number of seconds is missing - ignored", kw->name);
		return -1;
	}
	if (!type_number(p, &seconds, &s->word[i], &v))
		return -1;
	g->interval = SEC(v);
	return 0;
}

static bool garp_extra_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const struct garp_extra *g = field;

	(void)kw;
	if (!g->interval)
		return false;
	strbuf_puts(out, g->all ? "all " : "");
	print_time(out, g->interval);
	return true;
}

static bool garp_extra_equal(const struct kw *kw, const void *a, const void *b)
{
	const struct garp_extra *x = a, *y = b;

	(void)kw;
	return x->interval == y->interval && x->all == y->all;
}

const struct codec codec_garp_extra = {
	"seconds", 1, 2, garp_extra_parse, garp_extra_print, garp_extra_equal};

/* ---- words ------------------------------------------------------------------------------- */

static int one_path_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	if (s->n == 2 && s->word[1].s.n)
		return codec_string.parse(p, n, kw, field, s);
	diag_error(p->diags, s->word[0].span, "%s: takes exactly one path, not %s - ignored",
		kw->name, s->n > 2 ? "more words" : "an empty one");
	return -1;
}

const struct codec codec_one_path = {
	"path", 1, 99, one_path_parse, type_string_print, type_string_equal};

static int sender_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	if (s->n > 2)
		diag_warning(p->diags, s->word[2].span,
			"%s: '%s' and what follows is ignored - a name and <address> are one word, in "
			"double quotes",
			kw->name, stmt_word(s, 2));
	return codec_string.parse(p, n, kw, field, s);
}

const struct codec codec_sender = {
	"string", 1, 99, sender_parse, type_string_print, type_string_equal};

static int or_nothing_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	if (s->n > 1)
		return codec_string.parse(p, n, kw, field, s);
	diag_note(p->diags, s->word[0].span, "'%s' without a value has no effect", kw->name);
	return -1;
}

const struct codec codec_or_nothing = {
	"word", 0, 1, or_nothing_parse, type_string_print, type_string_equal};

static int bare_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	if (s->n == 1) {
		*(const char **)field = kw->arg;
		return 0;
	}
	if (s->word[1].s.n)
		return codec_string.parse(p, n, kw, field, s);
	diag_error(p->diags, s->word[1].span, "%s: an empty name - ignored", kw->name);
	return -1;
}

static bool bare_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const char *v = *(const char *const *)field;

	if (v && strcmp(v, kw->arg) != 0)
		print_word(out, v);
	return v;
}

const struct codec codec_bare = {"word", 0, 1, bare_parse, bare_print, type_string_equal};
