#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Runs the program given (built from ipvs_test.c) in a user-mode Linux with IPVS.
# usage: ipvs_test.sh PROGRAM
exec "${0%/*}/run-in-uml" -t 600 -k "ipv6 ip_vs ip_vs_pe_sip" "$@"
