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
	bool has_rrd;
	char *dir;
	char *workshop; /* a folder for files that are not finished */
	/* The bytes of a file of each kind without values, NULL until one is needed. */
	char *blank[SERIES_KIND_COUNT];
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
	if (!make_folder(series->dir, err) || !make_folder(series->workshop, err) ||
	    !clean_workshop(series->workshop, err)) {
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
	for (size_t i = 0; i < SERIES_KIND_COUNT; i++)
		free(series->blank[i]);
	free(series->workshop);
	free(series->dir);
	free(series);
}

const char *series_notice(const struct series *series)
{
	return series->notice.text;
}

static char *path_of(const char *folder, struct series_name name)
{
	const char *address = name.address;
	struct str path = {0};

	if (!*address || *address == '.' || strchr(address, '/'))
		bug("'%s' is no address", address);
	str_add(&path, folder);
	str_add_char(&path, '/');
	for (; *address; address++)
		str_add_char(&path, *address == ':' ? '-' : *address);
	str_addf(&path, "%s.rrd", layout_of(name.kind)->suffix);
	return path.text;
}

/* A file that is written: the one in its place, or its successor. */
struct place {
	struct series *series;
	const struct layout *layout;
	enum series_kind kind;
	const char *path;
	struct err *err;
};

static struct place place_of(struct series *series, enum series_kind kind, const char *path,
			     struct err *err)
{
	return (struct place){series, layout_of(kind), kind, path, err};
}

uint32_t series_step_s(enum series_kind kind)
{
	return (uint32_t)layout_of(kind)->step_s;
}

bool series_is_there(struct series *series, struct series_name name)
{
	char *path = path_of(series->dir, name);
	struct stat st;
	const bool is_there = lstat(path, &st) == 0 && S_ISREG(st.st_mode) &&
			      st.st_size == (off_t)layout_bytes(layout_of(name.kind));

	free(path);
	return is_there;
}

/* --- points --- */

static void write_point(const struct layout *layout, const struct series_point *point,
			char out[POINT_TEXT_BYTES])
{
	int len = snprintf(out, POINT_TEXT_BYTES, "%lld", (long long)point->at);

	for (size_t i = 0; i < layout->sources; i++) {
		const double value = point->value[i];
		const size_t room = POINT_TEXT_BYTES - (size_t)len;

		len += isfinite(value) ? snprintf(out + len, room, ":%.9g", value)
				       : snprintf(out + len, room, ":U");
	}
}

/* librrd keeps its last error, and has none for some, a full disk among them. */
static const char *rrd_reason(const struct place *place)
{
	const struct series *const series = place->series;
	struct statvfs disk;

	if (series->rrd.test_error() && *series->rrd.get_error())
		return series->rrd.get_error();
	if (statvfs(series->dir, &disk) == 0 &&
	    disk.f_bavail * disk.f_frsize < layout_bytes(place->layout))
		return "the disk is full";
	return "librrd gives no reason";
}

/* A pass that finds all files as they should be does without librrd. */
static bool need_rrd(const struct place *place)
{
	struct series *const series = place->series;

	if (!series->has_rrd)
		series->has_rrd = librrd_load(&series->rrd, place->err);
	return series->has_rrd;
}

static bool update_batch(const struct place *place, const struct series_point *point, size_t points)
{
	const struct librrd *const rrd = &place->series->rrd;
	char text[BATCH][POINT_TEXT_BYTES];
	const char *argv[BATCH];

	for (size_t i = 0; i < points; i++) {
		write_point(place->layout, &point[i], text[i]);
		argv[i] = text[i];
	}
	rrd->clear_error();
	if (rrd->updatex_r(place->path, NULL, RRD_SKIP_PAST_UPDATES, (int)points, argv) == 0)
		return true;
	return err_set(place->err, "cannot update '%s': %s", place->path, rrd_reason(place));
}

static bool update_file(const struct place *place, const struct series_point *point, size_t points)
{
	const locale_t before = uselocale(place->series->numbers);
	bool ok = !points || need_rrd(place);

	for (size_t at = 0; ok && at < points; at += BATCH) {
		const size_t left = points - at;

		ok = update_batch(place, point + at, left < BATCH ? left : BATCH);
	}
	uselocale(before);
	return ok;
}

/* Returns how many points the daemon has taken, or had already. */
static size_t update_daemon(const struct place *place, const struct series_point *point,
			    size_t points)
{
	struct series *const series = place->series;
	const locale_t before = uselocale(series->numbers);
	size_t taken = 0;
	struct err why;

	while (series->daemon && taken < points) {
		char text[POINT_TEXT_BYTES];

		write_point(place->layout, &point[taken], text);
		if (rrdcached_update(series->daemon, place->path, text, &why) == RRDCACHED_FAILED)
			give_up_daemon(series, &why);
		else
			taken++;
	}
	uselocale(before);
	return taken;
}

static enum series_result append(const struct place *place, const struct series_point *point,
				 size_t points)
{
	int64_t last;
	size_t taken = 0;

	if (!layout_look(place->layout, place->path, &last))
		return SERIES_REBUILD;
	if (!points)
		return SERIES_OK;
	/* The newest point is as good as a clock here. Such a file would refuse every update until
	 * its time has come. */
	if (last > point[points - 1].at + (int64_t)place->layout->step_s)
		return SERIES_REBUILD;
	while (taken < points && point[taken].at <= last)
		taken++;
	if (place->series->daemon)
		taken += update_daemon(place, point + taken, points - taken);
	return update_file(place, point + taken, points - taken) ? SERIES_OK : SERIES_FAILED;
}

