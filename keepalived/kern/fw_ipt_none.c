/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "keepalived/kern/fw_ipt.h"

bool fw_ipt_usable(void)
{
	return false;
}

bool fw_ipt_present(const struct fw_rules *have)
{
	(void)have;
	return true;
}

int fw_ipt_change(const struct fw_rules *have, const struct fw_rules *want, struct strbuf *why)
{
	(void)have;
	(void)want;
	strbuf_puts(why, "built without iptables");
	return -EOPNOTSUPP;
}
