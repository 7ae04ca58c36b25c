# SPDX-License-Identifier: GPL-2.0-or-later
"""VRRPv2 with the IP authentication header (conformance 28; RFC 2338 5.3.6.3, RFC 2402, RFC 2403).

The digest is computed here anew. What a forger may try: another password, an advert recorded
earlier, a header that lies, none at all.
"""
import hashlib
import hmac
import struct
import time

import pytest

import wire
from lab import wait_for
from router import AH, PASS, Keepalived, block, instance

VIP, OTHER, PASSWORD = '10.0.0.100', '10.0.0.9', b'1111'


def icv(ip, ah, body, password=PASSWORD, unicast=False):
    """HMAC-MD5-96 over what does not change on the way."""
    head = bytearray(ip)
    head[1] = head[6] = head[7] = head[10] = head[11] = 0
    if unicast:
        head[8] = 0
    return hmac.new(password.ljust(8, b'\0'), bytes(head) + ah[:12] + bytes(12) + body, hashlib.md5).digest()[:12]


def frame(sequence, priority=250, password=PASSWORD, src=OTHER, spi=None, **words):
    """An advert that is right unless told otherwise."""
    body = wire.vrrp(priority=priority, addresses=[VIP], auth_type=2, src=src, **words)
    ah = struct.pack('!BBH4sI', wire.VRRP, 4, 0, wire.ip_bytes(spi or src), sequence)
    blank = wire.packet(ah + bytes(12) + body, src=src, protocol=wire.AH)
    return wire.packet(ah + icv(blank[14:34], ah, body, password) + body, src=src, protocol=wire.AH)


def sequence_of(advert):
    return struct.unpack('!I', advert.ah[8:12])[0]


def router(lab, name, n, *more, priority=100, auth=AH, **words):
    return Keepalived(lab, name, '10.0.0.%d/24' % n,
                      conf=instance('V', auth, *more, priority=priority, vips=[VIP + '/24'], **words))


def speaking(r, n=1, since=0):
    wait_for('%d adverts' % n, lambda: len(r.adverts(since)) >= n, 20)
    return r.adverts(since)


@pytest.fixture
def forger(lab):
    host = lab.host('n')
    lab.connect(host, OTHER + '/24')
    injector = wire.Injector(host)
    yield injector
    injector.close()


def quiet_for(r, seconds):
    start = wire.now()
    wait_for('time to pass', lambda: wire.now() > start + seconds, seconds + 5)
    return not r.sends(start)


# ---- what is sent --------------------------------------------------------------------------------

def well_formed(adverts, unicast=False):
    for a in adverts:
        assert a.ah[:8] == bytes([wire.VRRP, 4, 0, 0]) + wire.ip_bytes(a.src)
        assert a.ah[12:] == icv(a.ip, a.ah, a.body, unicast=unicast)
        assert a.auth_type == 2 and a.rest == bytes(8) and a.checksum_good
        assert (a.header, a.tos, a.addresses) == (20, 0xc0, [VIP])
    numbers = [sequence_of(a) for a in adverts]
    assert all(0 < y - x <= 2 for x, y in zip(numbers, numbers[1:])), numbers


def test_what_a_master_sends(lab):
    before = int(time.time())
    r = router(lab, 'a', 1).start_up()
    adverts = speaking(r, 4)
    well_formed(adverts)
    assert all(a.ttl == 255 and a.dst == wire.GROUP4 for a in adverts)
    assert before <= sequence_of(adverts[0]) <= time.time() + 2
    start = wire.now()
    assert r.stop() == 0
    well_formed([r.wait_farewell(start)])


def test_unicast(lab):
    a, b = (router(lab, name, n, 'unicast_src_ip 10.0.0.%d' % n, block('unicast_peer', '10.0.0.%d' % (3 - n)),
                   priority=200 - n) for n, name in ((1, 'a'), (2, 'b')))
    a.start_up()
    well_formed(speaking(a, 2), unicast=True)
    b.start_up()
    assert quiet_for(b, 5), 'it does not believe its peer'


# ---- what is believed ----------------------------------------------------------------------------

