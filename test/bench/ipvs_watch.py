#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Prints `watching`, waits until a server of an IPVS service has a weight, and prints when that was
(CLOCK_MONOTONIC, seconds).

usage: ipvs_watch.py ADDRESS PORT SERVERS WEIGHT
Asks for that one service (linux/ip_vs.h, IP_VS_SO_GET_DESTS) every millisecond: listing all of IPVS
takes so long that it would be most of what is measured.
"""
import ctypes
import os
import socket
import struct
import sys
import time

GET_DESTS = 64 + 1024 + 64 + 4
HEAD, ENTRY = 24, 96  # of struct ip_vs_get_dests and of each struct ip_vs_dest_entry in it
AT_WEIGHT = 12


def weights(libc, sock, request, servers):
    buf = ctypes.create_string_buffer(request, HEAD + servers * ENTRY)
    size = ctypes.c_uint32(len(buf))
    if libc.getsockopt(sock.fileno(), socket.IPPROTO_IP, GET_DESTS, buf, ctypes.byref(size)):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return [struct.unpack_from('i', buf, HEAD + i * ENTRY + AT_WEIGHT)[0] for i in range(servers)]


def main(address, port, servers, weight):
    libc = ctypes.CDLL(None, use_errno=True)
    sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    request = struct.pack('=H2x4sH2xII', socket.IPPROTO_TCP, socket.inet_aton(address),
                          socket.htons(port), 0, servers)
    weights(libc, sock, request, servers)
    print('watching', flush=True)
    while weight not in weights(libc, sock, request, servers):
        time.sleep(0.001)
    print('%.6f' % time.monotonic(), flush=True)


main(sys.argv[1], *map(int, sys.argv[2:]))
