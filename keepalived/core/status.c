/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The segment is one memory file: a header, then extents of rows as they were asked for. Each kind
 * has a chain of extents, every one twice the size of the one before, so that rows keep their place
 * while the segment grows. A row is a sequence count, a `used` flag and the struct of its kind.
 *
 * The sequence count is odd while its row is being written. Fences follow the usual seqlock order:
 * the writer's stores lie between two releases, the reader's loads between two acquires.
 *
 * A reader may have more rights than the owner, so it believes nothing: an offset is used only when
 * the row lies within the file, which cannot be made smaller.
 */
#include "keepalived/core/status.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <stdlib.h>

#include "lib/base.h"

#define STATUS_MAGIC   0x6b61737231ULL
#define STATUS_RESERVE (1024ULL * 1024 * 1024) /* address space, not memory */
#define FIRST_EXTENT   64                      /* rows */
#define EXTENTS_MAX    24
#define READ_TRIES     1000

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
	size_t size; /* of the file, as last seen */
};

/* Row i is row *rest of the extent, which holds FIRST_EXTENT << e rows. */
static unsigned extent_of(uint32_t i, uint32_t *rest)
{
	unsigned e = 0;

	while (e < EXTENTS_MAX && i >= (uint32_t)FIRST_EXTENT << e) {
		i -= (uint32_t)FIRST_EXTENT << e;
		e++;
	}
	*rest = i;
	return e;
}

static size_t row_size(enum status_kind k)
{
	return (sizeof(struct row) + body_size[k] + 7) / 8 * 8;
}

struct status *status_new(void)
{
	struct status *s = xcalloc(1, sizeof(*s));
	int k;

	s->fd = memfd_create("keepalived-status", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (s->fd < 0)
		goto fail;
	s->base = mmap(
		NULL, STATUS_RESERVE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, s->fd, 0);
	if (s->base == MAP_FAILED)
		goto fail_fd;
	if (ftruncate(s->fd, 4096) || fcntl(s->fd, F_ADD_SEALS, F_SEAL_SHRINK))
		goto fail_map;
	s->head = (struct status_header *)s->base;
	s->head->magic = STATUS_MAGIC;
	atomic_store(&s->head->size, 4096);
	for (k = 0; k < STATUS_KINDS; k++)
		s->head->kind[k].row_size = row_size(k);
	return s;

fail_map:
	munmap(s->base, STATUS_RESERVE);
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
	uint32_t rest;
	unsigned e = extent_of(i, &rest);

	return (struct row *)(s->base + atomic_load(&s->head->kind[k].extent[e]) +
			      (uint64_t)rest * row_size(k));
}

/* An index that was never used. */
static uint32_t append_row(struct status *s, enum status_kind k)
{
	uint32_t i = atomic_load(&s->head->kind[k].rows), rest;
	unsigned e = extent_of(i, &rest);

	if (e == EXTENTS_MAX)
		_exit(EXIT_NO_MEMORY);
	if (!atomic_load(&s->head->kind[k].extent[e]))
		add_extent(s, k, e);
	return i;
}

uint32_t status_row_new(struct status *s, enum status_kind k)
{
	struct free_rows *spare = &s->spare[k];
	uint32_t i = spare->n ? spare->row[--spare->n] : append_row(s, k);

	memset(status_begin(s, k, i), 0, body_size[k]);
	atomic_store(&row_at(s, k, i)->used, 1);
	status_end(s, k, i);
	if (i == atomic_load(&s->head->kind[k].rows))
		atomic_store(&s->head->kind[k].rows, i + 1);
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

static size_t file_size(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? 0 : MIN((uint64_t)st.st_size, STATUS_RESERVE);
}

static const struct status_header *header(const struct status_map *m)
{
	return (const struct status_header *)m->base;
}

static bool is_segment(const struct status_header *h)
{
	int k;

	for (k = 0; k < STATUS_KINDS; k++)
		if (h->kind[k].row_size != row_size(k))
			return false;
	return h->magic == STATUS_MAGIC;
}

struct status_map *status_map_new(int fd)
{
	struct status_map *m = xcalloc(1, sizeof(*m));
	int seals = fcntl(fd, F_GET_SEALS);

	m->fd = fd;
	m->size = file_size(fd);
	if (m->size < sizeof(struct status_header) || seals < 0 || !(seals & F_SEAL_SHRINK))
		goto fail;
	m->base = mmap(NULL, STATUS_RESERVE, PROT_READ, MAP_SHARED | MAP_NORESERVE, fd, 0);
	if (m->base == MAP_FAILED)
		goto fail;
	if (is_segment(header(m)))
		return m;
	munmap((void *)m->base, STATUS_RESERVE);
fail:
	close(fd);
	free(m);
	return NULL;
}

void status_map_free(struct status_map *m)
{
	if (!m)
		return;
	munmap((void *)m->base, STATUS_RESERVE);
	close(m->fd);
	free(m);
}

uint32_t status_map_rows(struct status_map *m, enum status_kind k)
{
	return atomic_load(&header(m)->kind[k].rows);
}

/* NULL: there is none, or the header lies. */
static const struct row *mapped_row(struct status_map *m, enum status_kind k, uint32_t i)
{
	uint32_t rest;
	unsigned e = extent_of(i, &rest);
	uint64_t at = e < EXTENTS_MAX ? atomic_load(&header(m)->kind[k].extent[e]) : 0;

	if (!at || at % 64 || at > STATUS_RESERVE)
		return NULL;
	at += (uint64_t)rest * row_size(k);
	if (at + row_size(k) > m->size)
		m->size = file_size(m->fd);
	return at + row_size(k) > m->size ? NULL : (const struct row *)(m->base + at);
}

bool status_map_read(struct status_map *m, enum status_kind k, uint32_t i, void *out)
{
	const struct row *r = i < status_map_rows(m, k) ? mapped_row(m, k, i) : NULL;
	int tries;

	for (tries = 0; r && tries < READ_TRIES; tries++) {
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
