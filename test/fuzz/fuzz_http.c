/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The HTTP reader on any bytes, in pieces whose sizes the first byte chooses: the parts it hands
 * out are the bytes that went in, in order, and its counts are theirs.
 */
#include <stdlib.h>

#include "lib/http.h"

struct seen {
	struct http_reader reader;
	size_t head, body;
};

static void part(struct http_reader *r, enum http_part part, const void *bytes, size_t n)
{
	struct seen *seen = container_of(r, struct seen, reader);
	const volatile char *p = bytes;

	(void)p[0];
	(void)p[n - 1];
	*(part == HTTP_PART_HEAD ? &seen->head : &seen->body) += n;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	size_t piece = n ? bytes[0] % 64 + 1 : 1;
	struct seen seen = {0};

	http_start(&seen.reader, part);
	for (size_t at = 1; at < n; at += piece)
		http_feed(&seen.reader, bytes + at, MIN(piece, n - at));
	if (http_eof(&seen.reader) == HTTP_READING)
		abort();
	if (seen.body != seen.reader.body_bytes || seen.head != seen.reader.head_bytes)
		abort();
	if (seen.reader.has_length && seen.body > seen.reader.length)
		abort();
	if (seen.reader.status && (seen.reader.status < 100 || seen.reader.status > 999))
		abort();
	return 0;
}
