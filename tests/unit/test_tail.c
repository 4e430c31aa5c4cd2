#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "folder.h"

#include "io/tail.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A folder with a log in it, a program that writes numbered lines, and passes that read them. A
 * line's number tells whether it was read once, never or twice. */

enum { LINES_MAX = 100000, FILES_MAX = 16384, ROTATIONS_KEPT = 5, NOW = 1795219200 };

struct file_seen {
	uint64_t head_hash, offset;
	uint32_t head_bytes;
	uint64_t tail_hash;
};

struct bench {
	char dir[FOLDER_BYTES];
	char log[96];
	struct str got; /* what the passes read, each line with its end */
	uint8_t times[LINES_MAX];
	size_t next; /* number of the next line */
	bool has_position;
	struct log_position position;
	struct tail_report report;
	struct file_seen file[FILES_MAX];
	size_t files;
	struct err err;
};

static int set_up(void **state)
{
	struct bench *bench = xcalloc(1, sizeof(*bench));

	folder_make(bench->dir);
	snprintf(bench->log, sizeof(bench->log), "%s/mail.log", bench->dir);
	*state = bench;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *bench = *state;

	folder_remove(bench->dir);
	str_release(&bench->got);
	free(bench);
	return 0;
}

static const char *in(const struct bench *bench, const char *name)
{
	static char path[4][160];
	static unsigned turn;
	char *out = path[turn++ % 4];

	snprintf(out, sizeof(path[0]), "%s/%s", bench->dir, name);
	return out;
}

static void append(const char *path, const char *bytes, size_t len)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), (ssize_t)len);
	close(fd);
}

static void put(const struct bench *bench, const char *name, const char *text)
{
	append(in(bench, name), text, strlen(text));
}

static void copy(const char *from, const char *to)
{
	char block[65536];
	const int fd = open(from, O_RDONLY);
	ssize_t got;

	assert_true(fd >= 0);
	while ((got = read(fd, block, sizeof(block))) > 0)
		append(to, block, (size_t)got);
	close(fd);
}

/* Compresses as gzip does: the new file gets the old one's time, the old one goes. */
static void compress_to(const char *from, const char *to, int (*filter)(struct archive *))
{
	struct archive *archive = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	struct stat st;
	char block[65536];
	const int fd = open(from, O_RDONLY);
	ssize_t got;

	assert_true(fd >= 0 && fstat(fd, &st) == 0);
	assert_int_equal(filter(archive), ARCHIVE_OK);
	archive_write_set_format_raw(archive);
	assert_int_equal(archive_write_open_filename(archive, to), ARCHIVE_OK);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_write_header(archive, entry);
	while ((got = read(fd, block, sizeof(block))) > 0)
		archive_write_data(archive, block, (size_t)got);
	archive_entry_free(entry);
	assert_int_equal(archive_write_close(archive), ARCHIVE_OK);
	archive_write_free(archive);
	close(fd);
	utimensat(AT_FDCWD, to, (struct timespec[]){st.st_atim, st.st_mtim}, 0);
	unlink(from);
}

static void set_time(const char *path, int64_t at)
{
	const struct timespec time = {.tv_sec = at};

	assert_int_equal(utimensat(AT_FDCWD, path, (struct timespec[]){time, time}, 0), 0);
}

static void take(void *context, const char *line, size_t len)
{
	struct bench *bench = context;
	unsigned number;

	str_add_bytes(&bench->got, line, len);
	str_add_char(&bench->got, '\n');
	if (len > 4 && sscanf(line, "line %u ", &number) == 1 && number < LINES_MAX)
		bench->times[number]++;
}

/* The longest row that fits; of equal ones the newest replaced the others. */
static void known(void *context, const char *head, size_t len, struct tail_known *out)
{
	const struct bench *bench = context;

	for (size_t i = bench->files; i-- > 0;) {
		const struct file_seen *const file = &bench->file[i];

		if (file->head_bytes > out->head_bytes && file->head_bytes <= len &&
		    hash_bytes(head, file->head_bytes) == file->head_hash)
			*out = (struct tail_known){file->head_bytes, file->offset, file->tail_hash};
	}
}

static void keep(void *context, const struct log_position *at)
{
	struct bench *bench = context;

	assert_true(bench->files < FILES_MAX);
	bench->file[bench->files++] =
	    (struct file_seen){at->head_hash, at->offset, at->head_bytes, at->tail_hash};
}

static bool try_pass(struct bench *bench)
{
	const struct tail_request request = {
	    .path = bench->log,
	    .from = bench->has_position ? &bench->position : NULL,
	    .now = NOW,
	    .take = {take, NULL, bench},
	    .known = known,
	    .note = keep,
	};

	str_clear(&bench->got);
	if (!tail_read(&request, &bench->report, &bench->err))
		return false;
	assert_true(bench->report.files >= 1);
	bench->has_position = true;
	bench->position = bench->report.file[bench->report.files - 1];
	for (size_t i = 0; i < bench->report.files; i++)
		if (bench->report.file[i].head_bytes && bench->report.file[i].offset)
			keep(bench, &bench->report.file[i]);
	return true;
}

