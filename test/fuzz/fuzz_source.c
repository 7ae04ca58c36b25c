/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a configuration: read, packed, unpacked, lexed as words and as scripts, reported. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/lex.h"

static const struct source_options options = {
	.config_id = "fuzz",
	.max_lines = 500,
	.max_bytes = 512 * 1024,
};

static void as_words(struct lex *lex)
{
	while (lex_next(lex).kind != LEX_EOF)
		;
}

static void as_scripts(struct lex *lex)
{
	struct lex_token *words;
	const char **argv;
	struct lex_token t;
	struct slice raw;
	struct span span;
	size_t n, argc;

	while ((t = lex_next(lex)).kind != LEX_EOF) {
		if (t.kind != LEX_WORD || !lex_raw(lex, &raw, &span))
			continue;
		lex_split(lex, raw, span, &words, &n);
		if (n)
			lex_split_command(lex, &words[0], &argv, &argc);
	}
}

static void as_blocks(struct lex *lex)
{
	const struct lex_token *words;
	struct lex_token t;

	for (;;) {
		if (!lex_words(lex, &words)) {
			t = lex_next(lex);
			if (t.kind == LEX_EOF)
				return;
			if (t.kind == LEX_OPEN && lex_mark(lex).line % 2)
				lex_skip_block(lex);
		}
		lex_skip_line(lex);
	}
}

static void with(const struct text *t, struct diags *d, void (*use)(struct lex *))
{
	struct arena *arena = arena_new();
	struct lex *lex = lex_new(t, arena, d);

	use(lex);
	lex_free(lex);
	arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct diags *d;
	struct text *t, *copy;
	struct strbuf b = {0};
	struct slice lines;
	struct unpack u;
	FILE *null;

	if (memmem(bytes, n, "include", 7)) /* would read files of this machine */
		return 0;
	d = diags_new();
	t = source_from_memory("fuzz", (const char *)bytes, n, &options, d);
	lines = text_pack(&b, t);
	strbuf_add(&b, lines.p, lines.n);
	u = unpack_start(b.text, b.len);
	copy = text_unpack(&u);
	if (!copy)
		abort();
	with(copy, d, as_words);
	with(copy, d, as_scripts);
	with(copy, d, as_blocks);
	null = fopen("/dev/null", "w");
	diags_print(d, copy, null);
	diags_print_json(d, copy, null);
	fclose(null);
	text_free(copy);
	strbuf_free(&b);
	text_free(t);
	diags_free(d);
	return 0;
}
