/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The walker: reads a text by a table.
 *
 * It never gives up. A keyword that is refused costs its line, a block that is refused is still
 * read and checked, only not kept, so that one run shows every mistake.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/schema_names.h"
#include "lib/schema_walk.h"

static void statement(struct parse *p);

/* ---- small things ------------------------------------------------------------------------ */

/* Once for each row, where it stands first: the operator knows the word, not how often it is there.
 */
void walk_no_effect(struct parse *p, const struct kw *kw, struct span span)
{
	for (uint32_t i = 0; i < p->n_told; i++)
		if (p->told[i] == kw)
			return;
	p->told = xrealloc(p->told, (p->n_told + 1) * sizeof(*p->told));
	p->told[p->n_told++] = kw;
	diag_warning(p->diags, span, "'%s' is not supported yet and has no effect", kw->name);
}

void walk_obsolete(struct parse *p, const struct kw *kw, struct span span)
{
	diag_note(p->diags, span, "'%s' is no longer used: %s", kw->name, kw->doc);
}

const char *walk_label(const struct block *b)
{
	const char *slash = strrchr(b->name, '/');

	return slash && slash[1] ? slash + 1 : b->name;
}

bool walk_next_is(struct parse *p, enum lex_kind kind)
{
	return lex_peek(p->lex).kind == kind;
}

void walk_skip_block(struct parse *p)
{
	if (!walk_next_is(p, LEX_OPEN))
		return;
	lex_next(p->lex);
	lex_skip_block(p->lex);
}

/* Words that nothing reads: most likely a second keyword on the line, or a comment without '#'. */
static void excess(struct parse *p, const char *what, const struct lex_token *w)
{
	struct strbuf out = {0};
	const char *hint = word_hint(&out, w);
	uint64_t from = diags_added(p->diags);

	if (schema_kw(p->level->block, w->s.p))
		diag_warning(p->diags, w->span,
			"'%s' is not read: only one keyword can stand on a line, '%s' comes first",
			w->s.p, what);
	else
		diag_note(p->diags, w->span, "'%s' and what follows is ignored after '%s'", w->s.p,
			what);
	if (hint)
		diags_hint(p->diags, from, w->span, hint);
	strbuf_free(&out);
}

/* ---- levels ------------------------------------------------------------------------------ */

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

const struct level *walk_top(const struct parse *p)
{
	const struct level *l = p->level;

	while (l->up)
		l = l->up;
	return l;
}

/* Everything up to the brace that closes the level; each line goes to take. */
void walk_body(struct parse *p, struct level *l, void (*take)(struct parse *))
{
	struct lex_token t;

	enter(p, l);
	while (!p->unwind) {
		t = lex_peek(p->lex);
		if (t.kind == LEX_WORD) {
			take(p);
			continue;
		}
		if (t.kind == LEX_EOF) {
			braces_end_of_text(p);
			break;
		}
		if (braces_template(p))
			continue;
		lex_next(p->lex);
		if (t.kind == LEX_OPEN)
			braces_unexpected(p, &t);
		else if (braces_close(p, &t))
			break;
	}
	leave(p, l);
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
	/* Two causes that have their own message. */
	if (braces_template(p) || (!(kw->flags & KW_SCRIPT) && s->word[s->n].unclosed))
		return;
	diag_add(p->diags, DIAG_ERROR, kw->flags & KW_M0 ? DIAG_CONFIG : DIAG_REQUIRED,
		s->word[s->n - 1].span, "'%s' is missing its value: %s", kw->name,
		kw->args ? kw->args : "...");
}

/* A word that was nearly right was marked as well, but nothing was stored. */
static bool was_keyword(const struct parse *p, struct span s)
{
	const struct text_line *l = text_line_at(p->text, s.line);
	char *word =
		l && (uint32_t)(s.col + s.len) <= l->len ? xstrndup(l->s + s.col, s.len) : NULL;
	bool known = word && schema_kw(p->level->block, word);

	free(word);
	return known;
}

