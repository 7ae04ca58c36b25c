/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Includes: the pattern, the files that match it, and what makes a problem with them an error.
 *
 * Relative patterns are taken from the directory of the file that includes; the process does not
 * change its directory. Alternatives in braces are worked out here and not by glob(3), because the
 * brace check wants to know of each one whether it exists.
 */
#include "lib/source.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ALTERNATIVES_MAX 4096
#define FILES_MAX        1000000

static const struct {
	const char *word;
	unsigned checks;
} words[] = {
	{"include", 0},
	{"includer", CHECK_READ},
	{"includem", CHECK_READ | CHECK_MATCH},
	{"includew", CHECK_READ | CHECK_MATCH | CHECK_WILDCARD},
	{"includeb", CHECK_READ | CHECK_BRACE},
	{"includea", CHECK_ALL},
};

/* What is found for one include line. */
struct matches {
	char **paths;
	uint32_t n, alternatives;
	bool wildcard, missing; /* of some alternative: nothing */
	bool full;
};

static size_t word_at(const struct src_line *l)
{
	size_t i, n;

	if (!l->n || *l->s != 'i')
		return ARRAY_SIZE(words);
	for (i = 0; i < ARRAY_SIZE(words); i++) {
		n = strlen(words[i].word);
		if (l->n > n && !memcmp(l->s, words[i].word, n) && src_blank(l->s[n]))
			break;
	}
	return i;
}

bool src_is_include(const struct src_line *l)
{
	return word_at(l) < ARRAY_SIZE(words);
}

static void one_pattern(struct source *src, const char *pattern, struct matches *m)
{
	glob_t g;
	size_t i;

	m->alternatives++;
	m->wildcard |= strpbrk(pattern, "*?[") != NULL;
	if (glob(pattern, 0, NULL, &g)) {
		m->missing = true;
		return;
	}
	m->full |= g.gl_pathc > FILES_MAX - m->n;
	if (!m->full) {
		m->paths = xrealloc(m->paths, (m->n + g.gl_pathc) * sizeof(*m->paths));
		for (i = 0; i < g.gl_pathc; i++)
			m->paths[m->n++] = arena_strdup(src->text->arena, g.gl_pathv[i]);
	}
	globfree(&g);
}

/* The brace that closes the one at p, or NULL; *commas counts those that belong to it. */
static const char *closing(const char *p, unsigned *commas)
{
	unsigned depth = 0;

	*commas = 0;
	for (; *p; p++) {
		if (*p == '\\' && p[1])
			p++;
		else if (*p == '{')
			depth++;
		else if (*p == ',' && depth == 1)
			++*commas;
		else if (*p == '}' && !--depth)
			return p;
	}
	return NULL;
}

/* The first brace from p on that offers a choice. */
static const char *choice(const char *p, const char **close)
{
	unsigned commas;

	for (; *p; p++) {
		if (*p == '\\' && p[1]) {
			p++;
		} else if (*p == '{') {
			*close = closing(p, &commas);
			if (*close && commas)
				return p;
		}
	}
	return NULL;
}

/* Each alternative of a pattern, in order; those of its first braces, then by itself the rest. */
static void each_alternative(struct source *src, const char *pattern, struct matches *m)
{
	const char *close = NULL, *open = choice(pattern, &close), *from, *p;
	unsigned depth = 0;
	struct strbuf one = {0};

	if (m->alternatives >= ALTERNATIVES_MAX || strlen(pattern) > PATH_MAX) {
		m->full = true;
		return;
	}
	if (!open) {
		one_pattern(src, pattern, m);
		return;
	}
	for (from = p = open + 1; p <= close && !m->full; p++) {
		if (*p == '\\' && p < close)
			p++;
		else if (*p == '{')
			depth++;
		else if (*p == '}' && depth)
			depth--;
		else if (!depth && (*p == ',' || *p == '}')) {
			strbuf_reset(&one);
			strbuf_add(&one, pattern, (size_t)(open - pattern));
			strbuf_add(&one, from, (size_t)(p - from));
			strbuf_puts(&one, close + 1);
			each_alternative(src, strbuf_str(&one), m);
			from = p + 1;
		}
	}
	strbuf_free(&one);
}

