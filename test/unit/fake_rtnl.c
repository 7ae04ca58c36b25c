/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test/unit/fake_rtnl.h"

#include <errno.h>
#include <net/if_arp.h>
#include <stdlib.h>

#include "keepalived/kern/rtnl_table.h"
#include "lib/str.h"

struct fake_rtnl {
	struct rtnl r;
	struct loop *loop;
	struct loop_work deliver;
	unsigned fail_in;
	int fail_error;
	size_t calls, changes;
	struct rtnl_conf buffers;
};

static struct fake_rtnl *fake(struct rtnl *r)
{
	return container_of(r, struct fake_rtnl, r);
}

static void changed(struct fake_rtnl *f)
{
	if (f->loop)
		loop_work_queue(f->loop, &f->deliver);
}

static int apply_one(struct fake_rtnl *f, const struct rtnl_change *c)
{
	bool there = rtnl_addr_find(&f->r, &c->addr);

	if (f->fail_in && --f->fail_in == 0)
		return f->fail_error;
	if (!rtnl_link_by_index(&f->r, c->addr.ifindex))
		return -ENODEV;
	if (c->add && there && !c->replace)
		return -EEXIST;
	if (!c->add && !there)
		return -EADDRNOTAVAIL;
	if (c->add)
		rtnl_table_addr(&f->r, &c->addr);
	else
		rtnl_table_addr_gone(&f->r, &c->addr);
	return 0;
}

static size_t fake_apply(struct rtnl *r, struct rtnl_change *changes, size_t n)
{
	struct fake_rtnl *f = fake(r);
	size_t failed = 0;

	f->calls++;
	f->changes += n;
	for (size_t i = 0; i < n; i++) {
		changes[i].error = apply_one(f, &changes[i]);
		failed += changes[i].error != 0;
	}
	changed(f);
	return failed;
}

static void fake_set_buffers(struct rtnl *r, const struct rtnl_conf *conf)
{
	fake(r)->buffers = *conf;
}

static void fake_close(struct rtnl *r)
{
	if (fake(r)->loop)
		loop_work_cancel(&fake(r)->deliver);
	rtnl_table_free(r);
	free(fake(r));
}

static const struct rtnl_ops fake_ops = {
	.apply = fake_apply, .set_buffers = fake_set_buffers, .close = fake_close};

static void deliver(struct loop_work *w)
{
	rtnl_table_deliver(&container_of(w, struct fake_rtnl, deliver)->r);
}

struct fake_rtnl *fake_rtnl_new(struct loop *loop)
{
	struct fake_rtnl *f = xcalloc(1, sizeof(*f));

	rtnl_table_init(&f->r, &fake_ops);
	f->loop = loop;
	if (loop)
		loop_work_init(&f->deliver, deliver);
	return f;
}

struct rtnl *fake_rtnl_port(struct fake_rtnl *f)
{
	return &f->r;
}

void fake_rtnl_link(struct fake_rtnl *f, int ifindex, const char *name, bool up)
{
	struct rtnl_link l = {
		.ifindex = ifindex,
		.flags = up ? IFF_UP | IFF_RUNNING | IFF_MULTICAST : IFF_MULTICAST,
		.up = up,
		.mtu = 1500,
		.arptype = ARPHRD_ETHER,
		.maclen = 6,
		.mac = {2, [5] = (uint8_t)ifindex},
	};

	str_copy(l.name, sizeof(l.name), name);
	rtnl_table_link(&f->r, &l);
	changed(f);
}

void fake_rtnl_link_gone(struct fake_rtnl *f, int ifindex)
{
	rtnl_table_link_gone(&f->r, ifindex);
	changed(f);
}

void fake_rtnl_addr(struct fake_rtnl *f, const struct rtnl_addr *a)
{
	rtnl_table_addr(&f->r, a);
	changed(f);
}

void fake_rtnl_addr_gone(struct fake_rtnl *f, const struct rtnl_addr *a)
{
	rtnl_table_addr_gone(&f->r, a);
	changed(f);
}

void fake_rtnl_addr_text(struct fake_rtnl *f, int ifindex, const char *text)
{
	struct rtnl_addr a;
	struct addr local;
	int plen;

	if (addr_parse_prefix(&local, &plen, text) || plen < 0)
		abort();
	rtnl_addr_init(&a, ifindex, &local, (uint8_t)plen);
	a.proto = 0;
	fake_rtnl_addr(f, &a);
}

void fake_rtnl_settle(struct fake_rtnl *f)
{
	rtnl_table_deliver(&f->r);
}

void fake_rtnl_fail(struct fake_rtnl *f, unsigned nth, int error)
{
	f->fail_in = nth;
	f->fail_error = error;
}

size_t fake_rtnl_calls(const struct fake_rtnl *f)
{
	return f->calls;
}

size_t fake_rtnl_changes(const struct fake_rtnl *f)
{
	return f->changes;
}

const struct rtnl_conf *fake_rtnl_buffers(const struct fake_rtnl *f)
{
	return &f->buffers;
}

bool fake_rtnl_has(const struct fake_rtnl *f, int ifindex, const char *text)
{
	const struct rtnl_addr *a = NULL;
	struct addr want;

	if (addr_parse(&want, text))
		abort();
	while ((a = rtnl_addr_next(&f->r, ifindex, a)))
		if (addr_eq(&a->local, &want))
			return true;
	return false;
}
