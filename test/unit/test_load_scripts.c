/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From commands as written to commands that may be run, on files made here. What only root can make
 * (files of other users) is skipped for others.
 */
#include "keepalived/conf/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "test/unit/put_file.h"

static char dir[64];
static struct load_result *result;
static struct strbuf said; /* all that was complained of, a line each */

static char *path_of(const char *name)
{
	static char path[4][256];
	static unsigned next;
	char *p = path[next++ % 4];

	snprintf(p, 256, "%s/%s", dir, name);
	return p;
}

static void make(const char *name, mode_t mode)
{
	put_file(dir, name, "#!/bin/sh\n");
	assert_int_equal(chmod(path_of(name), mode), 0);
}

static void make_dir(const char *name, mode_t mode)
{
	assert_int_equal(mkdir(path_of(name), 0755), 0);
	assert_int_equal(chmod(path_of(name), mode), 0);
}

static int set_up(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/keepalived-test-XXXXXX");
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chmod(dir, 0755), 0);
	make("good", 0755);
	return 0;
}

static int tear_down(void **state)
{
	char command[128];

	(void)state;
	load_free(result);
	result = NULL;
	strbuf_free(&said);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command);
}

/* Loads a file with these global words and one instance with this notify line. */
static const struct load_script *look(const char *global, const char *command)
{
	struct load_options options = {.path = path_of("conf"), .config_id = "here"};
	struct diags *diags = diags_new();
	FILE *f = fopen(options.path, "w");
	struct text *text;
	size_t i;

	fprintf(f,
		"global_defs {\n%s\n}\nvrrp_instance V {\n interface eth0\n virtual_router_id 1\n"
		" notify %s\n virtual_ipaddress {\n 10.0.0.1\n }\n}\n",
		global, command);
	fclose(f);
	load_free(result);
	strbuf_reset(&said);
	result = load(&options, diags, &text);
	for (i = 0; i < diags_count(diags); i++)
		strbuf_printf(&said, "%s\n", diags_at(diags, i)->text);
	text_free(text);
	diags_free(diags);
	assert_int_equal(result->n_scripts, 1);
	return &result->scripts[0];
}

static void usable(const char *global, const char *command)
{
	const struct load_script *s = look(global, command);

	if (!s->usable)
		fail_msg("%s", s->why_not);
	assert_null(s->why_not);
}

static void unusable(const char *global, const char *command, const char *why, const char *log)
{
	const struct load_script *s = look(global, command);

	assert_false(s->usable);
	if (!strstr(s->why_not, why))
		fail_msg("%s", s->why_not);
	if (!strstr(strbuf_str(&said), log))
		fail_msg("%s", strbuf_str(&said));
}

#define SECURE "script_user root\nenable_script_security\n"

static void need_root(void)
{
	if (geteuid() != 0)
		skip();
}

/* ---- users ------------------------------------------------------------------------------- */

static void test_users(void **state)
{
	const struct load_script *s;

	(void)state;
	s = look("script_user nobody", "/bin/true");
	assert_true(s->usable);
	assert_string_equal(s->user, "nobody");
	assert_int_equal(s->uid, 65534);
	s = look("script_user root", "\"/bin/true x\" nobody");
	assert_string_equal(s->user, "nobody");
	assert_string_equal(s->argv[1], "x");
	assert_null(s->argv[2]);
	s = look("script_user nobody root", "/bin/true");
	assert_int_equal(s->uid, 65534);
	assert_int_equal(s->gid, 0);
	s = look("script_user 12345", "/bin/true");
	assert_int_equal(s->uid, 12345);
	assert_null(s->user);
	unusable("script_user nonesuch", "/bin/true", "user nonesuch does not exist",
		"Disabling script /bin/true since not found/accessible");
	unusable("script_user nobody nonesuch", "/bin/true", "group nonesuch does not exist",
		"Disabling");
}

/* ---- paths -------------------------------------------------------------------------------- */

