/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading a configuration.
 *
 * What is being read is a stack: the main file, in it an include, in that a definition of many
 * lines or a loop, and so on. The topmost yields the next line. A line is looked at once, in this
 * order: condition, definition, loop; then what is defined is replaced; then include. A part that
 * begins behind a brace and is one of these starts anew as a line of its own; all other braces are
 * left to the lexer. Text that came in by a replacement is never looked at for a condition,
 * definition or loop, only for an include.
 *
 * What cannot end (a definition that contains itself, a file that includes itself, a loop over
 * everything) runs into a limit: of depth, of replacements in a line, of lines and bytes in all.
 */
#include "lib/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TURNS_PER_LINE 2 /* lines looked at for each that may be made, so that empty loops end */

void src_skip(struct src_line *l, size_t n)
{
	while (n < l->n && src_blank(l->s[n]))
		n++;
	l->s += n;
	l->n -= n;
	if (l->exact)
		l->col += (uint32_t)n;
}

static uint32_t add_line(struct source *src, const struct src_line *l, size_t same, bool shadow)
{
	return text_add_line(src->text, (struct text_line){
						.s = l->s,
						.len = (uint32_t)l->n,
						.file = l->file,
						.lineno = l->lineno,
						.col = l->col,
						.indent = l->indent,
						.same = (uint32_t)same,
						.expansion = l->expansion,
						.inner = l->inner,
						.shadow = shadow,
					});
}

struct span src_span(struct source *src, const struct src_line *l, size_t at, size_t n)
{
	return span_at(add_line(src, l, l->exact ? l->n : 0, true), at, n);
}

static void stop(struct source *src, const struct src_line *l, const char *why)
{
	if (!src->stopped)
		diag_error(src->diags, l ? src_span(src, l, 0, l->n) : (struct span){0},
			"%s; reading ends here", why);
	src->stopped = true;
}

bool src_spend(struct source *src, const struct src_line *l, uint64_t bytes)
{
	src->bytes += bytes;
	if (src->bytes > src->max_bytes)
		stop(src, l, "the configuration becomes too large");
	return !src->stopped;
}

struct frame *src_file(struct source *src)
{
	uint32_t i = src->n_frames - 1;

	while (src->frames[i].kind != FRAME_FILE)
		i--;
	return &src->frames[i];
}

/* The slot of such an expansion, or the free one where it belongs. */
static uint32_t slot_of(const struct source *src, const char *s, const struct text_expansion *e)
{
	uint64_t h = ((uintptr_t)s ^ (uint64_t)e->parent << 32) * UINT64_C(0x9e3779b97f4a7c15);
	uint32_t i = (uint32_t)(h >> 32) & (src->n_slots - 1), at;

	for (; (at = src->expanded[i].index); i = (i + 1) & (src->n_slots - 1)) {
		const struct text_expansion *x = &src->text->expansions[at - 1];

		/* the memory of a file may have been that of another one */
		if (src->expanded[i].s == s && x->parent == e->parent && x->file == e->file &&
			x->lineno == e->lineno)
			break;
	}
	return i;
}

static void grow_expanded(struct source *src)
{
	__typeof__(src->expanded) old = src->expanded;
	uint32_t n = src->n_slots, i, to;

	src->n_slots = n ? n * 2 : 64;
	src->expanded = xcalloc(src->n_slots, sizeof(*src->expanded));
	for (i = 0; i < n; i++) {
		if (!old[i].index)
			continue;
		to = slot_of(src, old[i].s, &src->text->expansions[old[i].index - 1]);
		src->expanded[to] = old[i];
	}
	free(old);
}

uint32_t src_expansion(struct source *src, const struct src_line *defined, uint32_t parent,
	struct slice what, bool part)
{
	struct text_expansion e = {
		.file = defined->file,
		.lineno = defined->lineno,
		.parent = parent,
		.part = part,
	};
	uint32_t slot;

	if (src->text->n_expansions * 2 >= src->n_slots)
		grow_expanded(src);
	slot = slot_of(src, defined->s, &e);
	if (!src->expanded[slot].index) {
		e.what = arena_strndup(src->text->arena, what.p, what.n);
		e.written = arena_strndup(src->text->arena, defined->s, defined->n);
		src->expanded[slot].s = defined->s;
		src->expanded[slot].index = text_add_expansion(src->text, e);
	}
	return src->expanded[slot].index;
}

void src_unwind(struct source *src)
{
	while (src->frames[src->n_frames - 1].kind > FRAME_FILES)
		src->n_frames--;
}