static void pass_reads(struct bench *bench, const char *text, unsigned seen)
{
	if (!try_pass(bench))
		fail_msg("%s", bench->err.text);
	assert_string_equal(str_text(&bench->got), text);
	assert_int_equal(bench->report.seen, seen);
}

static void lines_are_read_once(void **state)
{
	struct bench *bench = *state;

	put(bench, "mail.log", "one\ntwo\n");
	pass_reads(bench, "one\ntwo\n", 0);
	pass_reads(bench, "", 0);
	put(bench, "mail.log", "three\n\nfive\n");
	pass_reads(bench, "three\n\nfive\n", 0);
	assert_int_equal(bench->report.lines, 3);
}

static void a_line_without_its_end_waits(void **state)
{
	struct bench *bench = *state;

	put(bench, "mail.log", "one\ntw");
	pass_reads(bench, "one\n", 0);
	put(bench, "mail.log", "o");
	pass_reads(bench, "", 0);
	put(bench, "mail.log", "\nthree");
	pass_reads(bench, "two\n", 0);
	put(bench, "mail.log", "\n");
	pass_reads(bench, "three\n", 0);
}

static void a_short_head_may_grow(void **state)
{
	struct bench *bench = *state;
	char long_line[400];

	put(bench, "mail.log", "");
	pass_reads(bench, "", 0);
	put(bench, "mail.log", "a\n");
	pass_reads(bench, "a\n", 0);
	assert_int_equal(bench->position.head_bytes, 2);
	memset(long_line, 'x', sizeof(long_line));
	long_line[sizeof(long_line) - 2] = '\n';
	long_line[sizeof(long_line) - 1] = '\0';
	put(bench, "mail.log", long_line);
	pass_reads(bench, long_line, 0);
	assert_int_equal(bench->position.head_bytes, LOG_HEAD_BYTES);
	put(bench, "mail.log", "z\n");
	pass_reads(bench, "z\n", 0);
}

static void a_long_line_is_cut_and_counted(void **state)
{
	struct bench *bench = *state;
	const size_t len = 3 * LINE_MAX_BYTES;
	char *line = xcalloc(len + 1, 1);

	memset(line, 'x', len);
	put(bench, "mail.log", "a\n");
	append(bench->log, line, len);
	pass_reads(bench, "a\n", 0);
	put(bench, "mail.log", "\nb\n");
	assert_true(try_pass(bench));
	assert_int_equal(bench->report.cut, 1);
	assert_int_equal(bench->report.lines, 2);
	assert_int_equal(bench->got.len, LINE_MAX_BYTES + 1 + 2);
	free(line);
}

static void any_bytes_are_lines(void **state)
{
	struct bench *bench = *state;
	static const char bytes[] = "a\0b\r\n\xff\xfe\n";

	append(bench->log, bytes, sizeof(bytes) - 1);
	assert_true(try_pass(bench));
	assert_int_equal(bench->report.lines, 2);
	assert_memory_equal(bench->got.text, bytes, sizeof(bytes) - 1);
}

/* --- rotation by renaming --- */

static void the_old_file_is_finished_first(void **state)
{
	struct bench *bench = *state;

	put(bench, "mail.log", "one\n");
	pass_reads(bench, "one\n", 0);
	put(bench, "mail.log", "two\nlast, without an end");
	rename(bench->log, in(bench, "mail.log.1"));
	put(bench, "mail.log", "three\n");
	pass_reads(bench, "two\nlast, without an end\nthree\n", TAIL_ROTATED);
	put(bench, "mail.log", "four\n");
	pass_reads(bench, "four\n", 0);
}

static void the_old_file_is_kept_until_the_new_one_fills(void **state)
{
	struct bench *bench = *state;

	put(bench, "mail.log", "one\n");
	pass_reads(bench, "one\n", 0);
	rename(bench->log, in(bench, "mail.log-20261121"));
	put(bench, "mail.log", "");
	put(bench, "mail.log-20261121", "two\nthr");
	pass_reads(bench, "two\n", TAIL_ROTATED);
	put(bench, "mail.log-20261121", "ee\n");
	pass_reads(bench, "three\n", TAIL_ROTATED);
	put(bench, "mail.log", "four\n");
	pass_reads(bench, "four\n", TAIL_ROTATED);
	pass_reads(bench, "", 0);
}

static void a_log_between_two_names_is_read(void **state)
{
	struct bench *bench = *state;

	put(bench, "mail.log", "one\n");
	pass_reads(bench, "one\n", 0);
	rename(bench->log, in(bench, "mail.log.1"));
	put(bench, "mail.log.1", "two\n");
	pass_reads(bench, "two\n", TAIL_ROTATED | TAIL_MISSING);
	put(bench, "mail.log", "three\n");
	pass_reads(bench, "three\n", TAIL_ROTATED);
}

static void it_is_found_under_any_name(void **state)
{
	struct bench *bench = *state;

	put(bench, "mail.log", "one\n");
	pass_reads(bench, "one\n", 0);
	put(bench, "mail.log", "two\n");
	rename(bench->log, in(bench, "yesterday"));
	put(bench, "mail.log", "three\n");
	pass_reads(bench, "two\nthree\n", TAIL_ROTATED);
}