static void test_paths(void **state)
{
	const struct load_script *s;

	(void)state;
	usable("script_user nobody", path_of("good"));
	unusable("script_user nobody", path_of("none/x"), "/none: No such file or directory",
		"since not found/accessible");
	make_dir("sub", 0755);
	unusable("script_user nobody", path_of("sub"), "is not a regular file", "Disabling");
	unusable("script_user nobody", path_of("good/x"), "Not a directory", "Disabling");
	make("plain", 0644);
	unusable("script_user nobody", path_of("plain"), "is not executable for nobody",
		"Disabling");
	unusable("script_user root", path_of("plain"), "is not executable for root", "Disabling");
	make("mine", 0700);
	unusable("script_user 54321", path_of("mine"), "is not executable for its user",
		"Disabling");
	usable("script_user nobody", path_of("sub/.././/good"));
	setenv("PATH", "/nonexistent:/bin", 1);
	s = look("script_user nobody", "true");
	assert_true(s->usable);
	assert_string_equal(s->argv[0], "/bin/true");
	assert_non_null(strstr(strbuf_str(&said), "was looked up in PATH: /bin/true"));
	unusable("script_user nobody", "nonesuch-program", "is not in PATH", "Disabling");
}

static void test_links(void **state)
{
	(void)state;
	assert_int_equal(symlink("good", path_of("link")), 0);
	assert_int_equal(symlink(path_of("link"), path_of("twice")), 0);
	assert_int_equal(symlink("loop", path_of("loop")), 0);
	assert_int_equal(symlink("gone", path_of("dangling")), 0);
	assert_int_equal(symlink(".", path_of("here")), 0);
	usable("script_user nobody", path_of("link"));
	usable("script_user nobody", path_of("twice"));
	usable("script_user nobody", path_of("here/here/twice"));
	unusable("script_user nobody", path_of("loop"), "Too many levels", "Disabling");
	unusable("script_user nobody", path_of("dangling"), "/gone: No such file", "Disabling");
	usable(SECURE, "/bin/true"); /* /bin is a link on many systems */
}

/* ---- security ----------------------------------------------------------------------------- */

static void insecure(const char *command, const char *why)
{
	const struct load_script *s;

	unusable(SECURE, command, why, "due to insecure");
	assert_int_equal(result->status, 6);
	s = look("script_user root", command);
	assert_true(s->usable);
	assert_non_null(strstr(strbuf_str(&said), why));
	usable("script_user nobody\nenable_script_security\n", command);
}

static void test_not_secured(void **state)
{
	(void)state;
	usable("", "/bin/true");
	assert_non_null(strstr(strbuf_str(&said),
		"SECURITY VIOLATION - scripts are being executed but script_security not enabled."));
	assert_int_equal(result->status, 6);
	usable(SECURE, "/bin/true");
	assert_string_equal(strbuf_str(&said), "");
	assert_int_equal(result->status, 0);
}

static void test_writable(void **state)
{
	(void)state;
	need_root();
	usable(SECURE, path_of("good"));
	make("world", 0757);
	insecure(path_of("world"), "/world is writable by everybody");
	make("group", 0775);
	usable(SECURE, path_of("group")); /* by root's group */
	assert_int_equal(chown(path_of("group"), 0, 100), 0);
	insecure(path_of("group"), "/group is writable by group 100");
	make("other", 0755);
	assert_int_equal(chown(path_of("other"), 1, 0), 0);
	insecure(path_of("other"), "/other belongs to user 1, not to root");
}

/* Everything on the way counts, behind links too; a sticky directory is as good as any. */
static void test_directories(void **state)
{
	(void)state;
	need_root();
	make_dir("open", 0777);
	make("open/x", 0755);
	insecure(path_of("open/x"), "/open is writable by everybody");
	assert_int_equal(symlink("open/x", path_of("to-open")), 0);
	insecure(path_of("to-open"), "/open is writable by everybody");
	make_dir("sticky", 01777);
	make("sticky/x", 0755);
	usable(SECURE, path_of("sticky/x"));
	make("sticky/world", 0757);
	insecure(path_of("sticky/world"), "/world is writable by everybody");
}

static void test_set_id(void **state)
{
	(void)state;
	need_root();
	make("other", 0755);
	make_dir("open", 0777);
	make("open/suid", 04755);
	unusable("script_user nobody\nenable_script_security\n", path_of("open/suid"),
		"/open is writable by everybody", "due to insecure");
	unusable("script_user nobody root\nenable_script_security\n", path_of("open/suid"),
		"/open is writable by everybody", "due to insecure");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_users, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_paths, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_links, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_not_secured, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_writable, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_directories, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_set_id, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
