#include "sys/lock.h"

#include "base/civil.h"
#include "sys/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOCK_TEXT_BYTES = 128 };

static int open_lock(const char *state_dir, struct err *err)
{
	const int dir = open(state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;
	int fd;

	if (dir < 0) {
		err_set(err, "cannot open '%s': %s", state_dir, strerror(errno));
		return -1;
	}
	/* O_NONBLOCK is for a FIFO somebody put there; locks and plain files do not care. */
	fd = openat(dir, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	if (fd < 0) {
		err_set(err, "cannot open '%s/lock': %s", state_dir, strerror(errno));
	} else if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		err_set(err, "'%s/lock' is not a regular file", state_dir);
		close(fd);
		fd = -1;
	}
	close(dir);
	return fd;
}

/* Who holds it, for people. A full disk may have left no text; the lock holds all the same. */
static void sign(int fd)
{
	char started[CIVIL_TEXT_BYTES];
	char text[LOCK_TEXT_BYTES];
	int len;

	civil_rfc3339(&(struct zone){0}, clock_now(), started);
	len = snprintf(text, sizeof(text), "pid %ld since %s\n", (long)getpid(), started);
	if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)len, 0) != len)
		return;
}

static void say_who(int fd, const char *state_dir, struct err *err)
{
	char text[LOCK_TEXT_BYTES];
	ssize_t len = pread(fd, text, sizeof(text) - 1, 0);

	text[len < 0 ? 0 : len] = '\0';
	text[strcspn(text, "\n")] = '\0';
	err_set(err, "another run holds '%s/lock': %s", state_dir,
		*text ? text : "it has not said who");
}

enum lock_result lock_take(const char *state_dir, bool wait, int *fd, struct err *err)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	const int file = open_lock(state_dir, err);
	int status;

	if (file < 0)
		return LOCK_FAILED;
	do
		status = fcntl(file, wait ? F_OFD_SETLKW : F_OFD_SETLK, &whole);
	while (status != 0 && errno == EINTR);
	if (status == 0) {
		sign(file);
		*fd = file;
		return LOCK_HELD;
	}
	if (errno == EAGAIN || errno == EACCES) {
		say_who(file, state_dir, err);
		close(file);
		return LOCK_BUSY;
	}
	err_set(err, "cannot lock '%s/lock': %s", state_dir, strerror(errno));
	close(file);
	return LOCK_FAILED;
}