static void two_rotations_are_read_in_order(void **state)
{
	struct bench *bench = *state;

	put(bench, "mail.log.1", "before all this\n");
	set_time(in(bench, "mail.log.1"), NOW - 300);
	put(bench, "mail.log", "one\n");
	pass_reads(bench, "one\n", 0);
	put(bench, "mail.log", "two\n");
	rename(in(bench, "mail.log.1"), in(bench, "mail.log.3"));
	rename(bench->log, in(bench, "mail.log.2"));
	set_time(in(bench, "mail.log.2"), NOW - 200);
	put(bench, "mail.log.1", "three\n");
	set_time(in(bench, "mail.log.1"), NOW - 100);
	put(bench, "mail.log", "four\n");
	pass_reads(bench, "two\nthree\nfour\n", TAIL_ROTATED);
	assert_int_equal(bench->report.files, 3);
}

static void the_newest_of_several_is_kept_while_the_log_is_empty(void **state)
{
	struct bench *bench = *state;

	put(bench, "mail.log", "one\n");
	pass_reads(bench, "one\n", 0);
	rename(bench->log, in(bench, "mail.log.2"));
	set_time(in(bench, "mail.log.2"), NOW - 200);
	put(bench, "mail.log.1", "two\nthr");
	set_time(in(bench, "mail.log.1"), NOW - 100);
	put(bench, "mail.log", "");
	pass_reads(bench, "two\n", TAIL_ROTATED);
	put(bench, "mail.log.1", "ee\n");
	pass_reads(bench, "three\n", TAIL_ROTATED);
	put(bench, "mail.log", "four\n");
	pass_reads(bench, "four\n", TAIL_ROTATED);
}

static const char first_line[] = "2026-11-21T10:00:00 mx1 a first line that is long enough to know "
				 "the file again by, whatever its name\n";

static const struct packed {
	const char *name;
	const char *file;
	int (*filter)(struct archive *);
} packed[] = {
    {"gzip", "mail.log.1.gz", archive_write_add_filter_gzip},
    {"bzip2", "mail.log.1.bz2", archive_write_add_filter_bzip2},
    {"xz", "mail.log.1.xz", archive_write_add_filter_xz},
    {"zstd", "mail.log.1.zst", archive_write_add_filter_zstd},
};

static void one_that_was_compressed_is_finished(void **state)
{
	for (size_t i = 0; i < COUNT_OF(packed); i++) {
		void *fresh = NULL;
		struct bench *bench;

		set_up(&fresh);
		bench = fresh;
		put(bench, "mail.log", first_line);
		pass_reads(bench, first_line, 0);
		put(bench, "mail.log", "two\n");
		rename(bench->log, in(bench, "mail.log.1"));
		compress_to(in(bench, "mail.log.1"), in(bench, packed[i].file), packed[i].filter);
		put(bench, "mail.log", "three\n");
		pass_reads(bench, "two\nthree\n", TAIL_ROTATED);
		pass_reads(bench, "", 0);
		tear_down(&fresh);
	}
	(void)state;
}

static void one_being_compressed_is_read_once(void **state)
{
	struct bench *bench = *state;

	put(bench, "mail.log", first_line);
	pass_reads(bench, first_line, 0);
	put(bench, "mail.log", "two\n");
	copy(bench->log, in(bench, "copy"));
	rename(bench->log, in(bench, "mail.log.1"));
	compress_to(in(bench, "copy"), in(bench, "mail.log.1.gz"), archive_write_add_filter_gzip);
	assert_int_equal(truncate(in(bench, "mail.log.1.gz"), 60), 0);
	put(bench, "mail.log", "three\n");
	pass_reads(bench, "two\nthree\n", TAIL_ROTATED);
	unlink(in(bench, "mail.log.1"));
	pass_reads(bench, "", 0);
}

static void a_damaged_one_is_said(void **state)
{
	struct bench *bench = *state;
	char block[64];

	put(bench, "mail.log", first_line);
	pass_reads(bench, first_line, 0);
	srand(7);
	for (size_t i = 0; i < 20000; i++) {
		snprintf(block, sizeof(block), "%d %d\n", rand(), rand());
		put(bench, "mail.log", block);
	}
	rename(bench->log, in(bench, "mail.log.1"));
	compress_to(in(bench, "mail.log.1"), in(bench, "mail.log.1.gz"),
		    archive_write_add_filter_gzip);
	assert_int_equal(truncate(in(bench, "mail.log.1.gz"), 100000), 0);
	put(bench, "mail.log", "three\n");
	assert_true(try_pass(bench));
	assert_int_equal(bench->report.seen, TAIL_ROTATED | TAIL_DAMAGED);
	assert_non_null(strstr(bench->got.text, "\nthree\n"));
}

/* --- the same inode, another content --- */

