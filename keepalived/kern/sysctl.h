/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Port to the settings of interfaces under /proc/sys/net. CAP_NET_ADMIN in the network namespace is
 * enough to write them, whoever owns the files.
 */
#ifndef KERN_SYSCTL_H
#define KERN_SYSCTL_H

#include "lib/base.h"

/* Both: 0 or -errno (-ENOENT: no such interface or setting; -EROFS: /proc/sys is read-only). */
struct sysctl {
	int (*get)(const struct sysctl *, int family, const char *ifname, const char *name,
		int *value);
	int (*set)(
		const struct sysctl *, int family, const char *ifname, const char *name, int value);
};

extern const struct sysctl sysctl_kernel;

#endif
