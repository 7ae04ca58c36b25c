/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules over the finished LVS part: families, ports, defaults, and what checkers inherit. */
#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>

#include "keepalived/conf/rules.h"
#include "lib/schema_names.h"

#define DEFAULT_DELAY_LOOP SEC(60)
#define DEFAULT_CONNECT    SEC(5)
#define DEFAULT_PERSIST    SEC(360)

struct lvs_rules {
	struct conf *conf;
	struct diags *diags;
	struct vs_conf *vs;
	struct names *seen; /* real servers of vs */
};

static struct span at(const struct vs_conf *vs, const char *keyword)
{
	return schema_place(&vs->node, keyword);
}

/* ---- the service ------------------------------------------------------------------------- */

static bool group_family(struct lvs_rules *r, struct vs_conf *vs)
{
	const struct vsg_range *e;
	bool v4 = false, v6 = false;

	nodes_for_each(e, &vs->group->entries) {
		v4 |= e->family == AF_INET;
		v6 |= e->family == AF_INET6;
	}
	if (v4 != v6 && !vs->family)
		vs->family = v4 ? AF_INET : AF_INET6;
	if ((v4 && v6 && vs->family) || (v4 && !v6 && vs->family == AF_INET6) ||
		(v6 && !v4 && vs->family == AF_INET)) {
		diag_error(r->diags, vs->node.span,
			"Virtual server %s: addresses of group %s are of another family - ignoring",
			vs->node.name, vs->group_name);
		return false;
	}
	return true;
}

static bool find_group(struct lvs_rules *r, struct vs_conf *vs)
{
	const struct vsg_conf *g;

	if (vs->kind != VS_GROUP)
		return true;
	nodes_for_each(g, &r->conf->vs_groups)
		if (!strcmp(g->node.name, vs->group_name)) {
			vs->group = g;
			return group_family(r, vs);
		}
	diag_error(r->diags, vs->node.span,
		"Virtual server group %s is not defined - ignoring service", vs->group_name);
	return false;
}

static void service_defaults(struct lvs_rules *r, struct vs_conf *vs)
{
	const char *name = vs->node.name;
	const struct rs_conf *rs;
	bool needs_method = false;

	if (vs->flags & VS_OPS && vs->kind == VS_ADDRESS && vs->protocol != IPPROTO_UDP) {
		diag_error(r->diags, at(vs, "ops"), "Virtual server %s: ops needs UDP - clearing",
			name);
		vs->flags &= ~(uint32_t)VS_OPS;
	}
	if (vs->kind == VS_ADDRESS && !vs->dst.port && !vs->persistence_timeout) {
		diag_error(r->diags, vs->node.span,
			"Virtual server %s: zero port only valid for persistent services - setting "
			"persistence_timeout 360",
			name);
		vs->persistence_timeout = DEFAULT_PERSIST;
	}
	if (vs->kind == VS_FWMARK && vs->protocol) {
		diag_warning(r->diags, at(vs, "protocol"),
			"Warning: Virtual server %s: protocol specified for fwmark - protocol will be "
			"ignored",
			name);
		vs->protocol = 0;
	}
	if (vs->kind == VS_GROUP && !vs->protocol)
		vs->protocol = IPPROTO_TCP;
	if (vs->ha_suspend && vs->kind == VS_FWMARK) {
		diag_warning(r->diags, at(vs, "ha_suspend"),
			"Virtual server %s: ha_suspend needs an address - clearing", name);
		vs->ha_suspend = false;
	}
	if (!vs->sched) {
		if (!schema_given(&vs->node, "lvs_sched"))
			diag_warning(r->diags, vs->node.span,
				"Virtual server %s: no scheduler set, setting default 'wlc'", name);
		vs->sched = "wlc";
	}
	nodes_for_each(rs, &vs->real_servers)
		needs_method |= !rs->forward.given;
	if (!vs->forward.given && needs_method && !schema_given(&vs->node, "lvs_method"))
		diag_warning(r->diags, vs->node.span,
			"Virtual server %s: no forwarding method set, setting default NAT", name);
	vs->forward.given = true;
}

static void service_family(struct vs_conf *vs)
{
	const struct rs_conf *rs;

	if (vs->family || vs->kind == VS_GROUP)
		return;
	nodes_for_each(rs, &vs->real_servers)
		if (!vs->family)
			vs->family = rs->dst.addr.family;
	if (!vs->family)
		vs->family = AF_INET;
}

/* ---- real servers ------------------------------------------------------------------------ */

/* The kernel forwards to the port of the service unless it rewrites addresses. */
static void server_port(struct lvs_rules *r, struct rs_conf *rs)
{
	const struct vs_conf *vs = rs->vs;
	struct checker_conf *k;
	char buf[80];

	if (rs->forward.method == LVS_NAT || vs->kind == VS_GROUP || rs->dst.port == vs->dst.port)
		return;
	diag_add(r->diags, vs->kind == VS_FWMARK ? DIAG_NOTE : DIAG_WARNING, DIAG_CONFIG,
		rs->node.span,
		"WARNING - virtual server %s and real server %s ports don't match - resetting",
		vs->node.name, rs_name(rs, buf));
	rs->dst.port = vs->dst.port;
	nodes_for_each(k, &rs->checkers)
		schema_imply(r->conf->arena, &k->node, "connect_port", rs->node.span);
}

