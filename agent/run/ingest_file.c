#include "run/ingest.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "io/content.h"
#include "io/journal.h"
#include "io/tail.h"
#include "io/ahead.h"
#include "model/log_path.h"
#include "run/ingest_parts.h"
#include "store/volumes.h"
#include "sys/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	HEAD_BYTES = 256 * 1024, /* looked at to find the format out */
	DAY_S = 86400,
	YEAR_2000 = 946684800 /* an older file carries no time that means anything */
};

/* A file that is being imported. */
struct import {
	const struct ingest_source *source;
	struct ahead *content;
	struct str head; /* its first bytes, read before it is known what they are */
	uint64_t skipped; /* bytes that were counted before */
	uint64_t at; /* content bytes that were read */
	struct content_end end; /* the last of them */
	int64_t written_at; /* mtime; 0: standard input */
	struct reading reading;
	struct stream stream;
};

static const char *name_of(const struct ingest_source *source)
{
	return strcmp(source->path, "-") == 0 ? "standard input" : source->path;
}

static bool open_file(struct import *import, struct err *err)
{
	const char *const path = import->source->path;
	const bool is_stdin = strcmp(path, "-") == 0;
	const int fd = is_stdin ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	struct stat st = {0};

	if (fd < 0)
		return err_set(err, "cannot open '%s': %s", name_of(import->source),
			       strerror(errno));
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		import->written_at = st.st_mtim.tv_sec;
	if (S_ISDIR(st.st_mode)) {
		close(fd);
		return err_set(err, "'%s' is a folder: name its files", path);
	}
	import->content = ahead_open(fd, name_of(import->source), err);
	return import->content != NULL;
}

static bool read_head(struct import *import, struct err *err)
{
	const char *bytes;
	ssize_t got = 1;

	while (import->head.len < HEAD_BYTES &&
	       (got = ahead_next(import->content, &bytes, err)) > 0)
		str_add_bytes(&import->head, bytes, (size_t)got);
	return got >= 0;
}

static void ignore_delivery(void *context, const struct delivery *delivery)
{
	(void)context;
	(void)delivery;
}

static void try_line(void *context, const char *line, size_t len)
{
	maillog_line(context, line, len);
}

static void try_entry(void *context, const struct log_line *entry)
{
	maillog_entry(context, entry);
}

static enum log_format find_format(const struct import *import)
{
	const struct log_settings settings = {.zone = import->reading.ingest->zone,
					      .now = import->reading.ingest->now};
	struct maillog *log = maillog_new(&settings, ignore_delivery, NULL);
	const char *const head = str_text(&import->head);
	struct stream stream =
	    stream_of(&(struct stream_take){try_line, try_entry, log}, head, import->head.len);
	enum log_format format;

	stream_feed(&stream, head, import->head.len);
	stream_end(&stream);
	stream_release(&stream);
	format = maillog_format(log);
	maillog_free(log);
	return format;
}

/* The folder a path leads to; the caller frees it. NULL: there is none. */
static char *folder_of(const char *path)
{
	char *copy = xstrdup(path);
	char *folder = realpath(dirname(copy), NULL);

	free(copy);
	return folder;
}

/* Whether it is the log of an entry, or one that rotation made of it. */
static bool is_log_of(const char *path, const struct conf_maillog *entry)
{
	const char *const entry_slash = strrchr(entry->path, '/');
	const char *const slash = strrchr(path, '/');
	const char *const base = entry_slash ? entry_slash + 1 : entry->path;
	const char *const name = slash ? slash + 1 : path;
	char *folder = folder_of(path);
	char *entry_folder = folder_of(entry->path);
	const bool is_beside = folder && entry_folder && strcmp(folder, entry_folder) == 0;

	free(folder);
	free(entry_folder);
	return is_beside && (strcmp(name, base) == 0 || tail_is_rotated_name(base, name));
}

static bool is_of_format(const struct conf_maillog *entry, enum log_format format)
{
	return log_format_parse(entry->format) == (int)format;
}

/* An export is of the journal that is read otherwise. Where it begins with what is not mail, the
 * format is not known yet. */
static const struct conf_maillog *find_journal(const struct import *import, enum log_format format)
{
	const struct conf *const conf = import->reading.ingest->conf;

	if (!export_begins(str_text(&import->head), import->head.len))
		return NULL;
	for (size_t i = 0; i < conf->maillogs; i++)
		if (log_path_journal(conf->maillog[i].path) &&
		    (format == LOG_AUTO || is_of_format(&conf->maillog[i], format)))
			return &conf->maillog[i];
	return NULL;
}

