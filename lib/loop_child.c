/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Children are watched through pidfds, which name exactly one process. A kernel before 5.3 has
 * none. There SIGCHLD says that some child has ended, and each watched one is asked by its number
 * whether it was that: one signal may stand for many, and a child that nobody watches belongs to
 * somebody else. A child may have ended before the signal was blocked, so a new one is asked as
 * well, at the end of the turn.
 */
#include "lib/loop_child.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Calls its owner if it has ended. */
static void reap(struct loop_child *c)
{
	int status = W_EXITCODE(EXIT_FAILURE, 0); /* somebody else has taken the real one */
	pid_t pid;

	do
		pid = waitpid(c->pid, &status, WNOHANG);
	while (pid < 0 && errno == EINTR);
	if (pid == 0)
		return;
	loop_child_forget(c);
	c->exited(c, status);
}

static void pidfd_ready(struct loop_fd *f, uint32_t events)
{
	(void)events;
	reap(container_of(f, struct loop_child, pidfd));
}

/* A callback may watch and forget others. Each goes to the end when it is asked, so all that are
 * there now get their turn; some perhaps twice. */
static void look(struct loop_work *w)
{
	struct loop_children *all = container_of(w, struct loop_children, look);
	struct loop_child *c;
	size_t n = 0;

	list_for_each(c, &all->all, link)
		n++;
	for (; n > 0 && !list_empty(&all->all); n--) {
		c = list_first(&all->all, struct loop_child, link);
		list_del(&c->link);
		list_add_tail(&all->all, &c->link);
		reap(c);
	}
}

static void child_ended(struct loop_signal *s)
{
	struct loop_children *all = container_of(s, struct loop_children, ended);

	loop_work_queue(all->loop, &all->look);
}

void loop_children_init(struct loop_children *all, struct loop *l)
{
	all->loop = l;
	list_init(&all->all);
	loop_work_init(&all->look, look);
}

/* Ignored, as some starters leave it, SIGCHLD would not be sent. */
static int watch_signal(struct loop_children *all)
{
	int err = 0;

	if (!all->signalled) {
		signal(SIGCHLD, SIG_DFL);
		err = loop_signal_add(all->loop, &all->ended, SIGCHLD, child_ended);
	}
	if (err)
		return err;
	all->signalled = true;
	loop_work_queue(all->loop, &all->look);
	return 0;
}

static int watch_pidfd(struct loop_children *all, struct loop_child *c, int fd)
{
	int err = loop_fd_add(all->loop, &c->pidfd, fd, EPOLLIN, pidfd_ready);

	if (err)
		close(fd);
	return err;
}

/* A pidfd, close-on-exec by itself; -1: this kernel has none; other -errno. */
static int open_pidfd(struct loop_children *all, pid_t pid)
{
	int fd = all->no_pidfd ? -1 : (int)syscall(SYS_pidfd_open, pid, 0);

	if (fd < 0 && !all->no_pidfd && errno != ENOSYS && errno != EPERM)
		return -errno;
	all->no_pidfd = fd < 0;
	return fd;
}

int loop_child_watch(struct loop *l, struct loop_child *c, pid_t pid,
	void (*exited)(struct loop_child *, int status))
{
	struct loop_children *all = loop_children(l);
	int fd = open_pidfd(all, pid);
	int err = fd;

	c->pidfd = (struct loop_fd)LOOP_FD_NONE;
	if (all->no_pidfd)
		err = watch_signal(all);
	else if (fd >= 0)
		err = watch_pidfd(all, c, fd);
	if (err < 0)
		return err;
	c->pid = pid;
	c->exited = exited;
	list_init(&c->link);
	list_add_tail(&all->all, &c->link);
	return 0;
}

void loop_child_forget(struct loop_child *c)
{
	int fd = c->pidfd.fd;

	if (!c->pid)
		return;
	list_del(&c->link);
	loop_fd_del(&c->pidfd);
	if (fd >= 0)
		close(fd);
	c->pid = 0;
}

static struct loop_child *watched(struct loop *l, pid_t pid)
{
	struct loop_child *c;

	list_for_each(c, &loop_children(l)->all, link)
		if (c->pid == pid)
			return c;
	return NULL;
}

/* Looks without taking, because the status of a watched child is for its owner. */
void loop_reap_orphans(struct loop *l)
{
	struct loop_child *c;
	siginfo_t info = {0};

	while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid > 0) {
		c = watched(l, info.si_pid);
		if (c)
			reap(c);
		else
			waitpid(info.si_pid, NULL, WNOHANG);
		info.si_pid = 0;
	}
}
