/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A context per script: between two it keeps no memory, and no interfaces that have gone. */
#include <errno.h>
#include <nftables/libnftables.h>
#include <string.h>

#include "keepalived/kern/fw_nft.h"
#include "lib/library.h"

/* The first line; what follows repeats the script. */
static void explain(struct strbuf *why, const char *errors)
{
	static const char noise[] = "<cmdline>:";
	const char *p = strstr(errors, ": Error: ");

	if (strncmp(errors, noise, sizeof(noise) - 1) == 0 && p)
		errors = p + strlen(": Error: ");
	strbuf_add(why, errors, strcspn(errors, "\n"));
	if (!why->len)
		strbuf_puts(why, "no reason given");
}

struct libnftables {
	__typeof__(nft_ctx_new) *create;
	__typeof__(nft_ctx_free) *free;
	__typeof__(nft_ctx_buffer_error) *buffer_error;
	__typeof__(nft_ctx_buffer_output) *buffer_output;
	__typeof__(nft_ctx_get_error_buffer) *errors;
	__typeof__(nft_run_cmd_from_buffer) *run;
};

static int load(struct libnftables *lib, struct strbuf *why)
{
	static const struct library_symbol symbols[] = {
		LIBRARY_SYMBOL(struct libnftables, create, "nft_ctx_new"),
		LIBRARY_SYMBOL(struct libnftables, free, "nft_ctx_free"),
		LIBRARY_SYMBOL(struct libnftables, buffer_error, "nft_ctx_buffer_error"),
		LIBRARY_SYMBOL(struct libnftables, buffer_output, "nft_ctx_buffer_output"),
		LIBRARY_SYMBOL(struct libnftables, errors, "nft_ctx_get_error_buffer"),
		LIBRARY_SYMBOL(struct libnftables, run, "nft_run_cmd_from_buffer"),
	};

	return library_load("libnftables.so.1", symbols, ARRAY_SIZE(symbols), lib, why);
}

int fw_nft_run(const char *script, struct strbuf *why)
{
	struct libnftables lib;
	struct nft_ctx *nft;
	int err = load(&lib, why);

	if (err)
		return err;
	nft = lib.create(NFT_CTX_DEFAULT);
	if (!nft || lib.buffer_error(nft) || lib.buffer_output(nft)) {
		err = -ENOMEM;
		strbuf_puts(why, "libnftables cannot start");
	} else if (lib.run(nft, script)) {
		err = -EIO;
		explain(why, lib.errors(nft));
	}
	if (nft)
		lib.free(nft);
	return err;
}
