# SPDX-License-Identifier: GPL-2.0-or-later
# Everything but main() is in a library, so that tests can link it.
noinst_LIBRARIES += keepalived/libkeepalived.a
sbin_PROGRAMS += keepalived/keepalived

keepalived_libkeepalived_a_SOURCES = @KA@

if WITH_MAIL
keepalived_libkeepalived_a_SOURCES += keepalived/core/mail_curl.c
else
keepalived_libkeepalived_a_SOURCES += keepalived/core/mail_none.c
endif
if WITH_SYSTEMD
keepalived_libkeepalived_a_SOURCES += keepalived/core/sdnotify_systemd.c
else
keepalived_libkeepalived_a_SOURCES += keepalived/core/sdnotify_none.c
endif
if WITH_KMOD
keepalived_libkeepalived_a_SOURCES += keepalived/kern/module_kmod.c
else
keepalived_libkeepalived_a_SOURCES += keepalived/kern/module_none.c
endif
EXTRA_DIST += \
	keepalived/core/mail_curl.c keepalived/core/mail_none.c \
	keepalived/core/sdnotify_systemd.c keepalived/core/sdnotify_none.c \
	keepalived/kern/module_kmod.c keepalived/kern/module_none.c

keepalived_keepalived_SOURCES = keepalived/main.c genhash/genhash.c genhash/genhash.h
keepalived_keepalived_LDADD = keepalived/libkeepalived.a lib/libbase.a $(DAEMON_LIBS) $(BASE_LIBS)
