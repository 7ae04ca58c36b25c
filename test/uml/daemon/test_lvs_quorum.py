# SPDX-License-Identifier: GPL-2.0-or-later
"""Sorry servers, quorum, inhibit_on_failure; the scripts and mails that tell about them."""
import os
import re
import time

import pytest

from director import LONG, SERVICE, VIP, at, config, misc, name, real, service, tcp, wait_for

VS = r'\[192\.0\.2\.1\]:tcp:80'
SORRY = '127.0.0.9:80'


def servers(director, n):
    return [director.server() for _ in range(n)]


def reals(some, *lines):
    return [real('127.0.0.1', s.port, *lines, tcp()) for s in some]


def up(*some, weight=1):
    return {at(s): weight for s in some}


def states(history, service=SERVICE):
    return [t.get(service) for t in history.tables]


# ---- sorry server --------------------------------------------------------------------------------

def test_sorry_server(director):
    """It is alone, and it is there as soon as the others are gone."""
    a, b = servers(director, 2)
    director.start(config(service(VIP + ' 80', 'sorry_server 127.0.0.9 80', *reals([a, b]))))
    director.log('TCP connection to %s success' % name(b))
    with director.history() as h:
        a.close()
        b.close()
        director.wait_pool({SORRY: 1})
    assert all(set(t) <= {at(a), at(b)} or t == {SORRY: 1} for t in states(h))
    director.log(r'Lost quorum 1-0=1 > 0 for VS ' + VS)
    director.log(r'Adding sorry server \[127\.0\.0\.9\]:tcp:80 to VS ' + VS)
    director.log('Removing alive servers from the pool for VS ' + VS)
    with director.history() as h:
        director.again(a)
        director.again(b)
        director.wait_pool(up(a, b))
    assert all(t for t in states(h))  # never empty on the way back
    director.log(r'Gained quorum 1\+0=1 <= 1 for VS ' + VS)
    director.log(r'Removing sorry server \[127\.0\.0\.9\]:tcp:80 from VS ' + VS)
    director.log('Adding alive servers to the pool for VS ' + VS)
    director.stop()
    assert director.table() == {}


def test_sorry_server_inhibit(director):
    a, = servers(director, 1)
    director.start(config(service(VIP + ' 80', 'sorry_server 127.0.0.9 80', 'sorry_server_inhibit',
                                  *reals([a]))))
    assert director.pool() == {SORRY: 0, at(a): 1}
    director.log('TCP connection to %s success' % name(a))
    a.close()
    director.wait_pool({SORRY: 1})
    director.log(r'Enabling sorry server \[127\.0\.0\.9\]:tcp:80 to VS ' + VS)
    director.again(a)
    director.wait_pool({SORRY: 0, at(a): 1})
    director.log(r'Disabling sorry server \[127\.0\.0\.9\]:tcp:80 from VS ' + VS)


def test_sorry_server_method(director):
    a, = servers(director, 1)
    a.close()
    director.start(config(service(
        VIP + ' 80', 'alpha', 'sorry_server 127.0.0.9 80', 'sorry_server_lvs_method DR', *reals([a]))))
    assert '-a -t 192.0.2.1:80 -r 127.0.0.9:80 -g -w 1' in director.saved()


def test_sorry_server_is_a_real_server_too(director):
    """Its own death does not take it out while it stands in; it never vanishes on the way."""
    a, b = servers(director, 2)
    director.start(config(service(VIP + ' 80', 'quorum 2',
                                  'sorry_server 127.0.0.1 %d' % a.port, *reals([a, b]))))
    director.log('TCP connection to %s success' % name(b))
    with director.history() as h:
        b.close()
        director.wait_pool(up(a))
        mark = director.log('Lost quorum')
        director.again(b)
        director.wait_pool(up(a, b))
        mark = director.log('Gained quorum', since=mark)
        a.close()
        director.log('Lost quorum', since=mark)
        director.wait_pool(up(a))
        director.stays(up(a), 0.5)
        director.again(a)
        director.wait_pool(up(a, b))
    assert all(at(a) in t for t in states(h))


# ---- quorum --------------------------------------------------------------------------------------

