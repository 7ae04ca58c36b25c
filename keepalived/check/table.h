/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What IPVS holds, what we want it to hold, and the shortest way from one to the other.
 *
 * The table keeps two versions of every service and destination: the wish and the kernel's. Wishes
 * are put in one by one (a verdict moves one destination) or all anew (start, reload); the
 * difference is then taken, applied by the caller, and its outcome told back:
 *
 *     table_want_service(t, &svc); table_want_dest(t, &svc, &dest); table_drop_dest(...);
 *     n = table_changes(t, &changes);
 *     ipvs_apply(ipvs, changes, n);
 *     table_applied(t, changes, n);
 *
 * Order of the changes: that in which the wishes were uttered, except that a service is added or
 * edited before anything else happens to its destinations. So a caller that drops the alive
 * servers and then wants the sorry server gets just that, and a reload that wants everything anew
 * before table_sweep adds before it removes.
 *
 * Services that the kernel holds and nobody ever wanted belong to somebody else: they are known,
 * never touched. Of a wanted service every destination is ours. All of it is hashed: O(changes).
 */
#ifndef CHECK_TABLE_H
#define CHECK_TABLE_H

#include "keepalived/kern/ipvs_types.h"

struct table;

struct table *table_new(void);
void table_free(struct table *); /* NULL is allowed */

/*
 * What the kernel holds, from a dump. A service told with ours = true is removed unless it gets
 * wanted (left over from an earlier life); the flag may be set by a second call.
 * table_have_dest ignores a destination of an unknown service.
 */
void table_have_service(struct table *, const struct ipvs_service *, bool ours);
void table_have_dest(struct table *, const struct ipvs_service *, const struct ipvs_dest *);
/* The kernel was flushed, or we are about to dump it anew: it holds nothing. */
void table_have_nothing(struct table *);

/* Wishes. Only the key of the service counts where a destination is spoken of. */
void table_want_service(struct table *, const struct ipvs_service *);
void table_drop_service(struct table *, const struct ipvs_service *); /* and its destinations */
/* False when the service is not wanted; then nothing happened. */
bool table_want_dest(struct table *, const struct ipvs_service *, const struct ipvs_dest *);
void table_drop_dest(struct table *, const struct ipvs_service *, const struct ipvs_dest *);
void table_drop_all(struct table *); /* stop */

/* A whole new set of wishes: mark, want everything again, sweep drops what was not wanted since. */
void table_mark(struct table *);
void table_sweep(struct table *);

/* What the kernel holds, as far as we know; NULL: it does not. Valid until the next call. */
const struct ipvs_service *table_find_service(const struct table *, const struct ipvs_service *);
const struct ipvs_dest *table_find_dest(
	const struct table *, const struct ipvs_service *, const struct ipvs_dest *);
/* What we want it to hold. */
const struct ipvs_dest *table_wanted_dest(
	const struct table *, const struct ipvs_service *, const struct ipvs_dest *);

/*
 * The difference. *changes belongs to the table; it and what it points to stay valid until the
 * next call that is not table_applied. Asking again without table_applied gives the same.
 */
size_t table_changes(struct table *, struct ipvs_change **changes);

/*
 * Tells the outcome (change.error) of what table_changes gave, all of it. Returns how many
 * differences are left that another round may settle at once, because the error told us what the
 * kernel really holds (added by somebody else: edit it; vanished: add it again, or be content).
 * Other failures wait for table_retry or the next wish about the same object.
 */
size_t table_applied(struct table *, const struct ipvs_change *, size_t n);
void table_retry(struct table *);
void table_trim(struct table *); /* gives back what the last difference took */

#endif
