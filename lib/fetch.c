/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A fetch walks through five phases; each ready descriptor moves it as far as it goes. One timer
 * guards both limits: it stands at the end of the step or of the whole, whichever comes first, and
 * the phase it finds says which time-out that was.
 */
#include "lib/fetch.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum phase { IDLE, CONNECT, HANDSHAKE, SEND, HEAD, BODY, BROKEN };

#define READ_SIZE    16384 /* no TLS record is longer, so none stays behind inside the library */
#define READS_A_TURN 16    /* then others have their turn */

static const enum fetch_end timeout_of[] = {
	[CONNECT] = FETCH_CONNECT_TIMEOUT,
	[HANDSHAKE] = FETCH_TLS_TIMEOUT,
	[SEND] = FETCH_SEND_TIMEOUT,
	[HEAD] = FETCH_HEAD_TIMEOUT,
	[BODY] = FETCH_BODY_TIMEOUT,
};

static void release(struct fetch *f)
{
	int fd = f->fd.fd;

	loop_timer_cancel(&f->step);
	tls_free(f->tls);
	f->tls = NULL;
	if (f->phase != IDLE && fd >= 0) {
		loop_fd_del(&f->fd);
		close(fd);
	}
	hash_drop(&f->hash);
	strbuf_free(&f->request);
	f->request = (struct strbuf){0};
	f->phase = IDLE;
}

static void end(struct fetch *f, enum fetch_end why, int err)
{
	uint8_t digest[HASH_MAX];
	char text[160];

	f->err = err;
	f->tls_text = f->tls_file = f->tls_func = "";
	if (f->tls && why != FETCH_DONE) {
		str_copy(text, sizeof(text),
			tls_error(f->tls, &f->tls_file, &f->tls_line, &f->tls_func));
		f->tls_text = text;
		if (!*text) /* otherwise these two are constants of the library */
			f->tls_file = f->tls_func = "";
	}
	if (why == FETCH_DONE && f->hash.ctx) {
		hash_end(&f->hash, digest);
		memcpy(f->digest, digest, sizeof(f->digest));
	}
	if (f->tls && f->what->close_notify && why == FETCH_DONE)
		tls_close_notify(f->tls);
	release(f);
	f->done(f, why);
}

static void step(struct fetch *f, enum phase phase)
{
	struct loop *loop = f->step.loop;

	f->phase = phase;
	loop_timer_set(&f->step, MIN(loop_now(loop) + f->what->timeout, f->give_up));
}

static void got_part(struct http_reader *r, enum http_part part, const void *bytes, size_t n)
{
	struct fetch *f = container_of(r, struct fetch, reader);

	if (part == HTTP_PART_BODY && f->hash.ctx)
		hash_add(&f->hash, bytes, n);
	if (f->what->part)
		f->what->part(f->what->ctx, part, bytes, n);
}

static void end_of_reply(struct fetch *f)
{
	switch (http_eof(&f->reader)) {
	case HTTP_DONE:
		return end(f, FETCH_DONE, 0);
	case HTTP_HEAD_TOO_LONG:
		return end(f, FETCH_HEAD_TOO_LONG, 0);
	default:
		return end(f, FETCH_NO_REPLY, 0);
	}
}

/* One read: TLS_DONE with bytes, TLS_END, a wish, or TLS_FAILED with *err set where TCP said so. */
static enum tls_want read_some(struct fetch *f, void *buf, size_t size, size_t *n, int *err)
{
	ssize_t got;

	*err = 0;
	if (f->tls)
		return tls_read(f->tls, buf, size, n);
	got = recv(f->fd.fd, buf, size, 0);
	if (got > 0) {
		*n = got;
		return TLS_DONE;
	}
	if (got == 0)
		return TLS_END;
	if (errno == EAGAIN || errno == EINTR)
		return TLS_WANT_READ;
	*err = -errno;
	return TLS_FAILED;
}

static void receive(struct fetch *f)
{
	char buf[READ_SIZE];
	size_t n = 0;
	int err;

	for (int i = 0; i < READS_A_TURN; i++) {
		switch (read_some(f, buf, sizeof(buf), &n, &err)) {
		case TLS_DONE:
			break;
		case TLS_END:
			return end_of_reply(f);
		case TLS_FAILED:
			return end(f, FETCH_READ_FAILED, err);
		case TLS_WANT_WRITE:
			loop_fd_events(&f->fd, EPOLLOUT);
			return;
		case TLS_WANT_READ:
			loop_fd_events(&f->fd, EPOLLIN);
			return;
		}
		if (http_feed(&f->reader, buf, n) != HTTP_READING)
			return end_of_reply(f);
		if (f->reader.body_bytes > FETCH_BODY_MAX)
			return end(f, FETCH_BODY_TOO_LONG, 0);
		step(f, f->reader.in_body ? BODY : HEAD);
	}
}