def test_quorum_with_hysteresis(director):
    """Gained with 2+1, lost with less than 2-1."""
    s = servers(director, 3)
    director.start(config(service(VIP + ' 80', 'alpha', 'quorum 2', 'hysteresis 1',
                                  'sorry_server 127.0.0.9 80', *reals(s))))
    director.log(r'Starting with quorum down 2-1=3 > 0 for VS ' + VS)
    director.log(r'Gained quorum 2\+1=3 <= 3 for VS ' + VS)
    director.wait_pool(up(*s))
    s[0].close()
    s[1].close()
    director.wait_pool(up(s[2]))
    assert not director.logged('Lost quorum')
    s[2].close()
    director.wait_pool({SORRY: 1})
    mark = director.log(r'Lost quorum 2-1=1 > 0 for VS ' + VS)
    for i in (0, 1):
        s[i] = director.again(s[i])
        director.log('Adding service %s' % name(s[i]), since=mark)
    director.stays({SORRY: 1}, 1)
    s[2] = director.again(s[2])
    director.wait_pool(up(*s))
    wait_for('the log', lambda: len(director.logged(r'Gained quorum 2\+1=3 <= 3')) == 2)


def test_quorum_counts_weights(director):
    """A script's weight counts, a weight of 0 does not."""
    script = director.script('check', 'exit 0')
    director.start(config(service(
        VIP + ' 80', 'quorum 5', 'sorry_server 127.0.0.9 80', 'inhibit_on_failure',
        real('127.0.0.2', 80, 'weight 2'), real('127.0.0.3', 80, 'weight 4', misc(script, 'misc_dynamic')))))
    director.wait_pool({'127.0.0.2:80': 2, '127.0.0.3:80': 4})
    director.script('check', 'exit 4')
    director.wait_pool({'127.0.0.2:80': 0, '127.0.0.3:80': 0, SORRY: 1})
    director.log(r'Lost quorum 5-0=5 > 4 for VS ' + VS)
    director.script('check', 'exit 12')
    director.wait_pool({'127.0.0.2:80': 2, '127.0.0.3:80': 10})
    director.log(r'Gained quorum 5\+0=5 <= 12 for VS ' + VS)


def test_quorum_without_sorry_server(director):
    """Whoever is alive serves, quorum or not."""
    a, b = servers(director, 2)
    director.start(config(service(VIP + ' 80', 'quorum 2', *reals([a, b]))))
    director.log('TCP connection to %s success' % name(b))
    a.close()
    director.wait_pool(up(b))
    director.log(r'Lost quorum 2-0=2 > 1 for VS ' + VS)
    b.close()
    director.wait_pool({})


def test_quorum_above_total_weight(director):
    director.start(config(service(VIP + ' 80', 'quorum 9', real('127.0.0.2', 80), real('127.0.0.3', 80))))
    director.log(r'Gained quorum 2\+0=2 <= 2 for VS ' + VS)


def test_inhibit_on_failure(director):
    a, b = servers(director, 2)
    director.start(config(service(
        VIP + ' 80', real('127.0.0.1', a.port, 'weight 3', 'inhibit_on_failure', tcp()), *reals([b]))))
    director.log('TCP connection to %s success' % name(b))
    with director.history() as h:
        a.close()
        director.wait_pool({at(a): 0, at(b): 1})
        director.again(a)
        director.wait_pool({at(a): 3, at(b): 1})
    assert all(at(a) in t for t in states(h))
    director.log('Disabling service %s of VS %s' % (name(a), VS))
    director.log('Enabling service %s of VS %s' % (name(a), VS))


# ---- scripts -------------------------------------------------------------------------------------

def told(director, some, *more):
    return [real('127.0.0.1', s.port, *more, 'notify_up "%s rs %d up \'a  b\'"' % (director.note, i),
                 'notify_down "%s rs %d down"' % (director.note, i), tcp())
            for i, s in enumerate(some)]


def quorum_scripts(director):
    return ['quorum_up "%s quorum up"' % director.note, 'quorum_down "%s quorum down"' % director.note]


