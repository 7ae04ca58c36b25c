# SPDX-License-Identifier: GPL-2.0-or-later
"""SIGHUP: what is unchanged must not notice; what is changed changes at once and alone."""
import os
import signal

import pytest

import wire
from lab import wait_for
from router import PASS, AddressWatch, Keepalived, block, instance

INTERVAL = 0.5
FAST = dict(version=3, advert_int=INTERVAL)
VIP, VIP2, VIP3 = '10.0.0.100', '10.0.0.101', '10.0.0.102'
# No second block, so that any announcement after the first seconds is news.
GLOBAL = block('global_defs', 'vrrp_garp_master_delay 0')


def two(first=(VIP,), second=(VIP2,), **more):
    return GLOBAL + instance('A', vrid=1, vips=[v + '/24' for v in first], **FAST) + \
        instance('B', vrid=2, vips=[v + '/24' for v in second], **{**FAST, **more})


@pytest.fixture
def a(lab):
    r = Keepalived(lab, 'a', '10.0.0.1/24', conf=two()).start_up()
    for v in (VIP, VIP2):
        r.wait_holds(v)
    wait_for('adverts', lambda: r.sends(0, 1) and r.sends(0, 2))
    wait_for('announcements', lambda: len(r.tap.announcements()) >= 10)
    r.watch = AddressWatch(r.host)
    r.calm = wire.now()
    return r


def pass_time(seconds):
    start = wire.now()
    wait_for('time to pass', lambda: wire.now() >= start + seconds, seconds + 10)


def steady(r, vrid, since):
    """No advert of it came late since then."""
    return r.steady(INTERVAL, since, vrid)


def lists(r, vrid, *addresses):
    wait_for('the new addresses', lambda: r.adverts(vrid=vrid)[-1].addresses == list(addresses))


def silent(r, since, *addresses):
    """Nothing was announced but these."""
    def announced():
        return {x.address for x in r.tap.announcements(since)}
    wait_for('announcements', lambda: announced() >= set(addresses))
    assert announced() == set(addresses)


def test_nothing_changed(a):
    for _ in range(5):
        a.reload()
    pass_time(2)
    for vrid in (1, 2):
        assert steady(a, vrid, a.calm)
    silent(a, a.calm)
    assert not a.watch.touched(VIP) and not a.watch.touched(VIP2)
    assert not [l for l in a.process.text().split('Reloading')[1:] if 'STATE' in l]


def test_many_hups_at_once(a):
    """Requests are queued, the last text wins, no advert is missed."""
    a.configure(two(second=(VIP2, VIP3)))
    for _ in range(30):
        a.process.signal(signal.SIGHUP)
    a.wait_holds(VIP3)
    pass_time(2)
    for vrid in (1, 2):
        assert steady(a, vrid, a.calm)
    silent(a, a.calm, VIP2, VIP3)
    assert a.process.alive()


def test_address_moves_between_instances(a):
    """In one reload, and it is never absent."""
    a.reload(two(first=(), second=(VIP2, VIP)).replace('instance A {', 'instance A {\n no_virtual_ipaddress'))
    pass_time(2)
    assert a.watch.gone(VIP) == 0 and a.holds(VIP)
    lists(a, 2, VIP2, VIP)
    assert steady(a, 2, a.calm)


def test_addresses_are_swapped(a):
    a.reload(two(first=(VIP2,), second=(VIP,)))
    pass_time(2)
    assert a.watch.gone(VIP) == 0 and a.watch.gone(VIP2) == 0
    lists(a, 1, VIP2)
    lists(a, 2, VIP)
    assert a.holds(VIP) and a.holds(VIP2)


def test_address_added_and_removed(a):
    start = wire.now()
    a.reload(two(second=(VIP2, VIP3)))
    a.wait_holds(VIP3)
    pass_time(2)
    silent(a, start, VIP2, VIP3)  # of the whole instance, but of no other
    lists(a, 2, VIP2, VIP3)
    start = wire.now()
    a.reload(two(second=(VIP3,)))
    a.wait_lacks(VIP2)
    pass_time(2)
    silent(a, start)
    lists(a, 2, VIP3)
    assert steady(a, 1, a.calm) and steady(a, 2, a.calm)
    assert a.watch.gone(VIP3) == 0 and not a.watch.touched(VIP)


def test_instance_removed_and_added(a):
    start = wire.now()
    a.reload(GLOBAL + instance('A', vrid=1, vips=[VIP + '/24'], **FAST))
    a.wait_lacks(VIP2)
    a.wait_farewell(start, 2)
    a.reload(two())
    a.wait_holds(VIP2)
    assert steady(a, 1, a.calm)
    assert not a.watch.touched(VIP)
    silent(a, a.calm, VIP2)


def test_interval_and_priority_of_a_master(a):
    a.reload(two(priority=140).replace('advert_int 0.5', 'advert_int 0.6', 1))
    pass_time(2)
    wait_for('the new priority', lambda: a.adverts(vrid=2)[-1].priority == 140)
    wait_for('the new interval', lambda: a.adverts(vrid=1)[-1].interval == 0.6)
    assert steady(a, 2, a.calm)
    silent(a, a.calm)
    assert not a.watch.touched(VIP) and not a.watch.touched(VIP2)


