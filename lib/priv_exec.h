/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last step of priv_drop, chosen at build time: with libseccomp, or nothing. */
#ifndef LIB_PRIV_EXEC_H
#define LIB_PRIV_EXEC_H

/* From here on execve and execveat fail with EPERM. Needs no_new_privs. 0 or -errno. */
int priv_forbid_exec(void);

#endif
