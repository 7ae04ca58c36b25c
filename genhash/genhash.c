/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prints the digest that an HTTP_GET or SSL_GET check would compute for a page. It runs the same
 * fetch as the checkers do, once, on a loop of its own.
 */
#include "genhash/genhash.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/fetch.h"

#define DEFAULT_TIMEOUT SEC(5)
#define ROW             16 /* bytes in a line of a dump */

struct request {
	struct fetch_what what;
	struct tls_context *tls;
	const char *server, *vhost;
	bool use_ssl, use_sni, verbose, help;
	char host[ADDR_STRLEN + 8];
};

struct dump { /* bytes in hexadecimal, rows of 16, whatever the pieces in which they come */
	uint64_t offset;
	unsigned n;
	uint8_t row[ROW];
};

struct run {
	const struct request *req;
	struct loop *loop;
	struct fetch fetch;
	enum fetch_end why;
	struct strbuf head;
	bool in_body;
	struct dump body;
};

/* ---- command line ------------------------------------------------------------------------ */

struct option_row {
	const char *name;
	char letter;
	const char *arg; /* NULL: none */
	const char *text;
	const char *(*set)(
		struct request *, const char *arg); /* NULL, or what was wrong with arg */
};

static const char *set_server(struct request *r, const char *arg)
{
	r->server = arg;
	return NULL;
}

static const char *set_port(struct request *r, const char *arg)
{
	uint64_t port;

	if (str_uint(arg, 1, 65535, &port) != 0)
		return "invalid port number";
	r->what.to.dst.port = (uint16_t)port;
	return NULL;
}

static const char *set_url(struct request *r, const char *arg)
{
	r->what.path = arg;
	return NULL;
}

static const char *set_ssl(struct request *r, const char *arg UNUSED)
{
	r->use_ssl = true;
	return NULL;
}

static const char *set_sni(struct request *r, const char *arg UNUSED)
{
	r->use_sni = true;
	return NULL;
}

static const char *set_vhost(struct request *r, const char *arg)
{
	r->vhost = arg;
	return NULL;
}

static const char *set_protocol(struct request *r, const char *arg)
{
	static const char *const names[] = {
		[HTTP_PROTOCOL_10] = "1.0",
		[HTTP_PROTOCOL_10C] = "1.0c",
		[HTTP_PROTOCOL_11] = "1.1",
	};

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcasecmp(arg, names[i]) == 0) {
			r->what.protocol = i;
			return NULL;
		}
	}
	return "invalid HTTP protocol version";
}

static const char *set_timeout(struct request *r, const char *arg)
{
	uint64_t seconds;

	if (str_uint(arg, 1, 4294, &seconds) != 0)
		return "invalid timeout";
	r->what.timeout = SEC(seconds);
	return NULL;
}

static const char *set_fwmark(struct request *r, const char *arg)
{
	uint64_t mark;

	if (str_uint(arg, 0, UINT32_MAX, &mark) != 0)
		return "invalid fwmark";
	r->what.to.fwmark = (uint32_t)mark;
	return NULL;
}

static const char *set_verbose(struct request *r, const char *arg UNUSED)
{
	r->verbose = true;
	return NULL;
}

static const char *set_help(struct request *r, const char *arg UNUSED)
{
	r->help = true;
	return NULL;
}

static const struct option_row options[] = {
	{"server", 's', "IP", "address of the server (needed)", set_server},
	{"port", 'p', "PORT", "its port (needed)", set_port},
	{"url", 'u', "PATH", "path of the page (needed)", set_url},
	{"use-ssl", 'S', NULL, "speak TLS", set_ssl},
	{"use-sni", 'I', NULL, "send the virtual host as TLS server name", set_sni},
	{"use-virtualhost", 'V', "NAME", "Host header; default IP:PORT", set_vhost},
	{"protocol", 'P', "1.0|1.0c|1.1", "HTTP version; default 1.0", set_protocol},
	{"timeout", 't', "SECONDS", "longest wait in each step; default 5", set_timeout},
	{"fwmark", 'm', "MARK", "mark of the packets sent", set_fwmark},
	{"verbose", 'v', NULL, "show the reply and the time it took", set_verbose},
	{"help", 'h', NULL, "this text", set_help},
};

