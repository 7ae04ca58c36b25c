/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values that several blocks share: scripts, lists of words, "not said". */
#ifndef KEEPALIVED_CONF_VALUES_H
#define KEEPALIVED_CONF_VALUES_H

#include "lib/schema.h"

/* Off, on, or "not said": the default then comes from elsewhere (rules.c settles it). */
enum tristate { TRI_UNSET = -1, TRI_OFF = 0, TRI_ON = 1 };

/*
 * A command line. Children never see the command as something to run: they send `id` to the
 * parent, which looks it up in the table that the loader made from the same text.
 */
struct script_conf {
	uint32_t id;         /* index into conf.scripts */
	const char *command; /* as written, for messages and logs */
	int argc;
	const char *const *argv;
	const char *user;    /* NULL: script_user */
	const char *group;   /* NULL: the user's; "" after a bare ':' */
	bool groups;         /* supplementary groups too (":group") */
	bool test_open;      /* "</path": success when the file opens */
	bool idle;           /* belongs to a vrrp_script that nobody tracks */
	struct span span;
};

struct name_conf { /* a member of a plain list of words */
	struct node node; /* node.name is the word */
};

struct garp_extra { /* announcements from the other interfaces that carry addresses */
	ktime interval; /* 0: none */
	bool all;
};

#endif
