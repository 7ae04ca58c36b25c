/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/hmap: members are found while they are in, also when hashes collide and the table grows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/hmap.h"

#define MANY 1000

struct member {
	struct hmap_item item;
	uint32_t key;
};

static struct member *find(const struct hmap *m, uint32_t key, uint32_t hash)
{
	struct hmap_item *it = hmap_first(m, hash);

	for (; it; it = hmap_next(it))
		if (container_of(it, struct member, item)->key == key)
			return container_of(it, struct member, item);
	return NULL;
}

static void test_empty(void **state)
{
	struct hmap m = {0};
	struct member one = {0};

	(void)state;
	assert_null(hmap_first(&m, 1));
	hmap_del(&m, &one.item);
	hmap_free(&m);
}

static void test_many(void **state)
{
	static struct member all[MANY];
	struct hmap m = {0};
	uint32_t i;

	(void)state;
	for (i = 0; i < MANY; i++) {
		all[i].key = i;
		hmap_add(&m, &all[i].item, i % 7 ? hmap_hash(&i, sizeof(i), 0) : 42);
	}
	assert_int_equal(m.n, MANY);
	for (i = 0; i < MANY; i += 2) {
		hmap_del(&m, &all[i].item);
		hmap_del(&m, &all[i].item);
	}
	assert_int_equal(m.n, MANY / 2);
	for (i = 0; i < MANY; i++) {
		struct member *found = find(&m, i, i % 7 ? hmap_hash(&i, sizeof(i), 0) : 42);

		assert_ptr_equal(found, i % 2 ? &all[i] : NULL);
	}
	hmap_free(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
