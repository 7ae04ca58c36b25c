# SPDX-License-Identifier: GPL-2.0-or-later
"""The checker child under valgrind, with everything that it can be made to do in a minute."""
import director as director_module
from director import SERVICE, VIP, at, block, check, config, http, misc, real, service, tcp, url
from memcheck import SLOW, Memcheck

import pytest


@pytest.fixture
def memcheck(lab, monkeypatch):
    m = Memcheck(lab.dir)
    monkeypatch.setattr(director_module, 'OURS', m.program)
    return m


def test_life(director, memcheck):
    """Start, checks of each kind that succeed and fail, reloads with changes, stop."""
    a, b, c = (director.server() for _ in range(3))
    fine, bad = director.script('fine', 'exit 0'), director.script('bad', 'exit 1')
    sink = director.mail_sink()

    def text(*some, delay=0.4):
        return config(
            service(VIP + ' 80', 'sorry_server 127.0.0.9 9', 'quorum 1',
                    'quorum_down "%s down"' % director.note, 'ha_suspend' if delay > 0.4 else None,
                    *(real('127.0.0.1', s.port, one) for s, one in some), delay=delay),
            service('fwmark 7', real('127.0.0.1', a.port, tcp())),
            words=['smtp_server 127.0.0.1 %d' % sink.port, 'smtp_alert',
                   block('notification_email', 'a@b.invalid')])

    director.start(text((a, tcp()), (b, http(url('/', 'status_code 200'))), (c, misc(fine))), up=False)
    director.log('Startup complete', SLOW)
    director.wait_pool({at(a): 1, at(b): 1, at(c): 1}, seconds=SLOW)
    director.reload(text((a, tcp()), (b, http(url('/', 'digest ' + 32 * '0'))), (c, misc(bad)), delay=0.5),
                    SLOW)
    director.wait_pool({at(a): 1}, seconds=SLOW)
    a.close()
    director.wait_pool({'127.0.0.9:9': 1}, seconds=SLOW)
    director.reload(config(service(VIP + ' 81', real('127.0.0.1', b.port, check('SSL_GET', url('/')))),
                           service(VIP + ' 80', real('127.0.0.1', c.port))), SLOW)
    director.wait_pool({at(c): 1}, SERVICE, SLOW)
    director.wait_noted('down', seconds=SLOW)
    assert director.process.stop(seconds=SLOW) == 0
    assert not director.logged(r'pid \d+ exited|died')
    memcheck.assert_clean(processes=5)  # parent, child, three loaders; helpers for mail
