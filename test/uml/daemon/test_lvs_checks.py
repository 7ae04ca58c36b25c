# SPDX-License-Identifier: GPL-2.0-or-later
"""Every kind of check, and what IPVS holds after it. Where many servers can share a daemon they do:
real servers 127.0.1.N are checked at connect_ip and connect_port."""
import hashlib
import os
import re
import signal
import subprocess
import time

import pytest

from director import (LONG, SERVICE, VIP, at, check, config, http, misc, name, real, service, tcp,
                      url, wait_for)
from rude_server import PAGE, make_certificate

GENHASH = os.environ['GENHASH']


def several(checks, *lines, **words):
    """A service with one real server per check, 127.0.1.1 and up."""
    return config(service(VIP + ' 80', *lines, *(
        real('127.0.1.%d' % (i + 1), 80, c) for i, c in enumerate(checks)), **words))


def pool(*numbers):
    return {'127.0.1.%d:80' % n: 1 for n in numbers}


def rs(n):
    return r'\[127\.0\.1\.%d\]:tcp:80' % n


# ---- TCP_CHECK -----------------------------------------------------------------------------------

def test_tcp(director):
    up, v6 = director.server(), director.server(address='::1')
    gone = director.server()
    gone.close()
    hole = director.blackhole()
    wide = director.server(address='0.0.0.0')
    for words in ('add pref 10 lookup local', 'add pref 5 fwmark 9 prohibit', 'del pref 0'):
        director.host.run('ip', 'rule', *words.split())
    wire = director.overhear()
    director.start(several([
        tcp('connect_ip 127.0.0.1', 'connect_port %d' % up.port),
        tcp('connect_ip 127.0.0.1', 'connect_port %d' % up.port, 'bindto 127.0.0.7', 'bind_port 7777'),
        tcp('connect_ip ::1', 'connect_port %d' % v6.port),
        tcp('connect_ip 127.0.0.1', 'connect_port %d' % gone.port),
        tcp('connect_ip ' + hole),
        tcp('connect_ip 127.0.0.1', 'connect_port %d' % up.port, 'bind_if lo'),
        tcp('connect_ip 127.0.0.1', 'connect_port %d' % up.port, 'bindto 10.99.0.1'),
        tcp('connect_ip 10.99.0.2'),
        tcp('connect_ip 10.255.0.1', 'connect_port %d' % wide.port),
        tcp('connect_ip 10.255.0.1', 'connect_port %d' % wide.port, 'fwmark 9'),
        tcp('connect_ip 127.0.0.1', 'connect_port %d' % wide.port, 'bind_if hole'),
    ], timeout=2))
    assert wire.words()[:12] == ['new service'] + 11 * ['new dest']  # not alpha: up until found down
    good, bad = (1, 2, 3, 6, 9), ((4, 'failed'), (7, 'failed'), (8, 'failed'), (10, 'failed'),
                                  (11, '(?:failed|timeout)'), (5, 'timeout'))
    director.wait_pool(pool(*good))
    for n in good:
        director.log('TCP connection to %s success' % rs(n))
    for n, why in bad:
        director.log(r'TCP connection to %s %s\.' % (rs(n), why))
        director.log(r'TCP_CHECK on service %s failed\.' % rs(n))
        director.log(r'Removing service %s from VS \[192\.0\.2\.1\]:tcp:80' % rs(n))
    wait_for('the bound one', lambda: ('127.0.0.7', 7777) in up.clients)


def test_tcp_dies_and_returns(director):
    """Attempts, their distance, the words of each, and that a dead server does not fill the log."""
    s = director.server()
    director.start(config(service(VIP + ' 80', real('127.0.0.1', s.port, check(
        'TCP_CHECK', 'delay_before_retry 1', retry=3)))))
    director.log('TCP connection to %s success' % name(s))
    start = time.monotonic()
    s.close()
    director.wait_pool({})
    assert time.monotonic() - start > 3
    director.log('TCP_CHECK on service %s failed after 3 retries' % name(s))
    time.sleep(1.5)
    assert len(director.logged('TCP connection to %s failed' % name(s))) == 4
    director.again(s)
    director.wait_pool({at(s): 1})
    director.log('Adding service %s to VS' % name(s))
    assert len(director.logged('TCP connection to %s success' % name(s))) == 2


def test_short_outage_within_retries(director):
    s = director.server()
    director.start(config(service(VIP + ' 80', real('127.0.0.1', s.port, check(
        'TCP_CHECK', 'delay_before_retry 1', retry=LONG)))))
    director.log('TCP connection to %s success' % name(s))
    with director.history() as h:
        s.close()
        director.log('TCP connection to %s failed' % name(s))
        s = director.again(s)
        wait_for('a check', lambda: s.clients)
        time.sleep(0.5)
    assert [t[SERVICE] for t in h.tables] == [{at(s): 1}]


