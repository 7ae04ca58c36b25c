/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entries of track_interface, track_script, track_file, track_process and track_bfd: a name, then
 * perhaps a weight. All but interfaces are objects that were defined further up in the file; what
 * an entry does not say is as the object has it.
 */
#include <string.h>

#include "keepalived/conf/bfd.h"
#include "keepalived/conf/tables.h"

#define WEIGHT_MAX      253 /* least and greatest effect on a priority of 1..254 */
#define FILE_WEIGHT_MAX 254

static struct nodes *list_of(const struct node *entry, size_t offset)
{
	struct node *owner = entry->parent;
	struct tracked *t = owner->block == &vrrp_block ? &((struct vrrp_conf *)owner)->track
							: &((struct vrrp_group_conf *)owner)->track;

	return (struct nodes *)((char *)t + offset);
}

/* What follows a name must be the word weight; anything else makes the entry worthless. */
static int name_open(struct parse *p, struct node *n, const struct stmt *s)
{
	n->name = stmt_word(s, 0);
	if (s->n == 1 || !strcmp(stmt_word(s, 1), "weight"))
		return 1;
	diag_error(p->diags, s->word[1].span,
		"'%s' is not expected after '%s', only 'weight' is - entry ignored",
		stmt_word(s, 1), n->name);
	return -1;
}

/* The same, and after the weight only reverse or noreverse. */
static int name_open_strictly(struct parse *p, struct node *n, const struct stmt *s)
{
	static const char *const last[] = {"reverse", "noreverse"};
	int used = name_open(p, n, s);

	if (used < 0 || s->n < 4)
		return used;
	for (unsigned i = 0; i < ARRAY_SIZE(last); i++)
		if (!strcmp(stmt_word(s, 3), last[i]))
			return used;
	diag_error(p->diags, s->word[3].span,
		"'%s' is not expected here, only 'reverse' or 'noreverse' - entry ignored",
		stmt_word(s, 3));
	return -1;
}

/* ---- weights ----------------------------------------------------------------------------- */

/* One more than the greatest effect is what people write who mean "all of it". */
static int weight_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	const char *word = stmt_word(s, 1);
	bool low = !strcmp(word, "-254");
	int *weight = field;

	if (kw->max == FILE_WEIGHT_MAX || n->block == &track_bfd_block ||
		(!low && strcmp(word, "254") != 0))
		return codec_int.parse(p, n, kw, field, s);
	*weight = low ? -WEIGHT_MAX : WEIGHT_MAX;
	diag_error(p->diags, s->word[1].span, "%s: %s is more than can have an effect - using %d",
		kw->name, word, *weight);
	return 0;
}

/* Nothing can stand between the name and reverse but a weight. */
static bool weight_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const struct track_if_conf *t = container_of(field, struct track_if_conf, weight);

	return (t->weight || t->reverse) && codec_int.print(out, kw, field);
}

static const struct codec codec_if_weight = {
	"int", 1, 1, weight_parse, weight_print, type_same_bytes};

#define T struct track_conf

static int given_weight_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	if (weight_parse(p, n, kw, field, s))
		return -1;
	container_of(field, T, weight)->weight_given = true;
	return 0;
}

static bool given_weight_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const T *t = container_of(field, T, weight);

	return (t->weight_given || t->reverse_given) && codec_int.print(out, kw, field);
}

static const struct codec codec_given_weight = {
	"int", 1, 1, given_weight_parse, given_weight_print, type_same_bytes};

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

#define REVERSE_ROWS                                                      \
	{.name = "reverse",                                               \
		.codec = &codec_reverse,                                  \
		KW_AT(T, reverse, KW_IS(T, reverse, bool)),               \
		.max = true,                                              \
		.flags = KW_FLAG | KW_NO_DEFAULT,                         \
		.deflt = "as defined for the object",                     \
		.doc = "Good and bad change places."},                    \
	{                                                                 \
		.name = "noreverse", .codec = &codec_reverse,             \
		KW_AT(T, reverse, KW_IS(T, reverse, bool)), .max = false, \
		.flags = KW_FLAG | KW_NO_DEFAULT,                         \
		.doc = "They do not, even if the object says they do."    \
	}

#define WEIGHT_ROW(biggest, un, df, dc)                                                        \
	{                                                                                      \
		.name = "weight", .codec = &codec_given_weight,                                \
		KW_AT(T, weight, KW_IS(T, weight, int)), .min = -(biggest), .max = biggest,    \
		.flags = KW_FIRST | KW_LENIENT | KW_NO_DEFAULT, .args = "<int>", .deflt = df,  \
		.unit = un, .doc = dc                                                          \
	}

#define PRIORITY_DOC "Added to the priority while good (above 0) or bad (below 0)."

/* ---- interfaces -------------------------------------------------------------------------- */

static bool track_if_close(struct parse *p, struct node *n)
{
	const struct nodes *list = list_of(n, offsetof(struct tracked, interfaces));
	const struct node *first = schema_named(p, list, n->name);

	if (!first)
		return true;
	diag_also(p->diags,
		diag_error(p->diags, n->span, "(%s) interface %s is tracked twice - ignored",
			n->parent->name, n->name),
		first->span, "given here before");
	return false;
}

