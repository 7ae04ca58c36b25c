#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The demonstration: two directors, two web servers (later three), a client. See test/demo.

usage: scene.py KEEPALIVED [--shell]
"""
import os
import re
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import lab  # noqa: E402

VIP = '192.168.3.100'
DIRECTORS = {'lb1': ('192.168.3.1', 'MASTER', 100), 'lb2': ('192.168.3.2', 'BACKUP', 90)}
SERVERS = {'web1': '192.168.3.3', 'web2': '192.168.3.102', 'web3': '192.168.3.103'}
CLIENTS, NEW_CLIENTS = (200, 239), (240, 249)
LONG = 60  # seconds for what takes less, unless the machine is slow

THIRD = '''    real_server 192.168.3.103 80 {
        weight 3
        TCP_CHECK {
            connect_timeout 3
        }
    }
'''

NGINX = '''daemon off;
pid {dir}/nginx-{name}.pid;
error_log {dir}/nginx-{name}.err;
worker_processes 1;
events {{ worker_connections 2048; }}
http {{
    access_log off;
    client_body_temp_path {dir}/nginx-{name}.tmp1;
    proxy_temp_path {dir}/nginx-{name}.tmp2;
    fastcgi_temp_path {dir}/nginx-{name}.tmp3;
    uwsgi_temp_path {dir}/nginx-{name}.tmp4;
    scgi_temp_path {dir}/nginx-{name}.tmp5;
    server {{ listen 80; default_type text/plain; location / {{ return 200 "{name}\\n"; }} }}
}}
'''


class Events:
    """What the client saw."""

    def __init__(self, path):
        self.path = path

    def all(self, since=0.0):
        rows = []
        for line in open(self.path):
            words = line.split()
            if len(words) >= 3 and line.endswith('\n') and float(words[0]) >= since:
                rows.append((float(words[0]), words[1], words[2:]))
        return rows

    def requests(self, since=0.0):
        return [(t, what == 'ok', words[0]) for t, what, words in self.all(since)
                if what in ('ok', 'failed')]

    def spread(self, since, until=float('inf')):
        count = {}
        for t, ok, server in self.requests(since):
            if ok and t < until:
                count[server] = count.get(server, 0) + 1
        return count

    def failed(self, since, until=float('inf')):
        return [(t, why) for t, ok, why in self.requests(since) if not ok and t < until]

    def silence(self, since):
        """The longest time between two good answers, in seconds."""
        good = [since] + sorted(t for t, ok, _ in self.requests(since) if ok)
        return max([b - a for a, b in zip(good, good[1:])] or [0])

    def awake(self, since, until):
        """Seconds between two times, less those in which the machine stood still."""
        stalls = [(t - float(words[0]), t) for t, what, words in self.all(since) if what == 'stall']
        return until - since - sum(max(0, min(end, until) - max(begin, since)) for begin, end in stalls)

    def adverts(self, since, source=None):
        return [(t, words[0], int(words[1])) for t, what, words in self.all(since)
                if what == 'advert' and (source is None or words[0] == source)]


class Scene:
    def __init__(self, daemon):
        self.daemon, self.lab, self.failed = daemon, lab.Lab(), []
        self.began = time.monotonic()
        self.running = {}

    def say(self, text):
        print('%6.1f s  %s' % (time.monotonic() - self.began, text), flush=True)

    def check(self, condition, text):
        self.say(('ok      ' if condition else 'FAILED  ') + text)
        if not condition:
            self.failed.append(text)

    def wait(self, what, condition):
        """How long it took, or None after saying that it failed."""
        start = time.monotonic()
        try:
            lab.wait_for(what, condition, LONG, 0.1)
        except AssertionError:
            self.check(False, '%s (waited %g s)' % (what, LONG))
            return None
        return time.monotonic() - start

    # ---- the network -------------------------------------------------------------------

    def build(self):
        self.lab.switch()
        for name, (address, _, _) in DIRECTORS.items():
            h = self.lab.host(name)
            self.lab.connect(h, address + '/24')
            # A new connection with the port of an old one to a server that is gone is not dropped.
            h.sysctl(net__ipv4__ip_forward=1, net__ipv4__vs__expire_nodest_conn=1)
        for name, address in SERVERS.items():
            self.web_server(name, address)
        client = self.lab.host('client')
        self.lab.connect(client, *['192.168.3.%d/24' % n for n in range(CLIENTS[0], NEW_CLIENTS[1] + 1)])

    def web_server(self, name, address):
        """A real server of LVS-DR: it has the virtual address on lo and does not answer ARP for it."""
        h = self.lab.host(name)
        self.lab.connect(h, address + '/24')
        h.sysctl(net__ipv4__conf__all__arp_ignore=1, net__ipv4__conf__all__arp_announce=2)
        h.run('ip', 'addr', 'add', VIP + '/32', 'dev', 'lo')

    def start_web(self, name):
        """Until it answers."""
        h = self.lab.hosts[name]
        conf = h.file('nginx.conf', NGINX.format(dir=self.lab.dir, name=name))
        self.running[name] = h.spawn('nginx', '-e', conf + '.err', '-c', conf)
        lab.wait_for(name + ' answers', lambda: h.run(
            'curl', '-s', '-m', '1', 'http://%s/' % SERVERS[name], check=False), LONG)

    def stop_web(self, name):
        self.running[name].kill_all()

    def write_conf(self, name, weight=3, third=''):
        text = open(os.path.join(HERE, 'director.conf')).read()
        _, state, priority = DIRECTORS[name]
        for key, value in (('STATE', state), ('PRIORITY', priority), ('WEIGHT', weight), ('THIRD', third)):
            text = text.replace('@%s@' % key, str(value))
        return self.lab.hosts[name].file('keepalived.conf', text)

    def start_director(self, name):
        h = self.lab.hosts[name]
        pid = os.path.join(self.lab.dir, name)
        self.running[name] = h.spawn(
            self.daemon, '-n', '-l', '-D', '-G', '-f', self.write_conf(name), '-p', pid + '.pid',
            '-r', pid + '-vrrp.pid', '-c', pid + '-checkers.pid')

    def ask(self, source):
        return self.lab.hosts['client'].run('curl', '-s', '-m', '10', '--interface', source,
                                            'http://%s/' % VIP, check=False).strip()

    def pool(self, name):
        """{server: weight} in the kernel's IPVS of a director."""
        text = self.lab.hosts[name].run('ipvsadm', '-Sn', check=False)
        return {m[1]: int(m[2]) for m in re.finditer(r'-r ([\d.]+):80 .*-w (\d+)', text)}

    def wait_answers(self, n, since):
        self.wait('%d answers' % n, lambda: sum(self.events.spread(since).values()) >= n)

    def holder(self):
        return [n for n in DIRECTORS if self.lab.hosts[n].has(VIP)]

    # ---- the steps ---------------------------------------------------------------------

    def step_start(self):
        for name in ('web1', 'web2'):
            self.start_web(name)
        for name in DIRECTORS:
            self.start_director(name)
        took = self.wait('lb1 holds the virtual address', lambda: self.holder() == ['lb1'])
        if took is not None:
            self.check(True, 'lb1 (priority 100) holds %s after %.1f s, lb2 (priority 90) is backup'
                       % (VIP, took))
        want = sorted([SERVERS['web1'], SERVERS['web2']])
        if self.wait('web1 and web2 are in IPVS on both directors',
                     lambda: all(sorted(self.pool(n)) == want for n in DIRECTORS)) is not None:
            self.check(True, 'both directors have web1 and web2 in IPVS')

    def step_balance(self):
        output = os.path.join(self.lab.dir, 'client.events')
        open(output, 'w').close()
        self.running['client'] = self.lab.hosts['client'].spawn(
            os.path.join(HERE, 'client.py'), VIP, output, str(CLIENTS[0]), str(CLIENTS[1]))
        self.events = Events(output)
        self.wait('the client gets answers', lambda: self.events.spread(0))
        since = time.monotonic()
        self.wait_answers(200, since)
        spread = self.events.spread(since)
        self.check(len(spread) == 2 and not self.events.failed(since, time.monotonic() - 0.6),
                   'requests spread: ' + ', '.join('%s %d' % i for i in sorted(spread.items())))

    def step_server_dies(self):
        since = time.monotonic()
        self.stop_web('web2')
        gone = lambda: all(SERVERS['web2'] not in self.pool(n) for n in DIRECTORS)
        took = self.wait('web2 leaves IPVS on both directors', gone)
        if took is None:
            return
        self.check(True, 'web2 was killed and has left IPVS on both directors after %.1f s '
                   '(check every 6 s, 3 retries 3 s apart)' % took)
        lost = len(self.events.failed(since))
        since = time.monotonic() + 0.1
        self.wait_answers(100, since)
        after = self.events.failed(since, time.monotonic() - 0.6)
        self.check(not after and set(self.events.spread(since)) == {'web1'},
                   'since then web1 answers alone (%d requests failed before)' % lost)

    def step_server_returns(self):
        self.start_web('web2')
        back = lambda: all(SERVERS['web2'] in self.pool(n) for n in DIRECTORS)
        took = self.wait('web2 is back in IPVS on both directors', back)
        if took is not None:
            self.check(True, 'web2 was started and is back in IPVS on both after %.1f s' % took)

    def step_master_dies(self):
        since = time.monotonic()
        self.running['lb1'].kill_all()
        self.lab.hosts['lb1'].run('ip', 'link', 'set', 'eth0', 'down')
        took = self.wait('lb2 takes over', lambda: 'lb2' in self.holder())
        if took is None:
            return
        self.wait_answers(100, since + took)
        self.check(self.events.silence(since) < 10,
                   'lb1 was killed hard; lb2 answers; the client heard nothing for %.2f s '
                   '(the protocol allows 3.65 s)' % self.events.silence(since))

    def step_master_returns(self):
        h = self.lab.hosts['lb1']
        h.run('ip', 'addr', 'del', VIP + '/32', 'dev', 'eth0', check=False)
        h.run('ipvsadm', '-C', check=False)
        h.run('ip', 'link', 'set', 'eth0', 'up')
        since = time.monotonic()
        self.start_director('lb1')
        took = self.wait('lb1 preempts', lambda: self.holder() == ['lb1'])
        time.sleep(1)
        if took is not None:
            self.check(True, 'lb1 is back and has preempted after %.1f s; silence %.2f s'
                       % (took, self.events.silence(since)))

    def step_reload(self):
        self.start_web('web3')
        time.sleep(5)  # the second block of gratuitous ARPs, 5 s after the take-over, is none of the reload's
        self.wait('both blocks', lambda: len(self.running['lb1'].lines('Sending gratuitous ARP on')) >= 10)
        since = time.monotonic()
        marks = {}
        for name in DIRECTORS:
            self.write_conf(name, weight=1, third=THIRD)
            marks[name] = self.running[name].mark()
            self.running[name].signal(signal.SIGHUP)
        want = {SERVERS['web1']: 1, SERVERS['web2']: 3, SERVERS['web3']: 3}
        took = self.wait('the new pool', lambda: all(self.pool(n) == want for n in DIRECTORS))
        adverts = lambda: [t for t, _, _ in self.events.adverts(since - 1.5, DIRECTORS['lb1'][0])]
        done = time.monotonic()
        self.wait('adverts', lambda: sum(t > done for t in adverts()) >= 3)
        until = time.monotonic() - 0.6
        failed = self.events.failed(since, until)
        gaps = list(zip(adverts(), adverts()[1:]))
        if took is not None:
            self.check(True, 'SIGHUP: web3 added, weight of web1 3 -> 1, in IPVS after %.2f s' % took)
        self.check(not failed, '%s request failed during the reload (%d asked)'
                   % (len(failed) or 'no', len(self.events.requests(since))))
        self.check(all(self.events.awake(a, b) < 1.9 for a, b in gaps),
                   'no advert missed: longest gap %.3f s of 1 s' % max([b - a for a, b in gaps] or [0]))
        moved = [l for n in DIRECTORS for l in self.running[n].text_since(marks[n]).splitlines()
                 if re.search(r'Entering|gratuitous', l)]
        self.check(not moved, 'no state change and no gratuitous ARP')
        answers = [self.ask('192.168.3.%d' % n) for n in range(NEW_CLIENTS[0], NEW_CLIENTS[1] + 1)]
        self.check('web3' in answers, 'new clients get ' + ', '.join(
            '%s %d' % (s, answers.count(s)) for s in sorted(set(answers))))

    def step_stop(self):
        since = time.monotonic()
        status = self.running['lb1'].stop(seconds=LONG)
        took = time.monotonic() - since
        self.check(status == 0 and not self.pool('lb1') and not self.lab.hosts['lb1'].has(VIP),
                   'lb1 was stopped: exit status %d after %.2f s, its IPVS is empty, address gone'
                   % (status, took))
        self.wait('lb2 takes over', lambda: self.holder() == ['lb2'])
        zero = lambda: [t for t, _, p in self.events.adverts(since, DIRECTORS['lb1'][0]) if p == 0]
        self.wait('the last advert', zero)
        time.sleep(1)
        self.check(len(zero()) == 1, 'it left with a priority-0 advert; silence %.2f s (skew time 0.65 s)'
                   % self.events.silence(since))
        self.running['lb2'].stop(seconds=LONG)
        self.check(not self.pool('lb2') and not self.holder(), 'lb2 was stopped as well: nothing is left')

    def messages(self):
        print('\nWhat lb1 said about its configuration:')
        for line in self.running['lb1'].lines(r'\((/|Line)')[:12]:
            print('    ' + line.split(': ', 1)[-1])

    def tour(self):
        self.build()
        self.step_start()
        self.step_balance()
        self.step_server_dies()
        self.step_server_returns()
        self.step_master_dies()
        self.step_master_returns()
        self.step_reload()
        self.step_stop()
        self.messages()

    def shell(self):
        self.build()
        self.step_start()
        self.step_balance()
        self.running['client'].stop(signal.SIGKILL)
        print('\nThe network is up. Namespaces: ' + ', '.join(h.ns for h in self.lab.hosts.values()))
        print('For example: ip netns exec %slb1 ipvsadm -Ln;  logs are in %s\n'
              % (self.lab.prefix, self.lab.dir))
        subprocess.call([os.environ.get('SHELL', '/bin/bash')])


def main():
    scene = Scene(sys.argv[1])
    print('Two directors, two web servers, one client; kernel %s\n' % os.uname().release)
    with scene.lab:
        try:
            if '--shell' in sys.argv[2:]:
                scene.shell()
            else:
                scene.tour()
        except Exception as e:  # what a step did not expect: tell, and show the logs
            scene.check(False, str(e))
        if scene.failed:
            for name in [*DIRECTORS, 'client']:
                if name in scene.running:
                    print('\n---- log of %s ----\n%s' % (name, scene.running[name].text()))
    if scene.failed:
        print('\n%d observations FAILED:\n    %s' % (len(scene.failed), '\n    '.join(scene.failed)))
    elif '--shell' not in sys.argv[2:]:
        print('\nevery step was observed')
    sys.exit(1 if scene.failed else 0)


main()
