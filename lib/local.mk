# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LIBRARIES += lib/libbase.a

lib_libbase_a_SOURCES = @LIBS@

if WITH_SECCOMP
lib_libbase_a_SOURCES += lib/priv_seccomp.c
else
lib_libbase_a_SOURCES += lib/priv_noseccomp.c
endif
EXTRA_DIST += lib/priv_seccomp.c lib/priv_noseccomp.c
