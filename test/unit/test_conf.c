/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The language: values, defaults, inheritance, rules, and what is said about mistakes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "keepalived/conf/load.h"
#include "lib/text.h"
#include "test/unit/conf_fixture.h"

#define INSTANCE(name, more)                                                      \
	"vrrp_instance " name " {\n interface eth0\n virtual_router_id 51\n" more \
	" virtual_ipaddress {\n 10.0.0.1/24\n }\n}\n"
#define SERVICE(more, server)                                                                \
	"virtual_server 10.0.0.1 80 {\n lvs_sched rr\n lvs_method NAT\n protocol TCP\n" more \
	" real_server 10.1.0.1 80 {\n" server " }\n}\n"

/* ---- messages ---------------------------------------------------------------------------- */

static const struct {
	const char *conf;
	int status;
	const char *said; /* part of the only message; "": none */
} cases[] = {
	{INSTANCE("A", ""), 0, ""},
	{INSTANCE("A", " priority 0\n"), 5, "number '0' outside range [1, 255] - using 100"},
	{INSTANCE("A", " prioity 3\n"), 5, "did you mean 'priority'?"},
	{INSTANCE("A", " notify_slave /bin/true\n"), 5, "did you mean 'notify_backup'?"},
	{INSTANCE("A", " state master\n"), 5, "unknown state 'master', defaulting to BACKUP"},
	{INSTANCE("A", " state MASTER\n nopreempt\n priority 9\n"), 5,
		"nopreempt will not work with initial state MASTER - clearing"},
	{INSTANCE("A", " state MASTER\n preempt_delay 3\n priority 9\n"), 5,
		"preempt delay will not work with initial state MASTER - clearing"},
	{INSTANCE("A", " advert_int 1.6\n"), 5, "using 2 seconds"},
	{INSTANCE("A", " version 3\n advert_int 50\n"), 5, "using 40.95 seconds"},
	{INSTANCE("A", " authentication {\n auth_type PASS\n auth_pass 123456789\n }\n"), 0,
		"Truncating auth_pass to 8 characters"},
	{INSTANCE("A", " authentication {\n auth_type PASS\n }\n"), 5,
		"Authentication specified but no password given. Ignoring"},
	{INSTANCE("A", " version 3\n authentication {\n auth_type PASS\n auth_pass a\n }\n"), 5,
		"VRRP version 3 does not support authentication. Ignoring."},
	{INSTANCE("A", " strict_mode\n version 3\n accept\n state MASTER\n priority 9\n"), 5,
		"State MASTER must match being address owner"},
	{INSTANCE("A", " track_interface {\n eth0\n }\n"), 5,
		"Ignoring track_interface eth0 since own interface"},
	{INSTANCE("A", " track_script {\n chk\n }\n"), 5,
		"track script chk not found, ignoring..."},
	{INSTANCE("A", " use_vmac\n"), 5, "'use_vmac' is not supported yet and has no effect"},
	{INSTANCE("A", " mcast_src_ip 10.0.0.9\n unicast_peer {\n fe80::1\n 10.0.0.3\n }\n"), 5,
		"address family must match VRRP instance"},
	{INSTANCE("A", "") "vrrp_instance B {\n interface eth0\n virtual_router_id 51\n"
			   " virtual_ipaddress {\n 10.0.0.2\n }\n}\n",
		2,
		"A and B both use VRID 51 with IPv4 on interface eth0"},
	{INSTANCE("A", "") INSTANCE("A", ""), 5, "vrrp instance A already defined"},
	{"vrrp_instance A {\n interface eth0\n virtual_ipaddress {\n 10.0.0.1\n }\n}", 2,
		"the virtual router id must be set"},
	{"vrrp_instance A {\n virtual_router_id 3\n virtual_ipaddress {\n 10.0.0.1\n }\n}", 2,
		"Unknown interface!"},
	{"vrrp_instance A {\n virtual_router_id 3\n interface eth0\n}", 5, "No VIP specified"},
	{"vrrp_instance A {\n virtual_router_id 3\n interface eth0\n version 3\n}", 2,
		"No VIP specified"},
	{"vrrp_sync_group G {\n group {\n A\n }\n}\n" INSTANCE("A", ""), 5,
		"Sync group G has only 1 virtual router(s)"},
	{"global_defs {\n vrrp_garp_interval 0\n vrrp_gna_interval 0\n}", 0, ""},
	{"global_defs {\n smtp_server mail.example.invalid 25\n}", 0, ""},
	{"global_defs {\n router_id\n}", 5, "'router_id' is missing its value"},
	{"global_defs {\n vrrp_version\n}", 2, "'vrrp_version' is missing its value"},
	{"lb_algo rr|wrr\n", 5, "at the top level - it belongs in virtual_server"},
	{"vrrp_script a {\n script /bin/true\n}", 0, "is not used by any track_script"},
	{SERVICE("", ""), 0, ""},
	{SERVICE(" nat_mask 255.0.0.0\n", ""), 0, "'nat_mask' is no longer used"},
	{SERVICE("", " TCP_CHECK {\n nb_get_retry 3\n }\n"), 0,
		"nb_get_retry is deprecated - please use 'retry'"},
	{SERVICE("", " TCP_CHECK{\n }\n"), 0, "blank"},
	{SERVICE("", " HTTP_GET {\n }\n"), 5, "HTTP_GET: no usable url - dropped"},
	{SERVICE("", " SMTP_CHECK {\n }\n"), 5,
		"'SMTP_CHECK' is not supported yet and has no effect"},
	{SERVICE(" quorum 5\n", ""), 5, "exceeds total weight of real servers 1"},
	{SERVICE(" hysteresis 5\n", ""), 5, "setting hysteresis to 0"},
	{SERVICE(" sh-port\n", ""), 5, "'sh-port' needs 'lvs_sched sh' before it"},
	{SERVICE(" real_server 10.1.0.1 80 {\n }\n", ""), 5, "is duplicated - removing second rs"},
	{SERVICE(" real_server fe80::1 80 {\n }\n", ""), 5, "Address family of virtual server"},
	{SERVICE(" sorry_server_inhibit\n", ""), 5, "needs sorry_server before it"},
	{"virtual_server 10.0.0.1:80 {\n}", 5, "two words: '10.0.0.1 80'"},
	{"virtual_server 10.0.0.1 80 {\n lb_algo rr\n lb_kind DR\n protocol TCP\n}", 5,
		"has no real servers - ignoring"},
};