/* The row's rule about being written twice. False: this one does not count. */
bool walk_once(struct parse *p, const struct kw *kw, const struct stmt *s)
{
	struct node *n = p->level->node;
	struct span before = schema_where(n, kw->name);
	struct diag *d;

	if (!before.line || !was_keyword(p, before) || kw->flags & (KW_ADD | KW_FLAG))
		return true;
	if (kw->flags & KW_FIRST)
		d = diag_error(p->diags, s->word[0].span,
			"'%s' is given again - the first one is kept", stmt_word(s, 0));
	else
		d = diag_add(p->diags, kw->flags & KW_TWICE ? DIAG_WARNING : DIAG_NOTE, DIAG_CONFIG,
			s->word[0].span, "'%s' is given again and replaces the earlier value",
			kw->name);
	diag_also(p->diags, d, before, "given here before");
	return !(kw->flags & KW_FIRST);
}

/* `interface = eth0`: the '=' is left out, as it was meant. */
static void leave_out_equals(struct parse *p, const struct kw *kw, struct stmt *s)
{
	struct lex_token *words;

	if (kw->flags & KW_SCRIPT || s->n < 3 || s->word[1].quoted ||
		strcmp(stmt_word(s, 1), "=") != 0)
		return;
	diag_warning(p->diags, s->word[1].span,
		"'=' is left out: keyword and value are separated by a blank");
	words = arena_alloc(p->arena, s->n * sizeof(*words));
	words[0] = s->word[0];
	memcpy(words + 1, s->word + 2, (s->n - 1) * sizeof(*words)); /* with what ended them */
	*s = (struct stmt){words, s->n - 1};
}

/* Words that were taken and are hardly meant like that. */
static void doubt(struct parse *p, const struct kw *kw, const struct stmt *s)
{
	unsigned end = kw->flags & KW_EXCESS ? s->n : MIN(s->n, kw->codec->most + 1);
	struct strbuf out = {0};
	const char *why;

	for (unsigned i = 1; i < end && !(kw->flags & KW_SCRIPT); i++) {
		why = word_doubt(&out, &s->word[i]);
		if (why)
			diag_warning(p->diags, s->word[i].span,
				"%s: '%s' is taken as it stands (%s)", kw->name, stmt_word(s, i),
				why);
	}
	strbuf_free(&out);
}

/* A ${NAME} that is left in the text was reported when the text was read. */
static bool has_undefined(const struct kw *kw, const struct stmt *s)
{
	for (unsigned i = 1; i < s->n && !(kw->flags & KW_SCRIPT); i++)
		if (!s->word[i].quoted && strstr(stmt_word(s, i), "${") &&
			strchr(stmt_word(s, i), '}'))
			return true;
	return false;
}

int walk_value(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	uint64_t from = diags_added(p->diags);
	int refused = kw->codec->parse(p, n, kw, field, s);

	if (diags_added(p->diags) > from)
		word_hints(p->diags, from, s, 1);
	else if (!refused)
		doubt(p, kw, s);
	return refused;
}

/* What was refused is no value: the place of an earlier one stays, else one without length. */
static void mark_refused(struct parse *p, struct node *n, const struct kw *kw, struct span span)
{
	struct span before = schema_where_row(n, kw);

	span.len = 0;
	if (!before.line || !was_keyword(p, before))
		schema_mark(p->arena, n, kw, span);
}

