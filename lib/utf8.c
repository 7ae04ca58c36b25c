/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decoding with every check that RFC 3629 asks for. */
#include "lib/utf8.h"

uint32_t utf8_decode(const char *p, size_t n, size_t *len)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned char c = (unsigned char)*p;
	uint32_t u;
	size_t i;

	*len = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
	if (*len == 1)
		return c;
	if (!*len || *len > n)
		return *len = 1, 0;
	u = c & (0x7fu >> *len);
	for (i = 1; i < *len; i++) {
		if (((unsigned char)p[i] & 0xc0) != 0x80)
			return *len = 1, 0;
		u = u << 6 | ((unsigned char)p[i] & 0x3f);
	}
	if (u < least[*len] || u > 0x10ffff || (u >= 0xd800 && u < 0xe000))
		return *len = 1, 0;
	return u;
}
