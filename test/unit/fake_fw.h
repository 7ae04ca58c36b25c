/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A packet filter in memory behind kern/fw.h. It answers at once, unless it is held up. */
#ifndef TEST_FAKE_FW_H
#define TEST_FAKE_FW_H

#include "keepalived/kern/fw.h"

struct fake_fw;

struct fake_fw *fake_fw_new(void);
struct fw *fake_fw_port(struct fake_fw *); /* fw_close of it frees everything */

void fake_fw_hold(struct fake_fw *);            /* answers wait from now on */
void fake_fw_answer(struct fake_fw *);          /* and now they come */
void fake_fw_lose(struct fake_fw *);            /* somebody flushes the rules */
void fake_fw_fail(struct fake_fw *, int error); /* every answer; 0: success */
size_t fake_fw_calls(const struct fake_fw *);   /* of fw_apply so far */
/* What it was last asked for and agreed to; NULL: nothing yet. */
const struct fw_rules *fake_fw_rules(const struct fake_fw *);
bool fake_fw_denies(const struct fake_fw *, const char *addr); /* on any interface */

#endif
