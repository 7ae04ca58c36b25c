/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Services, servers and checkers: what the text becomes, what is inherited, what families do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "keepalived/conf/conf.h"
#include "lib/text.h"
#include "test/unit/conf_fixture.h"

static const struct vs_conf *service(const struct fixture *f)
{
	return (const struct vs_conf *)f->conf->virtual_servers.first;
}

static const struct rs_conf *server(const struct fixture *f, unsigned i)
{
	const struct node *n = service(f)->real_servers.first;

	for (; i && n; i--)
		n = n->next;
	return (const struct rs_conf *)n;
}

static const struct checker_conf *checker(const struct fixture *f, unsigned i)
{
	const struct node *n = server(f, 0)->checkers.first;

	for (; i && n; i--)
		n = n->next;
	return (const struct checker_conf *)n;
}

#define VS(more, servers)                                                                    \
	"virtual_server 10.0.0.1 80 {\n lvs_sched rr\n lvs_method NAT\n protocol TCP\n" more \
		servers "}\n"
#define RS(inside) " real_server 10.1.0.1 80 {\n" inside " }\n"

static void met(void *ctx, const struct node *old, const struct node *new, enum schema_change c)
{
	(void)old;
	(void)new;
	*(unsigned *)ctx += c != CHANGE_NONE;
}

/* What is printed reads back as the same tree. */
static void assert_prints(const struct fixture *f)
{
	struct strbuf out = {0};
	struct fixture again;
	unsigned differ = 0;

	schema_print(&out, &f->conf->node, PRINT_SECRETS);
	again = read_conf(strbuf_str(&out));
	schema_diff_tree(&f->conf->node, &again.conf->node, met, &differ);
	assert_int_equal(differ, 0);
	end(&again);
	strbuf_free(&out);
}

/* ---- inheritance ------------------------------------------------------------------------- */

static const struct {
	const char *service, *server, *checker;
	uint32_t retry;
	ktime delay_before_retry, delay_loop, warmup;
} inherited[] = {
	{"", "", "TCP_CHECK {\n", 1, SEC(1), SEC(60), SEC(60)},
	{"", "", "HTTP_GET {\n url {\n path /\n }\n", 1, SEC(3), SEC(60), SEC(60)},
	{"", "", "MISC_CHECK {\n misc_path /bin/x\n", 0, SEC(1), SEC(60), SEC(60)},
	{"", "", "SMTP_CHECK {\n", 1, SEC(1), SEC(60), SEC(60)},
	{"", "", "UDP_CHECK {\n", 1, SEC(1), SEC(60), SEC(60)},
	{"", "", "PING_CHECK {\n", 1, SEC(1), SEC(60), SEC(60)},
	{"", "", "DNS_CHECK {\n", 3, SEC(60), SEC(60), SEC(60)},
	{" delay_loop 7\n", "", "DNS_CHECK {\n", 3, SEC(7), SEC(7), SEC(7)},
	{"", " delay_before_retry 0\n", "DNS_CHECK {\n", 3, 0, SEC(60), SEC(60)},
	{" retry 4\n delay_loop 7\n", "", "MISC_CHECK {\n misc_path /bin/x\n", 4, SEC(1), SEC(7),
		SEC(7)},
	{" retry 4\n delay_loop 7\n warmup 2\n", " retry 5\n delay_loop 8\n", "TCP_CHECK {\n", 5,
		SEC(1), SEC(8), SEC(2)},
	{" retry 4\n", " delay_before_retry 2\n", "TCP_CHECK {\n retry 0\n delay_loop 9\n", 0,
		SEC(2), SEC(9), SEC(9)},
	{" retry 4\n", "", "TCP_CHECK {\n retry 4294967295\n", UINT32_MAX - 1, SEC(1), SEC(60),
		SEC(60)},
};

static void test_inherited(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(inherited); i++) {
		struct strbuf text = {0};
		struct fixture f;
		const struct checker_conf *k;

		strbuf_printf(&text, VS("%s", RS("%s  %s }\n")), inherited[i].service,
			inherited[i].server, inherited[i].checker);
		f = read_conf(strbuf_str(&text));
		k = checker(&f, 0);
		assert_int_equal(k->retry, inherited[i].retry);
		assert_true(k->delay_before_retry == inherited[i].delay_before_retry);
		assert_true(k->delay_loop == inherited[i].delay_loop);
		assert_true(k->warmup == inherited[i].warmup);
		assert_prints(&f);
		end(&f);
		strbuf_free(&text);
	}
}

#define URL(inside) "  url {\n path /\n" inside "  }\n"

