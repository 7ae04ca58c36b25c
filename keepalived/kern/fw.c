/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One change at a time; what is asked for meanwhile waits, the last one only. A difference that the
 * kernel refuses is tried again from nothing: somebody may have flushed the rules.
 *
 * Where iptables is wanted and is a front end to nftables, or absent, nftables does it: the
 * kernel's old tables beside the new ones would only confuse whoever looks.
 */
#include "keepalived/kern/fw.h"

#include <errno.h>
#include <stdlib.h>

#include "keepalived/kern/fw_ipt.h"
#include "keepalived/kern/fw_nft.h"
#include "lib/job.h"

struct change { /* belongs to the thread while there is a job */
	struct fw_rules want;
	bool fell_back; /* iptables was asked for */
	int error;
	struct strbuf why;
};

struct kernel_fw {
	struct fw fw;
	struct loop *loop;
	struct job *job; /* NULL: none is running */
	struct change change;
	struct fw_rules have; /* what the kernel has */
	bool known; /* we know that; the thread reads both, nobody writes them meanwhile */
	struct fw_rules next;   /* asked for while a job is running */
	bool waiting;           /* next is valid */
	void (*finish)(void *); /* of the job */
	bool gone;              /* a check found nothing */
	bool restoring;
};

static struct kernel_fw *kernel(struct fw *fw)
{
	return container_of(fw, struct kernel_fw, fw);
}

static int change_nft(const struct fw_rules *have, const struct fw_rules *want, struct strbuf *why)
{
	struct strbuf script = {0};
	int err = fw_nft_script(&script, have, want);

	if (err)
		strbuf_printf(why, "'%s' cannot be the name of a table", want->table);
	else if (script.len)
		err = fw_nft_run(script.text, why);
	strbuf_free(&script);
	return err;
}

static bool nft_present(const struct fw_rules *have)
{
	struct strbuf question = {0}, why = {0};
	bool present;

	fw_nft_question(&question, have);
	present = !question.len || fw_nft_run(question.text, &why) == 0;
	strbuf_free(&question);
	strbuf_free(&why);
	return present;
}

static const struct back_end {
	int (*change)(const struct fw_rules *have, const struct fw_rules *want, struct strbuf *why);
	bool (*present)(const struct fw_rules *have);
} back_ends[] = {
	[FW_NFTABLES] = {change_nft, nft_present},
	[FW_IPTABLES] = {fw_ipt_change, fw_ipt_present},
};

/* Only nftables exchanges whole tables at once. */
static bool leads_to(const struct fw_rules *have, const struct fw_rules *want)
{
	return have->kind == want->kind &&
	       (want->kind == FW_NFTABLES || fw_rules_same_frame(have, want));
}

static void leave(const struct fw_rules *have, struct strbuf *why)
{
	struct fw_rules none = *have;

	none.n = 0;
	back_ends[have->kind].change(have, &none, why);
}

static void run_change(void *ctx)
{
	struct kernel_fw *k = ctx;
	struct change *c = &k->change;
	const struct fw_rules *have = k->known ? &k->have : NULL;

	c->fell_back = c->want.kind == FW_IPTABLES && !fw_ipt_usable();
	if (c->fell_back)
		c->want.kind = FW_NFTABLES;
	if (have && !leads_to(have, &c->want)) {
		leave(have, &c->why);
		have = NULL;
	}
	strbuf_reset(&c->why);
	c->error = back_ends[c->want.kind].change(have, &c->want, &c->why);
	if (!c->error || !have)
		return;
	strbuf_reset(&c->why);
	c->error = back_ends[c->want.kind].change(NULL, &c->want, &c->why);
}

static void tell(struct kernel_fw *k)
{
	const struct change *c = &k->change;
	struct fw_result result = {.error = c->error,
		.why = strbuf_str(&c->why),
		.fell_back = c->fell_back,
		.restored = k->restoring};

	k->restoring = false;
	if (k->fw.done)
		k->fw.done(k->fw.ctx, &result);
}

/* Without a thread it is done here: late is better than never. */
static void run(struct kernel_fw *k, void (*work)(void *ctx), void (*finish)(void *ctx))
{
	k->finish = finish;
	k->job = job_start(k->loop, work, finish, k);
	if (k->job)
		return;
	work(k);
	finish(k);
}

static void start(struct kernel_fw *k);

static void change_done(void *ctx)
{
	struct kernel_fw *k = ctx;

	k->job = NULL;
	fw_rules_free(&k->have);
	k->have = k->change.want;
	k->known = k->change.error == 0;
	if (k->waiting)
		start(k);
	else
		tell(k);
}

static void start(struct kernel_fw *k)
{
	k->change.want = k->next;
	k->waiting = false;
	run(k, run_change, change_done);
}

static void kernel_apply(struct fw *fw, const struct fw_rules *want)
{
	struct kernel_fw *k = kernel(fw);

	if (k->waiting)
		fw_rules_free(&k->next);
	fw_rules_copy(&k->next, want);
	k->waiting = true;
	if (!k->job)
		start(k);
}

static void run_check(void *ctx)
{
	struct kernel_fw *k = ctx;

	k->gone = !back_ends[k->have.kind].present(&k->have);
}

static void check_done(void *ctx)
{
	struct kernel_fw *k = ctx;

	k->job = NULL;
	if (k->gone) {
		k->known = false;
		k->restoring = true;
	}
	if (k->waiting)
		start(k);
	else if (k->gone)
		kernel_apply(&k->fw, &k->have);
}

static void kernel_check(struct fw *fw)
{
	struct kernel_fw *k = kernel(fw);

	if (!k->job && k->known && k->have.n)
		run(k, run_check, check_done);
}

static void kernel_close(struct fw *fw)
{
	struct kernel_fw *k = kernel(fw);

	k->fw.done = NULL;
	while (k->job) {
		job_end(k->job);
		k->finish(k);
	}
	fw_rules_free(&k->have);
	strbuf_free(&k->change.why);
	free(k);
}

static const struct fw_ops kernel_ops = {
	.apply = kernel_apply, .check = kernel_check, .close = kernel_close};

struct fw *fw_open(struct loop *loop)
{
	struct kernel_fw *k = xcalloc(1, sizeof(*k));

	k->fw.ops = &kernel_ops;
	k->loop = loop;
	return &k->fw;
}
