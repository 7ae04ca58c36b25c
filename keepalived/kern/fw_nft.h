/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules in the language of nft(8): one script is one transaction, which the kernel takes as a
 * whole or not at all.
 */
#ifndef KERN_FW_NFT_H
#define KERN_FW_NFT_H

#include "keepalived/kern/fw_rules.h"
#include "lib/str.h"

/*
 * Appends what leads from have to want. NULL have: whatever is in the tables of want is replaced;
 * nobody sees them absent or half filled. A family without addresses has no table. Nothing is
 * appended when nothing is to be done. 0, or -EINVAL: a table cannot have this name.
 */
int fw_nft_script(struct strbuf *, const struct fw_rules *have, const struct fw_rules *want);

/* Appends what runs without an error while the tables of have are there. */
void fw_nft_question(struct strbuf *, const struct fw_rules *have);

/*
 * Runs a script; blocks, possibly for long when others change big rule sets at the same time. May
 * be called from any thread, one at a time. 0, or -errno and the reason in words in why.
 */
int fw_nft_run(const char *script, struct strbuf *why);

#endif
