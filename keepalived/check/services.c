/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Birth, change and death of virtual and real servers. Objects of the old and the new tree meet by
 * name; what goes on keeps its verdicts, timers and connections. Every commit ends by wishing
 * everything anew and sweeping the rest, so that what is added is added before what goes is
 * removed.
 */
#include "keepalived/check/service.h"

#include <stdlib.h>
#include <string.h>

#include "keepalived/check/lvs.h"
#include "lib/log.h"

/* ---- checkers ---------------------------------------------------------------------------- */

static struct checker *add_checker(struct real *r, const struct checker_conf *conf)
{
	struct checker *c = checker_new(&r->service->all->checkers, r->conf, conf, r);

	list_add_tail(&r->checkers, &c->link);
	return c;
}

/*
 * What the kernel holds of a server that we have not checked yet. Its weight may have come from a
 * script: then it stays until the script has spoken again.
 */
static void adopt_checker(struct checker *c, bool up, uint32_t kernel_weight)
{
	c->state = (struct check_state){.up = up, .known = true};
	if (up && checker_is_dynamic(c->conf))
		c->state.weight = (int32_t)((int64_t)MIN(kernel_weight, SERVER_WEIGHT_MAX) -
					    MIN(c->rs->weight, SERVER_WEIGHT_MAX));
}

static bool kernel_holds(const struct service *s)
{
	return s->n_ipvs && table_find_service(s->all->apply.table, &s->ipvs[0]);
}

static void adopt_real(struct real *r)
{
	const struct service *s = r->service;
	struct ipvs_dest key = lvs_real(r->conf, &s->ipvs[0], 0);
	const struct ipvs_dest *d = table_find_dest(s->all->apply.table, &s->ipvs[0], &key);
	bool inhibited = d && !d->weight && r->conf->inhibit_on_failure && r->conf->weight;
	struct checker *c;
	bool dynamic_taken = false;

	list_for_each(c, &r->checkers, link) {
		adopt_checker(
			c, d && !inhibited, dynamic_taken || !d ? r->conf->weight : d->weight);
		dynamic_taken = dynamic_taken || c->state.weight;
	}
}

static struct real *real_new(struct service *s, const struct rs_conf *conf)
{
	struct services *all = s->all;
	struct real *r = xcalloc(1, sizeof(*r));
	const struct checker_conf *cc;
	struct checker *c;

	r->conf = conf;
	r->service = s;
	r->row = status_row_new(all->status, STATUS_RS);
	r->state = server_start(conf->weight);
	r->last_change = loop_now(all->loop);
	list_init(&r->checkers);
	list_add_tail(&s->reals, &r->link);
	hmap_add(&s->real_by_name, &r->by_name, hmap_hash_str(conf->node.name));
	s->n_reals++;
	nodes_for_each(cc, &conf->checkers)
		if (checker_runs(cc))
			add_checker(r, cc);
	if (all->adopting && kernel_holds(s))
		adopt_real(r);
	list_for_each(c, &r->checkers, link) {
		r->state = server_join(r->state, conf->weight, c->state);
		checker_activate(c);
	}
	real_count(s, r->state, 1);
	return r;
}

static void real_free(struct real *r)
{
	struct service *s = r->service;
	struct checker *c, *tmp;

	list_for_each_safe(c, tmp, &r->checkers, link)
		checker_free(c);
	real_count(s, r->state, -1);
	s->n_reals--;
	if (s->same_as_sorry == r)
		s->same_as_sorry = NULL;
	status_row_free(s->all->status, STATUS_RS, r->row);
	hmap_del(&s->real_by_name, &r->by_name);
	list_del(&r->link);
	free(r);
}

static struct checker *find_checker(const struct real *r, const char *name)
{
	struct checker *c;

	list_for_each(c, &r->checkers, link) {
		if (strcmp(c->conf->node.name, name) == 0)
			return c;
	}
	return NULL;
}

