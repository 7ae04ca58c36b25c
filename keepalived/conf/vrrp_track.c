/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries of track_interface and track_script, and vrrp_script. */
#include "keepalived/conf/tables.h"

#define SECONDS_MAX SEC(4294)

/* ---- trackers ---------------------------------------------------------------------------- */

static int word_open(struct parse *p, struct node *n, const struct stmt *s)
{
	(void)p;
	n->name = stmt_word(s, 0);
	return 1;
}

static bool track_if_close(struct parse *p, struct node *n)
{
	const struct nodes *list = n->parent->block == &vrrp_block
					   ? &((struct vrrp_conf *)n->parent)->track_if
					   : &((struct vrrp_group_conf *)n->parent)->track_if;

	if (schema_named(p, list, n->name)) {
		diag_error(p->diags, n->span, "(%s) interface %s is tracked twice - ignored",
			n->parent->name, n->name);
		return false;
	}
	return true;
}

#define TRACK_WEIGHT(st, df)                                                                      \
	{                                                                                         \
		.name = "weight", .codec = &codec_int, KW_AT(st, weight, KW_IS(st, weight, int)), \
		.min = -253, .max = 253, .flags = KW_LENIENT | KW_DROP, .args = "<int>",          \
		.deflt = df, .unit = "priority",                                                  \
		.doc = "Added to the priority while good (above 0) or bad (below 0)."             \
	}

static const struct kw track_if_kw[] = {
	TRACK_WEIGHT(struct track_if_conf, "0: down means FAULT"),
	KW_SET("reverse", struct track_if_conf, reverse, 0, "Up and down change places."),
};

const struct block track_if_block = {
	.name = "@track_interface",
	.kw = track_if_kw,
	.n_kw = ARRAY_SIZE(track_if_kw),
	.size = sizeof(struct track_if_conf),
	.flags = BLOCK_ENTRIES,
	.open = word_open,
	.close = track_if_close,
};

#define T struct track_script_conf

static int given_weight_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	if (codec_int.parse(p, n, kw, field, s))
		return -1;
	container_of(field, T, weight)->weight_given = true;
	return 0;
}

static bool given_weight_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	return container_of(field, T, weight)->weight_given && codec_int.print(out, kw, field);
}

static const struct codec codec_given_weight = {
	"weight", 1, 1, given_weight_parse, given_weight_print, type_same_bytes};

static int reverse_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	(void)p;
	(void)n;
	(void)s;
	*(bool *)field = kw->max;
	container_of(field, T, reverse)->reverse_given = true;
	return 0;
}

static bool reverse_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	(void)out;
	return container_of(field, T, reverse)->reverse_given && *(const bool *)field == kw->max;
}

static const struct codec codec_reverse = {
	"flag", 0, 0, reverse_parse, reverse_print, type_same_bytes};

static bool track_script_close(struct parse *p, struct node *n)
{
	T *t = (T *)n;
	const struct nodes *list = n->parent->block == &vrrp_block
					   ? &((struct vrrp_conf *)n->parent)->track_scripts
					   : &((struct vrrp_group_conf *)n->parent)->track_scripts;

	t->script = (struct vrrp_script_conf *)schema_named(p, &building(p)->vrrp_scripts, n->name);
	if (!t->script) {
		diag_error(p->diags, n->span, "(%s) track script %s not found, ignoring...",
			n->parent->name, n->name);
		return false;
	}
	if (schema_named(p, list, n->name)) {
		diag_error(p->diags, n->span, "(%s) track script %s is listed twice - ignored",
			n->parent->name, n->name);
		return false;
	}
	if (!t->weight_given)
		t->weight = t->script->weight;
	if (!t->reverse_given)
		t->reverse = t->script->reverse;
	return true;
}

