/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every value goes through before(), which puts what has to stand between it and the last one. */
#include "lib/json.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "lib/utf8.h"

static void new_line(struct json *j)
{
	unsigned i;

	if (!j->indent)
		return;
	strbuf_putc(j->out, '\n');
	for (i = j->depth * j->indent; i; i--)
		strbuf_putc(j->out, ' ');
}

static void before(struct json *j)
{
	if (!j->keyed) {
		if (j->more)
			strbuf_putc(j->out, ',');
		if (j->depth)
			new_line(j);
	}
	j->keyed = false;
	j->more = true;
}

void json_open(struct json *j, char bracket)
{
	uint64_t bit = UINT64_C(1) << j->depth % JSON_DEPTH_MAX;

	assert(j->depth < JSON_DEPTH_MAX);
	before(j);
	strbuf_putc(j->out, bracket);
	j->arrays = bracket == '[' ? j->arrays | bit : j->arrays & ~bit;
	j->depth++;
	j->more = false;
}

void json_close(struct json *j)
{
	assert(j->depth && !j->keyed);
	j->depth--;
	if (j->more)
		new_line(j);
	strbuf_putc(j->out, j->arrays >> j->depth & 1 ? ']' : '}');
	j->more = true;
}

static void put_escaped(struct strbuf *out, unsigned char c)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *which = c ? strchr(from, c) : NULL;

	if (which)
		strbuf_printf(out, "\\%c", to[which - from]);
	else if (c < 0x20 || c == 0x7f)
		strbuf_printf(out, "\\u%04x", c);
	else
		strbuf_putc(out, (char)c);
}

static void put_string(struct strbuf *out, const char *s, size_t n)
{
	size_t len;

	strbuf_putc(out, '"');
	for (; n; s += len, n -= len) {
		if ((unsigned char)*s < 0x80)
			len = 1, put_escaped(out, (unsigned char)*s);
		else if (utf8_decode(s, n, &len))
			strbuf_add(out, s, len);
		else
			strbuf_puts(out, "\xef\xbf\xbd");
	}
	strbuf_putc(out, '"');
}

void json_key(struct json *j, const char *name)
{
	before(j);
	put_string(j->out, name, strlen(name));
	strbuf_puts(j->out, j->indent ? ": " : ":");
	j->keyed = true;
}

void json_strn(struct json *j, const char *s, size_t n)
{
	before(j);
	put_string(j->out, s, n);
}

void json_str(struct json *j, const char *s)
{
	if (s)
		json_strn(j, s, strlen(s));
	else
		json_null(j);
}

void json_number(struct json *j, const char *digits)
{
	before(j);
	strbuf_puts(j->out, digits);
}

void json_uint(struct json *j, uint64_t v)
{
	before(j);
	strbuf_printf(j->out, "%" PRIu64, v);
}

void json_bool(struct json *j, bool v)
{
	json_number(j, v ? "true" : "false");
}

void json_null(struct json *j)
{
	json_number(j, "null");
}
