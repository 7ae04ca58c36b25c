/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keepalived/core/loader.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keepalived/core/forked.h"
#include "keepalived/kern/module.h"

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

struct loader {
	struct loop *loop;
	struct loop_child child;
	int text_fd, result_fd;
	void (*done)(void *ctx, struct loaded *);
	void *ctx;
};

static int write_all(int fd, const char *p, size_t n)
{
	ssize_t w;

	while (n) {
		w = write(fd, p, n);
		if (w < 0 && errno != EINTR)
			return -errno;
		if (w > 0) {
			p += w;
			n -= (size_t)w;
		}
	}
	return 0;
}

/* While there are the rights to do so, and before anything holds a lock of IPVS. A module that is
 * not there is said by IPVS itself, when it refuses the service. */
static void load_modules(char *const *names)
{
	int err;

	for (; *names; names++) {
		err = module_load(*names);
		if (err)
			log_detail("Kernel module %s not loaded: %s", *names, strerror(-err));
	}
}

static void loader_free(struct loader *l)
{
	loop_child_forget(&l->child);
	if (l->text_fd >= 0)
		close(l->text_fd);
	if (l->result_fd >= 0)
		close(l->result_fd);
	free(l);
}

/* 0 or -errno. Messages about the configuration are logged. */
static int load_and_hand_over(const struct loader *l, const struct load_options *o)
{
	struct strbuf head = {0}, packed = {0};
	struct diags *diags = diags_new();
	struct text *parsed = NULL;
	struct load_result *result = load(o, diags, &parsed);
	struct slice lines;
	int err;

	diags_log(diags, parsed);
	if (o->modules)
		load_modules(result->modules);
	load_pack(&packed, result);
	lines = text_pack(&head, parsed);
	err = write_all(l->text_fd, head.text, head.len);
	if (!err)
		err = write_all(l->text_fd, lines.p, lines.n);
	if (!err)
		err = write_all(l->result_fd, packed.text, packed.len);
	load_free(result);
	diags_free(diags);
	text_free(parsed);
	strbuf_free(&head);
	strbuf_free(&packed);
	return err;
}

/* The process is short-lived and its own: it may block, and may start the log writer. */
static NORETURN void loader_main(
	struct loader *l, const struct log_conf *log, const struct load_options *o)
{
	int err;

	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	forked_begin(l->loop, log, (int[]){l->text_fd, l->result_fd}, 2);
	log_start_writer();
	err = load_and_hand_over(l, o);
	if (err)
		log_error("Cannot hand over the configuration: %s", strerror(-err));
	log_close();
	loader_free(l);
	_exit(err ? EXIT_FAILURE : EXIT_SUCCESS);
}

static struct load_result *read_result(int fd)
{
	struct load_result *result;
	struct unpack in;
	struct stat st;
	void *map;

	if (fstat(fd, &st) || st.st_size == 0)
		return NULL;
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return NULL;
	in = unpack_start(map, (size_t)st.st_size);
	result = load_unpack(&in);
	munmap(map, (size_t)st.st_size);
	return result;
}

static void loader_ended(struct loop_child *child, int status)
{
	struct loader *l = container_of(child, struct loader, child);
	struct loaded out = {.text_fd = -1, .why = "the loader process was killed"};

	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS) {
		out.result = read_result(l->result_fd);
		out.why = out.result ? NULL : "the loader's answer is damaged";
	} else if (WIFEXITED(status)) {
		out.why = "the loader process failed";
	}
	if (out.result && fcntl(l->text_fd, F_ADD_SEALS, SEALS) == 0) {
		out.text_fd = l->text_fd;
		l->text_fd = -1;
	} else if (out.result) {
		load_free(out.result);
		out.result = NULL;
		out.why = "the configuration text could not be sealed";
	}
	l->done(l->ctx, &out);
	loader_free(l);
}

struct loader *loader_start(struct loop *loop, const struct log_conf *log,
	const struct load_options *o, void (*done)(void *ctx, struct loaded *), void *ctx)
{
	struct loader *l = xcalloc(1, sizeof(*l));
	struct loaded failed = {.text_fd = -1};
	pid_t pid = -1;

	l->loop = loop;
	l->done = done;
	l->ctx = ctx;
	l->text_fd = memfd_create("keepalived.conf", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	l->result_fd = memfd_create("keepalived.load", MFD_CLOEXEC);
	if (l->text_fd >= 0 && l->result_fd >= 0)
		pid = fork();
	if (pid == 0)
		loader_main(l, log, o);
	if (pid > 0 && loop_child_watch(loop, &l->child, pid, loader_ended) == 0)
		return l;
	failed.why = strerror(errno);
	done(ctx, &failed);
	loader_free(l);
	return NULL;
}

void loader_cancel(struct loader *l)
{
	if (!l)
		return;
	if (l->child.pid > 0)
		kill(l->child.pid, SIGKILL);
	waitpid(l->child.pid, NULL, 0);
	loader_free(l);
}