/* What is checked is the server as written, whatever port the kernel has to be given. */
static void check_targets(struct rs_conf *rs)
{
	struct checker_conf *k;

	nodes_for_each(k, &rs->checkers) {
		if (k->kind == CHECK_MISC)
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
	char a[ADDR_STRLEN], buf[80];
	struct node *first;

	if (!rs->forward.given)
		rs->forward = rs->vs->forward;
	check_targets(rs);
	server_port(r, rs);
	n->name = arena_printf(r->conf->arena, "[%s]:%u", addr_str(&rs->dst.addr, a), rs->dst.port);
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
	if (rs->retry == UINT32_MAX)
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

/* ---- checkers ---------------------------------------------------------------------------- */

static const struct {
	uint32_t retry;
	ktime delay_before_retry;
} kind_defaults[CHECK_KINDS] = {
	[CHECK_TCP] = {1, SEC(1)},
	[CHECK_HTTP] = {1, SEC(3)},
	[CHECK_SSL] = {1, SEC(3)},
	[CHECK_MISC] = {0, SEC(1)},
};

static void checker_inherits(
	const struct global_conf *g, struct checker_conf *k, const struct rs_conf *rs)
{
	k->log_all_failures |= g->checker_log_all_failures;
	if (!schema_given(&k->node, "alpha"))
		k->alpha = rs->alpha;
	if (k->retry == UINT32_MAX)
		k->retry = rs->retry != UINT32_MAX ? rs->retry : kind_defaults[k->kind].retry;
	if (k->delay_loop < 0)
		k->delay_loop = rs->delay_loop;
	if (k->delay_before_retry < 0)
		k->delay_before_retry = rs->delay_before_retry >= 0
						? rs->delay_before_retry
						: kind_defaults[k->kind].delay_before_retry;
	if (k->warmup < 0)
		k->warmup = rs->warmup >= 0 ? rs->warmup : k->delay_loop;
	if (k->kind == CHECK_MISC) {
		if (!k->misc_timeout)
			k->misc_timeout = rs->vs->delay_loop;
		return;
	}
	if (k->connect_timeout < 0)
		k->connect_timeout = rs->connect_timeout;
	if (!k->virtualhost)
		k->virtualhost = rs->virtualhost;
}

static void url_inherits(struct checker_conf *k)
{
	struct url_conf *u;

	nodes_for_each(u, &k->urls) {
		if (!u->virtualhost)
			u->virtualhost = k->virtualhost;
		u->tls_compliant |= k->tls_compliant;
	}
	if (k->enable_sni && !k->sni_name)
		k->sni_name = k->virtualhost;
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
	if (!vs->sorry_forward.given)
		vs->sorry_forward = vs->forward;
	if (vs->family && vs->sorry.addr.family != vs->family &&
		vs->sorry_forward.method != LVS_TUN) {
		diag_error(r->diags, at(vs, "sorry_server"),
			"Virtual server %s: the sorry server is of another address family - ignored",
			vs->node.name);
		vs->has_sorry = false;
		vs->sorry = (struct endpoint){0};
		return;
	}
	if (!vs->sorry.port || (vs->sorry_forward.method != LVS_NAT && vs->kind != VS_GROUP))
		vs->sorry.port = vs->dst.port;
	nodes_for_each(rs, &vs->real_servers)
		if (endpoint_eq(&rs->dst, &vs->sorry))
			vs->sorry_inhibit = rs->inhibit_on_failure;
}

/* ---- all --------------------------------------------------------------------------------- */

static void settle(struct lvs_rules *r, struct vs_conf *vs)
{
	const struct global_conf *g = &r->conf->global;
	struct checker_conf *k;
	struct rs_conf *rs;

	if (vs->delay_loop < 0)
		vs->delay_loop = DEFAULT_DELAY_LOOP;
	if (vs->connect_timeout < 0)
		vs->connect_timeout = DEFAULT_CONNECT;
	vs->smtp_alert = on_or(vs->smtp_alert, g->smtp_alert_checker, g->smtp_alert, TRI_OFF);
	service_defaults(r, vs);
	service_family(vs);
	r->seen = names_new();
	nodes_filter(&vs->real_servers, server_settled, r);
	names_free(r->seen);
	nodes_for_each(rs, &vs->real_servers) {
		server_inherits(g, rs);
		nodes_for_each(k, &rs->checkers) {
			checker_inherits(g, k, rs);
			url_inherits(k);
		}
	}
	quorum(r, vs);
	sorry_server(r, vs);
}

static bool service_usable(struct node *n, void *ctx)
{
	struct lvs_rules *r = ctx;
	struct vs_conf *vs = (struct vs_conf *)n;

	if (!find_group(r, vs))
		return false;
	if (!vs->real_servers.n) {
		diag_add(r->diags, vs->kind == VS_GROUP ? DIAG_NOTE : DIAG_ERROR, DIAG_CONFIG,
			n->span, "Virtual server %s has no real servers - ignoring", n->name);
		return false;
	}
	settle(r, vs);
	return true;
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
	unique_names(c, diags);
}