static const struct conf_maillog *find_entry(const struct import *import, enum log_format format)
{
	const struct conf *const conf = import->reading.ingest->conf;
	const struct conf_maillog *journal;

	for (size_t i = 0; i < conf->maillogs; i++)
		if (is_log_of(import->source->path, &conf->maillog[i]))
			return &conf->maillog[i];
	journal = find_journal(import, format);
	if (journal)
		return journal;
	for (size_t i = 0; i < conf->maillogs; i++)
		if (is_of_format(&conf->maillog[i], format))
			return &conf->maillog[i];
	return NULL;
}

/* Stamps without a year are of the last year the file was written to. */
static int64_t newest_moment(const struct import *import)
{
	const int64_t now = import->reading.ingest->now;
	const int64_t written = import->written_at + DAY_S;

	return import->written_at > YEAR_2000 && written < now ? written : now;
}

static bool set_zone(const struct import *import, const struct conf_maillog *entry,
		     struct zone *zone, struct err *err)
{
	const struct ingest *const ingest = import->reading.ingest;

	*zone = import->source->log_zone ? *import->source->log_zone : *ingest->zone;
	if (import->source->log_zone || !entry || !entry->timezone[0])
		return true;
	return clock_zone(entry->timezone, ingest->now, import->reading.arena, zone, err);
}

/* What the command line says comes first, then the entry of the configuration. */
static bool begin_log(struct import *import, struct err *err)
{
	const struct ingest_source *const source = import->source;
	struct reading *const reading = &import->reading;
	const enum log_format found = source->format ? source->format : find_format(import);
	const struct conf_maillog *const entry = find_entry(import, found);
	struct log_settings settings = reading_settings(reading, entry);
	struct zone *const zone = arena_calloc(reading->arena, 1, sizeof(*zone));
	const struct stream_take take = reading_take(reading);

	if (!set_zone(import, entry, zone, err))
		return false;
	settings.zone = zone;
	settings.year = source->year;
	settings.now = newest_moment(import);
	if (source->format || !entry)
		settings.format = found;
	if (source->address.family)
		settings.address = source->address;
	reading_begin_log(reading, &settings);
	import->stream = stream_of(&take, str_text(&import->head), import->head.len);
	return true;
}

/* How far passes have read a journal. */
static bool find_place(struct import *import, const char *journal, struct entry_place *place,
		       struct err *err)
{
	struct reading *const reading = &import->reading;
	const char *const path = arena_printf(reading->arena, "%s%s", LOG_PATH_JOURNAL, journal);
	struct stored_log log;
	bool is_found;

	*place = (struct entry_place){0};
	if (!volumes_log(reading->ingest->store, path, reading->arena, &log, &is_found, err))
		return false;
	if (is_found)
		entry_place_read(slice_text(log.cursor), place);
	return true;
}

static bool find_places(struct import *import, const struct conf_maillog *entry, struct err *err)
{
	struct arena *const arena = import->reading.arena;
	const char *const *file;
	struct entry_place *place;
	struct err none;
	const size_t files = journal_files(log_path_journal(entry->path), arena, &file, &none);

	place = arena_calloc(arena, files, sizeof(*place));
	for (size_t i = 0; i < files; i++)
		if (!find_place(import, file[i], &place[i], err))
			return false;
	stream_skip(&import->stream, place, files);
	return true;
}

/* An export of the journal that passes read themselves. */
static bool skip_what_passes_read(struct import *import, struct err *err)
{
	const struct conf_maillog *const entry =
	    find_journal(import, maillog_format(import->reading.log));

	if (!entry || !import->reading.ingest->store || import->source->is_again)
		return true;
	return find_places(import, entry, err);
}

static void feed(struct import *import, const char *bytes, size_t len)
{
	const uint64_t ahead = import->skipped > import->at ? import->skipped - import->at : 0;
	const size_t skip = ahead < len ? (size_t)ahead : len;

	stream_feed(&import->stream, bytes + skip, len - skip);
	content_end_add(&import->end, bytes, len);
	import->at += len;
	import->reading.report->bytes += len - skip;
}

static bool read_rest(struct import *import, struct err *err)
{
	const struct ingest_source *const source = import->source;
	const char *bytes;
	ssize_t got = 0;

	feed(import, str_text(&import->head), import->head.len);
	while (!import->reading.is_broken && (got = ahead_next(import->content, &bytes, err)) > 0) {
		feed(import, bytes, (size_t)got);
		if (source->progress)
			source->progress(source->context, ahead_taken(import->content));
	}
	stream_end(&import->stream);
	return got >= 0;
}

static struct slice identity(const struct import *import)
{
	const size_t len = import->head.len;