/* The pattern as glob(3) wants it: the directory before a relative one, none of it special. */
static char *full_pattern(struct source *src, const char *s, size_t n)
{
	const char *dir = src_file(src)->dir;
	struct strbuf b = {0};

	for (; n && *s != '/' && *dir; dir++) {
		if (strchr("\\*?[]{},", *dir))
			strbuf_putc(&b, '\\');
		strbuf_putc(&b, *dir);
	}
	strbuf_add(&b, s, n);
	return b.text;
}

static bool complain(
	struct source *src, struct span span, bool fatal, const char *text, const char *what)
{
	diag_add(src->diags, fatal ? DIAG_ERROR : DIAG_NOTE, fatal ? DIAG_INCLUDE : DIAG_CONFIG,
		span, text, what);
	return false;
}

/* May the files that were found be read? */
static bool check_matches(struct source *src, struct span span, const struct matches *m,
	unsigned checks, const char *pattern)
{
	static const char missing[] = "Config files missing '%s'.";

	if (m->full)
		return complain(src, span, true, "too many files match '%s'", pattern);
	if (m->alternatives > 1 && m->missing && (checks & CHECK_BRACE))
		return complain(src, span, true, missing, pattern);
	if (m->n)
		return true;
	return complain(
		src, span, checks & (m->wildcard ? CHECK_WILDCARD : CHECK_MATCH), missing, pattern);
}

bool src_include(struct source *src, const struct src_line *l)
{
	size_t word = word_at(l);
	struct src_line use = *l, rest;
	struct matches m = {0};
	struct frame *f = NULL;
	char *pattern, *shown;
	struct span span;

	if (!src_is_include(l))
		return false;
	use.s = arena_strndup(src->text->arena, l->s, l->n);
	rest = use;
	src_skip(&rest, strlen(words[word].word));
	span = src_span(src, &use, (size_t)(rest.s - use.s), rest.n);
	if (rest.n > 2 && rest.s[0] == '"' && rest.s[rest.n - 1] == '"') {
		rest.s++;
		rest.n -= 2;
	}
	shown = arena_strndup(src->text->arena, rest.s, rest.n);
	pattern = full_pattern(src, rest.s, rest.n);
	each_alternative(src, pattern, &m);
	free(pattern);
	if (check_matches(src, span, &m, src->checks | words[word].checks, shown))
		f = src_push(src, FRAME_FILES, &use);
	if (!f) {
		free(m.paths);
		return true;
	}
	f->paths = m.paths;
	f->n_at = m.n;
	f->checks = src->checks | words[word].checks;
	return true;
}

/* A file that was named but cannot be used. */
static void skipped(struct source *src, const struct src_line *use, int err, unsigned checks,
	const char *path, const char *why)
{
	bool fatal = checks & CHECK_READ;

	diag_add(src->diags, fatal || err == -ELOOP ? DIAG_ERROR : DIAG_NOTE,
		fatal ? DIAG_INCLUDE : DIAG_CONFIG, src_span(src, use, 0, use->n),
		"%s: %s; the file is skipped", path, why);
}

bool src_next_file(struct source *src, struct frame *f)
{
	const char *path, *why;
	struct src_line use = f->use;
	unsigned checks = f->checks;
	int err;

	if (f->at >= f->n_at)
		return false;
	path = f->paths[f->at++];
	err = src_open(src, path, &use, &why);
	if (err)
		skipped(src, &use, err, checks, path, why);
	return true;
}

static bool is_open(const struct source *src, const struct stat *st)
{
	uint32_t i;

	for (i = 0; i < src->n_frames; i++)
		if (src->frames[i].kind == FRAME_FILE && src->frames[i].ino == st->st_ino &&
			src->frames[i].dev == st->st_dev)
			return true;
	return false;
}

static int check_file(const struct source *src, int fd, struct stat *st, const char **why)
{
	if (fstat(fd, st))
		return *why = strerror(errno), -errno;
	if (S_ISDIR(st->st_mode))
		return *why = "is a directory", -EISDIR;
	if (!S_ISREG(st->st_mode))
		return *why = "is not a regular file", -EINVAL;
	if (st->st_mode & 0111)
		return *why = "may be executed, so it is no configuration", -EACCES;
	if (is_open(src, st))
		return *why = "is being read already, this would never end", -ELOOP;
	if ((uint64_t)st->st_size > MIN(src->max_bytes, (uint64_t)INT32_MAX))
		return *why = "is too large", -EFBIG;
	return 0;
}