def test_scripts(director):
    a, b = servers(director, 2)
    director.start(config(service(VIP + ' 80', *quorum_scripts(director), *told(director, [a, b]))))
    director.wait_noted('quorum up')
    director.log('TCP connection to %s success' % name(b))
    a.close()
    director.wait_noted('quorum up', 'rs 0 down')
    b.close()
    wait_for('notes', lambda: len(director.noted()) == 4)
    assert sorted(director.noted()[2:]) == ['quorum down', 'rs 1 down']
    director.again(a)
    wait_for('notes', lambda: len(director.noted()) == 6)
    assert sorted(director.noted()[4:]) == ['quorum up', 'rs 0 up a  b']
    director.stop()
    assert len(director.noted()) == 6  # without omega the end is silent


def test_alpha_and_omega(director):
    a, b = servers(director, 2)
    a.close()
    b.close()
    director.start(config(service(VIP + ' 80', 'alpha', 'omega', *quorum_scripts(director),
                                  *told(director, [a, b]))))
    director.wait_noted('quorum down')
    director.again(a)
    wait_for('notes', lambda: len(director.noted()) == 3)
    assert sorted(director.noted()[1:]) == ['quorum up', 'rs 0 up a  b']
    director.wait_pool(up(a))
    director.stop()
    wait_for('notes', lambda: len(director.noted()) == 5)
    assert sorted(director.noted()[3:]) == ['quorum down', 'rs 0 down']
    assert len(director.logged('Shutting down service')) == 1


def test_rs_init_notifies(director):
    a, = servers(director, 1)
    director.start(config(service(VIP + ' 80', *told(director, [a])), words=['rs_init_notifies']))
    director.wait_noted('rs 0 up a  b')


def test_scripts_in_order(director):
    """The script of a server is slow: runs do not overlap, outdated ones may be left out, the last
    one tells how things are."""
    script = director.script('check', 'exit 0')
    slow = director.script('slow', 'exec >>%s; echo begin; sleep 1; echo "$@"' % director.notes)
    director.start(config(service(
        VIP + ' 80', real('127.0.0.2', 80, 'notify_up "%s up"' % slow, 'notify_down "%s down"' % slow,
                          misc(script)), delay=0.3)))
    director.log('succeeded')
    for n in range(6):
        mark = director.process.mark()
        director.script('check', 'exit %d' % ((n + 1) % 2))
        director.log('Adding service|Removing service', since=mark)

    def ended():
        notes = director.noted()
        time.sleep(2.5)
        return notes if notes[-1:] == ['up'] and notes == director.noted() else None
    notes = wait_for('the last one', ended)
    assert set(notes[::2]) == {'begin'}
    assert notes[1] == 'down'


def test_script_that_hangs_delays_nobody(director):
    a, b = servers(director, 2)
    hangs = director.script('hangs', 'exec sleep 1000')
    director.start(config(service(
        VIP + ' 80', real('127.0.0.1', a.port, 'notify_down "%s"' % hangs, tcp()),
        real('127.0.0.1', b.port, 'notify_down "%s b down"' % director.note, tcp()))))
    director.log('TCP connection to %s success' % name(b))
    a.close()
    director.wait_pool(up(b))
    b.close()
    director.wait_pool({})
    director.wait_noted('b down')
    director.stop()


def test_script_user(director):
    out = director.net.dir + '/who'
    open(out, 'w').close()
    os.chmod(out, 0o666)
    script = director.script('who', 'id -un >>%s' % out)
    director.start(config(service(VIP + ' 80', 'quorum_up "%s" nobody' % script,
                                  real('127.0.0.2', 80))))
    wait_for('the script', lambda: open(out).read() == 'nobody\n')


# ---- mails ---------------------------------------------------------------------------------------

def mail_words(sink):
    return ['router_id LVS-A', 'smtp_server 127.0.0.1 %d' % sink.port,
            'notification_email_from ka@example.net', 'notification_email {\nops@example.net\n}']


