/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be tracked: vrrp_script, vrrp_track_process, track_file. */
#include "keepalived/conf/track.h"

#include <string.h>

#include "keepalived/conf/tables.h"

#define SECONDS_MAX SEC(4294)
#define HOUR        SEC(3600)

#define WEIGHT_AT(st)                     \
	KW_AT(st, weight,                 \
		KW_IS(st, weight, int) && \
			offsetof(st, reverse) == offsetof(st, weight) + sizeof(int))

/* The first of a name is the one that is found. */
static bool is_first(struct parse *p, const struct nodes *list, const struct node *n)
{
	const struct node *first = schema_named(p, list, n->name);

	if (!first)
		return true;
	diag_also(p->diags,
		diag_warning(p->diags, n->span, "%s %s already defined - this one is not used",
			n->block->name, n->name),
		first->span, "defined here");
	return false;
}

/* ---- vrrp_script ------------------------------------------------------------------------- */

static bool script_close(struct parse *p, struct node *n)
{
	struct vrrp_script_conf *s = (struct vrrp_script_conf *)n;

	if (!s->script) {
		if (!schema_meant(n, "script"))
			diag_error(p->diags, n->span, "No script set for vrrp_script %s - removing",
				n->name);
		return false;
	}
	if (s->user)
		script_set_user((struct script_conf *)(uintptr_t)s->script, s->user, s->group);
	if (s->timeout < 0)
		s->timeout = s->interval;
	if (is_first(p, &building(p)->vrrp_scripts, n))
		return true;
	((struct script_conf *)(uintptr_t)s->script)->idle = true;
	return false;
}

#define S struct vrrp_script_conf

static const struct kw vrrp_script_kw[] = {
	{.name = "script",
		.codec = &codec_script_only,
		KW_AT(S, script, KW_IS(S, script, const struct script_conf *)),
		.flags = KW_LIVE | KW_SCRIPT | KW_M0 | KW_NO_DEFAULT,
		.args = "<script>",
		.doc = "Command; a command that starts with </ tests whether the file opens."},
	KW_TIME("interval", S, interval, MSEC(1), MSEC(1), SECONDS_MAX, SEC(1), KW_LIVE | KW_ZERO,
		"<decimal>", NULL, "Time between runs."),
	KW_TIME("timeout", S, timeout, MSEC(1), MSEC(1), SECONDS_MAX, -1, KW_LIVE | KW_ZERO,
		"<decimal>", "interval", "Run time after which it counts as failed and is killed."),
	{.name = "weight",
		.codec = &codec_weight,
		WEIGHT_AT(S),
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

/* ---- vrrp_track_process ------------------------------------------------------------------ */

#define P struct track_process_conf

static int command_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	P *t = (P *)n;
	const char **words = arena_alloc(p->arena, s->n * sizeof(*words));

	(void)kw;
	(void)field;
	for (unsigned i = 1; i < s->n; i++)
		words[i - 1] = stmt_word(s, i);
	t->command = words;
	t->n_command = s->n - 1;
	return 0;
}

static bool command_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const P *t = container_of(field, P, command);

	(void)kw;
	for (uint32_t i = 0; i < t->n_command; i++) {
		strbuf_puts(out, i ? " " : "");
		print_word(out, t->command[i]);
	}
	return t->n_command != 0;
}

static bool command_equal(const struct kw *kw, const void *a, const void *b)
{
	const P *x = container_of(a, P, command), *y = container_of(b, P, command);

	(void)kw;
	if (x->n_command != y->n_command)
		return false;
	for (uint32_t i = 0; i < x->n_command; i++)
		if (strcmp(x->command[i], y->command[i]) != 0)
			return false;
	return true;
}

static const struct codec codec_command = {
	"words", 1, 1, command_parse, command_print, command_equal};

static int match_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	enum param_match *match = field;

	if (s->n > 1)
		return codec_enum.parse(p, n, kw, field, s);
	*match = PARAM_EXACT;
	return 0;
}

static bool match_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	enum param_match match = *(const enum param_match *)field;

	return match == PARAM_EXACT || (match != PARAM_UNSET && codec_enum.print(out, kw, field));
}

static const struct codec codec_match = {"word", 0, 1, match_parse, match_print, type_same_bytes};

