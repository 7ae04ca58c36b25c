# SPDX-License-Identifier: GPL-2.0-or-later
# What `make check` runs: all that needs no root and no network. test/run runs the rest: test/net,
# test/uml, test/interop, test/fuzz, test/demo.

# For the programs below, which say nothing else.
LDADD = keepalived/libkeepalived.a lib/libbase.a $(DAEMON_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)

AM_TESTS_ENVIRONMENT = \
	KEEPALIVED='$(abs_top_builddir)/keepalived/keepalived'; export KEEPALIVED; \
	GENHASH='$(abs_top_builddir)/genhash/genhash'; export GENHASH; \
	KEYWORDS='$(abs_top_builddir)/doc/keywords'; export KEYWORDS;

dist_check_SCRIPTS = test/cli/run test/conf/run test/layers test/manual test/sample
TESTS += $(dist_check_SCRIPTS)

# ---- unit: a program per module ------------------------------------------------------------------
UNIT_TESTS = \
	test/unit/test_addr \
	test/unit/test_announce \
	test/unit/test_arena \
	test/unit/test_auth \
	test/unit/test_checker \
	test/unit/test_conf \
	test/unit/test_conf_routes \
	test/unit/test_conf_lvs \
	test/unit/test_conf_vrrp \
	test/unit/test_deny \
	test/unit/test_diag \
	test/unit/test_fds \
	test/unit/test_fsm \
	test/unit/test_fw \
	test/unit/test_generation \
	test/unit/test_group \
	test/unit/test_guard \
	test/unit/test_hash \
	test/unit/test_heap \
	test/unit/test_hmap \
	test/unit/test_http \
	test/unit/test_ipvs \
	test/unit/test_job \
	test/unit/test_json \
	test/unit/test_lex \
	test/unit/test_list \
	test/unit/test_load_pack \
	test/unit/test_load_scripts \
	test/unit/test_log \
	test/unit/test_loop \
	test/unit/test_mail \
	test/unit/test_msg \
	test/unit/test_options \
	test/unit/test_owners \
	test/unit/test_pack \
	test/unit/test_pidfile \
	test/unit/test_pkt \
	test/unit/test_prio \
	test/unit/test_print \
	test/unit/test_priv \
	test/unit/test_process \
	test/unit/test_ring \
	test/unit/test_rtnl \
	test/unit/test_run_table \
	test/unit/test_schema \
	test/unit/test_script \
	test/unit/test_source \
	test/unit/test_status \
	test/unit/test_str \
	test/unit/test_table \
	test/unit/test_text \
	test/unit/test_verdict \
	test/unit/test_vrrp_run \
	test/unit/test_wire

# Those that need a fake beside their own file.
FAKE_CHILD = test/unit/fake_child.c test/unit/fake_child.h
FAKE_FW = test/unit/fake_fw.c test/unit/fake_fw.h
FAKE_IPVS = test/unit/fake_ipvs.c test/unit/fake_ipvs.h
FAKE_LOG = test/unit/fake_log.c test/unit/fake_log.h
FAKE_PKT = test/unit/fake_pkt.c test/unit/fake_pkt.h
FAKE_RTNL = test/unit/fake_rtnl.c test/unit/fake_rtnl.h
FAKE_SYSCTL = test/unit/fake_sysctl.c test/unit/fake_sysctl.h

# What vrrp_fixture.h needs.
VRRP_WORLD = \
	$(FAKE_CHILD) $(FAKE_FW) $(FAKE_LOG) $(FAKE_PKT) $(FAKE_RTNL) $(FAKE_SYSCTL)

test_unit_test_checker_SOURCES = \
	test/unit/test_checker.c $(FAKE_CHILD) $(FAKE_IPVS) $(FAKE_LOG)
test_unit_test_generation_SOURCES = test/unit/test_generation.c $(FAKE_LOG)
test_unit_test_guard_SOURCES = test/unit/test_guard.c $(VRRP_WORLD)
test_unit_test_mail_SOURCES = test/unit/test_mail.c $(FAKE_LOG)
test_unit_test_pkt_SOURCES = test/unit/test_pkt.c $(FAKE_PKT)
test_unit_test_process_SOURCES = test/unit/test_process.c $(FAKE_LOG)
test_unit_test_rtnl_SOURCES = test/unit/test_rtnl.c $(FAKE_RTNL)
test_unit_test_script_SOURCES = test/unit/test_script.c $(FAKE_LOG)
test_unit_test_table_SOURCES = test/unit/test_table.c $(FAKE_IPVS)
test_unit_test_vrrp_run_SOURCES = test/unit/test_vrrp_run.c $(VRRP_WORLD)

if HAVE_CMOCKA
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)
else
EXTRA_PROGRAMS += $(UNIT_TESTS)

check-local:
	@echo 'The unit tests need cmocka. Install libcmocka-dev (Debian, Ubuntu) or' \
		'libcmocka-devel (Fedora, RHEL) and run configure again.' >&2; exit 1
endif

# ---- model: the product's state machine in worlds of several routers -----------------------------
check_PROGRAMS += test/model/model
test_model_model_SOURCES = test/model/model.c test/model/world.c test/model/world.h
TESTS += test/model/model

# ---- random: configurations made from the keyword tables ------------------------------------------
check_PROGRAMS += test/random/test_random
test_random_test_random_SOURCES = \
	test/random/generate.c test/random/generate.h test/random/samples.h test/random/test_random.c
TESTS += test/random/test_random

# ---- net and uml: programs that test/run starts as root ------------------------------------------
check_PROGRAMS += test/net/checkd test/net/kern_test test/uml/ipvs_test
test_net_checkd_SOURCES = test/net/checkd.c $(FAKE_CHILD) $(FAKE_IPVS)

# ---- fuzz ----------------------------------------------------------------------------------------
FUZZ_TARGETS = \
	test/fuzz/fuzz_conf \
	test/fuzz/fuzz_http \
	test/fuzz/fuzz_source \
	test/fuzz/fuzz_vrrp

if FUZZERS
noinst_PROGRAMS += $(FUZZ_TARGETS)
else
EXTRA_PROGRAMS += $(FUZZ_TARGETS)
endif

test_fuzz_fuzz_conf_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
test_fuzz_fuzz_http_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
test_fuzz_fuzz_source_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
test_fuzz_fuzz_vrrp_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer

# ---- a release has the whole folder, less what was made in it ------------------------------------
EXTRA_DIST += .ci/run .clang-format test

dist-hook:
	cd '$(distdir)' && rm -f $(check_PROGRAMS) $(noinst_PROGRAMS) $(EXTRA_PROGRAMS)
	find '$(distdir)/test' '(' -name '*.o' -o -name '*.trs' -o -name '*.log' -o -name .deps \
		-o -name .dirstamp -o -name __pycache__ ')' -prune -exec rm -rf {} +
