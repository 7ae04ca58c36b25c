# SPDX-License-Identifier: GPL-2.0-or-later
"""Death of a child, of the parent, of all; somebody else's hands in the table; a kernel that
refuses; many servers."""
import os
import signal
import time

import pytest

from director import LONG, SERVICE, VIP, at, config, misc, name, real, service, tcp, wait_for

SORRY = '127.0.0.9:80'


def servers(director, n):
    return [director.server() for _ in range(n)]


def reals(some, *lines, weight=1):
    return [real('127.0.0.1', s.port, 'weight %d' % weight, *lines, tcp()) for s in some]


def up(*some, weight=1):
    return {at(s): weight for s in some}


def settled(director, *some):
    for s in some:
        director.log('TCP connection to %s success' % name(s))


def pools(history):
    return [t.get(SERVICE) for t in history.tables]


# ---- the checker child is killed -----------------------------------------------------------------

@pytest.mark.parametrize('signo', [signal.SIGKILL, signal.SIGSEGV])
@pytest.mark.parametrize('lines', [[], ['alpha']], ids=['plain', 'alpha'])
def test_child_is_killed(director, lines, signo):
    """The table is not touched: what is in stays in, what is out stays out until it is checked."""
    a, b = servers(director, 2)
    b.close()
    wire = director.overhear()
    director.start(config(service(VIP + ' 80', *lines, *reals([a, b], weight=3), delay=1)))
    settled(director, a)
    director.wait_pool(up(a, weight=3))
    wire.words()
    with director.history() as h:
        mark = director.kill_child(signo)
        director.checked(a)
        director.checked(a)
    assert pools(h) == [up(a, weight=3)]
    assert wire.words() == []
    assert not director.logged('(Adding|Removing) service', mark)
    director.again(b)
    director.wait_pool(up(a, b, weight=3))
    director.log('Adding service %s' % name(b), since=mark)
    a.close()
    director.wait_pool(up(b, weight=3))
    director.stop()
    assert director.table() == {}


def test_signals_that_are_for_the_parent(director):
    """Sent to the child they do nothing: it is the parent who says when to stop and to reload."""
    a, = servers(director, 1)
    director.start(config(service(VIP + ' 80', *reals([a]))))
    settled(director, a)
    child = director.child()
    with director.history() as h:
        for signo in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
            os.kill(child, signo)
        director.checked(a)
        director.checked(a)
    assert pools(h) == [up(a)] and director.child() == child
    director.stop()


def test_server_dies_while_there_is_no_child(director):
    a, b, c = servers(director, 3)
    c.close()
    director.start(config(service(VIP + ' 80', *reals([a, b, c]))))
    director.wait_pool(up(a, b))
    settled(director, a, b)
    os.kill(director.child(), signal.SIGSTOP)
    b.close()
    director.again(c)
    director.kill_child()
    director.wait_pool(up(a, c))


def test_child_dies_with_sorry_server_in_use(director):
    a, b = servers(director, 2)
    a.close()
    director.start(config(service(VIP + ' 80', 'quorum 2', 'sorry_server 127.0.0.9 80',
                                  'quorum_up "%s up"' % director.note,
                                  'quorum_down "%s down"' % director.note, *reals([a, b]))))
    director.wait_pool({SORRY: 1})
    settled(director, b)
    director.wait_noted('up', 'down')
    with director.history() as h:
        director.kill_child()
        time.sleep(2.5)
    assert pools(h) == [{SORRY: 1}]
    assert director.noted() == ['up', 'down']
    director.again(a)
    director.wait_pool(up(a, b))
    director.wait_noted('up', 'down', 'up')


def test_child_dies_within_hysteresis(director):
    """Weight 1 with 2-1 and 2+1: the quorum is up after weight 3, and only the kernel knows."""
    s = servers(director, 3)
    director.start(config(service(VIP + ' 80', 'alpha', 'quorum 2', 'hysteresis 1',
                                  'sorry_server 127.0.0.9 80', *reals(s))))
    director.wait_pool(up(*s))
    s[0].close()
    s[1].close()
    director.wait_pool(up(s[2]))
    with director.history() as h:
        director.kill_child()
        time.sleep(2)
    assert pools(h) == [up(s[2])]


def test_child_dies_with_inhibited_server(director):
    a, b = servers(director, 2)
    b.close()
    director.start(config(service(VIP + ' 80', 'inhibit_on_failure', 'sorry_server 127.0.0.9 80',
                                  'sorry_server_inhibit', *reals([a, b], weight=2))))
    want = {at(a): 2, at(b): 0, SORRY: 0}
    director.wait_pool(want)
    settled(director, a)
    with director.history() as h:
        director.kill_child()
        time.sleep(2)
    assert pools(h) == [want]
    director.again(b)
    director.wait_pool({at(a): 2, at(b): 2, SORRY: 0})


def test_child_dies_with_dynamic_weight(director):
    script = director.script('check', 'exit 42')
    director.start(config(service(VIP + ' 80', real(
        '127.0.0.2', 80, 'weight 5', misc(script, 'misc_dynamic')))))
    director.wait_pool({'127.0.0.2:80': 40})
    with director.history() as h:
        director.kill_child()
        time.sleep(2)
    assert pools(h) == [{'127.0.0.2:80': 40}]
    director.script('check', 'exit 0')
    director.wait_pool({'127.0.0.2:80': 5})


