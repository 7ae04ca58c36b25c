# SPDX-License-Identifier: GPL-2.0-or-later
"""A web server that misbehaves in one way per path, for tests of whoever reads its replies."""
import contextlib
import socket
import ssl
import struct
import subprocess
import threading
import time

PAGE = b'hello keepalived\n'
HEAD = b'HTTP/1.1 200 OK\r\n'


def dribble(c):
    """A byte now and then, for ever."""
    c.sendall(HEAD + b'\r\n')
    while True:
        c.sendall(b'x')
        time.sleep(0.05)


def dribble_head(c):
    for byte in HEAD + b'X-Slow: ' + b'y' * 100000:
        c.sendall(bytes([byte]))
        time.sleep(0.05)


def flood(c):
    c.sendall(HEAD + b'\r\n')
    while True:
        c.sendall(b'x' * 65536)


def endless_head(c):
    c.sendall(HEAD)
    while True:
        c.sendall(b'X-More: yes\r\n')


def stop(c):
    """Begins, and says no more."""
    c.sendall(HEAD + b'Content-Length: 17\r\n\r\nhello')
    time.sleep(60)


def reset(c):
    c.sendall(HEAD + b'Content-Length: 17\r\n\r\nhello')
    c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))


PATHS = {
    '/': lambda c: c.sendall(HEAD + b'Content-Length: 17\r\n\r\n' + PAGE),
    '/nolen': lambda c: c.sendall(HEAD + b'\r\n' + PAGE),
    '/short': lambda c: c.sendall(HEAD + b'Content-Length: 5\r\n\r\n' + PAGE),
    '/long': lambda c: c.sendall(HEAD + b'Content-Length: 170\r\n\r\n' + PAGE),
    '/lower': lambda c: c.sendall(HEAD + b'content-length: 5\r\n\r\n' + PAGE),
    '/chunked': lambda c: c.sendall(HEAD + b'Transfer-Encoding: chunked\r\n\r\n'
                                    b'5\r\nhello\r\n0\r\n\r\n'),
    '/empty': lambda c: c.sendall(HEAD + b'\r\n'),
    '/404': lambda c: c.sendall(b'HTTP/1.1 404 Not Found\r\n\r\ngone'),
    '/nothing': lambda c: None,
    '/nohdrend': lambda c: c.sendall(HEAD + b'Server: x\r\n'),
    '/garbage': lambda c: c.sendall(bytes(range(256)) * 16),
    '/big': lambda c: c.sendall(HEAD + b'Content-Length: 3000000\r\n\r\n' + b'abc' * 1000000),
    '/silent': lambda c: time.sleep(60),
    '/stop': stop,
    '/reset': reset,
    '/dribble': dribble,
    '/dribble-head': dribble_head,
    '/flood': flood,
    '/endless-head': endless_head,
}


class Server:
    """`requests` collects what was asked, as text, `clients` who connected: (address, port)."""

    def __init__(self, tls_files=None, silent=False, port=0, address='127.0.0.1'):
        self.requests, self.clients, self.silent = [], [], silent
        self.tls = None
        if tls_files:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(*tls_files)
            self.names = []
            self.tls.sni_callback = lambda sock, name, ctx: self.names.append(name)
        self.socket = socket.socket(socket.AF_INET6 if ':' in address else socket.AF_INET)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((address, port))
        self.socket.listen(256)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                c, client = self.socket.accept()
            except OSError:
                return
            self.clients.append(client[:2])
            threading.Thread(target=self.serve, args=(c,), daemon=True).start()

    def serve(self, c):
        with contextlib.suppress(OSError), c:
            if self.silent:
                time.sleep(60)
            if self.tls:
                c = self.tls.wrap_socket(c, server_side=True)
            request = b''
            while b'\r\n\r\n' not in request:
                got = c.recv(4096)
                if not got:
                    return
                request += got
            self.requests.append(request.decode())
            PATHS[request.split()[1].decode()](c)
            c.close()

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


def make_certificate(directory):
    """A certificate and its key, signed by themselves."""
    cert, key = directory + '/cert.pem', directory + '/key.pem'
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2',
                    '-subj', '/CN=test', '-keyout', key, '-out', cert],
                   check=True, stderr=subprocess.DEVNULL)
    return cert, key
