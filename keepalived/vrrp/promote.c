/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keepalived/vrrp/promote.h"

#include <string.h>
#include <sys/socket.h>

#include "keepalived/kern/sysctl.h"
#include "lib/log.h"

#define NAME "promote_secondaries"

/* 0 when it is set, by whomever. */
static int set(struct vrrp_iface *i)
{
	const struct sysctl *s = i->run->port.sysctl;
	int value, err = s->get(s, AF_INET, i->name, NAME, &value);

	if (err || value)
		return err;
	err = s->set(s, AF_INET, i->name, NAME, 1);
	i->promoted = err == 0;
	return err;
}

void promote_iface(struct vrrp_iface *i)
{
	int err;

	i->promoted = false;
	if (!i->promotes || !i->ifindex)
		return;
	err = set(i);
	if (err)
		log_warning("Cannot set " NAME " on %s: %s - removing an address may remove others",
			i->name, strerror(-err));
}

void promote_leave(struct vrrp_iface *i)
{
	const struct sysctl *s = i->run->port.sysctl;

	if (i->promoted && i->ifindex)
		s->set(s, AF_INET, i->name, NAME, 0);
	i->promoted = i->promotes = false;
}

static void settle(struct vrrp_iface *i)
{
	if (i->asked == i->promotes)
		return;
	if (!i->asked) {
		promote_leave(i);
		return;
	}
	i->promotes = true;
	promote_iface(i);
}

/* One instance that asks is enough. */
void promote_update(struct vrrp_run *run)
{
	struct instance *in;

	list_for_each(in, &run->instances, link)
		if (in->iface)
			in->iface->asked = false;
	list_for_each(in, &run->instances, link)
		if (in->iface && in->conf->promote_secondaries)
			in->iface->asked = true;
	list_for_each(in, &run->instances, link)
		if (in->iface)
			settle(in->iface);
}

void promote_stop(struct vrrp_run *run)
{
	struct instance *in;

	list_for_each(in, &run->instances, link)
		if (in->iface)
			promote_leave(in->iface);
}
