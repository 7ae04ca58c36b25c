/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of keywords for editors: per block its keywords, per keyword what may follow it. */
#include <stdio.h>
#include <string.h>

#include "keepalived/conf/keywords.h"
#include "lib/json.h"

#define FORMAT_VERSION 1

static void put_string(struct json *j, const char *key, const char *value)
{
	if (!value || !*value)
		return;
	json_key(j, key);
	json_str(j, value);
}

static void put_mark(struct json *j, const char *key, bool set)
{
	if (!set)
		return;
	json_key(j, key);
	json_bool(j, true);
}

static void put_number(struct json *j, const char *key, double v)
{
	char text[32];

	snprintf(text, sizeof(text), "%.15g", v);
	json_key(j, key);
	json_number(j, text);
}

static void put_range(struct json *j, const struct kw *kw)
{
	bool is_time;
	double min, max;

	if (!keyword_range(kw, &min, &max, &is_time))
		return;
	put_number(j, "min", min);
	put_number(j, "max", max);
	put_mark(j, "integer", !is_time || kw->res >= SEC(1));
}

static void put_words(struct json *j, const struct kw *kw)
{
	const struct enum_word *e = keyword_words(kw);

	if (!e)
		return;
	json_key(j, "values");
	json_open(j, '[');
	for (; e->word; e++)
		json_str(j, e->word);
	json_close(j);
	put_mark(j, "any_case", keyword_words(kw)->fold);
}

static void put_default(struct json *j, const struct keyword *k, const struct node *plain)
{
	struct strbuf value = {0};

	if (keyword_default(&value, k, plain))
		put_string(j, "default", strbuf_str(&value));
	strbuf_free(&value);
}

/* How many words must and may follow, where the codec knows. */
static void put_counts(struct json *j, const struct kw *kw)
{
	if (!kw->codec)
		return;
	json_key(j, "least_words");
	json_uint(j, kw->codec->words);
	if (kw->flags & KW_EXCESS || kw->options)
		return;
	json_key(j, "most_words");
	json_uint(j, kw->codec->most);
}

static void put_type(struct json *j, const struct keyword *k, const struct kw *kw)
{
	const struct block *inside = keyword_inside(kw);
	bool text = kw->codec && kw->codec->parse == codec_string.parse;

	put_string(j, "arguments", kw->args);
	put_string(j, "type", keyword_type(kw));
	put_string(j, "block", inside ? inside->name : NULL);
	put_counts(j, kw);
	put_words(j, kw);
	put_range(j, kw);
	if (text && kw->max)
		put_number(j, "max_length", (double)kw->max);
	put_string(j, "unit", kw->unit);
	put_string(j, "repeat", keyword_repeat(kw));
	put_mark(j, "repeatable", kw->flags & KW_ADD);
	put_string(j, "reload", keyword_reload(kw));
	put_mark(j, "required", kw->flags & KW_REQUIRED);
	put_mark(j, "secret", kw->flags & KW_SECRET);
	put_mark(j, "free_word", k->kw->flags & KW_POSITION);
}

/* A keyword is one line of the text: the file stays small enough to read. */
static void put_keyword(struct json *j, const struct keyword *k, const struct node *plain)
{
	const struct kw *kw = keyword_meant(k);
	unsigned indent = j->indent;

	json_key(j, k->kw->name);
	j->indent = 0;
	json_open(j, '{');
	put_type(j, k, kw);
	put_default(j, k, plain);
	put_string(j, "alias_of", kw != k->kw ? kw->name : NULL);
	put_mark(j, "deprecated", k->kw->flags & (KW_DEPRECATED | KW_OBSOLETE));
	put_mark(j, "no_effect", kw->flags & (KW_LATER | KW_OBSOLETE | KW_IDLE));
	put_string(j, "doc", kw->doc);
	json_close(j);
	j->indent = indent;
}

static void put_block(struct json *j, const struct keyword *first, const struct keyword *end)
{
	struct arena *arena = arena_new();
	const struct node *plain = NULL;

	json_key(j, first->block);
	json_open(j, '{');
	for (const struct keyword *k = first; k < end; k++) {
		if (k == first || k->owner != k[-1].owner)
			plain = k->owner ? schema_new(arena, k->owner, NULL) : NULL;
		put_keyword(j, k, plain);
	}
	json_close(j);
	arena_free(arena);
}

void keywords_print_json(FILE *out)
{
	struct keywords all = keywords_list();
	struct strbuf text = {0};
	struct json j = {.out = &text, .indent = 1};

	json_open(&j, '{');
	put_string(&j, "language", "keepalived.conf");
	put_number(&j, "format", FORMAT_VERSION);
	put_string(&j, "top", conf_block.name);
	json_key(&j, "blocks");
	json_open(&j, '{');
	for (size_t i = 0, end; i < all.n; i = end) {
		for (end = i + 1; end < all.n && !strcmp(all.at[end].block, all.at[i].block);)
			end++;
		put_block(&j, &all.at[i], &all.at[end]);
	}
	json_close(&j);
	json_close(&j);
	fprintf(out, "%s\n", strbuf_str(&text));
	strbuf_free(&text);
	keywords_free(&all);
}
