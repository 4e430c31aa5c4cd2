#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "sys/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OTHER_UID = 65534 };

static char dir[] = "/tmp/test_files.XXXXXX";
static char path[sizeof(dir) + 8]; /* dir/file */

static int make_dir(void **state)
{
	(void)state;
	snprintf(path, sizeof(path), "%s/file", mkdtemp(dir));
	return 0;
}

/* How many entries the folder has; also what tells that no temporary file is left. */
static size_t entries(void)
{
	DIR *stream = opendir(dir);
	size_t count = 0;

	assert_non_null(stream);
	for (const struct dirent *entry; (entry = readdir(stream));)
		count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	closedir(stream);
	return count;
}

static int remove_dir(void **state)
{
	(void)state;
	return rmdir(dir);
}

/* rmdir for the tests whose `path` is a folder. */
static int remove_path(void **state)
{
	(void)state;
	return remove(path);
}

static void put(const char *bytes, size_t len, mode_t mode)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(write(fd, bytes, len), (ssize_t)len);
	close(fd);
}

/* --- the state folder --- */

static void makes_a_missing_state_folder(void **state)
{
	struct err err = {0};
	struct stat st;

	(void)state;
	umask(0);
	assert_true(files_state_dir(path, &err));
	umask(022);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0750);
	assert_true(files_state_dir(path, &err));
}

static const struct {
	mode_t mode;
	bool ok;
} state_mode[] = {
    {0700, true},  {0750, true},  {0755, true},   {0770, false},
    {0757, false}, {0777, false}, {01777, false},
};

static void refuses_a_state_folder_others_may_write(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(state_mode); i++) {
		struct err err = {0};

		assert_int_equal(mkdir(path, 0700), 0);
		assert_int_equal(chmod(path, state_mode[i].mode), 0);
		if (files_state_dir(path, &err) != state_mode[i].ok)
			fail_msg("mode %04o: %s", state_mode[i].mode, err.text);
		assert_int_equal(rmdir(path), 0);
	}
	assert_int_equal(mkdir(path, 0700), 0);
}

static void refuses_a_state_folder_of_somebody_else(void **state)
{
	struct err err = {0};

	(void)state;
	assert_int_equal(mkdir(path, 0700), 0);
	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(path, OTHER_UID, OTHER_UID), 0);
	assert_false(files_state_dir(path, &err));
	assert_non_null(strstr(err.text, "65534"));
}

static void refuses_a_state_folder_behind_a_link(void **state)
{
	struct err err = {0};

	(void)state;
	assert_int_equal(symlink("/tmp", path), 0);
	assert_false(files_state_dir(path, &err));
}

static void refuses_a_file_as_state_folder(void **state)
{
	struct err err = {0};

	(void)state;
	put("x", 1, 0600);
	assert_false(files_state_dir(path, &err));
	assert_non_null(strstr(err.text, path));
}

/* --- reading --- */

static const struct {
	size_t bytes;
	size_t max_bytes;
	bool ok;
} size_case[] = {
    {0, 0, true},           {0, 10, true},           {1, 0, false},      {10, 10, true},
    {11, 10, false},        {4095, 5000, true},      {4096, 5000, true}, {4097, 4096, false},
    {100000, 100000, true}, {100001, 100000, false},
};

static void reads_files_up_to_the_limit(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(size_case); i++) {
		char *bytes = xcalloc(size_case[i].bytes + 1, 1);
		struct err err = {0};
		char *text = NULL;
		size_t len = 0;

		memset(bytes, 'a', size_case[i].bytes);
		put(bytes, size_case[i].bytes, 0600);
		if (files_slurp(path, size_case[i].max_bytes, &text, &len, &err) != size_case[i].ok)
			fail_msg("%zu of %zu: %s", size_case[i].bytes, size_case[i].max_bytes,
				 err.text);
		if (size_case[i].ok) {
			assert_int_equal(len, size_case[i].bytes);
			assert_string_equal(text, bytes);
		} else {
			assert_null(text);
			assert_non_null(strstr(err.text, "larger than"));
		}
		free(text);
		free(bytes);
	}
}

static void keeps_nul_bytes(void **state)
{
	struct err err = {0};
	char *text = NULL;
	size_t len = 0;

	(void)state;
	put("a\0b", 3, 0600);
	assert_true(files_slurp(path, 100, &text, &len, &err));
	assert_int_equal(len, 3);
	assert_memory_equal(text, "a\0b", 4);
	free(text);
}

static void reads_what_has_no_size(void **state)
{
	struct err err = {0};
	char *text = NULL;
	size_t len = 0;

	(void)state;
	assert_true(files_slurp("/proc/self/status", 100000, &text, &len, &err));
	assert_true(len > 0);
	free(text);
	put("", 0, 0600);
}

