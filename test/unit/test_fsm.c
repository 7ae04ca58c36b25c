/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The VRRP state machine: events in, trace of actions and the deadline out. Item numbers are those
 * of the list of clauses that the tests of this project are named after.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "keepalived/vrrp/fsm.h"

#define T0 SEC(1000)

static struct vrrp_conf conf;
static struct vrrp_fsm fsm;
static struct vrrp_actions acts;
static struct vrrp_group_conf a_group;
static char trace[2048];

static const char *const notices[] = {"MASTER", "BACKUP", "FAULT", "STOP", "PRIORITY", "LOWER"};
static const char *const announcements[] = {"none", "active", "lower"};

static void add(const char *text)
{
	size_t used = strlen(trace);

	snprintf(trace + used, sizeof(trace) - used, "%s%s", used ? "; " : "", text);
}

/* Counters are left out of the trace; they have a test of their own. */
static void make_trace(void)
{
	char word[300];

	trace[0] = '\0';
	for (uint32_t i = 0; i < acts.n; i++) {
		const struct vrrp_action *a = &acts.list[i];

		switch (a->kind) {
		case VRRP_DO_SEND:
			snprintf(word, sizeof(word), "send %d", a->value);
			break;
		case VRRP_DO_UP:
			snprintf(word, sizeof(word), "up");
			break;
		case VRRP_DO_DOWN:
			snprintf(word, sizeof(word), "down");
			break;
		case VRRP_DO_ANNOUNCE:
			snprintf(word, sizeof(word), "announce %s", announcements[a->value]);
			break;
		case VRRP_DO_NOTIFY:
			snprintf(word, sizeof(word), "notify %s", notices[a->value]);
			break;
		case VRRP_DO_LOG:
			vrrp_log_text(&conf, a, word, sizeof(word));
			break;
		case VRRP_DO_COUNT:
			continue;
		}
		add(word);
	}
}

static const char *step(struct vrrp_event e, ktime now)
{
	e.now = now;
	fsm = vrrp_step(&conf, fsm, &e, &acts);
	make_trace();
	return trace;
}

static uint32_t counted(enum vrrp_count what)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < acts.n; i++)
		n += acts.list[i].kind == VRRP_DO_COUNT && acts.list[i].value == (int)what;
	return n;
}

static struct vrrp_event advert(uint8_t priority, const char *from)
{
	struct vrrp_event e = {.kind = VRRP_EV_ADVERT};

	e.advert.priority = priority;
	e.advert.interval = conf.advert_int;
	addr_parse(&e.advert.src, from);
	addr_parse(&e.advert.self, "10.0.0.100");
	return e;
}

static struct vrrp_event event(enum vrrp_event_kind kind)
{
	return (struct vrrp_event){.kind = kind};
}

static struct vrrp_event start(void)
{
	return (struct vrrp_event){.kind = VRRP_EV_START, .priority = conf.priority};
}

static struct vrrp_event faults(uint32_t set)
{
	return (struct vrrp_event){.kind = VRRP_EV_FAULTS, .faults = set};
}

static struct vrrp_event group_to(enum vrrp_state to)
{
	return (struct vrrp_event){.kind = VRRP_EV_GROUP, .to = to};
}

static int reset(void **state)
{
	(void)state;
	conf = (struct vrrp_conf){
		.node.name = "VI",
		.family = AF_INET,
		.version = 3,
		.priority = 128,
		.advert_int = SEC(1),
		.down_timer_adverts = 3,
		.garp_lower_prio_repeat = 5,
	};
	fsm = (struct vrrp_fsm){0};
	return 0;
}

static void be_backup(void)
{
	step(start(), T0);
	assert_int_equal(fsm.state, VRRP_BACKUP);
}

static void be_active(void)
{
	be_backup();
	step(event(VRRP_EV_TIMER), fsm.deadline);
	assert_int_equal(fsm.state, VRRP_ACTIVE);
}

