/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The genhash command; also what `keepalived -T` and keepalived called as genhash run. */
#ifndef GENHASH_GENHASH_H
#define GENHASH_GENHASH_H

/* argv[0] is the name to use in messages. Returns the exit status: 0, or 1 with a message. */
int genhash_main(int argc, char **argv);

#endif
