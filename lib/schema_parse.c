/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The walker: reads a text by a table.
 *
 * It never gives up. A keyword that is refused costs its line, a block that is refused is still
 * read and checked, only not kept, so that one run shows every mistake. A missing brace is noticed
 * when a word turns up that belongs to an enclosing block and is not indented deeper than the block
 * that would have to be closed first; the walker then closes what must have been meant.
 */
#include <string.h>

#include "lib/schema.h"
#include "lib/schema_names.h"

struct level {
	struct level *up;
	const struct block *block; /* whose rows are valid here */
	struct node *node;         /* the object they write */
	const char *name;          /* the keyword that opened it */
	struct span span;          /* of the keyword that opened it */
	uint32_t indent;           /* of that keyword's line */
	struct nodes *list;        /* of entries */
	unsigned stray;            /* '{' that no keyword asked for */
};

static void statement(struct parse *p);

/* ---- small things ------------------------------------------------------------------------ */

static void no_effect(struct parse *p, const struct kw *kw, struct span span)
{
	diag_warning(p->diags, span, "'%s' is not supported yet and has no effect", kw->name);
}

static const char *block_label(const struct block *b)
{
	const char *slash = strrchr(b->name, '/');

	return slash && slash[1] ? slash + 1 : b->name;
}

static bool next_is(struct parse *p, enum lex_kind kind)
{
	return lex_peek(p->lex).kind == kind;
}

static void skip_following_block(struct parse *p)
{
	if (next_is(p, LEX_OPEN)) {
		lex_next(p->lex);
		lex_skip_block(p->lex);
	}
}

/* Words that nothing reads: most likely a second keyword on the line, or a comment without '#'. */
static void excess(struct parse *p, const char *what, const struct lex_token *w)
{
	if (schema_kw(p->level->block, w->s.p))
		diag_warning(p->diags, w->span,
			"'%s' is not read: only one keyword can stand on a line, '%s' comes first",
			w->s.p, what);
	else
		diag_note(p->diags, w->span, "'%s' and what follows is ignored after '%s'", w->s.p,
			what);
}

/* ---- braces ------------------------------------------------------------------------------ */

static void not_closed(struct parse *p, struct span open, struct span seen, const char *name)
{
	struct diag *d =
		diag_error(p->diags, open, "missing '}': the block '%s' is never closed", name);

	if (seen.line)
		diag_also(p->diags, d, seen, "noticed here");
}

/* The level lacks its brace, or a block inside it that looks even more so. */
static void blame(struct parse *p, const struct level *l, struct span seen)
{
	if (p->suspect.line >= l->span.line)
		not_closed(p, p->suspect, seen, p->suspect_name);
	else
		not_closed(p, l->span, seen, l->name);
	p->suspect = (struct span){0};
}

/*
 * A word that is unknown here and known further out, and not indented deeper than the block in
 * between: that block lacks its brace.
 */
static bool unclosed(struct parse *p, const struct lex_token *w)
{
	struct level *in = p->level, *out;

	if (!w->first || w->quoted)
		return false;
	for (out = in->up; out; in = out, out = out->up) {
		const struct kw *kw = schema_kw(out->block, w->s.p);

		if (!kw || w->indent > in->indent)
			continue;
		if (out->up ? in->indent <= out->indent : !kw->block)
			continue;
		for (in = p->level; in != out; in = in->up)
			blame(p, in, w->span);
		p->unwind = out;
		return true;
	}
	return false;
}

/* A brace that stands further left than the block it closes was meant for an outer one. */
static void look_at_close(struct parse *p, const struct lex_token *t)
{
	if (!t->first || t->indent >= p->level->indent || p->suspect.line)
		return;
	p->suspect = p->level->span;
	p->suspect_name = p->level->name;
}

static void extra_close(struct parse *p, const struct lex_token *t)
{
	struct diag *d = diag_error(p->diags, t->span, "Extra '}' found");

	if (p->suspect.line)
		diag_also(p->diags, d, p->suspect, "indentation first goes wrong in this block");
}

static void end_of_text(struct parse *p)
{
	struct level *l = p->level;

	if (!l->up)
		return;
	blame(p, l, (struct span){0});
	while (l->up)
		l = l->up;
	p->unwind = l;
}

static void enter(struct parse *p, struct level *l)
{
	l->up = p->level;
	p->level = l;
}

static void leave(struct parse *p, struct level *l)
{
	p->level = l->up;
	if (p->unwind == l->up)
		p->unwind = NULL;
}

