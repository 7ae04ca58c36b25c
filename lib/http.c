/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reader looks at the head byte by byte, with two small memories: how much of CR LF CR LF has
 * just been seen, and the beginning of the current line, enough for a status line and for a
 * Content-Length. Longer lines are cut, which hurts neither.
 */
#include "lib/http.h"

#include <string.h>

static const char head_end[4] = "\r\n\r\n";
static const char length_name[] = "Content-Length:";

void http_start(struct http_reader *r,
	void (*part)(struct http_reader *, enum http_part, const void *bytes, size_t n))
{
	*r = (struct http_reader){.part = part, .first_line = true};
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* HTTP/1.1 200 OK (RFC 9112, 4); the words after the code do not matter. */
static unsigned status_of(const char *line)
{
	const char *p;

	if (strncmp(line, "HTTP/", 5) != 0)
		return 0;
	p = strchr(line, ' ');
	if (!p)
		return 0;
	p += strspn(p, " ");
	if (p[0] < '1' || p[0] > '9' || !is_digit(p[1]) || !is_digit(p[2]) || is_digit(p[3]))
		return 0;
	return (p[0] - '0') * 100 + (p[1] - '0') * 10 + (p[2] - '0');
}

static bool length_of(const char *text, uint64_t *length)
{
	uint64_t n = 0;
	const char *p = text + strspn(text, " \t");

	if (!is_digit(*p))
		return false;
	for (; is_digit(*p); p++) {
		if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, *p - '0', &n))
			return false;
	}
	p += strspn(p, " \t");
	*length = n;
	return *p == '\0';
}

static void line_ended(struct http_reader *r)
{
	if (r->line_len && r->line[r->line_len - 1] == '\r')
		r->line_len--;
	r->line[r->line_len] = '\0';
	if (r->first_line)
		r->status = status_of(r->line);
	else if (!r->has_length && strncmp(r->line, length_name, sizeof(length_name) - 1) == 0)
		r->has_length = length_of(r->line + sizeof(length_name) - 1, &r->length);
	r->first_line = false;
	r->line_len = 0;
}

/* Returns how many bytes belong to the head. */
static size_t feed_head(struct http_reader *r, const char *p, size_t n)
{
	size_t i = 0;

	while (i < n && !r->in_body && r->state == HTTP_READING) {
		char c = p[i++];

		if (c == '\n')
			line_ended(r);
		else if (r->line_len < sizeof(r->line) - 1)
			r->line[r->line_len++] = c;
		r->end_match = c == head_end[r->end_match] ? r->end_match + 1 : c == '\r';
		if (++r->head_bytes > HTTP_HEAD_MAX)
			r->state = HTTP_HEAD_TOO_LONG;
		else if (r->end_match == sizeof(head_end))
			r->in_body = true;
	}
	if (i && r->part)
		r->part(r, HTTP_PART_HEAD, p, i);
	return i;
}

enum http_state http_feed(struct http_reader *r, const void *bytes, size_t n)
{
	const char *p = bytes;

	if (r->state == HTTP_READING && !r->in_body) {
		size_t head = feed_head(r, p, n);

		p += head;
		n -= head;
	}
	if (r->state == HTTP_READING && r->in_body) {
		uint64_t left = r->has_length ? r->length - r->body_bytes : UINT64_MAX;
		size_t take = MIN(n, left);

		r->body_bytes += take;
		if (take && r->part)
			r->part(r, HTTP_PART_BODY, p, take);
		n -= take;
		if (r->has_length && r->body_bytes == r->length)
			r->state = HTTP_DONE;
	}
	if (r->state == HTTP_DONE)
		r->extra_bytes += n;
	return r->state;
}

enum http_state http_eof(struct http_reader *r)
{
	if (r->state != HTTP_READING)
		return r->state;
	if (r->in_body)
		r->state = HTTP_DONE;
	else
		r->state = r->head_bytes ? HTTP_HEAD_CUT : HTTP_NO_REPLY;
	return r->state;
}

bool http_length_differs(const struct http_reader *r)
{
	return r->state == HTTP_DONE && r->has_length &&
	       (r->body_bytes != r->length || r->extra_bytes);
}

void http_request(struct strbuf *b, enum http_protocol protocol, const char *path, const char *host)
{
	strbuf_printf(b,
		"GET %s HTTP/1.%c\r\n"
		"User-Agent: KeepAliveClient\r\n"
		"%s"
		"Host: %s\r\n"
		"\r\n",
		path, protocol == HTTP_PROTOCOL_11 ? '1' : '0',
		protocol == HTTP_PROTOCOL_10 ? "" : "Connection: close\r\n", host);
}