/* ---- timers -------------------------------------------------------------------------------- */

static void test_item_31_32_v3_skew_and_down(void **state)
{
	(void)state;
	assert_int_equal(vrrp_skew(&conf, 128, SEC(2)), SEC(1));
	assert_int_equal(vrrp_skew(&conf, 254, CENTI(100)), SEC(2) / 256);
	assert_int_equal(vrrp_down_time(&conf, 128, SEC(2)), SEC(7));
	conf.down_timer_adverts = 5;
	assert_int_equal(vrrp_down_time(&conf, 128, SEC(2)), SEC(11));
}

static void test_item_33_v2_skew_keeps_its_fraction(void **state)
{
	(void)state;
	conf.version = 2;
	assert_int_equal(vrrp_skew(&conf, 100, SEC(10)), SEC(156) / 256);
	assert_int_equal(vrrp_down_time(&conf, 100, SEC(10)), SEC(30) + SEC(156) / 256);
}

/* ---- Initialize ---------------------------------------------------------------------------- */

static void test_item_35_owner_starts_active(void **state)
{
	(void)state;
	conf.priority = 255;
	assert_string_equal(step(start(), T0),
		"(VI) Receive advertisement timeout; (VI) Entering MASTER STATE; send 255; up; "
		"announce active; notify MASTER");
	assert_int_equal(fsm.deadline, T0 + SEC(1));
	assert_int_equal(counted(VRRP_COUNT_BECAME_MASTER), 1);
}

static void test_item_36_others_start_as_backup(void **state)
{
	(void)state;
	conf.initial_state = VRRP_INITIAL_MASTER; /* changes nothing below 255 */
	assert_string_equal(
		step(start(), T0), "(VI) Entering BACKUP STATE (init); down; notify BACKUP");
	assert_int_equal(fsm.state, VRRP_BACKUP);
	assert_int_equal(fsm.interval, SEC(1));
	assert_int_equal(fsm.deadline, T0 + MSEC(3500));
}

static void test_start_in_fault(void **state)
{
	struct vrrp_event e = start();

	(void)state;
	e.faults = VRRP_FAULT_INTERFACE;
	assert_string_equal(step(e, T0), "(VI) Entering FAULT STATE (init); down; notify FAULT");
	assert_int_equal(fsm.deadline, KTIME_FOREVER);
}

static void test_start_twice_is_ignored(void **state)
{
	(void)state;
	be_active();
	assert_string_equal(step(start(), T0 + SEC(10)), "");
	assert_int_equal(fsm.state, VRRP_ACTIVE);
}

static void test_start_adopts_addresses(void **state)
{
	struct vrrp_event e = start();

	(void)state;
	e.adopt = true;
	assert_string_equal(step(e, T0),
		"(VI) Entering MASTER STATE; send 128; up; announce active; "
		"notify MASTER");
}

/* ---- Backup -------------------------------------------------------------------------------- */

static void test_item_39_backup_stops_silently(void **state)
{
	(void)state;
	be_backup();
	assert_string_equal(step(event(VRRP_EV_STOP), T0), "notify STOP");
	assert_int_equal(fsm.state, VRRP_INIT);
	assert_int_equal(fsm.deadline, KTIME_FOREVER);
	assert_string_equal(step(event(VRRP_EV_STOP), T0), "");
}

static void test_item_40_down_timer_fires(void **state)
{
	(void)state;
	be_backup();
	assert_string_equal(step(event(VRRP_EV_TIMER), T0 + MSEC(3500)),
		"(VI) Receive advertisement timeout; (VI) Entering MASTER STATE; send 128; up; "
		"announce active; notify MASTER");
	assert_int_equal(fsm.deadline, T0 + MSEC(4500));
}

static void test_stale_timer_is_ignored(void **state)
{
	(void)state;
	be_backup();
	assert_string_equal(step(event(VRRP_EV_TIMER), T0 + MSEC(3499)), "");
	assert_int_equal(fsm.state, VRRP_BACKUP);
	assert_int_equal(fsm.deadline, T0 + MSEC(3500));
}

