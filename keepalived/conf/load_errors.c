/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The errors of a loaded configuration, and whether it may replace the running one. A start
 * tolerates mistakes, so a reload tolerates those that the running configuration started with, and
 * no others. Errors are known by their words: their places move with every edit.
 */
#include <stdlib.h>
#include <string.h>

#include "keepalived/conf/load_scripts.h"

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static uint64_t hash_words(const char *s)
{
	uint64_t h = 0xcbf29ce484222325u; /* FNV-1a */

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3u;
	return h;
}

void load_note_errors(struct load_result *r, const struct diags *diags)
{
	r->errors = xcalloc(diags_count(diags) + 1, sizeof(*r->errors));
	for (size_t i = 0; i < diags_count(diags); i++) {
		const struct diag *d = diags_at(diags, i);

		/* What depends on the machine may be mended by the next reload. */
		if (d->level != DIAG_ERROR || d->kind == DIAG_MACHINE)
			continue;
		r->errors[r->n_errors++] = hash_words(d->text);
		r->unreadable |= d->kind == DIAG_INCLUDE;
	}
	qsort(r->errors, r->n_errors, sizeof(*r->errors), by_value);
	r->status = diags_status(diags);
}

static bool had_error(const struct load_result *r, uint64_t hash)
{
	return bsearch(&hash, r->errors, r->n_errors, sizeof(hash), by_value) != NULL;
}

bool load_is_new_error(const struct load_result *running, const struct diag *d)
{
	return d->level == DIAG_ERROR && d->kind != DIAG_MACHINE &&
	       !had_error(running, hash_words(d->text));
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

#define CANNOT_CHANGE(what) "Cannot change " what " at a reload - please restart keepalived"

static const char *const cannot_change[LOAD_FIXED] = {
	[FIXED_IPVS_NAMESPACE] = CANNOT_CHANGE("IPVS network namespace"),
	[FIXED_NFTABLES] = CANNOT_CHANGE("nftables table name"),
	[FIXED_NFTABLES_IPVS] = CANNOT_CHANGE("IPVS nftables table name"),
	[FIXED_TMP_DIRECTORY] = CANNOT_CHANGE("config_directory"),
	[FIXED_LOCAL_IGMP] = CANNOT_CHANGE("disable_local_igmp"),
};

const char *load_obstacle(const struct load_result *running, const struct load_result *next)
{
	if (next->status == LOAD_CANNOT_RUN)
		return "the new configuration cannot be run";
	if (next->unreadable)
		return "a configuration file cannot be read";
	for (uint32_t i = 0; i < next->n_errors; i++)
		if (!had_error(running, next->errors[i]))
			return "the new configuration has errors";
	if (!same(running->instance_name, next->instance_name))
		return CANNOT_CHANGE("instance name");
	if (!same(running->net_namespace, next->net_namespace))
		return CANNOT_CHANGE("network namespace");
	for (int i = 0; i < LOAD_FIXED; i++)
		if (!same(running->fixed[i], next->fixed[i]))
			return cannot_change[i];
	return NULL;
}
