# SPDX-License-Identifier: GPL-2.0-or-later
"""Our daemon beside others on one segment: Debian's keepalived and FRR's vrrpd.

Every kind of virtual router goes through the same life: election by priority, clean stop (priority
0), return with preemption, hard death, return; then nopreempt, and equal priorities. "ours" is once
the router that should be master and once the one that should not. Nobody may be master beside
another for longer than a moment. Protocol bounds are checked from below (never too early) strictly
and from above generously, because the machine may be busy.
"""
import collections

import pytest

import wire
from lab import wait_for
from router import AH, PASS, Debian, Frr, Keepalived, block, instance

Kind = collections.namedtuple('Kind', 'name version family unicast interval')
KINDS = [
    Kind('v2-pass', 2, 4, False, 1),
    Kind('v2-unicast', 2, 4, True, 1),
    Kind('v2-ah', 2, 4, False, 1),
    Kind('v2-ah-unicast', 2, 4, True, 1),
    Kind('v3-ipv4', 3, 4, False, 0.3),
    Kind('v3-ipv6', 3, 6, False, 0.3),
    Kind('v3-unicast', 3, 4, True, 0.3),
]
BY_NAME = {k.name: k for k in KINDS}
PAIRS = [(k.name, 'debian') for k in KINDS] + [('v3-ipv4', 'frr'), ('v3-ipv6', 'frr')]
HIGH, LOW = 200, 100
SLACK = 3
VRID = 51

pairs = pytest.mark.parametrize('kind,peer', PAIRS, ids=['%s-%s' % p for p in PAIRS])
roles = pytest.mark.parametrize('role', ['master', 'backup'])


def vip(kind):
    return '10.0.0.100' if kind.family == 4 else 'fe80::100'


def addresses(kind, n):
    return ['10.0.0.%d/24' % n] if kind.family == 4 else ['fe80::%d/64' % n]


def conf(kind, priority, own, other, nopreempt):
    return block('global_defs', 'vrrp_garp_master_delay 1') + instance(
        'V', (AH if 'ah' in kind.name else PASS) if kind.version == 2 else None,
        'nopreempt' if nopreempt else None,
        ['unicast_src_ip ' + own, block('unicast_peer', other)] if kind.unicast else None,
        vrid=VRID, priority=priority, vips=[vip(kind) + ('/24' if kind.family == 4 else '/64')],
        advert_int=kind.interval, version=kind.version)


def make(lab, kind, what, n, other, priority, nopreempt=False):
    """Router number n of the segment; others know it by this number."""
    name = '%s%d' % (what, n)
    if what == 'frr':
        v4 = kind.family == 4
        r = Frr(lab, name, *addresses(kind, n if v4 else n + 1000))
        return r.setup(VRID, priority, vip(kind) + ('/24' if v4 else '/64'), kind.interval,
                       not nopreempt, None if v4 else addresses(kind, n)[0])
    r = (Keepalived if what == 'ours' else Debian)(lab, name, *addresses(kind, n))
    own = [a[0].split('/')[0] for a in (addresses(kind, n), addresses(kind, other))]
    r.configure(conf(kind, priority, *own, nopreempt))
    return r


def skew(kind, priority):
    return (256 - priority) / 256 * (1 if kind.version == 2 else kind.interval)


def down_time(kind, priority):
    return 3 * kind.interval + skew(kind, priority)


def settled(kind, master, backup, since):
    """From now on master alone speaks and holds."""
    def alone():
        return master.sends(since, VRID) and master.holds(vip(kind)) and not backup.holds(vip(kind))
    wait_for('%s master, %s backup' % (master.name, backup.name), alone, down_time(kind, 1) + 15)
    start = wire.now()
    wait_for('time to pass', lambda: wire.now() > start + 1.3 * kind.interval + 0.3, 10)
    wait_for('%s speaks on' % master.name, lambda: master.sends(start, VRID))
    assert not backup.sends(start, VRID), 'two masters'
    assert master.holds(vip(kind)) and not backup.holds(vip(kind))


def taken_over(kind, who, mark):
    """When the first advert of who came after mark."""
    wait_for('%s takes over' % who.name, lambda: who.sends(mark, VRID), down_time(kind, 1) + 15)
    return next(a.t for a in who.adverts(mark, vrid=VRID) if a.priority)


