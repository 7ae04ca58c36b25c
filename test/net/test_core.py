# SPDX-License-Identifier: GPL-2.0-or-later
"""The parent and its children: who holds which descriptor and file, reloads and stops at bad moments,
what the service manager and the log files get."""
import glob
import os
import re
import signal
import socket
import subprocess
import time

import pytest

from lab import wait_for
from router import OURS, Keepalived, instance

VIP, VIP2 = '10.0.0.100', '10.0.0.101'
FAST = dict(version=3, advert_int=0.2)
HUP, KILL, STOP, CONT, TERM = signal.SIGHUP, signal.SIGKILL, signal.SIGSTOP, signal.SIGCONT, signal.SIGTERM


def v(*more, vips=(VIP + '/24',), **words):
    return instance('V', *more, vips=vips, **{**FAST, **words})


def big(n=3000, **words):
    """A file that takes a while to read: many instances that wait for an interface."""
    return v(**words) + ''.join(
        instance('W%d' % i, interface='none%d' % i, vrid=i % 255 + 1, vips=['10.1.0.1']) for i in range(n))


@pytest.fixture
def a(lab):
    return Keepalived(lab, 'a', '10.0.0.1/24', conf=v())


@pytest.fixture
def up(a):
    a.start_up()
    a.wait_holds(VIP)
    return a


def links(pid):
    found = {}
    for n in os.listdir('/proc/%d/fd' % pid):
        try:
            found[int(n)] = os.readlink('/proc/%d/fd/%s' % (pid, n))
        except OSError:
            pass
    return found


def gone(pid):
    try:
        return open('/proc/%d/stat' % pid).read().rsplit(')', 1)[1].split()[0] == 'Z'
    except OSError:
        return True


# ---- pid files -----------------------------------------------------------------------------------

@pytest.mark.parametrize('option,file,other', [('-P', 'parent', 'checkers'), ('-C', 'parent', 'vrrp')])
def test_only_files_of_children_that_may_run(a, option, file, other):
    a.start_up(option)
    assert os.path.exists(a.pids[file])
    assert not os.path.exists(a.pids[other])
    assert a.stop() == 0
    assert not os.path.exists(a.pids[file])


def test_two_daemons_share_nothing_but_a_child(lab, a):
    """neutron runs the VRRP part alone, beside others."""
    with open(a.pids['checkers'], 'w') as f:
        f.write('4711\n')
    import fcntl
    with open(a.pids['checkers'], 'r+') as f:
        fcntl.lockf(f, fcntl.LOCK_EX)
        a.process = a.host.spawn(*a.words('-n', '-l', '-D', '-P'))
        a.process.wait_line('Startup complete')
        a.wait_holds(VIP)
        assert a.stop() == 0
        assert open(a.pids['checkers']).read() == '4711\n'


def test_pid_file_is_never_empty(up):
    """While the child is replaced, at once and after a delay."""
    for _ in range(3):
        old = up.vrrp_pid()
        os.kill(old, KILL)
        seen = set()
        wait_for('a new child', lambda: seen.add(open(up.pids['vrrp']).read()) or seen - {'%d\n' % old}, 20, 0.001)
        assert '' not in seen
    assert up.stop() == 0


def test_pid_file_of_a_child_that_is_not_wanted_any_more(up):
    up.reload('global_defs {\n}\n')
    assert open(up.pids['vrrp']).read() == ''
    up.reload(v())
    up.wait_holds(VIP)
    assert up.vrrp_pid() in up.process.children()


# ---- descriptors ---------------------------------------------------------------------------------

def test_children_hold_nothing_of_the_parent(up):
    mine = links(up.process.pid)
    theirs = links(up.vrrp_pid())
    shared = {l for l in theirs.values() if l.startswith('socket:')} & {
        l for l in mine.values() if l.startswith('socket:')}
    assert not shared
    assert not [l for l in theirs.values() if l.endswith('.pid') or 'keepalived.conf' in l]
    assert sum(l.startswith('/memfd:keepalived-status') for l in theirs.values()) == 1
    up.reload(v(vips=(VIP + '/24', VIP2 + '/24')))
    wait_for('as many as before', lambda: len(links(up.vrrp_pid())) == len(theirs) and
             len(links(up.process.pid)) == len(mine))


