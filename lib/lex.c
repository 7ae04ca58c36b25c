/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From lines to words. The scanner yields slices of the text without looking back; words are
 * copied only when somebody takes them, so skipping a block costs no memory.
 */
#include "lib/lex.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define KEPT     1024 /* a power of two */
#define KEPT_LEN 32

/* A word that was copied lately: most words of a configuration come again and again. */
struct kept {
	const char *s;
	size_t n;
};

struct lex {
	const struct text *text;
	struct arena *arena;
	struct diags *diags;
	const struct text_line *line; /* the one that was looked at last, while it is kept */
	struct lex_mark at;
	bool peeked;
	struct lex_token next;   /* what was peeked, */
	struct lex_mark behind;  /* and where it ends */
	struct lex_token *words; /* of lex_words and lex_split */
	size_t n_words, max_words;
	struct strbuf word; /* of lex_split */
	struct kept kept[KEPT];
};

struct lex *lex_new(const struct text *text, struct arena *arena, struct diags *diags)
{
	struct lex *lx = xcalloc(1, sizeof(*lx));

	lx->text = text;
	lx->arena = arena;
	lx->diags = diags;
	lx->at.line = 1;
	return lx;
}

void lex_free(struct lex *lx)
{
	if (!lx)
		return;
	free(lx->words);
	strbuf_free(&lx->word);
	free(lx);
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r' && c != '\n');
}

static bool is_brace(char c)
{
	return c == '{' || c == '}';
}

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

/* The length of a `${NAME}` or `${NAME ARGUMENT...}` at the start of s, 0 when there is none. */
static size_t reference(const char *s, size_t n)
{
	size_t i = 2;

	if (n < 4 || s[0] != '$' || s[1] != '{' || !is_name(s[2]))
		return 0;
	while (i < n && (is_name(s[i]) || is_blank(s[i])))
		i++;
	return i < n && s[i] == '}' ? i + 1 : 0;
}

static uint32_t skip_blanks(const struct text_line *l, uint32_t pos)
{
	while (pos < l->len && is_blank(l->s[pos]))
		pos++;
	return pos;
}

/* What ends an unquoted word, or may begin a reference. */
static const bool special[UCHAR_MAX + 1] = {
	[' '] = true,
	['\t'] = true,
	['\v'] = true,
	['\f'] = true,
	['\r'] = true,
	['{'] = true,
	['}'] = true,
	['"'] = true,
	['$'] = true,
};

/* Where an unquoted word ends. */
static uint32_t word_end(const struct text_line *l, uint32_t pos)
{
	size_t n;

	for (; pos < l->len; pos++) {
		if (!special[(unsigned char)l->s[pos]])
			continue;
		if (l->s[pos] != '$')
			break;
		n = reference(l->s + pos, l->len - pos);
		pos += n ? (uint32_t)n - 1 : 0;
	}
	return pos;
}

static void next_line(struct lex_mark *m)
{
	m->line++;
	m->pos = 0;
	m->words = false;
}

static const struct text_line *line_at(struct lex *lx, uint32_t number)
{
	if (!lx->line || lx->line->number != number)
		lx->line = text_line_at(lx->text, number);
	return lx->line;
}

/* The line the mark stands on, with something left on it or an EOL due; NULL at the end. */
static const struct text_line *settle(struct lex *lx, struct lex_mark *m)
{
	const struct text_line *l;

	while ((l = line_at(lx, m->line))) {
		if (!l->shadow) {
			m->pos = skip_blanks(l, m->pos);
			if (m->pos < l->len || m->words)
				return l;
		}
		next_line(m);
	}
	return NULL;
}

static struct lex_token make(const struct text_line *l, const struct lex_mark *m,
	enum lex_kind kind, uint32_t start, uint32_t end)
{
	return (struct lex_token){
		.kind = kind,
		.first = !l->inner && skip_blanks(l, 0) == start && start < l->len,
		.indent = l->indent,
		.s = {l->s + start, end - start},
		.span = span_at(m->line, start, end - start),
	};
}

