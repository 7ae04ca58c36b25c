/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Without pidfds everything is to go the same way: a group of tests runs with them and without. */
#ifndef TEST_UNIT_BOTH_KERNELS_H
#define TEST_UNIT_BOTH_KERNELS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/loop.h"

static bool old_kernel; /* loops have no pidfds */

/* A loop that was just made becomes one of the kernel whose turn it is. */
static inline struct loop *on_this_kernel(struct loop *loop)
{
	if (old_kernel)
		loop_pretend_old_kernel(loop);
	return loop;
}

static inline int take_new_kernel(void **state)
{
	(void)state;
	old_kernel = false;
	return 0;
}

static inline int take_old_kernel(void **state)
{
	(void)state;
	old_kernel = true;
	return 0;
}

/* Both groups run, whatever becomes of one. The number of failures. */
#define run_on_both_kernels(tests)                              \
	(cmocka_run_group_tests(tests, take_new_kernel, NULL) + \
		cmocka_run_group_tests(tests, take_old_kernel, NULL))

#endif
