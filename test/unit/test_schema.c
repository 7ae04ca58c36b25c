/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The walker, the printer and the comparison, over a small language of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/text.h"
#include "lib/types.h"

struct leg {
	struct node node;
	uint8_t length;
	bool sore;
};

struct animal {
	struct node node;
	const char *colour;
	uint32_t weight;
	ktime sleep;
	int tame;
	struct nodes legs, wings;
	uint32_t claws;
};

struct zoo {
	struct node node;
	const char *town;
	struct nodes animals;
};

static int leg_open(struct parse *p, struct node *n, const struct stmt *s)
{
	(void)p;
	n->name = stmt_word(s, 0);
	return 1;
}

static const struct kw leg_kw[] = {
	KW_UINT("length", struct leg, length, 1, 99, 10, KW_DROP, NULL, "<n>", "How long."),
	KW_SET("sore", struct leg, sore, 0, "Hurts."),
};

static const struct block leg_block = {
	.name = "@leg",
	.kw = leg_kw,
	.n_kw = ARRAY_SIZE(leg_kw),
	.size = sizeof(struct leg),
	.flags = BLOCK_ENTRIES,
	.open = leg_open,
};

static const struct kw looks_kw[] = {
	KW_STRING("colour", struct animal, colour, 8, KW_LIVE, "<word>", NULL, "Of the fur."),
};

static const struct block looks_block = {
	.name = "animal/looks",
	.kw = looks_kw,
	.n_kw = ARRAY_SIZE(looks_kw),
	.flags = BLOCK_SAME,
};

static const struct kw animal_kw[] = {
	KW_UINT("weight", struct animal, weight, 1, 1000, 5, KW_EVENT, "kg", "<n>", "How heavy."),
	KW_OTHER("mass", "weight", KW_DEPRECATED),
	KW_TIME("sleep", struct animal, sleep, MSEC(1), 0, SEC(100), SEC(1), KW_LIVE, "<s>", NULL,
		"How long."),
	KW_TRI("tame", struct animal, tame, KW_RESTART, "unset", "Does not bite."),
	KW_LIST("legs", struct animal, legs, leg_block, KW_LIVE, "{ ... }", "What it stands on."),
	KW_SAME("looks", looks_block, 0, "{ ... }", "How it looks."),
	KW_NOTYET("song"),
	KW_UINT("claws", struct animal, claws, 0, 9, 0, KW_LIVE | KW_IDLE, NULL, "<n>",
		"To climb."),
	KW_LIST("wings", struct animal, wings, leg_block, KW_LIVE | KW_IDLE, "{ ... }", "To fly."),
	KW_GONE("tail", "nobody pulls it"),
};

static int animal_open(struct parse *p, struct node *n, const struct stmt *s)
{
	const struct zoo *z = (const struct zoo *)n->parent;

	if (s->n < 2 || schema_named(p, &z->animals, stmt_word(s, 1))) {
		diag_error(p->diags, s->word[0].span, "bad name");
		return -1;
	}
	n->name = stmt_word(s, 1);
	return 2;
}

static const struct block animal_block = {
	.name = "animal",
	.kw = animal_kw,
	.n_kw = ARRAY_SIZE(animal_kw),
	.size = sizeof(struct animal),
	.open = animal_open,
};

static const struct kw zoo_kw[] = {
	KW_STRING("town", struct zoo, town, 0, KW_FIRST, "<word>", NULL, "Where."),
	KW_LIST("animal", struct zoo, animals, animal_block, KW_OBJECTS, "<name> { ... }", "One."),
};

static const struct block zoo_block = {
	.name = "/",
	.kw = zoo_kw,
	.n_kw = ARRAY_SIZE(zoo_kw),
	.size = sizeof(struct zoo),
};

struct fixture {
	struct arena *arena;
	struct diags *diags;
	struct text *text;
	struct zoo *zoo;
};

static struct fixture read_zoo(const char *conf)
{
	static const struct source_options options = {.config_id = "here"};
	struct fixture f = {.arena = arena_new(), .diags = diags_new()};
	struct parse p = {.arena = f.arena, .diags = f.diags};

