/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Telling others. After a transition: the script for this state, the general script, the mail. All
 * of it is handed to the parent; the order per instance is kept there.
 */
#include "keepalived/vrrp/tell.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "keepalived/vrrp/wire.h"
#include "lib/str.h"

struct telling { /* what scripts and mails are told about, instance or group */
	const char *type, *name;
	const struct notify_conf *notify;
	int priority;
};

static const char *notice_word(enum vrrp_notice what)
{
	static const char *const words[] = {
		[VRRP_NOTICE_MASTER] = "MASTER",
		[VRRP_NOTICE_BACKUP] = "BACKUP",
		[VRRP_NOTICE_FAULT] = "FAULT",
		[VRRP_NOTICE_STOP] = "STOP",
	};

	return words[what];
}

static const struct script_conf *specific(const struct notify_conf *n, enum vrrp_notice what)
{
	switch (what) {
	case VRRP_NOTICE_MASTER:
		return n->master;
	case VRRP_NOTICE_BACKUP:
		return n->backup;
	case VRRP_NOTICE_FAULT:
		return n->fault;
	case VRRP_NOTICE_STOP:
		return n->stop;
	default:
		return NULL;
	}
}

static void run_scripts(struct vrrp_run *run, const struct telling *t,
	const struct script_conf *one, const char *state)
{
	const char *extra[5] = {t->type, t->name, state};
	char priority[12];

	if (one)
		child_notify(run->port.child, t->name, one, NULL);
	if (!t->notify->any)
		return;
	snprintf(priority, sizeof(priority), "%d", t->priority);
	extra[3] = priority;
	child_notify(run->port.child, t->name, t->notify->any, extra);
}

/* ---- mails ------------------------------------------------------------------------------- */

struct mail_text {
	const char *subject, *body;
};

static const struct mail_text instance_mail[] = {
	[VRRP_NOTICE_MASTER] = {"Entering MASTER state",
		"=> VRRP Instance is now owning VRRP VIPs <="},
	[VRRP_NOTICE_BACKUP] = {"Entering BACKUP state",
		"=> VRRP Instance is no longer owning VRRP VIPs <="},
	[VRRP_NOTICE_FAULT] = {"Entering FAULT state",
		"=> VRRP Instance is no longer owning VRRP VIPs <="},
	[VRRP_NOTICE_STOP] = {"Stopping", "=> VRRP Instance stopping <="},
};

static const struct mail_text deleted_mail = {"Deleted", "=> VRRP Deleted at reload <="};

static const struct mail_text group_mail[] = {
	[VRRP_NOTICE_MASTER] = {"Entering MASTER state",
		"=> All VRRP group instances are now in MASTER state <="},
	[VRRP_NOTICE_BACKUP] = {"Entering BACKUP state",
		"=> All VRRP group instances are now in BACKUP state <="},
	[VRRP_NOTICE_FAULT] = {"Entering FAULT state",
		"=> All VRRP group instances are now in FAULT state <="},
	[VRRP_NOTICE_STOP] = {"Stopping", "=> All VRRP group instances are now stopping <="},
};

static void mail(
	struct vrrp_run *run, const char *what, const char *name, const struct mail_text *text)
{
	char subject[256];

	snprintf(subject, sizeof(subject), "%s %s - %s", what, name, text->subject);
	child_mail(run->port.child, subject, text->body);
}

/* The same state twice is one mail. */
static bool mail_wanted(
	const struct vrrp_run *run, int smtp_alert, uint8_t *mailed, enum vrrp_notice what)
{
	bool again = *mailed == what + 1;

	*mailed = (uint8_t)(what + 1);
	if (smtp_alert != TRI_ON || again)
		return false;
	return what != VRRP_NOTICE_FAULT || !run->conf->global.no_email_faults;
}

/* ---- notices ----------------------------------------------------------------------------- */

static void tell_deleted(struct instance *in, const struct telling *t)
{
	const struct notify_conf *n = t->notify;

	if (n->deleted_given)
		run_scripts(in->run, t, n->deleted, "DELETED");
	else
		run_scripts(in->run, t, n->fault, "FAULT");
	if (in->conf->smtp_alert == TRI_ON)
		mail(in->run, "VRRP Instance", t->name, &deleted_mail);
}

static void tell_rx_lower(struct instance *in)
{
	const struct script_conf *s = in->conf->notify.master_rx_lower_pri;

	if (s)
		child_notify(in->run->port.child, in->conf->node.name, s, NULL);
}

