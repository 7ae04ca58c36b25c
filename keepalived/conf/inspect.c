/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keepalived/conf/inspect.h"

#include <stdlib.h>

#include "keepalived/conf/changes.h"

#define JSON_INDENT 2

enum { DIFF_NONE = 0, DIFF_SOME = 1, DIFF_REFUSED = 2 };

struct loaded_conf {
	struct diags *diags;
	struct text *text;
	struct conf *conf;
	struct load_result *result;
};

static struct loaded_conf load_file(const struct load_options *o)
{
	struct loaded_conf l = {.diags = diags_new()};

	l.result = load_tree(o, l.diags, &l.text, &l.conf);
	return l;
}

static void unload(struct loaded_conf *l)
{
	load_free(l->result);
	conf_free(l->conf);
	text_free(l->text);
	diags_free(l->diags);
}

/* ---- messages ---------------------------------------------------------------------------- */

static bool not_of_machine(const struct diag *d, const void *ctx)
{
	(void)ctx;
	return d->kind != DIAG_MACHINE;
}

static bool new_error(const struct diag *d, const void *running)
{
	return load_is_new_error(running, d);
}

int inspect_test(const struct load_options *o, bool json, FILE *out)
{
	struct loaded_conf l = load_file(o);
	int status = l.result->status;

	if (o->offline) {
		diags_keep(l.diags, not_of_machine, NULL);
	} else {
		load_interfaces(l.conf, l.diags);
		load_files(l.conf, l.diags);
	}
	(json ? diags_print_json : diags_print)(l.diags, l.text, out);
	unload(&l);
	return status;
}

/* ---- the configuration in force ---------------------------------------------------------- */

static void put_line(struct strbuf *text, FILE *out)
{
	fputs(strbuf_str(text), out);
	strbuf_free(text);
}

int inspect_dump(const struct load_options *o, bool json, FILE *out)
{
	struct loaded_conf l = load_file(o);
	bool usable = !l.result->unreadable && l.result->status != LOAD_CANNOT_RUN;
	int status = usable ? 0 : l.result->status;
	struct strbuf text = {0};
	struct json j = {.out = &text, .indent = JSON_INDENT};

	diags_print(l.diags, l.text, stderr);
	if (usable && json)
		schema_print_json(&j, &l.conf->node, 0);
	else if (usable)
		schema_print(&text, &l.conf->node, PRINT_DEFAULTS);
	if (usable && json)
		strbuf_putc(&text, '\n');
	put_line(&text, out);
	unload(&l);
	return status;
}

/* ---- what a reload would do -------------------------------------------------------------- */

static int refused(const struct loaded_conf *l, const char *why, bool json, FILE *out)
{
	struct strbuf text = {0};
	struct json j = {.out = &text};

	if (json) {
		json_str(&j, why);
		fprintf(out, "{\"refused\": %s,\n\"messages\": ", text.text);
		diags_print_json(l->diags, l->text, out);
		fprintf(out, "}\n");
	} else {
		fprintf(out, "A reload would be refused: %s\n", why);
		diags_print(l->diags, l->text, out);
	}
	strbuf_free(&text);
	return DIFF_REFUSED;
}

static int print_changes(
	const struct loaded_conf *old, const struct loaded_conf *new, bool json, FILE *out)
{
	struct changes *c = changes_between(old->conf, new->conf);
	int status = c->n ? DIFF_SOME : DIFF_NONE;

	if (json) {
		struct strbuf buf = {0};
		struct json j = {.out = &buf, .indent = JSON_INDENT};

		json_open(&j, '{');
		json_key(&j, "refused"), json_null(&j);
		json_key(&j, "changes"), changes_print_json(c, &j);
		json_close(&j);
		strbuf_putc(&buf, '\n');
		put_line(&buf, out);
	} else {
		changes_print(c, out);
	}
	changes_free(c);
	return status;
}

int inspect_diff(const struct load_options *o, const char *new_path, bool json, FILE *out)
{
	struct load_options next = *o;
	struct loaded_conf old, new;
	const char *why;
	int status;

	next.path = new_path;
	old = load_file(o);
	new = load_file(&next);
	why = load_obstacle(old.result, new.result);
	if (old.result->unreadable) {
		status = refused(&old, "the present configuration cannot be read", json, out);
	} else if (why) {
		diags_keep(new.diags, new_error, old.result);
		status = refused(&new, why, json, out);
	} else {
		status = print_changes(&old, &new, json, out);
	}
	unload(&old);
	unload(&new);
	return status;
}
