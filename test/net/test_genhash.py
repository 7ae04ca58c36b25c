# SPDX-License-Identifier: GPL-2.0-or-later
"""genhash against servers that behave and servers that do not. GENHASH: the program to test."""
import hashlib
import os
import re
import subprocess
import time

import pytest

from rude_server import PAGE, Server

GENHASH = os.environ.get('GENHASH', './genhash/genhash')


def genhash(*words):
    return subprocess.run([GENHASH, *map(str, words)], capture_output=True, text=True, timeout=30)


def ask(server, path, *words):
    return genhash('-s', '127.0.0.1', '-p', server.port, '-u', path, *words)


def md5(b):
    return hashlib.md5(b).hexdigest()


BODIES = {
    '/': PAGE, '/nolen': PAGE, '/short': PAGE[:5], '/long': PAGE, '/lower': PAGE,
    '/empty': b'', '/404': b'gone', '/big': b'abc' * 1000000,
    '/chunked': b'5\r\nhello\r\n0\r\n\r\n',
}


@pytest.mark.parametrize('path', BODIES)
def test_digest(server, path):
    r = ask(server, path)
    assert (r.stdout, r.stderr, r.returncode) == (md5(BODIES[path]) + '\n', '', 0)


# What is bad at once waits for no time-out, a step for one, everything for ten.
@pytest.mark.parametrize('path,message,timeout,seconds', [
    ('/nothing', 'no data received from remote webserver', 20, 20),
    ('/nohdrend', 'no data received from remote webserver', 20, 20),
    ('/garbage', 'no data received from remote webserver', 20, 20),
    ('/endless-head', 'the header of the reply never ends', 20, 20),
    ('/reset', 'Read error: Connection reset by peer', 20, 20),
    ('/silent', 'Timeout waiting for the reply', 1, 10),
    ('/stop', 'Timeout reading the reply', 1, 10),
    ('/dribble', 'Timeout reading the reply', 1, 20),
    ('/dribble-head', 'Timeout waiting for the reply', 1, 20),
    ('/flood', '(the reply is too long|Timeout reading the reply)', 1, 20)])
def test_bad_reply(server, path, message, timeout, seconds):
    start = time.monotonic()
    r = ask(server, path, '-t', timeout)
    assert re.fullmatch(message + '\n', r.stderr) and r.stdout == '' and r.returncode == 1
    assert time.monotonic() - start < seconds


def test_nobody_listens(server):
    r = genhash('-s', '127.0.0.1', '-p', 1, '-u', '/')
    assert r.returncode == 1 and r.stderr.startswith('Connection failed')


REQUEST = 'GET /404 HTTP/%s\r\nUser-Agent: KeepAliveClient\r\n%sHost: %s\r\n\r\n'


@pytest.mark.parametrize('words,version,close,host', [
    ((), '1.0', '', None), (('-P', '1.0'), '1.0', '', None),
    (('-P', '1.0c'), '1.0', 'Connection: close\r\n', None),
    (('-P', '1.1', '-V', 'www.example.net'), '1.1', 'Connection: close\r\n', 'www.example.net')])
def test_request(server, words, version, close, host):
    server.requests.clear()
    ask(server, '/404', *words)
    assert server.requests == [REQUEST % (version, close, host or '127.0.0.1:%d' % server.port)]


def test_verbose(server):
    r = ask(server, '/', '-v')
    assert re.fullmatch(
        r'-+\[    HTTP Header Buffer    \]-+\n'
        r'0000  48 54 54 50 2f 31 2e 31 - 20 32 30 30 20 4f 4b 0d   HTTP/1.1 200 OK.\n'
        r'(?:\d{4}  .*\n)+'
        r'-+\[ HTTP Header Ascii Buffer \]-+\n'
        r'HTTP/1.1 200 OK\nContent-Length: 17\n\n\n'
        r'-+\[        HTML Buffer        \]-+\n'
        r'0000  68 65 6c 6c 6f 20 6b 65 - 65 70 61 6c 69 76 65 64   hello keepalived\n'
        r'0016  0a                      -                           \.               \n\n'
        r'-+\[    HTML hash resulting    \]-+\n'
        r'0000  e0 50 03 f6 b7 44 8a a2 - c2 49 7b b6 71 69 6f 04   \.P\.\.\.D\.\.\.I\{\.qio\.\n'
        r'-+\[ HTML hash final resulting \]-+\n'
        r'e05003f6b7448aa2c2497bb671696f04\n\n'
        r'Global response time for \[/\] = \d+ usecs\n', r.stdout)


def test_tls(tls_server):
    tls_server.names.clear()
    assert ask(tls_server, '/', '-S').stdout == md5(PAGE) + '\n'
    assert ask(tls_server, '/big', '-S', '-I', '-V', 'a.example').stdout == \
        md5(BODIES['/big']) + '\n'
    assert tls_server.names == [None, 'a.example']


@pytest.mark.parametrize('path,message', [
    ('/nothing', 'no data received from remote webserver'),
    ('/stop', 'Timeout reading the reply')])
def test_tls_bad_reply(tls_server, path, message):
    r = ask(tls_server, path, '-S', '-t', 1)
    assert r.stderr == message + '\n' and r.returncode == 1


def test_tls_with_a_server_that_speaks_none(server):
    r = ask(server, '/', '-S', '-t', 1)
    assert r.stderr == 'Timeout in SSL handshake\n' and r.returncode == 1


def test_tls_with_a_server_that_says_nothing():
    s = Server(silent=True)
    r = ask(s, '/', '-S', '-t', 1)
    s.close()
    assert r.stderr == 'Timeout in SSL handshake\n' and r.returncode == 1


@pytest.mark.parametrize('words,message', [
    (('-s', 'example.net', '-p', 80, '-u', '/'), 'server should be an IP, not example.net'),
    (('-s', '10.1.0.2', '-p', 0, '-u', '/'), "invalid port number '0'"),
    (('-s', '10.1.0.2', '-u', '/'), None),
    (('-m', 'abc', '-s', '10.1.0.2', '-p', 80, '-u', '/'), "invalid fwmark 'abc'"),
    (('-P', '2', '-s', '10.1.0.2', '-p', 80, '-u', '/'), "invalid HTTP protocol version '2'"),
    (('-s', '10.1.0.2', '-p', 80, '-u', '/', 'extra'), 'Unexpected argument(s): extra'),
    (('--bogus',), 'Unknown option --bogus'), (('-Z',), 'Unknown option -Z')])
def test_usage(words, message):
    r = genhash(*words)
    lines = r.stderr.splitlines()
    if message:
        assert lines.pop(0) == message
    assert lines[0] == 'Usage: genhash COMMAND [OPTIONS]'
    assert r.returncode == 1 and r.stdout == ''
