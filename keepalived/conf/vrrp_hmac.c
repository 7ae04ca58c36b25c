/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keywords of auth_hmac. A key is text, hex:DIGITS or file:PATH; what is in a file is not read
 * here, since a configuration is parsed without asking the file system.
 */
#include <ctype.h>
#include <string.h>

#include "keepalived/conf/vrrp_tables.h"

#define V struct vrrp_conf

/* ---- keys -------------------------------------------------------------------------------- */

static const char *after(const char *word, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(word, prefix, n) ? NULL : word + n;
}

/* Pairs of digits. Returns the number of bytes; 0: malformed or too long. */
static size_t read_hex(const char *digits, uint8_t key[static HMAC_KEY_MAX])
{
	size_t n = strlen(digits);

	if (n % 2 || n / 2 > HMAC_KEY_MAX)
		return 0;
	for (size_t i = 0; i < n; i++) {
		int c = tolower((unsigned char)digits[i]);

		if (!isxdigit(c))
			return 0;
		key[i / 2] = (uint8_t)(key[i / 2] << 4 | (isdigit(c) ? c - '0' : c - 'a' + 10));
	}
	return n / 2;
}

/* False: the key is none; it was said, without showing it. */
static bool read_key(struct parse *p, const struct lex_token *w, struct hmac_key *k)
{
	const char *hex = after(w->s.p, "hex:");
	size_t n = w->s.n;

	k->file = after(w->s.p, "file:");
	if (k->file) {
		if (!*k->file)
			diag_error(p->diags, w->span, "the path after file: is missing - ignored");
		return *k->file;
	}
	if (hex)
		n = read_hex(hex, k->key);
	else if (n <= HMAC_KEY_MAX)
		memcpy(k->key, w->s.p, n);
	if (n >= HMAC_KEY_MIN && n <= HMAC_KEY_MAX) {
		k->len = (uint8_t)n;
		return true;
	}
	if (hex && !n)
		diag_error(p->diags, w->span,
			"the key is no even number of hexadecimal digits, at "
			"most %d - ignored",
			2 * HMAC_KEY_MAX);
	else
		diag_error(p->diags, w->span, "the key has %zu bytes, not %d to %d - ignored", n,
			HMAC_KEY_MIN, HMAC_KEY_MAX);
	return false;
}

static const struct hmac_key *key_of(const struct hmac_key *k, uint8_t id)
{
	while (k && k->id != id)
		k = k->next;
	return k;
}

/* At the end: they are printed in the order of the file. */
static void append(const struct hmac_key **list, const struct hmac_key *k)
{
	while (*list)
		list = (const struct hmac_key **)(uintptr_t) & (*list)->next;
	*list = k;
}

static int key_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	struct hmac_key *k = arena_new_of(p->arena, struct hmac_key);
	const struct hmac_key **keys = field, *first;
	int64_t id;

	(void)n;
	if (!type_number(p, kw, &s->word[1], &id) || !read_key(p, &s->word[2], k))
		return -1;
	k->id = (uint8_t)id;
	k->written = stmt_word(s, 2);
	k->span = s->word[1].span;
	first = key_of(*keys, k->id);
	if (first) {
		diag_also(p->diags,
			diag_error(p->diags, s->word[1].span,
				"key %u is given again - the first one is kept", k->id),
			first->span, "given here before");
		return -1;
	}
	append(keys, k);
	return 0;
}

/* A line for each. */
static bool key_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const struct hmac_key *keys = *(const struct hmac_key *const *)field;

	(void)kw;
	for (const struct hmac_key *k = keys; k; k = k->next) {
		strbuf_printf(out, "%s%u ", k == keys ? "" : "\n", k->id);
		print_word(out, k->written);
	}
	return keys;
}

static bool key_equal(const struct kw *kw, const void *a, const void *b)
{
	const struct hmac_key *x = *(const struct hmac_key *const *)a;
	const struct hmac_key *y = *(const struct hmac_key *const *)b;

	(void)kw;
	for (; x && y; x = x->next, y = y->next)
		if (x->id != y->id || strcmp(x->written, y->written) != 0)
			return false;
	return x == y;
}

static const struct codec codec_key = {"key", 2, 2, key_parse, key_print, key_equal};

/* ---- the block --------------------------------------------------------------------------- */

static const struct enum_word replays[] = {
	{"time", HMAC_TIME, false},
	{"monotonic", HMAC_MONOTONIC, false},
	{0},
};

static const struct enum_word hmac_modes[] = {
	{"enforce", HMAC_ENFORCE, false},
	{"permissive", HMAC_PERMISSIVE, false},
	{"receive-only", HMAC_RECEIVE_ONLY, false},
	{0},
};

static const struct kw hmac_kw[] = {
	{.name = "key",
		.codec = &codec_key,
		KW_AT(V, hmac.keys, KW_IS(V, hmac.keys, const struct hmac_key *)),
		.min = 1,
		.max = 255,
		.flags = KW_ADD | KW_SECRET | KW_M0 | KW_EVENT | KW_NO_DEFAULT,
		.args = "<id> <text>|hex:<digits>|file:<path>",
		.doc = "A shared key of 32 to 64 bytes, with a number of 1 to 255."},
	KW_UINT_OR("active_key", V, hmac.active_key, 1, 255, 0,
		"0 (invalid)", KW_EVENT, NULL, "<uint>",
		"Number of the key used for sending; all are good for receiving."),
	KW_TIME("time_window", V, hmac.time_window, SEC(1), SEC(1), SEC(300), 0, KW_EVENT, "<uint>",
		"3 * whole seconds of advert_int, 5 to 300",
		"Age at which an advert is refused, with anti_replay time."),
	KW_ENUM("anti_replay", V, hmac.anti_replay, replays, HMAC_TIME, KW_EVENT, "time|monotonic",
		"time: synchronised clocks; monotonic: sequence numbers that only grow."),
	KW_ENUM("mode", V, hmac.mode, hmac_modes, HMAC_ENFORCE, KW_EVENT,
		"enforce|permissive|receive-only",
		"permissive, receive-only: adverts without are accepted; receive-only: and sent."),
};

const struct block hmac_block = {
	.name = "vrrp_instance/auth_hmac",
	.kw = hmac_kw,
	.n_kw = ARRAY_SIZE(hmac_kw),
	.flags = BLOCK_SAME,
};
