/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Value types of this language: scripts and their users, forwarding methods, weights, scopes. */
#include <errno.h>
#include <inttypes.h>
#include <linux/ip_vs.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "keepalived/conf/tables.h"

/* ---- scripts ----------------------------------------------------------------------------- */

void script_set_user(struct script_conf *s, const char *user, const char *group)
{
	s->user = user;
	s->groups = group && *group == ':';
	s->group = s->groups ? group + 1 : group;
}

void script_register(struct parse *p, struct script_conf *s)
{
	struct build *b = p->user;

	if (p->scratch) {
		s->id = UINT32_MAX;
		return;
	}
	if (b->n_scripts == b->cap_scripts) {
		b->cap_scripts = b->cap_scripts ? b->cap_scripts * 2 : 16;
		b->scripts = xrealloc(b->scripts, b->cap_scripts * sizeof(*b->scripts));
	}
	s->id = b->n_scripts;
	b->scripts[b->n_scripts++] = s;
}

static struct script_conf *read_script(struct parse *p, const struct kw *kw, const struct stmt *s)
{
	struct script_conf *sc = arena_new_of(p->arena, struct script_conf);
	const char **argv;
	size_t argc;

	if (lex_split_command(p->lex, &s->word[1], &argv, &argc))
		return NULL;
	if (!argc) {
		diag_error(
			p->diags, s->word[1].span, "%s: the command is empty - ignored", kw->name);
		return NULL;
	}
	sc->command = stmt_word(s, 1);
	sc->argc = (int)argc;
	sc->argv = (const char *const *)argv;
	sc->test_open = argv[0][0] == '<' && argv[0][1] == '/';
	sc->span = s->word[1].span;
	return sc;
}

static int script_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	struct script_conf *sc = read_script(p, kw, s);

	(void)n;
	if (!sc)
		return -1;
	if (s->n > 2)
		script_set_user(sc, stmt_word(s, 2), s->n > 3 ? stmt_word(s, 3) : NULL);
	if (s->n > 2 && (strchr("/-", *sc->user) || strchr(sc->user, '/')))
		diag_warning(p->diags, s->word[2].span,
			"'%s' is read as the user: arguments belong inside the quotes of the command",
			sc->user);
	script_register(p, sc);
	*(const struct script_conf **)field = sc;
	return 0;
}

static int script_only_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	struct script_conf *sc = read_script(p, kw, s);

	(void)n;
	if (!sc)
		return -1;
	if (s->n > 2)
		diag_note(p->diags, s->word[2].span,
			"'%s' is not passed on: arguments belong inside quotes, \"%s %s\"",
			stmt_word(s, 2), sc->command, stmt_word(s, 2));
	script_register(p, sc);
	*(const struct script_conf **)field = sc;
	return 0;
}

/* One argument of a command, escaped for both rounds of splitting and for the quotes around. */
static void print_argument(struct strbuf *out, const char *arg)
{
	if (!*arg)
		strbuf_puts(out, "''");
	for (; *arg; arg++) {
		unsigned char c = (unsigned char)*arg;

		if (c < ' ' || c == 127 || strchr("\\\"'${}", c))
			strbuf_printf(out, "\\\\x%02x", c);
		else if (c == ' ')
			strbuf_puts(out, "\\\\ ");
		else
			strbuf_putc(out, (char)c);
	}
}

static bool script_only_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const struct script_conf *s = *(const struct script_conf *const *)field;

	(void)kw;
	if (!s)
		return false;
	strbuf_putc(out, '"');
	for (int i = 0; i < s->argc; i++) {
		strbuf_puts(out, i ? " " : "");
		print_argument(out, s->argv[i]);
	}
	strbuf_putc(out, '"');
	return true;
}

/* A further word of the line, quoted by the rules of scripts. */
static void print_script_word(struct strbuf *out, const char *prefix, const char *word)
{
	strbuf_puts(out, " \"");
	strbuf_puts(out, prefix);
	for (; *word; word++) {
		if (*word == '"' || *word == '\\')
			strbuf_putc(out, '\\');
		strbuf_putc(out, *word);
	}
	strbuf_putc(out, '"');
}

