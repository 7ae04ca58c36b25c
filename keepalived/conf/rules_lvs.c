/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules over the finished LVS part: families, ports, defaults, and what checkers inherit. */
#include "keepalived/conf/rules_lvs.h"

#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "keepalived/conf/checker_rows.h"
#include "lib/schema_names.h"

#define DEFAULT_DELAY_LOOP SEC(60)
#define DEFAULT_CONNECT    SEC(5)
#define DEFAULT_PERSIST    SEC(360)

static struct span at(const struct vs_conf *vs, const char *keyword)
{
	return schema_place(&vs->node, keyword);
}

/* ---- the service ------------------------------------------------------------------------- */

static bool find_group(struct lvs_rules *r, struct vs_conf *vs)
{
	const struct vsg_conf *g;

	if (vs->kind != VS_GROUP)
		return true;
	nodes_for_each(g, &r->conf->vs_groups)
		if (!strcmp(g->node.name, vs->group_name)) {
			vs->group = g;
			return g->entries.n;
		}
	diag_error(r->diags, vs->node.span,
		"Virtual server group %s specified but not configured - ignoring virtual server %s",
		vs->group_name, vs->node.name);
	return false;
}

/* Only marks: packets of any protocol. */
static bool by_mark(const struct vs_conf *vs)
{
	const struct vsg_range *e;

	if (vs->kind != VS_GROUP)
		return vs->kind == VS_FWMARK;
	nodes_for_each(e, &vs->group->entries)
		if (!e->is_fwmark)
			return false;
	return true;
}

static void protocol(struct lvs_rules *r, struct vs_conf *vs)
{
	if (by_mark(vs)) {
		if (vs->protocol)
			diag_warning(r->diags, at(vs, "protocol"),
				"Warning: Virtual server %s: protocol specified for fwmark - protocol "
				"will be ignored",
				vs->node.name);
		vs->protocol = 0;
		return;
	}
	if (!vs->protocol && !schema_meant(&vs->node, "protocol"))
		diag_warning(r->diags, vs->node.span,
			"Virtual server %s: no protocol set - defaulting to UDP", vs->node.name);
	if (!vs->protocol)
		vs->protocol = IPPROTO_UDP;
	if (vs->flags & VS_OPS && vs->protocol != IPPROTO_UDP) {
		diag_error(r->diags, at(vs, "ops"), "Virtual server %s: ops needs UDP - clearing",
			vs->node.name);
		vs->flags &= ~(uint32_t)VS_OPS;
	}
}

static void persistence(struct lvs_rules *r, struct vs_conf *vs)
{
	if (vs->granularity_given && !vs->persistence_timeout)
		vs->persistence_timeout = DEFAULT_PERSIST;
	if (vs->kind != VS_ADDRESS || vs->dst.port || vs->persistence_timeout)
		return;
	diag_error(r->diags, vs->node.span,
		"Virtual server %s: zero port only valid for persistent services - setting "
		"persistence_timeout 360",
		vs->node.name);
	vs->persistence_timeout = DEFAULT_PERSIST;
}

static void ha_suspend(struct lvs_rules *r, struct vs_conf *vs)
{
	const struct vsg_range *e;
	bool marks = vs->kind == VS_FWMARK;

	if (!vs->ha_suspend)
		return;
	if (vs->kind == VS_GROUP)
		nodes_for_each(e, &vs->group->entries)
			marks |= e->is_fwmark;
	if (!marks)
		return;
	diag_warning(r->diags, at(vs, "ha_suspend"),
		"Virtual server %s: ha_suspend needs an address - clearing", vs->node.name);
	vs->ha_suspend = false;
}

/* Whether `keyword` of that scheduler, as sh-port, stands in the block. */
static bool sched_flag_given(const struct vs_conf *vs, const char *keyword)
{
	char name[16];

	snprintf(name, sizeof(name), "%s-%s", vs->sched, keyword);
	return schema_given(&vs->node, name);
}

static void scheduler(struct lvs_rules *r, struct vs_conf *vs)
{
	if (!vs->sched && !schema_meant(&vs->node, "lvs_sched"))
		diag_warning(r->diags, vs->node.span,
			"Virtual server %s: no scheduler set, setting default 'wlc'",
			vs->node.name);
	if (!vs->sched)
		vs->sched = "wlc";
	if (vs->flags & VS_SCHED1 && !sched_flag_given(vs, "fallback"))
		schema_imply(r->conf->arena, &vs->node, "flag-1", vs->node.span);
	if (vs->flags & VS_SCHED2 && !sched_flag_given(vs, "port"))
		schema_imply(r->conf->arena, &vs->node, "flag-2", vs->node.span);
}

/*
 * A server has its own method, else the one that stood above it in the block, else the last one
 * of the block. Where that makes a difference it is printed, as printing moves the service's up.
 */
