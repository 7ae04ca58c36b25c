/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keepalived/core/mail.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "keepalived/core/forked.h"
#include "lib/priv.h"
#include "lib/str.h"

#define QUEUE_MAX 1000 /* mails; the oldest give way */

static const ktime retry_after[] = {SEC(10), SEC(60), SEC(300)};

struct mail {
	struct list link;
	char *subject, *body; /* body as it goes out, headers included */
	unsigned tries;
};

struct mailer {
	struct loop *loop;
	const struct log_conf *log;
	struct load_mail conf;
	struct list waiting;
	uint32_t n_waiting;
	struct list sending; /* what the running helper has */
	struct loop_child helper;
	struct loop_timer again;
};

static void mail_free(struct mail *m)
{
	list_del(&m->link);
	free(m->subject);
	free(m->body);
	free(m);
}

static void conf_clear(struct load_mail *c)
{
	uint32_t i;

	for (i = 0; i < c->n_to; i++)
		free(c->to[i]);
	free(c->to);
	free(c->router_id);
	free(c->from);
	free(c->server);
	free(c->helo);
	*c = (struct load_mail){0};
}

static char *copy(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

void mailer_configure(struct mailer *m, const struct load_mail *c)
{
	uint32_t i;

	conf_clear(&m->conf);
	if (c->server && !mail_available()) {
		log_warning("smtp_server has no effect: this build cannot send mail");
		return;
	}
	m->conf = *c;
	m->conf.router_id = copy(c->router_id);
	m->conf.from = copy(c->from);
	m->conf.server = copy(c->server);
	m->conf.helo = copy(c->helo);
	m->conf.to = xcalloc(c->n_to, sizeof(*c->to));
	for (i = 0; i < c->n_to; i++)
		m->conf.to[i] = xstrdup(c->to[i]);
}

/* ---- the helper process ------------------------------------------------------------------ */

static int send_one(const struct load_mail *c, const struct mail *m)
{
	struct mail_envelope e = {
		.server = c->server,
		.helo = c->helo ? c->helo : "localhost",
		.from = c->from ? c->from : "keepalived",
		.port = c->port,
		.timeout = c->timeout,
		.to = (const char *const *)c->to,
		.n_to = c->n_to,
	};
	char why[256];

	if (mail_send(&e, m->body, why, sizeof(why)) == 0) {
		log_detail("SMTP alert successfully sent.");
		return 0;
	}
	log_error("Mail \"%s\" could not be sent to SMTP server [%s]:%u: %s", m->subject, c->server,
		c->port, why);
	return 1;
}

/* Goes through the list in order and stops at the first failure; the exit status is how many were
 * sent, so that nothing is sent twice. */
static NORETURN void helper_main(struct mailer *m)
{
	struct priv_want want = {.no_exec = true};
	const char *step = "finding the user keepalived or nobody";
	struct mail *mail;
	int sent = 0, err;

	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_IGN);
	forked_begin(m->loop, m->log, NULL, 0);
	err = priv_find_user(&want.uid, &want.gid);
	if (!err)
		err = priv_drop(&want, &step);
	if (err)
		log_error("Mail is not sent: cannot give up rights (%s): %s", step, strerror(-err));
	list_for_each(mail, &m->sending, link) {
		if (err || send_one(&m->conf, mail))
			break;
		sent++;
	}
	log_close();
	_exit(MIN(sent, 255));
}

static void start_helper(struct mailer *m);

static void count_failure(struct mail *mail)
{
	if (++mail->tries > ARRAY_SIZE(retry_after)) {
		log_error("Mail \"%s\" given up after %u tries", mail->subject, mail->tries);
		mail_free(mail);
	}
}

/* The exit status says how many of the list were sent; the next one failed, the rest waits. */
static void helper_ended(struct loop_child *child, int status)
{
	struct mailer *m = container_of(child, struct mailer, helper);
	int sent = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
	struct mail *mail, *tmp;
	unsigned tries;

	list_for_each_safe(mail, tmp, &m->sending, link)
		if (sent-- > 0)
			mail_free(mail);
	if (list_empty(&m->sending)) {
		start_helper(m);
		return;
	}
	mail = list_first(&m->sending, struct mail, link);
	tries = MIN(mail->tries, ARRAY_SIZE(retry_after) - 1);
	count_failure(mail);
	loop_timer_set(&m->again, loop_now(m->loop) + retry_after[tries]);
}

