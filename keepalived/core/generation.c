/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keepalived/core/generation.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/job.h"
#include "lib/log.h"
#include "lib/text.h"

struct parse_job {
	struct generation *gen;
	struct job *job;
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
static void parse(void *ctx)
{
	struct parse_job *job = ctx;
	struct generation *g = job->gen;
	struct unpack in = unpack_start(g->map, g->map_len);
	struct diags *unsaid = diags_new();

	g->text = text_unpack(&in);
	if (g->text)
		g->conf = conf_parse(g->text, unsaid);
	diags_free(unsaid);
}

static void parse_ended(void *ctx)
{
	struct parse_job *job = ctx;
	struct generation *g = job->gen;

	if (!g->conf || !job->done) {
		generation_free(g);
		g = NULL;
	}
	if (job->done)
		job->done(g, job->ctx);
	free(job);
}

struct parse_job *parse_job_start(struct loop *loop, uint64_t number, bool replacement, int fd,
	void (*done)(struct generation *, void *ctx), void *ctx)
{
	struct parse_job *job = xcalloc(1, sizeof(*job));

	job->done = done;
	job->ctx = ctx;
	job->gen = generation_map(number, replacement, fd);
	if (job->gen->map)
		job->job = job_start(loop, parse, parse_ended, job);
	if (job->job)
		return job;
	log_error("Cannot start parsing the configuration");
	generation_free(job->gen);
	free(job);
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
	job_end(job->job);
	generation_free(job->gen);
	free(job);
}