void tell_notice(struct instance *in, enum vrrp_notice what)
{
	const struct vrrp_conf *c = in->conf;
	struct telling t = {"INSTANCE", c->node.name, &c->notify, in->fsm.priority};

	if (what == VRRP_NOTICE_PRIORITY || in->restarting) /* priorities are for FIFOs only */
		return;
	if (what == VRRP_NOTICE_RX_LOWER) {
		tell_rx_lower(in);
		return;
	}
	if (what == VRRP_NOTICE_STOP)
		t.priority = in->priority; /* the machine has forgotten it */
	if (in->deleted) {
		tell_deleted(in, &t);
		return;
	}
	run_scripts(in->run, &t, specific(t.notify, what), notice_word(what));
	if (mail_wanted(in->run, c->smtp_alert, &in->mailed, what))
		mail(in->run, "VRRP Instance", t.name, &instance_mail[what]);
}

void tell_group(struct group *g, enum vrrp_notice what)
{
	const struct vrrp_group_conf *c = g->conf;
	struct telling t = {"GROUP", c->node.name, &c->notify, 0};

	run_scripts(g->run, &t, specific(t.notify, what), notice_word(what));
	if (mail_wanted(g->run, c->smtp_alert, &g->mailed, what))
		mail(g->run, "VRRP Group", t.name, &group_mail[what]);
}

/* ---- status rows ------------------------------------------------------------------------- */

static struct status_vrrp *begin(const struct instance *in)
{
	return status_begin(in->run->port.status, STATUS_VRRP, in->row);
}

static void end(const struct instance *in)
{
	status_end(in->run->port.status, STATUS_VRRP, in->row);
}

void tell_row_new(struct instance *in)
{
	in->row = status_row_new(in->run->port.status, STATUS_VRRP);
}

void tell_row_free(struct instance *in)
{
	status_row_free(in->run->port.status, STATUS_VRRP, in->row);
}

void tell_row_conf(struct instance *in)
{
	const struct vrrp_conf *c = in->conf;
	struct status_vrrp *row = begin(in);

	str_copy(row->name, sizeof(row->name), c->node.name);
	str_copy(row->interface, sizeof(row->interface), c->interface ? c->interface : "");
	row->vrid = c->vrid;
	row->version = c->version;
	row->family = c->family;
	row->base_priority = c->priority;
	row->vips = c->vips.n + c->evips.n;
	end(in);
}

void tell_row_state(struct instance *in, bool transition)
{
	struct status_vrrp *row = begin(in);

	row->state = in->fsm.state;
	row->wanted = in->fsm.wanted;
	row->priority = in->fsm.priority;
	row->active_interval = in->fsm.interval;
	row->active = in->fsm.active;
	if (transition) {
		row->last_transition = loop_now(in->run->port.loop);
		row->last_transition_wall = time(NULL);
	}
	end(in);
}

void tell_count(struct instance *in, enum vrrp_count what)
{
	static const size_t field[VRRP_COUNTS] = {
		[VRRP_COUNT_ADVERT_RECEIVED] = offsetof(struct status_vrrp, advert_received),
		[VRRP_COUNT_ZERO_RECEIVED] = offsetof(struct status_vrrp, pri_zero_received),
		[VRRP_COUNT_BECAME_MASTER] = offsetof(struct status_vrrp, became_master),
		[VRRP_COUNT_RELEASED_MASTER] = offsetof(struct status_vrrp, released_master),
		[VRRP_COUNT_LATE] = offsetof(struct status_vrrp, late_wakeups),
	};
	struct status_vrrp *row = begin(in);

	++*(uint64_t *)(void *)((char *)row + field[what]);
	end(in);
}

void tell_sent(struct instance *in, uint8_t priority)
{
	struct status_vrrp *row = begin(in);

	row->advert_sent++;
	row->pri_zero_sent += priority == VRRP_PRIO_LEAVE;
	end(in);
}

void tell_discarded(struct instance *in, unsigned reason)
{
	begin(in)->discarded[reason]++;
	end(in);
}

void tell_announced(struct instance *in, uint32_t garps, uint32_t nas)
{
	struct status_vrrp *row = begin(in);

	row->garp_sent += garps;
	row->na_sent += nas;
	end(in);
}

void tell_group_row(struct group *g)
{
	struct status_group *row = status_begin(g->run->port.status, STATUS_GROUP, g->row);

	str_copy(row->name, sizeof(row->name), g->conf->node.name);
	row->state = g->state;
	row->members = g->n;
	status_end(g->run->port.status, STATUS_GROUP, g->row);
}