static unsigned discard(struct list *mails)
{
	struct mail *mail, *tmp;
	unsigned n = 0;

	list_for_each_safe(mail, tmp, mails, link) {
		mail_free(mail);
		n++;
	}
	return n;
}

/* A reload took the server, or everybody to send to, away from mails that wait. */
static void give_up(struct mailer *m)
{
	unsigned n = discard(&m->sending) + discard(&m->waiting);

	m->n_waiting = 0;
	if (n)
		log_warning("%u waiting mails dropped: the configuration has no mail any more", n);
}

static void start_helper(struct mailer *m)
{
	struct mail *mail, *tmp;
	unsigned n = 0;
	pid_t pid;

	if (m->helper.pid || loop_timer_pending(&m->again))
		return;
	if (!m->conf.server || !m->conf.n_to) {
		give_up(m);
		return;
	}
	list_for_each(mail, &m->sending, link)
		n++;
	list_for_each_safe(mail, tmp, &m->waiting, link) {
		if (++n > 200)
			break;
		list_del(&mail->link);
		list_add_tail(&m->sending, &mail->link);
		m->n_waiting--;
	}
	if (list_empty(&m->sending))
		return;
	pid = fork();
	if (pid == 0)
		helper_main(m);
	if (pid < 0 || loop_child_watch(m->loop, &m->helper, pid, helper_ended))
		loop_timer_set(&m->again, loop_now(m->loop) + retry_after[0]);
}

static void try_again(struct loop_timer *t)
{
	start_helper(container_of(t, struct mailer, again));
}

/* ---- the queue --------------------------------------------------------------------------- */

static char *compose(const struct load_mail *c, const char *subject, const char *body)
{
	struct strbuf out = {0};
	char date[64];
	time_t now = time(NULL);
	struct tm tm;
	uint32_t i;

	gmtime_r(&now, &tm);
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S +0000", &tm);
	strbuf_printf(&out,
		"Date: %s\r\nFrom: %s\r\nSubject: %s\r\nX-Mailer: Keepalived\r\nTo: ", date,
		c->from ? c->from : "keepalived", subject);
	for (i = 0; i < c->n_to; i++)
		strbuf_printf(&out, "%s%s", i ? ",\r\n " : "", c->to[i]);
	strbuf_printf(&out, "\r\n\r\n%s\r\n\r\n", body);
	return out.text;
}

void mailer_queue(struct mailer *m, const char *subject, const char *body)
{
	struct mail *mail;

	if (!m->conf.server || !m->conf.n_to)
		return;
	if (m->n_waiting >= QUEUE_MAX) {
		mail = list_first(&m->waiting, struct mail, link);
		log_error("Mail \"%s\" dropped: %d others wait", mail->subject, QUEUE_MAX);
		mail_free(mail);
		m->n_waiting--;
	}
	mail = xcalloc(1, sizeof(*mail));
	mail->subject = xasprintf("[%s] %s", m->conf.router_id ? m->conf.router_id : "", subject);
	mail->body = compose(&m->conf, mail->subject, body);
	list_add_tail(&m->waiting, &mail->link);
	m->n_waiting++;
	start_helper(m);
}

struct mailer *mailer_new(struct loop *loop, const struct log_conf *log)
{
	struct mailer *m = xcalloc(1, sizeof(*m));

	m->loop = loop;
	m->log = log;
	m->helper.pidfd.fd = -1;
	list_init(&m->waiting);
	list_init(&m->sending);
	loop_timer_init(loop, &m->again, try_again);
	return m;
}

void mailer_free(struct mailer *m)
{
	loop_timer_cancel(&m->again);
	if (m->helper.pid) { /* it has what it had; the rest goes to another one */
		discard(&m->sending);
		loop_child_forget(&m->helper);
		m->helper.pid = 0;
	}
	start_helper(m);
	loop_timer_cancel(&m->again);
	loop_child_forget(&m->helper);
	discard(&m->sending);
	discard(&m->waiting);
	conf_clear(&m->conf);
	free(m);
}