	p.text = f.text = source_from_memory("t", conf, strlen(conf), &options, f.diags);
	f.zoo = (struct zoo *)schema_new(f.arena, &zoo_block, NULL);
	schema_parse(&p, &f.zoo->node);
	return f;
}

static void end(struct fixture *f)
{
	text_free(f->text);
	diags_free(f->diags);
	arena_free(f->arena);
}

static const struct {
	const char *conf, *messages; /* LINE:COLUMN LEVEL TEXT, joined by newlines */
} mistakes[] = {
	{"town Ulm", ""},
	{"town Ulm\ntown Bonn", "2:1 E 'town' is given again - the first one is kept\n"},
	{"town", "1:1 E 'town' is missing its value: <word>\n"},
	{"twon Ulm", "1:1 E Unknown keyword 'twon' - did you mean 'town'?\n"},
	{"weight 3", "1:1 E Unknown keyword 'weight' at the top level - it belongs in animal\n"},
	{"animal a {\n ship 3\n}", "2:2 E Unknown keyword 'ship'\n"},
	{"animal a {\n weight 0\n}",
		"2:9 E weight: number '0' outside range [1, 1000] - ignored\n"},
	{"animal a {\n weight 3x\n}", "2:9 E weight: invalid number '3x' - ignored\n"},
	{"animal a {\n mass 3\n}", "2:2 N mass is deprecated - please use 'weight'\n"},
	{"animal a {\n tail long\n song {\n la {\n }\n }\n weight 3\n}",
		"2:2 N 'tail' is no longer used: nobody pulls it\n"
		"3:2 W 'song' is not supported yet and has no effect\n"},
	{"animal a {\n sleep 1.0004\n}",
		"2:8 E sleep: number '1.0004' has too many decimal places - using 1\n"},
	{"animal a {\n tame maybe\n}",
		"2:7 E tame: invalid boolean 'maybe' (true, on, yes, false, off, no) - ignored\n"},
	{"animal a {\n weight 3 sleep 4\n}",
		"2:11 W 'sleep' is not read: only one keyword can stand on a line, 'weight' comes "
		"first\n"},
	{"animal a {\n legs {\n l length 100\n r sore odd\n }\n}",
		"3:11 E length: number '100' outside range [1, 99] - ignored\n"
		"4:9 E Unknown configuration entry 'odd' for leg - ignoring\n"},
	{"animal a\n weight 3\n}\ntown Ulm", "1:1 E missing '{' after 'animal'\n"},
	{"animal a {\n weight 3\n\nanimal b {\n}",
		"1:1 E missing '}': the block 'animal' is never closed\n"},
	{"animal a {\n legs {\n  l\n weight 3\n}\n",
		"2:2 E missing '}': the block 'legs' is never closed\n"},
	{"animal a {\n", "1:1 E missing '}': the block 'animal' is never closed\n"},
	{"animal a {\n}\n}\ntown Ulm", "3:1 E Extra '}' found\n"},
	{"animal a {\n}\nanimal a {\n wieght 3\n}",
		"3:1 E bad name\n4:2 E Unknown keyword 'wieght' - did you mean 'weight'?\n"},
	/* a row without effect is named where it stands first, its inside is read */
	{"animal a {\n wings {\n l odd\n }\n claws 3\n wings { }\n}\nanimal b {\n claws 3\n}",
		"2:2 W 'wings' is not supported yet and has no effect\n"
		"3:4 E Unknown configuration entry 'odd' for leg - ignoring\n"
		"5:2 W 'claws' is not supported yet and has no effect\n"},
	/* '=' and what others put at the end of a word */
	{"town = Ulm", "1:6 W '=' is left out: keyword and value are separated by a blank\n"},
	{"town Ulm;", "1:6 W town: 'Ulm;' is taken as it stands (lines do not end with ';')\n"},
	{"twon=Ulm",
		"1:1 E Unknown keyword 'twon=Ulm' - did you mean 'town'? (keyword and value are "
		"separated by a blank, not by '=')\n"},
	{"town \"Ulm", "1:6 E missing closing quote (\"); the line is ignored from here on\n"},
	{"animal a {\n weight 3,\n}",
		"2:9 E weight: invalid number '3,' - ignored (blanks separate words, not ',')\n"},
	{"animal a {\n weight \xef\xbc\x93\n}",
		"2:9 W a full-width character (U+FF13) is taken for a plain 3\n"},
	{"animal a {\n legs {\n l lenght 3\n r length=3\n }\n}",
		"3:4 E Unknown configuration entry 'lenght' for leg - ignoring - did you mean "
		"'length'?\n"
		"4:4 E Unknown configuration entry 'length=3' for leg - ignoring - did you mean "
		"'length'? (keyword and value are separated by a blank, not by '=')\n"},
	{"animal a {\n weight ${X}\n}", "2:9 E ${X} is not defined\n"},
	/* a word stuck to its keyword */
	{"animal.nr.1 {\n wieght 3\n}",
		"1:1 E Unknown keyword 'animal.nr.1' - a blank is missing after 'animal'\n"
		"2:2 E Unknown keyword 'wieght' - did you mean 'weight'?\n"},
	/* templates, prompts, what stands before the keyword */
	{"{% if x %}\ntown Ulm",
		"1:1 E '{%' begins a place of a template that was not filled in\n"},
	{"$ vi x", "1:1 E Unknown keyword '$' - this looks like a command with the prompt of a "
		   "shell\n"},
	{"+ town Ulm",
		"1:1 E Unknown keyword '+' - the keyword 'town' must come first on its line\n"},
	/* braces: without indentation the number of braces tells, else the indentation */
	{"animal a {\nlegs {\nl\nweight 3\n}\nanimal b {\n}\n",
		"2:1 E missing '}': the block 'legs' is never closed\n"},
	{"animal a {\n legs {\n  l\n }\n  }\n wieght 3\n}\ntown Ulm",
		"5:3 E Extra '}' found\n6:2 E Unknown keyword 'wieght' - did you mean 'weight'?\n"},
	{"animal a\n weight 3\n legs\n  l\n }\n tame\n}\ntown Ulm",
		"1:1 E missing '{' after 'animal'\n3:2 E missing '{' after 'legs'\n"},
	{"animal a {\n legs l\n wieght 3\n}",
		"2:2 E missing '{' after 'legs': write legs { l }, on one line or several\n"
		"3:2 E Unknown keyword 'wieght' - did you mean 'weight'?\n"},
	{"Animal a {\n wieght 3\n}", "1:1 E Unknown keyword 'Animal' - did you mean 'animal'?\n"
				     "2:2 E Unknown keyword 'wieght' - did you mean 'weight'?\n"},
};

