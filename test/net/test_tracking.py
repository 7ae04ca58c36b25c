# SPDX-License-Identifier: GPL-2.0-or-later
"""What a virtual router watches: scripts, interfaces, its own addresses, its sync group."""
import os
import signal
import time

import pytest

import wire
from lab import wait_for
from router import Keepalived, block, instance, wait_alone

FAST = dict(version=3, advert_int=0.2)
VIP, VIP2 = '10.0.0.100', '10.0.0.101'
SCRIPTS = block('global_defs', 'enable_script_security', 'script_user root', 'vrrp_garp_master_delay 0')


def pass_time(seconds):
    start = wire.now()
    wait_for('time to pass', lambda: wire.now() >= start + seconds, seconds + 10)


def priority(r, vrid=51):
    found = r.adverts(vrid=vrid)
    return found[-1].priority if found else None


def wait_priority(r, value, vrid=51):
    wait_for('priority %s' % value, lambda: priority(r, vrid) == value)


# ---- track_script --------------------------------------------------------------------------------

def tracked(lab, body, *more, weight=None, **words):
    """A router with one script that looks for a file; make(ok) makes or removes it."""
    host = lab.host('a')
    flag = os.path.join(lab.dir, 'flag')
    path = host.file('check.sh', '#!/bin/sh\necho x >> %s/runs\n%s\n' % (lab.dir, body.replace('FLAG', flag)), 0o755)
    r = Keepalived(lab, 'a', '10.0.0.1/24')
    r.configure(SCRIPTS + block('vrrp_script chk', 'script "%s"' % path, 'interval 1', *more) +
                instance('V', block('track_script', 'chk' + (' weight %d' % weight if weight else '')),
                         **{**FAST, **words}))
    r.flag = flag
    r.runs = lambda: os.path.getsize(lab.dir + '/runs') // 2 if os.path.exists(lab.dir + '/runs') else 0
    return r


def good(r, yes=True):
    if yes:
        open(r.flag, 'w').close()
    else:
        os.unlink(r.flag)


def test_script_without_weight(lab):
    """Failing means FAULT: the address goes, with a farewell; then it comes back."""
    r = tracked(lab, 'test -f FLAG')
    good(r)
    r.start_up()
    r.wait_holds(VIP)
    r.process.wait_line(r'VRRP_Script\(chk\) succeeded')
    good(r, False)
    r.wait_lacks(VIP)
    r.process.wait_line(r'VRRP_Script\(chk\) failed \(exited with status 1\)')
    r.process.wait_line(r'\(V\) Entering FAULT STATE')
    wait_priority(r, 0)
    good(r)
    r.wait_holds(VIP)


def test_script_rise_and_fall(lab):
    r = tracked(lab, 'test -f FLAG', 'rise 2', 'fall 3')
    good(r)
    r.start_up()
    r.wait_holds(VIP)
    runs = r.runs()
    good(r, False)
    r.wait_lacks(VIP)
    assert 3 <= r.runs() - runs <= 6
    runs = r.runs()
    good(r)
    r.wait_holds(VIP)
    assert 2 <= r.runs() - runs <= 5


@pytest.mark.parametrize('weight,up,down', [(30, 130, 100), (-30, 100, 70)])
def test_script_weight(lab, weight, up, down):
    r = tracked(lab, 'test -f FLAG', weight=weight)
    good(r)
    r.start_up()
    wait_priority(r, up)
    good(r, False)
    wait_priority(r, down)
    r.process.wait_line(r'\(V\) Changing effective priority from %d to %d' % (up, down))
    assert r.holds(VIP)
    good(r)
    wait_priority(r, up)
    assert not r.process.lines('FAULT')


def test_script_weight_moves_the_master(lab):
    a = tracked(lab, 'test -f FLAG', weight=-30, priority=110)
    good(a)
    a.start_up()
    a.wait_holds(VIP)
    b = Keepalived(lab, 'b', '10.0.0.2/24', conf=instance(**FAST)).start_up()
    good(a, False)
    b.wait_holds(VIP)
    a.wait_lacks(VIP)
    good(a)
    a.wait_holds(VIP)
    b.wait_lacks(VIP)


def hanging(lab, body):
    """A router whose script was good, and hangs now: the time-out counts as a failure."""
    r = tracked(lab, 'test -f FLAG && exit 0\n' + body, 'timeout 1')
    good(r)
    r.start_up()
    r.wait_holds(VIP)
    good(r, False)
    r.wait_lacks(VIP)
    return r


