/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keepalived/core/sdnotify.h"

#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

void sdnotify_ready(const char *status)
{
	sd_notifyf(0, "READY=1\nMAINPID=%d\nSTATUS=%s", (int)getpid(), status);
}

void sdnotify_reloading(void)
{
	struct timespec now;

	/* sd_notify(3) wants this moment with RELOADING=1 for Type=notify-reload units. */
	clock_gettime(CLOCK_MONOTONIC, &now);
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld",
		(long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
}

void sdnotify_stopping(void)
{
	sd_notify(0, "STOPPING=1");
}

void sdnotify_failed(int error)
{
	sd_notifyf(0, "ERRNO=%d", error);
}