static void test_messages(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture f = read_conf(cases[i].conf);
		size_t n = diags_count(f.diags);

		if (n != (*cases[i].said != '\0') ||
			(n && !strstr(diags_at(f.diags, 0)->text, cases[i].said)))
			fail_msg("case %zu: %zu messages: %s", i, n,
				n ? diags_at(f.diags, 0)->text : "");
		assert_int_equal(diags_status(f.diags), cases[i].status);
		end(&f);
	}
}

/* ---- values ------------------------------------------------------------------------------ */

static void test_vrrp(void **state)
{
	struct fixture f = read_conf(
		"global_defs {\n vrrp_garp_master_repeat 2\n smtp_alert_vrrp\n"
		" vrrp_gna_interval 0.5\n}\n"
		"vrrp_script chk {\n script \"/bin/x -a 'b c'\"\n interval 2\n"
		" weight -5\n user nobody :adm\n}\n" INSTANCE("A",
			" state MASTER\n priority 200\n track_script {\n chk weight 3 reverse\n }\n"
			" garp_lower_prio_delay 0\n notify \"/bin/n a\" root\n"
			" unicast_src_ip 10.0.0.9/24\n unicast_peer {\n 10.0.0.2\n"
			" 10.0.0.3 min_ttl 250\n }\n"
			" virtual_ipaddress_excluded {\n fe80::1/64 dev eth1\n }\n"));
	const struct vrrp_conf *v = (const struct vrrp_conf *)f.conf->instances.first;
	const struct track_conf *t =
		(const struct track_conf *)v->track.scripts.first;
	const struct vip_conf *vip = (const struct vip_conf *)v->vips.first;
	const struct peer_conf *peer = (const struct peer_conf *)v->peers.last;

	(void)state;
	assert_int_equal(diags_count(f.diags), 0);
	assert_int_equal(v->priority, 200);
	assert_int_equal(v->version, 2);
	assert_int_equal(v->family, AF_INET);
	assert_int_equal(v->initial_state, VRRP_INITIAL_MASTER);
	assert_true(v->unicast);
	assert_int_equal(v->garp_master_repeat, 2);
	assert_int_equal(v->garp_lower_prio_repeat, 2);
	assert_true(v->garp_master_delay == SEC(5));
	assert_true(v->garp_lower_prio_delay == 0);
	assert_true(f.conf->global.gna_interval == MSEC(500));
	assert_int_equal(v->smtp_alert, TRI_ON);
	assert_int_equal(v->down_timer_adverts, 3);
	assert_string_equal(vip->node.name, "10.0.0.1/24 dev eth0");
	assert_string_equal(v->evips.first->name, "fe80::1/64 dev eth1");
	assert_int_equal(peer->min_ttl, 250);
	assert_int_equal(peer->max_ttl, 255);
	assert_string_equal(v->notify.any->user, "root");
	assert_int_equal(t->script->script->argc, 3);
	assert_string_equal(t->script->script->argv[2], "b c");
	assert_string_equal(t->script->script->group, "adm");
	assert_true(t->script->script->groups);
	assert_int_equal(f.conf->n_scripts, 2);
	assert_ptr_equal(f.conf->scripts[1], v->notify.any);
	assert_int_equal(t->weight, 3);
	assert_true(t->reverse);
	end(&f);
}

