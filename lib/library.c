/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/library.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

int library_load(const char *soname, const struct library_symbol *symbols, size_t n, void *table,
	struct strbuf *why)
{
	void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE), *symbol = NULL;
	size_t i;

	for (i = 0; library && i < n; i++) {
		symbol = dlsym(library, symbols[i].name);
		if (!symbol)
			break;
		memcpy((char *)table + symbols[i].offset, &symbol, sizeof(symbol));
	}
	if (!library || i < n)
		strbuf_puts(why, dlerror());
	if (library)
		dlclose(library);
	return library && i == n ? 0 : -ENOENT;
}
