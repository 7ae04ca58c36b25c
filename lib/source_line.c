/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From bytes to lines. What looks like a blank, a quotation mark or a plain letter becomes one, and
 * what has no width goes. This is done in place: the beginning of the word moves to the right, so
 * that all that follows keeps the column which it has in the file. Inside plain double quotes
 * everything is left alone.
 */
#include "lib/source.h"

#include <string.h>

#define MARK_LEN 7 /* of <<<<<<< */

static const struct look_alike {
	const char *utf8;
	char as; /* '\'': reported, but kept; NUL: taken out of the word */
	const char *name;
} look_alikes[] = {
	{"\xe2\x80\x9c", '"', "a typographic quotation mark (U+201C)"},
	{"\xe2\x80\x9d", '"', "a typographic quotation mark (U+201D)"},
	{"\xe2\x80\x9e", '"', "a typographic quotation mark (U+201E)"},
	{"\xe2\x80\x9f", '"', "a typographic quotation mark (U+201F)"},
	{"\xef\xbc\x82", '"', "a full-width quotation mark (U+FF02)"},
	{"\xe2\x80\x98", '\'', "a typographic single quotation mark (U+2018)"},
	{"\xe2\x80\x99", '\'', "a typographic single quotation mark (U+2019)"},
	{"\xc2\xa0", ' ', "a non-breaking space (U+00A0)"},
	{"\xe2\x80\x82", ' ', "an en space (U+2002)"},
	{"\xe2\x80\x83", ' ', "an em space (U+2003)"},
	{"\xe2\x80\x87", ' ', "a figure space (U+2007)"},
	{"\xe2\x80\x89", ' ', "a thin space (U+2009)"},
	{"\xe2\x80\xa8", ' ', "a line separator (U+2028)"},
	{"\xe2\x80\xaf", ' ', "a narrow non-breaking space (U+202F)"},
	{"\xe3\x80\x80", ' ', "a full-width space (U+3000)"},
	{"\xc2\xad", '\0', "a soft hyphen (U+00AD)"},
	{"\xe2\x80\x8b", '\0', "a zero-width space (U+200B)"},
	{"\xe2\x80\x8c", '\0', "a zero-width non-joiner (U+200C)"},
	{"\xe2\x80\x8d", '\0', "a zero-width joiner (U+200D)"},
	{"\xe2\x80\x8e", '\0', "a left-to-right mark (U+200E)"},
	{"\xe2\x80\x8f", '\0', "a right-to-left mark (U+200F)"},
	{"\xe2\x81\xa0", '\0', "a word joiner (U+2060)"},
	{"\xef\xbb\xbf", '\0', "a byte order mark (U+FEFF)"},
};

/* U+FF01 to U+FF5E are ! to ~. */
static const struct look_alike full_width = {"\xef\xbc\x81", '!', "a full-width character"};

bool src_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r' && c != '\n');
}

/* What stands there, and the character it is taken for. */
static const struct look_alike *look_alike_at(const char *p, size_t n, char *as)
{
	const unsigned char *u = (const unsigned char *)p;
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(look_alikes); i++) {
		len = strlen(look_alikes[i].utf8);
		if (len <= n && !memcmp(p, look_alikes[i].utf8, len)) {
			*as = look_alikes[i].as;
			return &look_alikes[i];
		}
	}
	if (n < 3 || u[0] != 0xef || (u[1] != 0xbc && u[1] != 0xbd))
		return NULL;
	*as = (char)(0x20 + (u[1] - 0xbc) * 0x40 + (u[2] - 0x80));
	return *as > ' ' && *as <= '~' ? &full_width : NULL;
}

static void report(struct source *src, size_t at, const struct look_alike *a, char as)
{
	struct span span = src_span(src, &src->physical, at, strlen(a->utf8));

	if (!as)
		diag_spread(src->diags, DIAG_WARNING, span, "%s is taken out: it cannot be seen",
			a->name);
	else if (a == &full_width)
		diag_spread(src->diags, DIAG_WARNING, span, "%s (U+%04X) is taken for a plain %c",
			a->name, 0xff01u + (unsigned)(as - '!'), as);
	else if (as == '\'')
		diag_spread(src->diags, DIAG_WARNING, span,
			"%s does not quote anything; use ' or \"", a->name);
	else if (as == ' ')
		diag_spread(src->diags, DIAG_WARNING, span, "%s is taken for a blank", a->name);
	else
		diag_spread(
			src->diags, DIAG_WARNING, span, "%s is taken for a plain %c", a->name, as);
}

