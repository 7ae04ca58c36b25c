/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loading kernel modules. Needs CAP_SYS_MODULE, so: before rights are dropped. */
#ifndef KEEPALIVED_KERN_MODULE_H
#define KEEPALIVED_KERN_MODULE_H

/* Loads the module and what it needs. 0 also when it is there already or built in; -errno. */
int module_load(const char *name);

#endif
