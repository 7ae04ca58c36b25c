/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Gratuitous ARP and neighbour advertisements; see announce.h. */
#include "keepalived/vrrp/announce.h"

static void block(struct vrrp_announce *a, uint32_t rounds, ktime now)
{
	a->running = rounds > 0;
	a->rounds = rounds;
	a->next = 0;
	a->at = now;
}

void vrrp_announce_init(struct vrrp_announce *a)
{
	*a = (struct vrrp_announce){.second_at = KTIME_FOREVER, .refresh_at = KTIME_FOREVER};
}

void vrrp_announce_stop(struct vrrp_announce *a)
{
	vrrp_announce_init(a);
}

void vrrp_announce_active(struct vrrp_announce *a, const struct vrrp_conf *c, ktime now)
{
	vrrp_announce_init(a);
	a->active = true;
	block(a, c->garp_master_repeat, now);
	a->second_rounds = c->garp_master_repeat;
	if (c->garp_master_delay > 0)
		a->second_at = now + c->garp_master_delay;
	if (c->garp_master_refresh > 0)
		a->refresh_at = now + c->garp_master_refresh;
}

void vrrp_announce_lower(struct vrrp_announce *a, const struct vrrp_conf *c, ktime now)
{
	if (!a->active || a->running || c->garp_lower_prio_repeat == 0)
		return;
	block(a, c->garp_lower_prio_repeat, now);
	if (c->garp_lower_prio_delay == 0 || a->second_at <= now + c->garp_lower_prio_delay)
		return; /* a second block is on its way, or not wanted */
	a->second_at = now + c->garp_lower_prio_delay;
	a->second_rounds = c->garp_lower_prio_repeat;
}

void vrrp_announce_changed(struct vrrp_announce *a, const struct vrrp_conf *c, ktime now)
{
	a->next = 0;
	if (!a->active || c->garp_master_refresh == 0)
		a->refresh_at = KTIME_FOREVER;
	else
		a->refresh_at = MIN(a->refresh_at, now + c->garp_master_refresh);
}

ktime vrrp_announce_deadline(const struct vrrp_announce *a)
{
	return a->running ? a->at : MIN(a->second_at, a->refresh_at);
}

/* Starts the next block that is due, if any. */
static bool next_block(struct vrrp_announce *a, const struct vrrp_conf *c, ktime now)
{
	if (a->second_at <= now) {
		block(a, a->second_rounds, now);
		a->second_at = KTIME_FOREVER;
		return true;
	}
	if (a->refresh_at <= now) {
		block(a, c->garp_master_refresh_repeat, now);
		a->refresh_at = now + MAX(c->garp_master_refresh, SEC(1));
		return true;
	}
	return false;
}

static ktime not_before(const struct vrrp_announce_target *t)
{
	if (!t->pace)
		return 0;
	return t->vip->addr.family == AF_INET6 ? t->pace->gna_next : t->pace->garp_next;
}

static void keep_distance(const struct vrrp_announce_target *t, ktime now)
{
	if (!t->pace)
		return;
	if (t->vip->addr.family == AF_INET6)
		t->pace->gna_next = now + t->pace->gna_interval;
	else
		t->pace->garp_next = now + t->pace->garp_interval;
}

static void advance(struct vrrp_announce *a, uint32_t n)
{
	if (++a->next < n)
		return;
	a->next = 0;
	a->running = --a->rounds > 0;
}

size_t vrrp_announce_due(struct vrrp_announce *a, const struct vrrp_conf *c,
	const struct vrrp_announce_target targets[], uint32_t n, ktime now, uint32_t out[],
	size_t max)
{
	size_t done = 0;

	while (done < max) {
		if (!a->running && !next_block(a, c, now))
			return done;
		a->running = a->running && n > 0;
		if (!a->running)
			continue;
		a->at = MAX(a->at, not_before(&targets[a->next]));
		if (a->at > now)
			return done;
		out[done++] = a->next;
		keep_distance(&targets[a->next], now);
		advance(a, n);
	}
	a->at = now;
	return done;
}