static void test_item_43_priority_zero(void **state)
{
	(void)state;
	be_backup();
	assert_string_equal(step(advert(0, "10.0.0.1"), T0 + SEC(1)),
		"(VI) Backup received priority 0 advertisement");
	assert_int_equal(fsm.deadline, T0 + MSEC(1500));
	assert_int_equal(counted(VRRP_COUNT_ZERO_RECEIVED), 1);
	/* a stream of them does not put the takeover off */
	step(advert(0, "10.0.0.1"), T0 + MSEC(1400));
	assert_int_equal(fsm.deadline, T0 + MSEC(1500));
}

static void test_item_44_higher_rearms_and_teaches(void **state)
{
	struct vrrp_event e = advert(200, "10.0.0.1");

	(void)state;
	be_backup();
	e.advert.interval = SEC(2);
	assert_string_equal(step(e, T0 + SEC(1)),
		"(VI) master set to 10.0.0.1; (VI) advertisement interval updated from 1000ms to "
		"2000ms by master");
	assert_int_equal(fsm.interval, SEC(2));
	assert_int_equal(fsm.deadline, T0 + SEC(1) + SEC(7));
	assert_string_equal(step(e, T0 + SEC(2)), "");
	e = advert(200, "10.0.0.2");
	e.advert.interval = SEC(2);
	assert_string_equal(step(e, T0 + SEC(3)), "(VI) master changed from 10.0.0.1 to 10.0.0.2");
	assert_string_equal(step(event(VRRP_EV_TIMER), fsm.deadline),
		"(VI) Receive advertisement timeout; (VI) changing advert interval from 2000ms to "
		"locally configured 1000ms; (VI) Entering MASTER STATE; send 128; up; announce "
		"active; notify MASTER");
}

static void test_item_44_equal_priority_is_followed(void **state)
{
	(void)state;
	be_backup();
	step(advert(128, "10.0.0.1"), T0 + SEC(3));
	assert_int_equal(fsm.deadline, T0 + MSEC(6500));
}

static void test_item_44_v2_keeps_its_own_interval(void **state)
{
	struct vrrp_event e = advert(200, "10.0.0.1");

	(void)state;
	conf.version = 2;
	be_backup();
	e.advert.interval = SEC(9);
	step(e, T0 + SEC(1));
	assert_int_equal(fsm.interval, SEC(1));
}

static void test_item_44_nopreempt_follows_lower(void **state)
{
	(void)state;
	conf.nopreempt = true;
	be_backup();
	assert_string_equal(
		step(advert(1, "10.0.0.1"), T0 + SEC(3)), "(VI) master set to 10.0.0.1");
	assert_int_equal(fsm.deadline, T0 + MSEC(6500));
}

static void test_item_34_owner_always_preempts(void **state)
{
	(void)state;
	conf.priority = 255;
	conf.nopreempt = true; /* the configuration clears this; the machine does not rely on it */
	conf.group = &a_group;
	step(start(), T0);
	step(advert(254, "10.0.0.1"), T0 + SEC(1));
	assert_int_equal(fsm.wanted, VRRP_ACTIVE);
}

static void test_item_45_lower_is_discarded(void **state)
{
	ktime deadline;

	(void)state;
	be_backup();
	deadline = fsm.deadline;
	assert_string_equal(step(advert(127, "10.0.0.1"), T0 + SEC(1)),
		"(VI) master set to 10.0.0.1; (VI) received lower priority (127) advert from 10.0.0.1 "
		"- discarding");
	assert_int_equal(fsm.deadline, deadline);
	assert_string_equal(step(advert(127, "10.0.0.1"), T0 + SEC(2)),
		"(VI) received lower priority (127) advert from 10.0.0.1 - discarding");
	assert_int_equal(fsm.deadline, deadline);
}

