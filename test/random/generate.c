/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test/random/generate.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keepalived/conf/tables.h"
#include "lib/text.h"

#define MOST_ROUNDS 50 /* what one rule hides, the next may find */

struct random {
	struct strbuf *out;
	uint64_t state;
	unsigned depth, fresh;
};

bool samples_missing;

/* ---- chance ------------------------------------------------------------------------------ */

static uint64_t chance(struct random *r) /* splitmix64 */
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static uint64_t below(struct random *r, uint64_t n)
{
	return n ? chance(r) % n : 0;
}

static int64_t between(struct random *r, int64_t lo, int64_t hi)
{
	static const int64_t near = 1000;

	switch (below(r, 8)) {
	case 0:
		return lo;
	case 1:
		return hi;
	default:
		return lo + (int64_t)below(r, (uint64_t)MIN(hi - lo, near) + 1);
	}
}

/* ---- samples ----------------------------------------------------------------------------- */

/*
 * Alternatives are separated by '|'; in them
 *	%n	a number that was not used before
 *	%u	a small number
 *	%4 %6	an address
 *	%i	an interface
 *	%V %S %P %F %B %G	an instance, script, process, file, session, group that may exist
 */
static const struct {
	const char *row; /* ROW, BLOCK:ROW, BLOCK: before its brace, or BLOCK:entry */
	const char *words;
} samples[] = {
	{"vrrp_instance:", "VI_%n"},
	{"vrrp_sync_group:", "SG_%n"},
	{"vrrp_script:", "S%n"},
	{"vrrp_track_process:", "P%n"},
	{"track_file:", "F%n"},
	{"vrrp_track_file:", "F%n"},
	{"track_group:", "TG_%n"},
	{"bfd_instance:", "B%n"},
	{"virtual_server_group:", "G%n"},
	{"virtual_server:", "192.0.2.%u %n|fwmark %n|group %G %n|2001:db8::%u %n"},
	{"virtual_server/real_server:", "10.%u.0.%u %n|10.%u.1.%u"},
#include "test/random/samples.h"
};

static const char *sample_named(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++)
		if (!strcmp(samples[i].row, name))
			return samples[i].words;
	return NULL;
}

static const char *sample(const struct block *b, const char *row)
{
	char *name = xasprintf("%s:%s", b->name, row);
	const char *words = sample_named(name);

	free(name);
	return words || !*row ? words : sample_named(row);
}

static void put_token(struct random *r, char token)
{
	unsigned u = 1 + (unsigned)below(r, 200);

	switch (token) {
	case 'n':
		strbuf_printf(r->out, "%u", ++r->fresh);
		break;
	case 'u':
		strbuf_printf(r->out, "%u", u);
		break;
	case '4':
		strbuf_printf(r->out, "10.%u.%u.%u", (unsigned)below(r, 250), u, u);
		break;
	case '6':
		strbuf_printf(r->out, "2001:db8::%x:%x", u, ++r->fresh);
		break;
	case 'i':
		strbuf_printf(r->out, "eth%u", (unsigned)below(r, 4));
		break;
	case 'V':
		strbuf_printf(r->out, "VI_%u", (unsigned)below(r, 40));
		break;
	default: /* one of the objects that every text begins with */
		strbuf_printf(r->out, "%c%u", token, 1 + (unsigned)below(r, 3));
	}
}

static void put_sample(struct random *r, const char *words)
{
	uint64_t n = 1;

	for (const char *p = words; *p; p++)
		n += *p == '|';
	for (n = below(r, n); n; n--)
		words = strchr(words, '|') + 1;
	for (; *words && *words != '|'; words++) {
		if (*words == '%')
			put_token(r, *++words);
		else
			strbuf_putc(r->out, *words);
	}
}

/* ---- values ------------------------------------------------------------------------------ */

static void put_time(struct random *r, const struct kw *kw)
{
	int64_t res = MAX(kw->res, 1), lo = (kw->min + res - 1) / res, hi = kw->max / res;

	print_time(r->out, between(r, lo, hi) * res);
}

static void put_enum(struct random *r, const struct kw *kw)
{
	const struct enum_word *e = kw->arg;
	uint64_t n = 0;

	while (e[n].word)
		n++;
	strbuf_puts(r->out, e[below(r, n)].word);
}

