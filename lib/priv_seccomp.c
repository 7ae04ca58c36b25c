/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/priv_exec.h"

#include <errno.h>
#include <seccomp.h>

#include "lib/base.h"

int priv_forbid_exec(void)
{
	static const int calls[] = {SCMP_SYS(execve), SCMP_SYS(execveat)};
	scmp_filter_ctx filter;
	size_t i;
	int err = 0;

	filter = seccomp_init(SCMP_ACT_ALLOW);
	if (!filter)
		return -ENOMEM;
	/* Without this, older kernels turn off speculation for every process with a filter. */
	seccomp_attr_set(filter, SCMP_FLTATR_CTL_SSB, 1);
	for (i = 0; !err && i < ARRAY_SIZE(calls); i++)
		err = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), calls[i], 0);
	if (!err)
		err = seccomp_load(filter);
	seccomp_release(filter);
	return err;
}
