#include "io/journal.h"

#include "base/arena.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#ifndef HAVE_SYSTEMD

bool journal_read(const struct journal_request *request, struct journal_report *report,
		  struct err *err)
{
	(void)request;
	(void)report;
	return err_set(err, "this repwatch was built without libsystemd and reads no journal");
}

#else

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <systemd/sd-journal.h>

enum { US_PER_S = 1000000, FILES_MAX = 4096 };

struct journal {
	const struct journal_request *request;
	struct journal_report *report;
	sd_journal *handle;
	struct str value[ENTRY_FIELDS]; /* a field is gone when the next one is asked for */
};

/* A file and those that were rotated from it: mx1.journal, mx1@ID-ID-ID.journal, and mx1@ID.journal~
 * of one that was not closed. */
static bool is_of(const char *name, const char *base)
{
	static const char end[] = ".journal";
	const size_t base_len = strlen(base);
	const size_t end_len = sizeof(end) - 1;
	const size_t stem = base_len > end_len ? base_len - end_len : base_len;
	size_t len = strlen(name);

	if (strcmp(name, base) == 0)
		return true;
	len -= len && name[len - 1] == '~';
	return strncmp(name, base, stem) == 0 && name[stem] == '@' && len > stem + end_len &&
	       memcmp(name + len - end_len, end, end_len) == 0;
}

static int open_set(sd_journal **handle, const char *path)
{
	const char *const slash = strrchr(path, '/');
	struct arena *const arena = arena_new();
	const char *const folder =
	    slash ? arena_strndup(arena, path, (size_t)(slash - path) + 1) : "./";
	const char **file = arena_calloc(arena, FILES_MAX + 1, sizeof(*file));
	DIR *const dir = opendir(folder);
	int got = dir ? 0 : -errno;
	const struct dirent *entry;
	size_t files = 0;

	while (dir && files < FILES_MAX && (entry = readdir(dir)))
		if (is_of(entry->d_name, slash ? slash + 1 : path))
			file[files++] = arena_printf(arena, "%s%s", folder, entry->d_name);
	if (dir) {
		closedir(dir);
		got = sd_journal_open_files(handle, file, 0);
	}
	arena_free(arena);
	return got;
}

static int open_path(sd_journal **handle, const char *path)
{
	struct stat st;

	/* Only what services wrote: their files are the ones that may be closed to us, which is
	 * then seen, and into those of users anybody can write what looks like a mail server's. */
	if (!*path)
		return sd_journal_open(handle, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM);
	if (stat(path, &st) != 0)
		return -errno;
	return S_ISDIR(st.st_mode) ? sd_journal_open_directory(handle, path, 0)
				   : open_set(handle, path);
}

static bool open_journal(struct journal *journal, struct err *err)
{
	const char *const path = journal->request->path;
	const int got = open_path(&journal->handle, path);
	uint64_t bytes = 0;

	if (got < 0)
		return err_set(err, "cannot open the journal '%s': %s", path, strerror(-got));
	/* Files that may not be read are left out without a word. */
	if (sd_journal_get_usage(journal->handle, &bytes) < 0 || !bytes)
		return err_set(err,
			       "there is no journal%s%s%s, or none that may be read: run as root "
			       "or as a member of the group systemd-journal",
			       *path ? " in '" : "", path, *path ? "'" : "");
	return true;
}

static bool add_matches(struct journal *journal, struct err *err)
{
	const struct journal_request *const request = journal->request;
	int got = 0;

	for (size_t i = 0; i < request->matches && got >= 0; i++) {
		const char *const match = request->match[i];

		got = strcmp(match, "+") == 0 ? sd_journal_add_disjunction(journal->handle)
					      : sd_journal_add_match(journal->handle, match, 0);
		if (got < 0)
			return err_set(err, "cannot look for '%s' in the journal: %s", match,
				       strerror(-got));
	}
	/* Longer ones are cut; without a limit a compressed one may take any memory. */
	sd_journal_set_data_threshold(journal->handle, EXPORT_VALUE_MAX_BYTES);
	return true;
}

/* What was written after the last reading was removed when the oldest entry is younger. */
static bool is_gap(const struct journal *journal)
{
	uint64_t oldest_us = 0;

	return sd_journal_get_cutoff_realtime_usec(journal->handle, &oldest_us, NULL) > 0 &&
	       oldest_us / US_PER_S > (uint64_t)journal->request->read_at;
}

/* Goes to the first entry that was not read. 1: there is one; 0: there is none; negative: errno. */
static int find_start(struct journal *journal)
{
	const char *const cursor = journal->request->cursor;
	int got;

	if (!*cursor) {
		got = sd_journal_seek_head(journal->handle);
		return got < 0 ? got : sd_journal_next(journal->handle);
	}
	str_add(&journal->report->cursor, cursor);
	got = sd_journal_seek_cursor(journal->handle, cursor);
	if (got >= 0)
		got = sd_journal_next(journal->handle);
	if (got > 0 && sd_journal_test_cursor(journal->handle, cursor) > 0)
		return sd_journal_next(journal->handle);
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
	got = sd_journal_get_data(journal->handle, name, &data, &len);
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
	if (sd_journal_get_realtime_usec(journal->handle, &time_us) < 0 ||
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

	if (sd_journal_get_cursor(journal->handle, &cursor) < 0)
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

	sd_journal_get_usage(journal->handle, &before);
	got = find_start(journal);
	while (got > 0 && keep_cursor(journal)) {
		take_entry(journal);
		got = sd_journal_next(journal->handle);
	}
	/* A file that turns out to be damaged is left out from there on without a word. */
	sd_journal_get_usage(journal->handle, &after);
	if (got != 0 || after < before)
		journal->report->is_damaged = true;
}

bool journal_read(const struct journal_request *request, struct journal_report *report,
		  struct err *err)
{
	struct journal journal = {.request = request, .report = report};
	const bool ok = open_journal(&journal, err) && add_matches(&journal, err);

	if (ok)
		read_on(&journal);
	sd_journal_close(journal.handle);
	for (size_t i = 0; i < ENTRY_FIELDS; i++)
		str_release(&journal.value[i]);
	return ok;
}

#endif
