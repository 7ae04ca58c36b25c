/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A build without systemd. */
#include "keepalived/core/sdnotify.h"

void sdnotify_ready(const char *status)
{
	(void)status;
}

void sdnotify_reloading(void)
{
}

void sdnotify_stopping(void)
{
}

void sdnotify_failed(int error)
{
	(void)error;
}
