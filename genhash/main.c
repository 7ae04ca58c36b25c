/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stand-alone genhash program. */
#include "genhash/genhash.h"

int main(int argc, char **argv)
{
	return genhash_main(argc, argv);
}