/* Everything up to the brace that closes the level; each line goes to take. */
static void body(struct parse *p, struct level *l, void (*take)(struct parse *))
{
	while (!p->unwind) {
		struct lex_token t = lex_peek(p->lex);

		if (t.kind == LEX_WORD) {
			take(p);
			continue;
		}
		if (t.kind == LEX_EOF) {
			end_of_text(p);
			return;
		}
		lex_next(p->lex);
		if (t.kind == LEX_OPEN) {
			diag_error(p->diags, t.span, "Unexpected '{' - ignoring");
			l->stray++;
		} else if (l->stray) {
			l->stray--;
		} else if (l->up) {
			look_at_close(p, &t);
			return;
		} else {
			extra_close(p, &t);
		}
	}
}

static void open_brace(struct parse *p, const struct lex_token *keyword)
{
	if (next_is(p, LEX_OPEN)) {
		lex_next(p->lex);
		return;
	}
	diag_error(p->diags, keyword->span, "missing '{' after '%s'", keyword->s.p);
}

/* ---- values ------------------------------------------------------------------------------ */

static void read_words(struct parse *p, const struct kw *kw, struct stmt *s)
{
	struct lex_token keyword, *words, *all;
	struct slice raw;
	struct span span;
	size_t n = 0;

	if (!(kw->flags & KW_SCRIPT)) {
		s->n = (unsigned)lex_words(p->lex, &s->word);
		return;
	}
	keyword = lex_next(p->lex);
	all = arena_alloc(p->arena, sizeof(*all));
	if (lex_raw(p->lex, &raw, &span)) {
		lex_split(p->lex, raw, span, &words, &n);
		all = arena_alloc(p->arena, (n + 1) * sizeof(*all));
		if (n)
			memcpy(all + 1, words, n * sizeof(*all));
	}
	all[0] = keyword;
	*s = (struct stmt){all, (unsigned)n + 1};
}

static void missing_value(struct parse *p, const struct kw *kw, const struct stmt *s)
{
	diag_add(p->diags, DIAG_ERROR, kw->flags & KW_M0 ? DIAG_CONFIG : DIAG_REQUIRED,
		s->word[s->n - 1].span, "'%s' is missing its value: %s", kw->name,
		kw->args ? kw->args : "...");
}

/* The row's rule about being written twice. False: this one does not count. */
static bool once(struct parse *p, const struct kw *kw, const struct stmt *s)
{
	struct node *n = p->level->node;
	struct span before = schema_where(n, kw->name);
	struct diag *d;

	if (!before.line || kw->flags & (KW_ADD | KW_FLAG))
		return true;
	if (kw->flags & KW_FIRST)
		d = diag_error(p->diags, s->word[0].span,
			"'%s' is given again - the first one is kept", kw->name);
	else
		d = diag_note(p->diags, s->word[0].span,
			"'%s' is given again and replaces the earlier value", kw->name);
	diag_also(p->diags, d, before, "given here before");
	return !(kw->flags & KW_FIRST);
}

static void value_row(struct parse *p, const struct kw *kw, const struct stmt *s)
{
	struct node *n = p->level->node;

	if (s->n - 1 < kw->codec->words) {
		missing_value(p, kw, s);
		schema_mark(p->arena, n, kw, s->word[0].span);
		return;
	}
	if (!once(p, kw, s))
		return;
	schema_mark(p->arena, n, kw, s->word[0].span);
	if (kw->codec->parse(p, n, kw, kw_field(kw, n), s))
		return;
	if (kw->flags & KW_IDLE)
		no_effect(p, kw, s->word[0].span);
	if (!(kw->flags & KW_EXCESS) && s->n - 1 > kw->codec->most)
		excess(p, s->word[0].s.p, &s->word[kw->codec->most + 1]);
	if (kw->hook)
		kw->hook(p, n, kw, s);
}

/* ---- entries of lists -------------------------------------------------------------------- */

static const char *entry_label(const struct block *b)
{
	return b->name[0] == '@' ? b->name + 1 : block_label(b);
}

/* Options after the fixed words. False: the entry is dropped. */
static bool options(struct parse *p, struct node *n, const struct stmt *s, unsigned i)
{
	while (i < s->n) {
		const struct kw *kw = schema_kw(n->block, stmt_word(s, i));
		struct stmt opt = {s->word + i, 1};

		if (!kw) {
			diag_error(p->diags, s->word[i].span,
				"Unknown configuration entry '%s' for %s - ignoring",
				stmt_word(s, i), entry_label(n->block));
			i++;
			continue;
		}
		if (kw->flags & KW_ALIAS)
			kw = schema_kw(n->block, kw->alias);
		opt.n += kw->codec ? kw->codec->words : 0;
		if (i + opt.n > s->n) {
			diag_error(p->diags, s->word[i].span,
				"'%s' is missing its value - %s ignored", kw->name,
				entry_label(n->block));
			return false;
		}
		if (kw->flags & (KW_LATER | KW_OBSOLETE))
			no_effect(p, kw, s->word[i].span);
		else if (kw->codec->parse(p, n, kw, kw_field(kw, n), &opt) && kw->flags & KW_DROP)
			return false;
		i += opt.n;
	}
	return true;
}

