/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The address family that the addresses of an instance fix, and entries of unicast_peer. */
#include "keepalived/conf/tables.h"

/* ---- families ---------------------------------------------------------------------------- */

struct vrrp_conf *vrrp_of(struct node *n)
{
	while (n->parent && n->block != &vrrp_block)
		n = n->parent;
	return (struct vrrp_conf *)n;
}

/* The first address that fixes a family wins; later ones must agree. */
bool vrrp_family_fits(struct parse *p, struct vrrp_conf *v, const struct addr *a, struct span span,
	const char *what)
{
	char buf[ADDR_STRLEN];

	if (!v->family && !p->scratch) /* what is only checked fixes nothing */
		v->family = a->family;
	if (!v->family || v->family == a->family)
		return true;
	diag_error(p->diags, span,
		"(%s) %s: address family must match VRRP instance [%s], which is IPv%d - ignoring",
		v->node.name, what, addr_str(a, buf), v->family == AF_INET ? 4 : 6);
	return false;
}

void fix_family(struct parse *p, struct node *n, const struct kw *kw, const struct stmt *s)
{
	struct vrrp_conf *v = vrrp_of(n);
	struct addr *a = kw_field(kw, n);

	if (!vrrp_family_fits(p, v, a, s->word[1].span, kw->name))
		*a = (struct addr){0};
}

/* ---- peers ------------------------------------------------------------------------------- */

/* Only whole pairs are read: a limit that is none is no reason to lose the peer. */
static unsigned limits_given(struct parse *p, const struct block *b, const struct stmt *s)
{
	unsigned i = 1;

	for (; i < s->n; i += 2) {
		const struct kw *kw = schema_kw(b, stmt_word(s, i));

		if (!kw) {
			diag_error(p->diags, s->word[i].span,
				"'%s' and what follows is ignored: only min_ttl and max_ttl can "
				"follow a peer",
				stmt_word(s, i));
			break;
		}
		if (i + 1 == s->n) {
			diag_error(p->diags, s->word[i].span, "'%s' is missing its value - ignored",
				kw->name);
			break;
		}
	}
	return i;
}

static int peer_open(struct parse *p, struct node *n, const struct stmt *s)
{
	struct peer_conf *peer = (struct peer_conf *)n;
	struct stmt limits = *s;
	char buf[ADDR_STRLEN];

	if (type_addr(&peer->addr, stmt_word(s, 0))) {
		diag_error(p->diags, s->word[0].span, "invalid unicast peer address '%s' - ignored",
			stmt_word(s, 0));
		return -1;
	}
	n->name = arena_strdup(p->arena, addr_str(&peer->addr, buf));
	limits.n = limits_given(p, n->block, s);
	return schema_options(p, n, n->block, n, &limits, 1) ? (int)s->n : -1;
}

static bool peer_close(struct parse *p, struct node *n)
{
	struct peer_conf *peer = (struct peer_conf *)n;
	struct vrrp_conf *v = vrrp_of(n);
	struct node *first = schema_named(p, &v->peers, n->name);

	if (first) {
		diag_also(p->diags,
			diag_error(p->diags, n->span, "unicast peer %s is given twice - ignored",
				n->name),
			first->span, "given here before");
		return false;
	}
	if (peer->min_ttl > peer->max_ttl) {
		diag_error(p->diags, n->span,
			"unicast peer %s: min_ttl %u is above max_ttl %u - both ignored", n->name,
			peer->min_ttl, peer->max_ttl);
		peer->min_ttl = 0;
		peer->max_ttl = UINT8_MAX;
	}
	return vrrp_family_fits(p, v, &peer->addr, n->span, "unicast peer");
}

static const struct kw peer_kw[] = {
	KW_WORD("<ip>", KW_REQUIRED, "<ip>", NULL, "Address of a peer, one per line."),
	KW_UINT("min_ttl", struct peer_conf, min_ttl, 0, 255, 0, 0, NULL, "<uint>",
		"Least TTL or hop limit accepted from the peer."),
	KW_UINT("max_ttl", struct peer_conf, max_ttl, 0, 255, 255, 0, NULL, "<uint>",
		"Greatest TTL or hop limit accepted from the peer."),
};

const struct block peer_block = {
	.name = "vrrp_instance/unicast_peer",
	.kw = peer_kw,
	.n_kw = ARRAY_SIZE(peer_kw),
	.size = sizeof(struct peer_conf),
	.flags = BLOCK_ENTRIES,
	.open = peer_open,
	.close = peer_close,
};
