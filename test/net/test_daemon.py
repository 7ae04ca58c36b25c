# SPDX-License-Identifier: GPL-2.0-or-later
"""The daemon from outside: options, exit statuses, pid files, signals, children that die."""
import os
import re
import signal
import subprocess

import pytest

import wire
from lab import wait_for
from router import OURS, AddressWatch, Keepalived, instance

VIP = '10.0.0.100'


def ours(*words, **kw):
    return subprocess.run([OURS, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=20, **kw)


@pytest.fixture
def good(tmp_path):
    path = tmp_path / 'good.conf'
    path.write_text(instance('V', interface='eth0'))
    return str(path)


# ---- the command line ----------------------------------------------------------------------------

@pytest.mark.parametrize('words,status,err', [
    (['-Z'], 1, 'Unknown option -Z'),
    (['--bogus'], 1, 'Unknown option --bogus'),
    (['--use-file'], 1, 'Missing parameter for option --use-file'),
    (['--signum', 'NIX'], 1, 'Unknown sigfunc NIX'),
    (['-h'], 0, '^Usage: '),
    (['-v'], 0, r'^Keepalived v[0-9.]+ \([0-9/,]+\)'),
    (['--vers'], 0, '^Keepalived v'),
])
def test_option(words, status, err):
    done = ours(*words)
    assert done.returncode == status
    assert re.search(err, done.stderr)
    assert done.stdout == ''


@pytest.mark.parametrize('word,number', [('STOP', 15), ('RELOAD', 1), ('DATA', 10), ('STATS', 12),
                                         ('STATS_CLEAR', 63), ('JSON', 36)])
def test_signum(word, number):
    done = ours('--signum', word)
    assert (done.returncode, done.stdout, done.stderr) == (0, '%d\n' % number, '')


def test_unexpected_arguments(good):
    done = ours('-t', '-f', good, 'a', 'b')
    assert done.stdout == 'Unexpected argument(s): a b \n'
    assert done.returncode == 0


@pytest.mark.parametrize('text,status,message', [
    (instance('V', interface='eth0'), 0, None),
    (instance('V', 'advert_interval 1', interface='eth0'), 5, r'x\.conf:7:5: .*advert_interval'),
    (instance('V', interface='eth0') + '}\n', 5, r'x\.conf:11:'),
    ('vrrp_script s {\n script "/bin/true"\n}\n' +
     instance('V', 'track_script {\ns\n}', interface='eth0'), 6, r'script'),
    ('include nowhere/*.conf\n' + instance('V', interface='eth0'), 0, r'note: .*nowhere'),
    ('includew nowhere/*.conf\n' + instance('V', interface='eth0'), 6, r'x\.conf:1:\d+: .*nowhere'),
], ids=['good', 'unknown-keyword', 'brace', 'script-security', 'include', 'includew'])
def test_config_test(tmp_path, text, status, message):
    path = tmp_path / 'x.conf'
    path.write_text(text)
    done = ours('--config-test-offline', '-f', str(path))
    assert done.returncode == status, done.stderr
    assert done.stdout == ''
    if message:
        assert re.search(message, done.stderr)
    else:
        assert done.stderr == ''


def test_config_test_into_a_file(tmp_path):
    conf, out = tmp_path / 'x.conf', tmp_path / 'out'
    conf.write_text('nonsense\n')
    done = ours('-t%s' % out, '-f', str(conf))
    assert done.returncode == 5
    assert done.stderr == ''
    assert 'nonsense' in out.read_text()


def test_config_test_here(tmp_path):
    """What is missing on this machine is a warning, and no reason for another exit status."""
    path = tmp_path / 'x.conf'
    path.write_text(instance('V', interface='not-there'))
    done = ours('-t', '-f', str(path))
    assert done.returncode == 0
    assert re.search(r'x\.conf:\d+:\d+: warning: interface not-there does not exist', done.stderr)


def test_config_test_of_nothing():
    assert ours('-t', '-f', '/nonexistent/keepalived.conf').returncode == 6


def test_not_root(good):
    os.chmod(os.path.dirname(good), 0o755)
    done = ours('-n', '-G', '-l', '-f', good, user='nobody', cwd='/')
    assert done.returncode == 4, done.stderr


def test_missing_file(lab):
    r = Keepalived(lab, 'a', '10.0.0.1/24')
    r.start()
    assert r.process.popen.wait(10) == 6
    assert not any(os.path.exists(p) for p in r.pids.values())


def test_missing_interface(lab):
    """It may come: see test_interfaces."""
    r = Keepalived(lab, 'a', '10.0.0.1/24', conf=instance(interface='eth7'))
    r.start()
    r.process.wait_line(r'a\.conf.*\(V\) interface eth7 does not exist - waiting for it')
    r.process.wait_line(r'\(V\) Entering FAULT STATE')
    assert r.stop() == 0


# ---- start and stop ------------------------------------------------------------------------------

def one(lab, **words):
    return Keepalived(lab, 'a', '10.0.0.1/24', conf=instance(version=3, advert_int=0.2, **words))


def test_foreground_life(lab):
    r = one(lab).start_up()
    with open(r.pids['parent']) as f:
        assert f.read() == '%d\n' % r.process.pid
    assert os.stat(r.pids['parent']).st_mode & 0o777 == 0o644
    assert r.vrrp_pid() in r.process.children()
    r.wait_holds(VIP)
    assert re.search('Starting Keepalived v', r.process.text())
    assert r.stop() == 0
    assert not r.holds(VIP)
    assert not any(os.path.exists(p) for p in r.pids.values())
    r.process.wait_line('Stopped Keepalived v')


@pytest.mark.parametrize('signo', [signal.SIGTERM, signal.SIGINT])
def test_stop_signal(lab, signo):
    r = one(lab).start_up()
    r.wait_holds(VIP)
    assert r.process.stop(signo) == 0
    r.wait_farewell()


def test_ignore_sigint(lab):
    r = one(lab).start_up('--ignore-sigint')
    r.process.signal(signal.SIGINT)
    r.wait_holds(VIP)
    assert r.stop() == 0


def test_already_running(lab):
    r = one(lab).start_up()
    again = r.host.spawn(*r.words('-n', '-l'))
    assert again.popen.wait(10) == 0
    assert 'daemon is already running' in again.text()
    assert r.process.alive() and os.path.exists(r.pids['parent'])
    r.wait_holds(VIP)


def test_background(lab):
    """The launcher returns 0 when it has forked; the pid file tells the daemon's pid."""
    r = one(lab)
    assert r.host.spawn(*r.words()).popen.wait(10) == 0
    pid = int(wait_for('pid file', lambda: os.path.exists(r.pids['parent']) and
                       open(r.pids['parent']).read(), 10))
    try:
        assert os.readlink('/proc/%d/cwd' % pid) == '/'
        assert [os.readlink('/proc/%d/fd/%d' % (pid, n)) for n in range(3)] == ['/dev/null'] * 3
        assert os.getsid(pid) == pid
        r.wait_holds(VIP)
        assert r.host.spawn(*r.words('-n', '-l')).popen.wait(10) == 0
    finally:
        os.kill(pid, signal.SIGTERM)
    wait_for('it is gone', lambda: not os.path.exists(r.pids['parent']), 10)
    assert not r.holds(VIP)


def test_stale_pid_file(lab):
    """Of a daemon that was killed: its number may belong to somebody else now."""
    r = one(lab)
    with open(r.pids['parent'], 'w') as f:
        f.write('%d\n' % os.getpid())
    r.process = r.host.spawn(*r.words('-n', '-l'))
    r.process.wait_line('Startup complete')
    assert r.stop() == 0


def test_without_configuration_to_run(lab):
    r = Keepalived(lab, 'a', '10.0.0.1/24', conf='global_defs {\n}\n').start()
    r.process.wait_line('no configuration to run')
    assert r.process.alive()
    assert r.stop() == 0


def test_children_have_few_rights(lab):
    r = one(lab).start_up()
    status = open('/proc/%d/status' % r.vrrp_pid()).read()
    assert not re.search(r'^Uid:\s+0\s', status, re.M)
    assert int(re.search(r'^CapEff:\s+(\w+)', status, re.M)[1], 16) & ~(1 << 12 | 1 << 13 | 1 << 23) == 0
    assert re.search(r'^NoNewPrivs:\s+1', status, re.M)


# ---- children that die ---------------------------------------------------------------------------

@pytest.mark.parametrize('signo', [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM])
def test_vrrp_child_dies(lab, signo):
    """Nobody outside notices: the address stays, the backup hears adverts before its patience ends.
    SIGTERM is for the parent: a child does not heed it."""
    a = Keepalived(lab, 'a', '10.0.0.1/24', conf=instance(priority=200))
    b = Keepalived(lab, 'b', '10.0.0.2/24', conf=instance())
    a.start_up()
    a.wait_holds(VIP)
    b.start_up()
    watch = AddressWatch(a.host)
    old, mark = a.vrrp_pid(), wire.now()
    os.kill(old, signo)
    if signo != signal.SIGTERM:
        a.process.wait_line(r'VRRP child process\(%d\) died: Respawning' % old)
    wait_for('it speaks again', lambda: a.sends(mark + 0.05))
    wait_for('time to pass', lambda: wire.now() > mark + 5, 10)
    assert (a.vrrp_pid() == old) == (signo == signal.SIGTERM)
    assert watch.gone(VIP) == 0
    assert not b.sends(0), 'the backup took over'
    times = [x.t for x in a.adverts(mark - 1.5)]
    assert max(y - x for x, y in zip(times, times[1:])) < 3.6
    assert a.holds(VIP) and not b.holds(VIP)
    assert a.stop() == 0
    assert not a.holds(VIP)


def test_vrrp_child_dies_again_and_again(lab):
    """Back-off holds the restarts, but they come."""
    a = one(lab).start_up()
    a.wait_holds(VIP)
    watch = AddressWatch(a.host)
    for _ in range(3):
        old = a.vrrp_pid()
        os.kill(old, signal.SIGKILL)
        wait_for('a new child', lambda: os.path.exists(a.pids['vrrp']) and
                 open(a.pids['vrrp']).read().strip() not in ('', str(old)))
    mark = wire.now()
    wait_for('it speaks', lambda: a.sends(mark))
    assert watch.gone(VIP) == 0
    assert a.stop() == 0


def test_dont_respawn(lab):
    r = one(lab).start_up('-R')
    os.kill(r.vrrp_pid(), signal.SIGKILL)
    assert r.process.popen.wait(10) == 0
    assert 'died: Exiting' in r.process.text()


def test_parent_dies(lab):
    """Children must not go on without their parent."""
    r = one(lab).start_up()
    r.wait_holds(VIP)
    children = r.process.children()
    os.kill(r.process.pid, signal.SIGKILL)
    wait_for('the children end', lambda: not any(os.path.exists('/proc/%d' % c) for c in children))
    assert not r.holds(VIP)
    r.wait_farewell()


def test_backup_child_restarts_as_backup(lab):
    a = Keepalived(lab, 'a', '10.0.0.1/24', conf=instance(priority=200)).start_up()
    a.wait_holds(VIP)
    b = Keepalived(lab, 'b', '10.0.0.2/24', conf=instance()).start_up()
    os.kill(b.vrrp_pid(), signal.SIGKILL)
    b.process.wait_line('died: Respawning')
    start = wire.now()
    wait_for('time to pass', lambda: wire.now() > start + 4.5, 10)
    assert not b.sends(0) and not b.holds(VIP)
    assert a.holds(VIP)
