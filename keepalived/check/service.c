/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A change of a real server is settled in three steps, always in this order: its own place in the
 * pool, then who is told about it, then whether the quorum of its service has changed, which may
 * move every server of the service and the sorry server. Nothing here waits: wishes gather in the
 * table until the end of the turn.
 */
#include "keepalived/check/service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keepalived/check/lvs.h"
#include "keepalived/check/report.h"
#include "lib/log.h"

/* ---- names and status rows --------------------------------------------------------------- */

struct names {
	char real[80];
};

static const char *real_name(const struct real *r, struct names *n)
{
	return rs_name(r->conf, n->real);
}

static const char *service_name(const struct service *s)
{
	return vs_name(s->conf);
}

static void show_service(const struct service *s)
{
	struct status_vs *row = status_begin(s->all->status, STATUS_VS, s->row);

	str_copy(row->name, sizeof(row->name), service_name(s));
	row->quorum_up = s->quorum_up;
	row->sorry_in_use = s->sorry.present && s->sorry.weight;
	row->quorum = s->conf->quorum;
	row->hysteresis = s->conf->hysteresis;
	row->alive_weight = (uint32_t)MIN(s->alive_weight, UINT32_MAX);
	row->servers = s->n_reals;
	row->alive = s->n_alive;
	status_end(s->all->status, STATUS_VS, s->row);
}

static void show_real(const struct real *r)
{
	struct status *status = r->service->all->status;
	struct status_rs *row = status_begin(status, STATUS_RS, r->row);
	const struct checker *c;
	struct names n;

	str_copy(row->name, sizeof(row->name), real_name(r, &n));
	row->vs = r->service->row;
	row->alive = server_is_up(r->state);
	row->in_pool = r->place.present;
	row->inhibited = r->place.present && !server_is_up(r->state);
	row->weight = r->state.weight;
	row->checkers = row->checkers_not_run = 0;
	row->checkers_failed = r->state.failed;
	row->checks = row->failures = 0;
	row->last_change = r->last_change;
	row->last_check = 0;
	list_for_each(c, &r->checkers, link) {
		row->checkers++;
		row->checkers_not_run += !c->last_check;
		row->checks += c->checks;
		row->failures += c->failures;
		row->last_check = MAX(row->last_check, c->last_check);
	}
	status_end(status, STATUS_RS, r->row);
}

/* ---- wishes ------------------------------------------------------------------------------ */

static void wish_real(struct real *r)
{
	struct service *s = r->service;
	struct table *table = s->all->apply.table;

	for (uint32_t i = 0; i < s->n_ipvs; i++) {
		struct ipvs_dest d = lvs_real(r->conf, &s->ipvs[i], r->place.weight);

		if (r->place.present)
			table_want_dest(table, &s->ipvs[i], &d);
		else
			table_drop_dest(table, &s->ipvs[i], &d);
	}
	apply_soon(&s->all->apply);
}

static void wish_sorry(struct service *s)
{
	struct table *table = s->all->apply.table;

	/* One address cannot be both: the real server's place counts. */
	if (!s->sorry.present && s->same_as_sorry && s->same_as_sorry->place.present)
		return;
	for (uint32_t i = 0; i < s->n_ipvs; i++) {
		struct ipvs_dest d = lvs_sorry(s->conf, &s->ipvs[i], s->sorry.weight);

		if (s->sorry.present)
			table_want_dest(table, &s->ipvs[i], &d);
		else
			table_drop_dest(table, &s->ipvs[i], &d);
	}
	apply_soon(&s->all->apply);
}

static bool same_place(struct pool_place a, struct pool_place b)
{
	return a.present == b.present && a.weight == b.weight;
}

static void place_real(struct real *r)
{
	struct service *s = r->service;
	struct pool_place place =
		pool_real(r->state, r->conf->inhibit_on_failure, s->quorum_up, s->conf->has_sorry);

	if (same_place(place, r->place))
		return;
	r->place = place;
	wish_real(r);
}

