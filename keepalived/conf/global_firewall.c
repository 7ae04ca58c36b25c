/* SPDX-License-Identifier: GPL-2.0-or-later */
/* global_defs about the iptables back end: its chains and its sets. */
#include <stdlib.h>
#include <string.h>

#include "keepalived/conf/global_tables.h"

#define CHAIN_LEN 27 /* XT_EXTENSION_MAXNAMELEN of linux/netfilter/x_tables.h, less 2 */
#define IPSET_LEN 30 /* IPSET_MAXNAMELEN of linux/netfilter/ipset/ip_set.h, less 2 */

/* A name with its length within 1..most; complains otherwise. */
static bool name_fits(struct parse *p, const struct kw *kw, const struct lex_token *w, size_t most,
	const char *then)
{
	if (w->s.n > 0 && w->s.n <= most)
		return true;
	diag_error(p->diags, w->span, "%s: '%s' is not a name of 1 to %zu characters - %s",
		kw->name, w->s.p, most, then);
	return false;
}

/* ---- vrrp_iptables ----------------------------------------------------------------------- */

static int chains_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	struct global_conf *g = container_of(field, struct global_conf, iptables_given);
	const char **chain[] = {&g->iptables_in, &g->iptables_out};

	(void)n;
	g->iptables_given = true;
	if (s->n == 1) {
		g->iptables_in = "INPUT";
		g->iptables_out = "OUTPUT";
		return 0;
	}
	for (unsigned i = 1; i < s->n && i <= 2; i++) {
		if (!name_fits(p, kw, &s->word[i], CHAIN_LEN, "ignored"))
			return 0;
		*chain[i - 1] = stmt_word(s, i);
	}
	if (g->iptables_out && !strcmp(g->iptables_in, g->iptables_out)) {
		diag_error(p->diags, s->word[2].span,
			"%s: input and output need chains of their own - both ignored", kw->name);
		g->iptables_in = g->iptables_out = NULL;
	}
	return 0;
}

static bool chains_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const struct global_conf *g = container_of(field, struct global_conf, iptables_given);

	(void)kw;
	if (g->iptables_in)
		print_word(out, g->iptables_in);
	if (g->iptables_out) {
		strbuf_putc(out, ' ');
		print_word(out, g->iptables_out);
	}
	return g->iptables_in;
}

static bool chains_equal(const struct kw *kw, const void *a, const void *b)
{
	const struct global_conf *x = container_of(a, struct global_conf, iptables_given);
	const struct global_conf *y = container_of(b, struct global_conf, iptables_given);

	return type_string_equal(kw, &x->iptables_in, &y->iptables_in) &&
	       type_string_equal(kw, &x->iptables_out, &y->iptables_out);
}

const struct codec codec_chains = {"chains", 0, 2, chains_parse, chains_print, chains_equal};

/* ---- vrrp_ipsets ------------------------------------------------------------------------- */

static bool ipsets_differ(char *const name[IPSETS], size_t *which)
{
	for (size_t i = 0; i < IPSETS; i++)
		for (size_t j = 0; j < i; j++)
			if (!strcmp(name[i], name[j])) {
				*which = i;
				return false;
			}
	return true;
}

/* The name that the others suggest: SET6, then SET_if6 (of SET6 without its 6), SET_igmp, ... */
static char *ipset_derived(char *const name[IPSETS], size_t i)
{
	static const char *const suffix[IPSETS] = {"", "6", "_if6", "_igmp", "_mld", "_nd"};
	const char *base = i == 2 ? name[1] : name[0];
	size_t n = strlen(base);

	if (i == 2 && n > 1 && base[n - 1] == '6')
		n--;
	return xasprintf("%.*s%s", (int)n, base, suffix[i]);
}

/* Fills in the six names; false: one does not fit, which was said. */
static bool ipset_names(
	struct parse *p, const struct kw *kw, char *name[IPSETS], const struct stmt *s)
{
	static const char then[] = "the usual names are used";
	size_t which = 0;

	for (size_t i = 0; i < IPSETS; i++) {
		bool own = i + 1 < s->n;
		struct lex_token w = s->word[own ? i + 1 : s->n - 1];

		name[i] = own ? xstrdup(w.s.p) : ipset_derived(name, i);
		w.s = (struct slice){name[i], strlen(name[i])};
		if (!name_fits(p, kw, &w, IPSET_LEN, then))
			return false;
	}
	if (ipsets_differ(name, &which))
		return true;
	diag_error(p->diags, s->word[MIN(which + 1, (size_t)s->n - 1)].span,
		"%s: two sets would have the name '%s' - %s", kw->name, name[which], then);
	return false;
}

static int ipsets_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	struct global_conf *g = container_of(field, struct global_conf, ipsets);
	char *name[IPSETS] = {0};
	bool ok;

	(void)n;
	if (s->n == 1) {
		g->ipsets = TRI_OFF;
		return 0;
	}
	g->ipsets = TRI_ON;
	ok = ipset_names(p, kw, name, s);
	for (size_t i = 0; i < IPSETS; i++) {
		g->ipset[i] = ok ? arena_strdup(p->arena, name[i]) : NULL;
		free(name[i]);
	}
	return 0;
}

static bool ipsets_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const struct global_conf *g = container_of(field, struct global_conf, ipsets);

	(void)kw;
	for (size_t i = 0; g->ipsets == TRI_ON && g->ipset[0] && i < IPSETS; i++) {
		if (i)
			strbuf_putc(out, ' ');
		print_word(out, g->ipset[i]);
	}
	return g->ipsets == TRI_OFF || out->len;
}

static bool ipsets_equal(const struct kw *kw, const void *a, const void *b)
{
	const struct global_conf *x = container_of(a, struct global_conf, ipsets);
	const struct global_conf *y = container_of(b, struct global_conf, ipsets);
	bool same = (x->ipsets == TRI_OFF) == (y->ipsets == TRI_OFF);

	for (size_t i = 0; same && i < IPSETS; i++)
		same = type_string_equal(kw, &x->ipset[i], &y->ipset[i]);
	return same;
}

const struct codec codec_ipsets = {"sets", 0, IPSETS, ipsets_parse, ipsets_print, ipsets_equal};
