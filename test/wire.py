# SPDX-License-Identifier: GPL-2.0-or-later
"""What is on the wire: frames taken from a switch port, VRRP adverts read and made byte by byte.

Sockets are opened inside a host's namespace but used from here: a socket stays where it was made.
Nothing in this file shares code with the daemon, so both can be wrong only in different ways.
"""
import ctypes
import errno
import os
import socket
import struct
import threading
import time

CLONE_NEWNET = 0x40000000
ETH_P_ALL, ETH_P_IP, ETH_P_ARP, ETH_P_IPV6 = 0x0003, 0x0800, 0x0806, 0x86dd
SOL_PACKET, PACKET_IGNORE_OUTGOING = 263, 23
SO_TIMESTAMPNS, SO_RCVBUFFORCE = 35, 33
VRRP, ICMPV6, AH, AH_LEN = 112, 58, 51, 24
GROUP4, GROUP6 = '224.0.0.18', 'ff02::12'
GROUP4_MAC, GROUP6_MAC = '01:00:5e:00:00:12', '33:33:00:00:00:12'

libc = ctypes.CDLL(None, use_errno=True)


def inside(host, make):
    """make() called in the network namespace of host; a thread has a namespace of its own."""
    result = []

    def body():
        fd = os.open('/run/netns/' + host.ns, os.O_RDONLY)
        try:
            if libc.setns(fd, CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), 'setns')
            result.append(make())
        finally:
            os.close(fd)

    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    return result[0]


def mac_bytes(text):
    return bytes(int(b, 16) for b in text.split(':'))


def mac_text(octets):
    return ':'.join('%02x' % b for b in octets)


def ip_bytes(text):
    return socket.inet_pton(socket.AF_INET6 if ':' in text else socket.AF_INET, text)


def ip_text(octets):
    return socket.inet_ntop(socket.AF_INET if len(octets) == 4 else socket.AF_INET6, octets)


def checksum(octets):
    if len(octets) % 2:
        octets += b'\0'
    total = sum(struct.unpack('!%dH' % (len(octets) // 2), octets))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def pseudo_header(src, dst, length, protocol=VRRP):
    if len(src) == 4:
        return src + dst + struct.pack('!BBH', 0, protocol, length)
    return src + dst + struct.pack('!IHBB', length, 0, 0, protocol)


class Advert:
    """A VRRP packet as received; `ah` is the authentication header before it, if there is one."""

    def __init__(self, t, frame):
        self.t, self.frame = t, frame
        self.dst_mac, self.src_mac = mac_text(frame[0:6]), mac_text(frame[6:12])
        ip = frame[14:]
        if ip[0] >> 4 == 4:
            length = struct.unpack('!H', ip[2:4])[0]
            self.header, self.tos, self.ttl = (ip[0] & 15) * 4, ip[1], ip[8]
            src, dst, body = ip[12:16], ip[16:20], ip[self.header:length]
            self.ip, self.ah = ip[:self.header], body[:AH_LEN] if ip[9] == AH else b''
            body = body[len(self.ah):]
        else:
            length = struct.unpack('!H', ip[4:6])[0]
            self.header, self.tos, self.ttl = 40, struct.unpack('!H', ip[0:2])[0] >> 4 & 0xff, ip[7]
            src, dst, body = ip[8:24], ip[24:40], ip[40:40 + length]
        self.src, self.dst, self.body = ip_text(src), ip_text(dst), body
        self.version, self.type, self.vrid, self.priority = body[0] >> 4, body[0] & 15, body[1], body[2]
        self.count, self.word = body[3], struct.unpack('!H', body[4:6])[0]
        if self.version == 3:
            self.interval = (self.word & 0xfff) / 100
        else:
            self.auth_type, self.interval = body[4], float(body[5])
        width = len(src)
        self.addresses = [ip_text(body[8 + i * width:8 + (i + 1) * width]) for i in range(self.count)]
        self.rest = body[8 + self.count * width:]
        pseudo = self.version == 3 or width == 16
        self.checksum_good = checksum((pseudo_header(src, dst, len(body)) if pseudo else b'') + body) == 0

    def __repr__(self):
        return '<v%d vrid %d prio %d from %s %s>' % (self.version, self.vrid, self.priority, self.src,
                                                     self.addresses)


class Announcement:
    """A gratuitous ARP or an unsolicited neighbour advertisement."""

    def __init__(self, t, frame, address):
        self.t, self.frame, self.address = t, frame, address

    def __repr__(self):
        return '<announcement of %s>' % self.address


class Tap:
    """What a host sends, taken where its cable enters the switch. The kernel stamps the frames and
    keeps them until they are asked for."""

    def __init__(self, lab, port, switch='sw'):
        def make():
            s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK,
                              socket.htons(ETH_P_ALL))
            try:
                s.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 32 << 20)
            except PermissionError:  # root of a user namespace: what the system allows
                s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32 << 20)
            s.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
            s.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            s.bind((port, ETH_P_ALL))
            return s
        self.socket, self.frames = inside(lab.hosts[switch], make), []

    def take(self):
        while True:
            try:
                frame, extra, _, _ = self.socket.recvmsg(65536, 64)
            except BlockingIOError:
                return self.frames
            except OSError as e:  # said once when the port goes down
                if e.errno != errno.ENETDOWN:
                    raise
                continue
            for level, kind, value in extra:
                if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
                    sec, nsec = struct.unpack('qq', value)
                    self.frames.append((sec + nsec * 1e-9, frame))

    def adverts(self, since=0, until=1e12, vrid=None):
        found = []
        for t, f in self.take():
            kind = struct.unpack('!H', f[12:14])[0]
            v4 = kind == ETH_P_IP and f[23] in (VRRP, AH)
            v6 = kind == ETH_P_IPV6 and f[20] == VRRP
            if since <= t <= until and (v4 or v6):
                a = Advert(t, f)
                if vrid in (None, a.vrid):
                    found.append(a)
        return found

    def announcements(self, since=0, until=1e12):
        found = []
        for t, f in self.take():
            if not since <= t <= until:
                continue
            kind = struct.unpack('!H', f[12:14])[0]
            if kind == ETH_P_ARP and f[28:32] == f[38:42]:
                found.append(Announcement(t, f, ip_text(f[28:32])))
            elif kind == ETH_P_IPV6 and f[20] == ICMPV6 and f[54] == 136 and not f[58] & 0x40:
                found.append(Announcement(t, f, ip_text(f[62:78])))
        return found

    def close(self):
        self.socket.close()


