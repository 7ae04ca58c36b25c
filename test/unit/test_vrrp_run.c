/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The VRRP child around its machine: what it says and does when something happens outside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "keepalived/vrrp/wire.h"
#include "lib/log.h"
#include "test/unit/vrrp_fixture.h"

/* ---- what happened ----------------------------------------------------------------------- */

static void forget(struct world *w)
{
	fake_log_reset();
	fake_pkt_reset(w->pkt);
	fake_child_take_told(&w->child);
}

/* Packets since the last look: "P100>224.0.0.18 G10.0.0.100 ..."; with an AH it is A, not P. */
static const char *sent(struct world *w)
{
	static struct strbuf out;
	char text[ADDR_STRLEN];
	size_t i;

	strbuf_reset(&out);
	for (i = 0; i < fake_pkt_n_sent(w->pkt); i++) {
		const struct fake_sent *s = fake_pkt_sent(w->pkt, i);

		if (i)
			strbuf_putc(&out, ' ');
		if (s->kind == FAKE_SENT_VRRP)
			strbuf_printf(&out, "%c%u>%s", s->out.ah ? 'A' : 'P',
				s->bytes[(s->out.ah ? VRRP_AH_LEN : 0) + 2],
				addr_str(&s->out.dst, text));
		else
			strbuf_printf(&out, "%c%s", s->kind == FAKE_SENT_GARP ? 'G' : 'N',
				addr_str(&s->vip, text));
	}
	fake_pkt_reset(w->pkt);
	return strbuf_str(&out);
}

static bool has(const struct world *w, int ifindex, const char *addr)
{
	return fake_rtnl_has(w->rtnl, ifindex, addr);
}

static struct instance *instance(const struct world *w, const char *name)
{
	struct instance *in;

	list_for_each(in, &w->run->instances, link)
		if (!strcmp(in->conf->node.name, name))
			return in;
	fail_msg("no instance %s", name);
	return NULL;
}

static void assert_state(const struct world *w, const char *name, enum vrrp_state state)
{
	assert_string_equal(vrrp_state_name(instance(w, name)->fsm.state), vrrp_state_name(state));
}

static struct status_vrrp row(const struct world *w, const char *name)
{
	const struct instance *in = instance(w, name);
	struct status_vrrp *r = status_begin(w->child.status, STATUS_VRRP, in->row);
	struct status_vrrp copy = *r;

	status_end(w->child.status, STATUS_VRRP, in->row);
	return copy;
}

/* An advert as a peer with the instance's own configuration would send it. */
static void hear_damaged(struct world *w, const char *name, const char *from, uint8_t priority,
	uint8_t ttl, size_t damage)
{
	const struct vrrp_conf *c = instance(w, name)->conf;
	uint8_t packet[VRRP_IP4_HEADER + VRRP_WIRE_MAX];
	struct pkt_in in = {.ifindex = ETH0,
		.has_ttl = true,
		.ttl = ttl,
		.header = packet,
		.header_len = VRRP_IP4_HEADER,
		.payload = packet + VRRP_IP4_HEADER};
	struct addr self;

	addr_parse(&in.src, from);
	addr_parse(&self, "10.0.0.1");
	in.dst = c->unicast ? self : c->mcast_dst;
	in.len = vrrp_wire_build(
		c, priority, &in.src, &in.dst, packet + VRRP_IP4_HEADER, VRRP_WIRE_MAX);
	vrrp_wire_ip4(packet, &in.src, &in.dst, ttl, 1, 112, in.len);
	in.total_len = (uint16_t)(VRRP_IP4_HEADER + in.len);
	if (damage)
		packet[VRRP_IP4_HEADER + damage] ^= 0x55;
	fake_pkt_receive(w->pkt, &in);
}

static void hear(struct world *w, const char *name, const char *from, uint8_t priority)
{
	hear_damaged(w, name, from, priority, 255, 0);
}

#define ONE                                                    \
	"vrrp_instance I {\n interface eth0\n"                 \
	" virtual_router_id 5\n priority 100\n advert_int 1\n" \
	" virtual_ipaddress {\n 10.0.0.100\n }\n"

#define WITH(type)                                                               \
	"vrrp_instance I {\n interface eth0\n virtual_router_id 5\n version 2\n" \
	" authentication {\n auth_type " type "\n auth_pass secret\n }\n"        \
	" virtual_ipaddress {\n 10.0.0.100\n }\n}\n"

/* ---- taking over, giving up -------------------------------------------------------------- */

static void test_takeover(void **state)
{
	struct world *w = *state;

	load(w, ONE "}\n");
	assert_log("(I) Entering BACKUP STATE (init)\n");
	pass(w, MSEC(3600));
	assert_state(w, "I", VRRP_BACKUP);
	assert_string_equal(sent(w), "");
	pass(w, MSEC(10)); /* 3.609375 s: item 40 */
	assert_state(w, "I", VRRP_ACTIVE);
	assert_true(has(w, ETH0, "10.0.0.100"));
	assert_string_equal(sent(w),
		"P100>224.0.0.18 G10.0.0.100 G10.0.0.100 G10.0.0.100 G10.0.0.100 G10.0.0.100");
	assert_logged("(I) Entering MASTER STATE\n");
	pass(w, SEC(3));
	assert_string_equal(sent(w), "P100>224.0.0.18 P100>224.0.0.18 P100>224.0.0.18");
	assert_int_equal(row(w, "I").advert_sent, 4);
	assert_int_equal(row(w, "I").garp_sent, 5);
	assert_int_equal(row(w, "I").became_master, 1);
}

/* ---- many at once ------------------------------------------------------------------------ */

#define CROWD 8

/* Instances 1 to CROWD that are due together, and more. */
static void load_crowd(struct world *w, const char *more)
{
	struct strbuf conf = {0};
	int i;

	for (i = 1; i <= CROWD; i++)
		strbuf_printf(&conf,
			"vrrp_instance I%d {\n interface eth0\n virtual_router_id %d\n"
			" priority 100\n advert_int 1\n version 3\n"
			" virtual_ipaddress {\n 10.0.0.%d\n }\n}\n",
			i, i, 100 + i);
	strbuf_printf(&conf, "%s", more);
	load(w, strbuf_str(&conf));
	strbuf_free(&conf);
}