static void methods(struct lvs_rules *r, struct vs_conf *vs)
{
	bool given = vs->forward.given, needed = false;
	struct rs_conf *rs;

	vs->forward.given = true;
	nodes_for_each(rs, &vs->real_servers) {
		needed |= !rs->forward.given;
		if (!rs->forward.given)
			rs->forward = vs->forward;
		if (!codec_forward.equal(NULL, &rs->forward, &vs->forward))
			schema_imply(r->conf->arena, &rs->node, "lvs_method", at(vs, "lvs_method"));
	}
	if (!given && needed && !schema_meant(&vs->node, "lvs_method"))
		diag_warning(r->diags, vs->node.span,
			"Virtual server %s: no forwarding method set, setting default NAT",
			vs->node.name);
	if (!vs->has_sorry)
		return;
	if (!vs->sorry_forward.given)
		vs->sorry_forward = vs->forward;
	if (!codec_forward.equal(NULL, &vs->sorry_forward, &vs->forward))
		schema_imply(r->conf->arena, &vs->node, "sorry_server_lvs_method",
			at(vs, "sorry_server"));
}

/* ---- real servers ------------------------------------------------------------------------ */

/* A group has a port per entry: what differs is only told, the kernel gets the entry's. */
static void group_port(struct lvs_rules *r, const struct rs_conf *rs)
{
	const struct vs_conf *vs = rs->vs;
	const struct vsg_range *e;
	char buf[80];

	if (!rs->dst.port)
		return;
	nodes_for_each(e, &vs->group->entries) {
		if (e->is_fwmark || e->port == rs->dst.port)
			continue;
		diag_also(r->diags,
			diag_warning(r->diags, rs->node.span,
				"virtual server %s and real server %s ports don't match - the port "
				"of the entry is used",
				vs->node.name, rs_name(rs, buf)),
			e->node.span, "this entry");
		return;
	}
}

/* The kernel forwards to the port of the service unless it rewrites addresses. */
static void server_port(struct lvs_rules *r, struct rs_conf *rs)
{
	const struct vs_conf *vs = rs->vs;
	char buf[80], name[ENDPOINT_STRLEN];
	struct checker_conf *k;

	if (rs->forward.method == LVS_NAT)
		return;
	if (vs->kind == VS_GROUP) {
		group_port(r, rs);
		return;
	}
	if (rs->dst.port == vs->dst.port)
		return;
	diag_add(r->diags, vs->kind == VS_FWMARK ? DIAG_NOTE : DIAG_WARNING, DIAG_CONFIG,
		rs->node.span,
		"WARNING - virtual server %s and real server %s ports don't match - resetting",
		vs->node.name, rs_name(rs, buf));
	rs->dst.port = vs->dst.port;
	rs->node.name = arena_strdup(r->conf->arena, endpoint_str(&rs->dst, name));
	nodes_for_each(k, &rs->checkers)
		if (rules_asks_address(k->kind))
			schema_imply(r->conf->arena, &k->node, "connect_port", rs->node.span);
}

/* What is checked is the server as written, whatever port the kernel has to be given. */
static void check_targets(struct rs_conf *rs)
{
	struct checker_conf *k;

	nodes_for_each(k, &rs->checkers) {
		if (!rules_asks_address(k->kind))
			continue;
		if (!k->dst.addr.family)
			k->dst.addr = rs->dst.addr;
		if (!k->dst.port)
			k->dst.port = rs->dst.port;
	}
}

static bool server_settled(struct node *n, void *ctx)
{
	struct lvs_rules *r = ctx;
	struct rs_conf *rs = (struct rs_conf *)n;
	struct node *first;
	char buf[80];

	check_targets(rs);
	server_port(r, rs);
	first = names_find(r->seen, NULL, n->name);
	if (first) {
		diag_also(r->diags,
			diag_error(r->diags, n->span,
				"VS %s: real server %s is duplicated - removing second rs",
				rs->vs->node.name, rs_name(rs, buf)),
			first->span, "given here before");
		return false;
	}
	names_add(r->seen, NULL, n);
	return true;
}

static int on_or(int own, int a, int b, int otherwise)
{
	return own != TRI_UNSET ? own : a != TRI_UNSET ? a : b != TRI_UNSET ? b : otherwise;
}

static void server_inherits(const struct global_conf *g, struct rs_conf *rs)
{
	const struct vs_conf *vs = rs->vs;

	if (rs->weight == UINT32_MAX)
		rs->weight = vs->weight;
	if (!schema_given(&rs->node, "inhibit_on_failure"))
		rs->inhibit_on_failure = vs->inhibit_on_failure;
	if (!schema_given(&rs->node, "alpha"))
		rs->alpha = vs->alpha;
	if (!rs->virtualhost)
		rs->virtualhost = vs->virtualhost;
	if (rs->retry == RETRY_UNSET)
		rs->retry = vs->retry;
	if (rs->delay_before_retry < 0)
		rs->delay_before_retry = vs->delay_before_retry;
	if (rs->warmup < 0)
		rs->warmup = vs->warmup;
	if (rs->connect_timeout < 0)
		rs->connect_timeout = vs->connect_timeout;
	if (rs->delay_loop < 0)
		rs->delay_loop = vs->delay_loop;
	rs->smtp_alert = on_or(rs->smtp_alert, g->smtp_alert_checker, g->smtp_alert, TRI_ON);
}

/* ---- quorum and the sorry server --------------------------------------------------------- */

