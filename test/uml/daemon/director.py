# SPDX-License-Identifier: GPL-2.0-or-later
"""A director in a namespace of its own: our daemon, the kernel's IPVS there, servers to check, a
mail sink, and a listener to what the daemon tells the kernel."""
import contextlib
import os
import re
import signal
import socket
import struct
import threading
import time

import lab
from router import OURS, block
import rude_server
from wire import SO_RCVBUFFORCE, inside

VIP, VIP6 = '192.0.2.1', '2001:db8:ff::1'
SERVICE = VIP + ':80'
LONG = 60  # seconds for what takes a moment, unless the machine is slow


def wait_for(what, condition, seconds=LONG, step=0.02):
    return lab.wait_for(what, condition, seconds, step)


# ---- configuration -------------------------------------------------------------------------------

def config(*parts, words=()):
    return block('global_defs', 'script_user root', 'checker_log_all_failures',
                 list(words)) + ''.join(parts)


def service(head, *lines, algo='rr', kind='NAT', protocol='TCP', delay=0.4, retry=0, timeout=5):
    """Times are short, but not so short that a busy machine is taken for a dead server."""
    return block('virtual_server ' + head, 'delay_loop %g' % delay, 'warmup 0',
                 'delay_before_retry 0.2', 'connect_timeout %g' % timeout,
                 'retry %d' % retry if retry else None, 'lb_algo ' + algo if algo else None,
                 'lb_kind ' + kind, 'protocol ' + protocol if protocol else None, list(lines))


def real(address, port, *lines):
    return block('real_server %s %d' % (address, port), list(lines))


def check(kind, *lines, retry=0):
    return block(kind, 'retry %d' % retry if retry is not None else None, list(lines))


def tcp(*lines, **words):
    return check('TCP_CHECK', *lines, **words)


def url(path, *lines):
    return block('url', 'path ' + path, list(lines))


def http(*lines, **words):
    return check('HTTP_GET', *lines, **words)


def misc(script, *lines, timeout=20, **words):
    return check('MISC_CHECK', 'misc_path "%s"' % script,
                 'misc_timeout %d' % timeout if timeout else None, *lines, **words)


# ---- the kernel's table --------------------------------------------------------------------------

def address(text):
    """192.0.2.1:80 or [2001:db8::1]:80 of the hexadecimal of /proc/net/ip_vs."""
    if text.startswith('['):
        host, port = text[1:].split(']:')
        packed = bytes.fromhex(host.replace(':', ''))
        return '[%s]:%d' % (socket.inet_ntop(socket.AF_INET6, packed), int(port, 16))
    host, port = text.split(':')
    return '%s:%d' % (socket.inet_ntop(socket.AF_INET, bytes.fromhex(host)), int(port, 16))


def parse_table(text):
    """{service: {server: weight}}; services are ADDRESS:PORT with "udp " or "sctp " before it unless
    it is TCP, or "fwm N"."""
    table, servers = {}, None
    for words in (line.split() for line in text.splitlines()[3:]):
        if words[0] == '->':
            servers[address(words[1])] = int(words[3])
        elif words[0] == 'FWM':
            servers = table.setdefault('fwm %d' % int(words[1], 16), {})
        else:
            proto = '' if words[0] == 'TCP' else words[0].lower() + ' '
            servers = table.setdefault(proto + address(words[1]), {})
    return table


class History:
    """Every state of a table, looked at all the time."""

    def __init__(self, director):
        self.director, self.tables, self.looks, self.ended = director, [], 0, threading.Event()
        self.longest, self.last = 0, time.monotonic()

    def look(self):
        while not self.ended.is_set():
            table = self.director.table()
            now = time.monotonic()
            self.longest, self.last = max(self.longest, now - self.last), now
            self.looks += 1
            if not self.tables or self.tables[-1] != table:
                self.tables.append(table)
            time.sleep(0.002)

    def __enter__(self):
        self.thread = threading.Thread(target=self.look)
        self.thread.start()
        wait_for('a look', lambda: self.tables)
        return self

    def __exit__(self, *exc):
        self.ended.set()
        self.thread.join()


# ---- netlink, overheard --------------------------------------------------------------------------

COMMANDS = {1: 'new service', 2: 'set service', 3: 'del service', 5: 'new dest', 6: 'set dest',
            7: 'del dest', 9: 'new daemon', 10: 'del daemon', 13: 'set config', 16: 'zero', 17: 'flush'}


