#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""LVS side by side; runs where the kernel has IPVS (test/bench/run boots one that has).

usage: lvs.py [SERVERS [CHECKS]]      (10000 500)
SERVERS real servers without checks, 100 to a service: start until all are in IPVS, reload with one
changed weight until IPVS shows it (the median of several), stop until the process is gone. CHECKS servers checked every
second over TCP, then HTTP: processor time of the checker process per check.
"""
import os
import re
import signal
import statistics
import sys
import time

from common import HERE, OURS, THEIRS, Table, child_pid, cpu, faults, lab, peak_memory, start

PER_SERVICE = 100
WEIGHTS = (7, 8, 9, 7, 8, 9, 7)  # one after the other, each by a reload
GLOBAL = 'global_defs {\n    router_id bench\n}\n'

NGINX = '''daemon off; pid {dir}/nginx.pid; error_log {dir}/nginx.err crit; worker_processes 1;
events {{ worker_connections 4096; }}
http {{ access_log off; client_body_temp_path {dir}/t1; proxy_temp_path {dir}/t2;
fastcgi_temp_path {dir}/t3; uwsgi_temp_path {dir}/t4; scgi_temp_path {dir}/t5;
keepalive_timeout 0;
server {{ listen 80 backlog=4096; location / {{ return 200 "hello\\n"; }}
location = /stub {{ stub_status; }} }} }}
'''


def pool(n, weight=1):
    out = [GLOBAL]
    for i in range(n):
        if i % PER_SERVICE == 0:
            out.append('%svirtual_server 10.1.%d.%d 80 {\n    lvs_sched rr\n    lvs_method DR\n    protocol TCP\n'
                       % ('}\n' if i else '', i // PER_SERVICE // 256, i // PER_SERVICE % 256))
        out.append('    real_server 10.%d.%d.%d 80 {\n        weight %d\n    }\n'
                   % (2 + i // 65536, i // 256 % 256, i % 256, weight if i == n // 2 else 1))
    return ''.join(out) + '}\n'


def checked(n, kind):
    check = {'TCP': 'TCP_CHECK {\n connect_timeout 2\n }',
             'HTTP': 'HTTP_GET {\n url {\n path /\n status_code 200\n }\n connect_timeout 2\n }'}[kind]
    out = [GLOBAL, 'virtual_server 10.1.0.1 80 {\n delay_loop 1\n lvs_sched rr\n lvs_method DR\n protocol TCP\n']
    for i in range(n):
        out.append(' real_server 127.1.%d.%d 80 {\n  weight 1\n  %s\n }\n' % (i // 250, i % 250 + 1, check))
    return ''.join(out) + '}\n'


def ipvs(host):
    return open('/proc/%d/root/proc/net/ip_vs' % os.getpid()).read() if host is None else \
        host.run('cat', '/proc/net/ip_vs')


def count(host):
    return ipvs(host).count('  ->') - 1


def settle(p):
    """Until all of a start or a reload is over: for a second, no process of it had anything to do."""
    def used():
        return sum(cpu(pid) for pid in (p.popen.pid, child_pid(p, 'checkers')))
    while True:
        before = used()
        time.sleep(1)
        if used() - before < 0.02:
            return


def reloaded(host, p, n, weight):
    """Seconds from the signal until the one changed weight is in IPVS."""
    host.file('k.conf', pool(n, weight))
    service = n // 2 // PER_SERVICE
    w = host.spawn(os.path.join(HERE, 'ipvs_watch.py'), '10.1.%d.%d' % (service // 256, service % 256),
                   '80', str(PER_SERVICE), str(weight))
    lab.wait_for('the watcher', lambda: 'watching' in w.text(), 10)
    began = time.monotonic()
    p.signal(signal.SIGHUP)
    w.popen.wait(300)
    settle(p)
    return float(w.text().split()[-1]) - began


def measure_pool(which, n):
    with lab.Lab() as net:
        host = net.host('lb')
        path = host.file('k.conf', pool(n))
        result = {}
        began = time.monotonic()
        p = start(host, which, path, '-C')
        lab.wait_for('all servers', lambda: count(host) == n, 300, step=0.05)
        result['start'] = time.monotonic() - began
        pid = child_pid(p, 'checkers')
        settle(p)
        before, faults_before = cpu(pid), faults(pid) + faults(p.pid)
        reloads = [reloaded(host, p, n, weight) for weight in WEIGHTS]
        result['reload'] = statistics.median(reloads)
        result['reload_cpu'] = (cpu(pid) - before) / len(reloads)
        result['reload_faults'] = (faults(pid) + faults(p.pid) - faults_before) / len(reloads)
        result['memory'] = peak_memory(pid)
        began = time.monotonic()
        p.stop(seconds=300)
        result['stop'] = time.monotonic() - began
        assert count(host) <= 0, 'IPVS is not empty after the stop'
    return result


def connections(host):
    """Connections that nginx has accepted so far."""
    text = host.run('curl', '-s', 'http://127.0.0.1/stub')
    return int(re.search(r'\n (\d+) ', text)[1])


def measure_checks(which, n, kind, seconds=10):
    with lab.Lab() as net:
        host = net.host('lb')
        conf = host.file('nginx.conf', NGINX.format(dir=net.dir))
        host.spawn('nginx', '-e', conf + '.err', '-c', conf)
        lab.wait_for('nginx', lambda: 'Active' in host.run('curl', '-s', 'http://127.0.0.1/stub', check=False), 10)
        p = start(host, which, host.file('k.conf', checked(n, kind)), '-C')
        pid = child_pid(p, 'checkers')
        time.sleep(4)
        before, c0, t0 = cpu(pid), connections(host), time.monotonic()
        time.sleep(seconds)
        used, checks, took = cpu(pid) - before, connections(host) - c0 - 1, time.monotonic() - t0
        assert checks > n, 'only %d checks in %g s' % (checks, took)
        p.stop(seconds=60)
    return used / checks * 1e6, checks / took


def main(servers, checks):
    got = {which: measure_pool(which, servers) for which in (OURS, THEIRS)}
    row = lambda key: {which: got[which][key] for which in got}
    t = Table('LVS, %d real servers in %d services' % (servers, -(-servers // PER_SERVICE)))
    t.add('start until all are in IPVS', 's', row('start'))
    t.add('reload until one changed weight is in IPVS', 's', row('reload'), 3)
    t.add('CPU of the checker process for that reload', 's', row('reload_cpu'))
    t.add('pages first touched for that reload', '', row('reload_faults'), 0)
    t.add('stop until the process is gone', 's', row('stop'))
    t.add('memory of the checker process', 'MiB', row('memory'), 1)
    print(t.markdown(), flush=True)
    t = Table('Checks, %d servers every second' % checks)
    for kind in ('TCP', 'HTTP'):
        both = {which: measure_checks(which, checks, kind) for which in (OURS, THEIRS)}
        t.add('CPU per %s check' % kind, 'µs', {w: both[w][0] for w in both}, 1)
        t.add('%s checks made' % kind, '1/s', {w: both[w][1] for w in both}, 0)
    print(t.markdown(), flush=True)


main(int(sys.argv[1]) if len(sys.argv) > 1 else 10000, int(sys.argv[2]) if len(sys.argv) > 2 else 500)