static const struct {
	const char *conf, *host, *sni;
} names[] = {
	{VS("", RS("SSL_GET {\n" URL("") "}\n")), NULL, NULL},
	{VS(" virtualhost v\n", RS("SSL_GET {\n" URL("") "}\n")), "v", NULL},
	{VS(" virtualhost v\n", RS("SSL_GET {\n enable_sni\n" URL("") "}\n")), "v", "v"},
	{VS(" virtualhost v\n", RS(" virtualhost r\n SSL_GET {\n enable_sni\n" URL("") "}\n")), "r",
		"v"},
	{VS("", RS(" virtualhost r\n SSL_GET {\n enable_sni\n" URL("") "}\n")), "r", NULL},
	{VS("", RS("SSL_GET {\n virtualhost c\n enable_sni\n" URL("virtualhost u\n") "}\n")), "u",
		"u"},
	{VS("", RS("SSL_GET {\n virtualhost c\n sni_name s\n" URL("virtualhost u\n") "}\n")), "u",
		"s"},
	{VS("", RS("SSL_GET {\n virtualhost c\n sni_name\n" URL("") "}\n")), "c", "c"},
	{VS("", RS("SSL_GET {\n virtualhost c\n sni_name s\n enable_sni off\n" URL("") "}\n")), "c",
		NULL},
};

static void assert_text(const char *a, const char *b)
{
	if (!a || !b)
		assert_ptr_equal(a, b);
	else
		assert_string_equal(a, b);
}

static void test_host_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct fixture f = read_conf(names[i].conf);
		const struct http_check *h = container_of(checker(&f, 0), struct http_check, check);
		const struct url_conf *u = (const struct url_conf *)h->urls.first;

		assert_text(u->virtualhost, names[i].host);
		assert_text(u->sni, names[i].sni);
		assert_prints(&f);
		end(&f);
	}
}

/* ---- forwarding methods and families ----------------------------------------------------- */

static void test_method_follows(void **state)
{
	struct fixture f = read_conf(
		"virtual_server 10.0.0.1 80 {\n lvs_sched rr\n protocol TCP\n"
		" real_server 10.1.0.1 80 {\n }\n lvs_method TUN type gre csum\n"
		" real_server 10.1.0.2 80 {\n }\n"
		" lvs_method DR\n real_server 10.1.0.3 80 {\n lvs_method NAT\n }\n"
		" real_server 10.1.0.4 80 {\n }\n sorry_server 10.1.0.5 80\n lvs_method NAT\n}\n");

	(void)state;
	assert_int_equal(server(&f, 0)->forward.method, LVS_NAT);
	assert_int_equal(server(&f, 1)->forward.method, LVS_TUN);
	assert_int_equal(server(&f, 1)->forward.tun_flags, 1);
	assert_int_equal(server(&f, 2)->forward.method, LVS_NAT);
	assert_int_equal(server(&f, 3)->forward.method, LVS_DR);
	assert_int_equal(service(&f)->sorry_forward.method, LVS_DR);
	assert_int_equal(service(&f)->forward.method, LVS_NAT);
	assert_int_equal(diags_status(f.diags), 0); /* notes only: it may be given again */
	assert_prints(&f);
	end(&f);
}

#define GROUPS                                                          \
	"virtual_server_group 4 {\n 10.0.0.1 80\n}\n"                   \
	"virtual_server_group 6 {\n 2001:db8::1 80\n fwmark 3\n}\n"     \
	"virtual_server_group 46 {\n 10.0.0.1 80\n 2001:db8::1 80\n}\n" \
	"virtual_server_group M {\n fwmark 3\n}\n"
#define HEAD(what) "virtual_server " what " {\n lvs_sched rr\n protocol TCP\n"
#define S4(method) " real_server 10.1.0.1 80 {\n lvs_method " method "\n }\n"
#define S6(method) " real_server 2001:db8::2 80 {\n lvs_method " method "\n }\n"
#define GONE       -1

