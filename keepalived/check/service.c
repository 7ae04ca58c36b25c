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

void service_show(const struct service *s)
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

void real_show(const struct real *r)
{
	struct status *status = r->service->all->status;
	struct status_rs *row = status_begin(status, STATUS_RS, r->row);
	const struct checker *c;

	row->dst = r->conf->dst;
	row->protocol = r->service->conf->protocol;
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

void real_place(struct real *r)
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
void service_place_all(struct service *s)
{
	struct real *r;

	list_for_each(r, &s->reals, link) {
		real_place(r);
		real_show(r);
	}
	if (same_place(s->sorry, sorry_place(s)))
		return;
	s->sorry = sorry_place(s);
	if (s->conf->has_sorry)
		wish_sorry(s);
}

/* Everything the service wants, told anew: it may have other members, methods, thresholds. */
void service_wish(struct service *s)
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

/* ---- telling ----------------------------------------------------------------------------- */

static void run_notify(struct services *all, const char *queue, const struct script_conf *script)
{
	if (script && !all->quiet)
		child_notify(all->child, queue, script, NULL);
}

static void mail(struct services *all, bool wanted, const char *subject, const char *body)
{
	if (wanted && !all->quiet)
		child_mail(all->child, subject, body);
}

static void mail_real(const struct real *r, const char *body)
{
	struct names n;
	char *subject = xasprintf("Realserver %s of virtual server %s - %s", real_name(r, &n),
		service_name(r->service), server_is_up(r->state) ? "UP" : "DOWN");

	mail(r->service->all, r->conf->smtp_alert != TRI_OFF, subject, body);
	free(subject);
}

void real_tell(struct real *r, const char *body)
{
	const struct rs_conf *conf = r->conf;
	struct names n;
	char *queue = xasprintf("RS %s %s", real_name(r, &n), service_name(r->service));

	run_notify(r->service->all, queue,
		server_is_up(r->state) ? conf->notify_up : conf->notify_down);
	if (body)
		mail_real(r, body);
	free(queue);
}

void service_tell(struct service *s, bool up, const char *what, uint64_t threshold)
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

void service_settle(struct service *s)
{
	const struct quorum_conf conf = quorum_of(s);
	struct quorum_result q = quorum_step(&conf, s->quorum_up, s->alive_weight);

	s->quorum_up = q.up;
	if (q.verdict != QUORUM_SAME) {
		log_quorum(s, q.up ? "Gained" : "Lost", &q);
		log_sorry(s);
		service_place_all(s);
		service_tell(s, q.up, q.up ? "Gained quorum" : "Lost quorum", q.threshold);
	}
	service_show(s);
}

void service_start(struct service *s, bool had_quorum)
{
	const struct quorum_conf conf = quorum_of(s);
	struct quorum_result q;

	if (had_quorum) {
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
	service_place_all(s);
	service_tell(s, q.up, q.up ? "Starting with quorum up" : "Starting with quorum down",
		q.threshold);
	service_show(s);
}

/* ---- real servers ------------------------------------------------------------------------ */

void real_count(struct service *s, struct server_state state, int sign)
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
void real_settle(struct real *r, struct server_state before, const char *body)
{
	struct service *s = r->service;
	bool turned = server_is_up(before) != server_is_up(r->state);

	real_count(s, before, -1);
	real_count(s, r->state, 1);
	if (turned)
		r->last_change = loop_now(s->all->loop);
	if (turned || before.weight != r->state.weight)
		log_real(r, before);
	real_place(r);
	if (turned)
		real_tell(r, body);
	if (!s->updating)
		service_settle(s);
	real_show(r);
}

/* A check that turned is worth a mail even where other checks decide about the server. */
void service_check_ended(struct checker *c, struct check_state was,
	const struct check_result *result, const struct check_outcome *outcome)
{
	struct real *r = c->owner;
	struct server_state before = r->state;
	const char *body = report_mail_body(c, outcome);
	enum server_verdict verdict = server_step(&r->state, r->conf->weight, was, result->state);

	if (verdict != SERVER_SAME)
		real_settle(r, before, body);
	else
		real_show(r);
	if (was.up != result->state.up && verdict != SERVER_UP && verdict != SERVER_DOWN &&
		!r->service->all->conf->global.no_checker_emails)
		mail_real(r, body);
}
