/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Value types of this language: scripts and their users, forwarding methods, weights, scopes. */
#include <errno.h>
#include <inttypes.h>
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

/* ---- one number ------------------------------------------------------------------------- */

static int one_uint_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	if (s->n == 2)
		return type_uint_parse(p, n, kw, field, s);
	diag_error(p->diags, s->word[2].span, "%s: takes exactly one number - ignored", kw->name);
	return -1;
}

static bool one_uint_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	return codec_uint.print(out, kw, field);
}

const struct codec codec_one_uint = {
	"uint", 1, 99, one_uint_parse, one_uint_print, type_same_bytes};

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
