/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VRRP instances with a clock, a kernel, a wire, a firewall and a parent that are all in memory. A
 * test moves the clock, lets things happen outside and looks at what was said and done.
 */
#ifndef TEST_UNIT_VRRP_FIXTURE_H
#define TEST_UNIT_VRRP_FIXTURE_H

#include <stdlib.h>

#include "keepalived/vrrp/run.h"
#include "test/unit/conf_fixture.h"
#include "test/unit/fake_child.h"
#include "test/unit/fake_fw.h"
#include "test/unit/fake_log.h"
#include "test/unit/fake_pkt.h"
#include "test/unit/fake_rtnl.h"
#include "test/unit/fake_sysctl.h"

#define ETH0 2 /* 10.0.0.1/24, fe80::1/64 */
#define ETH1 3 /* 10.1.0.1/24 */

struct world {
	struct clock_fake clock;
	struct loop *loop;
	struct fake_rtnl *rtnl;
	struct fake_pkt *pkt;
	struct fake_fw *fw;
	struct fake_sysctl *sysctl;
	struct child child;
	struct vrrp_run *run;
	struct fixture conf;
};

/* The first time, or a reload. */
static inline void load(struct world *w, const char *conf)
{
	struct fixture old = w->conf;

	w->conf = read_good_conf(conf);
	w->child.conf = w->conf.conf;
	vrrp_run_commit(w->run, w->conf.conf, w->child.replacement);
	end(&old);
}

static inline void ring(struct loop_timer *t UNUSED)
{
}

static inline void pass(struct world *w, ktime time)
{
	struct loop_timer t;

	loop_timer_init(w->loop, &t, ring);
	loop_timer_set(&t, w->clock.at + time);
	while (loop_timer_pending(&t))
		loop_turn(w->loop, KTIME_FOREVER);
}

static inline int make_world(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));
	struct vrrp_ports ports;

	clock_fake_init(&w->clock, SEC(1000));
	w->loop = loop_new_fake(&w->clock);
	w->rtnl = fake_rtnl_new(w->loop);
	w->pkt = fake_pkt_new();
	w->fw = fake_fw_new();
	w->sysctl = fake_sysctl_new();
	fake_child_init(&w->child, w->loop);
	fake_rtnl_link(w->rtnl, ETH0, "eth0", true);
	fake_rtnl_link(w->rtnl, ETH1, "eth1", true);
	fake_rtnl_addr_text(w->rtnl, ETH0, "10.0.0.1/24");
	fake_rtnl_addr_text(w->rtnl, ETH0, "fe80::1/64");
	fake_rtnl_addr_text(w->rtnl, ETH1, "10.1.0.1/24");
	ports = (struct vrrp_ports){
		.loop = w->loop,
		.rtnl = fake_rtnl_port(w->rtnl),
		.pkt = fake_pkt_port(w->pkt),
		.fw = fake_fw_port(w->fw),
		.sysctl = fake_sysctl_port(w->sysctl),
		.child = &w->child,
		.status = w->child.status,
		.options = &w->child.options,
	};
	fake_log_begin();
	w->run = vrrp_run_new(&ports);
	*state = w;
	return 0;
}

static inline int end_world(void **state)
{
	struct world *w = *state;

	vrrp_run_free(w->run);
	fw_close(fake_fw_port(w->fw));
	fake_sysctl_free(w->sysctl);
	pkt_close(fake_pkt_port(w->pkt));
	rtnl_close(fake_rtnl_port(w->rtnl));
	fake_child_end(&w->child);
	end(&w->conf);
	loop_free(w->loop);
	fake_log_end();
	free(w);
	return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_world, end_world)

#endif
