# SPDX-License-Identifier: GPL-2.0-or-later
"""Telling others: notify scripts of instances and groups, and alert mails."""
import json
import os
import time

import pytest

import wire
from lab import wait_for
from router import Keepalived, block, instance

FAST = dict(version=3, advert_int=0.2)
VIP = '10.0.0.100'
SECURE = ['enable_script_security', 'script_user root', 'vrrp_garp_master_delay 0']


def pass_time(seconds):
    start = wire.now()
    wait_for('time to pass', lambda: wire.now() >= start + seconds, seconds + 10)


class Told:
    """A script that writes its arguments into a file, a line per call."""

    def __init__(self, host, extra=''):
        self.log = host.file('told', '')
        self.path = host.file('tell.sh', '#!/bin/sh\necho "$@" >> %s\n%s\n' % (self.log, extra), 0o755)

    def lines(self):
        with open(self.log) as f:
            return f.read().splitlines()

    def wait(self, *lines, seconds=20):
        try:
            wait_for(str(lines), lambda: self.lines() == list(lines), seconds)
        except AssertionError:
            assert self.lines() == list(lines)

    def words(self, *kinds):
        return ['notify_%s "%s %s arg"' % (k, self.path, k) for k in kinds] + ['notify "%s any"' % self.path]


def make(lab, conf, name='a', n=1):
    return Keepalived(lab, name, '10.0.0.%d/24' % n, conf=block('global_defs', *SECURE) + conf)


STATES = ('master', 'backup', 'fault', 'stop')


def tells_all_states(lab, r, told, who):
    """The specific script, then the generic one, in the order of the transitions."""
    def calls(*states):
        return [line for s in states for line in (s.lower() + ' arg', 'any ' + who % s)]

    def link(state):
        lab.hosts['sw'].run('ip', 'link', 'set', r.port, state)

    seen = calls('BACKUP', 'MASTER')
    told.wait(*seen)
    link('down')
    seen += calls('FAULT')
    told.wait(*seen)
    link('up')
    seen += calls('BACKUP', 'MASTER')
    told.wait(*seen)
    assert r.stop() == 0
    told.wait(*seen, *calls('STOP'))


def test_order_and_arguments(lab):
    told = Told(lab.host('a'))
    r = make(lab, instance('V', told.words(*STATES), **FAST)).start_up()
    tells_all_states(lab, r, told, 'INSTANCE V %s 100')


def test_group(lab):
    told = Told(lab.host('a'))
    r = make(lab, block('vrrp_sync_group G', block('group', 'A', 'B'), told.words(*STATES)) +
             instance('A', vrid=1, **FAST) + instance('B', vrid=2, vips=['10.0.0.101/24'], **FAST)).start_up()
    tells_all_states(lab, r, told, 'GROUP G %s 0')


def test_effective_priority(lab):
    host = lab.host('a')
    told = Told(host)
    r = make(lab, block('vrrp_script no', 'script /bin/false', 'interval 1') +
             instance('V', block('track_script', 'no weight -20'), told.words(), **FAST)).start_up()
    wait_for('lowered', lambda: r.adverts() and r.adverts()[-1].priority == 80)
    assert r.stop() == 0
    wait_for('the stop', lambda: told.lines()[-1] == 'any INSTANCE V STOP 80')


def test_slow_script_keeps_the_order(lab):
    """One at a time for an instance; what is outdated may be left out, the last state never."""
    go = os.path.join(lab.dir, 'go')
    told = Told(lab.host('a'), 'while [ ! -e %s ]; do sleep 0.1; done' % go)
    r = make(lab, instance('V', told.words(), **FAST)).start_up()
    for _ in range(4):
        lab.hosts['sw'].run('ip', 'link', 'set', r.port, 'down')
        pass_time(0.2)
        mark = r.process.mark()
        lab.hosts['sw'].run('ip', 'link', 'set', r.port, 'up')
        pass_time(0.2)
    r.wait_state('MASTER', since=mark)
    open(go, 'w').close()

    def at_rest():
        before = told.lines()
        pass_time(2)
        return told.lines() == before and before[-1] == 'any INSTANCE V MASTER 100'
    wait_for('the last state', at_rest, 30)
    states = [l.split()[-2] for l in told.lines()]
    assert states[0] == 'BACKUP' and states[-1] == 'MASTER'
    assert len(states) < 10, 'eleven transitions during the first run: some are outdated'