static bool script_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const struct script_conf *s = *(const struct script_conf *const *)field;

	if (!script_only_print(out, kw, field))
		return false;
	if (s->user)
		print_script_word(out, "", s->user);
	if (s->user && s->group)
		print_script_word(out, s->groups ? ":" : "", s->group);
	return true;
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

bool script_equal(const struct script_conf *a, const struct script_conf *b)
{
	if (!a || !b)
		return a == b;
	if (a->argc != b->argc || a->groups != b->groups || !same(a->user, b->user) ||
		!same(a->group, b->group))
		return false;
	for (int i = 0; i < a->argc; i++)
		if (strcmp(a->argv[i], b->argv[i]))
			return false;
	return true;
}

static bool script_field_equal(const struct kw *kw, const void *a, const void *b)
{
	(void)kw;
	return script_equal(
		*(const struct script_conf *const *)a, *(const struct script_conf *const *)b);
}

const struct codec codec_script = {"script", 1, 3, script_parse, script_print, script_field_equal};
const struct codec codec_script_only = {
	"script", 1, 9, script_only_parse, script_only_print, script_field_equal};

/* ---- users ------------------------------------------------------------------------------- */

static int user_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	const char **user = field;

	(void)p;
	(void)n;
	(void)kw;
	user[0] = stmt_word(s, 1);
	user[1] = s->n > 2 ? stmt_word(s, 2) : NULL;
	return 0;
}

static bool user_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const char *const *user = field;

	(void)kw;
	if (!user[0])
		return false;
	print_word(out, user[0]);
	if (user[1]) {
		strbuf_putc(out, ' ');
		print_word(out, user[1]);
	}
	return true;
}

static bool user_equal(const struct kw *kw, const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	(void)kw;
	return same(x[0], y[0]) && same(x[1], y[1]);
}

const struct codec codec_user = {"user", 1, 2, user_parse, user_print, user_equal};

/* ---- names of blocks --------------------------------------------------------------------- */

int open_named(struct parse *p, struct node *n, const struct stmt *s)
{
	if (s->n < 2) {
		diag_add(p->diags, DIAG_ERROR, DIAG_REQUIRED, s->word[0].span,
			"%s must have a name", stmt_word(s, 0));
		return -1;
	}
	n->name = stmt_word(s, 1);
	return 2;
}

int open_unique(struct parse *p, struct node *n, const struct stmt *s, const struct nodes *list,
	const char *what)
{
	struct node *first;

	if (s->n < 2) {
		diag_error(p->diags, s->word[0].span, "%s must have a name - the block is ignored",
			stmt_word(s, 0));
		return -1;
	}
	if (s->n > 2) {
		diag_error(p->diags, s->word[2].span,
			"%s '%s': '%s' after the name - the block is ignored", stmt_word(s, 0),
			stmt_word(s, 1), stmt_word(s, 2));
		return -1;
	}
	n->name = stmt_word(s, 1);
	first = schema_named(p, list, n->name);
	if (first) {
		diag_also(p->diags,
			diag_error(p->diags, s->word[1].span,
				"%s %s already defined - this one is ignored", what, n->name),
			first->span, "defined here");
		return -1;
	}
	return 2;
}

/* ---- weight [reverse] -------------------------------------------------------------------- */

struct weight {
	int weight;
	bool reverse;
};

static int weight_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	struct weight *w = field;
	int64_t v;

	(void)n;
	if (!type_number(p, kw, &s->word[1], &v))
		return -1;
	w->weight = (int)v;
	w->reverse = false;
	if (s->n > 2 && !strcmp(stmt_word(s, 2), "reverse"))
		w->reverse = true;
	else if (s->n > 2)
		diag_error(p->diags, s->word[2].span, "%s: unknown word '%s' - ignored", kw->name,
			stmt_word(s, 2));
	return 0;
}

static bool weight_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const struct weight *w = field;

	(void)kw;
	strbuf_printf(out, "%d%s", w->weight, w->reverse ? " reverse" : "");
	return true;
}

