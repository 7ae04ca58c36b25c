# SPDX-License-Identifier: GPL-2.0-or-later
dist_man_MANS = doc/man/keepalived.8 doc/man/keepalived.conf.5 doc/man/genhash.1

confdir = $(sysconfdir)/keepalived
dist_conf_DATA = doc/keepalived.conf.sample

examplesdir = $(docdir)/examples
dist_examples_DATA = \
	doc/examples/failover.conf \
	doc/examples/gateway.conf \
	doc/examples/lvs-dr.conf \
	doc/examples/lvs-nat.conf \
	doc/examples/many.conf \
	doc/examples/unicast.conf

if INSTALL_UNIT
systemdsystemunit_DATA = doc/keepalived.service
endif

# The keyword part of keepalived.conf(5) comes from the keyword tables: `make manual` writes it,
# test/manual notices when somebody should.
check_PROGRAMS += doc/keywords
EXTRA_DIST += doc/update-manual

manual: doc/keywords$(EXEEXT)
	$(srcdir)/doc/update-manual $(srcdir)/doc/man/keepalived.conf.5 doc/keywords$(EXEEXT) >page.tmp
	cp page.tmp $(srcdir)/doc/man/keepalived.conf.5 && rm -f page.tmp
.PHONY: manual

EXTRA_DIST += doc/architecture.md doc/compatibility.md doc/performance.md doc/keepalived.service.in

CLEANFILES += doc/keepalived.service

# Made here, not by configure, because the directories are only known to make.
doc/keepalived.service: doc/keepalived.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) doc && $(SED) -e 's|@sbindir[@]|$(sbindir)|g' \
		-e 's|@runstatedir[@]|$(runstatedir)|g' $(srcdir)/doc/keepalived.service.in > $@
