# SPDX-License-Identifier: GPL-2.0-or-later
"""A configuration with every line broken, one after the other, in several ways.

`-t` must never crash and never hang; what it refuses it must place on the broken line (or, for a
brace, say where the block began or where it noticed); and a daemon must refuse to reload it.
"""
import re
import subprocess

import pytest

from router import OURS

# In the manner of what people publish: comments, odd spacing, both kinds of services.
SEED = '''\
! Configuration File for keepalived
global_defs {
    notification_email {
        admin@example.com
    }
    notification_email_from keepalived@example.com
    smtp_server 127.0.0.1
    smtp_connect_timeout 30
    router_id LVS_1
    script_user root
    enable_script_security
    vrrp_garp_interval 0
}

vrrp_script chk {
    script "/bin/true"
    interval 2
    weight -20
    fall 3
    rise 2
}

vrrp_sync_group G {
    group {
        V1
        V2
    }
    sync_group_tracking_weight
}

vrrp_instance V1 {
    state MASTER
    interface eth0
    virtual_router_id 51
    priority 150        # the other has 100
    advert_int 1
    authentication {
        auth_type PASS
        auth_pass 1111
    }
    virtual_ipaddress {
        192.168.3.100/24 label lo:1
    }
    track_script {
        chk
    }
}

vrrp_instance V2 {
    interface eth0
    virtual_router_id 52
    nopreempt
    unicast_src_ip 192.168.3.1
    unicast_peer {
        192.168.3.2
    }
    virtual_ipaddress {
        192.168.3.101/24 brd +
    }
}

virtual_server 192.168.3.100 80 {
    delay_loop 6
    lb_algo rr
    lb_kind DR
    persistence_timeout 50
    protocol TCP
    quorum 1
    real_server 192.168.3.11 80 {
        weight 1
        TCP_CHECK {
            connect_timeout 3
            retry 3
            delay_before_retry 3
        }
    }
    real_server 192.168.3.12 80 {
        HTTP_GET {
            url {
                path /
                status_code 200
            }
            connect_timeout 3
        }
    }
}
'''
LINES = SEED.splitlines()
WORTH = [n for n, line in enumerate(LINES) if line.strip() and not line.startswith('!')]


def misspelled(line):
    """The first word with a letter twisted; data (addresses, names) becomes something that is none."""
    m = re.match(r'(\s*)(\S+)(.*)', line)
    word = m[2]
    return m[1] + (word[:1] + 'q!'[:1] + word[2:] if len(word) > 1 else 'q') + m[3]


BREAKS = {
    'misspelled': misspelled,
    'doubled-word': lambda line: line + ' ' + line.strip(),
    'value-gone': lambda line: re.match(r'\s*\S+', line)[0] + (' {' if line.endswith('{') else ''),
    'value-nonsense': lambda line: re.match(r'\s*\S+', line)[0] + ' $%&' + (' {' if line.endswith('{') else ''),
    'value-huge': lambda line: re.match(r'\s*\S+', line)[0] + ' 99999999999999999999' +
    (' {' if line.endswith('{') else ''),
    'negative': lambda line: re.match(r'\s*\S+', line)[0] + ' -1' + (' {' if line.endswith('{') else ''),
    'quote': lambda line: line.replace(' ', ' "', 1) if ' ' in line.strip() else '"' + line,
    'open-brace': lambda line: line + ' {',
    'close-brace': lambda line: line + ' }',
    'gone': lambda line: '',
    'typographic': lambda line: re.match(r'\s*\S+', line)[0] + ' \u201cx\u201d' + (' {' if line.endswith('{') else ''),
    'binary': lambda line: line[:6] + '\x01\x7f\x00\x80'.encode('latin-1').decode('latin-1') + line[6:],
    'long': lambda line: line + ' x' * 3000,
    'crlf': lambda line: line + '\r',
    'dollar': lambda line: line + ' ${',
    'at': lambda line: '@' + line,
    'tilde': lambda line: '~SEQ(x,1,3) ' + line,
    'include': lambda line: 'include ' + line,
}