static const struct checker_conf *find_checker_conf(const struct rs_conf *conf, const char *name)
{
	const struct checker_conf *cc;

	nodes_for_each(cc, &conf->checkers) {
		if (strcmp(cc->node.name, name) == 0)
			return cc;
	}
	return NULL;
}

static void drop_checkers(struct real *r, const struct rs_conf *next)
{
	struct checker *c, *tmp;

	list_for_each_safe(c, tmp, &r->checkers, link) {
		if (find_checker_conf(next, c->conf->node.name))
			continue;
		r->state = server_leave(r->state, next->weight, c->state);
		checker_free(c);
	}
}

static void update_checkers(struct real *r, const struct rs_conf *next)
{
	const struct checker_conf *cc;
	struct check_state was;
	struct checker *c;

	nodes_for_each(cc, &next->checkers) {
		if (!checker_runs(cc))
			continue;
		c = find_checker(r, cc->node.name);
		if (c) {
			bool same = schema_compare(&c->conf->node, &cc->node) == CHANGE_NONE;

			checker_reconf(c, next, cc, same, &was);
			server_step(&r->state, next->weight, was, c->state);
		} else {
			c = add_checker(r, cc);
			r->state = server_join(r->state, next->weight, c->state);
			c->rs = next;
			checker_activate(c);
		}
	}
}

static void update_real(struct real *r, const struct rs_conf *next)
{
	const struct check_state nobody = {.up = true};
	struct server_state before = r->state;

	drop_checkers(r, next);
	update_checkers(r, next);
	server_step(&r->state, next->weight, nobody, nobody);
	r->conf = next;
	real_settle(r, before, "=> Configuration changed <=");
}

/* Gone from the file: table_sweep takes it out of the kernel. */
static void remove_real(struct real *r)
{
	bool was_up = server_is_up(r->state);
	struct server_state before = r->state;
	char name[80];

	if (r->place.present)
		log_info("Removing %sservice %s from VS %s", was_up ? "" : "(inhibited) ",
			rs_name(r->conf, name), vs_name(r->service->conf));
	if (was_up) {
		r->state.failed = 1;
		real_count(r->service, before, -1);
		real_count(r->service, r->state, 1);
		real_tell(r, "=> Removing <=");
	}
	real_free(r);
}

/* ---- virtual servers --------------------------------------------------------------------- */

static void find_sorry_twin(struct service *s)
{
	struct real *r;

	s->same_as_sorry = NULL;
	if (!s->conf->has_sorry)
		return;
	list_for_each(r, &s->reals, link) {
		if (endpoint_eq(&r->conf->dst, &s->conf->sorry))
			s->same_as_sorry = r;
	}
}

static void take_conf(struct service *s, const struct vs_conf *conf)
{
	s->conf = conf;
	free(s->ipvs);
	s->n_ipvs = lvs_services(conf, &s->ipvs);
}

/* A service in the kernel that serves from its pool, not from its sorry server, had its quorum. */
static bool had_quorum(const struct service *s)
{
	struct ipvs_dest key;
	const struct ipvs_dest *d;

	if (!s->all->adopting || !kernel_holds(s) || !s->alive_weight)
		return false;
	if (!s->conf->has_sorry)
		return true;
	key = lvs_sorry(s->conf, &s->ipvs[0], 0);
	d = table_find_dest(s->all->apply.table, &s->ipvs[0], &key);
	return !d || !d->weight || s->same_as_sorry;
}

/* A new one, in its place. */
static void introduce(struct real *r)
{
	real_show(r);
	if (r->service->all->conf->global.rs_init_notifies)
		real_tell(r, NULL);
}

static void service_new(struct services *all, const struct vs_conf *conf)
{
	struct service *s = xcalloc(1, sizeof(*s));
	const struct rs_conf *rs;
	struct real *r;

	s->all = all;
	s->generation = all->generation;
	s->row = status_row_new(all->status, STATUS_VS);
	list_init(&s->reals);
	list_add_tail(&all->list, &s->link);
	hmap_add(&all->by_name, &s->by_name, hmap_hash_str(conf->node.name));
	take_conf(s, conf);
	for (uint32_t i = 0; i < s->n_ipvs; i++)
		table_want_service(all->apply.table, &s->ipvs[i]);
	nodes_for_each(rs, &conf->real_servers)
		real_new(s, rs)->generation = all->generation;
	find_sorry_twin(s);
	service_start(s, had_quorum(s));
	list_for_each(r, &s->reals, link)
		introduce(r);
}

