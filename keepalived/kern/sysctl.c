/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keepalived/kern/sysctl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A name with a slash would lead elsewhere; the kernel has no such interface. */
static int open_setting(int family, const char *ifname, const char *name, int flags)
{
	char path[128];
	int n, fd;

	n = snprintf(path, sizeof(path), "/proc/sys/net/%s/conf/%s/%s",
		family == AF_INET6 ? "ipv6" : "ipv4", ifname, name);
	if (strchr(ifname, '/') || ifname[0] == '.' || n >= (int)sizeof(path))
		return -ENOENT;
	fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int kernel_get(
	const struct sysctl *s, int family, const char *ifname, const char *name, int *value)
{
	int fd = open_setting(family, ifname, name, O_RDONLY);
	char text[16];
	ssize_t n;

	(void)s;
	if (fd < 0)
		return fd;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return -EIO;
	text[n] = '\0';
	*value = atoi(text);
	return 0;
}

static int kernel_set(
	const struct sysctl *s, int family, const char *ifname, const char *name, int value)
{
	int fd = open_setting(family, ifname, name, O_WRONLY);
	char text[16];
	int n = snprintf(text, sizeof(text), "%d\n", value), err;

	(void)s;
	if (fd < 0)
		return fd;
	err = write(fd, text, (size_t)n) == n ? 0 : -errno;
	close(fd);
	return err;
}

const struct sysctl sysctl_kernel = {.get = kernel_get, .set = kernel_set};
