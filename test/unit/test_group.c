/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sync groups: where the members' states lead, and a whole group walked through its life. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "keepalived/vrrp/group.h"

#define N 2

static struct vrrp_group_conf group_conf;
static struct vrrp_conf conf[N];
static struct vrrp_fsm fsm[N];
static enum vrrp_state group;
static ktime now;

static enum vrrp_state next(struct vrrp_fsm a, struct vrrp_fsm b, enum vrrp_state before)
{
	const struct vrrp_fsm *const members[] = {&a, &b};

	return vrrp_group_next(members, 2, 0, before);
}

static void test_table(void **state)
{
	const struct vrrp_fsm init = {0};
	const struct vrrp_fsm backup = {.state = VRRP_BACKUP, .wanted = VRRP_BACKUP};
	const struct vrrp_fsm willing = {.state = VRRP_BACKUP, .wanted = VRRP_ACTIVE};
	const struct vrrp_fsm active = {.state = VRRP_ACTIVE, .wanted = VRRP_ACTIVE};
	const struct vrrp_fsm faulty = {.state = VRRP_FAULT, .wanted = VRRP_FAULT, .faults = 1};
	const struct vrrp_fsm held = {.state = VRRP_FAULT, .wanted = VRRP_FAULT};

	(void)state;
	assert_int_equal(vrrp_group_next(NULL, 0, 0, VRRP_INIT), VRRP_INIT);
	assert_int_equal(next(init, active, VRRP_INIT), VRRP_INIT);
	assert_int_equal(next(init, faulty, VRRP_INIT), VRRP_INIT);
	assert_int_equal(next(backup, backup, VRRP_INIT), VRRP_BACKUP);
	assert_int_equal(next(willing, backup, VRRP_BACKUP), VRRP_BACKUP);
	assert_int_equal(next(willing, willing, VRRP_BACKUP), VRRP_ACTIVE);
	assert_int_equal(next(active, active, VRRP_BACKUP), VRRP_ACTIVE);
	assert_int_equal(next(backup, active, VRRP_ACTIVE), VRRP_BACKUP); /* it yielded */
	assert_int_equal(next(backup, active, VRRP_INIT), VRRP_INIT);     /* it joined */
	assert_int_equal(next(willing, active, VRRP_BACKUP), VRRP_ACTIVE);
	assert_int_equal(next(faulty, active, VRRP_ACTIVE), VRRP_FAULT);
	assert_int_equal(next(faulty, held, VRRP_FAULT), VRRP_FAULT);
	assert_int_equal(next(held, held, VRRP_FAULT), VRRP_BACKUP);
	assert_int_equal(next(held, active, VRRP_FAULT), VRRP_BACKUP);
}

/* What the caller does, as group.h says. */
static void step(uint32_t i, struct vrrp_event e)
{
	const struct vrrp_fsm *const members[N] = {&fsm[0], &fsm[1]};
	enum vrrp_state before = (enum vrrp_state)fsm[i].state, to;
	struct vrrp_actions acts;

	e.now = now;
	fsm[i] = vrrp_step(&conf[i], fsm[i], &e, &acts);
	to = vrrp_group_next(members, N, i, before);
	if (to == VRRP_INIT)
		return;
	for (uint32_t k = 0; k < N; k++) {
		struct vrrp_event move = {.kind = VRRP_EV_GROUP, .now = now, .to = to};

		fsm[k] = vrrp_step(&conf[k], fsm[k], &move, &acts);
	}
	group = to;
}

static void expect(enum vrrp_state all)
{
	assert_int_equal(group, all);
	for (uint32_t i = 0; i < N; i++)
		assert_int_equal(fsm[i].state, all);
}

static int setup(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < N; i++) {
		conf[i] = (struct vrrp_conf){
			.node.name = "VI",
			.family = AF_INET,
			.version = 3,
			.priority = 100,
			.advert_int = SEC(1),
			.down_timer_adverts = 3,
			.group = &group_conf,
		};
		fsm[i] = (struct vrrp_fsm){0};
	}
	group = VRRP_INIT;
	now = SEC(100);
	return 0;
}

static void start(uint8_t first, uint8_t second)
{
	step(0, (struct vrrp_event){.kind = VRRP_EV_START, .priority = first});
	step(1, (struct vrrp_event){.kind = VRRP_EV_START, .priority = second});
}

static void timer(uint32_t i)
{
	now = MAX(now, fsm[i].deadline);
	step(i, (struct vrrp_event){.kind = VRRP_EV_TIMER});
}

static struct vrrp_event advert(uint8_t priority)
{
	struct vrrp_event e = {.kind = VRRP_EV_ADVERT};

	e.advert.priority = priority;
	e.advert.interval = SEC(1);
	addr_parse(&e.advert.src, "10.0.0.9");
	addr_parse(&e.advert.self, "10.0.0.1");
	return e;
}

static void test_takeover_needs_all(void **state)
{
	(void)state;
	start(100, 100);
	expect(VRRP_BACKUP);
	step(0, advert(200));
	timer(1);
	expect(VRRP_BACKUP);
	timer(0);
	expect(VRRP_ACTIVE);
}

static void test_one_yields_all_yield(void **state)
{
	(void)state;
	start(100, 100);
	timer(0);
	timer(1);
	expect(VRRP_ACTIVE);
	step(1, advert(50));
	expect(VRRP_ACTIVE);
	step(1, advert(101));
	expect(VRRP_BACKUP);
}

static void test_fault_takes_all_along_and_back(void **state)
{
	(void)state;
	start(100, 100);
	timer(0);
	timer(1);
	step(0, (struct vrrp_event){.kind = VRRP_EV_FAULTS, .faults = 1});
	expect(VRRP_FAULT);
	step(1, (struct vrrp_event){.kind = VRRP_EV_FAULTS, .faults = 2});
	step(0, (struct vrrp_event){.kind = VRRP_EV_FAULTS, .faults = 0});
	expect(VRRP_FAULT);
	step(1, (struct vrrp_event){.kind = VRRP_EV_FAULTS, .faults = 0});
	expect(VRRP_BACKUP);
}

static void test_owners_start_active_only_together(void **state)
{
	(void)state;
	start(255, 255);
	expect(VRRP_ACTIVE);
	setup(NULL);
	start(255, 100);
	expect(VRRP_BACKUP);
	timer(1);
	expect(VRRP_ACTIVE);
}

static void test_adopted_group_goes_on(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < N; i++)
		step(i, (struct vrrp_event){.kind = VRRP_EV_START, .priority = 100, .adopt = true});
	expect(VRRP_ACTIVE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_table, setup),
		cmocka_unit_test_setup(test_takeover_needs_all, setup),
		cmocka_unit_test_setup(test_one_yields_all_yield, setup),
		cmocka_unit_test_setup(test_fault_takes_all_along_and_back, setup),
		cmocka_unit_test_setup(test_owners_start_active_only_together, setup),
		cmocka_unit_test_setup(test_adopted_group_goes_on, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
