/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Templates of log lines; see say.h. */
#include "keepalived/vrrp/say.h"

#include <inttypes.h>
#include <stdio.h>

void vrrp_say(char *buf, size_t size, const char *name, const char *text, const struct say *v)
{
	const struct addr *const *addr = v->addr;
	const int64_t *number = v->number;
	char word[ADDR_STRLEN];
	size_t used = 0;

	if (size)
		buf[0] = '\0';
	if (name)
		used = (size_t)snprintf(buf, size, "(%s) ", name);
	for (; *text && used < size; text++) {
		const char *add = word;

		if (*text == '@' && addr < v->addr + ARRAY_SIZE(v->addr))
			add = addr_str(*addr++, word);
		else if (*text == '#' && number < v->number + ARRAY_SIZE(v->number))
			snprintf(word, sizeof(word), "%" PRId64, *number++);
		else if (*text == '$' && number < v->number + ARRAY_SIZE(v->number))
			snprintf(word, sizeof(word), "%06" PRId64, *number++);
		else
			snprintf(word, sizeof(word), "%c", *text);
		used += (size_t)snprintf(buf + used, size - used, "%s", add);
	}
}
