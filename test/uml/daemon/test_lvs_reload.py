# SPDX-License-Identifier: GPL-2.0-or-later
"""SIGHUP: what has not changed is not touched, what has changed is one message to the kernel."""
import os
import socket
import time

import pytest

from director import (LONG, SERVICE, VIP, at, block, check, config, http, misc, name, real, service,
                      tcp, url, wait_for)
from wire import inside

VS = r'\[192\.0\.2\.1\]:tcp:80'


def three(director):
    return [director.server() for _ in range(3)]


def text(some, *lines, weights=None, head=VIP + ' 80', checks=tcp, more='', **words):
    weights = weights or [1] * len(some)
    return config(service(head, *lines, *(
        real('127.0.0.1', s.port, 'weight %d' % w, checks()) for s, w in zip(some, weights)), **words)) + more


def up(*some):
    return {at(s): 1 for s in some}


def settled(director, *some):
    for s in some:
        director.log('TCP connection to %s success' % name(s))


# ---- messages ------------------------------------------------------------------------------------

def test_messages(director):
    """Each change of the file is as many messages to the kernel as there are changes."""
    a, b, c = three(director)
    wire = director.overhear()
    director.start(text([a, b]))
    assert sorted(wire.words()) == ['new dest', 'new dest', 'new service']
    settled(director, a, b)
    for new, want in (
            (text([a, b]), []),
            (text([a, b], weights=[1, 7]), ['set dest']),
            (text([a, b], weights=[1, 7], delay=0.5, retry=2), []),
            (text([a, b, c], weights=[1, 7, 1]), ['new dest']),
            (text([a, c]), ['del dest']),
            (text([a, c], algo='wlc'), ['set service']),
            (text([a, c], 'persistence_timeout 50', algo='wlc'), ['set service']),
            (text([c, a], algo='rr'), ['set service']),
            (text([c, a], more=service(VIP + ' 81', real('127.0.0.2', 80))), ['new service', 'new dest']),
            (text([c, a]), ['del service']),
            (text([c, a], head='192.0.2.2 80'), ['new service', 'new dest', 'new dest', 'del service'])):
        director.reload(new)
        time.sleep(0.2)
        assert wire.words() == want
    director.stop()
    assert wire.words() == ['del service']
    assert director.table() == {}


def test_another_method(director):
    def conf(kind):
        return config(service(VIP + ' 80', real('127.0.0.2', 80), real('127.0.0.3', 80), kind=kind))
    wire = director.overhear()
    director.start(conf('NAT'))
    wire.words()
    for kind, flag in (('DR', '-g'), ('TUN', '-i'), ('NAT', '-m')):
        director.reload(conf(kind))
        assert wire.words() == ['set dest', 'set dest']
        assert len([l for l in director.saved() if ' %s -w 1' % flag in l]) == 2


def test_log_of_changes(director):
    a, b, c = three(director)
    more = service(VIP + ' 81', real('127.0.0.2', 80))
    director.start(text([a, b], more=more))
    settled(director, a, b)
    mark = director.reload(text([a, c], weights=[5, 1]))
    director.log('Changing weight from 1 to 5 for active service %s of VS %s' % (name(a), VS), since=mark)
    director.log('service %s no longer exist' % name(b), since=mark)
    director.log('Removing service %s from VS %s' % (name(b), VS), since=mark)
    director.log(r'Removing Virtual Server \[192\.0\.2\.1\]:tcp:81', since=mark)
    director.log(r'Removing service \[127\.0\.0\.2\]:tcp:80 from VS \[192\.0\.2\.1\]:tcp:81', since=mark)
    director.log('Activating healthchecker for service %s for VS %s' % (name(c), VS), since=mark)
    assert not director.logged('Activating healthchecker for service %s' % name(a), mark)


def test_group_members_in_the_log(director):
    group = block('virtual_server_group web', '192.0.2.10 80', 'fwmark 5')
    more = service('group web', real('127.0.0.2', 80))
    director.start(config(group, more))
    mark = director.reload(config(group.replace('fwmark 5', '192.0.2.11-13 8080\nfwmark 6'), more))
    director.log(r'VS \[192\.0\.2\.11:tcp:8080-192\.0\.2\.13\] added into group web', since=mark)
    director.log(r'VS \[FWM 6\] added into group web', since=mark)
    assert not director.logged(r'\[192\.0\.2\.10:tcp:80\]', mark)