static bool weight_equal(const struct kw *kw, const void *a, const void *b)
{
	const struct weight *x = a, *y = b;

	(void)kw;
	return x->weight == y->weight && x->reverse == y->reverse;
}

const struct codec codec_weight = {"weight", 1, 2, weight_parse, weight_print, weight_equal};

/* ---- servers ----------------------------------------------------------------------------- */

static int endpoint_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	static const struct kw port = {.name = "port", .min = 0, .max = 65535, .flags = KW_LENIENT};
	struct endpoint e = {0};
	int64_t v = 0;

	(void)n;
	if (type_addr(&e.addr, stmt_word(s, 1))) {
		diag_error(p->diags, s->word[1].span, "%s: invalid IP address '%s' - ignored",
			kw->name, stmt_word(s, 1));
		return -1;
	}
	if (s->n > 2 && !type_number(p, &port, &s->word[2], &v))
		return -1;
	e.port = (uint16_t)v;
	*(struct endpoint *)field = e;
	return 0;
}

static bool endpoint_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const struct endpoint *e = field;
	char buf[ADDR_STRLEN];

	(void)kw;
	if (e->addr.family == AF_UNSPEC)
		return false;
	strbuf_puts(out, addr_str(&e->addr, buf));
	if (e->port)
		strbuf_printf(out, " %u", e->port);
	return true;
}

static bool endpoint_field_equal(const struct kw *kw, const void *a, const void *b)
{
	(void)kw;
	return endpoint_eq(a, b);
}

const struct codec codec_endpoint = {
	"endpoint", 1, 2, endpoint_parse, endpoint_print, endpoint_field_equal};

/* ---- forwarding -------------------------------------------------------------------------- */

static const char *const method_names[] = {
	[LVS_NAT] = "NAT",
	[LVS_DR] = "DR",
	[LVS_TUN] = "TUN",
};

static const char *const tunnel_names[] = {
	[IP_VS_CONN_F_TUNNEL_TYPE_IPIP] = "ipip",
	[IP_VS_CONN_F_TUNNEL_TYPE_GUE] = "gue",
	[IP_VS_CONN_F_TUNNEL_TYPE_GRE] = "gre",
};

static const struct {
	const char *word;
	uint16_t flag; /* of linux/ip_vs.h */
} tunnel_flags[] = {
	{"nocsum", IP_VS_TUNNEL_ENCAP_FLAG_NOCSUM},
	{"csum", IP_VS_TUNNEL_ENCAP_FLAG_CSUM},
	{"remcsum", IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM},
};

static int index_of(const char *const *names, unsigned n, const char *word)
{
	for (unsigned i = 0; i < n; i++)
		if (names[i] && !strcmp(names[i], word))
			return (int)i;
	return -1;
}

/* One option of a tunnel; returns the words used, 0: it makes no sense. */
static unsigned tunnel_option(
	struct parse *p, struct lvs_forward *f, const struct stmt *s, unsigned i)
{
	static const struct kw port = {.name = "port", .min = 1, .max = 65535};
	const char *word = stmt_word(s, i);
	int64_t v;
	int type;

	if (!strcmp(word, "type") && i + 1 < s->n) {
		type = index_of(tunnel_names, ARRAY_SIZE(tunnel_names), stmt_word(s, i + 1));
		if (type < 0)
			return 0;
		f->tun_type = (uint8_t)type;
		return 2;
	}
	if (!strcmp(word, "port") && i + 1 < s->n) {
		if (!type_number(p, &port, &s->word[i + 1], &v))
			return 0;
		f->tun_port = (uint16_t)v;
		return 2;
	}
	for (unsigned k = 0; k < ARRAY_SIZE(tunnel_flags); k++)
		if (!strcmp(word, tunnel_flags[k].word)) {
			f->tun_flags |= tunnel_flags[k].flag;
			return 1;
		}
	return 0;
}

static bool tunnel_fits(const struct lvs_forward *f)
{
	bool gue = f->tun_type == IP_VS_CONN_F_TUNNEL_TYPE_GUE;

	if (gue != (f->tun_port != 0))
		return false;
	if (f->tun_type == IP_VS_CONN_F_TUNNEL_TYPE_IPIP)
		return !f->tun_flags;
	return gue || !(f->tun_flags & IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM);
}

