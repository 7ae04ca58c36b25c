# SPDX-License-Identifier: GPL-2.0-or-later
"""Routers for tests: our daemon, Debian's keepalived and FRR's vrrpd behind the same few methods."""
import os
import re
import shutil
import signal

import wire
from lab import wait_for

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OURS = os.environ.get('KEEPALIVED', os.path.join(TOP, 'keepalived', 'keepalived'))
DEBIAN = '/usr/sbin/keepalived'
FRR = '/usr/lib/frr'


def block(head, *lines):
    """A block of a configuration; lines may be strings, lists of strings or None."""
    def flat(line):
        return '\n'.join(filter(None, map(flat, line))) if isinstance(line, (list, tuple)) else line

    body = flat(lines)
    return '%s {\n%s\n}\n' % (head, '\n'.join('    ' + l for l in body.splitlines()))


def instance(name='V', *more, vrid=51, priority=100, vips=('10.0.0.100/24',), interface='eth0',
             advert_int=1, state='BACKUP', **words):
    """A vrrp_instance; words are keyword=value lines, more are lines as they are."""
    return block('vrrp_instance ' + name,
                 'state ' + state if state else None,
                 'interface ' + interface,
                 'virtual_router_id %d' % vrid,
                 'priority %d' % priority,
                 'advert_int %g' % advert_int,
                 ['%s %s' % (k, v) for k, v in words.items()],
                 list(more),
                 block('virtual_ipaddress', *vips) if vips else None)


PASS = block('authentication', 'auth_type PASS', 'auth_pass 1111')
AH = block('authentication', 'auth_type AH', 'auth_pass 1111')


class Router:
    """A host on the switch that runs one routing daemon, and a tap on its cable."""

    def __init__(self, lab, name, *addresses):
        self.lab, self.name = lab, name
        self.host = lab.hosts.get(name) or lab.host(name)
        self.port = lab.connect(self.host, *addresses)
        self.tap = lab.tap(self.port)
        self.address = addresses[0].split('/')[0] if addresses else None
        self.process = None

    def adverts(self, since=0, until=1e12, vrid=None):
        return self.tap.adverts(since, until, vrid)

    def sends(self, since, vrid=None):
        """Does it speak as a master since then?"""
        return any(a.priority for a in self.adverts(since, vrid=vrid))

    def wait_farewell(self, since=0, vrid=None):
        """Its last advert, when that has priority 0."""
        return wait_for('%s says farewell' % self.name, lambda: [
            a for a in self.adverts(since, vrid=vrid)[-1:] if not a.priority])[0]


class Keepalived(Router):
    binary = OURS

    def __init__(self, lab, name, *addresses, conf=None, binary=None):
        super().__init__(lab, name, *addresses)
        self.binary = binary or self.binary
        self.path = os.path.join(lab.dir, name + '.conf')
        self.pids = {w: os.path.join(lab.dir, '%s-%s.pid' % (name, w)) for w in ('parent', 'vrrp', 'checkers')}
        if conf is not None:
            self.configure(conf)

    def configure(self, text):
        with open(self.path, 'w') as f:
            f.write(text)

    def words(self, *more):
        return [self.binary, '-G', '-f', self.path, '-p', self.pids['parent'], '-r', self.pids['vrrp'],
                '-c', self.pids['checkers'], *more]

    def start(self, *more):
        for path in self.pids.values():
            if os.path.exists(path):
                os.unlink(path)
        self.process = self.host.spawn(*self.words('-n', '-l', '-D', *more))
        return self

    def start_up(self, *more, seconds=10):
        self.start(*more)
        wait_for('%s starts' % self.name, lambda: not self.process.alive() or
                 self.process.lines('Startup complete'), seconds)
        assert self.process.alive(), '%s ended' % self.name
        return self

    def stop(self, seconds=10):
        return self.process.stop(signal.SIGTERM, seconds)

    def die(self):
        self.process.kill_all()

    def hup(self, text=None):
        """Where the log was before the reload."""
        mark = self.process.mark()
        if text is not None:
            self.configure(text)
        self.process.signal(signal.SIGHUP)
        return mark

    def reload(self, text=None, seconds=10):
        mark = self.hup(text)
        self.process.wait_line('Reload complete', seconds, mark)
        return mark

    def vrrp_pid(self):
        with open(self.pids['vrrp']) as f:
            return int(f.read())

    def starved(self):
        """Seconds that it has waited for a processor, so far."""
        with open('/proc/%d/schedstat' % self.vrrp_pid()) as f:
            return int(f.read().split()[1]) * 1e-9

    def steady(self, interval, since, vrid=None):
        """Since then no advert came later than it had to wait for a processor."""
        times = [x.t for x in self.adverts(since, vrid=vrid)]
        gaps = [y - x for x, y in zip(times, times[1:])]
        assert len(gaps) > 1 and max(gaps) < interval * 1.5 + self.starved(), max(gaps)
        return True

    def holds(self, address):
        return self.host.has(address)

    def wait_state(self, state, name='V', seconds=10, since=0):
        self.process.wait_line(r'\(%s\) Entering %s STATE' % (name, state), seconds, since)

    def wait_holds(self, address, seconds=10):
        wait_for('%s holds %s' % (self.name, address), lambda: self.holds(address), seconds)

    def wait_lacks(self, address, seconds=10):
        wait_for('%s does not hold %s' % (self.name, address), lambda: not self.holds(address), seconds)