static void test_preempt_delay(void **state)
{
	(void)state;
	conf.preempt_delay = MSEC(5500);
	be_backup();
	assert_string_equal(step(advert(100, "10.0.0.1"), T0 + SEC(1)),
		"(VI) master set to 10.0.0.1; (VI) start preempt delay (5.500000)");
	assert_int_equal(fsm.deadline, T0 + MSEC(4500)); /* followed: it could die */
	assert_string_equal(step(advert(100, "10.0.0.1"), T0 + SEC(4)), "");
	assert_string_equal(step(advert(100, "10.0.0.1"), T0 + SEC(7)),
		"(VI) received lower priority (100) advert from 10.0.0.1 - discarding");
	assert_int_equal(fsm.deadline, T0 + MSEC(7500));
	step(event(VRRP_EV_TIMER), T0 + MSEC(7500));
	assert_int_equal(fsm.state, VRRP_ACTIVE);
}

static void test_preempt_delay_stops_for_a_better_router(void **state)
{
	(void)state;
	conf.preempt_delay = SEC(5);
	be_backup();
	step(advert(100, "10.0.0.1"), T0);
	assert_string_equal(step(advert(200, "10.0.0.2"), T0 + SEC(1)),
		"(VI) master changed from 10.0.0.1 to 10.0.0.2; (VI) stop preempt delay");
	assert_int_equal(fsm.preempt_at, 0);
}

/* ---- Active -------------------------------------------------------------------------------- */

static void test_item_50_timer_sends(void **state)
{
	ktime due;

	(void)state;
	be_active();
	due = fsm.deadline;
	assert_string_equal(step(event(VRRP_EV_TIMER), due + MSEC(20)), "send 128");
	assert_int_equal(fsm.deadline, due + SEC(1)); /* no drift */
	assert_string_equal(step(event(VRRP_EV_TIMER), due + MSEC(2500)), "send 128");
	assert_int_equal(fsm.deadline, due + MSEC(3500)); /* no burst to catch up */
}

static void test_item_51_stop_says_goodbye(void **state)
{
	(void)state;
	be_active();
	assert_string_equal(step(event(VRRP_EV_STOP), T0 + SEC(4)),
		"send 0; (VI) sent 0 priority; announce none; down; notify STOP");
	assert_int_equal(counted(VRRP_COUNT_RELEASED_MASTER), 1);
	assert_int_equal(fsm.state, VRRP_INIT);
}

static void test_item_52_zero_is_answered(void **state)
{
	ktime now = T0 + SEC(4);

	(void)state;
	be_active();
	assert_string_equal(step(advert(0, "10.0.0.1"), now),
		"(VI) Master received priority 0 message; send 128");
	assert_int_equal(fsm.deadline, now + SEC(1));
}

static void test_item_53_higher_priority_wins(void **state)
{
	struct vrrp_event e = advert(129, "10.0.0.1");
	ktime now = T0 + SEC(4);

	(void)state;
	be_active();
	e.advert.interval = SEC(2);
	assert_string_equal(step(e, now),
		"(VI) Master received advert from 10.0.0.1 with higher priority 129, ours 128; (VI) "
		"Entering BACKUP STATE; announce none; down; notify BACKUP; (VI) master set to "
		"10.0.0.1; (VI) advertisement interval updated from 1000ms to 2000ms by master");
	assert_int_equal(fsm.deadline, now + SEC(7));
	assert_int_equal(counted(VRRP_COUNT_RELEASED_MASTER), 1);
}

static void test_item_53_equal_priority_decided_by_address(void **state)
{
	(void)state;
	be_active();
	assert_string_equal(step(advert(128, "10.0.0.99"), T0 + SEC(4)),
		"(VI) Received advert from 10.0.0.99 with lower priority 128, ours 128, forcing new "
		"election; send 128; announce lower; notify LOWER");
	assert_int_equal(fsm.state, VRRP_ACTIVE);
	/* unsigned, in network order: 200 is greater than 10 */
	step(advert(128, "200.0.0.1"), T0 + SEC(4));
	assert_non_null(
		strstr(trace, "(VI) Master received advert from 200.0.0.1 with same priority "
			      "128 but higher IP address than ours"));
	assert_int_equal(fsm.state, VRRP_BACKUP);
}

