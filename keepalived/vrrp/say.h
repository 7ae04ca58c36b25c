/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Log lines as templates, so that a table of texts needs no code per text. In a template
 *
 *	@	the address, and the second time the other address
 *	#	the next of the numbers
 *	$	the next of the numbers in six digits (microseconds after a point)
 *
 * and everything else stands for itself. The line is cut to size and always terminated.
 */
#ifndef KEEPALIVED_VRRP_SAY_H
#define KEEPALIVED_VRRP_SAY_H

#include "lib/addr.h"

struct say {
	const struct addr *addr[2];
	int64_t number[3];
};

/* "(NAME) " and the text; name NULL: the text alone. */
void vrrp_say(char *buf, size_t size, const char *name, const char *text, const struct say *);

#endif