class Debian(Keepalived):
    binary = DEBIAN


class Frr(Router):
    """vrrpd with its zebra. A virtual router needs a macvlan with its MAC and its addresses."""

    def setup(self, vrid, priority, vip, interval, preempt=True, source=None):
        """source: of the adverts, for IPv6, where that is an address of the macvlan."""
        v6 = ':' in vip
        dev = 'vrrp%s-%d' % ('6' if v6 else '4', vrid)
        h = self.host
        h.run('ip', 'link', 'add', dev, 'link', 'eth0', 'type', 'macvlan', 'mode', 'bridge')
        h.run('ip', 'link', 'set', dev, 'addrgenmode', 'none')
        h.run('ip', 'link', 'set', dev, 'address', '00:00:5e:00:0%d:%02x' % (2 if v6 else 1, vrid))
        h.sysctl(**{'net__ipv6__conf__%s__accept_dad' % dev: 0})
        for address in filter(None, [vip, source]):  # the last one is the first in its list
            h.run('ip', 'addr', 'add', address, 'dev', dev, *(['nodad'] if v6 else []))
        h.run('ip', 'link', 'set', dev, 'up')
        self.macvlan, self.vip = dev, vip.split('/')[0]
        self.conf = os.path.join(self.lab.dir, self.name + '.frr')
        with open(self.conf, 'w') as f:
            f.write('\n'.join(['log stdout', 'interface eth0', ' vrrp %d version 3' % vrid,
                               ' vrrp %d priority %d' % (vrid, priority),
                               ' vrrp %d advertisement-interval %d' % (vrid, interval * 1000),
                               ' no vrrp %d preempt' % vrid if not preempt else '!',
                               ' vrrp %d %s %s' % (vrid, 'ipv6' if v6 else 'ip', self.vip), '']))
        return self

    def daemon(self, program, *more):
        return self.host.spawn('%s/%s' % (FRR, program), '-z', self.run_dir + '/zserv', '-i',
                               '%s/%s.pid' % (self.run_dir, program), '--vty_socket', self.run_dir,
                               '-A', '127.0.0.1', *more)

    def start(self):
        self.run_dir = os.path.join(self.lab.dir, self.name)
        shutil.rmtree(self.run_dir, ignore_errors=True)
        os.mkdir(self.run_dir)
        shutil.chown(self.run_dir, 'frr', 'frr')
        self.zebra = self.daemon('zebra', '-f', '/dev/null')
        wait_for('zebra serves', lambda: os.path.exists(self.run_dir + '/zserv'), 10)
        self.process = self.daemon('vrrpd', '-f', self.conf)
        return self

    def start_up(self):
        return self.start()

    def stop(self, seconds=10):
        self.process.stop(signal.SIGTERM, seconds)
        self.zebra.stop(signal.SIGTERM, seconds)

    def die(self):
        self.process.kill_all()
        self.zebra.kill_all()

    def holds(self, address):
        """A virtual router that is not master has its macvlan switched off by protodown."""
        return self.process.alive() and 'protodown' not in self.host.run('ip', '-d', 'link', 'show',
                                                                         self.macvlan)


def wait_alone(master, backup, address, seconds=1):
    """Until for so long only master has spoken; and it alone holds the address."""
    def alone():
        since = wire.now() - seconds
        return (master.sends(since) and not backup.sends(since) and
                master.holds(address) and not backup.holds(address))
    wait_for('%s alone is master' % master.name, alone, seconds + 10)


class AddressWatch:
    """Every change of a host's addresses from now on."""

    def __init__(self, host):
        self.process = host.spawn('ip', '-o', 'monitor', 'address')
        wait_for('the monitor listens', self.listens)

    def listens(self):
        """Is its socket in a group, and does it sleep? At first it reads the names of the links, and
        throws away what comes meanwhile."""
        proc = '/proc/%d/' % self.process.pid
        with open(proc + 'net/netlink') as f:
            sockets = [l.split() for l in f]
        if not any(s[1:3] == ['0', str(self.process.pid)] and int(s[3], 16) for s in sockets[1:]):
            return False
        with open(proc + 'stat') as f:
            return f.read().rsplit(')', 1)[1].split()[0] == 'S'

    def gone(self, address):
        """How often it was deleted."""
        return len(self.process.lines(r'^Deleted.* %s/' % re.escape(address)))

    def touched(self, address):
        return len(self.process.lines(r' %s/' % re.escape(address)))
