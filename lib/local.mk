# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LIBRARIES += lib/libbase.a

lib_libbase_a_SOURCES = \
	lib/addr.c \
	lib/addr.h \
	lib/arena.c \
	lib/arena.h \
	lib/base.c \
	lib/base.h \
	lib/clock.c \
	lib/clock.h \
	lib/diag.c \
	lib/diag.h \
	lib/diag_blocks.c \
	lib/diag_blocks.h \
	lib/diag_json.c \
	lib/diag_show.c \
	lib/diag_where.c \
	lib/diag_where.h \
	lib/dial.c \
	lib/dial.h \
	lib/facts.c \
	lib/facts.h \
	lib/fds.c \
	lib/fds.h \
	lib/fetch.c \
	lib/fetch.h \
	lib/hash.c \
	lib/hash.h \
	lib/heap.c \
	lib/heap.h \
	lib/hmap.c \
	lib/hmap.h \
	lib/http.c \
	lib/http.h \
	lib/job.c \
	lib/job.h \
	lib/json.c \
	lib/json.h \
	lib/lex.c \
	lib/lex.h \
	lib/library.c \
	lib/library.h \
	lib/list.h \
	lib/log.c \
	lib/log.h \
	lib/loop.c \
	lib/loop.h \
	lib/loop_child.c \
	lib/loop_child.h \
	lib/msg.c \
	lib/msg.h \
	lib/owners.c \
	lib/owners.h \
	lib/pack.c \
	lib/pack.h \
	lib/priv.c \
	lib/priv.h \
	lib/priv_exec.h \
	lib/ring.c \
	lib/ring.h \
	lib/schema.c \
	lib/schema.h \
	lib/schema_braces.c \
	lib/schema_diff.c \
	lib/schema_entries.c \
	lib/schema_json.c \
	lib/schema_names.c \
	lib/schema_names.h \
	lib/schema_parse.c \
	lib/schema_print.c \
	lib/schema_suggest.c \
	lib/schema_unknown.c \
	lib/schema_walk.h \
	lib/schema_words.c \
	lib/source.c \
	lib/source.h \
	lib/source_define.c \
	lib/source_include.c \
	lib/source_line.c \
	lib/source_loop.c \
	lib/source_use.c \
	lib/str.c \
	lib/str.h \
	lib/text.c \
	lib/text.h \
	lib/tls.c \
	lib/tls.h \
	lib/types.c \
	lib/types.h \
	lib/utf8.c \
	lib/utf8.h \
	lib/visible.c \
	lib/visible.h

if WITH_SECCOMP
lib_libbase_a_SOURCES += lib/priv_seccomp.c
else
lib_libbase_a_SOURCES += lib/priv_noseccomp.c
endif
EXTRA_DIST += lib/priv_seccomp.c lib/priv_noseccomp.c
