/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What instances and groups may track, and the entries that say so. */
#ifndef KEEPALIVED_CONF_TRACK_H
#define KEEPALIVED_CONF_TRACK_H

#include "keepalived/conf/values.h"

struct vrrp_script_conf {
	struct node node;
	const struct script_conf *script;
	ktime interval, timeout; /* millisecond resolution */
	int weight;              /* -253..253 */
	bool reverse;
	uint32_t rise, fall;
	bool init_fail;
	const char *user, *group;
};

/* How arguments of a command line are compared; anything but UNSET compares the whole of it. */
enum param_match { PARAM_UNSET, PARAM_EXACT, PARAM_PARTIAL, PARAM_INITIAL };

struct track_process_conf {
	struct node node;
	const char *const *command; /* n_command words: name, arguments */
	uint32_t n_command;
	enum param_match param_match;
	bool full_command; /* argv[0] instead of the name that the kernel keeps */
	int weight;        /* -254..254 */
	bool reverse;
	uint32_t quorum;                   /* processes, 1..65535 */
	uint32_t quorum_max;               /* processes; UINT32_MAX: any number; 0: must not run */
	ktime fork_delay, terminate_delay; /* microsecond resolution */
};

struct track_file_conf {
	struct node node;
	const char *file;
	int weight; /* -254..254, multiplies what the file says; 0: anything but 0 is FAULT */
	bool reverse;
	struct {
		bool given;
		bool overwrite;
		int value;
	} init; /* written when the program starts */
};

struct bfd_conf; /* keepalived/conf/bfd.h */

struct track_if_conf {    /* entry of track_interface */
	struct node node; /* node.name is the interface */
	int weight;       /* 0: down means FAULT */
	bool reverse;
};

/* Entry of track_script, track_process, track_file or track_bfd; its block says which. */
struct track_conf {
	struct node node; /* node.name is that of what is tracked */
	union {
		const struct vrrp_script_conf *script;
		const struct track_process_conf *process;
		const struct track_file_conf *file;
		const struct bfd_conf *bfd;
		const struct node *object; /* each of them begins with one */
	};
	int weight;
	bool reverse;
	bool weight_given, reverse_given; /* else they are the object's */
};

/* The lists of an instance or a group. */
struct tracked {
	struct nodes interfaces;                      /* struct track_if_conf */
	struct nodes scripts, files, processes, bfds; /* struct track_conf */
};

#endif
