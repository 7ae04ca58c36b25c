/* SPDX-License-Identifier: GPL-2.0-or-later */
/* garp_group, linkbeat_interfaces, interface_up_down_delays. */
#include "keepalived/conf/interfaces.h"

#include <string.h>

#include "keepalived/conf/tables.h"

#define IFNAME_MAX 15
#define MICRO_MAX  (SEC(4294) + USEC(967295)) /* microseconds in 32 bits */
#define DELAY_MAX  SEC(255)

/* ---- garp_group -------------------------------------------------------------------------- */

#define GG struct garp_group_conf

static struct node *named(const struct nodes *list, const char *name)
{
	struct node *n;

	for (n = list->first; n; n = n->next)
		if (!strcmp(n->name, name))
			return n;
	return NULL;
}

static struct node *grouped(struct parse *p, const GG *here, const char *name)
{
	struct node *n = named(&here->interfaces, name);
	const GG *g;

	nodes_for_each(g, &building(p)->garp_groups)
		n = n ? n : named(&g->interfaces, name);
	return n;
}

static bool name_fits(struct parse *p, const struct lex_token *w)
{
	if (w->s.n && w->s.n <= IFNAME_MAX)
		return true;
	diag_error(p->diags, w->span,
		"'%s' is no name of an interface (1 to %d characters) - ignored", w->s.p,
		IFNAME_MAX);
	return false;
}

/* A member of the group; false: it is in one already. */
static bool joins(struct parse *p, const GG *g, const char *name, struct span span)
{
	const struct node *first = grouped(p, g, name);

	if (!first)
		return true;
	diag_also(p->diags,
		diag_error(
			p->diags, span, "interface %s is in a garp_group already - ignored", name),
		first->span, "given here before");
	return false;
}

static int member_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	struct node *member;

	(void)kw;
	if (!name_fits(p, &s->word[1]) || !joins(p, (GG *)n, stmt_word(s, 1), s->word[1].span))
		return -1;
	member = schema_new(p->arena, &garp_member_block, n);
	member->name = stmt_word(s, 1);
	member->span = s->word[1].span;
	nodes_add(field, member);
	return 0;
}

/* Members are printed, and compared, as those of `interfaces`. */
static bool member_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	(void)out;
	(void)kw;
	(void)field;
	return false;
}

static bool member_equal(const struct kw *kw, const void *a, const void *b)
{
	(void)kw;
	(void)a;
	(void)b;
	return true;
}

static const struct codec codec_member = {"ifname", 1, 1, member_parse, member_print, member_equal};

static bool member_close(struct parse *p, struct node *n)
{
	return joins(p, (GG *)n->parent, n->name, n->span);
}

const struct block garp_member_block = {
	.name = "@name",
	.size = sizeof(struct name_conf),
	.flags = BLOCK_ENTRIES | BLOCK_WORDS,
	.close = member_close,
};

static void members_given(
	struct parse *p, struct node *n, const struct kw *kw, const struct stmt *s)
{
	if (!((GG *)n)->interfaces.n && !((GG *)n)->interfaces.refused)
		diag_error(p->diags, s->word[0].span, "%s: no interface is named", kw->name);
}

static void slow(struct parse *p, struct node *n, const struct kw *kw, const struct stmt *s)
{
	if (*(ktime *)kw_field(kw, n) >= SEC(1))
		diag_note(p->diags, s->word[1].span, "The %s is very large - %s seconds", kw->name,
			stmt_word(s, 1));
}

static bool garp_close(struct parse *p, struct node *n)
{
	const GG *g = (GG *)n;

	if (g->garp_interval < 0 && g->gna_interval < 0) {
		diag_error(p->diags, n->span,
			"garp_group without garp_interval and gna_interval - ignored");
		return false;
	}
	if (!g->interfaces.n && !schema_meant(n, "interfaces") && !schema_meant(n, "interface"))
		diag_warning(p->diags, n->span, "garp_group without an interface has no effect");
	return true;
}

#define INTERVAL(kwname, fld, dc)                                                            \
	{                                                                                    \
		.name = kwname, .codec = &codec_time, KW_AT(GG, fld, KW_IS(GG, fld, ktime)), \
		.res = USEC(1), .max = MICRO_MAX, .def = -1, .flags = KW_LIVE, .hook = slow, \
		.args = "<decimal>", .deflt = "unset", .unit = "seconds", .doc = dc          \
	}

static const struct kw garp_kw[] = {
	INTERVAL("garp_interval", garp_interval, "Gap between gratuitous ARPs."),
	INTERVAL("gna_interval", gna_interval, "Gap between unsolicited neighbour advertisements."),
	KW_OF("interface", GG, interfaces, struct nodes, codec_member, KW_ADD | KW_LIVE, "<ifname>",
		NULL, "An interface that the gaps are for."),
	{.name = "interfaces",
		.block = &garp_member_block,
		KW_AT(GG, interfaces, KW_IS(GG, interfaces, struct nodes)),
		.flags = KW_ADD | KW_LIVE,
		.hook = members_given,
		.args = "{ <ifname>... }",
		.doc = "Interfaces that share the gaps."},
};

