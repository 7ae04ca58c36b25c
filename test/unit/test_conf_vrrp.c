/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trees of VRRP, BFD and trackers: what is stored, and what the rules make of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "keepalived/conf/conf.h"
#include "lib/source.h"
#include "lib/text.h"
#include "test/unit/conf_fixture.h"

#define INSTANCE(name, id, ip, more)                                                  \
	"vrrp_instance " name " {\n interface eth0\n virtual_router_id " id "\n" more \
	" virtual_ipaddress {\n " ip "\n }\n}\n"

static const struct vrrp_conf *first(const struct fixture *f)
{
	return (const struct vrrp_conf *)f->conf->instances.first;
}

/* ---- interfaces of the instance's own ---------------------------------------------------- */

static void test_vmac(void **state)
{
	struct fixture f = read_conf(INSTANCE("A", "51", "10.0.0.1",
		" use_vmac name group\n use_vmac 2:0:0:0:a netlink_notify_msg group 0x7\n"));
	const struct vmac_conf *m = first(&f)->vmac;

	(void)state;
	assert_string_equal(m->name, "group");
	assert_string_equal(m->ifname, "group");
	assert_int_equal(m->mac_len, 5);
	assert_int_equal(m->mac[0], 2);
	assert_int_equal(m->mac[4], 10);
	assert_true(m->netlink_notify);
	assert_int_equal(m->group, 8);
	end(&f);
}

/* Chosen names first, then VRID, family, numbers; the prefix gives way. */
static void test_vmac_names(void **state)
{
	static const char *const names[] = {
		"long-prefix.200", "long-prefi1.200", "long-prefi6.200", "long-prefi2.200"};
	struct fixture f = read_conf("global_defs {\n vmac_prefix long-prefix\n}\n" //
		INSTANCE("A", "200", "10.0.0.1", " use_vmac\n") INSTANCE(
			"B", "200", "10.0.0.2", " use_vmac\n mcast_dst_ip 224.0.0.99\n")
			INSTANCE("C", "200", "fe80::1", " use_vmac\n") INSTANCE("D", "200",
				"10.0.0.4", " use_ipvlan 10.0.0.9\n mcast_dst_ip 224.0.0.98\n"));
	const struct vrrp_conf *v;
	unsigned i = 0;

	(void)state;
	nodes_for_each(v, &f.conf->instances) {
		assert_string_equal(v->vmac ? v->vmac->ifname : v->ipvlan->ifname, names[i]);
		i++;
	}
	assert_int_equal(i, ARRAY_SIZE(names));
	end(&f);
}

static void test_ipvlan(void **state)
{
	struct fixture f =
		read_conf(INSTANCE("A", "51", "10.0.0.1", " use_ipvlan ipv 10.0.0.7/24 vepa\n"));
	const struct vrrp_conf *v = first(&f);

	(void)state;
	assert_string_equal(v->ipvlan->ifname, "ipv");
	assert_int_equal(v->ipvlan->prefixlen, 24);
	assert_int_equal(v->ipvlan->mode, VRRP_IPVLAN_VEPA);
	assert_true(addr_eq(&v->src_ip, &v->ipvlan->addr));
	assert_null(v->fault);
	end(&f);
	f = read_conf(INSTANCE("A", "51", "10.0.0.1", " use_ipvlan\n"));
	assert_non_null(first(&f)->fault);
	end(&f);
}

/* ---- auth_hmac --------------------------------------------------------------------------- */

#define KEY " auth_hmac {\n key 1 0123456789abcdef0123456789abcdef\n active_key 1\n }\n"

static void test_hmac_window(void **state)
{
	static const struct {
		const char *conf;
		int64_t seconds;
	} cases[] = {
		{INSTANCE("A", "51", "10.0.0.1", KEY), 5},
		{INSTANCE("A", "51", "10.0.0.1", KEY " advert_int 1\n"), 5},
		{INSTANCE("A", "51", "10.0.0.1", KEY " version 3\n advert_int 3.9\n"), 9},
		{INSTANCE("A", "51", "10.0.0.1", KEY " advert_int 200\n"), 300},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture f = read_conf(cases[i].conf);

		assert_int_equal(first(&f)->hmac.time_window, SEC(cases[i].seconds));
		assert_int_equal(first(&f)->hmac.keys->len, 32);
		end(&f);
	}
}

