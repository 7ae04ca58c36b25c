/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The few OpenSSL calls that a client on a non-blocking descriptor needs. */
#include "lib/tls.h"

#include <stdio.h>
#include <stdlib.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

struct tls_context {
	SSL_CTX *ctx;
	char *password;
};

struct tls {
	SSL *ssl;
	char text[160];
};

static int give_password(char *buf, int size, int rwflag UNUSED, void *arg)
{
	int n = snprintf(buf, size, "%s", (const char *)arg);

	return n < size ? n : -1;
}

static const char *load_files(struct tls_context *c, const struct tls_files *f)
{
	if (f->password) {
		c->password = xstrdup(f->password);
		SSL_CTX_set_default_passwd_cb(c->ctx, give_password);
		SSL_CTX_set_default_passwd_cb_userdata(c->ctx, c->password);
	}
	if (f->ca && SSL_CTX_load_verify_locations(c->ctx, f->ca, NULL) != 1)
		return "the CA file cannot be used";
	if (f->certificate && SSL_CTX_use_certificate_chain_file(c->ctx, f->certificate) != 1)
		return "the certificate file cannot be used";
	if (f->key && SSL_CTX_use_PrivateKey_file(c->ctx, f->key, SSL_FILETYPE_PEM) != 1)
		return "the key file cannot be used";
	if (f->key && f->certificate && SSL_CTX_check_private_key(c->ctx) != 1)
		return "the key does not belong to the certificate";
	return NULL;
}

struct tls_context *tls_context_new(const struct tls_files *files, const char **why)
{
	struct tls_context *c = xcalloc(1, sizeof(*c));

	c->ctx = SSL_CTX_new(TLS_client_method());
	*why = c->ctx ? load_files(c, files) : "the TLS library refuses to work";
	if (*why) {
		ERR_clear_error();
		tls_context_free(c);
		return NULL;
	}
	SSL_CTX_set_verify(c->ctx, SSL_VERIFY_NONE, NULL);
	SSL_CTX_set_options(c->ctx, SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_mode(c->ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
					 SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	/* No cache, so that every check makes a whole handshake. */
	SSL_CTX_set_session_cache_mode(c->ctx, SSL_SESS_CACHE_OFF);
	return c;
}

void tls_context_free(struct tls_context *c)
{
	if (!c)
		return;
	SSL_CTX_free(c->ctx);
	free(c->password);
	free(c);
}

struct tls *tls_new(struct tls_context *c, int fd, const char *sni)
{
	SSL *ssl = SSL_new(c->ctx);
	struct tls *t;

	if (!ssl || SSL_set_fd(ssl, fd) != 1 || (sni && SSL_set_tlsext_host_name(ssl, sni) != 1)) {
		SSL_free(ssl);
		return NULL;
	}
	SSL_set_connect_state(ssl);
	t = xcalloc(1, sizeof(*t));
	t->ssl = ssl;
	return t;
}

void tls_free(struct tls *t)
{
	if (!t)
		return;
	SSL_free(t->ssl);
	free(t);
	ERR_clear_error();
}

static enum tls_want want_of(struct tls *t, int ret)
{
	switch (SSL_get_error(t->ssl, ret)) {
	case SSL_ERROR_NONE:
		return TLS_DONE;
	case SSL_ERROR_WANT_READ:
		return TLS_WANT_READ;
	case SSL_ERROR_WANT_WRITE:
		return TLS_WANT_WRITE;
	case SSL_ERROR_ZERO_RETURN:
		return TLS_END;
	default:
		return TLS_FAILED;
	}
}

enum tls_want tls_handshake(struct tls *t)
{
	ERR_clear_error();
	return want_of(t, SSL_do_handshake(t->ssl));
}

enum tls_want tls_read(struct tls *t, void *buf, size_t size, size_t *done)
{
	ERR_clear_error();
	*done = 0;
	return want_of(t, SSL_read_ex(t->ssl, buf, size, done));
}

enum tls_want tls_write(struct tls *t, const void *buf, size_t size, size_t *done)
{
	ERR_clear_error();
	*done = 0;
	return want_of(t, SSL_write_ex(t->ssl, buf, size, done));
}

void tls_close_notify(struct tls *t)
{
	ERR_clear_error();
	SSL_shutdown(t->ssl);
}

const char *tls_error(struct tls *t, const char **file, int *line, const char **func)
{
	unsigned long err = ERR_get_error_all(file, line, func, NULL, NULL);

	t->text[0] = '\0';
	if (err) {
		ERR_error_string_n(err, t->text, sizeof(t->text));
	} else {
		*file = *func = t->text;
		*line = 0;
	}
	return t->text;
}
