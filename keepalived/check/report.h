/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every line that a check writes into the log or a mail, in one place. */
#ifndef KEEPALIVED_CHECK_REPORT_H
#define KEEPALIVED_CHECK_REPORT_H

#include "keepalived/check/checker.h"

void report_check(
	const struct checker *, const struct check_result *, const struct check_outcome *);
/* One of several urls was fine; said while the server is down. */
void report_url(const struct checker *, const struct url_conf *);
/* Body of the mail about a server that changed. */
const char *report_mail_body(const struct checker *, const struct check_outcome *);

#endif
