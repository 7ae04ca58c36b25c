/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The checkers without the daemon, for tests against servers that misbehave and for measuring:
 * real sockets and a real clock, IPVS as a table in memory. Log lines go to standard output; HUP
 * reads the file again, USR1 prints the table and what it cost, TERM stops.
 *
 *     checkd FILE
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "keepalived/check/service.h"
#include "lib/log.h"
#include "lib/text.h"
#include "lib/tls.h"
#include "test/unit/fake_child.h"
#include "test/unit/fake_ipvs.h"

struct checkd {
	const char *path;
	struct loop *loop;
	struct child child;
	struct fake_ipvs *ipvs;
	struct services services;
	struct tls_context *tls;
	struct text *text;
	struct conf *conf;
	struct loop_signal hup, usr1, term;
};

static void print_line(int priority UNUSED, const char *line)
{
	printf("%s\n", line);
	fflush(stdout);
}

static void load(struct checkd *d)
{
	const struct source_options options = {.config_id = "checkd"};
	struct diags *diags = diags_new();
	int status;
	struct text *text = source_read(d->path, &options, diags, &status);
	struct conf *conf = conf_parse(text, diags);
	ktime start = clock_now(&clock_monotonic);

	diags_print(diags, text, stdout);
	diags_free(diags);
	services_commit(&d->services, conf);
	conf_free(d->conf);
	text_free(d->text);
	d->conf = conf;
	d->text = text;
	printf("committed in %lld us\n", (long long)((clock_now(&clock_monotonic) - start) / 1000));
	fflush(stdout);
}

static void on_hup(struct loop_signal *s)
{
	load(container_of(s, struct checkd, hup));
}

static void on_usr1(struct loop_signal *s)
{
	struct checkd *d = container_of(s, struct checkd, usr1);
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	printf("--- %u changes\n%s--- cpu %lld ms, %ld kB, worst lag %lld us, %u descriptors\n",
		d->ipvs->changes, fake_ipvs_str(d->ipvs),
		(long long)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1000 +
			(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1000,
		use.ru_maxrss, (long long)(loop_take_lag(d->loop) / 1000),
		d->services.checkers.in_use);
	fflush(stdout);
}

static void on_term(struct loop_signal *s)
{
	struct checkd *d = container_of(s, struct checkd, term);

	services_stop(&d->services, false);
	loop_stop(d->loop, 0);
}

int main(int argc, char **argv)
{
	const struct tls_files none = {0};
	struct checkd d = {0};
	const char *why;

	if (argc != 2) {
		fprintf(stderr, "Usage: checkd FILE\n");
		return 1;
	}
	signal(SIGPIPE, SIG_IGN);
	log_set_hook(print_line);
	d.path = argv[1];
	d.loop = loop_new(NULL);
	d.ipvs = fake_ipvs_new();
	d.tls = tls_context_new(&none, &why);
	fake_child_init(&d.child, d.loop);
	services_init(&d.services, &d.child, &d.ipvs->ipvs, 0, NULL);
	d.services.checkers.tls = d.tls;
	loop_signal_add(d.loop, &d.hup, SIGHUP, on_hup);
	loop_signal_add(d.loop, &d.usr1, SIGUSR1, on_usr1);
	loop_signal_add(d.loop, &d.term, SIGTERM, on_term);
	load(&d);
	loop_run(d.loop);
	services_end(&d.services);
	fake_child_end(&d.child);
	ipvs_close(&d.ipvs->ipvs);
	tls_context_free(d.tls);
	conf_free(d.conf);
	text_free(d.text);
	loop_free(d.loop);
	return 0;
}