static void test_higher_prio_send_advert(void **state)
{
	(void)state;
	conf.higher_prio_send_advert = TRI_ON;
	be_active();
	step(advert(200, "10.0.0.1"), T0 + SEC(4));
	assert_non_null(strstr(trace, "ours 128; send 128; (VI) Entering BACKUP STATE"));
}

static void test_item_54_lower_is_answered_at_once(void **state)
{
	ktime deadline;

	(void)state;
	be_active();
	deadline = fsm.deadline;
	assert_string_equal(step(advert(100, "10.0.0.1"), T0 + SEC(4)),
		"(VI) Received advert from 10.0.0.1 with lower priority 100, ours 128, forcing new "
		"election; send 128; announce lower; notify LOWER");
	assert_int_equal(fsm.deadline, deadline);
}

static void test_a_burst_gets_one_answer(void **state)
{
	(void)state;
	be_active();
	step(advert(100, "10.0.0.1"), T0 + SEC(4));
	assert_non_null(strstr(trace, "send 128"));
	step(advert(100, "10.0.0.1"), T0 + SEC(4));
	assert_null(strstr(trace, "send 128"));
	step(advert(0, "10.0.0.1"), T0 + SEC(4));
	assert_null(strstr(trace, "send 128"));
	step(advert(100, "10.0.0.1"), T0 + SEC(4) + MSEC(1));
	assert_non_null(strstr(trace, "send 128"));
}

static void test_lower_prio_no_advert(void **state)
{
	(void)state;
	conf.lower_prio_no_advert = TRI_ON;
	conf.garp_lower_prio_repeat = 0;
	be_active();
	assert_string_equal(step(advert(100, "10.0.0.1"), T0 + SEC(4)),
		"(VI) Received advert from 10.0.0.1 with lower priority 100, ours 128; notify LOWER");
}

static void test_item_55_nopreempt_does_not_matter_when_active(void **state)
{
	(void)state;
	conf.nopreempt = true;
	be_active();
	step(advert(100, "10.0.0.1"), T0 + SEC(4));
	assert_int_equal(fsm.state, VRRP_ACTIVE);
	step(advert(200, "10.0.0.1"), T0 + SEC(4));
	assert_int_equal(fsm.state, VRRP_BACKUP);
}

static void test_our_own_address(void **state)
{
	(void)state;
	be_active();
	assert_string_equal(step(advert(128, "10.0.0.100"), T0 + SEC(4)),
		"(VI) WARNING - equal priority advert received from remote host with our IP address.");
}

static void test_two_owners(void **state)
{
	(void)state;
	conf.priority = 255;
	step(start(), T0);
	step(advert(255, "10.0.0.200"), T0);
	assert_non_null(
		strstr(trace, "(VI) CONFIGURATION ERROR: local instance and 10.0.0.200 are "
			      "both configured as address owner, please resolve; (VI) "
			      "10.0.0.200 is still advertising as address owner, please "
			      "resolve - reducing our priority; (VI) Entering BACKUP STATE"));
	assert_int_equal(fsm.priority, 254);
	step((struct vrrp_event){.kind = VRRP_EV_PRIORITY, .priority = 255}, T0 + SEC(1));
	assert_int_equal(fsm.priority, 254);
	step(advert(255, "10.0.0.200"), T0 + SEC(1));
	assert_int_equal(fsm.state, VRRP_BACKUP);
	step(event(VRRP_EV_TIMER), fsm.deadline);
	assert_non_null(
		strstr(trace, "(VI) Restoring our priority to 255 since other address owner "
			      "has disappeared; (VI) Entering MASTER STATE; send 255"));
	/* the one with the greater address stays, and complains once */
	step(advert(255, "10.0.0.1"), T0 + SEC(9));
	assert_int_equal(fsm.state, VRRP_ACTIVE);
	assert_null(strstr(trace, "CONFIGURATION"));
}

