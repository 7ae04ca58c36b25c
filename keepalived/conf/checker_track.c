/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keywords of FILE_CHECK and BFD_CHECK, which follow an object defined elsewhere. */
#include <inttypes.h>
#include <string.h>

#include "keepalived/conf/checker_rows.h"

/* ---- FILE_CHECK -------------------------------------------------------------------------- */

#define F struct file_check

/* An object named by a keyword must stand further up. */
static struct node *find(struct parse *p, const struct nodes *list, const char *what,
	const struct kw *kw, const struct stmt *s)
{
	struct node *n = schema_named(p, list, stmt_word(s, 1));

	if (!n)
		diag_error(p->diags, s->word[1].span, "%s: no %s '%s' is defined above - dropped",
			kw->name, what, stmt_word(s, 1));
	return n;
}

static int file_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	F *f = (F *)n;
	struct node *file = find(p, &building(p)->track_files, "track_file", kw, s);

	if (!file)
		return -1;
	f->file = (const struct track_file_conf *)file;
	*(const char **)field = file->name;
	return 0;
}

static const struct codec codec_file = {
	.name = "string",
	.words = 1,
	.most = 1,
	.parse = file_parse,
	.print = type_string_print,
	.equal = type_string_equal,
};

static const struct enum_word directions[] = {
	{"reverse", TRI_ON, false},
	{"noreverse", TRI_OFF, false},
	{0},
};

static int weight_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	struct file_weight w = {.given = true, .reverse = TRI_UNSET};
	const struct enum_word *d = directions;
	int64_t v;

	(void)n;
	if (!type_number(p, kw, &s->word[1], &v))
		return -1;
	w.factor = (int)v;
	while (s->n > 2 && d->word && strcmp(d->word, stmt_word(s, 2)) != 0)
		d++;
	if (!d->word) {
		diag_error(p->diags, s->word[2].span,
			"%s: unknown word '%s' (reverse, noreverse) - ignored", kw->name,
			stmt_word(s, 2));
		return -1;
	}
	if (s->n > 2)
		w.reverse = (enum tristate)d->value;
	*(struct file_weight *)field = w;
	return 0;
}

static bool weight_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const struct file_weight *w = field;

	(void)kw;
	strbuf_printf(out, "%d", w->factor);
	if (w->reverse != TRI_UNSET)
		strbuf_puts(out, w->reverse == TRI_ON ? " reverse" : " noreverse");
	return w->given;
}

static bool weight_equal(const struct kw *kw, const void *a, const void *b)
{
	const struct file_weight *x = a, *y = b;

	(void)kw;
	return x->factor == y->factor && x->reverse == y->reverse && x->given == y->given;
}

static const struct codec codec_file_weight = {
	.name = "weight",
	.words = 1,
	.most = 2,
	.parse = weight_parse,
	.print = weight_print,
	.equal = weight_equal,
};

static bool file_close(struct parse *p, struct node *n)
{
	F *f = (F *)n;

	if (!f->file_name) {
		if (!schema_meant(n, "track_file"))
			diag_error(p->diags, n->span, "FILE_CHECK: no track_file - dropped");
		return false;
	}
	if (!f->weight.given)
		f->weight.factor = f->file->weight;
	if (!f->weight.given || f->weight.reverse == TRI_UNSET)
		f->weight.reverse = f->file->reverse ? TRI_ON : TRI_OFF;
	checker_name(p, &f->check);
	return true;
}

static const struct kw file_kw[] = {
	KW_OF("track_file", F, file_name, const char *, codec_file, KW_RESTART, "<name>", NULL,
		"The track_file to follow, which stands further up."),
	{.name = "weight",
		.codec = &codec_file_weight,
		KW_AT(F, weight, KW_IS(F, weight, struct file_weight)),
		.min = -INT32_MAX,
		.max = INT32_MAX,
		.flags = KW_RESTART | KW_LENIENT | KW_M0 | KW_NO_DEFAULT,
		.args = "<int> [reverse|noreverse]",
		.deflt = "weight of the track file",
		.unit = "multiplier",
		.doc = "What the number in the file is multiplied with and added to the weight; 0: "
		       "a number other than 0 is a failure."},
};

const struct block file_block = CHECKER("FILE_CHECK", file_kw, F, file_close);

/* ---- BFD_CHECK --------------------------------------------------------------------------- */

#define B struct bfd_check

static bool session_taken(const B *own, const char *name)
{
	const struct rs_conf *rs = (const struct rs_conf *)own->check.node.parent;
	const K *k;

	nodes_for_each(k, &rs->checkers)
		if (k->kind == CHECK_BFD && !strcmp(container_of(k, B, check)->session_name, name))
			return true;
	return false;
}

static bool bfd_close(struct parse *p, struct node *n)
{
	B *b = (B *)n;

	if (!b->session_name) {
		if (!schema_meant(n, "name"))
			diag_error(p->diags, n->span, "BFD_CHECK: no name - dropped");
		return false;
	}
	if (session_taken(b, b->session_name)) {
		diag_error(p->diags, schema_place(n, "name"),
			"BFD_CHECK: the server already follows %s - dropped", b->session_name);
		return false;
	}
	if (b->session->to_vrrp && !b->session->to_checker)
		diag_warning(p->diags, schema_place(n, "name"),
			"BFD_CHECK: %s tells only VRRP, so the check never hears of it (its keyword "
			"'checker' is missing)",
			b->session_name);
	checker_name(p, &b->check);
	return true;
}

/* Two names contradict each other, so the block goes. */
static int session_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	const char **name = field;
	struct node *session;

	if (*name) {
		diag_error(p->diags, s->word[0].span, "BFD_CHECK: a second name after %s - dropped",
			*name);
		*name = NULL;
		return -1;
	}
	if (codec_one_word.parse(p, n, kw, field, s))
		return -1;
	session = find(p, &building(p)->bfd_instances, "bfd_instance", kw, s);
	((B *)n)->session = (const struct bfd_conf *)session;
	*name = session ? session->name : NULL;
	return session ? 0 : -1;
}

static const struct codec codec_session = {
	.name = "string",
	.words = 1,
	.most = 1,
	.parse = session_parse,
	.print = type_string_print,
	.equal = type_string_equal,
};

static const struct kw bfd_kw[] = {
	KW_OF("name", B, session_name, const char *, codec_session, KW_RESTART | KW_ADD | KW_M0,
		"<bfd>", NULL, "The bfd_instance to follow, which stands further up."),
	ALPHA_ROW,
};

const struct block bfd_check_block = CHECKER("BFD_CHECK", bfd_kw, B, bfd_close);