def test_delay_loop(director):
    slow, fast = director.server(), director.server()
    start = time.monotonic()
    director.start(config(service(
        VIP + ' 80', real('127.0.0.1', slow.port, tcp()),
        real('127.0.0.1', fast.port, tcp('delay_loop 0.25')), delay=2)))
    wait_for('checks', lambda: len(fast.clients) >= 20 and len(slow.clients) >= 2)
    often, seldom = len(fast.clients), len(slow.clients)
    took = time.monotonic() - start
    assert often <= took / 0.25 and seldom <= took / 2 + 1
    assert often > 2 * seldom


@pytest.mark.parametrize('warmup', [0, 4])
def test_warmup(director, warmup):
    """With alpha nothing is in the pool before the first check: one second and a share of warmup."""
    s = director.server()
    start = time.monotonic()
    with director.history() as h:
        director.start(config(service(VIP + ' 80', 'alpha',
                                      real('127.0.0.1', s.port, 'warmup %d' % warmup, tcp()))))
        director.wait_pool({at(s): 1})
    assert time.monotonic() - start > 1
    assert {} in [t.get(SERVICE) for t in h.tables]


# ---- HTTP_GET ------------------------------------------------------------------------------------

def get(server, path, *lines, kind='HTTP_GET', more=()):
    return check(kind, 'connect_ip 127.0.0.1', 'connect_port %d' % server.port, url(path, *lines),
                 *more)


DIGEST = 'digest ' + hashlib.md5(PAGE).hexdigest()
GOOD = [('/', ()), ('/', (DIGEST,)), ('/', ('status_code 200',)), ('/404', ('status_code 404',)),
        ('/404', ('status_code 100-199 301 400-499',)), ('/nolen', (DIGEST,)), ('/long', (DIGEST,)),
        ('/empty', ()), ('/big', ())]
BAD = [
    ('/404', (), 'HTTP status code error to'), ('/', ('status_code 201-299',), 'HTTP status code error to'),
    ('/', ('digest ' + '0' * 32,), 'MD5 digest error to'), ('/short', (DIGEST,), 'MD5 digest error to'),
    ('/garbage', (), 'Read, no data received from'), ('/nothing', (), 'Read, no data received from'),
    ('/nohdrend', (), 'Read, no data received from'), ('/reset', (), 'Read error with'),
    ('/silent', (), 'Timeout HTTP read'), ('/dribble-head', (), 'Timeout HTTP read'),
    ('/endless-head', (), 'Header too long from'),
    ('/stop', (), 'Timeout WEB read'), ('/dribble', (), 'Timeout WEB read')]


def test_good_pages(director):
    s = director.server()
    director.start(several([get(s, path, *lines) for path, lines in GOOD], 'alpha'))
    director.wait_pool(pool(*range(1, len(GOOD) + 1)))
    for n in range(1, len(GOOD) + 1):
        director.log(r'Remote Web server %s succeed on service\.' % rs(n))


def test_bad_pages(director):
    """Servers that refuse, stop, dribble, lie about their length; a good one is not disturbed."""
    s = director.server()
    director.start(several(
        [get(s, path, *lines, more=('connect_timeout %d' % (2 if 'Timeout' in why else LONG),))
         for path, lines, why in BAD] + [get(s, '/')], delay=2, timeout=LONG))
    director.wait_pool(pool(len(BAD) + 1))
    for n, (_, _, why) in enumerate(BAD, 1):
        director.log(r'%s server %s\.' % (why, rs(n)))
        director.log(r'HTTP_CHECK on service %s failed\.' % rs(n))
    director.stays(pool(len(BAD) + 1), 2)
    assert not director.logged('HTTP_CHECK on service %s failed' % rs(len(BAD) + 1))


def test_no_server_at_all(director):
    gone, hole = director.server(), director.blackhole()
    gone.close()
    director.start(several([
        get(gone, '/'), check('HTTP_GET', 'connect_ip ' + hole, 'connect_port 80', url('/'))], timeout=2))
    director.wait_pool({})
    director.log(r'Connection failed server %s\.' % rs(1))
    director.log(r'Timeout connecting server %s\.' % rs(2))


