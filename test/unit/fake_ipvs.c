/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test/unit/fake_ipvs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct fake_service {
	struct ipvs_service service;
	struct ipvs_dest *dests;
	size_t n, cap;
};

static struct fake_ipvs *of(struct ipvs *ipvs)
{
	return container_of(ipvs, struct fake_ipvs, ipvs);
}

static struct fake_service *find(struct fake_ipvs *f, const struct ipvs_service *key)
{
	for (size_t i = 0; i < f->n; i++)
		if (ipvs_service_same_key(&f->services[i].service, key))
			return &f->services[i];
	return NULL;
}

static struct ipvs_dest *find_dest(struct fake_service *s, const struct ipvs_dest *key)
{
	for (size_t i = 0; i < s->n; i++)
		if (ipvs_dest_same_key(&s->dests[i], key))
			return &s->dests[i];
	return NULL;
}

static void service_add(struct fake_ipvs *f, const struct ipvs_service *s)
{
	if (f->n == f->cap) {
		f->cap = f->cap ? f->cap * 2 : 8;
		f->services = xrealloc(f->services, f->cap * sizeof(*f->services));
	}
	f->services[f->n++] = (struct fake_service){.service = *s};
}

static void service_del(struct fake_ipvs *f, struct fake_service *s)
{
	size_t i = (size_t)(s - f->services);

	free(s->dests);
	memmove(s, s + 1, (--f->n - i) * sizeof(*s));
}

static void dest_add(struct fake_service *s, const struct ipvs_dest *d)
{
	if (s->n == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 8;
		s->dests = xrealloc(s->dests, s->cap * sizeof(*s->dests));
	}
	s->dests[s->n++] = *d;
}

static void dest_del(struct fake_service *s, struct ipvs_dest *d)
{
	size_t i = (size_t)(d - s->dests);

	memmove(d, d + 1, (--s->n - i) * sizeof(*d));
}

static void flush(struct fake_ipvs *f)
{
	while (f->n)
		service_del(f, &f->services[f->n - 1]);
}

static int apply_service(struct fake_ipvs *f, const struct ipvs_change *c)
{
	struct fake_service *s = find(f, c->service);

	if (c->op == IPVS_SERVICE_ADD) {
		if (s)
			return -EEXIST;
		service_add(f, c->service);
		return 0;
	}
	if (!s)
		return -ESRCH;
	if (c->op == IPVS_SERVICE_EDIT)
		s->service = *c->service;
	else
		service_del(f, s);
	return 0;
}

static int apply_dest(struct fake_ipvs *f, const struct ipvs_change *c)
{
	struct fake_service *s = find(f, c->service);
	struct ipvs_dest *d = s ? find_dest(s, c->dest) : NULL;

	if (!s)
		return -ESRCH;
	if (c->op == IPVS_DEST_ADD) {
		if (d)
			return -EEXIST;
		dest_add(s, c->dest);
		return 0;
	}
	if (!d)
		return -ENOENT;
	if (c->op == IPVS_DEST_EDIT)
		*d = *c->dest;
	else
		dest_del(s, d);
	return 0;
}

static int apply_daemon(struct fake_ipvs *f, const struct ipvs_change *c)
{
	bool runs = f->daemons & c->daemon->state;

	if (c->op == IPVS_DAEMON_START && runs)
		return -EEXIST;
	if (c->op == IPVS_DAEMON_STOP && !runs)
		return -ESRCH;
	f->daemons ^= c->daemon->state;
	return 0;
}

static int apply_one(struct fake_ipvs *f, const struct ipvs_change *c)
{
	if (++f->changes == f->fail_at)
		return f->fail_error;
	switch (c->op) {
	case IPVS_SERVICE_ADD:
	case IPVS_SERVICE_EDIT:
	case IPVS_SERVICE_DEL:
		return apply_service(f, c);
	case IPVS_DEST_ADD:
	case IPVS_DEST_EDIT:
	case IPVS_DEST_DEL:
		return apply_dest(f, c);
	case IPVS_FLUSH:
		flush(f);
		return 0;
	case IPVS_TIMEOUTS:
		f->timeouts = *c->timeouts;
		return 0;
	case IPVS_DAEMON_START:
	case IPVS_DAEMON_STOP:
		return apply_daemon(f, c);
	}
	return -EINVAL;
}

static const char *method(uint32_t fwd)
{
	return fwd == IP_VS_CONN_F_MASQ ? "NAT" : fwd == IP_VS_CONN_F_DROUTE ? "DR" : "TUN";
}

