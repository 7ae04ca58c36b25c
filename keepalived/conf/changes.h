/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a reload from one configuration to another would do, object by object: the same comparison
 * that the running processes make (lib/schema.h), put into words.
 */
#ifndef KEEPALIVED_CONF_CHANGES_H
#define KEEPALIVED_CONF_CHANGES_H

#include <stdio.h>

#include "keepalived/conf/conf.h"
#include "lib/json.h"

/* A keyword, or an entry of a list, that differs. */
struct change_detail {
	const char *keyword;  /* below its object: "authentication" has no part in "auth_pass" */
	const char *was, *is; /* values as they would be written, secrets masked; NULL: not there */
};

/* An object that differs. What was added or removed stands for all that is inside it. */
struct change {
	const char *const
		*path; /* "virtual_server [10.0.0.1]:TCP:80", "real_server ..."; NULL ends */
	enum schema_change how;
	struct change_detail *details;
	unsigned n_details;
};

struct changes {
	struct arena *arena;
	struct change *at;
	unsigned n;
};

/* Never NULL; nothing is borrowed from the trees. */
struct changes *changes_between(const struct conf *old, const struct conf *new);
void changes_free(struct changes *);

void changes_print(const struct changes *, FILE *);             /* silent when there are none */
void changes_print_json(const struct changes *, struct json *); /* one array */

#endif
