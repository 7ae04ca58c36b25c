/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keywords of MISC_CHECK. */
#include "keepalived/conf/checker_rows.h"

#define M struct misc_check

#define TIMEOUT_MAX 4294 /* seconds */

static bool misc_close(struct parse *p, struct node *n)
{
	M *m = (M *)n;

	if (!m->script) {
		if (!schema_meant(n, "misc_path"))
			diag_error(p->diags, n->span, "MISC_CHECK: no misc_path - dropped");
		return false;
	}
	if (m->user)
		script_set_user((struct script_conf *)(uintptr_t)m->script, m->user, m->group);
	checker_name(p, &m->check);
	return true;
}

/* Whole seconds; rubbish behind the number is an error, but the number counts. */
static int timeout_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	static const struct kw seconds = {
		.name = "misc_timeout", .max = TIMEOUT_MAX, .flags = KW_LENIENT};
	int64_t v;

	(void)n;
	(void)kw;
	if (!type_number(p, &seconds, &s->word[1], &v))
		return -1;
	*(ktime *)field = SEC(v);
	return 0;
}

/* A fraction cannot have been written: it is inherited. */
static bool timeout_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	return *(const ktime *)field % SEC(1) == 0 && codec_time.print(out, kw, field);
}

static const struct codec codec_timeout = {
	.name = "uint",
	.words = 1,
	.most = 1,
	.parse = timeout_parse,
	.print = timeout_print,
	.equal = type_same_bytes,
};

static const struct kw misc_kw[] = {
	WHEN_ROWS("0", "1 s"),
	{.name = "misc_path",
		.codec = &codec_script_only,
		KW_AT(M, script, KW_IS(M, script, const struct script_conf *)),
		.flags = KW_RESTART | KW_SCRIPT | KW_NO_DEFAULT | KW_M0,
		.args = "<script>",
		.doc = "Command; status 0 is good."},
	{.name = "misc_timeout",
		.codec = &codec_timeout,
		KW_AT(M, timeout, KW_IS(M, timeout, ktime)),
		.res = SEC(1),
		.max = SEC(TIMEOUT_MAX),
		.flags = KW_RESTART,
		.unit = "seconds",
		.args = "<uint>",
		.deflt = "delay_loop of the virtual server",
		.doc = "Run time after which the command is killed."},
	KW_SET("misc_dynamic", M, dynamic, KW_RESTART,
		"Status 2 to 255 is good and sets the weight to status - 2."),
	KW_USER(M, user, group, KW_RESTART | KW_M0, "User to run as."),
};

const struct block misc_block = CHECKER("MISC_CHECK", misc_kw, M, misc_close);
