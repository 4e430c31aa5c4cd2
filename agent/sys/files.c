#include "sys/files.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	STATE_DIR_MODE = 0750,
	FILE_MODE = 0644,
	WRITABLE_BY_OTHERS = 022,
	OPEN_TO_OTHERS = 077,
	CREDENTIAL_OPEN = 037, /* the group's bits are the mask of an ACL there */
	READ_FIRST_BYTES = 4096,
	SECRET_MAX_BYTES = 4096
};

bool files_state_dir(const char *path, struct err *err)
{
	struct stat st;
	int fd;

	if (mkdir(path, STATE_DIR_MODE) != 0 && errno != EEXIST)
		return err_set(err, "cannot make '%s': %s", path, strerror(errno));
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return err_set(err, "cannot open the folder '%s': %s", path, strerror(errno));
	if (fstat(fd, &st) != 0)
		err_set(err, "cannot look at '%s': %s", path, strerror(errno));
	else if (st.st_uid != geteuid())
		err_set(err,
			"'%s' belongs to user %ju, and this runs as user %ju: run it as the "
			"owner, or give the folder away with chown",
			path, (uintmax_t)st.st_uid, (uintmax_t)geteuid());
	else if (st.st_mode & WRITABLE_BY_OTHERS)
		err_set(err, "'%s' may be written by others (mode %04o): chmod go-w it", path,
			st.st_mode & 07777);
	else {
		close(fd);
		return true;
	}
	close(fd);
	return false;
}

/* O_NONBLOCK keeps a FIFO in the place of a file from holding us up. */
static int open_regular(const char *path, struct stat *st, struct err *err)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0) {
		if (errno == ELOOP)
			err_set(err, "'%s' is a symbolic link: name the file itself", path);
		else
			err_set(err, "cannot open '%s': %s", path, strerror(errno));
		return -1;
	}
	if (fstat(fd, st) == 0 && S_ISREG(st->st_mode))
		return fd;
	err_set(err, "'%s' is not a regular file", path);
	close(fd);
	return -1;
}

/* Reads to the end and puts a NUL behind it; NULL with err. The size that stat tells is not
 * trusted: the file may grow, and files of the kernel have none. */
static char *read_all(int fd, const char *path, size_t max_bytes, size_t *len, struct err *err)
{
	size_t room = READ_FIRST_BYTES;
	char *text = xcalloc(room, 1);
	char *all = NULL;
	size_t used = 0;
	ssize_t got;

	while ((got = read(fd, text + used, room - used - 1)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			err_set(err, "cannot read '%s': %s", path, strerror(errno));
			goto out;
		}
		used += (size_t)got;
		if (used > max_bytes) {
			err_set(err, "'%s' is larger than %zu bytes", path, max_bytes);
			goto out;
		}
		if (room - used == 1) {
			text = xrealloc(text, 2, room);
			room *= 2;
		}
	}
	text[used] = '\0';
	*len = used;
	all = text;
	text = NULL;
out:
	free(text);
	return all;
}

bool files_slurp(const char *path, size_t max_bytes, char **text, size_t *len, struct err *err)
{
	struct stat st;
	const int fd = open_regular(path, &st, err);
	char *all;

	if (fd < 0)
		return false;
	all = read_all(fd, path, max_bytes, len, err);
	close(fd);
	if (!all)
		return false;
	*text = all;
	return true;
}

/* Cuts the text to its first line; false when that holds nothing, or a NUL. */
static bool keep_first_line(char *text, size_t len)
{
	const char *newline = memchr(text, '\n', len);
	size_t line = newline ? (size_t)(newline - text) : len;

	if (line && text[line - 1] == '\r')
		line--;
	explicit_bzero(text + line, len - line);
	return line && strlen(text) == line;
}

const char *files_credential(struct arena *arena, const char *name)
{
	const char *const folder = secure_getenv("CREDENTIALS_DIRECTORY");
	const char *path;

	if (!folder || *folder != '/' || !*name || *name == '.' || strchr(name, '/'))
		return NULL;
	path = arena_printf(arena, "%s/%s", folder, name);
	return access(path, F_OK) == 0 ? path : NULL;
}

