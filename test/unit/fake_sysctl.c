/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test/unit/fake_sysctl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SETTINGS_MAX 32

struct fake_sysctl {
	struct sysctl s;
	int error;
	struct {
		char key[64];
		int value;
	} setting[SETTINGS_MAX];
	size_t n;
};

static int *find(struct fake_sysctl *f, const char *ifname, const char *name)
{
	char key[64];
	size_t i;

	snprintf(key, sizeof(key), "%s/%s", ifname, name);
	for (i = 0; i < f->n; i++)
		if (!strcmp(f->setting[i].key, key))
			return &f->setting[i].value;
	if (f->n == SETTINGS_MAX)
		abort();
	memcpy(f->setting[f->n].key, key, sizeof(key));
	return &f->setting[f->n++].value;
}

static struct fake_sysctl *fake(const struct sysctl *s)
{
	return container_of((struct sysctl *)(uintptr_t)s, struct fake_sysctl, s);
}

static int get(const struct sysctl *s, int family, const char *ifname, const char *name, int *value)
{
	(void)family;
	if (!fake(s)->error)
		*value = *find(fake(s), ifname, name);
	return fake(s)->error;
}

static int set(const struct sysctl *s, int family, const char *ifname, const char *name, int value)
{
	(void)family;
	if (!fake(s)->error)
		*find(fake(s), ifname, name) = value;
	return fake(s)->error;
}

struct fake_sysctl *fake_sysctl_new(void)
{
	struct fake_sysctl *f = xcalloc(1, sizeof(*f));

	f->s = (struct sysctl){.get = get, .set = set};
	return f;
}

void fake_sysctl_free(struct fake_sysctl *f)
{
	free(f);
}

const struct sysctl *fake_sysctl_port(struct fake_sysctl *f)
{
	return &f->s;
}

void fake_sysctl_fail(struct fake_sysctl *f, int error)
{
	f->error = error;
}

void fake_sysctl_put(struct fake_sysctl *f, const char *ifname, const char *name, int value)
{
	*find(f, ifname, name) = value;
}

int fake_sysctl_value(const struct fake_sysctl *f, const char *ifname, const char *name)
{
	return *find((struct fake_sysctl *)(uintptr_t)f, ifname, name);
}