@pytest.mark.parametrize('path', ['/', '/nolen', '/chunked', '/404', '/short', '/long'])
def test_genhash_agrees(director, path):
    s = director.server()
    digest = director.host.run(GENHASH, '-s', '127.0.0.1', '-p', str(s.port), '-u', path).strip()
    assert re.fullmatch('[0-9a-f]{32}', digest)
    wrong = ('0' if digest[0] != '0' else '1') + digest[1:]
    director.start(several([get(s, path, 'digest ' + d, 'status_code 200-599')
                            for d in (digest, wrong)], 'alpha'))
    director.wait_pool(pool(1))
    director.log('MD5 digest success to %s url\\(%s\\)' % (rs(1), path))
    director.stays(pool(1), 1)


def test_tells_once_that_lengths_differ(director):
    s = director.server()
    director.start(several([get(s, '/long')]))
    director.log(r'http_check for RS %s VS \[192\.0\.2\.1\]:tcp:80 url 127\.0\.0\.1:%d/long: '
                 r'content_length \(170\) does not match received bytes \(17\)' % (rs(1), s.port))
    time.sleep(1.5)
    assert len(director.logged('does not match received bytes')) == 1


def paths(server):
    return [r.split()[1] for r in server.requests]


def test_several_urls(director):
    """In order, and all must be good before a server comes back."""
    s = director.server()
    director.start(several([get(s, '/', more=(url('/nolen', DIGEST), url('/empty')))], 'alpha'))
    director.wait_pool(pool(1))
    assert paths(s)[:3] == ['/', '/nolen', '/empty']
    for path in ('/', '/empty'):
        director.log(r'HTTP status code success to %s url\(%s\)' % (rs(1), path))
    director.log(r'MD5 digest success to %s url\(/nolen\)' % rs(1))
    director.reload(several([get(s, '/', more=(url('/404'), url('/empty')))], 'alpha'))
    director.wait_pool({})
    s.requests.clear()
    wait_for('both', lambda: len(set(paths(s))) == 2)
    time.sleep(2)
    assert set(paths(s)) == {'/', '/404'}


def test_fast_recovery(director):
    s = director.server()
    director.start(several([get(s, '/', more=(url('/nolen'), url('/empty'), 'fast_recovery'))],
                           'alpha', delay=LONG))
    director.wait_pool(pool(1))
    assert paths(s) == ['/', '/nolen', '/empty']


def request(protocol, host, close):
    return ('GET / HTTP/%s\r\nUser-Agent: KeepAliveClient\r\n%sHost: %s\r\n\r\n'
            % (protocol, 'Connection: close\r\n' if close else '', host))


@pytest.mark.parametrize('url_host,check_host,real_host,service_host,want', [
    (1, 1, 1, 1, 'url.example'), (0, 1, 1, 1, 'check.example'), (0, 0, 1, 1, 'real.example'),
    (0, 0, 0, 1, 'service.example'), (0, 0, 0, 0, None)])
def test_virtualhost(director, url_host, check_host, real_host, service_host, want):
    def host(wanted, name):
        return 'virtualhost ' + name if wanted else None
    s = director.server()
    director.start(config(service(
        VIP + ' 80', host(service_host, 'service.example'),
        real('127.0.0.1', s.port, host(real_host, 'real.example'),
             http(url('/', host(url_host, 'url.example')), host(check_host, 'check.example'))))))
    wait_for('a request', lambda: s.requests)
    assert s.requests[0] == request('1.0', want or at(s), False)


def test_http_protocol(director):
    servers = {p: director.server() for p in ('1.0', '1.0C', '1.0c', '1.1')}
    director.start(several([get(s, '/', more=('http_protocol ' + p,)) for p, s in servers.items()]))
    for p, s in servers.items():
        wait_for('a request', lambda: s.requests)
        assert s.requests[0] == request(p[:3], at(s), p != '1.0')


# ---- SSL_GET -------------------------------------------------------------------------------------

def test_tls(director, tmp_path):
    s = director.server(tls_files=make_certificate(str(tmp_path)))
    plain, silent = director.mail_sink(), director.server(silent=True)
    digest = director.host.run(GENHASH, '-S', '-s', '127.0.0.1', '-p', str(s.port), '-u', '/').strip()
    assert digest == hashlib.md5(PAGE).hexdigest()

    def tls(server, path, *lines, more=()):
        return get(server, path, *lines, kind='SSL_GET', more=more)
    director.start(several([
        tls(s, '/', 'digest ' + digest), tls(s, '/nolen', more=('http_protocol 1.1',)),
        tls(s, '/', 'virtualhost name.example', more=('enable_sni',)),
        tls(s, '/404'), tls(s, '/', 'digest ' + '0' * 32), tls(plain, '/'), tls(silent, '/'),
    ], delay=3))
    director.wait_pool(pool(1, 2, 3))
    for n in (1, 2, 3):
        director.log(r'Remote Web server %s succeed on service\.' % rs(n))
    for n, why in ((4, 'HTTP status code error to'), (5, 'MD5 digest error to'),
                   (6, 'SSL handshake/communication error connecting to'), (7, 'Timeout SSL read')):
        director.log(r'%s server %s\.' % (why, rs(n)))
        director.log(r'SSL_CHECK on service %s failed\.' % rs(n))
    assert 'name.example' in s.names and None in s.names


