/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A script is usable when its user exists and the file can be executed by that user. It is insecure
 * when it would run as root (by uid, by gid, or through a set-id bit) and somebody else than root
 * could change what runs: any component of its path that root does not own, or that others may
 * write. Insecure scripts are dropped when enable_script_security says so.
 *
 * Symbolic links are followed component by component, so that /bin -> usr/bin is as good as any
 * other path, and every directory on the way is looked at.
 */
#include "keepalived/conf/load_scripts.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_USER "keepalived_script"
#define LINKS_MAX    40 /* as the kernel's */

struct identity {
	uid_t uid;
	gid_t gid;
	char *user; /* NULL: only a number is known */
};

/* ---- users ------------------------------------------------------------------------------- */

static int find_user(const char *name, struct identity *id)
{
	struct passwd *pw = getpwnam(name);
	uint64_t number;

	if (pw) {
		*id = (struct identity){pw->pw_uid, pw->pw_gid, xstrdup(name)};
		return 0;
	}
	if (str_uint(name, 0, UINT32_MAX - 1, &number))
		return -ENOENT;
	pw = getpwuid((uid_t)number);
	*id = (struct identity){
		(uid_t)number, pw ? pw->pw_gid : (gid_t)number, pw ? xstrdup(pw->pw_name) : NULL};
	return 0;
}

static int find_group(const char *name, gid_t *gid)
{
	struct group *gr = getgrnam(name);
	uint64_t number;

	if (gr) {
		*gid = gr->gr_gid;
		return 0;
	}
	if (str_uint(name, 0, UINT32_MAX - 1, &number))
		return -ENOENT;
	*gid = (gid_t)number;
	return 0;
}

/*
 * The script's own user, else script_user, else keepalived_script, else whoever we are. A group
 * written ":GROUP" asks for the supplementary groups as well.
 */
static char *identify(
	const struct global_conf *g, const struct script_conf *s, struct identity *id, bool *groups)
{
	const char *user = s->user ? s->user : g->script_user;
	const char *group = s->user ? s->group : g->script_group;
	struct passwd *self;

	*id = (struct identity){0};
	*groups = s->groups || g->supplementary_groups;
	if (!s->user && group && *group == ':') {
		*groups = true;
		group++;
	}
	if (user) {
		if (find_user(user, id))
			return xasprintf("the user %s does not exist", user);
	} else if (find_user(DEFAULT_USER, id)) {
		if (g->enable_script_security)
			return xstrdup("no script_user is given, the user " DEFAULT_USER
				       " does not exist, and enable_script_security is on");
		self = getpwuid(geteuid());
		*id = (struct identity){geteuid(), getegid(), self ? xstrdup(self->pw_name) : NULL};
	}
	if (group && *group && find_group(group, &id->gid))
		return xasprintf("the group %s does not exist", group);
	return NULL;
}

/* ---- paths ------------------------------------------------------------------------------- */

/* What a walk along a path found. */
struct walk {
	char *real;    /* without links; NULL when it does not exist */
	char *missing; /* the component that does not exist, or cannot be looked at */
	int error;
	char *insecure; /* the first component that others could change, and how; NULL: none */
	struct stat st; /* of the file */
};

static char *insecurity(const char *path, const struct stat *st)
{
	bool sticky_dir = S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX);

	if (st->st_uid)
		return xasprintf("%s belongs to user %u, not to root", path, (unsigned)st->st_uid);
	if (sticky_dir)
		return NULL;
	if (st->st_mode & S_IWOTH)
		return xasprintf("%s is writable by everybody", path);
	if ((st->st_mode & S_IWGRP) && st->st_gid)
		return xasprintf("%s is writable by group %u", path, (unsigned)st->st_gid);
	return NULL;
}

/* Replaces the link at `at` of rest by what it points to. */
static char *follow(const char *link, const char *rest)
{
	char target[PATH_MAX];
	ssize_t n = readlink(link, target, sizeof(target) - 1);

	if (n < 0)
		return NULL;
	target[n] = '\0';
	return xasprintf("%s%s%s", target, *rest ? "/" : "", rest);
}