static void reads_no_link_no_fifo_no_folder(void **state)
{
	struct err err = {0};
	char *text = NULL;
	size_t len = 0;

	(void)state;
	assert_false(files_slurp(path, 100, &text, &len, &err));
	assert_non_null(strstr(err.text, "No such file"));
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_false(files_slurp(path, 100000, &text, &len, &err));
	assert_non_null(strstr(err.text, "symbolic link"));
	assert_int_equal(unlink(path), 0);
	assert_false(files_slurp(dir, 100, &text, &len, &err));
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_false(files_slurp(path, 100, &text, &len, &err));
	assert_null(text);
}

static const struct {
	const char *name;
	const char *bytes;
	size_t len;
	mode_t mode;
	const char *secret; /* NULL: refused */
} secret_case[] = {
    {"a line", "hunter2\n", 8, 0600, "hunter2"},
    {"no line end", "hunter2", 7, 0600, "hunter2"},
    {"only its owner may read", "hunter2\n", 8, 0400, "hunter2"},
    {"an end from DOS", "hunter2\r\n", 9, 0600, "hunter2"},
    {"the first of two lines", "one\ntwo\n", 8, 0600, "one"},
    {"blanks belong to it", " a b \n", 6, 0600, " a b "},
    {"nothing", "", 0, 0600, NULL},
    {"an empty first line", "\nhunter2\n", 9, 0600, NULL},
    {"an empty first line from DOS", "\r\nhunter2\n", 10, 0600, NULL},
    {"a NUL inside", "hun\0ter\n", 8, 0600, NULL},
    {"readable by the group", "hunter2\n", 8, 0640, NULL},
    {"readable by all", "hunter2\n", 8, 0644, NULL},
    {"writable by the group", "hunter2\n", 8, 0620, NULL},
};

static void tells_secrets_that_are_kept(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(secret_case); i++) {
		struct err err = {0};
		char *secret = NULL;

		put(secret_case[i].bytes, secret_case[i].len, secret_case[i].mode);
		if (files_secret(path, &secret, &err) != (secret_case[i].secret != NULL))
			fail_msg("%s: %s", secret_case[i].name, err.text);
		if (secret_case[i].secret)
			assert_string_equal(secret, secret_case[i].secret);
		/* A refusal names the file and never shows what is in it. */
		else if (secret || !strstr(err.text, path) || strstr(err.text, "hun"))
			fail_msg("%s: %s", secret_case[i].name, err.text);
		free(secret);
		assert_int_equal(unlink(path), 0);
	}
	put("", 0, 0600);
}

/* systemd's own are readable through an ACL, which shows as rights of the group. */
static void credentials_are_found_by_name(void **state)
{
	struct arena *arena = arena_new();
	char folder[sizeof(path)];
	const char *found;
	char *secret = NULL;
	struct err err;

	(void)state;
	put("hunter2\n", 8, 0440);
	snprintf(folder, sizeof(folder), "%s", path);
	*strrchr(folder, '/') = '\0';
	assert_null(files_credential(arena, strrchr(path, '/') + 1));
	assert_false(files_secret(path, &secret, &err));
	setenv("CREDENTIALS_DIRECTORY", folder, 1);
	found = files_credential(arena, strrchr(path, '/') + 1);
	assert_non_null(found);
	assert_string_equal(found, path);
	assert_null(files_credential(arena, path));
	assert_null(files_credential(arena, ".."));
	assert_null(files_credential(arena, "no such file"));
	assert_true(files_secret(found, &secret, &err));
	assert_string_equal(secret, "hunter2");
	free(secret);
	secret = NULL;
	assert_int_equal(chmod(path, 0444), 0);
	assert_false(files_secret(found, &secret, &err));
	unsetenv("CREDENTIALS_DIRECTORY");
	arena_free(arena);
}

static void a_secret_of_somebody_else_is_refused(void **state)
{
	struct err err = {0};
	char *secret = NULL;

	(void)state;
	put("hunter2\n", 8, 0600);
	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(path, OTHER_UID, OTHER_UID), 0);
	assert_false(files_secret(path, &secret, &err));
	assert_null(secret);
}

/* --- writing --- */

static void expect_content(const char *expected)
{
	struct err err = {0};
	char *text = NULL;
	size_t len = 0;

	assert_true(files_slurp(path, 1 << 20, &text, &len, &err));
	assert_string_equal(text, expected);
	free(text);
}

