# SPDX-License-Identifier: GPL-2.0-or-later
"""Random configurations from the keyword tables follow each other in one running daemon."""
import os
import re
import subprocess

import pytest

from router import TOP, Keepalived

RANDOM = os.path.join(os.environ.get('BUILD', TOP), 'test', 'random', 'test_random')
# These name the daemon itself and cannot change while it runs.
FIXED = re.compile(r'^\s*(instance|net_namespace|net_namespace_ipvs|use_pid_dir|child_wait_time|nftables|'
                   r'nftables_ipvs|tmp_config_directory|disable_local_igmp)\b')
# This machine's resources are not to be claimed by chance, nor scripts run before the start.
LEFT_OUT = re.compile(r'^\s+(\w+_no_swap|\w+_rt_priority|startup_script|shutdown_script|'
                      r'vrrp_startup_delay|vrrp_delay_after_boot|umask)\b')


# So that there is always something to run.
ALWAYS = """vrrp_instance ALWAYS {
	interface eth0
	virtual_router_id 255
	virtual_ipaddress {
		10.9.9.9/24
	}
}
"""


def random_conf(seed):
    text = subprocess.run([RANDOM, '--print', str(seed)], stdout=subprocess.PIPE, check=True, text=True).stdout
    return ALWAYS + ''.join(l for l in text.splitlines(True) if not FIXED.match(l) and not LEFT_OUT.match(l))


@pytest.mark.parametrize('first', [1, 101, 201])
def test_each_follows_each(lab, first):
    """No reload is refused, no process dies, and in the end everything is given back."""
    a = Keepalived(lab, 'a', '10.0.0.1/24', conf=random_conf(first))
    a.start_up('-P')
    child = a.vrrp_pid()
    for seed in range(first + 1, first + 12):
        a.reload(random_conf(seed), 30)
        assert a.vrrp_pid() == child
    assert a.stop() == 0
    left = a.host.run('ip', '-o', 'addr', 'show', 'dev', 'eth0')
    assert [l for l in left.splitlines() if ' inet ' in l and ' 10.0.0.1/24 ' not in l] == []