def ipvs_family():
    """The number of the kernel's generic netlink family IPVS."""
    name = b'IPVS\0'
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16) as s:
        attribute = struct.pack('=HH', 4 + len(name), 2) + name.ljust(8, b'\0')
        s.send(struct.pack('=IHHIIBBH', 20 + len(attribute), 16, 1, 1, 0, 3, 1, 0) + attribute)
        reply, at = s.recv(65536), 20
    while at < len(reply):
        length, kind = struct.unpack_from('=HH', reply, at)
        if kind == 1:
            return struct.unpack_from('=H', reply, at + 4)[0]
        at += (length + 3) & ~3
    raise AssertionError('no family IPVS')


class Overhear:
    """The changes of IPVS that anybody asks the kernel for, as words of COMMANDS."""

    def __init__(self, director):
        host = director.host
        if not os.path.exists('/sys/module/nlmon'):
            lab.run('modprobe', 'nlmon')
        host.run('ip', 'link', 'add', 'nlmon0', 'type', 'nlmon')
        host.run('ip', 'link', 'set', 'nlmon0', 'up')
        self.family = inside(host, ipvs_family)
        self.socket = inside(host, lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0))
        self.socket.bind(('nlmon0', 0x0003))
        self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)
        self.socket.settimeout(0)

    def words(self):
        """Those since the last call."""
        found = []
        while True:
            try:
                frame = self.socket.recv(1 << 20)
            except BlockingIOError:
                return found
            at = 0
            while at + 20 <= len(frame):
                length, kind, flags = struct.unpack_from('=IHH', frame, at)
                if length < 16:
                    break
                if kind == self.family and flags & 1 and frame[at + 16] in COMMANDS:
                    found.append(COMMANDS[frame[at + 16]])
                at += (length + 3) & ~3

    def close(self):
        self.socket.close()


# ---- mail ----------------------------------------------------------------------------------------

class MailSink:
    """Takes every mail; `mails` are (subject, body)."""

    def __init__(self, director):
        self.mails, self.recipients = [], []
        self.socket = inside(director.host, lambda: socket.create_server(('127.0.0.1', 0)))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                c, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(c,), daemon=True).start()

    def serve(self, c):
        with contextlib.suppress(OSError), c, c.makefile('rwb', 0) as f:
            f.write(b'220 sink\r\n')
            for line in f:
                word = line.split()[0].upper() if line.split() else b''
                if word == b'RCPT':
                    self.recipients.append(line.decode().strip())
                if word == b'DATA':
                    f.write(b'354 go\r\n')
                    self.take(f)
                f.write(b'221 bye\r\n' if word == b'QUIT' else b'250 ok\r\n')
                if word == b'QUIT':
                    return

    def take(self, f):
        lines = []
        for line in f:
            line = line.decode().rstrip('\r\n')
            if line == '.':
                break
            lines.append(line)
        text = '\n'.join(lines)
        subject = re.search('^Subject: (.*)$', text, re.M)
        self.mails.append((subject[1] if subject else None, text.partition('\n\n')[2].strip()))

    def subjects(self):
        return [s for s, _ in self.mails]

    def close(self):
        self.socket.close()


# ---- the director --------------------------------------------------------------------------------

