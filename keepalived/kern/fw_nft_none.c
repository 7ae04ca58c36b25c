/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "keepalived/kern/fw_nft.h"

int fw_nft_run(const char *script, struct strbuf *why)
{
	(void)script;
	strbuf_puts(why, "built without nftables");
	return -EOPNOTSUPP;
}