static void a_copy_is_finished_after_a_truncation(void **state)
{
	struct bench *bench = *state;

	put(bench, "mail.log", first_line);
	pass_reads(bench, first_line, 0);
	put(bench, "mail.log", "two\n");
	copy(bench->log, in(bench, "mail.log.1"));
	assert_int_equal(truncate(bench->log, 0), 0);
	pass_reads(bench, "two\n", TAIL_TRUNCATED);
	put(bench, "mail.log", "three\n");
	pass_reads(bench, "three\n", 0);
}

static void a_truncation_without_a_copy_is_said(void **state)
{
	struct bench *bench = *state;

	put(bench, "mail.log", first_line);
	pass_reads(bench, first_line, 0);
	assert_int_equal(truncate(bench->log, 0), 0);
	put(bench, "mail.log", "three\n");
	pass_reads(bench, "three\n", TAIL_TRUNCATED | TAIL_LOST);
	pass_reads(bench, "", 0);
}

static void a_truncation_shows_when_the_file_has_grown_again(void **state)
{
	struct bench *bench = *state;
	char other[400];

	put(bench, "mail.log", first_line);
	pass_reads(bench, first_line, 0);
	put(bench, "mail.log", "two\n");
	copy(bench->log, in(bench, "mail.log.1"));
	assert_int_equal(truncate(bench->log, 0), 0);
	snprintf(other, sizeof(other), "2026-11-22%s%s%s", first_line + 10, first_line, first_line);
	put(bench, "mail.log", other);
	assert_true(try_pass(bench));
	assert_int_equal(bench->report.seen, TAIL_TRUNCATED);
	assert_int_equal(strncmp(bench->got.text, "two\n2026-11-22", 14), 0);
	assert_int_equal(bench->got.len, 4 + strlen(other));
}

/* The number of a deleted file is given to the next one that is made. */
static void an_inode_number_is_no_identity(void **state)
{
	struct bench *bench = *state;
	struct str other = {0};

	put(bench, "mail.log", first_line);
	pass_reads(bench, first_line, 0);
	put(bench, "mail.log", "two\n");
	rename(bench->log, in(bench, "mail.log.1"));
	compress_to(in(bench, "mail.log.1"), in(bench, "mail.log.1.gz"),
		    archive_write_add_filter_gzip);
	for (size_t i = 0; i < 5; i++)
		str_addf(&other, "2026-11-22%s", first_line + 10);
	put(bench, "mail.log", other.text);
	bench->position.inode = 0;
	{
		struct stat st;

		assert_int_equal(stat(bench->log, &st), 0);
		bench->position.inode = st.st_ino;
		bench->position.device = st.st_dev;
	}
	assert_true(try_pass(bench));
	assert_int_equal(bench->report.seen, TAIL_ROTATED);
	assert_int_equal(strncmp(bench->got.text, "two\n2026-11-22", 14), 0);
	assert_int_equal(bench->got.len, 4 + other.len);
	str_release(&other);
}

static void a_lost_file_is_said(void **state)
{
	struct bench *bench = *state;

	put(bench, "mail.log", first_line);
	pass_reads(bench, first_line, 0);
	rename(bench->log, "/tmp/repwatch-tail-gone");
	put(bench, "mail.log", "three\n");
	unlink("/tmp/repwatch-tail-gone");
	pass_reads(bench, "three\n", TAIL_LOST);
}

/* --- what must tell nothing --- */

static void times_tell_nothing(void **state)
{
	struct bench *bench = *state;

	put(bench, "mail.log", "one\n");
	pass_reads(bench, "one\n", 0);
	put(bench, "mail.log", "two\n");
	rename(bench->log, in(bench, "mail.log.3"));
	set_time(in(bench, "mail.log.3"), NOW + 300);
	put(bench, "mail.log.2", "three\n");
	set_time(in(bench, "mail.log.2"), NOW - 300);
	put(bench, "mail.log.1", "four\n");
	set_time(in(bench, "mail.log.1"), NOW - 600);
	put(bench, "mail.log", "five\n");
	set_time(bench->log, NOW - 900);
	pass_reads(bench, "two\nthree\nfour\nfive\n", TAIL_ROTATED);
	pass_reads(bench, "", 0);
}

static void what_was_rotated_before_the_first_reading_is_left(void **state)
{
	struct bench *bench = *state;

	put(bench, "mail.log.2.gz", "long ago\n");
	put(bench, "mail.log.1", "before\n");
	put(bench, "mail.log", "");
	pass_reads(bench, "", 0);
	put(bench, "mail.log", "one\n");
	rename(in(bench, "mail.log.2.gz"), in(bench, "mail.log.4.gz"));
	rename(in(bench, "mail.log.1"), in(bench, "mail.log.3"));
	copy(bench->log, in(bench, "mail.log.2"));
	put(bench, "mail.log.1", "two\n");
	assert_int_equal(truncate(bench->log, 0), 0);
	put(bench, "mail.log", "three\n");
	pass_reads(bench, "one\ntwo\nthree\n", TAIL_TRUNCATED);
	pass_reads(bench, "", 0);
}