def test_script_that_hangs(lab):
    """The whole process group is killed."""
    r = hanging(lab, 'sleep 301 & sleep 301')
    r.process.wait_line(r'VRRP_Script\(chk\) timed_out')
    good(r)
    r.wait_holds(VIP)
    wait_for('its processes are gone', lambda: not sleepers(r, '301'))


def sleepers(r, word):
    """Processes of the namespace that sleep that long."""
    found = []
    for pid in r.host.run('ip', 'netns', 'pids', r.host.ns).split() or \
            os.popen('ip netns pids %s' % r.host.ns).read().split():
        try:
            if open('/proc/%s/cmdline' % pid).read() == 'sleep\0%s\0' % word:
                found.append(pid)
        except OSError:
            pass
    return found


def test_script_that_hangs_and_ignores_sigterm(lab):
    r = hanging(lab, 'trap "" TERM\nwhile :; do sleep 1; done')
    good(r)
    r.wait_holds(VIP)


def test_script_that_forks(lab):
    """Children left behind do not hold anything up; a new run starts every second."""
    r = tracked(lab, 'sleep 302 &\nexit 0')
    r.start_up()
    r.wait_holds(VIP)
    before = r.runs()
    wait_for('two more runs', lambda: r.runs() - before >= 2)
    assert r.stop() == 0


@pytest.mark.parametrize('body', ['#!/nonexistent/interpreter\n', '\x7fELFnonsense'], ids=['interpreter', 'format'])
def test_script_that_cannot_start(lab, body):
    """It is there and executable, but does not run: a failure like any other."""
    host = lab.host('a')
    path = host.file('broken', body, 0o755)
    r = Keepalived(lab, 'a', '10.0.0.1/24', conf=SCRIPTS + block('vrrp_script chk', 'script ' + path) +
                   instance('V', block('track_script', 'chk'), **FAST))
    r.start_up()
    r.process.wait_line(r'VRRP_Script\(chk\) failed')
    r.process.wait_line(r'\(V\) Entering FAULT STATE')
    assert not r.holds(VIP)
    assert r.process.alive()


def test_script_that_disappears(lab):
    r = tracked(lab, 'exit 0')
    r.start_up()
    r.wait_holds(VIP)
    os.unlink(os.path.join(lab.dir, 'a-check.sh'))
    r.wait_lacks(VIP)


def test_script_killed_by_a_signal(lab):
    r = tracked(lab, 'test -f FLAG || kill -9 $$')
    good(r)
    r.start_up()
    r.wait_holds(VIP)
    good(r, False)
    r.process.wait_line(r'VRRP_Script\(chk\) failed \(due to signal 9\)')
    r.wait_lacks(VIP)


def test_script_user(lab):
    host = lab.host('a')
    host.file('out', '', 0o666)
    path = host.file('who.sh', '#!/bin/sh\nid -un >> %s/a-out\npwd >> %s/a-out\n' % (lab.dir, lab.dir), 0o755)
    r = Keepalived(lab, 'a', '10.0.0.1/24', conf=SCRIPTS +
                   block('vrrp_script chk', 'script ' + path, 'user nobody') +
                   instance('V', block('track_script', 'chk'), **FAST)).start_up()
    wait_for('it ran', lambda: open(lab.dir + '/a-out').read().startswith('nobody\n/\n'))
    assert r.stop() == 0


def test_script_security(lab):
    """A script of root that others may write is not run, and the log says what is wrong."""
    host = lab.host('a')
    path = host.file('open.sh', '#!/bin/sh\ntouch %s/ran\n' % lab.dir, 0o777)
    r = Keepalived(lab, 'a', '10.0.0.1/24', conf=SCRIPTS + block('vrrp_script chk', 'script ' + path) +
                   instance('V', block('track_script', 'chk'), **FAST)).start_up()
    r.wait_holds(VIP)
    assert not os.path.exists(lab.dir + '/ran')
    assert r.process.lines('open.sh')


def test_reload_keeps_the_script_result(lab):
    r = tracked(lab, 'test -f FLAG')
    r.start_up()
    r.process.wait_line('Entering FAULT STATE')
    start = wire.now()
    r.reload()
    pass_time(1.5)
    assert not r.sends(start)


# ---- interfaces ----------------------------------------------------------------------------------

def cut(lab, r, up):
    """The far end of the cable, so that the near one loses its carrier."""
    lab.hosts['sw'].run('ip', 'link', 'set', r.port, 'up' if up else 'down')