def test_child_is_killed_in_the_middle_of_a_reload(director):
    """Whoever comes then has the old or the new file, and the next reload brings the new one."""
    a, b, c = servers(director, 3)

    def conf(*some):
        return config(service(VIP + ' 80', *reals(some)))
    director.start(conf(a, b))
    settled(director, a, b)
    with director.history() as h:
        for i in range(4):
            director.write(conf(a, b, c) if i % 2 == 0 else conf(a, b))
            child, mark = director.child(), director.process.mark()
            director.process.signal(signal.SIGHUP)
            time.sleep(0.01 * i)
            os.kill(child, signal.SIGKILL)
            wait_for('a new child', lambda: director.child() not in (0, child))
            director.log('quorum', since=mark)
        time.sleep(1)
        director.reload(conf(a, b, c))
        director.wait_pool(up(a, b, c))
    assert all(set(up(a, b)) <= set(p) for p in pools(h))


def test_child_dies_again_and_again(director):
    a, = servers(director, 1)
    director.start(config(service(VIP + ' 80', *reals([a]))))
    settled(director, a)
    with director.history() as h:
        for _ in range(4):
            director.kill_child()
    assert pools(h) == [up(a)]
    assert director.process.alive()
    assert director.stop()
    assert director.table() == {}


# ---- the parent is killed ------------------------------------------------------------------------

def test_parent_is_killed(director):
    """The children end in order and take their services with them."""
    a, b = servers(director, 2)
    director.start(config(service(VIP + ' 80', *reals([a, b]))))
    settled(director, a, b)
    child = director.child()
    os.kill(director.process.pid, signal.SIGKILL)
    wait_for('the child ends', lambda: not os.path.exists('/proc/%d' % child))
    director.process.popen.wait()
    assert director.table() == {}


def test_all_are_killed_and_come_back(director):
    """The next daemon finds what the dead one left: what is wanted is not touched, the rest goes."""
    a, b, c = servers(director, 3)
    b.close()
    more = service(VIP + ' 81', real('127.0.0.2', 80))
    director.start(config(service(VIP + ' 80', 'alpha', *reals([a, b, c])), more))
    director.wait_pool(up(a, c))
    settled(director, a, c)
    director.process.kill_all()
    left = director.table()
    assert left == {SERVICE: up(a, c), VIP + ':81': {'127.0.0.2:80': 1}}
    with director.history() as h:
        director.start(config(service(VIP + ' 80', 'alpha', *reals([a, b])), more))
        director.checked(a)
        director.checked(a)
    assert director.pool() == up(a)
    assert all(at(a) in p and at(b) not in p for p in pools(h))
    assert all(t[VIP + ':81'] == {'127.0.0.2:80': 1} for t in h.tables)
    director.stop()
    assert director.table() == {}


def test_left_on_purpose_and_adopted(director):
    """-I leaves the table; the next daemon goes on with it."""
    a, b = servers(director, 2)
    b.close()
    text = config(service(VIP + ' 80', 'alpha', *reals([a, b])))
    director.start(text, '-I')
    director.wait_pool(up(a))
    director.stop()
    wire = director.overhear()
    with director.history() as h:
        director.start()
        director.checked(a)
        director.checked(a)
    assert pools(h) == [up(a)]
    assert wire.words() == []


def test_started_twice(director):
    director.start(config(service(VIP + ' 80', real('127.0.0.2', 80))))
    first, child = director.process, director.child()
    director.start(None, up=False)
    director.process.popen.wait(LONG)
    director.process = first
    assert first.alive() and director.child() == child
    assert director.table() == {SERVICE: {'127.0.0.2:80': 1}}


# ---- others change our services ------------------------------------------------------------------

def test_service_removed_behind_our_back(director):
    a, b = servers(director, 2)
    director.start(config(service(VIP + ' 80', *reals([a, b])), service(VIP + ' 81', *reals([a]))))
    settled(director, a, b)
    director.ipvsadm('-D', '-t', SERVICE)
    a.close()  # the next change shows that the service is gone
    director.wait_pool(up(b))
    director.wait_pool({}, VIP + ':81')
    director.log(r'Somebody else has changed IPVS; putting it right: IPVS cmd .*No such service')


def test_destination_removed_behind_our_back(director):
    a, b = servers(director, 2)
    director.start(config(service(VIP + ' 80', 'inhibit_on_failure', *reals([a, b]))))
    settled(director, a, b)
    director.ipvsadm('-d', '-t', SERVICE, '-r', at(a))
    a.close()
    director.wait_pool({at(a): 0, at(b): 1})
    director.again(a)
    director.wait_pool(up(a, b))


def test_destination_added_behind_our_back(director):
    a, b = servers(director, 2)
    b.close()
    director.start(config(service(VIP + ' 80', *reals([a, b]))))
    director.wait_pool(up(a))
    director.ipvsadm('-a', '-t', SERVICE, '-r', at(b), '-m', '-w', '77')
    director.again(b)
    director.wait_pool(up(a, b))


