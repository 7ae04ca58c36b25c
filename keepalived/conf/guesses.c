/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What people write when they mean a keyword whose spelling is too far away for the edit distance:
 * names from other software, from old versions, and plain guesses. One word may stand for several
 * keywords; the first that the block knows is meant.
 */
#include <string.h>

#include "keepalived/conf/tables.h"

static const struct {
	const char *word, *meant;
} guesses[] = {
	{"advert_interval", "advert_int"},
	{"advertisement_interval", "advert_int"},
	{"auth", "authentication"},
	{"auth_password", "auth_pass"},
	{"check_interval", "interval"},
	{"check_script", "track_script"},
	{"connection_timeout", "connect_timeout"},
	{"dev", "interface"},
	{"email", "notification_email"},
	{"fall_count", "fall"},
	{"global", "global_defs"},
	{"global_def", "global_defs"},
	{"global_definitions", "global_defs"},
	{"hello_name", "helo_name"},
	{"http_check", "HTTP_GET"},
	{"https_check", "SSL_GET"},
	{"https_get", "SSL_GET"},
	{"iface", "interface"},
	{"instance", "vrrp_instance"},
	{"interfaces", "track_interface"},
	{"json_file_location", "json_dump_file"},
	{"lb_method", "lb_kind"},
	{"no_preempt", "nopreempt"},
	{"notification_mail", "notification_email"},
	{"notify_failover", "notify_master"},
	{"notify_slave", "notify_backup"},
	{"password", "auth_pass"},
	{"peer", "unicast_peer"},
	{"port", "connect_port"},
	{"prio", "priority"},
	{"priorty_level", "priority"},
	{"rise_count", "rise"},
	{"router_id", "virtual_router_id"},
	{"routes", "virtual_routes"},
	{"rules", "virtual_rules"},
	{"scheduler", "lb_algo"},
	{"script_interval", "interval"},
	{"script_path", "script"},
	{"server", "real_server"},
	{"smtp_connection_timeout", "smtp_connect_timeout"},
	{"source_ip", "mcast_src_ip"},
	{"src_ip", "unicast_src_ip"},
	{"static_address", "static_ipaddress"},
	{"state_file_location", "state_dump_file"},
	{"stats_file_location", "stats_dump_file"},
	{"sync_group", "vrrp_sync_group"},
	{"timeout", "connect_timeout"},
	{"timeout", "misc_timeout"},
	{"unicast_peers", "unicast_peer"},
	{"vip", "virtual_ipaddress"},
	{"vips", "virtual_ipaddress"},
	{"virtual_address", "virtual_ipaddress"},
	{"virtual_addresses", "virtual_ipaddress"},
	{"virtual_id", "virtual_router_id"},
	{"virtual_ip", "virtual_ipaddress"},
	{"virtual_ip_address", "virtual_ipaddress"},
	{"virtual_ips", "virtual_ipaddress"},
	{"vrid", "virtual_router_id"},
	{"vrrp", "vrrp_instance"},
	{"vrrp_group", "vrrp_sync_group"},
	{"vrrp_track_script", "vrrp_script"},
};

const char *conf_guess(const char *word, unsigned nth)
{
	for (unsigned i = 0; i < ARRAY_SIZE(guesses); i++)
		if (!strcasecmp(guesses[i].word, word) && !nth--)
			return guesses[i].meant;
	return NULL;
}
