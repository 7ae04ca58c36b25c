/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A configuration from a string, with its messages, for tests. */
#ifndef TEST_UNIT_CONF_FIXTURE_H
#define TEST_UNIT_CONF_FIXTURE_H

#include <string.h>

#include "keepalived/conf/conf.h"
#include "lib/text.h"

struct fixture {
	struct diags *diags;
	struct text *text;
	struct conf *conf;
};

static struct fixture read_conf(const char *conf)
{
	static const struct source_options options = {.config_id = "here"};
	struct fixture f = {.diags = diags_new()};

	f.text = source_from_memory("t", conf, strlen(conf), &options, f.diags);
	f.conf = conf_parse(f.text, f.diags);
	return f;
}

static void end(struct fixture *f)
{
	conf_free(f->conf);
	text_free(f->text);
	diags_free(f->diags);
}

#endif
