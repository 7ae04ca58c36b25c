/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keywords of vrrp_sync_group. */
#include "keepalived/conf/vrrp_tables.h"

static int group_open(struct parse *p, struct node *n, const struct stmt *s)
{
	return open_unique(p, n, s, &building(p)->sync_groups, "vrrp sync group");
}

#define GR struct vrrp_group_conf

static const struct kw group_kw[] = {
	KW_SET("sync_group_tracking_weight", GR, tracking_weight, KW_EVENT,
		"Members keep their weighted trackers."),
	KW_OTHER("global_tracking", "sync_group_tracking_weight", KW_DEPRECATED),
	{.name = "group",
		.block = &name_block,
		KW_AT(GR, members, KW_IS(GR, members, struct nodes)),
		.flags = KW_FIRST | KW_EVENT,
		.args = "{ <instance>... }",
		.doc = "Members, any number per line."},
	TRACK_ROWS(GR),
	NOTIFY_ROWS(GR),
	KW_TRI("smtp_alert", GR, smtp_alert, KW_LIVE, "smtp_alert_vrrp, else smtp_alert, else off",
		"Mail on group changes."),
	KW_TRI("notify_priority_changes", GR, notify_priority_changes, KW_LIVE | KW_IDLE, "unset",
		"Value for members that do not set it."),
};

const struct block sync_group_block = {
	.name = "vrrp_sync_group",
	.kw = group_kw,
	.n_kw = ARRAY_SIZE(group_kw),
	.size = sizeof(GR),
	.open = group_open,
};