static void test_mistakes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(mistakes); i++) {
		struct fixture f = read_zoo(mistakes[i].conf);
		struct strbuf got = {0};

		for (size_t k = 0; k < diags_count(f.diags); k++) {
			const struct diag *d = diags_at(f.diags, k);
			const struct text_line *l = text_line_at(f.text, d->span.line);

			strbuf_printf(&got, "%u:%u %c %s%s%s%s\n", l->lineno,
				text_column(l, d->span.col), "NWE"[d->level], d -> text,
				d -> hint ? " (" : "", d->hint ? d->hint : "", d->hint ? ")" : "");
		}
		assert_string_equal(strbuf_str(&got), mistakes[i].messages);
		strbuf_free(&got);
		end(&f);
	}
}

static const char sample[] =
	"town \"New York\"\n"
	"animal cat {\n weight 7\n sleep 2.5\n tame\n looks {\n  colour red\n }\n"
	" legs {\n  l length 20 sore\n  r\n }\n}\n"
	"animal dog { }\n";

static void test_values(void **state)
{
	struct fixture f = read_zoo(sample);
	const struct animal *cat = (struct animal *)f.zoo->animals.first;
	const struct animal *dog = (struct animal *)cat->node.next;
	const struct leg *l = (struct leg *)cat->legs.first;

	(void)state;
	assert_int_equal(diags_count(f.diags), 0);
	assert_string_equal(f.zoo->town, "New York");
	assert_int_equal(f.zoo->animals.n, 2);
	assert_int_equal(cat->weight, 7);
	assert_true(cat->sleep == MSEC(2500));
	assert_int_equal(cat->tame, 1);
	assert_string_equal(cat->colour, "red");
	assert_int_equal(l->length, 20);
	assert_true(l->sore);
	assert_int_equal(((struct leg *)l->node.next)->length, 10);
	assert_int_equal(dog->weight, 5);
	assert_int_equal(dog->tame, -1);
	assert_null(dog->colour);
	assert_true(schema_given(&cat->node, "colour"));
	assert_false(schema_given(&dog->node, "weight"));
	assert_int_equal(schema_place(&dog->node, "weight").line, dog->node.span.line);
	end(&f);
}