static const struct enum_word matches[] = {
	{"initial", PARAM_INITIAL, false},
	{"partial", PARAM_PARTIAL, false},
	{0},
};

/* Both limits; the later one must agree with the earlier. */
static int quorum_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	P *t = (P *)n;
	uint32_t *limit = field, before = *limit;

	if (type_uint_parse(p, n, kw, field, s))
		return -1;
	if (t->quorum <= MAX(t->quorum_max, 1u))
		return 0;
	diag_error(p->diags, s->word[1].span, "%s: %u processes at least and %u at most - ignored",
		kw->name, t->quorum, t->quorum_max);
	*limit = before;
	return -1;
}

static bool quorum_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	return codec_uint.print(out, kw, field);
}

static const struct codec codec_quorum = {
	"uint", 1, 1, quorum_parse, quorum_print, type_same_bytes};

/* One word for two values, which are what is printed. */
static void both_delays(struct parse *p, struct node *n, const struct kw *kw, const struct stmt *s)
{
	P *t = (P *)n;

	(void)kw;
	t->terminate_delay = t->fork_delay;
	schema_imply(p->arena, n, "fork_delay", s->word[0].span);
	schema_imply(p->arena, n, "terminate_delay", s->word[0].span);
}

static int delay_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	return codec_time.parse(p, n, kw, field, s);
}

static bool delay_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	(void)out;
	(void)kw;
	(void)field;
	return false;
}

static const struct codec codec_delay = {
	"decimal", 1, 1, delay_parse, delay_print, type_same_bytes};

static bool process_close(struct parse *p, struct node *n)
{
	if (((P *)n)->n_command)
		return is_first(p, &building(p)->track_processes, n);
	if (!schema_meant(n, "process"))
		diag_error(p->diags, n->span, "No process set for vrrp_track_process %s - removing",
			n->name);
	return false;
}

#define DELAY(kwname, fld, dc) \
	KW_TIME(kwname, P, fld, USEC(1), USEC(1), HOUR, 0, KW_LIVE, "<decimal>", "0", dc)

static const struct kw process_kw[] = {
	KW_OF("process", P, command, const char *const *, codec_command,
		KW_FIRST | KW_EXCESS | KW_RESTART, "<name> [<arg>...]", NULL,
		"Name of the process, or its command line."),
	{.name = "param_match",
		.codec = &codec_match,
		KW_AT(P, param_match, KW_IS(P, param_match, enum param_match)),
		.arg = matches,
		.flags = KW_RESTART | KW_NO_DEFAULT,
		.args = "[initial|partial]",
		.deflt = "unset",
		.doc = "Bare: all arguments are equal; partial: those given are; initial: and the "
		       "last one only begins so."},
	{.name = "weight",
		.codec = &codec_weight,
		WEIGHT_AT(P),
		.min = -254,
		.max = 254,
		.flags = KW_EVENT | KW_LENIENT | KW_FIRST | KW_M0 | KW_NO_DEFAULT,
		.args = "<int> [reverse]",
		.deflt = "0",
		.unit = "priority",
		.doc = "0: no quorum means FAULT; above 0: added with quorum; below 0: without."},
	{.name = "quorum",
		.codec = &codec_quorum,
		KW_AT(P, quorum, KW_IS(P, quorum, uint32_t)),
		.min = 1,
		.max = 65535,
		.def = 1,
		.flags = KW_LIVE | KW_LENIENT,
		.args = "<uint>",
		.deflt = "1",
		.unit = "processes",
		.doc = "Processes needed."},
	{.name = "quorum_max",
		.codec = &codec_quorum,
		KW_AT(P, quorum_max, KW_IS(P, quorum_max, uint32_t)),
		.min = 0,
		.max = 65535,
		.def = UINT32_MAX,
		.flags = KW_LIVE | KW_LENIENT,
		.args = "<uint>",
		.deflt = "unlimited",
		.unit = "processes",
		.doc = "Processes allowed; 0: it must not run."},
	{.name = "delay",
		.codec = &codec_delay,
		KW_AT(P, fork_delay, KW_IS(P, fork_delay, ktime)),
		.min = USEC(1),
		.max = HOUR,
		.res = USEC(1),
		.flags = KW_LIVE | KW_NO_DEFAULT,
		.hook = both_delays,
		.args = "<decimal>",
		.deflt = "0",
		.unit = "seconds",
		.doc = "Sets terminate_delay and fork_delay."},
	DELAY("terminate_delay", terminate_delay, "Wait after the quorum is lost."),
	DELAY("fork_delay", fork_delay, "Wait after the quorum is reached."),
	KW_SET("full_command", P, full_command, KW_RESTART,
		"Compares the whole first word of the command line, not the short name."),
};