static void test_lvs(void **state)
{
	struct fixture f = read_conf(
		"virtual_server fwmark 7 {\n lb_algo sh\n sh-port\n lb_kind TUN type gue port 99 csum\n"
		" delay_loop 7\n retry 4\n persistence_timeout\n inhibit_on_failure\n"
		" virtualhost example.org\n"
		" real_server 10.1.0.1 80 {\n inhibit_on_failure off\n"
		"  HTTP_GET {\n url {\n path /\n status_code 200 300-302\n"
		"   digest 640205b7b0fc66c1ea91c463fac6334d\n }\n }\n"
		"  MISC_CHECK {\n misc_path /bin/x\n retry 0\n }\n  MISC_CHECK {\n misc_path /bin/y\n }\n }\n"
		" real_server fe80::2 80 {\n weight 0\n lvs_method DR\n }\n}\n");
	const struct vs_conf *vs = (const struct vs_conf *)f.conf->virtual_servers.first;
	const struct rs_conf *rs = (const struct rs_conf *)vs->real_servers.first;
	const struct checker_conf *http = (const struct checker_conf *)rs->checkers.first;
	const struct checker_conf *misc = (const struct checker_conf *)rs->checkers.last;
	const struct url_conf *url =
		(const struct url_conf *)container_of(http, struct http_check, check)->urls.first;
	char name[80];

	(void)state;
	assert_string_equal(vs_name(vs), "FWM 7");
	assert_string_equal(rs_name(rs, name), "[10.1.0.1]:none:0");
	assert_int_equal(vs->flags, VS_SCHED2);
	assert_true(vs->persistence_timeout == SEC(360));
	assert_int_equal(rs->forward.method, LVS_TUN);
	assert_int_equal(rs->forward.tun_port, 99);
	assert_false(rs->inhibit_on_failure);
	assert_int_equal(rs->smtp_alert, TRI_ON);
	assert_int_equal(vs->smtp_alert, TRI_OFF);
	assert_int_equal(rs->weight, 1);
	assert_int_equal(http->retry, 4);
	assert_int_equal(http->dst.port, 80);
	assert_true(http->delay_loop == SEC(7) && http->warmup == SEC(7));
	assert_true(http->delay_before_retry == SEC(3));
	assert_true(http->connect_timeout == SEC(5));
	assert_string_equal(url->virtualhost, "example.org");
	assert_int_equal(url->n_status, 2);
	assert_int_equal(url->status[1].hi, 302);
	assert_int_equal(url->digest[0], 0x64);
	assert_string_equal(misc->node.name, "MISC_CHECK#2");
	assert_int_equal(misc->retry, 4);
	assert_true(container_of(misc, struct misc_check, check)->timeout == SEC(7));
	assert_int_equal(((const struct checker_conf *)http->node.next)->retry, 0);
	end(&f);
}

