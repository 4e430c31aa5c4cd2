#include "run/report_site.h"

#include "sys/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

const char site_marker[] = ".repwatch-report";

enum { FOLDER_MODE = 0777 /* the umask decides */, DEPTH_MAX = 4, MARKER_MAX_BYTES = 256 << 20 };

/* --- removing --- */

static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static bool empty_folder(int fd, int depth);

static bool remove_entry(int fd, const char *name, int depth)
{
	bool ok;
	int below;

	if (unlinkat(fd, name, 0) == 0)
		return true;
	if (errno != EISDIR && errno != EPERM)
		return false;
	below = openat(fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (below < 0)
		return false;
	ok = depth < DEPTH_MAX && empty_folder(below, depth + 1);
	close(below);
	return ok && unlinkat(fd, name, AT_REMOVEDIR) == 0;
}

/* The marker goes last: what a killed run leaves is still known as ours. */
static bool empty_folder(int fd, int depth)
{
	DIR *const folder = fdopendir(dup(fd));
	const struct dirent *entry;
	bool ok = true;

	if (!folder)
		return false;
	rewinddir(folder);
	while ((entry = readdir(folder)))
		if (!is_dots(entry->d_name) && strcmp(entry->d_name, site_marker) != 0)
			ok &= remove_entry(fd, entry->d_name, depth);
	closedir(folder);
	return ok && (unlinkat(fd, site_marker, 0) == 0 || errno == ENOENT);
}

/* --- whose it is --- */

static bool is_empty(int fd)
{
	DIR *const folder = fdopendir(dup(fd));
	const struct dirent *entry;
	bool is_so = folder != NULL;

	if (!folder)
		return false;
	rewinddir(folder);
	while (is_so && (entry = readdir(folder)))
		is_so = is_dots(entry->d_name);
	closedir(folder);
	return is_so;
}

static bool is_ours(int fd)
{
	struct stat st;

	return (fstatat(fd, site_marker, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode)) ||
	       is_empty(fd);
}

/* Sets has_old. A folder of somebody else's is an error. */
static bool look_at_old(struct site *site, struct err *err)
{
	const int fd = open(site->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok;

	if (fd < 0 && errno == ENOENT)
		return true;
	if (fd < 0)
		return err_set(err, "cannot open the folder '%s': %s", site->dir, strerror(errno));
	ok = is_ours(fd);
	close(fd);
	site->has_old = true;
	return ok || err_set(err,
			     "'%s' holds files that are not of a report: name an empty folder, or "
			     "one that is not there yet",
			     site->dir);
}

/* --- building --- */

static bool is_still(int fd, const char *path)
{
	struct stat open_one, named;

	return fstat(fd, &open_one) == 0 && lstat(path, &named) == 0 &&
	       open_one.st_dev == named.st_dev && open_one.st_ino == named.st_ino;
}

/* Locked, so that two reports into one folder do not mix; what a killed one left is cleared. */
static bool open_next(struct site *site, struct err *err)
{
	if (mkdir(site->next, FOLDER_MODE) != 0 && errno != EEXIST)
		return err_set(err, "cannot make '%s': %s", site->next, strerror(errno));
	site->fd = open(site->next, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (site->fd < 0)
		return err_set(err, "cannot open '%s': %s", site->next, strerror(errno));
	if (flock(site->fd, LOCK_EX | LOCK_NB) != 0 || !is_still(site->fd, site->next)) {
		close(site->fd);
		site->fd = -1;
		return err_set(err, "another report is being written into '%s'", site->dir);
	}
	if (is_ours(site->fd) && empty_folder(site->fd, 0))
		return site_write(site, site_marker, "{}\n", 3, err);
	close(site->fd);
	site->fd = -1;
	return err_set(err, "'%s' is in the way: a report is built under this name", site->next);
}

static bool resolve(struct site *site, const char *dir, struct err *err)
{
	struct arena *const arena = site->arena;
	char *const real = realpath(dir, NULL);
	size_t len = strlen(dir);
	const char *slash;

	if (real) {
		site->dir = arena_strdup(arena, real);
		free(real);
	} else {
		while (len > 1 && dir[len - 1] == '/')
			len--;
		site->dir = arena_strndup(arena, dir, len);
	}
	slash = strrchr(site->dir, '/');
	if (!(slash ? slash[1] : site->dir[0]) || (!real && is_dots(slash ? slash + 1 : site->dir)))
		return err_set(err, "'%s' cannot hold a report: name a folder", dir);
	site->next = arena_printf(arena, "%.*s.%s.new", slash ? (int)(slash + 1 - site->dir) : 0,
				  site->dir, slash ? slash + 1 : site->dir);
	site->aside = arena_printf(arena, "%.*s.%s.old", slash ? (int)(slash + 1 - site->dir) : 0,
				   site->dir, slash ? slash + 1 : site->dir);
	return true;
}

bool site_open(struct site *site, const char *dir, struct arena *arena, struct err *err)
{
	*site = (struct site){.fd = -1, .arena = arena};
	if (!resolve(site, dir, err))
		return false;
	/* A run that could not exchange the names was killed between the two renames. */
	if (access(site->dir, F_OK) != 0 && access(site->aside, F_OK) == 0 &&
	    rename(site->aside, site->dir) != 0)
		return err_set(err, "cannot put '%s' back: %s", site->dir, strerror(errno));
	return look_at_old(site, err) && open_next(site, err);
}

const char *site_path(const struct site *site, const char *name)
{
	return arena_printf(site->arena, "%s/%s", site->next, name);
}

bool site_folder(struct site *site, const char *name, struct err *err)
{
	return mkdirat(site->fd, name, FOLDER_MODE) == 0 ||
	       err_set(err, "cannot make '%s/%s': %s", site->next, name, strerror(errno));
}

bool site_write(struct site *site, const char *name, const char *bytes, size_t len, struct err *err)
{
	const int fd =
	    openat(site->fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
	bool ok;

	if (fd < 0)
		return err_set(err, "cannot write '%s/%s': %s", site->next, name, strerror(errno));
	ok = files_write_all(fd, bytes, len) ||
	     err_set(err, "cannot write '%s/%s': %s", site->next, name, strerror(errno));
	if (close(fd) != 0 && ok)
		ok = err_set(err, "cannot write '%s/%s': %s", site->next, name, strerror(errno));
	return ok;
}

bool site_keep(struct site *site, const char *name)
{
	char path[PATH_MAX];

	return site->has_old &&
	       snprintf(path, sizeof(path), "%s/%s", site->dir, name) < (int)sizeof(path) &&
	       linkat(AT_FDCWD, path, site->fd, name, 0) == 0;
}

char *site_old_marker(const struct site *site)
{
	char path[PATH_MAX];
	struct err ignored;
	char *text;
	size_t len;

	if (!site->has_old ||
	    snprintf(path, sizeof(path), "%s/%s", site->dir, site_marker) >= (int)sizeof(path) ||
	    !files_slurp(path, MARKER_MAX_BYTES, &text, &len, &ignored))
		return NULL;
	return text;
}

/* --- in its place --- */

static bool put_in_place(struct site *site, struct err *err)
{
	if (!site->has_old && rename(site->next, site->dir) == 0)
		return true;
	if (site->has_old &&
	    renameat2(AT_FDCWD, site->next, AT_FDCWD, site->dir, RENAME_EXCHANGE) == 0)
		return true;
	if (!site->has_old || (errno != EINVAL && errno != ENOSYS))
		return err_set(err, "cannot put '%s' in its place: %s", site->dir, strerror(errno));
	if (rename(site->dir, site->aside) == 0) {
		if (rename(site->next, site->dir) == 0) {
			/* The new one is in its place, whatever becomes of the old one. */
			(void)rename(site->aside, site->next);
			return true;
		}
		if (rename(site->aside, site->dir) != 0)
			return err_set(err, "cannot put '%s' back: it is now '%s'", site->dir,
				       site->aside);
	}
	return err_set(err, "cannot put '%s' in its place: %s", site->dir, strerror(errno));
}

/* Another report may have begun in it already, and clears it itself. */
static void remove_next(const struct site *site)
{
	const int fd = open(site->next, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 && is_still(fd, site->next) && is_ours(fd) &&
	    empty_folder(fd, 0))
		rmdir(site->next);
	close(fd);
}

bool site_publish(struct site *site, struct err *err)
{
	struct stat st;

	/* An operator may have opened or closed the folder to others. */
	if (site->has_old && stat(site->dir, &st) == 0)
		fchmod(site->fd, st.st_mode & 07777);
	site->is_published = put_in_place(site, err);
	if (site->is_published && site->has_old)
		remove_next(site);
	return site->is_published;
}

void site_close(struct site *site)
{
	if (site->fd < 0)
		return;
	if (!site->is_published && empty_folder(site->fd, 0))
		rmdir(site->next);
	close(site->fd);
	site->fd = -1;
}
