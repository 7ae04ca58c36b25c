/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this build is: `keepalived -v`, and the first line of the log. */
#ifndef KEEPALIVED_CORE_VERSION_H
#define KEEPALIVED_CORE_VERSION_H

#include <stdio.h>

/* "Keepalived v3.0.0 (11/21,2026)": exporters and scripts read the version from this line. */
const char *version_line(void);
void version_print(FILE *);
/* "Linux A.B.C" of the kernel headers the daemon was built with. */
const char *version_kernel_headers(void);

#endif