static mode_t forbidden_bits(const char *path)
{
	const char *const folder = secure_getenv("CREDENTIALS_DIRECTORY");
	const size_t len = folder ? strlen(folder) : 0;

	return len && strncmp(path, folder, len) == 0 && path[len] == '/' &&
		       !strchr(path + len + 1, '/')
		   ? CREDENTIAL_OPEN
		   : OPEN_TO_OTHERS;
}

bool files_secret(const char *path, char **secret, struct err *err)
{
	struct stat st;
	const int fd = open_regular(path, &st, err);
	char *text = NULL;
	size_t len = 0;

	if (fd < 0)
		return false;
	if (st.st_uid != geteuid() && st.st_uid != 0)
		err_set(err,
			"'%s' holds a secret and belongs to user %ju: make it yours with chown",
			path, (uintmax_t)st.st_uid);
	else if (st.st_mode & forbidden_bits(path))
		err_set(err, "'%s' holds a secret and is open to others (mode %04o): chmod 600 it",
			path, st.st_mode & 07777);
	else if ((text = read_all(fd, path, SECRET_MAX_BYTES, &len, err)) &&
		 !keep_first_line(text, len)) {
		err_set(err, "'%s' has no secret in its first line", path);
		free(text);
		text = NULL;
	}
	close(fd);
	if (!text)
		return false;
	*secret = text;
	return true;
}

bool files_write_all(int fd, const char *bytes, size_t len)
{
	while (len) {
		const ssize_t put = write(fd, bytes, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		bytes += put;
		len -= (size_t)put;
	}
	return true;
}

/* O_EXCL: nobody else's file is ever written. What a killed process of the same number left
 * behind is removed first. */
static int make_temp(int dir, const char *temp)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
	const int fd = openat(dir, temp, flags, FILE_MODE);

	if (fd >= 0 || errno != EEXIST || unlinkat(dir, temp, 0) != 0)
		return fd;
	return openat(dir, temp, flags, FILE_MODE);
}

/* What is to be written, and whether it must last. */
struct content {
	const char *bytes;
	size_t len;
	bool is_synced;
};

/* Writes `temp` and puts it in the place of `name`; false with errno, and `temp` is gone. */
static bool replace_in(int dir, const char *name, const char *temp, const struct content *content)
{
	const int fd = make_temp(dir, temp);
	bool ok;
	int why;

	if (fd < 0)
		return false;
	ok = files_write_all(fd, content->bytes, content->len) &&
	     (!content->is_synced || fsync(fd) == 0);
	why = errno;
	if (close(fd) != 0 && ok) {
		ok = false;
		why = errno;
	}
	if (ok && renameat(dir, temp, dir, name) == 0)
		/* Some file systems have nothing to sync for a folder. */
		return !content->is_synced || fsync(dir) == 0 || errno == EINVAL;
	if (ok)
		why = errno;
	unlinkat(dir, temp, 0);
	errno = why;
	return false;
}

static bool replace(const char *path, const struct content *content, struct err *err)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	/* "/name" is in "/", "name" in "." */
	char *folder =
	    slash ? xstrndup(path, slash == path ? 1 : (size_t)(slash - path)) : xstrdup(".");
	const int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char temp[NAME_MAX + 1];
	struct stat st;
	bool ok = false;

	if (dir < 0) {
		err_set(err, "cannot open the folder '%s': %s", folder, strerror(errno));
		goto out;
	}
	/* A rename would put a file in the place of /dev/null. */
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISREG(st.st_mode)) {
		err_set(err, "cannot write '%s': it is there and not a regular file", path);
		goto out;
	}
	if (snprintf(temp, sizeof(temp), ".%s.%ld.tmp", name, (long)getpid()) >= (int)sizeof(temp))
		err_set(err, "cannot write '%s': its name is too long", path);
	else if (!replace_in(dir, name, temp, content))
		err_set(err, "cannot write '%s': %s", path, strerror(errno));
	else
		ok = true;
out:
	if (dir >= 0)
		close(dir);
	free(folder);
	return ok;
}

bool files_replace(const char *path, const char *bytes, size_t len, struct err *err)
{
	return replace(path, &(struct content){bytes, len, true}, err);
}

bool files_publish(const char *path, const char *bytes, size_t len, struct err *err)
{
	return replace(path, &(struct content){bytes, len, false}, err);
}