static void test_print(void **state)
{
	struct fixture f = read_zoo(sample);
	struct strbuf out = {0};

	(void)state;
	schema_print(&out, &f.zoo->node, 0);
	assert_string_equal(out.text, "town \"New York\"\n"
				      "animal cat {\n\tweight 7\n\tsleep 2.5\n\ttame on\n"
				      "\tlegs {\n\t\tl length 20 sore\n\t\tr\n\t}\n"
				      "\tlooks {\n\t\tcolour red\n\t}\n}\n"
				      "animal dog {\n}\n");
	strbuf_reset(&out);
	schema_print(&out, &f.zoo->node, PRINT_DEFAULTS);
	assert_non_null(strstr(out.text, "animal dog {\n\t# weight 5\n\t# sleep 1\n"));
	strbuf_free(&out);
	end(&f);
}

static const struct {
	const char *old, *new;
	enum schema_change change;
} changes[] = {
	{"animal a {\n}", "animal a {\n}", CHANGE_NONE},
	{"animal a {\n}", "animal a {\n weight 5\n}", CHANGE_NONE},
	{"animal a {\n}", "animal a {\n weight 6\n}", CHANGE_EVENT},
	{"animal a {\n}", "animal a {\n sleep 6\n}", CHANGE_LIVE},
	{"animal a {\n}", "animal a {\n sleep 6\n tame\n weight 9\n}", CHANGE_RESTART},
	{"animal a {\n}", "animal a {\n looks {\n colour red\n }\n}", CHANGE_LIVE},
	{"animal a {\n legs {\n l\n }\n}", "animal a {\n legs {\n l sore\n }\n}", CHANGE_LIVE},
	{"animal a {\n legs {\n l\n r\n }\n}", "animal a {\n legs {\n r\n l\n }\n}", CHANGE_LIVE},
};

static void test_compare(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		struct fixture a = read_zoo(changes[i].old), b = read_zoo(changes[i].new);

		assert_int_equal(schema_compare(a.zoo->animals.first, b.zoo->animals.first),
			changes[i].change);
		assert_int_equal(schema_compare(&a.zoo->node, &b.zoo->node), CHANGE_NONE);
		end(&a);
		end(&b);
	}
}

static void note(void *ctx, const struct node *old, const struct node *new, enum schema_change how)
{
	strbuf_printf(ctx, "%s%c ", old ? old->name : new->name, "=leRAD"[how]);
}

static void test_diff(void **state)
{
	struct fixture a = read_zoo("animal a {\n}\nanimal b {\n}\nanimal c {\n}");
	struct fixture b = read_zoo("animal d {\n}\nanimal c {\n weight 9\n}\nanimal a {\n}");
	struct strbuf got = {0};
	struct node_map *map = node_map_new(&b.zoo->animals);

	(void)state;
	schema_diff(&a.zoo->animals, &b.zoo->animals, note, &got);
	assert_string_equal(got.text, "bD dA ce a= ");
	strbuf_reset(&got);
	schema_diff_tree(&a.zoo->node, &b.zoo->node, note, &got);
	assert_string_equal(got.text, "bD dA ce a= ");
	assert_ptr_equal(node_map_find(map, "d"), b.zoo->animals.first);
	assert_null(node_map_find(map, "b"));
	node_map_free(map);
	strbuf_free(&got);
	end(&a);
	end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_diff),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