static void quorum(struct lvs_rules *r, struct vs_conf *vs)
{
	const struct rs_conf *rs;
	uint64_t total = 0;

	nodes_for_each(rs, &vs->real_servers)
		total += rs->weight;
	if (vs->quorum > MAX(total, 1u)) {
		diag_warning(r->diags, at(vs, "quorum"),
			"Warning - quorum %" PRIu32
			" for %s exceeds total weight of real servers %" PRIu64
			", reducing quorum to %" PRIu64,
			vs->quorum, vs->node.name, total, MAX(total, 1u));
		vs->quorum = (uint32_t)MAX(total, 1u);
	}
	if (vs->hysteresis && vs->hysteresis >= vs->quorum) {
		diag_warning(r->diags, at(vs, "hysteresis"),
			"Virtual server %s: hysteresis %" PRIu32 " >= quorum %" PRIu32
			"; setting hysteresis to %" PRIu32,
			vs->node.name, vs->hysteresis, vs->quorum, vs->quorum - 1);
		vs->hysteresis = vs->quorum - 1;
	}
}

static void sorry_server(struct lvs_rules *r, struct vs_conf *vs)
{
	const struct rs_conf *rs;

	if (!vs->has_sorry)
		return;
	if (!vs->sorry.port)
		vs->sorry.port = vs->dst.port;
	if (vs->sorry_forward.method != LVS_NAT && vs->kind != VS_GROUP &&
		vs->sorry.port != vs->dst.port) {
		diag_add(r->diags, vs->kind == VS_FWMARK ? DIAG_NOTE : DIAG_WARNING, DIAG_CONFIG,
			at(vs, "sorry_server"),
			"WARNING - virtual server %s and sorry server ports don't match - resetting",
			vs->node.name);
		vs->sorry.port = vs->dst.port;
	}
	nodes_for_each(rs, &vs->real_servers)
		if (endpoint_eq(&rs->dst, &vs->sorry))
			vs->sorry_inhibit = rs->inhibit_on_failure;
}

/* ---- all --------------------------------------------------------------------------------- */

static void servers(struct lvs_rules *r, struct vs_conf *vs)
{
	const struct global_conf *g = &r->conf->global;
	struct checker_conf *k;
	struct rs_conf *rs;

	r->seen = names_new();
	nodes_filter(&vs->real_servers, server_settled, r);
	names_free(r->seen);
	nodes_for_each(rs, &vs->real_servers) {
		server_inherits(g, rs);
		nodes_for_each(k, &rs->checkers)
			rules_checker(g, k, rs);
	}
}

static void settle(struct lvs_rules *r, struct vs_conf *vs)
{
	const struct global_conf *g = &r->conf->global;

	if (vs->delay_loop < 0)
		vs->delay_loop = DEFAULT_DELAY_LOOP;
	if (vs->connect_timeout < 0)
		vs->connect_timeout = DEFAULT_CONNECT;
	vs->smtp_alert = on_or(vs->smtp_alert, g->smtp_alert_checker, g->smtp_alert, TRI_OFF);
	protocol(r, vs);
	persistence(r, vs);
	ha_suspend(r, vs);
	scheduler(r, vs);
	servers(r, vs);
	quorum(r, vs);
	sorry_server(r, vs);
}

static bool service_usable(struct node *n, void *ctx)
{
	struct lvs_rules *r = ctx;
	struct vs_conf *vs = (struct vs_conf *)n;

	if (!find_group(r, vs))
		return false;
	methods(r, vs);
	if (!rules_family(r, vs))
		return false;
	/* A group without servers is how generated files begin; the original accepts it. */
	if (!vs->real_servers.n) {
		diag_add(r->diags, vs->kind == VS_GROUP ? DIAG_NOTE : DIAG_ERROR, DIAG_CONFIG,
			n->span, "Virtual server %s has no real servers - ignoring", n->name);
		return false;
	}
	settle(r, vs);
	return true;
}

static bool group_usable(struct node *n, void *ctx)
{
	(void)ctx;
	return ((const struct vsg_conf *)n)->entries.n;
}

/* Two blocks for one service share it in the kernel; here they need names of their own. */
static void unique_names(struct conf *c, struct diags *diags)
{
	struct names *seen = names_new();
	struct node *n, *first;

	for (n = c->virtual_servers.first; n; n = n->next) {
		const char *base = n->name;
		unsigned again = 2;

		first = names_find(seen, NULL, base);
		if (first)
			diag_also(diags,
				diag_warning(diags, n->span,
					"Virtual server %s is defined twice: both blocks change the same "
					"service",
					base),
				first->span, "defined here");
		while (names_find(seen, NULL, n->name))
			n->name = arena_printf(c->arena, "%s#%u", base, again++);
		names_add(seen, NULL, n);
	}
	names_free(seen);
}

void rules_lvs(struct conf *c, struct diags *diags)
{
	struct lvs_rules r = {.conf = c, .diags = diags};

	nodes_filter(&c->virtual_servers, service_usable, &r);
	nodes_filter(&c->vs_groups, group_usable, NULL);
	unique_names(c, diags);
}
