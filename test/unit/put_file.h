/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that a test reads. */
#ifndef TEST_UNIT_PUT_FILE_H
#define TEST_UNIT_PUT_FILE_H

#include <stdio.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static inline void put_file(const char *dir, const char *name, const char *contents)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(contents, f);
	fclose(f);
}

#endif
