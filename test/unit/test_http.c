/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The HTTP reader: replies in every cut, lies about the length, heads that never end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "lib/http.h"

struct reply {
	const char *name, *bytes;
	enum http_state state; /* after the end of the connection */
	unsigned status;
	const char *body;
	bool differs;
};

static const struct reply replies[] = {
	{"plain", "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", HTTP_DONE, 200, "hello",
		false},
	{"no length", "HTTP/1.1 404 Not Found\r\n\r\nhello", HTTP_DONE, 404, "hello", false},
	{"empty body", "HTTP/1.1 204 No Content\r\n\r\n", HTTP_DONE, 204, "", false},
	{"length 0", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", HTTP_DONE, 200, "", false},
	{"too short", "HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\nhello", HTTP_DONE, 200, "hello",
		true},
	{"too long", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhello", HTTP_DONE, 200, "he",
		true},
	{"name in lower case", "HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nhello", HTTP_DONE, 200,
		"hello", false},
	{"first length counts",
		"HTTP/1.0 200 OK\r\nContent-Length: 2\r\nContent-Length: 4\r\n\r\nhello", HTTP_DONE,
		200, "he", true},
	{"length is no number", "HTTP/1.0 200 OK\r\nContent-Length: 2x\r\n\r\nhello", HTTP_DONE,
		200, "hello", false},
	{"length is negative", "HTTP/1.0 200 OK\r\nContent-Length: -2\r\n\r\nhello", HTTP_DONE, 200,
		"hello", false},
	{"length does not fit",
		"HTTP/1.0 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\nhello",
		HTTP_DONE, 200, "hello", false},
	{"greatest length", "HTTP/1.0 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\nhello",
		HTTP_DONE, 200, "hello", true},
	{"blanks around the length", "HTTP/1.0 200 OK\r\nContent-Length: \t 2 \r\n\r\nhello",
		HTTP_DONE, 200, "he", true},
	{"chunks stay", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n0\r\n\r\n",
		HTTP_DONE, 200, "2\r\nhe\r\n0\r\n\r\n", false},
	{"no status line", "hello\r\n\r\nworld", HTTP_DONE, 0, "world", false},
	{"code too long", "HTTP/1.0 2000 OK\r\n\r\n", HTTP_DONE, 0, "", false},
	{"code too short", "HTTP/1.0 20 OK\r\n\r\n", HTTP_DONE, 0, "", false},
	{"code starts with 0", "HTTP/1.0 020 OK\r\n\r\n", HTTP_DONE, 0, "", false},
	{"code without words", "HTTP/1.0 503\r\n\r\n", HTTP_DONE, 503, "", false},
	{"lf alone does not end the head", "HTTP/1.0 200 OK\n\nhello", HTTP_HEAD_CUT, 200, "",
		false},
	{"cr cr lf cr lf", "HTTP/1.0 200 OK\r\r\n\r\nx", HTTP_DONE, 200, "x", false},
	{"nothing", "", HTTP_NO_REPLY, 0, "", false},
	{"one byte", "H", HTTP_HEAD_CUT, 0, "", false},
	{"head cut", "HTTP/1.0 200 OK\r\nServer: x\r\n", HTTP_HEAD_CUT, 200, "", false},
	{"zero bytes in the head", "HTTP/1.0 200 OK\r\nX: y\r\n\r\nz", HTTP_DONE, 200, "z", false},
};

struct seen {
	struct http_reader reader;
	struct strbuf head, body;
};

static void part(struct http_reader *r, enum http_part part, const void *bytes, size_t n)
{
	struct seen *seen = container_of(r, struct seen, reader);

	assert_true(n > 0);
	if (part == HTTP_PART_HEAD)
		assert_int_equal(seen->body.len, 0);
	strbuf_add(part == HTTP_PART_HEAD ? &seen->head : &seen->body, bytes, n);
}

static void feed_in_pieces(struct seen *seen, const char *bytes, size_t n, size_t piece)
{
	http_start(&seen->reader, part);
	for (size_t at = 0; at < n; at += piece)
		http_feed(&seen->reader, bytes + at, MIN(piece, n - at));
	http_eof(&seen->reader);
}

static void check_reply(const struct reply *want, size_t piece)
{
	struct seen seen = {0};

	feed_in_pieces(&seen, want->bytes, strlen(want->bytes), piece);
	if (seen.reader.state != want->state || seen.reader.status != want->status ||
		strcmp(strbuf_str(&seen.body), want->body) != 0 ||
		http_length_differs(&seen.reader) != want->differs)
		fail_msg("%s in pieces of %zu: state %d status %u body '%s'", want->name, piece,
			seen.reader.state, seen.reader.status, strbuf_str(&seen.body));
	assert_int_equal(seen.reader.body_bytes, strlen(want->body));
	assert_memory_equal(strbuf_str(&seen.head), want->bytes, seen.head.len);
	strbuf_free(&seen.head);
	strbuf_free(&seen.body);
}

static void test_replies(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(replies); i++)
		for (size_t piece = 1; piece < 90; piece++)
			check_reply(&replies[i], piece);
}

