/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Preloaded into user-mode Linux on processors with AMX. Kernels of the 6.1 time reserve 2.7 KB for
 * the extended registers of a process; the host then has 11 KB, gives the first part when asked and
 * refuses to set less than all. Here the rest is filled with zeros: the initial state, which is
 * right since no process in the machine can get the permission to use those registers.
 *
 * Runs on the small stacks of that kernel, in its one thread, hence the static buffer.
 */
#include <dlfcn.h>
#include <elf.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

static long (*next)(int request, pid_t pid, void *addr, void *data);
static unsigned char registers[1 << 16];
static size_t size; /* of what the host wants to be given; 0: not yet known */

static __attribute__((constructor)) void resolve(void)
{
	*(void **)&next = dlsym(RTLD_NEXT, "ptrace");
}

static long set_all(pid_t pid, void *type, struct iovec *part)
{
	struct iovec all = {registers, sizeof(registers)};

	if (!size && !next(PTRACE_GETREGSET, pid, type, &all)) {
		size = all.iov_len;
		memset(registers, 0, size);
	}
	if (part->iov_len >= size)
		return next(PTRACE_SETREGSET, pid, type, part);
	memcpy(registers, part->iov_base, part->iov_len);
	all.iov_len = size;
	return next(PTRACE_SETREGSET, pid, type, &all);
}

long ptrace(enum __ptrace_request request, ...)
{
	va_list ap;

	va_start(ap, request);
	pid_t pid = va_arg(ap, pid_t);
	void *addr = va_arg(ap, void *);
	void *data = va_arg(ap, void *);
	va_end(ap);
	if (request == PTRACE_SETREGSET && (uintptr_t)addr == NT_X86_XSTATE)
		return set_all(pid, addr, data);
	return next((int)request, pid, addr, data);
}
