#include "io/journal.h"

#include "base/arena.h"
#include "base/hash.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

/* --- which journals there are --- */

enum { FILES_MAX = 4096 };

static const char file_end[] = ".journal";

struct found {
	struct arena *arena;
	const char *file[FILES_MAX];
	size_t files;
};

/* How much of a name is the journal's: mx1 of mx1.journal, of mx1@ID-ID-ID.journal, which was rotated
 * from it, and of mx1@ID.journal~, which was not closed. 0: it is no journal file. */
static size_t stem_of(const char *name)
{
	const size_t end = strlen(file_end);
	const char *const at = strchr(name, '@');
	size_t len = strlen(name);

	len -= len && name[len - 1] == '~';
	if (len <= end || memcmp(name + len - end, file_end, end) != 0)
		return 0;
	return at && at < name + len - end ? (size_t)(at - name) : len - end;
}

static void add_found(struct found *found, const char *folder, const char *name)
{
	const char *path;

	if (found->files == FILES_MAX || !stem_of(name))
		return;
	path = arena_printf(found->arena, "%s/%.*s%s", folder, (int)stem_of(name), name, file_end);
	for (size_t i = 0; i < found->files; i++)
		if (strcmp(found->file[i], path) == 0)
			return;
	found->file[found->files++] = path;
}

/* Journals of several hosts may stand in a folder each, named after their machine ids. */
static bool look_into(struct found *found, const char *folder, bool is_top)
{
	DIR *const dir = opendir(folder);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		add_found(found, folder, entry->d_name);
		if (is_top && entry->d_name[0] != '.' && !stem_of(entry->d_name))
			look_into(found, arena_printf(found->arena, "%s/%s", folder, entry->d_name),
				  false);
	}
	if (dir)
		closedir(dir);
	return dir != NULL;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

size_t journal_files(const char *path, struct arena *arena, const char *const **file,
		     struct err *err)
{
	struct found *const found = arena_calloc(arena, 1, sizeof(*found));
	struct stat st;

	found->arena = arena;
	*file = found->file;
	if (!*path || stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) {
		found->file[found->files++] = path;
		return found->files;
	}
	if (!look_into(found, path, true))
		err_set(err, "cannot read the folder '%s': %s", path, strerror(errno));
	else if (!found->files)
		err_set(err, "there is no journal in '%s'", path);
	qsort(found->file, found->files, sizeof(const char *), by_bytes);
	return found->files;
}

/* --- reading one --- */

#ifndef HAVE_SYSTEMD

bool journal_read(const struct journal_request *request, struct journal_report *report,
		  struct err *err)
{
	(void)request;
	(void)report;
	return err_set(err, "this repwatch was built without libsystemd and reads no journal");
}

#else

#include "io/libsystemd.h"

enum { US_PER_S = 1000000, OPEN_TRIES = 3 };

struct journal {
	struct libsystemd lib;
	const struct journal_request *request;
	struct journal_report *report;
	sd_journal *handle;
	struct str value[ENTRY_FIELDS]; /* a field is gone when the next one is asked for */
};

/* A file and those that were rotated from it, as they are named at the moment. */
struct file_set {
	const char *file[FILES_MAX + 1]; /* the last one is NULL */
	size_t files;
	uint64_t names; /* a sum over the names: rotation and removal change it */
};

static int list_set(const char *path, struct arena *arena, struct file_set *set)
{
	const char *const slash = strrchr(path, '/');
	const char *const base = slash ? slash + 1 : path;
	const size_t stem = stem_of(base);
	const char *const folder =
	    slash ? arena_strndup(arena, path, (size_t)(slash - path) + 1) : "./";
	DIR *const dir = opendir(folder);
	const struct dirent *entry;

	*set = (struct file_set){.files = 0};
	if (!dir)
		return -errno;
	while (set->files < FILES_MAX && (entry = readdir(dir))) {
		const char *const name = entry->d_name;

		if (strcmp(name, base) != 0 &&
		    (!stem || stem_of(name) != stem || memcmp(name, base, stem) != 0))
			continue;
		set->file[set->files++] = arena_printf(arena, "%s%s", folder, name);
		set->names += hash_bytes(name, strlen(name));
	}
	closedir(dir);
	return set->files ? 0 : -ENOENT;
}

