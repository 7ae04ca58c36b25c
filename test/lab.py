# SPDX-License-Identifier: GPL-2.0-or-later
"""A little network of namespaces on one bridge, for tests and the demonstration.

Every Lab makes namespaces with a prefix of its own, starts processes in them and takes everything
away at the end. Standard library and iproute2 only, so it also runs inside a user-mode Linux.
"""
import os
import re
import signal
import subprocess
import tempfile
import time
from signal import SIGTERM


def run(*words, check=True, **kw):
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **kw)
    if check and done.returncode:
        raise AssertionError('%s: status %d: %s' % (' '.join(words), done.returncode, done.stdout))
    return done.stdout


def wait_for(what, condition, seconds=10, step=0.02):
    """Polls until condition() is true; its value, or an AssertionError that names `what`."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError('not within %g s: %s' % (seconds, what))
        time.sleep(step)


class Process:
    """A program in a namespace. Its output goes to a file that can be read at any time."""

    def __init__(self, host, words, log):
        self.host, self.log = host, log
        self.out = open(log, 'ab')
        self.popen = subprocess.Popen(host.prefix() + list(words), stdin=subprocess.DEVNULL,
                                      stdout=self.out, stderr=self.out, start_new_session=True)
        self.pid = self.popen.pid

    def text(self):
        with open(self.log, errors='replace') as f:
            return f.read()

    def lines(self, pattern):
        return [l for l in self.text().splitlines() if re.search(pattern, l)]

    def mark(self):
        """A place in the output; text_since(mark) is what came after it."""
        return os.path.getsize(self.log)

    def text_since(self, mark):
        with open(self.log, 'rb') as f:
            f.seek(mark)
            return f.read().decode(errors='replace')

    def wait_line(self, pattern, seconds=10, since=0):
        return wait_for('"%s" in %s' % (pattern, self.log),
                        lambda: re.search(pattern, self.text_since(since)), seconds)

    def wait_lines(self, pattern, n):
        """That many lines, and no more."""
        wait_for('%d times "%s" in %s' % (n, pattern, self.log), lambda: len(self.lines(pattern)) >= n)
        assert len(self.lines(pattern)) == n

    def alive(self):
        return self.popen.poll() is None

    def signal(self, signo):
        os.kill(self.pid, signo)

    def stop(self, signo=SIGTERM, seconds=10):
        """Ends it and returns its exit status."""
        if self.alive():
            self.signal(signo)
        try:
            return self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill_all()
            raise AssertionError('%s did not end within %g s' % (self.log, seconds))

    def children(self):
        path = '/proc/%d/task/%d/children' % (self.pid, self.pid)
        try:
            return [int(p) for p in open(path).read().split()]
        except OSError:
            return []

    def kill_all(self):
        """As a power failure would: the process and everything below it, at once."""
        victims = [self.pid] + self.children()
        for pid in victims:
            try:
                os.kill(pid, signal.SIGSTOP)
            except ProcessLookupError:
                pass
        for pid in victims:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.popen.wait()


class Host:
    def __init__(self, lab, name):
        self.lab, self.name = lab, name
        self.ns = lab.prefix + name
        run('ip', 'netns', 'add', self.ns)
        self.run('ip', 'link', 'set', 'lo', 'up')

    def prefix(self):
        return ['ip', 'netns', 'exec', self.ns]

    def run(self, *words, check=True, **kw):
        return run(*self.prefix(), *words, check=check, **kw)

    def spawn(self, *words, log=None):
        p = Process(self, words, log or os.path.join(
            self.lab.dir, '%s-%d.log' % (self.name, len(self.lab.processes))))
        self.lab.processes.append(p)
        return p

    def sysctl(self, **values):
        for key, value in values.items():
            path = '/proc/sys/' + key.replace('__', '/')
            self.run('sh', '-c', 'echo %s > %s' % (value, path))

    def addresses(self, dev=None):
        words = ['ip', '-o', 'addr', 'show'] + (['dev', dev] if dev else [])
        return re.findall(r'inet6? (\S+)', self.run(*words))

    def has(self, address):
        return any(a.split('/')[0] == address for a in self.addresses())

    def mac(self, dev='eth0'):
        return self.run('cat', '/sys/class/net/%s/address' % dev).strip()

    def file(self, name, text, mode=0o644):
        path = os.path.join(self.lab.dir, '%s-%s' % (self.name, name))
        with open(path, 'w') as f:
            f.write(text)
        os.chmod(path, mode)
        return path


class Lab:
    def __init__(self, prefix=None, directory=None):
        self.prefix = prefix or 'ka%d-' % os.getpid()
        self.dir = directory or tempfile.mkdtemp(prefix='keepalived-lab-')
        os.chmod(self.dir, 0o755)
        self.processes, self.hosts, self.bridges = [], {}, {}

    def host(self, name):
        self.hosts[name] = Host(self, name)
        return self.hosts[name]

    def switch(self, name='sw'):
        """A bridge without any protocol of its own, in a namespace of its own."""
        sw = self.host(name)
        sw.run('ip', 'link', 'add', 'br0', 'type', 'bridge', 'mcast_snooping', '0')
        sw.run('ip', 'link', 'set', 'br0', 'up')
        self.bridges[name] = 0
        return sw

    def connect(self, host, *addresses, dev='eth0', switch='sw', mac=None):
        """A cable from host's dev to the switch."""
        sw = self.hosts[switch]
        port = 'p%d' % self.bridges[switch]
        self.bridges[switch] += 1
        sw.run('ip', 'link', 'add', port, 'type', 'veth', 'peer', 'name', dev, 'netns', host.ns)
        sw.run('ip', 'link', 'set', port, 'master', 'br0', 'up')
        if mac:
            host.run('ip', 'link', 'set', dev, 'address', mac)
        # Without duplicate address detection IPv6 addresses can be used at once.
        host.sysctl(**{'net__ipv6__conf__%s__accept_dad' % dev: 0})
        host.run('ip', 'link', 'set', dev, 'up')
        for a in addresses:
            host.run('ip', 'addr', 'add', a, 'dev', dev, *(['nodad'] if ':' in a else []))
        return port

    def close(self):
        for p in self.processes:
            if p.alive():
                p.kill_all()
            p.out.close()
        for h in self.hosts.values():
            for pid in run('ip', 'netns', 'pids', h.ns, check=False).split():
                try:
                    os.kill(int(pid), signal.SIGKILL)
                except (ProcessLookupError, ValueError):
                    pass
            run('ip', 'netns', 'del', h.ns, check=False)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()