static void keep_entry(struct parse *p, struct nodes *list, struct node *n)
{
	if (n->block->close && !n->block->close(p, n)) {
		list->refused++;
		return;
	}
	names_add(p->names, list, n);
	nodes_add(list, n);
}

static void take_words(struct parse *p, const struct block *b, struct nodes *list,
	const struct stmt *s, unsigned from)
{
	for (unsigned i = from; i < s->n; i++) {
		struct node *n = schema_new(p->arena, b, p->level->node);

		n->name = stmt_word(s, i);
		n->span = s->word[i].span;
		keep_entry(p, list, n);
	}
}

static void take_entry(struct parse *p)
{
	struct level *l = p->level;
	const struct block *b = l->block;
	struct lex_token first = lex_peek(p->lex);
	struct stmt s;
	struct node *n;
	int used;

	if (unclosed(p, &first))
		return;
	s.n = (unsigned)lex_words(p->lex, &s.word);
	if (b->flags & BLOCK_WORDS) {
		take_words(p, b, l->list, &s, 0);
		return;
	}
	n = schema_new(p->arena, b, l->node);
	n->span = s.word[0].span;
	used = b->open(p, n, &s);
	if (used >= 0 && options(p, n, &s, (unsigned)used))
		keep_entry(p, l->list, n);
	else
		l->list->refused++;
}

/* keep false: only to see what else is wrong in it. */
static void list_row(
	struct parse *p, const struct kw *kw, const struct stmt *s, uint32_t indent, bool keep)
{
	struct nodes *list = kw_field(kw, p->level->node), dropped = {0};
	struct level l = {.block = kw->block,
		.name = kw->name,
		.node = p->level->node,
		.span = s->word[0].span,
		.indent = indent,
		.list = list};
	struct lex_token keyword = s->word[0];

	if (!keep || !once(p, kw, s))
		l.list = &dropped;
	schema_mark(p->arena, p->level->node, kw, keyword.span);
	if (s->n > 1)
		diag_error(p->diags, s->word[1].span,
			"'%s' is not expected between '%s' and '{' - ignored", stmt_word(s, 1),
			kw->name);
	open_brace(p, &keyword);
	enter(p, &l);
	body(p, &l, take_entry);
	leave(p, &l);
	list->refused += dropped.n + dropped.refused;
	if (kw->hook && keep)
		kw->hook(p, p->level->node, kw, s);
}

/* ---- blocks ------------------------------------------------------------------------------ */

/* The object a block row writes: the parent's own, the embedded one, or a new one. */
static struct node *target(struct parse *p, const struct kw *kw, const struct stmt *s)
{
	struct node *parent = p->level->node, *n;

	if (kw->block->flags & BLOCK_SAME)
		return parent;
	if (kw->block->flags & BLOCK_MERGE) {
		n = kw_field(kw, parent);
		if (n->span.line && kw->block->flags & BLOCK_REPLACE) {
			struct span before = n->span;
			struct node *fresh = schema_new(p->arena, kw->block, parent);
			struct diag *d = diag_error(p->diags, s->word[0].span,
				"'%s' is given again and replaces the first block", kw->name);

			diag_also(p->diags, d, before, "given here before");
			memcpy(n, fresh, kw->block->size);
		}
	} else {
		n = schema_new(p->arena, kw->block, parent);
	}
	if (!n->span.line)
		n->span = s->word[0].span;
	return n;
}

/* Reads the block; keep false: only to see what else is wrong in it. */
static void block_row(
	struct parse *p, const struct kw *kw, const struct stmt *s, uint32_t indent, bool keep)
{
	const struct block *b = kw->block;
	struct lex_token keyword = s->word[0];
	struct node *parent = p->level->node;
	struct level l = {.block = b, .name = kw->name, .span = keyword.span, .indent = indent};
	bool in_list = !(b->flags & (BLOCK_SAME | BLOCK_MERGE));
	int used = 1;
	bool dry;

