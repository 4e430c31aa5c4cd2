#include "run/ingest.h"

#include "base/mem.h"
#include "base/str.h"
#include "io/journal.h"
#include "io/tail.h"
#include "model/log_path.h"
#include "run/ingest_parts.h"
#include "store/selectors.h"
#include "store/volumes.h"
#include "sys/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOOK_EVERY_LINES = 4096, NOTICES_MAX = 1000 };

int64_t reading_today(const struct ingest *ingest)
{
	return civil_days(civil_date_at(ingest->zone, ingest->now));
}

void reading_notice(struct reading *reading, const char *format, ...)
{
	struct ingest_report *const report = reading->report;
	const char **notice;
	char *text;
	va_list args;
	int len;

	if (report->notices == NOTICES_MAX)
		return;
	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	if (len < 0)
		bug("no sentence for '%s'", format);
	notice = arena_calloc(reading->arena, report->notices + 1, sizeof(*notice));
	for (size_t i = 0; i < report->notices; i++)
		notice[i] = report->notice[i];
	notice[report->notices++] = arena_strndup(reading->arena, text, (size_t)len);
	report->notice = notice;
	free(text);
}

static const struct log_map *maps_of(const struct reading *reading, const struct conf_log_map *map,
				     size_t maps)
{
	struct log_map *out = arena_calloc(reading->arena, maps, sizeof(*out));

	for (size_t i = 0; i < maps; i++)
		out[i] = (struct log_map){slice_text(map[i].word), map[i].ip};
	return out;
}

struct log_settings reading_settings(const struct reading *reading,
				     const struct conf_maillog *entry)
{
	struct log_settings settings = {
	    .zone = reading->ingest->zone,
	    .now = reading->ingest->now,
	};

	if (!entry)
		return settings;
	settings.format = (enum log_format)log_format_parse(entry->format);
	settings.address = entry->ip;
	settings.by_service = maps_of(reading, entry->by_service, entry->by_services);
	settings.by_services = entry->by_services;
	settings.by_host = maps_of(reading, entry->by_host, entry->by_hosts);
	settings.by_hosts = entry->by_hosts;
	return settings;
}

void reading_flush(struct reading *reading)
{
	const struct ingest *const ingest = reading->ingest;
	struct tally *const tally = tallier_tally(reading->tallier);

	if (reading->is_broken)
		return;
	if (ingest->counted)
		ingest->counted(ingest->context, tally);
	if (ingest->store && !ingest->is_dry)
		reading->is_broken =
		    !volumes_add(ingest->store, tally, reading_today(ingest), reading->err) ||
		    !selectors_tell(ingest->store, reading->selectors, ingest->now, reading->err);
	tally_clear(tally);
	selectors_clear(reading->selectors);
}

void reading_begin_log(struct reading *reading, const struct log_settings *settings)
{
	const struct signing_hearer hearer = {selectors_add, reading->selectors};

	reading->log = maillog_new(settings, tallier_add, reading->tallier);
	maillog_hear(reading->log, &hearer);
}

static void look_at_tally(struct reading *reading)
{
	if (++reading->lines < LOOK_EVERY_LINES)
		return;
	reading->lines = 0;
	if (tallier_is_full(reading->tallier) || selectors_count(reading->selectors) > SELECTORS_FULL)
		reading_flush(reading);
}

static void take_line(void *context, const char *line, size_t len)
{
	struct reading *const reading = context;

	if (reading->is_broken)
		return;
	maillog_line(reading->log, line, len);
	look_at_tally(reading);
}

static void take_entry(void *context, const struct log_line *entry)
{
	struct reading *const reading = context;

	if (reading->is_broken)
		return;
	maillog_entry(reading->log, entry);
	look_at_tally(reading);
}

struct stream_take reading_take(struct reading *reading)
{
	return (struct stream_take){take_line, take_entry, reading};
}