/*
 * Puts what was meant in the place of len bytes at i; the word up to there begins at from. A
 * quotation mark divides words, a closing one comes right behind its text.
 */
static void replace(char *s, size_t from, size_t i, size_t len, char as, bool closing)
{
	size_t gap = len - (as != '\0');

	if (as == '"' || as == ' ') {
		memset(s + i, ' ', len);
		s[closing ? i : i + gap] = as;
		return;
	}
	memmove(s + from + gap, s + from, i - from);
	memset(s + from, ' ', gap);
	if (as)
		s[i + gap] = as;
}

/* The characters of one line that are not plain. */
struct plain {
	char *s;
	size_t n, word; /* where the word began */
	bool quoted, fancy;
	bool told[128]; /* each kind is reported once in a line, while the line is as it was */
};

/* Looks at the bytes at i; returns how many. */
static size_t plain_at(struct source *src, struct plain *p, size_t i)
{
	char as;
	const struct look_alike *a = look_alike_at(p->s + i, p->n - i, &as);
	size_t len, kind;

	if (!a || (p->quoted && as != '"'))
		return 1;
	len = strlen(a->utf8);
	kind = a == &full_width ? '!' : (unsigned char)as;
	if (!p->told[kind])
		report(src, i, a, as);
	p->told[kind] = true;
	if (as == '\'')
		return len;
	replace(p->s, p->word, i, len, as, p->quoted);
	if (as == '"') {
		p->fancy = p->quoted = !p->quoted;
		p->word = i + len;
	} else if (as == ' ') {
		p->word = i + len;
	}
	return len;
}

static void plain(struct source *src, char *s, size_t n)
{
	struct plain p = {.s = s, .n = n};
	size_t i = 0;

	while (i < n) {
		unsigned char c = (unsigned char)s[i];

		if (c == '\\' && i + 1 < n && (unsigned char)s[i + 1] < 0x80) {
			i += 2;
			continue;
		}
		if (!p.quoted && (c == '#' || c == '!'))
			return;
		if (c >= 0x80 && (!p.quoted || p.fancy)) {
			i += plain_at(src, &p, i);
			continue;
		}
		if (c == '"') {
			p.quoted = !p.quoted;
			p.fancy = false;
		}
		i++;
		if (src_blank((char)c) || c == '"' || c == '{' || c == '}')
			p.word = i;
	}
}

static bool has_high_byte(const char *s, size_t n)
{
	const char *end = s + n;
	uint64_t word;

	for (; end - s >= 8; s += 8) {
		memcpy(&word, s, 8);
		if (word & UINT64_C(0x8080808080808080))
			return true;
	}
	for (; s < end; s++)
		if ((unsigned char)*s >= 0x80)
			return true;
	return false;
}

size_t src_strip(char *s, size_t n)
{
	bool quoted = false, plain = !memchr(s, '#', n) && !memchr(s, '!', n);
	size_t i;

	for (i = plain ? n : 0; i < n; i++) {
		if (s[i] == '\\' && i + 1 < n)
			i++;
		else if (s[i] == '"')
			quoted = !quoted;
		else if (!quoted && (s[i] == '#' || s[i] == '!'))
			break;
	}
	for (i = MIN(i, n); i && src_blank(s[i - 1]); i--)
		;
	return i;
}

size_t src_unescape(char *s, size_t *n)
{
	bool quoted = false, escape;
	size_t i, to = 0, same = *n;

	for (i = 0; i < *n; i++) {
		escape = s[i] == '\\' && i + 1 < *n;
		if (escape && !quoted && (s[i + 1] == '#' || s[i + 1] == '!'))
			same = MIN(same, to);
		else if (escape)
			s[to++] = s[i];
		else if (s[i] == '"')
			quoted = !quoted;
		s[to++] = s[i += escape];
	}
	*n = to;
	return same;
}