static struct lex_token end_of_text(const struct lex *lx)
{
	struct lex_token t = {.kind = LEX_EOF, .s = {"", 0}};

	if (lx->text->n_lines)
		t.span = span_at(
			lx->text->n_lines, text_line_at(lx->text, lx->text->n_lines)->len, 0);
	return t;
}

/* A quoted word, or the EOL that stands for an unclosed one. */
static struct lex_token scan_quoted(const struct text_line *l, struct lex_mark *m)
{
	uint32_t start = m->pos;
	const char *end = memchr(l->s + start + 1, '"', l->len - start - 1);
	struct lex_token t;

	if (!end) {
		t = make(l, m, LEX_EOL, start, l->len);
		t.unclosed = true;
		next_line(m);
		return t;
	}
	m->pos = (uint32_t)(end - l->s) + 1;
	m->words = true;
	t = make(l, m, LEX_WORD, start, m->pos);
	t.quoted = true;
	t.s = slice(l->s + start + 1, t.s.n - 2);
	return t;
}

static struct lex_token scan(struct lex *lx, struct lex_mark *m)
{
	const struct text_line *l = settle(lx, m);
	uint32_t start = m->pos;
	struct lex_token t;
	char c;

	if (!l)
		return end_of_text(lx);
	c = start < l->len ? l->s[start] : '{';
	if (m->words && is_brace(c)) {
		m->words = false;
		return make(l, m, LEX_EOL, start, start);
	}
	if (c == '"')
		return scan_quoted(l, m);
	if (is_brace(c)) {
		t = make(l, m, c == '{' ? LEX_OPEN : LEX_CLOSE, start, start + 1);
		t.glued = c == '{' && start && !is_blank(l->s[start - 1]) &&
			  !is_brace(l->s[start - 1]);
		m->pos++;
		return t;
	}
	m->pos = word_end(l, start);
	m->words = true;
	return make(l, m, LEX_WORD, start, m->pos);
}

static const char *copy_word(struct lex *lx, const char *s, size_t n)
{
	struct kept *k;
	uint32_t h = (uint32_t)n;

	if (n > KEPT_LEN)
		return arena_strndup(lx->arena, s, n);
	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * 16777619u;
	k = &lx->kept[(h ^ h >> 16) & (KEPT - 1)];
	if (!k->s || k->n != n || memcmp(k->s, s, n) != 0)
		*k = (struct kept){arena_strndup(lx->arena, s, n), n};
	return k->s;
}

static struct lex_token scan_copy(struct lex *lx, struct lex_mark *m)
{
	struct lex_token t = scan(lx, m);

	if (t.kind == LEX_WORD)
		t.s.p = copy_word(lx, t.s.p, t.s.n);
	return t;
}

static const struct lex_token *peek(struct lex *lx)
{
	if (!lx->peeked) {
		lx->behind = lx->at;
		lx->next = scan_copy(lx, &lx->behind);
		lx->peeked = true;
	}
	return &lx->next;
}

struct lex_token lex_peek(struct lex *lx)
{
	return *peek(lx);
}

struct lex_token lex_next(struct lex *lx)
{
	struct lex_token t;

	if (lx->peeked) {
		t = lx->next;
		lx->at = lx->behind;
		lx->peeked = false;
	} else {
		t = scan_copy(lx, &lx->at);
	}
	if (t.unclosed)
		diag_error(lx->diags, t.span,
			"missing closing quote (\"); the line is ignored from here on");
	if (t.glued)
		diag_note(lx->diags, t.span, "a blank is missing before {");
	return t;
}

static void push_word(struct lex *lx, const struct lex_token *t)
{
	if (lx->n_words == lx->max_words) {
		lx->max_words = lx->max_words ? lx->max_words * 2 : 16;
		lx->words = xrealloc(lx->words, lx->max_words * sizeof(*lx->words));
	}
	lx->words[lx->n_words++] = *t;
}

