/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A configuration from a string, with its messages, for tests. */
#ifndef TEST_UNIT_CONF_FIXTURE_H
#define TEST_UNIT_CONF_FIXTURE_H

#include <stdio.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "keepalived/conf/conf.h"
#include "lib/facts.h"
#include "lib/text.h"

struct fixture {
	struct diags *diags;
	struct text *text;
	struct conf *conf;
};

/* ask: answers for names of this machine; NULL: there are none. */
static inline struct fixture read_conf_asking(facts_ask *ask, const char *conf)
{
	static const struct source_options options = {.config_id = "here"};
	struct fixture f = {.diags = diags_new()};

	f.text = source_from_memory("t", conf, strlen(conf), &options, f.diags);
	facts_use(f.text->facts, ask);
	f.conf = conf_parse(f.text, f.diags);
	return f;
}

static inline struct fixture read_conf(const char *conf)
{
	return read_conf_asking(NULL, conf);
}

/* One that is without errors. */
static inline struct fixture read_good_conf(const char *conf)
{
	struct fixture f = read_conf(conf);

	if (diags_of_level(f.diags, DIAG_ERROR))
		diags_print(f.diags, f.text, stderr);
	assert_int_equal(diags_of_level(f.diags, DIAG_ERROR), 0);
	return f;
}

static inline void end(struct fixture *f)
{
	conf_free(f->conf);
	text_free(f->text);
	diags_free(f->diags);
}

#endif
