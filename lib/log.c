/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line is made where it is logged: cut to its greatest length, bytes that a terminal could take
 * for commands escaped. Then either the caller passes it to the sinks, or a writer thread does and
 * the caller only copies it into the ring. The lock is held for no longer than that copy, and it
 * hands on priority, since the caller may run with real-time priority and the writer does not.
 *
 * libc's syslog is not used: it blocks when the receiver does not read.
 *
 * The sinks belong to the writer while there is one. A new set is left beside the ring and taken
 * over by the writer before its next line.
 */
#include "lib/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "lib/ring.h"
#include "lib/str.h"

#define TEXT_MAX     1024 /* bytes of a line, longer ones end in "..." */
#define IDENT_MAX    64
#define FORMAT_MAX   (TEXT_MAX + IDENT_MAX + 96)
#define RING_SIZE    (128 * 1024)    /* bytes: more than a thousand lines as they usually are */
#define RING_RESUME  (RING_SIZE / 2) /* after an overflow, so that losses come in one piece */
#define WRITER_MSEC  1000            /* how long to wait for a sink that took the line before */
#define CALLER_MSEC  20              /* syslog's queue is often ten lines long */
#define CLOSE_SEC    1
#define WRITER_STACK (256 * 1024)

struct line {
	time_t when;
	int priority;
	uint64_t lost_before; /* lines that found no room in the ring just before this one */
	char text[TEXT_MAX + 1];
};

enum sink_kind { SINK_SYSLOG, SINK_CONSOLE, SINK_FILE, N_SINKS };

struct sink {
	bool on;
	bool stalled; /* the last line did not get through */
	int fd;
	uint64_t lost;
};

struct sinks {
	struct sink sink[N_SINKS];
	int facility;
	bool flush_file;
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct sinks *sinks; /* of the writer when there is one */
	struct sinks *fresh; /* to replace them */
	char ident[IDENT_MAX];
	struct ring *ring; /* struct line, as far as the end of its text */
	uint64_t ring_lost;
	bool overflow, writer, closing, done;
	pthread_t thread;
	_Atomic int verbosity;
	_Atomic uint64_t lost;
	_Atomic(void (*)(int, const char *)) hook;
} state = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.changed = PTHREAD_COND_INITIALIZER,
};

/* Sinks. put returns 0, -EAGAIN when waiting for fd may help, else another negative errno. */

static int open_syslog(void)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int err;

	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&to, sizeof(to))) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

static int put_syslog(struct sinks *all, const struct line *line, const char *ident)
{
	struct sink *s = &all->sink[SINK_SYSLOG];
	char buf[FORMAT_MAX], when[32];
	struct tm tm;
	int n, attempt;

	localtime_r(&line->when, &tm);
	strftime(when, sizeof(when), "%b %e %T", &tm);
	n = snprintf(buf, sizeof(buf), "<%d>%s %s[%d]: %s", all->facility | line->priority, when,
		ident, (int)getpid(), line->text);
	for (attempt = 0; attempt < 2; attempt++) { /* the second one on a new socket */
		if (s->fd < 0)
			s->fd = open_syslog();
		if (s->fd < 0)
			break;
		if (send(s->fd, buf, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT) == n)
			return 0;
		if (errno == EAGAIN || errno == ENOBUFS)
			return -EAGAIN;
		close(s->fd);
		s->fd = -1;
	}
	return -ENOTCONN;
}

static int put_stream(int fd, const struct line *line)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	char buf[FORMAT_MAX], when[64];
	struct tm tm;
	ssize_t written;
	int n;

	/* The descriptor is shared with others, who may not expect to find it non-blocking. A pipe
	 * that polls as writable takes a page at once, which is more than a line. */
	if (poll(&p, 1, 0) <= 0)
		return -EAGAIN;
	if (p.revents & (POLLERR | POLLHUP | POLLNVAL))
		return -EPIPE;
	localtime_r(&line->when, &tm);
	strftime(when, sizeof(when), "%a %b %e %T %Y", &tm);
	n = snprintf(buf, sizeof(buf), "%s: %s\n", when, line->text);
	written = write(fd, buf, (size_t)n);
	if (written == n)
		return 0;
	return written < 0 ? -errno : -EIO;
}

static int put_console(struct sinks *all, const struct line *line, const char *ident)
{
	(void)ident;
	return put_stream(all->sink[SINK_CONSOLE].fd, line);
}

static int put_file(struct sinks *all, const struct line *line, const char *ident)
{
	int err = put_stream(all->sink[SINK_FILE].fd, line);

	(void)ident;
	if (!err && all->flush_file)
		fdatasync(all->sink[SINK_FILE].fd);
	return err;
}

static int (*const put[N_SINKS])(struct sinks *, const struct line *, const char *ident) = {
	[SINK_SYSLOG] = put_syslog,
	[SINK_CONSOLE] = put_console,
	[SINK_FILE] = put_file,
};