/* A log that was empty when it was read has nothing to be known again by. */
static void one_that_was_read_empty_is_found_compressed(void **state)
{
	struct bench *bench = *state;

	put(bench, "mail.log", "");
	pass_reads(bench, "", 0);
	put(bench, "mail.log", first_line);
	rename(bench->log, in(bench, "mail.log.1"));
	compress_to(in(bench, "mail.log.1"), in(bench, "mail.log.1.gz"),
		    archive_write_add_filter_gzip);
	put(bench, "mail.log", "two\n");
	assert_true(try_pass(bench));
	assert_int_equal(bench->got.len, strlen(first_line) + 4);
	pass_reads(bench, "", 0);
}

/* Whatever there is to know it by: one short line. */
static void a_short_beginning_is_enough(void **state)
{
	static const char *const how[] = {"copied", "compressed"};

	for (size_t i = 0; i < COUNT_OF(how); i++) {
		void *fresh = NULL;
		struct bench *bench;

		set_up(&fresh);
		bench = fresh;
		put(bench, "mail.log", "Nov 21 00:00:01 mx1 rsyslogd: HUPed\n");
		assert_true(try_pass(bench));
		put(bench, "mail.log", first_line);
		copy(bench->log, in(bench, "mail.log.1"));
		if (i == 1) {
			compress_to(in(bench, "mail.log.1"), in(bench, "mail.log.1.gz"),
				    archive_write_add_filter_gzip);
			unlink(bench->log);
		} else {
			assert_int_equal(truncate(bench->log, 0), 0);
		}
		put(bench, "mail.log", "Nov 22 00:00:01 mx1 rsyslogd: HUPed\n");
		assert_true(try_pass(bench));
		if (strncmp(bench->got.text, first_line, strlen(first_line)) != 0 ||
		    bench->got.len != strlen(first_line) + 36 || bench->report.seen & TAIL_LOST)
			fail_msg("%s: %s", how[i], bench->got.text);
		pass_reads(bench, "", 0);
		tear_down(&fresh);
	}
	(void)state;
}

static void equal_files_are_told_apart(void **state)
{
	struct bench *bench = *state;

	for (int i = 0; i < 3; i++) {
		put(bench, "mail.log", "a\n");
		pass_reads(bench, "a\n", i ? TAIL_ROTATED : 0);
		pass_reads(bench, "", 0);
		rename(in(bench, "mail.log.1"), in(bench, "mail.log.2"));
		rename(bench->log, in(bench, "mail.log.1"));
	}
}

/* A banner longer than what is kept of a beginning. */
static void equal_beginnings_are_told_apart(void **state)
{
	struct bench *bench = *state;
	char banner[2 * LOG_HEAD_BYTES + 1];

	memset(banner, '#', sizeof(banner) - 2);
	banner[sizeof(banner) - 2] = '\n';
	banner[sizeof(banner) - 1] = '\0';
	put(bench, "mail.log", banner);
	put(bench, "mail.log", "line 0 of some day\n");
	assert_true(try_pass(bench));
	put(bench, "mail.log", "line 1 of some day\n");
	rename(bench->log, in(bench, "mail.log.2"));
	compress_to(in(bench, "mail.log.2"), in(bench, "mail.log.2.gz"),
		    archive_write_add_filter_gzip);
	put(bench, "mail.log.1", banner);
	put(bench, "mail.log.1", "line 2 of some day\nline 3 of some day\n");
	put(bench, "mail.log", banner);
	put(bench, "mail.log", "line 4 of some day\n");
	assert_true(try_pass(bench));
	put(bench, "mail.log", "line 5 of some day\n");
	assert_true(try_pass(bench));
	for (unsigned i = 0; i < 6; i++)
		if (bench->times[i] != 1)
			fail_msg("line %u was read %u times", i, bench->times[i]);
}

/* --- what else happens to logs --- */

/* Programs that opened it before the rotation write to it still. */
static void late_lines_are_read(void **state)
{
	struct bench *bench = *state;

	put(bench, "mail.log", first_line);
	pass_reads(bench, first_line, 0);
	rename(bench->log, in(bench, "mail.log.1"));
	put(bench, "mail.log", "two\n");
	pass_reads(bench, "two\n", TAIL_ROTATED);
	put(bench, "mail.log.1", "late\n");
	put(bench, "mail.log", "three\n");
	pass_reads(bench, "late\nthree\n", 0);
	put(bench, "mail.log.1", "later\n");
	rename(in(bench, "mail.log.1"), in(bench, "mail.log.2"));
	rename(bench->log, in(bench, "mail.log.1"));
	put(bench, "mail.log", "four\n");
	pass_reads(bench, "later\nfour\n", TAIL_ROTATED);
	pass_reads(bench, "", 0);
}

static void an_imported_log_is_read_on_after_its_rotation(void **state)
{
	struct bench *bench = *state;

	put(bench, "mail.log", first_line);
	pass_reads(bench, first_line, 0);
	bench->has_position = false;
	put(bench, "mail.log", "two\n");
	rename(bench->log, in(bench, "mail.log.1"));
	put(bench, "mail.log", "three\n");
	pass_reads(bench, "two\nthree\n", 0);
}

