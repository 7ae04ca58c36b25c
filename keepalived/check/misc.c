/* SPDX-License-Identifier: GPL-2.0-or-later */
/* MISC_CHECK: a script decides. The parent runs it; here arrives how it ended. */
#include <errno.h>
#include <stdlib.h>

#include "keepalived/check/checker.h"
#include "lib/dial.h"

struct misc_run {
	struct checker *checker;
	struct script_run script;
};

static struct check_outcome exited(const struct checker *c, int status)
{
	struct check_outcome outcome = {.reason = REASON_SCRIPT_STATUS, .value = status};

	if (container_of(c->conf, struct misc_check, check)->dynamic && status != 1) {
		outcome.reason = REASON_OK_WEIGHT;
		outcome.weight = check_misc_weight((uint8_t)status, c->rs->weight);
	} else if (status == 0) {
		outcome.reason = REASON_OK;
	}
	return outcome;
}

static void done(struct script_run *script, const struct script_result *result)
{
	struct misc_run *run = container_of(script, struct misc_run, script);
	struct checker *c = run->checker;
	struct check_outcome outcome = {0};

	switch (result->outcome) {
	case SCRIPT_EXITED:
		outcome = exited(c, result->value);
		break;
	case SCRIPT_SIGNALED:
		outcome.reason = REASON_SCRIPT_SIGNAL;
		outcome.value = result->value;
		break;
	case SCRIPT_TIMEOUT:
		outcome.reason = REASON_SCRIPT_TIMEOUT;
		break;
	case SCRIPT_FAILED:
		outcome.err = -result->value;
		outcome.reason = dial_is_local(outcome.err) ? REASON_LOCAL : REASON_SCRIPT_FAILED;
		break;
	case SCRIPT_DISABLED: /* the check cannot be made: like a server without one */
		outcome.reason = REASON_OK;
		break;
	}
	c->run = NULL;
	free(run);
	checker_end(c, &outcome);
}

static void start(struct checker *c)
{
	const struct misc_check *misc = container_of(c->conf, struct misc_check, check);
	struct misc_run *run = xcalloc(1, sizeof(*run));

	run->checker = c;
	run->script.done = done;
	c->run = run;
	child_script_run(c->all->child, misc->script, NULL, misc->timeout, &run->script);
}

static void cancel(struct checker *c)
{
	struct misc_run *run = c->run;

	child_script_cancel(c->all->child, &run->script);
	c->run = NULL;
	free(run);
}

const struct checker_kind_ops check_misc_ops = {
	.title = "MISC_CHECK",
	.start = start,
	.cancel = cancel,
};