static int forward_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	struct lvs_forward *f = field, next = {.given = true};
	int method = index_of(method_names, ARRAY_SIZE(method_names), stmt_word(s, 1));
	unsigned i = 2, used = 1;

	(void)n;
	(void)kw;
	if (method < 0) {
		diag_error(p->diags, s->word[1].span,
			"%s: unknown [%s] routing method (NAT, DR, TUN) - ignored", stmt_word(s, 0),
			stmt_word(s, 1));
		return -1;
	}
	next.method = (enum lvs_method)method;
	if (method != LVS_TUN && s->n > 2)
		diag_note(p->diags, s->word[2].span, "'%s' is ignored: only TUN takes options",
			stmt_word(s, 2));
	while (method == LVS_TUN && i < s->n && used)
		i += used = tunnel_option(p, &next, s, i);
	if (method == LVS_TUN && (!used || !tunnel_fits(&next))) {
		diag_error(p->diags, s->word[MIN(i, s->n - 1)].span,
			"%s: invalid tunnel option '%s' (type ipip | gue port N | gre, nocsum, csum, "
			"remcsum) - the options are ignored",
			stmt_word(s, 0), stmt_word(s, MIN(i, s->n - 1)));
		next = (struct lvs_forward){.method = LVS_TUN, .given = true};
	}
	*f = next;
	return 0;
}

static bool forward_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const struct lvs_forward *f = field;

	(void)kw;
	strbuf_puts(out, method_names[f->method]);
	if (f->method != LVS_TUN)
		return true;
	strbuf_printf(out, " type %s", tunnel_names[f->tun_type]);
	if (f->tun_port)
		strbuf_printf(out, " port %u", f->tun_port);
	for (unsigned k = 0; k < ARRAY_SIZE(tunnel_flags); k++)
		if (f->tun_flags & tunnel_flags[k].flag)
			strbuf_printf(out, " %s", tunnel_flags[k].word);
	return true;
}

static bool forward_equal(const struct kw *kw, const void *a, const void *b)
{
	const struct lvs_forward *x = a, *y = b;

	(void)kw;
	return x->method == y->method && x->tun_type == y->tun_type && x->tun_port == y->tun_port &&
	       x->tun_flags == y->tun_flags;
}

const struct codec codec_forward = {
	"lvs_method", 1, 9, forward_parse, forward_print, forward_equal};

/* ---- scopes ------------------------------------------------------------------------------ */

static const struct enum_word scopes[] = {
	{"global", RT_SCOPE_UNIVERSE, false},
	{"universe", RT_SCOPE_UNIVERSE, false},
	{"site", RT_SCOPE_SITE, false},
	{"link", RT_SCOPE_LINK, false},
	{"host", RT_SCOPE_HOST, false},
	{"nowhere", RT_SCOPE_NOWHERE, false},
	{0},
};

static int scope_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	const char *word = stmt_word(s, 1);
	char *end;
	unsigned long v;

	(void)n;
	for (const struct enum_word *e = scopes; e->word; e++)
		if (!strcmp(e->word, word)) {
			*(uint8_t *)field = (uint8_t)e->value;
			return 0;
		}
	v = strtoul(word, &end, 0);
	if (*word < '0' || *word > '9' || *end || v > UINT8_MAX) {
		diag_error(p->diags, s->word[1].span, "%s: unknown scope '%s' - ignored", kw->name,
			word);
		return -1;
	}
	*(uint8_t *)field = (uint8_t)v;
	return 0;
}

static bool scope_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	uint8_t v = *(const uint8_t *)field;

	(void)kw;
	for (const struct enum_word *e = scopes; e->word; e++)
		if (e->value == v) {
			strbuf_puts(out, e->word);
			return true;
		}
	strbuf_printf(out, "%u", v);
	return true;
}

const struct codec codec_scope = {"scope", 1, 1, scope_parse, scope_print, type_same_bytes};