static const struct kw track_script_kw[] = {
	{.name = "weight",
		.codec = &codec_given_weight,
		KW_AT(T, weight, KW_IS(T, weight, int)),
		.min = -253,
		.max = 253,
		.flags = KW_LENIENT | KW_NO_DEFAULT,
		.args = "<int>",
		.deflt = "weight of the script",
		.unit = "priority",
		.doc = "Added to the priority while good (above 0) or bad (below 0)."},
	{.name = "reverse",
		.codec = &codec_reverse,
		KW_AT(T, reverse, KW_IS(T, reverse, bool)),
		.max = true,
		.flags = KW_FLAG | KW_NO_DEFAULT,
		.deflt = "as the script",
		.doc = "Good and bad change places."},
	{.name = "noreverse",
		.codec = &codec_reverse,
		KW_AT(T, reverse, KW_IS(T, reverse, bool)),
		.max = false,
		.flags = KW_FLAG | KW_NO_DEFAULT,
		.doc = "They do not, even if the script says so."},
};

const struct block track_script_block = {
	.name = "@track_script",
	.kw = track_script_kw,
	.n_kw = ARRAY_SIZE(track_script_kw),
	.size = sizeof(T),
	.flags = BLOCK_ENTRIES,
	.open = word_open,
	.close = track_script_close,
};

/* ---- vrrp_script ------------------------------------------------------------------------- */

static bool script_close(struct parse *p, struct node *n)
{
	struct vrrp_script_conf *s = (struct vrrp_script_conf *)n;
	struct node *first;

	if (!s->script) {
		if (!schema_given(n, "script"))
			diag_error(p->diags, n->span, "No script set for vrrp_script %s - removing",
				n->name);
		return false;
	}
	if (s->user)
		script_set_user((struct script_conf *)(uintptr_t)s->script, s->user, s->group);
	if (s->timeout < 0)
		s->timeout = s->interval;
	first = schema_named(p, &building(p)->vrrp_scripts, n->name);
	if (!first)
		return true;
	((struct script_conf *)(uintptr_t)s->script)->idle = true;
	diag_also(p->diags,
		diag_warning(p->diags, n->span,
			"vrrp_script %s already defined - this one is not used", n->name),
		first->span, "defined here");
	return false;
}

#define S struct vrrp_script_conf

static const struct kw vrrp_script_kw[] = {
	{.name = "script",
		.codec = &codec_script_only,
		KW_AT(S, script, KW_IS(S, script, const struct script_conf *)),
		.flags = KW_LIVE | KW_SCRIPT | KW_NO_DEFAULT,
		.args = "<script>",
		.doc = "Command; a command that starts with </ tests whether the file opens."},
	KW_TIME("interval", S, interval, MSEC(1), MSEC(1), SECONDS_MAX, SEC(1), KW_LIVE | KW_USE,
		"<decimal>", NULL, "Time between runs."),
	KW_TIME("timeout", S, timeout, MSEC(1), MSEC(1), SECONDS_MAX, -1, KW_LIVE, "<decimal>",
		"interval", "Run time after which it counts as failed and is killed."),
	{.name = "weight",
		.codec = &codec_weight,
		KW_AT(S, weight,
			KW_IS(S, weight, int) &&
				offsetof(S, reverse) == offsetof(S, weight) + sizeof(int)),
		.min = -253,
		.max = 253,
		.flags = KW_EVENT | KW_LENIENT | KW_CLAMP | KW_NO_DEFAULT,
		.args = "<int> [reverse]",
		.deflt = "0",
		.unit = "priority",
		.doc = "0: failure means FAULT; above 0: added while good; below 0: while bad."},
	KW_UINT("rise", S, rise, 1, INT32_MAX, 1, KW_LIVE | KW_LENIENT | KW_USE, "runs", "<uint>",
		"Successes needed to become good."),
	KW_UINT("fall", S, fall, 1, INT32_MAX, 1, KW_LIVE | KW_LENIENT | KW_USE, "runs", "<uint>",
		"Failures needed to become bad."),
	KW_USER(S, user, group, KW_LIVE, "User to run as."),
	KW_SET("init_fail", S, init_fail, KW_LIVE, "Starts in the failed state."),
};

const struct block vrrp_script_block = {
	.name = "vrrp_script",
	.kw = vrrp_script_kw,
	.n_kw = ARRAY_SIZE(vrrp_script_kw),
	.size = sizeof(S),
	.open = open_named,
	.close = script_close,
};
