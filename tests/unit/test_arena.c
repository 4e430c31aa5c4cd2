#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/mem.h"

#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const size_t size_case[] = {1,    2,    7,    8,     15,    16,    17,
				   1000, 1024, 1025, 65535, 65536, 65537, 1 << 20};

static bool is_zero(const void *memory, size_t len)
{
	const unsigned char *byte = memory;

	for (size_t i = 0; i < len; i++)
		if (byte[i])
			return false;
	return true;
}

/* Each piece is zeroed, aligned, and stays as it was while others are taken and filled. */
static void pieces_are_zeroed_aligned_and_apart(void **state)
{
	enum { ROUNDS = 20 };
	struct arena *arena = arena_new();
	unsigned char *piece[COUNT_OF(size_case) * ROUNDS];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(piece); i++) {
		const size_t size = size_case[i % COUNT_OF(size_case)];

		piece[i] = arena_calloc(arena, 1, size);
		assert_int_equal((uintptr_t)piece[i] % _Alignof(max_align_t), 0);
		assert_true(is_zero(piece[i], size));
		memset(piece[i], (int)(i % 255 + 1), size);
	}
	for (size_t i = 0; i < COUNT_OF(piece); i++) {
		const size_t size = size_case[i % COUNT_OF(size_case)];

		assert_int_equal(piece[i][0], i % 255 + 1);
		assert_int_equal(piece[i][size - 1], i % 255 + 1);
	}
	arena_free(arena);
	arena_free(NULL);
}

static void after_a_reset_memory_is_zeroed_again(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	arena_reset(arena);
	for (int round = 0; round < 5; round++) {
		for (size_t i = 0; i < COUNT_OF(size_case); i++) {
			void *piece = arena_calloc(arena, size_case[i], 1);

			assert_true(is_zero(piece, size_case[i]));
			memset(piece, 0xff, size_case[i]);
		}
		arena_reset(arena);
	}
	arena_free(arena);
}

static void nothing_may_be_asked_for(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	assert_non_null(arena_calloc(arena, 0, 8));
	assert_non_null(arena_calloc(arena, 8, 0));
	assert_string_equal(arena_strndup(arena, NULL, 0), "");
	assert_string_equal(arena_strdup(arena, ""), "");
	arena_free(arena);
}

static void copies_texts(void **state)
{
	struct arena *arena = arena_new();
	char text[] = "listed";
	char *copy = arena_strdup(arena, text);

	(void)state;
	text[0] = 'L';
	assert_string_equal(copy, "listed");
	assert_string_equal(arena_strndup(arena, "listed", 4), "list");
	assert_memory_equal(arena_strndup(arena, "a\0b", 3), "a\0b", 4);
	assert_string_equal(arena_printf(arena, "%s/%d", "192.0.2.0", 24), "192.0.2.0/24");
	arena_free(arena);
}

/* Sizes whose product, or whose rounding up, does not fit. */
static const struct {
	size_t count, size;
} huge_case[] = {
    {SIZE_MAX, 2}, {2, SIZE_MAX}, {SIZE_MAX, 1}, {1, SIZE_MAX - 14}, {SIZE_MAX / 4 + 1, 4},
};

static void sizes_that_wrap_are_a_bug(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(huge_case); i++) {
		const pid_t child = fork();
		int status;

		assert_true(child >= 0);
		if (child == 0) {
			signal(SIGABRT, SIG_DFL);
			close(STDERR_FILENO);
			arena_calloc(arena_new(), huge_case[i].count, huge_case[i].size);
			_exit(0);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
	    cmocka_unit_test(after_a_reset_memory_is_zeroed_again),
	    cmocka_unit_test(nothing_may_be_asked_for),
	    cmocka_unit_test(copies_texts),
	    cmocka_unit_test(sizes_that_wrap_are_a_bug),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
