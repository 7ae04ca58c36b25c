/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From bytes to lines. What looks like a blank or a quotation mark becomes one, in place and with
 * blanks to fill its bytes, so that columns stay those of the file; a quotation mark divides words
 * anyway. Inside plain double quotes everything is left alone.
 */
#include "lib/source.h"

#include <string.h>

#define MARK_LEN 7 /* of <<<<<<< */

static const struct look_alike {
	const char *utf8;
	char as; /* '\'': reported, but kept */
	const char *name;
} look_alikes[] = {
	{"\xe2\x80\x9c", '"', "a typographic quotation mark (U+201C)"},
	{"\xe2\x80\x9d", '"', "a typographic quotation mark (U+201D)"},
	{"\xe2\x80\x9e", '"', "a typographic quotation mark (U+201E)"},
	{"\xe2\x80\x9f", '"', "a typographic quotation mark (U+201F)"},
	{"\xef\xbc\x82", '"', "a full-width quotation mark (U+FF02)"},
	{"\xe2\x80\x98", '\'', "a typographic single quotation mark (U+2018)"},
	{"\xe2\x80\x99", '\'', "a typographic single quotation mark (U+2019)"},
	{"\xef\xbd\x9b", '{', "a full-width brace (U+FF5B)"},
	{"\xef\xbd\x9d", '}', "a full-width brace (U+FF5D)"},
	{"\xc2\xa0", ' ', "a non-breaking space (U+00A0)"},
	{"\xc2\xad", ' ', "a soft hyphen (U+00AD)"},
	{"\xe2\x80\x82", ' ', "an en space (U+2002)"},
	{"\xe2\x80\x83", ' ', "an em space (U+2003)"},
	{"\xe2\x80\x87", ' ', "a figure space (U+2007)"},
	{"\xe2\x80\x89", ' ', "a thin space (U+2009)"},
	{"\xe2\x80\x8b", ' ', "a zero-width space (U+200B)"},
	{"\xe2\x80\x8c", ' ', "a zero-width non-joiner (U+200C)"},
	{"\xe2\x80\x8d", ' ', "a zero-width joiner (U+200D)"},
	{"\xe2\x80\xa8", ' ', "a line separator (U+2028)"},
	{"\xe2\x80\xaf", ' ', "a narrow non-breaking space (U+202F)"},
	{"\xe2\x81\xa0", ' ', "a word joiner (U+2060)"},
	{"\xe3\x80\x80", ' ', "a full-width space (U+3000)"},
	{"\xef\xbb\xbf", ' ', "a byte order mark (U+FEFF)"},
};

bool src_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r' && c != '\n');
}

static const struct look_alike *look_alike_at(const char *p, size_t n)
{
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(look_alikes); i++) {
		len = strlen(look_alikes[i].utf8);
		if (len <= n && !memcmp(p, look_alikes[i].utf8, len))
			return &look_alikes[i];
	}
	return NULL;
}

/* Puts the plain character in the place of its look-alike; a closing quote comes first. */
static void replace(char *p, const struct look_alike *a, bool closing)
{
	size_t len = strlen(a->utf8);

	if (a->as == '\'')
		return;
	memset(p, ' ', len);
	p[closing ? 0 : len - 1] = a->as;
}

static void report(struct source *src, size_t at, const struct look_alike *a)
{
	struct span span = src_span(src, &src->physical, at, strlen(a->utf8));

	if (a->as == '\'')
		diag_warning(src->diags, span, "%s does not quote anything; use ' or \"", a->name);
	else if (a->as == ' ')
		diag_warning(src->diags, span, "%s is taken for a blank", a->name);
	else
		diag_warning(src->diags, span, "%s is taken for a plain %c", a->name, a->as);
}

/* Each kind is reported once in a line, while the line is still as it was. */
static void plain(struct source *src, char *s, size_t n)
{
	bool quoted = false, fancy = false;
	const struct look_alike *a;
	bool told[128] = {0};
	size_t i;

	for (i = 0; i < n; i++) {
		if (s[i] == '\\' && i + 1 < n && (unsigned char)s[i + 1] < 0x80) {
			i++;
		} else if (s[i] == '"') {
			quoted = !quoted;
			fancy = false;
		} else if (!quoted && (s[i] == '#' || s[i] == '!')) {
			return;
		} else if ((unsigned char)s[i] >= 0x80 && (!quoted || fancy)) {
			a = look_alike_at(s + i, n - i);
			if (!a || (quoted && a->as != '"'))
				continue;
			if (!told[(unsigned char)a->as])
				report(src, i, a);
			told[(unsigned char)a->as] = true;
			replace(s + i, a, quoted);
			i += strlen(a->utf8) - 1;
			if (a->as == '"')
				fancy = quoted = !quoted;
		}
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
	bool quoted = false;
	size_t i;

	for (i = 0; i < n; i++) {
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
			"a mark left by a version control system; the line is ignored");
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
