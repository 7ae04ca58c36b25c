# SPDX-License-Identifier: GPL-2.0-or-later
"""Options of virtual addresses, as `ip addr` shows them."""
import re

import pytest

from lab import wait_for
from router import Keepalived, block, instance

FAST = dict(version=3, advert_int=0.1)


def shown(r, address, dev='eth0'):
    """The line of that address."""
    for line in r.host.run('ip', '-d', '-o', 'addr', 'show', 'dev', dev).splitlines():
        if re.search(r'inet6? %s(/| )' % re.escape(address), line):
            return ' '.join(line.split()) + ' '
    return None


OPTIONS = [
    ('10.0.0.100/24', '10.0.0.100', '10.0.0.100/24 scope global'),
    ('10.0.0.100', '10.0.0.100', '10.0.0.100/32 scope global'),
    ('10.0.0.100/24 label eth0:vip', '10.0.0.100', r'eth0:vip\\ '),
    # The kernel takes no other scope in the network of an address that is there.
    ('10.5.0.100/24 scope link', '10.5.0.100', 'scope link'),
    ('10.0.0.100/24 brd +', '10.0.0.100', 'brd 10.0.0.255'),
    ('10.0.0.100/24 brd 10.0.0.127', '10.0.0.100', 'brd 10.0.0.127'),
    ('10.0.0.100/24 brd -', '10.0.0.100', '10.0.0.100/24 scope'),
    ('10.0.0.100 peer 10.0.0.200', '10.0.0.100', '10.0.0.100 peer 10.0.0.200/32'),
    ('10.0.0.100/24 noprefixroute', '10.0.0.100', 'noprefixroute'),
    ('10.5.0.100/24 dev eth0 scope site label eth0:1 brd +', '10.5.0.100', r'brd 10.5.0.255 scope site .*eth0:1\\ '),
]


@pytest.mark.parametrize('entry,address,pattern', OPTIONS, ids=[o[0] for o in OPTIONS])
def test_option(lab, entry, address, pattern):
    r = Keepalived(lab, 'a', '10.0.0.1/24', conf=instance(vips=[entry], **FAST)).start_up()
    wait_for('address', lambda: shown(r, address))
    assert re.search(pattern, shown(r, address)), shown(r, address)
    assert r.stop() == 0
    assert not shown(r, address)


OPTIONS6 = [
    ('2001:db8::100/64', '2001:db8::100/64 scope global nodad'),
    ('2001:db8::100', '2001:db8::100/128 scope global deprecated nodad|2001:db8::100/128 scope global nodad deprecated'),
    ('2001:db8::100/64 preferred_lft 0', 'deprecated'),
    ('2001:db8::100/64 home', 'home'),
    ('2001:db8::100/64 noprefixroute', 'noprefixroute'),
    ('2001:db8::100/64 -nodad', '2001:db8::100/64 scope global (?!.*nodad)'),
]


@pytest.mark.parametrize('entry,pattern', OPTIONS6, ids=[o[0] for o in OPTIONS6])
def test_option6(lab, entry, pattern):
    r = Keepalived(lab, 'a', 'fe80::1/64', conf=instance(vips=['fe80::100/64', entry], **FAST)).start_up()
    wait_for('address', lambda: shown(r, '2001:db8::100'))
    assert re.search(pattern, shown(r, '2001:db8::100')), shown(r, '2001:db8::100')
    assert r.stop() == 0
    assert not shown(r, '2001:db8::100')


def test_other_device_and_other_family(lab):
    """An excluded address of the other family, and an address elsewhere, announced there."""
    r = Keepalived(lab, 'a', '10.0.0.1/24')
    tap = lab.tap(lab.connect(r.host, '192.0.2.1/24', dev='eth1'))
    r.configure(instance('V', block('virtual_ipaddress_excluded', '2001:db8::9/64 dev eth1', '192.0.2.9/24 dev eth1'),
                         **FAST))
    r.start_up()
    r.wait_holds('10.0.0.100')
    wait_for('both there', lambda: shown(r, '192.0.2.9', 'eth1') and shown(r, '2001:db8::9', 'eth1'))
    wait_for('announced', lambda: {a.address for a in tap.announcements()} == {'192.0.2.9', '2001:db8::9'})
    assert r.stop() == 0
    assert not shown(r, '192.0.2.9', 'eth1') and not shown(r, '2001:db8::9', 'eth1')


def test_many(lab):
    """200 of them: all there, all in the advert, all gone."""
    vips = ['10.1.%d.%d/24' % (i // 100, i % 100 + 1) for i in range(200)]
    r = Keepalived(lab, 'a', '10.0.0.1/24', conf=instance(vips=vips, **FAST)).start_up()
    wait_for('all', lambda: len(r.host.addresses('eth0')) >= 201)
    wait_for('advert', lambda: any(a.count == 200 for a in r.adverts()))
    assert r.adverts()[-1].checksum_good
    assert r.stop() == 0
    assert len([a for a in r.host.addresses('eth0') if a.startswith('10.')]) == 1


def test_dont_release(lab):
    r = Keepalived(lab, 'a', '10.0.0.1/24', conf=instance(**FAST)).start_up('-V')
    r.wait_holds('10.0.0.100')
    assert r.stop() == 0
    assert r.holds('10.0.0.100')


def test_promote_secondaries(lab):
    """Set while an instance asks for it, by the child that is not root, and set back."""
    path = '/proc/sys/net/ipv4/conf/eth0/promote_secondaries'
    r = Keepalived(lab, 'a', '10.0.0.1/24', conf=instance('V', 'promote_secondaries', **FAST))
    r.host.sysctl(net__ipv4__conf__eth0__promote_secondaries=0)
    r.start_up()
    wait_for('set', lambda: r.host.run('cat', path) == '1\n')
    r.reload(instance(**FAST))
    wait_for('set back', lambda: r.host.run('cat', path) == '0\n')
    r.reload(instance('V', 'promote_secondaries', **FAST))
    wait_for('set again', lambda: r.host.run('cat', path) == '1\n')
    assert r.stop() == 0
    assert r.host.run('cat', path) == '0\n'


def test_same_network_as_the_primary(lab):
    """Taking the address away must not take its neighbours along (secondary addresses)."""
    r = Keepalived(lab, 'a', '10.0.0.1/24', conf=instance(vips=['10.9.0.1/24', '10.9.0.2/24', '10.9.0.3/24'], **FAST))
    r.start_up()
    r.wait_holds('10.9.0.3')
    r.reload(instance(vips=['10.9.0.2/24', '10.9.0.3/24'], **FAST))
    r.wait_lacks('10.9.0.1')
    wait_for('the others stay or return', lambda: r.holds('10.9.0.2') and r.holds('10.9.0.3'))
