/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first owner of a key, through the growth of the table. */
#include "lib/owners.h"

#include <stdio.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define MANY 5000

static const char *key(int i)
{
	static char text[32];

	snprintf(text, sizeof(text), "vip/eth%d/10.0.0.%d", i % 7, i / 7);
	return text;
}

static void first_comes_first(void **state)
{
	static const char us[MANY];
	struct owners *o = owners_new();
	int i;

	(void)state;
	for (i = 0; i < MANY; i++)
		assert_null(owners_claim(o, key(i), &us[i]));
	for (i = 0; i < MANY; i++)
		assert_ptr_equal(owners_claim(o, key(i), "somebody else"), &us[i]);
	assert_null(owners_claim(o, "", us));
	assert_ptr_equal(owners_claim(o, "", "somebody else"), us);
	owners_free(o);
	owners_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_comes_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