static void usage(const char *name)
{
	fprintf(stderr, "Usage: %s COMMAND [OPTIONS]\n", name);
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		const struct option_row *o = &options[i];
		char left[48];

		snprintf(left, sizeof(left), "-%c, --%s%s%s", o->letter, o->name, o->arg ? " " : "",
			o->arg ? o->arg : "");
		fprintf(stderr, "  %-34s %s\n", left, o->text);
	}
}

static const struct option_row *find_option(int letter)
{
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		if (options[i].letter == letter)
			return &options[i];
	return NULL;
}

/* getopt's ':' and '?', in words. */
static void complain(int what, char **argv)
{
	const char *text = what == ':' ? "Missing parameter for option" : "Unknown option";
	const char *word = optind > 0 ? argv[optind - 1] : "";

	if (strncmp(word, "--", 2) == 0)
		fprintf(stderr, "%s %s\n", text, word);
	else
		fprintf(stderr, "%s -%c\n", text, optopt);
}

static bool parse_options(int argc, char **argv, struct request *r)
{
	struct option long_options[ARRAY_SIZE(options) + 1] = {0};
	char letters[2 * ARRAY_SIZE(options) + 2] = ":", *p = letters + 1;
	const char *wrong;
	int c;

	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		long_options[i] = (struct option){options[i].name,
			options[i].arg ? required_argument : no_argument, NULL, options[i].letter};
		*p++ = options[i].letter;
		if (options[i].arg)
			*p++ = ':';
	}
	opterr = 0;
	optind = 0; /* glibc: start anew; somebody may have used it before */
	while ((c = getopt_long(argc, argv, letters, long_options, NULL)) != -1) {
		const struct option_row *o = find_option(c);

		if (!o) {
			complain(c, argv);
			return false;
		}
		wrong = o->set(r, optarg);
		if (wrong) {
			fprintf(stderr, "%s '%s'\n", wrong, optarg);
			return false;
		}
	}
	if (optind == argc)
		return true;
	fprintf(stderr, "Unexpected argument(s):");
	for (; optind < argc; optind++)
		fprintf(stderr, " %s", argv[optind]);
	fputc('\n', stderr);
	return false;
}

/* Fills in what follows from the options. */
static bool complete(struct request *r)
{
	struct endpoint *dst = &r->what.to.dst;
	char text[ADDR_STRLEN];

	if (!r->server || !dst->port || !r->what.path)
		return false;
	if (addr_parse(&dst->addr, r->server) != 0) {
		fprintf(stderr, "server should be an IP, not %s\n", r->server);
		return false;
	}
	snprintf(r->host, sizeof(r->host), dst->addr.family == AF_INET6 ? "[%s]:%u" : "%s:%u",
		addr_str(&dst->addr, text), dst->port);
	r->what.host = r->vhost ? r->vhost : r->host;
	r->what.sni = r->use_sni ? r->vhost : NULL;
	return true;
}

/* ---- what -v shows ----------------------------------------------------------------------- */

static void dump_row(struct dump *d)
{
	printf("%04llu  ", (unsigned long long)d->offset);
	for (unsigned i = 0; i < ROW; i++) {
		if (i == ROW / 2)
			printf("- ");
		if (i < d->n)
			printf("%02x ", d->row[i]);
		else
			printf("   ");
	}
	printf("  ");
	for (unsigned i = 0; i < ROW; i++) {
		char c = i < d->n ? (char)d->row[i] : ' ';

		putchar(c >= ' ' && c <= '~' ? c : '.');
	}
	putchar('\n');
	d->offset += d->n;
	d->n = 0;
}

static void dump_add(struct dump *d, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	while (n--) {
		d->row[d->n++] = *p++;
		if (d->n == ROW)
			dump_row(d);
	}
}

static void dump_all(const void *bytes, size_t n)
{
	struct dump d = {0};

	dump_add(&d, bytes, n);
	if (d.n)
		dump_row(&d);
}

static void show_head(struct run *run)
{
	printf("-----------------------[    HTTP Header Buffer    ]-----------------------\n");
	dump_all(strbuf_str(&run->head), run->head.len);
	printf("-----------------------[ HTTP Header Ascii Buffer ]-----------------------\n");
	fwrite(strbuf_str(&run->head), 1, run->head.len, stdout);
	putchar('\n');
}

