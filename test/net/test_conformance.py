# SPDX-License-Identifier: GPL-2.0-or-later
"""One real router and a hand-made neighbour: rules of RFC 9568 section 6.4 as seen on the wire.

The machine itself is explored in test/model; here the whole daemon has to follow it. The numbers are
those of the conformance list: 43-45 in Backup, 50-54 in Active.
"""
import pytest

import wire
from lab import wait_for
from router import AddressWatch, Keepalived, instance

VIP, OTHER = '10.0.0.100', '10.0.0.9'


class Neighbour:
    """Says what it is told to, from an address that is greater than ours."""

    def __init__(self, lab):
        host = lab.host('n')
        lab.connect(host, OTHER + '/24')
        self.injector = wire.Injector(host)

    def say(self, priority, src=OTHER, interval=0.2, **words):
        """Returns the moment before."""
        moment = wire.now()
        words = {'version': 3, 'addresses': [VIP], **words}
        self.injector.send(wire.packet(wire.vrrp(priority=priority, src=src, interval=interval, **words), src=src))
        return moment

    def keep_saying(self, seconds, every, *words, **named):
        """Steadily; the moment of the last one."""
        start = last = wire.now()
        while wire.now() < start + seconds:
            last = self.say(*words, **named)
            wait_until(last + every)
        return last


def wait_until(moment):
    wait_for('time to pass', lambda: wire.now() >= moment, 30, 0.002)


@pytest.fixture
def scene(lab):
    def start(*more, hears=None, interval=0.2, **words):
        """hears: what it is told while it starts, to become a backup; else it is master."""
        r = Keepalived(lab, 'a', '10.0.0.1/24', conf=instance('V', *more, version=3, advert_int=interval, **words))
        n = Neighbour(lab)
        r.start()

        def started():
            if hears:
                n.say(**hears)
            return r.process.lines('Startup complete')
        wait_for('it starts', started)
        if not hears:
            wait_for('it speaks', lambda: r.sends(0))
            r.watch = AddressWatch(r.host)
        return r, n
    return start


def first_after(r, moment):
    return wait_for('an advert', lambda: r.adverts(moment))[0]


def yields(r):
    """Not for ever, since the neighbour says nothing more."""
    r.process.wait_line(r'\(V\) Entering BACKUP STATE\n')
    wait_for('the address goes', lambda: r.watch.gone(VIP))


def test_43_priority_zero_in_backup(scene):
    """The down timer, which has 3 s to go, becomes the skew time: 156/256 of 1 s = 0.61 s."""
    r, n = scene(hears=dict(priority=200, interval=1), interval=1)
    n.keep_saying(1.2, 0.2, 200, interval=1)
    end = n.say(0, interval=1)
    assert 0.6 <= first_after(r, end).t - end <= 3


@pytest.mark.parametrize('more,priority', [([], 100), ([], 200), (['nopreempt'], 50)])
def test_44_interval_is_learned(scene, more, priority):
    """A master with five times our interval is heard out: 3 * 1 s + skew."""
    r, n = scene(*more, hears=dict(priority=priority, interval=1))
    last = n.keep_saying(3.5, 1, priority, interval=1)
    assert not r.sends(0)
    taken = first_after(r, last).t - last
    assert 3 + 156 / 256 - 0.02 <= taken <= 3 + 156 / 256 + 3
    assert first_after(r, last).interval == 0.2, 'it sends its own again'


def test_45_lower_priority_does_not_touch_the_timer(scene):
    r, n = scene(hears=dict(priority=200))
    start = wire.now()
    wait_for('it speaks all the same', lambda: n.say(50) and r.sends(start))


def test_52_priority_zero_in_active(scene):
    """Answered at once, and the rhythm goes on from there."""
    r, n = scene(interval=2)
    wait_until(r.adverts()[-1].t + 0.5)
    end = n.say(0)
    assert first_after(r, end).t - end < 1.2, 'not before the next is due'
    wait_for('the next', lambda: len(r.adverts(end)) >= 2)
    first, second = r.adverts(end)[:2]
    assert 1.7 < second.t - first.t < 3.5


