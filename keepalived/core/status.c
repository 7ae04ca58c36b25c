/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The segment is one memory file: a header, then extents of rows as they were asked for. Each kind
 * has a chain of extents, every one twice the size of the one before, so that rows keep their place
 * while the segment grows. A row is a sequence count, a `used` flag and the struct of its kind.
 *
 * The sequence count is odd while its row is being written. Fences follow the usual seqlock order:
 * the writer's stores lie between two releases, the reader's loads between two acquires.
 */
#include "keepalived/core/status.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <stdlib.h>

#include "lib/base.h"

#define STATUS_MAGIC    0x6b61737231ULL
#define STATUS_RESERVE  (1024ULL * 1024 * 1024) /* address space, not memory */
#define FIRST_EXTENT    64                      /* rows */
#define EXTENTS_MAX     24
#define READ_TRIES      1000

struct row {
	_Atomic uint32_t seq;
	_Atomic uint32_t used;
	_Alignas(8) unsigned char body[];
};

struct status_header {
	uint64_t magic;
	_Atomic uint64_t size; /* bytes of the segment in use */
	struct {
		uint32_t row_size;
		_Atomic uint32_t rows; /* one past the highest ever used */
		_Atomic uint64_t extent[EXTENTS_MAX];
	} kind[STATUS_KINDS];
};

static const size_t body_size[STATUS_KINDS] = {
	[STATUS_VRRP] = sizeof(struct status_vrrp),
	[STATUS_GROUP] = sizeof(struct status_group),
	[STATUS_VS] = sizeof(struct status_vs),
	[STATUS_RS] = sizeof(struct status_rs),
};

struct free_rows {
	uint32_t *row;
	uint32_t n, cap;
};

struct status {
	int fd;
	unsigned char *base;
	struct status_header *head;
	struct free_rows spare[STATUS_KINDS];
};

struct status_map {
	int fd;
	const unsigned char *base;
	size_t mapped;
};

/* Row i lies in extent e, which holds FIRST_EXTENT << e rows. */
static uint64_t row_offset(const struct status_header *h, enum status_kind k, uint32_t i)
{
	unsigned e = 0;

	while (i >= (uint32_t)FIRST_EXTENT << e) {
		i -= (uint32_t)FIRST_EXTENT << e;
		e++;
	}
	return atomic_load(&h->kind[k].extent[e]) + (uint64_t)i * h->kind[k].row_size;
}

static size_t row_size(enum status_kind k)
{
	return (sizeof(struct row) + body_size[k] + 63) / 64 * 64;
}

struct status *status_new(void)
{
	struct status *s = xcalloc(1, sizeof(*s));
	int k;

	s->fd = memfd_create("keepalived-status", MFD_CLOEXEC);
	if (s->fd < 0)
		goto fail;
	s->base = mmap(NULL, STATUS_RESERVE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE,
		s->fd, 0);
	if (s->base == MAP_FAILED || ftruncate(s->fd, 4096))
		goto fail_fd;
	s->head = (struct status_header *)s->base;
	s->head->magic = STATUS_MAGIC;
	atomic_store(&s->head->size, 4096);
	for (k = 0; k < STATUS_KINDS; k++)
		s->head->kind[k].row_size = row_size(k);
	return s;

fail_fd:
	close(s->fd);
fail:
	free(s);
	return NULL;
}

void status_free(struct status *s)
{
	int k;

	if (!s)
		return;
	for (k = 0; k < STATUS_KINDS; k++)
		free(s->spare[k].row);
	munmap(s->base, STATUS_RESERVE);
	close(s->fd);
	free(s);
}

int status_fd(const struct status *s)
{
	return s->fd;
}

static unsigned extent_of(uint32_t i)
{
	unsigned e = 0;

	while (i >= (uint32_t)FIRST_EXTENT << e) {
		i -= (uint32_t)FIRST_EXTENT << e;
		e++;
	}
	return e;
}

