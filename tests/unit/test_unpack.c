#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "packed.h"

#include "io/unpack.h"

#include "base/mem.h"
#include "base/str.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

static int filter_none(struct archive *archive)
{
	(void)archive;
	return ARCHIVE_OK;
}

static const struct format {
	const char *name;
	int (*filter)(struct archive *);
	bool is_checked; /* a cut file shows */
} format[] = {
    {"plain", filter_none, false},
    {"gzip", archive_write_add_filter_gzip, true},
    {"bzip2", archive_write_add_filter_bzip2, true},
    {"xz", archive_write_add_filter_xz, true},
    {"zstd", archive_write_add_filter_zstd, true},
};

static bool read_all(int fd, struct str *out, struct err *err)
{
	struct unpack *unpack;
	const char *bytes;
	ssize_t got = -1;

	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	unpack = unpack_open(fd, "some.log", err);
	while (unpack && (got = unpack_next(unpack, &bytes, err)) > 0)
		str_add_bytes(out, bytes, (size_t)got);
	unpack_close(unpack);
	return got == 0;
}

static int file_of(const char *name)
{
	const int fd = memfd_create(name, 0);

	assert_true(fd >= 0);
	return fd;
}

static void every_format_gives_the_content(void **state)
{
	static const size_t size[] = {0, 1, 100, 700 * 1000};
	char *bytes = xcalloc(size[COUNT_OF(size) - 1], 1);

	(void)state;
	for (size_t i = 0; i < size[COUNT_OF(size) - 1]; i++)
		bytes[i] = (char)(i * i % 251);
	for (size_t i = 0; i < COUNT_OF(format); i++)
		for (size_t j = 0; j < COUNT_OF(size); j++) {
			const int fd = file_of(format[i].name);
			struct str got = {0};
			struct err err = {{0}};

			packed_write(fd, format[i].filter, bytes, size[j], 1);
			if (!read_all(fd, &got, &err))
				fail_msg("%s of %zu bytes: %s", format[i].name, size[j], err.text);
			assert_int_equal(got.len, size[j]);
			assert_memory_equal(str_text(&got), bytes, size[j]);
			str_release(&got);
		}
	free(bytes);
}

/* logrotate and `cat a.gz b.gz` make such files. */
static void what_was_joined_is_read_to_its_end(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(format); i++) {
		const int fd = file_of(format[i].name);
		struct str got = {0};
		struct err err = {{0}};

		packed_write(fd, format[i].filter, "one\n", 4, 1);
		packed_write(fd, format[i].filter, "two\n", 4, 1);
		if (!read_all(fd, &got, &err))
			fail_msg("%s: %s", format[i].name, err.text);
		assert_string_equal(str_text(&got), "one\ntwo\n");
		str_release(&got);
	}
}

static void a_cut_file_is_an_error(void **state)
{
	char noise[200 * 1000];

	(void)state;
	srand(11);
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (char)rand();
	for (size_t i = 0; i < COUNT_OF(format); i++) {
		const int fd = file_of(format[i].name);
		struct str got = {0};
		struct err err = {{0}};

		packed_write(fd, format[i].filter, noise, sizeof(noise), 1);
		assert_int_equal(ftruncate(fd, 150 * 1000), 0);
		assert_int_equal(read_all(fd, &got, &err), !format[i].is_checked);
		if (format[i].is_checked && !strstr(err.text, "'some.log'"))
			fail_msg("%s: %s", format[i].name, err.text);
		str_release(&got);
	}
}

/* 256 MiB of zeros in a few hundred kilobytes: neither kept in memory nor refused. */
static void a_bomb_takes_time_and_no_memory(void **state)
{
	static char zeros[1 << 20];
	const int fd = file_of("bomb");
	struct err err;
	struct unpack *unpack;
	struct rusage before;
	struct rusage after;
	const char *bytes;
	uint64_t total = 0;
	ssize_t got;

	(void)state;
	packed_write(fd, format[1].filter, zeros, sizeof(zeros), 256);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	getrusage(RUSAGE_SELF, &before);
	unpack = unpack_open(fd, "bomb", &err);
	assert_non_null(unpack);
	while ((got = unpack_next(unpack, &bytes, &err)) > 0)
		total += (uint64_t)got;
	assert_int_equal(total, 256u << 20);
	assert_true(unpack_taken(unpack) < 1 << 20);
	unpack_close(unpack);
	getrusage(RUSAGE_SELF, &after);
	assert_true(after.ru_maxrss - before.ru_maxrss < 32 * 1024);
}

static void what_cannot_be_read_is_an_error(void **state)
{
	struct err err;

	(void)state;
	assert_null(unpack_open(open("/", O_RDONLY), "the root", &err));
	assert_non_null(strstr(err.text, "'the root'"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_format_gives_the_content),
	    cmocka_unit_test(what_was_joined_is_read_to_its_end),
	    cmocka_unit_test(a_cut_file_is_an_error),
	    cmocka_unit_test(a_bomb_takes_time_and_no_memory),
	    cmocka_unit_test(what_cannot_be_read_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