static void say_what_is_odd(struct reading *reading, const char *path, uint64_t unaddressed)
{
	const struct log_counts counts = maillog_counts(reading->log);
	const enum log_format format = maillog_format(reading->log);

	if (counts.lines && !counts.recognised && format == LOG_AUTO)
		reading_notice(reading, "no line of '%s' is of a mail server that is known", path);
	else if (counts.lines && !counts.recognised)
		reading_notice(reading, "no line of '%s' is one of %s: is that its format?", path,
			       log_format_name(format));
	else if (counts.unstamped > counts.lines / 2)
		reading_notice(reading,
			       "%ju of %ju lines of '%s' have no time that can be read and were "
			       "left out",
			       (uintmax_t)counts.unstamped, (uintmax_t)counts.lines, path);
	if (unaddressed)
		reading_notice(
		    reading,
		    "'%s' does not tell which address %ju deliveries left from: give it "
		    "its 'address', 'by_service' or 'by_host' in 'maillogs', or --address",
		    path, (uintmax_t)unaddressed);
}

void reading_finish_log(struct reading *reading, const char *path)
{
	const struct log_counts counts = maillog_counts(reading->log);
	const struct tally_totals now = tally_totals(tallier_tally(reading->tallier));
	struct ingest_report *const report = reading->report;
	const uint64_t unaddressed = now.unaddressed - reading->before.unaddressed;

	report->counts.lines += counts.lines;
	report->counts.recognised += counts.recognised;
	report->counts.deliveries += counts.deliveries;
	report->counts.unstamped += counts.unstamped;
	report->unmatched += now.unmatched - reading->before.unmatched;
	report->unaddressed += unaddressed;
	say_what_is_odd(reading, path, unaddressed);
	reading->before = now;
}

/* By an earlier pass or an import. */
static void known(void *context, const char *head, size_t len, struct tail_known *out)
{
	struct reading *const reading = context;
	struct counted_file file = {0};
	bool is_found = false;

	if (reading->is_broken || !reading->ingest->store)
		return;
	reading->is_broken = !volumes_find_file(reading->ingest->store, slice_of(head, len),
						reading->arena, &file, &is_found, reading->err);
	if (is_found)
		*out = (struct tail_known){file.head_bytes, file.bytes, file.tail_hash};
}

static void note(void *context, const struct log_position *file)
{
	struct reading *const reading = context;
	const struct ingest *const ingest = reading->ingest;

	if (!reading->is_broken && ingest->store && !ingest->is_dry)
		reading->is_broken = !volumes_note_file(ingest->store, file, "", reading->err);
}

static void say_what_happened(struct reading *reading, const char *path,
			      const struct tail_report *tail)
{
	if (tail->seen & TAIL_LOST)
		reading_notice(reading,
			       "the file that '%s' was is gone; lines that were written to it "
			       "after the last pass are lost",
			       path);
	else if (tail->seen & TAIL_TRUNCATED)
		reading_notice(reading,
			       "'%s' was copied and truncated: lines written meanwhile are lost; "
			       "let logrotate 'create' a new file instead of 'copytruncate'",
			       path);
	if (tail->seen & TAIL_MISSING)
		reading_notice(
		    reading, "there is no '%s' now; what it was before was read to its end", path);
	if (tail->seen & TAIL_DAMAGED)
		reading_notice(reading, "a rotated file of '%s' could not be read to its end",
			       path);
	if (tail->seen & TAIL_NO_EXPORT)
		reading_notice(reading,
			       "'%s' is the export of a journal and damaged: what could not be "
			       "read of it was left out",
			       path);
	if (tail->cut)
		reading_notice(reading, "%ju lines of '%s' were longer than %d bytes and were cut",
			       (uintmax_t)tail->cut, path, LINE_MAX_BYTES);
}

bool reading_save(struct reading *reading, struct stored_log *log)
{
	struct str open_ids = {0};
	bool ok;

	maillog_save(reading->log, &open_ids);
	log->format = maillog_format(reading->log);
	log->open_ids = str_text(&open_ids);
	log->open_ids_len = open_ids.len;
	ok = volumes_save_log(reading->ingest->store, log, reading->err);
	str_release(&open_ids);
	return ok;
}

