#include "io/series.h"

#include "base/mem.h"
#include "base/str.h"
#include "io/librrd.h"
#include "io/rrdcached.h"
#include "io/series_layout.h"
#include "sys/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Nothing here tries to repair a file: before librrd maps one its header is held against what ours
 * have, and one that differs is written anew.
 *
 * A new file is a copy of one that librrd made, with another time of its last update. The times
 * of both are midnights (UTC), at which every archive begins a row: the rest of the header is
 * then the same. A copy costs half of what rrd_create_r does, which also leaves files of random
 * names behind when it is killed. */

enum {
	DAY_S = 86400,
	DIR_MODE = 0750,
	FILE_MODE = 0640,
	BATCH = 128, /* points given to librrd at once */
	POINT_TEXT_BYTES = 128
};

struct series {
	struct librrd rrd;
	char *dir;
	char *workshop; /* a folder for files that are not finished */
	char *blank; /* the bytes of a file without values, NULL until one is needed */
	locale_t numbers; /* points are text, and have a point in all languages */
	struct rrdcached *daemon;
	struct err notice;
};

/* --- opening and closing --- */

static char *join(const char *folder, const char *name)
{
	struct str path = {0};

	str_addf(&path, "%s/%s", folder, name);
	return path.text;
}

static bool make_folder(const char *path, struct err *err)
{
	if (mkdir(path, DIR_MODE) != 0 && errno != EEXIST)
		return err_set(err, "cannot make '%s': %s", path, strerror(errno));
	return true;
}

/* What a pass that was killed left behind. */
static bool clean_workshop(const char *path, struct err *err)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;

	if (!dir)
		return err_set(err, "cannot open the folder '%s': %s", path, strerror(errno));
	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			unlinkat(dirfd(dir), entry->d_name, 0);
	closedir(dir);
	return true;
}

/* The daemon does not know where we are. */
static char *absolute(const char *path)
{
	char *real = realpath(path, NULL);
	char *copy = xstrdup(real ? real : path);

	free(real);
	return copy;
}

/* From here on the files are written directly. */
static void give_up_daemon(struct series *series, const struct err *why)
{
	rrdcached_close(series->daemon);
	series->daemon = NULL;
	err_set(&series->notice, "%.900s; the RRD files are written directly", why->text);
}

struct series *series_open(const char *state_dir, const char *rrdcached, struct err *err)
{
	struct series *series = xcalloc(1, sizeof(*series));
	char *state = absolute(state_dir);
	struct err why;

	series->dir = join(state, "rrd");
	series->workshop = join(series->dir, ".new");
	free(state);
	series->numbers = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	if (series->numbers == (locale_t)0)
		bug("there is no locale 'C'");
	if (!librrd_load(&series->rrd, err) || !make_folder(series->dir, err) ||
	    !make_folder(series->workshop, err) || !clean_workshop(series->workshop, err)) {
		series_close(series);
		return NULL;
	}
	if (*rrdcached) {
		series->daemon = rrdcached_open(rrdcached, &why);
		if (!series->daemon)
			give_up_daemon(series, &why);
	}
	return series;
}

void series_close(struct series *series)
{
	if (!series)
		return;
	rrdcached_close(series->daemon);
	freelocale(series->numbers);
	free(series->blank);
	free(series->workshop);
	free(series->dir);
	free(series);
}

const char *series_notice(const struct series *series)
{
	return series->notice.text;
}

static char *path_of(const char *folder, const char *address)
{
	struct str path = {0};

	if (!*address || *address == '.' || strchr(address, '/'))
		bug("'%s' is no address", address);
	str_add(&path, folder);
	str_add_char(&path, '/');
	for (; *address; address++)
		str_add_char(&path, *address == ':' ? '-' : *address);
	str_add(&path, ".rrd");
	return path.text;
}

