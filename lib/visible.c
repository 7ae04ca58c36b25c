/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which characters are seen, and how wide they are. */
#include "lib/visible.h"

#include <string.h>

#include "lib/utf8.h"

struct range {
	uint32_t first, last;
};

static bool in_ranges(uint32_t u, const struct range *r, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (u >= r[i].first && u <= r[i].last)
			return true;
	return false;
}

/* Characters that take no room, look like a blank, or turn the direction of the line. */
static const struct range unseen[] = {
	{0x00, 0x08},
	{0x0a, 0x1f},
	{0x7f, 0xa0},
	{0xad, 0xad},
	{0x61c, 0x61c},
	{0x1680, 0x1680},
	{0x180e, 0x180e},
	{0x2000, 0x200f},
	{0x2028, 0x202f},
	{0x205f, 0x206f},
	{0x3000, 0x3000},
	{0xfe00, 0xfe0f},
	{0xfeff, 0xfeff},
	{0xfff9, 0xfffb},
	{0xe0000, 0xe0fff},
};

/* Characters two columns wide in a terminal (Unicode TR 11, roughly). */
static const struct range wide[] = {
	{0x1100, 0x115f},
	{0x2e80, 0xa4cf},
	{0xac00, 0xd7a3},
	{0xf900, 0xfaff},
	{0xfe30, 0xfe6f},
	{0xff01, 0xff60},
	{0xffe0, 0xffe6},
	{0x1f300, 0x1faff},
	{0x20000, 0x3fffd},
};

bool is_unseen(uint32_t u)
{
	return in_ranges(u, unseen, ARRAY_SIZE(unseen));
}

unsigned put_visible_char(struct strbuf *out, const char *p, size_t n, size_t *len)
{
	uint32_t u = utf8_decode(p, n, len);
	size_t before = out->len;

	if (!u || (u < 0x80 && is_unseen(u)))
		strbuf_printf(out, "\\x%02x", (unsigned char)*p);
	else if (is_unseen(u))
		strbuf_printf(out, "<U+%04X>", u);
	else
		strbuf_add(out, p, *len);
	if (out->len - before > *len)
		return (unsigned)(out->len - before);
	if (u == '\t' || (u >= 0x300 && u <= 0x36f)) /* combining marks */
		return 0;
	return in_ranges(u, wide, ARRAY_SIZE(wide)) ? 2 : 1;
}

void put_visible(struct strbuf *out, const char *s)
{
	size_t n = strlen(s), len;

	for (; n; s += len, n -= len)
		put_visible_char(out, s, n, &len);
}
