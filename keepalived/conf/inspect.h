/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What keepalived tells about configuration files without running: -t, --dump-conf, --diff. Each
 * reads the files in the foreground and returns the exit status.
 */
#ifndef KEEPALIVED_CONF_INSPECT_H
#define KEEPALIVED_CONF_INSPECT_H

#include <stdio.h>

#include "keepalived/conf/load.h"

/*
 * -t: messages go to out, as JSON when json. 0 (also with notes, or with what depends on the
 * machine), 5 errors or warnings, 6 script security or an unreadable file, 2 cannot be run.
 */
int inspect_test(const struct load_options *, bool json, FILE *out);

/*
 * --dump-conf: the configuration in force goes to out, secrets masked; messages to stderr. 0, or
 * what -t says about a configuration that cannot be read (6) or run (2): then nothing is printed.
 */
int inspect_dump(const struct load_options *, bool json, FILE *out);

/*
 * --diff: what a reload from the configuration of the options to that in new_path would do. 0: it
 * changes nothing; 1: what was printed; 2: it would be refused, or the first cannot be read.
 */
int inspect_diff(const struct load_options *, const char *new_path, bool json, FILE *out);

#endif