static void test_hmac_excludes(void **state)
{
	struct fixture f = read_conf(INSTANCE("A", "51", "10.0.0.1",
		KEY " authentication {\n auth_type PASS\n auth_pass x\n }\n"));

	(void)state;
	assert_int_equal(first(&f)->auth_type, VRRP_AUTH_NONE);
	assert_non_null(first(&f)->hmac.keys);
	end(&f);
	f = read_conf(INSTANCE("A", "51", "10.0.0.1", " auth_hmac {\n key 1 short\n }\n"));
	assert_null(first(&f)->hmac.keys);
	end(&f);
}

/* ---- trackers ---------------------------------------------------------------------------- */

#define OBJECTS                                                      \
	"vrrp_script s {\n script /bin/true\n weight 3 reverse\n}\n" \
	"track_file f {\n file /f\n}\n"                              \
	"vrrp_track_process p {\n process x y\n weight -4\n}\n"      \
	"bfd_instance b {\n neighbor_ip 10.0.0.9\n weight 5\n}\n"
#define TRACK                                                                        \
	" track_script {\n s\n }\n track_file {\n f\n }\n track_process {\n p\n }\n" \
	" track_bfd {\n b weight 6 reverse\n }\n track_interface {\n eth1 weight 7\n }\n"

static int weight(const struct nodes *list)
{
	return list->n ? ((const struct track_conf *)list->first)->weight : -1000;
}

static void test_weights(void **state)
{
	struct fixture f = read_conf(OBJECTS INSTANCE("A", "51", "10.0.0.1", TRACK));
	const struct tracked *t = &first(&f)->track;

	(void)state;
	assert_int_equal(weight(&t->scripts), 3);
	assert_true(((const struct track_conf *)t->scripts.first)->reverse);
	assert_int_equal(weight(&t->files), 1);
	assert_int_equal(weight(&t->processes), -4);
	assert_int_equal(weight(&t->bfds), 6);
	assert_true(((const struct track_conf *)t->bfds.first)->reverse);
	end(&f);
}

static void test_weights_in_group(void **state)
{
	struct fixture f = read_conf(OBJECTS INSTANCE("A", "51", "10.0.0.1", TRACK) INSTANCE(
		"B", "52", "10.0.0.2", "") "vrrp_sync_group G {\n group {\n A\n B\n }\n}\n");
	const struct tracked *t = &first(&f)->track;

	(void)state;
	assert_int_equal(t->scripts.n, 0);
	assert_int_equal(weight(&t->files), 0);
	assert_int_equal(weight(&t->processes), -4);
	assert_int_equal(t->bfds.n, 0);
	assert_int_equal(((const struct track_if_conf *)t->interfaces.first)->weight, 0);
	end(&f);
}

/* ---- the rest ---------------------------------------------------------------------------- */

static void test_bfd(void **state)
{
	struct fixture f = read_conf("bfd_instance a {\n neighbor_ip 10.0.0.9\n min_rx 1.5\n}\n"
				     "bfd_instance b {\n neighbour_ip fe80::9\n checker\n}\n"
				     "bfd_instance c {\n neighbor_ip fe80::9\n}\n"
				     "bfd_instance d {\n}\n");
	const struct bfd_conf *b = (const struct bfd_conf *)f.conf->bfd_instances.first;

	(void)state;
	assert_true(conf_wants_bfd(f.conf));
	assert_int_equal(b->min_rx, USEC(1500));
	assert_int_equal(b->min_tx, MSEC(10));
	assert_int_equal(b->idle_tx, SEC(1));
	assert_int_equal(b->multiplier, 5);
	assert_int_equal(b->ttl, 255);
	assert_true(b->to_vrrp && b->to_checker && !b->unusable);
	b = (const struct bfd_conf *)b->node.next;
	assert_int_equal(b->ttl, 64);
	assert_true(!b->to_vrrp && b->to_checker);
	b = (const struct bfd_conf *)b->node.next;
	assert_true(b->unusable);
	b = (const struct bfd_conf *)b->node.next;
	assert_true(b->unusable);
	end(&f);
}