def test_own_interface_goes_down_and_up(lab):
    r = Keepalived(lab, 'a', '10.0.0.1/24', conf=instance(**FAST)).start_up()
    r.wait_holds(VIP)
    cut(lab, r, False)
    r.wait_state('FAULT')
    r.process.wait_line('Netlink reports eth0 down')
    r.wait_lacks(VIP)
    cut(lab, r, True)
    r.wait_holds(VIP)
    start = wire.now()
    wait_for('it speaks', lambda: r.sends(start))


def test_own_interface_set_down_by_the_operator(lab):
    r = Keepalived(lab, 'a', '10.0.0.1/24', conf=instance(**FAST)).start_up()
    r.wait_holds(VIP)
    r.host.run('ip', 'link', 'set', 'eth0', 'down')
    r.wait_state('FAULT')
    r.host.run('ip', 'link', 'set', 'eth0', 'up')
    r.wait_holds(VIP)


@pytest.mark.parametrize('weight', [None, -40])
def test_track_interface(lab, weight):
    r = Keepalived(lab, 'a', '10.0.0.1/24')
    port = lab.connect(r.host, '192.0.2.1/24', dev='eth1')
    r.configure(instance('V', block('track_interface', 'eth1' + (' weight %d' % weight if weight else '')), **FAST))
    r.start_up()
    r.wait_holds(VIP)
    lab.hosts['sw'].run('ip', 'link', 'set', port, 'down')
    if weight:
        wait_priority(r, 60)
        assert r.holds(VIP)
    else:
        r.process.wait_line(r'\(V\): entering FAULT state \(interface eth1 down\)')
        r.wait_lacks(VIP)
        wait_priority(r, 0)
    lab.hosts['sw'].run('ip', 'link', 'set', port, 'up')
    wait_priority(r, 100)
    r.wait_holds(VIP)


def test_interface_deleted_and_made_again(lab):
    """With another index; the instance goes on there, also after a second time."""
    r = Keepalived(lab, 'a', '10.0.0.1/24', conf=instance(**FAST)).start_up()
    for _ in range(2):
        r.wait_holds(VIP)
        mark = r.process.mark()
        r.host.run('ip', 'link', 'del', 'eth0')
        r.wait_state('FAULT', since=mark)
        port = lab.connect(r.host, '10.0.0.1/24')
        r.tap = lab.tap(port)
    r.wait_holds(VIP)
    wait_for('it speaks', lambda: r.sends(0))


def test_interface_that_comes_late(lab):
    host = lab.host('a')
    r = Keepalived(lab, 'a', conf=instance(interface='late0', **FAST)).start_up()
    r.process.wait_line('Entering FAULT STATE')
    lab.connect(host, '10.0.0.1/24', dev='late0')
    r.wait_holds(VIP)


def test_interface_loses_its_address(lab):
    """Without a source there is nothing to send; with one it goes on, also a new one."""
    r = Keepalived(lab, 'a', '10.0.0.1/24', conf=instance(**FAST)).start_up()
    r.wait_holds(VIP)
    r.host.run('ip', 'addr', 'del', '10.0.0.1/24', 'dev', 'eth0')
    r.process.wait_line(r'\(V\) entering FAULT state \(no IPv4 address for interface\)')
    r.host.run('ip', 'addr', 'add', '10.0.0.3/24', 'dev', 'eth0')
    r.wait_holds(VIP)
    wait_for('it speaks', lambda: r.adverts()[-1].src == '10.0.0.3')


def test_interface_renamed_away(lab):
    r = Keepalived(lab, 'a', '10.0.0.1/24', conf=instance(**FAST)).start_up()
    r.wait_holds(VIP)
    h = r.host
    h.run('ip', 'link', 'set', 'eth0', 'down')
    h.run('ip', 'link', 'set', 'eth0', 'name', 'eth9')
    r.wait_state('FAULT')
    h.run('ip', 'link', 'set', 'eth9', 'name', 'eth0')
    h.run('ip', 'link', 'set', 'eth0', 'up')
    r.wait_holds(VIP)


# ---- addresses that somebody else changes --------------------------------------------------------

def test_address_deleted_by_somebody(lab):
    """A single router: the address comes back, whatever the road (BACKUP, or put back at once)."""
    r = Keepalived(lab, 'a', '10.0.0.1/24', conf=instance(**FAST)).start_up()
    for _ in range(3):
        r.wait_holds(VIP)
        wait_for('it speaks', lambda: r.sends(wire.now() - 0.3))
        r.host.run('ip', 'addr', 'del', VIP + '/24', 'dev', 'eth0')
        r.wait_holds(VIP)


