# SPDX-License-Identifier: GPL-2.0-or-later
"""no_accept and strict mode: nobody may speak to a virtual address, and it is found all the same."""
import json
import os
import re
import signal
import subprocess
import threading
import time

import pytest

from lab import wait_for
from router import AddressWatch, Keepalived, block, instance

FAST = dict(version=3, advert_int=0.1)
VIP, VIP2, VIP6, LINK = '10.0.0.100', '10.0.0.101', '2001:db8::100', 'fe80::100'


def conf(*words, vips=(VIP + '/24',), name='V', vrid=51, head='', **more):
    return head + instance(name, *words, vrid=vrid, vips=vips, **{**FAST, **more})


def deny6(head=''):
    return head + instance('V6', 'no_accept', vrid=52, vips=[LINK + '/64', VIP6 + '/64'], **FAST)


def ruleset(r):
    return r.host.run('nft', 'list', 'ruleset')


def elements(r, name='vips', family='ip', table='keepalived'):
    """What is in the set; None when there is no such table."""
    done = subprocess.run(r.host.prefix() + ['nft', '-j', 'list', 'set', family, table, name],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    if done.returncode:
        return None
    found = [o['set'] for o in json.loads(done.stdout)['nftables'] if 'set' in o]
    return {e if isinstance(e, str) else tuple(e['concat']) for e in found[0].get('elem', [])}


def answers(host, address):
    words = ['ping', '-n', '-c1', '-W1', address + ('%eth0' if address.startswith('fe80') else '')]
    return '1 received' in host.run(*words, check=False)


def wait_answer(host, *addresses):
    for address in addresses:
        wait_for('%s answers' % address, lambda: answers(host, address))


@pytest.fixture
def client(lab):
    host = lab.host('client')
    lab.connect(host, '10.0.0.9/24', '2001:db8::9/64', 'fe80::9/64')
    return host


@pytest.fixture
def a(lab, client):
    return Keepalived(lab, 'a', '10.0.0.1/24', '2001:db8::1/64', 'fe80::1/64')


def test_no_accept(a, client):
    a.configure(conf('no_accept'))
    a.start_up()
    a.wait_holds(VIP)
    wait_answer(client, '10.0.0.1')
    assert not answers(client, VIP)
    # ARP is answered, and what comes from the address is dropped too.
    wait_for('neighbour', lambda: a.host.mac() in client.run('ip', 'neigh', 'show', VIP))
    assert not re.search('1 received', a.host.run('ping', '-c1', '-W1', '-I', VIP, '10.0.0.9', check=False))
    assert elements(a) == {VIP} and elements(a, family='ip6') is None
    assert a.process.lines('no firewall configured - using nftables')
    assert not a.process.lines('not supported|no effect')
    assert a.stop() == 0
    assert ruleset(a) == ''


def test_accept(a, client):
    """Nobody who needs no firewall gets one."""
    a.configure(conf())
    a.start_up()
    a.wait_holds(VIP)
    wait_answer(client, VIP)
    assert ruleset(a) == '' and not a.process.lines('nftables')


@pytest.mark.parametrize('words,denied', [
    (['strict_mode'], True),
    (['strict_mode', 'accept'], False),
    (['no_accept', 'accept'], False),
], ids=['strict', 'strict-accept', 'accept-last'])
def test_strict(a, client, words, denied):
    a.configure(conf(*words, advert_int=1))
    a.start_up()
    a.wait_holds(VIP)
    wait_for('denied' if denied else 'an answer', lambda: answers(client, VIP) != denied)
    assert bool(elements(a)) == denied


def test_strict_owner(a, client):
    a.host.run('ip', 'addr', 'add', VIP + '/24', 'dev', 'eth0')
    a.configure(conf('strict_mode', priority=255, state='MASTER', advert_int=1))
    a.start_up()
    a.wait_state('MASTER')
    wait_answer(client, VIP)
    assert ruleset(a) == ''


def test_ipv6(a, client):
    """Neighbour discovery works, nothing else does; link-local addresses go by interface."""
    a.configure(deny6())
    a.start_up()
    a.wait_holds(VIP6)
    a.wait_holds(LINK)
    for address in (VIP6, LINK):
        client.run('ip', 'neigh', 'flush', 'dev', 'eth0')
        assert not answers(client, address)
        wait_for('neighbour', lambda: a.host.mac() in client.run('ip', '-6', 'neigh', 'show', address))
    wait_answer(client, '2001:db8::1', 'fe80::1')
    assert elements(a, family='ip6') == {VIP6}
    assert elements(a, 'vips_link_local', 'ip6') == {(LINK, 'eth0')}
    assert elements(a) is None
    assert a.stop() == 0
    assert ruleset(a) == ''


@pytest.mark.parametrize('more', ['', 'nftables_ifindex'], ids=['names', 'numbers'])
def test_options_and_a_new_interface(lab, client, more):
    a = Keepalived(lab, 'a', 'fe80::1/64')
    a.configure(deny6(block('global_defs', 'nftables mytable', 'nftables_priority 5', 'nftables_counters', more)))
    a.start_up()
    a.wait_holds(LINK)
    assert not answers(client, LINK)
    wait_for('it is counted', lambda: re.search(r'counter packets [1-9]\d* bytes \d+ drop', ruleset(a)))
    rules = ruleset(a)
    assert 'table ip6 mytable' in rules and 'priority filter + 5' in rules
    assert ('ipv6_addr . iface_index' in rules) == bool(more)
    assert not a.process.lines('no firewall configured')
    # The interface returns under another number.
    a.host.run('ip', 'link', 'del', 'eth0')
    a.process.wait_line('Entering FAULT STATE')
    lab.connect(a.host, 'fe80::1/64')
    a.wait_holds(LINK)
    assert not answers(client, LINK)
    wait_answer(client, 'fe80::1')
    assert a.stop() == 0
    assert ruleset(a) == ''


def test_never_accepted(a, client):
    """Not even one packet, while the address comes and goes."""
    answered = []
    end = threading.Event()

    def ask():
        while not end.is_set():
            if ' bytes from ' in client.run('ping', '-n', '-c5', '-i0.02', '-W0.1', VIP, check=False):
                answered.append(1)

    asker = threading.Thread(target=ask)
    asker.start()
    try:
        for _ in range(3):
            a.configure(conf('no_accept'))
            a.start_up()
            a.wait_holds(VIP)
            a.reload(conf('no_accept', vips=[VIP2 + '/24']))
            a.wait_lacks(VIP)
            a.reload(conf('no_accept', vips=[VIP2 + '/24', VIP + '/24']))
            a.wait_holds(VIP)
            assert a.stop() == 0
    finally:
        end.set()
        asker.join()
    assert not answered


def test_reload(a, client):
    """What changes is changed alone: no address moves, no counter starts again, no state changes."""
    head = block('global_defs', 'nftables', 'nftables_counters')
    a.configure(conf('no_accept', head=head) + conf(name='B', vrid=52, vips=[VIP2 + '/24']))
    a.start_up()
    a.wait_holds(VIP)
    a.wait_holds(VIP2)
    assert not answers(client, VIP)
    wait_answer(client, VIP2)
    watch = AddressWatch(a.host)
    counted = re.findall(r'counter packets [1-9]\d*', ruleset(a))
    assert counted
    mark = a.reload(conf('no_accept', head=head) + conf('no_accept', name='B', vrid=52, vips=[VIP2 + '/24']))
    wait_for('both denied', lambda: elements(a) == {VIP, VIP2})
    assert not answers(client, VIP2)
    assert all(c in ruleset(a) or int(c.split()[-1]) for c in counted)
    a.reload(conf(head=head) + conf('no_accept', name='B', vrid=52, vips=[VIP2 + '/24']))
    wait_for('one denied', lambda: elements(a) == {VIP2})
    wait_answer(client, VIP)
    assert not answers(client, VIP2)
    a.reload(conf(head=head) + conf(name='B', vrid=52, vips=[VIP2 + '/24']))
    wait_for('nothing denied', lambda: ruleset(a) == '')
    wait_answer(client, VIP, VIP2)
    assert 'STATE' not in a.process.text_since(mark)
    assert not watch.touched(VIP) and not watch.touched(VIP2)


def test_child_dies(a, client):
    """The table outlives it, and its successor takes it over."""
    a.configure(conf('no_accept'))
    a.start_up()
    a.wait_holds(VIP)
    mark = a.process.mark()
    os.kill(a.vrrp_pid(), signal.SIGKILL)
    assert elements(a) == {VIP}
    a.process.wait_line('Entering MASTER STATE', 10, mark)
    assert a.holds(VIP) and not answers(client, VIP)
    assert elements(a) == {VIP}
    a.reload(conf('no_accept', vips=[VIP2 + '/24']))
    wait_for('the other one', lambda: elements(a) == {VIP2})
    assert a.stop() == 0
    assert ruleset(a) == ''


def test_left_over_table(a, client):
    """What a killed daemon left is replaced; tables of others stay."""
    a.configure(conf('no_accept'))
    a.start_up()
    a.wait_holds(VIP)
    a.die()
    assert elements(a) == {VIP}
    a.host.run('nft', 'add table ip other; add set ip other vips { type ipv4_addr; }')
    a.configure(conf('no_accept', vips=[VIP2 + '/24']))
    a.start_up()
    wait_for('replaced', lambda: elements(a) == {VIP2})
    assert elements(a, table='other') == set()
    assert a.stop() == 0
    assert elements(a) is None and elements(a, table='other') == set()


def test_flushed_by_somebody(a, client):
    """A change after `nft flush ruleset` builds the table anew, and so does time."""
    a.configure(conf('no_accept'))
    a.start_up()
    a.wait_holds(VIP)
    a.host.run('nft', 'flush', 'ruleset')
    a.reload(conf('no_accept', vips=[VIP + '/24', VIP2 + '/24']))
    wait_for('back', lambda: elements(a) == {VIP, VIP2})
    a.host.run('nft', 'flush', 'ruleset')
    wait_for('back again', lambda: elements(a) == {VIP, VIP2}, 20)
    a.process.wait_lines('were gone - made again', 1)
    a.host.run('nft', 'flush', 'ruleset')
    assert a.stop() == 0
    assert not a.process.lines('Cannot use the firewall')


def test_refused(a, client):
    """An impossible table: said once, with what it means, and the service goes on."""
    a.configure(conf('no_accept', head=block('global_defs', 'nftables "a b"')))
    a.start_up()
    a.wait_holds(VIP)
    wait_answer(client, VIP)
    a.reload()
    a.process.wait_lines('Cannot use the firewall: .*are accepted', 1)


def test_left_behind_on_purpose(a, client):
    """-V leaves the addresses, and so what protects them."""
    a.configure(conf('no_accept'))
    a.start_up('-V')
    a.wait_holds(VIP)
    assert a.stop() == 0
    assert a.holds(VIP) and elements(a) == {VIP}


@pytest.fixture
def legacy(lab, a):
    """The daemon where iptables is the kind that works on the kernel's old tables."""
    for program in ('iptables-legacy', 'ip6tables-legacy'):
        for chain, parent in (('ka_in', 'INPUT'), ('ka_out', 'OUTPUT')):
            a.host.run(program, '-N', chain)
            a.host.run(program, '-A', parent, '-j', chain)
    links = os.path.join(lab.dir, 'alternatives')
    os.mkdir(links)
    os.symlink('/usr/sbin/iptables-legacy', links + '/iptables')
    a.binary = a.host.file('legacy', '#!/bin/sh\nmount --bind %s /etc/alternatives && exec %s "$@"\n'
                           % (links, Keepalived.binary), 0o755)
    return a


def old_rules(r):
    """What is in our chains, and the sets: {name: elements}."""
    rules = [line for program in ('iptables-legacy-save', 'ip6tables-legacy-save')
             for line in r.host.run(program).splitlines() if re.match('-A ka_', line)]
    sets = {}
    for line in r.host.run('ipset', 'save').splitlines():
        words = line.split()
        if words[0] == 'create':
            sets[words[1]] = set()
        else:
            sets[words[1]].add(words[2])
    return rules, sets


def both(*words):
    return block('global_defs', 'vrrp_iptables ka_in ka_out', *words)


def start_denying(a, client, *words):
    """Addresses of all kinds, and none of them answers."""
    a.configure(conf('no_accept', head=both(*words)) + deny6())
    a.start_up()
    for address in (VIP, VIP6, LINK):
        a.wait_holds(address)
        assert not answers(client, address)
    wait_for('all rules', lambda: len(old_rules(a)[0]) == 2 + 12)


def test_iptables_with_sets(legacy, client):
    a = legacy
    start_denying(a, client, 'vrrp_ipsets kaset')
    rules, sets = old_rules(a)
    assert sets == {'kaset': {VIP}, 'kaset6': {VIP6}, 'kaset_if6': {LINK + ',eth0'}}
    assert rules[:2] == ['-A ka_in -m set --match-set kaset dst -j DROP',
                         '-A ka_out -m set --match-set kaset src -j DROP']
    assert '-A ka_in -p ipv6-icmp -m set --match-set kaset_if6 dst,src -m icmp6 --icmpv6-type 135 -j ACCEPT' in rules
    wait_for('neighbour', lambda: a.host.mac() in client.run('ip', '-6', 'neigh', 'show', VIP6))
    # A reload changes an element; a successor takes over.
    a.reload(conf('no_accept', head=both('vrrp_ipsets kaset'), vips=[VIP + '/24', VIP2 + '/24']))
    wait_for('changed', lambda: old_rules(a) == (rules[:2], {'kaset': {VIP, VIP2}}))
    mark = a.process.mark()
    os.kill(a.vrrp_pid(), signal.SIGKILL)
    a.process.wait_line('Entering MASTER STATE', 10, mark)
    wait_for('the same', lambda: old_rules(a) == (rules[:2], {'kaset': {VIP, VIP2}}))
    assert a.stop() == 0
    assert old_rules(a) == ([], {})
    assert not a.process.lines('nftables|Cannot|not supported')


def test_iptables_without_sets(legacy, client):
    a = legacy
    start_denying(a, client, 'vrrp_ipsets')
    rules, sets = old_rules(a)
    assert not sets
    assert '-A ka_in -d %s/32 -j DROP' % VIP in rules
    assert '-A ka_out -s %s/128 -o eth0 -j DROP' % LINK in rules
    a.host.run('iptables-legacy', '-F', 'ka_in')
    wait_for('made again', lambda: old_rules(a) == (rules, {}), 20)
    a.reload(conf(head=both('vrrp_ipsets')) + deny6())
    wait_for('one gone', lambda: len(old_rules(a)[0]) == 12)
    wait_answer(client, VIP)
    assert not answers(client, VIP6)
    assert a.stop() == 0
    assert old_rules(a) == ([], {})


def test_iptables_without_chain(legacy, client):
    a = legacy
    a.configure(conf('no_accept', head=block('global_defs', 'vrrp_iptables absent ka_out')))
    a.start_up()
    a.wait_holds(VIP)
    a.process.wait_line('Cannot use the firewall: iptables, absent: .*are accepted')


def test_iptables_is_nftables(a, client):
    """Where iptables is a front end to nftables, that does it."""
    a.configure(conf('no_accept', head=both()))
    a.start_up()
    a.wait_holds(VIP)
    assert not answers(client, VIP)
    assert elements(a) == {VIP}
    a.process.wait_line('using nftables')


def test_adverts_do_not_wait(a, client):
    """255 addresses come and go in a table beside big ones, and no advert is late."""
    big = 'add table ip big\nadd set ip big s { type ipv4_addr; }\n' + ''.join(
        'add element ip big s { %s }\n' % ', '.join('11.%d.%d.%d' % (k, i // 250, i % 250) for i in range(5000))
        for k in range(4)) + ''.join('add chain ip big c%d\n' % i for i in range(1000))
    a.host.run('nft', '-f', a.host.file('big.nft', big))
    one = conf('no_accept', advert_int=0.2)
    many = one + conf('no_accept', name='B', vrid=52, vips=['10.1.0.%d/24' % i for i in range(1, 256)])
    a.configure(one)
    a.start_up()
    a.wait_holds(VIP)
    begin = time.time()
    for _ in range(3):
        a.reload(many)
        a.wait_holds('10.1.0.255')
        a.reload(one)
        wait_for('gone', lambda: elements(a) == {VIP})
    assert a.steady(0.2, begin, 51)
