/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keepalived/core/version.h"

#include <linux/version.h>
#include <string.h>
#include <sys/utsname.h>

#include "config.h"
#include "lib/base.h"

const char *version_line(void)
{
	return "Keepalived v" PACKAGE_VERSION " (" RELEASE_DATE ")";
}

const char *version_kernel_headers(void)
{
	static char text[32];

	snprintf(text, sizeof(text), "Linux %d.%d.%d", LINUX_VERSION_CODE >> 16,
		(LINUX_VERSION_CODE >> 8) & 0xff, LINUX_VERSION_CODE & 0xff);
	return text;
}

static void print_distro(FILE *out)
{
	static const char key[] = "PRETTY_NAME=\"";
	FILE *f = fopen("/etc/os-release", "re");
	char line[256];

	while (f && fgets(line, sizeof(line), f)) {
		if (strncmp(line, key, sizeof(key) - 1))
			continue;
		line[strcspn(line, "\n")] = '\0';
		line[strlen(line) - 1] = '\0';
		fprintf(out, "Distro: %s\n", line + sizeof(key) - 1);
	}
	if (f)
		fclose(f);
}

void version_print(FILE *out)
{
	struct utsname u;

	uname(&u);
	fprintf(out, "%s\n\n", version_line());
	fprintf(out, "Copyright (C) 2026 the keepalived contributors; "
		     "GPL-2.0-or-later with an OpenSSL linking exception\n\n");
	fprintf(out, "Built with kernel headers for %s\n", version_kernel_headers());
	fprintf(out, "Running on %s %s %s\n", u.sysname, u.release, u.version);
	print_distro(out);
	fprintf(out, "\nconfigure options: %s\n\n", CONFIGURE_OPTIONS);
	fprintf(out, "Config options:  %s\n\n", CONFIG_FEATURES);
	fprintf(out, "System options:  %s\n", SYSTEM_FEATURES);
}
