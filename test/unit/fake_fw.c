/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test/unit/fake_fw.h"

#include <stdlib.h>
#include <string.h>

struct fake_fw {
	struct fw fw;
	struct fw_rules want, have;
	bool held, unanswered, agreed, lost;
	int error;
	size_t calls;
};

static struct fake_fw *fake(struct fw *fw)
{
	return container_of(fw, struct fake_fw, fw);
}

static void answer(struct fake_fw *f)
{
	bool restored = f->lost;

	f->unanswered = f->lost = false;
	if (!f->error) {
		fw_rules_free(&f->have);
		fw_rules_copy(&f->have, &f->want);
		f->agreed = true;
	}
	f->fw.done(f->fw.ctx,
		&(struct fw_result){
			.error = f->error, .why = strerror(-f->error), .restored = restored});
}

static void fake_apply(struct fw *fw, const struct fw_rules *want)
{
	struct fake_fw *f = fake(fw);

	f->calls++;
	fw_rules_free(&f->want);
	fw_rules_copy(&f->want, want);
	f->unanswered = true;
	if (!f->held)
		answer(f);
}

static void fake_check(struct fw *fw)
{
	if (fake(fw)->lost)
		answer(fake(fw));
}

static void fake_close(struct fw *fw)
{
	fw_rules_free(&fake(fw)->want);
	fw_rules_free(&fake(fw)->have);
	free(fake(fw));
}

static const struct fw_ops fake_ops = {
	.apply = fake_apply, .check = fake_check, .close = fake_close};

struct fake_fw *fake_fw_new(void)
{
	struct fake_fw *f = xcalloc(1, sizeof(*f));

	f->fw.ops = &fake_ops;
	return f;
}

struct fw *fake_fw_port(struct fake_fw *f)
{
	return &f->fw;
}

void fake_fw_hold(struct fake_fw *f)
{
	f->held = true;
}

void fake_fw_answer(struct fake_fw *f)
{
	f->held = false;
	if (f->unanswered)
		answer(f);
}

void fake_fw_lose(struct fake_fw *f)
{
	f->lost = true;
	f->have.n = 0;
}

void fake_fw_fail(struct fake_fw *f, int error)
{
	f->error = error;
}

size_t fake_fw_calls(const struct fake_fw *f)
{
	return f->calls;
}

const struct fw_rules *fake_fw_rules(const struct fake_fw *f)
{
	return f->agreed ? &f->have : NULL;
}

bool fake_fw_denies(const struct fake_fw *f, const char *text)
{
	struct addr a;
	size_t i;

	if (addr_parse(&a, text))
		abort();
	for (i = 0; i < f->have.n; i++)
		if (addr_eq(&f->have.deny[i].addr, &a))
			return true;
	return false;
}