/* When the power fails, what the store has may be ahead of the log. */
static void one_that_lost_its_end_is_not_read_twice(void **state)
{
	struct bench *bench = *state;

	for (int i = 0; i < 9; i++)
		put(bench, "mail.log", first_line);
	assert_true(try_pass(bench));
	assert_int_equal(truncate(bench->log, (off_t)(4 * strlen(first_line))), 0);
	pass_reads(bench, "", TAIL_TRUNCATED);
	put(bench, "mail.log", "two\n");
	pass_reads(bench, "two\n", 0);
}

/* As by an editor: another inode, other bytes, the same beginning. */
static void one_that_was_edited_is_not_read_twice(void **state)
{
	struct bench *bench = *state;

	for (int i = 0; i < 9; i++)
		put(bench, "mail.log", first_line);
	assert_true(try_pass(bench));
	for (int i = 0; i < 4; i++)
		put(bench, "new", first_line);
	put(bench, "new", "someone@example.org\n");
	for (int i = 0; i < 4; i++)
		put(bench, "new", first_line);
	rename(in(bench, "new"), bench->log);
	pass_reads(bench, "", TAIL_TRUNCATED);
	put(bench, "mail.log", "two\n");
	pass_reads(bench, "two\n", 0);
}

static void one_that_comes_back_is_read_on(void **state)
{
	struct bench *bench = *state;

	put(bench, "mail.log.1", "before\n");
	put(bench, "mail.log", first_line);
	pass_reads(bench, first_line, 0);
	rename(bench->log, in(bench, "elsewhere.tmp"));
	copy(in(bench, "elsewhere.tmp"), in(bench, "elsewhere"));
	unlink(in(bench, "elsewhere.tmp"));
	assert_false(try_pass(bench));
	rename(in(bench, "elsewhere"), bench->log);
	put(bench, "mail.log", "two\n");
	pass_reads(bench, "two\n", 0);
	rename(bench->log, in(bench, "mail.log.2"));
	pass_reads(bench, "", TAIL_ROTATED | TAIL_MISSING);
	rename(in(bench, "mail.log.2"), bench->log);
	put(bench, "mail.log", "three\n");
	pass_reads(bench, "three\n", 0);
}

static void one_put_back_beside_its_copy_is_read_once(void **state)
{
	struct bench *bench = *state;

	put(bench, "mail.log", first_line);
	pass_reads(bench, first_line, 0);
	put(bench, "mail.log", "two\n");
	rename(bench->log, in(bench, "mail.log.1"));
	copy(in(bench, "mail.log.1"), bench->log);
	put(bench, "mail.log", "three\n");
	pass_reads(bench, "two\nthree\n", TAIL_ROTATED);
	pass_reads(bench, "", 0);
}

/* Logrotate was killed after it renamed; the daemon goes on in the file it has open. */
static void a_rotation_that_was_not_finished_loses_nothing(void **state)
{
	struct bench *bench = *state;

	put(bench, "mail.log", first_line);
	pass_reads(bench, first_line, 0);
	rename(bench->log, in(bench, "mail.log.1"));
	put(bench, "mail.log.1", "two\n");
	pass_reads(bench, "two\n", TAIL_ROTATED | TAIL_MISSING);
	put(bench, "mail.log.1", "three\n");
	rename(in(bench, "mail.log.1"), in(bench, "mail.log.2"));
	pass_reads(bench, "three\n", TAIL_ROTATED | TAIL_MISSING);
	put(bench, "mail.log.2", "four\n");
	put(bench, "mail.log.1", "five\n");
	put(bench, "mail.log", "");
	pass_reads(bench, "four\nfive\n", TAIL_ROTATED);
	put(bench, "mail.log", "six\n");
	pass_reads(bench, "six\n", TAIL_ROTATED);
	pass_reads(bench, "", 0);
}

/* The file read last was dropped meanwhile; those after it are there. */
static void the_rest_is_read_when_the_old_one_was_dropped(void **state)
{
	struct bench *bench = *state;

	put(bench, "mail.log", first_line);
	pass_reads(bench, first_line, 0);
	unlink(bench->log);
	put(bench, "mail.log.2", "two\n");
	set_time(in(bench, "mail.log.2"), NOW - 900);
	put(bench, "mail.log.1", "three\n");
	put(bench, "mail.log", "four\n");
	pass_reads(bench, "two\nthree\nfour\n", TAIL_LOST);
	pass_reads(bench, "", 0);
}

static void more_rotations_than_one_reading_takes(void **state)
{
	struct bench *bench = *state;
	char name[32];

	put(bench, "mail.log", "line 0 of so many\n");
	assert_true(try_pass(bench));
	rename(bench->log, in(bench, "mail.log.150"));
	for (int i = 1; i < 150; i++) {
		char line[64];

		snprintf(name, sizeof(name), "mail.log.%d", 150 - i);
		snprintf(line, sizeof(line), "line %d of so many\n", i);
		put(bench, name, line);
	}
	put(bench, "mail.log", "line 150 of so many\n");
	for (int i = 0; i < 4; i++)
		assert_true(try_pass(bench));
	for (int i = 0; i <= 150; i++)
		if (bench->times[i] != 1)
			fail_msg("line %d was read %u times", i, bench->times[i]);
}