static const struct fake_pkt *wire;

static void adverts_are_sent(int priority, const char *line)
{
	if (strstr(line, "Entering MASTER"))
		assert_true(fake_pkt_n_sent(wire) >= CROWD);
	fake_log_line(priority, line);
}

/* All adverts, then what there is to say, then all announcements. */
static void test_adverts_come_first(void **state)
{
	struct world *w = *state;
	size_t i;

	load_crowd(w, "");
	forget(w);
	wire = w->pkt;
	log_set_hook(adverts_are_sent);
	pass(w, SEC(4));
	assert_true(fake_pkt_n_sent(w->pkt) >= 6 * CROWD);
	for (i = 0; i < 6 * CROWD; i++)
		assert_int_equal(fake_pkt_sent(w->pkt, i)->kind,
			i < CROWD ? FAKE_SENT_VRRP : FAKE_SENT_GARP);
	assert_logged("(I1) Entering MASTER STATE\n(I2) Entering MASTER STATE\n");
	assert_int_equal(row(w, "I8").became_master, 1);
	assert_true(has(w, ETH0, "10.0.0.108"));
}

/* The longest row of packets without an advert of this virtual router. */
static size_t longest_silence(const struct world *w, uint8_t vrid)
{
	size_t i, row = 0, longest = 0;

	for (i = 0; i < fake_pkt_n_sent(w->pkt); i++) {
		const struct fake_sent *s = fake_pkt_sent(w->pkt, i);

		row = s->kind == FAKE_SENT_VRRP && s->bytes[1] == vrid ? 0 : row + 1;
		longest = MAX(longest, row);
	}
	return longest;
}

/* What a takeover of many has to do does not keep one that is Active from its adverts. */
static void test_takeover_gives_way(void **state)
{
	struct world *w = *state;

	load_crowd(w, "vrrp_instance Z {\n interface eth0\n virtual_router_id 99\n version 3\n"
		      " advert_int 0.01\n virtual_ipaddress {\n 10.0.0.99\n }\n}\n");
	pass(w, SEC(1));
	assert_state(w, "Z", VRRP_ACTIVE);
	forget(w);
	fake_pkt_takes(w->pkt, &w->clock, MSEC(1));
	pass(w, SEC(3));
	assert_state(w, "I8", VRRP_ACTIVE);
	assert_true(fake_pkt_count(w->pkt, FAKE_SENT_GARP) >= 5 * CROWD);
	assert_true(longest_silence(w, 99) <= 10 + CROWD + 5); /* ms, the adverts, one's packets */
	fake_pkt_takes(w->pkt, NULL, 0);
}

static void test_yields_to_higher_priority(void **state)
{
	struct world *w = *state;

	load(w, ONE "}\n");
	pass(w, SEC(4));
	forget(w);
	hear(w, "I", "10.0.0.2", 200);
	pass(w, MSEC(1));
	assert_state(w, "I", VRRP_BACKUP);
	assert_false(has(w, ETH0, "10.0.0.100"));
	assert_log("(I) Master received advert from 10.0.0.2 with higher priority 200, ours 100\n"
		   "(I) Entering BACKUP STATE\n");
	assert_string_equal(sent(w), "");
	assert_int_equal(row(w, "I").released_master, 1);
}

static void test_bad_adverts_change_nothing(void **state)
{
	struct world *w = *state;
	int i;

	load(w, ONE "}\n");
	pass(w, SEC(4));
	forget(w);
	for (i = 0; i < 300; i++) {
		hear_damaged(w, "I", "10.0.0.2", 200, 254, 0);
		hear_damaged(w, "I", "10.0.0.2", 200, 255, 6); /* checksum */
		pass(w, MSEC(10));
	}
	assert_state(w, "I", VRRP_ACTIVE);
	assert_string_equal(sent(w), "P100>224.0.0.18 P100>224.0.0.18 P100>224.0.0.18");
	assert_log("(I) invalid TTL/HL from 10.0.0.2. Received 254 and expect 255\n"
		   "(I) Invalid VRRPv2 checksum from 10.0.0.2\n");
	assert_int_equal(row(w, "I").discarded[VRRP_WIRE_TTL], 300);
	assert_int_equal(row(w, "I").discarded[VRRP_WIRE_CHECKSUM_V2], 300);
}

static uint32_t next_random(uint32_t *seed)
{
	return *seed = *seed * 1664525 + 1013904223;
}

/* Whatever arrives: no crash, and no timer moves. Authentication keeps chance from hitting. */
static void test_random_packets_change_nothing(void **state)
{
	struct world *w = *state;
	uint8_t packet[VRRP_IP4_HEADER + 100];
	uint32_t seed = 1, i, k;

	load(w, ONE " authentication {\n auth_type PASS\n auth_pass secret\n }\n}\n");
	pass(w, SEC(4));
	forget(w);
	for (i = 0; i < 30000; i++) {
		struct pkt_in in = {.ifindex = ETH0,
			.has_ttl = true,
			.ttl = 255,
			.header = packet,
			.header_len = VRRP_IP4_HEADER,
			.payload = packet + VRRP_IP4_HEADER};

		for (k = 0; k < sizeof(packet); k++)
			packet[k] = (uint8_t)(next_random(&seed) >> 24);
		packet[9] = i % 3 ? 112 : packet[9];
		packet[VRRP_IP4_HEADER] = i % 5 ? 0x21 : packet[VRRP_IP4_HEADER];
		packet[VRRP_IP4_HEADER + 1] = 5;
		in.len = (next_random(&seed) >> 24) % 101;
		in.total_len = (uint16_t)(VRRP_IP4_HEADER + in.len);
		addr_parse(&in.src, "10.0.0.2");
		addr_parse(&in.dst, i % 2 ? "224.0.0.18" : "10.0.0.1");
		fake_pkt_receive(w->pkt, &in);
		if (i % 1000 == 0)
			pass(w, MSEC(100));
	}
	assert_state(w, "I", VRRP_ACTIVE);
	assert_string_equal(sent(w), "P100>224.0.0.18 P100>224.0.0.18 P100>224.0.0.18");
	assert_int_equal(row(w, "I").advert_received, 0);
}

