/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing JSON (RFC 8259) into a buffer, value by value:
 *
 *	struct json j = {.out = &buf, .indent = 2};
 *
 *	json_open(&j, '{');
 *	json_key(&j, "name"), json_str(&j, "VI_1");
 *	json_key(&j, "vips"), json_open(&j, '['), json_close(&j);
 *	json_close(&j);
 *
 * Commas, line ends and escapes are put by the writer; bytes that are no UTF-8 become U+FFFD. In
 * objects every value needs its key before it. What is outermost ends without a line end.
 */
#ifndef LIB_JSON_H
#define LIB_JSON_H

#include "lib/str.h"

#define JSON_DEPTH_MAX 64

struct json {
	struct strbuf *out;
	unsigned indent; /* blanks per level; 0: everything on one line */
	/* private */
	uint64_t arrays; /* a bit per level: '[' or '{' */
	unsigned depth;
	bool more, keyed;
};

void json_open(struct json *, char bracket); /* '{' or '[' */
void json_close(struct json *);              /* what was opened last */
void json_key(struct json *, const char *name);
void json_str(struct json *, const char *s); /* NULL: null */
void json_strn(struct json *, const char *s, size_t n);
void json_uint(struct json *, uint64_t v);
/* A number as text, which the caller has made: digits, '.', 'e'. */
void json_number(struct json *, const char *digits);
void json_bool(struct json *, bool v);
void json_null(struct json *);

#endif
