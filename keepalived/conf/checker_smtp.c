/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keywords of SMTP_CHECK. A host block stands for a check of its own, with the settings of the
 * enclosing block where it says nothing; so it becomes one when the enclosing block ends.
 */
#include <string.h>

#include "keepalived/conf/checker_rows.h"

#define S struct smtp_check

/* Values that were written in one block, as if they had been written in another. */
static void take_over(struct parse *p, struct node *to, const struct node *from)
{
	struct kw_iter it = {.block = from->block};
	const struct kw *kw;

	while ((kw = kw_next(&it))) {
		const struct kw *same = kw->codec ? schema_kw(to->block, kw->name) : NULL;
		struct span span = schema_where_row(from, kw);

		if (!same || !schema_written(from, kw))
			continue;
		memcpy(kw_field(same, to), kw_field(kw, from), kw->size);
		schema_mark(p->arena, to, same, span);
	}
}

/* Each block for itself had one family; both together may have two. */
static void one_family(struct parse *p, K *k)
{
	if (!k->bind_ip.family || !k->dst.addr.family || k->bind_ip.family == k->dst.addr.family)
		return;
	diag_error(p->diags, schema_where(&k->node, "bindto"),
		"bindto and the checked address are of different families - ignored");
	k->bind_ip = (struct addr){0};
}

static void add_host(struct parse *p, const S *outer, const struct node *host)
{
	struct rs_conf *rs = (struct rs_conf *)outer->check.node.parent;
	S *own = (S *)schema_new(p->arena, &smtp_block, &rs->node);

	own->check.kind = CHECK_SMTP;
	own->check.node.span = host->span;
	take_over(p, &own->check.node, &outer->check.node);
	take_over(p, &own->check.node, host);
	one_family(p, &own->check);
	if (checker_close(p, &own->check.node))
		nodes_add(&rs->checkers, &own->check.node);
}

static bool smtp_close(struct parse *p, struct node *n)
{
	S *s = (S *)n;
	struct node *host;

	if (!s->hosts.first)
		return checker_close(p, n);
	for (host = s->hosts.first; host && !p->scratch; host = host->next)
		add_host(p, s, host);
	return false;
}

static int host_open(struct parse *p, struct node *n, const struct stmt *s)
{
	((K *)n)->kind = CHECK_SMTP;
	diag_note(p->diags, s->word[0].span,
		"%s is deprecated - please write an SMTP_CHECK for each host", stmt_word(s, 0));
	return 1;
}

static const struct kw host_kw[] = {
	WHERE_ROWS,
	WHEN_ROWS("1", "1 s"),
};

static const struct block host_block = {
	.name = "virtual_server/real_server/SMTP_CHECK/host",
	.kw = host_kw,
	.n_kw = ARRAY_SIZE(host_kw),
	.size = sizeof(S),
	.open = host_open,
	.print = checker_print,
};

static const struct kw smtp_kw[] = {
	WHERE_ROWS,
	WHEN_ROWS("1", "1 s"),
	KW_STRING("helo_name", S, helo_name, 0, KW_M0 | KW_RESTART | KW_TWICE, "<name>",
		"smtpchecker.keepalived.org", "Name in HELO."),
	KW_LIST("host", S, hosts, host_block, KW_RESTART, "{ ... }",
		"Deprecated: a check of its own, with the settings around it."),
};

const struct block smtp_block = CHECKER("SMTP_CHECK", smtp_kw, S, smtp_close);