def test_no_descriptor_leaks(up):
    """Through reloads good and bad, and children that die."""
    before = len(links(up.process.pid))
    for i in range(5):
        up.reload(v(vips=(VIP + '/24',) if i % 2 else (VIP + '/24', VIP2 + '/24')))
        mark = up.hup(v() + 'nonsense {\n')
        up.process.wait_line('Reload refused', since=mark)
    mark = up.process.mark()
    os.kill(up.vrrp_pid(), KILL)
    up.process.wait_line('Starting VRRP child', since=mark)
    wait_for('as many as before', lambda: len(links(up.process.pid)) == before)


PROBE = '''#!/bin/sh
{ pwd; cut -d' ' -f5 /proc/$$/stat; echo $$
for f in /proc/$$/fd/*; do readlink $f; done
tr '\\0' '\\n' < /proc/$$/environ | grep -cE '^(IFS|LD_PRELOAD|LD_LIBRARY_PATH)='
exec grep -E '^Sig(Blk|Ign)' /proc/self/status; } > %s.$1
'''


def test_what_scripts_get(lab, a, monkeypatch):
    out = os.path.join(lab.dir, 'probe')
    script = a.host.file('probe', PROBE % out, 0o755)
    for name, value in ('IFS', 'x'), ('LD_LIBRARY_PATH', '/nonexistent'):
        monkeypatch.setenv(name, value)
    a.configure('global_defs {\n script_user root\n startup_script "%s start"\n shutdown_script "%s stop"\n}\n'
                'vrrp_script s {\n script "%s track"\n interval 1\n}\n' % ((script,) * 3) +
                v('notify_master "%s master"' % script, 'track_script {\ns\n}'))
    a.start_up()
    a.wait_holds(VIP)

    def written(name):
        text = os.path.exists(name) and open(name).read()
        return text and 'SigIgn' in text and text.splitlines()

    for which in 'start', 'track', 'master', 'stop':
        if which == 'stop':
            assert a.stop() == 0
        name = out + '.' + which
        lines = wait_for(which, lambda: written(name))
        assert lines[0] == '/' and lines[1] == lines[2]
        assert set(l for l in lines[3:-3] if not l.endswith('a-probe')) <= {'/dev/null', name}, lines
        assert lines[-3] == '0'
        assert [l.split()[1].strip('0') for l in lines[-2:]] == ['', ''], lines
    text = a.process.text()
    for which in 'startup', 'shutdown':
        assert re.search('Running %s script .*/a-probe' % which, text)
        assert '%s script script succeeded' % which in text


def test_parent_killed_during_a_reload(up):
    """Neither the loader nor anybody else keeps the children from seeing that the parent is gone."""
    up.configure(big())
    children = up.process.children()
    # It may have ended before we look.
    wait_for('the loader', lambda: up.process.signal(HUP) or len(up.process.children()) > len(children), step=0.005)
    everybody = up.process.children()
    os.kill(up.process.pid, KILL)
    wait_for('all end', lambda: all(map(gone, everybody)), 10)
    up.wait_lacks(VIP)
    up.process.popen.wait(5)
    up.start_up()
    assert up.stop() == 0