/* Those that can be opened. One damaged file would keep the others closed. */
static int open_sound(struct journal *journal, struct file_set *set)
{
	size_t sound = 0;

	for (size_t i = 0; i < set->files; i++) {
		const char *alone[] = {set->file[i], NULL};
		sd_journal *handle = NULL;
		const int got = journal->lib.open_files(&handle, alone, 0);

		if (got >= 0)
			set->file[sound++] = set->file[i];
		else if (got != -ENOENT) /* else it was removed just now */
			journal->report->is_damaged = true;
		journal->lib.close(handle);
	}
	set->file[sound] = NULL;
	return sound ? journal->lib.open_files(&journal->handle, set->file, 0) : -EBADMSG;
}

/* A rotation between looking and opening would hide what was written just before it. */
static int open_set(struct journal *journal, const char *path)
{
	struct arena *const arena = arena_new();
	struct file_set *const set = arena_calloc(arena, 1, sizeof(*set));
	struct file_set *const after = arena_calloc(arena, 1, sizeof(*after));
	int got = -ENOENT;

	for (int i = 0; i < OPEN_TRIES; i++) {
		journal->lib.close(journal->handle);
		journal->handle = NULL;
		got = list_set(path, arena, set);
		if (got < 0)
			break;
		got = journal->lib.open_files(&journal->handle, set->file, 0);
		if (got < 0 && got != -EACCES)
			got = open_sound(journal, set);
		if (list_set(path, arena, after) >= 0 && after->names == set->names)
			break;
	}
	arena_free(arena);
	return got;
}

/* Only what services wrote: their files are the ones that may be closed to us, which is then seen,
 * and into those of users anybody can write what looks like a mail server's. */
static int open_local(struct journal *journal)
{
	const int got =
	    journal->lib.open(&journal->handle, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM);

	/* Asking to be told of changes makes it look through the folders a second time, and see a
	 * rotation that came between. */
	if (got >= 0)
		journal->lib.get_fd(journal->handle);
	return got;
}

static bool open_journal(struct journal *journal, struct err *err)
{
	const char *const path = journal->request->path;
	const int got = *path ? open_set(journal, path) : open_local(journal);
	uint64_t bytes = 0;

	if (got < 0)
		return err_set(err, "cannot open the journal '%s': %s", path, strerror(-got));
	/* Files that may not be read are left out without a word. */
	if (journal->lib.get_usage(journal->handle, &bytes) < 0 || !bytes)
		return err_set(err,
			       "there is no journal%s%s%s that can be read: run as root or as a "
			       "member of the group systemd-journal",
			       *path ? " '" : "", path, *path ? "'" : "");
	return true;
}

static bool add_matches(struct journal *journal, struct err *err)
{
	const struct journal_request *const request = journal->request;
	int got = 0;

	for (size_t i = 0; i < request->matches && got >= 0; i++) {
		const char *const match = request->match[i];

		got = strcmp(match, "+") == 0 ? journal->lib.add_disjunction(journal->handle)
					      : journal->lib.add_match(journal->handle, match, 0);
		if (got < 0)
			return err_set(err, "cannot look for '%s' in the journal: %s", match,
				       strerror(-got));
	}
	/* Longer ones are cut; without a limit a compressed one may take any memory. */
	journal->lib.set_data_threshold(journal->handle, EXPORT_VALUE_MAX_BYTES);
	return true;
}

/* What was written after the last reading was removed when the oldest entry is younger. */
static bool is_gap(const struct journal *journal)
{
	uint64_t oldest_us = 0;

	return journal->lib.get_cutoff_realtime_usec(journal->handle, &oldest_us, NULL) > 0 &&
	       oldest_us / US_PER_S > (uint64_t)journal->request->read_at;
}

