/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One HTTP GET over TCP or TLS, on the loop: what genhash does once and the HTTP checks all the
 * time. Connect, shake hands, send, read to the end; it ends in one callback with one reason.
 *
 * No step may take longer than `timeout`: connecting, shaking hands, sending, each pause in the
 * reply. The whole never takes longer than FETCH_TOTAL_STEPS times that, nor more than
 * FETCH_BODY_MAX bytes, however the server dribbles or floods.
 */
#ifndef LIB_FETCH_H
#define LIB_FETCH_H

#include "lib/dial.h"
#include "lib/hash.h"
#include "lib/http.h"
#include "lib/loop.h"
#include "lib/tls.h"

#define FETCH_TOTAL_STEPS 10
#define FETCH_BODY_MAX    (256ULL << 20)

enum fetch_end {
	FETCH_DONE,           /* a reply with a whole head; look at reader, digest */
	FETCH_LOCAL,          /* we lack something (err): the server has not been asked */
	FETCH_CONNECT_FAILED, /* err */
	FETCH_CONNECT_TIMEOUT,
	FETCH_TLS_FAILED, /* tls_text */
	FETCH_TLS_TIMEOUT,
	FETCH_SEND_FAILED, /* err */
	FETCH_SEND_TIMEOUT,
	FETCH_READ_FAILED, /* err */
	FETCH_HEAD_TIMEOUT,
	FETCH_BODY_TIMEOUT,
	FETCH_NO_REPLY, /* ended before or inside the head */
	FETCH_HEAD_TOO_LONG,
	FETCH_BODY_TOO_LONG,
	FETCH_ENDS
};

struct fetch_what { /* borrowed until the end */
	struct dial to;
	struct tls_context *tls; /* NULL: plain */
	const char *sni;         /* NULL: none */
	bool close_notify;
	enum http_protocol protocol;
	const char *path, *host;
	bool digest; /* MD5 of the body wanted */
	ktime timeout;
	/* Each run of bytes of the reply; NULL is fine. */
	void (*part)(void *ctx, enum http_part, const void *bytes, size_t n);
	void *ctx;
};

struct fetch {
	/* for `done` */
	int err;              /* negative errno, 0 when there is none */
	const char *tls_text; /* what TLS says about a failure, or ""; valid in done */
	const char *tls_file, *tls_func;
	int tls_line;
	struct http_reader reader;
	uint8_t digest[16];
	/* private */
	const struct fetch_what *what;
	void (*done)(struct fetch *, enum fetch_end);
	struct loop_fd fd;
	struct loop_timer step;
	ktime give_up;
	struct tls *tls;
	struct hash hash;
	struct strbuf request;
	size_t sent;
	uint8_t phase;
};

/*
 * Zero the struct before the first use; it may be used again after its end. done is called from the
 * loop, never from here, and may free the struct. The descriptor is closed before done is called.
 */
void fetch_start(struct loop *, struct fetch *, const struct fetch_what *,
	void (*done)(struct fetch *, enum fetch_end));
void fetch_cancel(struct fetch *); /* done is not called; not running is fine */

#endif