const struct block track_process_object_block = {
	.name = "vrrp_track_process",
	.kw = process_kw,
	.n_kw = ARRAY_SIZE(process_kw),
	.size = sizeof(P),
	.open = open_named,
	.close = process_close,
};

/* ---- track_file -------------------------------------------------------------------------- */

#define F struct track_file_conf

#define LARGEST_EFFECT 254

static int init_value(struct parse *p, const struct lex_token *w)
{
	static const struct kw value = {
		.name = "init_file", .min = INT32_MIN, .max = INT32_MAX, .flags = KW_USE};
	int64_t v;

	type_number(p, &value, w, &v);
	if (v < -LARGEST_EFFECT || v > LARGEST_EFFECT)
		diag_warning(p->diags, w->span,
			"init_file: %s is beyond the range of priorities [-254, 254]", w->s.p);
	return (int)v;
}

static int init_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	F *f = (F *)n;

	(void)field;
	f->init.given = true;
	f->init.overwrite = false;
	f->init.value = 0;
	for (unsigned i = 1; i < s->n; i++) {
		const char *word = stmt_word(s, i);

		if (!strcmp(word, "overwrite"))
			f->init.overwrite = true;
		else if (i == 1 && strchr("+-0123456789", *word))
			f->init.value = init_value(p, &s->word[i]);
		else
			diag_error(p->diags, s->word[i].span,
				"%s: unknown word '%s' (a number, then overwrite) - ignored",
				kw->name, word);
	}
	return 0;
}

static bool init_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const F *f = container_of(field, F, init);

	(void)kw;
	if (f->init.given)
		strbuf_printf(out, "%d%s", f->init.value, f->init.overwrite ? " overwrite" : "");
	return f->init.given;
}

static bool init_equal(const struct kw *kw, const void *a, const void *b)
{
	const F *x = container_of(a, F, init), *y = container_of(b, F, init);

	(void)kw;
	return x->init.given == y->init.given && x->init.overwrite == y->init.overwrite &&
	       x->init.value == y->init.value;
}

static const struct codec codec_init = {"init", 0, 2, init_parse, init_print, init_equal};

static int old_file_open(struct parse *p, struct node *n, const struct stmt *s)
{
	diag_note(p->diags, s->word[0].span, "%s is deprecated - please use 'track_file'",
		stmt_word(s, 0));
	return open_named(p, n, s);
}

static bool file_close(struct parse *p, struct node *n)
{
	if (((F *)n)->file)
		return is_first(p, &building(p)->track_files, n);
	if (!schema_meant(n, "file"))
		diag_error(p->diags, n->span, "No file set for %s %s - removing", n->block->name,
			n->name);
	return false;
}

static const struct kw file_kw[] = {
	KW_STRING("file", F, file, 0, KW_FIRST | KW_M0 | KW_RESTART, "<path>", NULL,
		"File to watch."),
	{.name = "weight",
		.codec = &codec_weight,
		WEIGHT_AT(F),
		.min = -254,
		.max = 254,
		.def = 1,
		.flags = KW_EVENT | KW_LENIENT | KW_FIRST | KW_M0 | KW_USE,
		.args = "<int> [reverse]",
		.deflt = "1",
		.unit = "multiplier",
		.doc = "Multiplies the number in the file; 0: any number but 0 means FAULT."},
	KW_OF("init_file", F, init.given, bool, codec_init, KW_LIVE, "[<int>] [overwrite]",
		"value 0", "Writes the value at start when there is no file; overwrite: always."),
};

#define FILE_BLOCK(var, op)                       \
	const struct block var##_object_block = { \
		.name = #var,                     \
		.kw = file_kw,                    \
		.n_kw = ARRAY_SIZE(file_kw),      \
		.size = sizeof(F),                \
		.open = op,                       \
		.close = file_close,              \
	}

FILE_BLOCK(track_file, open_named);
FILE_BLOCK(vrrp_track_file, old_file_open);