static void test_stop_releases(void **state)
{
	struct world *w = *state;

	load(w, ONE "notify_stop /bin/stopped\n notify /bin/any\n}\n");
	pass(w, SEC(4));
	forget(w);
	vrrp_run_stop(w->run);
	assert_string_equal(sent(w), "P0>224.0.0.18");
	assert_false(has(w, ETH0, "10.0.0.100"));
	assert_true(has(w, ETH0, "10.0.0.1"));
	assert_string_equal(fake_child_take_told(&w->child),
		"notify I: /bin/stopped\nnotify I: /bin/any INSTANCE I STOP 100\n");
}

static void test_stop_keeps_addresses_when_told(void **state)
{
	struct world *w = *state;

	w->child.options.keep_vips = true;
	load(w, ONE "}\n");
	pass(w, SEC(4));
	forget(w);
	vrrp_run_stop(w->run);
	assert_string_equal(sent(w), "P0>224.0.0.18");
	assert_true(has(w, ETH0, "10.0.0.100"));
}

/* ---- what a predecessor left ------------------------------------------------------------- */

static void leave_address(struct world *w, int ifindex, const char *text)
{
	struct rtnl_addr a;
	struct addr local;

	addr_parse(&local, text);
	rtnl_addr_init(&a, ifindex, &local, local.family == AF_INET6 ? 128 : 32);
	fake_rtnl_addr(w->rtnl, &a);
}

static void test_replacement_goes_on(void **state)
{
	struct world *w = *state;
	size_t changes;

	leave_address(w, ETH0, "10.0.0.100");
	w->child.replacement = true;
	changes = fake_rtnl_changes(w->rtnl);
	load(w, ONE "}\n");
	pass(w, MSEC(1));
	assert_state(w, "I", VRRP_ACTIVE);
	assert_int_equal(fake_rtnl_changes(w->rtnl), changes);
	assert_true(has(w, ETH0, "10.0.0.100"));
}

static void test_left_address_stays_until_known(void **state)
{
	struct world *w = *state;

	leave_address(w, ETH0, "10.0.0.100");
	load(w, ONE "}\n");
	pass(w, SEC(2));
	assert_state(w, "I", VRRP_BACKUP);
	assert_true(has(w, ETH0, "10.0.0.100"));
	hear(w, "I", "10.0.0.2", 200);
	pass(w, MSEC(1));
	assert_false(has(w, ETH0, "10.0.0.100"));
}

static void test_left_address_stays_when_nobody_speaks(void **state)
{
	struct world *w = *state;

	leave_address(w, ETH0, "10.0.0.100");
	load(w, ONE "}\n");
	pass(w, SEC(4));
	assert_state(w, "I", VRRP_ACTIVE);
	assert_int_equal(fake_rtnl_changes(w->rtnl), 0);
}

/* ---- interfaces and addresses ------------------------------------------------------------ */

static void test_interface_comes_and_goes(void **state)
{
	struct world *w = *state;

	load(w, "vrrp_instance I {\n interface eth7\n virtual_router_id 5\n"
		" virtual_ipaddress {\n 10.7.0.100\n }\n}\n");
	assert_log("(I): entering FAULT state (interface eth7 down)\n"
		   "(I) Entering FAULT STATE (init)\n");
	fake_rtnl_link(w->rtnl, 7, "eth7", true);
	pass(w, MSEC(1));
	assert_log("Netlink reports eth7 up\n"
		   "(I) entering FAULT state (no IPv4 address for interface)\n");
	fake_rtnl_addr_text(w->rtnl, 7, "10.7.0.1/24");
	pass(w, SEC(4));
	assert_state(w, "I", VRRP_ACTIVE);
	assert_true(has(w, 7, "10.7.0.100"));
	forget(w);
	fake_rtnl_link_gone(w->rtnl, 7);
	pass(w, MSEC(1));
	assert_state(w, "I", VRRP_FAULT);
	fake_rtnl_link(w->rtnl, 9, "eth7", true);
	fake_rtnl_addr_text(w->rtnl, 9, "10.7.0.1/24");
	pass(w, SEC(4));
	assert_state(w, "I", VRRP_ACTIVE);
	assert_true(has(w, 9, "10.7.0.100"));
}

static void test_interface_down(void **state)
{
	struct world *w = *state;

	load(w, ONE "}\n");
	pass(w, SEC(4));
	forget(w);
	fake_rtnl_link(w->rtnl, ETH0, "eth0", false);
	pass(w, MSEC(1));
	assert_state(w, "I", VRRP_FAULT);
	assert_log("Netlink reports eth0 down\n(I): entering FAULT state (interface eth0 down)\n"
		   "(I) Entering FAULT STATE\n");
	fake_rtnl_link(w->rtnl, ETH0, "eth0", true);
	pass(w, MSEC(1));
	assert_state(w, "I", VRRP_BACKUP);
}

static void test_tracked_interface_weight(void **state)
{
	struct world *w = *state;

	load(w, ONE " track_interface {\n eth1 weight -20\n }\n}\n");
	pass(w, SEC(4));
	forget(w);
	fake_rtnl_link(w->rtnl, ETH1, "eth1", false);
	pass(w, MSEC(1));
	assert_state(w, "I", VRRP_ACTIVE);
	assert_log("Netlink reports eth1 down\n(I) Changing effective priority from 100 to 80\n");
	pass(w, SEC(1));
	assert_string_equal(sent(w), "P80>224.0.0.18");
}

static void test_address_taken_away(void **state)
{
	struct world *w = *state;
	struct rtnl_addr a;
	struct addr local;

	load(w, ONE "}\n");
	pass(w, SEC(4));
	forget(w);
	addr_parse(&local, "10.0.0.100");
	rtnl_addr_init(&a, ETH0, &local, 32);
	fake_rtnl_addr_gone(w->rtnl, &a);
	pass(w, MSEC(1));
	assert_true(has(w, ETH0, "10.0.0.100"));
	assert_logged("(I) a virtual address was removed by somebody else");
	fake_rtnl_addr_gone(w->rtnl, &a);
	pass(w, MSEC(900));
	assert_false(has(w, ETH0, "10.0.0.100")); /* no fight at full speed */
	fake_pkt_reset(w->pkt);
	pass(w, MSEC(200));
	assert_true(has(w, ETH0, "10.0.0.100"));
	assert_int_equal(fake_pkt_count(w->pkt, FAKE_SENT_GARP), 5);
}

