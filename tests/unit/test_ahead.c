#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "packed.h"

#include "io/ahead.h"

#include "base/mem.h"
#include "base/str.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	KIB = 1024,
	MIB = 1024 * KIB,
	BLOCK = 128 * KIB /* what the thread hands over at once */
};

/* Nothing that repeats with a block: bytes that were swapped, doubled or left out would show. */
static char *bytes_of(size_t len)
{
	char *bytes = xcalloc(len + 1, 1);
	uint32_t x = 1;

	for (size_t i = 0; i < len; i++) {
		x = x * 1664525u + 1013904223u;
		bytes[i] = (char)('a' + (x >> 24) % 26);
	}
	return bytes;
}

static void write_whole(int fd, const char *bytes, size_t len)
{
	size_t done = 0;
	ssize_t wrote;

	while (done < len) {
		wrote = write(fd, bytes + done, len - done);
		assert_true(wrote > 0);
		done += (size_t)wrote;
	}
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
}

static int file_with(const char *bytes, size_t len)
{
	const int fd = memfd_create("log", 0);

	assert_true(fd >= 0);
	write_whole(fd, bytes, len);
	return fd;
}

static int packed(const char *bytes, size_t len)
{
	const int fd = memfd_create("log.gz", 0);

	assert_true(fd >= 0);
	packed_write(fd, archive_write_add_filter_gzip, bytes, len, 1);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static ssize_t read_all(int fd, struct str *out, uint64_t *taken, struct err *err)
{
	struct ahead *const ahead = ahead_open(fd, "some.log", err);
	const char *bytes;
	ssize_t got = -1;

	assert_non_null(ahead);
	while ((got = ahead_next(ahead, &bytes, err)) > 0)
		str_add_bytes(out, bytes, (size_t)got);
	assert_int_equal(ahead_next(ahead, &bytes, err), got); /* the end stays the end */
	*taken = ahead_taken(ahead);
	ahead_close(ahead);
	return got;
}

static void check_length(size_t len)
{
	char *const bytes = bytes_of(len);
	struct str out = {0};
	uint64_t taken;
	struct err err;

	assert_int_equal(read_all(file_with(bytes, len), &out, &taken, &err), 0);
	assert_int_equal(taken, len);
	assert_int_equal(out.len, len);
	if (len)
		assert_memory_equal(out.text, bytes, len);
	str_release(&out);
	free(bytes);
}

/* Without the thread, just past the step to it, at the edges of its blocks, around its ring. */
static void all_bytes_come_in_order(void **state)
{
	static const size_t len[] = {
	    0,
	    1,
	    64 * KIB,
	    MIB - 1,
	    MIB,
	    MIB + 1,
	    MIB + BLOCK,
	    MIB + BLOCK + 1,
	    MIB + 8 * BLOCK,
	    MIB + 8 * BLOCK + 1,
	    9 * MIB,
	    9 * MIB + 7,
	    2 * MIB - 1,
	    MIB + 4 * BLOCK - 1,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(len) / sizeof(len[0]); i++)
		check_length(len[i]);
}

static void packed_bytes_come_in_order(void **state)
{
	const size_t len = 5 * MIB + 3;
	char *const bytes = bytes_of(len);
	const int fd = packed(bytes, len);
	const off_t size = lseek(fd, 0, SEEK_END);
	struct str out = {0};
	uint64_t taken;
	struct err err;

	(void)state;
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(read_all(fd, &out, &taken, &err), 0);
	assert_int_equal(out.len, len);
	assert_memory_equal(out.text, bytes, len);
	assert_int_equal(taken, size);
	str_release(&out);
	free(bytes);
}

/* What stood before the damage was given, and the sentence is that of the file. */
static void damage_comes_behind_the_bytes_before_it(void **state)
{
	const size_t len = 5 * MIB;
	char *const bytes = bytes_of(len);
	const int fd = packed(bytes, len);
	const off_t size = lseek(fd, 0, SEEK_END);
	struct str out = {0};
	uint64_t taken;
	struct err err = {.text = ""};

	(void)state;
	assert_int_equal(ftruncate(fd, size * 3 / 4), 0);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(read_all(fd, &out, &taken, &err), -1);
	assert_true(out.len > 3 * MIB && out.len < len);
	assert_memory_equal(out.text, bytes, out.len);
	assert_non_null(strstr(err.text, "some.log"));
	str_release(&out);
	free(bytes);
}

/* Whoever stops early must not wait for a thread that waits for room. */
static void it_can_be_closed_anywhere(void **state)
{
	const size_t len = 20 * MIB;
	char *const bytes = bytes_of(len);

	(void)state;
	for (size_t blocks = 0; blocks < 40; blocks++) {
		struct err err;
		const char *part;
		struct ahead *const ahead = ahead_open(file_with(bytes, len), "some.log", &err);

		for (size_t i = 0; i < blocks; i++)
			assert_true(ahead_next(ahead, &part, &err) > 0);
		ahead_close(ahead);
	}
	ahead_close(NULL);
	free(bytes);
}

/* The writer of a pipe may be silent for hours. */
static void a_silent_pipe_can_be_closed(void **state)
{
	const size_t len = 2 * MIB;
	char *const bytes = bytes_of(len);
	size_t got = 0;
	struct ahead *ahead;
	const char *part;
	struct err err;
	int end[2];
	pid_t child;

	(void)state;
	assert_int_equal(pipe(end), 0);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		for (size_t done = 0; done < len;)
			done += (size_t)write(end[1], bytes + done, len - done);
		pause();
		_exit(0);
	}
	close(end[1]);
	ahead = ahead_open(end[0], "-", &err);
	while (got < len)
		got += (size_t)ahead_next(ahead, &part, &err);
	ahead_close(ahead);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
	free(bytes);
}

static volatile sig_atomic_t seen;

static void note_signal(int number)
{
	seen = number;
}

/* A signal for the process reaches the thread that has to stop the work, not the other. */
static void signals_stay_with_the_caller(void **state)
{
	const size_t len = 8 * MIB;
	char *const bytes = bytes_of(len);
	const struct sigaction action = {.sa_handler = note_signal};
	struct ahead *ahead;
	sigset_t set, pending;
	const char *part;
	struct err err;

	(void)state;
	assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	ahead = ahead_open(file_with(bytes, len), "some.log", &err);
	for (int i = 0; i < 20; i++)
		assert_true(ahead_next(ahead, &part, &err) > 0);
	assert_int_equal(sigprocmask(SIG_BLOCK, &set, NULL), 0);
	assert_int_equal(kill(getpid(), SIGUSR1), 0);
	while (ahead_next(ahead, &part, &err) > 0)
		continue;
	assert_int_equal(seen, 0);
	assert_int_equal(sigpending(&pending), 0);
	assert_true(sigismember(&pending, SIGUSR1));
	assert_int_equal(sigprocmask(SIG_UNBLOCK, &set, NULL), 0);
	assert_int_equal(seen, SIGUSR1);
	ahead_close(ahead);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_bytes_come_in_order),
	    cmocka_unit_test(packed_bytes_come_in_order),
	    cmocka_unit_test(damage_comes_behind_the_bytes_before_it),
	    cmocka_unit_test(it_can_be_closed_anywhere),
	    cmocka_unit_test(a_silent_pipe_can_be_closed),
	    cmocka_unit_test(signals_stay_with_the_caller),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