static struct pool_place sorry_place(const struct service *s)
{
	if (!s->conf->has_sorry)
		return (struct pool_place){0};
	return pool_sorry(s->conf->sorry_inhibit, s->quorum_up);
}

/* Whoever comes is put in before the others leave when the quorum is back; the sorry server comes
 * last when it is lost. */
static void place_all(struct service *s)
{
	struct real *r;

	list_for_each(r, &s->reals, link) {
		place_real(r);
		show_real(r);
	}
	if (same_place(s->sorry, sorry_place(s)))
		return;
	s->sorry = sorry_place(s);
	if (s->conf->has_sorry)
		wish_sorry(s);
}

/* ---- telling ----------------------------------------------------------------------------- */

static void run_notify(struct services *all, const char *queue, const struct script_conf *script)
{
	if (script && !all->quiet)
		child_notify(all->child, queue, script, NULL);
}

static void mail(struct services *all, bool wanted, const char *subject, const char *body)
{
	if (wanted && !all->quiet && !all->conf->global.no_checker_emails)
		child_mail(all->child, subject, body);
}

static void tell_real(struct real *r, const char *body)
{
	const struct rs_conf *conf = r->conf;
	struct services *all = r->service->all;
	bool up = server_is_up(r->state);
	struct names n;
	char *subject = xasprintf("Realserver %s of virtual server %s - %s", real_name(r, &n),
		service_name(r->service), up ? "UP" : "DOWN");
	char *queue = xasprintf("RS %s %s", n.real, service_name(r->service));

	run_notify(all, queue, up ? conf->notify_up : conf->notify_down);
	if (body)
		mail(all, conf->smtp_alert != TRI_OFF, subject, body);
	free(queue);
	free(subject);
}

static void tell_service(struct service *s, bool up, const char *what, uint64_t threshold)
{
	const struct vs_conf *conf = s->conf;
	char *queue = xasprintf("VS %s", service_name(s));
	char *subject = xasprintf("Virtualserver %s - %s", service_name(s), up ? "UP" : "DOWN");
	char *body = what ? xasprintf("=> %s %u+%u=%llu <= %llu <=", what, conf->quorum,
				    conf->hysteresis, (unsigned long long)threshold,
				    (unsigned long long)s->alive_weight)
			  : xstrdup("=> Shutting down <=");

	run_notify(s->all, queue, up ? conf->quorum_up : conf->quorum_down);
	mail(s->all, conf->smtp_alert == TRI_ON, subject, body);
	free(body);
	free(subject);
	free(queue);
}

/* ---- quorum ------------------------------------------------------------------------------ */

static struct quorum_conf quorum_of(const struct service *s)
{
	return (struct quorum_conf){s->conf->quorum, s->conf->hysteresis};
}

static void log_quorum(const struct service *s, const char *what, const struct quorum_result *q)
{
	log_info("%s quorum%s %u%c%u=%llu %s %llu for VS %s", what,
		q->verdict == QUORUM_STARTS_DOWN ? " down" : "", s->conf->quorum, q->up ? '+' : '-',
		s->conf->hysteresis, (unsigned long long)q->threshold, q->up ? "<=" : ">",
		(unsigned long long)s->alive_weight, service_name(s));
}

static void log_sorry(const struct service *s)
{
	bool inhibit = s->conf->sorry_inhibit, in = !s->quorum_up;
	char name[80];

	if (!s->conf->has_sorry)
		return;
	log_info("%s sorry server %s %s VS %s",
		inhibit ? (in ? "Enabling" : "Disabling") : (in ? "Adding" : "Removing"),
		lvs_sorry_name(s->conf, name), in ? "to" : "from", service_name(s));
	if (in)
		log_info("Removing alive servers from the pool for VS %s", service_name(s));
	else
		log_info("Adding alive servers to the pool for VS %s", service_name(s));
}

static void settle_quorum(struct service *s)
{
	const struct quorum_conf conf = quorum_of(s);
	struct quorum_result q = quorum_step(&conf, s->quorum_up, s->alive_weight);

	s->quorum_up = q.up;
	if (q.verdict != QUORUM_SAME) {
		log_quorum(s, q.up ? "Gained" : "Lost", &q);
		log_sorry(s);
		place_all(s);
		tell_service(s, q.up, q.up ? "Gained quorum" : "Lost quorum", q.threshold);
	}
	show_service(s);
}