static const struct kw track_if_kw[] = {
	KW_WORD("<name>", KW_REQUIRED, "<name> [weight <int> [reverse]]", NULL,
		"Interface to track, one per line."),
	{.name = "weight",
		.codec = &codec_if_weight,
		KW_AT(struct track_if_conf, weight, KW_IS(struct track_if_conf, weight, int)),
		.min = -WEIGHT_MAX,
		.max = WEIGHT_MAX,
		.flags = KW_FIRST | KW_LENIENT | KW_USE | KW_NO_DEFAULT,
		.args = "<int>",
		.deflt = "0",
		.unit = "priority",
		.doc = "0: down means FAULT; else added while up (above 0) or down (below 0)."},
	KW_SET("reverse", struct track_if_conf, reverse, 0, "Up and down change places."),
};

const struct block track_if_block = {
	.name = "@track_interface",
	.kw = track_if_kw,
	.n_kw = ARRAY_SIZE(track_if_kw),
	.size = sizeof(struct track_if_conf),
	.flags = BLOCK_ENTRIES,
	.open = name_open,
	.close = track_if_close,
};

/* ---- objects ----------------------------------------------------------------------------- */

static const struct kind {
	const struct block *entry;
	const char *what;
	size_t list;            /* of entries, in struct tracked */
	size_t objects;         /* in struct conf */
	size_t weight, reverse; /* in the object */
} kinds[] = {
	{&track_script_block, "script", offsetof(struct tracked, scripts),
		offsetof(struct conf, vrrp_scripts), offsetof(struct vrrp_script_conf, weight),
		offsetof(struct vrrp_script_conf, reverse)},
	{&track_file_block, "file", offsetof(struct tracked, files),
		offsetof(struct conf, track_files), offsetof(struct track_file_conf, weight),
		offsetof(struct track_file_conf, reverse)},
	{&track_process_block, "process", offsetof(struct tracked, processes),
		offsetof(struct conf, track_processes), offsetof(struct track_process_conf, weight),
		offsetof(struct track_process_conf, reverse)},
	{&track_bfd_block, "bfd", offsetof(struct tracked, bfds),
		offsetof(struct conf, bfd_instances), offsetof(struct bfd_conf, weight),
		offsetof(struct bfd_conf, reverse)},
};

static const struct kind *kind_of(const struct node *n)
{
	const struct kind *k = kinds;

	while (k->entry != n->block)
		k++;
	return k;
}

/* The object's own weight and direction where the entry has none. */
static void inherit(T *t, const struct kind *k)
{
	const char *object = (const char *)t->object;

	if (!t->weight_given)
		memcpy(&t->weight, object + k->weight, sizeof(t->weight));
	if (!t->reverse_given)
		memcpy(&t->reverse, object + k->reverse, sizeof(t->reverse));
}

static bool track_close(struct parse *p, struct node *n)
{
	const struct kind *k = kind_of(n);
	const struct nodes *objects =
		(const struct nodes *)((const char *)building(p) + k->objects);
	const struct node *first = schema_named(p, list_of(n, k->list), n->name);
	T *t = (T *)n;

	t->object = schema_named(p, objects, n->name);
	if (!t->object) {
		diag_error(p->diags, n->span, "(%s) track %s %s not found, ignoring...",
			n->parent->name, k->what, n->name);
		return false;
	}
	if (first) {
		diag_also(p->diags,
			diag_error(p->diags, n->span, "(%s) track %s %s is listed twice - ignored",
				n->parent->name, k->what, n->name),
			first->span, "given here before");
		return false;
	}
	inherit(t, k);
	return true;
}

static const struct kw track_script_kw[] = {
	KW_WORD("<name>", KW_REQUIRED, "<name> [weight <int> [reverse|noreverse]]", NULL,
		"vrrp_script to track, one per line."),
	WEIGHT_ROW(WEIGHT_MAX, "priority", "weight of the script", PRIORITY_DOC),
	REVERSE_ROWS,
};

static const struct kw track_file_kw[] = {
	KW_WORD("<name>", KW_REQUIRED, "<name> [weight <int> [reverse|noreverse]]", NULL,
		"track_file to track, one per line."),
	WEIGHT_ROW(FILE_WEIGHT_MAX, "multiplier", "weight of the file",
		"Multiplies the number in the file; 0: any number but 0 means FAULT."),
	REVERSE_ROWS,
};

static const struct kw track_process_kw[] = {
	KW_WORD("<name>", KW_REQUIRED, "<name> [weight <int> [reverse|noreverse]]", NULL,
		"vrrp_track_process to track, one per line."),
	WEIGHT_ROW(FILE_WEIGHT_MAX, "priority", "weight of the process", PRIORITY_DOC),
	REVERSE_ROWS,
};

static const struct kw track_bfd_kw[] = {
	KW_WORD("<name>", KW_REQUIRED, "<name> [weight <int> [reverse|noreverse]]", NULL,
		"bfd_instance to track, one per line."),
	WEIGHT_ROW(WEIGHT_MAX, "priority", "weight of the session", PRIORITY_DOC),
	REVERSE_ROWS,
};

#define TRACK_BLOCK(var, blockname, rows, op) \
	const struct block var = {            \
		.name = blockname,            \
		.kw = rows,                   \
		.n_kw = ARRAY_SIZE(rows),     \
		.size = sizeof(T),            \
		.flags = BLOCK_ENTRIES,       \
		.open = op,                   \
		.close = track_close,         \
	}

TRACK_BLOCK(track_script_block, "@track_script", track_script_kw, name_open);
TRACK_BLOCK(track_file_block, "@track_file", track_file_kw, name_open_strictly);
TRACK_BLOCK(track_process_block, "@track_process", track_process_kw, name_open);
TRACK_BLOCK(track_bfd_block, "@track_bfd", track_bfd_kw, name_open_strictly);