def trouble_free(*routers):
    """Nothing that either side complains about."""
    for r in routers:
        bad = r.process.lines('hecksum|invalid|mismatch|Invalid|wrong|too (long|short)|not present|expected .* VIP')
        assert not bad, bad


def cast(lab, kind, peer, role, **more):
    """The master and the backup of this scene."""
    names = ('ours', peer) if role == 'master' else (peer, 'ours')
    return (make(lab, kind, names[0], 1, 2, HIGH, **more), make(lab, kind, names[1], 2, 1, LOW, **more))


@pairs
@roles
def test_life(lab, kind, peer, role):
    kind = BY_NAME[kind]
    master, backup = cast(lab, kind, peer, role)
    start = wire.now()
    backup.start_up()
    settled(kind, backup, master if master.process else Absent(), start)
    start = wire.now()
    master.start_up()
    settled(kind, master, backup, start)

    # Clean stop: the last advert has priority 0, and the backup waits for the skew time only.
    start = wire.now()
    master.stop()
    zero = wait_for('priority 0 at the stop', lambda: [
        a for a in master.adverts(start, vrid=VRID) if a.priority == 0])
    taken = taken_over(kind, backup, zero[0].t) - zero[0].t
    assert skew(kind, LOW) - 0.02 <= taken <= skew(kind, LOW) + 2, taken
    settled(kind, backup, master, wire.now())

    # It returns and preempts.
    start = wire.now()
    master.start_up()
    settled(kind, master, backup, start)

    # It dies.
    last = master.adverts(vrid=VRID)[-1].t
    master.die()
    last = max(last, master.adverts(vrid=VRID)[-1].t)
    taken = taken_over(kind, backup, last) - last
    assert 3 * kind.interval - 0.02 <= taken <= down_time(kind, LOW) + SLACK, taken

    # It returns with the address still on its interface, and must not answer for it meanwhile.
    start = wire.now()
    master.start_up()
    settled(kind, master, backup, start)
    trouble_free(master, backup)


class Absent:
    """A router that has not been started yet."""
    name = 'nobody'

    def sends(self, *_):
        return False

    def holds(self, _):
        return False


@pairs
@roles
def test_nopreempt(lab, kind, peer, role):
    """The one with the higher priority comes second and leaves the other alone until it stops."""
    kind = BY_NAME[kind]
    high, low = cast(lab, kind, peer, role, nopreempt=True)
    start = wire.now()
    low.start_up()
    settled(kind, low, Absent(), start)
    start = wire.now()
    high.start_up()
    wait_for('more than its down time', lambda: wire.now() > start + down_time(kind, HIGH) + 1, 30)
    assert not high.sends(start, VRID), 'it preempted'
    low.stop()
    settled(kind, high, low, start)


@pairs
@roles
def test_equal_priority(lab, kind, peer, role):
    """Two masters of one priority meet: the greater address stays. "ours" as the one or the other."""
    kind = BY_NAME[kind]
    names = (peer, 'ours') if role == 'master' else ('ours', peer)
    lower = make(lab, kind, names[0], 1, 2, LOW)
    greater = make(lab, kind, names[1], 2, 1, LOW)
    # The cable of the greater is cut, so that both become master; then it is mended. Unicast needs
    # to know the other's MAC all the time.
    switch = lab.hosts['sw']
    if kind.unicast:
        for a, b in ((lower, greater), (greater, lower)):
            a.host.run('ip', 'neigh', 'add', b.address, 'lladdr', b.host.mac(), 'dev', 'eth0')
    switch.run('ip', 'link', 'set', greater.port, 'nomaster')
    start = wire.now()
    lower.start_up()
    greater.start_up()
    wait_for('both are master', lambda: lower.sends(start, VRID) and greater.sends(start, VRID), 30)
    start = wire.now()
    switch.run('ip', 'link', 'set', greater.port, 'master', 'br0')
    wait_for('the lower yields', lambda: not lower.holds(vip(kind)), 2 * kind.interval + 15)
    settled(kind, greater, lower, start)
