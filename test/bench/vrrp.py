#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""VRRP side by side: N instances on N/255 interfaces, a master and a backup of the same make.

usage: vrrp.py [INSTANCES...]      (255 2040)
Per make: processor time per advert sent and received, the worst time between two adverts of one
instance while the master reloads, and how long after the protocol's bound the backup takes over.
"""
import select
import signal
import socket
import struct
import sys
import time

from common import OURS, THEIRS, Table, child_pid, cpu, lab, peak_memory, start

INTERVAL, SECONDS = 1.0, 10
PRIORITY = {'a': 200, 'b': 100}
SO_TIMESTAMPNS = 35


def conf(n, priority, comment=''):
    out = ['# ' + comment, 'global_defs {', '    router_id bench', '    vrrp_garp_master_repeat 1',
           '    vrrp_garp_master_delay 0', '}']
    for i in range(n):
        link, vrid = divmod(i, 255)
        out += ['vrrp_instance I%d {' % i, '    state BACKUP', '    interface eth%d' % link,
                '    virtual_router_id %d' % (vrid + 1), '    version 3', '    priority %d' % priority,
                '    advert_int %g' % INTERVAL, '    virtual_ipaddress {',
                '        10.%d.%d.1/32' % (100 + link, vrid + 1), '    }', '}']
    return '\n'.join(out) + '\n'


class Wire:
    """Adverts as they pass on the switch: {(link, vrid): [(time, source's last byte, priority)]}.
    The time is the kernel's; this process may be late itself."""

    def __init__(self, host, links):
        self.socks = {}
        for i in range(links):
            s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
            s.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            s.bind(('eth%d' % i, 0x0800))
            s.setblocking(False)
            self.socks[s] = i
        self.seen = {}

    def read(self, seconds):
        end = time.monotonic() + seconds
        while True:
            left = end - time.monotonic()
            if left <= 0:
                return
            for s in select.select(list(self.socks), [], [], left)[0]:
                link = self.socks[s]
                try:
                    while True:
                        p, control, _, _ = s.recvmsg(256, 64)
                        seconds, nanoseconds = struct.unpack('qq', control[0][2])
                        if p[9] == 112:
                            self.seen.setdefault((link, p[21]), []).append(
                                (seconds + nanoseconds / 1e9, p[15], p[22]))
                except BlockingIOError:
                    pass

    def clear(self):
        self.seen = {}


def in_namespace(host):
    """Makes this process a member of the host's network namespace (for its sockets)."""
    import ctypes
    fd = open('/run/netns/' + host.ns)
    if ctypes.CDLL(None, use_errno=True).setns(fd.fileno(), 0x40000000):
        raise OSError(ctypes.get_errno(), 'setns')


def measure(which, n):
    links = (n + 254) // 255
    result = {}
    home = open('/proc/self/ns/net')
    with lab.Lab('kb%s%d-' % (which[0].lower(), n)) as net:
        hosts = {}
        for name in ('a', 'b', 'w'):
            hosts[name] = net.host(name)
        for i in range(links):
            net.switch('sw%d' % i)
            for k, name in enumerate(('a', 'b', 'w')):
                net.connect(hosts[name], '10.%d.0.%d/16' % (100 + i, k + 1), dev='eth%d' % i,
                            switch='sw%d' % i)
        in_namespace(hosts['w'])
        wire = Wire(hosts['w'], links)
        daemons = {}
        for name in ('a', 'b'):
            path = hosts[name].file('k.conf', conf(n, PRIORITY[name]))
            daemons[name] = start(hosts[name], which, path, *(['-P'] if which == THEIRS else []))
            if name == 'a':
                wire.read(5)
        wire.read(5)
        pids = {name: child_pid(daemons[name], 'vrrp') for name in daemons}
        settled = {k for k, v in wire.seen.items() if v[-1][1] == 1}
        assert len(settled) == n, '%s: %d of %d instances send' % (which, len(settled), n)

        wire.clear()
        before = {name: cpu(pids[name]) for name in pids}
        wire.read(SECONDS)
        used = {name: cpu(pids[name]) - before[name] for name in pids}
        adverts = sum(len(v) for v in wire.seen.values())
        result['sent'] = used['a'] / adverts * 1e6
        result['received'] = used['b'] / adverts * 1e6
        result['memory'] = peak_memory(pids['a'])

        wire.clear()
        hosts['a'].file('k.conf', conf(n, PRIORITY['a'], 'touched'))
        wire.read(INTERVAL)
        daemons['a'].signal(signal.SIGHUP)
        wire.read(5)
        result['reload'] = max(b[0] - a[0] for rows in wire.seen.values()
                               for a, b in zip(rows, rows[1:])) / INTERVAL
        result['changed'] = sum(1 for rows in wire.seen.values() if rows[-1][1] != 1)

        wire.read(3)
        wire.clear()
        wire.read(2 * INTERVAL)
        daemons['a'].kill_all()
        wire.read(3 * INTERVAL + 3)
        bound = 3 * INTERVAL + (256 - PRIORITY['b']) * INTERVAL / 256
        late = []
        for rows in wire.seen.values():
            last = max(t for t, src, _ in rows if src == 1)
            first = [t for t, src, _ in rows if src == 2 and t > last]
            late.append((first[0] - last if first else 99) - bound)
        result['takeover'] = max(late) * 1e3
        import ctypes
        ctypes.CDLL(None).setns(home.fileno(), 0x40000000)
    return result


def main(counts):
    for n in counts:
        got = {which: measure(which, n) for which in (OURS, THEIRS)}
        row = lambda key: {which: got[which][key] for which in got}
        t = Table('VRRP, %d instances, %g s adverts' % (n, INTERVAL))
        t.add('CPU per advert sent', 'µs', row('sent'))
        t.add('CPU per advert received', 'µs', row('received'))
        t.add('takeover beyond the protocol\'s bound, worst', 'ms', row('takeover'), 1)
        t.add('longest time between adverts during a reload', 'intervals', row('reload'), 3)
        t.add('instances that moved during the reload', '', row('changed'), 0)
        t.add('memory of the VRRP process', 'MiB', row('memory'), 1)
        print(t.markdown(), flush=True)


main([int(w) for w in sys.argv[1:]] or [255, 2040])