static void test_address_on_other_interface(void **state)
{
	struct world *w = *state;

	load(w, "vrrp_instance I {\n interface eth0\n virtual_router_id 5\n"
		" virtual_ipaddress {\n 10.1.0.100 dev eth1\n 10.0.0.100 dev eth0\n }\n}\n");
	pass(w, SEC(5));
	assert_true(has(w, ETH1, "10.1.0.100"));
	fake_rtnl_link(w->rtnl, ETH1, "eth1", false);
	pass(w, MSEC(1));
	assert_state(w, "I", VRRP_FAULT);
}

static void test_untracked_address(void **state)
{
	struct world *w = *state;
	struct rtnl_addr a;
	struct addr local;

	load(w, "vrrp_instance I {\n interface eth0\n virtual_router_id 5\n"
		" virtual_ipaddress {\n 10.1.0.100 dev eth1 no_track\n }\n}\n");
	pass(w, SEC(5));
	addr_parse(&local, "10.1.0.100");
	rtnl_addr_init(&a, ETH1, &local, 32);
	fake_rtnl_addr_gone(w->rtnl, &a);
	pass(w, SEC(1));
	assert_false(has(w, ETH1, "10.1.0.100"));
	fake_rtnl_link(w->rtnl, ETH1, "eth1", false);
	pass(w, MSEC(1));
	assert_state(w, "I", VRRP_ACTIVE);
}

static void test_kernel_refuses_once(void **state)
{
	struct world *w = *state;

	load(w, ONE "}\n");
	fake_rtnl_fail(w->rtnl, 1, -ENOBUFS);
	pass(w, MSEC(3700));
	assert_false(has(w, ETH0, "10.0.0.100"));
	assert_logged("Cannot add address 10.0.0.100 to eth0");
	assert_string_equal(sent(w), "P100>224.0.0.18"); /* item 56 */
	pass(w, MSEC(950));
	assert_true(has(w, ETH0, "10.0.0.100"));
	assert_int_equal(fake_pkt_count(w->pkt, FAKE_SENT_GARP), 5);
}

/* Wherever the kernel fails, nothing is lost for longer than a second. */
static void test_kernel_fails_anywhere(void **state)
{
	struct world *w = *state;
	unsigned nth;

	load(w, "vrrp_instance I {\n interface eth0\n virtual_router_id 5\n"
		" virtual_ipaddress {\n 10.0.0.100\n 10.0.0.101\n }\n"
		" virtual_ipaddress_excluded {\n 10.0.0.102\n }\n}\n");
	for (nth = 1; nth <= 3; nth++) {
		fake_rtnl_fail(w->rtnl, nth, -EPERM);
		pass(w, SEC(5));
		assert_true(has(w, ETH0, "10.0.0.100"));
		assert_true(has(w, ETH0, "10.0.0.101"));
		assert_true(has(w, ETH0, "10.0.0.102"));
		fake_rtnl_fail(w->rtnl, nth, -EPERM);
		hear(w, "I", "10.0.0.2", 200);
		pass(w, MSEC(1100));
		assert_false(has(w, ETH0, "10.0.0.100"));
		assert_false(has(w, ETH0, "10.0.0.101"));
		assert_false(has(w, ETH0, "10.0.0.102"));
		fake_rtnl_fail(w->rtnl, 0, 0);
	}
}

/* ---- scripts ----------------------------------------------------------------------------- */

static void test_script(void **state)
{
	struct world *w = *state;

	load(w, "vrrp_script S {\n script /bin/check\n interval 1\n fall 2\n rise 2\n}\n" ONE
		" track_script {\n S\n }\n}\n");
	pass(w, MSEC(4500));
	assert_state(w, "I", VRRP_ACTIVE);
	assert_logged("VRRP_Script(S) succeeded\n");
	forget(w);
	w->child.result = (struct script_result){SCRIPT_EXITED, 3};
	pass(w, SEC(1));
	assert_state(w, "I", VRRP_ACTIVE); /* fall 2 */
	pass(w, SEC(1));
	assert_log("Script `S` now returning 3\nVRRP_Script(S) failed (exited with status 3)\n"
		   "(I): entering FAULT state due to script S\n(I) Entering FAULT STATE\n");
	w->child.result = (struct script_result){SCRIPT_EXITED, 0};
	pass(w, SEC(2));
	assert_log("Script `S` now returning 0\nVRRP_Script(S) succeeded\n"
		   "(I) Entering BACKUP STATE\n");
}

static void test_script_weight_and_hang(void **state)
{
	struct world *w = *state;

	load(w, "vrrp_script S {\n script /bin/check\n interval 1\n weight 10\n}\n" ONE
		" track_script {\n S\n }\n}\n");
	pass(w, SEC(4));
	assert_logged("(I) Changing effective priority from 100 to 110\n");
	forget(w);
	w->child.scripts_hang = true;
	pass(w, SEC(2));
	assert_logged("Track script S is already running, expect idle - skipping run\n");
	assert_string_equal(fake_child_take_told(&w->child), "run /bin/check\n");
}

/* ---- groups ------------------------------------------------------------------------------ */

#define PAIR                                                                 \
	"vrrp_sync_group G {\n group {\n A\n B\n }\n notify /bin/group\n}\n" \
	"vrrp_instance A {\n interface eth0\n virtual_router_id 1\n"         \
	" virtual_ipaddress {\n 10.0.0.101\n }\n}\n"                         \
	"vrrp_instance B {\n interface eth1\n virtual_router_id 2\n"         \
	" virtual_ipaddress {\n 10.1.0.102\n }\n}\n"

static void test_group_moves_together(void **state)
{
	struct world *w = *state;

	load(w, PAIR);
	pass(w, SEC(4));
	assert_state(w, "A", VRRP_ACTIVE);
	assert_state(w, "B", VRRP_ACTIVE);
	assert_logged("VRRP_Group(G) Syncing instances to MASTER state\n");
	forget(w);
	fake_rtnl_link(w->rtnl, ETH1, "eth1", false);
	pass(w, MSEC(1));
	assert_state(w, "A", VRRP_FAULT);
	assert_state(w, "B", VRRP_FAULT);
	assert_logged("VRRP_Group(G) Syncing instances to FAULT state\n");
	assert_string_equal(
		fake_child_take_told(&w->child), "notify G: /bin/group GROUP G FAULT 0\n");
	fake_rtnl_link(w->rtnl, ETH1, "eth1", true);
	pass(w, SEC(4));
	assert_state(w, "A", VRRP_ACTIVE);
	assert_state(w, "B", VRRP_ACTIVE);
}