static void parent_of(struct strbuf *path)
{
	while (path->len && path->text[path->len - 1] != '/')
		path->len--;
	if (path->len)
		path->len--;
	if (path->text)
		path->text[path->len] = '\0';
}

static void walk_path(const char *start, struct walk *w)
{
	char *rest = xstrdup(start), *at = rest, *next, *followed;
	struct strbuf path = {0};
	int links = 0;

	*w = (struct walk){0};
	while (!w->error && at) {
		size_t before = path.len;

		at += strspn(at, "/");
		if (!*at)
			break;
		next = strchr(at, '/');
		if (next)
			*next++ = '\0';
		if (!strcmp(at, ".")) {
			at = next;
			continue;
		}
		if (!strcmp(at, "..")) {
			parent_of(&path);
			at = next;
			continue;
		}
		strbuf_printf(&path, "/%s", at);
		if (lstat(strbuf_str(&path), &w->st)) {
			w->error = errno;
		} else if (!S_ISLNK(w->st.st_mode)) {
			if (!w->insecure)
				w->insecure = insecurity(strbuf_str(&path), &w->st);
		} else if (++links > LINKS_MAX ||
			   !(followed = follow(strbuf_str(&path), next ? next : ""))) {
			w->error = ELOOP;
		} else {
			path.len = *followed == '/' ? 0 : before;
			path.text[path.len] = '\0';
			free(rest);
			next = rest = followed;
		}
		at = next;
	}
	if (w->error)
		w->missing = xstrdup(strbuf_str(&path));
	else
		w->real = xstrdup(strbuf_str(&path));
	strbuf_free(&path);
	free(rest);
}

static void walk_free(struct walk *w)
{
	free(w->real);
	free(w->missing);
	free(w->insecure);
}

/* As the kernel would decide for that user; supplementary groups are not asked. */
static bool may_execute(const struct stat *st, const struct identity *id)
{
	if (!id->uid)
		return st->st_mode & (S_IXUSR | S_IXGRP | S_IXOTH);
	if (st->st_uid == id->uid)
		return st->st_mode & S_IXUSR;
	if (st->st_gid == id->gid)
		return st->st_mode & S_IXGRP;
	return st->st_mode & S_IXOTH;
}

static char *find_in_path(const char *name)
{
	const char *dirs = getenv("PATH"), *end;
	char *full;

	for (dirs = dirs ? dirs : "/usr/sbin:/usr/bin:/sbin:/bin"; *dirs;
		dirs = end + (*end == ':')) {
		end = strchrnul(dirs, ':');
		full = xasprintf("%.*s/%s", (int)(end - dirs), dirs, name);
		if (*full == '/' && access(full, X_OK) == 0)
			return full;
		free(full);
	}
	return NULL;
}

/* ---- one script -------------------------------------------------------------------------- */

struct checking {
	const struct global_conf *global;
	struct diags *diags;
	const char **tracked; /* by script id: the vrrp_script it belongs to, or NULL */
};

static void unusable(struct checking *c, const struct script_conf *s, struct load_script *out,
	enum diag_kind kind, char *why)
{
	const char *name = c->tracked[s->id];

	out->usable = false;
	out->why_not = why;
	diag_add(c->diags, kind == DIAG_SECURITY ? DIAG_ERROR : DIAG_WARNING, kind, s->span,
		"Disabling %sscript %s %s: %s", name ? "track " : "", name ? name : s->command,
		kind == DIAG_SECURITY ? "due to insecure" : "since not found/accessible", why);
}

static void copy_words(struct load_script *out, const struct script_conf *s, const char *program)
{
	int i;

	out->argv = xcalloc((size_t)s->argc + 1, sizeof(*out->argv));
	for (i = 0; i < s->argc; i++)
		out->argv[i] = xstrdup(i ? s->argv[i] : program);
}