def test_mails(director):
    sink = director.mail_sink()
    a, b = servers(director, 2)
    director.start(config(service(VIP + ' 80', 'omega', 'smtp_alert', *reals([a, b])),
                          words=mail_words(sink)))
    director.log('TCP connection to %s success' % name(b))
    a.close()
    director.wait_pool(up(b))
    b.close()
    director.wait_pool({})
    director.again(a)
    director.wait_pool(up(a))
    service_name, rs = '[192.0.2.1]:tcp:80', '[127.0.0.1]:tcp:%d'
    want = [
        ('Virtualserver %s - UP' % service_name, '=> Starting with quorum up 1+0=1 <= 2 <='),
        ('Realserver %s of virtual server %s - DOWN' % (rs % a.port, service_name),
         '=> TCP CHECK failed on service <='),
        ('Realserver %s of virtual server %s - DOWN' % (rs % b.port, service_name),
         '=> TCP CHECK failed on service <='),
        ('Virtualserver %s - DOWN' % service_name, '=> Lost quorum 1+0=1 <= 0 <='),
        ('Realserver %s of virtual server %s - UP' % (rs % a.port, service_name),
         '=> TCP CHECK succeed on service <='),
        ('Virtualserver %s - UP' % service_name, '=> Gained quorum 1+0=1 <= 1 <='),
    ]
    want = [('[LVS-A] ' + s, b) for s, b in want]
    wait_for('mails', lambda: len(sink.mails) >= len(want))
    assert sink.mails == want
    assert set(sink.recipients) == {'RCPT TO:<ops@example.net>'}
    director.stop()
    wait_for('the last mails', lambda: len(sink.mails) == len(want) + 2)
    assert sorted(sink.mails[-2:]) == [
        ('[LVS-A] Realserver %s of virtual server %s - DOWN' % (rs % a.port, service_name),
         '=> Shutting down <='),
        ('[LVS-A] Virtualserver %s - DOWN' % service_name, '=> Shutting down <=')]


@pytest.mark.parametrize('words,vs,rs,subjects', [
    ([], [], [], ['Realserver']), ([], ['smtp_alert'], [], ['Virtualserver', 'Realserver']),
    (['smtp_alert_checker'], [], [], ['Virtualserver', 'Realserver']),
    (['smtp_alert_checker off'], [], [], []), (['smtp_alert_checker off'], [], ['smtp_alert'], ['Realserver']),
    ([], [], ['smtp_alert off'], []), (['no_checker_emails'], [], [], ['Realserver'])])
def test_who_gets_mail(director, words, vs, rs, subjects):
    sink = director.mail_sink()
    a, = servers(director, 1)
    a.close()
    director.start(config(service(VIP + ' 80', 'quorum 1', *vs, real('127.0.0.2', 80), *reals([a], *rs)),
                          words=mail_words(sink) + words))
    director.wait_pool({'127.0.0.2:80': 1})
    wait_for('mails', lambda: len(sink.mails) >= len(subjects))
    time.sleep(0.3)
    assert [re.match(r'\[LVS-A\] (\w+)', s)[1] for s in sink.subjects()] == subjects


@pytest.mark.parametrize('words,mails', [
    ([], ['DOWN failed', 'DOWN failed', 'DOWN succeed', 'UP succeed']),
    (['no_checker_emails'], ['DOWN failed', None, None, 'UP succeed'])])
def test_mail_per_check(director, words, mails):
    """The subject tells the state of the server, the body that of the check."""
    sink = director.mail_sink()
    a, b = servers(director, 2)
    director.start(config(service(VIP + ' 80', real(
        '127.0.0.1', a.port, tcp(), tcp('connect_port %d' % b.port))), words=mail_words(sink) + words))
    wait_for('first checks', lambda: len(director.logged('TCP connection to %s success' % name(a))) == 2)
    want = []
    for step, s, mail in zip(('failed', 'failed', 'success', 'success'), (a, b, b, a), mails):
        mark = director.process.mark()
        if step == 'failed':
            s.close()
        else:
            director.again(s)
        director.log('TCP connection to %s %s' % (name(a), step), since=mark)
        want += [mail] if mail else []
        wait_for('mails', lambda: len(sink.mails) >= len(want))
    time.sleep(0.3)
    assert ['%s %s' % (s.split()[-1], re.search('failed|succeed', b)[0])
            for s, b in sink.mails] == want


def test_mail_server_that_is_silent_delays_nobody(director):
    sink = director.server(silent=True)
    a, b = servers(director, 2)
    director.start(config(service(VIP + ' 80', 'smtp_alert', *reals([a, b])),
                          words=mail_words(sink) + ['smtp_connect_timeout %d' % (2 * LONG)]))
    director.log('TCP connection to %s success' % name(b))
    a.close()
    director.wait_pool(up(b))
    b.close()
    director.wait_pool({})
    start = time.monotonic()
    director.stop()
    assert time.monotonic() - start < LONG / 2