int64_t series_last(struct series *series, const char *address)
{
	char *path = path_of(series->dir, address);
	int64_t last = 0;

	if (!layout_look(path, &last))
		last = 0;
	free(path);
	return last;
}

/* --- points --- */

static void write_point(const struct series_point *point, char out[POINT_TEXT_BYTES])
{
	int len = snprintf(out, POINT_TEXT_BYTES, "%lld", (long long)point->at);

	for (size_t i = 0; i < SERIES_COUNT; i++) {
		const double value = point->value[i];
		const size_t room = POINT_TEXT_BYTES - (size_t)len;

		len += isfinite(value) ? snprintf(out + len, room, ":%.9g", value)
				       : snprintf(out + len, room, ":U");
	}
}

/* librrd keeps its last error, and has none for some, a full disk among them. */
static const char *rrd_reason(const struct series *series)
{
	struct statvfs disk;

	if (series->rrd.test_error() && *series->rrd.get_error())
		return series->rrd.get_error();
	if (statvfs(series->dir, &disk) == 0 && disk.f_bavail * disk.f_frsize < layout_bytes())
		return "the disk is full";
	return "librrd gives no reason";
}

static bool update_batch(const struct series *series, const char *path,
			 const struct series_point *point, size_t points, struct err *err)
{
	char text[BATCH][POINT_TEXT_BYTES];
	const char *argv[BATCH];

	for (size_t i = 0; i < points; i++) {
		write_point(&point[i], text[i]);
		argv[i] = text[i];
	}
	series->rrd.clear_error();
	if (series->rrd.updatex_r(path, NULL, RRD_SKIP_PAST_UPDATES, (int)points, argv) == 0)
		return true;
	return err_set(err, "cannot update '%s': %s", path, rrd_reason(series));
}

static bool update_file(const struct series *series, const char *path,
			const struct series_point *point, size_t points, struct err *err)
{
	const locale_t before = uselocale(series->numbers);
	bool ok = true;

	for (size_t at = 0; ok && at < points; at += BATCH) {
		const size_t left = points - at;

		ok = update_batch(series, path, point + at, left < BATCH ? left : BATCH, err);
	}
	uselocale(before);
	return ok;
}

/* Returns how many points the daemon has taken, or had already. */
static size_t update_daemon(struct series *series, const char *path,
			    const struct series_point *point, size_t points)
{
	const locale_t before = uselocale(series->numbers);
	size_t taken = 0;
	struct err why;

	while (series->daemon && taken < points) {
		char text[POINT_TEXT_BYTES];

		write_point(&point[taken], text);
		if (rrdcached_update(series->daemon, path, text, &why) == RRDCACHED_FAILED)
			give_up_daemon(series, &why);
		else
			taken++;
	}
	uselocale(before);
	return taken;
}

static enum series_result append(struct series *series, const char *path,
				 const struct series_point *point, size_t points, struct err *err)
{
	int64_t last;
	size_t taken = 0;

	if (!layout_look(path, &last))
		return SERIES_REBUILD;
	if (!points)
		return SERIES_OK;
	/* The newest point is as good as a clock here. Such a file would refuse every update until
	 * its time has come. */
	if (last > point[points - 1].at + SERIES_STEP_S)
		return SERIES_REBUILD;
	while (taken < points && point[taken].at <= last)
		taken++;
	if (series->daemon)
		taken += update_daemon(series, path, point + taken, points - taken);
	return update_file(series, path, point + taken, points - taken, err) ? SERIES_OK
									     : SERIES_FAILED;
}

enum series_result series_append(struct series *series, const char *address,
				 const struct series_point *point, size_t points, struct err *err)
{
	char *path = path_of(series->dir, address);
	const enum series_result result = append(series, path, point, points, err);

	free(path);
	return result;
}

/* --- new files --- */

static char *slurp(const char *path, size_t bytes)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	char *text = xcalloc(bytes, 1);

	if (fd < 0 || read(fd, text, bytes) != (ssize_t)bytes) {
		free(text);
		text = NULL;
	}
	if (fd >= 0)
		close(fd);
	return text;
}

