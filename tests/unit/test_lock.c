#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sys/lock.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[] = "/tmp/test_lock.XXXXXX";
static char path[sizeof(dir) + 8];

static int make_dir(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/lock", dir);
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	return rmdir(dir);
}

static int remove_lock(void **state)
{
	(void)state;
	return unlink(path);
}

static void only_one_holds_it(void **state)
{
	struct err err = {0};
	char mine[32];
	int first = -1;
	int second = -1;

	(void)state;
	assert_int_equal(lock_take(dir, false, &first, &err), LOCK_HELD);
	assert_int_equal(lock_take(dir, false, &second, &err), LOCK_BUSY);
	assert_int_equal(second, -1);
	assert_non_null(strstr(err.text, path));
	snprintf(mine, sizeof(mine), "pid %ld since 2", (long)getpid());
	assert_non_null(strstr(err.text, mine));
	assert_null(strchr(err.text, '\n'));

	close(first);
	assert_int_equal(lock_take(dir, false, &second, &err), LOCK_HELD);
	close(second);
}

static void a_killed_holder_gives_it_back(void **state)
{
	struct err err = {0};
	int ready[2];
	int fd = -1;
	char byte;
	pid_t holder;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	holder = fork();
	assert_true(holder >= 0);
	if (holder == 0) {
		if (lock_take(dir, false, &fd, &err) == LOCK_HELD && write(ready[1], "!", 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(lock_take(dir, false, &fd, &err), LOCK_BUSY);
	assert_int_equal(kill(holder, SIGKILL), 0);
	assert_int_equal(waitpid(holder, NULL, 0), holder);
	assert_int_equal(lock_take(dir, false, &fd, &err), LOCK_HELD);
	close(fd);
	close(ready[0]);
	close(ready[1]);
}

static void waiting_ends_when_the_holder_does(void **state)
{
	struct err err = {0};
	int fd = -1;
	int status;
	pid_t waiter;

	(void)state;
	assert_int_equal(lock_take(dir, false, &fd, &err), LOCK_HELD);
	waiter = fork();
	assert_true(waiter >= 0);
	if (waiter == 0) {
		/* An open file description outlives fork: this copy must go, or we hold it. */
		close(fd);
		_exit(lock_take(dir, true, &fd, &err) == LOCK_HELD ? 0 : 1);
	}
	close(fd);
	assert_int_equal(waitpid(waiter, &status, 0), waiter);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void a_longer_text_leaves_no_rest(void **state)
{
	struct err err = {0};
	char text[256] = {0};
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	assert_int_equal(write(fd, text, sizeof(text)), sizeof(text));
	close(fd);
	assert_int_equal(lock_take(dir, false, &fd, &err), LOCK_HELD);
	assert_true(lseek(fd, 0, SEEK_END) < 64);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	close(fd);
}

static void says_so_when_the_holder_left_no_text(void **state)
{
	struct err err = {0};
	int first = -1;
	int second = -1;

	(void)state;
	assert_int_equal(lock_take(dir, false, &first, &err), LOCK_HELD);
	assert_int_equal(ftruncate(first, 0), 0);
	assert_int_equal(lock_take(dir, false, &second, &err), LOCK_BUSY);
	assert_non_null(strstr(err.text, "not said who"));
	close(first);
}

static void refuses_a_symbolic_link(void **state)
{
	struct err err = {0};
	int fd = -1;

	(void)state;
	assert_int_equal(symlink("/dev/null", path), 0);
	assert_int_equal(lock_take(dir, false, &fd, &err), LOCK_FAILED);
	assert_non_null(strstr(err.text, path));
}

static void refuses_a_fifo(void **state)
{
	struct err err = {0};
	int fd = -1;

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(lock_take(dir, true, &fd, &err), LOCK_FAILED);
}

static void names_a_missing_folder(void **state)
{
	struct err err = {0};
	int fd = -1;

	(void)state;
	assert_int_equal(lock_take("/nonexistent/repwatch", false, &fd, &err), LOCK_FAILED);
	assert_non_null(strstr(err.text, "'/nonexistent/repwatch'"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(only_one_holds_it, remove_lock),
	    cmocka_unit_test_teardown(a_killed_holder_gives_it_back, remove_lock),
	    cmocka_unit_test_teardown(waiting_ends_when_the_holder_does, remove_lock),
	    cmocka_unit_test_teardown(a_longer_text_leaves_no_rest, remove_lock),
	    cmocka_unit_test_teardown(says_so_when_the_holder_left_no_text, remove_lock),
	    cmocka_unit_test_teardown(refuses_a_symbolic_link, remove_lock),
	    cmocka_unit_test_teardown(refuses_a_fifo, remove_lock),
	    cmocka_unit_test(names_a_missing_folder),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