static void test_done_before_the_end(void **state UNUSED)
{
	static const char reply[] = "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhe";
	struct http_reader r;

	http_start(&r, NULL);
	assert_int_equal(http_feed(&r, reply, sizeof(reply) - 2), HTTP_READING);
	assert_int_equal(http_feed(&r, "e", 1), HTTP_DONE);
	assert_false(http_length_differs(&r));
	assert_int_equal(http_feed(&r, "more", 4), HTTP_DONE);
	assert_int_equal(r.extra_bytes, 4);
	assert_int_equal(http_eof(&r), HTTP_DONE);
	assert_true(http_length_differs(&r));
}

static void test_endless_head(void **state UNUSED)
{
	struct http_reader r;
	char block[1000];

	memset(block, 'x', sizeof(block));
	http_start(&r, NULL);
	http_feed(&r, "HTTP/1.0 200 OK\r\n", 17);
	for (int i = 0; i < 65; i++)
		assert_int_equal(http_feed(&r, block, sizeof(block)), HTTP_READING);
	assert_int_equal(http_feed(&r, block, sizeof(block)), HTTP_HEAD_TOO_LONG);
	assert_int_equal(http_feed(&r, "\r\n\r\n", 4), HTTP_HEAD_TOO_LONG);
	assert_int_equal(http_eof(&r), HTTP_HEAD_TOO_LONG);
	assert_int_equal(r.body_bytes, 0);
}

static void test_long_lines_hide_nothing(void **state UNUSED)
{
	char reply[2048];
	struct http_reader r;
	int n = snprintf(reply, sizeof(reply),
		"HTTP/1.0 200 OK\r\nX-Long: %0*d\r\nContent-Length: 3\r\n\r\nabc", 1000, 7);

	http_start(&r, NULL);
	assert_int_equal(http_feed(&r, reply, n), HTTP_DONE);
	assert_int_equal(r.length, 3);
}

static void test_requests(void **state UNUSED)
{
	static const struct {
		enum http_protocol protocol;
		const char *text;
	} want[] = {
		{HTTP_PROTOCOL_10, "GET /a HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\n"
				   "Host: h:80\r\n\r\n"},
		{HTTP_PROTOCOL_10C, "GET /a HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\n"
				    "Connection: close\r\nHost: h:80\r\n\r\n"},
		{HTTP_PROTOCOL_11, "GET /a HTTP/1.1\r\nUser-Agent: KeepAliveClient\r\n"
				   "Connection: close\r\nHost: h:80\r\n\r\n"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		struct strbuf b = {0};

		http_request(&b, want[i].protocol, "/a", "h:80");
		assert_string_equal(strbuf_str(&b), want[i].text);
		strbuf_free(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replies),
		cmocka_unit_test(test_done_before_the_end),
		cmocka_unit_test(test_endless_head),
		cmocka_unit_test(test_long_lines_hide_nothing),
		cmocka_unit_test(test_requests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