struct frame *src_push(struct source *src, enum frame_kind kind, const struct src_line *use)
{
	if (src->n_frames == FRAMES_MAX) {
		diag_error(src->diags, src_span(src, use, 0, use->n),
			"includes, definitions or loops inside each other do not come to an end "
			"(%u levels)",
			FRAMES_MAX);
		src_unwind(src);
		return NULL;
	}
	if (src->n_frames == src->max_frames) {
		src->max_frames = src->max_frames ? src->max_frames * 2 : 8;
		src->frames = xrealloc(src->frames, src->max_frames * sizeof(*src->frames));
	}
	src->frames[src->n_frames] = (struct frame){.kind = kind};
	if (use)
		src->frames[src->n_frames].use = *use;
	return &src->frames[src->n_frames++];
}

static void pop(struct source *src)
{
	struct frame *f = &src->frames[--src->n_frames];

	if (f->kind == FRAME_FILE)
		src->checks = f->saved_checks;
	else if (f->kind == FRAME_FILES)
		free(f->paths);
}

/* A line of a definition stands where the definition is used. */
static void take_defined(struct source *src, struct frame *f, struct src_line *l)
{
	*l = f->lines[f->at++];
	l->expansion = src_expansion(src, l, f->use.expansion, slice_str(f->what), false);
	l->file = f->use.file;
	l->lineno = f->use.lineno;
	l->col = f->use.col;
}

/* The next line from the top of the stack. False at its end. */
static bool next_line(struct source *src, struct src_line *l)
{
	struct frame *f = &src->frames[src->n_frames - 1];

	l->n = 0;
	switch (f->kind) {
	case FRAME_FILE:
		return src_read_line(src, f, l);
	case FRAME_FILES:
		return src_next_file(src, f);
	case FRAME_LINES:
		if (f->at >= f->n_at)
			return false;
		take_defined(src, f, l);
		return true;
	case FRAME_LOOP:
		*l = f->use;
		return src_loop_next(src, &f->loop);
	}
	return false;
}

/* `@id rest` and `@^id rest`: leaves the rest. False when the line is for another machine. */
static bool condition(struct source *src, struct src_line *l)
{
	bool differ = l->n > 1 && l->s[1] == '^', same;
	size_t from = 1 + differ, n = from;

	if (*l->s != '@')
		return true;
	while (n < l->n && !src_blank(l->s[n]))
		n++;
	same = strlen(src->config_id) == n - from && !memcmp(src->config_id, l->s + from, n - from);
	src_skip(l, n);
	return same != differ;
}

/* Is this the beginning of something that is looked at only at the start of a line? */
static bool is_directive(const struct src_line *l)
{
	size_t n;

	if (!l->n)
		return false;
	if (*l->s == '@')
		return l->n > 1 && !src_blank(l->s[1]);
	if (*l->s == '~')
		return l->n > 4 && (!memcmp(l->s, "~SEQ", 4) || !memcmp(l->s, "~LST", 4));
	if (*l->s != '$')
		return src_is_include(l);
	n = src_name(l->s + 1, l->n - 1);
	return n && n + 1 < l->n && l->s[n + 1] == '=';
}

/* Most lines have none but at their end. */
static bool has_inner_brace(const struct src_line *l)
{
	return l->n > 1 && (memchr(l->s, '{', l->n - 1) || memchr(l->s, '}', l->n - 1));
}

/* Cuts the line behind the first brace that such a beginning follows. */
static bool split(struct src_line *l, struct src_line *tail)
{
	bool quoted = false, reference = false;
	size_t i;

	if (!has_inner_brace(l))
		return false;
	for (i = 0; i < l->n; i++) {
		if (l->s[i] == '"') {
			quoted = !quoted;
		} else if (!quoted && l->s[i] == '{' && i && l->s[i - 1] == '$') {
			reference = true;
		} else if (!quoted && l->s[i] == '}' && reference) {
			reference = false;
		} else if (!quoted && (l->s[i] == '{' || l->s[i] == '}')) {
			*tail = *l;
			src_skip(tail, i + 1);
			if (!is_directive(tail))
				continue;
			tail->inner = true;
			l->n = i + 1;
			l->whole = false;
			return true;
		}
	}
	return false;
}

static bool ends_with_backslash(const char *s, size_t n)
{
	return s[n - 1] == '\\' && (n < 2 || s[n - 2] != '\\');
}

/* A final backslash belongs to the last word, as it does in the original. */
static void glue_backslash(struct source *src, const struct src_line *was, struct src_line *l)
{
	for (l->n--; l->n && src_blank(l->s[l->n - 1]); l->n--)
		;
	l->s[l->n++] = '\\';
	diag_spread(src->diags, DIAG_WARNING, src_span(src, was, was->n - 1, 1),
		"a \\ continues only the lines of a definition; here it becomes part of the last "
		"word");
}

