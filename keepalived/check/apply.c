/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See apply.h. An error that tells what the kernel really holds is settled in the next round. */
#include "keepalived/check/apply.h"

#include <errno.h>
#include <string.h>

#include "lib/log.h"

#define ROUNDS      4  /* of learning from errors, at once */
#define LOG_AT_MOST 20 /* errors of one go; the rest is counted */
#define DELAY_FIRST SEC(1)
#define DELAY_LAST  SEC(60)

static void run(struct loop_work *work)
{
	apply_now(container_of(work, struct apply, work));
}

static void retry(struct loop_timer *timer)
{
	struct apply *a = container_of(timer, struct apply, retry);

	table_retry(a->table);
	apply_soon(a);
}

void apply_init(struct apply *a, struct loop *loop, struct ipvs *ipvs)
{
	*a = (struct apply){
		.table = table_new(),
		.ipvs = ipvs,
		.loop = loop,
		.delay = DELAY_FIRST,
	};
	loop_work_init(&a->work, run);
	loop_timer_init(loop, &a->retry, retry);
}

void apply_end(struct apply *a)
{
	loop_work_cancel(&a->work);
	loop_timer_cancel(&a->retry);
	table_free(a->table);
	a->table = NULL;
}

static void have_service(void *arg, const struct ipvs_service *s)
{
	table_have_service(arg, s, false);
}

static void have_dest(void *arg, const struct ipvs_service *s, const struct ipvs_dest *d)
{
	table_have_dest(arg, s, d);
}

int apply_read_kernel(struct apply *a)
{
	const struct ipvs_visitor visitor = {have_service, have_dest, a->table};
	int err;

	table_have_nothing(a->table);
	err = ipvs_dump(a->ipvs, &visitor);
	if (err)
		table_have_nothing(a->table);
	return err;
}

void apply_soon(struct apply *a)
{
	loop_work_queue(a->loop, &a->work);
}

/* These say what the kernel holds; the table knows better now and tries the other way. */
static bool teaches(const struct ipvs_change *c)
{
	switch (c->op) {
	case IPVS_SERVICE_ADD:
	case IPVS_DEST_ADD:
		return c->error == -EEXIST || (c->op == IPVS_DEST_ADD && c->error == -ESRCH);
	case IPVS_DEST_EDIT:
	case IPVS_DEST_DEL:
		return c->error == -ENOENT || c->error == -ESRCH;
	default:
		return c->error == -ESRCH;
	}
}

/* A destination whose service is missing: the error of the service says it all. */
static bool follows(const struct ipvs_change *c)
{
	return c->op >= IPVS_DEST_ADD && c->error == -ESRCH;
}

/* Returns how many have really failed. */
static size_t log_errors(const struct ipvs_change *changes, size_t n, bool another_round)
{
	char text[IPVS_CHANGE_STRLEN];
	size_t failed = 0, told = 0, taught = 0;

	for (size_t i = 0; i < n; i++) {
		const struct ipvs_change *c = &changes[i];

		if (!c->error)
			continue;
		if (another_round && teaches(c)) {
			if (!taught++)
				log_info("Somebody else has changed IPVS; putting it right: %s",
					ipvs_change_str(c, text));
			continue;
		}
		failed++;
		if (!follows(c) && told++ < LOG_AT_MOST)
			log_info("%s", ipvs_change_str(c, text));
	}
	if (told > LOG_AT_MOST)
		log_info("IPVS: %zu more errors of this kind", told - LOG_AT_MOST);
	return failed;
}

/* A retry that is planned stays planned: what it is for is not in the changes of today. */
static void plan_retry(struct apply *a, size_t failed)
{
	if (loop_timer_pending(&a->retry))
		return;
	if (!failed) {
		a->delay = DELAY_FIRST;
		return;
	}
	loop_timer_set(&a->retry, loop_now(a->loop) + a->delay);
	a->delay = MIN(2 * a->delay, DELAY_LAST);
}

void apply_now(struct apply *a)
{
	struct ipvs_change *changes;
	size_t failed = 0, left = 1, n;

	loop_work_cancel(&a->work);
	for (int round = 0; round < ROUNDS && left; round++) {
		n = table_changes(a->table, &changes);
		if (!n)
			break;
		ipvs_apply(a->ipvs, changes, n);
		left = table_applied(a->table, changes, n);
		failed += log_errors(changes, n, left && round < ROUNDS - 1);
	}
	table_trim(a->table);
	plan_retry(a, failed);
}

int apply_other(struct apply *a, struct ipvs_change *change)
{
	char text[IPVS_CHANGE_STRLEN];

	ipvs_apply(a->ipvs, change, 1);
	if (change->error)
		log_info("%s", ipvs_change_str(change, text));
	return change->error;
}