	return slice_of(str_text(&import->head), len < LOG_HEAD_BYTES ? len : LOG_HEAD_BYTES);
}

/* The same file under another name, or the beginning of one that has grown since. */
static bool find_counted(struct import *import, struct counted_file *file, struct err *err)
{
	const struct ingest *const ingest = import->reading.ingest;
	bool is_found = false;

	*file = (struct counted_file){0};
	if (!ingest->store || import->source->is_again)
		return true;
	if (!volumes_find_file(ingest->store, identity(import), import->reading.arena, file,
			       &is_found, err))
		return false;
	import->skipped = is_found ? file->bytes : 0;
	return true;
}

static void say_what_was_skipped(struct import *import, const struct counted_file *file)
{
	struct reading *const reading = &import->reading;
	const char *const name = name_of(import->source);
	char minute[CIVIL_TEXT_BYTES];

	if (!import->skipped)
		return;
	civil_minute(reading->ingest->zone, file->counted_at, minute);
	if (import->at <= import->skipped)
		reading_notice(reading,
			       "'%s' was counted already, %s as '%s'; --again counts it twice",
			       name, minute, file->path);
	else
		reading_notice(reading,
			       "the first %ju bytes of '%s' were counted already, %s as '%s'; only "
			       "the rest was added",
			       (uintmax_t)import->skipped, name, minute, file->path);
}

static void say_what_was_left_out(struct import *import)
{
	const struct stream_counts counts = stream_counts(&import->stream);
	struct reading *const reading = &import->reading;
	const char *const name = name_of(import->source);

	if (counts.known)
		reading_notice(reading,
			       "%ju of %ju entries of '%s' were read from the journal itself by "
			       "'repwatch run' and were left out; --again counts them, too",
			       (uintmax_t)counts.known, (uintmax_t)counts.lines, name);
	if (counts.cut)
		reading_notice(reading, "%ju lines of '%s' were longer than %d bytes and were cut",
			       (uintmax_t)counts.cut, name, LINE_MAX_BYTES);
	if (counts.damaged)
		reading_notice(reading,
			       "'%s' is the export of a journal and damaged in %ju places: what "
			       "could not be read of it was left out",
			       name, (uintmax_t)counts.damaged);
	if (counts.pending)
		reading_notice(reading,
			       "the last entry of '%s' is not complete and was left out; it "
			       "counts once the rest is there",
			       name);
}

static bool store_counts(struct import *import, struct err *err)
{
	const struct ingest *const ingest = import->reading.ingest;
	const uint64_t at = import->at - stream_counts(&import->stream).pending;
	const struct slice head = identity(import);
	const struct log_position position = {
	    .offset = at > import->skipped ? at : import->skipped,
	    .head_hash = hash_bytes(head.at, head.len),
	    .head_bytes = (uint32_t)head.len,
	    .tail_hash = at == import->at ? content_end_hash(&import->end) : 0,
	    .read_at = ingest->now,
	};

	reading_flush(&import->reading);
	if (import->reading.is_broken)
		return false;
	if (!ingest->store || ingest->is_dry)
		return true;
	/* The name and the time stay those of the reading that counted it. */
	if (import->skipped && import->at <= import->skipped)
		return true;
	return volumes_save_file(ingest->store, &position, name_of(import->source), err) &&
	       volumes_trim(ingest->store, reading_today(ingest),
			    import->reading.report->counts.deliveries, err);
}

static bool run_import(struct import *import, struct err *err)
{
	struct counted_file file;

	if (!open_file(import, err) || !read_head(import, err) ||
	    !find_counted(import, &file, err) || !begin_log(import, err) ||
	    !skip_what_passes_read(import, err) || !read_rest(import, err) ||
	    import->reading.is_broken)
		return false;
	say_what_was_skipped(import, &file);
	say_what_was_left_out(import);
	reading_finish_log(&import->reading, name_of(import->source));
	return store_counts(import, err);
}

bool ingest_file(const struct ingest *ingest, const struct ingest_source *source,
		 struct arena *arena, struct ingest_report *report, struct err *err)
{
	struct import import = {
	    .source = source,
	    .reading = {.ingest = ingest, .report = report, .arena = arena, .err = err},
	};
	bool ok;

	import.reading.tallier = tallier_new(tally_new(ingest->zone, ingest->replies));
	import.reading.selectors = selectors_new();
	ok = run_import(&import, err);
	maillog_free(import.reading.log);
	tallier_free(import.reading.tallier);
	selectors_free(import.reading.selectors);
	stream_release(&import.stream);
	str_release(&import.head);
	ahead_close(import.content);
	return ok;
}
