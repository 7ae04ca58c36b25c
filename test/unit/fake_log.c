/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test/unit/fake_log.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/log.h"
#include "lib/str.h"

/* The hook has no context of its own. */
static struct strbuf lines;

void fake_log_line(int priority UNUSED, const char *line)
{
	strbuf_printf(&lines, "%s\n", line);
}

void fake_log_begin(void)
{
	strbuf_reset(&lines);
	log_set_hook(fake_log_line);
}

void fake_log_end(void)
{
	log_set_hook(NULL);
	strbuf_free(&lines);
}

void fake_log_reset(void)
{
	strbuf_reset(&lines);
}

unsigned logged(const char *part)
{
	const char *p = strbuf_str(&lines);
	unsigned n = 0;

	while ((p = strstr(p, part))) {
		n++;
		p++;
	}
	return n;
}

void assert_logged(const char *part)
{
	if (!logged(part))
		fail_msg("not logged: %s\nbut: %s", part, strbuf_str(&lines));
}

void assert_log(const char *want)
{
	assert_string_equal(strbuf_str(&lines), want);
	strbuf_reset(&lines);
}