def test_tls_goes_on_for_long(director, tmp_path):
    """Good and bad checks in turn leave neither descriptors nor sessions behind."""
    s = director.server(tls_files=make_certificate(str(tmp_path)))
    director.start(several([get(s, '/', kind='SSL_GET'), get(s, '/404', kind='SSL_GET'),
                            get(s, '/reset', kind='SSL_GET')], delay=0.1))
    director.wait_pool(pool(1))
    fds = '/proc/%d/fd' % director.child()
    before = len(os.listdir(fds))
    director.stays(pool(1), 3)
    wait_for('requests', lambda: len(s.requests) > 20)
    assert len(os.listdir(fds)) <= before + 3


# ---- MISC_CHECK ----------------------------------------------------------------------------------

MISC = r'Misc check for \[%s VS \[192\.0\.2\.1\]:tcp:80\] by \[%s\] '


def test_misc_status(director):
    paths = [director.script('exit%d' % n, 'exit %d' % n) for n in (0, 1, 2)]
    killed = director.script('killed', 'kill -9 $$')
    missing = director.script('missing', '')
    os.unlink(missing)
    director.start(several([misc(p) for p in paths + [killed]]))
    director.wait_pool(pool(1))
    director.log(MISC % (rs(1), paths[0]) + r'succeeded\.')
    director.log(MISC % (rs(2), paths[1]) + r'failed with retry disabled \(exited with status 1\)\.')
    director.log(MISC % (rs(3), paths[2]) + r'failed with retry disabled \(exited with status 2\)\.')
    director.log(MISC % (rs(4), killed) + r'failed with retry disabled \(due to signal 9\)\.')


def test_misc_retries(director):
    script = director.script('check', 'exit 0')
    director.start(several([misc(script, 'delay_before_retry 0.3', retry=2)]))
    director.log(MISC % (rs(1), script) + r'succeeded\.')
    director.script('check', 'exit 7')
    director.wait_pool({})
    status = r' \(exited with status 7\)\.'
    for words in ('failed, will do 2 retries', r'failed on retry 1/2', 'failed after 2 retries'):
        director.log(MISC % (rs(1), script) + words + status)
    director.script('check', 'exit 0')
    director.wait_pool(pool(1))


def test_misc_dynamic(director):
    script = director.script('check', 'exit 0')
    director.start(config(service(VIP + ' 80', real(
        '127.0.1.1', 80, 'weight 5', misc(script, 'misc_dynamic')))))
    for status, weight in ((0, 5), (42, 40), (255, 253), (2, 0), (3, 1), (1, None), (12, 10), (0, 5)):
        director.script('check', 'exit %d' % status)
        director.wait_pool({} if weight is None else {'127.0.1.1:80': weight})
    director.log(r'Changing weight from 5 to 40 for active service %s of VS' % rs(1))
    director.log('Removing service %s from' % rs(1))


def test_misc_dynamic_of_two_checks_adds_up(director):
    a, b = director.script('a', 'exit 12'), director.script('b', 'exit 4')
    director.start(config(service(VIP + ' 80', real(
        '127.0.1.1', 80, 'weight 5', misc(a, 'misc_dynamic'), misc(b, 'misc_dynamic')))))
    director.wait_pool({'127.0.1.1:80': 5 + (10 - 5) + (2 - 5)})


def test_misc_arguments_and_user(director):
    """Configured words as they are; the user's rights; nothing of ours is open in the script."""
    out = director.net.dir + '/out'
    open(out, 'w').close()
    os.chmod(out, 0o666)
    script = director.script('check', 'for a; do echo "[$a]"; done >%s; id -un >>%s; pwd >>%s; '
                             'ls -l /proc/self/fd >>%s' % (out, out, out, out))
    director.start(several([misc(script + " one 'two words' x", 'user nobody')], delay=2 * LONG))  # once
    director.log('succeeded')
    text = open(out).read()
    assert text.startswith('[one]\n[two words]\n[x]\nnobody\n/\n')
    assert not re.search('socket:|memfd|netlink|keepalived', text.split('\n/\n')[1])