def now():
    """On the clock of the frames."""
    return time.time()


# ---- making packets ------------------------------------------------------------------------------

def vrrp(version=2, vrid=51, priority=100, addresses=(), interval=1, auth=b'', auth_type=None, count=None,
         type=1, src='10.0.0.9', dst=GROUP4, bad_sum=False, tail=b'', plain_sum=False):
    """A VRRP message. auth: 8 octets of version 2."""
    v6 = ':' in src
    count = len(addresses) if count is None else count
    if version == 3:
        word = int(interval * 100)
    else:
        word = (1 if auth and auth_type is None else auth_type or 0) << 8 | int(interval)
        auth = b'' if v6 else auth.ljust(8, b'\0')
    body = struct.pack('!BBBBHH', version << 4 | type, vrid, priority, count, word, 0)
    body += b''.join(ip_bytes(a) for a in addresses) + auth
    if (version == 3 and not plain_sum) or v6:
        value = checksum(pseudo_header(ip_bytes(src), ip_bytes(dst), len(body)) + body)
    else:
        value = checksum(body)
    return body[:6] + struct.pack('!H', value ^ (0x1234 if bad_sum else 0)) + body[8:] + tail


def packet(body, src='10.0.0.9', dst=GROUP4, ttl=255, protocol=VRRP, mac='02:00:00:00:00:99', dst_mac=None,
           total=None):
    """The message in a frame."""
    if ':' in src:
        dst = GROUP6 if dst == GROUP4 else dst
        ether = mac_bytes(dst_mac or GROUP6_MAC) + mac_bytes(mac) + struct.pack('!H', ETH_P_IPV6)
        return ether + struct.pack('!IHBB', 6 << 28 | 0xc0 << 20, len(body) if total is None else total,
                                   protocol, ttl) + ip_bytes(src) + ip_bytes(dst) + body
    ether = mac_bytes(dst_mac or GROUP4_MAC) + mac_bytes(mac) + struct.pack('!H', ETH_P_IP)
    head = struct.pack('!BBHHHBBH', 0x45, 0xc0, 20 + len(body) if total is None else total, 1, 0, ttl,
                       protocol, 0) + ip_bytes(src) + ip_bytes(dst)
    return ether + head[:10] + struct.pack('!H', checksum(head)) + head[12:] + body


class Injector:
    """Puts frames of any kind on a host's cable."""

    def __init__(self, host, dev='eth0'):
        def make():
            s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
            s.bind((dev, 0))
            return s
        self.socket = inside(host, make)

    def send(self, frame):
        self.socket.send(frame)

    def close(self):
        self.socket.close()
