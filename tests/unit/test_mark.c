#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "folder.h"

#include "sys/mark.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[FOLDER_BYTES];
static char path[FOLDER_BYTES + 16];

static int set_up(void **state)
{
	(void)state;
	folder_make(dir);
	snprintf(path, sizeof(path), "%s/mark", dir);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	folder_remove(dir);
	return 0;
}

static void it_says_what_it_was_set_to_last(void **state)
{
	static const int64_t time[] = {1790000000, 1700000000, 4102444800, 1};
	struct stat st;
	int64_t at = 0;

	(void)state;
	assert_false(mark_read(path, &at));
	for (size_t i = 0; i < sizeof(time) / sizeof(*time); i++) {
		assert_true(mark_set(path, time[i]));
		assert_true(mark_read(path, &at));
		assert_int_equal(at, time[i]);
	}
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 0);
}

/* In a folder where anybody may put something. */
static void what_is_no_mark_says_nothing(void **state)
{
	int64_t at = 7;
	char target[sizeof(path) + 8];

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_false(mark_read(path, &at));
	assert_false(mark_set(path, 1790000000));
	assert_int_equal(unlink(path), 0);

	snprintf(target, sizeof(target), "%s-target", path);
	assert_true(mark_set(target, 1790000000));
	assert_int_equal(symlink(target, path), 0);
	assert_false(mark_read(path, &at));
	assert_false(mark_set(path, 1700000000));
	assert_int_equal(unlink(path), 0);

	assert_true(mark_set(path, 1790000000));
	if (chown(path, 1, 1) != 0)
		return; /* the rest needs root */
	assert_false(mark_read(path, &at));
	assert_false(mark_set(path, 1700000000));
	assert_int_equal(at, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(it_says_what_it_was_set_to_last, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(what_is_no_mark_says_nothing, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