/* ---- reloads ----------------------------------------------------------------------------- */

static const struct {
	const char *old, *new;
	enum schema_change instance, service, server;
} reloads[] = {
	{INSTANCE("A", "") SERVICE("", ""), INSTANCE("A", "") SERVICE("", ""), CHANGE_NONE,
		CHANGE_NONE, CHANGE_NONE},
	{INSTANCE("A", "") SERVICE("", ""),
		INSTANCE("A", " priority 50\n") SERVICE("", " weight 3\n"), CHANGE_EVENT,
		CHANGE_NONE, CHANGE_LIVE},
	{INSTANCE("A", "") SERVICE("", ""),
		INSTANCE("A", " version 3\n") SERVICE(" weight 3\n", ""), CHANGE_RESTART,
		CHANGE_LIVE, CHANGE_LIVE},
	{INSTANCE("A", "") SERVICE("", ""),
		INSTANCE("A", " notify /bin/x\n") SERVICE(" protocol UDP\n", ""), CHANGE_LIVE,
		CHANGE_REMOVED, CHANGE_NONE},
};

static void test_reload(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(reloads); i++) {
		struct fixture a = read_conf(reloads[i].old), b = read_conf(reloads[i].new);
		const struct vs_conf *x = (const struct vs_conf *)a.conf->virtual_servers.first;
		const struct vs_conf *y = (const struct vs_conf *)b.conf->virtual_servers.first;

		assert_int_equal(schema_compare(a.conf->instances.first, b.conf->instances.first),
			reloads[i].instance);
		if (reloads[i].service == CHANGE_REMOVED)
			assert_string_not_equal(x->node.name, y->node.name);
		else
			assert_int_equal(schema_compare(&x->node, &y->node), reloads[i].service);
		assert_int_equal(schema_compare(x->real_servers.first, y->real_servers.first),
			reloads[i].server);
		end(&a);
		end(&b);
	}
}

/* ---- the loader's result ----------------------------------------------------------------- */

static void test_load_pack(void **state)
{
	char *words[] = {"/bin/x", "a b", NULL}, *to[] = {"a@b", NULL};
	struct load_script script = {.argv = words, .uid = 3, .gid = 4, .usable = true};
	uint64_t errors[] = {5, 9};
	struct load_result r = {.scripts = &script,
		.n_scripts = 1,
		.mail = {.router_id = "r", .port = 25, .to = to, .n_to = 1},
		.startup_script = UINT32_MAX,
		.umask = 077,
		.errors = errors,
		.n_errors = 2,
		.status = 5};
	struct strbuf b = {0}, again = {0};
	struct load_result *copy;
	struct unpack u;

	(void)state;
	load_pack(&b, &r);
	u = unpack_start(b.text, b.len);
	copy = load_unpack(&u);
	assert_non_null(copy);
	assert_string_equal(copy->scripts[0].argv[1], "a b");
	assert_null(copy->scripts[0].why_not);
	assert_int_equal(copy->errors[1], 9);
	load_pack(&again, copy);
	assert_int_equal(again.len, b.len);
	assert_memory_equal(again.text, b.text, b.len);
	load_free(copy);
	for (size_t n = 0; n < b.len; n++) {
		u = unpack_start(b.text, n);
		copy = load_unpack(&u);
		assert_null(copy);
	}
	strbuf_free(&b);
	strbuf_free(&again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_vrrp),
		cmocka_unit_test(test_lvs),
		cmocka_unit_test(test_reload),
		cmocka_unit_test(test_load_pack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