def test_mail_helper_holds_nothing(lab, a):
    """It may hang for minutes in a server that does not speak; killing the parent ends all else."""
    listener = a.host.spawn('/usr/bin/python3', '-c', 'import socket, time\n'
                            's = socket.socket()\ns.bind(("127.0.0.1", 2525))\ns.listen()\ntime.sleep(99)')
    wait_for('it listens', lambda: '0100007F:09DD' in a.host.run('cat', '/proc/net/tcp'))
    a.configure('global_defs {\n smtp_server 127.0.0.1 2525\n notification_email {\nx@y\n}\n'
                ' notification_email_from a@b\n smtp_alert\n}\n' + v())
    a.start_up()
    a.wait_holds(VIP)
    helper = wait_for('the helper', lambda: [p for p in a.process.children() if p != a.vrrp_pid()])[0]

    def held():
        return [l for n, l in links(helper).items() if n > 2]
    wait_for('its socket alone', lambda: held() and not [l for l in held() if l.endswith('.pid') or 'memfd' in l])
    vrrp = a.vrrp_pid()
    os.kill(a.process.pid, KILL)
    wait_for('the child ends', lambda: gone(vrrp))
    assert not gone(helper)
    a.process.popen.wait(5)
    again = a.host.spawn(*a.words('-n', '-l', '-D'))
    again.wait_line('Startup complete')
    assert again.stop() == 0
    os.kill(helper, KILL)
    listener.stop()


# ---- reloads at bad moments -----------------------------------------------------------------------

def test_reload_while_the_child_waits_for_its_respawn(up):
    for _ in range(3):
        mark = up.process.mark()
        os.kill(up.vrrp_pid(), KILL)
        up.process.wait_line('Restart of VRRP process delayed', since=mark)
        if 'delayed 0' in up.process.text_since(mark):
            up.process.wait_line('Starting VRRP child', since=mark)
            wait_for('it runs', lambda: up.vrrp_pid() in up.process.children())
        else:
            break
    up.reload(v(vips=(VIP + '/24', VIP2 + '/24')))
    up.wait_holds(VIP2)
    up.reload(v())
    up.wait_lacks(VIP2)
    assert up.stop() == 0


@pytest.mark.parametrize('delay', [0, 0.002, 0.005, 0.01, 0.02, 0.05])
def test_child_killed_around_a_reload(up, delay):
    """Whatever it was doing, the new configuration is in force in the end."""
    text = big(1000, vips=(VIP + '/24', VIP2 + '/24'))
    mark = up.hup(text)
    subprocess.run(['sleep', str(delay)])
    os.kill(up.vrrp_pid(), KILL)
    up.process.wait_line('Reload complete', 30, mark)
    up.wait_holds(VIP2)
    up.reload(v())
    up.wait_lacks(VIP2)
    assert up.stop() == 0


def test_child_killed_before_and_after(up):
    """Killed, told to reload while its successor starts, killed again."""
    for i in range(4):
        more = (VIP + '/24', VIP2 + '/24') if i % 2 == 0 else (VIP + '/24',)
        mark = up.process.mark()
        os.kill(up.vrrp_pid(), KILL)
        up.hup(v(vips=more))
        up.process.wait_line('Reload complete', 30, mark)
        (up.wait_holds if i % 2 == 0 else up.wait_lacks)(VIP2, 5)
    assert up.holds(VIP)


def test_storm(up):
    """HUP while everything else happens; the last file wins."""
    for i in range(60):
        if i % 7 == 0:
            try:
                os.kill(up.vrrp_pid(), KILL)
            except (ProcessLookupError, ValueError):
                pass
        up.configure(v(vips=(VIP + '/24', VIP2 + '/24') if i % 2 else (VIP + '/24',)))
        up.process.signal(HUP)
        subprocess.run(['sleep', '0.01'])
    up.wait_holds(VIP2, 70)
    assert up.holds(VIP)
    assert up.stop() == 0


def test_child_that_crashes_on_its_configuration_can_be_cured(up):
    """A stopped child answers nothing; killing it ends the wait, and the next try goes through."""
    pid = up.vrrp_pid()
    children = up.process.children()
    os.kill(pid, STOP)
    mark = up.hup(v(vips=(VIP + '/24', VIP2 + '/24')))
    up.process.wait_line('Reloading', since=mark)
    subprocess.run(['sleep', '0.3'])
    wait_for('the end of the loader', lambda: up.process.children() == children)
    assert 'Reload complete' not in up.process.text_since(mark)
    up.process.signal(HUP)
    os.kill(pid, KILL)
    up.process.wait_line('trying again', since=mark)
    up.process.wait_line('Reload complete', since=mark)
    up.wait_holds(VIP2)