static void dates_in_names_are_an_order(void **state)
{
	static const char *const names[][3] = {
	    {"mail.log-20261119", "mail.log-20261120", "mail.log-20261121"},
	    {"mail-20261130.log", "mail-20261201.log", "mail-20261202.log"},
	    {"mail.log-2026-11-30", "mail.log-2026-12-01", "mail.log-2026-12-02"},
	    {"mail.log.11", "mail.log.10", "mail.log.9"},
	};

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		void *fresh = NULL;
		struct bench *bench;

		set_up(&fresh);
		bench = fresh;
		put(bench, "mail.log", "one\n");
		pass_reads(bench, "one\n", 0);
		rename(bench->log, in(bench, names[i][0]));
		put(bench, names[i][2], "three\n");
		put(bench, names[i][1], "two\n");
		put(bench, "mail.log", "four\n");
		pass_reads(bench, "two\nthree\nfour\n", TAIL_ROTATED);
		tear_down(&fresh);
	}
	(void)state;
}

static void what_was_counted_elsewhere_is_skipped(void **state)
{
	struct bench *bench = *state;

	put(bench, "mail.log", first_line);
	put(bench, "mail.log", "two\n");
	bench->file[bench->files++] =
	    (struct file_seen){hash_bytes(first_line, 60), strlen(first_line), 60, 0};
	pass_reads(bench, "two\n", 0);
}

static void what_cannot_be_read_is_an_error(void **state)
{
	struct bench *bench = *state;
	static const struct {
		const char *about, *says;
	} row[] = {{"nothing there", "No such file"}, {"a folder", "not a file"}};

	for (size_t i = 0; i < COUNT_OF(row); i++) {
		if (i == 1)
			assert_int_equal(mkdir(bench->log, 0755), 0);
		assert_false(try_pass(bench));
		if (!strstr(bench->err.text, row[i].says) || !strstr(bench->err.text, bench->log))
			fail_msg("%s: %s", row[i].about, bench->err.text);
	}
	rmdir(bench->log);
	put(bench, "mail.log", "one\n");
	pass_reads(bench, "one\n", 0);
	unlink(bench->log);
	assert_false(try_pass(bench));
}

static void a_fifo_does_not_hold_a_pass_up(void **state)
{
	struct bench *bench = *state;

	put(bench, "mail.log", first_line);
	pass_reads(bench, first_line, 0);
	assert_int_equal(mkfifo(in(bench, "mail.log.1"), 0644), 0);
	unlink(bench->log);
	put(bench, "mail.log", "two\n");
	assert_true(try_pass(bench));
	unlink(bench->log);
	assert_int_equal(mkfifo(bench->log, 0644), 0);
	assert_false(try_pass(bench));
}

static const struct name_case {
	const char *base, *name;
	bool is_rotated;
} names[] = {
    {"mail.log", "mail.log.1", true},
    {"mail.log", "mail.log.1.gz", true},
    {"mail.log", "mail.log-20261121", true},
    {"mail.log", "mail.log-20261121.xz", true},
    {"mail.log", "mail.log-2026-11-21.bz2", true},
    {"mail.log", "mail-20261121.log", true},
    {"mail.log", "mail.1.log.zst", true},
    {"mail.log", "mail.log.old", true},
    {"maillog", "maillog-20261121", true},
    {"mail.log", "mail.log", false},
    {"mail.log", "mail.log.gz", false},
    {"mail.log", "mail.err", false},
    {"mail.log", "mail.log.1~", false},
    {"mail.log", "mail.logs.1", false},
    {"mail.log", "mail.err.1", false},
    {"mail.log", "mail.log.", false},
    {"mail.log", "xmail.log.1", false},
};

static void rotated_names_are_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (tail_is_rotated_name(names[i].base, names[i].name) != names[i].is_rotated)
			fail_msg("%s of %s", names[i].name, names[i].base);
}

/* --- all of it together --- */

static void write_some(struct bench *bench, const char *path)
{
	struct str text = {0};

	for (int i = rand() % 6; i > 0; i--) {
		str_addf(&text, "line %zu at some moment of %zu, with so many words behind it\n",
			 bench->next, bench->next * 7919);
		bench->next++;
	}
	append(path, str_text(&text), text.len);
	set_time(path, NOW + rand() % 100000 - 50000);
	str_release(&text);
}

/* The daemon writes where it did until there is a new log; another program even longer. */
static void write_where_it_is_open(struct bench *bench)
{
	const char *const old = in(bench, "mail.log.1");
	struct stat st;
	const bool is_old = stat(old, &st) == 0 && st.st_size >= 4 * LOG_HEAD_BYTES;

	if (is_old && (access(bench->log, F_OK) != 0 || rand() % 10 == 0)) {
		write_some(bench, old);
		assert_true(try_pass(bench));
	} else {
		write_some(bench, bench->log);
	}
}