static int put_waiting(
	struct sinks *all, int kind, const struct line *line, const char *ident, int patience)
{
	struct sink *s = &all->sink[kind];
	struct pollfd p = {.fd = s->fd, .events = POLLOUT};
	int err = put[kind](all, line, ident);

	if (err == -EAGAIN && !s->stalled) {
		p.fd = s->fd;
		poll(&p, 1, patience);
		err = put[kind](all, line, ident);
	}
	s->stalled = err != 0;
	return err;
}

static void put_line(
	struct sinks *all, int kind, const struct line *line, const char *ident, int patience)
{
	struct sink *s = &all->sink[kind];
	struct line note = {.when = line->when, .priority = LOG_WARNING};

	s->lost += line->lost_before;
	if (s->lost) {
		snprintf(note.text, sizeof(note.text), "log: %llu lines were lost",
			(unsigned long long)s->lost);
		if (put_waiting(all, kind, &note, ident, patience) == 0)
			s->lost = 0;
	}
	if (s->lost || put_waiting(all, kind, line, ident, patience)) {
		s->lost++;
		atomic_fetch_add(&state.lost, 1);
	}
}

static void put_everywhere(
	struct sinks *all, const struct line *line, const char *ident, int patience)
{
	int kind;

	for (kind = 0; all && kind < N_SINKS; kind++)
		if (all->sink[kind].on)
			put_line(all, kind, line, ident, patience);
}

static void sinks_free(struct sinks *all)
{
	static const int owned[] = {SINK_SYSLOG, SINK_FILE};
	size_t i;

	for (i = 0; all && i < ARRAY_SIZE(owned); i++)
		if (all->sink[owned[i]].fd >= 0)
			close(all->sink[owned[i]].fd);
	free(all);
}

static int sinks_new(const struct log_conf *conf, struct sinks **out)
{
	struct sinks *all = xcalloc(1, sizeof(*all));
	int err;

	all->facility = conf->facility;
	all->flush_file = conf->flush_file;
	all->sink[SINK_SYSLOG] = (struct sink){.on = conf->syslog, .fd = -1};
	all->sink[SINK_CONSOLE] = (struct sink){.on = conf->console, .fd = STDERR_FILENO};
	all->sink[SINK_FILE] = (struct sink){.on = conf->file != NULL, .fd = -1};
	if (conf->file) {
		all->sink[SINK_FILE].fd = open(conf->file,
			O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
		if (all->sink[SINK_FILE].fd < 0) {
			err = -errno;
			free(all);
			return err;
		}
	}
	if (conf->syslog) /* early, while the path can be reached */
		all->sink[SINK_SYSLOG].fd = open_syslog();
	*out = all;
	return 0;
}

/* The ring and its writer */

/* With the lock held. */
static void take_fresh_sinks(void)
{
	if (!state.fresh)
		return;
	sinks_free(state.sinks);
	state.sinks = state.fresh;
	state.fresh = NULL;
}

/* Waits for a line; false when the log is closing and the ring is empty. */
static bool next_line(struct line *line, char ident[static IDENT_MAX])
{
	bool got;

	pthread_mutex_lock(&state.lock);
	while (!ring_used(state.ring) && !state.closing)
		pthread_cond_wait(&state.changed, &state.lock);
	take_fresh_sinks();
	got = ring_pop(state.ring, line, sizeof(*line)) > 0;
	memcpy(ident, state.ident, IDENT_MAX);
	pthread_mutex_unlock(&state.lock);
	return got;
}

static void *writer(void *arg)
{
	char ident[IDENT_MAX];
	struct line line;

	while (next_line(&line, ident))
		put_everywhere(state.sinks, &line, ident, WRITER_MSEC);
	pthread_mutex_lock(&state.lock);
	state.done = true;
	pthread_cond_broadcast(&state.changed);
	pthread_mutex_unlock(&state.lock);
	return arg;
}

static void push(struct line *line)
{
	size_t len = offsetof(struct line, text) + strlen(line->text) + 1;

	line->lost_before = state.ring_lost;
	if (ring_used(state.ring) <= RING_RESUME)
		state.overflow = false;
	if (state.overflow || !ring_push(state.ring, line, (uint32_t)len)) {
		state.overflow = true;
		state.ring_lost++;
		atomic_fetch_add(&state.lost, 1);
		return;
	}
	state.ring_lost = 0;
	pthread_cond_signal(&state.changed);
}

static void init_lock(void)
{
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT);
	if (pthread_mutex_init(&state.lock, &attr))
		pthread_mutex_init(&state.lock, NULL); /* a kernel without such locks */
	pthread_mutexattr_destroy(&attr);
	pthread_cond_init(&state.changed, NULL);
}

static int start_thread(void)
{
	static const struct sched_param ordinary = {0};
	pthread_attr_t attr;
	sigset_t every, before;
	int err;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, WRITER_STACK);
	pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedpolicy(&attr, SCHED_OTHER);
	pthread_attr_setschedparam(&attr, &ordinary);
	sigfillset(&every);
	pthread_sigmask(SIG_SETMASK, &every, &before);
	err = pthread_create(&state.thread, &attr, writer, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return -err;
}