@pytest.mark.parametrize('address,vip', [('10.0.0.1/24', VIP + '/24'), ('fe80::1/64', 'fe80::100/64')])
def test_address_deleted_as_soon_as_it_is_there(lab, address, vip):
    """Also when that happens before the daemon has seen it: once nobody deletes it, it stays."""
    r = Keepalived(lab, 'a', address, conf=instance(version=3, advert_int=0.1, vips=[vip])).start_up()
    r.wait_holds(vip.split('/')[0])
    batch = r.host.file('del', 'addr del %s dev eth0\n' % vip * 1000000)
    r.host.run('timeout', '4', 'ip', '-force', '-batch', batch, check=False)
    r.process.wait_line('putting it back')
    r.wait_holds(vip.split('/')[0])
    pass_time(1)
    assert r.holds(vip.split('/')[0])


def test_address_deleted_with_a_backup(lab):
    """Never two holders at the end, and exactly one."""
    a = Keepalived(lab, 'a', '10.0.0.1/24', conf=instance(priority=110, **FAST)).start_up()
    a.wait_holds(VIP)
    b = Keepalived(lab, 'b', '10.0.0.2/24', conf=instance(**FAST)).start_up()
    wait_alone(a, b, VIP)
    a.host.run('ip', 'addr', 'flush', 'to', VIP, 'dev', 'eth0')
    wait_alone(a, b, VIP)


def test_address_left_by_a_crash(lab):
    """It is still on the interface when the daemon starts again as a backup: it goes at once."""
    patient = dict(version=3, advert_int=0.5)
    a = Keepalived(lab, 'a', '10.0.0.1/24', conf=instance('V', 'nopreempt', priority=110, **patient)).start_up()
    a.wait_holds(VIP)
    b = Keepalived(lab, 'b', '10.0.0.2/24', conf=instance(**patient)).start_up()
    a.die()
    b.wait_holds(VIP)
    assert a.holds(VIP)
    start = wire.now()
    a.start_up()
    a.wait_lacks(VIP)
    pass_time(2)
    assert not a.sends(start) and b.holds(VIP)


def test_address_of_somebody_else(lab):
    """Left by an older daemon, or put there by hand: a backup does not keep it."""
    a = Keepalived(lab, 'a', '10.0.0.1/24', conf=instance(priority=110, **FAST)).start_up()
    a.wait_holds(VIP)
    b = Keepalived(lab, 'b', '10.0.0.2/24', VIP + '/24', conf=instance(**FAST)).start_up()
    b.wait_lacks(VIP)
    assert a.holds(VIP)


def test_own_address_of_an_owner(lab):
    """With priority 255 the address is the router's own: it was there before and stays."""
    a = Keepalived(lab, 'a', '10.0.0.1/24', VIP + '/24', conf=instance(priority=255, **FAST)).start_up()
    a.wait_state('MASTER')
    a.stop()
    assert a.holds(VIP)


# ---- sync groups ---------------------------------------------------------------------------------

def group(*more, first=(), second=(), priority=100):
    return block('vrrp_sync_group G', block('group', 'A', 'B'), *more) + \
        instance('A', *first, vrid=1, vips=[VIP + '/24'], priority=priority, **FAST) + \
        instance('B', *second, vrid=2, vips=['192.0.2.100/24'], interface='eth1', priority=priority, **FAST)


def group_router(lab, name, n, conf):
    r = Keepalived(lab, name, '10.0.0.%d/24' % n, conf=conf)
    r.port1 = lab.connect(r.host, '192.0.2.%d/24' % n, dev='eth1', switch='sw2')
    r.tap1 = lab.tap(r.port1, 'sw2')
    return r


def both(r):
    return r.holds(VIP), r.holds('192.0.2.100')


def test_group_moves_together(lab):
    """A fault of one member takes all; all come back."""
    lab.switch('sw2')
    a = group_router(lab, 'a', 1, group(priority=110)).start_up()
    wait_for('master of both', lambda: both(a) == (True, True))
    b = group_router(lab, 'b', 2, group()).start_up()
    pass_time(0.5)
    assert both(b) == (False, False)
    lab.hosts['sw2'].run('ip', 'link', 'set', a.port1, 'down')
    wait_for('all moved', lambda: both(a) == (False, False) and both(b) == (True, True))
    a.process.wait_line(r'VRRP_Group\(G\) Syncing instances to FAULT state')
    lab.hosts['sw2'].run('ip', 'link', 'set', a.port1, 'up')
    wait_for('all back', lambda: both(a) == (True, True) and both(b) == (False, False))
    b.process.wait_line(r'VRRP_Group\(G\) Syncing instances to BACKUP state')