static void service_free(struct service *s)
{
	struct real *r, *tmp;

	list_for_each_safe(r, tmp, &s->reals, link)
		real_free(r);
	status_row_free(s->all->status, STATUS_VS, s->row);
	hmap_del(&s->all->by_name, &s->by_name);
	hmap_free(&s->real_by_name);
	list_del(&s->link);
	free(s->ipvs);
	free(s);
}

/* Real servers in the order of the new file, those that are gone last. */
static void update_reals(struct service *s, const struct vs_conf *conf)
{
	const struct rs_conf *rs;
	struct real *r, *tmp;
	char name[80];

	nodes_for_each(rs, &conf->real_servers) {
		r = service_find_real(s, rs->node.name);
		if (r) {
			list_del(&r->link);
			list_add_tail(&s->reals, &r->link);
			update_real(r, rs);
		} else {
			r = real_new(s, rs);
			real_place(r);
			introduce(r);
		}
		r->generation = s->all->generation;
	}
	list_for_each_safe(r, tmp, &s->reals, link) {
		if (r->generation == s->all->generation)
			continue;
		log_info("service %s no longer exist", rs_name(r->conf, name));
		remove_real(r);
	}
}

/* Members of its group that the kernel does not hold yet. */
static void tell_new_members(const struct service *s)
{
	const struct vsg_range *e;
	char name[LVS_RANGE_STRLEN];
	uint32_t at = 0;

	if (!s->n_ipvs || s->conf->kind != VS_GROUP)
		return;
	nodes_for_each(e, &s->conf->group->entries) {
		if (!table_find_service(s->all->apply.table, &s->ipvs[at]))
			log_info("VS [%s] added into group %s", lvs_range_name(s->conf, e, name),
				s->conf->group_name);
		at += lvs_range_size(e);
	}
}

static void update_service(struct service *s, const struct vs_conf *conf)
{
	s->generation = s->all->generation;
	list_del(&s->link);
	list_add_tail(&s->all->list, &s->link);
	take_conf(s, conf);
	tell_new_members(s);
	find_sorry_twin(s);
	s->updating = true; /* no quorum is lost between the change of one server and the next */
	update_reals(s, conf);
	s->updating = false;
	find_sorry_twin(s);
	service_settle(s);
	service_place_all(s);
	service_show(s);
}

static void remove_service(struct service *s)
{
	struct real *r, *tmp;

	if (s->conf->kind == VS_GROUP)
		log_info("Removing Virtual Server Group [%s]", s->conf->group_name);
	else
		log_info("Removing Virtual Server %s", vs_name(s->conf));
	list_for_each_safe(r, tmp, &s->reals, link)
		remove_real(r);
	if (s->quorum_up)
		service_tell(
			s, false, "Lost quorum", (uint64_t)s->conf->quorum - s->conf->hysteresis);
	service_free(s);
}

/* ---- all of them ------------------------------------------------------------------------- */

void services_init(struct services *all, struct child *child, struct ipvs *ipvs, uint32_t limit,
	uint32_t (*random)(void))
{
	*all = (struct services){
		.child = child,
		.loop = child_loop(child),
		.status = child_status(child),
	};
	list_init(&all->list);
	checkers_init(&all->checkers, child, limit, random, service_check_ended);
	apply_init(&all->apply, all->loop, ipvs);
}

struct service *services_find(const struct services *all, const char *name)
{
	struct hmap_item *i = hmap_first(&all->by_name, hmap_hash_str(name));

	for (; i; i = hmap_next(i)) {
		struct service *s = container_of(i, struct service, by_name);

		if (strcmp(s->conf->node.name, name) == 0)
			return s;
	}
	return NULL;
}

