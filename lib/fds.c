/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/fds.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* The kernel lists descriptors by number, so closing those behind the reader disturbs nothing. */
int fds_close_listed(unsigned first, unsigned last)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;

	if (!dir)
		return -errno;
	while ((entry = readdir(dir))) {
		unsigned fd = (unsigned)strtoul(entry->d_name, NULL, 10);

		if (entry->d_name[0] != '.' && fd >= first && fd <= last && (int)fd != dirfd(dir))
			close((int)fd);
	}
	closedir(dir);
	return 0;
}

void fds_close(unsigned first, unsigned last)
{
	if (close_range(first, last, 0) && (errno == ENOSYS || errno == EPERM))
		fds_close_listed(first, last);
}
