/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Value types of vrrp_instance: words that stand for states, switches, and what has a bare form. */
#include <string.h>

#include "keepalived/conf/vrrp_tables.h"

#define AUTH_PASS_LEN 8

/* ---- state, switches --------------------------------------------------------------------- */

static int state_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	const char *word = stmt_word(s, 1);
	int *state = field;

	(void)kw;
	if (!strcmp(word, "MASTER")) {
		*state = VRRP_INITIAL_MASTER;
	} else if (strcmp(word, "BACKUP") != 0) {
		diag_error(p->diags, s->word[1].span,
			"(%s) unknown state '%s', defaulting to BACKUP%s", n->name, word,
			!strcasecmp(word, "MASTER") || !strcasecmp(word, "BACKUP")
				? " (it is written in capitals)"
				: "");
		*state = VRRP_INITIAL_BACKUP;
	} else if (*state == VRRP_INITIAL_MASTER) {
		diag_error(p->diags, s->word[1].span, "(%s) state was MASTER already, it stays so",
			n->name);
		return -1;
	} else {
		*state = VRRP_INITIAL_BACKUP;
	}
	return 0;
}

static bool state_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	int state = *(const int *)field;

	(void)kw;
	if (state == VRRP_INITIAL_UNSET)
		return false;
	strbuf_puts(out, state == VRRP_INITIAL_MASTER ? "MASTER" : "BACKUP");
	return true;
}

const struct codec codec_state = {"state", 1, 1, state_parse, state_print, type_same_bytes};

/* accept and no_accept, preempt and nopreempt: two words for one value. */
static int onoff_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	(void)p;
	(void)n;
	(void)s;
	*(int *)field = (int)kw->max;
	return 0;
}

static bool onoff_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	(void)out;
	return *(const int *)field == (int)kw->max;
}

const struct codec codec_onoff = {"flag", 0, 0, onoff_parse, onoff_print, type_same_bytes};

static int preempt_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	(void)p;
	(void)n;
	(void)s;
	*(bool *)field = kw->max;
	return 0;
}

static bool preempt_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	(void)out;
	return kw->max && *(const bool *)field;
}

const struct codec codec_preempt = {"flag", 0, 1, preempt_parse, preempt_print, type_same_bytes};

static int vrid_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	struct kw row = *kw;

	if (*(const uint8_t *)field)
		row.flags &= ~(uint32_t)KW_REQUIRED;
	return type_uint_parse(p, n, &row, field, s);
}

static bool vrid_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	return codec_uint.print(out, kw, field);
}

const struct codec codec_vrid = {"uint", 1, 1, vrid_parse, vrid_print, type_same_bytes};

static int expired_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	if (s->n > 1)
		return codec_uint.parse(p, n, kw, field, s);
	*(uint8_t *)field = 254;
	return 0;
}

static bool expired_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	return *(const uint8_t *)field && codec_uint.print(out, kw, field);
}

const struct codec codec_expired = {"uint", 0, 1, expired_parse, expired_print, type_same_bytes};

static int native_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	uint8_t *family = field;

	(void)n;
	if (*family == AF_INET) {
		diag_error(p->diags, s->word[0].span, "%s: the instance is IPv4 already - ignored",
			kw->name);
		return -1;
	}
	*family = AF_INET6;
	return 0;
}

static bool native_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	(void)out;
	(void)kw;
	return *(const uint8_t *)field == AF_INET6;
}

const struct codec codec_native_ipv6 = {"flag", 0, 1, native_parse, native_print, type_same_bytes};

static bool ttl_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	return *(const int *)field >= 0 && codec_int.print(out, kw, field);
}

const struct codec codec_ttl = {"uint", 1, 1, type_uint_parse, ttl_print, type_same_bytes};

static int auth_pass_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	size_t len = s->word[1].s.n;

	(void)n;
	(void)kw;
	if (len > AUTH_PASS_LEN)
		diag_note(p->diags, s->word[1].span,
			"Truncating auth_pass to 8 characters: the protocol carries no more");
	memset(field, 0, AUTH_PASS_LEN);
	memcpy(field, stmt_word(s, 1), MIN(len, (size_t)AUTH_PASS_LEN));
	return 0;
}

static bool auth_pass_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	char pass[AUTH_PASS_LEN + 1] = {0};

	(void)kw;
	memcpy(pass, field, AUTH_PASS_LEN);
	if (!*pass)
		return false;
	print_word(out, pass);
	return true;
}

const struct codec codec_auth_pass = {
	"string", 1, 1, auth_pass_parse, auth_pass_print, type_same_bytes};

/* ---- notify_deleted ---------------------------------------------------------------------- */

static int deleted_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	container_of(field, struct notify_conf, deleted)->deleted_given = true;
	return s->n > 1 ? codec_script.parse(p, n, kw, field, s) : 0;
}

static bool deleted_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	codec_script.print(out, kw, field);
	return container_of(field, struct notify_conf, deleted)->deleted_given;
}

static bool deleted_equal(const struct kw *kw, const void *a, const void *b)
{
	return codec_script.equal(kw, a, b) &&
	       container_of(a, struct notify_conf, deleted)->deleted_given ==
		       container_of(b, struct notify_conf, deleted)->deleted_given;
}

const struct codec codec_deleted = {"script", 0, 3, deleted_parse, deleted_print, deleted_equal};

/* ---- further ----------------------------------------------------------------------------- */

static int checksum_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	(void)n;
	if (s->n > 1 && strcmp(stmt_word(s, 1), "never") != 0) {
		diag_error(p->diags, s->word[1].span, "%s: unknown word '%s' (never) - ignored",
			kw->name, stmt_word(s, 1));
		return -1;
	}
	*(enum old_checksum *)field = s->n > 1 ? CHECKSUM_NEVER : CHECKSUM_OLD;
	return 0;
}

static bool checksum_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	enum old_checksum v = *(const enum old_checksum *)field;

	(void)kw;
	if (v == CHECKSUM_NEVER)
		strbuf_puts(out, "never");
	return v != CHECKSUM_DETECT;
}

const struct codec codec_checksum = {"word", 0, 1, checksum_parse, checksum_print, type_same_bytes};

/* Unlike the global one it can be turned off, and be left to that. */
static int extra_parse(
	struct parse *p, struct node *n, const struct kw *kw, void *field, const struct stmt *s)
{
	struct garp_extra *g = field;

	if (strcmp(stmt_word(s, s->n - 1), "0") != 0)
		return codec_garp_extra.parse(p, n, kw, field, s);
	*g = (struct garp_extra){0};
	return 0;
}

static bool extra_print(struct strbuf *out, const struct kw *kw, const void *field)
{
	const struct garp_extra *g = field;

	if (g->interval)
		return g->interval > 0 && codec_garp_extra.print(out, kw, field);
	strbuf_puts(out, "0");
	return true;
}

static bool extra_equal(const struct kw *kw, const void *a, const void *b)
{
	return codec_garp_extra.equal(kw, a, b);
}

const struct codec codec_extra = {"seconds", 1, 2, extra_parse, extra_print, extra_equal};
