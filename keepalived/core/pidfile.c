/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keepalived/core/pidfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base.h"

/* The file may have been removed by a daemon that ended between our open and our lock. */
static bool still_there(int fd, const char *path)
{
	struct stat ours, there;

	return fstat(fd, &ours) == 0 && stat(path, &there) == 0 && ours.st_ino == there.st_ino &&
	       ours.st_dev == there.st_dev;
}

static int open_locked(const char *path)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);

	if (fd < 0)
		return -errno;
	if (fcntl(fd, F_OFD_SETLK, &lock)) {
		int err = errno == EACCES ? EAGAIN : errno;

		close(fd);
		return -err;
	}
	return fd;
}

int pidfile_open(struct pidfile *p, const char *path)
{
	int fd, tries;

	for (tries = 0; tries < 10; tries++) {
		fd = open_locked(path);
		if (fd < 0)
			return fd;
		if (still_there(fd, path)) {
			fchmod(fd, 0644); /* whatever the umask is */
			p->fd = fd;
			p->path = xstrdup(path);
			return 0;
		}
		close(fd);
	}
	return -EAGAIN;
}

/* There is no moment at which a reader finds less than a whole number. What fails (a full /run)
 * is of no great weight: the lock still tells that we run. */
void pidfile_write(struct pidfile *p, pid_t pid)
{
	char text[24];
	int n = pid ? snprintf(text, sizeof(text), "%d\n", (int)pid) : 0;

	if (!p->path || pwrite(p->fd, text, (size_t)n, 0) != n || ftruncate(p->fd, n))
		return;
}

void pidfile_remove(struct pidfile *p)
{
	if (!p->path)
		return;
	unlink(p->path);
	close(p->fd);
	free(p->path);
	p->path = NULL;
}

int make_run_dir(const char *path)
{
	if (mkdir(path, 0755))
		return errno == EEXIST ? 0 : -errno;
	return chmod(path, 0755) ? -errno : 1;
}
