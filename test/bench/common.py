# SPDX-License-Identifier: GPL-2.0-or-later
"""What the benchmarks share: daemons side by side, processor time, a table of ratios."""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import lab  # noqa: E402,F401

OURS, THEIRS = 'ours', 'Debian'
TICK = os.sysconf('SC_CLK_TCK')


def binaries():
    return {OURS: os.environ.get('KEEPALIVED', '/usr/local/sbin/keepalived'),
            THEIRS: os.environ.get('OTHER_KEEPALIVED', '/usr/sbin/keepalived')}


def cpu(pid):
    """Seconds of processor time that the process has used.

    Clock ticks count threads that have ended as well, the scheduler's own count is exact; the
    larger one is nearer to the truth."""
    fields = open('/proc/%d/stat' % pid).read().rsplit(')', 1)[1].split()
    ticks = (int(fields[11]) + int(fields[12])) / TICK
    exact = 0
    for thread in os.listdir('/proc/%d/task' % pid):
        try:
            exact += int(open('/proc/%d/task/%s/schedstat' % (pid, thread)).read().split()[0])
        except (OSError, IndexError):
            pass
    return max(ticks, exact / 1e9)


def faults(pid):
    """Pages that the process and its ended children have touched for the first time."""
    fields = open('/proc/%d/stat' % pid).read().rsplit(')', 1)[1].split()
    return int(fields[7]) + int(fields[8])


def peak_memory(pid):
    """Largest resident size so far, in MiB."""
    m = re.search(r'VmHWM:\s+(\d+) kB', open('/proc/%d/status' % pid).read())
    return int(m[1]) / 1024 if m else 0


def start(host, which, conf, *words):
    """Starts a daemon; its pid files lie beside its log."""
    base = os.path.join(host.lab.dir, '%s-%s-%d' % (host.name, which, len(host.lab.processes)))
    p = host.spawn(binaries()[which], '-n', '-l', '-G', '-f', conf, '-p', base + '.pid',
                   '-r', base + '-vrrp.pid', '-c', base + '-checkers.pid', *words)
    p.base = base
    return p


def child_pid(p, name):
    """The pid in the child's pid file."""
    def read():
        try:
            return int(open('%s-%s.pid' % (p.base, name)).read())
        except (OSError, ValueError):
            return 0
    return lab.wait_for('pid file of ' + name, read, 30)


class Table:
    def __init__(self, title):
        self.title, self.rows = title, []

    def add(self, what, unit, values, digits=2):
        """values: {OURS: x, THEIRS: y}."""
        self.rows.append((what, unit, values, digits))

    def markdown(self):
        lines = ['### ' + self.title, '', '| | unit | ours | Debian 2.2.7 | ratio |', '|---|---|---|---|---|']
        for what, unit, v, digits in self.rows:
            a, b = v.get(OURS), v.get(THEIRS)
            show = lambda x: '-' if x is None else '%.*f' % (digits, x)
            ratio = '%.2f' % (a / b) if a is not None and b else '-'
            lines.append('| %s | %s | %s | %s | %s |' % (what, unit, show(a), show(b), ratio))
        return '\n'.join(lines) + '\n'