static const struct {
	const char *conf;
	int family, servers;
} families[] = {
	{HEAD("10.0.0.1 80") S4("NAT") S6("NAT") "}\n", AF_INET, 1},
	{HEAD("10.0.0.1 80") S4("TUN") S6("TUN") "}\n", AF_INET, 2},
	{HEAD("2001:db8::1 80") S4("NAT") S6("NAT") "}\n", AF_INET6, 1},
	{HEAD("fwmark 1") S4("NAT") S6("NAT") "}\n", AF_INET, 1},
	{HEAD("fwmark 1") S6("NAT") S4("NAT") "}\n", AF_INET6, 1},
	{HEAD("fwmark 1") S4("TUN") S6("NAT") "}\n", AF_INET6, 2},
	{HEAD("fwmark 1") " ip_family inet\n" S6("NAT") S4("NAT") "}\n", AF_INET, 1},
	{HEAD("fwmark 1") " persistence_granularity 64\n" S4("NAT") S6("NAT") "}\n", AF_INET6, 1},
	{HEAD("fwmark 1") S6("TUN") "}\n", AF_INET6, 1},
	{HEAD("fwmark 1") S6("TUN") S4("TUN") "}\n", AF_INET, 2},
	{HEAD("fwmark 1") S4("TUN") " sorry_server 2001:db8::9 80\n"
				    " sorry_server_lvs_method NAT\n}\n",
		AF_INET6, 1},
	{GROUPS HEAD("group 4") S4("NAT") "}\n", AF_INET, 1},
	{GROUPS HEAD("group 4") S6("NAT") "}\n", GONE, 0},
	{GROUPS HEAD("group 4") S6("TUN") "}\n", AF_INET, 1},
	{GROUPS HEAD("group 6") S6("NAT") S4("TUN") S4("DR") "}\n", AF_INET6, 2},
	{GROUPS HEAD("group 46") S4("NAT") "}\n", GONE, 0},
	{GROUPS HEAD("group 46") S4("TUN") S6("TUN") "}\n", AF_UNSPEC, 2},
	{GROUPS HEAD("group M") S6("NAT") "}\n", AF_INET6, 1},
	{GROUPS HEAD("group M") S6("TUN") "}\n", AF_INET, 1},
	{HEAD("group none") S4("NAT") "}\n", GONE, 0},
};

static void test_families(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		struct fixture f = read_conf(families[i].conf);

		if (families[i].family == GONE) {
			assert_null(service(&f));
		} else {
			assert_int_equal(service(&f)->family, families[i].family);
			assert_int_equal(service(&f)->real_servers.n, families[i].servers);
			assert_prints(&f);
		}
		end(&f);
	}
}

/* ---- checkers ---------------------------------------------------------------------------- */

static void test_smtp_hosts(void **state)
{
	struct fixture f = read_conf(VS("",
		RS(" SMTP_CHECK {\n helo_name h\n retry 2\n"
		   "  host {\n connect_port 25\n }\n  host {\n connect_port 587\n retry 5\n }\n }\n"
		   " SMTP_CHECK {\n }\n")));
	const struct smtp_check *a = container_of(checker(&f, 0), struct smtp_check, check);
	const struct smtp_check *b = container_of(checker(&f, 1), struct smtp_check, check);
	const struct smtp_check *c = container_of(checker(&f, 2), struct smtp_check, check);

	(void)state;
	assert_int_equal(server(&f, 0)->checkers.n, 3);
	assert_string_equal(a->check.node.name, "SMTP_CHECK");
	assert_int_equal(a->check.dst.port, 25);
	assert_int_equal(a->check.dst.addr.family, AF_INET);
	assert_int_equal(a->check.retry, 2);
	assert_string_equal(a->helo_name, "h");
	assert_string_equal(b->check.node.name, "SMTP_CHECK#2");
	assert_int_equal(b->check.dst.port, 587);
	assert_int_equal(b->check.retry, 5);
	assert_string_equal(b->helo_name, "h");
	assert_string_equal(c->check.node.name, "SMTP_CHECK#3");
	assert_string_equal(c->helo_name, "smtpchecker.keepalived.org");
	assert_int_equal(c->check.dst.port, 80);
	assert_prints(&f);
	end(&f);
}

static void test_udp(void **state)
{
	static const uint8_t payload[] = {0x01, 0x22, 0x33, 0x03, 0x44, 0x44};
	static const uint8_t reply[] = {0x01, 0x20, 0x00, 0xab, 0x03};
	static const uint8_t mask[] = {0xff, 0xf0, 0x00, 0xff, 0xff};
	struct fixture f = read_conf(VS("",
		RS(" UDP_CHECK {\n payload 1 22 \"333 4444\"\n require_reply 01 2X xx aB3\n }\n"
		   " UDP_CHECK {\n }\n UDP_CHECK {\n require_reply zz\n max_reply_length 3\n }\n")));
	const struct udp_check *u = container_of(checker(&f, 0), struct udp_check, check);
	const struct udp_check *v = container_of(checker(&f, 1), struct udp_check, check);
	const struct udp_check *w = container_of(checker(&f, 2), struct udp_check, check);

	(void)state;
	assert_int_equal(u->payload.n, sizeof(payload));
	assert_memory_equal(u->payload.byte, payload, sizeof(payload));
	assert_null(u->payload.mask);
	assert_true(u->require_reply);
	assert_int_equal(u->reply.n, sizeof(reply));
	assert_memory_equal(u->reply.byte, reply, sizeof(reply));
	assert_memory_equal(u->reply.mask, mask, sizeof(mask));
	assert_int_equal(u->min_reply, 0);
	assert_int_equal(u->max_reply, 255);
	assert_false(v->require_reply);
	assert_int_equal(v->payload.n, 0);
	assert_true(w->require_reply);
	assert_int_equal(w->reply.n, 0);
	assert_int_equal(w->max_reply, 3);
	assert_prints(&f);
	end(&f);
}

