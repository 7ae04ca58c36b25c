# SPDX-License-Identifier: GPL-2.0-or-later
"""What our master puts on the wire, octet by octet (conformance 1-11, 41, 42, 59-61)."""
import struct

import pytest

import wire
from lab import wait_for
from router import Keepalived, block, instance

VIP, VIP2 = '10.0.0.100', '10.0.0.101'


def master(lab, conf, *addresses):
    r = Keepalived(lab, 'a', *(addresses or ['10.0.0.1/24']), conf=conf).start_up()
    wait_for('it sends', lambda: len(r.adverts()) >= 3, 20)
    r.vips = [VIP, VIP2]
    return r


def common(a, r):
    assert a.src_mac == r.host.mac()
    assert a.ttl == 255
    assert a.tos == 0xc0
    assert a.type == 1
    assert a.checksum_good


def increasing(adverts):
    ids = [struct.unpack('!H', a.frame[18:20])[0] for a in adverts]
    return all(y - x == 1 for x, y in zip(ids, ids[1:]))


def test_v2_pass(lab):
    conf = instance('V', block('authentication', 'auth_type PASS', 'auth_pass abc'), vrid=7, priority=150,
                    vips=[VIP + '/24', VIP2 + '/24'])
    r = master(lab, conf)
    adverts = r.adverts()
    for a in adverts:
        common(a, r)
        assert (a.dst_mac, a.src, a.dst) == (wire.GROUP4_MAC, '10.0.0.1', wire.GROUP4)
        assert a.header == 20
        checksum = a.body[6:8]
        assert a.body == bytes([0x21, 7, 150, 2, 1, 1]) + checksum + bytes(
            [10, 0, 0, 100, 10, 0, 0, 101]) + b'abc\0\0\0\0\0'
    assert increasing(adverts)
    assert r.steady(1, 0)
    gaps = [y.t - x.t for x, y in zip(adverts, adverts[1:])]
    assert min(gaps) > 0.9 - r.starved(), gaps


def test_v2_without_authentication(lab):
    r = master(lab, instance(vrid=7))
    a = r.adverts()[0]
    common(a, r)
    assert a.body[4] == 0 and a.rest == bytes(8)


@pytest.mark.parametrize('word,plain', [('', False), ('v3_checksum_as_v2', True)])
def test_v3_ipv4(lab, word, plain):
    """The original's default includes the pseudo-header; RFC 9568 5.2.8 wants none."""
    r = master(lab, instance('V', word, vrid=255, priority=1, vips=[VIP + '/24'], version=3, advert_int=0.25))
    for a in r.adverts():
        assert (a.src_mac, a.dst_mac, a.src, a.dst) == (r.host.mac(), wire.GROUP4_MAC, '10.0.0.1', wire.GROUP4)
        assert (a.ttl, a.tos) == (255, 0xc0)
        assert a.body == wire.vrrp(3, 255, 1, [VIP], 0.25, src='10.0.0.1', plain_sum=plain)


def test_v3_ipv6(lab):
    r = master(lab, instance(vips=['fe80::100/64', '2001:db8::100/64'], advert_int=0.1), 'fe80::1/64',
               '2001:db8::1/64')
    for a in r.adverts():
        common(a, r)
        assert (a.dst_mac, a.src, a.dst) == (wire.GROUP6_MAC, 'fe80::1', wire.GROUP6)
        assert a.body == wire.vrrp(3, 51, 100, ['fe80::100', '2001:db8::100'], 0.1, src='fe80::1', dst=wire.GROUP6)


@pytest.mark.parametrize('version', [2, 3])
def test_unicast(lab, version):
    peers = ['10.0.0.2', '10.0.0.3']
    conf = instance('V', block('unicast_peer', *peers), version=version,
                    advert_int=1 if version == 2 else 0.2, unicast_src_ip='10.0.0.4')
    others = [lab.host('b'), lab.host('c')]
    for host, address in zip(others, peers):
        lab.connect(host, address + '/24')
    r = master(lab, conf, '10.0.0.1/24', '10.0.0.4/24')
    start = wire.now()
    wait_for('adverts', lambda: len(r.adverts(start)) >= 6, 10)
    adverts = r.adverts(start)[:6]
    assert sorted(a.dst for a in adverts) == sorted(peers * 3)
    for a in adverts:
        common(a, r)
        assert a.src == '10.0.0.4'
        assert a.dst_mac == others[peers.index(a.dst)].mac()


def test_excluded_addresses_are_not_sent(lab):
    r = master(lab, instance('V', block('virtual_ipaddress_excluded', '10.0.0.102/24', '2001:db8::5/64'),
                             version=3, advert_int=0.1))
    assert all(a.addresses == [VIP] for a in r.adverts())
    for a in ('10.0.0.102', '2001:db8::5'):
        r.wait_holds(a)


def test_source_and_group(lab):
    r = master(lab, instance(mcast_src_ip='10.0.0.77', mcast_dst_ip='224.0.0.99', version=3, advert_int=0.1))
    for a in r.adverts():
        assert (a.src, a.dst, a.dst_mac) == ('10.0.0.77', '224.0.0.99', '01:00:5e:00:00:63')


