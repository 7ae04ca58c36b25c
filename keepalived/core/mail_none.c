/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A build without mail. */
#include "keepalived/core/mail.h"

#include "lib/str.h"

bool mail_available(void)
{
	return false;
}

int mail_send(const struct mail_envelope *envelope, const char *message, char *why, size_t size)
{
	(void)envelope;
	(void)message;
	str_copy(why, size, "this build cannot send mail");
	return -1;
}