static void test_dns(void **state)
{
	struct fixture f = read_conf(VS("",
		RS(" DNS_CHECK {\n type rrsig\n name a.example.\n }\n DNS_CHECK {\n name a..b\n }\n")));
	const struct dns_check *d = container_of(checker(&f, 0), struct dns_check, check);
	const struct dns_check *e = container_of(checker(&f, 1), struct dns_check, check);

	(void)state;
	assert_int_equal(d->type, 46);
	assert_string_equal(d->name, "a.example.");
	assert_int_equal(e->type, 6);
	assert_string_equal(e->name, ".");
	assert_prints(&f);
	end(&f);
}

#define FILES "track_file F {\n file /dev/null\n weight 2 reverse\n}\n"

static const struct {
	const char *checker;
	int factor;
	enum tristate reverse;
} files[] = {
	{" FILE_CHECK {\n track_file F\n }\n", 2, TRI_ON},
	{" FILE_CHECK {\n track_file F\n weight 5\n }\n", 5, TRI_ON},
	{" FILE_CHECK {\n track_file F\n weight 0 noreverse\n }\n", 0, TRI_OFF},
	{" FILE_CHECK {\n weight -2147483647 reverse\n track_file F\n }\n", -INT32_MAX, TRI_ON},
	{" FILE_CHECK {\n weight 1 backwards\n track_file F\n }\n", 2, TRI_ON},
};

static void test_file(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct strbuf text = {0};
		struct fixture f;
		const struct file_check *k;

		strbuf_printf(&text, FILES VS("", RS("%s")), files[i].checker);
		f = read_conf(strbuf_str(&text));
		k = container_of(checker(&f, 0), struct file_check, check);
		assert_ptr_equal(k->file, f.conf->track_files.first);
		assert_int_equal(k->weight.factor, files[i].factor);
		assert_int_equal(k->weight.reverse, files[i].reverse);
		assert_prints(&f);
		end(&f);
		strbuf_free(&text);
	}
}

/* The pattern is one word of the raw line; each escape is decoded once. */
static const struct {
	const char *written, *pattern; /* NULL: refused */
} patterns[] = {
	{"\"a b\"", "a b"},
	{"'\"a b\" c'", "\"a b\" c"},
	{"a b", NULL},
	{"\"\"", NULL},
	{"\"a", NULL},
	{"\"\\x41b\\d\"", "Abd"},
	{"\"\\\\x41b\\\\d\"", "\\x41b\\d"},
	{"a\"x y\"z", "ax yz"},
	{"\"^a{2}\\\\$ # ! ${b}\"", "^a{2}\\$ # ! ${b}"},
	{"\"\\xe2\\x80\\x9c\\t\"", "\xe2\x80\x9c\t"},
};

static void test_regex(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		struct strbuf text = {0};
		struct fixture f;
		const struct http_check *h;

		strbuf_printf(&text,
			VS("", RS(" HTTP_GET {\n url {\n path /\n regex %s\n regex_no_match\n"
				  " regex_options dotall utf\n regex_options caseless\n"
				  " regex_max_offset 5\n regex_stack 9 10\n regex_stack 1 20\n"
				  " }\n }\n")),
			patterns[i].written);
		f = read_conf(strbuf_str(&text));
		h = container_of(checker(&f, 0), struct http_check, check);
		const struct regex_conf *r = &((const struct url_conf *)h->urls.first)->regex;

		assert_text(r->pattern, patterns[i].pattern);
		assert_true(r->no_match);
		assert_int_equal(r->options, REGEX_DOTALL | REGEX_UTF | REGEX_CASELESS);
		assert_int_equal(r->min_offset, 0);
		assert_int_equal(r->max_offset, 5);
		assert_int_equal(r->stack_start, 9);
		assert_int_equal(r->stack_max, 20);
		assert_prints(&f);
		end(&f);
		strbuf_free(&text);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inherited),
		cmocka_unit_test(test_host_names),
		cmocka_unit_test(test_method_follows),
		cmocka_unit_test(test_families),
		cmocka_unit_test(test_smtp_hosts),
		cmocka_unit_test(test_udp),
		cmocka_unit_test(test_dns),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_regex),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