def test_stop_is_told_beside_a_slow_script(lab):
    """At the end there is no time to wait for the one before."""
    go = os.path.join(lab.dir, 'go')
    told = Told(lab.host('a'), 'while [ ! -e %s ]; do sleep 0.1; done' % go)
    r = make(lab, instance('V', told.words(), **FAST)).start_up()
    told.wait('any INSTANCE V BACKUP 100')
    r.wait_holds(VIP)
    assert r.stop() == 0
    told.wait('any INSTANCE V BACKUP 100', 'any INSTANCE V STOP 100')
    r.process.wait_line('has not ended; .* does not wait for it')
    open(go, 'w').close()


def test_hanging_script_holds_up_nothing(lab):
    """Neither adverts, nor other instances, nor the end."""
    host = lab.host('a')
    hang = host.file('hang.sh', '#!/bin/sh\ntrap "" TERM\nwhile :; do sleep 1; done\n', 0o755)
    told = Told(host)
    r = make(lab, instance('V', 'notify ' + hang, vrid=1, **FAST) +
             instance('W', told.words(), vrid=2, vips=['10.0.0.101/24'], **FAST)).start_up()
    told.wait('any INSTANCE W BACKUP 100', 'any INSTANCE W MASTER 100')
    r.wait_holds(VIP)
    r.reload()
    assert r.stop() == 0
    assert not r.process.lines('failed to die')


@pytest.mark.parametrize('body', ['#!/nonexistent\n', '#!/bin/sh\nkill -9 $$\n', '#!/bin/sh\nexec sleep 303 &\nexit 7\n'],
                         ids=['cannot-start', 'killed', 'forks'])
def test_broken_script(lab, body):
    path = lab.host('a').file('broken.sh', body, 0o755)
    r = make(lab, instance('V', 'notify ' + path, **FAST)).start_up()
    r.wait_holds(VIP)
    pass_time(0.5)
    assert r.process.alive()
    assert r.stop() == 0


def test_environment_of_a_script(lab):
    """Of the configured user, in /, with /dev/null, nothing else open, without the loader's traps."""
    host = lab.host('a')
    out = host.file('env', '', 0o666)
    path = host.file('env.sh', '#!/bin/sh\n[ "$3" = MASTER ] || exit 0\nexec > %s\nid -un; id -gn; pwd; '
                     'readlink /proc/$$/fd/0 /proc/$$/fd/2; ls /proc/$$/fd | wc -l; ps -o pgid= -p $$ | '
                     'grep -qx " *$$" && echo leader; grep -E "^(Cap(Eff|Inh)|SigBlk|SigIgn)" /proc/self/status; '
                     'echo end\n' % out, 0o755)
    r = make(lab, instance('V', 'notify "%s" nobody' % path, **FAST)).start_up()
    text = lambda: open(out).read().splitlines()
    wait_for('it ran', lambda: text()[-1:] == ['end'])
    lines = text()
    assert lines[:5] == ['nobody', 'nogroup', '/', '/dev/null', '/dev/null']
    assert int(lines[5]) <= 5 # 0 1 2, the script, and ls's own
    assert 'leader' in lines
    assert 'SigBlk:\t0000000000000000' in lines
    for cap in ('CapEff', 'CapInh'):
        assert '%s:\t0000000000000000' % cap in lines
    assert r.stop() == 0


def test_reload_does_not_repeat(lab):
    told = Told(lab.host('a'))
    r = make(lab, instance('V', told.words(), **FAST)).start_up()
    told.wait('any INSTANCE V BACKUP 100', 'any INSTANCE V MASTER 100')
    r.reload()
    r.reload()
    pass_time(0.7)
    assert len(told.lines()) == 2


def test_deleted_instance(lab):
    """Reported as FAULT, or as DELETED where asked for."""
    told = Told(lab.host('a'))
    keep = instance('K', vrid=9, vips=['10.0.0.109/24'], **FAST)
    both = instance('V', told.words(), vrid=1, **FAST) + \
        instance('W', 'notify_deleted', told.words(), vrid=2, vips=['10.0.0.101/24'], **FAST)
    r = make(lab, keep + both).start_up()
    wait_for('masters', lambda: len(told.lines()) == 4)
    r.reload(block('global_defs', *SECURE) + keep)
    wait_for('told', lambda: len(told.lines()) == 6)
    assert sorted(told.lines()[4:]) == ['any INSTANCE V FAULT 100', 'any INSTANCE W DELETED 100']