static void value_row(struct parse *p, const struct kw *kw, struct stmt *s)
{
	struct node *n = p->level->node;
	struct span span = s->word[0].span;

	leave_out_equals(p, kw, s);
	if (s->n - 1 < kw->codec->words) {
		missing_value(p, kw, s);
		mark_refused(p, n, kw, span);
		return;
	}
	if (kw->flags & KW_FIRST && !walk_once(p, kw, s))
		return;
	if (has_undefined(kw, s) || walk_value(p, n, kw, kw_field(kw, n), s)) {
		mark_refused(p, n, kw, span);
		return;
	}
	if (!(kw->flags & KW_FIRST))
		walk_once(p, kw, s);
	schema_mark(p->arena, n, kw, span);
	if (kw->flags & KW_IDLE)
		walk_no_effect(p, kw, s->word[0].span);
	if (!(kw->flags & KW_EXCESS) && s->n - 1 > kw->codec->most)
		excess(p, s->word[0].s.p, &s->word[kw->codec->most + 1]);
	if (kw->hook)
		kw->hook(p, n, kw, s);
}

/* What opens a block or entry, with hints about words from the given one on. */
int walk_open(struct parse *p, const struct block *b, struct node *n, const struct stmt *s,
	unsigned first)
{
	uint64_t from = diags_added(p->diags);
	int used = b->open(p, n, s);

	if (diags_added(p->diags) > from)
		word_hints(p->diags, from, s, first);
	return used;
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
	uint32_t mark = names_mark(p->names);
	int used = 1;
	bool dry;

	schema_mark(p->arena, parent, kw, keyword.span);
	/* What is only checked must not write into the tree. */
	if (keep || in_list)
		l.node = target(p, kw, s);
	else if (b->flags & BLOCK_MERGE)
		l.node = schema_new(p->arena, b, parent);
	else
		l.node = schema_new(p->arena, parent->block, parent->parent);
	if (kw->flags & KW_IDLE)
		walk_no_effect(p, kw, keyword.span);
	if (b->open)
		used = walk_open(p, b, l.node, s, 1);
	if (used >= 0 && (unsigned)used < s->n)
		excess(p, kw->name, &s->word[used]);
	dry = !keep || used < 0;
	p->scratch += dry;
	if (b->flags & BLOCK_LINES) {
		l.list = kw_field(b->kw, l.node);
		l.block = b->kw->block;
	}
	if (braces_open(p, s, indent, l.block))
		walk_body(p, &l, b->flags & BLOCK_LINES ? walk_entry : statement);
	if (used >= 0 && b->close && !b->close(p, l.node))
		keep = false;
	p->scratch -= dry;
	if (in_list)
		names_forget(p->names, mark);
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

void walk_block(
	struct parse *p, const struct kw *kw, const struct stmt *s, uint32_t indent, bool keep)
{
	if (kw->block->flags & BLOCK_ENTRIES)
		walk_list(p, kw, s, indent, keep);
	else
		block_row(p, kw, s, indent, keep);
}

void walk_within(struct parse *p, struct level *l, const struct kw *kw, const struct stmt *s,
	uint32_t indent)
{
	l->indent = p->level->indent;
	enter(p, l);
	walk_block(p, kw, s, indent, false);
	leave(p, l);
}

/* ---- lines ------------------------------------------------------------------------------- */

static void idle_row(struct parse *p, const struct kw *kw, const struct lex_token *w)
{
	lex_skip_line(p->lex);
	if (kw->flags & KW_OBSOLETE)
		walk_obsolete(p, kw, w->span);
	else
		walk_no_effect(p, kw, w->span);
	walk_skip_block(p);
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
		walk_unknown(p, &w);
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
	if (kw->block)
		walk_block(p, kw, &s, w.indent, true);
	else
		value_row(p, kw, &s);
}

void schema_parse(struct parse *p, struct node *root)
{
	struct level top = {.block = root->block, .node = root};

	diags_of_text(p->diags, p->text);
	p->lex = lex_new(p->text, p->arena, p->diags);
	p->names = names_new();
	p->lacking = 0;
	p->counted = false;
	walk_body(p, &top, statement);
	lex_free(p->lex);
	names_free(p->names);
	free(p->told);
	p->lex = NULL;
	p->names = NULL;
	p->told = NULL;
	p->n_told = 0;
}

struct node *schema_named(const struct parse *p, const struct nodes *list, const char *name)
{
	return names_find(p->names, list, name);
}
