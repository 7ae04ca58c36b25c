/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loader's result as bytes, from the loader process to the parent. */
#include <stdlib.h>
#include <string.h>

#include "keepalived/conf/load.h"

#define ITEMS_MAX (1u << 24) /* of any array; more is damage, not a configuration */

static void pack_words(struct strbuf *b, char *const *words)
{
	uint32_t n = 0;

	while (words && words[n])
		n++;
	pack_u32(b, n);
	for (uint32_t i = 0; i < n; i++)
		pack_str(b, words[i]);
}

static void pack_script(struct strbuf *b, const struct load_script *s)
{
	pack_u32(b, s->id);
	pack_words(b, s->argv);
	pack_u32(b, s->test_open);
	pack_u32(b, s->uid);
	pack_u32(b, s->gid);
	pack_str(b, s->user);
	pack_u32(b, s->groups);
	pack_u32(b, s->usable);
	pack_str(b, s->why_not);
}

static void pack_mail(struct strbuf *b, const struct load_mail *m)
{
	pack_str(b, m->router_id);
	pack_str(b, m->from);
	pack_str(b, m->server);
	pack_str(b, m->helo);
	pack_u32(b, m->port);
	pack_i64(b, m->timeout);
	pack_words(b, m->to);
}

static void pack_process(struct strbuf *b, const struct load_process *p)
{
	pack_u32(b, p->wanted);
	pack_str(b, p->title);
	pack_i64(b, p->nice);
	pack_i64(b, p->rt_priority);
	pack_u32(b, p->no_swap);
	pack_u32(b, p->cpus.n);
	for (size_t i = 0; i < CPU_WORDS; i++)
		pack_u64(b, p->cpus.bits[i]);
	pack_u64(b, p->rlimit_rttime);
}

void load_pack(struct strbuf *b, const struct load_result *r)
{
	pack_u32(b, r->n_scripts);
	for (uint32_t i = 0; i < r->n_scripts; i++)
		pack_script(b, &r->scripts[i]);
	pack_mail(b, &r->mail);
	for (int i = 0; i < LOAD_CHILDREN; i++)
		pack_process(b, &r->process[i]);
	pack_str(b, r->parent_title);
	pack_str(b, r->instance_name);
	pack_str(b, r->net_namespace);
	for (int i = 0; i < LOAD_FIXED; i++)
		pack_str(b, r->fixed[i]);
	pack_u32(b, r->use_pid_dir);
	pack_i64(b, r->child_wait_time);
	pack_u32(b, r->startup_script);
	pack_u32(b, r->shutdown_script);
	pack_i64(b, r->startup_timeout);
	pack_i64(b, r->shutdown_timeout);
	pack_u32(b, r->umask);
	pack_bytes(b, r->errors, r->n_errors * sizeof(*r->errors));
	pack_u32(b, r->unreadable);
	pack_i64(b, r->status);
}

/* ---- back -------------------------------------------------------------------------------- */

static char *unpack_copy(struct unpack *u)
{
	const char *s = unpack_str(u);

	return s ? xstrdup(s) : NULL;
}

/* A count that the bytes left can hold; 0 and bad otherwise. */
static uint32_t unpack_count(struct unpack *u)
{
	uint32_t n = unpack_u32(u);

	if (n > ITEMS_MAX || n > u->left)
		u->bad = true;
	return u->bad ? 0 : n;
}

static char **unpack_words(struct unpack *u, uint32_t *count)
{
	uint32_t n = unpack_count(u);
	char **words = xcalloc((size_t)n + 1, sizeof(char *));

	*count = n;
	for (uint32_t i = 0; i < n; i++) {
		const char *s = unpack_str(u);

		words[i] = xstrdup(s ? s : "");
	}
	return words;
}

static void unpack_script(struct unpack *u, struct load_script *s)
{
	uint32_t n;

	s->id = unpack_u32(u);
	s->argv = unpack_words(u, &n);
	s->test_open = unpack_u32(u);
	s->uid = unpack_u32(u);
	s->gid = unpack_u32(u);
	s->user = unpack_copy(u);
	s->groups = unpack_u32(u);
	s->usable = unpack_u32(u) && n;
	s->why_not = unpack_copy(u);
}

static void unpack_mail(struct unpack *u, struct load_mail *m)
{
	m->router_id = unpack_copy(u);
	m->from = unpack_copy(u);
	m->server = unpack_copy(u);
	m->helo = unpack_copy(u);
	m->port = (uint16_t)unpack_u32(u);
	m->timeout = unpack_i64(u);
	m->to = unpack_words(u, &m->n_to);
}

static void unpack_process(struct unpack *u, struct load_process *p)
{
	p->wanted = unpack_u32(u);
	p->title = unpack_copy(u);
	p->nice = (int)unpack_i64(u);
	p->rt_priority = (int)unpack_i64(u);
	p->no_swap = unpack_u32(u);
	p->cpus.n = unpack_u32(u);
	for (size_t i = 0; i < CPU_WORDS; i++)
		p->cpus.bits[i] = unpack_u64(u);
	p->rlimit_rttime = unpack_u64(u);
}

static void unpack_errors(struct unpack *u, struct load_result *r)
{
	struct slice s = unpack_bytes(u);

	r->n_errors = (uint32_t)(s.n / sizeof(*r->errors));
	r->errors = xcalloc((size_t)r->n_errors + 1, sizeof(*r->errors));
	if (r->n_errors)
		memcpy(r->errors, s.p, r->n_errors * sizeof(*r->errors));
}

struct load_result *load_unpack(struct unpack *u)
{
	struct load_result *r = xcalloc(1, sizeof(*r));

	r->n_scripts = unpack_count(u);
	r->scripts = xcalloc((size_t)r->n_scripts + 1, sizeof(*r->scripts));
	for (uint32_t i = 0; i < r->n_scripts; i++)
		unpack_script(u, &r->scripts[i]);
	unpack_mail(u, &r->mail);
	for (int i = 0; i < LOAD_CHILDREN; i++)
		unpack_process(u, &r->process[i]);
	r->parent_title = unpack_copy(u);
	r->instance_name = unpack_copy(u);
	r->net_namespace = unpack_copy(u);
	for (int i = 0; i < LOAD_FIXED; i++)
		r->fixed[i] = unpack_copy(u);
	r->use_pid_dir = unpack_u32(u);
	r->child_wait_time = unpack_i64(u);
	r->startup_script = unpack_u32(u);
	r->shutdown_script = unpack_u32(u);
	r->startup_timeout = unpack_i64(u);
	r->shutdown_timeout = unpack_i64(u);
	r->umask = unpack_u32(u);
	unpack_errors(u, r);
	r->unreadable = unpack_u32(u);
	r->status = (int)unpack_i64(u);
	if (!u->bad)
		return r;
	load_free(r);
	return NULL;
}
