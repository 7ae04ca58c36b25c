/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings of interfaces in memory behind kern/sysctl.h; each is 0 until it is set. */
#ifndef TEST_FAKE_SYSCTL_H
#define TEST_FAKE_SYSCTL_H

#include "keepalived/kern/sysctl.h"

struct fake_sysctl;

struct fake_sysctl *fake_sysctl_new(void);
void fake_sysctl_free(struct fake_sysctl *);
const struct sysctl *fake_sysctl_port(struct fake_sysctl *);
void fake_sysctl_fail(struct fake_sysctl *, int error); /* every access; 0: success */
void fake_sysctl_put(struct fake_sysctl *, const char *ifname, const char *name, int value);
int fake_sysctl_value(const struct fake_sysctl *, const char *ifname, const char *name);

#endif
