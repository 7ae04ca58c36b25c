/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The VRRP child: the ports of this process, and the life of its configuration. */
#include "keepalived/vrrp/child.h"

#include <stdlib.h>
#include <string.h>

#include "keepalived/kern/fw.h"
#include "keepalived/kern/pkt.h"
#include "keepalived/kern/rtnl.h"
#include "keepalived/vrrp/run.h"
#include "lib/log.h"
#include "lib/priv.h"

/*
 * Thousands of adverts may arrive in one burst, as many as there are instances, and an address
 * change of each makes a notification: the default buffers hold a few hundred.
 */
#define ADVERT_BUFFER  (8 * 1024 * 1024)
#define MONITOR_BUFFER (4 * 1024 * 1024)

struct vrrp_child {
	struct rtnl *rtnl;
	struct pkt *pkt;
	struct fw *fw;
	struct vrrp_run *run;
};

static void vrrp_close(struct child *child, void *self)
{
	struct vrrp_child *c = self;

	(void)child;
	if (c->run)
		vrrp_run_free(c->run);
	fw_close(c->fw);
	pkt_close(c->pkt);
	rtnl_close(c->rtnl);
	free(c);
}

static int open_ports(struct child *child, struct vrrp_child *c)
{
	static const struct pkt_conf pkt_conf = {
		.rcvbuf = ADVERT_BUFFER, .ipv4 = true, .ipv6 = true};
	static const struct rtnl_conf rtnl_conf = {
		.monitor_rcvbuf = MONITOR_BUFFER, .monitor_force = true};
	int err = rtnl_open(child_loop(child), &rtnl_conf, &c->rtnl);

	if (err) {
		log_error("Cannot open netlink sockets: %s", strerror(-err));
		return err;
	}
	err = pkt_open(child_loop(child), &pkt_conf, &c->pkt);
	if (err)
		log_error("Cannot open VRRP sockets: %s", strerror(-err));
	return err;
}

static void *vrrp_open(struct child *child)
{
	struct vrrp_child *c = xcalloc(1, sizeof(*c));
	struct vrrp_ports ports = {.loop = child_loop(child),
		.child = child,
		.status = child_status(child),
		.options = child_options(child)};

	if (open_ports(child, c)) {
		vrrp_close(child, c);
		return NULL;
	}
	c->fw = fw_open(child_loop(child));
	ports.rtnl = c->rtnl;
	ports.pkt = c->pkt;
	ports.fw = c->fw;
	ports.sysctl = &sysctl_kernel;
	c->run = vrrp_run_new(&ports);
	return c;
}

/* A missing interface is no reason to refuse: it may come. */
static int vrrp_prepare(
	struct child *child, void *self, const struct conf *next, struct diags *diags)
{
	const struct vrrp_conf *v;
	struct vrrp_child *c = self;

	(void)child;
	nodes_for_each(v, &next->instances)
		if (v->interface && !rtnl_link_by_name(c->rtnl, v->interface))
			diag_add(diags, DIAG_WARNING, DIAG_MACHINE,
				schema_place(&v->node, "interface"),
				"(%s) interface %s does not exist - waiting for it", v->node.name,
				v->interface);
	return 0;
}

static void vrrp_commit(
	struct child *child, void *self, const struct conf *old, const struct conf *new)
{
	struct vrrp_child *c = self;

	(void)old;
	vrrp_run_commit(c->run, new, child_is_replacement(child));
}

static void vrrp_stop(struct child *child, void *self)
{
	struct vrrp_child *c = self;

	vrrp_run_stop(c->run);
	child_done(child);
}

const struct child_ops vrrp_child_ops = {
	.name = "VRRP",
	.ident = "Keepalived_vrrp",
	.caps = PRIV_NET_ADMIN | PRIV_NET_RAW,
	.open = vrrp_open,
	.prepare = vrrp_prepare,
	.commit = vrrp_commit,
	.stop = vrrp_stop,
	.close = vrrp_close,
};
