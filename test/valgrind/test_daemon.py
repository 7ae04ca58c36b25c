# SPDX-License-Identifier: GPL-2.0-or-later
"""The daemon under valgrind: parent, loader, script broker, VRRP child and mail helper. The checker
child, which needs IPVS, has its turn in test/uml."""
import os

import pytest

from lab import wait_for
from memcheck import SLOW, Memcheck
from router import Keepalived, block, instance

VIP, VIP2, VIP3 = '10.0.0.100', '10.0.0.101', '10.0.0.102'


class Checked(Keepalived):
    def __init__(self, lab, conf):
        self.memcheck = Memcheck(lab.dir)
        super().__init__(lab, 'a', '10.0.0.1/24', conf=conf, binary=self.memcheck.program)

    def finish(self, processes):
        assert self.stop(SLOW) == 0
        self.memcheck.assert_clean(processes)
        assert not self.process.lines(r'pid \d+ exited|died')


@pytest.fixture
def world(lab):
    """Files that a tracked script and the notifications use."""
    lab.flag, lab.notices = lab.dir + '/flag', lab.dir + '/notices'
    open(lab.flag, 'w').close()
    lab.told = lab.dir + '/told'
    with open(lab.told, 'w') as f:
        f.write('#!/bin/sh\necho "$@" >>%s\n' % lab.notices)
    os.chmod(lab.told, 0o755)
    return lab


def conf(lab, *vips, priority=100, more=''):
    return ''.join([
        block('global_defs', 'script_user root', 'enable_script_security', 'router_id v',
              block('notification_email', 'a@b.invalid'), 'smtp_server 127.0.0.1'),
        block('vrrp_script there', 'script "/usr/bin/test -e %s"' % lab.flag, 'interval 1', 'fall 1',
              'rise 1', 'weight 0'),
        block('vrrp_sync_group G', block('group', 'V', 'W'), 'notify ' + lab.told),
        instance('V', block('track_script', 'there'), 'smtp_alert', vips=[v + '/24' for v in vips],
                 priority=priority, version=3, notify=lab.told),
        instance('W', vrid=52, vips=['fe80::100/64', '2001:db8::100/64'], priority=priority, version=3),
        more])


def test_life(world):
    """Start, take-over from another router, reloads with changes, a script that fails, stop."""
    peer = Keepalived(world, 'b', '10.0.0.2/24',
                      conf=instance(priority=200, version=3, vips=[VIP + '/24']))
    peer.start_up(seconds=SLOW)
    peer.wait_holds(VIP, SLOW)
    a = Checked(world, conf(world, VIP))
    a.start_up(seconds=SLOW)
    a.wait_state('BACKUP', seconds=SLOW)
    peer.die()
    a.wait_holds(VIP, SLOW)

    a.reload(conf(world, VIP2, priority=150, more=instance('X', vrid=53, vips=[VIP3 + '/24'])), SLOW)
    a.wait_holds(VIP2, SLOW)
    a.wait_lacks(VIP, SLOW)
    a.wait_holds(VIP3, SLOW)
    os.unlink(world.flag)
    a.wait_lacks(VIP2, SLOW)
    open(world.flag, 'w').close()
    a.wait_holds(VIP2, SLOW)
    a.reload(conf(world, VIP, VIP2), SLOW)
    a.wait_holds(VIP, SLOW)
    a.wait_lacks(VIP3, SLOW)
    a.process.wait_line('could not be sent', SLOW)
    wait_for('notifications', lambda: os.path.exists(world.notices), SLOW)
    a.finish(processes=6)  # parent, child, three loaders, a mail helper


def test_mistakes(lab):
    """What can be used is used; a reload with other mistakes is refused."""
    a = Checked(lab, 'vrrp_instance {\n nonsense 1\n}\nnonsense\n' + instance())
    a.start_up(seconds=SLOW)
    mark = a.hup('vrrp_instance V {\n virtual_router_id 999\n}\nvirtual_server 192.0.2.1 {\n')
    a.process.wait_line('[Rr]eload.*(refused|fail|not)', SLOW, mark)
    a.finish(processes=4)


def test_no_configuration(lab):
    a = Checked(lab, '')
    os.unlink(a.path)
    a.start()
    wait_for('its end', lambda: not a.process.alive(), SLOW)
    a.memcheck.assert_clean(processes=2)