def test_insecure_script_is_not_run(lab):
    told = Told(lab.host('a'))
    os.chmod(told.path, 0o777)
    r = make(lab, instance('V', told.words(), **FAST)).start_up()
    r.wait_holds(VIP)
    pass_time(0.3)
    assert told.lines() == []
    assert r.process.lines('tell.sh')


# ---- mail ----------------------------------------------------------------------------------------

def mail_conf(*more, server='10.0.0.1 2525'):
    return block('global_defs', 'router_id LAB', 'smtp_server ' + server, 'smtp_connect_timeout 30',
                 'smtp_helo_name lab.example', 'notification_email_from ka@example.com',
                 block('notification_email', 'one@example.com', 'two@example.com'), *SECURE, *more)


def sink(host, *more):
    p = host.spawn('/usr/bin/python3', os.path.join(os.path.dirname(os.path.abspath(__file__)), 'smtp_sink.py'),
                   '10.0.0.1', '2525', *more)
    p.wait_line('ready', 30)
    return p


def mails(p):
    return [json.loads(l) for l in p.text().splitlines() if l.startswith('{')]


def test_mails(lab):
    """Who, what and how, in the order of the events; the last one at the stop."""
    r = Keepalived(lab, 'a', '10.0.0.1/24', conf=mail_conf() + instance('V', 'smtp_alert', **FAST))
    p = sink(r.host)
    r.start_up()
    wait_for('MASTER mail', lambda: any('MASTER' in m['text'] for m in mails(p)), 20)
    lab.hosts['sw'].run('ip', 'link', 'set', r.port, 'down')
    wait_for('FAULT mail', lambda: any('FAULT' in m['text'] for m in mails(p)), 20)
    assert r.stop() == 0
    wait_for('Stopping mail', lambda: any('Stopping' in m['text'] for m in mails(p)), 20)
    for m in mails(p):
        assert m['helo'] == 'lab.example'
        assert m['from'] == 'ka@example.com'
        assert m['to'] == ['one@example.com', 'two@example.com']
    text = next(m['text'] for m in mails(p) if 'MASTER' in m['text'])
    assert '\r\n' in text
    head, body = text.replace('\r\n', '\n').split('\n\n', 1)
    fields = dict(l.split(': ', 1) for l in head.replace(',\n ', ', ').splitlines())
    assert fields['Subject'] == '[LAB] VRRP Instance V - Entering MASTER state'
    assert fields['From'] == 'ka@example.com'
    assert fields['To'] == 'one@example.com, two@example.com'
    assert fields['X-Mailer'] == 'Keepalived'
    time.strptime(fields['Date'], '%a, %d %b %Y %H:%M:%S %z')
    assert body.strip() == '=> VRRP Instance is now owning VRRP VIPs <='
    states = [m['text'].split('Subject: ')[1].split('\r\n')[0].split(' - ')[1] for m in mails(p)]
    assert states == ['Entering BACKUP state', 'Entering MASTER state', 'Entering FAULT state', 'Stopping']


def test_no_mail_without_being_asked(lab):
    r = Keepalived(lab, 'a', '10.0.0.1/24', conf=mail_conf() + instance('V', **FAST))
    p = sink(r.host)
    r.start_up()
    r.wait_holds(VIP)
    pass_time(0.5)
    assert r.stop() == 0
    assert mails(p) == []


@pytest.mark.parametrize('server', ['10.0.0.1 2525', '10.0.0.1 2', 'mail.nowhere.invalid', '10.0.0.99'],
                         ids=['hangs', 'refuses', 'no-name', 'no-host'])
def test_mail_server_is_bad(lab, server):
    """Nothing else notices: adverts on time, reload and stop as ever."""
    r = Keepalived(lab, 'a', '10.0.0.1/24', conf=mail_conf(server=server) + instance('V', 'smtp_alert', **FAST))
    if server.endswith('2525'):
        sink(r.host, 'hang')
    r.start_up()
    r.wait_holds(VIP)
    start = wire.now()
    r.reload()
    pass_time(2.5)
    assert r.steady(0.2, start)
    assert r.stop() == 0
    assert not r.process.lines('failed to die')
    r.wait_farewell()