static void test_lowered_owner_is_reconfigured(void **state)
{
	(void)state;
	conf.priority = 255;
	step(start(), T0);
	step(advert(255, "10.0.0.200"), T0);
	step((struct vrrp_event){.kind = VRRP_EV_PRIORITY, .priority = 254}, T0);
	step(event(VRRP_EV_TIMER), fsm.deadline);
	assert_int_equal(fsm.state, VRRP_ACTIVE);
	assert_int_equal(fsm.priority, 254);
}

/* ---- Late ---------------------------------------------------------------------------------- */

static void test_active_listens_after_a_long_sleep(void **state)
{
	ktime due;

	(void)state;
	be_active();
	due = fsm.deadline;
	assert_string_equal(step(event(VRRP_EV_TIMER), due + SEC(3)),
		"(VI) ran 3000 ms late, another router may have taken over - listening before "
		"advertising");
	assert_int_equal(counted(VRRP_COUNT_LATE), 1);
	assert_int_equal(fsm.deadline, due + SEC(4));
	assert_string_equal(step(event(VRRP_EV_TIMER), due + SEC(4)), "send 128");
}

static void test_active_is_not_late_before_a_rival_could_act(void **state)
{
	(void)state;
	be_active();
	assert_string_equal(step(event(VRRP_EV_TIMER), fsm.deadline + SEC(2)), "send 128");
}

static void test_late_event_and_then_a_better_router(void **state)
{
	(void)state;
	be_active();
	step(event(VRRP_EV_LATE), fsm.deadline + SEC(10));
	assert_int_equal(counted(VRRP_COUNT_LATE), 1);
	step(advert(200, "10.0.0.1"), fsm.deadline - MSEC(900));
	assert_int_equal(counted(VRRP_COUNT_LATE), 0);
	assert_int_equal(fsm.state, VRRP_BACKUP);
}

static void test_timer_expired_backup(void **state)
{
	(void)state;
	conf.nopreempt = true;
	conf.timer_expired_backup = 100;
	be_active();
	step(advert(100, "10.0.0.1"), fsm.deadline + SEC(3)); /* it took over meanwhile */
	assert_non_null(strstr(trace, "(VI) ran 3000 ms late, another router may have taken over - "
				      "going to BACKUP; (VI) Entering BACKUP STATE"));
	assert_int_equal(fsm.state, VRRP_BACKUP);
	assert_true(fsm.active.family == AF_INET);
}

static void test_backup_listens_after_a_long_sleep(void **state)
{
	ktime late;

	(void)state;
	be_backup();
	late = fsm.deadline + MSEC(3500);
	step(event(VRRP_EV_TIMER), late);
	assert_int_equal(fsm.state, VRRP_BACKUP);
	assert_int_equal(fsm.deadline, late + MSEC(1500));
	step(event(VRRP_EV_TIMER), fsm.deadline);
	assert_int_equal(fsm.state, VRRP_ACTIVE);
}

/* ---- Faults, groups, changes ----------------------------------------------------------------- */

static void test_fault_says_goodbye_once(void **state)
{
	(void)state;
	be_active();
	assert_string_equal(step(faults(VRRP_FAULT_SCRIPT), T0 + SEC(4)),
		"(VI) Entering FAULT STATE; send 0; (VI) sent 0 priority; announce none; down; "
		"notify FAULT");
	assert_string_equal(
		step(faults(VRRP_FAULT_SCRIPT | VRRP_FAULT_INTERFACE), T0 + SEC(5)), "");
	assert_string_equal(step(advert(1, "10.0.0.1"), T0 + SEC(5)), "");
	assert_string_equal(step(faults(VRRP_FAULT_INTERFACE), T0 + SEC(6)), "");
	assert_string_equal(
		step(faults(0), T0 + SEC(7)), "(VI) Entering BACKUP STATE; notify BACKUP");
	assert_int_equal(fsm.deadline, T0 + MSEC(10500));
}