static bool is_conflict_mark(const char *s, size_t n)
{
	size_t i;

	if (n < MARK_LEN || !strchr("<=>|", *s))
		return false;
	for (i = 1; i < MARK_LEN; i++)
		if (s[i] != s[0])
			return false;
	return n == MARK_LEN || src_blank(s[MARK_LEN]);
}

/* Lines that cannot be used at all. */
static bool unusable(struct source *src, const struct frame *f, const char *s, size_t n)
{
	const struct src_line *l = &src->physical;
	const char *nul = f->has_nul ? memchr(s, '\0', n) : NULL;

	if (nul) {
		diag_error(src->diags, src_span(src, l, (size_t)(nul - s), 1),
			"a NUL byte in this line; the line is ignored");
		return true;
	}
	if (n && is_conflict_mark(s, n)) {
		diag_error(src->diags, src_span(src, l, 0, MARK_LEN),
			"a mark of a merge conflict, left by version control; the line is ignored");
		return true;
	}
	return false;
}

static void note_crlf(struct source *src, struct frame *f, size_t n)
{
	if (!f->crlf)
		diag_note(src->diags, src_span(src, &src->physical, n, 1),
			"lines of this file end with CR LF, as Windows writes them");
	f->crlf = true;
}

/* `auth_pass a!b` loses its end. l is what is left of the n bytes of the line. */
static void note_comment(struct source *src, const struct src_line *l, size_t n)
{
	const char *p = l->s + l->n;
	size_t left = n - l->col - l->n;

	if (l->n && left > 1 && (*p == '!' || *p == '#') && src_name_char(p[-1]) &&
		src_name_char(p[1]))
		diag_note(src->diags, src_span(src, &src->physical, l->col + l->n, left),
			"a comment begins in the middle of a word; write \\%c or use double quotes",
			*p);
}

/* Columns that the blanks before a line take. */
static uint32_t indent_of(const char *s, size_t n)
{
	uint32_t columns = 0;
	size_t i;

	for (i = 0; i < n; i++)
		columns = s[i] == '\t' ? (columns | 7) + 1 : columns + 1;
	return columns;
}

bool src_read_line(struct source *src, struct frame *f, struct src_line *l)
{
	char *s = f->bytes + f->pos;
	size_t n, lead;
	char *end;

	if (f->pos >= f->n)
		return false;
	end = memchr(s, '\n', f->n - f->pos);
	n = end ? (size_t)(end - s) : f->n - f->pos;
	f->pos += n + 1;
	f->lineno++;
	*l = (struct src_line){.s = s, .n = n, .file = f->file, .lineno = f->lineno};
	l->exact = l->whole = true;
	src->physical = *l;
	if (n && s[n - 1] == '\r')
		note_crlf(src, f, --n);
	if (unusable(src, f, s, n))
		n = 0;
	if (has_high_byte(s, n))
		plain(src, s, n);
	for (lead = 0; lead < n && src_blank(s[lead]); lead++)
		;
	l->s = s + lead;
	l->n = src_strip(l->s, n - lead);
	l->col = (uint32_t)lead;
	l->indent = indent_of(s, lead);
	note_comment(src, l, n);
	return true;
}

void src_open_bytes(struct source *src, struct frame *f)
{
	struct src_line l = {.s = f->bytes, .file = f->file, .lineno = 1, .exact = true};

	while (l.n < f->n && l.s[l.n] != '\n')
		l.n++;
	f->has_nul = f->n && memchr(f->bytes, '\0', f->n);
	if (f->n >= 3 && !memcmp(f->bytes, "\xef\xbb\xbf", 3)) {
		diag_note(src->diags, src_span(src, &l, 0, 3),
			"this file begins with a byte order mark (U+FEFF); it is skipped");
		f->pos = 3;
	} else if (f->n >= 2 &&
		   (!memcmp(f->bytes, "\xff\xfe", 2) || !memcmp(f->bytes, "\xfe\xff", 2))) {
		diag_error(src->diags, src_span(src, &l, 0, 2),
			"this file is in UTF-16; it is ignored, save it as UTF-8");
		f->pos = f->n;
	}
}