/* Arguments that the type itself suggests; false: it suggests none. */
static bool put_typed(struct random *r, const struct kw *kw)
{
	if (kw->codec == &codec_uint || kw->codec == &codec_int)
		strbuf_printf(r->out, "%" PRId64, between(r, kw->min, kw->max));
	else if (kw->codec == &codec_time)
		put_time(r, kw);
	else if (kw->codec == &codec_bool || kw->codec == &codec_tristate)
		put_sample(r, "|on|off|true|no");
	else if (kw->codec == &codec_enum)
		put_enum(r, kw);
	else if (kw->codec == &codec_ifname)
		put_sample(r, "%i");
	else if (kw->codec == &codec_string)
		put_sample(r, "w%u|\"two words\"");
	else if (kw->codec == &codec_addr)
		put_sample(r, "%4|%6");
	else if (kw->max > kw->min && kw->codec->words == 1) /* a number with a meaning of its own */
		strbuf_printf(r->out, "%" PRId64, between(r, kw->min, kw->max));
	else
		return !kw->codec->words;
	return true;
}

static void put_value(struct random *r, const struct block *b, const struct kw *kw)
{
	const char *words = sample(b, kw->name);

	if (words) {
		put_sample(r, words);
	} else if (!put_typed(r, kw)) {
		fprintf(stderr, "no sample for %s in %s\n", kw->name, b->name);
		samples_missing = true;
	}
}

/* ---- rows -------------------------------------------------------------------------------- */

static void put_rows(struct random *r, const struct block *b, unsigned n);

static void start_line(struct random *r)
{
	for (unsigned i = 0; i < r->depth; i++)
		strbuf_putc(r->out, '\t');
}

/* NULL: there is none to be written, or chance did not find it. */
static const struct kw *any_row(struct random *r, const struct block *b)
{
	for (int i = 0; b->n_kw && i < 20; i++) {
		const struct kw *kw = &b->kw[below(r, b->n_kw)];

		if (!(kw->flags & (KW_OBSOLETE | KW_HIDDEN | KW_DEPRECATED)) && *kw->name != '<')
			return kw;
	}
	return NULL;
}

static void put_options(struct random *r, const struct block *b)
{
	for (uint64_t n = below(r, 4); n; n--) {
		const struct kw *kw = any_row(r, b), *real = kw;

		if (!kw)
			return;
		if (kw->flags & KW_ALIAS)
			real = schema_kw(b, kw->alias);
		strbuf_printf(r->out, " %s", kw->name);
		if (real->codec && real->codec->words) {
			strbuf_putc(r->out, ' ');
			put_value(r, b, real);
		}
	}
}

static void put_entry(struct random *r, const struct block *b)
{
	const char *words = sample(b, "entry");

	start_line(r);
	if (!words) {
		fprintf(stderr, "no sample for an entry of %s\n", b->name);
		samples_missing = true;
		return;
	}
	put_sample(r, words);
	if (!(b->flags & BLOCK_WORDS))
		put_options(r, b);
	strbuf_putc(r->out, '\n');
}

static void put_block(struct random *r, const struct kw *kw)
{
	const struct block *b = kw->block;
	const char *words = b->flags & BLOCK_ENTRIES ? NULL : sample(b, "");

	start_line(r);
	strbuf_printf(r->out, "%s%s", kw->name, words ? " " : "");
	if (words)
		put_sample(r, words);
	strbuf_puts(r->out, " {\n");
	r->depth++;
	if (b->flags & BLOCK_LINES)
		b = b->kw->block;
	if (b->flags & BLOCK_ENTRIES)
		for (uint64_t n = 1 + below(r, 4); n; n--)
			put_entry(r, b);
	else
		put_rows(r, b, 1 + (unsigned)below(r, 12));
	r->depth--;
	start_line(r);
	strbuf_puts(r->out, "}\n");
}

static void put_row(struct random *r, const struct block *b, const struct kw *kw)
{
	const struct kw *real = kw->flags & KW_ALIAS ? schema_kw(b, kw->alias) : kw;
	struct strbuf *out = r->out, value = {0};

	if (real->block) {
		put_block(r, real);
		return;
	}
	r->out = &value;
	put_value(r, b, real);
	r->out = out;
	start_line(r);
	strbuf_printf(out, "%s%s%s\n", kw->name, value.len ? " " : "", strbuf_str(&value));
	strbuf_free(&value);
}

static void put_rows(struct random *r, const struct block *b, unsigned n)
{
	while (n--) {
		const struct kw *kw = any_row(r, b);

		if (kw)
			put_row(r, b, kw);
	}
}

