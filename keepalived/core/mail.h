/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Alert mails, in the parent: a bounded queue, and one helper process at a time that sends what is
 * in it. The helper resolves names, speaks SMTP and may take as long as it likes; it runs without
 * rights. What could not be sent is tried again after 10 s, 1 min and 5 min, then given up with a
 * log line.
 */
#ifndef KEEPALIVED_CORE_MAIL_H
#define KEEPALIVED_CORE_MAIL_H

#include "keepalived/conf/load.h"
#include "lib/log.h"
#include "lib/loop.h"

struct mailer;

struct mailer *mailer_new(
	struct loop *, const struct log_conf *); /* the log of its helpers; kept */
/* Waiting mails are handed to a last helper, which goes on by itself. */
void mailer_free(struct mailer *);
void mailer_configure(struct mailer *, const struct load_mail *); /* copied */
/* Subject without the [ROUTER_ID]. Nothing happens without a server or recipients. */
void mailer_queue(struct mailer *, const char *subject, const char *body);

/* ---- sending, in the helper; one file per way of doing it -------------------------------- */

struct mail_envelope {
	const char *server, *helo, *from;
	uint16_t port;
	ktime timeout;
	const char *const *to;
	uint32_t n_to;
};

/* 0, or -1 with why filled. Blocks. */
int mail_send(const struct mail_envelope *, const char *message, char *why, size_t size);
bool mail_available(void); /* is sending part of this build? */

#endif