/* All of a file, and one byte of room behind it. */
static ssize_t read_all(struct source *src, int fd, size_t size, char **bytes)
{
	size_t n = 0;
	ssize_t got = 1;

	*bytes = arena_alloc(src->raw, size + 1);
	while (n < size && got > 0) {
		got = read(fd, *bytes + n, size - n);
		if (got > 0)
			n += (size_t)got;
		else if (got < 0 && errno == EINTR)
			got = 1;
	}
	return got < 0 ? -errno : (ssize_t)n;
}

/* The directory part of a path as written, for relative includes, and as it really is. */
void src_set_directory(struct source *src, struct frame *f, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash - path) + 1 : 0;
	char *real;

	f->dir = arena_strndup(src->text->arena, path, n);
	real = realpath(n ? f->dir : ".", NULL);
	f->pwd = arena_strdup(src->text->arena, real ? real : n ? f->dir : ".");
	free(real);
}

int src_open(struct source *src, const char *path, const struct src_line *use, const char **why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), err;
	struct frame *f;
	struct stat st;
	char *bytes = NULL;
	ssize_t n;

	if (fd < 0)
		return *why = strerror(errno), -errno;
	err = check_file(src, fd, &st, why);
	n = err ? err : read_all(src, fd, (size_t)st.st_size, &bytes);
	close(fd);
	if (n < 0)
		return *why = err ? *why : strerror((int)-n), (int)n;
	f = src_spend(src, use, (uint64_t)n) ? src_push(src, FRAME_FILE, use) : NULL;
	if (!f)
		return 0; /* was reported */
	f->bytes = bytes;
	f->n = (size_t)n;
	f->dev = st.st_dev;
	f->ino = st.st_ino;
	f->saved_checks = src->checks;
	f->file = text_add_file(src->text, (struct text_file){
						   .name = arena_strdup(src->text->arena, path),
						   .from_file = use ? use->file : UINT32_MAX,
						   .from_line = use ? use->lineno : 0,
					   });
	src_set_directory(src, f, path);
	text_expect(src->text, f->n);
	src_open_bytes(src, f);
	return 0;
}

static const struct {
	const char *word;
	unsigned check;
} checks[] = {
	{"read", CHECK_READ},
	{"match", CHECK_READ | CHECK_MATCH},
	{"wildcard_match", CHECK_READ | CHECK_WILDCARD},
	{"brace_match", CHECK_READ | CHECK_BRACE},
};

bool source_check_word(unsigned *set, const char *s, size_t n, bool first)
{
	char sign = *s == '+' || *s == '-' ? *s : 0;
	size_t i;

	s += !!sign;
	n -= !!sign;
	for (i = 0; i < ARRAY_SIZE(checks); i++)
		if (strlen(checks[i].word) == n && !memcmp(checks[i].word, s, n))
			break;
	if (i == ARRAY_SIZE(checks))
		return false;
	if (sign == '-')
		*set &= ~(
			checks[i].check == CHECK_READ ? CHECK_READ : checks[i].check & ~CHECK_READ);
	else
		*set = (sign || !first ? *set : 0) | checks[i].check;
	return true;
}

void src_include_check(struct source *src, const struct src_line *l)
{
	static const char word[] = "include_check";
	size_t at = sizeof(word) - 1, from;
	bool first = true;

	if (l->n < at || *l->s != *word || memcmp(l->s, word, at) != 0 ||
		(l->n > at && !src_blank(l->s[at])))
		return;
	if (l->n == at)
		src->checks = CHECK_ALL;
	while (at < l->n) {
		for (; at < l->n && src_blank(l->s[at]); at++)
			;
		for (from = at; at < l->n && !src_blank(l->s[at]); at++)
			;
		if (at > from) /* a wrong word is for the keyword table to report */
			source_check_word(&src->checks, l->s + from, at - from, first);
		first = false;
	}
	if (src->check_all)
		src->checks = CHECK_ALL;
}
