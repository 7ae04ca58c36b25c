/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Source: libipset(3), linux/netfilter/ipset/ip_set.h. */
#include "keepalived/kern/fw_ipset.h"

#include <errno.h>
#include <libipset/ipset.h>
#include <linux/netfilter/ipset/ip_set.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/library.h"

/* ---- lines ------------------------------------------------------------------------------- */

struct libipset {
	__typeof__(ipset_load_types) *load_types;
	__typeof__(ipset_init) *init;
	__typeof__(ipset_fini) *fini;
	__typeof__(ipset_custom_printf) *custom_printf;
	__typeof__(ipset_parse_line) *parse_line;
	__typeof__(ipset_session) *session;
	__typeof__(ipset_session_report_msg) *report_msg;
	__typeof__(ipset_session_report_reset) *report_reset;
};

static int load(struct libipset *lib, struct strbuf *why)
{
	static const struct library_symbol symbols[] = {
		LIBRARY_SYMBOL(struct libipset, load_types, "ipset_load_types"),
		LIBRARY_SYMBOL(struct libipset, init, "ipset_init"),
		LIBRARY_SYMBOL(struct libipset, fini, "ipset_fini"),
		LIBRARY_SYMBOL(struct libipset, custom_printf, "ipset_custom_printf"),
		LIBRARY_SYMBOL(struct libipset, parse_line, "ipset_parse_line"),
		LIBRARY_SYMBOL(struct libipset, session, "ipset_session"),
		LIBRARY_SYMBOL(struct libipset, report_msg, "ipset_session_report_msg"),
		LIBRARY_SYMBOL(struct libipset, report_reset, "ipset_session_report_reset"),
	};

	return library_load("libipset.so.13", symbols, ARRAY_SIZE(symbols), lib, why);
}

struct run {
	struct libipset lib;
	struct ipset *ipset;
	struct strbuf said; /* about the last line */
};

/* libipset would print, and end the process. */
__attribute__((format(printf, 4, 5))) static int on_error(
	struct ipset *ipset, void *ctx, int status, const char *msg, ...)
{
	struct run *run = ctx;
	va_list ap;

	(void)ipset;
	(void)status;
	va_start(ap, msg);
	strbuf_vprintf(&run->said, msg, ap);
	va_end(ap);
	return -1;
}

static int on_session_error(struct ipset *ipset, void *ctx)
{
	struct run *run = ctx;
	struct ipset_session *session = run->lib.session(ipset);
	const char *msg = run->lib.report_msg(session);

	if (msg)
		strbuf_puts(&run->said, msg);
	run->lib.report_reset(session);
	return -1;
}

__attribute__((format(printf, 3, 4))) static int on_output(
	struct ipset_session *session, void *ctx, const char *fmt, ...)
{
	(void)session;
	(void)ctx;
	(void)fmt;
	return 0;
}

static int run_line(struct run *run, char *line)
{
	bool may_fail = line[0] == '-';

	strbuf_reset(&run->said);
	return run->lib.parse_line(run->ipset, line + may_fail) < 0 && !may_fail ? -EIO : 0;
}

static int run_lines(struct run *run, char *lines)
{
	char *line, *save = NULL;
	int err = 0;

	for (line = strtok_r(lines, "\n", &save); line && !err; line = strtok_r(NULL, "\n", &save))
		err = run_line(run, line);
	return err;
}

static int run_all(struct run *run, char *lines)
{
	int err;

	run->lib.load_types();
	run->ipset = run->lib.init();
	if (!run->ipset)
		return -ENOMEM;
	run->lib.custom_printf(run->ipset, on_error, on_session_error, on_output, run);
	err = run_lines(run, lines);
	run->lib.fini(run->ipset);
	return err;
}

int fw_ipset_run(char *lines, struct strbuf *why)
{
	struct run run = {.said = {0}};
	int err;

	if (!lines || !*lines)
		return 0;
	err = load(&run.lib, why);
	if (err)
		return err;
	err = run_all(&run, lines);
	if (err)
		strbuf_printf(why, "ipset: %.*s", (int)strcspn(strbuf_str(&run.said), "\n"),
			strbuf_str(&run.said));
	strbuf_free(&run.said);
	return err;
}

/* ---- numbers ----------------------------------------------------------------------------- */

static int ask(int fd, void *request, socklen_t n)
{
	return getsockopt(fd, SOL_IP, SO_IP_SET, request, &n) ? -errno : 0;
}

int fw_ipset_index(const char *name, uint16_t *index)
{
	struct ip_set_req_version version = {.op = IP_SET_OP_VERSION};
	struct ip_set_req_get_set get = {.op = IP_SET_OP_GET_BYNAME};
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW), err;

	if (fd < 0)
		return -errno;
	err = ask(fd, &version, sizeof(version));
	get.version = version.version;
	str_copy(get.set.name, sizeof(get.set.name), name);
	if (!err)
		err = ask(fd, &get, sizeof(get));
	close(fd);
	if (!err && get.set.index == IPSET_INVALID_ID)
		err = -ENOENT;
	*index = get.set.index;
	return err;
}
