/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order is what makes it work: groups and the bounding set need root, the permitted set is
 * carried over the change of user by PR_SET_KEEPCAPS and cut down after it, and a filter may only
 * be loaded by an unprivileged process once no_new_privs is set.
 *
 * Root of a user namespace may find that the wanted ids do not exist there, or that setgroups is
 * forbidden. Then it stays the user it is, who is nobody special outside, and loses the rest.
 */
#include "lib/priv.h"

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "lib/priv_exec.h"

static const struct {
	unsigned bit;
	unsigned cap;
} caps[] = {
	{PRIV_NET_ADMIN, CAP_NET_ADMIN},
	{PRIV_NET_RAW, CAP_NET_RAW},
	{PRIV_SYS_NICE, CAP_SYS_NICE},
	{PRIV_NET_BIND, CAP_NET_BIND_SERVICE},
	{PRIV_IPC_LOCK, CAP_IPC_LOCK},
};

/* From the file, since asking the name service loads libraries into a process that stays. */
static bool find_local(const char *name, uid_t *uid, gid_t *gid)
{
	FILE *f = fopen("/etc/passwd", "re");
	const struct passwd *pw;
	bool found = false;

	while (f && !found && (pw = fgetpwent(f))) {
		found = strcmp(pw->pw_name, name) == 0;
		*uid = found ? pw->pw_uid : *uid;
		*gid = found ? pw->pw_gid : *gid;
	}
	if (f)
		fclose(f);
	return found;
}

static bool find_anywhere(const char *name, uid_t *uid, gid_t *gid)
{
	const struct passwd *pw = getpwnam(name);

	if (!pw)
		return false;
	*uid = pw->pw_uid;
	*gid = pw->pw_gid;
	return true;
}

int priv_find_user(uid_t *uid, gid_t *gid)
{
	static const char first[] = "keepalived", second[] = "nobody";

	if (find_local(first, uid, gid) || find_local(second, uid, gid) ||
		find_anywhere(first, uid, gid) || find_anywhere(second, uid, gid))
		return 0;
	return -ENOENT;
}

static bool wanted(const struct priv_want *want, unsigned cap)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(caps); i++)
		if (caps[i].cap == cap)
			return want->caps & caps[i].bit;
	return false;
}

/* Without CAP_SETPCAP the bounding set stays, and no_new_privs makes it meaningless. */
static int drop_bounds(const struct priv_want *want)
{
	unsigned cap;

	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0))
		return -errno;
	if (!capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP))
		return 0;
	for (cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		if (!wanted(want, cap) && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0))
			return -errno;
	return 0;
}

static bool setgroups_denied(void)
{
	FILE *f = fopen("/proc/self/setgroups", "re");
	char word[8] = "";
	bool denied;

	if (!f)
		return false;
	denied = fgets(word, sizeof(word), f) && strncmp(word, "deny", 4) == 0;
	fclose(f);
	return denied;
}

static int drop_groups(const struct priv_want *want)
{
	(void)want;
	if (!setgroups(0, NULL) || setgroups_denied())
		return 0;
	return -errno;
}

/* EINVAL: the id has no meaning in this user namespace. */
static int change_gid(const struct priv_want *want)
{
	if (want->gid == (gid_t)-1)
		return -EINVAL;
	return setresgid(want->gid, want->gid, want->gid) && errno != EINVAL ? -errno : 0;
}

static int change_uid(const struct priv_want *want)
{
	int err = 0;

	if (want->uid == (uid_t)-1)
		return -EINVAL;
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0))
		return -errno;
	if (setresuid(want->uid, want->uid, want->uid) && errno != EINVAL)
		err = -errno;
	return err;
}

/* capng_get_caps_process has been called when the process still had all it was given. */
static int reduce_caps(const struct priv_want *want)
{
	bool have[ARRAY_SIZE(caps)];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(caps); i++)
		have[i] = capng_have_capability(CAPNG_PERMITTED, caps[i].cap);
	capng_clear(CAPNG_SELECT_CAPS);
	for (i = 0; i < ARRAY_SIZE(caps); i++)
		if (have[i] && (want->caps & caps[i].bit))
			capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, caps[i].cap);
	if (capng_apply(CAPNG_SELECT_CAPS))
		return errno ? -errno : -EPERM;
	return prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) ? -errno : 0;
}

static int no_new_privs(const struct priv_want *want)
{
	(void)want;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? -errno : 0;
}

static int forbid_exec(const struct priv_want *want)
{
	return want->no_exec ? priv_forbid_exec() : 0;
}

/* As of the start: capng's own copy, which changes in reduce_caps. */
static bool may(int cap)
{
	return geteuid() == 0 && capng_have_capability(CAPNG_EFFECTIVE, (unsigned)cap);
}

int priv_drop(const struct priv_want *want, const char **what)
{
	static const struct {
		const char *what;
		int (*run)(const struct priv_want *);
		int needs; /* only for root that has this capability; -1: for everybody */
	} steps[] = {
		{"supplementary groups", drop_groups, CAP_SETGID},
		{"capability bounding set", drop_bounds, -1},
		{"group", change_gid, CAP_SETGID},
		{"user", change_uid, CAP_SETUID},
		{"capabilities", reduce_caps, -1},
		{"no_new_privs", no_new_privs, -1},
		{"seccomp filter", forbid_exec, -1},
	};
	size_t i;
	int err;

	*what = "reading capabilities";
	if (capng_get_caps_process())
		return errno ? -errno : -EPERM;
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		*what = steps[i].what;
		if (steps[i].needs >= 0 && !may(steps[i].needs))
			continue;
		err = steps[i].run(want);
		if (err)
			return err;
	}
	*what = NULL;
	return 0;
}