static void print_dest(struct strbuf *b, const struct ipvs_service *s, const struct ipvs_dest *d)
{
	char name[IPVS_NAME_STRLEN];

	strbuf_printf(b, " %s %s %u\n", ipvs_dest_str(s, d, name), method(d->fwd), d->weight);
}

static void trace(struct fake_ipvs *f, const struct ipvs_change *c)
{
	static const char *const what[] = {"+svc ", "~svc ", "-svc ", "+dest ", "~dest ", "-dest ",
		"flush", "timeouts", "+daemon", "-daemon"};
	char name[IPVS_NAME_STRLEN];

	strbuf_printf(&f->trace, "%s", what[c->op]);
	if (c->op <= IPVS_DEST_DEL)
		strbuf_puts(&f->trace, ipvs_service_str(c->service, name));
	if (c->op == IPVS_SERVICE_ADD || c->op == IPVS_SERVICE_EDIT)
		strbuf_printf(&f->trace, " %s", c->service->sched);
	if (c->op >= IPVS_DEST_ADD && c->op <= IPVS_DEST_DEL)
		print_dest(&f->trace, c->service, c->dest);
	else
		strbuf_putc(&f->trace, '\n');
}

static int fake_apply(struct ipvs *ipvs, struct ipvs_change *changes, size_t n)
{
	struct fake_ipvs *f = of(ipvs);
	int failed = 0;

	for (size_t i = 0; i < n; i++) {
		if (!f->broken)
			trace(f, &changes[i]);
		changes[i].error = f->broken ? f->broken : apply_one(f, &changes[i]);
		failed += changes[i].error != 0;
	}
	return f->broken ? f->broken : failed;
}

static int fake_dump(struct ipvs *ipvs, const struct ipvs_visitor *v)
{
	struct fake_ipvs *f = of(ipvs);

	for (size_t i = 0; i < f->n && !f->broken; i++) {
		v->service(v->arg, &f->services[i].service);
		for (size_t j = 0; j < f->services[i].n; j++)
			v->dest(v->arg, &f->services[i].service, &f->services[i].dests[j]);
	}
	return f->broken;
}

static int fake_info(struct ipvs *ipvs, struct ipvs_info *info)
{
	struct fake_ipvs *f = of(ipvs);

	*info = (struct ipvs_info){
		.version = IP_VS_VERSION_CODE, .conn_table = 4096, .timeouts = f->timeouts};
	return f->broken;
}

static void fake_set_buffer(struct ipvs *ipvs, unsigned rcvbuf, bool force)
{
	of(ipvs)->rcvbuf = rcvbuf;
	of(ipvs)->rcvbuf_force = force;
}

static void fake_close(struct ipvs *ipvs)
{
	struct fake_ipvs *f = of(ipvs);

	flush(f);
	free(f->services);
	strbuf_free(&f->trace);
	strbuf_free(&f->text);
	free(f);
}

static const struct ipvs_ops fake_ops = {
	.apply = fake_apply,
	.dump = fake_dump,
	.info = fake_info,
	.set_buffer = fake_set_buffer,
	.close = fake_close,
};

struct fake_ipvs *fake_ipvs_new(void)
{
	struct fake_ipvs *f = xcalloc(1, sizeof(*f));

	f->ipvs.ops = &fake_ops;
	f->timeouts = (struct ipvs_timeouts){900, 120, 300};
	return f;
}

void fake_ipvs_fail(struct fake_ipvs *f, unsigned nth, int error)
{
	f->fail_at = f->changes + nth;
	f->fail_error = error;
}

static void print_service(void *arg, const struct ipvs_service *s)
{
	char name[IPVS_NAME_STRLEN];

	strbuf_printf(arg, "%s %s\n", ipvs_service_str(s, name), s->sched);
}

static void print_visited(void *arg, const struct ipvs_service *s, const struct ipvs_dest *d)
{
	print_dest(arg, s, d);
}

const char *fake_ipvs_str(struct fake_ipvs *f)
{
	struct ipvs_visitor v = {print_service, print_visited, &f->text};

	strbuf_reset(&f->text);
	fake_dump(&f->ipvs, &v);
	return strbuf_str(&f->text);
}

const char *fake_ipvs_take_trace(struct fake_ipvs *f)
{
	strbuf_reset(&f->text);
	strbuf_puts(&f->text, strbuf_str(&f->trace));
	strbuf_reset(&f->trace);
	return strbuf_str(&f->text);
}