size_t lex_words(struct lex *lx, const struct lex_token **words)
{
	struct lex_token end;

	lx->n_words = 0;
	while (peek(lx)->kind == LEX_WORD) {
		push_word(lx, &lx->next);
		lx->at = lx->behind;
		lx->peeked = false;
	}
	end = lx->next.kind == LEX_EOL ? lex_next(lx) : lx->next;
	push_word(lx, &end);
	*words = lx->words;
	return lx->n_words - 1;
}

void lex_skip_line(struct lex *lx)
{
	struct lex_mark m = lx->at;
	struct lex_token t;

	lx->peeked = false;
	while ((t = scan(lx, &m)).kind == LEX_WORD || t.kind == LEX_EOL) {
		lx->at = m;
		if (t.kind == LEX_EOL)
			break;
	}
}

bool lex_skip_block(struct lex *lx)
{
	unsigned depth = 1;
	enum lex_kind kind;

	lx->peeked = false;
	do {
		kind = scan(lx, &lx->at).kind;
		depth += kind == LEX_OPEN;
		depth -= kind == LEX_CLOSE;
	} while (depth && kind != LEX_EOF);
	return !depth;
}

int lex_balance(struct lex *lx)
{
	struct lex_mark m = {.line = 1};
	enum lex_kind kind;
	int n = 0;

	do {
		kind = scan(lx, &m).kind;
		n += (kind == LEX_OPEN) - (kind == LEX_CLOSE);
	} while (kind != LEX_EOF);
	return n;
}

struct lex_mark lex_mark(const struct lex *lx)
{
	return lx->at;
}

void lex_rewind(struct lex *lx, struct lex_mark m)
{
	lx->at = m;
	lx->peeked = false;
}

/* Where the raw rest of a line ends. */
static uint32_t raw_end(const struct text_line *l, uint32_t pos)
{
	bool quoted = false;
	size_t n;

	for (; pos < l->len; pos++) {
		n = quoted ? 0 : reference(l->s + pos, l->len - pos);
		if (n)
			pos += (uint32_t)n - 1;
		else if (l->s[pos] == '\\' && pos + 1 < l->len && !is_brace(l->s[pos + 1]))
			pos++;
		else if (l->s[pos] == '"')
			quoted = !quoted;
		else if (!quoted && is_brace(l->s[pos]))
			break;
	}
	return pos;
}

bool lex_raw(struct lex *lx, struct slice *raw, struct span *span)
{
	const struct text_line *l = text_line_at(lx->text, lx->at.line);
	uint32_t start, end;

	lx->peeked = false;
	*raw = slice("", 0);
	*span = (struct span){0};
	if (!l || !lx->at.words)
		return false;
	start = skip_blanks(l, lx->at.pos);
	lx->at.pos = raw_end(l, start);
	lx->at.words = false;
	for (end = lx->at.pos; end > start && is_blank(l->s[end - 1]); end--)
		;
	*raw = slice(l->s + start, end - start);
	*span = span_at(lx->at.line, start, end - start);
	return raw->n > 0;
}

/* What stands between two words of a script. */
static size_t next_word(struct slice raw, size_t at)
{
	while (at < raw.n && is_blank(raw.p[at]))
		at++;
	return at;
}

