/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test/unit/fake_pkt.h"

#include <stdlib.h>
#include <string.h>

#include "keepalived/kern/pkt_base.h"

#define ARP_TYPE   12 /* where the frame says what it is */
#define ARP_TARGET 38
#define NA_TARGET  62

struct fake_pkt {
	struct pkt p;
	struct fake_sent **sent;
	struct clock_fake *clock; /* NULL: sending takes no time */
	ktime takes;
	size_t n, cap, members;
	unsigned fail_in;
	int fail_error;
	bool listens_ah;
};

static struct fake_pkt *fake(struct pkt *p)
{
	return container_of(p, struct fake_pkt, p);
}

static int outcome(struct fake_pkt *f)
{
	return f->fail_in && --f->fail_in == 0 ? f->fail_error : 0;
}

static struct fake_sent *record(struct fake_pkt *f, int ifindex, const void *bytes, size_t n)
{
	struct fake_sent *s = xcalloc(1, sizeof(*s) + n);

	if (f->n == f->cap) {
		f->cap = f->cap ? f->cap * 2 : 64;
		f->sent = xrealloc(f->sent, f->cap * sizeof(struct fake_sent *));
	}
	f->sent[f->n++] = s;
	if (f->clock)
		f->clock->at += f->takes;
	s->ifindex = ifindex;
	s->len = n;
	memcpy(s->bytes, bytes, n);
	return s;
}

static int fake_send(struct pkt *p, const struct pkt_out *out)
{
	struct fake_sent *s;
	int err = outcome(fake(p));

	if (err)
		return err;
	s = record(fake(p), out->ifindex, out->payload, out->len);
	s->kind = FAKE_SENT_VRRP;
	s->out = *out;
	s->out.payload = s->bytes;
	return 0;
}

static int fake_frame(struct pkt *p, int ifindex, const uint8_t *frame, size_t n)
{
	struct fake_sent *s;
	int err = outcome(fake(p));

	if (err)
		return err;
	s = record(fake(p), ifindex, frame, n);
	s->kind = frame[ARP_TYPE] == 0x08 ? FAKE_SENT_GARP : FAKE_SENT_NA;
	if (s->kind == FAKE_SENT_GARP)
		addr_from_bytes(&s->vip, AF_INET, frame + ARP_TARGET);
	else
		addr_from_bytes(&s->vip, AF_INET6, frame + NA_TARGET);
	return 0;
}

static int fake_join(struct pkt *p, struct pkt_member *m)
{
	int err = outcome(fake(p));

	(void)m;
	if (!err)
		fake(p)->members++;
	return err;
}

static void fake_leave(struct pkt *p, struct pkt_member *m)
{
	(void)m;
	fake(p)->members--;
}

static int fake_listen_ah(struct pkt *p, bool wanted)
{
	int err = wanted ? outcome(fake(p)) : 0;

	fake(p)->listens_ah = wanted && !err;
	return err;
}

static void fake_close(struct pkt *p)
{
	fake_pkt_reset(fake(p));
	pkt_base_free(p);
	free(fake(p)->sent);
	free(fake(p));
}

static const struct pkt_ops fake_ops = {
	fake_send, fake_frame, fake_join, fake_leave, fake_listen_ah, fake_close};

struct fake_pkt *fake_pkt_new(void)
{
	struct fake_pkt *f = xcalloc(1, sizeof(*f));

	pkt_base_init(&f->p, &fake_ops);
	return f;
}

struct pkt *fake_pkt_port(struct fake_pkt *f)
{
	return &f->p;
}

void fake_pkt_takes(struct fake_pkt *f, struct clock_fake *clock, ktime each)
{
	f->clock = clock;
	f->takes = each;
}

size_t fake_pkt_n_sent(const struct fake_pkt *f)
{
	return f->n;
}

const struct fake_sent *fake_pkt_sent(const struct fake_pkt *f, size_t i)
{
	return f->sent[i];
}

size_t fake_pkt_count(const struct fake_pkt *f, enum fake_sent_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < f->n; i++)
		count += f->sent[i]->kind == kind;
	return count;
}

void fake_pkt_reset(struct fake_pkt *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->sent[i]);
	f->n = 0;
}

void fake_pkt_receive(struct fake_pkt *f, const struct pkt_in *in)
{
	struct pkt_in copy = *in;

	pkt_base_dispatch(&f->p, &copy);
}

void fake_pkt_fail(struct fake_pkt *f, unsigned nth, int error)
{
	f->fail_in = nth;
	f->fail_error = error;
}

bool fake_pkt_listens_ah(const struct fake_pkt *f)
{
	return f->listens_ah;
}

size_t fake_pkt_n_members(const struct fake_pkt *f)
{
	return f->members;
}