const struct block garp_block = {
	.name = "garp_group",
	.kw = garp_kw,
	.n_kw = ARRAY_SIZE(garp_kw),
	.size = sizeof(GG),
	.close = garp_close,
};

/* ---- entries that begin with an interface ------------------------------------------------ */

/* Takes the name, which must be new in the list. */
static bool take_interface(
	struct parse *p, struct node *n, const struct nodes *list, const struct stmt *s)
{
	const struct node *first = schema_named(p, list, stmt_word(s, 0));

	if (!name_fits(p, &s->word[0]))
		return false;
	n->name = stmt_word(s, 0);
	if (!first)
		return true;
	diag_also(p->diags,
		diag_error(p->diags, s->word[0].span, "interface %s is given twice - ignored",
			n->name),
		first->span, "given here before");
	return false;
}

static const struct enum_word linkbeats[] = {
	{"MII", LINKBEAT_MII, false},
	{"ETHTOOL", LINKBEAT_ETHTOOL, false},
	{"IOCTL", LINKBEAT_IOCTL, false},
	{0},
};

static int linkbeat_open(struct parse *p, struct node *n, const struct stmt *s)
{
	struct linkbeat_conf *l = (struct linkbeat_conf *)n;

	if (!take_interface(p, n, &building(p)->linkbeat_interfaces, s))
		return -1;
	for (unsigned i = 1; i < s->n; i++) {
		const struct enum_word *e = linkbeats;

		while (e->word && strcmp(e->word, stmt_word(s, i)))
			e++;
		if (e->word)
			l->how = (enum linkbeat)e->value;
		else
			diag_error(p->diags, s->word[i].span,
				"unknown link beat type '%s' (MII, ETHTOOL, IOCTL) - ignored",
				stmt_word(s, i));
	}
	return (int)s->n;
}

static void linkbeat_print(struct strbuf *out, const struct node *n)
{
	const struct linkbeat_conf *l = (const struct linkbeat_conf *)n;

	print_word(out, n->name);
	for (const struct enum_word *e = linkbeats; e->word; e++)
		if (e->value == (int)l->how)
			strbuf_printf(out, " %s", e->word);
}

static const struct kw linkbeat_kw[] = {
	{.name = "how",
		.codec = &codec_hidden,
		KW_AT(struct linkbeat_conf, how, true),
		.flags = KW_HIDDEN | KW_LIVE},
};

const struct block linkbeat_block = {
	.name = "linkbeat_interfaces",
	.kw = linkbeat_kw,
	.n_kw = ARRAY_SIZE(linkbeat_kw),
	.size = sizeof(struct linkbeat_conf),
	.flags = BLOCK_ENTRIES,
	.open = linkbeat_open,
	.print = linkbeat_print,
};

static const struct kw delay_value = {
	.name = "interface_up_down_delays", .res = USEC(1), .max = DELAY_MAX};

static int delay_open(struct parse *p, struct node *n, const struct stmt *s)
{
	struct if_delay_conf *d = (struct if_delay_conf *)n;

	if (!take_interface(p, n, &building(p)->if_delays, s))
		return -1;
	if (s->n < 2) {
		diag_error(p->diags, s->word[0].span,
			"interface %s: the delay is missing (<ifname> <down sec> [<up sec>]) - ignored",
			n->name);
		return -1;
	}
	if (!type_time(p, &delay_value, &s->word[1], &d->down))
		return -1;
	if (s->n > 2 && !type_time(p, &delay_value, &s->word[2], &d->up))
		return -1;
	if (s->n > 3)
		diag_note(p->diags, s->word[3].span, "'%s' and what follows is ignored",
			stmt_word(s, 3));
	return (int)s->n;
}

static void delay_print(struct strbuf *out, const struct node *n)
{
	const struct if_delay_conf *d = (const struct if_delay_conf *)n;

	print_word(out, n->name);
	strbuf_putc(out, ' ');
	print_time(out, d->down);
	strbuf_putc(out, ' ');
	print_time(out, d->up);
}

static const struct kw delay_kw[] = {
	{.name = "down",
		.codec = &codec_hidden,
		KW_AT(struct if_delay_conf, down, true),
		.flags = KW_HIDDEN | KW_LIVE},
	{.name = "up",
		.codec = &codec_hidden,
		KW_AT(struct if_delay_conf, up, true),
		.flags = KW_HIDDEN | KW_LIVE},
};

const struct block if_delay_block = {
	.name = "interface_up_down_delays",
	.kw = delay_kw,
	.n_kw = ARRAY_SIZE(delay_kw),
	.size = sizeof(struct if_delay_conf),
	.flags = BLOCK_ENTRIES,
	.open = delay_open,
	.print = delay_print,
};