/* Memory that cannot be had here is as fatal as anywhere else (lib/base.h). */
static void add_extent(struct status *s, enum status_kind k, unsigned e)
{
	uint64_t at = atomic_load(&s->head->size);
	uint64_t bytes = (uint64_t)row_size(k) * ((uint64_t)FIRST_EXTENT << e);

	bytes = (bytes + 4095) / 4096 * 4096;
	if (at + bytes > STATUS_RESERVE || ftruncate(s->fd, (off_t)(at + bytes)))
		_exit(EXIT_NO_MEMORY);
	atomic_store(&s->head->kind[k].extent[e], at);
	atomic_store(&s->head->size, at + bytes);
}

static struct row *row_at(struct status *s, enum status_kind k, uint32_t i)
{
	return (struct row *)(s->base + row_offset(s->head, k, i));
}

uint32_t status_row_new(struct status *s, enum status_kind k)
{
	struct free_rows *spare = &s->spare[k];
	uint32_t i;

	if (spare->n) {
		i = spare->row[--spare->n];
	} else {
		i = atomic_load(&s->head->kind[k].rows);
		if (!atomic_load(&s->head->kind[k].extent[extent_of(i)]))
			add_extent(s, k, extent_of(i));
		atomic_store(&s->head->kind[k].rows, i + 1);
	}
	memset(status_begin(s, k, i), 0, body_size[k]);
	atomic_store(&row_at(s, k, i)->used, 1);
	status_end(s, k, i);
	return i;
}

void status_row_free(struct status *s, enum status_kind k, uint32_t i)
{
	struct free_rows *spare = &s->spare[k];

	atomic_store(&row_at(s, k, i)->used, 0);
	if (spare->n == spare->cap) {
		spare->cap = spare->cap ? spare->cap * 2 : 16;
		spare->row = xrealloc(spare->row, spare->cap * sizeof(*spare->row));
	}
	spare->row[spare->n++] = i;
}

void *status_begin(struct status *s, enum status_kind k, uint32_t i)
{
	struct row *r = row_at(s, k, i);

	atomic_fetch_add_explicit(&r->seq, 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	return r->body;
}

void status_end(struct status *s, enum status_kind k, uint32_t i)
{
	atomic_fetch_add_explicit(&row_at(s, k, i)->seq, 1, memory_order_release);
}

struct status_map *status_map_new(int fd)
{
	struct status_map *m = xcalloc(1, sizeof(*m));
	const struct status_header *h;
	struct stat st;

	m->fd = fd;
	m->mapped = STATUS_RESERVE;
	if (fstat(fd, &st) || (size_t)st.st_size < sizeof(*h))
		goto fail;
	m->base = mmap(NULL, m->mapped, PROT_READ, MAP_SHARED | MAP_NORESERVE, fd, 0);
	if (m->base == MAP_FAILED)
		goto fail;
	h = (const struct status_header *)m->base;
	if (h->magic == STATUS_MAGIC)
		return m;
	munmap((void *)m->base, m->mapped);
fail:
	close(fd);
	free(m);
	return NULL;
}

void status_map_free(struct status_map *m)
{
	if (!m)
		return;
	munmap((void *)m->base, m->mapped);
	close(m->fd);
	free(m);
}

uint32_t status_map_rows(struct status_map *m, enum status_kind k)
{
	return atomic_load(&((const struct status_header *)m->base)->kind[k].rows);
}

bool status_map_read(struct status_map *m, enum status_kind k, uint32_t i, void *out)
{
	const struct status_header *h = (const struct status_header *)m->base;
	const struct row *r;
	int tries;

	if (i >= status_map_rows(m, k))
		return false;
	r = (const struct row *)(m->base + row_offset(h, k, i));
	for (tries = 0; tries < READ_TRIES; tries++) {
		uint32_t seq = atomic_load_explicit(&r->seq, memory_order_acquire);

		if (!atomic_load(&r->used))
			return false;
		if (seq & 1)
			continue;
		memcpy(out, r->body, body_size[k]);
		atomic_thread_fence(memory_order_acquire);
		if (atomic_load_explicit(&r->seq, memory_order_relaxed) == seq)
			return true;
	}
	return false;
}