def test_hup_during_the_start(a):
    """It is not lost, and does no harm."""
    a.configure(big())
    a.start()
    a.process.wait_line('Configuration file')
    a.process.signal(HUP)
    a.process.wait_line('Startup complete', 30)
    a.process.wait_line('Reload complete', 30)
    assert a.stop() == 0


def test_hup_while_the_startup_script_runs(a):
    a.configure('global_defs {\n script_user root\n startup_script "/bin/sleep 1"\n}\n' + v())
    a.start()
    a.process.wait_line('Running startup script')
    a.process.signal(HUP)
    a.process.wait_line('Reload complete')
    a.wait_holds(VIP)
    assert a.stop() == 0


# ---- stops at bad moments -------------------------------------------------------------------------

def stops(r):
    assert r.stop() == 0
    assert not r.process.lines('failed to die')
    assert not [p for p in r.pids.values() if os.path.exists(p)]
    assert not r.host.has(VIP)


def test_term_during_the_first_load(a):
    a.configure(big())
    a.start()
    a.process.wait_line('Configuration file')
    stops(a)


def test_term_while_children_start(a):
    a.configure(big())
    a.start()
    a.process.wait_line('Starting VRRP child', 30)
    stops(a)


def test_term_while_the_startup_script_runs(lab, a):
    out = os.path.join(lab.dir, 'pid')
    script = a.host.file('hang', '#!/bin/sh\ntrap "" TERM\necho $$ > %s\nwhile :; do sleep 0.1; done\n' % out, 0o755)
    a.configure('global_defs {\n script_user root\n startup_script "%s"\n}\n' % script + v())
    a.start()
    pid = wait_for('the script', lambda: os.path.exists(out) and open(out).read())
    stops(a)
    wait_for('the script ends', lambda: gone(int(pid)))


def test_startup_script_hangs(a):
    a.configure('global_defs {\n script_user root\n startup_script "/bin/sleep 60"\n'
                ' startup_script_timeout 1\n shutdown_script "/bin/sleep 60"\n shutdown_script_timeout 1\n}\n' + v())
    a.start()
    a.process.wait_line('startup script timed out')
    a.process.wait_line('Startup complete')
    a.wait_holds(VIP)
    stops(a)
    assert 'shutdown script timed out' in a.process.text()


def test_scripts_that_fail(a):
    a.configure('global_defs {\n script_user root\n startup_script "/bin/sh -c \'exit 3\'"\n'
                ' shutdown_script /bin/false\n}\n' + v())
    a.start_up()
    stops(a)
    assert 'startup script script failed, status 3' in a.process.text()
    assert 'shutdown script script failed, status 1' in a.process.text()


@pytest.mark.parametrize('delay', [0, 0.003, 0.01, 0.03, 0.1])
def test_term_during_a_reload(up, delay):
    up.hup(big(2000))
    subprocess.run(['sleep', str(delay)])
    stops(up)


def test_term_while_the_child_waits_for_its_respawn(up):
    for _ in range(2):
        mark = up.process.mark()
        os.kill(up.vrrp_pid(), KILL)
        up.process.wait_line('Restart of VRRP process delayed', since=mark)
        wait_for('it runs or waits', lambda: 'Starting VRRP' in up.process.text_since(mark) or
                 'delayed 1' in up.process.text_since(mark))
    assert up.stop() == 0
    assert not [p for p in up.pids.values() if os.path.exists(p)]


def test_child_does_not_stop(a):
    """One that hangs is killed after child_wait_time."""
    a.configure('child_wait_time 1\n' + v())
    a.start_up()
    a.wait_holds(VIP)
    os.kill(a.vrrp_pid(), STOP)
    assert a.process.stop(TERM, 4.9) == 0  # 5 is the default
    assert 'VRRP process failed to die - forcing termination' in a.process.text()


