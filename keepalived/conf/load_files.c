/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Directories of files that are watched. A file may come and go, its directory is what is watched;
 * a warning of the kind that depends on the machine, for people who check a configuration there.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "keepalived/conf/load.h"

/* 0, or why nothing can be watched in the directory of path. */
static int look_at_directory(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *directory = slash ? xstrndup(path, (size_t)(slash - path) + 1) : xstrdup(".");
	struct stat st;
	int err = stat(directory, &st) ? errno : S_ISDIR(st.st_mode) ? 0 : ENOTDIR;

	free(directory);
	return err;
}

void load_files(const struct conf *c, struct diags *diags)
{
	const struct track_file_conf *f;

	nodes_for_each(f, &c->track_files) {
		int err = look_at_directory(f->file);

		if (err)
			diag_add(diags, DIAG_WARNING, DIAG_MACHINE, schema_place(&f->node, "file"),
				"the directory of track_file %s cannot be watched now: %s",
				f->node.name, strerror(err));
	}
}