class Director:
    def __init__(self, net, name='d'):
        self.net, self.name = net, name
        self.host = net.host(name)
        self.path = os.path.join(net.dir, name + '.conf')
        self.notes = os.path.join(net.dir, name + '.notes')
        self.pids = {w: os.path.join(net.dir, '%s-%s.pid' % (name, w))
                     for w in ('parent', 'vrrp', 'checkers')}
        self.process, self.open = None, []
        self.note = self.script('note', 'echo "$@" >>%s' % self.notes)
        open(self.notes, 'w').close()
        os.chmod(self.notes, 0o666)
        self.proc = inside(self.host, lambda: open('/proc/thread-self/net/ip_vs'))
        self.lock = threading.Lock()

    # ---- what it is made of

    def blackhole(self):
        """An address that never answers."""
        self.host.run('ip', 'link', 'add', 'hole', 'type', 'dummy')
        self.host.run('ip', 'addr', 'add', '10.255.0.1/24', 'dev', 'hole')
        self.host.run('ip', 'link', 'set', 'hole', 'up')
        return '10.255.0.2'

    def server(self, address='127.0.0.1', port=0, **words):
        """A web server; each path misbehaves in its own way, see rude_server.py."""
        s = inside(self.host, lambda: rude_server.Server(address=address, port=port, **words))
        self.open.append(s)
        return s

    def again(self, server):
        """The server returns to its port after server.close()."""
        return self.server(port=server.port)

    def mail_sink(self):
        self.open.append(MailSink(self))
        return self.open[-1]

    def overhear(self):
        self.open.append(Overhear(self))
        return self.open[-1]

    def script(self, name, text):
        """The path of an executable; an older one of the name is replaced at once."""
        new = self.host.file(name + '.new', '#!/bin/sh\n%s\n' % text, 0o755)
        os.rename(new, new[:-4])
        return new[:-4]

    def noted(self):
        with open(self.notes) as f:
            return f.read().splitlines()

    def wait_noted(self, *lines, seconds=LONG):
        try:
            wait_for('notes', lambda: self.noted() == list(lines), seconds)
        except AssertionError:
            assert self.noted() == list(lines)

    # ---- the daemon

    def write(self, text):
        with open(self.path, 'w') as f:
            f.write(text)

    def start(self, text=None, *options, up=True):
        if text is not None:
            self.write(text)
        self.process = self.host.spawn(
            OURS, '-n', '-l', '-D', '-C', '-G', '-f', self.path, '-p', self.pids['parent'],
            '-r', self.pids['vrrp'], '-c', self.pids['checkers'], *options)
        if up:
            self.log('Startup complete')
        return self

    def reload(self, text=None, seconds=LONG):
        """Where the log of the child was before it: what came earlier is written a moment later."""
        mark = self.process.mark()
        if text is not None:
            self.write(text)
        self.process.signal(signal.SIGHUP)
        self.log('Reload complete', seconds, mark)
        return self.log(': Reloading\n', seconds, mark)

    def stop(self):
        assert self.process.stop(seconds=LONG) == 0
        return self.process.text()

    def child(self):
        """Its pid; 0 between the death of one and the start of the next."""
        with open(self.pids['checkers']) as f:
            return int(f.read() or 0)

    def kill_child(self, signo=signal.SIGKILL):
        """Until there is a new one that has taken over; where its log begins."""
        old, mark = self.child(), self.process.mark()
        os.kill(old, signo)
        mark = self.log('Starting Healthcheck child process', since=mark)
        wait_for('a new child', lambda: self.child() not in (0, old))
        self.log('quorum', since=mark)
        return mark

    # ---- what it does

    @staticmethod
    def checked(*some):
        """Until each of these servers has been asked once more."""
        for s in some:
            before = len(s.clients)
            wait_for('a check', lambda: len(s.clients) > before)

    def table(self):
        with self.lock:
            self.proc.seek(0)
            return parse_table(self.proc.read())

    def pool(self, service=SERVICE):
        """{server: weight}, or None when there is no such service."""
        return self.table().get(service)

    def wait_pool(self, want, service=SERVICE, seconds=LONG):
        try:
            wait_for('pool', lambda: self.pool(service) == want, seconds, 0.01)
        except AssertionError:
            assert self.pool(service) == want

    def stays(self, want, seconds, service=SERVICE):
        with self.history() as h:
            time.sleep(seconds)
        assert [t.get(service) for t in h.tables] == [want]

    def history(self):
        return History(self)

    def ipvsadm(self, *words, check=True):
        return self.host.run('ipvsadm', *words, check=check)

    def saved(self):
        """Lines of ipvsadm -Sn, without their trailing blanks, sorted."""
        return sorted(l.strip() for l in self.ipvsadm('-Sn').splitlines())

    def log(self, pattern, seconds=LONG, since=0):
        """Waits for it; the place after it. A child's lines are written a moment later than it acts, in
        the order in which it acts."""
        return since + self.process.wait_line(pattern, seconds, since).end()

    def logged(self, pattern, since=0):
        return re.findall(pattern, self.process.text_since(since))

    def close(self):
        for thing in self.open:
            with contextlib.suppress(OSError):
                thing.close()
        self.proc.close()


def at(server):
    return '127.0.0.1:%d' % server.port


def name(server, proto='tcp'):
    """As the log has it, quoted for a pattern."""
    return re.escape('[127.0.0.1]:%s:%d' % (proto, server.port))