@pytest.mark.parametrize('text,status', [(None, 6), ('', 0), ('vrrp_instance V {\n interface eth0\n}\n', None)],
                         ids=['missing', 'empty', 'no-vrid'])
def test_first_load(lab, text, status):
    r = Keepalived(lab, 'a', '10.0.0.1/24', conf=text)
    r.start()
    if status == 6:
        assert r.process.popen.wait(10) == 6
    else:
        r.process.wait_line('Startup complete|cannot be run')
        assert r.stop() in (0, 2)
    assert not [p for p in r.pids.values() if os.path.exists(p)]


# ---- not scheduled in time -------------------------------------------------------------------------

def test_timer_expired(up):
    pid, start = up.vrrp_pid(), time.monotonic()
    os.kill(pid, STOP)
    subprocess.run(['sleep', '2'])
    mark = up.process.mark()
    os.kill(pid, CONT)
    found = up.process.wait_line(r'A thread timer expired (\d+\.\d{6}) seconds ago', since=mark)
    assert 1 < float(found[1]) < time.monotonic() - start + 0.2
    subprocess.run(['sleep', '0.5'])
    assert len(re.findall('thread timer expired', up.process.text_since(mark))) == 1


# ---- options ----------------------------------------------------------------------------------------

def test_address_monitoring(a):
    """-a works without -D."""
    a.process = a.host.spawn(*a.words('-n', '-l', '-a'))
    a.process.wait_line('Startup complete')
    a.host.run('ip', 'addr', 'add', '192.0.2.7/32', 'dev', 'lo')
    a.process.wait_line('Assigned address 192.0.2.7 for interface lo')
    a.host.run('ip', 'addr', 'del', '192.0.2.7/32', 'dev', 'lo')
    a.process.wait_line('Deassigned address 192.0.2.7 from interface lo')
    assert a.stop() == 0


def test_log_files(lab, a):
    """Each process has its own."""
    name = os.path.join(lab.dir, 'x.log')
    a.process = a.host.spawn(*a.words('-n', '-D', '-g' + name))
    a.wait_holds(VIP)
    wait_for('the parent is ready', lambda: 'Startup complete' in open(name).read())
    assert a.stop() == 0
    parent, vrrp = open(name).read(), open(os.path.join(lab.dir, 'x_vrrp.log')).read()
    assert 'Startup complete' in parent and 'Stopped Keepalived' in parent
    assert '(V) Entering MASTER STATE' in vrrp and 'MASTER' not in parent
    assert a.process.text() == ''


def test_dump_configuration(a):
    a.process = a.host.spawn(*a.words('-n', '-l', '-d'))
    a.process.wait_line('Startup complete')
    a.process.wait_line(r'virtual_router_id 51')
    assert a.stop() == 0


