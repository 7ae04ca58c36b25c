# SPDX-License-Identifier: GPL-2.0-or-later
"""What the kernel holds for each word of the configuration, and what the daemon leaves alone."""
import pytest

from director import VIP, VIP6, block, config, real, service

SCHEDULERS = ('rr', 'wrr', 'lc', 'wlc', 'lblc', 'lblcr', 'sh', 'mh', 'dh', 'fo', 'ovf', 'sed', 'nq')


def one(head, *lines, **words):
    return config(service(head, *lines, **words))


def test_schedulers(director):
    director.start(config(*(service('%s %d' % (VIP, 100 + i), real('127.0.0.1', 1), algo=s)
                            for i, s in enumerate(SCHEDULERS))))
    saved = director.saved()
    for i, s in enumerate(SCHEDULERS):
        assert '-A -t %s:%d -s %s' % (VIP, 100 + i, s) in saved
        assert '-a -t %s:%d -r 127.0.0.1:1 -m -w 1' % (VIP, 100 + i) in saved
    director.stop()
    assert director.saved() == []


@pytest.mark.parametrize('head,words,lines,saved', [
    (VIP + ' 80', dict(kind='DR'), [real('127.0.0.2', 80, 'weight 7')],
     ['-A -t 192.0.2.1:80 -s rr', '-a -t 192.0.2.1:80 -r 127.0.0.2:80 -g -w 7']),
    (VIP + ' 80', dict(kind='NAT'), [real('127.0.0.2', 8080), real('127.0.0.3', 80)],
     ['-A -t 192.0.2.1:80 -s rr', '-a -t 192.0.2.1:80 -r 127.0.0.2:8080 -m -w 1',
      '-a -t 192.0.2.1:80 -r 127.0.0.3:80 -m -w 1']),
    (VIP + ' 53', dict(protocol='UDP', kind='DR'), ['ops', real('127.0.0.2', 53)],
     ['-A -u 192.0.2.1:53 -s rr -o', '-a -u 192.0.2.1:53 -r 127.0.0.2:53 -g -w 1']),
    (VIP + ' 5060', dict(protocol='SCTP'), [real('127.0.0.2', 5060)],
     ['-A --sctp-service 192.0.2.1:5060 -s rr',
      '-a --sctp-service 192.0.2.1:5060 -r 127.0.0.2:5060 -m -w 1']),
    ('fwmark 3', dict(protocol=None, kind='DR'), [real('127.0.0.2', 0)],
     ['-A -f 3 -s rr', '-a -f 3 -r 127.0.0.2:0 -g -w 1']),
    ('fwmark 3', dict(protocol=None, kind='TUN'),
     [real('127.0.0.2', 0), real('127.0.0.3', 0, 'lvs_method TUN type gue port 5555'),
      real('127.0.0.4', 0, 'lvs_method TUN type gre')],
     ['-A -f 3 -s rr', '-a -f 3 -r 127.0.0.2:0 -i -w 1 --tun-type ipip',
      '-a -f 3 -r 127.0.0.3:0 -i -w 1 --tun-type gue --tun-port 5555 --tun-nocsum',
      '-a -f 3 -r 127.0.0.4:0 -i -w 1 --tun-type gre --tun-nocsum']),
    (VIP6 + ' 80', dict(algo='mh', kind='DR'), ['mh-port', real('2001:db8:1::1', 80)],
     ['-A -t [2001:db8:ff::1]:80 -s mh -b mh-port',
      '-a -t [2001:db8:ff::1]:80 -r [2001:db8:1::1]:80 -g -w 1']),
    ('fwmark 6', dict(protocol=None, kind='DR'), [real('2001:db8:1::1', 0)],
     ['-A -f 6 -6 -s rr', '-a -f 6 -6 -r [2001:db8:1::1]:0 -g -w 1']),
    (VIP + ' 80', dict(algo='sh'), ['sh-port', 'sh-fallback', 'persistence_timeout 50',
                                    'persistence_granularity 255.255.255.0', real('127.0.0.2', 80)],
     ['-A -t 192.0.2.1:80 -s sh -p 50 -M 255.255.255.0 -b sh-fallback,sh-port',
      '-a -t 192.0.2.1:80 -r 127.0.0.2:80 -m -w 1']),
    (VIP + ' 80', dict(), ['persistence_timeout', real('127.0.0.2', 80)],
     ['-A -t 192.0.2.1:80 -s rr -p 360', '-a -t 192.0.2.1:80 -r 127.0.0.2:80 -m -w 1']),
    (VIP6 + ' 80', dict(), ['persistence_timeout 60', 'persistence_granularity 64',
                            real('2001:db8:1::1', 80)],
     ['-A -t [2001:db8:ff::1]:80 -s rr -p 60 -M 64',
      '-a -t [2001:db8:ff::1]:80 -r [2001:db8:1::1]:80 -m -w 1']),
    (VIP + ' 5060', dict(protocol='UDP'), ['persistence_timeout 60', 'persistence_engine sip',
                                           real('127.0.0.2', 5060)],
     ['-A -u 192.0.2.1:5060 -s rr -p 60 --pe sip',
      '-a -u 192.0.2.1:5060 -r 127.0.0.2:5060 -m -w 1']),
    (VIP + ' 80', dict(), ['weight 9', real('127.0.0.2', 80), real('127.0.0.3', 80, 'weight 0')],
     ['-A -t 192.0.2.1:80 -s rr', '-a -t 192.0.2.1:80 -r 127.0.0.2:80 -m -w 9',
      '-a -t 192.0.2.1:80 -r 127.0.0.3:80 -m -w 0']),
], ids=['dr', 'nat', 'udp-ops', 'sctp', 'fwmark', 'tunnels', 'ipv6', 'fwmark6', 'sh-persistence',
        'persistence', 'persistence6', 'sip', 'weights'])
