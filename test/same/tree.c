/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prints the tree of each configuration file named, defaults included, and its messages: what must
 * come out the same whatever compiler and word size made this program.
 */
#include <stdio.h>

#include "keepalived/conf/conf.h"
#include "lib/log.h"
#include "lib/text.h"

/* lib/diag can write to the log as well; here nobody does. */
void log_msg(int priority, const char *fmt, ...)
{
	(void)priority;
	(void)fmt;
}

static void print(const char *path)
{
	struct source_options options = {.config_id = "host"};
	struct diags *diags = diags_new();
	struct strbuf out = {0};
	int err;
	struct text *text = source_read(path, &options, diags, &err);
	struct conf *conf = conf_parse(text, diags);

	schema_print(&out, &conf->node, PRINT_DEFAULTS | PRINT_SECRETS);
	printf("== %s\n%s", path, strbuf_str(&out));
	diags_print(diags, text, stdout);
	strbuf_free(&out);
	conf_free(conf);
	text_free(text);
	diags_free(diags);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		print(argv[i]);
	return 0;
}