static void test_backup_enters_fault_silently(void **state)
{
	(void)state;
	be_backup();
	assert_string_equal(step(faults(1), T0), "(VI) Entering FAULT STATE; notify FAULT");
	assert_string_equal(step(event(VRRP_EV_STOP), T0), "notify STOP");
}

static void test_group_member_waits(void **state)
{
	(void)state;
	conf.group = &a_group;
	be_backup();
	assert_string_equal(
		step(event(VRRP_EV_TIMER), fsm.deadline), "(VI) Receive advertisement timeout");
	assert_int_equal(fsm.state, VRRP_BACKUP);
	assert_int_equal(fsm.wanted, VRRP_ACTIVE);
	assert_int_equal(fsm.deadline, KTIME_FOREVER);
	step(advert(200, "10.0.0.1"), T0 + SEC(9));
	assert_int_equal(fsm.wanted, VRRP_BACKUP);
	assert_int_equal(fsm.deadline, T0 + MSEC(12500));
}

static void test_group_moves_a_member(void **state)
{
	(void)state;
	conf.group = &a_group;
	be_backup();
	step(group_to(VRRP_ACTIVE), T0 + SEC(1));
	assert_int_equal(fsm.state, VRRP_ACTIVE);
	assert_string_equal(step(group_to(VRRP_ACTIVE), T0 + SEC(1)), "");
	assert_string_equal(step(group_to(VRRP_BACKUP), T0 + SEC(2)),
		"(VI) Entering BACKUP STATE; announce none; down; notify BACKUP");
	assert_string_equal(
		step(group_to(VRRP_FAULT), T0 + SEC(3)), "(VI) Entering FAULT STATE; notify FAULT");
	assert_string_equal(step(group_to(VRRP_BACKUP), T0 + SEC(4)),
		"(VI) Entering BACKUP STATE; notify BACKUP");
}

static void test_group_member_leaves_fault_with_the_group(void **state)
{
	(void)state;
	conf.group = &a_group;
	be_backup();
	step(faults(1), T0);
	assert_string_equal(step(group_to(VRRP_BACKUP), T0), ""); /* it has a fault of its own */
	assert_string_equal(step(faults(0), T0), "");
	assert_int_equal(fsm.state, VRRP_FAULT);
	step(group_to(VRRP_BACKUP), T0);
	assert_int_equal(fsm.state, VRRP_BACKUP);
}

static void test_priority_change(void **state)
{
	struct vrrp_event e = {.kind = VRRP_EV_PRIORITY, .priority = 192};

	(void)state;
	be_backup();
	assert_string_equal(step(e, T0 + SEC(1)),
		"(VI) Changing effective priority from 128 to 192; notify PRIORITY");
	assert_int_equal(fsm.deadline, T0 + MSEC(3250));
	assert_string_equal(step(e, T0 + SEC(1)), "");
	step(event(VRRP_EV_TIMER), fsm.deadline);
	assert_non_null(strstr(trace, "send 192"));
}

static void test_configuration_change(void **state)
{
	(void)state;
	be_active();
	step(event(VRRP_EV_TIMER), fsm.deadline);
	conf.advert_int = MSEC(100);
	assert_string_equal(step(event(VRRP_EV_CONF), T0 + SEC(5)), "");
	assert_int_equal(fsm.deadline, T0 + SEC(5) + MSEC(100));
	reset(NULL);
	be_backup();
	conf.advert_int = MSEC(100);
	step(event(VRRP_EV_CONF), T0 + SEC(1));
	assert_int_equal(fsm.deadline, T0 + MSEC(1350));
}

