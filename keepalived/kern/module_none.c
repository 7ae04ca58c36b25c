/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A build without libkmod: the kernel loads what it can when it is asked for it. */
#include "keepalived/kern/module.h"

int module_load(const char *name)
{
	(void)name;
	return 0;
}
