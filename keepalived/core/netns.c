/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keepalived/core/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#include "keepalived/core/paths.h"
#include "keepalived/core/pidfile.h"
#include "lib/base.h"

static int enter(const char *name)
{
	char *path = xasprintf("/run/netns/%s", name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int err = 0;

	free(path);
	if (fd < 0)
		return -errno;
	if (setns(fd, CLONE_NEWNET))
		err = -errno;
	close(fd);
	return err;
}

static int private_run_dir(const char *name)
{
	char *path = xasprintf(RUN_SUBDIR "/%s", name);
	int err = 0;

	if (make_run_dir(RUN_SUBDIR) < 0 || make_run_dir(path) < 0 || unshare(CLONE_NEWNS) ||
		mount("", "/", NULL, MS_REC | MS_SLAVE, NULL) ||
		mount(path, RUN_SUBDIR, NULL, MS_BIND, NULL))
		err = -errno;
	if (err) {
		rmdir(path);
		rmdir(RUN_SUBDIR);
	}
	free(path);
	return err;
}

int netns_enter(const char *name, const char **step)
{
	int err = enter(name);

	*step = "entering the namespace";
	if (err)
		return err;
	*step = "making its run directory";
	return private_run_dir(name);
}

void netns_leave(const char *name)
{
	char *path = xasprintf(RUN_SUBDIR "/%s", name);

	umount2(RUN_SUBDIR, MNT_DETACH);
	rmdir(path);
	rmdir(RUN_SUBDIR);
	free(path);
}