#define MEMBER(name, iface, vrid, vip)                                                  \
	"vrrp_instance " name " {\n interface " iface "\n virtual_router_id " vrid "\n" \
	" virtual_ipaddress {\n " vip "\n }\n}\n"
#define ABC                                    \
	MEMBER("A", "eth0", "1", "10.0.0.101") \
	MEMBER("B", "eth1", "2", "10.1.0.102") \
	MEMBER("C", "eth0", "3", "10.0.0.103")

static void test_group_gains_and_loses_members(void **state)
{
	struct world *w = *state;

	load(w, "vrrp_sync_group G {\n group {\n A\n B\n }\n}\n" ABC);
	pass(w, SEC(5));
	load(w, "vrrp_sync_group G {\n group {\n A\n B\n C\n }\n}\n" ABC);
	pass(w, SEC(5));
	assert_state(w, "A", VRRP_ACTIVE);
	assert_state(w, "B", VRRP_ACTIVE);
	assert_state(w, "C", VRRP_ACTIVE);
	fake_rtnl_link(w->rtnl, ETH1, "eth1", false);
	pass(w, MSEC(1));
	assert_state(w, "C", VRRP_FAULT);
	load(w, "vrrp_sync_group G {\n group {\n A\n B\n }\n}\n" ABC);
	pass(w, SEC(5));
	assert_state(w, "A", VRRP_FAULT);
	assert_state(w, "C", VRRP_ACTIVE);
	load(w, ABC);
	pass(w, SEC(5));
	assert_state(w, "A", VRRP_ACTIVE);
	assert_state(w, "B", VRRP_FAULT);
}

static void test_group_waits_for_all(void **state)
{
	struct world *w = *state;
	int i;

	load(w, PAIR);
	for (i = 0; i < 6; i++) {
		hear(w, "A", "10.0.0.2", 200);
		pass(w, SEC(1));
	}
	assert_state(w, "A", VRRP_BACKUP);
	assert_state(w, "B", VRRP_BACKUP);
	pass(w, SEC(4));
	assert_state(w, "A", VRRP_ACTIVE);
	assert_state(w, "B", VRRP_ACTIVE);
	hear(w, "A", "10.0.0.2", 200);
	pass(w, MSEC(1));
	assert_state(w, "B", VRRP_BACKUP);
	assert_false(has(w, ETH1, "10.1.0.102"));
}

static void test_group_is_adopted_whole(void **state)
{
	struct world *w = *state;

	leave_address(w, ETH0, "10.0.0.101");
	w->child.replacement = true;
	load(w, PAIR);
	pass(w, MSEC(1));
	assert_state(w, "A", VRRP_BACKUP);
	assert_true(has(w, ETH0, "10.0.0.101"));
}

static void test_group_adopts(void **state)
{
	struct world *w = *state;

	leave_address(w, ETH0, "10.0.0.101");
	leave_address(w, ETH1, "10.1.0.102");
	w->child.replacement = true;
	load(w, PAIR);
	pass(w, MSEC(1));
	assert_state(w, "A", VRRP_ACTIVE);
	assert_state(w, "B", VRRP_ACTIVE);
	assert_int_equal(fake_rtnl_changes(w->rtnl), 0);
}

/* ---- notifications ----------------------------------------------------------------------- */

static void test_notifications_in_order(void **state)
{
	struct world *w = *state;

	load(w, "global_defs {\n smtp_alert\n}\n" ONE " notify_master /bin/m\n notify /bin/n\n}\n");
	assert_string_equal(fake_child_take_told(&w->child),
		"notify I: /bin/n INSTANCE I BACKUP 100\n"
		"mail VRRP Instance I - Entering BACKUP state: "
		"=> VRRP Instance is no longer owning VRRP VIPs <=\n");
	pass(w, SEC(4));
	assert_string_equal(fake_child_take_told(&w->child),
		"notify I: /bin/m\nnotify I: /bin/n INSTANCE I MASTER 100\n"
		"mail VRRP Instance I - Entering MASTER state: "
		"=> VRRP Instance is now owning VRRP VIPs <=\n");
}

/* ---- reload ------------------------------------------------------------------------------ */

static void test_reload_unchanged(void **state)
{
	struct world *w = *state;
	size_t changes;

	load(w, ONE "}\n");
	pass(w, SEC(12));
	forget(w);
	changes = fake_rtnl_changes(w->rtnl);
	load(w, ONE "}\nvrrp_instance J {\n interface eth1\n virtual_router_id 6\n"
		    " virtual_ipaddress {\n 10.1.0.100\n }\n}\n");
	pass(w, SEC(3));
	assert_int_equal(fake_rtnl_changes(w->rtnl), changes);
	assert_string_equal(sent(w), "P100>224.0.0.18 P100>224.0.0.18 P100>224.0.0.18");
	assert_log("(J) Entering BACKUP STATE (init)\n");
}

#define TWO(a, b)                                                    \
	"vrrp_instance A {\n interface eth0\n virtual_router_id 1\n" \
	" virtual_ipaddress {\n 10.0.0.101\n " a " }\n}\n"           \
	"vrrp_instance B {\n interface eth0\n virtual_router_id 2\n" \
	" virtual_ipaddress {\n 10.0.0.102\n " b " }\n}\n"

static void test_reload_moves_address(void **state)
{
	struct world *w = *state;
	size_t changes;

	load(w, TWO("10.0.0.150\n", ""));
	pass(w, SEC(12));
	changes = fake_rtnl_changes(w->rtnl);
	load(w, TWO("", "10.0.0.150\n"));
	pass(w, MSEC(1));
	assert_int_equal(fake_rtnl_changes(w->rtnl), changes);
	load(w, TWO("10.0.0.150\n", ""));
	pass(w, MSEC(1));
	assert_int_equal(fake_rtnl_changes(w->rtnl), changes);
	assert_true(has(w, ETH0, "10.0.0.150"));
}