/* An escape of the first split: the backslash at p goes only before what it has to protect. */
static size_t protect(struct strbuf *out, const char *p, size_t n)
{
	if (n < 2)
		return strbuf_putc(out, '\\'), n;
	if (!strchr("\\\"'", p[1]) && !is_blank(p[1]))
		strbuf_putc(out, '\\');
	strbuf_putc(out, p[1]);
	return 2;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void put_byte(struct strbuf *out, unsigned byte)
{
	if (byte & 0xff)
		strbuf_putc(out, (char)byte);
}

/* \ooo and \xHH; the bytes used. */
static size_t decode_number(struct strbuf *out, const char *p, size_t n)
{
	unsigned v = 0;
	size_t i = 2;

	if (p[1] == 'x') {
		for (; i < n && i < 4 && hex_digit(p[i]) >= 0; i++)
			v = v * 16 + (unsigned)hex_digit(p[i]);
	} else {
		for (i = 1; i < n && i < 4 && is_octal(p[i]); i++)
			v = v * 8 + (unsigned)(p[i] - '0');
	}
	if (p[1] == 'x' && i == 2)
		v = 'x';
	put_byte(out, v);
	return i;
}

/* An escape of the second split, decoded. */
static size_t decode(struct strbuf *out, const char *p, size_t n)
{
	static const char from[] = "abEfnrtv", to[] = "\a\b\033\f\n\r\t\v";
	const char *which;

	if (n < 2)
		return strbuf_putc(out, '\\'), n;
	if (p[1] == 'x' || is_octal(p[1]))
		return decode_number(out, p, n);
	if (p[1] == 'c' && n > 2)
		return put_byte(out, p[2] & 0x1f), 3;
	which = strchr(from, p[1]);
	strbuf_putc(out, which ? to[which - from] : p[1]);
	return 2;
}

/*
 * One word from raw.p[at] into *out; where it ends. The quote that is still open at the end, or 0,
 * goes to *open.
 */
static size_t take_word(struct slice raw, size_t at, struct strbuf *out, bool *quoted, char *open,
	size_t (*escape)(struct strbuf *, const char *, size_t))
{
	*quoted = false;
	*open = 0;
	for (; at < raw.n && (*open || !is_blank(raw.p[at])); at++) {
		if (raw.p[at] == '\\') {
			at += escape(out, raw.p + at, raw.n - at) - 1;
		} else if (*open ? raw.p[at] == *open : raw.p[at] == '"' || raw.p[at] == '\'') {
			*open = *open ? 0 : raw.p[at];
			*quoted = true;
		} else {
			strbuf_putc(out, raw.p[at]);
		}
	}
	return at;
}

static int complain(struct lex *lx, struct span span, char open)
{
	diag_error(lx->diags, span, "missing closing quote (%c)", open);
	return -EINVAL;
}

int lex_split(
	struct lex *lx, struct slice raw, struct span span, struct lex_token **words, size_t *n)
{
	size_t at = next_word(raw, 0), start;
	struct lex_token t;
	char open = 0;

	for (lx->n_words = 0; at < raw.n; at = next_word(raw, at)) {
		start = at;
		t = (struct lex_token){.kind = LEX_WORD};
		strbuf_reset(&lx->word);
		at = take_word(raw, at, &lx->word, &t.quoted, &open, protect);
		t.s = slice(arena_strndup(lx->arena, strbuf_str(&lx->word), lx->word.len),
			lx->word.len);
		t.span = span_at(span.line, span.col + start, at - start);
		push_word(lx, &t);
	}
	*n = lx->n_words;
	*words = NULL;
	if (lx->n_words) {
		*words = arena_alloc(lx->arena, lx->n_words * sizeof(**words));
		memcpy(*words, lx->words, lx->n_words * sizeof(**words));
	}
	return open ? complain(lx, lx->words[lx->n_words - 1].span, open) : 0;
}

int lex_split_command(
	struct lex *lx, const struct lex_token *word, const char ***argv, size_t *argc)
{
	size_t at = next_word(word->s, 0), n = 0;
	const char **out = arena_alloc(lx->arena, (word->s.n / 2 + 2) * sizeof(*out));
	bool quoted;
	char open = 0;

	for (; at < word->s.n; at = next_word(word->s, at)) {
		strbuf_reset(&lx->word);
		at = take_word(word->s, at, &lx->word, &quoted, &open, decode);
		out[n++] = arena_strndup(lx->arena, strbuf_str(&lx->word), lx->word.len);
	}
	*argv = out;
	*argc = n;
	return open ? complain(lx, word->span, open) : 0;
}
