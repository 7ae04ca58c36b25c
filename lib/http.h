/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads one HTTP reply: bytes in, parts out. It keeps no body and no more than one short line of
 * the head, asks nothing of any socket and never allocates.
 *
 * What counts as the body is what keepalived and genhash have always digested: the bytes after the
 * first CR LF CR LF, up to Content-Length or else to the end of the connection. A chunked coding is
 * left in place, and the header's name is compared with its case, because digests that stand in
 * configurations were made that way.
 */
#ifndef LIB_HTTP_H
#define LIB_HTTP_H

#include "lib/str.h"

#define HTTP_HEAD_MAX (64 * 1024) /* bytes before the body; longer is refused */

enum http_state {
	HTTP_READING,       /* wants more bytes */
	HTTP_DONE,          /* the reply is complete */
	HTTP_NO_REPLY,      /* ended before the first byte */
	HTTP_HEAD_CUT,      /* ended inside the head */
	HTTP_HEAD_TOO_LONG, /* HTTP_HEAD_MAX passed without an end of the head */
};

enum http_part { HTTP_PART_HEAD, HTTP_PART_BODY };

struct http_reader {
	enum http_state state;
	unsigned status;      /* 100..999; 0: the first line is no HTTP status line */
	bool has_length;      /* a Content-Length that is a number came; the first one counts */
	uint64_t length;      /* its value */
	uint64_t body_bytes;  /* of the body so far; never beyond length */
	uint64_t extra_bytes; /* that came after the length was reached; not part of the body */
	/* private */
	void (*part)(struct http_reader *, enum http_part, const void *bytes, size_t n);
	uint32_t head_bytes;
	uint8_t end_match; /* bytes of CR LF CR LF seen */
	uint8_t line_len;
	bool in_body, first_line;
	char line[56];
};

/*
 * part is called from http_feed with each run of bytes in order, head (its final CR LF CR LF
 * included) before body; NULL is fine.
 */
void http_start(struct http_reader *,
	void (*part)(struct http_reader *, enum http_part, const void *bytes, size_t n));
/* Takes all bytes. Bytes after the end are counted as extra. */
enum http_state http_feed(struct http_reader *, const void *bytes, size_t n);
/* The connection has ended; afterwards the state is never HTTP_READING. */
enum http_state http_eof(struct http_reader *);
/* The length that was announced is not what came: too few bytes at the end, or too many. */
bool http_length_differs(const struct http_reader *);

enum http_protocol { HTTP_PROTOCOL_10, HTTP_PROTOCOL_10C, HTTP_PROTOCOL_11 };

/* Appends a GET. host goes into the Host header as it is. */
void http_request(struct strbuf *, enum http_protocol, const char *path, const char *host);

#endif
