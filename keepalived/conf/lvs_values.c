/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of services: schedulers, persistence, the address family. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <string.h>

#include "keepalived/conf/lvs_rows.h"

#define V struct vs_conf

static const char *const schedulers[] = {"rr", "wrr", "lc", "wlc", "lblc", "sh", "mh", "dh", "fo",
	"ovf", "lblcr", "sed", "nq", "twos"};

static int sched_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	(void)n;
	(void)kw;
	for (unsigned i = 0; i < ARRAY_SIZE(schedulers); i++)
		if (!strcmp(schedulers[i], stmt_word(s, 1))) {
			*(const char **)field = schedulers[i];
			return 0;
		}
	diag_error(p->diags, s->word[1].span,
		"Invalid lvs_scheduler '%s' - ignoring (rr wrr lc wlc lblc sh mh dh fo ovf lblcr sed nq "
		"twos)",
		stmt_word(s, 1));
	return -1;
}

const struct codec codec_sched = {
	.name = "scheduler",
	.words = 1,
	.most = 1,
	.parse = sched_parse,
	.print = type_string_print,
	.equal = type_string_equal,
};

static int persistence_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	if (s->n > 1)
		return codec_time.parse(p, n, kw, field, s);
	*(ktime *)field = SEC(360);
	return 0;
}

static bool persistence_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	return *(const ktime *)field && codec_time.print(out, kw, field);
}

const struct codec codec_persistence = {
	.name = "uint",
	.words = 0,
	.most = 1,
	.parse = persistence_parse,
	.print = persistence_print,
	.equal = type_same_bytes,
};

/* A mask for IPv4, a prefix length for IPv6; the dot tells. */
static int granularity_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	V *vs = (V *)n;
	const char *word = stmt_word(s, 1);
	uint8_t family = strchr(word, '.') ? AF_INET : AF_INET6;
	struct in_addr mask;
	uint64_t v;

	if ((vs->family && vs->family != family) ||
		(family == AF_INET ? inet_pton(AF_INET, word, &mask) != 1
				   : str_uint(word, 1, 128, &v) != 0)) {
		diag_error(p->diags, s->word[1].span,
			"%s: '%s' is no IPv4 mask and no IPv6 prefix length 1..128 - ignored",
			kw->name, word);
		return -1;
	}
	*(uint32_t *)field = family == AF_INET ? mask.s_addr : (uint32_t)v;
	vs->family = family;
	vs->granularity_given = true;
	return 0;
}

static bool granularity_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const V *vs = container_of(field, V, granularity);
	char buf[INET_ADDRSTRLEN];

	(void)kw;
	if (!vs->granularity_given)
		return false;
	if (vs->family == AF_INET6)
		strbuf_printf(out, "%" PRIu32, vs->granularity);
	else
		strbuf_puts(out, inet_ntop(AF_INET, field, buf, sizeof(buf)));
	return true;
}

const struct codec codec_granularity = {
	.name = "mask",
	.words = 1,
	.most = 1,
	.parse = granularity_parse,
	.print = granularity_print,
	.equal = type_same_bytes,
};

static int family_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	V *vs = (V *)n;
	uint8_t before = vs->family;

	if (codec_enum.parse(p, n, kw, field, s))
		return -1;
	if (!before || before == vs->family)
		return 0;
	diag_error(p->diags, s->word[1].span, "%s: the address says otherwise - ignored", kw->name);
	vs->family = before;
	return -1;
}

const struct codec codec_vs_family = {
	.name = "word",
	.words = 1,
	.most = 1,
	.parse = family_parse,
	.print = type_enum_print,
	.equal = type_same_bytes,
};
