/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Habits from other languages, things that a browser or a shell put there, and what an example left
 * for its reader to fill in. Rules about the looks of a word, the first that fits; none of them
 * decides anything but what a message says.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/addr.h"
#include "lib/schema_walk.h"
#include "lib/utf8.h"
#include "lib/visible.h"

struct rule {
	bool (*fits)(const char *s, size_t n);
	const char *text;
};

static bool ends(const char *s, size_t n, const char *with)
{
	size_t len = strlen(with);

	return n >= len && !memcmp(s + n - len, with, len);
}

static bool begins(const char *s, const char *with)
{
	return !strncmp(s, with, strlen(with));
}

static bool is_dots(const char *s, size_t n)
{
	return ends(s, n, "...") || ends(s, n, "\xe2\x80\xa6");
}

/* x.x.x.x, 10.0.0.x/24, 192.168.X.Y, fd00:X::1, 10.0.0.***, xxx */
static bool is_crossed_out(const char *s, size_t n)
{
	size_t crosses = 0, i;

	if (strspn(s, "0123456789abcdefABCDEFxXyYzZ*?./:") != n || begins(s, "0x"))
		return false;
	for (i = 0; i < n; i++)
		crosses += strchr("xX*?", s[i]) != NULL;
	return crosses && (strpbrk(s, ".:") || crosses > 1);
}