@pytest.mark.parametrize('priority,src,yielding', [
    (101, '10.0.0.0', True), (200, OTHER, True), (100, OTHER, True), (100, '10.0.0.0', False), (99, OTHER, False),
    (100, '9.255.255.255', False), (100, '192.168.0.1', True),
], ids=['greater-priority', 'much-greater', 'greater-address', 'smaller-address', 'lower-priority',
        'address-bytes-9', 'address-bytes-192'])
def test_53_who_yields(scene, priority, src, yielding):
    """Addresses compare as unsigned numbers in network order."""
    r, n = scene()
    n.say(priority, src=src)
    if yielding:
        yields(r)
    else:
        wait_until(wire.now() + 0.5)
        assert r.holds(VIP) and not r.process.lines(r'Entering BACKUP STATE$')


def test_54_lower_priority_is_answered_at_once(scene):
    r, n = scene(interval=2)
    wait_until(r.adverts()[-1].t + 0.5)
    end = n.say(50)
    answer = first_after(r, end)
    assert answer.t - end < 1.2 and answer.priority == 100
    assert r.process.wait_line('Received advert from 10.0.0.9 with lower priority 50, ours 100, forcing new election')


def test_54_unless_told_not_to(scene):
    r, n = scene('lower_prio_no_advert', interval=2)
    wait_until(r.adverts()[-1].t + 0.5)
    end = n.say(50)
    wait_until(end + 0.5)
    assert not r.adverts(end, end + 0.5)
    assert r.holds(VIP)


def test_55_nopreempt_means_nothing_in_active(scene):
    r, n = scene('nopreempt')
    n.say(101)
    yields(r)


def test_51_53_higher_priority_gets_no_farewell(scene):
    """Priority 0 is for leaving, not for yielding."""
    r, n = scene()
    end = n.say(200)
    yields(r)
    assert 0 not in [a.priority for a in r.adverts(end)]


@pytest.mark.parametrize('plain', [False, True], ids=['pseudo-header', 'plain'])
def test_9_both_checksums_are_accepted(scene, plain):
    r, n = scene()
    n.say(200, plain_sum=plain)
    yields(r)


def test_23_other_interval_is_accepted(scene):
    """Version 3: said, not dropped."""
    r, n = scene()
    n.say(200, interval=5)
    yields(r)


def test_25_other_addresses_are_accepted(scene):
    """Version 3: said, not dropped."""
    r, n = scene()
    n.say(200, addresses=['10.0.0.77', '10.0.0.78'])
    yields(r)


def test_6_reserved_bits_are_ignored(scene):
    r, n = scene()
    body = bytearray(wire.vrrp(3, 51, 200, [VIP], 0.2, src=OTHER))
    body[4] |= 0xf0
    body[6:8] = b'\0\0'
    body[6:8] = wire.checksum(wire.pseudo_header(wire.ip_bytes(OTHER), wire.ip_bytes(wire.GROUP4), len(body)) +
                              bytes(body)).to_bytes(2, 'big')
    n.injector.send(wire.packet(bytes(body), src=OTHER))
    yields(r)


def test_padding_of_the_network_is_ignored(scene):
    """A short frame is padded to 60 octets; the length in the IP header counts."""
    r, n = scene()
    frame = wire.packet(wire.vrrp(3, 51, 200, [VIP], 0.2, src=OTHER), src=OTHER)
    n.injector.send(frame.ljust(60, b'\0'))
    yields(r)
    assert not r.process.lines('too long')


def test_39_shutdown_in_backup_says_nothing(scene):
    r, n = scene(hears=dict(priority=200, interval=5), interval=5)
    assert r.stop() == 0
    assert r.adverts() == []


def test_35_owner_is_active_at_once(scene):
    """Priority 255: no waiting for the down time of 30 s."""
    r, n = scene(interval=10, priority=255)
    assert r.adverts()[0].priority == 255
