/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is denied depends on the configuration alone, so most of the time there is nothing to do
 * here: a takeover finds its addresses denied already. Only an address that is both new and wanted
 * at once, at a start or a reload, waits for its rule; not for ever, since a virtual address that
 * nobody has is worse than one that answers for a moment.
 *
 * Who loads a new set of rules often flushes all there were, ours too. So we look now and then.
 */
#include "keepalived/vrrp/guard.h"

#include "keepalived/vrrp/deny.h"
#include "keepalived/vrrp/vips.h"
#include "lib/log.h"

#define PATIENCE    SEC(1)
#define CHECK_EVERY SEC(10)

static int ifindex_of(void *ctx, const char *name)
{
	const struct vrrp_run *run = ctx;
	const struct rtnl_link *link = rtnl_link_by_name(run->port.rtnl, name);

	return link ? link->ifindex : 0;
}

/* Addresses that wait are looked at again. */
static void release(struct vrrp_run *run)
{
	struct instance *in;

	loop_timer_cancel(&run->guard.patience);
	run->guard.waiting = false;
	list_for_each(in, &run->instances, link)
		if (deny_instance(in->conf))
			vips_recheck(in);
}

static void out_of_patience(struct loop_timer *t)
{
	struct vrrp_run *run = container_of(t, struct vrrp_run, guard.patience);

	log_warning(
		"The firewall is not ready after %d ms - adding virtual addresses that must not "
		"be accepted without it",
		(int)(PATIENCE / MSEC(1)));
	release(run);
}

static void look(struct loop_timer *t)
{
	struct vrrp_run *run = container_of(t, struct vrrp_run, guard.check);

	loop_timer_set(t, loop_now(run->port.loop) + CHECK_EVERY);
	fw_check(run->port.fw);
}

static void look_later(struct vrrp_run *run)
{
	if (run->guard.have.n)
		loop_timer_set(&run->guard.check, loop_now(run->port.loop) + CHECK_EVERY);
	else
		loop_timer_cancel(&run->guard.check);
}

static void say_result(const struct vrrp_guard *g, const struct fw_result *r)
{
	if (r->error && !g->failed)
		log_error(
			"Cannot use the firewall: %s - packets to virtual addresses with no_accept "
			"are accepted",
			r->why);
	if (!r->error && g->failed)
		log_info("The firewall works again");
	if (!r->error && r->restored)
		log_warning("The firewall's rules about virtual addresses were gone - made again");
	if (!r->error && r->fell_back && !g->fell_back)
		log_info("vrrp_iptables - iptables is absent or a front end to nftables - using "
			 "nftables");
}

static void take_result(void *ctx, const struct fw_result *r)
{
	struct vrrp_run *run = ctx;
	struct vrrp_guard *g = &run->guard;

	say_result(g, r);
	g->failed = r->error != 0;
	g->fell_back |= r->fell_back;
	fw_rules_free(&g->have);
	if (!r->error)
		fw_rules_copy(&g->have, &g->asked);
	look_later(run);
	if (!g->changed) /* else this was about an older wish */
		release(run);
}

void guard_init(struct vrrp_run *run)
{
	loop_timer_init(run->port.loop, &run->guard.patience, out_of_patience);
	loop_timer_init(run->port.loop, &run->guard.check, look);
	fw_listen(run->port.fw, take_result, run);
}

void guard_free(struct vrrp_run *run)
{
	loop_timer_cancel(&run->guard.patience);
	loop_timer_cancel(&run->guard.check);
	fw_rules_free(&run->guard.want);
	fw_rules_free(&run->guard.asked);
	fw_rules_free(&run->guard.have);
}

/* Nobody chose: that packets are dropped, and by what, is worth a line. */
static void say_choice(const struct vrrp_run *run)
{
	const struct global_conf *g = &run->conf->global;

	if (!g->nftables_given && !g->iptables_given)
		log_info("use_vmac or no_accept/strict specified, but no firewall configured - "
			 "using nftables");
}

void guard_update(struct vrrp_run *run)
{
	struct vrrp_guard *g = &run->guard;
	struct fw_rules want;

	deny_rules(run->conf, &want, ifindex_of, run);
	if (!g->failed && (g->used ? fw_rules_eq(&g->want, &want) : !want.n)) {
		fw_rules_free(&want);
		return;
	}
	if (!g->used)
		say_choice(run);
	fw_rules_free(&g->want);
	g->want = want;
	g->used = g->changed = g->waiting = true;
	vrrp_run_settle(run);
}

void guard_iface(struct vrrp_run *run)
{
	if (run->conf->global.nftables_ifindex)
		guard_update(run);
}

void guard_settle(struct vrrp_run *run)
{
	struct vrrp_guard *g = &run->guard;

	if (!g->changed)
		return;
	g->changed = false;
	loop_timer_set(&g->patience, loop_now(run->port.loop) + PATIENCE);
	fw_rules_keep(&g->have, &g->want);
	fw_rules_free(&g->asked);
	fw_rules_copy(&g->asked, &g->want);
	fw_apply(run->port.fw, &g->want);
}

bool guard_waits(const struct vip *v)
{
	const struct vrrp_guard *g = &v->iface->run->guard;
	const struct addr *a = &v->addr.local;

	if (!g->waiting || !fw_rules_denies(&g->want, a, v->iface->name, v->iface->ifindex))
		return false;
	return !g->have.n || !fw_rules_denies(&g->have, a, v->iface->name, v->iface->ifindex);
}

void guard_stop(struct vrrp_run *run)
{
	struct fw_rules none;

	loop_timer_cancel(&run->guard.check);
	if (!run->guard.used || run->port.options->keep_vips)
		return;
	fw_rules_copy(&none, &run->guard.want);
	none.n = 0;
	fw_apply(run->port.fw, &none);
	fw_rules_free(&none);
}