/* ---- real servers ------------------------------------------------------------------------ */

static void count_real(struct service *s, struct server_state state, int sign)
{
	s->alive_weight += (uint64_t)(sign * (int64_t)server_alive_weight(state));
	s->n_alive += (uint32_t)(sign * (server_is_up(state) ? 1 : 0));
}

static void log_real(const struct real *r, struct server_state before)
{
	const char *vs = service_name(r->service);
	bool up = server_is_up(r->state), inhibit = r->conf->inhibit_on_failure;
	struct names n;

	if (up == server_is_up(before))
		log_info("Changing weight from %u to %u for %s service %s of VS %s", before.weight,
			r->state.weight, up ? "active" : "inactive", real_name(r, &n), vs);
	else if (inhibit)
		log_info("%s service %s of VS %s", up ? "Enabling" : "Disabling", real_name(r, &n),
			vs);
	else
		log_info("%s service %s %s VS %s", up ? "Adding" : "Removing", real_name(r, &n),
			up ? "to" : "from", vs);
}

/* The state has changed from `before`: places, words, quorum. body NULL: no mail. */
static void settle_real(struct real *r, struct server_state before, const char *body)
{
	struct service *s = r->service;
	bool turned = server_is_up(before) != server_is_up(r->state);

	count_real(s, before, -1);
	count_real(s, r->state, 1);
	if (turned)
		r->last_change = loop_now(s->all->loop);
	if (turned || before.weight != r->state.weight)
		log_real(r, before);
	place_real(r);
	if (turned)
		tell_real(r, body);
	if (!s->updating)
		settle_quorum(s);
	show_real(r);
}

static void check_ended(struct checker *c, struct check_state was,
	const struct check_result *result, const struct check_outcome *outcome)
{
	struct real *r = c->owner;
	struct server_state before = r->state;

	if (server_step(&r->state, r->conf->weight, was, result->state) != SERVER_SAME)
		settle_real(r, before, report_mail_body(c, outcome));
	else
		show_real(r);
}

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
	if (up && c->conf->kind == CHECK_MISC && c->conf->misc_dynamic)
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
	nodes_for_each(cc, &conf->checkers) add_checker(r, cc);
	if (all->adopting && kernel_holds(s))
		adopt_real(r);
	list_for_each(c, &r->checkers, link) {
		r->state = server_join(r->state, conf->weight, c->state);
		checker_activate(c);
	}
	count_real(s, r->state, 1);
	return r;
}