enum series_result series_append(struct series *series, struct series_name name,
				 const struct series_point *point, size_t points, struct err *err)
{
	char *path = path_of(series->dir, name);
	const struct place place = place_of(series, name.kind, path, err);
	const enum series_result result = append(&place, point, points);

	free(path);
	return result;
}

/* --- counts --- */

/* Whether the file has what a point says, which takes what only the file knows. */
static bool settle_point(struct series_point *point, const double *value, size_t sources)
{
	for (size_t i = 0; i < sources; i++) {
		if (isnan(point->value[i]))
			point->value[i] = value[i];
		else if (isnan(value[i]) || fabs(value[i] - point->value[i]) >= 0.5)
			return false;
	}
	return true;
}

static bool holds(const struct layout *layout, const struct layout_rows *rows,
		  struct series_point *point, size_t points)
{
	const int64_t step_s = (int64_t)layout->step_s;
	const int64_t first = rows->last - (int64_t)(rows->rows - 1) * step_s;
	bool ok = rows->last >= point[0].at - step_s; /* a gap would be unknown */

	/* All of them: a new file needs what this one has. */
	for (size_t i = 0; i < points && point[i].at <= rows->last; i++)
		if (point[i].at >= first)
			ok &= settle_point(&point[i],
					   rows->value + (size_t)((point[i].at - first) / step_s) *
							     layout->sources,
					   layout->sources);
	return ok;
}

enum series_result series_update(struct series *series, struct series_name name,
				 struct series_point *point, size_t points, struct err *err)
{
	char *path = path_of(series->dir, name);
	const struct place place = place_of(series, name.kind, path, err);
	enum series_result result = SERIES_REBUILD;
	struct layout_rows rows;

	if (!points) {
		result = SERIES_OK;
	} else if (layout_read(place.layout, path, &rows)) {
		if (holds(place.layout, &rows, point, points))
			result = append(&place, point, points);
		free(rows.value);
	}
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

static bool make_blank(const struct place *place)
{
	struct series *const series = place->series;
	int64_t last;

	if (!need_rrd(place))
		return false;
	if (!layout_create(place->layout, &series->rrd, place->path))
		return err_set(place->err, "cannot make '%s': %s", place->path, rrd_reason(place));
	/* Without this check every file would be rebuilt in every pass. */
	if (!layout_look(place->layout, place->path, &last))
		return err_set(place->err, "librrd made no file of the layout asked for: '%s'",
			       place->path);
	series->blank[place->kind] = slurp(place->path, layout_bytes(place->layout));
	return series->blank[place->kind] ||
	       err_set(place->err, "cannot read '%s' again", place->path);
}

static bool need_blank(struct series *series, enum series_kind kind, struct err *err)
{
	bool ok = true;

	if (!series->blank[kind]) {
		char *path = join(series->workshop, "blank");
		const struct place place = place_of(series, kind, path, err);

		ok = make_blank(&place);
		unlink(path);
		free(path);
	}
	return ok;
}

/* A file without values that begins at a midnight. Its blocks are written, not only reserved:
 * librrd maps the file, and a full disk would kill the process then. Returns a descriptor. */
static int copy_blank(const struct place *place, int64_t midnight)
{
	char *const blank = place->series->blank[place->kind];
	const int fd =
	    open(place->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);

	layout_begin(place->layout, blank, midnight);
	if (fd >= 0 && files_write_all(fd, blank, layout_bytes(place->layout)))
		return fd;
	err_set(place->err, "cannot write '%s': %s", place->path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Says "unknown" up to one step before the first point, which else would count for all the time
 * since midnight. */
static bool fill(const struct place *place, const struct series_point *point, size_t points)
{
	const size_t begun = points < BATCH ? points : BATCH - 1;
	struct series_point first[BATCH] = {
	    {point[0].at - (int64_t)place->layout->step_s, {NAN, NAN, NAN, NAN}}};
	int64_t last;

	memcpy(first + 1, point, begun * sizeof(*point));
	if (!update_file(place, first, begun + 1) ||
	    !update_file(place, point + begun, points - begun))
		return false;
	if (!layout_look(place->layout, place->path, &last) || last != point[points - 1].at)
		return err_set(place->err, "librrd did not write all of '%s'", place->path);
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

static bool rebuild(const struct place *place, const char *old, const struct series_point *point,
		    size_t points)
{
	struct series *const series = place->series;
	const int64_t before = point[0].at - (int64_t)place->layout->step_s - 1;
	struct err why;
	bool ok;
	int fd;

	if (before < 0)
		return err_set(place->err,
			       "cannot write '%s': the clock stands at the beginning of 1970",
			       place->path);
	if (!need_blank(series, place->kind, place->err))
		return false;
	fd = copy_blank(place, before / DAY_S * DAY_S);
	if (fd < 0)
		return false;
	/* What the daemon has for the old file would be too old for the new one. */
	if (series->daemon && rrdcached_forget(series->daemon, old, &why) == RRDCACHED_FAILED)
		give_up_daemon(series, &why);
	ok = fill(place, point, points) && settle(fd, place->path, old, place->err);
	close(fd);
	return ok;
}

enum series_result series_rebuild(struct series *series, struct series_name name,
				  const struct series_point *point, size_t points, struct err *err)
{
	char *path = path_of(series->workshop, name);
	char *old = path_of(series->dir, name);
	const struct place place = place_of(series, name.kind, path, err);
	const bool ok = !points || rebuild(&place, old, point, points);

	if (!ok)
		unlink(path);
	free(old);
	free(path);
	return ok ? SERIES_OK : SERIES_FAILED;
}
