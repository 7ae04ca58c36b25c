/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TLS client over a non-blocking descriptor (OpenSSL 3). Peers are not authenticated: a checker
 * asks whether a server answers. A connection that ends without close_notify has simply ended.
 *
 * OpenSSL writes without MSG_NOSIGNAL: the process must ignore SIGPIPE.
 */
#ifndef LIB_TLS_H
#define LIB_TLS_H

#include <sys/types.h>

#include "lib/base.h"

struct tls_context; /* what connections share; outlives them */
struct tls;

struct tls_files { /* each may be NULL */
	const char *ca, *certificate, *key, *password;
};

/* NULL with *why (a static text) when a file cannot be used. */
struct tls_context *tls_context_new(const struct tls_files *, const char **why);
void tls_context_free(struct tls_context *); /* NULL is fine */

/* sni NULL: none. The descriptor stays the caller's. NULL when the library refuses. */
struct tls *tls_new(struct tls_context *, int fd, const char *sni);
void tls_free(struct tls *); /* NULL is fine */

enum tls_want { TLS_DONE, TLS_WANT_READ, TLS_WANT_WRITE, TLS_END, TLS_FAILED };

enum tls_want tls_handshake(struct tls *);
/* TLS_DONE: *done bytes moved. TLS_END (reading): the peer has finished. */
enum tls_want tls_read(struct tls *, void *buf, size_t size, size_t *done);
enum tls_want tls_write(struct tls *, const void *buf, size_t size, size_t *done);
void tls_close_notify(struct tls *); /* says good-bye, does not wait for the answer */
/* After TLS_FAILED: the library's text, "" when it gave none. Valid until the next call. */
const char *tls_error(struct tls *, const char **file, int *line, const char **func);

#endif