static void writes_and_replaces(void **state)
{
	struct err err = {0};

	(void)state;
	assert_true(files_replace(path, "one", 3, &err));
	expect_content("one");
	assert_true(files_replace(path, "", 0, &err));
	expect_content("");
	assert_true(files_replace(path, "three", 5, &err));
	expect_content("three");
	assert_int_equal(entries(), 1);
}

static void writes_beside_where_it_stands(void **state)
{
	struct err err = {0};
	char before[4096];

	(void)state;
	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(chdir(dir), 0);
	assert_true(files_replace("file", "here", 4, &err));
	assert_int_equal(chdir(before), 0);
	expect_content("here");
}

static void a_leftover_of_a_killed_process_is_no_hindrance(void **state)
{
	struct err err = {0};
	char temp[sizeof(path) + 32];
	int fd;

	(void)state;
	snprintf(temp, sizeof(temp), "%s/.file.%ld.tmp", dir, (long)getpid());
	fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
	assert_true(fd >= 0);
	close(fd);
	assert_true(files_replace(path, "new", 3, &err));
	expect_content("new");
	assert_int_equal(entries(), 1);
}

static void a_planted_link_is_not_followed(void **state)
{
	struct err err = {0};
	char temp[sizeof(path) + 32];
	struct stat st;

	(void)state;
	snprintf(temp, sizeof(temp), "%s/.file.%ld.tmp", dir, (long)getpid());
	assert_int_equal(symlink("victim", temp), 0);
	assert_true(files_replace(path, "new", 3, &err));
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(entries(), 1);
}

static void a_failed_write_keeps_the_old_file_and_nothing_else(void **state)
{
	const struct rlimit tight = {.rlim_cur = 4096, .rlim_max = RLIM_INFINITY};
	const size_t len = 8192;
	char *bytes = xcalloc(len, 1);
	struct rlimit before;
	struct err err = {0};

	(void)state;
	put("old", 3, 0600);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	assert_false(files_replace(path, bytes, len, &err));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_non_null(strstr(err.text, path));
	assert_non_null(strstr(err.text, "File too large"));
	expect_content("old");
	assert_int_equal(entries(), 1);
	free(bytes);
}

static void replaces_nothing_but_files(void **state)
{
	struct err err = {0};
	struct stat st;

	(void)state;
	assert_int_equal(mkdir(path, 0700), 0);
	assert_false(files_replace(path, "x", 1, &err));
	assert_int_equal(rmdir(path), 0);

	assert_int_equal(symlink("elsewhere", path), 0);
	assert_false(files_replace(path, "x", 1, &err));
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(entries(), 1);

	assert_false(files_replace("/dev/null", "x", 1, &err));
	assert_int_equal(stat("/dev/null", &st), 0);
	assert_true(S_ISCHR(st.st_mode));
}

static void says_where_it_cannot_write(void **state)
{
	static const char *const bad[] = {"/nonexistent/file", "/tmp/", ""};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		struct err err = {0};

		assert_false(files_replace(bad[i], "x", 1, &err));
		assert_true(err.text[0] != '\0');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(makes_a_missing_state_folder, remove_path),
	    cmocka_unit_test_teardown(refuses_a_state_folder_others_may_write, remove_path),
	    cmocka_unit_test_teardown(refuses_a_state_folder_of_somebody_else, remove_path),
	    cmocka_unit_test_teardown(refuses_a_state_folder_behind_a_link, remove_path),
	    cmocka_unit_test_teardown(refuses_a_file_as_state_folder, remove_path),
	    cmocka_unit_test_teardown(reads_files_up_to_the_limit, remove_path),
	    cmocka_unit_test_teardown(keeps_nul_bytes, remove_path),
	    cmocka_unit_test_teardown(reads_what_has_no_size, remove_path),
	    cmocka_unit_test_teardown(reads_no_link_no_fifo_no_folder, remove_path),
	    cmocka_unit_test_teardown(tells_secrets_that_are_kept, remove_path),
	    cmocka_unit_test_teardown(credentials_are_found_by_name, remove_path),
	    cmocka_unit_test_teardown(a_secret_of_somebody_else_is_refused, remove_path),
	    cmocka_unit_test_teardown(writes_and_replaces, remove_path),
	    cmocka_unit_test_teardown(writes_beside_where_it_stands, remove_path),
	    cmocka_unit_test_teardown(a_leftover_of_a_killed_process_is_no_hindrance, remove_path),
	    cmocka_unit_test_teardown(a_planted_link_is_not_followed, remove_path),
	    cmocka_unit_test_teardown(a_failed_write_keeps_the_old_file_and_nothing_else,
				      remove_path),
	    cmocka_unit_test_teardown(replaces_nothing_but_files, remove_path),
	    cmocka_unit_test(says_where_it_cannot_write),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