static void transmit(struct fetch *f)
{
	while (f->sent < f->request.len) {
		const char *p = f->request.text + f->sent;
		size_t left = f->request.len - f->sent, n = 0;
		enum tls_want want = TLS_DONE;
		ssize_t put;

		if (f->tls) {
			want = tls_write(f->tls, p, left, &n);
		} else {
			put = send(f->fd.fd, p, left, MSG_NOSIGNAL);
			if (put >= 0)
				n = put;
			else
				want = errno == EAGAIN || errno == EINTR ? TLS_WANT_WRITE
									 : TLS_FAILED;
		}
		if (want == TLS_WANT_READ || want == TLS_WANT_WRITE) {
			loop_fd_events(&f->fd, want == TLS_WANT_READ ? EPOLLIN : EPOLLOUT);
			return;
		}
		if (want != TLS_DONE)
			return end(f, FETCH_SEND_FAILED, f->tls ? 0 : -errno);
		f->sent += n;
	}
	step(f, HEAD);
	loop_fd_events(&f->fd, EPOLLIN);
}

static void shake_hands(struct fetch *f)
{
	switch (tls_handshake(f->tls)) {
	case TLS_WANT_READ:
		loop_fd_events(&f->fd, EPOLLIN);
		return;
	case TLS_WANT_WRITE:
		loop_fd_events(&f->fd, EPOLLOUT);
		return;
	case TLS_DONE:
		step(f, SEND);
		return transmit(f);
	default:
		return end(f, FETCH_TLS_FAILED, 0);
	}
}

static void connected(struct fetch *f)
{
	int err = dial_result(f->fd.fd);

	if (err)
		return end(f, dial_is_local(err) ? FETCH_LOCAL : FETCH_CONNECT_FAILED, err);
	if (!f->what->tls) {
		step(f, SEND);
		return transmit(f);
	}
	f->tls = tls_new(f->what->tls, f->fd.fd, f->what->sni);
	if (!f->tls)
		return end(f, FETCH_LOCAL, -ENOMEM);
	step(f, HANDSHAKE);
	shake_hands(f);
}

static void ready(struct loop_fd *fd, uint32_t events UNUSED)
{
	struct fetch *f = container_of(fd, struct fetch, fd);
	static void (*const go[])(struct fetch *) = {
		[CONNECT] = connected,
		[HANDSHAKE] = shake_hands,
		[SEND] = transmit,
		[HEAD] = receive,
		[BODY] = receive,
	};

	go[f->phase](f);
}

static void expired(struct loop_timer *timer)
{
	struct fetch *f = container_of(timer, struct fetch, step);

	if (f->phase != BROKEN)
		return end(f, timeout_of[f->phase], 0);
	end(f, dial_is_local(f->err) ? FETCH_LOCAL : FETCH_CONNECT_FAILED, f->err);
}

/* What cannot even begin is told by the timer, so that done never runs inside fetch_start. */
static void broken(struct fetch *f, int err)
{
	f->err = err;
	f->phase = BROKEN;
	loop_timer_set(&f->step, loop_now(f->step.loop));
}

void fetch_start(struct loop *loop, struct fetch *f, const struct fetch_what *what,
	void (*done)(struct fetch *, enum fetch_end))
{
	int fd;

	*f = (struct fetch){.what = what, .done = done, .fd = LOOP_FD_NONE};
	f->give_up = loop_now(loop) + FETCH_TOTAL_STEPS * what->timeout;
	loop_timer_init(loop, &f->step, expired);
	http_start(&f->reader, got_part);
	fd = what->digest && hash_start(&f->hash, HASH_MD5) ? -ENOMEM : dial(&what->to);
	if (fd >= 0 && loop_fd_add(loop, &f->fd, fd, EPOLLOUT, ready) != 0) {
		close(fd);
		fd = -ENOMEM;
	}
	if (fd < 0)
		return broken(f, fd);
	http_request(&f->request, what->protocol, what->path, what->host);
	step(f, CONNECT);
}

void fetch_cancel(struct fetch *f)
{
	if (f->phase != IDLE)
		release(f);
}