	/* What is only checked must not write into the tree. */
	l.node = keep || in_list ? target(p, kw, s) : schema_new(p->arena, parent->block, NULL);
	schema_mark(p->arena, parent, kw, keyword.span);
	if (b->open)
		used = b->open(p, l.node, s);
	if (used >= 0 && (unsigned)used < s->n)
		excess(p, kw->name, &s->word[used]);
	dry = !keep || used < 0;
	p->scratch += dry;
	open_brace(p, &keyword);
	if (b->flags & BLOCK_LINES) {
		l.list = kw_field(b->kw, l.node);
		l.block = b->kw->block;
	}
	enter(p, &l);
	body(p, &l, b->flags & BLOCK_LINES ? take_entry : statement);
	leave(p, &l);
	if (used >= 0 && b->close && !b->close(p, l.node))
		keep = false;
	p->scratch -= dry;
	if (dry || !keep) {
		if (in_list)
			((struct nodes *)kw_field(kw, parent))->refused++;
		return;
	}
	if (in_list) {
		names_add(p->names, kw_field(kw, parent), l.node);
		nodes_add(kw_field(kw, parent), l.node);
	}
	if (kw->hook)
		kw->hook(p, parent, kw, s);
}

/* ---- unknown words ----------------------------------------------------------------------- */

static const struct kw *nearest_row(struct parse *p, const char *word)
{
	const char *near = p->guess ? p->guess(word) : NULL;

	if (!near || !schema_kw(p->level->block, near))
		near = schema_nearest(p->level->block, word);
	return near ? schema_kw(p->level->block, near) : NULL;
}

static void unknown(struct parse *p, const struct lex_token *w)
{
	const struct block *here = p->level->block;
	const struct block *root;
	struct strbuf homes = {0};
	const struct kw *near;
	struct level *l = p->level;
	struct stmt s;
	uint32_t indent = w->indent;

	if (unclosed(p, w))
		return;
	while (l->up)
		l = l->up;
	root = l->block;
	s.n = (unsigned)lex_words(p->lex, &s.word);
	if (schema_homes(root, w->s.p, &homes)) {
		diag_error(p->diags, w->span, "Unknown keyword '%s' %s%s - it belongs in %s",
			w->s.p, here == root ? "at the top level" : "in ",
			here == root ? "" : here->name, homes.text);
		strbuf_free(&homes);
		skip_following_block(p);
		return;
	}
	near = nearest_row(p, w->s.p);
	if (!near) {
		diag_error(p->diags, w->span, "Unknown keyword '%s'", w->s.p);
		skip_following_block(p);
		return;
	}
	diag_error(
		p->diags, w->span, "Unknown keyword '%s' - did you mean '%s'?", w->s.p, near->name);
	if (!near->block || !next_is(p, LEX_OPEN))
		skip_following_block(p);
	else if (near->block->flags & BLOCK_ENTRIES)
		list_row(p, near, &s, indent, false);
	else
		block_row(p, near, &s, indent, false);
	schema_mark(p->arena, p->level->node,
		near->flags & KW_ALIAS ? schema_kw(here, near->alias) : near, w->span);
}

/* ---- lines ------------------------------------------------------------------------------- */

static void idle_row(struct parse *p, const struct kw *kw, const struct lex_token *w)
{
	lex_skip_line(p->lex);
	if (kw->flags & KW_OBSOLETE)
		diag_note(p->diags, w->span, "'%s' is no longer used: %s", kw->name, kw->doc);
	else
		no_effect(p, kw, w->span);
	skip_following_block(p);
	schema_mark(p->arena, p->level->node, kw, w->span);
	if (kw->hook)
		kw->hook(p, p->level->node, kw, NULL);
}

static void statement(struct parse *p)
{
	struct lex_token w = lex_peek(p->lex);
	const struct kw *kw = schema_kw(p->level->block, w.s.p);
	struct stmt s;

	if (!kw) {
		unknown(p, &w);
		return;
	}
	if (kw->flags & KW_ALIAS) {
		if (kw->flags & KW_DEPRECATED)
			diag_note(p->diags, w.span, "%s is deprecated - please use '%s'", kw->name,
				kw->alias);
		schema_mark(p->arena, p->level->node, kw, w.span);
		kw = schema_kw(p->level->block, kw->alias);
	}
	if (kw->flags & (KW_LATER | KW_OBSOLETE)) {
		idle_row(p, kw, &w);
		return;
	}
	read_words(p, kw, &s);
	if (!kw->block)
		value_row(p, kw, &s);
	else if (kw->block->flags & BLOCK_ENTRIES)
		list_row(p, kw, &s, w.indent, true);
	else
		block_row(p, kw, &s, w.indent, true);
}

void schema_parse(struct parse *p, struct node *root)
{
	struct level top = {.block = root->block, .node = root};

	p->lex = lex_new(p->text, p->arena, p->diags);
	p->names = names_new();
	enter(p, &top);
	body(p, &top, statement);
	leave(p, &top);
	lex_free(p->lex);
	names_free(p->names);
	p->lex = NULL;
	p->names = NULL;
}

struct node *schema_named(const struct parse *p, const struct nodes *list, const char *name)
{
	return names_find(p->names, list, name);
}