def check(path, text):
    with open(path, 'w', encoding='utf-8', errors='surrogateescape') as f:
        f.write(text)
    return subprocess.run([OURS, '-t', '-f', str(path)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=60)


def test_the_seed_is_good(tmp_path):
    done = check(tmp_path / 'seed.conf', SEED)
    assert (done.returncode, done.stderr) == (0, b'')


@pytest.mark.parametrize('how', list(BREAKS))
def test_every_line(tmp_path, how):
    """No crash, a known status, and a message whenever the status is not 0."""
    for n in WORTH:
        text = '\n'.join(LINES[:n] + [BREAKS[how](LINES[n])] + LINES[n + 1:]) + '\n'
        done = check(tmp_path / 'x.conf', text)
        where = 'line %d: %r -> %d, %s' % (n + 1, BREAKS[how](LINES[n]), done.returncode,
                                           done.stderr.decode(errors='replace'))
        assert done.returncode in (0, 2, 4, 5, 6), where
        assert done.returncode == 0 or done.stderr, where


@pytest.mark.parametrize('how', ['misspelled', 'value-nonsense', 'value-huge'])
def test_the_right_line_is_named(tmp_path, how):
    """A broken keyword, or a broken value of one that takes a number or an address."""
    free = re.compile(r'router_id|notification_email|smtp_server|script |_script|@|group|V\d|chk|enable_|nopreempt|'
                      r'interface|auth_pass|path|url|HTTP_GET|TCP_CHECK|authentication|virtual_ipaddress|unicast_peer|'
                      r'script_user|vrrp_instance|global_defs|\}$')
    for n in WORTH:
        if LINES[n].strip() == '}' or (how != 'misspelled' and free.search(LINES[n])):
            continue
        if how == 'misspelled' and re.search(r'@|^\s*(V\d|[\d.]+|chk)', LINES[n]):
            continue
        text = '\n'.join(LINES[:n] + [BREAKS[how](LINES[n])] + LINES[n + 1:]) + '\n'
        done = check(tmp_path / 'x.conf', text)
        err = done.stderr.decode(errors='replace')
        assert done.returncode != 0, 'line %d: %r accepted' % (n + 1, BREAKS[how](LINES[n]))
        assert re.search(r'x\.conf:%d:\d+: ' % (n + 1), err), 'line %d: %r: %s' % (n + 1, BREAKS[how](LINES[n]), err)


def test_cut_anywhere(tmp_path):
    """A file that ends too early, at any tenth octet: as after a full disk."""
    for end in range(1, len(SEED), 10):
        done = check(tmp_path / 'x.conf', SEED[:end])
        assert done.returncode in (0, 2, 4, 5, 6), (end, done)


@pytest.mark.parametrize('text', [
    b'', b'\0', b'\0' * 5000, b'{' * 3000, b'}' * 3000, b'vrrp_instance a {' * 500, b'"' * 999, b'\\\n' * 500,
    b'$A=$A\n$A\n', b'$A=${A}${A}\n${A}\n', b'$A=\\\n$A \\\n', b'~SEQ(x,1,100000) y\n', b'~LST(x,\n',
    b'\xef\xbb\xbfglobal_defs {\n}\n', bytes(range(256)) * 20, b'virtual_server_group x {\n10.0.0.1-255 80\n' * 50,
    b'x' * 200000, b'@\n@^\n@^x\n', b'vrrp_instance {\n}\n', b'virtual_server {\n}\n', b'vrrp_script {\n}\n',
], ids=lambda text: '%d-octets' % len(text))
def test_odd_files(tmp_path, text):
    path = tmp_path / 'odd.conf'
    path.write_bytes(text)
    done = subprocess.run([OURS, '-t', '-f', str(path)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=60)
    assert done.returncode in (0, 2, 4, 5, 6), done
    assert done.returncode == 0 or done.stderr


def test_include_of_itself(tmp_path):
    path = tmp_path / 'x.conf'
    path.write_text('include x.conf\n')
    done = subprocess.run([OURS, '-t', '-f', str(path)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=60)
    assert done.returncode in (5, 6) and done.stderr