@pytest.mark.parametrize('text', [
    two() + 'vrrp_instance C {\n    interface eth0\n    virtual_router_id 300\n',
    two().replace('virtual_router_id 2', 'virtual_router_idd 2'),
    two().replace('interface eth0', 'interfacee eth0'),
    two().replace('10.0.0.101/24', '10.0.0.257/24'),
    two().replace('}', '', 1),
    'complete nonsense {\n"',
    '~SEQ(x,1,5000) y\n' + two(), '\0\0\0\0', 'include /nonexistent/a.conf\n' + two().replace('priority', 'prio'),
], ids=['no-brace', 'keyword', 'interface', 'address', 'missing-brace', 'nonsense', 'endless-nonsense', 'nul', 'priority'])
def test_broken_file(a, text):
    """Everything stays, and the log says where and why."""
    mark = a.hup(text)
    a.process.wait_line('Reload refused: .*stays in force', since=mark)
    assert len(a.process.text_since(mark).splitlines()) < 300, 'the log is flooded'
    assert wait_for('a located message', lambda: 'Line ' in a.process.text_since(mark)), 'no place told'
    pass_time(2)
    for vrid in (1, 2):
        assert steady(a, vrid, a.calm)
    silent(a, a.calm)
    assert not a.watch.touched(VIP) and not a.watch.touched(VIP2)
    a.reload(two(second=(VIP2, VIP3)))
    a.wait_holds(VIP3)


def test_missing_file(a):
    """The original drops everything silently."""
    os.unlink(a.path)
    mark = a.hup()
    a.process.wait_line('Reload refused: .*cannot be read', since=mark)
    pass_time(2)
    assert steady(a, 1, a.calm) and a.holds(VIP) and not a.watch.touched(VIP)
    a.reload(two())


def test_running_with_an_error_reload_with_it(lab):
    """Who started with a typo can go on reloading with it, but not add another."""
    typo = GLOBAL + instance('A', 'advrt_int 1', vrid=1, vips=[VIP + '/24'], **FAST)
    r = Keepalived(lab, 'a', '10.0.0.1/24', conf=typo).start_up()
    r.wait_holds(VIP)
    r.reload(typo.replace(VIP + '/24', VIP + '/24\n' + VIP2 + '/24'))
    r.wait_holds(VIP2)
    mark = r.hup(typo.replace('priority', 'prioritty'))
    r.process.wait_line('Reload refused', since=mark)


def pair(lab, mine, theirs, **more):
    a = Keepalived(lab, 'a', '10.0.0.1/24', conf=instance(priority=mine, **FAST, **more)).start_up()
    b = Keepalived(lab, 'b', '10.0.0.2/24', conf=instance(priority=theirs, **FAST, **more)).start_up()
    first = a if mine > theirs else b
    first.wait_holds(VIP)
    wait_for('one master', lambda: a.holds(VIP) != b.holds(VIP))
    return a, b


def test_priority_raised_above_the_master(lab):
    a, b = pair(lab, 90, 100)
    a.reload(instance(priority=110, **FAST))
    a.wait_holds(VIP)
    b.wait_lacks(VIP)


def test_priority_lowered_below_the_backup(lab):
    a, b = pair(lab, 110, 100)
    a.reload(instance(priority=90, **FAST))
    b.wait_holds(VIP)
    a.wait_lacks(VIP)


def test_state_and_nopreempt_do_not_move_anything(lab):
    a, b = pair(lab, 90, 100)
    start = wire.now()
    a.reload(instance('V', 'nopreempt', priority=110, **FAST))
    pass_time(1.5)
    assert b.holds(VIP) and not a.holds(VIP) and not a.sends(start)


def test_password_changed(lab):
    """On both, one after the other: each refuses the other's adverts meanwhile, and then agrees."""
    a, b = pair(lab, 110, 100)
    old = instance('V', PASS, priority=110)
    a.reload(old)
    b.reload(old.replace('110', '100'))
    start = wire.now()
    wait_for('one master', lambda: a.sends(start) and a.holds(VIP) and not b.holds(VIP), 20)
    a.reload(old.replace('1111', '2222'))
    b.reload(old.replace('110', '100').replace('1111', '2222'))
    pass_time(1)
    assert a.holds(VIP)
    wait_for('one master', lambda: not b.holds(VIP))


def test_both_routers_reload_all_the_time(lab):
    """The backup never moves."""
    a, b = pair(lab, 110, 100)
    start = wire.now()
    for _ in range(10):
        a.reload()
        b.reload()
    pass_time(1.5)
    assert not b.sends(start)
    assert steady(a, 51, start)


def test_vrrp_appears_and_goes(lab):
    """From nothing to run, and back."""
    r = Keepalived(lab, 'a', '10.0.0.1/24', conf='global_defs {\n}\n').start_up()
    r.reload(instance(**FAST))
    r.wait_holds(VIP)
    r.reload('global_defs {\n}\n')
    r.wait_lacks(VIP)
    r.wait_farewell()
    assert not r.process.children()
    r.reload(instance(**FAST))
    r.wait_holds(VIP)
    assert r.stop() == 0


def test_reload_while_child_restarts(a):
    """Either the reload waits for it, or it is refused with this reason (the child could have died
    of the new text): then the next one works. No address is lost in any case."""
    os.kill(a.vrrp_pid(), signal.SIGKILL)
    mark = a.hup(two(second=(VIP2, VIP3)))
    a.process.wait_line('Reload complete|Reload refused: a child process died meanwhile', since=mark)
    if 'refused' in a.process.text_since(mark):
        a.process.wait_line(r'\(B\) Entering MASTER STATE', since=mark)
        a.reload()
    a.wait_holds(VIP3)
    assert a.watch.gone(VIP) == 0 and a.watch.gone(VIP2) == 0