/* As the kernel does without promote_secondaries. */
static void test_secondary_goes_with_primary(void **state)
{
	struct world *w = *state;
	struct rtnl_addr a;
	struct addr local;

	load(w, TWO("", ""));
	pass(w, SEC(12));
	forget(w);
	hear(w, "A", "10.0.0.2", 200);
	pass(w, MSEC(1));
	addr_parse(&local, "10.0.0.102");
	rtnl_addr_init(&a, ETH0, &local, 32);
	fake_rtnl_addr_gone(w->rtnl, &a);
	pass(w, MSEC(1));
	assert_true(has(w, ETH0, "10.0.0.102"));
	assert_int_equal(logged("somebody else"), 0);
	assert_int_equal(fake_pkt_count(w->pkt, FAKE_SENT_GARP), 5);
}

static void test_reload_removes_address_and_instance(void **state)
{
	struct world *w = *state;

	load(w, TWO("10.0.0.150\n", ""));
	pass(w, SEC(12));
	forget(w);
	load(w, TWO("", ""));
	pass(w, MSEC(1));
	assert_false(has(w, ETH0, "10.0.0.150"));
	forget(w);
	load(w, "vrrp_instance A {\n interface eth0\n virtual_router_id 1\n"
		" virtual_ipaddress {\n 10.0.0.101\n }\n}\n");
	assert_string_equal(sent(w), "P0>224.0.0.18");
	pass(w, MSEC(1));
	assert_false(has(w, ETH0, "10.0.0.102"));
	assert_true(has(w, ETH0, "10.0.0.101"));
	assert_state(w, "A", VRRP_ACTIVE);
}

static void test_reload_priority(void **state)
{
	struct world *w = *state;

	load(w, ONE "}\n");
	pass(w, SEC(12));
	forget(w);
	load(w, "vrrp_instance I {\n interface eth0\n virtual_router_id 5\n priority 120\n"
		" virtual_ipaddress {\n 10.0.0.100\n }\n}\n");
	pass(w, SEC(1));
	assert_state(w, "I", VRRP_ACTIVE);
	assert_log("(I) Changing effective priority from 100 to 120\n");
	assert_string_equal(sent(w), "P120>224.0.0.18");
}

static void test_reload_restarts_one(void **state)
{
	struct world *w = *state;

	load(w, ONE "}\n");
	pass(w, SEC(12));
	forget(w);
	load(w, "vrrp_instance I {\n interface eth0\n virtual_router_id 7\n"
		" virtual_ipaddress {\n 10.0.0.100\n }\n}\n");
	assert_string_equal(sent(w), "P0>224.0.0.18");
	assert_state(w, "I", VRRP_BACKUP);
	pass(w, SEC(4));
	assert_state(w, "I", VRRP_ACTIVE);
	assert_int_equal(instance(w, "I")->conf->vrid, 7);
}

static void test_reload_changes_trackers(void **state)
{
	struct world *w = *state;

	fake_rtnl_link(w->rtnl, ETH1, "eth1", false);
	load(w, ONE "}\n");
	pass(w, SEC(5));
	load(w, ONE " track_interface {\n eth1\n }\n}\n");
	pass(w, MSEC(1));
	assert_state(w, "I", VRRP_FAULT);
	load(w, ONE " track_interface {\n eth1 weight 10\n }\n}\n");
	pass(w, SEC(5));
	assert_state(w, "I", VRRP_ACTIVE);
	forget(w);
	fake_rtnl_link(w->rtnl, ETH1, "eth1", true);
	pass(w, MSEC(1));
	assert_logged("(I) Changing effective priority from 100 to 110\n");
	load(w, ONE "}\n");
	assert_logged("(I) Changing effective priority from 110 to 100\n");
}

static void test_reload_removes_failed_script(void **state)
{
	struct world *w = *state;

	w->child.result = (struct script_result){SCRIPT_SIGNALED, 9};
	load(w, "vrrp_script S {\n script /bin/check\n interval 1\n}\n" ONE
		" track_script {\n S\n }\n}\n");
	pass(w, SEC(2));
	assert_state(w, "I", VRRP_FAULT);
	assert_logged("VRRP_Script(S) failed (due to signal 9)\n");
	load(w, ONE "}\n");
	pass(w, SEC(5));
	assert_state(w, "I", VRRP_ACTIVE);
	fake_child_take_told(&w->child);
	pass(w, SEC(5));
	assert_string_equal(fake_child_take_told(&w->child), "");
}

static void test_reload_changes_interface(void **state)
{
	struct world *w = *state;

	load(w, ONE "}\n");
	pass(w, SEC(5));
	load(w, MEMBER("I", "eth1", "5", "10.0.0.100"));
	pass(w, SEC(5));
	assert_state(w, "I", VRRP_ACTIVE);
	assert_false(has(w, ETH0, "10.0.0.100"));
	assert_true(has(w, ETH1, "10.0.0.100"));
	assert_int_equal(fake_pkt_n_members(w->pkt), 1);
}

static void test_reload_swaps_vrids(void **state)
{
	struct world *w = *state;

	load(w, MEMBER("A", "eth0", "1", "10.0.0.101") MEMBER("C", "eth0", "3", "10.0.0.103"));
	pass(w, SEC(5));
	load(w, MEMBER("A", "eth0", "3", "10.0.0.101") MEMBER("C", "eth0", "1", "10.0.0.103"));
	pass(w, SEC(5));
	assert_state(w, "A", VRRP_ACTIVE);
	assert_state(w, "C", VRRP_ACTIVE);
	assert_true(has(w, ETH0, "10.0.0.101"));
	assert_true(has(w, ETH0, "10.0.0.103"));
}

static void test_reload_keeps_script_state(void **state)
{
	static const char conf[] = "vrrp_script S {\n script /bin/check\n interval 1\n}\n" ONE
				   " track_script {\n S\n }\n}\n";
	struct world *w = *state;

	load(w, conf);
	pass(w, SEC(12));
	forget(w);
	load(w, conf);
	pass(w, SEC(2));
	assert_log("VRRP_Script(S) considered successful on reload\n");
	assert_state(w, "I", VRRP_ACTIVE);
}