static bool save(struct reading *reading, const struct tail_report *tail, struct stored_log *log)
{
	bool ok;

	log->position = tail->file[tail->files - 1];
	log->cursor = "";
	ok = reading_save(reading, log);
	for (size_t i = 0; ok && i < tail->files; i++)
		ok = volumes_save_file(reading->ingest->store, &tail->file[i], log->path,
				       reading->err);
	return ok;
}

static void read_on(struct reading *reading, struct stored_log *log, bool is_found)
{
	const struct ingest *const ingest = reading->ingest;
	const struct tail_request request = {
	    .path = log->path,
	    .from = is_found ? &log->position : NULL,
	    .now = ingest->now,
	    .take = reading_take(reading),
	    .known = known,
	    .note = note,
	};
	struct tail_report tail;
	struct err why;

	if (!tail_read(&request, &tail, &why)) {
		reading->report->failed++;
		reading_notice(reading, "%s", why.text);
		return;
	}
	reading->report->bytes += tail.bytes;
	say_what_happened(reading, log->path, &tail);
	if (ingest->store && !ingest->is_dry && !reading->is_broken)
		reading->is_broken = !save(reading, &tail, log);
}

static bool find_zone(struct reading *reading, const char *name, struct zone *zone)
{
	struct err why;

	*zone = *reading->ingest->zone;
	if (!name[0] || clock_zone(name, reading->ingest->now, reading->arena, zone, &why))
		return true;
	reading->report->failed++;
	reading_notice(reading, "%s", why.text);
	return false;
}

static void read_log(struct reading *reading, const struct conf_maillog *entry, const char *path)
{
	struct log_settings settings = reading_settings(reading, entry);
	struct stored_log log = {.path = path};
	struct store *const store = reading->ingest->store;
	struct zone zone;
	bool is_found = false;

	if (!find_zone(reading, entry->timezone, &zone))
		return;
	if (store && !volumes_log(store, path, reading->arena, &log, &is_found, reading->err)) {
		reading->is_broken = true;
		return;
	}
	log.path = path;
	settings.zone = &zone;
	reading_begin_log(reading, &settings);
	if (is_found && log.format == settings.format)
		maillog_restore(reading->log, log.open_ids, log.open_ids_len);
	if (log_path_journal(path))
		reading_journal(reading, entry, &log, is_found);
	else
		read_on(reading, &log, is_found);
	reading_finish_log(reading, path);
	maillog_free(reading->log);
}

static void read_entry(struct reading *reading, const struct conf_maillog *entry)
{
	const char *const journal = log_path_journal(entry->path);
	const char *const *file;
	struct err why;
	size_t files;

	if (!journal) {
		read_log(reading, entry, entry->path);
		return;
	}
	files = journal_files(journal, reading->arena, &file, &why);
	if (!files) {
		reading->report->failed++;
		reading_notice(reading, "%s", why.text);
	}
	for (size_t i = 0; i < files && !reading->is_broken; i++)
		read_log(reading, entry,
			 arena_printf(reading->arena, "%s%s", LOG_PATH_JOURNAL, file[i]));
}

bool ingest_logs(const struct ingest *ingest, struct arena *arena, struct ingest_report *report,
		 struct err *err)
{
	struct tally *const tally = tally_new(ingest->zone, ingest->replies);
	struct reading reading = {
	    .ingest = ingest,
	    .report = report,
	    .arena = arena,
	    .tallier = tallier_new(tally),
	    .selectors = selectors_new(),
	    .err = err,
	};

	if (ingest->load)
		tally_load_later(tally, ingest->load, ingest->context);
	for (size_t i = 0; i < ingest->conf->maillogs && !reading.is_broken; i++)
		read_entry(&reading, &ingest->conf->maillog[i]);
	reading_flush(&reading);
	if (!reading.is_broken && ingest->store && !ingest->is_dry)
		reading.is_broken = !volumes_trim(ingest->store, reading_today(ingest),
						  report->counts.deliveries, err) ||
				    !selectors_trim(ingest->store, ingest->now, err);
	tallier_free(reading.tallier);
	selectors_free(reading.selectors);
	return !reading.is_broken;
}