int log_start_writer(void)
{
	int err;

	if (state.writer)
		return -EALREADY;
	init_lock();
	if (!state.ring)
		state.ring = ring_new(RING_SIZE);
	state.closing = state.done = false;
	state.writer = true;
	err = start_thread();
	if (err)
		state.writer = false;
	return err;
}

/* Public */

int log_open(const struct log_conf *conf)
{
	struct sinks *fresh = NULL;
	int err = sinks_new(conf, &fresh);

	if (err)
		return err;
	log_set_ident(conf->ident);
	atomic_store(&state.verbosity, conf->verbosity);
	pthread_mutex_lock(&state.lock);
	sinks_free(state.fresh);
	state.fresh = fresh;
	if (!state.writer)
		take_fresh_sinks();
	pthread_mutex_unlock(&state.lock);
	return 0;
}

void log_set_ident(const char *ident)
{
	pthread_mutex_lock(&state.lock);
	str_copy(state.ident, sizeof(state.ident), ident ? ident : "");
	pthread_mutex_unlock(&state.lock);
}

static bool stop_writer(void)
{
	struct timespec until;
	bool done;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += CLOSE_SEC;
	pthread_mutex_lock(&state.lock);
	state.closing = true;
	pthread_cond_broadcast(&state.changed);
	while (!state.done && !pthread_cond_timedwait(&state.changed, &state.lock, &until))
		;
	done = state.done;
	pthread_mutex_unlock(&state.lock);
	if (done)
		pthread_join(state.thread, NULL);
	return done;
}

void log_close(void)
{
	/* A writer that hangs in a sink keeps everything it may still touch. */
	if (state.writer && !stop_writer())
		return;
	state.writer = false;
	sinks_free(state.sinks);
	sinks_free(state.fresh);
	ring_free(state.ring);
	state.sinks = state.fresh = NULL;
	state.ring = NULL;
	state.ring_lost = 0;
	state.overflow = false;
}

void log_after_fork(void)
{
	init_lock(); /* a thread that does not exist here may have held it */
	state.writer = state.closing = state.done = false;
	if (state.ring)
		ring_clear(state.ring);
	state.ring_lost = 0;
	state.overflow = false;
	take_fresh_sinks();
}

/* The bytes of the UTF-8 character at s that may be shown as it is; 0: escape the first byte. */
static size_t printable(const char *s)
{
	const unsigned char *u = (const unsigned char *)s;
	size_t i, n = u[0] < 0x80   ? 1
		      : u[0] < 0xc2 ? 0
		      : u[0] < 0xe0 ? 2
		      : u[0] < 0xf0 ? 3
		      : u[0] < 0xf5 ? 4
				    : 0;

	if (n == 1)
		return (u[0] >= ' ' && u[0] != 0x7f) || u[0] == '\t';
	for (i = 1; i < n; i++)
		if ((u[i] & 0xc0) != 0x80)
			return 0;
	if (n == 2 && u[0] == 0xc2 && u[1] < 0xa0) /* C1 controls */
		return 0;
	return n;
}

static void escape(char dst[static TEXT_MAX + 1], const char *src)
{
	static const char cut[] = "...";
	size_t at = 0, fit = 0, n, need;

	for (; *src; src += n ? n : 1, at += need) {
		n = printable(src);
		need = n ? n : 4;
		if (at + need > TEXT_MAX) {
			memcpy(dst + fit, cut, sizeof(cut));
			return;
		}
		if (n)
			memcpy(dst + at, src, n);
		else
			sprintf(dst + at, "\\x%02x", (unsigned char)*src);
		if (at + need <= TEXT_MAX - (sizeof(cut) - 1))
			fit = at + need;
	}
	dst[at] = '\0';
}

void log_msg(int priority, const char *fmt, ...)
{
	void (*hook)(int, const char *) = atomic_load(&state.hook);
	char raw[TEXT_MAX + 8]; /* more than a line, so that escape sees what is cut */
	struct line line = {.when = time(NULL), .priority = priority};
	int saved = errno; /* of the caller, who may go on to look at it */
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	escape(line.text, raw);
	if (hook) {
		hook(priority, line.text);
		return;
	}
	pthread_mutex_lock(&state.lock);
	if (state.writer)
		push(&line);
	else
		put_everywhere(state.sinks, &line, state.ident, CALLER_MSEC);
	pthread_mutex_unlock(&state.lock);
	errno = saved;
}

bool log_verbose(int level)
{
	return atomic_load_explicit(&state.verbosity, memory_order_relaxed) >= level;
}

uint64_t log_lost(void)
{
	return atomic_load(&state.lost);
}

void log_set_hook(void (*hook)(int priority, const char *line))
{
	atomic_store(&state.hook, hook);
}
