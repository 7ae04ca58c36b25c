/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/heap.h"

#include <stdlib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void test_order(void **state)
{
	static const int64_t keys[] = {5, 1, 5, -3, 1};
	static const int want[] = {3, 1, 4, 0, 2};
	struct heap_item items[ARRAY_SIZE(keys)] = {0};
	struct heap h = {0};
	size_t i;

	(void)state;
	assert_null(heap_min(&h));
	for (i = 0; i < ARRAY_SIZE(keys); i++)
		heap_set(&h, &items[i], keys[i]);
	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		assert_ptr_equal(heap_min(&h), &items[want[i]]);
		heap_del(&h, heap_min(&h));
	}
	heap_del(&h, &items[0]);
	assert_null(heap_min(&h));
	heap_free(&h);
}

/* Many random insertions, moves and removals; then everything leaves in order. */
static void test_changes(void **state)
{
	static struct heap_item items[500];
	struct heap h = {0};
	unsigned seed = 1, i;
	int64_t last = INT64_MIN;
	uint32_t slot;

	(void)state;
	for (i = 0; i < 20000; i++) {
		struct heap_item *it = &items[(seed = seed * 1103515245 + 12345) / 65536 % 500];

		if (seed % 3)
			heap_set(&h, it, (int64_t)(seed / 1024 % 1000));
		else
			heap_del(&h, it);
	}
	for (slot = 0; slot < h.n; slot++)
		assert_int_equal(h.items[slot]->slot, slot + 1);
	while (heap_min(&h)) {
		assert_true(heap_min(&h)->key >= last);
		last = heap_min(&h)->key;
		heap_del(&h, heap_min(&h));
	}
	heap_free(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