static void rotate(struct bench *bench, bool by_copy)
{
	if (access(bench->log, F_OK) != 0)
		return;
	for (int i = ROTATIONS_KEPT + 1; i > 0; i--) {
		char from[160];
		char to[160];

		snprintf(from, sizeof(from), "%s.%d.gz", bench->log, i);
		snprintf(to, sizeof(to), "%s.%d.gz", bench->log, i + 1);
		rename(from, to);
		snprintf(from, sizeof(from), "%s.%d", bench->log, i);
		snprintf(to, sizeof(to), "%s.%d", bench->log, i + 1);
		rename(from, to);
	}
	if (by_copy) {
		copy(bench->log, in(bench, "mail.log.1"));
		assert_int_equal(truncate(bench->log, 0), 0);
		return;
	}
	rename(bench->log, in(bench, "mail.log.1"));
	if (rand() % 2)
		append(bench->log, "", 0);
}

static void maybe_compress(struct bench *bench)
{
	const int i = 1 + rand() % 3;
	char from[160];
	char to[160];
	struct stat st;

	snprintf(from, sizeof(from), "%s.%d", bench->log, i);
	snprintf(to, sizeof(to), "%s.%d.gz", bench->log, i);
	if (stat(from, &st) == 0 && st.st_size)
		compress_to(from, to, archive_write_add_filter_gzip);
}

/* Rotation while nobody writes loses nothing, whatever comes between two passes. */
static void a_thousand_random_days_lose_and_double_nothing(void **state)
{
	struct bench *bench = *state;

	int rotations = 0;

	srand(20261121);
	append(bench->log, "", 0);
	assert_true(try_pass(bench));
	for (int turn = 0; turn < 6000; turn++) {
		const int what = rand() % 100;

		if (what < 45)
			write_where_it_is_open(bench);
		else if (what >= 90)
			maybe_compress(bench);
		else if (what >= 80 && rotations++ < ROTATIONS_KEPT)
			rotate(bench, what % 2);
		else if (try_pass(bench))
			rotations = 0;
		else if (access(bench->log, F_OK) == 0)
			fail_msg("turn %d: %s", turn, bench->err.text);
	}
	append(bench->log, "", 0);
	assert_true(try_pass(bench));
	for (size_t i = 0; i < bench->next; i++)
		if (bench->times[i] != 1)
			fail_msg("line %zu of %zu was read %u times", i, bench->next,
				 bench->times[i]);
	assert_true(bench->next > 3000);
}

#define IN_A_FOLDER(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_A_FOLDER(lines_are_read_once),
	    IN_A_FOLDER(a_line_without_its_end_waits),
	    IN_A_FOLDER(a_short_head_may_grow),
	    IN_A_FOLDER(a_long_line_is_cut_and_counted),
	    IN_A_FOLDER(any_bytes_are_lines),
	    IN_A_FOLDER(the_old_file_is_finished_first),
	    IN_A_FOLDER(the_old_file_is_kept_until_the_new_one_fills),
	    IN_A_FOLDER(a_log_between_two_names_is_read),
	    IN_A_FOLDER(it_is_found_under_any_name),
	    IN_A_FOLDER(two_rotations_are_read_in_order),
	    IN_A_FOLDER(the_newest_of_several_is_kept_while_the_log_is_empty),
	    cmocka_unit_test(one_that_was_compressed_is_finished),
	    IN_A_FOLDER(one_being_compressed_is_read_once),
	    IN_A_FOLDER(a_damaged_one_is_said),
	    IN_A_FOLDER(a_copy_is_finished_after_a_truncation),
	    IN_A_FOLDER(a_truncation_without_a_copy_is_said),
	    IN_A_FOLDER(a_truncation_shows_when_the_file_has_grown_again),
	    IN_A_FOLDER(an_inode_number_is_no_identity),
	    IN_A_FOLDER(a_lost_file_is_said),
	    IN_A_FOLDER(times_tell_nothing),
	    IN_A_FOLDER(what_was_rotated_before_the_first_reading_is_left),
	    IN_A_FOLDER(one_that_was_read_empty_is_found_compressed),
	    IN_A_FOLDER(a_short_beginning_is_enough),
	    IN_A_FOLDER(equal_files_are_told_apart),
	    IN_A_FOLDER(equal_beginnings_are_told_apart),
	    IN_A_FOLDER(late_lines_are_read),
	    IN_A_FOLDER(an_imported_log_is_read_on_after_its_rotation),
	    IN_A_FOLDER(one_that_lost_its_end_is_not_read_twice),
	    IN_A_FOLDER(one_that_was_edited_is_not_read_twice),
	    IN_A_FOLDER(one_that_comes_back_is_read_on),
	    IN_A_FOLDER(one_put_back_beside_its_copy_is_read_once),
	    IN_A_FOLDER(a_rotation_that_was_not_finished_loses_nothing),
	    IN_A_FOLDER(the_rest_is_read_when_the_old_one_was_dropped),
	    IN_A_FOLDER(more_rotations_than_one_reading_takes),
	    IN_A_FOLDER(dates_in_names_are_an_order),
	    IN_A_FOLDER(what_was_counted_elsewhere_is_skipped),
	    IN_A_FOLDER(what_cannot_be_read_is_an_error),
	    IN_A_FOLDER(a_fifo_does_not_hold_a_pass_up),
	    cmocka_unit_test(rotated_names_are_known),
	    IN_A_FOLDER(a_thousand_random_days_lose_and_double_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
