/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test/unit/fake_child.h"

#include <stdlib.h>

struct pending {
	struct list link;
	struct loop_timer timer;
	struct script_run *run;
	struct child *child;
};

void fake_child_init(struct child *c, struct loop *loop)
{
	*c = (struct child){.loop = loop, .status = status_new()};
	list_init(&c->runs);
}

static void forget(struct pending *p)
{
	p->run->id = 0;
	loop_timer_cancel(&p->timer);
	list_del(&p->link);
	free(p);
}

void fake_child_end(struct child *c)
{
	struct pending *p, *tmp;

	list_for_each_safe(p, tmp, &c->runs, link)
		forget(p);
	status_free(c->status);
	strbuf_free(&c->told);
	strbuf_free(&c->text);
}

const char *fake_child_take_told(struct child *c)
{
	struct strbuf swap = c->text;

	c->text = c->told;
	c->told = swap;
	strbuf_reset(&c->told);
	return strbuf_str(&c->text);
}

struct loop *child_loop(struct child *c)
{
	return c->loop;
}

struct status *child_status(struct child *c)
{
	return c->status;
}

const struct child_options *child_options(const struct child *c)
{
	return &c->options;
}

bool child_is_replacement(const struct child *c)
{
	return c->replacement;
}

void child_done(struct child *c)
{
	c->done = true;
}

static void ended(struct loop_timer *timer)
{
	struct pending *p = container_of(timer, struct pending, timer);
	struct script_run *run = p->run;
	struct script_result result = p->child->result;

	forget(p);
	run->done(run, &result);
}

void child_script_run(struct child *c, const struct script_conf *script,
	const char *const *extra UNUSED, ktime timeout UNUSED, struct script_run *run)
{
	struct pending *p = xcalloc(1, sizeof(*p));

	strbuf_printf(&c->told, "run %s\n", script->command);
	run->id = 1;
	p->run = run;
	p->child = c;
	list_add_tail(&c->runs, &p->link);
	loop_timer_init(c->loop, &p->timer, ended);
	if (!c->scripts_hang)
		loop_timer_set(&p->timer, loop_now(c->loop) + MSEC(1));
}

void child_script_cancel(struct child *c, struct script_run *run)
{
	struct pending *p, *tmp;

	list_for_each_safe(p, tmp, &c->runs, link) {
		if (p->run == run)
			forget(p);
	}
}

void child_notify(struct child *c, const char *queue, const struct script_conf *script,
	const char *const *extra)
{
	strbuf_printf(&c->told, "notify %s: %s", queue, script->command);
	for (; extra && *extra; extra++)
		strbuf_printf(&c->told, " %s", *extra);
	strbuf_putc(&c->told, '\n');
}

void child_mail(struct child *c, const char *subject, const char *body)
{
	strbuf_printf(&c->told, "mail %s: %s\n", subject, body);
}
