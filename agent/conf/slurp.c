#include "conf/slurp.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_fit(const struct stat *status, bool checks_owner, struct err *err)
{
	if (S_ISDIR(status->st_mode))
		return err_set(err, "is a folder, not a file");
	if (!S_ISREG(status->st_mode))
		return err_set(err, "is not a regular file");
	if (status->st_mode & S_IWOTH)
		return err_set(err, "can be written by everybody; take that away with 'chmod o-w'");
	if (checks_owner && status->st_uid != 0 && status->st_uid != geteuid())
		return err_set(err,
			       "belongs to user %u; give it to root or to the user who runs "
			       "repwatch with 'chown'",
			       (unsigned)status->st_uid);
	if (status->st_size > SLURP_MAX_BYTES)
		return err_set(err, "is larger than %d MiB", SLURP_MAX_BYTES >> 20);
	return true;
}

/* Up to `size` bytes: what is written behind it meanwhile is not waited for. */
static bool read_bytes(int fd, char *buf, size_t size, size_t *filled, struct err *err)
{
	*filled = 0;
	while (*filled < size) {
		const ssize_t count = read(fd, buf + *filled, size - *filled);

		if (count < 0 && errno != EINTR)
			return err_set(err, "cannot be read: %s", strerror(errno));
		if (count == 0)
			break;
		*filled += count > 0 ? (size_t)count : 0;
	}
	return true;
}

bool slurp_text(const char *path, bool checks_owner, char **text, size_t *len, struct file_id *id,
		struct err *err)
{
	/* Opening a FIFO must not wait for its writer. */
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat status;
	char *buf = NULL;
	bool ok = false;

	if (fd < 0)
		return err_set(err, "cannot be opened: %s", strerror(errno));
	if (fstat(fd, &status) != 0) {
		err_set(err, "cannot be looked at: %s", strerror(errno));
		goto out;
	}
	if (!is_fit(&status, checks_owner, err))
		goto out;
	buf = xcalloc((size_t)status.st_size + 1, 1);
	if (!read_bytes(fd, buf, (size_t)status.st_size, len, err))
		goto out;
	*text = buf;
	*id = (struct file_id){status.st_dev, status.st_ino};
	buf = NULL;
	ok = true;
out:
	free(buf);
	close(fd);
	return ok;
}