def test_priority_zero_at_the_end(lab):
    r = master(lab, instance(version=3, advert_int=0.1, priority=77))
    assert r.stop() == 0
    last = r.wait_farewell()
    common(last, r)
    assert last.addresses == [VIP] and last.interval == 0.1
    assert [a.priority for a in r.adverts()].count(0) == 1


# ---- announcements -------------------------------------------------------------------------------

GARP = block('global_defs', 'vrrp_garp_master_delay 2', 'vrrp_garp_master_repeat 3')


def test_gratuitous_arp(lab):
    """A broadcast request, sender address = target address (RFC 5227 3)."""
    r = master(lab, GARP + instance(version=3, advert_int=0.2, vips=[VIP + '/24', VIP2 + '/24']))
    wait_for('both blocks', lambda: len(r.tap.announcements()) >= 12)
    start = wire.now()
    wait_for('time to pass', lambda: wire.now() > start + 0.5)
    seen = r.tap.announcements()
    mac = wire.mac_bytes(r.host.mac())
    assert [s.address for s in seen].count(VIP) == 6 and len(seen) == 12
    for s in seen:
        ip = wire.ip_bytes(s.address)
        assert s.frame[:14] == b'\xff' * 6 + mac + b'\x08\x06'
        assert s.frame[14:36] == bytes([0, 1, 8, 0, 6, 4, 0, 1]) + mac + ip + s.frame[32:36]
        assert s.frame[38:42] == ip
    assert seen[6].t - seen[0].t > 1, 'the second block waits garp_master_delay'
    first = next(a.t for a in r.adverts())
    assert seen[0].t >= first - 0.001, 'the advert goes first'


def test_unsolicited_neighbour_advertisement(lab):
    """Override set, solicited not; hop limit 255; to all nodes; target link-layer option."""
    r = master(lab, GARP + instance(advert_int=0.2, vips=['fe80::100/64', '2001:db8::100/64']), 'fe80::1/64')
    wait_for('both blocks', lambda: len(r.tap.announcements()) >= 12)
    mac = wire.mac_bytes(r.host.mac())
    for s in r.tap.announcements():
        ip, f = wire.ip_bytes(s.address), s.frame
        assert f[:14] == wire.mac_bytes('33:33:00:00:00:01') + mac + b'\x86\xdd'
        assert f[20:22] == bytes([58, 255])
        assert f[22:38] == ip
        assert wire.ip_text(f[38:54]) == 'ff02::1'
        body = f[54:]
        assert body[0:2] == bytes([136, 0]) and body[4] & 0x60 == 0x20
        assert body[8:24] == ip
        assert body[24:] == bytes([2, 1]) + mac
        assert wire.checksum(wire.pseudo_header(f[22:38], f[38:54], len(body), 58) + body) == 0


@pytest.mark.parametrize('forwarding', [0, 1])
def test_router_flag(lab, forwarding):
    """Set in any case: a virtual router is one (RFC 9568 8.2.2), and hosts drop their default route
    through a neighbour that takes the flag away (RFC 4861 7.2.5)."""
    r = Keepalived(lab, 'a', 'fe80::1/64', conf=instance(advert_int=0.1, vips=['fe80::100/64']))
    r.host.sysctl(net__ipv6__conf__all__forwarding=forwarding)
    r.start_up()
    wait_for('announcements', r.tap.announcements)
    assert {s.frame[58] & 0x80 for s in r.tap.announcements()} == {0x80}


def test_periodic_refresh(lab):
    conf = block('global_defs', 'vrrp_garp_master_delay 0', 'vrrp_garp_master_repeat 1',
                 'vrrp_garp_master_refresh 1', 'vrrp_garp_master_refresh_repeat 2')
    r = master(lab, conf + instance(version=3, advert_int=0.2))
    start = wire.now()
    wait_for('four times two', lambda: len(r.tap.announcements(start)) >= 8)
    times = [s.t for s in r.tap.announcements(start)]
    assert all(y - x > 0.5 for x, y in zip(times, times[2:])), times


def test_spacing(lab):
    """vrrp_garp_interval separates them; 0 means no delay."""
    conf = block('global_defs', 'vrrp_garp_master_delay 0', 'vrrp_garp_interval 0.2')
    r = master(lab, conf + instance(version=3, advert_int=0.2))
    wait_for('five', lambda: len(r.tap.announcements()) == 5)
    times = [s.t for s in r.tap.announcements()]
    # The first may be late, since the address is added before it.
    assert all(y - x > 0.1 - r.starved() for x, y in zip(times[1:], times[2:])), times


def test_no_spacing(lab):
    conf = block('global_defs', 'vrrp_garp_master_delay 0', 'vrrp_garp_interval 0', 'vrrp_gna_interval 0')
    r = master(lab, conf + instance(version=3, advert_int=0.2))
    wait_for('five', lambda: len(r.tap.announcements()) == 5)
    times = [s.t for s in r.tap.announcements()]
    assert times[-1] - times[0] < 0.1 + r.starved()
