/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Running in a named network namespace (ip-netns(8)). */
#ifndef KEEPALIVED_CORE_NETNS_H
#define KEEPALIVED_CORE_NETNS_H

/*
 * Enters /run/netns/NAME with a mount namespace of its own, in which /run/keepalived is
 * /run/keepalived/NAME of the outside. 0 or -errno; *step names what failed.
 */
int netns_enter(const char *name, const char **step);
void netns_leave(const char *name); /* removes the directory, if nobody else has something in it */

#endif
