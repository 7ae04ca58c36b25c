/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The regex keywords of a url. The pattern is only kept: whoever checks compiles it, so that this
 * part of the program needs no PCRE2.
 */
#include <string.h>

#include "keepalived/conf/checker_http.h"
#include "lib/text.h"

/* ---- the pattern ------------------------------------------------------------------------- */

/* The rest of the line as written, from the first argument on. */
static struct lex_token raw_argument(const struct parse *p, const struct stmt *s)
{
	struct span span = s->word[1].span;
	const struct text_line *line = text_line_at(p->text, span.line);
	const struct span *last = &s->word[s->n - 1].span;

	span.len = last->col + last->len - span.col;
	return (struct lex_token){
		.kind = LEX_WORD, .s = slice(line->s + span.col, span.len), .span = span};
}

static int regex_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	struct lex_token raw = raw_argument(p, s);
	const char **words;
	size_t count;

	(void)n;
	if (lex_split_command(p->lex, &raw, &words, &count))
		return -1;
	if (count != 1 || !*words[0]) {
		diag_error(p->diags, raw.span,
			"%s: the pattern must be one word, so blanks in it need quotes - ignored",
			kw->name);
		return -1;
	}
	*(const char **)field = words[0];
	return 0;
}

/* In double quotes, with everything that means something to a reader on the way as \xHH. */
static bool regex_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const char *c = *(const char *const *)field;

	(void)kw;
	if (!c)
		return false;
	strbuf_putc(out, '"');
	for (; *c; c++)
		if ((unsigned char)*c < ' ' || (unsigned char)*c > '~' || strchr("\\\"'${}", *c))
			strbuf_printf(out, "\\x%02x", (unsigned char)*c);
		else
			strbuf_putc(out, *c);
	strbuf_putc(out, '"');
	return true;
}

const struct codec codec_regex = {
	.name = "regex",
	.words = 1,
	.most = 99,
	.parse = regex_parse,
	.print = regex_print,
	.equal = type_string_equal,
};

/* ---- options ----------------------------------------------------------------------------- */

static const struct {
	const char *word;
	enum regex_option bit;
} options[] = {
	{"allow_empty_class", REGEX_ALLOW_EMPTY_CLASS},
	{"alt_bsux", REGEX_ALT_BSUX},
	{"alt_circumflex", REGEX_ALT_CIRCUMFLEX},
	{"alt_verbnames", REGEX_ALT_VERBNAMES},
	{"auto_callout", REGEX_AUTO_CALLOUT},
	{"caseless", REGEX_CASELESS},
	{"dollar_endonly", REGEX_DOLLAR_ENDONLY},
	{"dotall", REGEX_DOTALL},
	{"dupnames", REGEX_DUPNAMES},
	{"extended", REGEX_EXTENDED},
	{"firstline", REGEX_FIRSTLINE},
	{"match_unset_backref", REGEX_MATCH_UNSET_BACKREF},
	{"multiline", REGEX_MULTILINE},
	{"never_backslash_c", REGEX_NEVER_BACKSLASH_C},
	{"never_ucp", REGEX_NEVER_UCP},
	{"never_utf", REGEX_NEVER_UTF},
	{"no_auto_capture", REGEX_NO_AUTO_CAPTURE},
	{"no_auto_possess", REGEX_NO_AUTO_POSSESS},
	{"no_dotstar_anchor", REGEX_NO_DOTSTAR_ANCHOR},
	{"no_start_optimize", REGEX_NO_START_OPTIMIZE},
	{"ucp", REGEX_UCP},
	{"ungreedy", REGEX_UNGREEDY},
	{"use_offset_limit", REGEX_USE_OFFSET_LIMIT},
	{"utf", REGEX_UTF},
};

static uint32_t option_bit(const char *word)
{
	for (unsigned i = 0; i < ARRAY_SIZE(options); i++)
		if (!strcmp(options[i].word, word))
			return options[i].bit;
	return 0;
}

static int options_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	(void)n;
	for (unsigned i = 1; i < s->n; i++) {
		uint32_t bit = option_bit(stmt_word(s, i));

		if (!bit)
			diag_warning(p->diags, s->word[i].span, "%s: unknown option '%s' - ignored",
				kw->name, stmt_word(s, i));
		*(uint32_t *)field |= bit;
	}
	return 0;
}

static bool options_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	uint32_t set = *(const uint32_t *)field;

	(void)kw;
	for (unsigned i = 0; i < ARRAY_SIZE(options); i++)
		if (set & options[i].bit)
			strbuf_printf(out, "%s%s", out->len ? " " : "", options[i].word);
	return set;
}

const struct codec codec_regex_options = {
	.name = "words",
	.words = 1,
	.most = ARRAY_SIZE(options),
	.parse = options_parse,
	.print = options_print,
	.equal = type_same_bytes,
};

/* ---- offsets and the stack --------------------------------------------------------------- */

static int offset_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	struct kw or_zero = *kw;

	or_zero.def = 0;
	or_zero.flags |= KW_USE;
	return type_uint_parse(p, n, &or_zero, field, s);
}

static bool offset_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	return codec_uint.print(out, kw, field);
}

const struct codec codec_regex_offset = {
	.name = "uint",
	.words = 1,
	.most = 1,
	.parse = offset_parse,
	.print = offset_print,
	.equal = type_same_bytes,
};

void regex_settle(struct parse *p, struct node *url, struct regex_conf *r)
{
	if (r->min_offset < r->max_offset)
		return;
	diag_error(p->diags, schema_place(url, "regex_min_offset"),
		"regex_min_offset %u is not below regex_max_offset %u - both are ignored",
		r->min_offset, r->max_offset);
	r->min_offset = 0;
	r->max_offset = REGEX_NO_LIMIT;
}

/* The stack is shared: of several values the largest count. */
static int stack_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	static const struct kw size = {.name = "regex_stack", .max = UINT32_MAX};
	struct regex_conf *r = field;
	int64_t start, max;

	(void)n;
	if (!type_number(p, &size, &s->word[1], &start) ||
		!type_number(p, &size, &s->word[2], &max))
		return -1;
	if (start > max) {
		diag_error(p->diags, s->word[1].span,
			"%s: starts with more than its maximum - ignored", kw->name);
		return -1;
	}
	r->stack_start = MAX(r->stack_start, (uint32_t)start);
	r->stack_max = MAX(r->stack_max, (uint32_t)max);
	return 0;
}

static bool stack_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const struct regex_conf *r = field;

	(void)kw;
	strbuf_printf(out, "%u %u", r->stack_start, r->stack_max);
	return r->stack_max;
}

static bool stack_equal(const struct kw *kw, const void *a, const void *b)
{
	const struct regex_conf *x = a, *y = b;

	(void)kw;
	return x->stack_start == y->stack_start && x->stack_max == y->stack_max;
}

const struct codec codec_regex_stack = {
	.name = "sizes",
	.words = 2,
	.most = 2,
	.parse = stack_parse,
	.print = stack_print,
	.equal = stack_equal,
};