def test_misc_hangs(director):
    """A script that hangs, and all it started, is gone after its time; the others go on."""
    pids = director.net.dir + '/pids'
    open(pids, 'w').close()
    hangs = director.script('hangs', 'trap "" TERM; echo $$ >>%s; sleep 1000 & echo $! >>%s; wait; '
                            'while :; do sleep 1; done' % (pids, pids))
    fine = director.script('fine', 'exit 0')
    director.start(several([misc(hangs, timeout=1), misc(hangs, timeout=0), misc(fine)], delay=2))
    director.wait_pool(pool(3))
    director.log(MISC % (rs(1), hangs) + 'timed out with retry disabled')
    director.log(MISC % (rs(2), hangs) + 'timed out with retry disabled')
    wait_for('the scripts', lambda: len(open(pids).read().split()) >= 4)
    old = [int(p) for p in open(pids).read().split()][:4]

    def gone(pid):
        try:
            return open('/proc/%d/stat' % pid).read().split()[2] == 'Z'
        except FileNotFoundError:
            return True
    wait_for('the scripts are gone', lambda: all(map(gone, old)))
    director.log(MISC % (rs(3), fine) + 'succeeded')
    director.stop()
    every = [int(p) for p in open(pids).read().split()]
    wait_for('nothing is left after the end', lambda: all(map(gone, every)))


def test_misc_is_stopped_when_it_leaves_the_file(director):
    pids = director.net.dir + '/pids'
    script = director.script('long', 'echo $$ >>%s; sleep 1000' % pids)
    director.start(several([misc(script, timeout=100), tcp()]))
    wait_for('the script', lambda: os.path.exists(pids) and open(pids).read())
    director.reload(several([tcp(), tcp()]))
    wait_for('it is gone', lambda: not os.path.exists('/proc/' + open(pids).read().strip()))


def test_misc_leaves_a_child(director):
    """A script that ends but leaves a process behind has given its answer."""
    pids = director.net.dir + '/pids'
    script = director.script('forks', 'sleep 1000 & echo $! >>%s; exit 0' % pids)
    director.start(several([misc(script)], 'alpha'))
    try:
        director.wait_pool(pool(1))
        director.stays(pool(1), 1)
    finally:
        for pid in open(pids).read().split():
            try:
                os.kill(int(pid), signal.SIGKILL)
            except ProcessLookupError:
                pass


def test_misc_cannot_start(director):
    """It was there when the file was read; then it is no program any more, then it is again."""
    script = director.script('check', 'exit 0')
    director.start(several([misc(script)]))
    director.log('succeeded')
    os.rename(script, script + '.away')
    director.wait_pool({})
    director.log(MISC % (rs(1), script) + r'failed with retry disabled \(exited with status 127\)')
    os.rename(script + '.away', script)
    director.wait_pool(pool(1))


# ---- together ------------------------------------------------------------------------------------

def test_all_checks_of_a_server_must_be_good(director):
    a, b = director.server(), director.server()
    script = director.script('check', 'exit 0')
    director.start(config(service(VIP + ' 80', real(
        '127.0.0.1', a.port, tcp(), http(url('/'), 'connect_port %d' % b.port), misc(script)))))
    director.log('Misc check.*succeeded')
    b.close()
    director.wait_pool({})
    mark = director.log('Removing service')
    a.close()
    director.script('check', 'exit 1')
    director.log('TCP_CHECK on service.*failed', since=mark)
    director.log('Misc check.*failed', since=mark)
    director.again(b)
    director.again(a)
    time.sleep(2)
    assert director.pool() == {}
    assert not director.logged('Removing service|Adding service', mark)
    director.script('check', 'exit 0')
    director.wait_pool({at(a): 1})


def test_server_without_checks_is_always_up(director):
    director.start(config(service(VIP + ' 80', 'alpha', real('127.0.0.1', 1), real('127.0.0.1', 2))))
    assert director.pool() == {'127.0.0.1:1': 1, '127.0.0.1:2': 1}


def test_out_of_descriptors(director):
    """Checks wait for each other instead of failing when there are not enough descriptors."""
    s = director.server()
    director.write(config(service(VIP + ' 80', *(
        real('127.0.1.%d' % n, 80, 'connect_timeout 1', get(s, '/stop')) for n in range(1, 60)),
        real('127.0.2.1', 80, get(s, '/', more=('retry 5',))), delay=1)))
    director.start()
    child = director.child()
    subprocess.run(['prlimit', '--pid', str(child), '--nofile=40:40'], check=True)
    director.wait_pool({'127.0.2.1:80': 1}, seconds=2 * LONG)
    director.log('checks are put off: Too many open files')
    director.stays({'127.0.2.1:80': 1}, 2)