def test_two_of_them(lab):
    """Election, a death without farewell, a return: a router that starts anew is not taken for a replay."""
    high, low = router(lab, 'a', 1, priority=200), router(lab, 'b', 2)
    high.start_up()
    speaking(high)
    low.start_up()
    assert quiet_for(low, 5)
    high.die()
    start = wire.now()
    speaking(low, 1, start)
    start = wire.now()
    high.start_up()
    well_formed(speaking(high, 2, start))
    assert quiet_for(low, 4)
    assert not low.process.lines('IPSEC'), 'something was refused'


def test_another_password(lab):
    a, b = router(lab, 'a', 1, priority=200), router(lab, 'b', 2, auth=PASS.replace('PASS', 'AH').replace('1111', '2'))
    a.start_up()
    b.start_up()
    speaking(b)
    b.process.wait_line(r'\(V\) IPSEC-AH : invalid IPSEC HMAC-MD5 value')


@pytest.mark.parametrize('make,word', [
    (lambda a: frame(sequence_of(a) + 9, password=b'2222'), 'invalid IPSEC HMAC-MD5 value'),
    (lambda a: frame(sequence_of(a) + 9, spi='10.0.0.8'), r'invalid IPSEC SPI value\. 167772168 and expect 167772169'),
    (lambda a: frame(sequence_of(a)), r'sequence number \d+ already processed\. Packet dropped\. Local\(\d+\)'),
    (lambda a: wire.packet(wire.vrrp(priority=250, addresses=[VIP], auth=PASSWORD), src=OTHER),
     'No AH header but auth type is AH from 10.0.0.9'),
    (lambda a: frame(sequence_of(a) + 9)[:-16], None),
    (lambda a: frame(sequence_of(a) + 9)[:50], None),
], ids=['password', 'spi', 'replay', 'no-header', 'short', 'header-only'])
def test_forged(lab, forger, make, word):
    """A priority of 250 would end its rule; it goes on every second."""
    r = router(lab, 'a', 1).start_up()
    last = speaking(r, 2)[-1]
    start = wire.now()
    for _ in range(5):
        forger.send(make(last))
    if word:
        r.process.wait_line(word)
    assert len(speaking(r, 3, start)) >= 3
    assert not r.process.lines('Entering BACKUP STATE$|Entering FAULT')


def test_recorded(lab, forger):
    """A backup that hears the master's own adverts again takes over in time when it is gone."""
    high, low = router(lab, 'a', 1, priority=200), router(lab, 'b', 2)
    high.start_up()
    low.start_up()
    recorded = speaking(high, 4)[-3:]
    assert quiet_for(low, 2)
    high.die()
    dead = wire.now()
    def taken_over():
        for a in recorded:
            forger.send(a.frame)
        return low.sends(dead)
    wait_for('the backup takes over', taken_over, step=0.2)
    low.process.wait_line('already processed')


def test_a_stranger_with_the_password_rules(lab, forger):
    r = router(lab, 'a', 1).start_up()
    number = sequence_of(speaking(r, 2)[-1])
    forger.send(frame(number + 1000))
    r.process.wait_line('Entering BACKUP STATE\n')
    adverts = speaking(r, 1, wire.now())
    assert sequence_of(adverts[0]) > number + 1000, 'it goes on from the number that it heard'


def test_a_lower_priority_is_overtaken(lab, forger):
    r = router(lab, 'a', 1).start_up()
    number = sequence_of(speaking(r, 2)[-1])
    forger.send(frame(number + 500, priority=50))
    r.process.wait_line(r'\(V\) IPSEC-AH : Syncing seq_num - Increment seq')
    wait_for('a greater number', lambda: sequence_of(r.adverts()[-1]) > number + 500)


# ---- reload --------------------------------------------------------------------------------------

def test_reload_there_and_back(lab):
    r = router(lab, 'a', 1, auth=PASS).start_up()
    assert not speaking(r)[0].ah
    for auth in (AH, PASS, AH):
        r.configure(instance('V', auth, vips=[VIP + '/24']))
        start = wire.now()
        r.reload()
        wait_for('the new form', lambda: [bool(a.ah) for a in r.adverts(start)][-1:] == [auth == AH])
    well_formed([a for a in r.adverts(start) if a.ah])