static void test_process(void **state)
{
	struct fixture f = read_conf("vrrp_track_process p {\n process a \"b c\" d\n delay 2\n"
				     " terminate_delay 0.5\n quorum 3\n quorum_max 2\n}\n");
	const struct track_process_conf *p =
		(const struct track_process_conf *)f.conf->track_processes.first;

	(void)state;
	assert_int_equal(p->n_command, 3);
	assert_string_equal(p->command[1], "b c");
	assert_int_equal(p->fork_delay, SEC(2));
	assert_int_equal(p->terminate_delay, MSEC(500));
	assert_int_equal(p->quorum, 3);
	assert_int_equal(p->quorum_max, UINT32_MAX);
	end(&f);
}

static void test_delays(void **state)
{
	struct fixture f = read_conf(
		"interface_up_down_delays {\n eth0 4 1\n}\n" INSTANCE("A", "51", "10.0.0.1", ""));
	const struct if_delay_conf *d = (const struct if_delay_conf *)f.conf->if_delays.first;

	(void)state;
	assert_int_equal(d->down, SEC(2) - USEC(1));
	assert_int_equal(d->up, SEC(1));
	end(&f);
}

/* A packet of Ethernet has room for 90 addresses of IPv6, 89 with a trailer. */
static void test_room(void **state)
{
	struct fixture f = read_conf(INSTANCE("A", "51", "~SEQ(x, 1, 99) fe80::$x", ""));

	(void)state;
	assert_int_equal(first(&f)->vips.n, 90);
	assert_int_equal(first(&f)->evips.n, 9);
	end(&f);
	f = read_conf(INSTANCE("A", "51", "~SEQ(x, 1, 99) fe80::$x", KEY));
	assert_int_equal(first(&f)->vips.n, 89);
	end(&f);
}

static void test_no_peers(void **state)
{
	struct fixture f = read_conf(INSTANCE("A", "51", "10.0.0.1", " unicast_src_ip 10.0.0.9\n"));

	(void)state;
	assert_false(first(&f)->unicast);
	end(&f);
	f = read_conf(INSTANCE("A", "51", "10.0.0.1", " unicast_fault_no_peer\n"));
	assert_true(first(&f)->unicast);
	end(&f);
	f = read_conf(INSTANCE("A", "51", "10.0.0.1",
		" unicast_peer {\n 10.0.0.9 min_ttl 255\n 10.0.0.8 max_ttl\n }\n"));
	assert_int_equal(first(&f)->peers.n, 2);
	assert_true(first(&f)->check_unicast_src);
	end(&f);
}

static void test_sync_daemon(void **state)
{
	struct fixture f =
		read_conf(INSTANCE("A", "51", "10.0.0.1", " lvs_sync_daemon_interface eth3\n"));

	(void)state;
	assert_string_equal(f.conf->global.lvs_sync.interface, "eth3");
	assert_string_equal(f.conf->global.lvs_sync.instance, "A");
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vmac),
		cmocka_unit_test(test_vmac_names),
		cmocka_unit_test(test_ipvlan),
		cmocka_unit_test(test_hmac_window),
		cmocka_unit_test(test_hmac_excludes),
		cmocka_unit_test(test_weights),
		cmocka_unit_test(test_weights_in_group),
		cmocka_unit_test(test_bfd),
		cmocka_unit_test(test_process),
		cmocka_unit_test(test_delays),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_no_peers),
		cmocka_unit_test(test_sync_daemon),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
