#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Runs test/uml/daemon: the daemon with the kernel's IPVS, in one user-mode Linux, several tests at a
# time. KEEPALIVED and GENHASH are the programs to test; the directories above them must be open to
# all, since the daemon drops its rights. JUNIT=PATH writes the results as junit xml.
#
# usage: daemon.sh [ARGUMENT OF PYTEST...]
set -u
here=$(dirname "$(readlink -f "$0")")
top=$(dirname "$(dirname "$here")")
export KEEPALIVED=${KEEPALIVED:-$top/keepalived/keepalived} GENHASH=${GENHASH:-$top/genhash/genhash}
export PYTHONDONTWRITEBYTECODE=1
junit=${JUNIT:-}
[ $# -gt 0 ] || set -- -n 6

# All modules are there before the first test: the kernel has a deadlock between the loading of one
# by IPVS and the end of a network namespace (pernet_ops_rwsem against __ip_vs_mutex).
modules="ipv6 dummy veth nlmon ip_vs ip_vs_pe_sip"
for scheduler in dh fo lblc lblcr lc mh nq ovf rr sed sh wlc wrr; do
	modules+=" ip_vs_$scheduler"
done

exec "$here/run-in-uml" -m 1024 -t 1800 \
	-k "$modules" \
	/usr/bin/python3 -m pytest -q -ra --color=no --tb=short -p no:cacheprovider --rootdir "$here/daemon" \
	${junit:+--junitxml="$junit"} "$@" "$here/daemon"