/* What others refer to comes first; what every object of its kind needs is there. */
static const char first[] = "vrrp_script S1 {\n\tscript /bin/true\n}\n"
			    "vrrp_script S2 {\n\tscript \"/bin/test 1 = 1\"\n\tweight 2\n}\n"
			    "vrrp_script S3 {\n\tscript /bin/true\n\tweight -3\n}\n"
			    "vrrp_track_process P1 {\n\tprocess init\n}\n"
			    "vrrp_track_process P2 {\n\tprocess \"ssh -x\"\n\tweight 4\n}\n"
			    "vrrp_track_process P3 {\n\tprocess cron\n}\n"
			    "track_file F1 {\n\tfile /run/f1\n}\n"
			    "track_file F2 {\n\tfile /run/f2\n\tweight 5\n}\n"
			    "track_file F3 {\n\tfile /run/f3\n}\n"
			    "bfd_instance B1 {\n\tneighbor_ip 10.0.0.1\n}\n"
			    "bfd_instance B2 {\n\tneighbor_ip 10.0.0.2\n\tweight 6\n}\n"
			    "bfd_instance B3 {\n\tneighbor_ip 2001:db8::3\n}\n"
			    "virtual_server_group G1 {\n\t192.0.2.201 80\n}\n"
			    "virtual_server_group G2 {\n\tfwmark 77\n}\n"
			    "virtual_server_group G3 {\n\t192.0.2.202-210 80\n}\n";

static void put_instance(struct random *r)
{
	unsigned vrid = 1 + r->fresh % 255;

	strbuf_printf(r->out, "vrrp_instance VI_%u {\n\tinterface eth%u\n\tvirtual_router_id %u\n",
		++r->fresh, (unsigned)below(r, 4), vrid);
	r->depth++;
	put_rows(r, &vrrp_block, 2 + (unsigned)below(r, 15));
	r->depth--;
	strbuf_puts(r->out, "}\n");
}

static void put_service(struct random *r)
{
	strbuf_puts(r->out, "virtual_server ");
	put_sample(r, sample(&vs_block, ""));
	strbuf_puts(r->out, " {\n");
	r->depth++;
	put_rows(r, &vs_block, 2 + (unsigned)below(r, 15));
	r->depth--;
	strbuf_puts(r->out, "}\n");
}

void generate(struct strbuf *out, uint64_t seed)
{
	struct random r = {.out = out, .state = seed};

	strbuf_puts(out, first);
	for (uint64_t n = 1 + below(&r, 6); n; n--)
		put_instance(&r);
	for (uint64_t n = below(&r, 6); n; n--)
		put_service(&r);
	put_rows(&r, &conf_block, (unsigned)below(&r, 20));
}

/* ---- only what is valid ------------------------------------------------------------------ */

struct conf *generate_parse(const struct strbuf *s, struct diags *diags, struct text **text)
{
	static const struct source_options options = {.config_id = "host"};

	*text = source_from_memory("random.conf", strbuf_str(s), s->len, &options, diags);
	return conf_parse(*text, diags);
}

/* The line where the statement ends that begins there: its own, or that of its brace. */
static size_t end_of(char **line, size_t n, size_t at)
{
	int depth = 0;

	for (size_t i = at; i < n; i++) {
		size_t len = strlen(line[i]);

		if (len && line[i][len - 1] == '{')
			depth++;
		else if (len && line[i][len - 1] == '}')
			depth--;
		if (depth <= 0)
			return i;
	}
	return n - 1;
}

/* Lines of s, split in place. The caller frees the array. */
static char **lines_of(struct strbuf *s, size_t *n)
{
	char **line = xcalloc(s->len + 1, sizeof(*line)), *rest = s->text;

	for (*n = 0; rest && *rest;)
		line[(*n)++] = strsep(&rest, "\n");
	return line;
}

/* Drops each statement that an error points at. Returns how many. */
static unsigned drop_refused(struct strbuf *s)
{
	struct diags *diags = diags_new();
	struct text *text;
	struct conf *conf = generate_parse(s, diags, &text);
	struct strbuf kept = {0};
	bool *bad = xcalloc(s->len + 2, sizeof(*bad));
	unsigned dropped = 0;
	char **line;
	size_t n;

	for (size_t i = 0; i < diags_count(diags); i++) {
		const struct diag *d = diags_at(diags, i);
		const struct text_line *l = text_line_at(text, d->span.line);

		if (d->level == DIAG_ERROR && l)
			bad[l->lineno - 1] = true;
	}
	line = lines_of(s, &n);
	for (size_t i = 0; i < n; i++) {
		if (bad[i]) {
			i = end_of(line, n, i);
			dropped++;
		} else {
			strbuf_printf(&kept, "%s\n", line[i]);
		}
	}
	free(line);
	free(bad);
	conf_free(conf);
	text_free(text);
	diags_free(diags);
	strbuf_free(s);
	*s = kept;
	return dropped;
}

unsigned generate_valid(struct strbuf *out, uint64_t seed)
{
	unsigned total = 0, n;

	generate(out, seed);
	for (unsigned rounds = 0; rounds < MOST_ROUNDS && (n = drop_refused(out)); rounds++)
		total += n;
	return total;
}