# ---- connections ---------------------------------------------------------------------------------

def connections(director):
    """{server: (active, inactive)}"""
    return {w[1]: (int(w[4]), int(w[5])) for w in
            (l.split() for l in director.ipvsadm('-Ln').splitlines()[3:]) if w[0] == '->'}


def counted(director):
    """{server: connections ever}"""
    return {w[1]: int(w[2]) for w in
            (l.split() for l in director.ipvsadm('-Ln', '--stats', '--exact').splitlines()[3:])
            if w[0] == '->'}


class EchoServer:
    """On an address of the director; a line comes back with the server's name before it."""

    def __init__(self, director, address):
        self.process = director.host.spawn('/usr/bin/python3', '-c', '''
import socketserver
class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(b"%s " + line)
class Server(socketserver.ThreadingTCPServer):
    daemon_threads = allow_reuse_address = True
Server(("%s", 80), Echo).serve_forever()
''' % (address, address))


def ask(connection):
    connection.sendall(b'x\n')
    return connection.recv(100).split()[0].decode()


def test_connections_live_through_reload(lab, director):
    """A client talks through IPVS all the time while weights, servers and checks change."""
    client = lab.host('client')
    director.host.run('ip', 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', client.ns)
    for h, address in ((director.host, '10.0.0.1/24'), (client, '10.0.0.2/24')):
        h.run('ip', 'link', 'set', 'eth0', 'up')
        h.run('ip', 'addr', 'add', address, 'dev', 'eth0')
    client.run('ip', 'route', 'add', '192.0.2.0/24', 'via', '10.0.0.1')
    director.host.run('ip', 'link', 'add', 'srv', 'type', 'dummy')
    director.host.run('ip', 'link', 'set', 'srv', 'up')
    for address in (VIP, '10.1.0.1', '10.1.0.2', '10.1.0.3'):
        director.host.run('ip', 'addr', 'add', address + '/32', 'dev', 'srv')
    for address in ('10.1.0.1', '10.1.0.2', '10.1.0.3'):
        EchoServer(director, address)

    def conf(*weights, **words):
        return config(service(VIP + ' 80', 'alpha', *(
            real('10.1.0.%d' % n, 80, 'weight %d' % w, tcp(**words)) for n, w in weights)))

    def new():
        return inside(client, lambda: socket.create_connection((VIP, 80), LONG))
    director.start(conf((1, 1), (2, 1)))
    director.wait_pool({'10.1.0.1:80': 1, '10.1.0.2:80': 1})
    open_ones = {}
    while len(open_ones) < 2:
        c = new()
        open_ones.setdefault(ask(c), c)
    # The kernel's estimator brings the counters up to date every 2 s.
    wait_for('counters', lambda: all(counted(director).values()))
    before = connections(director), counted(director)
    assert [a for a, _ in before[0].values()] == [1, 1]
    for text in (conf((1, 5), (2, 1)), conf((1, 5), (2, 1), (3, 1)), conf((1, 5), (2, 0), (3, 1)),
                 conf((1, 5), (2, 0), (3, 1), retry=3)):
        director.reload(text)
        time.sleep(0.2)
        for server, c in open_ones.items():
            assert ask(c) == server
    now = connections(director), counted(director)
    for server in before[0]:
        assert now[0][server] == before[0][server]
        assert now[1][server] == before[1][server]
    director.wait_pool({'10.1.0.1:80': 5, '10.1.0.2:80': 0, '10.1.0.3:80': 1})
    assert {ask(new()) for _ in range(8)} == {'10.1.0.1', '10.1.0.3'}
    director.kill_child()
    for server, c in open_ones.items():
        assert ask(c) == server
    assert counted(director)['10.1.0.2:80'] == before[1]['10.1.0.2:80']


# ---- state ---------------------------------------------------------------------------------------

@pytest.mark.parametrize('change', ['nothing', 'weight', 'check', 'another server', 'order', 'service'])
def test_down_server_stays_down(director, change):
    a, b, c = three(director)
    b.close()
    director.start(text([a, b]))
    director.wait_pool(up(a))
    settled(director, a)
    new, want = {
        'nothing': (text([a, b]), up(a)),
        'weight': (text([a, b], weights=[4, 4]), {at(a): 4}),
        'check': (text([a, b], checks=lambda: tcp('connect_timeout 2', retry=3)), up(a)),
        'another server': (text([a, b, c]), up(a, c)),
        'order': (text([b, a]), up(a)),
        'service': (text([a, b], algo='wlc'), up(a)),
    }[change]
    with director.history() as h:
        mark = director.reload(new)
        director.wait_pool(want)
        time.sleep(2)
    assert not any(at(b) in t[SERVICE] for t in h.tables)
    assert all(at(a) in t[SERVICE] for t in h.tables)
    assert not director.logged('(Adding|Removing) service %s' % name(b), mark)
    director.again(b)
    director.log('Adding service %s' % name(b), since=mark)


def test_changed_check_finds_out_itself(director):
    """An up server gets a check that fails: it stays until that has been seen, with its retries."""
    a, b, _ = three(director)
    director.start(text([a, b]))
    settled(director, a, b)
    dead = director.server()
    dead.close()
    start = time.monotonic()
    mark = director.reload(text([a, b], checks=lambda: check(
        'TCP_CHECK', 'connect_port %d' % dead.port, 'delay_before_retry 2', retry=2)))
    assert director.pool() == up(a, b)
    director.wait_pool({})
    assert time.monotonic() - start > 5
    director.log('TCP_CHECK on service %s failed after 2 retries' % name(a), since=mark)


def test_another_kind_of_check(director):
    a, b, _ = three(director)
    b.close()
    director.start(text([a, b]))
    director.wait_pool(up(a))
    director.reload(text([a, b], checks=lambda: http(url('/'))))
    director.log('Remote Web server %s succeed' % name(a))
    director.stays(up(a), 1.5)
    director.again(b)
    director.wait_pool(up(a, b))
    director.reload(text([a, b], checks=lambda: ''))
    assert director.pool() == up(a, b)


def test_check_is_removed(director):
    """The only check that failed is gone from the file: the server is good."""
    a, b, _ = three(director)
    b.close()
    director.start(text([a, b]))
    director.wait_pool(up(a))
    director.reload(text([a, b], checks=lambda: ''))
    assert director.pool() == up(a, b)


def test_dynamic_weight_survives(director):
    script = director.script('check', 'exit 42')

    def conf(weight, algo='rr'):
        return config(service(VIP + ' 80', real('127.0.0.2', 80, 'weight %d' % weight,
                                                misc(script, 'misc_dynamic')), algo=algo, delay=3))
    director.start(conf(5))
    director.wait_pool({'127.0.0.2:80': 40})
    with director.history() as h:
        director.reload(conf(7))
        director.reload(conf(7, 'wlc'))
        time.sleep(1)
    assert {t[SERVICE]['127.0.0.2:80'] for t in h.tables} == {40}
    director.script('check', 'exit 0')
    director.wait_pool({'127.0.0.2:80': 7})


def test_quorum_state_survives(director):
    """With hysteresis the state of a quorum cannot be told from the weight: it must be kept."""
    a, b, c = three(director)

    def conf(delay=0.4):
        return text([a, b, c], 'alpha', 'quorum 2', 'hysteresis 1', 'sorry_server 127.0.0.9 80',
                    'quorum_up "%s up"' % director.note, 'quorum_down "%s down"' % director.note, delay=delay)
    director.start(conf())
    director.wait_pool(up(a, b, c))
    a.close()
    b.close()
    director.wait_pool(up(c))
    with director.history() as h:
        director.reload(conf(delay=0.5))
        time.sleep(1)
    assert [t[SERVICE] for t in h.tables] == [up(c)]
    c.close()
    director.wait_pool({'127.0.0.9:80': 1})
    mark = director.log('Lost quorum')
    b = director.again(b)
    c = director.again(c)
    for s in (b, c):
        director.log('Adding service %s' % name(s), since=mark)
    with director.history() as h:
        director.reload(conf())
        time.sleep(1)
    assert [t[SERVICE] for t in h.tables] == [{'127.0.0.9:80': 1}]
    director.wait_noted('down', 'up', 'down')


def test_sorry_server_changes(director):
    a, _, _ = three(director)

    def conf(*lines):
        return text([a], 'alpha', *lines)
    a.close()
    director.start(conf('sorry_server 127.0.0.9 80'))
    assert director.pool() == {'127.0.0.9:80': 1}
    with director.history() as h:
        director.reload(conf('sorry_server 127.0.0.8 80'))
        director.wait_pool({'127.0.0.8:80': 1})
    assert all(t[SERVICE] for t in h.tables)
    director.reload(conf('sorry_server 127.0.0.8 80', 'sorry_server_inhibit'))
    director.again(a)
    director.wait_pool({'127.0.0.8:80': 0, at(a): 1})
    director.reload(conf())
    director.wait_pool(up(a))


def test_inhibit_changes(director):
    a, b, _ = three(director)
    b.close()
    director.start(text([a, b]))
    director.wait_pool(up(a))
    director.reload(text([a, b], 'inhibit_on_failure'))
    director.wait_pool({at(a): 1, at(b): 0})
    director.reload(text([a, b]))
    director.wait_pool(up(a))


def test_what_goes_and_comes_is_told(director):
    """A server or service that leaves the file is told as down, a new service as up."""
    sink = director.mail_sink()
    words = ['smtp_server 127.0.0.1 %d' % sink.port, 'router_id R', 'smtp_alert_checker',
             'notification_email {\nops@example.net\n}']

    def told(port, *numbers):
        return service('%s %d' % (VIP, port), 'quorum_up "%s %d up"' % (director.note, port),
                       'quorum_down "%s %d down"' % (director.note, port),
                       *(real('127.0.0.%d' % n, 80, 'notify_down "%s %d rs %d down"' % (
                           director.note, port, n)) for n in numbers))
    director.start(config(told(80, 2, 3), told(81, 2), words=words))
    wait_for('notes', lambda: sorted(director.noted()) == ['80 up', '81 up'])
    wait_for('mails', lambda: len(sink.mails) == 2)
    del sink.mails[:]
    director.reload(config(told(80, 2), told(82, 2), words=words))
    wait_for('notes', lambda: sorted(director.noted()[2:]) == [
        '80 rs 3 down', '81 down', '81 rs 2 down', '82 up'])
    wait_for('mails', lambda: len(sink.mails) == 4)
    assert sorted(sink.mails) == [
        ('[R] Realserver [127.0.0.2]:tcp:80 of virtual server [192.0.2.1]:tcp:81 - DOWN', '=> Removing <='),
        ('[R] Realserver [127.0.0.3]:tcp:80 of virtual server [192.0.2.1]:tcp:80 - DOWN', '=> Removing <='),
        ('[R] Virtualserver [192.0.2.1]:tcp:81 - DOWN', '=> Lost quorum 1+0=1 <= 0 <='),
        ('[R] Virtualserver [192.0.2.1]:tcp:82 - UP', '=> Starting with quorum up 1+0=1 <= 1 <=')]


def test_unchanged_services_say_nothing(director):
    sink = director.mail_sink()
    words = ['smtp_server 127.0.0.1 %d' % sink.port, 'smtp_alert_checker',
             'notification_email {\nops@example.net\n}']
    a, b, _ = three(director)

    def conf(more=''):
        return config(service(VIP + ' 80', 'quorum_up "%s up"' % director.note,
                              *(real('127.0.0.1', s.port, 'notify_up "%s rs"' % director.note, tcp())
                                for s in (a, b))), more, words=words)
    director.start(conf())
    settled(director, a, b)
    wait_for('first mail', lambda: len(sink.mails) == 1)
    director.wait_noted('up')
    mark = director.reload(conf())
    director.reload(conf(service(VIP + ' 81', real('127.0.0.2', 80))))
    wait_for('mails', lambda: len(sink.mails) == 2)
    time.sleep(1.5)
    assert director.noted() == ['up'] and len(sink.mails) == 2
    assert not director.logged(r'\[127\.0\.0\.1\]|quorum .* VS \[192\.0\.2\.1\]:tcp:80', mark)


def test_checks_go_on_through_reloads(director):
    """Reloads in a row do not put off the checks of an unchanged server."""
    a, b, _ = three(director)
    director.start(text([a, b], delay=0.5))
    settled(director, a, b)
    start = time.monotonic()
    a.clients.clear()
    while len(a.clients) < 8:
        assert time.monotonic() - start < LONG
        director.reload()
    assert len(a.clients) <= (time.monotonic() - start) / 0.5 + 2
    b.close()
    director.wait_pool(up(a))
    director.reload()
    assert director.pool() == up(a)


def test_two_signals_at_once(director):
    """The last file counts."""
    director.start(config(service(VIP + ' 80', real('127.0.0.2', 80))))
    for n in range(3, 13):
        director.write(config(service(VIP + ' 80', real('127.0.0.%d' % n, 80))))
        director.process.signal(1)
    director.wait_pool({'127.0.0.12:80': 1})


def test_service_moves_into_a_group(director):
    """Another object of the file, the same one of the kernel."""
    a, b, _ = three(director)
    director.start(text([a, b]))
    settled(director, a, b)
    wire = director.overhear()
    group = block('virtual_server_group web', '192.0.2.1 80', '192.0.2.2 80')
    with director.history() as h:
        director.reload(group + text([a, b], head='group web'))
        director.wait_pool(up(a, b), '192.0.2.2:80')
        assert sorted(wire.words()) == ['new dest', 'new dest', 'new service']
        director.reload(text([a, b]))
        assert wire.words() == ['del service']
    assert director.table() == {SERVICE: up(a, b)}
    assert all(t[SERVICE] == up(a, b) for t in h.tables)


def test_many_reloads(director):
    """With checks under way of every kind: nothing is lost, nothing is left."""
    s, dead = director.server(), director.server()
    dead.close()
    script = director.script('slow', 'sleep 0.3; exit 0')

    def conf(n):
        def get(path):
            return http(url(path), 'connect_port %d' % s.port, 'connect_ip 127.0.0.1')
        checks = [tcp('connect_ip 127.0.0.1', 'connect_port %d' % s.port), get('/'), get('/stop'),
                  get('/dribble'), misc(script), tcp('connect_ip 127.0.0.1', 'connect_port %d' % dead.port)]
        return config(service(VIP + ' 80', real('127.0.0.1', s.port, tcp()), *(
            real('127.0.1.%d' % (i + 1), 80, checks[(i + n) % len(checks)])
            for i in range(n % 7, n % 7 + 12)), delay=0.3, timeout=1))
    director.start(conf(0))
    settled(director, s)
    director.reload(conf(1))
    fds, child = '/proc/%d/fd' % director.child(), director.child()
    before = len(os.listdir(fds))
    with director.history() as h:
        for n in range(2, 42):
            director.reload(conf(n))
            time.sleep(0.05)
        director.reload(config(service(VIP + ' 80', real('127.0.0.1', s.port, tcp()))))
    assert director.child() == child
    assert all(at(s) in t[SERVICE] for t in h.tables)
    director.wait_pool(up(s))
    wait_for('descriptors', lambda: len(os.listdir(fds)) <= before)


# ---- broken files --------------------------------------------------------------------------------

@pytest.mark.parametrize('broken', ['brace', 'keyword', 'missing', 'address', 'script'])
def test_broken_file_changes_nothing(director, broken):
    a, b, c = three(director)
    wire = director.overhear()
    good = text([a, b])
    director.start(good)
    settled(director, a, b)
    wire.words()
    bad = {
        'brace': text([a, b, c]) + '}\n',
        'keyword': text([a, b, c], 'lb_alog rr'),
        'missing': None,
        'address': text([a, b, c]).replace(VIP, '192.0.2.300'),
        'script': text([a, b, c], 'quorum 1 2 3', 'quorum_up'),
    }[broken]
    mark = director.process.mark()
    if bad is None:
        os.unlink(director.path)
    else:
        director.write(bad)
    director.process.signal(1)
    if broken in ('brace', 'address', 'missing'):
        director.log('[Rr]eload.*(fail|refused|kept|old|not)|not reload', since=mark)
        time.sleep(0.5)
        assert director.pool() == up(a, b)
        assert wire.words() == []
    else:
        time.sleep(2)
    assert director.process.alive()
    b.close()
    director.log('Removing service %s' % name(b), since=mark)
    mark = director.reload(text([a, b, c]))
    director.wait_pool(up(a, c))