static void judge(struct checking *c, const struct script_conf *s, struct load_script *out,
	const struct walk *w, const struct identity *id)
{
	bool as_root = !id->uid || !id->gid || ((w->st.st_mode & S_ISUID) && !w->st.st_uid) ||
		       ((w->st.st_mode & S_ISGID) && !w->st.st_gid);

	if (w->error) {
		unusable(c, s, out, DIAG_MACHINE,
			xasprintf("%s: %s", w->missing, strerror(w->error)));
		return;
	}
	if (!out->test_open && !S_ISREG(w->st.st_mode)) {
		unusable(c, s, out, DIAG_MACHINE, xasprintf("%s is not a regular file", w->real));
		return;
	}
	if (!out->test_open && !may_execute(&w->st, id)) {
		unusable(c, s, out, DIAG_MACHINE,
			xasprintf("%s is not executable for %s", w->real,
				id->user ? id->user : "its user"));
		return;
	}
	if (!as_root || !w->insecure)
		return;
	if (c->global->enable_script_security)
		unusable(c, s, out, DIAG_SECURITY,
			xasprintf("it would run as root, but %s", w->insecure));
	else
		diag_add(c->diags, DIAG_WARNING, DIAG_SECURITY, s->span,
			"script %s would run as root, but %s; with enable_script_security it would "
			"not be used",
			s->command, w->insecure);
}

static void resolve(struct checking *c, const struct script_conf *s, struct load_script *out)
{
	const char *word = s->argc ? s->argv[0] : "";
	char *found = NULL, *why;
	struct identity id;
	struct walk w;

	out->id = s->id;
	out->usable = true;
	out->test_open = s->test_open;
	if (*word != '/' && !s->test_open) {
		found = find_in_path(word);
		if (found)
			diag_add(c->diags, DIAG_WARNING, DIAG_MACHINE, s->span,
				"%s was looked up in PATH: %s; give the whole path", word, found);
		word = found ? found : word;
	}
	copy_words(out, s, word);
	why = identify(c->global, s, &id, &out->groups);
	out->uid = id.uid;
	out->gid = id.gid;
	out->user = id.user;
	if (why) {
		unusable(c, s, out, DIAG_MACHINE, why);
	} else if (*word != '/' && !s->test_open) {
		unusable(c, s, out, DIAG_MACHINE, xasprintf("%s is not in PATH", word));
	} else {
		walk_path(word + strspn(word, "<"), &w);
		judge(c, s, out, &w, &id);
		walk_free(&w);
	}
	free(found);
}

/* A script that only an untracked vrrp_script names is never run, so nobody asks whether it could.
 */
static void leave_out(const struct script_conf *s, struct load_script *out)
{
	out->id = s->id;
	out->why_not = xstrdup("it is not used");
	copy_words(out, s, s->argv[0]);
}

void load_scripts(
	struct load_result *result, const struct conf *conf, struct diags *diags, bool offline)
{
	struct checking c = {.global = &conf->global, .diags = diags};
	const struct script_conf *first = NULL;
	const struct vrrp_script_conf *v;
	uint32_t i;

	c.tracked = xcalloc((size_t)conf->n_scripts + 1, sizeof(*c.tracked));
	nodes_for_each(v, &conf->vrrp_scripts)
		c.tracked[v->script->id] = v->node.name;
	result->scripts = xcalloc((size_t)conf->n_scripts + 1, sizeof(*result->scripts));
	result->n_scripts = conf->n_scripts;
	for (i = 0; i < conf->n_scripts; i++) {
		const struct script_conf *s = conf->scripts[i];

		if (s->idle) {
			leave_out(s, &result->scripts[i]);
			continue;
		}
		first = first ? first : s;
		if (!offline)
			resolve(&c, s, &result->scripts[i]);
	}
	free(c.tracked);
	if (!first || conf->global.enable_script_security)
		return;
	diag_add(diags, DIAG_WARNING, DIAG_SECURITY, first->span,
		"SECURITY VIOLATION - scripts are being executed but script_security not enabled. "
		"Add enable_script_security to global_defs");
}