static bool make_blank(struct series *series, const char *path, struct err *err)
{
	int64_t last;

	if (!layout_create(&series->rrd, path))
		return err_set(err, "cannot make '%s': %s", path, rrd_reason(series));
	/* Without this check every file would be rebuilt in every pass. */
	if (!layout_look(path, &last))
		return err_set(err, "librrd made no file of the layout asked for: '%s'", path);
	series->blank = slurp(path, layout_bytes());
	return series->blank || err_set(err, "cannot read '%s' again", path);
}

static bool need_blank(struct series *series, struct err *err)
{
	bool ok = true;

	if (!series->blank) {
		char *path = join(series->workshop, "blank");

		ok = make_blank(series, path, err);
		unlink(path);
		free(path);
	}
	return ok;
}

/* A file without values that begins at a midnight. Its blocks are written, not only reserved:
 * librrd maps the file, and a full disk would kill the process then. Returns a descriptor. */
static int copy_blank(struct series *series, const char *path, int64_t midnight, struct err *err)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);

	layout_begin(series->blank, midnight);
	if (fd >= 0 && files_write_all(fd, series->blank, layout_bytes()))
		return fd;
	err_set(err, "cannot write '%s': %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Says "unknown" up to one step before the first point, which else would count for all the time
 * since midnight. */
static bool fill(const struct series *series, const char *path, const struct series_point *point,
		 size_t points, struct err *err)
{
	const size_t begun = points < BATCH ? points : BATCH - 1;
	struct series_point first[BATCH] = {{point[0].at - SERIES_STEP_S, {NAN, NAN, NAN, NAN}}};
	int64_t last;

	memcpy(first + 1, point, begun * sizeof(*point));
	if (!update_file(series, path, first, begun + 1, err) ||
	    !update_file(series, path, point + begun, points - begun, err))
		return false;
	if (!layout_look(path, &last) || last != point[points - 1].at)
		return err_set(err, "librrd did not write all of '%s'", path);
	return true;
}

/* A file that crashed before its bytes were on the disk is short and will be rebuilt, so a new
 * one need not wait for the disk. An old one is replaced by a whole one only. */
static bool settle(int fd, const char *path, const char *old, struct err *err)
{
	if (access(old, F_OK) == 0 && fsync(fd) != 0)
		return err_set(err, "cannot write '%s': %s", path, strerror(errno));
	if (rename(path, old) != 0)
		return err_set(err, "cannot put '%s' in its place: %s", old, strerror(errno));
	return true;
}

static bool rebuild(struct series *series, const char *path, const char *old,
		    const struct series_point *point, size_t points, struct err *err)
{
	const int64_t before = point[0].at - SERIES_STEP_S - 1;
	struct err why;
	bool ok;
	int fd;

	if (before < 0)
		return err_set(err, "cannot write '%s': the clock stands at the beginning of 1970",
			       path);
	if (!need_blank(series, err))
		return false;
	fd = copy_blank(series, path, before / DAY_S * DAY_S, err);
	if (fd < 0)
		return false;
	/* What the daemon has for the old file would be too old for the new one. */
	if (series->daemon && rrdcached_forget(series->daemon, old, &why) == RRDCACHED_FAILED)
		give_up_daemon(series, &why);
	ok = fill(series, path, point, points, err) && settle(fd, path, old, err);
	close(fd);
	return ok;
}

enum series_result series_rebuild(struct series *series, const char *address,
				  const struct series_point *point, size_t points, struct err *err)
{
	char *path = path_of(series->workshop, address);
	char *old = path_of(series->dir, address);
	const bool ok = !points || rebuild(series, path, old, point, points, err);

	if (!ok)
		unlink(path);
	free(old);
	free(path);
	return ok ? SERIES_OK : SERIES_FAILED;
}
