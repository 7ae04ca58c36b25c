#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Asks a web page every 10 ms, each time from the next of its addresses, and listens to VRRP.

usage: client.py VIP OUTPUT FIRST LAST
Writes one line per event: `TIME ok SERVER`, `TIME failed REASON`, `TIME advert SOURCE PRIORITY`,
`TIME stall SECONDS`. TIME is that of the request's start, of the advert's arrival, or of the stall's
end, in seconds of CLOCK_MONOTONIC. Requests do not wait for each other. A machine that stood still for
a while is no fault of theirs: the time in which this program could not run does not count as waiting.
"""
import ctypes
import selectors
import socket
import struct
import sys
import time

SO_ATTACH_FILTER, SO_TIMESTAMPNS = 26, 35  # asm-generic/socket.h
PERIOD, PATIENCE = 0.010, 0.5
STALL = 0.050  # between two turns of the loop, which has something to do every 10 ms


class Request:
    def __init__(self, vip, source):
        self.began, self.reply = time.monotonic(), b''
        self.deadline = self.began + PATIENCE
        self.sock = socket.socket()
        self.sock.setblocking(False)
        self.sock.bind((source, 0))
        self.sock.connect_ex((vip, 80))

    def go_on(self, events):
        """None: not over; else the words for the output."""
        try:
            if events & selectors.EVENT_WRITE:
                self.sock.send(b'GET / HTTP/1.0\r\n\r\n')
                return None
            part = self.sock.recv(4096)
        except OSError as e:
            return 'failed ' + e.strerror.replace(' ', '-')
        if part:
            self.reply += part
            return None
        words = self.reply.split()
        return 'ok ' + words[-1].decode() if len(words) > 1 and words[1] == b'200' else 'failed bad-reply'


def adverts():
    """A socket for IPv4 packets of protocol 112; the kernel drops the others and notes the time."""
    program = struct.pack('=' + 4 * 'HBBI', 0x30, 0, 0, 9, 0x15, 0, 1, 112, 0x06, 0, 0, 0xffff, 0x06, 0, 0, 0)
    code = ctypes.create_string_buffer(program)
    s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
    s.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack('HP', 4, ctypes.addressof(code)))
    s.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    s.bind(('eth0', 0x0800))
    s.setblocking(False)
    return s


def next_advert(wire):
    """When it came, its source and priority; None: it goes out."""
    packet, ancillary, _, info = wire.recvmsg(2048, 64)
    seconds, nanoseconds = struct.unpack('@ll', ancillary[0][2])
    late = time.time() - seconds - nanoseconds / 1e9  # how long it lay here
    ihl = (packet[0] & 15) * 4
    if info[2] == socket.PACKET_OUTGOING or len(packet) < ihl + 8:
        return None
    return time.monotonic() - late, socket.inet_ntoa(packet[12:16]), packet[ihl + 2]


def main(vip, output, first, last):
    out = open(output, 'w', buffering=1)
    sel = selectors.DefaultSelector()
    wire = adverts()
    sel.register(wire, selectors.EVENT_READ)
    prefix, n = vip.rsplit('.', 1)[0], first
    pending, due = {}, time.monotonic()
    turn = due

    def end(request, words):
        sel.unregister(request.sock)
        request.sock.close()
        del pending[request]
        out.write('%.6f %s\n' % (request.began, words))

    while True:
        now, before = time.monotonic(), turn
        turn = now
        if now - before > STALL:
            out.write('%.6f stall %.6f\n' % (now, now - before))
            for r in pending:
                r.deadline += now - before
        if now >= due:
            due = max(due + PERIOD, now - 5 * PERIOD)
            r = Request(vip, '%s.%d' % (prefix, n))
            n = n + 1 if n < last else first
            pending[r] = now
            sel.register(r.sock, selectors.EVENT_WRITE, r)
        for r in [r for r in pending if now > r.deadline]:
            end(r, 'failed timeout')
        for key, events in sel.select(max(0, due - time.monotonic())):
            if key.fileobj is wire:
                advert = next_advert(wire)
                if advert:
                    out.write('%.6f advert %s %d\n' % advert)
                continue
            r = key.data
            words = r.go_on(events)
            if words:
                end(r, words)
            elif events & selectors.EVENT_WRITE:
                sel.modify(r.sock, selectors.EVENT_READ, r)


main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