static void test_reload_receive_buffers(void **state)
{
	const struct rtnl_conf *buffers;
	struct world *w = *state;

	load(w, "global_defs {\n vrrp_netlink_cmd_rcv_bufs 100000\n"
		" vrrp_netlink_monitor_rcv_bufs 200000\n vrrp_netlink_monitor_rcv_bufs_force\n}\n");
	buffers = fake_rtnl_buffers(w->rtnl);
	assert_int_equal(buffers->cmd_rcvbuf, 100000);
	assert_false(buffers->cmd_force);
	assert_int_equal(buffers->monitor_rcvbuf, 200000);
	assert_true(buffers->monitor_force);
	load(w, ONE "}\n");
	assert_int_equal(buffers->cmd_rcvbuf, 0);
	assert_int_equal(buffers->monitor_rcvbuf, 0);
	assert_false(buffers->monitor_force);
}

/* ---- start ------------------------------------------------------------------------------- */

static void test_startup_delay(void **state)
{
	struct world *w = *state;

	load(w, "global_defs {\n vrrp_startup_delay 5\n}\n" ONE "}\n");
	assert_log("Delaying startup for 5 seconds\n");
	pass(w, MSEC(4990));
	assert_state(w, "I", VRRP_INIT);
	pass(w, MSEC(20));
	assert_log("Delayed start completed\n(I) Entering BACKUP STATE (init)\n");
}

static void test_reload_during_startup_delay(void **state)
{
	struct world *w = *state;

	load(w, "global_defs {\n vrrp_startup_delay 5\n}\n" ONE "}\n");
	pass(w, SEC(2));
	forget(w);
	load(w, "global_defs {\n vrrp_startup_delay 8\n}\n" ONE "}\n");
	pass(w, MSEC(5900));
	assert_state(w, "I", VRRP_INIT);
	load(w, ONE "}\n");
	assert_state(w, "I", VRRP_BACKUP);
}

static void test_deleted_instance_tells(void **state)
{
	struct world *w = *state;
	static const char rest[] = "vrrp_instance J {\n interface eth1\n virtual_router_id 6\n"
				   " virtual_ipaddress {\n 10.1.0.100\n }\n}\n";
	char both[1024];

	snprintf(both, sizeof(both), "%s notify /bin/n\n}\n%s", ONE, rest);
	load(w, both);
	pass(w, SEC(4));
	forget(w);
	load(w, rest);
	assert_string_equal(
		fake_child_take_told(&w->child), "notify I: /bin/n INSTANCE I FAULT 100\n");
	snprintf(both, sizeof(both), "%s notify /bin/n\n notify_deleted\n}\n%s", ONE, rest);
	load(w, both);
	pass(w, SEC(4));
	forget(w);
	load(w, rest);
	assert_string_equal(
		fake_child_take_told(&w->child), "notify I: /bin/n INSTANCE I DELETED 100\n");
}

static void test_interface_renamed(void **state)
{
	struct world *w = *state;

	load(w, ONE "}\n");
	pass(w, SEC(4));
	forget(w);
	fake_rtnl_link(w->rtnl, ETH0, "lan", true);
	pass(w, MSEC(1));
	assert_state(w, "I", VRRP_FAULT);
	assert_logged("Interface name has changed from eth0 to lan\n");
	assert_false(has(w, ETH0, "10.0.0.100"));
	assert_true(has(w, ETH0, "10.0.0.1"));
	fake_rtnl_link(w->rtnl, ETH0, "eth0", true);
	pass(w, SEC(4));
	assert_state(w, "I", VRRP_ACTIVE);
}

static void test_two_families_share_a_vrid(void **state)
{
	struct world *w = *state;

	load(w, ONE "}\n"
		    "vrrp_instance J {\n interface eth0\n virtual_router_id 5\n"
		    " virtual_ipaddress {\n fe80::100\n }\n}\n");
	hear(w, "I", "10.0.0.2", 200);
	assert_int_equal(row(w, "I").advert_received, 1);
	assert_int_equal(row(w, "J").advert_received, 0);
	assert_int_equal(fake_pkt_n_members(w->pkt), 2);
}

static void test_join_refused(void **state)
{
	struct world *w = *state;

	fake_pkt_fail(w->pkt, 1, -ENOBUFS);
	load(w, ONE "}\n");
	assert_state(w, "I", VRRP_FAULT);
	assert_logged("(I): entering FAULT state (No buffer space available)\n");
}

static void test_send_error_is_told_once(void **state)
{
	struct world *w = *state;

	load(w, ONE "}\n");
	pass(w, SEC(4));
	forget(w);
	fake_pkt_fail(w->pkt, 1, -ENOBUFS);
	pass(w, SEC(2));
	assert_log("(I): send advert error 105 (No buffer space available)\n");
	assert_string_equal(sent(w), "P100>224.0.0.18");
}

static void test_unicast(void **state)
{
	struct world *w = *state;

	load(w, ONE " unicast_peer {\n 10.0.0.2\n 10.0.0.3\n }\n}\n");
	hear(w, "I", "10.0.0.2", 200);
	pass(w, SEC(2));
	assert_state(w, "I", VRRP_BACKUP);
	assert_int_equal(row(w, "I").advert_received, 1);
	assert_int_equal(fake_pkt_n_members(w->pkt), 0);
	pass(w, SEC(3));
	assert_state(w, "I", VRRP_ACTIVE);
	assert_memory_equal(sent(w), "P100>10.0.0.2 P100>10.0.0.3", 27);
}

static void test_unicast_without_interface(void **state)
{
	struct world *w = *state;

	load(w, "vrrp_instance I {\n virtual_router_id 5\n unicast_src_ip 10.0.0.1\n"
		" unicast_peer {\n 10.0.0.2\n }\n"
		" virtual_ipaddress {\n 10.0.0.100 dev eth0\n }\n}\n");
	hear(w, "I", "10.0.0.2", 200);
	assert_int_equal(row(w, "I").advert_received, 1);
	pass(w, SEC(5));
	assert_state(w, "I", VRRP_ACTIVE);
	assert_memory_equal(sent(w), "P100>10.0.0.2", 13);
	assert_true(has(w, ETH0, "10.0.0.100"));
	fake_rtnl_link(w->rtnl, ETH0, "eth0", false);
	pass(w, MSEC(1));
	assert_state(w, "I", VRRP_FAULT); /* the interface of its address */
}

