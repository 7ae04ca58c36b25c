/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keywords of UDP_CHECK. */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "keepalived/conf/checker_rows.h"

#define D struct udp_check

#define ANY_DIGIT 16

/* ---- bytes in hexadecimal ---------------------------------------------------------------- */

/* 0..15, ANY_DIGIT for X where that is allowed, or -1. */
static int digit(char c, bool any)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = strchr(digits, tolower((unsigned char)c));

	if (any && (c == 'x' || c == 'X'))
		return ANY_DIGIT;
	return at && *at ? (int)(at - digits) : -1;
}

static void put_digit(uint8_t *byte, uint8_t *mask, int d)
{
	*byte = (uint8_t)(*byte << 4 | (d & 15));
	*mask = (uint8_t)(*mask << 4 | 15);
	if (d == ANY_DIGIT)
		*mask &= 0xf0;
}

/*
 * Digits in pairs; a single one before a blank or the end is a byte 0x0n. False: something else
 * was found. The arrays have room for a byte per character.
 */
static bool read_hex(const char *c, bool any, uint8_t *byte, uint8_t *mask, size_t *n)
{
	for (; *c; c++) {
		if (isspace((unsigned char)*c))
			continue;
		byte[*n] = 0;
		mask[*n] = 0xff;
		for (unsigned i = 0; i < 2 && *c && !isspace((unsigned char)*c); i++, c++) {
			int d = digit(*c, any);

			if (d < 0)
				return false;
			put_digit(&byte[*n], &mask[*n], d);
		}
		(*n)++;
		c--;
	}
	return true;
}

/* All words of the line; NULL mask when nothing is left open. Empty when it is no such string. */
static struct hex_bytes read_words(struct parse *p, const struct stmt *s, bool any, bool *ok)
{
	uint8_t *byte, *mask;
	size_t room = 0, n = 0;
	bool open = false;

	for (unsigned i = 1; i < s->n; i++)
		room += s->word[i].s.n;
	byte = arena_alloc(p->arena, room + 1);
	mask = arena_alloc(p->arena, room + 1);
	for (unsigned i = 1; i < s->n; i++)
		if (!read_hex(stmt_word(s, i), any, byte, mask, &n)) {
			*ok = false;
			return (struct hex_bytes){0};
		}
	*ok = n <= UINT16_MAX;
	for (size_t i = 0; i < n; i++)
		open |= mask[i] != 0xff;
	if (!*ok || !n)
		return (struct hex_bytes){0};
	return (struct hex_bytes){byte, open ? mask : NULL, (uint16_t)n};
}

static void print_hex(struct strbuf *out, const struct hex_bytes *h)
{
	static const char digits[] = "0123456789abcdef";

	for (uint16_t i = 0; i < h->n; i++) {
		uint8_t mask = h->mask ? h->mask[i] : 0xff;

		if (i)
			strbuf_putc(out, ' ');
		strbuf_putc(out, mask & 0xf0 ? digits[h->byte[i] >> 4] : 'X');
		strbuf_putc(out, mask & 0x0f ? digits[h->byte[i] & 15] : 'X');
	}
}

static bool same_bytes(const uint8_t *a, const uint8_t *b, size_t n)
{
	return a == b || (a && b && !memcmp(a, b, n));
}

static bool hex_equal(const struct kw *kw, const void *a, const void *b)
{
	const struct hex_bytes *x = a, *y = b;

	(void)kw;
	return x->n == y->n && same_bytes(x->byte, y->byte, x->n) &&
	       same_bytes(x->mask, y->mask, x->n);
}

/* ---- payload, require_reply -------------------------------------------------------------- */

static int payload_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	bool ok;
	struct hex_bytes h = read_words(p, s, false, &ok);

	(void)n;
	if (ok && h.n) {
		*(struct hex_bytes *)field = h;
		return 0;
	}
	diag_error(p->diags, s->word[1].span,
		"%s: not a string of hexadecimal digits ('01 af ...') - ignored", kw->name);
	return -1;
}

static bool payload_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const struct hex_bytes *h = field;

	(void)kw;
	print_hex(out, h);
	return h->n;
}

static const struct codec codec_payload = {
	.name = "hex",
	.words = 1,
	.most = 99,
	.parse = payload_parse,
	.print = payload_print,
	.equal = hex_equal,
};

static int reply_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	bool ok;

	((D *)n)->require_reply = true;
	*(struct hex_bytes *)field = read_words(p, s, true, &ok);
	if (!ok)
		diag_error(p->diags, s->word[1].span,
			"%s: not a string of hexadecimal digits ('01 aX ...', X stands for any) - "
			"any reply will do",
			kw->name);
	return 0;
}

static bool reply_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	(void)kw;
	print_hex(out, field);
	return container_of(field, D, reply)->require_reply;
}

static bool reply_equal(const struct kw *kw, const void *a, const void *b)
{
	return hex_equal(kw, a, b) &&
	       container_of(a, D, reply)->require_reply == container_of(b, D, reply)->require_reply;
}

static const struct codec codec_reply = {
	.name = "hex",
	.words = 0,
	.most = 99,
	.parse = reply_parse,
	.print = reply_print,
	.equal = reply_equal,
};

/* ---- the check --------------------------------------------------------------------------- */

#define REPLY_MAX 255 /* accepted when nothing is said, bytes */

static bool udp_close(struct parse *p, struct node *n)
{
	const D *u = (const D *)n;
	bool max_given = schema_given(n, "max_reply_length");

	if (u->min_reply > u->max_reply)
		diag_error(p->diags,
			schema_place(n, max_given ? "max_reply_length" : "min_reply_length"),
			"UDP_CHECK: min_reply_length %u is above max_reply_length %u: no reply "
			"will do",
			u->min_reply, u->max_reply);
	return checker_close(p, n);
}

static const struct kw udp_kw[] = {
	WHERE_ROWS,
	WHEN_ROWS("1", "1 s"),
	KW_OF("payload", D, payload, struct hex_bytes, codec_payload,
		KW_RESTART | KW_EXCESS | KW_M0, "<hex...>", "random bytes",
		"Datagram that is sent."),
	KW_OF("require_reply", D, reply, struct hex_bytes, codec_reply, KW_RESTART | KW_EXCESS,
		"[<hex...>]", "off",
		"A reply must come and begin with these bytes, X for any digit."),
	KW_UINT("min_reply_length", D, min_reply, 0, UINT16_MAX, 0, KW_RESTART, "bytes", "<uint>",
		"Shortest accepted reply."),
	KW_UINT("max_reply_length", D, max_reply, 0, UINT16_MAX, REPLY_MAX, KW_RESTART, "bytes",
		"<uint>", "Longest accepted reply."),
};

const struct block udp_block = CHECKER("UDP_CHECK", udp_kw, D, udp_close);
