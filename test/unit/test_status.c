/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Status rows from the owner's side and from a reader's, who trusts nobody. */
#include "keepalived/core/status.h"

#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static struct status *status;
static struct status_map *map;

static int set_up(void **state)
{
	(void)state;
	status = status_new();
	assert_non_null(status);
	map = status_map_new(dup(status_fd(status)));
	assert_non_null(map);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	status_map_free(map);
	status_free(status);
	return 0;
}

static void put(uint32_t row, uint32_t quorum)
{
	struct status_vs *vs = status_begin(status, STATUS_VS, row);

	vs->quorum = quorum;
	status_end(status, STATUS_VS, row);
}

static int64_t get(uint32_t row)
{
	struct status_vs vs;

	return status_map_read(map, STATUS_VS, row, &vs) ? (int64_t)vs.quorum : -1;
}

static void test_write_and_read(void **state)
{
	uint32_t row;

	(void)state;
	assert_int_equal(status_map_rows(map, STATUS_VS), 0);
	assert_int_equal(get(0), -1);
	row = status_row_new(status, STATUS_VS);
	assert_int_equal(row, 0);
	assert_int_equal(status_map_rows(map, STATUS_VS), 1);
	assert_int_equal(get(0), 0);
	put(0, 7);
	assert_int_equal(get(0), 7);
	assert_int_equal(status_map_rows(map, STATUS_RS), 0);
	assert_int_equal(get(1), -1);
	assert_int_equal(get(UINT32_MAX), -1);
}

static void test_half_written(void **state)
{
	struct status_vs *vs;

	(void)state;
	status_row_new(status, STATUS_VS);
	vs = status_begin(status, STATUS_VS, 0);
	vs->quorum = 1;
	assert_int_equal(get(0), -1);
	status_end(status, STATUS_VS, 0);
	assert_int_equal(get(0), 1);
}

/* A freed row comes back zeroed, and rows above it stay where they are. */
static void test_reuse(void **state)
{
	uint32_t i;

	(void)state;
	for (i = 0; i < 100; i++)
		put(status_row_new(status, STATUS_VS), i + 1);
	status_row_free(status, STATUS_VS, 3);
	status_row_free(status, STATUS_VS, 50);
	assert_int_equal(get(3), -1);
	assert_int_equal(get(4), 5);
	i = status_row_new(status, STATUS_VS);
	assert_true(i == 3 || i == 50);
	assert_int_equal(get(i), 0);
	assert_true(status_row_new(status, STATUS_VS) != i);
	assert_int_equal(status_row_new(status, STATUS_VS), 100);
	assert_int_equal(status_map_rows(map, STATUS_VS), 101);
}

/* The reader follows while the segment grows to forty thousand rows. */
static void test_growth(void **state)
{
	uint32_t i, vs = 0;
	struct status_rs rs;

	(void)state;
	for (i = 0; i < 40000; i++) {
		struct status_rs *mine;

		assert_int_equal(status_row_new(status, STATUS_RS), i);
		mine = status_begin(status, STATUS_RS, i);
		mine->weight = i;
		status_end(status, STATUS_RS, i);
		if (i % 1000 == 0)
			put(vs = status_row_new(status, STATUS_VS), i);
		assert_true(status_map_read(map, STATUS_RS, i, &rs));
		assert_int_equal(rs.weight, i);
	}
	for (i = 0; i < 40000; i++) {
		assert_true(status_map_read(map, STATUS_RS, i, &rs));
		assert_int_equal(rs.weight, i);
	}
	assert_int_equal(vs, 39);
	assert_int_equal(get(39), 39000);
}

/* ---- a reader beside the writer ---------------------------------------------------------- */

static _Atomic bool over;
static _Atomic unsigned torn, reads;

static void *reader(void *arg)
{
	struct status_vrrp row;
	size_t i;

	while (!over) {
		if (!status_map_read(map, STATUS_VRRP, 0, &row))
			continue;
		reads++;
		for (i = 1; i < ARRAY_SIZE(row.discarded); i++)
			torn += row.discarded[i] != row.discarded[0];
		torn += row.advert_sent != row.discarded[0];
	}
	return arg;
}

static void test_concurrent_reader(void **state)
{
	struct status_vrrp *row;
	pthread_t thread;
	uint64_t n;
	size_t i;

	(void)state;
	over = false;
	torn = reads = 0;
	status_row_new(status, STATUS_VRRP);
	assert_int_equal(pthread_create(&thread, NULL, reader, NULL), 0);
	for (n = 0; n < 100000 || (!reads && n < 100000000); n++) {
		row = status_begin(status, STATUS_VRRP, 0);
		row->advert_sent = n;
		for (i = 0; i < ARRAY_SIZE(row->discarded); i++)
			row->discarded[i] = n;
		status_end(status, STATUS_VRRP, 0);
		if (n % 64 == 0)
			status_row_new(status, STATUS_GROUP);
	}
	over = true;
	pthread_join(thread, NULL);
	assert_true(reads > 0);
	assert_int_equal(torn, 0);
}

/* ---- what is no segment ------------------------------------------------------------------- */

static int file_of(const void *bytes, size_t n, bool sealed)
{
	int fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	assert_int_equal(write(fd, bytes, n), (ssize_t)n);
	if (sealed)
		assert_int_equal(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK), 0);
	return fd;
}

static void test_no_segment(void **state)
{
	static unsigned char page[8192];
	int end[2];

	(void)state;
	assert_null(status_map_new(file_of("", 0, true)));
	assert_null(status_map_new(file_of("x", 1, true)));
	assert_null(status_map_new(file_of(page, sizeof(page), true)));
	memset(page, 0xff, sizeof(page));
	assert_null(status_map_new(file_of(page, sizeof(page), true)));
	assert_int_equal(pipe(end), 0);
	assert_null(status_map_new(end[0]));
	close(end[1]);
	assert_null(status_map_new(-1));
}

/* An owner that writes what it likes into its header cannot make the reader touch anything else. */
static void test_lying_header(void **state)
{
	unsigned char head[4096];
	struct status_map *lying;
	struct status_rs rs;
	size_t at, i;
	int fd;

	(void)state;
	status_row_new(status, STATUS_RS);
	assert_int_equal(pread(status_fd(status), head, sizeof(head), 0), (ssize_t)sizeof(head));
	assert_null(status_map_new(file_of(head, sizeof(head), false)));
	for (at = 0; at < 1024; at++) {
		unsigned char was = head[at];

		head[at] ^= 0xff;
		fd = file_of(head, sizeof(head), true);
		lying = status_map_new(fd);
		for (i = 0; lying && i < 34; i++)
			status_map_read(lying, STATUS_RS, i < 2 ? (uint32_t)i : 1u << (i - 2), &rs);
		status_map_free(lying);
		head[at] = was;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_write_and_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_half_written, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_reuse, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_growth, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_concurrent_reader, set_up, tear_down),
		cmocka_unit_test(test_no_segment),
		cmocka_unit_test_setup_teardown(test_lying_header, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