struct real *service_find_real(const struct service *s, const char *name)
{
	struct hmap_item *i = hmap_first(&s->real_by_name, hmap_hash_str(name));

	for (; i; i = hmap_next(i)) {
		struct real *r = container_of(i, struct real, by_name);

		if (strcmp(r->conf->node.name, name) == 0)
			return r;
	}
	return NULL;
}

static void look_into_kernel(struct services *all)
{
	struct ipvs_change flush = {.op = IPVS_FLUSH};
	int err;

	if (all->conf->global.lvs_flush && !all->quiet) {
		apply_other(&all->apply, &flush);
		return;
	}
	err = apply_read_kernel(&all->apply);
	if (err)
		log_warning(
			"IPVS cannot be read: %s; what it holds is not adopted", strerror(-err));
	all->adopting = !err;
}

/*
 * What somebody else has changed since is put right by a reload as well. Reading all of IPVS takes
 * its time, so this comes after our own changes.
 */
static void look_again(struct services *all)
{
	int err = apply_read_kernel(&all->apply);
	struct ipvs_change *changes;
	size_t n;

	if (err)
		log_warning("IPVS cannot be read: %s; telling it everything anew", strerror(-err));
	n = table_changes(all->apply.table, &changes);
	if (!n || loop_timer_pending(&all->apply.retry)) /* the kernel refused something: then */
		return;
	if (!err)
		log_info("IPVS: %zu services and servers are not as they should be", n);
	apply_now(&all->apply);
}

void services_commit(struct services *all, const struct conf *conf)
{
	struct table *table = all->apply.table;
	bool first = !all->conf;
	const struct vs_conf *vs;
	struct service *s, *tmp;

	all->conf = conf;
	all->generation++;
	all->quiet = first && child_is_replacement(all->child);
	all->checkers.log_all_failures = conf->global.checker_log_all_failures;
	ipvs_set_buffer(
		all->apply.ipvs, conf->global.lvs_cmd_rcvbuf, conf->global.lvs_cmd_rcvbuf_force);
	if (first)
		look_into_kernel(all);
	table_mark(table);
	nodes_for_each(vs, &conf->virtual_servers) {
		s = services_find(all, vs->node.name);
		if (s)
			update_service(s, vs);
		else
			service_new(all, vs);
	}
	list_for_each_safe(s, tmp, &all->list, link) {
		if (s->generation == all->generation)
			service_wish(s);
		else
			remove_service(s);
	}
	table_sweep(table);
	all->adopting = all->quiet = false;
	apply_now(&all->apply);
	if (!first)
		look_again(all);
}

static void say_goodbye(struct service *s)
{
	char name[80];
	struct real *r;

	list_for_each(r, &s->reals, link) {
		if (!server_is_up(r->state))
			continue;
		log_info("Shutting down service %s from VS %s", rs_name(r->conf, name),
			vs_name(s->conf));
		r->state.failed = 1;
		if (s->conf->omega)
			real_tell(r, "=> Shutting down <=");
	}
	if (s->quorum_up && s->conf->omega)
		service_tell(s, false, NULL, 0);
}

void services_stop(struct services *all, bool keep_ipvs)
{
	struct ipvs_change flush = {.op = IPVS_FLUSH};
	struct service *s;

	checkers_stop(&all->checkers);
	if (keep_ipvs || !all->conf)
		return;
	list_for_each(s, &all->list, link)
		say_goodbye(s);
	if (all->conf->global.lvs_flush_on_stop == LVS_FLUSH_ALL) {
		apply_other(&all->apply, &flush);
		table_have_nothing(all->apply.table);
	}
	table_drop_all(all->apply.table);
	apply_now(&all->apply);
}

void services_end(struct services *all)
{
	struct service *s, *tmp;

	list_for_each_safe(s, tmp, &all->list, link)
		service_free(s);
	hmap_free(&all->by_name);
	apply_end(&all->apply);
}
