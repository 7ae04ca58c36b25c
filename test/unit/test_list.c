/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

struct item {
	int n;
	struct list link;
};

static int digits(struct list *head)
{
	struct item *it;
	int v = 0;

	list_for_each(it, head, link)
		v = v * 10 + it->n;
	return v;
}

static void test_order(void **state)
{
	struct item items[4] = {{.n = 1}, {.n = 2}, {.n = 3}, {.n = 4}};
	struct list head = LIST_INIT(head);
	struct item *it, *tmp;

	(void)state;
	assert_true(list_empty(&head));
	list_add_tail(&head, &items[1].link);
	list_add_tail(&head, &items[2].link);
	list_add_head(&head, &items[0].link);
	list_add_tail(&head, &items[3].link);
	assert_int_equal(digits(&head), 1234);
	assert_ptr_equal(list_first(&head, struct item, link), &items[0]);
	list_for_each_safe(it, tmp, &head, link)
		if (it->n % 2)
			list_del(&it->link);
	assert_int_equal(digits(&head), 24);
	list_del(&items[0].link);
	assert_int_equal(digits(&head), 24);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
