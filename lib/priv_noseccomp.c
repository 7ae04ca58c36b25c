/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A build without libseccomp: no_new_privs and the missing capabilities have to do. */
#include "lib/priv_exec.h"

int priv_forbid_exec(void)
{
	return 0;
}
