# SPDX-License-Identifier: GPL-2.0-or-later
bin_PROGRAMS += genhash/genhash

genhash_genhash_SOURCES = genhash/main.c genhash/genhash.c genhash/genhash.h
genhash_genhash_LDADD = lib/libbase.a $(BASE_LIBS)