def test_table_cleared_behind_our_back(director):
    """A reload sets everything right."""
    a, b = servers(director, 2)
    text = config(service(VIP + ' 80', *reals([a, b])), service(VIP + ' 81', *reals([a])))
    director.start(text)
    settled(director, a, b)
    director.ipvsadm('-C')
    director.reload()
    director.log('IPVS: 5 services and servers are not as they should be')
    director.wait_pool(up(a, b))
    director.wait_pool(up(a), VIP + ':81')


def test_changes_behind_our_back_are_healed_by_reload(director):
    a, b = servers(director, 2)
    director.start(config(service(VIP + ' 80', *reals([a, b], weight=3))))
    settled(director, a, b)
    director.ipvsadm('-e', '-t', SERVICE, '-r', at(a), '-m', '-w', '99')
    director.ipvsadm('-d', '-t', SERVICE, '-r', at(b))
    director.ipvsadm('-a', '-t', SERVICE, '-r', '127.0.0.77:80', '-m')
    director.ipvsadm('-E', '-t', SERVICE, '-s', 'sed')
    director.reload()
    director.log('IPVS: 4 services and servers are not as they should be')
    director.wait_pool(up(a, b, weight=3))
    assert '-A -t %s -s rr' % SERVICE in director.saved()


# ---- the kernel refuses --------------------------------------------------------------------------

def test_refused_service(director):
    """The kernel lacks a scheduler: that is said, with less and less tries; the others work."""
    a, = servers(director, 1)
    director.start(config(service(VIP + ' 82', *reals([a]), algo='twos'), service(VIP + ' 80', *reals([a]))))
    director.log(r'IPVS cmd IP_VS_SO_SET_ADD\(1154\) error: .*\(\[192\.0\.2\.1\]:tcp:82\)')
    director.wait_pool(up(a))
    assert director.pool(VIP + ':82') is None
    a.close()
    director.wait_pool({})
    director.again(a)
    director.wait_pool(up(a))
    wait_for('another try', lambda: len(director.logged('IPVS cmd IP_VS_SO_SET_ADD')) >= 2)
    time.sleep(3)
    assert len(director.logged('IPVS cmd IP_VS_SO_SET_ADD')) <= 6
    assert not director.logged('No such service')
    director.stop()
    assert director.table() == {}


def test_refused_destination(director):
    """An address that cannot be a destination."""
    a, = servers(director, 1)
    director.start(config(service(VIP + ' 80', *reals([a]), real('224.0.0.5', 80)),
                          service(VIP + ' 81', *reals([a]))))
    director.log(r'IPVS cmd IP_VS_SO_SET_ADDDEST\(1159\) error: .*\(\[224\.0\.0\.5\]:tcp:80\)')
    assert director.pool() == up(a)
    assert director.pool(VIP + ':81') == up(a)
    director.stop()
    assert director.table() == {}


# ---- many ----------------------------------------------------------------------------------------

def many(weight=1):
    return config(*(service('10.1.%d.1 80' % v, *(
        real('10.2.%d.%d' % (v, r), 80, 'weight %d' % (weight if v == r == 1 else 1))
        for r in range(1, 101))) for v in range(100)))


def test_ten_thousand_servers(director):
    wire = director.overhear()
    start = time.monotonic()
    director.start(many())
    wait_for('all are there', lambda: sum(map(len, director.table().values())) == 10000, step=0.2)
    started = time.monotonic() - start
    wire.words()
    start = time.monotonic()
    director.reload(many(weight=7))
    reloaded = time.monotonic() - start
    assert wire.words() == ['set dest']
    assert director.table()['10.1.1.1:80']['10.2.1.1:80'] == 7
    mark = director.process.mark()
    os.kill(director.child(), signal.SIGKILL)
    director.log('Gained quorum .*10.1.99.1', since=mark)
    time.sleep(0.5)
    assert wire.words() == []
    start = time.monotonic()
    director.stop()
    stopped = time.monotonic() - start
    assert director.table() == {}
    print('10,000 servers: start %.2f s, reload %.2f s, stop %.2f s' % (started, reloaded, stopped))
    assert started < LONG and reloaded < LONG and stopped < LONG


def test_many_checks(director):
    """Hundreds of servers die and return at once."""
    up_ones = director.server(), director.server()
    director.start(config(service(VIP + ' 80', *(
        real('127.1.%d.%d' % (n // 200, n % 200 + 1), 80,
             'warmup 3', 'connect_timeout 5',
             tcp('connect_ip 127.0.0.1', 'connect_port %d' % up_ones[n % 2].port))
        for n in range(400)), delay=3)))
    wait_for('all have been checked', lambda: len(director.logged('connection to .* success')) == 400, step=0.2)
    up_ones[0].close()
    wait_for('half are out', lambda: len(director.pool()) == 200, step=0.1)
    director.again(up_ones[0])
    wait_for('all are back', lambda: len(director.pool()) == 400, step=0.1)
    assert not director.logged('put off')
