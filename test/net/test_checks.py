# SPDX-License-Identifier: GPL-2.0-or-later
"""TCP_CHECK, HTTP_GET and SSL_GET with real sockets, against servers that behave and servers that
do not. CHECKD: the program made from checkd.c."""
import hashlib
import os
import re
import signal
import subprocess
import time

import pytest

from lab import wait_for
from rude_server import PAGE

CHECKD = os.environ.get('CHECKD', './test/net/checkd')
SERVICE = '''
global_defs {
    checker_log_all_failures
}
virtual_server 192.0.2.1 80 {
    delay_loop 0.3
    warmup 0
    retry 1
    delay_before_retry 0.1
    connect_timeout 0.5
    lb_algo rr
    lb_kind NAT
    protocol TCP
    %s
}
'''


class Checkd:
    def __init__(self, directory, servers):
        self.conf = directory / 'checkd.conf'
        self.log = directory / 'log'
        self.write(servers)
        self.out = open(self.log, 'wb')
        self.process = subprocess.Popen([CHECKD, self.conf], stdout=self.out, stderr=self.out)

    def write(self, servers):
        self.conf.write_text(SERVICE % servers)

    def text(self):
        return self.log.read_text()

    def wait(self, pattern, seconds=20, since=0):
        end = time.monotonic() + seconds
        while not re.search(pattern, self.text()[since:], re.M):
            assert time.monotonic() < end, '%s not in\n%s' % (pattern, self.text())
            assert self.process.poll() is None, self.text()
            time.sleep(0.02)

    def table(self):
        mark = len(self.text())
        self.process.send_signal(signal.SIGUSR1)
        self.wait('^--- cpu', since=mark)
        return self.text()[mark:]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(10) == 0, self.text()
        self.out.close()


@pytest.fixture
def start(tmp_path):
    running = []

    def go(servers):
        running.append(Checkd(tmp_path, servers))
        return running[-1]
    yield go
    for c in running:
        c.stop()


def real(port, check, words=''):
    return 'real_server 127.0.0.1 %d {\n%s\n%s\n}\n' % (port, words, check)


def get(path, words='', kind='HTTP_GET', more=''):
    return '%s {\nurl {\npath %s\n%s\n}\n%s\n}\n' % (kind, path, words, more)


# Where no time-out is asked for, also on a slow machine.
PATIENT = 'connect_timeout 10'
DIGEST = 'digest ' + hashlib.md5(PAGE).hexdigest()
NAME = r'\[127\.0\.0\.1\]:tcp:\d+'


@pytest.mark.parametrize('path,words', [
    ('/', ''), ('/', DIGEST), ('/', 'status_code 200'), ('/404', 'status_code 100-199 404'),
    ('/nolen', DIGEST), ('/long', DIGEST), ('/empty', ''), ('/big', '')])
def test_good_page(start, server, path, words):
    c = start(real(server.port, get(path, words, more=PATIENT), 'alpha'))
    c.wait('Remote Web server %s succeed on service' % NAME)
    c.wait('Adding service %s to VS' % NAME)
    assert '127.0.0.1]:tcp:%d NAT 1' % server.port in c.table()


@pytest.mark.parametrize('path,words,reason', [
    ('/404', '', 'HTTP status code error to'), ('/short', DIGEST, 'MD5 digest error to'),
    ('/garbage', '', 'Read, no data received from'), ('/nothing', '', 'Read, no data received from'),
    ('/nohdrend', '', 'Read, no data received from'), ('/reset', '', 'Read error with'),
    ('/endless-head', '', 'Header too long from'), ('/silent', '', 'Timeout HTTP read'),
    ('/stop', '', 'Timeout WEB read'), ('/dribble', '', 'Timeout WEB read'),
    ('/dribble-head', '', 'Timeout HTTP read')])
def test_bad_page(start, server, path, words, reason):
    c = start(real(server.port, get(path, words)))
    c.wait('^%s server %s\\.$' % (reason, NAME))
    c.wait('^HTTP_CHECK on service %s failed' % NAME)
    c.wait('Removing service')
    assert '127.0.0.1' not in c.table()


def test_requests(start, server):
    server.requests.clear()
    start(real(server.port, get('/', 'virtualhost url.example', more='http_protocol 1.1')))
    request = 'GET / HTTP/1.1\r\nUser-Agent: KeepAliveClient\r\nConnection: close\r\nHost: url.example\r\n\r\n'
    wait_for('the request', lambda: request in server.requests)


def test_tells_once_that_lengths_differ(start, server):
    c = start(real(server.port, get('/long')))
    c.wait(r'^http_check for RS .* url 127\.0\.0\.1:\d+/long: content_length \(170\) does not match '
           r'received bytes \(17\)$')
    time.sleep(1)
    assert c.text().count('does not match') == 1


def test_tls(start, tls_server):
    tls_server.names.clear()
    c = start(real(tls_server.port, get('/', DIGEST, 'SSL_GET', 'enable_sni\nvirtualhost a.example\n' + PATIENT),
                   'alpha'))
    c.wait('Remote Web server %s succeed on service' % NAME)
    assert tls_server.names[0] == 'a.example'


def test_tls_that_is_none(start, server):
    c = start(real(server.port, get('/', '', 'SSL_GET')))
    c.wait('^SSL_CHECK on service %s failed' % NAME)


def test_tcp(start, server):
    c = start(real(server.port, 'TCP_CHECK {\n}', 'alpha'))
    c.wait('^TCP connection to %s success' % NAME)


def test_tcp_from_one_port(start, server):
    """A fixed local port can be used again at once."""
    c = start(real(server.port, 'TCP_CHECK {\nbindto 127.0.0.1\nbind_port 39999\n%s\n}' % PATIENT))
    c.wait('^TCP connection to %s success' % NAME)
    time.sleep(2)
    assert 'failed' not in c.text()


def test_tcp_refused(start):
    c = start(real(1, 'TCP_CHECK {\n}'))
    c.wait('^TCP connection to %s failed\\.$' % NAME)
    c.wait('^TCP_CHECK on service %s failed\\.$' % NAME)


def test_few_descriptors_take_no_server_down(tmp_path, server):
    """Fifty servers, and hardly a descriptor for them."""
    servers = ''.join('real_server 127.0.0.%d %d {\nTCP_CHECK {\nconnect_ip 127.0.0.1\n%s\n}\n}\n'
                      % (i + 1, server.port, PATIENT) for i in range(50))
    conf = tmp_path / 'checkd.conf'
    conf.write_text(SERVICE % servers)
    with open(tmp_path / 'log', 'wb') as log:
        p = subprocess.Popen(['sh', '-c', 'ulimit -n 12; exec "$0" "$1"', CHECKD, str(conf)],
                             stdout=log)
        text = (tmp_path / 'log').read_text
        wait_for('all of them', lambda: text().count(' success.') >= 50, 20)
        time.sleep(2)
        p.send_signal(signal.SIGTERM)
        assert p.wait(10) == 0
    text = text()
    assert text.count(' success.') == 50 and 'Removing' not in text, text
    assert text.count('checks are put off') <= 1


def test_reload_while_replies_dribble(start, server):
    c = start(real(server.port, get('/dribble')))
    c.wait('Activating')
    time.sleep(1.2)
    for i in range(5):
        c.process.send_signal(signal.SIGHUP)
        time.sleep(0.1)
    c.write(real(server.port, 'TCP_CHECK {\n}'))
    c.process.send_signal(signal.SIGHUP)
    c.wait('^TCP connection to %s success' % NAME)
