/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of iproute2: lines of a number (0x allowed) and a name, and comments behind '#'. */
#include "keepalived/conf/load_iproute.h"

#include <errno.h>
#include <glob.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool line_is(char *line, const char *name, uint32_t *value)
{
	char *rest = line, *number, *word, *end;
	unsigned long v;

	line[strcspn(line, "#\n")] = '\0';
	number = strtok_r(line, " \t", &rest);
	word = number ? strtok_r(NULL, " \t", &rest) : NULL;
	if (!word || strcmp(word, name) != 0)
		return false;
	errno = 0;
	v = strtoul(number, &end, 0);
	if (errno || *end || v > UINT32_MAX)
		return false;
	*value = (uint32_t)v;
	return true;
}

/* 0: found; -ENOENT: there is such a file, but not the name in it; -1: there is no file. */
static int look_in(const char *path, const char *name, uint32_t *value)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	int err = -ENOENT;

	if (!f)
		return -1;
	while (err && getline(&line, &room, f) > 0)
		if (line_is(line, name, value))
			err = 0;
	free(line);
	fclose(f);
	return err;
}

static bool look_in_folder(const char *dir, const char *list, const char *name, uint32_t *value)
{
	char *pattern = xasprintf("%s/%s.d/*.conf", dir, list);
	bool found = false;
	glob_t g;

	if (!glob(pattern, 0, NULL, &g))
		for (size_t i = 0; i < g.gl_pathc && !found; i++)
			found = !look_in(g.gl_pathv[i], name, value);
	globfree(&g);
	free(pattern);
	return found;
}

static bool ip_protocol(const char *name, uint32_t *value)
{
	const struct protoent *p = getprotobyname(name);

	if (p)
		*value = (uint32_t)p->p_proto;
	return p;
}

bool load_iproute(const char *list, const char *const *dirs, const char *name, uint32_t *value)
{
	int err = -1;

	if (!strcmp(list, "protocols"))
		return ip_protocol(name, value);
	for (unsigned i = 0; dirs[i] && err == -1; i++) {
		char *path = xasprintf("%s/%s", dirs[i], list);

		err = look_in(path, name, value);
		free(path);
	}
	for (unsigned i = 0; dirs[i] && err; i++)
		if (look_in_folder(dirs[i], list, name, value))
			err = 0;
	return !err;
}
