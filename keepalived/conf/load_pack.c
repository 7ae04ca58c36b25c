/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The result on its way from the loader to the parent. Both directions side by side. */
#include "keepalived/conf/load.h"

#include <stdlib.h>

static char *take_str(struct unpack *in)
{
	const char *s = unpack_str(in);

	return s ? xstrdup(s) : NULL;
}

/* A count that cannot be true would ask for more memory than there are bytes. */
static uint32_t take_count(struct unpack *in)
{
	uint32_t n = unpack_u32(in);

	if (n > in->left)
		in->bad = true;
	return in->bad ? 0 : n;
}

static void put_strings(struct strbuf *out, char *const *s, uint32_t n)
{
	uint32_t i;

	pack_u32(out, n);
	for (i = 0; i < n; i++)
		pack_str(out, s[i]);
}

/* NULL terminated as well. */
static char **take_strings(struct unpack *in, uint32_t *n)
{
	uint32_t count = take_count(in), i;
	char **s = xcalloc((size_t)count + 1, sizeof(*s));

	for (i = 0; i < count; i++) {
		s[i] = take_str(in);
		if (!s[i])
			s[i] = xstrdup("");
	}
	*n = count;
	return s;
}

static uint32_t count_words(char *const *argv)
{
	uint32_t n = 0;

	while (argv[n])
		n++;
	return n;
}

static void put_script(struct strbuf *out, const struct load_script *s)
{
	pack_u32(out, s->id);
	put_strings(out, s->argv, count_words(s->argv));
	pack_u32(out, s->test_open);
	pack_u32(out, s->uid);
	pack_u32(out, s->gid);
	pack_str(out, s->user);
	pack_u32(out, s->groups);
	pack_u32(out, s->usable);
	pack_str(out, s->why_not);
}

static void take_script(struct unpack *in, struct load_script *s)
{
	uint32_t words;

	s->id = unpack_u32(in);
	s->argv = take_strings(in, &words);
	s->test_open = unpack_u32(in);
	s->uid = unpack_u32(in);
	s->gid = unpack_u32(in);
	s->user = take_str(in);
	s->groups = unpack_u32(in);
	s->usable = unpack_u32(in) && words > 0;
	s->why_not = take_str(in);
}

static void put_mail(struct strbuf *out, const struct load_mail *m)
{
	pack_str(out, m->router_id);
	pack_str(out, m->from);
	pack_str(out, m->server);
	pack_str(out, m->helo);
	pack_u32(out, m->port);
	pack_i64(out, m->timeout);
	put_strings(out, m->to, m->n_to);
}

static void take_mail(struct unpack *in, struct load_mail *m)
{
	m->router_id = take_str(in);
	m->from = take_str(in);
	m->server = take_str(in);
	m->helo = take_str(in);
	m->port = (uint16_t)unpack_u32(in);
	m->timeout = unpack_i64(in);
	m->to = take_strings(in, &m->n_to);
}

static void put_process(struct strbuf *out, const struct load_process *p)
{
	pack_u32(out, p->wanted);
	pack_str(out, p->title);
	pack_i64(out, p->nice);
	pack_i64(out, p->rt_priority);
	pack_u32(out, p->no_swap);
	pack_u64(out, p->rlimit_rttime);
}

static void take_process(struct unpack *in, struct load_process *p)
{
	p->wanted = unpack_u32(in);
	p->title = take_str(in);
	p->nice = (int)unpack_i64(in);
	p->rt_priority = (int)unpack_i64(in);
	p->no_swap = unpack_u32(in);
	p->rlimit_rttime = unpack_u64(in);
}

void load_pack(struct strbuf *out, const struct load_result *r)
{
	uint32_t i;

	pack_u32(out, r->n_scripts);
	for (i = 0; i < r->n_scripts; i++)
		put_script(out, &r->scripts[i]);
	put_mail(out, &r->mail);
	for (i = 0; i < LOAD_CHILDREN; i++)
		put_process(out, &r->process[i]);
	pack_str(out, r->parent_title);
	pack_str(out, r->instance_name);
	pack_str(out, r->net_namespace);
	pack_u32(out, r->use_pid_dir);
	pack_i64(out, r->child_wait_time);
	pack_u32(out, r->startup_script);
	pack_u32(out, r->shutdown_script);
	pack_i64(out, r->startup_timeout);
	pack_i64(out, r->shutdown_timeout);
	pack_u32(out, r->umask);
	pack_u32(out, r->n_errors);
	for (i = 0; i < r->n_errors; i++)
		pack_u64(out, r->errors[i]);
	pack_u32(out, (uint32_t)r->status);
}

static void take_script_ids(struct unpack *in, struct load_result *r)
{
	r->startup_script = unpack_u32(in);
	r->shutdown_script = unpack_u32(in);
	if (r->startup_script >= r->n_scripts)
		r->startup_script = UINT32_MAX;
	if (r->shutdown_script >= r->n_scripts)
		r->shutdown_script = UINT32_MAX;
}

struct load_result *load_unpack(struct unpack *in)
{
	struct load_result *r = xcalloc(1, sizeof(*r));
	uint32_t i;

	r->n_scripts = take_count(in);
	r->scripts = xcalloc(r->n_scripts, sizeof(*r->scripts));
	for (i = 0; i < r->n_scripts; i++)
		take_script(in, &r->scripts[i]);
	take_mail(in, &r->mail);
	for (i = 0; i < LOAD_CHILDREN; i++)
		take_process(in, &r->process[i]);
	r->parent_title = take_str(in);
	r->instance_name = take_str(in);
	r->net_namespace = take_str(in);
	r->use_pid_dir = unpack_u32(in);
	r->child_wait_time = unpack_i64(in);
	take_script_ids(in, r);
	r->startup_timeout = unpack_i64(in);
	r->shutdown_timeout = unpack_i64(in);
	r->umask = unpack_u32(in);
	r->n_errors = take_count(in);
	r->errors = xcalloc(r->n_errors, sizeof(*r->errors));
	for (i = 0; i < r->n_errors; i++)
		r->errors[i] = unpack_u64(in);
	r->status = (int)unpack_u32(in);
	if (!in->bad)
		return r;
	load_free(r);
	return NULL;
}

static void free_strings(char **s, uint32_t n)
{
	uint32_t i;

	for (i = 0; s && i < n; i++)
		free(s[i]);
	free(s);
}

void load_free(struct load_result *r)
{
	uint32_t i;

	if (!r)
		return;
	for (i = 0; i < r->n_scripts; i++) {
		struct load_script *s = &r->scripts[i];

		free_strings(s->argv, s->argv ? count_words(s->argv) : 0);
		free(s->user);
		free(s->why_not);
	}
	free(r->scripts);
	free_strings(r->mail.to, r->mail.n_to);
	free(r->mail.router_id);
	free(r->mail.from);
	free(r->mail.server);
	free(r->mail.helo);
	for (i = 0; i < LOAD_CHILDREN; i++)
		free(r->process[i].title);
	free(r->parent_title);
	free(r->instance_name);
	free(r->net_namespace);
	free(r->errors);
	free(r);
}