/* Makes the line a part of the text; same: leading bytes that stand in the file. */
static void emit(struct source *src, struct src_line *l, size_t same)
{
	struct src_line plain = *l;
	size_t escaped_at = l->n;

	if (!l->n)
		return;
	if (src->text->n_lines >= src->max_lines) {
		stop(src, l, "the configuration has too many lines");
		return;
	}
	if (!l->whole && !src_spend(src, l, l->n))
		return;
	if (memchr(l->s, '\\', l->n)) {
		strbuf_reset(&src->plain);
		strbuf_add(&src->plain, l->s, l->n);
		plain.s = src->plain.text;
		escaped_at = src_unescape(plain.s, &plain.n);
		if (ends_with_backslash(plain.s, plain.n))
			glue_backslash(src, l, &plain);
	}
	add_line(src, &plain, MIN(MIN(same, escaped_at), plain.n), false);
	src_include_check(src, &plain);
	src_random_seed(src, &plain);
}

/* Replaces, then includes or emits. */
static void finish(struct source *src, struct src_line *l)
{
	uint32_t depth = src->n_frames;
	bool exact = l->exact;
	size_t same;

	if (!src_substitute(src, l, &same)) {
		src->n_frames = MIN(src->n_frames, depth);
		return;
	}
	if (l->s == src->out.text) {
		for (; l->n && src_blank(*l->s); same -= same > 0)
			l->s++, l->n--;
		l->n = src_strip(l->s, l->n);
		l->exact = false;
	}
	if (!src_include(src, l))
		emit(src, l, exact ? same : 0);
}

static void look_at(struct source *src, struct src_line *l)
{
	struct src_line tail;
	bool keep, again;

	do {
		if (!l->n)
			return;
		keep = condition(src, l);
		if (!l->n || (*l->s == '$' && src_define(src, l, keep)) || !keep ||
			(*l->s == '~' && src_sequence(src, l)))
			return;
		again = !src_is_include(l) && split(l, &tail);
		finish(src, l);
		if (again)
			*l = tail;
	} while (again);
}

static void run(struct source *src)
{
	struct src_line l;

	while (src->n_frames && !src->stopped) {
		if (!next_line(src, &l))
			pop(src);
		else if (++src->turns > src->max_turns)
			stop(src, &l, "the loops of the configuration are too long");
		else
			look_at(src, &l);
	}
	while (src->n_frames)
		pop(src);
	free(src->frames);
	free(src->expanded);
	strbuf_free(&src->out);
	strbuf_free(&src->rest);
	strbuf_free(&src->plain);
	arena_free(src->raw);
}

static struct source start(const struct source_options *o, struct diags *diags)
{
	struct source src = {
		.text = text_new(),
		.raw = arena_new(),
		.diags = diags,
		.config_id = o->config_id ? o->config_id : "",
		.check_all = o->check_all_includes,
		.max_lines = o->max_lines ? o->max_lines : SOURCE_MAX_LINES,
		.max_bytes = o->max_bytes ? o->max_bytes : SOURCE_MAX_BYTES,
	};

	diags_of_text(diags, src.text);
	src.checks = src.check_all ? CHECK_ALL : 0;
	src.max_turns = (uint64_t)src.max_lines * TURNS_PER_LINE;
	return src;
}

struct text *source_read(
	const char *path, const struct source_options *o, struct diags *diags, int *status)
{
	struct source src = start(o, diags);
	const char *why;
	struct src_line l = {0};

	*status = src_open(&src, path, NULL, &why);
	if (*status) {
		l.file =
			text_add_file(src.text, (struct text_file){
							.name = arena_strdup(src.text->arena, path),
							.from_file = UINT32_MAX,
						});
		diag_add(diags, DIAG_ERROR, DIAG_INCLUDE, src_span(&src, &l, 0, 0),
			"the configuration cannot be read: %s", why);
	}
	run(&src);
	return src.text;
}

struct text *source_from_memory(const char *name, const char *bytes, size_t n,
	const struct source_options *o, struct diags *diags)
{
	struct source src = start(o, diags);
	struct frame *f = src_push(&src, FRAME_FILE, NULL);

	f->bytes = arena_alloc(src.raw, n + 1);
	if (n)
		memcpy(f->bytes, bytes, n);
	f->n = n;
	f->saved_checks = src.checks;
	f->file = text_add_file(src.text, (struct text_file){
						  .name = arena_strdup(src.text->arena, name),
						  .from_file = UINT32_MAX,
					  });
	src_set_directory(&src, f, name);
	src_open_bytes(&src, f);
	run(&src);
	return src.text;
}