def test_service(director, head, words, lines, saved):
    director.start(one(head, *lines, **words))
    assert director.saved() == sorted(saved)
    director.stop()
    assert director.saved() == []


def test_thresholds(director):
    director.start(one(VIP + ' 80', real('127.0.0.2', 80, 'uthreshold 1000', 'lthreshold 800')))
    shown = director.ipvsadm('-Ln', '--thresholds')
    assert ['127.0.0.2:80', '1000', '800'] in [l.split()[1:4] for l in shown.splitlines()]


GROUP = block('virtual_server_group web', '192.0.2.10 80', '192.0.2.11-13 8080', 'fwmark 5')


@pytest.mark.parametrize('kind,ports', [('NAT', (80, 80, 80)), ('DR', (80, 8080, 80))])
def test_group(director, kind, ports):
    director.start(config(GROUP, service('group web', real('127.0.0.2', 80), kind=kind)))
    want = {'192.0.2.10:80': {'127.0.0.2:%d' % ports[0]: 1}, 'fwm 5': {'127.0.0.2:%d' % ports[2]: 1}}
    want.update({'192.0.2.%d:8080' % n: {'127.0.0.2:%d' % ports[1]: 1} for n in (11, 12, 13)})
    assert director.table() == want


def test_group6(director):
    director.start(config(
        block('virtual_server_group six', '2001:db8:ff::10 80', '2001:db8:ff::fe-101 80'),
        service('group six', real('2001:db8:1::1', 80), kind='DR')))
    server = {'[2001:db8:1::1]:80': 1}
    assert director.table() == {'[2001:db8:ff::%s]:80' % n: server
                                for n in ('10', 'fe', 'ff', '100', '101')}


def test_group_changes_members(director):
    text = config(GROUP, service('group web', real('127.0.0.2', 80)))
    director.start(text)
    with director.history() as h:
        director.reload(text.replace('192.0.2.11-13 8080', '192.0.2.12-14 8080'))
        director.wait_pool({'127.0.0.2:80': 1}, '192.0.2.14:8080')
    assert '192.0.2.11:8080' not in director.table()
    for t in h.tables:
        for kept in ('192.0.2.10:80', '192.0.2.12:8080', '192.0.2.13:8080', 'fwm 5'):
            assert t[kept] == {'127.0.0.2:80': 1}


def test_timeouts(director):
    before = director.ipvsadm('-L', '--timeout')
    director.start(config(service(VIP + ' 80', real('127.0.0.2', 80)),
                          words=['lvs_timeouts tcp 1000 tcpfin 130 udp 310']))
    assert director.ipvsadm('-L', '--timeout').endswith(': 1000 130 310\n')
    director.stop()
    assert director.ipvsadm('-L', '--timeout') == before


# ---- others' services, and our own from before ---------------------------------------------------

def test_strangers_stay(director):
    director.ipvsadm('-A', '-t', '192.0.2.99:80', '-s', 'wlc')
    director.ipvsadm('-a', '-t', '192.0.2.99:80', '-r', '127.0.0.99:80', '-m', '-w', '42')
    stranger = {'127.0.0.99:80': 42}
    text = one(VIP + ' 80', real('127.0.0.2', 80))
    director.start(text)
    assert director.table() == {'192.0.2.99:80': stranger, '192.0.2.1:80': {'127.0.0.2:80': 1}}
    director.reload(text.replace(VIP, '192.0.2.2'))
    assert director.table() == {'192.0.2.99:80': stranger, '192.0.2.2:80': {'127.0.0.2:80': 1}}
    director.kill_child()
    director.stop()
    assert director.table() == {'192.0.2.99:80': stranger}


@pytest.mark.parametrize('words,empty', [(['lvs_flush'], True), ([], False)])
def test_flush_at_start(director, words, empty):
    director.ipvsadm('-A', '-t', '192.0.2.99:80', '-s', 'wlc')
    director.start(config(service(VIP + ' 80', real('127.0.0.2', 80)), words=words))
    assert ('192.0.2.99:80' not in director.table()) == empty


def test_flush_on_stop(director):
    director.ipvsadm('-A', '-t', '192.0.2.99:80', '-s', 'wlc')
    director.start(config(service(VIP + ' 80', real('127.0.0.2', 80)), words=['lvs_flush_on_stop']))
    director.stop()
    assert director.table() == {}


def test_leave_ipvs(director):
    director.start(one(VIP + ' 80', real('127.0.0.2', 80)), '-I')
    director.stop()
    assert director.table() == {'192.0.2.1:80': {'127.0.0.2:80': 1}}


def test_what_the_kernel_holds_is_corrected(director):
    """A service of ours from an earlier life: other scheduler, a server too many, a wrong weight."""
    director.ipvsadm('-A', '-t', '192.0.2.1:80', '-s', 'wlc')
    director.ipvsadm('-a', '-t', '192.0.2.1:80', '-r', '127.0.0.2:80', '-m', '-w', '42')
    director.ipvsadm('-a', '-t', '192.0.2.1:80', '-r', '127.0.0.98:80', '-g')
    with director.history() as h:
        director.start(one(VIP + ' 80', real('127.0.0.2', 80, 'weight 3')))
    assert director.saved() == ['-A -t 192.0.2.1:80 -s rr', '-a -t 192.0.2.1:80 -r 127.0.0.2:80 -m -w 3']
    assert all('127.0.0.2:80' in t['192.0.2.1:80'] for t in h.tables)
