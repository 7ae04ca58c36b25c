/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sending by libcurl. It brings two dozen other libraries along, so only the process that sends a
 * mail loads it: the ones that keep running neither carry nor fork them.
 */
#include "keepalived/core/mail.h"

#include <curl/curl.h>
#include <dlfcn.h>
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

/* What is used of it, under its own names without the prefix. */
struct libcurl {
	__typeof__(curl_easy_init) *easy_init;
	__typeof__(curl_easy_cleanup) *easy_cleanup;
	CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
	__typeof__(curl_easy_perform) *easy_perform;
	__typeof__(curl_easy_strerror) *easy_strerror;
	__typeof__(curl_slist_append) *slist_append;
	__typeof__(curl_slist_free_all) *slist_free_all;
};

/* Stays loaded: the process ends soon. False with why filled. */
static bool load_libcurl(struct libcurl *lib, char *why, size_t size)
{
	static const struct {
		const char *name;
		size_t offset;
	} symbols[] = {
		{"curl_easy_init", offsetof(struct libcurl, easy_init)},
		{"curl_easy_cleanup", offsetof(struct libcurl, easy_cleanup)},
		{"curl_easy_setopt", offsetof(struct libcurl, easy_setopt)},
		{"curl_easy_perform", offsetof(struct libcurl, easy_perform)},
		{"curl_easy_strerror", offsetof(struct libcurl, easy_strerror)},
		{"curl_slist_append", offsetof(struct libcurl, slist_append)},
		{"curl_slist_free_all", offsetof(struct libcurl, slist_free_all)},
	};
	void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL), *symbol;

	for (size_t i = 0; i < ARRAY_SIZE(symbols); i++) {
		symbol = library ? dlsym(library, symbols[i].name) : NULL;
		if (!symbol) {
			str_copy(why, size, dlerror());
			return false;
		}
		memcpy((char *)lib + symbols[i].offset, &symbol, sizeof(symbol));
	}
	return true;
}

static void set_options(const struct libcurl *lib, CURL *curl, const struct mail_envelope *e,
	struct unsent *u, struct curl_slist *to, const char *url, const char *from)
{
	lib->easy_setopt(curl, CURLOPT_URL, url);
	lib->easy_setopt(curl, CURLOPT_MAIL_FROM, from);
	lib->easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
	lib->easy_setopt(curl, CURLOPT_READFUNCTION, give);
	lib->easy_setopt(curl, CURLOPT_READDATA, u);
	lib->easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	lib->easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	lib->easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)(e->timeout / MSEC(1)));
	lib->easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)(5 * e->timeout / MSEC(1)));
}

int mail_send(const struct mail_envelope *e, const char *message, char *why, size_t size)
{
	struct unsent u = {message, strlen(message)};
	struct curl_slist *to = NULL;
	char *url = server_url(e), *from = bracketed(e->from);
	CURLcode result = CURLE_FAILED_INIT;
	struct libcurl lib;
	CURL *curl;
	uint32_t i;

	if (!load_libcurl(&lib, why, size))
		goto out;
	for (i = 0; i < e->n_to; i++) {
		char *address = bracketed(e->to[i]);

		to = lib.slist_append(to, address);
		free(address);
	}
	curl = lib.easy_init();
	if (curl) {
		set_options(&lib, curl, e, &u, to, url, from);
		result = lib.easy_perform(curl);
	}
	str_copy(why, size, lib.easy_strerror(result));
	lib.slist_free_all(to);
	lib.easy_cleanup(curl);
out:
	free(from);
	free(url);
	return result == CURLE_OK ? 0 : -1;
}