/* VIP, REAL_IP2, IP_GOES_HERE/MASK: capitals, and one of their words says what belongs there */
static bool is_role(const char *s, size_t n)
{
	static const char *const roles[] = {
		"IP", "VIP", "RIP", "ADDR", "ADDRESS", "HERE", "MASK", "NETMASK", "CIDR"};
	size_t len;

	if (strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_/-") != n)
		return false;
	for (; *s; s += len, s += strspn(s, "0123456789_/-")) {
		len = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
		for (size_t i = 0; i < ARRAY_SIZE(roles); i++)
			if (len == strlen(roles[i]) && !memcmp(s, roles[i], len))
				return true;
	}
	return false;
}

static bool is_placeholder(const char *s, size_t n)
{
	if (n > 2 && ((*s == '<' && s[n - 1] == '>') || (*s == '[' && s[n - 1] == ']')))
		return !strchr(s, '@') && !strchr(s, ':');
	return is_crossed_out(s, n) || is_role(s, n) || begins(s, "YOUR_") || begins(s, "your_") ||
	       begins(s, "your-");
}

static bool has_semicolon(const char *s, size_t n)
{
	return n && s[n - 1] == ';';
}

static bool has_comma(const char *s, size_t n)
{
	return n > 1 && s[n - 1] == ',';
}

static bool is_comment(const char *s, size_t n)
{
	(void)n;
	return begins(s, "//") || begins(s, "/*") || *s == ';' || !strcmp(s, "--");
}

static bool has_equals(const char *s, size_t n)
{
	size_t name = strcspn(s, "=");

	return name < n && strspn(s, "abcdefghijklmnopqrstuvwxyz_0123456789") == name;
}

static bool has_single_quotes(const char *s, size_t n)
{
	return n > 1 && *s == '\'' && strchr(s + 1, '\'');
}

static bool has_colon(const char *s, size_t n)
{
	return n > 1 && s[n - 1] == ':' && !memchr(s, ':', n - 1);
}

#define SHELL "this looks like a command with the prompt of a shell"

/* root@host:~ and [root@host; what follows a # is gone. */
static bool is_prompt(const char *s, size_t n)
{
	const char *at = memchr(s, '@', n);

	return at && at > s && at[1] && (*s == '[' || strchr(at, ':'));
}

static const struct rule rules[] = {
	{is_prompt, SHELL},
	{is_dots, "'...' stands for something that was left out: write it, or remove the dots"},
	{is_placeholder, "this is a placeholder: put the real value there"},
	{has_semicolon, "lines do not end with ';'"},
	{has_comma, "blanks separate words, not ','"},
	{is_comment, "a comment begins with # or !"},
	{has_equals, "keyword and value are separated by a blank, not by '='"},
	{has_colon, "no ':' follows a keyword"},
	{has_single_quotes, "' is no quotation mark here, use \""},
};

/* ADDRESS:PORT or [ADDRESS]:PORT. */
static const char *endpoint_hint(struct strbuf *out, const char *s)
{
	const char *colon = strrchr(s, ':');
	struct addr a;
	size_t n;
	char *host;
	bool good;

	if (!colon || !colon[1] || colon[1 + strspn(colon + 1, "0123456789")])
		return NULL;
	n = (size_t)(colon - s);
	if (n > 2 && *s == '[' && s[n - 1] == ']')
		s++, n -= 2;
	else if (memchr(s, ':', n))
		return NULL;
	host = xstrndup(s, n);
	good = addr_parse(&a, host) == 0;
	if (good)
		strbuf_printf(out, "address and port are two words: '%s %s'", host, colon + 1);
	free(host);
	return good ? strbuf_str(out) : NULL;
}

/* The first character that is not what a keyboard gives. */
static const char *character_hint(struct strbuf *out, const char *s, size_t n)
{
	uint32_t u;
	size_t len;

	for (; n; s += len, n -= len) {
		u = utf8_decode(s, n, &len);
		if (!u)
			strbuf_printf(out, "the byte \\x%02x in it is no UTF-8", (unsigned char)*s);
		else if (u >= 0x80 && is_unseen(u))
			strbuf_printf(out, "the character U+%04X in it cannot be seen", u);
		else if (u < 0x20 || u == 0x7f)
			strbuf_printf(out, "it contains the control character \\x%02x", u);
		else if (u >= 0xff00 && u <= 0xffef)
			strbuf_printf(out, "U+%04X is a full-width character", u);
		else if (u >= 0x2010 && u <= 0x2015)
			strbuf_printf(out, "U+%04X is a typographic dash, type a '-'", u);
		else
			continue;
		return strbuf_str(out);
	}
	return NULL;
}

const char *word_hint(struct strbuf *out, const struct lex_token *w)
{
	const char *hint;

	strbuf_reset(out);
	for (size_t i = 0; i < ARRAY_SIZE(rules) && !w->quoted; i++)
		if (w->s.n && rules[i].fits(w->s.p, w->s.n))
			return rules[i].text;
	hint = endpoint_hint(out, w->s.p);
	return hint ? hint : character_hint(out, w->s.p, w->s.n);
}

const char *word_doubt(struct strbuf *out, const struct lex_token *w)
{
	const char *s = w->s.p;
	size_t n = w->s.n;

	if (w->quoted || !n || !strchr(";.>]=", s[n - 1]))
		return NULL;
	if (has_semicolon(s, n) || is_dots(s, n) || is_placeholder(s, n) || !strcmp(s, "="))
		return word_hint(out, w);
	return NULL;
}

static const struct {
	const char *begin;
	bool whole;
	const char *text;
} lines[] = {
	{"$", true, SHELL},
	{"%", true, SHELL},
	{">", true, "this looks like the prompt of a shell or quoted mail"},
	{"EOF", false, "this looks like the end of a here-document of a shell"},
	{"```", false, "this is a mark of Markdown"},
	{"@", false,
		"a condition counts only where it is written at the start of a line, not in "
		"what a definition yields"},
	{"~", false,
		"a loop counts only where it is written at the start of a line, not in what a "
		"definition yields"},
	{"$", false, "there is no definition of that name"},
	{"=====", false, "this looks like a mark of a merge conflict"},
};

const char *word_line_hint(struct strbuf *out, const struct lex_token *w, const char *next)
{
	if (w->quoted)
		return NULL;
	if (next && *w->s.p == '(' && is_prompt(next, strlen(next)))
		return SHELL;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (lines[i].whole ? !strcmp(w->s.p, lines[i].begin)
				   : begins(w->s.p, lines[i].begin))
			return lines[i].text;
	return word_hint(out, w);
}

size_t word_core(const char *s)
{
	size_t n = strcspn(s, "=:;,");

	return n ? n : strlen(s);
}

void word_hints(struct diags *d, uint64_t from, const struct stmt *s, unsigned first)
{
	struct strbuf out = {0};

	for (unsigned i = first; i < s->n && diags_added(d) > from; i++) {
		const char *hint = word_hint(&out, &s->word[i]);

		if (hint)
			diags_hint(d, from, s->word[i].span, hint);
	}
	strbuf_free(&out);
}
