/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keepalived/core/generation.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/log.h"
#include "lib/text.h"

struct parse_job {
	struct generation *gen;
	pthread_t thread;
	struct loop_fd wake; /* eventfd, written by the thread when it is through */
	void (*done)(struct generation *, void *ctx);
	void *ctx;
};

void generation_free(struct generation *g)
{
	if (!g)
		return;
	generation_forget_text(g);
	conf_free(g->conf);
	free(g);
}

void generation_forget_text(struct generation *g)
{
	text_free(g->text);
	g->text = NULL;
	if (g->conf)
		g->conf->text = NULL;
	if (g->map)
		munmap(g->map, g->map_len);
	g->map = NULL;
}

static struct generation *generation_map(uint64_t number, bool replacement, int fd)
{
	struct generation *g = xcalloc(1, sizeof(*g));
	struct stat st;

	g->number = number;
	g->replacement = replacement;
	if (fstat(fd, &st) == 0 && st.st_size > 0) {
		g->map_len = (size_t)st.st_size;
		g->map = mmap(NULL, g->map_len, PROT_READ, MAP_SHARED, fd, 0);
		if (g->map == MAP_FAILED)
			g->map = NULL;
	}
	close(fd);
	return g;
}

/* What was wrong with the text has been said by the loader, which parsed the same bytes. */
static void *parse_thread(void *arg)
{
	struct parse_job *job = arg;
	struct generation *g = job->gen;
	struct unpack in = unpack_start(g->map, g->map_len);
	struct diags *unsaid = diags_new();
	uint64_t one = 1;

	g->text = text_unpack(&in);
	if (g->text)
		g->conf = conf_parse(g->text, unsaid);
	diags_free(unsaid);
	while (write(job->wake.fd, &one, sizeof(one)) < 0)
		;
	return NULL;
}

static void job_free(struct parse_job *job)
{
	int fd = job->wake.fd;

	loop_fd_del(&job->wake);
	if (fd >= 0)
		close(fd);
	free(job);
}

static void parse_ended(struct loop_fd *wake, uint32_t events)
{
	struct parse_job *job = container_of(wake, struct parse_job, wake);
	struct generation *g = job->gen;

	(void)events;
	pthread_join(job->thread, NULL);
	if (!g->conf || !job->done) {
		generation_free(g);
		g = NULL;
	}
	if (job->done)
		job->done(g, job->ctx);
	job_free(job);
}

/* The thread must not inherit a real-time priority: parsing would then starve the loop. */
static int start_thread(struct parse_job *job)
{
	struct sched_param ordinary = {0};
	pthread_attr_t attr;
	int err;

	pthread_attr_init(&attr);
	pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedpolicy(&attr, SCHED_OTHER);
	pthread_attr_setschedparam(&attr, &ordinary);
	err = pthread_create(&job->thread, &attr, parse_thread, job);
	pthread_attr_destroy(&attr);
	return -err;
}

struct parse_job *parse_job_start(struct loop *loop, uint64_t number, bool replacement, int fd,
	void (*done)(struct generation *, void *ctx), void *ctx)
{
	struct parse_job *job = xcalloc(1, sizeof(*job));
	int wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	job->wake.fd = -1;
	job->done = done;
	job->ctx = ctx;
	job->gen = generation_map(number, replacement, fd);
	if (!job->gen->map || wake < 0 || loop_fd_add(loop, &job->wake, wake, EPOLLIN, parse_ended))
		goto fail;
	if (start_thread(job) == 0)
		return job;
fail:
	log_error("Cannot start parsing the configuration");
	generation_free(job->gen);
	if (job->wake.fd < 0 && wake >= 0)
		close(wake);
	job_free(job);
	done(NULL, ctx);
	return NULL;
}

/* The thread cannot be stopped, and is not waited for either. */
void parse_job_cancel(struct parse_job *job)
{
	if (job)
		job->done = NULL;
}

void parse_job_end(struct parse_job *job)
{
	if (!job)
		return;
	pthread_join(job->thread, NULL);
	generation_free(job->gen);
	job_free(job);
}