@pytest.mark.parametrize('word', ['-t%s', '-t=%s', '--config-test=%s'])
def test_config_test_file(tmp_path, word):
    conf, out = tmp_path / 'x.conf', tmp_path / 'out'
    conf.write_text('nonsense\n')
    out.write_text('before\n')
    done = subprocess.run([OURS, word % out, '-f', str(conf)], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (5, '', '')
    assert re.match('before\n.*nonsense', out.read_text(), re.S)


def test_config_test_unreadable(tmp_path):
    done = subprocess.run([OURS, '-t', '-f', str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 6 and str(tmp_path) in done.stderr
    done = subprocess.run([OURS, '-t=/nonexistent/out', '-f', '/dev/null'], capture_output=True, text=True)
    assert done.returncode == 4 and '/nonexistent/out' in done.stderr


def test_root_of_a_user_namespace(lab, a):
    """As in a container of somebody who is nobody outside."""
    script = a.host.file('note', '#!/bin/sh\nid -u > %s/noted\n' % lab.dir, 0o755)
    os.chmod(lab.dir, 0o777)
    a.configure('global_defs {\n script_user root\n}\n' + v('notify_master "%s"' % script, interface='e0'))
    inside = ('ip link set lo up; ip link add e0 type veth peer name e1; ip link set e1 up; '
              'ip link set e0 up; ip addr add 10.3.0.1/24 dev e0; exec "$@"')
    p = a.process = lab.hosts['a'].spawn('setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'unshare',
                                         '-Urn', 'sh', '-c', inside, 'sh', *a.words('-n', '-l', '-D'))
    if not wait_for('a start or a refusal', lambda: p.lines('Startup complete') or not p.alive()):
        pytest.skip('no user namespaces here: ' + p.text())
    p.wait_line(r'\(V\) Entering MASTER STATE')
    noted = os.path.join(lab.dir, 'noted')
    wait_for('the script', lambda: os.path.exists(noted) and open(noted).read() == '0\n')
    assert p.stop() == 0


# ---- namespaces --------------------------------------------------------------------------------------

@pytest.mark.parametrize('named', ['option', 'file', 'instance'])
def test_namespace(lab, a, named):
    """The daemon starts outside and goes in; its pid files are seen from both sides."""
    ns = a.host.ns
    a.configure(('net_namespace %s\n' % ns if named == 'file' else '') +
                ('instance one\n' if named == 'instance' else '') + v())
    sub = '/run/keepalived/' + ns
    suffix = '_one' if named == 'instance' else ''
    words = [OURS, '-G', '-n', '-l', '-D', '-f', a.path] + (['-s', ns] if named != 'file' else [])
    log = os.path.join(lab.dir, 'ns.log')
    with open(log, 'wb') as f:
        p = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=f, stderr=f, start_new_session=True)
    try:
        a.wait_holds(VIP)
        outside, inside = (d + '/keepalived%s.pid' % suffix for d in (sub, '/proc/%d/root/run/keepalived' % p.pid))
        assert open(outside).read() == open(inside).read() == '%d\n' % p.pid
        assert os.path.exists(sub + '/vrrp%s.pid' % suffix)
        assert os.stat(sub).st_mode & 0o777 == 0o755
        assert not os.path.exists('/run/keepalived/keepalived%s.pid' % suffix)
        assert 'Changing syslog ident to Keepalived_%s%s\n' % (ns, suffix) in open(log).read()
        again = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=10)
        assert again.returncode == 0 and 'daemon is already running' in again.stderr
    finally:
        p.terminate()
        assert p.wait(10) == 0
    assert not os.path.exists(sub)
    assert not a.holds(VIP)


def test_missing_namespace(a):
    done = subprocess.run([OURS, '-G', '-n', '-l', '-f', a.path, '-s', 'nonesuch'], capture_output=True, text=True,
                          timeout=10)
    assert done.returncode == 0
    assert 'Unable to set network namespace nonesuch - exiting' in done.stderr


# ---- the service manager ------------------------------------------------------------------------------

class Manager:
    def __init__(self, lab, monkeypatch):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        path = os.path.join(lab.dir, 'notify')
        self.sock.bind(path)
        self.sock.settimeout(10)
        monkeypatch.setenv('NOTIFY_SOCKET', path)

    def next(self):
        return dict(l.split('=', 1) for l in self.sock.recv(4096).decode().splitlines())


@pytest.fixture
def manager(lab, monkeypatch):
    return Manager(lab, monkeypatch)


def test_notify(a, manager):
    a.start_up()
    m = manager.next()
    assert m['READY'] == '1' and int(m['MAINPID']) == a.process.pid
    a.reload()
    assert manager.next()['RELOADING'] == '1'
    assert manager.next()['READY'] == '1'
    a.hup('nonsense {\n')
    assert manager.next()['RELOADING'] == '1'
    m = manager.next()
    assert m['READY'] == '1' and 'refused' in m['STATUS']
    assert a.stop() == 0
    assert manager.next()['STOPPING'] == '1'


def test_notify_permanent_error(lab, manager):
    r = Keepalived(lab, 'a', '10.0.0.1/24')
    r.start()
    assert r.process.popen.wait(10) == 6
    assert int(manager.next()['ERRNO']) > 0
