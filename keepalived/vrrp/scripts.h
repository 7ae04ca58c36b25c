/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tracked scripts: run at intervals by the parent, never twice at a time, judged by rise and fall.
 */
#ifndef KEEPALIVED_VRRP_SCRIPTS_H
#define KEEPALIVED_VRRP_SCRIPTS_H

#include "keepalived/vrrp/prio.h"
#include "keepalived/vrrp/run.h"

/* Brings the scripts in line with the configuration; known ones keep their state. Those that are
 * gone stay until scripts_sweep, when nobody tracks them any more. */
void scripts_rebuild(struct vrrp_run *);
void scripts_sweep(struct vrrp_run *);
void scripts_free(struct vrrp_run *);
struct script *scripts_find(const struct vrrp_run *, const char *name);
enum vrrp_track script_state(const struct script *);

#endif
