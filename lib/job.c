/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/job.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct job {
	pthread_t thread;
	struct loop_fd wake; /* eventfd, written by the thread when it is through */
	void (*run)(void *ctx);
	void (*done)(void *ctx);
	void *ctx;
};

static void *job_thread(void *arg)
{
	struct job *job = arg;
	uint64_t one = 1;

	job->run(job->ctx);
	while (write(job->wake.fd, &one, sizeof(one)) < 0)
		;
	return NULL;
}

static void job_free(struct job *job)
{
	int fd = job->wake.fd;

	loop_fd_del(&job->wake);
	if (fd >= 0)
		close(fd);
	free(job);
}

static void job_ended(struct loop_fd *wake, uint32_t events)
{
	struct job *job = container_of(wake, struct job, wake);
	void (*done)(void *ctx) = job->done;
	void *ctx = job->ctx;

	(void)events;
	job_end(job);
	done(ctx);
}

/* A thread that inherited a real-time priority would starve the loop. */
static int start_thread(struct job *job)
{
	struct sched_param ordinary = {0};
	pthread_attr_t attr;
	int err;

	pthread_attr_init(&attr);
	pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedpolicy(&attr, SCHED_OTHER);
	pthread_attr_setschedparam(&attr, &ordinary);
	err = pthread_create(&job->thread, &attr, job_thread, job);
	pthread_attr_destroy(&attr);
	return -err;
}

struct job *job_start(struct loop *loop, void (*run)(void *ctx), void (*done)(void *ctx), void *ctx)
{
	struct job *job = xcalloc(1, sizeof(*job));
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	*job = (struct job){.wake = LOOP_FD_NONE, .run = run, .done = done, .ctx = ctx};
	if (fd >= 0 && loop_fd_add(loop, &job->wake, fd, EPOLLIN, job_ended) == 0 &&
		start_thread(job) == 0)
		return job;
	if (fd >= 0 && job->wake.fd < 0)
		close(fd);
	job_free(job);
	return NULL;
}

void job_end(struct job *job)
{
	if (!job)
		return;
	pthread_join(job->thread, NULL);
	job_free(job);
}
