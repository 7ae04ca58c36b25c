#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Large configurations side by side: `keepalived -t`, needs no root and no network.

usage: parse.py [SERVICES INSTANCES]      (5000 65024)
SERVICES virtual servers with 20 checked real servers each, and INSTANCES VRRP instances that three
nested ~SEQ make of one definition. Per make the best of three runs (the original takes a minute for
the instances, so it gets one): processor and wall time, and the largest resident size of any process
of the run, since the original forks one for each part.
"""
import os
import subprocess
import sys
import tempfile
import time

from common import OURS, THEIRS, Table, binaries

GLOBAL = 'global_defs {\n    router_id bench\n}\n'


def services(n, servers=20):
    out = [GLOBAL]
    for v in range(n):
        out.append('virtual_server 10.%d.%d.1 80 {\n    delay_loop 6\n    lvs_sched rr\n    lvs_method DR\n'
                   '    protocol TCP\n' % (v // 250, v % 250))
        for i in range(v * servers, (v + 1) * servers):
            out.append('    real_server 172.%d.%d.%d 80 {\n        weight %d\n        TCP_CHECK {\n'
                       '            connect_timeout 3\n        }\n    }\n'
                       % (16 + i // 65536, i // 256 % 256, i % 256, 1 + i % 7))
        out.append('}\n')
    return ''.join(out)


def instances(n):
    """As in the manual page, n rounded up to full interfaces of 254 (and those to 32)."""
    links = (n + 253) // 254
    return GLOBAL + '''$VI4= \\
vrrp_instance vrrp4.${IF}.${NUM}.${ID} { \\
    interface bond${IF}.${NUM} \\
    virtual_router_id ${ID} \\
    priority 130 \\
    virtual_ipaddress { \\
        10.${IF}.${NUM}.${ID}/24 \\
    } \\
}

~SEQ(IF,0,%d) ~SEQ(NUM,0,%d) ~SEQ(ID,1,254) $VI4
''' % ((links - 1) // 32, min(links, 32) - 1)


def run(binary, path):
    """(processor seconds, wall seconds, MiB of the largest process)."""
    report = path + '.time'
    began = time.monotonic()
    subprocess.run(['/usr/bin/time', '-f', '%U %S %M', '-o', report, binary, '-t', '-f', path],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    took = time.monotonic() - began
    user, system, size = open(report).read().split('\n')[-2].split()
    return float(user) + float(system), took, int(size) / 1024


def measure(title, text, slow):
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, 'k.conf')
        with open(path, 'w') as f:
            f.write(text)
        best = {which: [min(column) for column in zip(*(run(binary, path) for _ in range(
            1 if slow and which == THEIRS else 3)))] for which, binary in binaries().items()}
    row = lambda i: {which: best[which][i] for which in (OURS, THEIRS)}
    t = Table(title)
    t.add('processor time of -t', 's', row(0))
    t.add('time of -t', 's', row(1))
    t.add('memory of the largest process', 'MiB', row(2), 1)
    print(t.markdown(), flush=True)


def main(n_services, n_instances):
    text = services(n_services)
    measure('Parsing %d virtual servers with 20 real servers each, %d lines' % (n_services, text.count('\n')),
            text, False)
    measure('Parsing %d VRRP instances out of three nested sequences' % n_instances, instances(n_instances), True)


main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000, int(sys.argv[2]) if len(sys.argv) > 2 else 65024)