/* Goes to the first entry that was not read. 1: there is one; 0: there is none; negative: errno. */
static int find_start(struct journal *journal)
{
	const char *const cursor = journal->request->cursor;
	int got;

	if (!*cursor) {
		got = journal->lib.seek_head(journal->handle);
		return got < 0 ? got : journal->lib.next(journal->handle);
	}
	str_add(&journal->report->cursor, cursor);
	got = journal->lib.seek_cursor(journal->handle, cursor);
	if (got >= 0)
		got = journal->lib.next(journal->handle);
	if (got > 0 && journal->lib.test_cursor(journal->handle, cursor) > 0)
		return journal->lib.next(journal->handle);
	/* It was removed meanwhile; this is the first one behind where it was. */
	if (got >= 0)
		journal->report->is_lost = is_gap(journal);
	return got;
}

static struct slice read_field(struct journal *journal, enum entry_field field)
{
	const char *const name = entry_field_name(field);
	const size_t skip = strlen(name) + 1; /* "NAME=" */
	struct str *const value = &journal->value[field];
	const void *data;
	size_t len;
	int got;

	str_clear(value);
	got = journal->lib.get_data(journal->handle, name, &data, &len);
	if (got < 0 && got != -ENOENT)
		journal->report->is_damaged = true;
	if (got >= 0 && len > skip)
		str_add_bytes(value, (const char *)data + skip, len - skip);
	journal->report->bytes += value->len;
	return slice_of(str_text(value), value->len);
}

static void take_entry(struct journal *journal)
{
	const struct journal_request *const request = journal->request;
	struct slice field[ENTRY_FIELDS] = {{0}};
	struct log_line line;
	uint64_t time_us;

	journal->report->entries++;
	if (journal->lib.get_realtime_usec(journal->handle, &time_us) < 0 ||
	    time_us >= ENTRY_TIME_MAX_US) {
		request->take(request->context, NULL);
		return;
	}
	field[ENTRY_TEXT] = read_field(journal, ENTRY_TEXT);
	field[ENTRY_TAG] = read_field(journal, ENTRY_TAG);
	if (!field[ENTRY_TAG].len)
		field[ENTRY_COMMAND] = read_field(journal, ENTRY_COMMAND);
	field[ENTRY_PID] = read_field(journal, ENTRY_PID);
	if (!field[ENTRY_PID].len)
		field[ENTRY_SYSLOG_PID] = read_field(journal, ENTRY_SYSLOG_PID);
	field[ENTRY_HOST] = read_field(journal, ENTRY_HOST);
	/* The threshold is for "NAME=" and value together. */
	if (field[ENTRY_TEXT].len + strlen("MESSAGE=") >= EXPORT_VALUE_MAX_BYTES)
		journal->report->cut++;
	line = entry_line(time_us, field);
	request->take(request->context, &line);
}

/* Each entry's own cursor, because that of the last one is not certain any more once there was
 * none behind it. */
static bool keep_cursor(struct journal *journal)
{
	char *cursor = NULL;

	if (journal->lib.get_cursor(journal->handle, &cursor) < 0)
		return false;
	str_clear(&journal->report->cursor);
	str_add(&journal->report->cursor, cursor);
	free(cursor);
	return true;
}

static void read_on(struct journal *journal)
{
	uint64_t before = 0;
	uint64_t after = 0;
	int got;

	journal->lib.get_usage(journal->handle, &before);
	got = find_start(journal);
	while (got > 0 && keep_cursor(journal)) {
		take_entry(journal);
		got = journal->lib.next(journal->handle);
	}
	/* A file that turns out to be damaged is left out from there on without a word. */
	journal->lib.get_usage(journal->handle, &after);
	if (got != 0 || after < before)
		journal->report->is_damaged = true;
}

bool journal_read(const struct journal_request *request, struct journal_report *report,
		  struct err *err)
{
	struct journal journal = {.request = request, .report = report};
	bool ok;

	if (!libsystemd_load(&journal.lib, err))
		return false;
	ok = open_journal(&journal, err) && add_matches(&journal, err);
	if (ok)
		read_on(&journal);
	journal.lib.close(journal.handle);
	for (size_t i = 0; i < ENTRY_FIELDS; i++)
		str_release(&journal.value[i]);
	return ok;
}

#endif