static void test_member_that_leaves_its_group(void **state)
{
	(void)state;
	conf.group = &a_group;
	be_backup();
	step(event(VRRP_EV_TIMER), fsm.deadline);
	conf.group = NULL;
	step(event(VRRP_EV_CONF), T0 + SEC(9));
	assert_int_equal(fsm.state, VRRP_ACTIVE);
}

static void test_address_lost(void **state)
{
	(void)state;
	be_active();
	assert_string_equal(step(event(VRRP_EV_ADDRESS_LOST), T0 + SEC(4)),
		"(VI) a virtual address was removed by somebody else - putting it back; up; announce "
		"active");
	reset(NULL);
	be_backup();
	assert_string_equal(step(event(VRRP_EV_ADDRESS_LOST), T0 + SEC(4)), "");
}

static void test_texts_say_when_detail_is_needed(void **state)
{
	struct vrrp_action a = {.kind = VRRP_DO_LOG};
	char text[12];

	(void)state;
	a.value = VRRP_LOG_TIMEOUT;
	assert_true(vrrp_log_text(&conf, &a, text, sizeof(text)));
	assert_string_equal(text, "(VI) Receiv"); /* cut to size */
	a.value = VRRP_LOG_ENTER_ACTIVE;
	assert_false(vrrp_log_text(&conf, &a, text, sizeof(text)));
	for (a.value = 0; a.value < VRRP_LOGS; a.value++) {
		text[5] = '\0';
		vrrp_log_text(&conf, &a, text, sizeof(text));
		assert_true(text[5] != '\0');
	}
	assert_string_equal(vrrp_state_name(VRRP_ACTIVE), "MASTER");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, reset)
	const struct CMUnitTest tests[] = {
		T(test_item_31_32_v3_skew_and_down),
		T(test_item_33_v2_skew_keeps_its_fraction),
		T(test_item_34_owner_always_preempts),
		T(test_item_35_owner_starts_active),
		T(test_item_36_others_start_as_backup),
		T(test_start_in_fault),
		T(test_start_twice_is_ignored),
		T(test_start_adopts_addresses),
		T(test_item_39_backup_stops_silently),
		T(test_item_40_down_timer_fires),
		T(test_stale_timer_is_ignored),
		T(test_item_43_priority_zero),
		T(test_item_44_higher_rearms_and_teaches),
		T(test_item_44_equal_priority_is_followed),
		T(test_item_44_v2_keeps_its_own_interval),
		T(test_item_44_nopreempt_follows_lower),
		T(test_item_45_lower_is_discarded),
		T(test_preempt_delay),
		T(test_preempt_delay_stops_for_a_better_router),
		T(test_item_50_timer_sends),
		T(test_item_51_stop_says_goodbye),
		T(test_item_52_zero_is_answered),
		T(test_item_53_higher_priority_wins),
		T(test_item_53_equal_priority_decided_by_address),
		T(test_higher_prio_send_advert),
		T(test_item_54_lower_is_answered_at_once),
		T(test_a_burst_gets_one_answer),
		T(test_lower_prio_no_advert),
		T(test_item_55_nopreempt_does_not_matter_when_active),
		T(test_our_own_address),
		T(test_two_owners),
		T(test_lowered_owner_is_reconfigured),
		T(test_active_listens_after_a_long_sleep),
		T(test_active_is_not_late_before_a_rival_could_act),
		T(test_late_event_and_then_a_better_router),
		T(test_timer_expired_backup),
		T(test_backup_listens_after_a_long_sleep),
		T(test_fault_says_goodbye_once),
		T(test_backup_enters_fault_silently),
		T(test_group_member_waits),
		T(test_group_moves_a_member),
		T(test_group_member_leaves_fault_with_the_group),
		T(test_priority_change),
		T(test_configuration_change),
		T(test_member_that_leaves_its_group),
		T(test_address_lost),
		T(test_texts_say_when_detail_is_needed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