static void got_part(void *ctx, enum http_part part, const void *bytes, size_t n)
{
	struct run *run = ctx;

	if (part == HTTP_PART_HEAD)
		return strbuf_add(&run->head, bytes, n);
	if (!run->in_body) {
		show_head(run);
		if (!run->req->use_ssl) /* the titles were always missing with TLS */
			printf("-----------------------[        HTML Buffer        "
			       "]-----------------------\n");
	}
	run->in_body = true;
	dump_add(&run->body, bytes, n);
}

static void show_digest_titles(struct run *run)
{
	if (!run->in_body)
		show_head(run);
	if (run->body.n)
		dump_row(&run->body);
	if (run->req->use_ssl)
		return;
	printf("\n-----------------------[    HTML hash resulting    ]-----------------------\n");
	dump_all(run->fetch.digest, sizeof(run->fetch.digest));
	printf("-----------------------[ HTML hash final resulting ]-----------------------\n");
}

/* ---- the run ----------------------------------------------------------------------------- */

static const char *const failures[FETCH_ENDS] = {
	[FETCH_LOCAL] = "Cannot open a connection",
	[FETCH_CONNECT_FAILED] = "Connection failed",
	[FETCH_CONNECT_TIMEOUT] = "Timeout connecting",
	[FETCH_TLS_FAILED] = "SSL handshake failed",
	[FETCH_TLS_TIMEOUT] = "Timeout in SSL handshake",
	[FETCH_SEND_FAILED] = "Cannot send get request",
	[FETCH_SEND_TIMEOUT] = "Timeout sending get request",
	[FETCH_READ_FAILED] = "Read error",
	[FETCH_HEAD_TIMEOUT] = "Timeout waiting for the reply",
	[FETCH_BODY_TIMEOUT] = "Timeout reading the reply",
	[FETCH_NO_REPLY] = "no data received from remote webserver",
	[FETCH_HEAD_TOO_LONG] = "the header of the reply never ends",
	[FETCH_BODY_TOO_LONG] = "the reply is too long",
};

static void finished(struct fetch *f, enum fetch_end why)
{
	struct run *run = container_of(f, struct run, fetch);
	const char *more = f->err ? strerror(-f->err) : f->tls_text;

	run->why = why;
	if (why != FETCH_DONE)
		fprintf(stderr, "%s%s%s\n", failures[why], *more ? ": " : "", more);
	loop_stop(run->loop, 0);
}

static int fetch_and_print(const struct request *req)
{
	struct run run = {.req = req};
	struct fetch_what what = req->what;
	char digits[33];
	ktime start;

	run.loop = loop_new(NULL);
	what.tls = req->tls;
	what.part = req->verbose ? got_part : NULL;
	what.ctx = &run;
	start = clock_now(&clock_monotonic);
	fetch_start(run.loop, &run.fetch, &what, finished);
	loop_run(run.loop);
	if (run.why == FETCH_DONE) {
		if (req->verbose)
			show_digest_titles(&run);
		puts(hash_hex(run.fetch.digest, sizeof(run.fetch.digest), digits));
		if (req->verbose)
			printf("\nGlobal response time for [%s] = %lld usecs\n", what.path,
				(long long)((clock_now(&clock_monotonic) - start) / USEC(1)));
	}
	strbuf_free(&run.head);
	loop_free(run.loop);
	return run.why == FETCH_DONE && fflush(stdout) == 0 ? 0 : 1;
}

int genhash_main(int argc, char **argv)
{
	struct request req = {.what = {.timeout = DEFAULT_TIMEOUT, .digest = true}};
	const struct tls_files no_files = {0};
	const char *why;
	int status;

	if (!parse_options(argc, argv, &req) || (!req.help && !complete(&req))) {
		usage("genhash");
		return 1;
	}
	if (req.help) {
		usage("genhash");
		return 0;
	}
	signal(SIGPIPE, SIG_IGN); /* lib/tls.h */
	if (req.use_ssl) {
		req.tls = tls_context_new(&no_files, &why);
		if (!req.tls) {
			fprintf(stderr, "%s\n", why);
			return 1;
		}
	}
	status = fetch_and_print(&req);
	tls_context_free(req.tls);
	return status;
}