def test_group_clean_stop_and_death(lab):
    lab.switch('sw2')
    a = group_router(lab, 'a', 1, group(priority=110)).start_up()
    b = group_router(lab, 'b', 2, group()).start_up()
    wait_for('master of both', lambda: both(a) == (True, True) and both(b) == (False, False))
    assert a.stop() == 0
    wait_for('handed over', lambda: both(b) == (True, True))
    assert both(a) == (False, False)
    a.start_up()
    wait_for('all back', lambda: both(a) == (True, True) and both(b) == (False, False))
    a.die()
    wait_for('taken over', lambda: both(b) == (True, True))


def test_group_member_added_by_reload(lab):
    lab.switch('sw2')
    single = instance('A', vrid=1, vips=[VIP + '/24'], **FAST) + \
        instance('B', vrid=2, vips=['192.0.2.100/24'], interface='eth1', **FAST)
    a = group_router(lab, 'a', 1, single).start_up()
    wait_for('master of both', lambda: both(a) == (True, True))
    start = wire.now()
    a.reload(group())
    pass_time(1.5)
    assert both(a) == (True, True)
    assert a.steady(0.2, start)


def test_group_tracks_for_all(lab):
    lab.switch('sw2')
    a = group_router(lab, 'a', 1, group(block('track_interface', 'eth2')))
    port = lab.connect(a.host, dev='eth2')
    a.start_up()
    wait_for('master of both', lambda: both(a) == (True, True))
    lab.hosts['sw'].run('ip', 'link', 'set', port, 'down')
    wait_for('none', lambda: both(a) == (False, False))
    lab.hosts['sw'].run('ip', 'link', 'set', port, 'up')
    wait_for('master of both', lambda: both(a) == (True, True))


# ---- preempting and strictness -------------------------------------------------------------------

def test_preempt_delay(lab):
    b = Keepalived(lab, 'b', '10.0.0.2/24', conf=instance(**FAST)).start_up()
    b.wait_holds(VIP)
    start = time.monotonic()
    a = Keepalived(lab, 'a', '10.0.0.1/24', conf=instance(priority=110, preempt_delay=2, **FAST)).start_up()
    a.wait_holds(VIP)
    assert time.monotonic() - start >= 2
    b.wait_lacks(VIP)


def test_preempt_delay_does_not_hold_up_a_failover(lab):
    b = Keepalived(lab, 'b', '10.0.0.2/24', conf=instance(**FAST)).start_up()
    b.wait_holds(VIP)
    a = Keepalived(lab, 'a', '10.0.0.1/24', conf=instance(priority=110, preempt_delay=30, **FAST)).start_up()
    pass_time(0.5)
    b.die()
    a.wait_holds(VIP)


def test_owner(lab):
    """Priority 255: master at once, not after 30 s, whatever the configured state."""
    b = Keepalived(lab, 'b', '10.0.0.2/24', conf=instance(priority=254, **FAST)).start_up()
    b.wait_holds(VIP)
    a = Keepalived(lab, 'a', '10.0.0.1/24', conf=instance(
        priority=255, state='MASTER', version=3, advert_int=10)).start_up()
    a.wait_holds(VIP)
    b.wait_lacks(VIP)


def test_strict_mode(lab):
    """Authentication and a preempt delay are not for strict instances, which say so; they run."""
    r = Keepalived(lab, 'a', '10.0.0.1/24', conf=block('global_defs', 'vrrp_strict') + instance(
        'V', block('authentication', 'auth_type PASS', 'auth_pass 1111'))).start_up()
    wait_for('it sends', lambda: r.sends(0))
    assert r.adverts()[-1].body[4] == 0
    assert r.process.lines('[Aa]uthentication|auth')


def test_stall(lab):
    """A master stopped for longer than the down time: it listens before it speaks again."""
    a = Keepalived(lab, 'a', '10.0.0.1/24', conf=instance('V', 'nopreempt', priority=90, **FAST)).start_up()
    a.wait_holds(VIP)
    b = Keepalived(lab, 'b', '10.0.0.2/24', conf=instance(**FAST).replace('priority 100', 'priority 95')).start_up()
    b.wait_holds(VIP)
    a.wait_lacks(VIP)
    b_pid = b.vrrp_pid()
    os.kill(b_pid, signal.SIGSTOP)
    a.wait_holds(VIP)
    pass_time(1)
    start = wire.now()
    os.kill(b_pid, signal.SIGCONT)
    wait_for('one holder', lambda: a.holds(VIP) != b.holds(VIP))
    assert len([x for x in b.adverts(start, start + 0.15) if x.priority]) <= 1
