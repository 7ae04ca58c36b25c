/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sending by libcurl. */
#include "keepalived/core/mail.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "lib/str.h"

bool mail_available(void)
{
	return true;
}

struct unsent {
	const char *p;
	size_t left;
};

static size_t give(char *buf, size_t size, size_t n, void *ctx)
{
	struct unsent *u = ctx;
	size_t take = MIN(size * n, u->left);

	memcpy(buf, u->p, take);
	u->p += take;
	u->left -= take;
	return take;
}

/* libcurl wants addresses in angle brackets; "Name <address>" is allowed in the file. */
static char *bracketed(const char *address)
{
	const char *open = strrchr(address, '<');

	return open ? xstrdup(open) : xasprintf("<%s>", address);
}

static char *server_url(const struct mail_envelope *e)
{
	bool v6 = strchr(e->server, ':') != NULL;

	return xasprintf(
		"smtp://%s%s%s:%u/%s", v6 ? "[" : "", e->server, v6 ? "]" : "", e->port, e->helo);
}

static void set_options(CURL *curl, const struct mail_envelope *e, struct unsent *u,
	struct curl_slist *to, const char *url, const char *from)
{
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from);
	curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
	curl_easy_setopt(curl, CURLOPT_READDATA, u);
	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)(e->timeout / MSEC(1)));
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)(5 * e->timeout / MSEC(1)));
}

int mail_send(const struct mail_envelope *e, const char *message, char *why, size_t size)
{
	struct unsent u = {message, strlen(message)};
	struct curl_slist *to = NULL;
	char *url = server_url(e), *from = bracketed(e->from);
	CURLcode result = CURLE_FAILED_INIT;
	CURL *curl = curl_easy_init();
	uint32_t i;

	for (i = 0; i < e->n_to; i++) {
		char *address = bracketed(e->to[i]);

		to = curl_slist_append(to, address);
		free(address);
	}
	if (curl) {
		set_options(curl, e, &u, to, url, from);
		result = curl_easy_perform(curl);
	}
	str_copy(why, size, curl_easy_strerror(result));
	curl_slist_free_all(to);
	curl_easy_cleanup(curl);
	free(from);
	free(url);
	return result == CURLE_OK ? 0 : -1;
}