static void test_unicast_instances_share_a_vrid(void **state)
{
	struct world *w = *state;

	load(w, ONE " unicast_peer {\n 10.0.0.2\n }\n}\n"
		    "vrrp_instance J {\n interface eth0\n virtual_router_id 5\n"
		    " unicast_peer {\n 10.0.0.3\n }\n"
		    " virtual_ipaddress {\n 10.0.0.101\n }\n}\n"
		    "vrrp_instance M {\n interface eth0\n virtual_router_id 5\n"
		    " virtual_ipaddress {\n 10.0.0.102\n }\n}\n");
	hear(w, "I", "10.0.0.2", 200);
	hear(w, "J", "10.0.0.3", 200);
	hear(w, "M", "10.0.0.4", 200);
	assert_int_equal(row(w, "I").advert_received, 1);
	assert_int_equal(row(w, "J").advert_received, 1);
	assert_int_equal(row(w, "M").advert_received, 1);
	assert_log("(I) Entering BACKUP STATE (init)\n(J) Entering BACKUP STATE (init)\n"
		   "(M) Entering BACKUP STATE (init)\n");
}

static void test_ipv6(void **state)
{
	struct world *w = *state;

	load(w, "vrrp_instance I {\n interface eth0\n virtual_router_id 5\n"
		" virtual_ipaddress {\n fe80::100\n 2001:db8::100\n }\n}\n");
	pass(w, SEC(4));
	assert_state(w, "I", VRRP_ACTIVE);
	assert_true(has(w, ETH0, "2001:db8::100"));
	assert_int_equal(row(w, "I").na_sent, 10);
	assert_memory_equal(sent(w), "P100>ff02::12 Nfe80::100 N2001:db8::100", 39);
}

/* ---- authentication headers -------------------------------------------------------------- */

static void test_ah_is_heard_while_it_is_wanted(void **state)
{
	struct world *w = *state;

	load(w, WITH("PASS"));
	assert_false(fake_pkt_listens_ah(w->pkt));
	load(w, WITH("AH"));
	assert_true(fake_pkt_listens_ah(w->pkt));
	load(w, WITH("AH"));
	assert_true(fake_pkt_listens_ah(w->pkt));
	load(w, ONE "}\n");
	assert_false(fake_pkt_listens_ah(w->pkt));
	forget(w);
	fake_pkt_fail(w->pkt, 1, -EPERM);
	load(w, WITH("AH"));
	assert_logged("Cannot receive adverts with AH: Operation not permitted\n");
	assert_logged("(I): entering FAULT state (Operation not permitted)\n");
	pass(w, SEC(10));
	assert_state(w, "I", VRRP_FAULT);
	assert_string_equal(sent(w), "");
	load(w, WITH("AH"));
	pass(w, SEC(4));
	assert_state(w, "I", VRRP_ACTIVE);
}

static void test_ah_numbers_come_to_their_end(void **state)
{
	struct world *w = *state;

	load(w, WITH("AH"));
	pass(w, SEC(10));
	assert_state(w, "I", VRRP_ACTIVE);
	forget(w);
	instance(w, "I")->ah.sequence = 0xFFFFFFFC;
	pass(w, SEC(5));
	assert_string_equal(sent(w), "A100>224.0.0.18 A100>224.0.0.18");
	assert_int_equal(logged("(I) IPSEC-AH : the sequence numbers are used up"), 1);
	fake_rtnl_link(w->rtnl, ETH0, "eth0", false);
	pass(w, SEC(1));
	assert_state(w, "I", VRRP_FAULT);
	fake_rtnl_link(w->rtnl, ETH0, "eth0", true);
	forget(w);
	pass(w, SEC(5));
	assert_state(w, "I", VRRP_ACTIVE);
	assert_non_null(strstr(sent(w), "A100>224.0.0.18"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_takeover),
		TEST(test_adverts_come_first),
		TEST(test_takeover_gives_way),
		TEST(test_yields_to_higher_priority),
		TEST(test_bad_adverts_change_nothing),
		TEST(test_stop_releases),
		TEST(test_stop_keeps_addresses_when_told),
		TEST(test_replacement_goes_on),
		TEST(test_left_address_stays_until_known),
		TEST(test_left_address_stays_when_nobody_speaks),
		TEST(test_interface_comes_and_goes),
		TEST(test_interface_down),
		TEST(test_tracked_interface_weight),
		TEST(test_address_taken_away),
		TEST(test_kernel_refuses_once),
		TEST(test_script),
		TEST(test_script_weight_and_hang),
		TEST(test_group_moves_together),
		TEST(test_notifications_in_order),
		TEST(test_reload_unchanged),
		TEST(test_reload_moves_address),
		TEST(test_reload_removes_address_and_instance),
		TEST(test_reload_priority),
		TEST(test_reload_restarts_one),
		TEST(test_reload_keeps_script_state),
		TEST(test_reload_receive_buffers),
		TEST(test_startup_delay),
		TEST(test_reload_during_startup_delay),
		TEST(test_deleted_instance_tells),
		TEST(test_interface_renamed),
		TEST(test_two_families_share_a_vrid),
		TEST(test_join_refused),
		TEST(test_send_error_is_told_once),
		TEST(test_group_gains_and_loses_members),
		TEST(test_group_waits_for_all),
		TEST(test_group_is_adopted_whole),
		TEST(test_group_adopts),
		TEST(test_reload_changes_trackers),
		TEST(test_reload_removes_failed_script),
		TEST(test_reload_changes_interface),
		TEST(test_reload_swaps_vrids),
		TEST(test_address_on_other_interface),
		TEST(test_untracked_address),
		TEST(test_random_packets_change_nothing),
		TEST(test_kernel_fails_anywhere),
		TEST(test_secondary_goes_with_primary),
		TEST(test_unicast),
		TEST(test_unicast_without_interface),
		TEST(test_unicast_instances_share_a_vrid),
		TEST(test_ipv6),
		TEST(test_ah_is_heard_while_it_is_wanted),
		TEST(test_ah_numbers_come_to_their_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
