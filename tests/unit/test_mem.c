#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void fresh_memory_is_zeroed(void **state)
{
	unsigned char *bytes = xcalloc(1000, 1);

	(void)state;
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(bytes[i], 0);
	free(bytes);
}

static void nothing_is_something_to_free(void **state)
{
	void *none = xcalloc(0, 8);
	void *shrunk = xrealloc(NULL, 0, 8);

	(void)state;
	assert_non_null(none);
	assert_non_null(shrunk);
	free(none);
	free(shrunk);
}

static void growing_keeps_what_was_there(void **state)
{
	char *text = xstrdup("list");

	(void)state;
	text = xrealloc(text, 1000, 2);
	assert_string_equal(text, "list");
	memset(text + 4, 'x', 1996);
	free(text);
}

static void copies_so_many_bytes(void **state)
{
	char *part = xstrndup("a\0bc", 3);
	char *none = xstrndup(NULL, 0);

	(void)state;
	assert_memory_equal(part, "a\0b", 4);
	assert_string_equal(none, "");
	free(part);
	free(none);
}

/* Runs `end` in a child and gives what it left: its status and what it said. */
static int run_apart(void (*end)(void), char *said, size_t bytes)
{
	int err[2];
	int status;
	size_t len = 0;
	ssize_t got;
	pid_t child;

	assert_int_equal(pipe(err), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		signal(SIGABRT, SIG_DFL);
		dup2(err[1], STDERR_FILENO);
		end();
		_exit(0);
	}
	close(err[1]);
	while ((got = read(err[0], said + len, bytes - 1 - len)) > 0)
		len += (size_t)got;
	said[len] = '\0';
	close(err[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void grow_without_end(void)
{
	free(xrealloc(NULL, SIZE_MAX, 2));
}

static void break_an_invariant(void)
{
	bug("a %s has %d legs", "cat", 3);
}

static void out_of_memory_is_said_and_ends_with_70(void **state)
{
	char said[256];
	const int status = run_apart(grow_without_end, said, sizeof(said));

	(void)state;
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 70);
	assert_string_equal(said, "repwatch: out of memory\n");
}

static void a_bug_is_said_and_aborts(void **state)
{
	char said[256];
	const int status = run_apart(break_an_invariant, said, sizeof(said));

	(void)state;
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	assert_non_null(strstr(said, "repwatch: bug: a cat has 3 legs"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fresh_memory_is_zeroed),
	    cmocka_unit_test(nothing_is_something_to_free),
	    cmocka_unit_test(growing_keeps_what_was_there),
	    cmocka_unit_test(copies_so_many_bytes),
	    cmocka_unit_test(out_of_memory_is_said_and_ends_with_70),
	    cmocka_unit_test(a_bug_is_said_and_aborts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