static void real_free(struct real *r)
{
	struct service *s = r->service;
	struct checker *c, *tmp;

	list_for_each_safe(c, tmp, &r->checkers, link)
		checker_free(c);
	count_real(s, r->state, -1);
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

	nodes_for_each(cc, &conf->checkers)
	{
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

	nodes_for_each(cc, &next->checkers)
	{
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
	settle_real(r, before, "=> Configuration changed <=");
}

/* Gone from the file: table_sweep takes it out of the kernel. */
static void remove_real(struct real *r)
{
	struct service *s = r->service;
	struct names n;

	log_info("service %s no longer exist", real_name(r, &n));
	if (r->place.present)
		log_info("Removing %sservice %s from VS %s",
			server_is_up(r->state) ? "" : "(inhibited) ", real_name(r, &n),
			service_name(s));
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

static void start_quorum(struct service *s)
{
	const struct quorum_conf conf = quorum_of(s);
	struct quorum_result q;

	if (had_quorum(s)) {
		q = quorum_step(&conf, true, s->alive_weight);
		if (q.up)
			q.threshold = conf.quorum + (uint64_t)conf.hysteresis;
	} else {
		q = quorum_start(&conf, s->alive_weight);
	}
	s->quorum_up = q.up;
	log_quorum(s, q.up ? "Gained" : q.verdict == QUORUM_LOST ? "Lost" : "Starting with", &q);
	if (!q.up)
		log_sorry(s);
	place_all(s);
	tell_service(s, q.up, q.up ? "Starting with quorum up" : "Starting with quorum down",
		q.threshold);
	show_service(s);
}

static void init_notifies(struct service *s)
{
	struct real *r;

	if (!s->all->conf->global.rs_init_notifies)
		return;
	list_for_each(r, &s->reals, link)
		tell_real(r, NULL);
}

static void service_new(struct services *all, const struct vs_conf *conf)
{
	struct service *s = xcalloc(1, sizeof(*s));
	const struct rs_conf *rs;

	s->all = all;
	s->generation = all->generation;
	s->row = status_row_new(all->status, STATUS_VS);
	list_init(&s->reals);
	list_add_tail(&all->list, &s->link);
	hmap_add(&all->by_name, &s->by_name, hmap_hash_str(conf->node.name));
	take_conf(s, conf);
	for (uint32_t i = 0; i < s->n_ipvs; i++)
		table_want_service(all->apply.table, &s->ipvs[i]);
	nodes_for_each(rs, &conf->real_servers) real_new(s, rs)->generation = all->generation;
	find_sorry_twin(s);
	start_quorum(s);
	init_notifies(s);
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

/* Everything the service wants, told anew: it may have other members, methods, thresholds. */
static void wish_service(struct service *s)
{
	struct table *table = s->all->apply.table;
	struct real *r;

	for (uint32_t i = 0; i < s->n_ipvs; i++)
		table_want_service(table, &s->ipvs[i]);
	list_for_each(r, &s->reals, link) {
		if (r->place.present)
			wish_real(r);
	}
	if (s->sorry.present)
		wish_sorry(s);
}

/* Real servers in the order of the new file, those that are gone last. */
static void update_reals(struct service *s, const struct vs_conf *conf)
{
	const struct rs_conf *rs;
	struct real *r, *tmp;

	nodes_for_each(rs, &conf->real_servers)
	{
		r = service_find_real(s, rs->node.name);
		if (r) {
			list_del(&r->link);
			list_add_tail(&s->reals, &r->link);
			update_real(r, rs);
		} else {
			r = real_new(s, rs);
			place_real(r);
		}
		r->generation = s->all->generation;
	}
	list_for_each_safe(r, tmp, &s->reals, link) {
		if (r->generation != s->all->generation)
			remove_real(r);
	}
}

static void update_service(struct service *s, const struct vs_conf *conf)
{
	s->generation = s->all->generation;
	list_del(&s->link);
	list_add_tail(&s->all->list, &s->link);
	take_conf(s, conf);
	find_sorry_twin(s);
	s->updating = true; /* no quorum is lost between the change of one server and the next */
	update_reals(s, conf);
	s->updating = false;
	find_sorry_twin(s);
	settle_quorum(s);
	place_all(s);
	show_service(s);
}

static void remove_service(struct service *s)
{
	log_info("Removing Virtual Server %s", service_name(s));
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
	checkers_init(&all->checkers, child, limit, random, check_ended);
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
	if (first)
		look_into_kernel(all);
	table_mark(table);
	nodes_for_each(vs, &conf->virtual_servers)
	{
		s = services_find(all, vs->node.name);
		if (s)
			update_service(s, vs);
		else
			service_new(all, vs);
	}
	list_for_each_safe(s, tmp, &all->list, link) {
		if (s->generation == all->generation)
			wish_service(s);
		else
			remove_service(s);
	}
	table_sweep(table);
	all->adopting = all->quiet = false;
	apply_now(&all->apply);
}

static void say_goodbye(struct service *s)
{
	struct names n;
	struct real *r;

	list_for_each(r, &s->reals, link) {
		if (!server_is_up(r->state))
			continue;
		log_info("Shutting down service %s from VS %s", real_name(r, &n), service_name(s));
		r->state.failed = 1;
		if (s->conf->omega)
			tell_real(r, "=> Shutting down <=");
	}
	if (s->quorum_up && s->conf->omega)
		tell_service(s, false, NULL, 0);
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
